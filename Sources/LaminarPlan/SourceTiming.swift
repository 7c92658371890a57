/// How a source's watermark is made beyond WATERMARK FOR.
public struct SourceTiming: Hashable, Sendable {
    /// Parts of the input with a watermark each; the source's is the least of theirs.
    public var partitions = 1
    /// Microseconds of processing time without rows after which a partition no longer holds the watermark back.
    public var idleTimeout: Int64?
    /// A row further than so many microseconds ahead of the clock does not raise the watermark.
    public var maxFuture: Int64?

    public init() {}

    /// Whether the greatest time of the rows so far decides alone.
    public var isPlain: Bool { self == SourceTiming() }
    public var readsClock: Bool { idleTimeout != nil || maxFuture != nil }
}
