/// What the state of a pipeline consists of, with the names that tell one part from another.
///
/// The planner makes it, generated code and snapshots carry its text, and `laminar.lock` keeps it. Comparing two says
/// whether, and how, state of one can be read as state of the other.
public struct StateLayout: Hashable, Sendable {
    /// The sources, whose watermarks are state, in order.
    public var sources: [Source] = []
    /// The operators in the order in which they write.
    public var operators: [Operator] = []

    public struct Source: Hashable, Sendable {
        public var name: String
        /// The parts that its watermark is kept in; 0: it is of one piece.
        public var partitions: Int

        public init(_ name: String, partitions: Int = 0) {
            self.name = name
            self.partitions = partitions
        }
    }

    public struct Operator: Hashable, Sendable {
        /// The query that it belongs to and its place there: `totals/aggregate 1`.
        public var id: String
        /// The query: the first sink that it feeds.
        public var query: String
        /// All that decides what its state means, besides its tables.
        public var kind: String
        /// Whether all of its state is counters and a watermark, which may start anew.
        public var isTransient: Bool
        /// The key of its groups or partitions; nil where it has none.
        public var groups: Groups?
        /// The columns of the rows that it keeps: a list for each of its inputs.
        public var rows: [[Column]] = []

        public init(id: String, query: String, kind: String, isTransient: Bool) {
            self.id = id
            self.query = query
            self.kind = kind
            self.isTransient = isTransient
        }
    }

    public struct Groups: Hashable, Sendable {
        public var keys: [Column]
        public var values: [Value]
        /// Bytes of a group's record.
        public var recordBytes: Int

        public init(keys: [Column], values: [Value], recordBytes: Int) {
            self.keys = keys
            self.values = values
            self.recordBytes = recordBytes
        }
    }

    public struct Column: Hashable, Sendable {
        public var name: String
        public var type: SQLType
        public var isNullable: Bool

        public init(_ name: String, _ type: SQLType, isNullable: Bool) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
        }
    }

    /// What an aggregate call keeps of a group.
    public struct Value: Hashable, Sendable {
        /// The call: `sum(price)`.
        public var call: String
        /// The Swift type of its accumulator, with what else decides its bytes.
        public var kernel: String
        /// Where it lies in the record.
        public var offset: Int
        /// In bytes.
        public var size: Int
        /// Whether the values that were seen lie in a table of their own.
        public var isDistinct: Bool

        public init(call: String, kernel: String, offset: Int, size: Int, isDistinct: Bool) {
            self.call = call
            self.kernel = kernel
            self.offset = offset
            self.size = size
            self.isDistinct = isDistinct
        }
    }

    public init() {}
}

// MARK: Text

extension StateLayout: CustomStringConvertible {
    /// A line for each source, operator, column and value: equal exactly where the layouts are.
    public var description: String {
        var lines: [String] = sources.map {
            Self.line("source", [$0.name] + ($0.partitions > 0 ? ["\($0.partitions) partitions"] : []))
        }
        for part in operators {
            lines.append(
                Self.line("operator", [part.id, part.query, part.kind] + (part.isTransient ? ["transient"] : [])))
            if let groups = part.groups {
                for key in groups.keys { lines.append("  " + Self.line("key", key.fields)) }
                for value in groups.values {
                    lines.append(
                        "  "
                            + Self.line(
                                "value",
                                [value.call, value.kernel, "at \(value.offset)", "\(value.size) bytes"]
                                    + (value.isDistinct ? ["distinct"] : [])))
                }
                lines.append("  " + Self.line("record", ["\(groups.recordBytes) bytes"]))
            }
            for columns in part.rows {
                lines.append("  rows")
                for column in columns { lines.append("    " + Self.line("column", column.fields)) }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The layout that `description` wrote; nil for other texts.
    public init?(_ text: String) {
        for line in text.split(separator: "\n") {
            let trimmed = line.drop { $0 == " " }
            let word = trimmed.prefix { $0 != " " }
            let fields = Self.fields(trimmed.dropFirst(word.count + 1))
            guard word == "source" || word == "operator" || !operators.isEmpty else { return nil }
            let last = operators.count - 1
            switch (word, fields.count) {
            case ("source", 1): sources.append(Source(fields[0]))
            case ("source", 2):
                guard fields[1].hasSuffix(" partitions"), let count = Int(fields[1].dropLast(11)), (1...1 << 20) ~= count
                else { return nil }
                sources.append(Source(fields[0], partitions: count))
            case ("operator", 3), ("operator", 4):
                operators.append(
                    Operator(id: fields[0], query: fields[1], kind: fields[2], isTransient: fields.count == 4))
            case ("rows", 0): operators[last].rows.append([])
            case ("column", 3):
                guard let column = Column(fields), !operators[last].rows.isEmpty else { return nil }
                operators[last].rows[operators[last].rows.count - 1].append(column)
            case ("key", 3):
                guard let column = Column(fields) else { return nil }
                var groups = operators[last].groups ?? Groups(keys: [], values: [], recordBytes: 0)
                groups.keys.append(column)
                operators[last].groups = groups
            case ("value", 4), ("value", 5):
                guard fields[2].hasPrefix("at "), let offset = Int(fields[2].dropFirst(3)),
                    let size = Self.byteCount(fields[3]), offset >= 0, size >= 0
                else { return nil }
                var groups = operators[last].groups ?? Groups(keys: [], values: [], recordBytes: 0)
                groups.values.append(
                    Value(call: fields[0], kernel: fields[1], offset: offset, size: size, isDistinct: fields.count == 5))
                operators[last].groups = groups
            case ("record", 1):
                guard let bytes = Self.byteCount(fields[0]), bytes >= 0 else { return nil }
                var groups = operators[last].groups ?? Groups(keys: [], values: [], recordBytes: 0)
                groups.recordBytes = bytes
                operators[last].groups = groups
            default: return nil
            }
        }
    }

    /// 64-bit FNV-1a of the text in hexadecimal: stable on every machine and in every version.
    public var fingerprint: String { Self.fingerprint(of: description) }

    package static func fingerprint(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func byteCount(_ text: String) -> Int? {
        text.hasSuffix(" bytes") ? Int(text.dropLast(6)) : nil
    }

    private static func line(_ word: String, _ fields: [String]) -> String {
        word + " " + fields.map(escaped).joined(separator: " | ")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "|": result += "\\p"
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func fields(_ text: Substring) -> [String] {
        if text.isEmpty { return [] }
        return text.split(separator: "|", omittingEmptySubsequences: false).enumerated().map { index, part in
            var field = part
            if index > 0, field.first == " " { field = field.dropFirst() }
            if field.endIndex != text.endIndex, field.last == " " { field = field.dropLast() }
            var result = ""
            var isEscape = false
            for character in field.unicodeScalars {
                if isEscape {
                    result.unicodeScalars.append(
                        character == "p" ? "|" : character == "n" ? "\n" : character == "r" ? "\r" : character)
                    isEscape = false
                } else if character == "\\" {
                    isEscape = true
                } else {
                    result.unicodeScalars.append(character)
                }
            }
            return result
        }
    }
}

extension StateLayout.Column {
    fileprivate var fields: [String] { [name, type.description, isNullable ? "null" : "not null"] }

    fileprivate init?(_ fields: [String]) {
        guard let type = SQLType(name: fields[1]), fields[2] == "null" || fields[2] == "not null" else { return nil }
        self.init(fields[0], type, isNullable: fields[2] == "null")
    }
}
