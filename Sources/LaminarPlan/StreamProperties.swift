/// What the planner knows of a stream beyond its columns.
public struct StreamProperties: Hashable, Sendable {
    public var changelog: ChangelogKind
    /// The column that carries event time under a watermark, if any.
    public var eventTime: Int?
    /// Columns that identify a row; nil: the whole row with its multiplicity.
    public var key: [Int]?
    public var stateBound: StateBound
    /// The columns that carry processing time.
    public var processingTimes: Set<Int> = []
    /// Set where the rows' watermark is kept by key, while the key is among the columns.
    public var keyedWatermark: KeyedWatermark?

    public init(
        changelog: ChangelogKind = .appendOnly, eventTime: Int? = nil, key: [Int]? = nil,
        stateBound: StateBound = .stateless
    ) {
        self.changelog = changelog
        self.eventTime = eventTime
        self.key = key
        self.stateBound = stateBound
    }
}

/// Whether a stream only inserts rows, or also takes them back.
public enum ChangelogKind: String, Hashable, Sendable {
    case appendOnly = "append-only"
    case updating
}

/// What bounds the state of an operator; printed by EXPLAIN.
public enum StateBound: Hashable, Sendable {
    case stateless
    /// Freed as windows close; microseconds of event time kept.
    case window(microseconds: Int64)
    /// Rows of a join's sides leave so many microseconds behind the other side's watermark; nil: never.
    case interval(left: Int64?, right: Int64?)
    /// As many entries as there are distinct keys.
    case keyCardinality
    /// Freed so many microseconds of processing time after it was last touched.
    case timeToLive(microseconds: Int64)
    /// One row.
    case constant
    case unbounded
}

extension StateBound: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stateless: "none"
        case .window(let microseconds): "by window (\(duration(microseconds)))"
        case .interval(let left, let right):
            "by interval (left \(left.map(duration) ?? "unbounded"), right \(right.map(duration) ?? "unbounded"))"
        case .keyCardinality: "by key cardinality"
        case .timeToLive(let microseconds): "by time to live (\(duration(microseconds)))"
        case .constant: "constant"
        case .unbounded: "unbounded"
        }
    }
}
