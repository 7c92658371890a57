/// All entries of a group in order, ties in the order of arrival: the state of aggregates that need more than one row.
public protocol EntryAccumulator: RetractableAccumulator where Argument == StringView {
    var bag: OrderedBag<AggregateEntry> { get set }
    /// The bytes of its entries; `Int64.max` where they were more than the table's limit.
    var collectedBytes: Int64 { get set }
}

extension EntryAccumulator {
    @inlinable public mutating func add(_ value: StringView, _ arena: inout Arena) {
        let entry = AggregateEntry(value)
        if arena.collection.admits(entry.collectedBytes, &collectedBytes) { bag.append(entry, &arena) }
    }

    @inlinable public mutating func retract(_ value: StringView, _ arena: inout Arena) {
        let entry = AggregateEntry(value)
        guard bag.remove(entry, &arena), collectedBytes != .max else { return }
        collectedBytes &-= entry.collectedBytes
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if arena.collection.admits(other.collectedBytes, &collectedBytes) { bag.merge(other.bag, &arena) }
    }
}

/// An accumulator whose result is a string that it makes.
public protocol MakingAccumulator: RetractableAccumulator where Result == StringView {
    func result(_ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView?
}

/// FIRST_VALUE, and ANY_VALUE, over rows that can be taken back.
public struct RetractableFirstEntry<Value: BagValue>: EntryAccumulator {
    public var bag: OrderedBag<AggregateEntry>
    public var collectedBytes: Int64
    @inlinable public init() { (bag, collectedBytes) = (OrderedBag(), 0) }
    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? { bag.first?.presentValue() }
}

/// LAST_VALUE over rows that can be taken back.
public struct RetractableLastEntry<Value: BagValue>: EntryAccumulator {
    public var bag: OrderedBag<AggregateEntry>
    public var collectedBytes: Int64
    @inlinable public init() { (bag, collectedBytes) = (OrderedBag(), 0) }
    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? { bag.last?.presentValue() }
}

/// FIRST_VALUE, and ANY_VALUE, over rows that stay: the first entry only.
public struct FirstEntry<Value: BagValue>: Accumulator {
    /// At byte offset 0, owned by the state table's arena.
    public var entry: StringView
    public var count: Int64

    @inlinable public init() {
        entry = StringView()
        count = 0
    }

    @inlinable public mutating func add(_ value: StringView, _ arena: inout Arena) {
        if count == 0 || AggregateEntry(value).order(AggregateEntry(entry)) < 0 { entry = arena.copy(value) }
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        if count == 0 || AggregateEntry(other.entry).order(AggregateEntry(entry)) < 0 {
            entry = arena.copy(other.entry)
        }
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : AggregateEntry(entry).presentValue()
    }
}

/// LAST_VALUE over rows that stay: the last entry only.
public struct LastEntry<Value: BagValue>: Accumulator {
    /// At byte offset 0, owned by the state table's arena.
    public var entry: StringView
    public var count: Int64

    @inlinable public init() {
        entry = StringView()
        count = 0
    }

    @inlinable public mutating func add(_ value: StringView, _ arena: inout Arena) {
        if count == 0 || AggregateEntry(value).order(AggregateEntry(entry)) >= 0 { entry = arena.copy(value) }
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        if count == 0 || AggregateEntry(other.entry).order(AggregateEntry(entry)) >= 0 {
            entry = arena.copy(other.entry)
        }
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : AggregateEntry(entry).presentValue()
    }
}

/// PERCENTILE_DISC: the first value at or behind a fraction, which is the entries' parameter.
public struct PercentileDiscrete<Value: BagValue>: EntryAccumulator {
    public var bag: OrderedBag<AggregateEntry>
    public var collectedBytes: Int64
    @inlinable public init() { (bag, collectedBytes) = (OrderedBag(), 0) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        guard let first = bag.first else { return nil }
        let rank = (first.fraction * Double(bag.count)).rounded(.up) - 1
        return bag.value(atRank: rank > 0 ? Int64(rank) : 0)?.value()
    }
}

/// PERCENTILE_CONT and MEDIAN: interpolated between the values beside a fraction, which is the entries' parameter.
public struct PercentileContinuous: EntryAccumulator {
    public var bag: OrderedBag<AggregateEntry>
    public var collectedBytes: Int64
    @inlinable public init() { (bag, collectedBytes) = (OrderedBag(), 0) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        guard let first = bag.first else { return nil }
        let place = first.fraction * Double(bag.count &- 1)
        let below = place.rounded(.down)
        guard let low: Double = bag.value(atRank: Int64(below))?.value() else { return nil }
        if below == place { return low }
        guard let high: Double = bag.value(atRank: Int64(below) &+ 1)?.value() else { return low }
        return low + (place - below) * (high - low)
    }
}

/// MODE: the most frequent value, the first of them in the order where there are several.
public struct Mode<Value: BagValue>: EntryAccumulator {
    public var bag: OrderedBag<AggregateEntry>
    public var collectedBytes: Int64
    @inlinable public init() { (bag, collectedBytes) = (OrderedBag(), 0) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        mostFrequent()?.value()
    }

    /// One pass over the entries.
    @usableFromInline func mostFrequent() -> AggregateEntry? {
        var best: AggregateEntry?
        var bestCount: Int64 = 0
        var current: AggregateEntry?
        var count: Int64 = 0
        BagNode.visit(bag.root) { node in
            let entry = AggregateEntry(inBag: node.value)
            if let last = current, last.order(entry) == 0 {
                count &+= node.weight
            } else {
                current = entry
                count = node.weight
            }
            if count > bestCount {
                best = current
                bestCount = count
            }
        }
        return best
    }
}

/// STRING_AGG: the values in order, each but the first behind its delimiter, which is the entry's parameter.
public struct StringAggregate: EntryAccumulator, MakingAccumulator {
    public var bag: OrderedBag<AggregateEntry>
    public var collectedBytes: Int64
    @inlinable public init() { (bag, collectedBytes) = (OrderedBag(), 0) }

    public func result(_ fault: inout Fault, at site: Int) -> StringView? {
        var arena = Arena()
        let string = result(&arena, &fault, at: site)
        return string.flatMap { $0.isInline ? $0 : nil }
    }

    public func result(_ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView? {
        if collectedBytes == .max {
            fault.raise(.limitExceeded, at: site)
            return nil
        }
        if bag.count == 0 { return nil }
        var length = 0
        var isFirst = true
        BagNode.visit(bag.root) { node in
            let entry = AggregateEntry(inBag: node.value)
            length += entry.string.count + (isFirst ? 0 : entry.parameter.count)
            isFirst = false
        }
        guard length <= Int(Int32.max) else {
            fault.raise(.limitExceeded, at: site)
            return nil
        }
        let target = arena.allocate(length)
        var at = target
        isFirst = true
        BagNode.visit(bag.root) { node in
            let entry = AggregateEntry(inBag: node.value)
            for part in isFirst ? [entry.string] : [entry.parameter, entry.string] {
                part.withBytes { bytes in
                    if let base = bytes.baseAddress { at.update(from: base, count: bytes.count) }
                    at += bytes.count
                }
            }
            isFirst = false
        }
        return StringView(target, count: length)
    }
}
