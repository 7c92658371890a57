import LaminarText

/// The smallest piece of SQL text that means something.
struct Token {
    enum Kind: UInt8 {
        /// An unquoted identifier or keyword; the text is in lower case.
        case word
        /// An identifier in double quotes or backticks; the text is unescaped.
        case quotedWord
        /// The text is the unescaped content.
        case string
        /// The text is binary digits.
        case bits
        /// The text is decimal digits.
        case integer
        /// The text is digits with a point or an exponent.
        case number
        /// A number with a unit right behind it: `30s`.
        case duration
        /// `$1`; the text is the digits.
        case parameter
        /// An operator or punctuation.
        case symbol
        /// Something about which an error has been reported already.
        case invalid
        case end
    }

    var kind: Kind
    /// How PostgreSQL restricts the use of a word as a name.
    var reservation: Reservation = .none
    /// For an opening parenthesis the index of the closing one; zero if there is none.
    var match: Int32 = 0
    var text: String
    var span: Span
}

/// PostgreSQL's classes of keywords, as far as they decide what may be a name.
enum Reservation: UInt8 {
    /// Unreserved, or no keyword at all.
    case none
    /// May name a column or a table, not a function or a type.
    case columnName
    /// May name a function or a type, not a column or a table.
    case functionName
    /// Only a label after AS or after a dot.
    case full

    static func of(_ word: String) -> Reservation { table[word] ?? .none }

    // PostgreSQL 15, src/include/parser/kwlist.h.
    private static let table: [String: Reservation] = {
        var table: [String: Reservation] = [:]
        let full = """
            all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create \
            current_catalog current_date current_role current_time current_timestamp current_user default deferrable \
            desc distinct do else end except false fetch for foreign from grant group having in initially intersect \
            into lateral leading limit localtime localtimestamp not null offset on only or order placing primary \
            references returning select session_user some symmetric table then to trailing true union unique user \
            using variadic when where window with qualify
            """
        let functionName = """
            authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join \
            left like natural notnull outer overlaps right similar tablesample verbose
            """
        let columnName = """
            between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping \
            inout int integer interval least national nchar none normalize nullif numeric out overlay position \
            precision real row setof smallint substring time timestamp treat trim values varchar
            """
        for word in full.split(separator: " ") { table[String(word)] = .full }
        for word in functionName.split(separator: " ") { table[String(word)] = .functionName }
        for word in columnName.split(separator: " ") { table[String(word)] = .columnName }
        return table
    }()

    /// Words that can be an output name only after AS, because they may continue the expression or the query.
    static let needsAs: Set<String> = [
        "array", "as", "char", "character", "create", "day", "except", "fetch", "filter", "for", "from", "grant",
        "group", "having", "hour", "intersect", "into", "isnull", "limit", "minute", "month", "notnull", "offset", "on",
        "order", "over", "overlaps", "precision", "qualify", "returning", "second", "to", "union", "varying", "where",
        "window", "with", "within", "without", "year",
    ]
}
