import LaminarExpressions
import LaminarTypes

extension LogicalProgram {
    /// The logical plan as EXPLAIN shows it.
    public var graph: PlanGraph {
        var graph = PlanGraph(name: name)
        var known: [LogicalPlan: Int] = [:]
        for query in queries {
            let input = graph.add(query.plan, &known)
            var details: [(key: String, value: String)] = [("columns", columnList(query.plan.fields))]
            details += query.presentation.details(query.plan.fields)
            _ = graph.add(.init("\(query.sink.kind) \(query.sink.name)", details, inputs: [input]))
        }
        return graph
    }
}

extension PlanGraph {
    fileprivate mutating func add(_ plan: LogicalPlan, _ known: inout [LogicalPlan: Int]) -> Int {
        if let index = known[plan] { return index }
        let inputs = plan.inputs.map { add($0, &known) }
        let names = plan.inputs.first?.fields.map(\.name) ?? []
        var node: Node
        switch plan.node {
        case .source(let definition):
            node = Node("source \(definition.name)", definition.details)
        case .values(let rows):
            node = Node("values", [("rows", "\(rows.count)")])
        case .filter(_, let predicate):
            node = Node("filter", [("where", describe(predicate, columns: names))], inputs: inputs)
        case .project(_, let expressions):
            let outputs = zip(plan.fields, expressions).map { outputText($0, $1, names) }
            node = Node("project", [("columns", outputs.joined(separator: ", "))], inputs: inputs)
        case .window(_, let assignment):
            node = Node(
                "window",
                [(assignment.window.kind.rawValue, assignment.window.description), ("over", describe(assignment.time, columns: names))],
                inputs: inputs)
        case .aggregate(_, let aggregation):
            var details: [(key: String, value: String)] = []
            details.append(("keys", aggregation.keys.map { describe($0, columns: names) }.joined(separator: ", ")))
            details.append(("calls", aggregation.calls.map { $0.text(names) }.joined(separator: ", ")))
            if let window = aggregation.window {
                details.append(("window", window.window.description))
                details.append(("emit", window.emission.rawValue))
                if window.lateness != 0 { details.append(("lateness", duration(window.lateness))) }
            } else {
                details.append(("emit", "changes"))
            }
            node = Node("aggregate", details, inputs: inputs)
        case .over(_, let over):
            var details: [(key: String, value: String)] = []
            if !over.partition.isEmpty {
                details.append(("partition", over.partition.map { describe($0, columns: names) }.joined(separator: ", ")))
            }
            let order = over.order.map { item in
                describe(item.expression, columns: names)
                    + (item.isDescending ? " DESC" : "") + (item.nullsFirst ? " NULLS FIRST" : "")
            }
            if !order.isEmpty { details.append(("order", order.joined(separator: ", "))) }
            let calls = over.calls.map { call in
                "\(call.name)(\(call.arguments.map { describe($0, columns: names) }.joined(separator: ", ")))"
            }
            details.append(("calls", calls.joined(separator: ", ")))
            if let settling = over.settling {
                let time = describe(settling.time, columns: names)
                details.append(
                    ("gives out", settling.isWindowEnd ? "windows that end by \(time)" : "rows that are settled by \(time)"))
                if settling.lateness != 0 { details.append(("lateness", duration(settling.lateness))) }
                details.append(("state", plan.properties.stateBound.description))
            }
            node = Node("over", details, inputs: inputs)
        case .expand(_, let count, let keepsEmpty):
            node = Node(
                "expand",
                [("times", describe(count, columns: names))] + (keepsEmpty ? [("empty", "kept")] : []), inputs: inputs)
        case .unionAll: node = Node("union all", inputs: inputs)
        case .recursion(_, _, let number):
            node = Node("recursion", [("step", "the second input"), ("number", "\(number)")], inputs: inputs)
        case .feedback(let number): node = Node("what recursion \(number) gave", inputs: inputs)
        case .join(let left, let right, let join):
            var details: [(key: String, value: String)] = []
            let leftNames = left.fields.map(\.name)
            let rightNames = right.fields.map(\.name)
            for key in join.keys {
                let symbol = key.nullsAreEqual ? "IS NOT DISTINCT FROM" : "="
                details.append(
                    (
                        "on",
                        "\(describe(key.left, columns: leftNames)) \(symbol) \(describe(key.right, columns: rightNames))"
                    ))
            }
            if let residual = join.residual {
                details.append(("and", describe(residual, columns: leftNames + rightNames)))
            }
            if let timing = join.timing {
                details.append(
                    (
                        "times",
                        timesText(
                            describe(timing.left, columns: leftNames), describe(timing.right, columns: rightNames),
                            timing.lower, timing.upper)
                    ))
                details.append(("gives out", timing.waits ? "windows that close" : "rows that nothing can take back"))
                if timing.lateness != 0 { details.append(("lateness", duration(timing.lateness))) }
                details.append(("state", plan.properties.stateBound.description))
            }
            node = Node("\(join.kind.rawValue) join", details, inputs: inputs)
        case .keyed(_, let changes):
            node = Node("keyed changes", changes.details(plan.fields), inputs: inputs)
        case .periodic(_, let emission):
            node = Node("emit", [("every", duration(emission.interval))], inputs: inputs)
        case .lateRows(_, let window):
            node = Node("late rows", [("window", window.window.description)], inputs: inputs)
        case .keyedWindows(let input, let windows):
            let names = input.fields.map(\.name)
            var details: [(key: String, value: String)] = [
                ("key", windows.watermark.columns.map { names[$0] }.joined(separator: ", ")),
                ("end", describe(windows.end, columns: names)), ("idle after", duration(windows.watermark.idle)),
            ]
            if windows.lateness != 0 { details.append(("lateness", duration(windows.lateness))) }
            node = Node("windows by keyed watermark", details, inputs: inputs)
        case .eventTimeOrder(let input, let lateness, let ties):
            var details: [(key: String, value: String)] = []
            if let time = input.properties.eventTime {
                let names = [input.fields[time].name] + ties.map { input.fields[$0.column].name + ($0.isDescending ? " DESC" : "") }
                details.append(("by", names.joined(separator: ", ")))
            }
            if lateness != 0 { details.append(("lateness", duration(lateness))) }
            node = Node("event-time order", details, inputs: inputs)
        }
        if let name = plan.name, !node.title.hasPrefix("source") { node.title += " as \(name)" }
        node.details.append(("changelog", plan.properties.changelog.rawValue))
        if let column = plan.properties.eventTime { node.details.append(("event time", plan.fields[column].name)) }
        if case .aggregate = plan.node { node.details.append(("state", plan.properties.stateBound.description)) }
        let index = add(node)
        known[plan] = index
        return index
    }
}

/// `name type, …`
func columnList(_ fields: [Field]) -> String {
    fields.map { "\($0.name) \($0.type)\($0.isNullable ? "" : " not null")" }.joined(separator: ", ")
}

/// `expression AS name`, or the name alone for a column passed through under it.
func outputText(_ field: Field, _ expression: Expression, _ names: [String]) -> String {
    let text = describe(expression, columns: names)
    return text == field.name ? text : "\(text) AS \(field.name)"
}

extension AggregateCall {
    /// `sum(DISTINCT x) FILTER (WHERE y)`
    func text(_ names: [String]) -> String {
        let argument = argument.map { describe($0, columns: names) } ?? "*"
        let filter = filter.map { " FILTER (WHERE \(describe($0, columns: names)))" } ?? ""
        return "\(function)(\(isDistinct ? "DISTINCT " : "")\(argument))\(filter)"
    }
}

/// `right − left in [−5 s, 10 s]`
func timesText(_ left: String, _ right: String, _ lower: Int64?, _ upper: Int64?) -> String {
    func bound(_ value: Int64) -> String { value < 0 ? "−\(duration(0 &- value))" : duration(value) }
    return "\(right) − \(left) in [\(lower.map(bound) ?? "−∞"), \(upper.map(bound) ?? "∞")]"
}

/// Microseconds in the largest unit that counts them exactly: `10 s`, `1 h`, `1500 ms`.
func duration(_ microseconds: Int64) -> String {
    let units: [(Int64, String)] = [
        (86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s"), (1_000, "ms"),
    ]
    for (size, unit) in units where microseconds != 0 && microseconds % size == 0 {
        return "\(microseconds / size) \(unit)"
    }
    return "\(microseconds) µs"
}

extension SourceDefinition {
    var details: [(key: String, value: String)] {
        var details: [(key: String, value: String)] = [("columns", columnList(columns))]
        let names = columns.map(\.name)
        for column in visible {
            if case .input = column.expression.node { continue }
            details.append(("generated", "\(column.field.name) AS \(describe(column.expression, columns: names))"))
        }
        if let watermark {
            let text =
                watermark.candidate.map { describe($0, columns: names) }
                ?? (watermark.followsClock ? "processing time" : "driven by the API")
            details.append(("watermark", "\(visible[watermark.column].field.name) AS \(text)"))
        }
        if timing.partitions > 1 { details.append(("partitions", "\(timing.partitions)")) }
        if timing.partitionsByFile { details.append(("partitions", "one for each file")) }
        if let idle = timing.idleTimeout { details.append(("idle after", duration(idle))) }
        if let alignment = timing.alignment {
            details.append(
                (
                    "aligned",
                    "with group \(alignment.group), at most \(duration(alignment.maxDrift)) ahead, else "
                        + alignment.policy.rawValue
                ))
        }
        if let keyed = timing.keyed {
            let key = keyed.columns.map { visible[$0].field.name }.joined(separator: ", ")
            details.append(("watermark by key", "\(key), at most \(duration(keyed.idle)) behind"))
        }
        if let future = timing.maxFuture { details.append(("ahead of the clock", "at most \(duration(future))")) }
        if let connector { details.append(("connector", connector.name)) }
        return details
    }
}

extension KeyedChanges {
    func details(_ fields: [Field]) -> [(key: String, value: String)] {
        [("key", key.map { fields[$0].name }.joined(separator: ", ")), ("input", input.rawValue)]
    }
}

extension SinkPlan.Presentation {
    func details(_ fields: [Field]) -> [(key: String, value: String)] {
        var details: [(key: String, value: String)] = []
        if !ordering.isEmpty {
            let text = ordering.map { item in
                "\(fields[item.column].name)\(item.isDescending ? " DESC" : "")\(item.nullsFirst ? " NULLS FIRST" : "")"
            }
            details.append(("order by", text.joined(separator: ", ")))
        }
        if let limit { details.append(("limit", "\(limit)")) }
        if offset != 0 { details.append(("offset", "\(offset)")) }
        return details
    }
}
