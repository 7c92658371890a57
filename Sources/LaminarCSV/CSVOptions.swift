/// How CSV is written: RFC 4180 unless told otherwise.
public struct CSVOptions: Hashable, Sendable {
    /// One ASCII character between fields; no quote, no line end.
    public var delimiter: UInt8
    /// One ASCII character around fields that contain special ones; doubled to stand for itself.
    public var quote: UInt8
    /// Whether the first record names the columns.
    public var hasHeader: Bool
    /// The unquoted field that is NULL. With the default, an empty field is NULL and `""` an empty text.
    public var nullText: String

    public init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8 = UInt8(ascii: "\""), hasHeader: Bool = false,
        nullText: String = ""
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.hasHeader = hasHeader
        self.nullText = nullText
    }

    /// Why these options contradict each other; nil if they do not.
    public var problem: String? {
        if delimiter == quote { return "delimiter and quote must differ" }
        for (name, byte) in [("delimiter", delimiter), ("quote", quote)] {
            if byte >= 0x80 || byte == 0x0a || byte == 0x0d || byte == 0 {
                return "\(name) must be one ASCII character that ends no line"
            }
        }
        if nullText.utf8.contains(where: { $0 == delimiter || $0 == quote || $0 == 0x0a || $0 == 0x0d }) {
            return "the text for NULL must not contain delimiter, quote or line end"
        }
        return nil
    }
}
