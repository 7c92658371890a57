import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// The functions in a select list that give rows: each row of the query comes once for each of theirs, those of one level
/// side by side. A function whose arguments hold others is of the level above theirs.
///
/// The numbers of their rows stand in expressions as input columns, `firstColumn` plus the level, until the plan has them.
struct RowFunctionCollector {
    static let firstColumn = 1 << 44

    var levels: [[RowFunction]] = []
    var span = Span.none

    static func stands(at column: Int) -> Bool { column >= firstColumn && column < OuterColumn.firstColumn }

    /// The number of a level's row, from 1.
    static func number(level: Int) -> Expression {
        .input(firstColumn + level, Field("ordinality", .bigint, isNullable: false))
    }

    /// The level of a function over these arguments.
    static func level(over arguments: [Expression]) -> Int {
        let inputs = arguments.reduce(into: Set<Int>()) { $0.formUnion($1.inputs) }
        return inputs.filter(stands).max().map { $0 - firstColumn + 1 } ?? 0
    }

    mutating func add(_ function: RowFunction, level: Int) {
        while levels.count <= level { levels.append([]) }
        levels[level].append(function)
    }
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
        guard rowFunctions != nil, aggregates?.isInsideCall != true, overCalls?.isInsideCall != true else {
            diagnostics.report(
                .error, "0A000", at: span, "set-returning functions are not allowed here",
                hint: "They may stand in FROM and in a select list, not inside aggregates or window functions.")
            return nil
        }
        guard let bound = bindArguments(call, scope) else { return nil }
        let level = RowFunctionCollector.level(over: bound)
        let number = RowFunctionCollector.number(level: level)
        guard
            let function = rowFunction(
                call.name.last.text, bound.map(fold), number: number, span: span, diagnostics: &diagnostics)
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
        // Another function may give more rows than this one.
        let zero = Expression.constant(.integer(0), .bigint, span: span)
        let count = Expression(.coalesce([function.count, zero]), .bigint, isNullable: false, span: span)
        guard
            let isThere = resolveOperator(
                symbol: "<=", left: number, right: count, span: span, diagnostics: &diagnostics)
        else { return nil }
        rowFunctions?.add(function, level: level)
        rowFunctions?.span = span
        return Expression(
            .conditional(isThere, value, .constant(.null, value.type, span: span)), value.type, isNullable: true,
            span: span)
    }

    /// How many rows each level of the select list's functions gives, as the longest of them says; nil after a report.
    mutating func counts(of collector: RowFunctionCollector) -> [Expression]? {
        var counts: [Expression] = []
        for (level, functions) in collector.levels.enumerated() {
            guard
                let all = RowFunction(
                    inStep: functions, number: RowFunctionCollector.number(level: level), span: collector.span,
                    diagnostics: &diagnostics)
            else { return nil }
            counts.append(all.count)
        }
        return counts
    }

    /// The rows, each as often as the counts of all levels say, and the columns over them with the numbers in place.
    func expanded(
        _ plan: LogicalPlan, _ counts: [Expression], _ columns: [Expression], span: Span
    ) -> (plan: LogicalPlan, columns: [Expression]) {
        var plan = plan
        var position: [Int: Int] = [:]
        func placed(_ expression: Expression) -> Expression {
            expression.replacingInputs { input, column in
                guard let target = position[column] else { return input }
                var input = input
                input.node = .input(target)
                return input
            }
        }
        for (level, count) in counts.enumerated() {
            let number = plan.fields.count
            plan = expanded(plan, placed(count), span: span)
            position[RowFunctionCollector.firstColumn + level] = number
        }
        return (plan, columns.map(placed))
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
