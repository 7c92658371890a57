/// How much aggregates that keep every row (STRING_AGG, ARRAY_AGG, percentiles …) may keep for one group, and how far
/// they have come; it lies with the arena that takes what they keep.
public struct CollectionLimit: BitwiseCopyable, Sendable {
    /// Bytes for one aggregate of one group.
    public var bytes: Int64 = .max
    /// Entries that came, kept or not.
    public var entries: Int64 = 0
    /// The number, from 1 on, of the first entry that was not kept; 0: all were.
    public var firstRefused: Int64 = 0

    @inlinable public init() {}

    /// Whether an aggregate has been given more than it may keep.
    @inlinable public var isExceeded: Bool { firstRefused != 0 }

    /// Counts an entry in; false if it is not to be kept.
    ///
    /// - Parameter collected: the bytes of the entries that are there; `Int64.max` says that they were too many.
    @inlinable public mutating func admits(_ entry: Int64, _ collected: inout Int64) -> Bool {
        entries &+= 1
        if _fastPath(entry <= bytes && collected <= bytes &- entry) {
            collected &+= entry
            return true
        }
        collected = .max
        if firstRefused == 0 { firstRefused = entries }
        return false
    }

    /// Forgets what came; the limit stays.
    public mutating func reset() { (entries, firstRefused) = (0, 0) }
}

extension AggregateEntry {
    /// The bytes that it takes in a bag, its node with them.
    @inlinable var collectedBytes: Int64 {
        Int64((BagNode.headerWords &+ 2) &* 8) &+ (bytes.isInline ? 0 : Int64(bytes.count))
    }
}
