import LaminarText

extension Parser {
    mutating func parseStatement() throws(SyntaxFailure) -> StatementSyntax.Kind {
        if at(symbol: "(") { return .query(try parseQuery(allowsTail: true)) }
        guard token.kind == .word else { throw failure(hint: "Expected a statement.") }
        switch token.text {
        case "select", "with", "values", "table", "from": return .query(try parseQuery(allowsTail: true))
        case "create": return try parseCreate()
        case "insert": return .insert(try parseInsert())
        case "drop": return .drop(try parseDrop())
        case "alter": return .alter(try parseAlter())
        case "show": return .show(try parseShow())
        case "describe", "desc":
            advance()
            let isExtended = at("extended") && (peek().kind == .word || peek().kind == .quotedWord)
            if isExtended { advance() }
            return .describe(try parseName(), isExtended: isExtended)
        case "explain": return try parseExplain()
        case "checkpoint":
            advance()
            return .checkpoint
        case "restore": return try parseRestore()
        case "set": return .set(try parseSet())
        case "subscribe": return .subscribe(try parseSubscribe())
        case "update", "delete", "merge", "truncate", "begin", "commit", "rollback", "grant", "revoke", "copy",
            "use", "call", "analyze", "vacuum", "declare", "prepare", "execute":
            throw failure(.unsupported(token.text.uppercased()), at: token.span)
        default:
            throw failure(hint: hintForMisspelled(among: Self.statementWords))
        }
    }

    private mutating func parseExplain() throws(SyntaxFailure) -> StatementSyntax.Kind {
        advance()
        let isAnalyze = accept("analyze")
        let start = position
        if at("explain") { throw failure(hint: "EXPLAIN takes a query or a CREATE statement.") }
        let kind = try parseStatement()
        return .explain(StatementSyntax(kind: kind, span: span(from: start)), isAnalyze: isAnalyze)
    }

    /// `SET name[.name]... | 'name' {= | TO} [INTERVAL] 'value' | DEFAULT`
    private mutating func parseSet() throws(SyntaxFailure) -> SetSyntax {
        advance()
        var set = SetSyntax(name: "", nameSpan: token.span, value: nil, valueSpan: token.span)
        repeat {
            guard token.kind == .word || token.kind == .quotedWord || token.kind == .string else {
                throw failure(hint: "Expected the name of a setting, such as SET 'state.ttl' = '1 day'.")
            }
            set.name += (set.name.isEmpty ? "" : ".") + token.text
            set.nameSpan = Span(set.nameSpan.lower, token.span.upper)
            advance()
        } while accept(symbol: ".")
        if !accept("to") { try expect(symbol: "=") }
        if accept("default") { return set }
        _ = accept("interval")
        guard token.kind == .string else { throw failure(hint: "Expected a value in quotes, or DEFAULT.") }
        set.value = token.text
        set.valueSpan = token.span
        advance()
        return set
    }

    private mutating func parseRestore() throws(SyntaxFailure) -> StatementSyntax.Kind {
        advance()
        try expect("from")
        try expect("checkpoint")
        switch token.kind {
        case .integer, .string, .word, .quotedWord, .duration: break
        default: throw failure(hint: "Expected the id of a checkpoint.")
        }
        let checkpoint = token.text
        let span = token.span
        advance()
        return .restore(checkpoint: checkpoint, span)
    }

    private mutating func parseSubscribe() throws(SyntaxFailure) -> SubscribeSyntax {
        advance()
        _ = accept("to")
        var subscribe = SubscribeSyntax(name: try parseName(), filter: nil, epoch: nil)
        if accept("where") { subscribe.filter = try parseExpression() }
        if accept("as") {
            try expect("of")
            try expect("epoch")
            subscribe.epoch = try parseExpression()
        }
        return subscribe
    }

    private mutating func parseInsert() throws(SyntaxFailure) -> InsertSyntax {
        advance()
        let overwrite = at("overwrite") ? token.span : nil
        if accept("overwrite") { _ = accept("into") } else { try expect("into") }
        let name = try parseName()
        let partition = accept("partition") ? try parseOptions() : []
        let columns = at(symbol: "(") && !startsQuery(at: 1) ? try parseIdentifierList() : []
        return InsertSyntax(
            name: name, overwrite: overwrite, partition: partition, columns: columns,
            query: try parseQuery(allowsTail: true))
    }

    // MARK: Kinds of objects

    private mutating func parseObjectKind() throws(SyntaxFailure) -> ObjectKindSyntax {
        if accept("source") { return .source }
        if accept("table") { return .table }
        if accept("lookup", "table") { return .lookupTable }
        if accept("stream") { return .stream }
        if accept("view") { return .view }
        if accept("materialized", "view") { return .materializedView }
        if accept("continuous", "query") { return .continuousQuery }
        if accept("sink") { return .sink }
        for kind in ["index", "function", "schema", "database", "type", "connection", "user", "aggregate", "secret"]
        where at(kind) {
            throw failure(.unsupported(kind.uppercased()), at: token.span)
        }
        if at("lookup") || at("materialized") || at("continuous") {
            advance()
        }
        throw failure(
            hint: hintForMisspelled(among: [
                "source", "table", "lookup", "stream", "view", "materialized", "continuous", "sink", "query",
            ]) ?? "Expected SOURCE, TABLE, LOOKUP TABLE, STREAM, VIEW, MATERIALIZED VIEW or SINK.")
    }

    private mutating func parseDrop() throws(SyntaxFailure) -> DropSyntax {
        advance()
        var drop = DropSyntax(
            kind: try parseObjectKind(), ifExists: accept("if", "exists"), names: [], isCascade: false)
        repeat { drop.names.append(try parseName()) } while accept(symbol: ",")
        drop.isCascade = accept("cascade")
        if !drop.isCascade { _ = accept("restrict") }
        return drop
    }

    private mutating func parseAlter() throws(SyntaxFailure) -> AlterSyntax {
        advance()
        let kind = try parseObjectKind()
        let name = try parseName()
        if accept("add") {
            _ = accept("column")
            return AlterSyntax(kind: kind, name: name, action: .addColumn(try parseColumn(needsType: true)))
        }
        if accept("set") { return AlterSyntax(kind: kind, name: name, action: .set(try parseOptions())) }
        throw failure(hint: "Expected ADD COLUMN or SET.")
    }

    private mutating func parseShow() throws(SyntaxFailure) -> ShowSyntax {
        advance()
        if accept("sources") { return .sources }
        if accept("tables") { return .tables }
        if accept("streams") { return .streams }
        if accept("views") { return .views }
        if accept("materialized", "views") { return .materializedViews }
        if accept("sinks") { return .sinks }
        if accept("queries") { return .queries }
        if accept("checkpoint", "status") { return .checkpointStatus }
        if accept("create") {
            let kind = try parseObjectKind()
            return .create(kind, try parseName())
        }
        throw failure(
            hint: hintForMisspelled(among: [
                "sources", "tables", "streams", "views", "materialized", "sinks", "queries",
            ])
                ?? "Expected SOURCES, TABLES, STREAMS, VIEWS, MATERIALIZED VIEWS, SINKS, QUERIES, CREATE or CHECKPOINT "
                + "STATUS.")
    }

    // MARK: CREATE

    private mutating func parseCreate() throws(SyntaxFailure) -> StatementSyntax.Kind {
        advance()
        let isOrReplace = accept("or", "replace")
        var modifier: IdentifierSyntax?
        if at("local") || at("temporary") || at("temp") {
            modifier = takeIdentifier()
            if modifier?.text == "temp" { modifier?.text = "temporary" }
        }
        if modifier == nil, at("function") || at("aggregate") { return try parseCreateFunction(isOrReplace: isOrReplace) }
        let kind = try parseObjectKind()
        let ifNotExists = accept("if", "not", "exists")
        if token.kind != .word && token.kind != .quotedWord {
            throw failure(hint: "Expected the name of the \(kind.words).")
        }
        let name = try parseName()
        switch kind {
        case .source, .table, .lookupTable:
            var source = CreateSourceSyntax(
                kind: kind, isOrReplace: isOrReplace, modifier: modifier, ifNotExists: ifNotExists, name: name,
                columns: TableElementsSyntax(span: token.span), appendOnly: nil, connector: nil, format: nil,
                options: [], query: nil)
            if at(symbol: "(") { source.columns = try parseTableElements(needsTypes: true) }
            try parseSourceClauses(&source)
            return .createSource(source)
        case .stream, .view, .materializedView, .continuousQuery:
            let columns = at(symbol: "(") ? try parseIdentifierList() : []
            let options = accept("with") ? try parseOptions() : []
            try expect("as", hint: "Expected AS and a query.")
            return .createView(
                CreateViewSyntax(
                    kind: kind, isOrReplace: isOrReplace, modifier: modifier, ifNotExists: ifNotExists, name: name,
                    columns: columns, options: options, query: try parseQuery(allowsTail: true)))
        case .sink:
            if let modifier { throw failure(.unexpected(modifier.text), at: modifier.span) }
            var sink = CreateSinkSyntax(
                isOrReplace: isOrReplace, ifNotExists: ifNotExists, name: name, columns: nil, input: .none,
                connector: nil, format: nil, options: [])
            if at(symbol: "(") { sink.columns = try parseTableElements(needsTypes: false) }
            try parseSinkClauses(&sink)
            return .createSink(sink)
        }
    }

    private mutating func parseSourceClauses(_ source: inout CreateSourceSyntax) throws(SyntaxFailure) {
        var seen: Set<String> = []
        while !at(symbol: ";"), !atEnd {
            let start = position
            guard token.kind == .word, seen.insert(token.text).inserted else {
                if token.kind == .word, ["append", "from", "format", "with", "as"].contains(token.text) {
                    throw failure(.duplicateClause(token.text.uppercased()), at: token.span)
                }
                throw failure()
            }
            if accept("append", "only") {
                source.appendOnly = span(from: start)
            } else if accept("from") {
                source.connector = try parseConnector(from: start)
            } else if accept("format") {
                source.format = try parseFormat(from: start)
            } else if accept("with") {
                source.options = try parseOptions()
            } else if accept("as") {
                source.query = try parseQuery(allowsTail: true)
            } else {
                throw failure(
                    hint: hintForMisspelled(among: ["append", "from", "format", "with", "as"])
                        ?? "Expected APPEND ONLY, FROM connector (...), FORMAT or WITH (...).")
            }
        }
    }

    private mutating func parseSinkClauses(_ sink: inout CreateSinkSyntax) throws(SyntaxFailure) {
        var seen: Set<String> = []
        while !at(symbol: ";"), !atEnd {
            let start = position
            // FROM and AS both say where the rows come from.
            let clause = token.text == "as" ? "from" : token.text
            guard token.kind == .word, seen.insert(clause).inserted else {
                if token.kind == .word, ["from", "as", "into", "format", "with"].contains(token.text) {
                    throw failure(.duplicateClause(token.text.uppercased()), at: token.span)
                }
                throw failure()
            }
            if accept("from") {
                let name = try parseName()
                sink.input = .relation(name, filter: accept("where") ? try parseExpression() : nil)
            } else if accept("as") {
                sink.input = .query(try parseQuery(allowsTail: true))
            } else if accept("into") {
                sink.connector = try parseConnector(from: start)
            } else if accept("format") {
                sink.format = try parseFormat(from: start)
            } else if accept("with") {
                sink.options = try parseOptions()
            } else {
                throw failure(
                    hint: hintForMisspelled(among: ["from", "as", "into", "format", "with"])
                        ?? "Expected FROM relation, AS query, INTO connector (...), FORMAT or WITH (...).")
            }
        }
    }

    private mutating func parseConnector(from start: Int) throws(SyntaxFailure) -> ConnectorSyntax {
        let name = try parseIdentifier()
        let options = try parseOptions()
        return ConnectorSyntax(name: name, options: options, span: span(from: start))
    }

    private mutating func parseFormat(from start: Int) throws(SyntaxFailure) -> FormatSyntax {
        var format = FormatSyntax(name: try parseIdentifier(), encoding: nil, options: [], span: token.span)
        if accept("encode") { format.encoding = try parseIdentifier() }
        // The WITH behind the format is the format's own; a second one is the statement's.
        if at(symbol: "(") {
            format.options = try parseOptions()
        } else if at("with"), peekIsSymbol(1, "(") {
            advance()
            format.options = try parseOptions()
        }
        format.span = span(from: start)
        return format
    }
}
