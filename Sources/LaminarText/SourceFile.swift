/// A piece of SQL text with the name under which diagnostics show it.
///
/// Offsets into it are UTF-8 byte offsets; `location(of:)` turns one into a line and a column.
public struct SourceFile: Sendable {
    /// The name as the user wrote it, such as `Sources/Trades/trades.sql`; never made absolute.
    public let name: String
    /// The bytes of the file, taken as UTF-8.
    public let text: [UInt8]
    private let lineStarts: [Int]

    public init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.text = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        self.lineStarts = starts
    }

    /// The text between two byte offsets; bytes that are no UTF-8 appear as U+FFFD.
    public func string(_ span: Span) -> String {
        String(decoding: text[clamped(span.lower)..<max(clamped(span.lower), clamped(span.upper))], as: UTF8.self)
    }

    /// Line and column of a byte offset, both from 1; columns count Unicode scalars.
    public func location(of offset: Int) -> Location {
        let offset = clamped(offset)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let column = String(decoding: text[lineStarts[low]..<offset], as: UTF8.self).unicodeScalars.count + 1
        return Location(line: low + 1, column: column)
    }

    /// The text of a line (from 1) without its line end.
    public func line(_ number: Int) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] - 1 : text.count
        if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return String(decoding: text[start..<max(start, end)], as: UTF8.self)
    }

    private func clamped(_ offset: Int) -> Int { min(max(offset, 0), text.count) }
}

/// A place in a file, counted from 1.
public struct Location: Hashable, Sendable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// A half-open range of UTF-8 byte offsets in one source file.
public struct Span: Hashable, Sendable {
    public var lower: Int
    public var upper: Int

    public init(_ lower: Int, _ upper: Int) {
        self.lower = lower
        self.upper = upper
    }

    /// The span of something that no text stands for, such as an implied column.
    public static let none = Span(0, 0)

    /// The smallest span that covers both.
    public func union(_ other: Span) -> Span {
        if self == .none { return other }
        if other == .none { return self }
        return Span(min(lower, other.lower), max(upper, other.upper))
    }
}
