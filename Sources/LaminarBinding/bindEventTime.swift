import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// ORDER BY into a sink: rows come out by their event time once the watermark has passed it, in the order of
    /// processing time, in which they come, or in any other order at the end of the input; nil after a report.
    mutating func inStreamOrder(
        _ plan: LogicalPlan, _ ordering: [SinkPlan.Presentation.Ordering], at span: Span
    ) -> LogicalPlan? {
        guard plan.properties.changelog == .appendOnly else {
            diagnostics.unsupported(
                "ORDER BY of a result that changes into a sink", at: span,
                hint: "Order rows that are never taken back, or order the result where it is read.")
            return nil
        }
        if let first = ordering.first, !first.isDescending {
            if first.column == plan.properties.eventTime { return inEventTimeOrder(plan, ties: Array(ordering.dropFirst())) }
            if ordering.count == 1, plan.properties.processingTimes.contains(first.column) { return plan }
        }
        return inOrderAtTheEnd(plan, ordering)
    }

    /// The rows in an order that no watermark settles: all of them wait for the end of the input, as rows of its last
    /// instant do.
    private func inOrderAtTheEnd(_ plan: LogicalPlan, _ ordering: [SinkPlan.Presentation.Ordering]) -> LogicalPlan {
        let columns = plan.fields.enumerated().map { Expression.input($0.offset, $0.element, span: plan.span) }
        let last = Expression.constant(.integer(.max - 1), .timestamp(6), span: plan.span)
        var input = projected(plan, columns + [last], names: plan.fields.map(\.name) + ["end_of_input"], span: plan.span)
        input.properties.eventTime = plan.fields.count
        var properties = input.properties
        properties.stateBound = .unbounded
        let ordered = LogicalPlan(
            .eventTimeOrder(input, lateness: 0, ties: ordering), fields: input.fields, properties: properties, name: nil,
            span: plan.span)
        var result = removingHiddenColumns(ordered, toCount: plan.fields.count)
        result.properties.eventTime = nil
        return result
    }

    /// EMIT ON WINDOW CLOSE without windows: rows come out once the watermark has passed their event time.
    ///
    /// - Parameter ties: the order of rows of one time, over the plan's columns.
    mutating func inEventTimeOrder(
        _ plan: LogicalPlan, ties: [SinkPlan.Presentation.Ordering] = []
    ) -> LogicalPlan? {
        guard let column = plan.properties.eventTime else {
            diagnostics.report(
                .error, "42P20", at: emission.span,
                "EMIT ON WINDOW CLOSE needs windows, or an event time under a watermark among the result's columns",
                hint: "Declare WATERMARK FOR a column on the source and select it.")
            return nil
        }
        var input = plan
        let time = Expression.input(column, plan.fields[column], span: plan.span)
        if time.type == .bigint {
            // The operator reads microseconds.
            let columns = plan.fields.enumerated().map { Expression.input($0.offset, $0.element, span: plan.span) }
            input = projected(
                plan, columns + [time.asMicroseconds], names: plan.fields.map(\.name) + ["event_time"], span: plan.span)
            input.properties.eventTime = plan.fields.count
        }
        var properties = input.properties
        properties.changelog = .appendOnly
        properties.stateBound = .window(microseconds: emission.latenessMicroseconds)
        let ordered = LogicalPlan(
            .eventTimeOrder(input, lateness: emission.latenessMicroseconds, ties: ties), fields: input.fields,
            properties: properties, windowColumns: input.windowColumns, name: nil, span: plan.span)
        if time.type != .bigint { return ordered }
        var result = removingHiddenColumns(ordered, toCount: plan.fields.count)
        result.properties.eventTime = column
        return result
    }

    /// Whether an expression over the rows of the SELECT being bound is processing time.
    func isProcessingTime(_ expression: Expression) -> Bool {
        var properties = StreamProperties()
        properties.processingTimes = processingTimes
        return expression.isProcessingTime(of: properties)
    }

    /// `PROCTIME()`, `watermark()`, and Flink's `CURRENT_WATERMARK(ts)`.
    mutating func bindClockCall(_ call: CallSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        let name = call.name.last.text
        guard let arguments = bindArguments(call, scope) else { return nil }
        let count = name == "current_watermark" ? 1 : 0
        guard arguments.count == count else {
            diagnostics.report(
                .error, "42883", at: span, "function \(name) takes \(count == 0 ? "no arguments" : "an event time")")
            return nil
        }
        if name == "proctime" { return .processingTime(span: span) }
        guard let eventTime, arguments.isEmpty || arguments[0].node == eventTime.node else {
            diagnostics.report(
                .error, "42P20", at: span, "\(name) needs rows with an event time under a watermark",
                hint: "Declare WATERMARK FOR the time column on the source, and name that column.")
            return nil
        }
        return .currentWatermark(eventTime.type, span: span)
    }

    private func periodic(_ plan: LogicalPlan, _ interval: Int64, keys: [Int], last: Expression?) -> LogicalPlan {
        var properties = plan.properties
        properties.eventTime = nil
        return LogicalPlan(
            .periodic(plan, PeriodicEmission(interval: interval, keys: keys, last: last)), fields: plan.fields,
            properties: properties, name: nil, span: plan.span)
    }

    /// EMIT EVERY: the changes of the topmost aggregation, else of the result, given out at intervals.
    func emittingPeriodically(_ plan: LogicalPlan, _ interval: Int64) -> LogicalPlan {
        emittingGroupsPeriodically(plan, interval)
            ?? periodic(plan, interval, keys: plan.properties.key ?? Array(plan.fields.indices), last: nil)
    }

    /// With the changes of the topmost aggregation held back, whose windows a watermark may close; nil if there is none.
    private func emittingGroupsPeriodically(_ plan: LogicalPlan, _ interval: Int64) -> LogicalPlan? {
        var copy = plan
        switch plan.node {
        case .project(let input, let expressions):
            guard let inner = emittingGroupsPeriodically(input, interval) else { return nil }
            copy.node = .project(inner, expressions)
        case .filter(let input, let predicate):
            guard let inner = emittingGroupsPeriodically(input, interval) else { return nil }
            copy.node = .filter(inner, predicate)
        case .aggregate(let input, let aggregation):
            return periodic(
                plan, interval, keys: Array(aggregation.keys.indices), last: lastTime(plan, input, aggregation))
        default: return nil
        }
        return copy
    }

    /// The last time of the window of a group, over the aggregation's columns, if a watermark closes it.
    private func lastTime(_ plan: LogicalPlan, _ input: LogicalPlan, _ aggregation: Aggregation) -> Expression? {
        func column(_ index: Int) -> Expression {
            Expression.input(index, plan.fields[index], span: plan.span).asMicroseconds
        }
        if let window = aggregation.window {
            if let end = window.endKeys.first { return column(end).lastTimeOfWindow(length: 0) }
            if let start = window.startKeys.first { return column(start).lastTimeOfWindow(length: window.window.size) }
            return window.timeKeys.first.map(column)
        }
        // Sessions that change are grouped without a window of their own.
        guard let end = input.windowColumns?.end else { return nil }
        let key = aggregation.keys.firstIndex { $0.node == .input(end) }
        return key.map { column($0).lastTimeOfWindow(length: 0) }
    }
}

extension Expression {
    /// Whether it is the processing time of rows with these properties.
    func isProcessingTime(of properties: StreamProperties) -> Bool {
        if case .input(let column) = node { return properties.processingTimes.contains(column) }
        if case .call(_, let operands) = node, operands.isEmpty { return readsProcessingTime }
        return false
    }

    /// The last time of a window that ends `length` behind this time.
    func lastTimeOfWindow(length: Int64) -> Expression {
        Expression(
            .call(
                Kernel("windowLast", [.int64, .int64], .int64),
                [self, .constant(.integer(length), .bigint, span: span)]),
            type, isNullable: isNullable, span: span)
    }
}
