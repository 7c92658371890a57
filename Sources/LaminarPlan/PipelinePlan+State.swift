import LaminarExpressions
public import LaminarText
public import LaminarTypes

extension PipelinePlan {
    /// Identifies the layout of the pipeline's state: two pipelines of one fingerprint read each other's snapshots,
    /// whoever executes them. Of others `StateLayout` says whether they do.
    public var stateFingerprint: String { stateLayout.fingerprint }

    /// What the pipeline's state consists of, in the order in which it is written.
    public var stateLayout: StateLayout {
        var layout = StateLayout()
        layout.sources = sources.map {
            let timing = $0.definition.timing
            return StateLayout.Source($0.definition.name, partitions: timing.isPlain ? 0 : timing.partitions)
        }
        layout.operators = stateOperators.map(\.layout)
        return layout
    }

    /// The stages that have state, with what they keep and where they stand in the SQL.
    public var stateOperators: [(layout: StateLayout.Operator, span: Span)] {
        let queries = queryOfEachStage
        var numbers: [String: Int] = [:]
        var operators: [(layout: StateLayout.Operator, span: Span)] = []
        for (index, stage) in stages.enumerated() {
            switch stage.kind {
            case .values, .feedback: continue
            default: break
            }
            let query = queries[index]
            let word = stage.stateWord
            let number = (numbers["\(query)/\(word)"] ?? 0) + 1
            numbers["\(query)/\(word)"] = number
            var part = StateLayout.Operator(
                id: "\(query)/\(word) \(number)", query: query, kind: word, isTransient: false)
            describe(stage, &part)
            operators.append((part, stage.span))
        }
        return operators
    }

    /// The first sink that each stage feeds, by which it is known however many other queries there are.
    private var queryOfEachStage: [String] {
        var queries: [String?] = stages.map { _ in nil }
        for sink in sinks {
            var reached: [StageInput] = [sink.input]
            while let next = reached.popLast() {
                guard case .stage(let index) = next, queries[index] == nil else { continue }
                queries[index] = sink.definition.name
                reached += stages[index].inputs
            }
        }
        return queries.map { $0 ?? "" }
    }

    private func columns(of input: StageInput) -> [StateLayout.Column] {
        var taken: Set<String> = []
        return fields(of: input).map { field in
            var name = field.name
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(field.name) #\(number)"
                number += 1
            }
            return StateLayout.Column(name, field.type, isNullable: field.isNullable)
        }
    }

    private func describe(_ stage: StagePlan, _ part: inout StateLayout.Operator) {
        let inputs = stage.inputs.map(columns)
        let names = inputs.first?.map(\.name) ?? []
        switch stage.kind {
        case .values, .feedback, .transform: part.isTransient = true
        case .unionAll(let inputs):
            part.kind = "union of \(inputs.count)"
            part.isTransient = true
        case .eventTime(_, .lateRows), .eventTime(_, .expandWindows), .eventTime(_, .expandRows), .eventTime(_, .stamp),
            .eventTime(_, .consolidate):
            part.isTransient = true
        case .windowAggregate(_, let plan):
            let mode =
                switch plan.watermark {
                case .rows: "rows"
                case .steps: plan.emission == .onClose ? "steps" : "steps, \(plan.emission.rawValue)"
                }
            part.kind =
                "\(plan.window.stateText)\(plan.isMerged ? " merged" : "") over \(LaminarExpressions.describe(plan.time, columns: names)), watermark by \(mode)"
            part.groups = groups(plan.table, plan.keys, plan.calls, names)
        case .runningAggregate(_, let plan):
            if let timeToLive = plan.timeToLive { part.kind += ", groups kept for \(timeToLive)" }
            part.groups = groups(plan.table, plan.keys, plan.calls, names)
        case .eventTime(_, .sessions(let plan)):
            let keys = plan.keys.map { names[$0] }.joined(separator: ", ")
            let marks = plan.keyed.map { ", watermark of \($0.stateText(names))" } ?? ""
            part.kind =
                "sessions \(plan.gap) of \(names[plan.time]) by (\(keys))\(plan.closes ? ", closing" : "")\(plan.givesOutLateRows ? ", late rows" : "")\(marks)"
            part.rows = inputs
        case .eventTime(_, .order(let plan)):
            part.kind = "order by \(names[plan.time])"
            part.rows = inputs
        case .eventTime(_, .keyedWindows(let plan)):
            part.kind =
                "windows to \(names[plan.end]) of \(names[plan.eventTime]) by watermark of \(plan.watermark.stateText(names)), \(plan.givesOutLateRows ? "late rows" : plan.emission.rawValue)"
            part.rows = inputs
        case .eventTime(_, .periodic(let plan)):
            part.kind = "changes of \(plan.keys.map { names[$0] }.joined(separator: ", ")) within \(names[plan.last])"
            part.rows = inputs
        case .keyed(_, let changes):
            part.kind = "rows by (\(changes.key.map { names[$0] }.joined(separator: ", "))), \(changes.input.rawValue)"
            part.rows = inputs
        case .join(_, _, let plan):
            let right = inputs[1].map(\.name)
            let keys = plan.keys.map {
                "\(names[$0.left]) \($0.nullsAreEqual ? "IS NOT DISTINCT FROM" : "=") \(right[$0.right])"
            }
            part.kind = "\(plan.kind.rawValue) join on \(keys.joined(separator: " AND "))"
            if let residual = plan.residual {
                part.kind += " and \(LaminarExpressions.describe(residual, columns: names + right))"
            }
            if let left = plan.leftTimeToLive { part.kind += ", left rows kept for \(left)" }
            if let right = plan.rightTimeToLive { part.kind += ", right rows kept for \(right)" }
            if plan.readsLatest { part.kind += ", left rows not kept" }
            if let timing = plan.timing { part.kind += ", \(timing.stateText(names, right))" }
            part.rows = inputs
        case .over(let input, let plan):
            let keys = plan.partition.map { inputs[0][$0.column] }
            let order = plan.order.map {
                "\(names[$0.column])\($0.isDescending ? " desc" : "")\($0.nullsFirst ? " nulls first" : "")"
            }
            let calls = plan.calls.map { call in
                "\(call.name)(\(call.arguments.map { names[$0] }.joined(separator: ", "))) "
                    + "\(call.kernel?.name ?? "") \(call.result) \(call.frame.stateText(names))"
            }
            part.kind =
                "over order (\(order.joined(separator: ", "))), ties (\(plan.tieBreakers.map { names[$0] }.joined(separator: ", "))), "
                + "calls (\(calls.joined(separator: ", ")))"
            if let settling = plan.settling {
                // What is kept of rows that are settled follows from the frames, and lies with the partitions.
                let columns = keys.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
                part.kind += ", partitions (\(columns)), settled by \(names[settling.time])"
                    + (settling.isWindowEnd ? " as window end" : "")
            } else {
                part.groups = StateLayout.Groups(keys: keys, values: [], recordBytes: 0)
                // A partition's key is written behind a flag whatever the column says.
                for index in keys.indices { part.groups?.keys[index].isNullable = true }
            }
            let results = fields(of: input).count
            let resultColumns = plan.calls.indices.map { index in
                StateLayout.Column("result \(index + 1)", stage.resultType(index, of: plan), isNullable: true)
            }
            part.rows = [Array(inputs[0].prefix(results)) + resultColumns]
        }
    }

    private func groups(
        _ table: StateTablePlan, _ keys: [Expression], _ calls: [AggregateCall], _ names: [String]
    ) -> StateLayout.Groups {
        StateLayout.Groups(
            keys: zip(keys, table.keys).map { key, column in
                StateLayout.Column(
                    LaminarExpressions.describe(key, columns: names), key.type, isNullable: column.isNullable)
            },
            values: zip(calls, table.accumulators).map { call, accumulator in
                let kernel = accumulator.kernel
                return StateLayout.Value(
                    call: call.text(names), kernel: kernel.name + (kernel.order.isEmpty ? "" : " by \(kernel.order)"),
                    offset: accumulator.offset, size: kernel.size,
                    isDistinct: call.isDistinct && kernel.argument != nil)
            }, recordBytes: table.accumulators.isEmpty ? 0 : table.accumulatorBytes)
    }
}

extension WindowAggregatePlan {
    /// Whether accumulators are merged: those of panes to windows, those of sessions that a row bridges.
    public var isMerged: Bool { window.kind != .tumble && !isAssigned }
}

extension StagePlan {
    fileprivate var stateWord: String {
        switch kind {
        case .values: "values"
        case .feedback: "feedback"
        case .transform: "transform"
        case .unionAll: "union"
        case .windowAggregate: "windows"
        case .runningAggregate: "aggregate"
        case .eventTime(_, .sessions): "sessions"
        case .eventTime(_, .lateRows): "late rows"
        case .eventTime(_, .order): "order"
        case .eventTime(_, .keyedWindows): "windows by key"
        case .eventTime(_, .stamp): "stamp"
        case .eventTime(_, .periodic): "periodic"
        case .eventTime(_, .consolidate): "consolidation"
        case .eventTime(_, .expandWindows), .eventTime(_, .expandRows): "expansion"
        case .join: "join"
        case .keyed: "keyed"
        case .over: "over"
        }
    }

    /// The SQL type of a window function's result, which stands behind the columns that are handed on.
    fileprivate func resultType(_ call: Int, of plan: OverPlan) -> SQLType {
        let index = plan.columns + call
        return fields.indices.contains(index) ? fields[index].type : .bigint
    }
}

extension WindowShape {
    fileprivate var stateText: String {
        kind == .tumble ? "tumble \(size) + \(offset)" : "\(kind.rawValue) \(size) by \(step) + \(offset)"
    }
}

extension JoinPlan.Timing {
    /// Which rows are kept, for how long, and where their times are; what is handed on may change.
    fileprivate func stateText(_ left: [String], _ right: [String]) -> String {
        func bound(_ bound: Int64?) -> String { bound.map { "\($0)" } ?? "any" }
        return "\(right[self.right]) - \(left[self.left]) in [\(bound(lower)), \(bound(upper))], lateness \(lateness)"
            + (waits ? ", waiting" : "")
    }
}

extension KeyedWatermark {
    fileprivate func stateText(_ names: [String]) -> String {
        "(\(columns.map { names[$0] }.joined(separator: ", "))), delay \(delay), marks apart"
    }
}

extension OverPlan.Frame {
    fileprivate func stateText(_ names: [String]) -> String {
        func text(_ bound: Bound) -> String {
            if case .value(let column) = bound { return "value \(names[column])" }
            return "\(bound)"
        }
        return "\(unit.rawValue) \(text(start)) \(text(end)) \(exclusion.rawValue) \(rangeColumn.map { names[$0] } ?? "")"
    }
}
