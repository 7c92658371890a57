import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// A condition over a subquery, as a conjunct of WHERE: it keeps rows by a semi or anti join.
private struct SubqueryCondition {
    var query: QuerySyntax
    /// Keeps the rows for which some row of the subquery meets the condition, or those for which none does.
    var keepsMatches: Bool
    /// `x op column` for IN and ANY, NOT (x op column) for ALL; nil for EXISTS.
    var operand: ExpressionSyntax?
    var symbol = "="
    /// ALL: a row of the subquery that fails the comparison, or leaves it unknown, drops the row.
    var isAll = false
    /// NOT IN: a comparison that is unknown counts as a match.
    var unknownMatches = false

    init?(_ syntax: ExpressionSyntax) {
        switch syntax.kind {
        case .exists(let query): self.init(query, true, nil)
        case .not(let inner):
            guard case .exists(let query) = inner.kind else { return nil }
            self.init(query, false, nil)
        case .inQuery(let operand, let query, let isNegated):
            self.init(query, !isNegated, operand)
            unknownMatches = isNegated
        case .quantifiedQuery(let operand, let operation, let quantifier, let query):
            self.init(query, quantifier == .any, operand)
            symbol = operation.text
            isAll = quantifier == .all
        default: return nil
        }
    }

    private init(_ query: QuerySyntax, _ keepsMatches: Bool, _ operand: ExpressionSyntax?) {
        self.query = query
        self.keepsMatches = keepsMatches
        self.operand = operand
    }
}

extension Binder {
    /// Applies WHERE: its subquery conditions as joins, all else as a filter. Nil after a report.
    mutating func applyingWhere(_ syntax: ExpressionSyntax, to plan: LogicalPlan, _ scope: Scope) -> LogicalPlan? {
        let conjuncts: [ExpressionSyntax] = if case .and(let operands) = syntax.kind { operands } else { [syntax] }
        var plan = plan
        var predicates: [Expression] = []
        var isComplete = true
        for conjunct in conjuncts {
            if let condition = SubqueryCondition(conjunct) {
                guard let joined = joined(plan, condition, scope, span: conjunct.span) else {
                    isComplete = false
                    continue
                }
                plan = joined
            } else if let predicate = bindPredicate(conjunct, scope, clause: "WHERE") {
                predicates.append(predicate)
            } else {
                isComplete = false
            }
        }
        guard isComplete else { return nil }
        guard let first = predicates.first else { return plan }
        let predicate =
            predicates.count == 1
            ? first
            : Expression(
                .and(predicates), .boolean, isNullable: predicates.contains(where: \.isNullable), span: syntax.span)
        let attached = attachingScalars(to: plan, [predicate], span: syntax.span)
        return filtered(attached.plan, attached.expressions[0])
    }

    private mutating func joined(
        _ outer: LogicalPlan, _ condition: SubqueryCondition, _ scope: Scope, span: Span
    ) -> LogicalPlan? {
        let width = outer.fields.count
        guard var inner = bindCorrelated(condition.query, scope, width: width, needsValue: condition.operand != nil)
        else { return nil }
        var join = Join(kind: condition.keepsMatches ? .semi : .anti, keys: [], residual: nil)
        for conjunct in inner.correlation { join.add(conjunct, leftWidth: width) }
        if let operand = condition.operand {
            guard let left = bindExpression(operand, scope), let value = inner.value else { return nil }
            guard
                var test = resolveOperator(
                    symbol: condition.symbol, left: left, right: value, span: span, diagnostics: &diagnostics)
            else { return nil }
            if condition.isAll {
                guard let inverse = negated(test, span) else { return nil }
                test = inverse
            }
            if condition.isAll || condition.unknownMatches, test.isNullable {
                test = Expression(
                    .coalesce([test, .constant(.boolean(true), .boolean, span: span)]), .boolean, isNullable: false,
                    span: span)
            }
            join.add(test, leftWidth: width)
        }
        inner.plan.name = nil
        return joined(outer, inner.plan, join, span: span)
    }

    /// A subquery's rows, what it asks of the outer row (over the outer columns and then its own), and its one column's
    /// value over the same.
    mutating func bindCorrelated(
        _ query: QuerySyntax, _ outer: Scope, width: Int, needsValue: Bool, isAggregate: Bool = false
    ) -> (plan: LogicalPlan, correlation: [Expression], value: Expression?, scope: Scope)? {
        // A plain SELECT may name outer columns; anything else stands on its own.
        guard case .select(let select) = query.body.kind, query.with == nil, query.limit == nil, query.offset == nil,
            select.groupBy == nil, select.having == nil, select.distinct == nil, select.windows.isEmpty,
            select.qualify == nil, select.items.count == 1 || !needsValue, !select.from.isEmpty,
            isAggregate || !select.items.contains(where: { $0.expression.hasAggregate })
        else {
            guard let plan = bindSubquery(query) else { return nil }
            guard !needsValue || plan.fields.count == 1 else {
                diagnostics.report(.error, "42601", at: query.span, "subquery has too many columns")
                return nil
            }
            return (plan, [], needsValue ? .input(width, plan.fields[0], span: query.span) : nil, Scope())
        }
        let outerAggregates = aggregates
        let outerTime = eventTime
        defer {
            aggregates = outerAggregates
            eventTime = outerTime
        }
        aggregates = AggregateCollector(forbiddenClause: "a subquery's WHERE")
        guard let (from, scope) = bindFrom(select.from, span: query.body.span) else { return nil }
        var plan = from
        eventTime = nil
        // Names are the subquery's own before they are the outer query's.
        var both = scope
        for index in both.columns.indices {
            both.columns[index].expression = both.columns[index].expression.substitutingInputs {
                .input(width + $0, plan.fields[$0])
            }
        }
        let own = both.columns
        for column in outer.columns {
            let isHiddenByOwn = own.contains { $0.relation == column.relation && $0.name == column.name }
            if !isHiddenByOwn {
                var column = column
                if own.contains(where: { $0.name == column.name }) { column.isQualifiedOnly = true }
                both.columns.append(column)
            }
        }
        var correlation: [Expression] = []
        if let filter = select.filter {
            let conjuncts: [ExpressionSyntax] = if case .and(let operands) = filter.kind { operands } else { [filter] }
            var ownPredicates: [Expression] = []
            for conjunct in conjuncts {
                if SubqueryCondition(conjunct) != nil {
                    guard let nested = applyingWhere(conjunct, to: plan, scope) else { return nil }
                    plan = nested
                    continue
                }
                guard let predicate = bindPredicate(conjunct, both, clause: "WHERE") else { return nil }
                if predicate.inputs.allSatisfy({ $0 >= width }) {
                    ownPredicates.append(predicate.substitutingInputs { .input($0 - width, plan.fields[$0 - width]) })
                } else {
                    correlation.append(predicate)
                }
            }
            for predicate in ownPredicates { plan = filtered(plan, predicate) }
        }
        var value: Expression?
        if needsValue {
            if case .star = select.items[0].expression.kind {
                guard plan.fields.count == 1 else {
                    diagnostics.report(.error, "42601", at: query.span, "subquery has too many columns")
                    return nil
                }
                value = .input(width, plan.fields[0], span: query.span)
            } else {
                guard let bound = bindExpression(select.items[0].expression, both) else { return nil }
                value = bound
            }
        }
        return (plan, correlation, value, scope)
    }
}

extension ExpressionSyntax {
    /// Whether an aggregate call stands in it, its subqueries aside.
    var hasAggregate: Bool {
        switch kind {
        case .call(let call):
            (isAggregate(call.name.last.text) && call.over == nil)
                || call.arguments.contains { $0.value.hasAggregate }
        case .unary(_, let operand), .not(let operand), .isNull(let operand, _), .isTruth(let operand, _, _),
            .cast(let operand, _, _), .collate(let operand, _), .field(let operand, _):
            operand.hasAggregate
        case .binary(_, let left, let right), .isDistinct(let left, let right, _):
            left.hasAggregate || right.hasAggregate
        case .and(let operands), .or(let operands), .array(let operands), .row(let operands, _):
            operands.contains(where: \.hasAggregate)
        case .between(let operand, let low, let high, _, _):
            operand.hasAggregate || low.hasAggregate || high.hasAggregate
        case .inList(let operand, let items, _): operand.hasAggregate || items.contains(where: \.hasAggregate)
        case .caseWhen(let operand, let branches, let otherwise):
            (operand?.hasAggregate ?? false) || (otherwise?.hasAggregate ?? false)
                || branches.contains { $0.condition.hasAggregate || $0.result.hasAggregate }
        default: false
        }
    }
}
