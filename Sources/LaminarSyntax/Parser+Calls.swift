import LaminarText

extension Parser {
    func specialCall(
        _ name: String, _ nameSpan: Span, _ arguments: [ExpressionSyntax], from start: Int
    ) -> CallSyntax {
        let identifier = IdentifierSyntax(text: name, isQuoted: false, span: nameSpan)
        return CallSyntax(
            name: NameSyntax(parts: [identifier], span: nameSpan), form: .special,
            arguments: arguments.map { ArgumentSyntax(name: nil, value: $0, isVariadic: false) }, distinct: nil,
            orderBy: [], withinGroup: [], filter: nil, nullTreatment: nil, over: nil, span: span(from: start))
    }

    /// The parentheses behind a function's name and what may follow them.
    mutating func parseCall(_ name: NameSyntax, from start: Int) throws(SyntaxFailure) -> CallSyntax {
        try enter()
        defer { leave() }
        var call = CallSyntax(
            name: name, form: .ordinary, arguments: [], distinct: nil, orderBy: [], withinGroup: [], filter: nil,
            nullTreatment: nil, over: nil, span: name.span)
        try expect(symbol: "(")
        if at("distinct") {
            call.distinct = token.span
            advance()
        } else {
            _ = accept("all")
        }
        if !at(symbol: ")"), !at("order") {
            repeat { call.arguments.append(try parseArgument()) } while accept(symbol: ",")
        }
        if at("order", "by") { call.orderBy = try parseOrderBy() }
        if accept("separator") {
            // MySQL's GROUP_CONCAT(x SEPARATOR ',').
            call.arguments.append(ArgumentSyntax(name: nil, value: try parseExpression(), isVariadic: false))
        }
        call.nullTreatment = acceptNullTreatment()
        guard accept(symbol: ")") else {
            throw failure(hint: at("from") || at("for") ? nil : "Expected \",\" or \")\".")
        }
        try parseCallSuffixes(&call)
        call.span = span(from: start)
        return call
    }

    private mutating func acceptNullTreatment() -> CallSyntax.NullTreatment? {
        if accept("ignore", "nulls") { return .ignore }
        return accept("respect", "nulls") ? .respect : nil
    }

    /// `WITHIN GROUP (...)`, `FILTER (WHERE ...)`, `IGNORE NULLS`, `OVER ...`
    private mutating func parseCallSuffixes(_ call: inout CallSyntax) throws(SyntaxFailure) {
        if at("within", "group") {
            advance()
            advance()
            try expect(symbol: "(")
            call.withinGroup = try parseOrderBy()
            try expect(symbol: ")")
        }
        if at("filter"), peekIsSymbol(1, "(") {
            advance()
            advance()
            try expect("where", hint: "A filter is written FILTER (WHERE condition).")
            call.filter = try parseExpression()
            try expect(symbol: ")")
        }
        if call.nullTreatment == nil { call.nullTreatment = acceptNullTreatment() }
        guard at("over"), peekIsSymbol(1, "(") || peek().kind == .quotedWord || peek().kind == .word else { return }
        advance()
        call.over = at(symbol: "(") ? .window(try parseWindow()) : .named(try parseIdentifier())
    }

    private mutating func parseArgument() throws(SyntaxFailure) -> ArgumentSyntax {
        let start = position
        let isVariadic = accept("variadic")
        var name: IdentifierSyntax?
        if token.kind == .word || token.kind == .quotedWord, peekIsSymbol(1, "=>") || peekIsSymbol(1, ":=") {
            name = takeIdentifier()
            advance()
        }
        if at(symbol: "*"), peekIsSymbol(1, ")") {
            advance()
            return ArgumentSyntax(name: name, value: expression(.star(nil), from: start), isVariadic: isVariadic)
        }
        if at("table") {
            return ArgumentSyntax(name: name, value: try parseTableArgument(), isVariadic: isVariadic)
        }
        if at("select") || at("with") {
            // ARRAY(SELECT ...) aside, PostgreSQL wants a second pair; Flink's users leave it out.
            throw failure(hint: "Put a subquery in parentheses of its own.")
        }
        return ArgumentSyntax(name: name, value: try parseExpression(), isVariadic: isVariadic)
    }

    /// `TABLE t [PARTITION BY (k, ...)]`, `TABLE (SELECT ...)`
    private mutating func parseTableArgument() throws(SyntaxFailure) -> ExpressionSyntax {
        let start = position
        advance()
        if at(symbol: "("), startsQuery(at: 1) {
            try enter()
            defer { leave() }
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            return expression(.subquery(query), from: start)
        }
        let name = try parseName()
        var keys: [ExpressionSyntax] = []
        if accept("partition", "by") {
            if accept(symbol: "(") {
                keys = try parseExpressionList()
                try expect(symbol: ")")
            } else {
                keys = [try parseExpression()]
            }
        }
        return expression(.table(name, partitionBy: keys), from: start)
    }

    // MARK: Special forms

    /// One of SQL's calls with keywords between the arguments; nil (and nothing consumed) for any other function.
    mutating func parseSpecialCall() throws(SyntaxFailure) -> ExpressionSyntax? {
        let start = position
        let word = token.text
        let nameSpan = token.span
        switch word {
        case "extract", "position", "substring", "trim", "overlay", "floor", "ceil", "ceiling": break
        default: return nil
        }
        try enter()
        defer { leave() }
        advance()
        advance()
        var name = word
        var arguments: [ExpressionSyntax] = []
        var isSpecial = true
        switch word {
        case "extract": arguments = try parseExtract()
        case "position": (arguments, isSpecial) = try parsePosition()
        case "substring": (arguments, isSpecial) = try parseSubstring()
        case "trim": (name, arguments) = try parseTrim()
        case "overlay": (arguments, isSpecial) = try parseOverlay()
        default: (arguments, isSpecial) = try parseRounding()
        }
        guard accept(symbol: ")") else { throw failure(hint: "Expected \",\" or \")\".") }
        var call = specialCall(name, nameSpan, arguments, from: start)
        if !isSpecial { call.form = .ordinary }
        try parseCallSuffixes(&call)
        return expression(.call(call), from: start)
    }

    private mutating func parseExtract() throws(SyntaxFailure) -> [ExpressionSyntax] {
        let start = position
        guard token.kind == .word || token.kind == .string || token.kind == .quotedWord else { throw failure() }
        let field = token.text
        advance()
        let fieldSyntax = expression(.literal(.string(field)), from: start)
        try expect("from", hint: "EXTRACT is written EXTRACT(field FROM expression).")
        return [fieldSyntax, try parseExpression()]
    }

    private mutating func parsePosition() throws(SyntaxFailure) -> ([ExpressionSyntax], Bool) {
        let first = try parseExpression(Precedence.other)
        if accept("in") { return ([try parseExpression(Precedence.other), first], true) }
        var arguments = [first]
        while accept(symbol: ",") { arguments.append(try parseExpression()) }
        return (arguments, false)
    }

    private mutating func parseSubstring() throws(SyntaxFailure) -> ([ExpressionSyntax], Bool) {
        let place = position
        // SIMILAR TO would take the SIMILAR of SUBSTRING(x SIMILAR p ESCAPE e), which has no TO: it does not bind.
        let text = try parseExpression()
        if accept("similar") {
            let pattern = try parseExpression()
            try expect("escape")
            return ([text, pattern, try parseExpression()], true)
        }
        if at("from") || at("for") {
            var from: ExpressionSyntax?
            var length: ExpressionSyntax?
            while true {
                if from == nil, accept("from") {
                    from = try parseExpression()
                } else if length == nil, accept("for") {
                    length = try parseExpression()
                } else {
                    break
                }
            }
            let one = ExpressionSyntax(kind: .literal(.integer("1")), span: span(from: place))
            return ([text, from ?? one] + (length.map { [$0] } ?? []), true)
        }
        var arguments = [text]
        while accept(symbol: ",") { arguments.append(try parseExpression()) }
        return (arguments, false)
    }

    private mutating func parseTrim() throws(SyntaxFailure) -> (String, [ExpressionSyntax]) {
        let name = accept("leading") ? "ltrim" : accept("trailing") ? "rtrim" : "btrim"
        if name == "btrim" { _ = accept("both") }
        if accept("from") { return (name, try parseExpressionList()) }
        let first = try parseExpression()
        if accept("from") { return (name, [try parseExpression(), first]) }
        var arguments = [first]
        while accept(symbol: ",") { arguments.append(try parseExpression()) }
        return (name, arguments)
    }

    private mutating func parseOverlay() throws(SyntaxFailure) -> ([ExpressionSyntax], Bool) {
        var arguments = [try parseExpression()]
        guard accept("placing") else {
            while accept(symbol: ",") { arguments.append(try parseExpression()) }
            return (arguments, false)
        }
        arguments.append(try parseExpression())
        try expect("from")
        arguments.append(try parseExpression())
        if accept("for") { arguments.append(try parseExpression()) }
        return (arguments, true)
    }

    /// `FLOOR(x)`, `FLOOR(x TO DAY)`
    private mutating func parseRounding() throws(SyntaxFailure) -> ([ExpressionSyntax], Bool) {
        if at(symbol: ")") { return ([], false) }
        var arguments = [try parseExpression()]
        if accept("to") {
            let start = position
            guard token.kind == .word, let unit = Self.unit(token.text, anyForm: true) else {
                throw failure(hint: "Expected a unit such as DAY.")
            }
            advance()
            arguments.append(expression(.literal(.string(unit.rawValue)), from: start))
            return (arguments, true)
        }
        while accept(symbol: ",") { arguments.append(try parseExpression()) }
        return (arguments, false)
    }
}
