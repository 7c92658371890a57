import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// Gathers the aggregate calls of one SELECT while its expressions are bound.
///
/// Each call stands in them as an input column at `firstColumn` plus its index, far beyond any real column, until
/// `groupedExpression` puts the aggregation's own columns in place.
struct AggregateCollector {
    static let firstColumn = 1 << 40
    static let firstGroupingColumn = 1 << 41

    var calls: [AggregateCall] = []
    /// The keys of the SELECT's GROUP BY, for GROUPING calls.
    var grouping: Grouping?
    /// Positions of the keys that each GROUPING call names.
    var groupingCalls: [[Int]] = []
    /// Whether an aggregate's own argument is being bound, where another aggregate may not stand.
    var isInsideCall = false
    /// The clause being bound, if aggregates may not stand in it.
    var forbiddenClause: String?

    /// Names that the select list gives to calls, by index.
    var names: [Int: String] = [:]

    /// Notes the alias of a call that is an output column of its own.
    mutating func nameCall(_ column: Int, _ alias: String) {
        guard column >= Self.firstColumn, column < Self.firstGroupingColumn else { return }
        if names[column - Self.firstColumn] == nil { names[column - Self.firstColumn] = alias }
    }

    mutating func column(of call: AggregateCall) -> Int {
        if let index = calls.firstIndex(of: call) { return Self.firstColumn + index }
        calls.append(call)
        return Self.firstColumn + calls.count - 1
    }
}

extension Binder {
    mutating func bindAggregateCall(_ call: CallSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        var name = call.name.last.text
        // Where the query's own may not stand, one of an enclosing query's columns may.
        let place = aggregates
        let forbidden = place.map(\.forbiddenClause) ?? "this place"
        if outerScopes.isEmpty, let forbidden {
            diagnostics.report(.error, "42803", at: span, "aggregate functions are not allowed in \(forbidden)")
            return nil
        }
        if forbidden != nil { aggregates = AggregateCollector() }
        defer { if forbidden != nil { aggregates = place } }
        guard place?.isInsideCall != true else {
            diagnostics.report(.error, "42803", at: span, "aggregate function calls cannot be nested")
            return nil
        }
        if call.nullTreatment != nil, !["first", "first_value", "last", "last_value"].contains(name) {
            diagnostics.unsupported("RESPECT or IGNORE NULLS of \(name)", at: span)
            return nil
        }
        if let item = call.withinGroup.first, !call.orderBy.isEmpty {
            diagnostics.report(.error, "42601", at: item.span, "cannot use both ORDER BY and WITHIN GROUP")
            return nil
        }
        aggregates?.isInsideCall = true
        defer { aggregates?.isInsideCall = false }
        var arguments: [Expression] = []
        if call.arguments.count == 1, case .star(nil) = call.arguments[0].value.kind {
            guard name == "count" else {
                diagnostics.report(.error, "42601", at: span, "\(name)(*) does not exist", hint: "Name a column.")
                return nil
            }
        } else {
            guard let bound = bindArguments(call, scope) else { return nil }
            arguments = bound.map(fold)
            if name == "count", arguments.isEmpty {
                diagnostics.report(
                    .error, "42809", at: span, "count(*) must be used to call a parameterless aggregate function")
                return nil
            }
        }
        var json: JSONAggregate?
        if JSONAggregate.isOne(name) {
            guard let aggregate = JSONAggregate(name, arguments, span: span, diagnostics: &diagnostics) else { return nil }
            (name, arguments) = ("array_agg", [fold(aggregate.element)])
            json = aggregate
        }
        var ordering: [AggregateOrdering] = []
        for item in call.orderBy + call.withinGroup {
            guard let bound = bindExpression(item.expression, scope) else { return nil }
            ordering.append(
                AggregateOrdering(
                    fold(bound), isDescending: item.isDescending, nullsFirst: item.nullsFirst ?? item.isDescending))
        }
        var filter: Expression?
        if let syntax = call.filter {
            guard let bound = bindPredicate(syntax, scope, clause: "FILTER") else { return nil }
            filter = bound
        }
        if let function = userAggregates[name] {
            if let item = (call.orderBy + call.withinGroup).first {
                diagnostics.unsupported("ORDER BY in an aggregate in Swift", at: item.expression.span)
                return nil
            }
            guard
                let aggregate = resolveAggregate(
                    function, arguments: arguments, isDistinct: call.distinct != nil, filter: filter, span: span,
                    diagnostics: &diagnostics)
            else { return nil }
            return aggregateColumn(aggregate, forbidden: forbidden, span)
        }
        guard
            let aggregate = resolveAggregate(
                name: name, arguments: arguments, ordering: ordering, isWithinGroup: !call.withinGroup.isEmpty,
                respectsNulls: call.nullTreatment == .respect, isDistinct: call.distinct != nil, filter: filter, span: span, diagnostics: &diagnostics)
        else { return nil }
        return aggregateColumn(aggregate, forbidden: forbidden, span).map { json?.result(of: $0) ?? $0 }
    }

    /// What stands for an aggregate call in the expressions over its result.
    ///
    /// - Parameter forbidden: the clause where it stands, if aggregates of the query's own rows may not stand there.
    private mutating func aggregateColumn(
        _ aggregate: AggregateCall, forbidden: String?, _ span: Span
    ) -> Expression? {
        let inputs = aggregate.expressions.reduce(into: Set<Int>()) { $0.formUnion($1.inputs) }
        let isNullable = !aggregate.kernel.isCount
        if !inputs.isEmpty, inputs.allSatisfy({ $0 >= OuterColumn.firstColumn }) {
            // It belongs to the innermost query whose columns it reads, and is a column of that query's groups here.
            let level = inputs.map(OuterColumn.level).max() ?? 0
            guard var collector = outerCollectors[level], collector.forbiddenClause == nil, !collector.isInsideCall else {
                let clause = outerCollectors[level]?.forbiddenClause ?? "FROM"
                diagnostics.report(.error, "42803", at: span, "aggregate functions are not allowed in \(clause)")
                return nil
            }
            let own = aggregate.mapExpressions { expression in
                expression.replacingInputs { input, column in
                    guard OuterColumn.level(of: column) == level else { return nil }
                    var input = input
                    input.node = .input(OuterColumn.index(of: column))
                    return input
                }
            }
            let column = collector.column(of: own)
            outerCollectors[level] = collector
            return Expression(
                .input(OuterColumn.column(column, level: level)), aggregate.type, isNullable: isNullable, span: span)
        }
        if let clause = forbidden {
            diagnostics.report(.error, "42803", at: span, "aggregate functions are not allowed in \(clause)")
            return nil
        }
        let column = aggregates?.column(of: aggregate) ?? 0
        return Expression(.input(column), aggregate.type, isNullable: isNullable, span: span)
    }

    /// A bound expression in terms of the aggregation's output: keys by position, then results.
    ///
    /// - Parameter fields: The aggregation's columns.
    ///
    /// Reports a column that is neither grouped nor aggregated (42803).
    mutating func groupedExpression(
        _ expression: Expression, keys: [Expression], names: [String], fields: [Field]
    ) -> Expression? {
        if let index = keys.firstIndex(of: expression) {
            // A key is NULL in the rows of a grouping set that lacks it.
            return .input(index, fields[index], span: expression.span)
        }
        if case .input(let column) = expression.node {
            if column >= OverCollector.firstColumn { return expression }
            // A subquery as a value is joined with the groups.
            if column >= ScalarSubquery.firstColumn { return expression }
            if column >= AggregateCollector.firstGroupingColumn {
                var copy = expression
                let calls = aggregates?.calls.count ?? 0
                copy.node = .input(keys.count + calls + column - AggregateCollector.firstGroupingColumn)
                return copy
            }
            if column >= AggregateCollector.firstColumn {
                var copy = expression
                copy.node = .input(keys.count + column - AggregateCollector.firstColumn)
                return copy
            }
            let name = column < names.count ? names[column] : "?column?"
            diagnostics.report(
                .error, "42803", at: expression.span,
                "column \"\(name)\" must appear in the GROUP BY clause or be used in an aggregate function")
            return nil
        }
        var isComplete = true
        let result = expression.mapOperands { operand in
            guard let grouped = groupedExpression(operand, keys: keys, names: names, fields: fields) else {
                isComplete = false
                return operand
            }
            return grouped
        }
        return isComplete ? result : nil
    }

    /// The aggregation of `input`, windowed if its keys hold the bounds of windows that close under a watermark.
    mutating func aggregated(
        _ input: LogicalPlan, keys: [Expression], names: [String], span: Span
    ) -> LogicalPlan? {
        var calls = aggregates?.calls ?? []
        var fields = zip(names, keys).map { Field($0, $1.type, isNullable: $1.isNullable) }
        fields += calls.enumerated().map { index, call in
            Field(aggregates?.names[index] ?? call.function, call.type, isNullable: !call.kernel.isCount)
        }
        // Of rows in sessions the time is that of the row, not that of the session.
        let isSession = input.windowColumns?.window.kind == .session
        let timeColumn = isSession ? input.windowColumns?.eventTime : input.properties.eventTime
        let eventTime = timeColumn.map { Expression.input($0, input.fields[$0], span: span) }
        calls = calls.map {
            $0.withDefaultOrder(eventTime: eventTime, isUpdating: input.properties.changelog == .updating)
        }
        var aggregation = Aggregation(keys: keys, calls: calls)
        let bounds = windowBounds(keys, input)
        var isUpdating = input.properties.changelog == .updating
        var windowEmission: WindowEmissionPlan?
        if let bounds, bounds.hasWatermark {
            let chosen: WindowEmissionPlan =
                switch emission.mode {
                case .afterWatermark: .afterWatermark
                default: closesWindows ? (isUpdating ? .onCloseOfUpdates : .onClose) : .changes
                }
            windowEmission = chosen
            // Sessions come complete, their lateness over.
            let lateness = bounds.assignment.kind == .session ? 0 : emission.latenessMicroseconds
            aggregation.window = bounds.window(lateness: lateness, emission: chosen)
        }
        var input = input
        if let bounds, bounds.hasWatermark, let keyed = input.properties.keyedWatermark, !bounds.isProcessingTime {
            // What comes out when windows close is not taken back.
            if windowEmission == .onCloseOfUpdates {
                windowEmission = .onClose
                aggregation.window?.emission = .onClose
                isUpdating = false
            }
            guard
                let judged = judgedByKey(
                    input, keyed, window: bounds.assignment, time: bounds.time, windowEmission ?? .onClose,
                    groupedBy: keys, span: span)
            else { return nil }
            input = judged
            aggregation.window?.comesComplete = true
        }
        // Sessions by key come when that has closed them, which the watermark behind says later.
        if input.windowColumns?.closesByKey == true { aggregation.window?.comesComplete = true }
        let isWindowed = windowEmission != nil
        if isUpdating {
            for index in calls.indices {
                guard checkRetractable(calls[index]) else { return nil }
                guard let call = calls[index].retractable else {
                    diagnostics.unsupported("\(calls[index].function) over updating input", at: calls[index].span)
                    return nil
                }
                calls[index] = call
            }
            aggregation.calls = calls
        }
        if !isWindowed {
            if emission.mode == .onWindowClose {
                if bounds != nil {
                    diagnostics.report(
                        .error, "42P20", at: emission.span, "EMIT ON WINDOW CLOSE needs a watermark on the input",
                        hint: "Declare WATERMARK FOR the time column on the source.")
                } else {
                    diagnostics.unsupported("EMIT ON WINDOW CLOSE of an aggregation without a window", at: emission.span)
                }
                return nil
            }
            if emission.mode == .afterWatermark, input.windowColumns?.waitsForEnd != true {
                diagnostics.report(
                    .error, "42P20", at: emission.span, "EMIT AFTER WATERMARK needs windows over a watermark",
                    hint: "Group by windows of a source's event time.")
                return nil
            }
            if bounds != nil {
                diagnostics.report(
                    options.isStateStrict ? .error : .warning, "01L01", at: span,
                    "the state of this windowed aggregation is never freed",
                    hint: "Declare a watermark on the source and use EMIT ON WINDOW CLOSE.")
            }
        }
        var properties = StreamProperties()
        var windowColumns: WindowColumns?
        if let bounds, isWindowed {
            properties.stateBound = .window(microseconds: bounds.assignment.size + emission.latenessMicroseconds)
            properties.key = Array(keys.indices)
            if windowEmission?.isUpdating == true {
                properties.changelog = .updating
            } else {
                properties.eventTime = bounds.timeKeys.first ?? bounds.endKeys.first
                windowColumns = WindowColumns(
                    window: bounds.assignment, start: bounds.startKeys.first, end: bounds.endKeys.first,
                    time: bounds.timeKeys.first, eventTime: nil, hasWatermark: true)
            }
        } else {
            properties.changelog = .updating
            properties.key = Array(keys.indices)
            properties.stateBound = keys.isEmpty ? .constant : .keyCardinality
        }
        return LogicalPlan(
            .aggregate(input, aggregation), fields: fields, properties: properties, windowColumns: windowColumns,
            name: nil, span: span)
    }

    /// Whether windows over a watermark are given out once, when they close.
    var closesWindows: Bool {
        switch emission.mode {
        case .onWindowClose: true
        case .changes, .afterWatermark, .every: false
        case .byDefault: options.dialect.emitsOnWindowCloseByDefault && !emission.isMaterializedView
        }
    }

    /// Whether windows are told apart by all columns of the key that has a watermark of its own; false after a report.
    mutating func isKeyed(
        by keys: [Expression], _ keyed: KeyedWatermark, _ input: LogicalPlan, span: Span
    ) -> Bool {
        for column in keyed.columns where !keys.contains(where: { $0.node == .input(column) }) {
            diagnostics.report(
                .error, "42P20", at: span,
                "windows under watermarks by key must be grouped by the key, and \"\(input.fields[column].name)\" is not",
                hint: "Add it to GROUP BY, or leave watermark_key of the source away.")
            return false
        }
        return true
    }

    /// The rows of windows as the watermark of their key judges them and lets them come out; nil after a report.
    private mutating func judgedByKey(
        _ input: LogicalPlan, _ keyed: KeyedWatermark, window: WindowShape, time: Expression,
        _ windowEmission: WindowEmissionPlan, groupedBy keys: [Expression], span: Span
    ) -> LogicalPlan? {
        guard isKeyed(by: keys, keyed, input, span: span) else { return nil }
        guard let eventTime = input.windowColumns?.eventTime ?? input.properties.eventTime else { return nil }
        let end =
            window.kind == .tumble
            ? Expression(
                .call(
                    Kernel("windowEnd", [.int64, .int64, .int64], .int64),
                    [
                        time, .constant(.integer(window.size), .bigint, span: span),
                        .constant(.integer(window.offset), .bigint, span: span),
                    ]), .timestamp(6), isNullable: time.isNullable, span: span)
            // One behind the last time.
            : time.lastTimeOfWindow(length: 2)
        let windows = KeyedWindows(
            watermark: keyed, eventTime: Expression.input(eventTime, input.fields[eventTime], span: span).asMicroseconds,
            end: end, lateness: emission.latenessMicroseconds, emission: windowEmission)
        var properties = input.properties
        if !windowEmission.isUpdating { properties.changelog = .appendOnly }
        properties.stateBound = .window(microseconds: window.size + emission.latenessMicroseconds + keyed.idle)
        properties.keyedWatermark = nil
        return LogicalPlan(
            .keyedWindows(input, windows), fields: input.fields, properties: properties,
            windowColumns: input.windowColumns, name: nil, span: span)
    }

    /// A time by which the window of a row of a windowed input is known.
    private func windowTime(_ columns: WindowColumns, _ input: LogicalPlan, span: Span) -> Expression? {
        func column(_ index: Int?) -> Expression? {
            index.map { .input($0, input.fields[$0], span: span).asMicroseconds }
        }
        let window = columns.window
        if window.kind == .tumble {
            return column(columns.eventTime) ?? column(columns.start) ?? column(columns.time)
                ?? column(columns.end)?.lastTimeOfWindow(length: 0)
        }
        if let last = column(columns.end)?.lastTimeOfWindow(length: 0) ?? column(columns.time) { return last }
        return window.kind == .hop ? column(columns.start)?.lastTimeOfWindow(length: window.size) : nil
    }

    /// Finds window bounds among the keys: columns of a windowed input, or calls of a group window function.
    private func windowBounds(_ keys: [Expression], _ input: LogicalPlan) -> GroupedWindow? {
        var found: GroupedWindow?
        for (index, key) in keys.enumerated() {
            switch key.windowBoundCall.node {
            case .input(let column):
                guard let columns = input.windowColumns,
                    [columns.start, columns.end, columns.time].contains(column)
                else { continue }
                if found == nil {
                    guard let time = windowTime(columns, input, span: key.span) else { continue }
                    found = GroupedWindow(assignment: columns.window, time: time, hasWatermark: columns.hasWatermark)
                    found?.isProcessingTime = columns.eventTime.map(input.properties.processingTimes.contains) ?? false
                }
                // Sessions that end together may start apart.
                if column == columns.start, columns.window.kind != .session { found?.startKeys.append(index) }
                if column == columns.end { found?.endKeys.append(index) }
                if column == columns.time { found?.timeKeys.append(index) }
            case .call(let kernel, let operands) where operands.count == 3:
                guard ["windowStart", "windowEnd", "windowTime"].contains(kernel.name),
                    case .constant(.integer(let size)) = operands[1].node,
                    case .constant(.integer(let offset)) = operands[2].node
                else { continue }
                let window = WindowShape(size: size, offset: offset)
                if let found, found.assignment != window || found.time != operands[0] { continue }
                if found == nil {
                    let column = operands[0].timeColumn
                    let hasWatermark =
                        column != nil && column == input.properties.eventTime
                        || operands[0].isProcessingTime(of: input.properties)
                    found = GroupedWindow(assignment: window, time: operands[0], hasWatermark: hasWatermark)
                    found?.isProcessingTime = operands[0].isProcessingTime(of: input.properties)
                }
                switch kernel.name {
                case "windowStart": found?.startKeys.append(index)
                case "windowEnd": found?.endKeys.append(index)
                default: found?.timeKeys.append(index)
                }
            default: continue
            }
        }
        return found
    }
}

/// Window bounds found among the keys of a GROUP BY.
private struct GroupedWindow {
    var assignment: WindowShape
    var time: Expression
    var hasWatermark: Bool
    var isProcessingTime = false
    var startKeys: [Int] = []
    var endKeys: [Int] = []
    var timeKeys: [Int] = []

    func window(lateness: Int64, emission: WindowEmissionPlan) -> Aggregation.Window {
        Aggregation.Window(
            window: assignment, time: time, lateness: lateness, emission: emission, startKeys: startKeys, endKeys: endKeys,
            timeKeys: timeKeys)
    }
}
