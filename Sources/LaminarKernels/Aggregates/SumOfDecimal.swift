public import LaminarTypes

/// The exact sum of decimals with the largest scale among them, and how many there were.
public struct DecimalTotal: BitwiseCopyable, Sendable {
    /// The unscaled sum of the finite values.
    public var low: UInt64
    public var high: Int64
    /// The scale in the low half; bit 32 is set once the sum has needed more than 38 digits.
    public var scaleAndFlag: Int64
    public var count: Int64
    public var specials: SpecialCounts

    @inlinable public init() {
        low = 0
        high = 0
        scaleAndFlag = 0
        count = 0
        specials = SpecialCounts()
    }

    @usableFromInline static var overflowFlag: Int64 { 1 << 32 }

    @inlinable public var finiteSum: Decimal {
        Decimal(
            unscaled: Int128(high) << 64 | Int128(low),
            scale: Int32(truncatingIfNeeded: scaleAndFlag & 0xffff_ffff))
    }

    @inlinable public var hasOverflowed: Bool { scaleAndFlag & Self.overflowFlag != 0 }

    @inlinable mutating func accumulate(_ value: Decimal) {
        let (sum, overflow) = finiteSum.addingReportingOverflow(value)
        low = UInt64(truncatingIfNeeded: sum.unscaled)
        high = Int64(truncatingIfNeeded: sum.unscaled >> 64)
        scaleAndFlag =
            Int64(sum.scale) | (scaleAndFlag & Self.overflowFlag) | (overflow ? Self.overflowFlag : 0)
    }

    @inlinable public mutating func add(_ value: Decimal) {
        count &+= 1
        if _fastPath(value.isFinite) { accumulate(value) } else { specials.add(SpecialCounts.Kind(value)) }
    }

    @inlinable public mutating func retract(_ value: Decimal) {
        count &-= 1
        if _fastPath(value.isFinite) { accumulate(-value) } else { specials.retract(SpecialCounts.Kind(value)) }
        if count == 0 { self = DecimalTotal() }
    }

    @inlinable public mutating func merge(_ other: DecimalTotal) {
        count &+= other.count
        accumulate(other.finiteSum)
        scaleAndFlag |= other.scaleAndFlag & Self.overflowFlag
        specials.merge(other.specials)
    }

    /// The sum, or what its infinities and NaNs make of it; past 38 digits it is out of range.
    @inlinable public func value(_ fault: inout Fault, at site: Int) -> Decimal {
        if let special = specials.sum {
            return Decimal(
                kind: special == .notANumber
                    ? .notANumber : special == .positiveInfinity ? .positiveInfinity : .negativeInfinity)
        }
        fault.note(hasOverflowed, at: site)
        return finiteSum
    }
}

extension SpecialCounts.Kind {
    /// The kind of a decimal that is not finite.
    @usableFromInline init(_ value: Decimal) {
        switch value.kind {
        case .positiveInfinity: self = .positiveInfinity
        case .negativeInfinity: self = .negativeInfinity
        default: self = .notANumber
        }
    }
}

/// SUM over NUMERIC.
public struct SumOfDecimal: RetractableAccumulator, Sendable {
    public var total: DecimalTotal

    @inlinable public init() { total = DecimalTotal() }
    @inlinable public init(total: DecimalTotal) { self.total = total }

    @inlinable public mutating func add(_ value: Decimal, _ arena: inout Arena) { total.add(value) }
    @inlinable public mutating func retract(_ value: Decimal, _ arena: inout Arena) { total.retract(value) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Decimal? {
        total.count == 0 ? nil : total.value(&fault, at: site)
    }
}

/// AVG over NUMERIC, with the scale of PostgreSQL's division.
public struct AverageOfDecimal: RetractableAccumulator, Sendable {
    public var total: DecimalTotal

    @inlinable public init() { total = DecimalTotal() }
    @inlinable public init(total: DecimalTotal) { self.total = total }

    @inlinable public mutating func add(_ value: Decimal, _ arena: inout Arena) { total.add(value) }
    @inlinable public mutating func retract(_ value: Decimal, _ arena: inout Arena) { total.retract(value) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    public func result(_ fault: inout Fault, at site: Int) -> Decimal? {
        if total.count == 0 { return nil }
        let sum = total.value(&fault, at: site)
        if !sum.isFinite { return sum }
        let (quotient, overflow) = sum.dividedReportingOverflow(by: Decimal(total.count))
        fault.note(overflow, at: site)
        return quotient
    }
}

/// AVG over integers as NUMERIC, as PostgreSQL types it.
public struct AverageOfIntegerAsDecimal<
    Value: FixedWidthInteger & SignedInteger & BitwiseCopyable
>: RetractableAccumulator {
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

    public func result(_ fault: inout Fault, at site: Int) -> Decimal? {
        if total.count == 0 { return nil }
        let sum = Decimal(unscaled: total.sum, scale: 0)
        let (quotient, overflow) = sum.dividedReportingOverflow(by: Decimal(total.count))
        fault.note(overflow, at: site)
        return quotient
    }
}
