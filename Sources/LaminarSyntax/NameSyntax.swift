public import LaminarText

/// One identifier as the catalogue sees it: folded to lower case unless it was quoted.
public struct IdentifierSyntax: Sendable {
    /// The name after folding (unquoted) or unescaping (quoted with `"` or backticks).
    public var text: String
    public var isQuoted: Bool
    public var span: Span
}

/// A possibly qualified name: `t`, `t.c`, `schema.t.c`; never empty.
public struct NameSyntax: Sendable {
    public var parts: [IdentifierSyntax]
    public var span: Span

    /// The last part, which names the object itself.
    public var last: IdentifierSyntax { parts[parts.count - 1] }
    /// Everything before the last part.
    public var qualifier: ArraySlice<IdentifierSyntax> { parts.dropLast() }
    /// The parts joined with dots, for messages.
    public var text: String { parts.map(\.text).joined(separator: ".") }
}

/// `key = value` in a `WITH (...)`, `FROM CONNECTOR (...)` or `FORMAT ... WITH (...)` list.
public struct OptionSyntax: Sendable {
    /// The key as written, without quotes, unquoted parts in lower case: `connector`, `scan.startup.mode`.
    public var key: String
    public var keySpan: Span
    /// A literal, or a bare word as a name expression.
    public var value: ExpressionSyntax
    public var span: Span

    /// The value as text: the content of a string, the digits of a number, `true`, or the bare word; nil otherwise.
    public var text: String? {
        switch value.kind {
        case .literal(.string(let text)), .literal(.integer(let text)), .literal(.number(let text)): text
        case .literal(.boolean(let value)): value ? "true" : "false"
        case .name(let name): name.text
        case .unary(let operation, let operand):
            if operation.text == "-", case .literal(.integer(let text)) = operand.kind { "-" + text } else { nil }
        case .interval(let interval): interval.sourceText
        default: nil
        }
    }
}
