import LaminarExpressions
import LaminarTypes

extension PipelinePlan {
    /// The pipelines as EXPLAIN shows them: what each loop reads and writes, and the state it keeps.
    public var graph: PlanGraph {
        var graph = PlanGraph(name: name)
        var sourceNodes: [Int] = []
        for source in sources {
            var details: [(key: String, value: String)] = [("reads", columnList(source.fields))]
            let unused = source.definition.columns.count - source.fields.count
            if unused > 0 { details.append(("skips", "\(unused) of \(source.definition.columns.count) columns")) }
            if let watermark = source.watermark {
                let names = source.fields.map(\.name)
                details.append(("watermark", watermark.candidate.map { describe($0, columns: names) } ?? "by API"))
            }
            if let connector = source.definition.connector { details.append(("connector", connector.name)) }
            sourceNodes.append(graph.add(.init("source \(source.definition.name)", details)))
        }
        var stageNodes: [Int] = []
        func node(of input: StageInput) -> Int {
            switch input {
            case .source(let index): sourceNodes[index]
            case .stage(let index): stageNodes[index]
            }
        }
        for (index, stage) in stages.enumerated() {
            let inputs = stage.inputs.map(node)
            var names = stage.inputs.first.map { self.fields(of: $0).map(\.name) } ?? []
            if case .join(_, let right, _) = stage.kind { names += fields(of: right).map(\.name) }
            var node = stage.graphNode(names, inputs)
            if let feedback = feedbacks.first(where: { $0.stage == index }), case .stage(let step) = feedback.input {
                node.details.append(("brings back", stages[step].name))
            }
            stageNodes.append(graph.add(node))
        }
        for sink in sinks {
            var details: [(key: String, value: String)] = [
                ("columns", columnList(sink.fields)), ("changelog", sink.changelog.rawValue),
            ]
            if sink.changelog == .updating {
                var key: [Int]?
                if case .stage(let stage) = sink.input { key = stages[stage].properties.key }
                let names = key.map { $0.map { sink.fields[$0].name }.joined(separator: ", ") }
                details.append(("key", names.map { $0.isEmpty ? "one row" : $0 } ?? "the whole row"))
            }
            if sink.definition.kind == .sink {
                let key = sink.definition.primaryKey.map { sink.fields[$0].name }.joined(separator: ", ")
                switch sink.definition.changes {
                case .append where sink.definition.declaredChanges == nil: break
                case .append: details.append(("takes", "rows that stay"))
                case .upsert: details.append(("takes", "the last row by \(key)"))
                case .full: details.append(("takes", "changes"))
                }
            }
            details += sink.presentation.details(sink.fields)
            if let connector = sink.definition.connector { details.append(("connector", connector.name)) }
            _ = graph.add(
                .init("\(sink.definition.kind) \(sink.definition.name)", details, inputs: [node(of: sink.input)]))
        }
        return graph
    }

    /// The columns of the rows that an input brings.
    public func fields(of input: StageInput) -> [Field] {
        switch input {
        case .source(let index): sources[index].fields
        case .stage(let index): stages[index].fields
        }
    }
}

extension StagePlan {
    fileprivate func graphNode(_ names: [String], _ inputs: [Int]) -> PlanGraph.Node {
        var details: [(key: String, value: String)] = []
        let title: String
        switch kind {
        case .values(let rows):
            title = "values"
            details.append(("rows", "\(rows.count)"))
        case .transform(_, let transform):
            title = "transform"
            if let filter = transform.filter { details.append(("where", describe(filter, columns: names))) }
            details.append(("writes", outputs(transform, names)))
        case .unionAll: title = "union all"
        case .feedback: title = "recursion"
        case .eventTime(_, .sessions(let plan)):
            title = "sessions"
            details.append(("gap", "\(duration(plan.gap)) over \(names[plan.time])"))
            if !plan.keys.isEmpty { details.append(("by", plan.keys.map { names[$0] }.joined(separator: ", "))) }
            if let keyed = plan.keyed {
                details.append(("watermark of", keyed.columns.map { names[$0] }.joined(separator: ", ")))
                details.append(("idle after", duration(keyed.idle)))
            }
            if plan.lateness != 0 { details.append(("lateness", duration(plan.lateness))) }
            details.append(("gives out", plan.givesOutLateRows
                        ? "late rows" : plan.waitsForEnd ? "sessions that have ended, and changes" : plan.closes ? "sessions that have closed" : "changes"))
            details.append(("state", properties.stateBound.description))
        case .join(_, _, let plan):
            title = "\(plan.kind.rawValue) join"
            let keys = plan.keys.map { key in
                "\(names[key.left]) \(key.nullsAreEqual ? "IS NOT DISTINCT FROM" : "=") \(names[plan.leftWidth + key.right])"
            }
            details.append(("on", keys.isEmpty ? "true" : keys.joined(separator: " AND ")))
            if let residual = plan.residual { details.append(("and", describe(residual, columns: names))) }
            if let timing = plan.timing {
                details.append(
                    (
                        "times",
                        timesText(
                            names[timing.left], names[plan.leftWidth + timing.right], timing.lower, timing.upper)
                    ))
                details.append(("gives out", timing.waits ? "windows that close" : "rows that nothing can take back"))
                if timing.lateness != 0 { details.append(("lateness", duration(timing.lateness))) }
            }
        case .eventTime(_, .lateRows(let plan)):
            title = "late rows"
            details.append(("window", "\(plan.window) over \(names[plan.time])"))
            if plan.lateness != 0 { details.append(("lateness", duration(plan.lateness))) }
        case .eventTime(_, .stamp(let plan)):
            title = "stamp"
            let stamps = (plan.processingTime ? ["processing time"] : []) + (plan.watermark ? ["watermark"] : [])
            details.append(("with", stamps.joined(separator: ", ")))
            if let windows = plan.windows { details.append(("watermark", "the clock, for windows of \(windows)")) }
        case .eventTime(_, .periodic(let plan)):
            title = "emit"
            details.append(("every", duration(plan.interval)))
            if !plan.keys.isEmpty { details.append(("by", plan.keys.map { names[$0] }.joined(separator: ", "))) }
        case .eventTime(_, .keyedWindows(let plan)):
            title = "windows by keyed watermark"
            details.append(("key", plan.watermark.columns.map { names[$0] }.joined(separator: ", ")))
            details.append(("idle after", duration(plan.watermark.idle)))
            if plan.lateness != 0 { details.append(("lateness", duration(plan.lateness))) }
            if plan.givesOutLateRows {
                details.append(("gives out", "late rows"))
            } else if plan.emission.isUpdating {
                details.append(("gives out", plan.emission == .changes ? "rows as they come" : "rows of windows that have ended"))
            }
            details.append(("state", properties.stateBound.description))
        case .eventTime(_, .order(let plan)):
            title = "event-time order"
            details.append(("by", names[plan.time]))
            if plan.lateness != 0 { details.append(("lateness", duration(plan.lateness))) }
            details.append(("state", properties.stateBound.description))
        case .eventTime(_, .consolidate): title = "consolidation"
        case .eventTime(_, .expandRows(let plan)):
            title = "expand rows"
            details.append(("times", names[plan.count]))
            if plan.keepsEmpty { details.append(("empty", "kept")) }
        case .eventTime(_, .expandWindows(let plan)):
            title = "expand windows"
            details.append((plan.window.kind.rawValue, "\(plan.window) over \(names[plan.time])"))
        case .keyed(_, let changes):
            title = "keyed changes"
            details += changes.details(fields)
        case .over(_, let plan):
            title = "over"
            if !plan.partition.isEmpty {
                details.append(("partition", plan.partition.map { names[$0.column] }.joined(separator: ", ")))
            }
            let order = plan.order.map { item in
                "\(names[item.column])\(item.isDescending ? " DESC" : "")\(item.nullsFirst ? " NULLS FIRST" : "")"
            }
            if !order.isEmpty { details.append(("order", order.joined(separator: ", "))) }
            let calls = plan.calls.map { call in
                "\(call.name)(\(call.arguments.map { names[$0] }.joined(separator: ", ")))"
            }
            details.append(("calls", calls.joined(separator: ", ")))
            if let settling = plan.settling {
                let time = names[settling.time]
                details.append(
                    ("gives out", settling.isWindowEnd ? "windows that end by \(time)" : "rows that are settled by \(time)"))
                if settling.lateness != 0 { details.append(("lateness", duration(settling.lateness))) }
            }
        case .windowAggregate(_, let plan):
            title =
                switch plan.window.kind {
                case .tumble: "tumbling aggregate"
                case .session where plan.isMerged: "session aggregate"
                default: "window aggregate"
                }
            if let filter = plan.filter { details.append(("where", describe(filter, columns: names))) }
            details.append(
                (
                    title == "session aggregate" ? "gap" : "window",
                    "\(plan.window) over \(describe(plan.time, columns: names))"
                ))
            if plan.isMerged, let panes = plan.window.panesText { details.append(("panes", panes)) }
            switch plan.watermark {
            case .rows(let delay): details.append(("watermark", "each row's time − \(duration(delay))"))
            case .steps: details.append(("watermark", "steps in the batch"))
            }
            if plan.lateness != 0 { details.append(("lateness", duration(plan.lateness))) }
            if plan.emission != .onClose { details.append(("emit", plan.emission.rawValue)) }
            let groupNames =
                plan.table.keys.map(\.name) + ["window_start", "window_end", "window_time"]
                + plan.calls.map { $0.text(names) }
            details += groupDetails(plan.keys, plan.calls, names)
            if let having = plan.output.filter { details.append(("having", describe(having, columns: groupNames))) }
            details.append(("writes", outputs(plan.output, groupNames)))
            details += tableDetails(plan.table)
        case .runningAggregate(_, let plan):
            title = "running aggregate"
            if let filter = plan.filter { details.append(("where", describe(filter, columns: names))) }
            let groupNames = plan.table.keys.map(\.name) + plan.calls.map { $0.text(names) }
            details += groupDetails(plan.keys, plan.calls, names)
            if let having = plan.output.filter { details.append(("having", describe(having, columns: groupNames))) }
            details.append(("writes", outputs(plan.output, groupNames)))
            details += tableDetails(plan.table)
        }
        if properties.stateBound != .stateless {
            details.append(("state bound", properties.stateBound.description))
        }
        return .init("\(title) \(name)", details, inputs: inputs)
    }

    private func outputs(_ transform: RowTransform, _ names: [String]) -> String {
        zip(fields, transform.outputs).map { outputText($0, $1, names) }.joined(separator: ", ")
    }

    private func groupDetails(
        _ keys: [Expression], _ calls: [AggregateCall], _ names: [String]
    ) -> [(key: String, value: String)] {
        [
            ("keys", keys.map { describe($0, columns: names) }.joined(separator: ", ")),
            ("calls", calls.map { $0.text(names) }.joined(separator: ", ")),
        ].filter { !$0.value.isEmpty }
    }

    private func tableDetails(_ table: StateTablePlan) -> [(key: String, value: String)] {
        let key = table.keys.map { "\($0.name) \($0.type)\($0.isNullable ? "?" : "") @\($0.word)" }
        let accumulators = table.accumulators.map { "\($0.kernel.name) @\($0.offset)" }
        return [
            ("state key", "\(table.keyWords) words: \(key.joined(separator: ", "))"),
            ("state value", "\(table.accumulatorBytes) bytes: \(accumulators.joined(separator: ", "))"),
        ]
    }
}
