import LaminarText

extension Parser {
    /// A type with its array suffixes.
    mutating func parseType(allowsUnsigned: Bool = true) throws(SyntaxFailure) -> TypeSyntax {
        try enter()
        defer { leave() }
        let start = position
        var type = try parseSimpleType(allowsUnsigned: allowsUnsigned)
        while true {
            if accept(symbol: "[") {
                if token.kind == .integer { advance() }
                try expect(symbol: "]")
            } else if accept("array") {
                if accept(symbol: "[") {
                    if token.kind == .integer { advance() }
                    try expect(symbol: "]")
                }
            } else if accept("multiset") {
                let element = type
                type = TypeSyntax(
                    name: "multiset", isKeyword: true, nameSpan: element.nameSpan, span: span(from: start))
                type.arguments = [element]
                try growHeight()
                continue
            } else {
                break
            }
            type.arrayDepth += 1
        }
        type.span = span(from: start)
        if type.arrayDepth > 6 { throw failure(.tooManyDimensions, at: type.span) }
        return type
    }

    /// A type without array suffixes, as it may stand before a literal.
    mutating func parseSimpleType(allowsUnsigned: Bool = true) throws(SyntaxFailure) -> TypeSyntax {
        let start = position
        guard token.kind == .quotedWord || token.kind == .word && (token.reservation != .full || at("array")) else {
            throw failure(hint: "Expected a type.")
        }
        if at("array"), peekIsSymbol(1, "<") { return try parseArrayOf() }
        if at("array") { throw failure(hint: "Write the element type before ARRAY, or ARRAY<type>.") }
        let isKeyword = token.kind == .word
        var name = token.text
        advance()
        if isKeyword { acceptFurtherTypeWords(&name) }
        while at(symbol: ".") {
            advance()
            name += "." + (try parseLabel().text)
        }
        var type = TypeSyntax(name: name, isKeyword: isKeyword, nameSpan: span(from: start), span: span(from: start))
        if isKeyword {
            switch name {
            case "interval":
                if at(symbol: "(") { type.parameters = try parseTypeParameters() }
                if type.parameters.isEmpty { type.intervalFields = try parseIntervalFields(anyUnit: false) }
                return finished(type, from: start)
            case "row", "struct":
                if at(symbol: "<") || at(symbol: "(") || at(symbol: "<>") { type.fields = try parseTypeFields() }
                return finished(type, from: start)
            case "map", "multiset":
                if accept(symbol: "<") {
                    repeat { type.arguments.append(try parseType()) } while accept(symbol: ",")
                    try expectClosingAngle()
                }
                return finished(type, from: start)
            default: break
            }
        }
        if at(symbol: "(") { type.parameters = try parseTypeParameters() }
        if isKeyword { acceptTimeZone(&type) }
        // DECIMAL(10, 2) UNSIGNED and BIGINT UNSIGNED.
        if isKeyword, allowsUnsigned, accept("unsigned") { type.name += " unsigned" }
        if isKeyword, name == "char" || name == "character", accept("varying") { type.name = "character varying" }
        return finished(type, from: start)
    }

    private func finished(_ type: TypeSyntax, from start: Int) -> TypeSyntax {
        var type = type
        type.span = span(from: start)
        return type
    }

    private mutating func parseArrayOf() throws(SyntaxFailure) -> TypeSyntax {
        let start = position
        advance()
        try expect(symbol: "<")
        var type = try parseType()
        _ = accept("not", "null")
        try expectClosingAngle()
        type.arrayDepth += 1
        return finished(type, from: start)
    }

    private mutating func acceptFurtherTypeWords(_ name: inout String) {
        switch name {
        case "double":
            if accept("precision") { name = "double precision" }
        case "character", "char", "nchar":
            if accept("varying") { name = "character varying" }
        case "national":
            if accept("character") || accept("char") {
                name = accept("varying") ? "character varying" : "character"
            }
        case "bit":
            if accept("varying") { name = "bit varying" }
        case "unsigned":
            if token.kind == .word, ["bigint", "int", "integer", "smallint"].contains(token.text) {
                name = token.text + " unsigned"
                advance()
            }
        default: break
        }
    }

    private mutating func acceptTimeZone(_ type: inout TypeSyntax) {
        guard type.name == "timestamp" || type.name == "time" else { return }
        if accept("with", "time", "zone") {
            type.timeZone = .with
        } else if accept("without", "time", "zone") {
            type.timeZone = .without
        } else if at("with", "local", "time"), peekIsWord(3, "zone") {
            for _ in 0..<4 { advance() }
            type.timeZone = .withLocal
        }
    }

    private mutating func parseTypeParameters() throws(SyntaxFailure) -> [TypeParameterSyntax] {
        try expect(symbol: "(")
        var parameters: [TypeParameterSyntax] = []
        repeat {
            let start = position
            let isNegative = accept(symbol: "-")
            guard token.kind == .integer else { throw failure(hint: "Expected a number.") }
            guard let value = Int(token.text), value <= Int(Int32.max) else {
                throw failure(.numberTooLong, at: token.span)
            }
            advance()
            parameters.append(TypeParameterSyntax(value: isNegative ? -value : value, span: span(from: start)))
        } while accept(symbol: ",")
        try expect(symbol: ")")
        return parameters
    }

    /// `<a INT, b: STRING>` or `(a INT, b STRING)`; fields without names are `f0`, `f1`, ... as in Flink.
    private mutating func parseTypeFields() throws(SyntaxFailure) -> [TypeFieldSyntax] {
        if accept(symbol: "<>") { return [] }
        let isAngle = at(symbol: "<")
        advance()
        var fields: [TypeFieldSyntax] = []
        repeat {
            let start = position
            let next = peek()
            let isAnonymous = next.kind == .symbol && (next.text == "," || next.text == ")" || next.text.first == ">")
            var name = IdentifierSyntax(text: "f\(fields.count)", isQuoted: false, span: token.span)
            if !isAnonymous {
                name = try parseLabel()
                _ = accept(symbol: ":")
            }
            let type = try parseType()
            let isNotNull = accept("not", "null")
            if !isNotNull { _ = accept("null") }
            if token.kind == .string { advance() }
            fields.append(TypeFieldSyntax(name: name, type: type, isNotNull: isNotNull, span: span(from: start)))
        } while accept(symbol: ",")
        if isAngle { try expectClosingAngle() } else { try expect(symbol: ")") }
        return fields
    }

    // MARK: Intervals

    /// `DAY`, `DAY TO SECOND(3)`, nothing.
    ///
    /// - Parameter anyUnit: Also plurals and units that PostgreSQL does not know as keywords, such as WEEKS; they could
    ///   be an alias behind an interval that says its units itself.
    mutating func parseIntervalFields(anyUnit: Bool) throws(SyntaxFailure) -> IntervalFieldsSyntax? {
        let start = position
        let isRange = peekIsWord(1, "to") && peek(2).kind == .word && Self.unit(peek(2).text, anyForm: true) != nil
        guard token.kind == .word, let from = Self.unit(token.text, anyForm: anyUnit || isRange) else { return nil }
        advance()
        var fields = IntervalFieldsSyntax(from: from, to: from, precision: nil, span: token.span)
        if at(symbol: "("), peek().kind == .integer { fields.precision = try parseTypeParameters().first?.value }
        if at("to"), peek().kind == .word, let to = Self.unit(peek().text, anyForm: true) {
            advance()
            advance()
            fields.to = to
            if at(symbol: "("), peek().kind == .integer { fields.precision = try parseTypeParameters().first?.value }
        }
        fields.span = span(from: start)
        return fields
    }

    /// A length of time as clauses take it: an expression, or a number with a unit and without INTERVAL, as in
    /// `EMIT EVERY 5 SECONDS`.
    mutating func parseDuration() throws(SyntaxFailure) -> ExpressionSyntax {
        let isNumber = token.kind == .integer || token.kind == .number || token.kind == .string
        guard isNumber, peek().kind == .word, Self.unit(peek().text, anyForm: true) != nil else {
            return try parseExpression()
        }
        let start = position
        let text = token.text
        let textSpan = token.span
        advance()
        let fields = try parseIntervalFields(anyUnit: true)
        let literal = IntervalLiteralSyntax(text: text, textSpan: textSpan, fields: fields, precision: nil)
        return expression(.interval(literal), from: start)
    }

    static func unit(_ word: String, anyForm: Bool) -> IntervalUnitSyntax? {
        if anyForm { return unitsByWord[word] }
        switch word {
        case "year", "month", "day", "hour", "minute", "second": return IntervalUnitSyntax(rawValue: word)
        default: return nil
        }
    }

    private static let unitsByWord: [String: IntervalUnitSyntax] = {
        var words: [String: IntervalUnitSyntax] = [:]
        for unit in IntervalUnitSyntax.allCases {
            words[unit.rawValue] = unit
            words[unit.rawValue + "s"] = unit
        }
        words["centuries"] = .century
        words["millennia"] = .millennium
        return words
    }()

    /// What follows INTERVAL if it begins a literal; nil (and nothing consumed) if it is a name.
    mutating func parseIntervalLiteral() throws(SyntaxFailure) -> ExpressionSyntax? {
        let start = position
        var precision: Int?
        if peekIsSymbol(1, "("), peek(2).kind == .integer, peekIsSymbol(3, ")"), peek(4).kind == .string {
            advance()
            precision = try parseTypeParameters().first?.value
        } else {
            let isSigned = peekIsSymbol(1, "-") || peekIsSymbol(1, "+")
            let value = peek(isSigned ? 2 : 1)
            let unit = peek(isSigned ? 3 : 2)
            let isUnit = unit.kind == .word && Self.unit(unit.text, anyForm: true) != nil
            switch value.kind {
            case .string where !isSigned || isUnit: break
            case .integer where isUnit, .number where isUnit, .duration: break
            default: return nil
            }
            advance()
        }
        let textStart = position
        let isNegative = accept(symbol: "-")
        if !isNegative { _ = accept(symbol: "+") }
        let text = (isNegative ? "-" : "") + token.text
        let isBareNumber = token.kind != .string || Double(text) != nil
        advance()
        let textSpan = span(from: textStart)
        let fields = try parseIntervalFields(anyUnit: isBareNumber)
        let literal = IntervalLiteralSyntax(text: text, textSpan: textSpan, fields: fields, precision: precision)
        return ExpressionSyntax(kind: .interval(literal), span: span(from: start))
    }
}
