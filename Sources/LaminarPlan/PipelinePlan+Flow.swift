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

    /// Whether a stage holds rows back until a batch has been processed.
    public var holdsRowsBack: Bool { !feedbacks.isEmpty || stages.contains(where: \.settlesBatches) }

    /// Whether each row of a source is a batch of its own: where it may take others back and a stage behind it closes
    /// what has become shorter.
    public func comesRowByRow(_ source: Int) -> Bool {
        guard sources[source].changelog == .updating, stepReaders.sources[source] else { return false }
        var reached: Set<StageInput> = [.source(source)]
        for (index, stage) in stages.enumerated() where stage.inputs.contains(where: reached.contains) {
            if stage.closesShortened { return true }
            reached.insert(.stage(index))
        }
        return false
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

    /// Stages that wait for the watermark of a source where it is kept by key, which only windows by that key can.
    var unkeyedReaders: [StagePlan] {
        func isKeyed(_ input: StageInput) -> Bool {
            switch input {
            case .source(let source): return sources[source].definition.timing.keyed != nil
            case .stage(let stage):
                // What it hands on is below the watermark of every key.
                if stages[stage].readsKeyedWatermark { return false }
                return stages[stage].inputs.contains(where: isKeyed)
            }
        }
        return stages.filter { stage in
            if stage.readsKeyedWatermark { return false }
            return stage.readsSteps && stage.inputs.contains(where: isKeyed)
        }
    }

    /// For each stage over several sources whose watermark somebody reads: the sources, ascending; empty for the others.
    public var watermarkSources: [[Int]] {
        let readers = stepReaders
        var reached: [Set<Int>] = []
        return stages.enumerated().map { index, stage in
            reached.append(
                stage.inputs.reduce(into: []) { sources, input in
                    switch input {
                    case .source(let source): sources.insert(source)
                    case .stage(let stage): sources.formUnion(reached[stage])
                    }
                })
            guard stage.inputs.count > 1, readers.stages[index] || stage.readsSteps else { return [] }
            return reached[index].sorted()
        }
    }

    /// Which sources and stages have a consumer that reads watermark steps, or hands them on to one.
    public var stepReaders: (sources: [Bool], stages: [Bool]) {
        // Partitions and sources that belong together are told apart by the rows' times, whoever reads them.
        var neededSources = sources.map { !$0.definition.timing.isPlain }
        var neededStages = stages.map { _ in false }
        for (index, stage) in stages.enumerated().reversed() {
            guard stage.readsSteps || stage.handsStepsOn && neededStages[index] else { continue }
            for input in stage.inputs {
                switch input {
                case .source(let source): neededSources[source] = true
                case .stage(let stage): neededStages[stage] = true
                }
            }
        }
        return (neededSources, neededStages)
    }
}

extension StagePlan {
    /// Whether it holds something back until a batch has been processed.
    public var settlesBatches: Bool {
        if case .eventTime(_, .consolidate) = kind { true } else { closesShortened }
    }

    /// Whether it goes by the watermarks of keys.
    fileprivate var readsKeyedWatermark: Bool {
        switch kind {
        case .eventTime(_, .keyedWindows): true
        case .eventTime(_, .sessions(let plan)): plan.keyed != nil
        default: false
        }
    }

    /// Whether what rows that are taken back have shortened closes once a batch has been processed.
    fileprivate var closesShortened: Bool {
        if case .eventTime(_, .sessions(let plan)) = kind { plan.takesRowsBack } else { false }
    }

    /// Whether what it does depends on the watermark steps of its input.
    fileprivate var readsSteps: Bool {
        switch kind {
        case .values, .feedback, .transform, .unionAll, .runningAggregate, .keyed, .eventTime(_, .expandWindows),
            .eventTime(_, .expandRows), .eventTime(_, .consolidate):
            false
        case .over(_, let plan): plan.settling != nil
        case .join(_, _, let plan): plan.timing != nil
        case .eventTime(_, .order), .eventTime(_, .lateRows), .eventTime(_, .periodic), .eventTime(_, .keyedWindows): true
        case .eventTime(_, .stamp(let plan)): plan.watermark
        case .eventTime(_, .sessions(let plan)): plan.hasWatermark
        case .windowAggregate(_, let plan): plan.watermark == .steps
        }
    }

    /// Whether those who read its output's steps need those of its input.
    fileprivate var handsStepsOn: Bool {
        switch kind {
        case .values, .feedback, .windowAggregate: false
        // The clock's steps take the place of the input's.
        case .eventTime(_, .stamp(let plan)): plan.windows == nil
        default: true
        }
    }
}
