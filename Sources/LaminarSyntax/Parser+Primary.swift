import LaminarText

extension Parser {
    /// A literal, a name, a call or one of the forms with a keyword; no operators.
    mutating func parsePrimary() throws(SyntaxFailure) -> ExpressionSyntax {
        let start = position
        switch token.kind {
        case .integer: return takeLiteral(.integer(token.text))
        case .number: return takeLiteral(.number(token.text))
        case .string: return takeLiteral(.string(token.text))
        case .bits: return takeLiteral(.bits(token.text))
        case .duration:
            let literal = IntervalLiteralSyntax(text: token.text, textSpan: token.span, fields: nil, precision: nil)
            advance()
            return expression(.interval(literal), from: start)
        case .parameter:
            let number = Int(token.text) ?? 0
            advance()
            return expression(.parameter(number), from: start)
        case .quotedWord: return try typedLiteralLength() > 0 ? parseTypedLiteral() : parseNameOrCall()
        case .word: return try parseWord()
        case .symbol, .invalid, .end: throw failure()
        }
    }

    private mutating func takeLiteral(_ literal: LiteralSyntax) -> ExpressionSyntax {
        let start = position
        advance()
        return expression(.literal(literal), from: start)
    }

    private mutating func parseWord() throws(SyntaxFailure) -> ExpressionSyntax {
        let hasParenthesis = peekIsSymbol(1, "(")
        switch token.text {
        case "null": return takeLiteral(.null)
        case "true": return takeLiteral(.boolean(true))
        case "false": return takeLiteral(.boolean(false))
        case "case": return try parseCase()
        case "cast" where hasParenthesis: return try parseCast(.cast)
        case "try_cast" where hasParenthesis: return try parseCast(.tryCast)
        case "exists" where hasParenthesis: return try parseExists()
        case "array": return try parseArray()
        case "row" where hasParenthesis: return try parseRow()
        case "map" where peekIsSymbol(1, "["): return try parseMapOrSubscript()
        case "interval":
            if let literal = try parseIntervalLiteral() { return literal }
            return try parseNameOrCall()
        case "default":
            let start = position
            advance()
            return expression(.defaultValue, from: start)
        case "any", "some":
            // As an aggregate; behind a comparison it is a quantifier and does not come here.
            guard hasParenthesis else { throw failure() }
            return try parseNameOrCall()
        case "select", "with":
            throw failure(hint: "Put a subquery in parentheses.")
        default:
            if Self.keywordFunctions.contains(token.text) { return try parseKeywordFunction() }
            if hasParenthesis, let special = try parseSpecialCall() { return special }
            if typedLiteralLength() > 0 { return try parseTypedLiteral() }
            return try parseNameOrCall()
        }
    }

    private static let keywordFunctions: Set<String> = [
        "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_catalog",
        "current_role", "current_user", "session_user", "current_schema",
    ]

    /// `CURRENT_DATE`, `CURRENT_TIMESTAMP(3)`, `CURRENT_SCHEMA()`
    private mutating func parseKeywordFunction() throws(SyntaxFailure) -> ExpressionSyntax {
        let start = position
        let name = takeIdentifier()
        var arguments: [ExpressionSyntax] = []
        var form = CallSyntax.Form.keyword
        if at(symbol: "(") {
            form = .ordinary
            advance()
            if !at(symbol: ")") { arguments.append(try parseExpression()) }
            try expect(symbol: ")")
        }
        var call = specialCall(name.text, name.span, arguments, from: start)
        call.form = form
        return expression(.call(call), from: start)
    }

    // MARK: Typed literals

    /// How many tokens a type takes that a string literal follows; zero if this is no `type 'literal'`.
    private func typedLiteralLength() -> Int {
        guard token.reservation != .full else { return 0 }
        var length = 1
        if token.kind == .word, ["double", "character", "char", "bit", "national", "nchar"].contains(token.text) {
            while length < 3, peekIsWord(length, "precision", "varying", "character", "char") { length += 1 }
        }
        if peekIsSymbol(length, "("), peek(length + 1).kind == .integer {
            if peekIsSymbol(length + 2, ")") {
                length += 3
            } else if peekIsSymbol(length + 2, ","), peek(length + 3).kind == .integer, peekIsSymbol(length + 4, ")") {
                length += 5
            }
        }
        if at("time") || at("timestamp"), peekIsWord(length, "with", "without") {
            if peekIsWord(length + 1, "local") { length += 1 }
            if peekIsWord(length + 1, "time"), peekIsWord(length + 2, "zone") { length += 3 }
        }
        return peek(length).kind == .string ? length : 0
    }

    private mutating func parseTypedLiteral() throws(SyntaxFailure) -> ExpressionSyntax {
        let start = position
        let type = try parseSimpleType()
        let textSpan = token.span
        let text = try parseString()
        return expression(.typedLiteral(type, text: text, textSpan: textSpan), from: start)
    }

    // MARK: Forms with keywords

    private mutating func parseCase() throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let start = position
        advance()
        let operand = at("when") ? nil : try parseExpression()
        var branches: [CaseBranchSyntax] = []
        while accept("when") {
            let condition = try parseExpression()
            try expect("then")
            branches.append(CaseBranchSyntax(condition: condition, result: try parseExpression()))
        }
        guard !branches.isEmpty else { throw failure(hint: hintForMisspelled(among: ["when"]) ?? "Expected WHEN.") }
        let otherwise = accept("else") ? try parseExpression() : nil
        try expect("end", hint: hintForMisspelled(among: ["when", "else", "end"]) ?? "A CASE is closed by END.")
        return expression(.caseWhen(operand: operand, branches: branches, otherwise: otherwise), from: start)
    }

    private mutating func parseCast(_ form: CastFormSyntax) throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let start = position
        advance()
        advance()
        let operand = try parseExpression()
        try expect("as", hint: "A cast is written CAST(expression AS type).")
        let type = try parseType()
        try expect(symbol: ")")
        return expression(.cast(operand, type, form), from: start)
    }

    private mutating func parseExists() throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let start = position
        advance()
        advance()
        let query = try parseQuery()
        try expect(symbol: ")")
        return expression(.exists(query), from: start)
    }

    /// `ARRAY[...]`, `ARRAY(SELECT ...)`
    private mutating func parseArray() throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let start = position
        advance()
        if at(symbol: "[") { return ExpressionSyntax(kind: try parseArrayElements(), span: span(from: start)) }
        guard at(symbol: "(") else { throw failure(hint: "Expected ARRAY[...] or ARRAY(SELECT ...).") }
        advance()
        let query = try parseQuery()
        try expect(symbol: ")")
        return expression(.arrayQuery(query), from: start)
    }

    private mutating func parseArrayElements() throws(SyntaxFailure) -> ExpressionSyntax.Kind {
        try expect(symbol: "[")
        var elements: [ExpressionSyntax] = []
        if accept(symbol: "]") { return .array(elements) }
        repeat {
            if at(symbol: "[") {
                try enter()
                defer { leave() }
                let start = position
                elements.append(expression(try parseArrayElements(), from: start))
            } else {
                elements.append(try parseExpression())
            }
        } while accept(symbol: ",")
        try expect(symbol: "]")
        return .array(elements)
    }

    private mutating func parseRow() throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let start = position
        advance()
        advance()
        let elements = at(symbol: ")") ? [] : try parseExpressionList()
        try expect(symbol: ")")
        return expression(.row(elements, isExplicit: true), from: start)
    }

    /// `MAP['a', 1, 'b', 2]`; with one value in the brackets, the element of a column called `map`.
    private mutating func parseMapOrSubscript() throws(SyntaxFailure) -> ExpressionSyntax {
        try enter()
        defer { leave() }
        let start = position
        let name = NameSyntax(parts: [takeIdentifier()], span: span(from: start))
        let nameExpression = ExpressionSyntax(kind: .name(name), span: name.span)
        advance()
        if at(symbol: ":") { throw failure(hint: "Write the column's name in double quotes.") }
        let items = at(symbol: "]") ? [] : try parseExpressionList()
        if items.count == 1, at(symbol: ":") { throw failure(hint: "Write the column's name in double quotes.") }
        try expect(symbol: "]")
        if items.count == 1 { return expression(.subscriptElement(nameExpression, index: items[0]), from: start) }
        var call = specialCall(name.last.text, name.span, items, from: start)
        call.form = .bracketed
        return expression(.call(call), from: start)
    }

    // MARK: Names and calls

    /// `a`, `a.b`, `t.*`, `f(...)`, `s.f(...)`
    private mutating func parseNameOrCall() throws(SyntaxFailure) -> ExpressionSyntax {
        let start = position
        let isWord = token.kind == .word
        // PostgreSQL reserves WINDOW and ANY; here `window` is also what Arroyo's users call their window's struct. Nobody is
        // logged in, so USER is but a column, as in Flink.
        let isAllowed =
            !isWord || token.reservation == .none || token.reservation == .columnName
            || peekIsSymbol(1, "(") && (token.reservation == .functionName || at("any") || at("some")) || at("window")
            || at("user")
        guard isAllowed else {
            let isKeyword = Parser.clauseWords.contains(token.text)
            let shown = token.text
            throw failure(
                hint: isKeyword
                    ? hintForExtraComma()
                    : "\"\(shown)\" is a reserved word; write it in double quotes to use it as a name.")
        }
        var parts = [takeIdentifier()]
        while at(symbol: ".") {
            if peekIsSymbol(1, "*") {
                let name = NameSyntax(parts: parts, span: span(from: start))
                advance()
                advance()
                return expression(.star(name), from: start)
            }
            advance()
            parts.append(try parseLabel())
        }
        let name = NameSyntax(parts: parts, span: span(from: start))
        guard at(symbol: "(") else { return ExpressionSyntax(kind: .name(name), span: name.span) }
        return expression(.call(try parseCall(name, from: start)), from: start)
    }
}
