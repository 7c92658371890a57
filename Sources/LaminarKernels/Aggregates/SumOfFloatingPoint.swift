/// The sum of doubles in order of arrival, as PostgreSQL adds them, and how many there were.
///
/// Infinities and NaN that are added propagate; a finite sum that overflows is remembered as such.
public struct DoubleTotal: BitwiseCopyable, Sendable {
    public var sum: Double
    /// The number of values; its top bit is set when finite values overflowed.
    public var countAndFlag: UInt64

    @inlinable public init() {
        sum = 0
        countAndFlag = 0
    }

    @usableFromInline static var overflowFlag: UInt64 { 1 << 63 }

    @inlinable public mutating func add(_ value: Double) {
        let before = sum
        sum += value
        countAndFlag &+= 1
        if _slowPath(!sum.isFinite) { noteOverflow(before, value) }
    }

    @usableFromInline @inline(never) mutating func noteOverflow(_ before: Double, _ value: Double) {
        if before.isFinite && value.isFinite { countAndFlag |= Self.overflowFlag }
    }

    @inlinable public mutating func merge(_ other: DoubleTotal) {
        let before = sum
        sum += other.sum
        countAndFlag = (countAndFlag &+ other.count) | (other.countAndFlag & Self.overflowFlag)
        if _slowPath(!sum.isFinite) { noteOverflow(before, other.sum) }
    }

    @inlinable public var count: UInt64 { countAndFlag & ~Self.overflowFlag }

    @inlinable public var hasOverflowed: Bool { countAndFlag & Self.overflowFlag != 0 }
}

/// SUM over DOUBLE PRECISION; a finite sum past its range is 22003.
public struct SumOfDouble: Accumulator, Sendable {
    public var total: DoubleTotal

    @inlinable public init() { total = DoubleTotal() }
    @inlinable public init(total: DoubleTotal) { self.total = total }

    @inlinable public mutating func add(_ value: Double, _ arena: inout Arena) { total.add(value) }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        if total.count == 0 { return nil }
        fault.note(total.hasOverflowed, at: site)
        // The processor's own NaN has its sign set.
        return total.sum.isNaN ? .nan : total.sum
    }
}

/// SUM over REAL as REAL, added in double precision and rounded once.
public struct SumOfReal: Accumulator, Sendable {
    public var total: DoubleTotal

    @inlinable public init() { total = DoubleTotal() }

    @inlinable public mutating func add(_ value: Float, _ arena: inout Arena) { total.add(Double(value)) }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Float? {
        if total.count == 0 { return nil }
        let sum = Float(total.sum)
        fault.note(total.hasOverflowed || (total.sum.isFinite && !sum.isFinite), at: site)
        return sum
    }
}

/// AVG over REAL or DOUBLE PRECISION as DOUBLE PRECISION.
public struct AverageOfDouble<Value: BinaryFloatingPoint & BitwiseCopyable>: Accumulator {
    public var total: DoubleTotal

    @inlinable public init() { total = DoubleTotal() }
    @inlinable public init(total: DoubleTotal) { self.total = total }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { total.add(Double(value)) }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        if total.count == 0 { return nil }
        fault.note(total.hasOverflowed, at: site)
        return total.sum / Double(total.count)
    }
}
