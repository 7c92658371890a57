import LaminarExpressions
import LaminarSyntax
import LaminarText
import LaminarTypes

/// Row values in conditions, which become conditions over their elements.
extension Binder {
    /// `(a, b) < (c, d)`: element by element, the first difference deciding.
    mutating func bindRowComparison(
        _ operation: OperatorSyntax, _ left: [ExpressionSyntax], _ right: [ExpressionSyntax], _ scope: Scope,
        _ span: Span
    ) -> Expression? {
        let symbol = operation.text
        guard ["=", "<>", "!=", "<", "<=", ">", ">="].contains(symbol) else {
            diagnostics.report(
                .error, "42883", at: operation.span, "operator does not exist: record \(symbol) record")
            return nil
        }
        guard let (left, right) = bindRows(left, right, scope, span) else { return nil }
        return compareRows(symbol == "!=" ? "<>" : symbol, left, right, span)
    }

    /// `(a, b) IS NULL`: each element is; `(a, b) IS NOT NULL`: none is, which is not the opposite.
    mutating func bindRowIsNull(
        _ elements: [ExpressionSyntax], _ isNegated: Bool, _ scope: Scope, _ span: Span
    ) -> Expression? {
        guard let bound = bindElements(elements, scope) else { return nil }
        let tests = bound.compactMap { element in
            let test = Expression(.isNull(known(element)), .boolean, isNullable: false, span: element.span)
            return isNegated ? negated(test, span) : test
        }
        // A row without elements is NULL and is not.
        return tests.isEmpty ? .constant(.boolean(true), .boolean, span: span) : combined(tests, span) { .and($0) }
    }

    /// `(a, b) IS DISTINCT FROM (c, d)`: any element is from the one beside it.
    mutating func bindRowIsDistinct(
        _ left: [ExpressionSyntax], _ right: [ExpressionSyntax], _ isNegated: Bool, _ scope: Scope, _ span: Span
    ) -> Expression? {
        guard let (left, right) = bindRows(left, right, scope, span) else { return nil }
        var tests: [Expression] = []
        for (left, right) in zip(left, right) {
            guard let test = resolveIsDistinct(left: left, right: right, span: span, diagnostics: &diagnostics) else {
                return nil
            }
            tests.append(test)
        }
        let test = combined(tests, span) { .or($0) }
        return isNegated ? negated(test, span) : test
    }

    /// `(a, b) IN ((1, 2), (3, 4))`.
    mutating func bindRowInList(
        _ elements: [ExpressionSyntax], _ items: [ExpressionSyntax], _ isNegated: Bool, _ scope: Scope, _ span: Span
    ) -> Expression? {
        guard let left = bindElements(elements, scope) else { return nil }
        var tests: [Expression] = []
        for item in items {
            guard let right = bindRow(item, besides: left, scope),
                let test = compareRows("=", left, right, item.span)
            else { return nil }
            tests.append(test)
        }
        let test = combined(tests, span) { .or($0) }
        return isNegated ? negated(test, span) : test
    }

    /// `(a, b) BETWEEN (1, 2) AND (3, 4)`.
    mutating func bindRowBetween(
        _ elements: [ExpressionSyntax], _ low: ExpressionSyntax, _ high: ExpressionSyntax, _ isSymmetric: Bool,
        _ isNegated: Bool, _ scope: Scope, _ span: Span
    ) -> Expression? {
        guard let row = bindElements(elements, scope), let low = bindRow(low, besides: row, scope),
            let high = bindRow(high, besides: row, scope)
        else { return nil }
        func within(_ low: [Expression], _ high: [Expression]) -> Expression? {
            guard let above = compareRows(">=", row, low, span), let below = compareRows("<=", row, high, span) else {
                return nil
            }
            return combined([above, below], span) { .and($0) }
        }
        guard var test = within(low, high) else { return nil }
        if isSymmetric {
            guard let other = within(high, low) else { return nil }
            test = combined([test, other], span) { .or($0) }
        }
        return isNegated ? negated(test, span) : test
    }

    private mutating func bindElements(_ elements: [ExpressionSyntax], _ scope: Scope) -> [Expression]? {
        let bound = elements.compactMap { bindExpression($0, scope) }
        return bound.count == elements.count ? bound : nil
    }

    /// A row that is compared with another of known width.
    private mutating func bindRow(
        _ syntax: ExpressionSyntax, besides other: [Expression], _ scope: Scope
    ) -> [Expression]? {
        guard case .row(let elements, _) = syntax.kind else {
            diagnostics.unsupported("comparing a row value with anything but a row value", at: syntax.span)
            return nil
        }
        guard requireSameWidth(elements.count, other.count, syntax.span) else { return nil }
        return bindElements(elements, scope)
    }

    private mutating func bindRows(
        _ left: [ExpressionSyntax], _ right: [ExpressionSyntax], _ scope: Scope, _ span: Span
    ) -> (left: [Expression], right: [Expression])? {
        guard requireSameWidth(left.count, right.count, span) else { return nil }
        var pairs: (left: [Expression], right: [Expression]) = ([], [])
        for (left, right) in zip(left, right) {
            guard let (left, right) = bindPair(left, right, scope) else { return nil }
            pairs.left.append(left)
            pairs.right.append(right)
        }
        return pairs
    }

    private mutating func requireSameWidth(_ left: Int, _ right: Int, _ span: Span) -> Bool {
        if left == right && left > 0 { return true }
        diagnostics.report(
            .error, "42601", at: span,
            left == right ? "cannot compare rows of zero length" : "unequal number of entries in row expressions")
        return false
    }

    /// A comparison element by element: unknown where the pair that decides has a NULL.
    private mutating func compareRows(
        _ symbol: String, _ left: [Expression], _ right: [Expression], _ span: Span
    ) -> Expression? {
        func compared(_ symbol: String, _ index: Int) -> Expression? {
            resolveOperator(
                symbol: symbol, left: left[index], right: right[index], span: span, diagnostics: &diagnostics)
        }
        if symbol == "=" || symbol == "<>" {
            let tests = left.indices.compactMap { compared(symbol, $0) }
            guard tests.count == left.count else { return nil }
            return combined(tests, span) { symbol == "=" ? .and($0) : .or($0) }
        }
        // a < c OR (a = c AND b <= d), built from the last element outwards.
        guard var result = compared(symbol, left.count - 1) else { return nil }
        for index in left.indices.dropLast().reversed() {
            guard let strict = compared(String(symbol.prefix(1)), index), let equal = compared("=", index) else {
                return nil
            }
            result = combined([strict, combined([equal, result], span) { .and($0) }], span) { .or($0) }
        }
        return result
    }

    private func combined(
        _ operands: [Expression], _ span: Span, _ node: ([Expression]) -> Expression.Node
    ) -> Expression {
        if operands.count == 1 { return operands[0] }
        return Expression(node(operands), .boolean, isNullable: operands.contains(where: \.isNullable), span: span)
    }
}
