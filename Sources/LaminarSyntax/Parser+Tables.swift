import LaminarText

extension Parser {
    /// An element of FROM: a table with all joins behind it.
    mutating func parseTable() throws(SyntaxFailure) -> TableSyntax {
        let start = position
        let outerHeight = childHeight
        childHeight = 0
        var left = try parseTablePrimary()
        while joinStarts { left = try parseJoin(left, from: start) }
        childHeight = max(outerHeight, childHeight)
        return left
    }

    // MARK: Joins

    private var joinStarts: Bool {
        guard token.kind == .word else { return false }
        switch token.text {
        case "join", "inner", "left", "right", "full", "cross", "natural": return true
        case "semi", "anti": return peekIsWord(1, "join")
        case "asof": return peekIsWord(1, "join", "left", "inner", "right", "full", "semi", "anti")
        case "temporal": return peekIsWord(1, "probe")
        default: return false
        }
    }

    private mutating func parseJoin(_ left: TableSyntax, from start: Int) throws(SyntaxFailure) -> TableSyntax {
        try growHeight()
        let operatorStart = position
        let isNatural = accept("natural")
        // DuckDB, RisingWave: ASOF LEFT JOIN; Feldera: LEFT ASOF JOIN.
        let isAsofBehind = peekIsWord(1, "asof")
        let isAsof = accept("asof") || isAsofBehind
        let isProbe = accept("temporal", "probe")
        let kind = parseJoinKind()
        if isAsofBehind { try expect("asof") }
        try expect("join")
        let operatorSpan = span(from: operatorStart)
        let rightStart = position
        var join = JoinSyntax(
            kind: kind, left: left, right: try parseTablePrimary(), condition: isNatural ? .natural : .none, asof: nil,
            probe: nil, operatorSpan: operatorSpan)
        if isProbe {
            join.probe = try parseProbe()
        } else {
            if isAsof { join.asof = AsofSyntax(matchCondition: nil, tolerance: nil, span: operatorSpan) }
            if isAsof, accept("match_condition") { join.asof?.matchCondition = try parseMatchCondition() }
            if kind != .cross, !isNatural { try parseJoinCondition(&join, rightStart: rightStart) }
            if isAsof, accept("tolerance") { join.asof?.tolerance = try parseDuration() }
        }
        return TableSyntax(kind: .join(join), alias: nil, span: span(from: start))
    }

    private mutating func parseJoinKind() -> JoinSyntax.Kind {
        if accept("inner") { return .inner }
        if accept("cross") { return .cross }
        let isLeft = accept("left")
        if accept("semi") { return .semi }
        if accept("anti") { return .anti }
        let kind: JoinSyntax.Kind
        if isLeft {
            kind = .left
        } else if accept("right") {
            kind = .right
        } else if accept("full") {
            kind = .full
        } else {
            return .inner
        }
        _ = accept("outer")
        return kind
    }

    private mutating func parseJoinCondition(_ join: inout JoinSyntax, rightStart: Int) throws(SyntaxFailure) {
        // `a JOIN b JOIN c ON .. ON ..`: the inner join belongs to the right side.
        var depth = 0
        defer { for _ in 0..<depth { leave() } }
        while joinStarts {
            // A join without a condition before another join: only the nested form makes sense of it.
            if join.asof?.matchCondition != nil { return }
            try enter()
            depth += 1
            join.right = try parseJoin(join.right, from: rightStart)
        }
        if accept("on") {
            join.condition = .on(try parseExpression())
        } else if accept("using") {
            let columns = try parseIdentifierList()
            let alias = accept("as") ? try parseIdentifier() : nil
            join.condition = .using(columns, alias: alias)
        } else if join.asof?.matchCondition == nil {
            throw failure(
                hint: hintForMisspelled(among: ["on", "using", "join"])
                    ?? "A join needs ON condition or USING (columns); without one write CROSS JOIN.")
        }
    }

    private mutating func parseMatchCondition() throws(SyntaxFailure) -> ExpressionSyntax {
        try expect(symbol: "(", hint: "MATCH_CONDITION takes a condition in parentheses.")
        let condition = try parseExpression()
        try expect(symbol: ")")
        return condition
    }

    /// `ON (k, ...) TIMESTAMPS (l.ts, r.ts) RANGE FROM a TO b STEP c | LIST (a, ...) AS p`
    private mutating func parseProbe() throws(SyntaxFailure) -> TemporalProbeSyntax {
        let start = position
        try expect("on", hint: "A temporal probe join is written ON (key) TIMESTAMPS (left.ts, right.ts) ...")
        try expect(symbol: "(")
        let keys = try parseExpressionList()
        try expect(symbol: ")")
        try expect("timestamps")
        try expect(symbol: "(")
        let leftTime = try parseExpression()
        try expect(symbol: ",")
        let rightTime = try parseExpression()
        try expect(symbol: ")")
        let offsets: TemporalProbeSyntax.Offsets
        if accept("range") {
            try expect("from")
            let from = try parseExpression()
            try expect("to")
            let to = try parseExpression()
            try expect("step")
            offsets = .range(from: from, to: to, step: try parseExpression())
        } else if accept("list") {
            try expect(symbol: "(")
            offsets = .list(try parseExpressionList())
            try expect(symbol: ")")
        } else {
            throw failure(hint: "Expected RANGE FROM offset TO offset STEP interval, or LIST (offsets).")
        }
        try expect("as")
        let alias = try parseIdentifier()
        return TemporalProbeSyntax(
            keys: keys, leftTime: leftTime, rightTime: rightTime, offsets: offsets, alias: alias,
            span: span(from: start))
    }

    // MARK: Tables

    private mutating func parseTablePrimary() throws(SyntaxFailure) -> TableSyntax {
        try enter()
        defer { leave() }
        let start = position
        let isLateral = accept("lateral")
        var table: TableSyntax
        if at(symbol: "(") {
            table = try parseParenthesizedTable(isLateral: isLateral, from: start)
        } else if at("table"), peekIsSymbol(1, "(") {
            table = try parseWrappedFunction(isLateral: isLateral, from: start)
        } else if atIdentifier || token.kind == .word && token.reservation == .functionName && peekIsSymbol(1, "(") {
            table = try parseNamedTable(isLateral: isLateral, from: start)
        } else {
            throw failure(hint: hintForMissingTable())
        }
        if at("match_recognize"), peekIsSymbol(1, "(") { try skipMatchRecognize(&table) }
        table.alias = try parseTableAlias()
        if case .named(let name) = table.kind, at("for", "system_time"), table.alias != nil {
            table.kind = .versioned(name, asOf: try parseSystemTime())
        }
        table.span = span(from: start)
        return table
    }

    private func hintForMissingTable() -> String? {
        if token.kind == .word, token.reservation != .none {
            if Parser.clauseWords.contains(token.text) || token.text == "select" { return "Expected a table." }
            return "\"\(token.text)\" is a reserved word; write it in double quotes to use it as a name."
        }
        return nil
    }

    private mutating func parseParenthesizedTable(
        isLateral: Bool, from start: Int
    ) throws(SyntaxFailure) -> TableSyntax {
        if startsQuery(at: 1) {
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            return TableSyntax(kind: .query(query, isLateral: isLateral), alias: nil, span: span(from: start))
        }
        if isLateral { throw failure(hint: "LATERAL takes a subquery or a function.") }
        advance()
        let inner = try parseTable()
        try expect(symbol: ")")
        return TableSyntax(kind: .nested(inner), alias: nil, span: span(from: start))
    }

    /// `TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), ...))`
    private mutating func parseWrappedFunction(isLateral: Bool, from start: Int) throws(SyntaxFailure) -> TableSyntax {
        advance()
        advance()
        let callStart = position
        let name = try parseFunctionName()
        let call = try parseCall(name, from: callStart)
        try expect(symbol: ")")
        let function = TableFunctionSyntax(
            call: call, isLateral: isLateral, isWrapped: true, withOrdinality: accept("with", "ordinality"))
        return TableSyntax(kind: .function(function), alias: nil, span: span(from: start))
    }

    private mutating func parseFunctionName() throws(SyntaxFailure) -> NameSyntax {
        if token.kind == .word, token.reservation == .functionName, peekIsSymbol(1, "(") {
            let identifier = takeIdentifier()
            return NameSyntax(parts: [identifier], span: identifier.span)
        }
        return try parseName()
    }

    private mutating func parseNamedTable(isLateral: Bool, from start: Int) throws(SyntaxFailure) -> TableSyntax {
        let nameStart = position
        let name = try parseFunctionName()
        if at(symbol: "(") {
            let call = try parseCall(name, from: nameStart)
            let function = TableFunctionSyntax(
                call: call, isLateral: isLateral, isWrapped: false, withOrdinality: accept("with", "ordinality"))
            return TableSyntax(kind: .function(function), alias: nil, span: span(from: start))
        }
        if isLateral { throw failure(hint: "LATERAL takes a subquery or a function.") }
        if at("for", "system_time") {
            let time = try parseSystemTime()
            return TableSyntax(kind: .versioned(name, asOf: time), alias: nil, span: span(from: start))
        }
        return TableSyntax(kind: .named(name), alias: nil, span: span(from: start))
    }

    private mutating func parseSystemTime() throws(SyntaxFailure) -> ExpressionSyntax {
        advance()
        advance()
        try expect("as")
        try expect("of")
        return try parseExpression()
    }

    /// MATCH_RECOGNIZE has a grammar of its own; it is refused as a whole, with its place.
    private mutating func skipMatchRecognize(_ table: inout TableSyntax) throws(SyntaxFailure) {
        let start = position
        advance()
        guard token.match > 0 else { throw failure() }
        let end = Int(token.match)
        while position < end { advance() }
        advance()
        errors.report(.unsupported("MATCH_RECOGNIZE"), at: token(at: start).span)
        table.kind = .invalid
    }

    // MARK: Aliases

    private mutating func parseTableAlias() throws(SyntaxFailure) -> TableAliasSyntax? {
        let start = position
        if !accept("as") {
            guard atIdentifier, token.kind == .quotedWord || !startsClauseOfTable else { return nil }
        }
        let name = try parseIdentifier()
        var alias = TableAliasSyntax(name: name, columns: [], types: [], span: name.span)
        if accept(symbol: "(") {
            repeat {
                alias.columns.append(try parseIdentifier())
                if !at(symbol: ","), !at(symbol: ")") { alias.types.append(try parseType()) }
            } while accept(symbol: ",")
            guard alias.types.isEmpty || alias.types.count == alias.columns.count else {
                throw failure(hint: "Give every column of the list a type, or none.")
            }
            try expect(symbol: ")")
        }
        alias.span = span(from: start)
        return alias
    }

    /// Whether an unreserved word here continues the FROM clause or the statement, so that it is no alias.
    private var startsClauseOfTable: Bool {
        switch token.text {
        case "asof", "temporal", "semi", "anti": joinStarts
        case "match_recognize", "match_condition": peekIsSymbol(1, "(")
        case "tolerance":
            peekIsWord(1, "interval") || peek().kind == .duration || peek().kind == .integer || peek().kind == .string
        default: startsClauseOfStatement
        }
    }
}
