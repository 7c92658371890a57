import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// The typed form of an expression over `scope`; nil after a report.
    mutating func bindExpression(_ syntax: ExpressionSyntax, _ scope: Scope) -> Expression? {
        let span = syntax.span
        switch syntax.kind {
        case .literal(let literal): return bindLiteral(literal, span)
        case .typedLiteral(let type, let text, let textSpan):
            if type.name == "interval", type.intervalFields != nil {
                return interval(
                    text, fields: type.intervalFields, precision: type.parameters.first?.value, textSpan: textSpan, span)
            }
            guard let type = resolveType(type) else { return nil }
            return cast(
                .constant(.text(text), .unknown, span: textSpan), to: type, context: .explicit, span: span,
                diagnostics: &diagnostics)
        case .interval(let literal): return bindIntervalLiteral(literal, span)
        case .name(let name): return resolveColumn(name, scope)
        case .unary(let operation, let operand): return bindUnary(operation, operand, scope, span)
        case .binary(let operation, let left, let right):
            if case .row(let leftElements, _) = left.kind, case .row(let rightElements, _) = right.kind {
                return bindRowComparison(operation, leftElements, rightElements, scope, span)
            }
            guard let (left, right) = bindPair(left, right, scope) else { return nil }
            return resolveOperator(
                symbol: operation.text, left: left, right: right, span: span, diagnostics: &diagnostics)
        case .and(let operands): return bindLogical(operands, scope, span, word: "AND") { .and($0) }
        case .or(let operands): return bindLogical(operands, scope, span, word: "OR") { .or($0) }
        case .not(let operand):
            guard let bound = bindBoolean(operand, scope, clause: "NOT") else { return nil }
            return negated(bound, span)
        case .isNull(let operand, let isNegated):
            if case .row(let elements, _) = operand.kind, elements.count != 1 {
                return bindRowIsNull(elements, isNegated, scope, span)
            }
            guard let bound = bindExpression(operand, scope) else { return nil }
            if case .row = bound.type { return rowIsNull(bound, isNegated: isNegated, span: span) }
            let test = Expression(.isNull(known(bound)), .boolean, isNullable: false, span: span)
            return isNegated ? negated(test, span) : test
        case .isTruth(let operand, let truth, let isNegated):
            return bindTruthTest(operand, truth, isNegated, scope, span)
        case .isDistinct(let left, let right, let isNegated):
            if case .row(let leftElements, _) = left.kind, case .row(let rightElements, _) = right.kind {
                return bindRowIsDistinct(leftElements, rightElements, isNegated, scope, span)
            }
            guard let (left, right) = bindPair(left, right, scope),
                let test = resolveIsDistinct(left: left, right: right, span: span, diagnostics: &diagnostics)
            else { return nil }
            return isNegated ? negated(test, span) : test
        case .between(let operand, let low, let high, let isSymmetric, let isNegated):
            if case .row(let elements, _) = operand.kind, elements.count != 1, isRow(low), isRow(high) {
                return bindRowBetween(elements, low, high, isSymmetric, isNegated, scope, span)
            }
            return bindBetween(operand, low, high, isSymmetric, isNegated, scope, span)
        case .inList(let operand, let items, let isNegated):
            if case .row(let elements, _) = operand.kind, elements.count != 1, items.allSatisfy(isRow) {
                return bindRowInList(elements, items, isNegated, scope, span)
            }
            return bindInList(operand, items, isNegated, scope, span)
        case .like(let like): return bindLike(like, scope, span)
        case .caseWhen(let operand, let branches, let otherwise):
            return bindCase(operand, branches, otherwise, scope, span)
        case .cast(let operand, let type, let form):
            if form == .tryCast {
                diagnostics.unsupported("TRY_CAST", at: span)
                return nil
            }
            var bound: Expression?
            let isConstructor =
                switch operand.kind {
                case .array: type.arrayDepth > 0
                case .row: isRow(operand) && !type.fields.isEmpty && type.arrayDepth == 0
                default: false
                }
            if !isConstructor { bound = bindExpression(operand, scope) }
            if type.name == "interval", let fields = type.intervalFields, type.arrayDepth == 0, let bound {
                guard bound.type == .unknown, case .constant(.text(let text)) = bound.node else {
                    diagnostics.unsupported("a cast to an interval of certain fields", at: fields.span)
                    return nil
                }
                return interval(
                    text, fields: fields, precision: type.parameters.first?.value, textSpan: operand.span, span)
            }
            guard let type = resolveType(type) else { return nil }
            if case .array(let elements) = operand.kind, case .array(let element) = type {
                return bindArray(elements, of: element, scope, span)
            }
            if isConstructor, case .row(let elements, _) = operand.kind, case .row(let fields) = type {
                return bindRow(elements, as: fields, scope, span)
            }
            guard let bound else { return nil }
            return cast(bound, to: type, context: .explicit, span: span, diagnostics: &diagnostics)
        case .call(let call): return bindCall(call, scope, span)
        case .collate(let operand, let collation):
            guard ["c", "posix", "default", "c.utf-8", "ucs_basic"].contains(collation.last.text.lowercased()) else {
                diagnostics.unsupported("collation \"\(collation.text)\"", at: collation.span)
                return nil
            }
            return bindExpression(operand, scope)
        case .star(let relation?): return bindWholeRow(relation, scope, span)
        case .star(nil):
            diagnostics.report(.error, "42601", at: span, "\"*\" is not allowed here")
            return nil
        case .field(let operand, let name): return bindField(operand, name, scope, span)
        case .subquery(let query): return bindScalarSubquery(query, scope, span)
        case .exists(let query): return bindExists(query, scope, span)
        case .inQuery(let operand, let query, let isNegated):
            guard let test = bindMembership(operand, "=", isAll: false, query, scope, span) else { return nil }
            return isNegated ? negated(test, span) : test
        case .quantifiedQuery(let operand, let operation, let quantifier, let query):
            return bindMembership(operand, operation.text, isAll: quantifier == .all, query, scope, span)
        case .arrayQuery(let query): return bindArrayOfQuery(query, scope, span)
        case .array(let elements): return bindArray(elements, scope, span)
        case .subscriptElement, .subscriptSlice: return bindSubscripts(syntax, scope)
        case .quantifiedArray(let operand, let operation, let quantifier, let array):
            return bindQuantified(operand, operation, quantifier, array, scope, span)
        case .row(let elements, _):
            if !isRow(syntax) { return bindExpression(elements[0], scope) }
            return bindRow(elements, scope, span)
        case .fieldStar(let operand): return bindExpression(operand, scope)
        case .parameter(let number):
            diagnostics.report(.error, "42P02", at: span, "there is no parameter $\(number)")
            return nil
        case .table, .defaultValue:
            diagnostics.report(.error, "42601", at: span, "this is not allowed in an expression")
            return nil
        case .invalid: return nil
        }
    }

    /// A condition of type boolean; `clause` names it in messages.
    mutating func bindPredicate(_ syntax: ExpressionSyntax, _ scope: Scope, clause: String) -> Expression? {
        guard let expression = bindBoolean(syntax, scope, clause: clause) else { return nil }
        return fold(expression)
    }

    private mutating func bindBoolean(_ syntax: ExpressionSyntax, _ scope: Scope, clause: String) -> Expression? {
        guard let bound = bindExpression(syntax, scope) else { return nil }
        if bound.type == .boolean { return bound }
        guard bound.type == .unknown else {
            diagnostics.report(
                .error, "42804", at: syntax.span, "argument of \(clause) must be type boolean, not type \(bound.type)")
            return nil
        }
        return cast(bound, to: .boolean, context: .implicit, span: syntax.span, diagnostics: &diagnostics)
    }

    mutating func bindPair(
        _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ scope: Scope
    ) -> (Expression, Expression)? {
        // Both are bound whatever the first says, so that each reports its own mistakes.
        let left = bindExpression(left, scope)
        let right = bindExpression(right, scope)
        guard let left, let right else { return nil }
        return (left, right)
    }

    private mutating func bindUnary(
        _ operation: OperatorSyntax, _ operand: ExpressionSyntax, _ scope: Scope, _ span: Span
    ) -> Expression? {
        // A sign belongs to its number, so that -9223372036854775808 is a bigint.
        if operation.text == "-" {
            switch operand.kind {
            case .literal(.integer(let digits)): return bindLiteral(.integer("-" + digits), span)
            case .literal(.number(let digits)): return bindLiteral(.number("-" + digits), span)
            default: break
            }
        }
        guard let bound = bindExpression(operand, scope) else { return nil }
        if operation.text == "+", bound.type.isNumeric || bound.type == .interval { return bound }
        return resolveOperator(
            symbol: operation.text, left: nil, right: bound, span: span, diagnostics: &diagnostics)
    }

    private mutating func bindLogical(
        _ operands: [ExpressionSyntax], _ scope: Scope, _ span: Span, word: String,
        _ make: ([Expression]) -> Expression.Node
    ) -> Expression? {
        let bound = operands.map { bindBoolean($0, scope, clause: word) }
        let expressions = bound.compactMap { $0 }
        guard expressions.count == operands.count else { return nil }
        return Expression(
            make(expressions), .boolean, isNullable: expressions.contains(where: \.isNullable), span: span)
    }

    mutating func negated(_ expression: Expression, _ span: Span) -> Expression? {
        resolveFunction(name: "not", arguments: [expression], span: span, diagnostics: &diagnostics)
    }

    /// A literal without a type as text, for places that take any type.
    func known(_ expression: Expression) -> Expression {
        expression.type == .unknown ? asText(expression) : expression
    }

    private mutating func bindTruthTest(
        _ operand: ExpressionSyntax, _ truth: Bool?, _ isNegated: Bool, _ scope: Scope, _ span: Span
    ) -> Expression? {
        guard let bound = bindBoolean(operand, scope, clause: "IS") else { return nil }
        var test: Expression
        if let truth {
            // x IS TRUE is COALESCE(x, false); x IS FALSE is COALESCE(NOT x, false).
            guard let operand = truth ? bound : negated(bound, span) else { return nil }
            test = Expression(
                .coalesce([operand, .constant(.boolean(false), .boolean, span: span)]), .boolean, isNullable: false,
                span: span)
        } else {
            test = Expression(.isNull(bound), .boolean, isNullable: false, span: span)
        }
        if isNegated {
            guard let inverse = negated(test, span) else { return nil }
            test = inverse
        }
        return test
    }

    private mutating func bindBetween(
        _ operand: ExpressionSyntax, _ low: ExpressionSyntax, _ high: ExpressionSyntax, _ isSymmetric: Bool,
        _ isNegated: Bool, _ scope: Scope, _ span: Span
    ) -> Expression? {
        let operand = bindExpression(operand, scope)
        let low = bindExpression(low, scope)
        let high = bindExpression(high, scope)
        guard let operand, let low, let high else { return nil }
        func within(_ low: Expression, _ high: Expression) -> Expression? {
            guard
                let above = resolveOperator(
                    symbol: ">=", left: operand, right: low, span: span, diagnostics: &diagnostics),
                let below = resolveOperator(
                    symbol: "<=", left: operand, right: high, span: span, diagnostics: &diagnostics)
            else { return nil }
            return Expression(
                .and([above, below]), .boolean, isNullable: above.isNullable || below.isNullable, span: span)
        }
        guard var test = within(low, high) else { return nil }
        if isSymmetric {
            guard let other = within(high, low) else { return nil }
            test = Expression(.or([test, other]), .boolean, isNullable: test.isNullable, span: span)
        }
        return isNegated ? negated(test, span) : test
    }

    private mutating func bindInList(
        _ operand: ExpressionSyntax, _ items: [ExpressionSyntax], _ isNegated: Bool, _ scope: Scope, _ span: Span
    ) -> Expression? {
        let bound = bindExpression(operand, scope)
        var comparisons: [Expression] = []
        var candidates = items.map { bindExpression($0, scope) }
        guard var bound, candidates.allSatisfy({ $0 != nil }) else { return nil }
        // As PostgreSQL does, the list and the operand meet in one type if they have one.
        var all = [bound] + candidates.compactMap { $0 }
        if let _ = commonTypeIfAny(all), coerceToCommonType(&all, context: "IN", diagnostics: &diagnostics) != nil {
            bound = all[0]
            candidates = all.dropFirst().map { $0 }
        }
        for candidate in candidates.compactMap({ $0 }) {
            guard
                let equality = resolveOperator(
                    symbol: "=", left: bound, right: candidate, span: span, diagnostics: &diagnostics)
            else { return nil }
            comparisons.append(equality)
        }
        let test =
            comparisons.count == 1
            ? comparisons[0]
            : Expression(
                .or(comparisons), .boolean, isNullable: comparisons.contains(where: \.isNullable), span: span)
        return isNegated ? negated(test, span) : test
    }

    /// The common type of expressions, without a report where there is none.
    private func commonTypeIfAny(_ expressions: [Expression]) -> SQLType? {
        var scratch = Diagnostics()
        return commonType(of: expressions, context: "IN", diagnostics: &scratch)
    }

    private mutating func bindLike(_ like: LikeSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        let operand = bindExpression(like.operand, scope)
        let pattern = bindExpression(like.pattern, scope)
        let escape = like.escape.map { bindExpression($0, scope) }
        guard var operand, let pattern else { return nil }
        // Unlike other functions of texts, these see the blanks of CHAR.
        if case .char = operand.type { operand.type = .text }
        let name =
            switch like.form {
            case .like: "like"
            case .ilike: "ilike"
            case .similarTo: "similar_to"
            }
        var arguments = [operand, pattern]
        if let escape {
            guard let escape else { return nil }
            arguments.append(escape)
        }
        guard
            let test = resolveFunction(name: name, arguments: arguments, span: span, diagnostics: &diagnostics)
        else { return nil }
        return like.isNegated ? negated(test, span) : test
    }

    private mutating func bindCase(
        _ operand: ExpressionSyntax?, _ branches: [CaseBranchSyntax], _ otherwise: ExpressionSyntax?,
        _ scope: Scope, _ span: Span
    ) -> Expression? {
        var subject: Expression?
        if let operand {
            guard let bound = bindExpression(operand, scope) else { return nil }
            subject = bound
        }
        var conditions: [Expression] = []
        var results: [Expression] = []
        for branch in branches {
            let condition: Expression?
            if let subject {
                condition = bindExpression(branch.condition, scope).flatMap { value in
                    resolveOperator(
                        symbol: "=", left: subject, right: value, span: branch.condition.span,
                        diagnostics: &diagnostics)
                }
            } else {
                condition = bindBoolean(branch.condition, scope, clause: "CASE/WHEN")
            }
            let result = bindExpression(branch.result, scope)
            guard let condition, let result else { return nil }
            conditions.append(condition)
            results.append(result)
        }
        if let otherwise {
            guard let bound = bindExpression(otherwise, scope) else { return nil }
            results.append(bound)
        } else {
            results.append(.constant(.null, .unknown, span: span))
        }
        guard var type = coerceToCommonType(&results, context: "CASE", diagnostics: &diagnostics) else { return nil }
        if type == .unknown {
            type = .text
            results = results.map(asText)
        }
        var value = results[results.count - 1]
        for index in conditions.indices.reversed() {
            value = Expression(
                .conditional(conditions[index], results[index], value), type,
                isNullable: results[index].isNullable || value.isNullable, span: span)
        }
        return value
    }

    private mutating func bindField(
        _ operand: ExpressionSyntax, _ name: IdentifierSyntax, _ scope: Scope, _ span: Span
    ) -> Expression? {
        // tumble(...).start and tumble(...).end
        if case .call(let call) = operand.kind, call.windowFunction == .window,
            ["start", "end"].contains(name.text)
        {
            return groupWindowBounds(call, scope)?[name.text == "start" ? 0 : 1]
        }
        guard let row = bindExpression(operand, scope) else { return nil }
        return rowField(row, named: name.text, span: span, diagnostics: &diagnostics)
    }

    mutating func bindCall(_ call: CallSyntax, _ scope: Scope, _ span: Span) -> Expression? {
        let name = call.name.last.text
        if let over = call.over { return bindOverCall(call, over, scope, span) }
        if Self.isOnlyOver(name) {
            diagnostics.report(.error, "42809", at: span, "window function \(name) requires an OVER clause")
            return nil
        }
        if let function = call.windowFunction, !isScalarFunction(name) {
            guard let bounds = groupWindowBounds(call, scope) else { return nil }
            switch function {
            case .start: return bounds[0]
            case .end: return bounds[1]
            case .time: return bounds[2]
            case .window:
                diagnostics.unsupported(
                    "a window as a value here", at: span, hint: "Select its start and end: TUMBLE_START, TUMBLE_END.")
                return nil
            }
        }
        if ["proctime", "watermark", "current_watermark"].contains(name) { return bindClockCall(call, scope, span) }
        if isTableFunction(name) { return bindRowFunctionColumn(call, scope, span) }
        if name == "grouping" || name == "grouping_id" { return bindGroupingCall(call, scope, span) }
        if isAggregate(name) || userAggregates[name] != nil { return bindAggregateCall(call, scope, span) }
        if let distinct = call.distinct {
            diagnostics.report(
                .error, "42809", at: distinct, "DISTINCT specified, but \(name) is not an aggregate function")
            return nil
        }
        if let filter = call.filter {
            diagnostics.report(
                .error, "42809", at: filter.span, "FILTER specified, but \(name) is not an aggregate function")
            return nil
        }
        guard let arguments = bindArguments(call, scope) else { return nil }
        if call.form == .bracketed {
            return mapConstructor(arguments, span: span, diagnostics: &diagnostics)
        }
        if let function = functions[name] {
            return resolveFunction(function, arguments: arguments, span: span, diagnostics: &diagnostics)
        }
        return resolveFunction(name: name, arguments: arguments, span: span, diagnostics: &diagnostics)
    }

    /// The positional arguments of a call; nil after a report.
    mutating func bindArguments(_ call: CallSyntax, _ scope: Scope) -> [Expression]? {
        var arguments: [Expression] = []
        var isComplete = true
        for argument in call.arguments {
            if let name = argument.name {
                diagnostics.unsupported("a named argument", at: name.span)
                isComplete = false
            } else if argument.isVariadic {
                diagnostics.unsupported("VARIADIC", at: argument.value.span)
                isComplete = false
            } else if let bound = bindExpression(argument.value, scope) {
                arguments.append(bound)
            } else {
                isComplete = false
            }
        }
        return isComplete ? arguments : nil
    }
}
