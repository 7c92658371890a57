import LaminarExpressions
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// `ARRAY[...]`, nested brackets included; nil after a report.
    mutating func bindArray(_ elements: [ExpressionSyntax], _ scope: Scope, _ span: Span) -> Expression? {
        var bound: [Expression] = []
        for element in elements {
            guard let expression = bindExpression(element, scope) else { return nil }
            bound.append(expression)
        }
        return arrayConstructor(bound, span: span, diagnostics: &diagnostics)
    }

    /// `ARRAY[...]::type[]`: PostgreSQL casts each element on its own.
    mutating func bindArray(
        _ elements: [ExpressionSyntax], of type: SQLType, _ scope: Scope, _ span: Span
    ) -> Expression? {
        if elements.isEmpty {
            return cast(
                .constant(.text("{}"), .unknown, span: span), to: .array(type), context: .explicit, span: span,
                diagnostics: &diagnostics)
        }
        var bound: [Expression] = []
        for element in elements {
            if case .array(let inner) = element.kind {
                guard let expression = bindArray(inner, of: type, scope, element.span) else { return nil }
                bound.append(expression)
                continue
            }
            guard let expression = bindExpression(element, scope) else { return nil }
            let goal = expression.type.isArray ? SQLType.array(type) : type
            guard
                let converted = cast(
                    expression, to: goal, context: .explicit, span: element.span, diagnostics: &diagnostics)
            else { return nil }
            bound.append(converted)
        }
        return arrayConstructor(bound, span: span, diagnostics: &diagnostics)
    }

    /// `a[1][2]`, `a[1:2]`; a chain with a slice in it is slices throughout, as in PostgreSQL, up to a parenthesis:
    /// `(a[1:2])[1]` is an element of the slice.
    mutating func bindSubscripts(_ syntax: ExpressionSyntax, _ scope: Scope) -> Expression? {
        var subscripts: [ArraySubscript] = []
        var base = syntax
        walk: while true {
            switch base.kind {
            case .subscriptElement(let operand, let index):
                subscripts.insert(.element(index), at: 0)
                base = operand
                if isParenthesized(operand) { break walk }
            case .subscriptSlice(let operand, let lower, let upper):
                subscripts.insert(.slice(lower, upper), at: 0)
                base = operand
                if isParenthesized(operand) { break walk }
            default: break walk
            }
        }
        let elements = subscripts.compactMap { if case .element(let index) = $0 { index } else { nil } }
        let isSlice = elements.count < subscripts.count
        guard var array = bindExpression(base, scope) else { return nil }
        if array.type == .jsonb, !isSlice {
            for element in elements {
                guard let index = bindExpression(element, scope),
                    let next = resolveOperator(
                        symbol: "->", left: array, right: index, span: syntax.span, diagnostics: &diagnostics)
                else { return nil }
                array = next
            }
            return array
        }
        if case .map = array.type, !isSlice {
            var rest = elements[...]
            while case .map = array.type, let key = rest.popFirst() {
                guard let key = bindExpression(key, scope),
                    let value = mapSubscript(array, key, span: syntax.span, diagnostics: &diagnostics)
                else { return nil }
                array = value
            }
            if rest.isEmpty { return array }
            var indexes: [Expression] = []
            for element in rest {
                guard let index = bindExpression(element, scope) else { return nil }
                indexes.append(index)
            }
            return arraySubscript(array, indexes, span: syntax.span, diagnostics: &diagnostics)
        }
        if array.type == .array(.unknown) { array.type = .array(.text) }
        if !isSlice {
            var indexes: [Expression] = []
            for element in elements {
                guard let index = bindExpression(element, scope) else { return nil }
                indexes.append(index)
            }
            return arraySubscript(array, indexes, span: syntax.span, diagnostics: &diagnostics)
        }
        var ranges: [(lower: Expression?, upper: Expression?)] = []
        for item in subscripts {
            var range: (lower: Expression?, upper: Expression?) = (nil, nil)
            let bounds: (ExpressionSyntax?, ExpressionSyntax?)
            switch item {
            case .element(let index):
                range.lower = .constant(.integer(1), .integer, span: syntax.span)
                bounds = (nil, index)
            case .slice(let lower, let upper): bounds = (lower, upper)
            }
            if let lower = bounds.0 {
                guard let expression = bindExpression(lower, scope) else { return nil }
                range.lower = expression
            }
            if let upper = bounds.1 {
                guard let expression = bindExpression(upper, scope) else { return nil }
                range.upper = expression
            }
            ranges.append(range)
        }
        return arraySlice(array, ranges, span: syntax.span, diagnostics: &diagnostics)
    }

    /// Whether a subscript stands in parentheses, which its span then includes.
    private func isParenthesized(_ syntax: ExpressionSyntax) -> Bool {
        switch syntax.kind {
        case .subscriptElement(let operand, _), .subscriptSlice(let operand, _, _): syntax.span.lower < operand.span.lower
        default: false
        }
    }

    private enum ArraySubscript {
        case element(ExpressionSyntax)
        case slice(ExpressionSyntax?, ExpressionSyntax?)
    }

    /// `x op ANY (array)` and ALL; over a constructor they are comparisons under OR and AND.
    mutating func bindQuantified(
        _ operand: ExpressionSyntax, _ operation: OperatorSyntax, _ quantifier: QuantifierSyntax,
        _ array: ExpressionSyntax, _ scope: Scope, _ span: Span
    ) -> Expression? {
        let isAll = quantifier == .all
        let left = bindExpression(operand, scope)
        let right = bindExpression(array, scope)
        guard let left, let right else { return nil }
        let symbol = operation.text
        return quantifiedArray(
            left, symbol: symbol, isAll: isAll, right, span: span, diagnostics: &diagnostics
        ) { element, diagnostics in
            let function: String? =
                switch symbol.lowercased() {
                case "like", "~~": "like"
                case "ilike", "~~*": "ilike"
                case "not like", "!~~": "like"
                case "not ilike", "!~~*": "ilike"
                default: nil
                }
            guard let function else {
                return resolveOperator(
                    symbol: symbol, left: left, right: element, span: span, diagnostics: &diagnostics)
            }
            guard
                let test = resolveFunction(
                    name: function, arguments: [left, element], span: span, diagnostics: &diagnostics)
            else { return nil }
            if symbol.lowercased().hasPrefix("not") || symbol.hasPrefix("!") {
                return resolveFunction(name: "not", arguments: [test], span: span, diagnostics: &diagnostics)
            }
            return test
        }
    }
}
