/// How a source's watermark is made, beyond what each row raises it to.
public struct SourceTiming: Sendable, Equatable {
    /// Parts of the input with a watermark each; the source's is the least of theirs.
    public var partitions: Int
    /// Whether the host says how many partitions there are, and may add some.
    public var opensPartitions: Bool
    /// Microseconds of processing time without rows after which a partition no longer holds the watermark back.
    public var idleTimeout: Int64?
    /// A row further than so many microseconds ahead of the clock does not raise the watermark.
    public var maxFuture: Int64?
    /// What lies between a row's time and what it raises the watermark to, in microseconds.
    public var delay: Int64
    /// Whether the watermark is processing time.
    public var followsClock: Bool
    public var alignment: SourceAlignment?

    public init(
        partitions: Int = 1, opensPartitions: Bool = false, idleTimeout: Int64? = nil, maxFuture: Int64? = nil,
        delay: Int64 = 0, followsClock: Bool = false, alignment: SourceAlignment? = nil
    ) {
        self.partitions = partitions
        self.opensPartitions = opensPartitions
        self.idleTimeout = idleTimeout
        self.maxFuture = maxFuture
        self.delay = delay
        self.followsClock = followsClock
        self.alignment = alignment
    }

    /// Whether the greatest time of the rows so far decides alone.
    var isPlain: Bool { self == SourceTiming(delay: delay) }
}

/// How far a source may run ahead of the others of its group.
public struct SourceAlignment: Sendable, Equatable {
    /// What is done about a source that is further ahead.
    public enum Policy: Sendable, Equatable {
        /// It is to rest until the others have come up: its rows are refused.
        case pause
        /// Its rows are counted.
        case warn
        /// Its rows that are further ahead are counted and dropped.
        case drop
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
