import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// `ts + interval`, `interval + ts` and `ts - interval` of a BIGINT that counts milliseconds; nil for all else.
    mutating func shiftedEventTime(
        _ operation: OperatorSyntax, _ left: Expression, _ right: Expression, _ span: Span
    ) -> Expression? {
        let isForward = left.type == .bigint && right.type == .interval && ["+", "-"].contains(operation.text)
        let isReversed = left.type == .interval && right.type == .bigint && operation.text == "+"
        // A number is no time.
        guard isForward || isReversed, !(isForward ? left : right).inputs.isEmpty else { return nil }
        return resolveOperator(
            symbol: operation.text, left: left.asMicroseconds, right: right.asMicroseconds, span: span,
            diagnostics: &diagnostics)?.asTime(.bigint)
    }

    /// EMIT ON WINDOW CLOSE without windows: rows come out once the watermark has passed their event time.
    mutating func inEventTimeOrder(_ plan: LogicalPlan) -> LogicalPlan? {
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
            .eventTimeOrder(input, lateness: emission.latenessMicroseconds), fields: input.fields,
            properties: properties, windowColumns: input.windowColumns, name: nil, span: plan.span)
        if time.type != .bigint { return ordered }
        var result = removingHiddenColumns(ordered, toCount: plan.fields.count)
        result.properties.eventTime = column
        return result
    }
}
