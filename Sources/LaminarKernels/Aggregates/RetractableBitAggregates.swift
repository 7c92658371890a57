/// How many of a group's values have each of 64 bits set.
public struct BitCounts: BitwiseCopyable {
    public var bits: InlineArray<64, Int64>
    public var count: Int64

    @inlinable public init() {
        bits = InlineArray(repeating: 0)
        count = 0
    }

    @inlinable mutating func change(_ value: Int64, by weight: Int64) {
        var rest = UInt64(bitPattern: value)
        while rest != 0 {
            bits[rest.trailingZeroBitCount] &+= weight
            rest &= rest &- 1
        }
        count &+= weight
    }

    @inlinable mutating func merge(_ other: Self) {
        for bit in 0..<64 { bits[bit] &+= other.bits[bit] }
        count &+= other.count
    }

    /// The bits that at least `least` values have.
    @inlinable func bits(inAtLeast least: Int64) -> Int64 {
        var result: UInt64 = 0
        for bit in 0..<64 where bits[bit] >= least { result |= 1 << UInt64(bit) }
        return Int64(bitPattern: result)
    }
}

/// BIT_AND over integers that can be taken back: a count per bit.
public struct RetractableBitAnd<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: RetractableAccumulator {
    public var counts: BitCounts

    @inlinable public init() { counts = BitCounts() }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        counts.change(Int64(truncatingIfNeeded: value), by: 1)
    }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        counts.change(Int64(truncatingIfNeeded: value), by: -1)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { counts.merge(other.counts) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        counts.count <= 0 ? nil : Value(truncatingIfNeeded: counts.bits(inAtLeast: counts.count))
    }
}

/// BIT_OR over integers that can be taken back: a count per bit.
public struct RetractableBitOr<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: RetractableAccumulator {
    public var counts: BitCounts

    @inlinable public init() { counts = BitCounts() }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        counts.change(Int64(truncatingIfNeeded: value), by: 1)
    }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        counts.change(Int64(truncatingIfNeeded: value), by: -1)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { counts.merge(other.counts) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        counts.count <= 0 ? nil : Value(truncatingIfNeeded: counts.bits(inAtLeast: 1))
    }
}
