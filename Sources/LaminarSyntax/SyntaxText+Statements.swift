func node(_ statement: StatementSyntax) -> TextNode {
    switch statement.kind {
    case .createSource(let source): return node(source)
    case .createView(let view):
        return TextNode(
            "create-" + hyphenated(view.kind), flag("or-replace", view.isOrReplace),
            view.modifier.map { TextNode(text($0)) }, flag("if-not-exists", view.ifNotExists),
            TextNode(text(view.name)),
            optionalList("columns", text(view.columns)), optionalList("with", view.options.map(node)), node(view.query))
    case .createSink(let sink): return node(sink)
    case .createFunction(let function):
        return TextNode(
            function.isAggregate ? "create-aggregate" : "create-function", flag("or-replace", function.isOrReplace),
            TextNode(text(function.name)), TextNode("arguments", list: function.arguments.map { TextNode(text($0)) }),
            function.result.map { TextNode("returns", TextNode(text($0))) },
            optionalList("clauses", function.clauses.map { TextNode("\($0.kind)") }),
            function.body.map { TextNode("as", TextNode(quoted($0.text))) })
    case .insert(let insert):
        return TextNode(
            "insert", flag("overwrite", insert.overwrite != nil), TextNode(text(insert.name)),
            optionalList("partition", insert.partition.map(node)), optionalList("columns", text(insert.columns)),
            node(insert.query))
    case .query(let query): return node(query)
    case .set(let set):
        return TextNode("set", TextNode(quoted(set.name)), TextNode(set.value.map(quoted) ?? "default"))
    case .drop(let drop):
        return TextNode(
            "drop-" + hyphenated(drop.kind),
            list: (drop.ifExists ? [TextNode("if-exists")] : []) + drop.names.map { TextNode(text($0)) }
                + (drop.isCascade ? [TextNode("cascade")] : []))
    case .alter(let alter):
        let action: TextNode =
            switch alter.action {
            case .addColumn(let column): TextNode("add", node(column))
            case .set(let options): TextNode("set", list: options.map(node))
            }
        return TextNode("alter-" + hyphenated(alter.kind), TextNode(text(alter.name)), action)
    case .show(.create(let kind, let name)):
        return TextNode("show-create-" + hyphenated(kind), TextNode(text(name)))
    case .show(let show): return TextNode("show", TextNode(hyphenated(show)))
    case .describe(let name, let isExtended):
        return TextNode("describe", flag("extended", isExtended), TextNode(text(name)))
    case .explain(let inner, let isAnalyze): return TextNode("explain", flag("analyze", isAnalyze), node(inner))
    case .checkpoint: return TextNode("checkpoint", list: [])
    case .restore(let checkpoint, _): return TextNode("restore", TextNode(quoted(checkpoint)))
    case .subscribe(let subscribe):
        return TextNode(
            "subscribe", TextNode(text(subscribe.name)), subscribe.filter.map { TextNode("where", node($0)) },
            subscribe.epoch.map { TextNode("epoch", node($0)) })
    case .invalid: return TextNode("invalid", list: [])
    }
}

private func hyphenated(_ kind: ObjectKindSyntax) -> String { String(kind.words.map { $0 == " " ? "-" : $0 }) }

private func hyphenated(_ show: ShowSyntax) -> String {
    switch show {
    case .sources: "sources"
    case .tables: "tables"
    case .streams: "streams"
    case .views: "views"
    case .materializedViews: "materialized-views"
    case .sinks: "sinks"
    case .queries: "queries"
    case .checkpointStatus: "checkpoint-status"
    case .create: "create"
    }
}

private func node(_ source: CreateSourceSyntax) -> TextNode {
    TextNode(
        "create-" + hyphenated(source.kind), flag("or-replace", source.isOrReplace),
        source.modifier.map { TextNode(text($0)) }, flag("if-not-exists", source.ifNotExists),
        TextNode(text(source.name)), optionalList("columns", nodes(source.columns)),
        flag("append-only", source.appendOnly != nil), source.connector.map { node($0, "from") },
        source.format.map(node), optionalList("with", source.options.map(node)), source.query.map(node))
}

private func node(_ sink: CreateSinkSyntax) -> TextNode {
    let input: TextNode? =
        switch sink.input {
        case .relation(let name, let filter):
            TextNode("from", TextNode(text(name)), filter.map { TextNode("where", node($0)) })
        case .query(let query): node(query)
        case .none: nil
        }
    return TextNode(
        "create-sink", flag("or-replace", sink.isOrReplace), flag("if-not-exists", sink.ifNotExists),
        TextNode(text(sink.name)), sink.columns.map { TextNode("columns", list: nodes($0)) }, input,
        sink.connector.map { node($0, "into") }, sink.format.map(node), optionalList("with", sink.options.map(node)))
}

private func nodes(_ elements: TableElementsSyntax) -> [TextNode] {
    var result = elements.columns.map(node)
    result += elements.primaryKeys.map { node($0, "primary-key") }
    result += elements.uniqueKeys.map { node($0, "unique") }
    result += elements.otherConstraints.map {
        switch $0.kind {
        case .check(let condition): TextNode("check", node(condition))
        case .references(let table, let columns):
            TextNode("references", TextNode(text(table)), optionalList("columns", text(columns)))
        }
    }
    result += elements.watermarks.map { TextNode("watermark", TextNode(text($0.column)), $0.expression.map(node)) }
    if elements.wildcard != nil { result.append(TextNode("*")) }
    return result
}

private func node(_ key: KeySyntax, _ head: String) -> TextNode {
    TextNode(head, list: text(key.columns) + (key.isEnforced ? [] : [TextNode("not-enforced")]))
}

private func node(_ column: ColumnSyntax) -> TextNode {
    TextNode(
        "column", TextNode(text(column.name)), column.type.map { TextNode(text($0)) },
        flag("not-null", column.notNull != nil), flag("primary-key", column.primaryKey != nil),
        flag("unique", column.unique != nil), column.defaultValue.map { TextNode("default", node($0)) },
        column.generated.map { TextNode("generated", node($0)) },
        column.metadata.map {
            TextNode("metadata", $0.key.map { TextNode(quoted($0)) }, flag("virtual", $0.isVirtual))
        }, column.lateness.map { TextNode("lateness", node($0)) },
        column.comment.map { TextNode("comment", TextNode(quoted($0))) })
}

private func node(_ option: OptionSyntax) -> TextNode {
    TextNode("=", TextNode(quoted(option.key)), node(option.value))
}

private func node(_ connector: ConnectorSyntax, _ head: String) -> TextNode {
    TextNode(head, list: [TextNode(text(connector.name))] + connector.options.map(node))
}

private func node(_ format: FormatSyntax) -> TextNode {
    TextNode(
        "format",
        list: [TextNode(text(format.name))] + (format.encoding.map { [TextNode("encode", TextNode(text($0)))] } ?? [])
            + format.options.map(node))
}
