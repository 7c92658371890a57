import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// What orders the candidates of an ASOF join: `left op right`, one inequality of the two sides.
private struct AsofOrder {
    /// Over the left columns and then the right ones.
    var left: Expression
    var right: Expression
    /// Whether the match is the last candidate (`>=`, `>`) rather than the first.
    var looksBack: Bool

    /// Nil where the condition is no inequality of the two sides.
    init?(_ condition: Expression, leftWidth: Int) {
        guard case .call(let kernel, let operands) = condition.node, operands.count == 2 else { return nil }
        let names = ["less": false, "lessOrEqual": false, "greater": true, "greaterOrEqual": true]
        guard let isGreater = names[kernel.name] else { return nil }
        func isLeft(_ expression: Expression) -> Bool {
            !expression.inputs.isEmpty && expression.inputs.allSatisfy { $0 < leftWidth }
        }
        func isRight(_ expression: Expression) -> Bool {
            !expression.inputs.isEmpty
                && expression.inputs.allSatisfy { $0 >= leftWidth && $0 < AggregateCollector.firstColumn }
        }
        if isLeft(operands[0]), isRight(operands[1]) {
            (left, right, looksBack) = (operands[0], operands[1], isGreater)
        } else if isLeft(operands[1]), isRight(operands[0]) {
            (left, right, looksBack) = (operands[1], operands[0], !isGreater)
        } else {
            return nil
        }
    }
}

extension Binder {
    /// Each left row with the one right row that meets the conditions and stands nearest to it by the inequality among
    /// them: a subquery for each left row that takes the first of its candidates. The result is updating, and both sides
    /// are kept.
    ///
    /// - Parameter conditions: Over the left columns and then the right ones.
    mutating func asofJoined(
        _ kind: Join.Kind, _ left: LogicalPlan, _ right: LogicalPlan, _ conditions: [Expression],
        tolerance: ExpressionSyntax?, span: Span
    ) -> LogicalPlan? {
        let width = left.fields.count
        var conditions = conditions
        let orders = conditions.compactMap { AsofOrder($0, leftWidth: width) }
        guard orders.count == 1 else {
            diagnostics.report(
                .error, "42601", at: span,
                orders.isEmpty
                    ? "an ASOF JOIN needs an inequality of its two sides"
                    : "an ASOF JOIN takes one inequality of its two sides, not \(orders.count)",
                hint: "Write ON l.k = r.k AND l.ts >= r.ts.")
            return nil
        }
        let order = orders[0]
        if let tolerance {
            guard let distance = bindExpression(tolerance, Scope()),
                let difference = resolveOperator(
                    symbol: "-", left: order.looksBack ? order.left : order.right,
                    right: order.looksBack ? order.right : order.left, span: span, diagnostics: &diagnostics),
                let isNear = resolveOperator(
                    symbol: "<=", left: difference, right: distance, span: span, diagnostics: &diagnostics)
            else { return nil }
            conditions.append(fold(isNear))
        }
        // Rows that are equal in all columns are told apart where an unmatched one must come out.
        let keepsRight = kind == .right || kind == .full
        let candidates = keepsRight ? numbered(right, span: span) : right
        let level = outerScopes.count
        func inside(_ expression: Expression) -> Expression {
            expression.replacingInputs { input, column in
                if column >= AggregateCollector.firstColumn { return nil }
                var input = input
                input.node = .input(column < width ? OuterColumn.column(column, level: level) : column - width)
                return input
            }
        }
        var rows = candidates
        for condition in conditions where condition.node != .constant(.boolean(true)) {
            rows = filtered(rows, inside(condition))
        }
        var nearest = inside(order.right)
        nearest.span = span
        let call = Over.Call(.rowNumber, name: "row_number", arguments: [], type: .bigint, isNullable: false)
        // Among equals the least key comes first.
        let ties = (right.properties.key ?? []).map {
            Over.Order(.input($0, right.fields[$0], span: span), isDescending: false, nullsFirst: false)
        }
        let ranked = over(
            rows,
            Over(
                partition: [],
                order: [Over.Order(nearest, isDescending: order.looksBack, nullsFirst: order.looksBack)] + ties,
                calls: [call]),
            span: span)
        guard
            let isFirst = resolveOperator(
                symbol: "<=", left: .input(rows.fields.count, ranked.fields[rows.fields.count], span: span),
                right: .constant(.integer(1), .bigint, span: span), span: span, diagnostics: &diagnostics)
        else { return nil }
        let match = removingHiddenColumns(filtered(ranked, isFirst), toCount: rows.fields.count)
        let matchKind: Join.Kind = kind == .right ? .inner : kind == .full ? .left : kind
        guard let matched = dependentJoin(left, match, kind: matchKind, level: level, span: span) else { return nil }
        guard keepsRight else { return matched }
        return withUnmatched(matched, width: width, candidates, to: right.fields.count, left: left, span: span)
    }

    /// The rows with a number behind them that tells equal ones apart.
    private func numbered(_ plan: LogicalPlan, span: Span) -> LogicalPlan {
        let columns = plan.fields.enumerated().map { Expression.input($0.offset, $0.element, span: span) }
        let call = Over.Call(.rowNumber, name: "copy", arguments: [], type: .bigint, isNullable: false)
        return over(plan, Over(partition: columns, order: [], calls: [call]), span: span)
    }

    /// The matches and, padded, each right row that is in none of them.
    private func withUnmatched(
        _ matched: LogicalPlan, width: Int, _ candidates: LogicalPlan, to count: Int, left: LogicalPlan, span: Span
    ) -> LogicalPlan {
        var join = Join(kind: .anti, keys: [], residual: nil)
        for (index, field) in candidates.fields.enumerated() {
            join.keys.append(
                Join.Key(
                    left: .input(index, field, span: span),
                    right: .input(width + index, matched.fields[width + index], span: span), nullsAreEqual: true))
        }
        let unmatched = joined(candidates, matched, join, span: span)
        let fields = matched.fields.prefix(width + count)
        let padded = projected(
            unmatched,
            left.fields.map { .constant(.null, $0.type, span: span) }
                + (0..<count).map { .input($0, unmatched.fields[$0], span: span) },
            names: fields.map(\.name), span: span)
        return unionAll([removingHiddenColumns(matched, toCount: width + count), padded], span: span)
    }
}
