import LaminarExpressions

extension PipelinePlan {
    /// Moves a projection or HAVING above an aggregation into the aggregation's own output, so that groups are written
    /// once, in their final form. Done only where nothing else reads the aggregation.
    mutating func foldTransformsIntoAggregates() {
        var readers = Array(repeating: 0, count: stages.count)
        for stage in stages {
            for case .stage(let input) in stage.inputs { readers[input] += 1 }
        }
        for input in sinks.map(\.input) + feedbacks.map(\.input) {
            if case .stage(let input) = input { readers[input] += 1 }
        }
        var moved: [Int: Int] = [:]
        for index in stages.indices {
            guard case .transform(.stage(let input), let transform) = stages[index].kind, readers[input] == 1 else {
                continue
            }
            switch stages[input].kind {
            case .windowAggregate(let source, var aggregate):
                aggregate.output = aggregate.output.followed(by: transform)
                stages[input].kind = .windowAggregate(source, aggregate)
            case .runningAggregate(let source, var aggregate):
                aggregate.output = aggregate.output.followed(by: transform)
                stages[input].kind = .runningAggregate(source, aggregate)
            default: continue
            }
            stages[input].fields = stages[index].fields
            let bound = stages[input].properties.stateBound
            stages[input].properties = stages[index].properties
            stages[input].properties.stateBound = bound
            stages[input].name = stages[index].name
            moved[index] = input
        }
        removeStages(moved)
    }

    /// Drops the stages that are keys of `moved`; what read one of them reads the stage it maps to.
    private mutating func removeStages(_ moved: [Int: Int]) {
        if moved.isEmpty { return }
        var position: [Int] = []
        var next = 0
        for index in stages.indices {
            position.append(next)
            if moved[index] == nil { next += 1 }
        }
        func redirected(_ input: StageInput) -> StageInput {
            guard case .stage(var index) = input else { return input }
            while let target = moved[index] { index = target }
            return .stage(position[index])
        }
        for index in stages.indices {
            switch stages[index].kind {
            case .values, .feedback: break
            case .transform(let input, let transform):
                stages[index].kind = .transform(redirected(input), transform)
            case .unionAll(let inputs): stages[index].kind = .unionAll(inputs.map(redirected))
            case .windowAggregate(let input, let plan):
                stages[index].kind = .windowAggregate(redirected(input), plan)
            case .runningAggregate(let input, let plan):
                stages[index].kind = .runningAggregate(redirected(input), plan)
            case .eventTime(let input, let plan): stages[index].kind = .eventTime(redirected(input), plan)
            case .join(let left, let right, let plan):
                stages[index].kind = .join(redirected(left), redirected(right), plan)
            case .over(let input, let plan): stages[index].kind = .over(redirected(input), plan)
            case .keyed(let input, let changes): stages[index].kind = .keyed(redirected(input), changes)
            }
        }
        for index in sinks.indices { sinks[index].input = redirected(sinks[index].input) }
        for index in feedbacks.indices {
            feedbacks[index].input = redirected(feedbacks[index].input)
            feedbacks[index].stage = position[feedbacks[index].stage]
        }
        stages = stages.indices.filter { moved[$0] == nil }.map { stages[$0] }
    }

    /// Keeps of each source only the columns that a stage or its watermark reads, so that nothing else is decoded.
    mutating func pruneSourceColumns() {
        var used = sources.map { source -> Set<Int> in
            var columns = source.watermark?.time.inputs ?? []
            columns.formUnion(source.watermark?.candidate?.inputs ?? [])
            return columns
        }
        for stage in stages {
            if case .keyed(.source(let index), _) = stage.kind { used[index].formUnion(sources[index].columns) }
            for (input, expressions) in stage.readExpressions {
                if case .source(let index) = input {
                    for expression in expressions { used[index].formUnion(expression.inputs) }
                }
            }
        }
        for index in sources.indices {
            let kept = used[index].sorted()
            let position = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
            let renumber: (Expression) -> Expression = { expression in
                expression.renumberingInputs { position[$0] ?? $0 }
            }
            sources[index].columns = kept
            sources[index].fields = kept.map { sources[index].definition.columns[$0] }
            if var watermark = sources[index].watermark {
                watermark.time = renumber(watermark.time)
                watermark.candidate = watermark.candidate.map(renumber)
                sources[index].watermark = watermark
            }
            for stage in stages.indices { stages[stage].mapReadExpressions(of: .source(index), renumber) }
        }
    }
}

extension RowTransform {
    /// This transform and then another over its outputs, as one.
    func followed(by next: RowTransform) -> RowTransform {
        let nextFilter = next.filter?.substitutingInputs { outputs[$0] }
        let combined: Expression? =
            switch (filter, nextFilter) {
            case (nil, let only), (let only, nil): only
            case (let first?, let second?): conjunction(first, second)
            }
        return RowTransform(
            filter: combined, outputs: next.outputs.map { $0.substitutingInputs { outputs[$0] } })
    }
}

extension StagePlan {
    /// The expressions over each input, in order of evaluation.
    var readExpressions: [(StageInput, [Expression])] {
        switch kind {
        case .eventTime(let input, .stamp(let plan)):
            [(input, plan.columns.map { Expression(.input($0), .bigint, isNullable: true, span: .none) })]
        // An operator over columns reads a stage, whose columns are all kept.
        case .values, .feedback, .unionAll, .eventTime, .join, .over, .keyed: []
        case .transform(let input, let transform): [(input, [transform.filter].compactMap { $0 } + transform.outputs)]
        case .windowAggregate(let input, let plan):
            [(input, [plan.filter].compactMap { $0 } + [plan.time] + plan.keys + plan.calls.flatMap(\.expressions))]
        case .runningAggregate(let input, let plan):
            [(input, [plan.filter].compactMap { $0 } + plan.keys + plan.calls.flatMap(\.expressions))]
        }
    }

    mutating func mapReadExpressions(of wanted: StageInput, _ transform: (Expression) -> Expression) {
        switch kind {
        case .transform(let input, var rows) where input == wanted:
            rows.filter = rows.filter.map(transform)
            rows.outputs = rows.outputs.map(transform)
            kind = .transform(input, rows)
        case .windowAggregate(let input, var plan) where input == wanted:
            plan.filter = plan.filter.map(transform)
            plan.time = transform(plan.time)
            plan.keys = plan.keys.map(transform)
            plan.calls = plan.calls.map { $0.mapExpressions(transform) }
            kind = .windowAggregate(input, plan)
        case .runningAggregate(let input, var plan) where input == wanted:
            plan.filter = plan.filter.map(transform)
            plan.keys = plan.keys.map(transform)
            plan.calls = plan.calls.map { $0.mapExpressions(transform) }
            kind = .runningAggregate(input, plan)
        case .eventTime(let input, .stamp(var plan)) where input == wanted:
            plan.columns = plan.columns.map { column in
                let mapped = transform(Expression(.input(column), .bigint, isNullable: true, span: .none))
                if case .input(let position) = mapped.node { return position }
                return column
            }
            kind = .eventTime(input, .stamp(plan))
        default: break
        }
    }
}

extension AggregateCall {
    /// FILTER, then the argument: the order in which they are evaluated.
    public var expressions: [Expression] { [filter, argument].compactMap { $0 } }

    public func mapExpressions(_ transform: (Expression) -> Expression) -> AggregateCall {
        var copy = self
        copy.filter = filter.map(transform)
        copy.argument = argument.map(transform)
        return copy
    }
}

extension Expression {
    /// The expression with its input columns renumbered; spans and types stay.
    func renumberingInputs(_ position: (Int) -> Int) -> Expression {
        if case .input(let column) = node {
            var copy = self
            copy.node = .input(position(column))
            return copy
        }
        return mapOperands { $0.renumberingInputs(position) }
    }
}
