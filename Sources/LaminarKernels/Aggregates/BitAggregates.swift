/// BIT_AND over integers.
public struct BitAnd<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: Accumulator {
    public var bits: Int64
    public var count: Int64

    @inlinable public init() {
        bits = 0
        count = 0
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        let value = Int64(truncatingIfNeeded: value)
        bits = count == 0 ? value : bits & value
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        bits = count == 0 ? other.bits : bits & other.bits
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : Value(truncatingIfNeeded: bits)
    }
}

/// BIT_OR over integers.
public struct BitOr<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: Accumulator {
    public var bits: Int64
    public var count: Int64

    @inlinable public init() {
        bits = 0
        count = 0
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        bits |= Int64(truncatingIfNeeded: value)
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        bits |= other.bits
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : Value(truncatingIfNeeded: bits)
    }
}

/// BIT_XOR over integers.
public struct BitXor<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: RetractableAccumulator {
    public var bits: Int64
    public var count: Int64

    @inlinable public init() {
        bits = 0
        count = 0
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        bits ^= Int64(truncatingIfNeeded: value)
        count &+= 1
    }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        bits ^= Int64(truncatingIfNeeded: value)
        count &-= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        bits ^= other.bits
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : Value(truncatingIfNeeded: bits)
    }
}
