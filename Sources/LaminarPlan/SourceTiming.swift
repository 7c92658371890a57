/// How a source's watermark is made beyond WATERMARK FOR.
public struct SourceTiming: Hashable, Sendable {
    /// Parts of the input with a watermark each; the source's is the least of theirs.
    public var partitions = 1
    /// Whether each file of the source is a partition.
    public var partitionsByFile = false
    /// Microseconds of processing time without rows after which a partition no longer holds the watermark back.
    public var idleTimeout: Int64?
    /// A row further than so many microseconds ahead of the clock does not raise the watermark.
    public var maxFuture: Int64?
    /// Whether the watermark is processing time: WATERMARK FOR … AS PROCTIME().
    public var followsClock = false
    public var alignment: SourceAlignment?
    /// Set where each key of the rows has a watermark of its own.
    public var keyed: KeyedWatermark?

    public init() {}

    /// Whether the greatest time of the rows so far decides alone.
    public var isPlain: Bool { self == SourceTiming() }
    public var readsClock: Bool { idleTimeout != nil || maxFuture != nil || followsClock }
}

/// Watermarks by key: what a window waits for is the watermark of its rows' key.
public struct KeyedWatermark: Hashable, Sendable {
    /// The columns of the key: of a source its visible ones, of a stream its own.
    public var columns: [Int]
    /// How far behind the source's watermark that of a key is at most, in microseconds: a silent key does not wait for ever.
    public var idle: Int64
    /// What lies between a row's time and what it raises its key's watermark to, in microseconds.
    public var delay: Int64

    public init(columns: [Int], idle: Int64, delay: Int64) {
        self.columns = columns
        self.idle = idle
        self.delay = delay
    }
}

/// How far a source may run ahead of the others of its group.
public struct SourceAlignment: Hashable, Sendable {
    /// What is done about a source that is further ahead.
    public enum Policy: String, Hashable, Sendable {
        case pause, warn, drop
    }

    public var group: String
    /// Microseconds between the source's watermark and the least of the others'.
    public var maxDrift: Int64
    public var policy: Policy

    public init(group: String, maxDrift: Int64, policy: Policy) {
        self.group = group
        self.maxDrift = maxDrift
        self.policy = policy
    }
}
