/// How many values were true and how many false.
public struct BooleanCounts: BitwiseCopyable, Sendable {
    public var trues: Int64
    public var falses: Int64

    @inlinable public init() {
        trues = 0
        falses = 0
    }

    @inlinable public mutating func count(_ value: Bool, _ step: Int64) {
        trues &+= value ? step : 0
        falses &+= value ? 0 : step
    }

    @inlinable public mutating func merge(_ other: BooleanCounts) {
        trues &+= other.trues
        falses &+= other.falses
    }
}

/// BOOL_AND and EVERY: whether all values are true.
public struct BooleanAnd: RetractableAccumulator, Sendable {
    public var counts: BooleanCounts

    @inlinable public init() { counts = BooleanCounts() }

    @inlinable public mutating func add(_ value: Bool, _ arena: inout Arena) { counts.count(value, 1) }
    @inlinable public mutating func retract(_ value: Bool, _ arena: inout Arena) { counts.count(value, -1) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { counts.merge(other.counts) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Bool? {
        counts.trues == 0 && counts.falses == 0 ? nil : counts.falses == 0
    }
}

/// BOOL_OR: whether any value is true.
public struct BooleanOr: RetractableAccumulator, Sendable {
    public var counts: BooleanCounts

    @inlinable public init() { counts = BooleanCounts() }

    @inlinable public mutating func add(_ value: Bool, _ arena: inout Arena) { counts.count(value, 1) }
    @inlinable public mutating func retract(_ value: Bool, _ arena: inout Arena) { counts.count(value, -1) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { counts.merge(other.counts) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Bool? {
        counts.trues == 0 && counts.falses == 0 ? nil : counts.trues > 0
    }
}
