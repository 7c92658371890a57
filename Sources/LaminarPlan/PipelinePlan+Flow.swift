extension PipelinePlan {
    /// Whether rows that a source's changelog adds and takes back come in as they were pushed, one for one.
    public func readsChanges(_ input: StageInput) -> Bool {
        switch input {
        case .source(let source): return sources[source].changelog == .updating
        case .stage(let stage):
            guard case .transform(let input, _) = stages[stage].kind else { return false }
            return readsChanges(input)
        }
    }

    /// Whether rows of a source or stage may be taken back.
    public func isUpdating(_ input: StageInput) -> Bool {
        switch input {
        case .source(let index): sources[index].changelog == .updating
        case .stage(let index): stages[index].properties.changelog == .updating
        }
    }

    /// Whether rows of a source reach some union by more than one of its inputs.
    public func comesTogether(_ source: Int) -> Bool {
        var reaches: [Bool] = []
        func reached(_ input: StageInput) -> Bool {
            switch input {
            case .source(let index): index == source
            case .stage(let index): reaches[index]
            }
        }
        for stage in stages {
            let ways = stage.inputs.count(where: reached)
            if ways > 1 { return true }
            reaches.append(ways == 1)
        }
        return false
    }
}
