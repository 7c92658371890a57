/// MIN over rows that can be taken back: all values of the group in order, equal ones once, up to the limit of its memory.
public struct RetractableMinimum<Value: BagValue>: RetractableAccumulator {
    public var bag: OrderedBag<Value>

    @inlinable public init() { bag = OrderedBag() }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { bag.add(value, weight: 1, &arena) }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        bag.add(value, weight: -1, &arena)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { bag.merge(other.bag, &arena) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? { bag.first }
}

/// MAX over rows that can be taken back: all values of the group in order, equal ones once, up to the limit of its memory.
public struct RetractableMaximum<Value: BagValue>: RetractableAccumulator {
    public var bag: OrderedBag<Value>

    @inlinable public init() { bag = OrderedBag() }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { bag.add(value, weight: 1, &arena) }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        bag.add(value, weight: -1, &arena)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { bag.merge(other.bag, &arena) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? { bag.last }
}
