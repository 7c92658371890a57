public import LaminarTypes

/// The exact sum of integers in 128 bits, and how many there were: the state of SUM and AVG over integers.
///
/// 128 bits cannot overflow before 2^64 rows, so only a result can be out of range.
public struct IntegerTotal: BitwiseCopyable, Sendable {
    /// The sum in two's complement, split so that the struct is aligned to 8 bytes.
    public var low: UInt64
    public var high: Int64
    public var count: Int64

    @inlinable public init() {
        low = 0
        high = 0
        count = 0
    }

    @inlinable public mutating func add(_ value: Int64) {
        let (sum, carry) = low.addingReportingOverflow(UInt64(bitPattern: value))
        low = sum
        high &+= (value &>> 63) &+ (carry ? 1 : 0)
        count &+= 1
    }

    @inlinable public mutating func add(_ value: UInt64) {
        let (sum, carry) = low.addingReportingOverflow(value)
        low = sum
        high &+= carry ? 1 : 0
        count &+= 1
    }

    @inlinable public mutating func retract(_ value: Int64) {
        let (sum, borrow) = low.subtractingReportingOverflow(UInt64(bitPattern: value))
        low = sum
        high &-= (value &>> 63) &+ (borrow ? 1 : 0)
        count &-= 1
    }

    @inlinable public mutating func merge(_ other: IntegerTotal) {
        let (sum, carry) = low.addingReportingOverflow(other.low)
        low = sum
        high &+= other.high &+ (carry ? 1 : 0)
        count &+= other.count
    }

    @inlinable public var sum: Int128 { Int128(high) << 64 | Int128(low) }

    /// The sum, rounded once.
    @inlinable public var doubleSum: Double {
        // The standard library converts 128 bits step by step, which takes a hundred times as long.
        let narrow = Int64(bitPattern: low)
        return _fastPath(high == narrow &>> 63) ? Double(narrow) : wideDoubleSum
    }

    @usableFromInline @inline(never) var wideDoubleSum: Double { Double(sum) }
}

/// SUM over SMALLINT, INTEGER or BIGINT as BIGINT; 22003 only if the sum itself does not fit.
public struct SumOfInteger<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: RetractableAccumulator {
    public var total: IntegerTotal

    @inlinable public init() { total = IntegerTotal() }
    @inlinable public init(total: IntegerTotal) { self.total = total }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        total.add(Int64(truncatingIfNeeded: value))
    }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        total.retract(Int64(truncatingIfNeeded: value))
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Int64? {
        if total.count == 0 { return nil }
        let value = Int64(bitPattern: total.low)
        fault.note(total.high != value &>> 63, at: site)
        return value
    }
}

/// SUM over BIGINT as NUMERIC, as PostgreSQL types it; never out of range.
public struct SumOfIntegerAsDecimal<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: RetractableAccumulator
{
    public var total: IntegerTotal

    @inlinable public init() { total = IntegerTotal() }
    @inlinable public init(total: IntegerTotal) { self.total = total }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        total.add(Int64(truncatingIfNeeded: value))
    }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        total.retract(Int64(truncatingIfNeeded: value))
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Decimal? {
        total.count == 0 ? nil : Decimal(unscaled: total.sum, scale: 0)
    }
}

/// SUM over unsigned BIGINT as NUMERIC.
public struct SumOfUnsigned: Accumulator {
    public var total: IntegerTotal

    @inlinable public init() { total = IntegerTotal() }

    @inlinable public mutating func add(_ value: UInt64, _ arena: inout Arena) { total.add(value) }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Decimal? {
        total.count == 0 ? nil : Decimal(unscaled: total.sum, scale: 0)
    }
}

/// AVG over integers as DOUBLE PRECISION: the exact sum, divided once.
public struct AverageOfInteger<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>: RetractableAccumulator {
    public var total: IntegerTotal

    @inlinable public init() { total = IntegerTotal() }
    @inlinable public init(total: IntegerTotal) { self.total = total }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        total.add(Int64(truncatingIfNeeded: value))
    }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        total.retract(Int64(truncatingIfNeeded: value))
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        total.count == 0 ? nil : total.doubleSum / Double(total.count)
    }
}
