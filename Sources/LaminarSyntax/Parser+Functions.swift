import LaminarText

extension Parser {
    /// `CREATE [OR REPLACE] FUNCTION | AGGREGATE name ([name] type, ...) RETURNS type`, then clauses in any order.
    mutating func parseCreateFunction(isOrReplace: Bool) throws(SyntaxFailure) -> StatementSyntax.Kind {
        let isAggregate = at("aggregate")
        advance()
        guard token.kind == .word || token.kind == .quotedWord else {
            throw failure(hint: "Expected the name of the \(isAggregate ? "aggregate" : "function").")
        }
        var function = CreateFunctionSyntax(
            isAggregate: isAggregate, isOrReplace: isOrReplace, name: try parseName(), arguments: [], result: nil,
            clauses: [], body: nil)
        try expect(symbol: "(")
        if !at(symbol: ")") {
            repeat { function.arguments.append(try parseFunctionArgument()) } while accept(symbol: ",")
        }
        try expect(symbol: ")")
        if at(symbol: "(") {
            throw failure(
                .unsupported("an aggregate of SQL functions"), at: token.span)
        }
        try expect("returns", hint: "Expected RETURNS and the type of the result.")
        function.result = try parseType()
        while !at(symbol: ";"), !atEnd { try parseFunctionClause(&function) }
        return .createFunction(function)
    }

    private mutating func parseFunctionArgument() throws(SyntaxFailure) -> TypeSyntax {
        // A word in front of a type is the argument's name, which only documents it.
        let isTypeOfSeveralWords = ["double", "character", "timestamp", "time", "national", "interval"].contains(token.text)
        let isName = token.kind == .quotedWord || token.kind == .word && !isTypeOfSeveralWords
        if isName, peek().kind == .word || peek().kind == .quotedWord { advance() }
        return try parseType()
    }

    private mutating func parseFunctionClause(_ function: inout CreateFunctionSyntax) throws(SyntaxFailure) {
        let start = position
        func clause(_ kind: CreateFunctionSyntax.Clause.Kind, _ parser: Parser) -> CreateFunctionSyntax.Clause {
            CreateFunctionSyntax.Clause(kind: kind, span: parser.span(from: start))
        }
        if accept("language") {
            guard token.kind == .word || token.kind == .quotedWord || token.kind == .string else {
                throw failure(hint: "Expected LANGUAGE SWIFT.")
            }
            let language = token.text.lowercased()
            advance()
            function.clauses.append(clause(.language(language), self))
        } else if accept("immutable") {
            function.clauses.append(clause(.immutable, self))
        } else if accept("stable") || accept("volatile") {
            function.clauses.append(clause(.changing, self))
        } else if accept("strict") {
            function.clauses.append(clause(.strict, self))
        } else if at("called", "on", "null") {
            for _ in 0..<3 { advance() }
            try expect("input")
            function.clauses.append(clause(.calledOnNull, self))
        } else if at("returns", "null", "on") {
            for _ in 0..<3 { advance() }
            try expect("null")
            try expect("input")
            function.clauses.append(clause(.strict, self))
        } else if accept("retractable") {
            function.clauses.append(clause(.retractable, self))
        } else if accept("as") {
            let place = token.span
            function.body = (try parseString(), place)
        } else {
            throw failure(
                hint: "Expected LANGUAGE SWIFT, IMMUTABLE, STRICT, CALLED ON NULL INPUT, RETRACTABLE or AS 'name in Swift'.")
        }
    }
}
