import LaminarText

/// PostgreSQL's operator precedences, lowest first (src/backend/parser/gram.y).
enum Precedence {
    static let or = 1
    static let and = 2
    static let not = 3
    static let test = 4
    static let comparison = 5
    static let membership = 6
    static let other = 7
    static let additive = 8
    static let multiplicative = 9
    static let power = 10
    static let timeZone = 11
    static let collate = 12
    static let unary = 13
    static let `subscript` = 14
    static let cast = 15
    static let field = 16
}

extension Parser {
    /// Parses an expression of operators that bind at least as tightly as `minimum`.
    mutating func parseExpression(_ minimum: Int = 0) throws(SyntaxFailure) -> ExpressionSyntax {
        // Right operands recurse without a bracket, so calls are counted beside nesting levels.
        guard expressionDepth < 2 * SyntaxLimits.nesting else { throw tooComplex() }
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        let outerHeight = childHeight
        childHeight = 0
        let start = position
        var left = try parsePrefix()
        var height = childHeight + 1
        var previous = 0
        while true {
            let precedence = infixPrecedence()
            if precedence == 0 || precedence < minimum { break }
            if precedence == previous, precedence == Precedence.comparison || precedence == Precedence.membership {
                throw failure(hint: "Comparisons do not chain; write a < b AND b < c.")
            }
            childHeight = 0
            left = try parseInfix(left, precedence, from: start)
            height = max(height, childHeight) + 1
            if height > SyntaxLimits.height { throw tooComplex() }
            previous = precedence
        }
        childHeight = max(outerHeight, height)
        return left
    }

    /// A node that ends with the last token consumed.
    ///
    /// Mutating, so that `self` is read only after the arguments, which consume tokens, were evaluated.
    mutating func expression(_ kind: ExpressionSyntax.Kind, from start: Int) -> ExpressionSyntax {
        ExpressionSyntax(kind: kind, span: span(from: start))
    }

    mutating func takeOperator() -> OperatorSyntax {
        let result = OperatorSyntax(text: token.text, span: token.span)
        advance()
        return result
    }

    // MARK: Prefix operators

    private mutating func parsePrefix() throws(SyntaxFailure) -> ExpressionSyntax {
        let start = position
        if token.kind == .symbol {
            switch token.text {
            case "+", "-":
                let operation = takeOperator()
                return expression(.unary(operation, try parseExpression(Precedence.unary)), from: start)
            case "(": return try parseParenthesized()
            case "*", "/", "%", "^", "<", ">", "=", "<=", ">=", "<>", "=>": throw failure()
            default:
                guard token.text.utf8.first?.isOperator == true else { throw failure(hint: hintForExtraComma()) }
                let operation = takeOperator()
                return expression(.unary(operation, try parseExpression(Precedence.additive)), from: start)
            }
        }
        if at("not") {
            advance()
            return expression(.not(try parseExpression(Precedence.not)), from: start)
        }
        return try parsePrimary()
    }

    // MARK: Infix operators

    /// How tightly the token binds as an operator behind an operand; zero if it is none.
    private func infixPrecedence() -> Int {
        let token = token
        if token.kind == .symbol {
            switch token.text {
            case "=", "<", ">", "<=", ">=", "<>": return Precedence.comparison
            case "+", "-": return Precedence.additive
            case "*", "/", "%": return Precedence.multiplicative
            case "^": return Precedence.power
            case "::": return Precedence.cast
            case "[": return Precedence.subscript
            case ".": return Precedence.field
            case "=>", "(", ")", ",", ";", ":", "]", ":=", "..", "{", "}": return 0
            default: return Precedence.other
            }
        }
        guard token.kind == .word else { return 0 }
        switch token.text {
        case "or": return Precedence.or
        case "and": return Precedence.and
        case "is", "isnull", "notnull": return Precedence.test
        case "between", "in", "like", "ilike": return Precedence.membership
        case "similar": return peekIsWord(1, "to") ? Precedence.membership : 0
        case "not":
            return peekIsWord(1, "between", "in", "like", "ilike", "similar") ? Precedence.membership : 0
        case "at": return peekIsWord(1, "time") && peekIsWord(2, "zone") ? Precedence.timeZone : 0
        case "collate": return Precedence.collate
        case "overlaps": return Precedence.other
        default: return 0
        }
    }

    private mutating func parseInfix(
        _ left: ExpressionSyntax, _ precedence: Int, from start: Int
    ) throws(SyntaxFailure) -> ExpressionSyntax {
        switch precedence {
        case Precedence.or: return try parseLogical("or", left, Precedence.and, from: start)
        case Precedence.and: return try parseLogical("and", left, Precedence.not, from: start)
        case Precedence.test: return try parseTest(left, from: start)
        case Precedence.membership: return try parseMembership(left, from: start)
        case Precedence.timeZone:
            let nameSpan = Span(token.span.lower, peek(2).span.upper)
            for _ in 0..<3 { advance() }
            let zone = try parseExpression(Precedence.collate)
            let call = specialCall("timezone", nameSpan, [zone, left], from: start)
            return expression(.call(call), from: start)
        case Precedence.collate:
            advance()
            return expression(.collate(left, try parseName()), from: start)
        case Precedence.subscript: return try parseSubscript(left, from: start)
        case Precedence.cast:
            advance()
            // `x::BIGINT unsigned` is a cast and an alias, as in PostgreSQL.
            let type = try parseType(allowsUnsigned: false)
            return expression(.cast(left, type, .colons), from: start)
        case Precedence.field:
            advance()
            if accept(symbol: "*") { return expression(.fieldStar(left), from: start) }
            return expression(.field(left, try parseLabel()), from: start)
        default: return try parseBinary(left, precedence, from: start)
        }
    }

    private mutating func parseBinary(
        _ left: ExpressionSyntax, _ precedence: Int, from start: Int
    ) throws(SyntaxFailure) -> ExpressionSyntax {
        let operation = takeOperator()
        let canBeQuantified = precedence == Precedence.comparison || precedence == Precedence.other
        if canBeQuantified, let quantifier = acceptQuantifier() {
            return try parseQuantified(left, operation, quantifier, from: start)
        }
        return expression(.binary(operation, left, try parseExpression(precedence + 1)), from: start)
    }

    /// Collects `a AND b AND c` into one node.
    private mutating func parseLogical(
        _ word: String, _ left: ExpressionSyntax, _ minimum: Int, from start: Int
    ) throws(SyntaxFailure) -> ExpressionSyntax {
        var operands = [left]
        while accept(word) { operands.append(try parseExpression(minimum)) }
        return expression(word == "or" ? .or(operands) : .and(operands), from: start)
    }

    private mutating func parseTest(_ left: ExpressionSyntax, from start: Int) throws(SyntaxFailure) -> ExpressionSyntax
    {
        if accept("isnull") { return expression(.isNull(left, isNegated: false), from: start) }
        if accept("notnull") { return expression(.isNull(left, isNegated: true), from: start) }
        advance()
        let isNegated = accept("not")
        if accept("null") { return expression(.isNull(left, isNegated: isNegated), from: start) }
        if accept("true") { return expression(.isTruth(left, true, isNegated: isNegated), from: start) }
        if accept("false") { return expression(.isTruth(left, false, isNegated: isNegated), from: start) }
        if accept("unknown") { return expression(.isTruth(left, nil, isNegated: isNegated), from: start) }
        if accept("distinct", "from") {
            let right = try parseExpression(Precedence.comparison)
            return expression(.isDistinct(left, right, isNegated: isNegated), from: start)
        }
        throw failure(hint: "IS takes [NOT] NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM.")
    }

    private mutating func parseMembership(
        _ left: ExpressionSyntax, from start: Int
    ) throws(SyntaxFailure) -> ExpressionSyntax {
        let operatorStart = position
        let isNegated = accept("not")
        if accept("between") {
            let isSymmetric = accept("symmetric")
            if !isSymmetric { _ = accept("asymmetric") }
            let low = try parseExpression(Precedence.other)
            try expect("and")
            let high = try parseExpression(Precedence.other)
            return expression(
                .between(left, low: low, high: high, isSymmetric: isSymmetric, isNegated: isNegated), from: start)
        }
        if accept("in") {
            try enter()
            defer { leave() }
            guard at(symbol: "(") else { throw failure(hint: "IN takes a list or a subquery in parentheses.") }
            if startsQuery(at: 1) {
                advance()
                let query = try parseQuery()
                try expect(symbol: ")")
                return expression(.inQuery(left, query, isNegated: isNegated), from: start)
            }
            advance()
            let elements = try parseExpressionList()
            try expect(symbol: ")")
            return expression(.inList(left, elements, isNegated: isNegated), from: start)
        }
        let form: LikeSyntax.Form = at("like") ? .like : at("ilike") ? .ilike : .similarTo
        advance()
        if form == .similarTo { try expect("to") }
        let operatorSpan = span(from: operatorStart)
        if form != .similarTo, let quantifier = acceptQuantifier() {
            let text = (isNegated ? "!" : "") + (form == .like ? "~~" : "~~*")
            let operation = OperatorSyntax(text: text, span: operatorSpan)
            return try parseQuantified(left, operation, quantifier, from: start)
        }
        let pattern = try parseExpression(Precedence.other)
        let escape = accept("escape") ? try parseExpression(Precedence.other) : nil
        let like = LikeSyntax(
            form: form, operand: left, pattern: pattern, escape: escape, isNegated: isNegated,
            operatorSpan: operatorSpan)
        return expression(.like(like), from: start)
    }

    private mutating func acceptQuantifier() -> QuantifierSyntax? {
        guard peekIsSymbol(1, "(") else { return nil }
        if accept("any") || accept("some") { return .any }
        return accept("all") ? .all : nil
    }

    private mutating func parseQuantified(
        _ left: ExpressionSyntax, _ operation: OperatorSyntax, _ quantifier: QuantifierSyntax, from start: Int
    ) throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let isQuery = startsQuery(at: 1)
        try expect(symbol: "(")
        if isQuery {
            let query = try parseQuery()
            try expect(symbol: ")")
            return expression(.quantifiedQuery(left, operation, quantifier, query), from: start)
        }
        let array = try parseExpression()
        try expect(symbol: ")")
        return expression(.quantifiedArray(left, operation, quantifier, array), from: start)
    }

    /// `[i]`, `[a:b]`, `[:b]`, `[a:]`, `[:]`
    private mutating func parseSubscript(
        _ left: ExpressionSyntax, from start: Int
    ) throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        try expect(symbol: "[")
        let lower = at(symbol: ":") ? nil : try parseExpression()
        if accept(symbol: ":") {
            let upper = at(symbol: "]") ? nil : try parseExpression()
            try expect(symbol: "]")
            return expression(.subscriptSlice(left, lower: lower, upper: upper), from: start)
        }
        try expect(symbol: "]")
        guard let lower else { throw failure() }
        return expression(.subscriptElement(left, index: lower), from: start)
    }

    // MARK: Parentheses

    /// One or more expressions separated by commas.
    mutating func parseExpressionList() throws(SyntaxFailure) -> [ExpressionSyntax] {
        var elements = [try parseExpression()]
        while accept(symbol: ",") { elements.append(try parseExpression()) }
        return elements
    }

    /// `(a)`, `(a, b)`, `(SELECT ...)`
    private mutating func parseParenthesized() throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let start = position
        if startsQuery(at: 1) {
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            return expression(.subquery(query), from: start)
        }
        advance()
        let first = try parseExpression()
        guard at(symbol: ",") else {
            try expect(symbol: ")")
            return ExpressionSyntax(kind: first.kind, span: span(from: start))
        }
        var elements = [first]
        while accept(symbol: ",") { elements.append(try parseExpression()) }
        try expect(symbol: ")")
        return expression(.row(elements, isExplicit: false), from: start)
    }

    /// Whether a query begins some tokens ahead, seen through parentheses that belong to it.
    func startsQuery(at ahead: Int) -> Bool {
        var offset = ahead
        // Deeper than this the nesting limit strikes anyway.
        while offset < ahead + SyntaxLimits.nesting + 1 {
            let next = peek(offset)
            if next.kind == .word {
                switch next.text {
                case "select", "with", "from": break
                case "values": guard peekIsSymbol(offset + 1, "(") else { return false }
                case "table":
                    let name = peek(offset + 1)
                    guard name.kind == .quotedWord || name.kind == .word else { return false }
                default: return false
                }
                return true
            }
            guard next.kind == .symbol, next.text == "(" else { return false }
            // `((SELECT 1) + 1)` is an expression: what follows the inner parenthesis decides.
            guard next.match > 0 else {
                offset += 1
                continue
            }
            let follower = token(at: Int(next.match) + 1)
            let continuesQuery: Bool =
                switch follower.kind {
                case .symbol: follower.text == ")" || follower.text == ";"
                case .word:
                    ["union", "intersect", "except", "order", "limit", "offset", "fetch"].contains(follower.text)
                default: follower.kind == .end
                }
            guard continuesQuery else { return false }
            offset += 1
        }
        return false
    }
}
