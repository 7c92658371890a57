func node(_ expression: ExpressionSyntax) -> TextNode {
    switch expression.kind {
    case .literal(let literal): return TextNode(text(literal))
    case .typedLiteral(let type, let content, _):
        return TextNode("literal", TextNode(text(type)), TextNode(quoted(content)))
    case .interval(let interval):
        return TextNode(
            "interval", interval.precision.map { TextNode("precision=\($0)") }, TextNode(quoted(interval.text)),
            interval.fields.map { TextNode(text($0)) })
    case .name(let name): return TextNode(text(name))
    case .star(let name): return TextNode(name.map { text($0) + ".*" } ?? "*")
    case .field(let base, let name): return TextNode("field", node(base), TextNode(text(name)))
    case .fieldStar(let base): return TextNode("field", node(base), TextNode("*"))
    case .parameter(let number): return TextNode("$\(number)")
    case .subscriptElement(let base, let index): return TextNode("subscript", node(base), node(index))
    case .subscriptSlice(let base, let lower, let upper):
        return TextNode("slice", node(base), lower.map(node) ?? TextNode("_"), upper.map(node) ?? TextNode("_"))
    case .unary(let operation, let operand): return TextNode(operation.text, node(operand))
    case .binary(let operation, let left, let right): return TextNode(operation.text, node(left), node(right))
    case .and(let operands): return TextNode("and", list: operands.map(node))
    case .or(let operands): return TextNode("or", list: operands.map(node))
    case .not(let operand): return TextNode("not", node(operand))
    case .isNull, .isTruth, .isDistinct, .between, .inList, .inQuery, .like: return predicateNode(expression)
    case .quantifiedArray(let left, let operation, let quantifier, let array):
        return TextNode("\(operation.text) \(quantifier.rawValue)", node(left), node(array))
    case .quantifiedQuery(let left, let operation, let quantifier, let query):
        return TextNode("\(operation.text) \(quantifier.rawValue)", node(left), node(query))
    case .exists(let query): return TextNode("exists", node(query))
    case .subquery(let query): return TextNode("subquery", node(query))
    case .array(let elements): return TextNode("array", list: elements.map(node))
    case .arrayQuery(let query): return TextNode("array", node(query))
    case .row(let elements, let isExplicit):
        return TextNode(isExplicit ? "row" : "tuple", list: elements.map(node))
    case .caseWhen(let operand, let branches, let otherwise):
        let whens = branches.map { TextNode("when", node($0.condition), node($0.result)) }
        let end = otherwise.map { [TextNode("else", node($0))] } ?? []
        return TextNode("case", list: (operand.map { [node($0)] } ?? []) + whens + end)
    case .cast(let operand, let type, let form):
        return TextNode(form == .tryCast ? "try_cast" : "cast", node(operand), TextNode(text(type)))
    case .call(let call): return node(call)
    case .collate(let operand, let name): return TextNode("collate", node(operand), TextNode(text(name)))
    case .table(let name, let keys):
        return TextNode("table", TextNode(text(name)), optionalList("partition-by", keys.map(node)))
    case .defaultValue: return TextNode("default")
    case .invalid: return TextNode("invalid")
    }
}

private func predicateNode(_ expression: ExpressionSyntax) -> TextNode {
    func name(_ word: String, _ isNegated: Bool) -> String { isNegated ? "not-" + word : word }
    switch expression.kind {
    case .isNull(let operand, let isNegated):
        return TextNode(isNegated ? "is-not-null" : "is-null", node(operand))
    case .isTruth(let operand, let value, let isNegated):
        let word = value.map { $0 ? "true" : "false" } ?? "unknown"
        return TextNode((isNegated ? "is-not-" : "is-") + word, node(operand))
    case .isDistinct(let left, let right, let isNegated):
        return TextNode(isNegated ? "is-not-distinct" : "is-distinct", node(left), node(right))
    case .between(let operand, let low, let high, let isSymmetric, let isNegated):
        let word = name(isSymmetric ? "between-symmetric" : "between", isNegated)
        return TextNode(word, node(operand), node(low), node(high))
    case .inList(let operand, let elements, let isNegated):
        return TextNode(name("in", isNegated), list: [node(operand)] + elements.map(node))
    case .inQuery(let operand, let query, let isNegated):
        return TextNode(name("in", isNegated), node(operand), node(query))
    case .like(let like):
        let word = like.form == .similarTo ? "similar-to" : like.form.rawValue
        return TextNode(
            name(word, like.isNegated), node(like.operand), node(like.pattern),
            like.escape.map { TextNode("escape", node($0)) })
    default: return TextNode("invalid")
    }
}

private func text(_ literal: LiteralSyntax) -> String {
    switch literal {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let digits), .number(let digits): digits
    case .string(let content): quoted(content)
    case .bits(let digits): "B" + quoted(digits)
    }
}

func node(_ call: CallSyntax) -> TextNode {
    var children = [TextNode(text(call.name))]
    if call.form == .keyword { children.append(TextNode("keyword")) }
    if call.form == .bracketed { children.append(TextNode("bracketed")) }
    if call.distinct != nil { children.append(TextNode("distinct")) }
    for argument in call.arguments {
        let value = node(argument.value)
        let named = argument.name.map { TextNode("=>", TextNode(text($0)), value) } ?? value
        children.append(argument.isVariadic ? TextNode("variadic", named) : named)
    }
    if !call.orderBy.isEmpty { children.append(TextNode("order-by", list: call.orderBy.map(node))) }
    if !call.withinGroup.isEmpty { children.append(TextNode("within-group", list: call.withinGroup.map(node))) }
    if let filter = call.filter { children.append(TextNode("filter", node(filter))) }
    if let treatment = call.nullTreatment { children.append(TextNode(treatment.rawValue + "-nulls")) }
    switch call.over {
    case .named(let name): children.append(TextNode("over", TextNode(text(name))))
    case .window(let window): children.append(TextNode("over", list: nodes(window)))
    case nil: break
    }
    return TextNode("call", list: children)
}

func node(_ item: SortItemSyntax) -> TextNode {
    let value = node(item.expression)
    if !item.isDescending, item.nullsFirst == nil { return value }
    let nulls = item.nullsFirst.map { TextNode($0 ? "nulls-first" : "nulls-last") }
    return TextNode(item.isDescending ? "desc" : "asc", value, nulls)
}

func nodes(_ window: WindowSyntax) -> [TextNode] {
    [
        window.base.map { TextNode("base", TextNode(text($0))) },
        optionalList("partition-by", window.partitionBy.map(node)), optionalList("order-by", window.orderBy.map(node)),
        window.frame.map(node),
    ].compactMap { $0 }
}

private func node(_ frame: FrameSyntax) -> TextNode {
    let exclusion: TextNode? = frame.exclusion.map {
        switch $0 {
        case .currentRow: TextNode("exclude-current-row")
        case .group: TextNode("exclude-group")
        case .ties: TextNode("exclude-ties")
        case .noOthers: TextNode("exclude-no-others")
        }
    }
    return TextNode(frame.unit.rawValue, node(frame.start), frame.end.map(node), exclusion)
}

private func node(_ bound: FrameSyntax.Bound) -> TextNode {
    switch bound {
    case .unboundedPreceding: TextNode("unbounded-preceding")
    case .preceding(let offset): TextNode("preceding", node(offset))
    case .currentRow: TextNode("current-row")
    case .following(let offset): TextNode("following", node(offset))
    case .unboundedFollowing: TextNode("unbounded-following")
    }
}
