import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// The functions in a select list that give rows: each row of FROM comes once for each of theirs, side by side.
struct RowFunctionCollector {
    /// The columns of FROM; behind them stands the number of the function's row.
    var width: Int
    var functions: [RowFunction] = []
    var span = Span.none

    /// The number, from 1.
    var number: Expression { .input(width, Field("ordinality", .bigint, isNullable: false)) }
}

extension Binder {
    /// A function in FROM. It may name columns of tables to its left. Nil after a report.
    mutating func bindRowFunction(_ call: CallSyntax, withOrdinality: Bool) -> LogicalPlan? {
        guard let bound = bindArguments(call, Scope()),
            let (row, arguments) = rowOfSubqueries(bound, span: call.span)
        else { return nil }
        let number = Expression.input(row.fields.count, Field("ordinality", .bigint, isNullable: false))
        guard
            let function = rowFunction(
                call.name.last.text, arguments.map(fold), number: number, span: call.span, diagnostics: &diagnostics)
        else { return nil }
        var columns = function.columns.map(\.value)
        var names = function.columns.map(\.field.name)
        if withOrdinality {
            columns.append(number)
            names.append("ordinality")
        }
        return projected(expanded(row, function.count, span: call.span), columns, names: names, span: call.span)
    }

    /// A function of one value in FROM: one row. Nil after a report.
    mutating func bindValueFunction(_ call: CallSyntax, withOrdinality: Bool) -> LogicalPlan? {
        guard let bound = bindCall(call, Scope(), call.span),
            let (row, value) = rowOfSubqueries([fold(bound)], span: call.span)
        else { return nil }
        let number = Expression.constant(.integer(1), .bigint, span: call.span)
        return projected(
            row, withOrdinality ? value + [number] : value,
            names: withOrdinality ? [call.name.last.text, "ordinality"] : [call.name.last.text], span: call.span)
    }

    /// A call in a select list: a column of the rows that its functions give together.
    mutating func bindRowFunctionColumn(_ call: CallSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        guard let collector = rowFunctions else {
            diagnostics.report(
                .error, "0A000", at: span, "set-returning functions are not allowed here",
                hint: "They may stand in FROM and in a select list.")
            return nil
        }
        // Arguments are values, not other such calls.
        rowFunctions = nil
        let bound = bindArguments(call, scope)
        rowFunctions = collector
        guard let bound,
            let function = rowFunction(
                call.name.last.text, bound.map(fold), number: collector.number, span: span, diagnostics: &diagnostics)
        else { return nil }
        var value = function.columns[0].value
        if function.columns.count > 1 {
            guard
                let row = rowConstructor(
                    function.columns.map(\.value), names: function.columns.map(\.field.name), span: span,
                    diagnostics: &diagnostics)
            else { return nil }
            value = row
        }
        let reads = function.count.inputs.union(value.inputs)
        if reads.contains(where: { $0 >= AggregateCollector.firstColumn && $0 < OuterColumn.firstColumn }) {
            diagnostics.unsupported("a subquery or aggregate inside a set-returning function", at: span)
            return nil
        }
        // Another function may give more rows than this one.
        let zero = Expression.constant(.integer(0), .bigint, span: span)
        let count = Expression(.coalesce([function.count, zero]), .bigint, isNullable: false, span: span)
        guard
            let isThere = resolveOperator(
                symbol: "<=", left: collector.number, right: count, span: span, diagnostics: &diagnostics)
        else { return nil }
        rowFunctions?.functions.append(function)
        rowFunctions?.span = span
        return Expression(
            .conditional(isThere, value, .constant(.null, value.type, span: span)), value.type, isNullable: true,
            span: span)
    }

    /// The rows of FROM, each as often as the longest of the select list's functions says; nil after a report.
    mutating func expanded(_ plan: LogicalPlan, _ collector: RowFunctionCollector) -> LogicalPlan? {
        guard
            let all = RowFunction(
                inStep: collector.functions, number: collector.number, span: collector.span, diagnostics: &diagnostics)
        else { return nil }
        return expanded(plan, all.count, span: collector.span)
    }

    /// Each row of the plan as often as `count` says, numbered behind its columns.
    func expanded(_ plan: LogicalPlan, _ count: Expression, keepsEmpty: Bool = false, span: Span) -> LogicalPlan {
        var properties = plan.properties
        properties.key = properties.key.map { $0 + [plan.fields.count] }
        properties.stateBound = .stateless
        return LogicalPlan(
            .expand(plan, count: fold(count), keepsEmpty: keepsEmpty),
            fields: plan.fields + [Field("ordinality", .bigint, isNullable: keepsEmpty)], properties: properties,
            windowColumns: plan.windowColumns, name: nil, span: span)
    }
}
