import LaminarExpressions
import LaminarSyntax
import LaminarText
import LaminarTypes

/// Row values; in conditions they become conditions over their elements.
extension Binder {
    /// Whether an expression is written as a row: `ROW(a)`, `(a, b)`; parentheses around one value are none.
    func isRow(_ syntax: ExpressionSyntax) -> Bool {
        if case .row(let elements, let isExplicit) = syntax.kind { isExplicit || elements.count != 1 } else { false }
    }

    /// `ROW(a, b)` as a value, in which `t.*` and `(r).*` stand for their columns.
    mutating func bindRow(_ elements: [ExpressionSyntax], _ scope: Scope, _ span: Span) -> Expression? {
        var values: [Expression] = []
        for element in elements {
            if case .star = element.kind, let columns = expandedStar(element, scope) {
                values += columns.map(\.expression)
                continue
            }
            guard let value = bindExpression(element, scope) else { return nil }
            if case .fieldStar = element.kind {
                values += expandedRow(value, element.span).map(\.expression)
            } else {
                values.append(value)
            }
        }
        return rowConstructor(values, span: span, diagnostics: &diagnostics)
    }

    /// `ROW(a, b)::ROW<…>`: each element is cast on its own.
    mutating func bindRow(
        _ elements: [ExpressionSyntax], as fields: [Field], _ scope: Scope, _ span: Span
    ) -> Expression? {
        guard elements.count == fields.count else {
            diagnostics.report(
                .error, "42846", at: span, "cannot cast type record to \(SQLType.row(fields))",
                hint: elements.count < fields.count ? "Input has too few columns." : "Input has too many columns.")
            return nil
        }
        var values: [Expression] = []
        for (element, field) in zip(elements, fields) {
            var value: Expression?
            if case .row(let inner, _) = element.kind, isRow(element), case .row(let innerFields) = field.type {
                value = bindRow(inner, as: innerFields, scope, element.span)
            } else if case .array(let inner) = element.kind, case .array(let innerType) = field.type {
                value = bindArray(inner, of: innerType, scope, element.span)
            } else {
                value = bindExpression(element, scope).flatMap {
                    cast($0, to: field.type, context: .explicit, span: element.span, diagnostics: &diagnostics)
                }
            }
            guard let value else { return nil }
            values.append(value)
        }
        return rowConstructor(values, names: fields.map(\.name), span: span, diagnostics: &diagnostics).map {
            var row = $0
            row.type = .row(fields)
            return row
        }
    }

    /// The fields of a row as columns; empty for what is no row.
    func expandedRow(_ row: Expression, _ span: Span) -> [SelectColumn] {
        guard case .row(let fields) = row.type else { return [] }
        return fields.indices.map { SelectColumn(expression: rowField(row, $0, span: span), name: fields[$0].name) }
    }

    /// The row of `r.*` where `r` is a column and no relation; nil, without a report, where it is none.
    func bindNestedStar(_ name: NameSyntax, _ scope: Scope) -> Expression? {
        let lookup = scope.lookUp(relation: name.qualifier.last?.text, name: name.last.text)
        guard case .found(let value) = lookup, case .row = value.type else { return nil }
        return value
    }

    private func expandedStar(_ syntax: ExpressionSyntax, _ scope: Scope) -> [Scope.Column]? {
        guard case .star(let relation) = syntax.kind else { return nil }
        let columns = starColumns(of: relation, scope)
        return columns.isEmpty ? nil : columns
    }

    /// A relation's row as a value: `t` where no column is called so, `t.*` as an argument. Nil after a report.
    mutating func bindWholeRow(_ relation: NameSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        if let row = wholeRow(of: relation, scope, span) { return row }
        diagnostics.report(
            .error, "42P01", at: relation.span, "missing FROM-clause entry for table \"\(relation.text)\"")
        return nil
    }

    /// A relation's row as a value; nil, without a report, where there is no such relation.
    ///
    /// Beside others, a relation whose columns are all NULL is one without a row, as an outer join makes it.
    mutating func wholeRow(of relation: NameSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        let columns = starColumns(of: relation, scope)
        guard !columns.isEmpty,
            let row = rowConstructor(
                columns.map(\.expression), names: columns.map(\.name), span: span, diagnostics: &diagnostics)
        else { return nil }
        let name = relation.last.text
        guard columns.allSatisfy(\.expression.isNullable), scope.columns.contains(where: { $0.relation != name }) else {
            return row
        }
        let tests = columns.map { Expression(.isNull($0.expression), .boolean, isNullable: false, span: span) }
        return Expression(
            .conditional(
                tests.count == 1 ? tests[0] : Expression(.and(tests), .boolean, isNullable: false, span: span),
                .constant(.null, row.type, span: span), row), row.type, isNullable: true, span: span)
    }

    /// `r.f`, `t.r.f.g`: fields of a row that a column holds; `t`: a relation's row. Nil, without a report, where the name
    /// is neither.
    mutating func bindNestedName(_ name: NameSyntax, _ scope: Scope) -> Expression? {
        let parts = name.parts
        let scopes = [(scope, nil as Int?)] + outerScopes.indices.reversed().map { (outerScopes[$0], $0) }
        for length in [2, 1] where length < parts.count {
            for (candidate, level) in scopes {
                let lookup = candidate.lookUp(
                    relation: length == 2 ? parts[0].text : nil, name: parts[length - 1].text)
                guard case .found(var value) = lookup, case .row = value.type else { continue }
                if let level { value = value.outward(to: level) }
                for part in parts[length...] {
                    guard
                        let field = rowField(value, named: part.text, span: name.span, diagnostics: &diagnostics)
                    else { return .constant(.null, .unknown, span: name.span) }
                    value = field
                }
                return value
            }
        }
        return parts.count == 1 ? wholeRow(of: name, scope, name.span) : nil
    }

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
    mutating func compareRows(
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
