import LaminarText

extension Parser {
    /// An identifier that may name a column, a table or an alias.
    mutating func parseIdentifier() throws(SyntaxFailure) -> IdentifierSyntax {
        switch token.kind {
        case .quotedWord: break
        case .word where token.reservation == .none || token.reservation == .columnName: break
        case .word:
            throw failure(hint: "\"\(token.text)\" is a reserved word; write it in double quotes to use it as a name.")
        default: throw failure(hint: hintForExtraComma())
        }
        return takeIdentifier()
    }

    /// An identifier after a dot or AS, where any keyword may stand.
    mutating func parseLabel() throws(SyntaxFailure) -> IdentifierSyntax {
        guard token.kind == .word || token.kind == .quotedWord else { throw failure(hint: hintForExtraComma()) }
        return takeIdentifier()
    }

    mutating func takeIdentifier() -> IdentifierSyntax {
        let identifier = IdentifierSyntax(text: token.text, isQuoted: token.kind != .word, span: token.span)
        advance()
        return identifier
    }

    var atIdentifier: Bool {
        token.kind == .quotedWord
            || token.kind == .word && (token.reservation == .none || token.reservation == .columnName)
    }

    mutating func parseName() throws(SyntaxFailure) -> NameSyntax {
        let start = position
        var parts = [try parseIdentifier()]
        while accept(symbol: ".") { parts.append(try parseLabel()) }
        return NameSyntax(parts: parts, span: span(from: start))
    }

    /// `(a, b, c)`
    mutating func parseIdentifierList() throws(SyntaxFailure) -> [IdentifierSyntax] {
        try expect(symbol: "(")
        var identifiers: [IdentifierSyntax] = []
        repeat { identifiers.append(try parseIdentifier()) } while accept(symbol: ",")
        try expect(symbol: ")")
        return identifiers
    }

    /// `(k = v, 'k' = 'v')`; an empty list is allowed.
    mutating func parseOptions() throws(SyntaxFailure) -> [OptionSyntax] {
        try expect(symbol: "(")
        var options: [OptionSyntax] = []
        if accept(symbol: ")") { return options }
        repeat {
            let checkpoint = checkpoint
            do {
                options.append(try parseOption())
                guard at(symbol: ",") || at(symbol: ")") else {
                    throw failure(hint: "Options are separated by commas.")
                }
            } catch {
                _ = try recover(checkpoint, stopsAtClauses: false)
            }
        } while accept(symbol: ",")
        try expect(symbol: ")")
        return options
    }

    private mutating func parseOption() throws(SyntaxFailure) -> OptionSyntax {
        let start = position
        var key = token.text
        if token.kind == .string {
            advance()
        } else {
            key = try parseLabel().text
            while accept(symbol: ".") { key += "." + (try parseLabel().text) }
        }
        let keySpan = span(from: start)
        try expect(symbol: "=", hint: "An option is written key = value.")
        let value = try parseOptionValue()
        return OptionSyntax(key: key, keySpan: keySpan, value: value, span: span(from: start))
    }

    private mutating func parseOptionValue() throws(SyntaxFailure) -> ExpressionSyntax {
        let isLiteral = token.kind == .word && ["interval", "true", "false", "null", "array"].contains(token.text)
        guard token.kind == .word, !isLiteral, peek().kind != .string else {
            return try parseExpression(Precedence.unary)
        }
        let start = position
        var parts = [try parseLabel()]
        while accept(symbol: ".") { parts.append(try parseLabel()) }
        let span = span(from: start)
        return ExpressionSyntax(kind: .name(NameSyntax(parts: parts, span: span)), span: span)
    }

    /// A string literal, such as a comment's or a metadata key's.
    mutating func parseString() throws(SyntaxFailure) -> String {
        guard token.kind == .string else { throw failure(hint: "Expected a string in single quotes.") }
        let text = token.text
        advance()
        return text
    }
}
