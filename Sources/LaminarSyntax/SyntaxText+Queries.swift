func node(_ query: QuerySyntax) -> TextNode {
    let body = node(query.body)
    var end: [TextNode] = []
    if !query.orderBy.isEmpty { end.append(TextNode("order-by", list: query.orderBy.map(node))) }
    if let limit = query.limit { end.append(TextNode("limit", node(limit), flag("with-ties", query.withTies != nil))) }
    if let offset = query.offset { end.append(TextNode("offset", node(offset))) }
    if let tail = query.tail { end += nodes(tail) }
    if query.with == nil, end.isEmpty { return body }
    return TextNode("query", list: (query.with.map { [node($0)] } ?? []) + [body] + end)
}

private func node(_ with: WithSyntax) -> TextNode {
    TextNode(
        with.isRecursive ? "with-recursive" : "with",
        list: with.queries.map {
            TextNode(
                "table", TextNode(text($0.name)), optionalList("columns", text($0.columns)), node($0.query))
        })
}

private func node(_ body: QueryBodySyntax) -> TextNode {
    switch body.kind {
    case .select(let select): return node(select)
    case .values(let rows): return TextNode("values", list: rows.map { TextNode("row", list: $0.map(node)) })
    case .table(let name): return TextNode("table", TextNode(text(name)))
    case .setOperation(let operation):
        return TextNode(
            operation.operation.rawValue + (operation.isAll ? "-all" : ""), node(operation.left), node(operation.right))
    case .nested(let query): return TextNode("nested", node(query))
    case .invalid: return TextNode("invalid")
    }
}

private func node(_ select: SelectSyntax) -> TextNode {
    let distinct: TextNode? =
        switch select.distinct {
        case .distinct: TextNode("distinct")
        case .on(let keys, _): TextNode("distinct-on", list: keys.map(node))
        case nil: nil
        }
    let windows = select.windows.map { TextNode(text($0.name), list: nodes($0.window)) }
    return TextNode(
        "select", distinct, TextNode("items", list: select.items.map(node)),
        optionalList("from", select.from.map(node)), select.filter.map { TextNode("where", node($0)) },
        select.groupBy.map { group in
            TextNode(
                "group-by", list: (group.distinct == nil ? [] : [TextNode("distinct")]) + group.items.map(node))
        },
        select.having.map { TextNode("having", node($0)) }, optionalList("window", windows),
        select.qualify.map { TextNode("qualify", node($0)) })
}

private func node(_ item: SelectItemSyntax) -> TextNode {
    let value = node(item.expression)
    return item.alias.map { TextNode("as", value, TextNode(text($0))) } ?? value
}

private func node(_ item: GroupingItemSyntax) -> TextNode {
    switch item.kind {
    case .expression(let expression): node(expression)
    case .empty: TextNode("empty")
    case .rollup(let levels): TextNode("rollup", list: levels.map(node))
    case .cube(let levels): TextNode("cube", list: levels.map(node))
    case .groupingSets(let sets): TextNode("grouping-sets", list: sets.map(node))
    }
}

private func node(_ table: TableSyntax) -> TextNode {
    let kind: TextNode
    switch table.kind {
    case .named(let name): kind = TextNode(text(name))
    case .versioned(let name, let time): kind = TextNode("as-of", TextNode(text(name)), node(time))
    case .query(let query, let isLateral): kind = TextNode(isLateral ? "lateral" : "subquery", node(query))
    case .function(let function):
        kind = TextNode(
            "function", flag("lateral", function.isLateral), flag("wrapped", function.isWrapped), node(function.call),
            flag("with-ordinality", function.withOrdinality))
    case .join(let join): kind = node(join)
    case .nested(let inner): kind = TextNode("nested", node(inner))
    case .invalid: kind = TextNode("invalid")
    }
    guard let alias = table.alias else { return kind }
    var columns = text(alias.columns)
    if !alias.types.isEmpty {
        columns = zip(alias.columns, alias.types).map { TextNode("\(text($0)) \(text($1))") }
    }
    return TextNode("alias", kind, TextNode(text(alias.name)), optionalList("columns", columns))
}

private func node(_ join: JoinSyntax) -> TextNode {
    var children: [TextNode] = []
    if join.asof != nil { children.append(TextNode("asof")) }
    children += [node(join.left), node(join.right)]
    switch join.condition {
    case .none: break
    case .natural: children.append(TextNode("natural"))
    case .on(let condition): children.append(TextNode("on", node(condition)))
    case .using(let columns, let alias):
        children.append(
            TextNode("using", list: text(columns) + (alias.map { [TextNode("as", TextNode(text($0)))] } ?? [])))
    }
    if let condition = join.asof?.matchCondition { children.append(TextNode("match-condition", node(condition))) }
    if let tolerance = join.asof?.tolerance { children.append(TextNode("tolerance", node(tolerance))) }
    if let probe = join.probe { children.append(node(probe)) }
    return TextNode("\(join.kind.rawValue)-join", list: children)
}

private func node(_ probe: TemporalProbeSyntax) -> TextNode {
    let offsets: TextNode =
        switch probe.offsets {
        case .range(let from, let to, let step): TextNode("range", node(from), node(to), node(step))
        case .list(let offsets): TextNode("list", list: offsets.map(node))
        }
    return TextNode(
        "probe", TextNode("keys", list: probe.keys.map(node)), node(probe.leftTime), node(probe.rightTime), offsets,
        TextNode(text(probe.alias)))
}

private func nodes(_ tail: TailSyntax) -> [TextNode] {
    var result: [TextNode] = []
    if let lateness = tail.allowLateness { result.append(TextNode("allow-lateness", node(lateness))) }
    if let name = tail.lateDataTo { result.append(TextNode("late-data-to", TextNode(text(name)))) }
    switch tail.emit?.kind {
    case .onWindowClose: result.append(TextNode("emit", TextNode("on-window-close")))
    case .afterWatermark: result.append(TextNode("emit", TextNode("after-watermark")))
    case .onUpdate: result.append(TextNode("emit", TextNode("on-update")))
    case .changes: result.append(TextNode("emit", TextNode("changes")))
    case .every(let period): result.append(TextNode("emit", TextNode("every", node(period))))
    case .final: result.append(TextNode("emit", TextNode("final")))
    case nil: break
    }
    return result
}
