/// The bytes of one state table: what `GroupTable` must know of its keys and accumulators to hash, copy and encode them.
///
/// It is a function of the plan alone, so tables of every executor have the same bytes.
public struct GroupTableLayout: Hashable, Sendable {
    /// A part of a key, as hashing and equality see it.
    public enum KeyElement: UInt8, Hashable, Sendable {
        /// One word, compared by its bits: a flag of nullability, a number, a date, a part of a decimal or UUID.
        case word
        /// Two words: a `StringView`, hashed and compared by content, its bytes owned by the table.
        case string
        /// Two words: an `Interval`, hashed and compared by its length, as PostgreSQL does (1 day equals 24 hours).
        case interval

        public var wordCount: Int { self == .word ? 1 : 2 }
    }

    /// The key, element by element; empty for a table with one group.
    public let key: [KeyElement]
    /// The 8-byte words of a key.
    public let keyWords: Int
    /// The bytes from one accumulator record to the next; a multiple of 8.
    public let accumulatorBytes: Int
    /// Where string views lie in an accumulator record, ascending; their bytes are owned by the table.
    public let accumulatorStrings: [Int]
    /// The ordered bags of an accumulator record, ascending.
    public let accumulatorBags: [Bag]
    /// The values of each DISTINCT call's side table, in the order of the calls.
    public let distinctValues: [[KeyElement]]

    /// An `OrderedBag` in an accumulator record, whose entries are owned by the table.
    public struct Bag: Hashable, Sendable {
        public let offset: Int
        /// The words of a value; 0 stands for a string.
        public let words: Int

        public init(offset: Int, words: Int) {
            self.offset = offset
            self.words = words
        }

        var isString: Bool { words == 0 }
        var valueWords: Int { words == 0 ? 2 : words }
    }

    public init(
        key: [KeyElement], accumulatorBytes: Int, accumulatorStrings: [Int] = [], accumulatorBags: [Bag] = [],
        distinctValues: [[KeyElement]] = []
    ) {
        precondition(accumulatorBytes % 8 == 0, "Accumulator records are made of 8-byte words.")
        self.key = key
        self.keyWords = key.reduce(0) { $0 + $1.wordCount }
        self.accumulatorBytes = accumulatorBytes
        self.accumulatorStrings = accumulatorStrings
        self.accumulatorBags = accumulatorBags
        self.distinctValues = distinctValues
    }

    /// The layout of a dictionary of the keys alone, whose groups have their records in panes.
    public var keysOnly: GroupTableLayout { GroupTableLayout(key: key, accumulatorBytes: 0) }

    /// This layout with `bytes` in front of each accumulator record; a multiple of 16.
    public func withHeader(ofBytes bytes: Int) -> GroupTableLayout {
        GroupTableLayout(
            key: key, accumulatorBytes: bytes + accumulatorBytes, accumulatorStrings: accumulatorStrings.map { $0 + bytes },
            accumulatorBags: accumulatorBags.map { Bag(offset: $0.offset + bytes, words: $0.words) },
            distinctValues: distinctValues)
    }

    /// The layout of the side table of a DISTINCT call: keyed by the group's index, then the value; its record counts
    /// how often the value is present.
    package func distinct(_ index: Int) -> GroupTableLayout {
        GroupTableLayout(key: [.word] + distinctValues[index], accumulatorBytes: 8)
    }
}
