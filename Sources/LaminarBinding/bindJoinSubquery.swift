import LaminarExpressions
import LaminarPlan
import LaminarText
import LaminarTypes

extension Expression {
    /// Whether the value of a subquery stands in it, whose rows have not been joined yet.
    var readsSubquery: Bool { inputs.contains(where: ScalarSubquery.stands) }
}

extension Binder {
    /// A join with subqueries in its condition: first the pairs, which the subqueries are joined with; then the rows of
    /// either side that are in no pair. A condition is a function of the pair's values, so equal rows have equal matches,
    /// and rows without a pair are found by value. Nil after a report.
    ///
    /// - Parameter conditions: over the left columns and then the right ones; with `readsSubquery`.
    mutating func joinedBySubqueries(
        _ kind: Join.Kind, _ left: LogicalPlan, _ right: LogicalPlan, _ conditions: [Expression], span: Span
    ) -> LogicalPlan? {
        let width = left.fields.count
        var join = Join(kind: .inner, keys: [], residual: nil)
        for condition in conditions where !condition.readsSubquery && condition.node != .constant(.boolean(true)) {
            join.add(condition, leftWidth: width)
        }
        let all = joined(left, right, join, span: span)
        let tests = conditions.filter(\.readsSubquery)
        guard let attached = attachingScalars(to: all, tests, span: span) else { return nil }
        let test =
            attached.expressions.count == 1
            ? attached.expressions[0]
            : Expression(.and(attached.expressions), .boolean, isNullable: true, span: span)
        let pairs = removingHiddenColumns(filtered(attached.plan, test), toCount: all.fields.count)
        switch kind {
        case .inner: return pairs
        case .semi, .anti: return byValue(kind, left, pairs, at: 0, span: span)
        case .left, .right, .full:
            var branches = [pairs]
            if kind != .right {
                let rows = byValue(.anti, left, pairs, at: 0, span: span)
                branches.append(padded(rows, by: right.fields, inFront: false, like: pairs, span: span))
            }
            if kind != .left {
                let rows = byValue(.anti, right, pairs, at: width, span: span)
                branches.append(padded(rows, by: left.fields, inFront: true, like: pairs, span: span))
            }
            return unionAll(branches, span: span)
        }
    }

    /// The rows whose values stand, or do not stand, in some pair from column `first` on.
    private func byValue(
        _ kind: Join.Kind, _ rows: LogicalPlan, _ pairs: LogicalPlan, at first: Int, span: Span
    ) -> LogicalPlan {
        var join = Join(kind: kind, keys: [], residual: nil)
        for (index, field) in rows.fields.enumerated() {
            join.keys.append(
                Join.Key(
                    left: .input(index, field, span: span),
                    right: .input(first + index, pairs.fields[first + index], span: span), nullsAreEqual: true))
        }
        return joined(rows, pairs, join, span: span)
    }

    private func padded(
        _ rows: LogicalPlan, by fields: [Field], inFront: Bool, like pairs: LogicalPlan, span: Span
    ) -> LogicalPlan {
        let own = rows.fields.enumerated().map { Expression.input($0.offset, $0.element, span: span) }
        let nulls = fields.map { Expression.constant(.null, $0.type, span: span) }
        return projected(rows, inFront ? nulls + own : own + nulls, names: pairs.fields.map(\.name), span: span)
    }
}
