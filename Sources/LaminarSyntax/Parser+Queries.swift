import LaminarText

extension Parser {
    /// A query with WITH, ORDER BY and LIMIT, and for the outermost one the streaming tail.
    mutating func parseQuery(allowsTail: Bool = false) throws(SyntaxFailure) -> QuerySyntax {
        try enter(3)
        defer { leave(3) }
        let start = position
        let with = at("with") ? try parseWith() : nil
        let body = try parseQueryBody()
        var query = QuerySyntax(
            with: with, body: body, orderBy: [], limit: nil, offset: nil, withTies: nil, tail: nil, span: body.span)
        try parseQueryEnd(&query)
        if allowsTail { query.tail = try parseTail() }
        query.span = span(from: start)
        return query
    }

    private mutating func parseWith() throws(SyntaxFailure) -> WithSyntax {
        let start = position
        advance()
        let isRecursive = accept("recursive")
        var queries: [CommonTableSyntax] = []
        repeat {
            let tableStart = position
            let name = try parseIdentifier()
            let columns = at(symbol: "(") ? try parseIdentifierList() : []
            try expect("as")
            if !accept("materialized") { _ = accept("not", "materialized") }
            try expect(symbol: "(")
            let query = try parseQuery()
            try expect(symbol: ")")
            queries.append(
                CommonTableSyntax(name: name, columns: columns, query: query, span: span(from: tableStart)))
        } while accept(symbol: ",")
        return WithSyntax(isRecursive: isRecursive, queries: queries, span: span(from: start))
    }

    /// ORDER BY, LIMIT, OFFSET and FETCH, the latter three in any order.
    private mutating func parseQueryEnd(_ query: inout QuerySyntax) throws(SyntaxFailure) {
        if at("order") { query.orderBy = try parseOrderBy() }
        var hasLimit = false
        while true {
            if at("limit") || at("fetch") {
                if hasLimit { throw failure(.duplicateClause("LIMIT"), at: token.span) }
                hasLimit = true
                if accept("limit") {
                    query.limit = accept("all") ? nil : try parseExpression()
                } else {
                    try parseFetch(&query)
                }
            } else if at("offset") {
                if query.offset != nil { throw failure(.duplicateClause("OFFSET"), at: token.span) }
                advance()
                query.offset = try parseExpression()
                if !accept("rows") { _ = accept("row") }
            } else {
                return
            }
        }
    }

    /// `FETCH FIRST [n] ROWS ONLY | WITH TIES`
    private mutating func parseFetch(_ query: inout QuerySyntax) throws(SyntaxFailure) {
        let start = position
        advance()
        guard accept("first") || accept("next") else { throw failure(hint: "Expected FIRST or NEXT.") }
        if at("row") || at("rows") {
            query.limit = ExpressionSyntax(kind: .literal(.integer("1")), span: span(from: start))
        } else {
            query.limit = try parseExpression(Precedence.unary)
        }
        guard accept("row") || accept("rows") else { throw failure(hint: "Expected ROWS.") }
        let endStart = position
        if accept("with", "ties") {
            query.withTies = span(from: endStart)
        } else {
            try expect("only", hint: "Expected ONLY or WITH TIES.")
        }
    }

    // MARK: Bodies

    /// SELECTs combined by set operations; INTERSECT binds tighter than UNION and EXCEPT.
    private mutating func parseQueryBody(_ minimum: Int = 1) throws(SyntaxFailure) -> QueryBodySyntax {
        let start = position
        let outerHeight = childHeight
        childHeight = 0
        var left = try parseQueryPrimary()
        while let (operation, precedence) = setOperation(), precedence >= minimum {
            let operationSpan = token.span
            advance()
            let isAll = accept("all")
            if !isAll { _ = accept("distinct") }
            let right = try parseQueryBody(precedence + 1)
            let node = SetOperationSyntax(
                operation: operation, operationSpan: operationSpan, isAll: isAll, left: left, right: right)
            left = QueryBodySyntax(kind: .setOperation(node), span: span(from: start))
            try growHeight()
        }
        childHeight = max(outerHeight, childHeight)
        return left
    }

    private func setOperation() -> (SetOperationSyntax.Operation, Int)? {
        if at("union") { return (.union, 1) }
        if at("except") { return (.except, 1) }
        if at("intersect") { return (.intersect, 2) }
        return nil
    }

    private mutating func parseQueryPrimary() throws(SyntaxFailure) -> QueryBodySyntax {
        let start = position
        let kind: QueryBodySyntax.Kind
        if at("select") {
            kind = .select(try parseSelect())
        } else if at("values") {
            kind = .values(try parseValues())
        } else if accept("table") {
            kind = .table(try parseName())
        } else if at("from") {
            // DuckDB's `FROM t` is `SELECT * FROM t`.
            let star = SelectItemSyntax(
                expression: ExpressionSyntax(kind: .star(nil), span: token.span), alias: nil, span: token.span)
            kind = .select(try parseSelectEnd([star], distinct: nil))
        } else if at(symbol: "(") {
            advance()
            let query = try parseQuery()
            try expect(symbol: ")")
            kind = .nested(query)
        } else {
            throw failure(hint: hintForMisspelled(among: ["select", "values", "with"]) ?? "Expected a query.")
        }
        return QueryBodySyntax(kind: kind, span: span(from: start))
    }

    private mutating func parseValues() throws(SyntaxFailure) -> [[ExpressionSyntax]] {
        advance()
        var rows: [[ExpressionSyntax]] = []
        repeat {
            let checkpoint = checkpoint
            do {
                try expect(symbol: "(")
                let row = try parseExpressionList()
                try expect(symbol: ")")
                rows.append(row)
            } catch {
                _ = try recover(checkpoint, stopsAtClauses: true)
            }
        } while accept(symbol: ",")
        return rows
    }

    // MARK: SELECT

    private mutating func parseSelect() throws(SyntaxFailure) -> SelectSyntax {
        advance()
        let distinct = try parseDistinct()
        return try parseSelectEnd(isAtEndOfSelectList ? [] : try parseSelectItems(), distinct: distinct)
    }

    /// FROM and what follows it.
    private mutating func parseSelectEnd(
        _ items: [SelectItemSyntax], distinct: DistinctSyntax?
    ) throws(SyntaxFailure) -> SelectSyntax {
        var select = SelectSyntax(
            distinct: distinct, items: items, from: [], filter: nil, groupBy: nil, having: nil, windows: [],
            qualify: nil)
        if accept("from") {
            repeat { select.from.append(try parseTable()) } while accept(symbol: ",")
        }
        if accept("where") { select.filter = try parseClause() }
        if at("group") { select.groupBy = try parseGroupBy() }
        if accept("having") { select.having = try parseClause() }
        if accept("window") {
            repeat {
                let start = position
                let name = try parseIdentifier()
                try expect("as")
                let window = try parseWindow()
                select.windows.append(NamedWindowSyntax(name: name, window: window, span: span(from: start)))
            } while accept(symbol: ",")
        }
        if accept("qualify") { select.qualify = try parseClause() }
        return select
    }

    /// A SELECT list may be empty, as in `EXISTS (SELECT FROM t)`.
    private var isAtEndOfSelectList: Bool {
        at("from") || at("where") || at("union") || at(symbol: ")") || at(symbol: ";") || atEnd
    }

    private mutating func parseDistinct() throws(SyntaxFailure) -> DistinctSyntax? {
        let start = position
        if accept("all") { return nil }
        guard accept("distinct") else { return nil }
        guard at("on"), peekIsSymbol(1, "(") else { return .distinct(span(from: start)) }
        advance()
        advance()
        let keys = try parseExpressionList()
        try expect(symbol: ")")
        return .on(keys, span(from: start))
    }

    private mutating func parseSelectItems() throws(SyntaxFailure) -> [SelectItemSyntax] {
        var items: [SelectItemSyntax] = []
        repeat {
            let checkpoint = checkpoint
            do {
                items.append(try parseSelectItem())
            } catch {
                let span = try recover(checkpoint, stopsAtClauses: true)
                let invalid = ExpressionSyntax(kind: .invalid, span: span)
                items.append(SelectItemSyntax(expression: invalid, alias: nil, span: span))
            }
            // As in DuckDB the last item may be followed by a comma.
            if at(symbol: ","), peekIsWord(1, "from") {
                advance()
                break
            }
        } while accept(symbol: ",")
        return items
    }

    private mutating func parseSelectItem() throws(SyntaxFailure) -> SelectItemSyntax {
        let start = position
        let value: ExpressionSyntax
        if accept(symbol: "*") {
            value = expression(.star(nil), from: start)
        } else {
            value = try parseExpression()
        }
        var alias: IdentifierSyntax?
        if accept("as") {
            // Calcite's users quote an alias like a string.
            alias = token.kind == .string ? takeIdentifier() : try parseLabel()
        } else if atBareLabel {
            alias = takeIdentifier()
        }
        guard isAtEndOfItem else { throw failure(hint: hintForTrailingToken()) }
        return SelectItemSyntax(expression: value, alias: alias, span: span(from: start))
    }

    private var isAtEndOfItem: Bool {
        switch token.kind {
        case .end: true
        case .symbol: token.text == "," || token.text == ")" || token.text == ";"
        case .word: Self.clauseWords.contains(token.text) || token.text == "format"
        default: false
        }
    }

    /// Whether the word here is an output name without AS.
    private var atBareLabel: Bool {
        if token.kind == .quotedWord { return true }
        return token.kind == .word && token.reservation != .full && !Reservation.needsAs.contains(token.text)
            && !startsClauseOfStatement
    }

    /// Whether an unreserved word here begins a clause of the statement around the query.
    var startsClauseOfStatement: Bool {
        switch token.text {
        case "emit":
            peek().kind == .word && peek().reservation == .none
                || peekIsWord(1, "on") && peekIsWord(2, "window", "watermark", "update")
        case "allow": peekIsWord(1, "lateness")
        case "late": peekIsWord(1, "data")
        case "format": peek().kind == .word && peek().reservation == .none
        default: false
        }
    }

    /// The expression of a clause; after an error in it parsing goes on with the next clause.
    private mutating func parseClause() throws(SyntaxFailure) -> ExpressionSyntax {
        let checkpoint = checkpoint
        do {
            let value = try parseExpression()
            guard isAtEndOfItem else { throw failure(hint: hintForTrailingToken()) }
            return value
        } catch {
            let span = try recover(checkpoint, stopsAtClauses: true)
            return ExpressionSyntax(kind: .invalid, span: span)
        }
    }

    // MARK: GROUP BY

    private mutating func parseGroupBy() throws(SyntaxFailure) -> GroupBySyntax {
        let start = position
        advance()
        try expect("by")
        var groupBy = GroupBySyntax(distinct: nil, items: [], span: token.span)
        if at("distinct") {
            groupBy.distinct = token.span
            advance()
        } else {
            _ = accept("all")
        }
        repeat {
            let checkpoint = checkpoint
            do {
                let item = try parseGroupingItem()
                guard isAtEndOfItem else { throw failure(hint: hintForTrailingToken()) }
                groupBy.items.append(item)
            } catch {
                let span = try recover(checkpoint, stopsAtClauses: true)
                let invalid = ExpressionSyntax(kind: .invalid, span: span)
                groupBy.items.append(GroupingItemSyntax(kind: .expression(invalid), span: span))
            }
        } while accept(symbol: ",")
        groupBy.span = span(from: start)
        return groupBy
    }

    private mutating func parseGroupingItem() throws(SyntaxFailure) -> GroupingItemSyntax {
        try enter()
        defer { leave() }
        let start = position
        let kind: GroupingItemSyntax.Kind
        if at(symbol: "("), peekIsSymbol(1, ")") {
            advance()
            advance()
            kind = .empty
        } else if at("rollup") || at("cube"), peekIsSymbol(1, "(") {
            let isRollup = at("rollup")
            advance()
            advance()
            let levels = try parseExpressionList()
            try expect(symbol: ")")
            kind = isRollup ? .rollup(levels) : .cube(levels)
        } else if at("grouping", "sets") {
            advance()
            advance()
            try expect(symbol: "(")
            try growHeight()
            var sets: [GroupingItemSyntax] = []
            repeat { sets.append(try parseGroupingItem()) } while accept(symbol: ",")
            try expect(symbol: ")")
            kind = .groupingSets(sets)
        } else {
            kind = .expression(try parseExpression())
        }
        return GroupingItemSyntax(kind: kind, span: span(from: start))
    }

    // MARK: ORDER BY and windows

    /// `ORDER BY a DESC NULLS LAST, b`
    mutating func parseOrderBy() throws(SyntaxFailure) -> [SortItemSyntax] {
        try expect("order")
        try expect("by")
        var items: [SortItemSyntax] = []
        repeat {
            let start = position
            let value: ExpressionSyntax
            if accept("all") {
                value = expression(.star(nil), from: start)
            } else {
                value = try parseExpression()
            }
            var item = SortItemSyntax(expression: value, isDescending: false, nullsFirst: nil, span: value.span)
            if accept("desc") { item.isDescending = true } else { _ = accept("asc") }
            if accept("nulls") {
                item.nullsFirst = at("first")
                guard accept("first") || accept("last") else { throw failure(hint: "Expected FIRST or LAST.") }
            }
            item.span = span(from: start)
            items.append(item)
        } while accept(symbol: ",")
        return items
    }

    /// `([base] [PARTITION BY ...] [ORDER BY ...] [frame])`
    mutating func parseWindow() throws(SyntaxFailure) -> WindowSyntax {
        try enter()
        defer { leave() }
        let start = position
        try expect(symbol: "(")
        var window = WindowSyntax(base: nil, partitionBy: [], orderBy: [], frame: nil, span: token.span)
        if atIdentifier, !at("partition", "by"), frameUnit() == nil { window.base = takeIdentifier() }
        if accept("partition", "by") { window.partitionBy = try parseExpressionList() }
        if at("order") { window.orderBy = try parseOrderBy() }
        if let unit = frameUnit() { window.frame = try parseFrame(unit) }
        try expect(symbol: ")")
        window.span = span(from: start)
        return window
    }

    private func frameUnit() -> FrameSyntax.Unit? {
        if at("rows") { return .rows }
        if at("range") { return .range }
        if at("groups") { return .groups }
        return at("session", "with", "gap") ? .session : nil
    }

    private mutating func parseFrame(_ unit: FrameSyntax.Unit) throws(SyntaxFailure) -> FrameSyntax {
        let start = position
        advance()
        var frame = FrameSyntax(unit: unit, start: .currentRow, end: nil, exclusion: nil, span: token.span)
        if unit == .session {
            advance()
            advance()
            frame.start = .preceding(try parseExpression())
        } else if accept("between") {
            frame.start = try parseFrameBound()
            try expect("and")
            frame.end = try parseFrameBound()
        } else {
            frame.start = try parseFrameBound()
        }
        if accept("exclude") {
            if accept("current", "row") {
                frame.exclusion = .currentRow
            } else if accept("group") {
                frame.exclusion = .group
            } else if accept("ties") {
                frame.exclusion = .ties
            } else if accept("no", "others") {
                frame.exclusion = .noOthers
            } else {
                throw failure(hint: "Expected CURRENT ROW, GROUP, TIES or NO OTHERS.")
            }
        }
        frame.span = span(from: start)
        return frame
    }

    private mutating func parseFrameBound() throws(SyntaxFailure) -> FrameSyntax.Bound {
        if accept("current", "row") { return .currentRow }
        if accept("unbounded", "preceding") { return .unboundedPreceding }
        if accept("unbounded", "following") { return .unboundedFollowing }
        let offset = try parseExpression(Precedence.test)
        if accept("preceding") { return .preceding(offset) }
        if accept("following") { return .following(offset) }
        throw failure(hint: "Expected PRECEDING or FOLLOWING.")
    }

    // MARK: The streaming tail

    /// `[ALLOW LATENESS i] [LATE DATA TO name] [EMIT ...]`, in any order, each once.
    private mutating func parseTail() throws(SyntaxFailure) -> TailSyntax? {
        let start = position
        var tail = TailSyntax(allowLateness: nil, lateDataTo: nil, emit: nil, span: token.span)
        while true {
            let place = token.span
            if accept("allow", "lateness") {
                if tail.allowLateness != nil { throw failure(.duplicateClause("ALLOW LATENESS"), at: place) }
                tail.allowLateness = try parseDuration()
            } else if accept("late", "data") {
                if tail.lateDataTo != nil { throw failure(.duplicateClause("LATE DATA TO"), at: place) }
                try expect("to")
                tail.lateDataTo = try parseName()
            } else if at("emit") {
                if tail.emit != nil { throw failure(.duplicateClause("EMIT"), at: place) }
                tail.emit = try parseEmit()
            } else {
                break
            }
        }
        guard position > start else { return nil }
        tail.span = span(from: start)
        return tail
    }

    private mutating func parseEmit() throws(SyntaxFailure) -> EmitSyntax {
        let start = position
        advance()
        let kind: EmitSyntax.Kind
        if accept("on", "window", "close") {
            kind = .onWindowClose
        } else if accept("on", "watermark") || accept("after", "watermark") {
            kind = .afterWatermark
        } else if accept("on", "update") {
            kind = .onUpdate
        } else if accept("changes") {
            kind = .changes
        } else if accept("final") {
            kind = .final
        } else if accept("every") || accept("periodically") || accept("periodic") {
            kind = .every(try parseDuration())
        } else {
            throw failure(
                hint: hintForMisspelled(among: ["changes", "final", "every", "periodically"])
                    ?? "Expected ON WINDOW CLOSE, AFTER WATERMARK, ON UPDATE, CHANGES, EVERY interval or FINAL.")
        }
        return EmitSyntax(kind: kind, span: span(from: start))
    }
}
