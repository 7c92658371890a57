/// COUNT(*): the number of rows. It has no argument: call `add()`.
public struct CountOfRows: BitwiseCopyable, Sendable {
    public var count: Int64

    @inlinable public init() { count = 0 }

    @inlinable public mutating func add() { count &+= 1 }

    @inlinable public mutating func retract() { count &-= 1 }

    @inlinable public mutating func merge(_ other: CountOfRows, _ arena: inout Arena) { count &+= other.count }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Int64? { count }
}

/// COUNT(x): the number of values that are not NULL; `Value` is any argument type and leaves no trace in the state.
public struct CountOfValues<Value: BitwiseCopyable>: RetractableAccumulator, Sendable {
    public var count: Int64

    @inlinable public init() { count = 0 }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { count &+= 1 }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) { count &-= 1 }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { count &+= other.count }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Int64? { count }
}
