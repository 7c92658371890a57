/// A UUID as it lies in a column: 128 bits, the first of its text in the highest bits of `high`.
public struct UUIDBytes: Hashable, Sendable, BitwiseCopyable {
    public var high: UInt64
    public var low: UInt64

    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension UUIDBytes: Comparable {
    /// The order of the bytes, as PostgreSQL's.
    @inlinable public static func < (a: UUIDBytes, b: UUIDBytes) -> Bool {
        a.high == b.high ? a.low < b.low : a.high < b.high
    }
}
