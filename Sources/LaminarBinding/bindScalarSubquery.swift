import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// A subquery as a value, met while an expression was bound: it stands there as an input column at `firstColumn` plus its
/// index, until the rows of the expression are joined with it.
struct ScalarSubquery: Equatable {
    static let firstColumn = 1 << 42

    static func stands(at column: Int) -> Bool { column >= firstColumn && column < OverCollector.firstColumn }

    /// One column, and for each outer row at most one row.
    var plan: LogicalPlan
    /// The level of the expression's rows in the subquery's outer columns.
    var level: Int
    /// Whether a group without rows has the value of no row at all.
    var padsEmptyGroups: Bool
}

extension Binder {
    /// The value of a subquery of at most one row; nil after a report.
    mutating func bindScalarSubquery(_ query: QuerySyntax, _ scope: Scope, _ span: Span) -> Expression? {
        guard let plan = inside(scope, { $0.bindSubquery(query) }) else { return nil }
        guard plan.fields.count == 1 else {
            diagnostics.report(.error, "42601", at: span, "subquery must return only one column")
            return nil
        }
        if plan.hasAtMostOneRow { return value(of: plan, span) }
        // One row at most, or error 21000.
        let column = Expression.input(0, plan.fields[0], span: span)
        guard
            let single = aggregated(
                plan, [("any_value", [column], nil), ("count", [], nil)], [], span: span,
                { binder, results in
                    let isSingle = Expression.call(
                        Kernel("atMostOneRow", [.int64], .bool, canFail: true), [results[1]], .boolean, span: span)
                    let null = Expression.constant(.null, results[0].type, span: span)
                    return Expression(
                        .conditional(isSingle, results[0], null), results[0].type, isNullable: true, span: span)
                })
        else { return nil }
        return value(of: single, span)
    }

    /// `EXISTS (query)` as a value.
    mutating func bindExists(_ query: QuerySyntax, _ scope: Scope, _ span: Span) -> Expression? {
        guard let plan = inside(scope, { $0.bindSubquery(query) }) else { return nil }
        guard
            let test = aggregated(
                plan, [("count", [], nil)], [], span: span, { binder, results in binder.isPositive(results[0], span) })
        else { return nil }
        return value(of: test, span)
    }

    /// `operand IN (query)`, `operand op ANY (query)` and `ALL` as values.
    mutating func bindMembership(
        _ operand: ExpressionSyntax, _ symbol: String, isAll: Bool, _ query: QuerySyntax, _ scope: Scope, _ span: Span
    ) -> Expression? {
        let level = outerScopes.count
        guard let operands = bindOperands(operand, scope), let plan = inside(scope, { $0.bindSubquery(query) }),
            let test = comparison(
                operands.map { $0.outward(to: level) }, symbol, plan, width: 0, span: query.span, operatorSpan: span)
        else { return nil }
        // A row that decides, else one that leaves it open, else the answer for no rows.
        guard let decides = isAll ? negated(test, span) : test else { return nil }
        let isOpen = Expression(.isNull(test), .boolean, isNullable: false, span: span)
        func constant(_ value: Value) -> Expression { .constant(value, .boolean, span: span) }
        guard
            let result = aggregated(
                plan, [("count", [], decides), ("count", [], isOpen)], [], span: span,
                { binder, results in
                    let tests = results.compactMap { binder.isPositive($0, span) }
                    guard tests.count == 2 else { return nil }
                    let open = Expression(
                        .conditional(tests[1], constant(.null), constant(.boolean(isAll))), .boolean, isNullable: true,
                        span: span)
                    return Expression(
                        .conditional(tests[0], constant(.boolean(!isAll)), test.isNullable ? open : constant(.boolean(isAll))),
                        .boolean, isNullable: test.isNullable, span: span)
                })
        else { return nil }
        return value(of: result, span)
    }

    /// `ARRAY(query)`: the rows of one column in their order, an empty array of none.
    mutating func bindArrayOfQuery(_ query: QuerySyntax, _ scope: Scope, _ span: Span) -> Expression? {
        guard let (plan, ordering) = inside(scope, { $0.bindOrderedSubquery(query) }) else { return nil }
        guard plan.visible == 1 else {
            diagnostics.report(.error, "42601", at: span, "subquery must return only one column")
            return nil
        }
        var column = Expression.input(0, plan.plan.fields[0], span: span)
        if column.type == .unknown { column = asText(column) }
        let order = ordering.map {
            AggregateOrdering(
                .input($0.column, plan.plan.fields[$0.column], span: span), isDescending: $0.isDescending,
                nullsFirst: $0.nullsFirst)
        }
        let empty = Expression.constant(.bytes(ArrayValue(.text, []).encoded), .array(.unknown), span: span)
        guard
            let array = aggregated(
                plan.plan, [("array_agg", [column], nil)], order, span: span,
                { binder, results in
                    guard
                        let none = cast(
                            empty, to: results[0].type, context: .implicit, span: span, diagnostics: &binder.diagnostics)
                    else { return nil }
                    return Expression(
                        .coalesce([results[0], none]), results[0].type, isNullable: false, span: span)
                })
        else { return nil }
        return value(of: array, span)
    }

    private mutating func isPositive(_ count: Expression, _ span: Span) -> Expression? {
        let zero = Expression.constant(.integer(0), .bigint, span: span)
        return resolveOperator(symbol: ">", left: count, right: zero, span: span, diagnostics: &diagnostics)
    }

    /// One row of aggregates of the plan, and one expression over them; nil after a report.
    private mutating func aggregated(
        _ plan: LogicalPlan, _ functions: [(name: String, arguments: [Expression], filter: Expression?)],
        _ ordering: [AggregateOrdering],
        span: Span, _ result: (inout Binder, [Expression]) -> Expression?
    ) -> LogicalPlan? {
        let outerAggregates = aggregates
        let outerEmission = emission
        defer {
            aggregates = outerAggregates
            emission = outerEmission
        }
        aggregates = AggregateCollector()
        emission = Emission()
        var columns: [Int] = []
        for function in functions {
            guard
                let call = resolveAggregate(
                    name: function.name, arguments: function.arguments, ordering: ordering, isDistinct: false,
                    filter: function.filter,
                    span: span, diagnostics: &diagnostics)
            else { return nil }
            columns.append((aggregates?.column(of: call) ?? 0) - AggregateCollector.firstColumn)
        }
        guard let grouped = aggregated(plan, keys: [], names: [], span: span),
            let value = result(&self, columns.map { .input($0, grouped.fields[$0], span: span) })
        else { return nil }
        return projected(grouped, [fold(value)], names: ["value"], span: span)
    }

    /// The place of a subquery's value in an expression, which `attachingScalars` fills.
    private mutating func value(of plan: LogicalPlan, _ span: Span) -> Expression {
        var field = plan.fields[0]
        if field.type == .unknown { field.type = .text }
        // A group without rows has no row in the subquery's plan unless it is padded; NULL stands for it where that is
        // its value, and a constant where the value is never NULL otherwise.
        var subquery = ScalarSubquery(plan: plan, level: outerScopes.count, padsEmptyGroups: true)
        var none: Expression?
        if plan.readsOuter(subquery.level), let empty = plan.valueOfNoRows {
            if empty.node == .constant(.null) {
                subquery.padsEmptyGroups = false
            } else if !field.isNullable {
                subquery.padsEmptyGroups = false
                none = empty
            }
        }
        let isCertain = plan.hasExactlyOneRow && !field.isNullable && (none != nil || subquery.padsEmptyGroups)
        // One that stands in two places is joined once; a key of GROUP BY is known by it.
        let known = scalarSubqueries.firstIndex { $0 == subquery }
        if known == nil { scalarSubqueries.append(subquery) }
        let column = Expression(
            .input(ScalarSubquery.firstColumn + (known ?? scalarSubqueries.count - 1)), field.type,
            isNullable: none != nil || !isCertain, span: span)
        guard let none else { return column }
        return Expression(.coalesce([column, none]), field.type, isNullable: false, span: span)
    }

    /// Joins rows with the subqueries that stand as values in expressions over them, and puts their columns in place.
    ///
    /// - Parameter translated: A column that a subquery names, as an expression over the rows; nil after a report.
    mutating func attachingScalars(
        to plan: LogicalPlan, _ expressions: [Expression], span: Span,
        _ translated: (inout Binder, Expression) -> Expression? = { $1 }
    ) -> (plan: LogicalPlan, expressions: [Expression])? {
        let columns = expressions.reduce(into: Set<Int>(), { $0.formUnion($1.inputs) })
        guard let (plan, placed) = attachingScalars(to: plan, columns, span: span, translated) else { return nil }
        return (plan, expressions.map(placed))
    }

    /// The columns of subqueries with those that these read of each other.
    private func withSubqueriesBehind(_ columns: Set<Int>) -> Set<Int> {
        var found = columns
        var open = Array(columns)
        while let column = open.popLast() {
            let subquery = scalarSubqueries[column - ScalarSubquery.firstColumn]
            for outer in subquery.plan.outerColumns(subquery.level).keys.map(OuterColumn.index)
            where ScalarSubquery.stands(at: outer) && found.insert(outer).inserted {
                open.append(outer)
            }
        }
        return found
    }

    /// One row without columns, joined with the subqueries in expressions over it, and these over it.
    mutating func rowOfSubqueries(_ expressions: [Expression], span: Span) -> (plan: LogicalPlan, expressions: [Expression])? {
        let row = LogicalPlan(
            .values([[]]), fields: [], properties: StreamProperties(stateBound: .constant), name: nil, span: span)
        return attachingScalars(to: row, expressions, span: span)
    }

    /// The rows joined with the subqueries among some input columns, and what puts their columns in place.
    mutating func attachingScalars(
        to plan: LogicalPlan, _ columns: Set<Int>, span: Span,
        _ translated: (inout Binder, Expression) -> Expression? = { $1 }
    ) -> (plan: LogicalPlan, placed: (Expression) -> Expression)? {
        var plan = plan
        var position: [Int: Int] = [:]
        // One subquery may read the value of another, which was met before it.
        func placed(_ column: Expression) -> Expression? {
            guard case .input(let index) = column.node, let target = position[index] else { return nil }
            return .input(target, plan.fields[target], span: column.span)
        }
        for column in withSubqueriesBehind(columns.filter(ScalarSubquery.stands)).sorted() {
            let subquery = scalarSubqueries[column - ScalarSubquery.firstColumn]
            position[column] = plan.fields.count
            guard
                let joined = dependentJoin(
                    plan, subquery.plan, kind: .left, level: subquery.level, padsEmptyGroups: subquery.padsEmptyGroups,
                    span: span, { binder, column in placed(column) ?? translated(&binder, column) })
            else { return nil }
            plan = joined
        }
        if position.isEmpty { return (plan, { $0 }) }
        let fields = plan.fields
        return (
            plan,
            { expression in
                expression.replacingInputs { input, column in
                    if let target = position[column] {
                        var input = input
                        input.node = .input(target)
                        return input
                    }
                    return column < fields.count ? .input(column, fields[column]) : nil
                }
            }
        )
    }
}

extension LogicalPlan {
    /// Whether the plan can be seen to give one row or none.
    fileprivate var hasAtMostOneRow: Bool {
        switch node {
        case .project(let input, _): return input.hasAtMostOneRow
        case .filter(let input, let predicate):
            if input.hasAtMostOneRow { return true }
            guard case .over(let rows, let over) = input.node, over.partition.isEmpty else { return false }
            return predicate.conjuncts.contains { conjunct in
                guard case .call(let kernel, let operands) = conjunct.node, kernel.name == "lessOrEqual",
                    case .input(let column) = operands[0].node, case .constant(.integer(let limit)) = operands[1].node
                else { return false }
                return limit <= 1 && column >= rows.fields.count
                    && over.calls[column - rows.fields.count].function == .rowNumber
            }
        default: return hasExactlyOneRow
        }
    }

    fileprivate var hasExactlyOneRow: Bool {
        switch node {
        case .project(let input, _): input.hasExactlyOneRow
        case .aggregate(_, let aggregation): aggregation.keys.isEmpty && aggregation.window == nil
        case .values(let rows): rows.count == 1
        case .join(let left, let right, let join):
            join.kind == .left && left.hasExactlyOneRow && (right.hasExactlyOneRow || right.hasAtMostOneRow)
        default: false
        }
    }

    /// The value of a projection of an aggregation without GROUP BY where there are no rows; nil if that depends.
    fileprivate var valueOfNoRows: Expression? {
        guard case .project(let input, let expressions) = node else {
            guard case .aggregate(_, let aggregation) = node, aggregation.keys.isEmpty else { return nil }
            return projected(self, [.input(0, fields[0], span: span)], names: ["value"], span: span).valueOfNoRows
        }
        guard case .aggregate(_, let aggregation) = input.node, aggregation.keys.isEmpty else { return nil }
        let value = fold(
            expressions[0].replacingInputs { input, column in
                guard column < aggregation.calls.count else { return nil }
                let isCount = aggregation.calls[column].kernel.isCount
                return .constant(isCount ? .integer(0) : .null, input.type, span: input.span)
            })
        return value.constantValue == nil ? nil : value
    }
}
