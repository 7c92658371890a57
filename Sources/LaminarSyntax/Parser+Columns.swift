import LaminarText

extension Parser {
    /// The parentheses of CREATE SOURCE, TABLE or SINK: columns, constraints, watermarks.
    ///
    /// - Parameter needsTypes: Whether a column must have a type or an expression; a sink's list may be bare names.
    mutating func parseTableElements(needsTypes: Bool) throws(SyntaxFailure) -> TableElementsSyntax {
        let start = position
        try expect(symbol: "(")
        var elements = TableElementsSyntax(span: token.span)
        if accept(symbol: ")") {
            elements.span = span(from: start)
            return elements
        }
        repeat {
            let checkpoint = checkpoint
            do {
                try parseTableElement(into: &elements, needsType: needsTypes)
                guard at(symbol: ",") || at(symbol: ")") else {
                    throw failure(hint: hintForMisspelled(among: Self.columnWords) ?? "Expected \",\" or \")\".")
                }
            } catch {
                _ = try recover(checkpoint, stopsAtClauses: false)
            }
        } while accept(symbol: ",")
        try expect(symbol: ")")
        elements.span = span(from: start)
        return elements
    }

    private static let columnWords = [
        "not", "null", "primary", "default", "unique", "as", "metadata", "lateness", "generated", "check", "comment",
    ]

    private mutating func parseTableElement(
        into elements: inout TableElementsSyntax, needsType: Bool
    ) throws(SyntaxFailure) {
        let start = position
        if at(symbol: "*") {
            if elements.wildcard != nil { throw failure(.duplicateClause("*"), at: token.span) }
            elements.wildcard = token.span
            return advance()
        }
        if accept("constraint") { _ = try parseIdentifier() }
        if accept("primary", "key") {
            let columns = try parseIdentifierList()
            let isEnforced = !acceptNotEnforced()
            elements.primaryKeys.append(KeySyntax(columns: columns, isEnforced: isEnforced, span: span(from: start)))
        } else if at("unique"), peekIsSymbol(1, "(") {
            advance()
            let columns = try parseIdentifierList()
            let isEnforced = !acceptNotEnforced()
            elements.uniqueKeys.append(KeySyntax(columns: columns, isEnforced: isEnforced, span: span(from: start)))
        } else if at("watermark", "for") {
            advance()
            advance()
            let column = try parseName()
            let value = accept("as") ? try parseExpression() : nil
            elements.watermarks.append(WatermarkSyntax(column: column, expression: value, span: span(from: start)))
        } else if at("check"), peekIsSymbol(1, "(") {
            elements.otherConstraints.append(try parseCheck())
        } else if accept("foreign", "key") {
            _ = try parseIdentifierList()
            elements.otherConstraints.append(try parseReferences(from: start))
        } else {
            elements.columns.append(try parseColumn(needsType: needsType, others: &elements.otherConstraints))
        }
    }

    private mutating func acceptNotEnforced() -> Bool {
        if accept("not", "enforced") { return true }
        _ = accept("enforced")
        return false
    }

    private mutating func parseCheck() throws(SyntaxFailure) -> ConstraintSyntax {
        let start = position
        advance()
        try expect(symbol: "(")
        let condition = try parseExpression()
        try expect(symbol: ")")
        return ConstraintSyntax(kind: .check(condition), span: span(from: start))
    }

    private mutating func parseReferences(from start: Int) throws(SyntaxFailure) -> ConstraintSyntax {
        try expect("references")
        let table = try parseName()
        let columns = at(symbol: "(") ? try parseIdentifierList() : []
        return ConstraintSyntax(kind: .references(table, columns), span: span(from: start))
    }

    mutating func parseColumn(needsType: Bool) throws(SyntaxFailure) -> ColumnSyntax {
        var others: [ConstraintSyntax] = []
        return try parseColumn(needsType: needsType, others: &others)
    }

    private mutating func parseColumn(
        needsType: Bool, others: inout [ConstraintSyntax]
    ) throws(SyntaxFailure) -> ColumnSyntax {
        let start = position
        var column = ColumnSyntax(
            name: try parseColumnName(), type: nil, notNull: nil, primaryKey: nil, unique: nil, defaultValue: nil,
            generated: nil, metadata: nil, lateness: nil, comment: nil, span: token.span)
        let isBare = at(symbol: ",") || at(symbol: ")")
        if isBare, needsType { throw failure(hint: "Column \"\(column.name.text)\" needs a type.") }
        if !isBare, !at("as"), !at("metadata"), !at("generated", "always") { column.type = try parseType() }
        while try parseColumnConstraint(&column, others: &others) {}
        column.span = span(from: start)
        return column
    }

    /// A column's name: also a reserved word if a type follows, as DuckDB allows for `when TIMESTAMP`.
    private mutating func parseColumnName() throws(SyntaxFailure) -> IdentifierSyntax {
        let isReserved = token.kind == .word && token.reservation != .none && token.reservation != .columnName
        if isReserved, peek().kind == .word, peek().reservation == .none || peek().reservation == .columnName {
            return takeIdentifier()
        }
        return try parseIdentifier()
    }

    /// One constraint or attribute of a column; false when none stands here.
    private mutating func parseColumnConstraint(
        _ column: inout ColumnSyntax, others: inout [ConstraintSyntax]
    ) throws(SyntaxFailure) -> Bool {
        let start = position
        if accept("constraint") { _ = try parseIdentifier() }
        if accept("not") {
            try expect("null")
            column.notNull = span(from: start)
        } else if accept("null") {
            return true
        } else if accept("primary", "key") {
            _ = acceptNotEnforced()
            column.primaryKey = span(from: start)
        } else if accept("unique") {
            column.unique = span(from: start)
        } else if accept("default") {
            column.defaultValue = try parseExpression()
        } else if accept("as") {
            column.generated = try parseExpression()
            acceptStorage()
        } else if accept("generated", "always", "as") {
            column.generated = try parseExpression()
            acceptStorage()
        } else if accept("metadata") {
            let key = accept("from") ? try parseString() : nil
            let isVirtual = accept("virtual")
            column.metadata = MetadataSyntax(key: key, isVirtual: isVirtual, span: span(from: start))
        } else if accept("lateness") {
            column.lateness = try parseDuration()
        } else if accept("comment") {
            column.comment = try parseString()
        } else if accept("collate") {
            let name = try parseName()
            guard ["c", "C", "posix", "POSIX", "default", "ucs_basic"].contains(name.last.text) else {
                throw failure(.unsupported("collation \"\(name.text)\""), at: name.span)
            }
        } else if at("check"), peekIsSymbol(1, "(") {
            others.append(try parseCheck())
        } else if at("references") {
            others.append(try parseReferences(from: start))
        } else {
            return false
        }
        return true
    }

    /// STORED and VIRTUAL mean the same in a stream.
    private mutating func acceptStorage() {
        if !accept("stored"), !accept("virtual") { _ = accept("persisted") }
    }
}
