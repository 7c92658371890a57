import LaminarFormats

/// Splits one record into fields, strictly and slowly, with the exact place of whatever is wrong.
struct RecordParser {
    struct Failure: Error {
        var sqlState: String
        var message: String
        var hint: String?
        /// From the start of the record.
        var offset: Int
        /// The end of the record, from its start, if its quotes leave no doubt about it.
        var endOffset: Int?
    }

    struct Field {
        var bytes: [UInt8]
        var isQuoted: Bool
        /// From the start of the record.
        var offset: Int
    }

    private(set) var fields: [Field] = []
    /// Behind the record's line feed.
    private(set) var position: UnsafePointer<UInt8>
    /// The offset of the record's line end.
    private(set) var endOffset = 0
    private(set) var lineCount = 1

    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private let options: CSVOptions

    init(start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, options: CSVOptions) {
        self.start = start
        self.end = end
        self.options = options
        position = start
    }

    /// False if the record does not end before `end`, where more bytes may follow.
    mutating func parse(isAtEnd: Bool) throws(Failure) -> Bool {
        var p = start
        while true {
            let first = p
            var bytes: [UInt8] = []
            let isQuoted = p < end && p[0] == options.quote
            if isQuoted {
                p += 1
                while true {
                    guard p < end else {
                        if !isAtEnd { return false }
                        throw syntaxError("the field in quotes that starts here does not end", first)
                    }
                    if p[0] == options.quote {
                        p += 1
                        if p == end || p[0] != options.quote { break }
                        bytes.append(options.quote)
                        p += 1
                        continue
                    }
                    if p[0] == 0x0a { lineCount += 1 }
                    try append(&p, to: &bytes)
                }
            } else {
                while p < end && p[0] != options.delimiter && p[0] != 0x0a {
                    if p[0] == 0x0d {
                        if p + 1 < end && p[1] == 0x0a { break }
                        throw syntaxError("a carriage return must stand in quotes", p)
                    }
                    if p[0] == options.quote {
                        throw syntaxError("a quote must stand, doubled, in a field in quotes", p)
                    }
                    try append(&p, to: &bytes)
                }
            }
            fields.append(Field(bytes: bytes, isQuoted: isQuoted, offset: first - start))
            guard p < end else { return false }
            endOffset = p - start
            if p[0] == options.delimiter {
                p += 1
                continue
            }
            if p[0] == 0x0d && p + 1 < end && p[1] == 0x0a { p += 1 }
            guard p[0] == 0x0a else {
                throw syntaxError("a closing quote must be followed by a delimiter or the end of the line", p)
            }
            position = p + 1
            return true
        }
    }

    private func syntaxError(_ message: String, _ place: UnsafePointer<UInt8>) -> Failure {
        Failure(sqlState: "22P04", message: "invalid CSV: \(message)", offset: place - start)
    }

    /// Appends the character at `p` and moves behind it.
    private func append(_ p: inout UnsafePointer<UInt8>, to bytes: inout [UInt8]) throws(Failure) {
        // No text of PostgreSQL holds a zero byte.
        let length = p[0] == 0 ? 0 : utf8SequenceLength(p, available: end - p)
        if length == 0 { throw Failure(sqlState: "22021", message: invalidUTF8Message(p[0]), offset: p - start) }
        bytes.append(contentsOf: UnsafeBufferPointer(start: p, count: length))
        p += length
    }
}
