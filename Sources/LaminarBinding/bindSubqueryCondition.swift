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
        plan = absorbingTimes(&predicates, into: plan)
        guard let first = predicates.first else { return plan }
        let predicate =
            predicates.count == 1
            ? first
            : Expression(
                .and(predicates), .boolean, isNullable: predicates.contains(where: \.isNullable), span: syntax.span)
        let width = plan.fields.count
        guard let attached = attachingScalars(to: plan, [predicate], span: syntax.span) else { return nil }
        return removingHiddenColumns(filtered(attached.plan, attached.expressions[0]), toCount: width)
    }

    private mutating func joined(
        _ outer: LogicalPlan, _ condition: SubqueryCondition, _ scope: Scope, span: Span
    ) -> LogicalPlan? {
        let level = outerScopes.count
        var rows = outer
        var operands: [Expression] = []
        if let operand = condition.operand {
            guard let bound = bindOperands(operand, scope),
                let attached = attachingScalars(to: outer, bound, span: span)
            else { return nil }
            (rows, operands) = attached
        }
        guard let inner = inside(scope, { $0.bindSubquery(condition.query) }) else { return nil }
        var conditions: [Expression] = []
        if !operands.isEmpty {
            guard
                var test = comparison(
                    operands, condition.symbol, inner, width: rows.fields.count, span: condition.query.span,
                    operatorSpan: span)
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
            conditions = test.conjuncts
        }
        guard
            let joined = dependentJoin(
                rows, inner, kind: condition.keepsMatches ? .semi : .anti, conditions: conditions, level: level,
                span: span)
        else { return nil }
        return removingHiddenColumns(joined, toCount: outer.fields.count)
    }

    /// The left side of IN, ANY or ALL: a value, or a row of them.
    mutating func bindOperands(_ syntax: ExpressionSyntax, _ scope: Scope) -> [Expression]? {
        guard case .row(let elements, _) = syntax.kind else { return bindExpression(syntax, scope).map { [$0] } }
        let bound = elements.map { bindExpression($0, scope) }
        return bound.contains { $0 == nil } ? nil : bound.compactMap { $0 }
    }

    /// `operands op columns of plan`, the columns at `width` and behind it.
    mutating func comparison(
        _ operands: [Expression], _ symbol: String, _ plan: LogicalPlan, width: Int, span: Span, operatorSpan: Span
    ) -> Expression? {
        guard plan.fields.count == operands.count else {
            diagnostics.report(
                .error, "42601", at: span,
                "subquery has too \(plan.fields.count > operands.count ? "many" : "few") columns")
            return nil
        }
        let columns = plan.fields.enumerated().map { index, field in
            known(Expression.input(width + index, field, span: span))
        }
        return compareRows(symbol == "!=" ? "<>" : symbol, operands, columns, operatorSpan)
    }
}
