// SQL text out of values: identifiers and literals that PostgreSQL would read back as they were.

/// `quote_ident(a)`: in double quotes unless it is a plain lower-case name and no keyword that needs them.
public func quotedIdentifier(_ a: StringView, _ arena: inout Arena) -> StringView {
    makeBytes(&arena, quotedIdentifier(a.withBytes { Array($0) }))
}

/// `quote_literal(a)`: in single quotes, as an escape string where it holds a backslash.
public func quotedLiteral(_ a: StringView, _ arena: inout Arena) -> StringView {
    makeBytes(&arena, quotedLiteral(a.withBytes { Array($0) }))
}

func quotedIdentifier(_ bytes: [UInt8]) -> [UInt8] {
    func isPlain(_ byte: UInt8, isFirst: Bool) -> Bool {
        byte &- 97 < 26 || byte == UInt8(ascii: "_") || (!isFirst && byte &- 48 < 10)
    }
    let isName = !bytes.isEmpty && bytes.indices.allSatisfy { isPlain(bytes[$0], isFirst: $0 == 0) }
    if isName && !keywordsInQuotes.contains(String(decoding: bytes, as: UTF8.self)) { return bytes }
    return enclosed(bytes, UInt8(ascii: "\""))
}

func quotedLiteral(_ bytes: [UInt8]) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    guard bytes.contains(backslash) else { return enclosed(bytes, UInt8(ascii: "'")) }
    let doubled = bytes.flatMap { $0 == backslash ? [backslash, backslash] : [$0] }
    return [UInt8(ascii: "E")] + enclosed(doubled, UInt8(ascii: "'"))
}

/// Between two `mark`s, those within doubled.
private func enclosed(_ bytes: [UInt8], _ mark: UInt8) -> [UInt8] {
    [mark] + bytes.flatMap { $0 == mark ? [mark, mark] : [$0] } + [mark]
}

/// PostgreSQL 15's keywords that are not in the class "unreserved".
/// - SeeAlso: PostgreSQL 15 documentation, appendix C.
private let keywordsInQuotes = Set(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast \
    char character check coalesce collate collation column concurrently constraint create cross current_catalog \
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable \
    desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group \
    grouping having ilike in initially inner inout int integer intersect interval into is isnull join lateral leading \
    least left like limit localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric \
    offset on only or order out outer overlaps overlay placing position precision primary real references returning \
    right row select session_user setof similar smallint some substring symmetric table tablesample then time timestamp \
    to trailing treat trim true union unique user using values varchar variadic verbose when where window with \
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split(separator: " ").map(String.init))
