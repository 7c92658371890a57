import LaminarExpressions

extension PipelinePlan {
    /// Drops the columns of projections and joins that nothing reads, so that joins keep no more of a row than what is
    /// asked of it.
    mutating func dropUnreadColumns() {
        guard stages.contains(where: { if case .join = $0.kind { true } else { false } }) else { return }
        let read = readColumns()
        // The new positions of each stage's columns; inputs stand before the stages that read them.
        var positions: [[Int: Int]] = []
        func position(_ input: StageInput) -> (Int) -> Int {
            guard case .stage(let index) = input else { return { $0 } }
            let known = positions[index]
            return { known[$0] ?? $0 }
        }
        for index in stages.indices {
            let stage = stages[index]
            var kept = Array(stage.fields.indices)
            for input in Set(stage.inputs) {
                let position = position(input)
                stages[index].mapReadExpressions(of: input) { $0.renumberingInputs(position) }
            }
            switch stages[index].kind {
            case .transform(let input, var transform):
                kept = kept.filter(read[index].contains)
                transform.outputs = kept.map { transform.outputs[$0] }
                stages[index].kind = .transform(input, transform)
            case .join(let left, let right, var join):
                kept = kept.filter { column in
                    column < join.leftWidth
                        ? isKept(column, of: left, positions) : isKept(column - join.leftWidth, of: right, positions)
                }
                join.renumber(
                    left: position(left), right: position(right), leftWidth: fields(of: left).count)
                stages[index].kind = .join(left, right, join)
            default: break
            }
            positions.append(Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) }))
            guard kept.count < stage.fields.count else { continue }
            stages[index].fields = kept.map { stage.fields[$0] }
            let properties = stage.properties
            stages[index].properties.eventTime = properties.eventTime.flatMap { positions[index][$0] }
            let key = properties.key?.compactMap { positions[index][$0] }
            stages[index].properties.key = key?.count == properties.key?.count ? key : nil
        }
    }

    private func isKept(_ column: Int, of input: StageInput, _ positions: [[Int: Int]]) -> Bool {
        if case .stage(let index) = input { positions[index][column] != nil } else { true }
    }

    /// The columns of a stage's result that its consumers read; all of them where a consumer is more than a projection.
    public func columnsRead(ofStage stage: Int) -> Set<Int> {
        var read = Set<Int>()
        for reader in stages where reader.inputs.contains(.stage(stage)) {
            guard case .transform(_, let transform) = reader.kind else { return Set(stages[stage].fields.indices) }
            read.formUnion(transform.filter?.inputs ?? [])
            for output in transform.outputs { read.formUnion(output.inputs) }
        }
        let isWhole = (sinks.map(\.input) + feedbacks.map(\.input)).contains(.stage(stage))
        return isWhole ? Set(stages[stage].fields.indices) : read
    }

    /// The columns of each stage that are read, as far as that can be told; else all.
    private func readColumns() -> [Set<Int>] {
        var read = stages.map { _ in Set<Int>() }
        func note(_ columns: some Sequence<Int>, of input: StageInput) {
            if case .stage(let index) = input { read[index].formUnion(columns) }
        }
        for input in sinks.map(\.input) + feedbacks.map(\.input) { note(fields(of: input).indices, of: input) }
        for index in stages.indices.reversed() {
            // A row without columns would be nothing to keep.
            if read[index].isEmpty, !stages[index].fields.isEmpty { read[index].insert(0) }
            switch stages[index].kind {
            case .transform(let input, let transform):
                if let filter = transform.filter { note(filter.inputs, of: input) }
                for column in read[index] { note(transform.outputs[column].inputs, of: input) }
            case .windowAggregate, .runningAggregate:
                for (input, expressions) in stages[index].readExpressions {
                    for expression in expressions { note(expression.inputs, of: input) }
                }
            case .join(let left, let right, let join):
                note(read[index].filter { $0 < join.leftWidth }, of: left)
                note(read[index].compactMap { $0 < join.leftWidth ? nil : $0 - join.leftWidth }, of: right)
                let columns = join.readColumns
                note(columns.left, of: left)
                note(columns.right, of: right)
            default:
                for input in stages[index].inputs { note(fields(of: input).indices, of: input) }
            }
        }
        return read
    }
}

// What a join reads of its inputs, in one place: a plan with a further column number adds it to both.
extension JoinPlan {
    /// The columns that keys, condition and times read.
    var readColumns: (left: Set<Int>, right: Set<Int>) {
        let condition = residual?.inputs ?? []
        return (
            Set(keys.map(\.left) + [timing?.left].compactMap { $0 }).union(condition.filter { $0 < leftWidth }),
            Set(keys.map(\.right) + [timing?.right].compactMap { $0 })
                .union(condition.compactMap { $0 < leftWidth ? nil : $0 - leftWidth })
        )
    }

    /// Reads its inputs' columns where they are now.
    mutating func renumber(left: (Int) -> Int, right: (Int) -> Int, leftWidth newWidth: Int) {
        let oldWidth = leftWidth
        for index in keys.indices {
            keys[index].left = left(keys[index].left)
            keys[index].right = right(keys[index].right)
        }
        if let times = timing {
            timing?.left = left(times.left)
            timing?.right = right(times.right)
        }
        residual = residual?.renumberingInputs { column in
            column < oldWidth ? left(column) : newWidth + right(column - oldWidth)
        }
        leftWidth = newWidth
    }
}
