import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// A scalar subquery met while an expression was bound: it stands there as an input column at `firstColumn` plus its
/// index, until the rows of the expression are joined with it.
struct ScalarSubquery {
    static let firstColumn = 1 << 42

    var plan: LogicalPlan
    /// Over the outer row and the subquery's own columns; empty where it names no outer column.
    var keys: [Join.Key]
    /// The column that holds the value.
    var value: Int
    /// COUNT of no rows is 0, where other aggregates are NULL.
    var isCount: Bool
}

extension Binder {
    /// The value of a subquery of at most one row; nil after a report.
    mutating func bindScalarSubquery(_ query: QuerySyntax, _ scope: Scope, _ span: Span) -> Expression? {
        let before = diagnostics
        var subquery: ScalarSubquery?
        if let plan = bindSubquery(query) {
            guard plan.fields.count == 1 else {
                diagnostics.report(.error, "42601", at: span, "subquery must return only one column")
                return nil
            }
            guard plan.hasAtMostOneRow else {
                diagnostics.unsupported(
                    "a subquery as a value that may give several rows", at: span, hint: "Aggregate it: max(...), sum(...).")
                return nil
            }
            subquery = ScalarSubquery(plan: plan, keys: [], value: 0, isCount: false)
        } else if diagnostics.all.dropFirst(before.all.count).allSatisfy({ ["42703", "42P01"].contains($0.sqlState) }),
            !scope.columns.isEmpty
        {
            // It may name columns of the outer query.
            let failed = diagnostics
            diagnostics = before
            subquery = bindCorrelatedAggregate(query, scope, span)
            if subquery == nil, diagnostics.errorCount == before.errorCount { diagnostics = failed }
        }
        guard let subquery else { return nil }
        if aggregates?.isInsideCall ?? false {
            diagnostics.unsupported("a subquery inside an aggregate", at: span)
            return nil
        }
        scalarSubqueries.append(subquery)
        let field = subquery.plan.fields[subquery.value]
        let column = Expression(
            .input(ScalarSubquery.firstColumn + scalarSubqueries.count - 1), field.type, isNullable: true, span: span)
        guard subquery.isCount else { return column }
        return Expression(
            .coalesce([column, .constant(.integer(0), field.type, span: span)]), field.type, isNullable: false,
            span: span)
    }

    /// `(SELECT aggregate(...) FROM t WHERE t.k = outer.k AND ...)`: grouped by its own side of the equalities.
    private mutating func bindCorrelatedAggregate(
        _ query: QuerySyntax, _ outer: Scope, _ span: Span
    ) -> ScalarSubquery? {
        guard case .select(let select) = query.body.kind, query.with == nil, query.limit == nil, query.offset == nil,
            select.groupBy == nil, select.having == nil, select.distinct == nil, select.windows.isEmpty,
            select.items.count == 1, !select.from.isEmpty, select.items[0].expression.hasAggregate
        else {
            diagnostics.unsupported("a correlated subquery of this form", at: span)
            return nil
        }
        let width = outer.columns.reduce(0) { width, column in max(width, (column.expression.inputs.max() ?? -1) + 1) }
        guard var correlated = bindCorrelated(query, outer, width: width, needsValue: false, isAggregate: true) else {
            return nil
        }
        var join = Join(kind: .left, keys: [], residual: nil)
        for conjunct in correlated.correlation { join.add(conjunct, leftWidth: width) }
        guard join.residual == nil else {
            diagnostics.unsupported("a correlated subquery whose condition is no equality", at: span)
            return nil
        }
        let outerAggregates = aggregates
        let outerEmission = emission
        defer {
            aggregates = outerAggregates
            emission = outerEmission
        }
        aggregates = AggregateCollector()
        emission = Emission()
        guard let item = bindExpression(select.items[0].expression, correlated.scope) else { return nil }
        let keys = join.keys.map { fold($0.right) }
        let calls = aggregates?.calls ?? []
        // Of no rows an aggregate alone is NULL, or 0; an expression of it could be anything.
        guard case .input(let column) = item.node, column >= AggregateCollector.firstColumn else {
            diagnostics.unsupported("an expression of a correlated aggregate", at: span)
            return nil
        }
        let isCount = calls[column - AggregateCollector.firstColumn].function == "count"
        correlated.plan.name = nil
        guard
            let grouped = aggregated(
                correlated.plan, keys: keys, names: keys.indices.map { "key_\($0 + 1)" }, span: span),
            let value = groupedExpression(
                fold(item), keys: keys, names: correlated.plan.fields.map(\.name), fields: grouped.fields)
        else { return nil }
        let columns = keys.indices.map { Expression.input($0, grouped.fields[$0], span: span) } + [value]
        let plan = projected(
            grouped, columns, names: keys.indices.map { "key_\($0 + 1)" } + ["value"], span: span)
        let joinKeys = join.keys.enumerated().map { index, key in
            Join.Key(left: key.left, right: .input(index, plan.fields[index]), nullsAreEqual: key.nullsAreEqual)
        }
        return ScalarSubquery(plan: plan, keys: joinKeys, value: keys.count, isCount: isCount)
    }

    /// Joins rows with the scalar subqueries that stand in expressions over them, and puts their columns in place.
    mutating func attachingScalars(
        to plan: LogicalPlan, _ expressions: [Expression], span: Span
    ) -> (plan: LogicalPlan, expressions: [Expression]) {
        var plan = plan
        var position: [Int: Int] = [:]
        for column in expressions.reduce(into: Set<Int>(), { $0.formUnion($1.inputs) }).sorted()
        where column >= ScalarSubquery.firstColumn && column < OverCollector.firstColumn {
            let subquery = scalarSubqueries[column - ScalarSubquery.firstColumn]
            position[column] = plan.fields.count + subquery.value
            plan = joined(plan, subquery.plan, Join(kind: .left, keys: subquery.keys, residual: nil), span: span)
        }
        if position.isEmpty { return (plan, expressions) }
        let attached = expressions.map { expression in
            expression.substitutingInputs { column in
                if let column = position[column] { return .input(column, plan.fields[column]) }
                return column < plan.fields.count ? .input(column, plan.fields[column]) : unresolved(column, expression)
            }
        }
        return (plan, attached)
    }

    /// A placeholder of another kind, left as it is.
    private func unresolved(_ column: Int, _ expression: Expression) -> Expression {
        expression.find { $0.node == .input(column) } ?? expression
    }
}

extension Expression {
    fileprivate func find(_ condition: (Expression) -> Bool) -> Expression? {
        if condition(self) { return self }
        for operand in operands {
            if let found = operand.find(condition) { return found }
        }
        return nil
    }
}

extension LogicalPlan {
    /// Whether the plan can be seen to give one row or none.
    fileprivate var hasAtMostOneRow: Bool {
        switch node {
        case .project(let input, _), .filter(let input, _): input.hasAtMostOneRow
        case .aggregate(_, let aggregation): aggregation.keys.isEmpty
        case .values(let rows): rows.count <= 1
        default: false
        }
    }
}
