/// A sum of doubles from which values can be taken back: compensated, so that what was added and retracted leaves no
/// trace that matters, with infinities and NaN counted apart.
/// - SeeAlso: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 1974.
public struct RetractableTotal: BitwiseCopyable, Sendable {
    public var sum: Double
    public var compensation: Double
    public var count: Int64
    public var specials: SpecialCounts

    @inlinable public init() {
        sum = 0
        compensation = 0
        count = 0
        specials = SpecialCounts()
    }

    @usableFromInline mutating func accumulate(_ value: Double) {
        let next = sum + value
        compensation += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
        sum = next
    }

    @usableFromInline mutating func add(_ value: Double) {
        count &+= 1
        if value.isFinite { accumulate(value) } else { specials.add(SpecialCounts.Kind(value)) }
    }

    @usableFromInline mutating func retract(_ value: Double) {
        count &-= 1
        if value.isFinite { accumulate(-value) } else { specials.retract(SpecialCounts.Kind(value)) }
        if count == 0 { self = RetractableTotal() }
    }

    @usableFromInline mutating func merge(_ other: RetractableTotal) {
        count &+= other.count
        accumulate(other.sum)
        compensation += other.compensation
        specials.merge(other.specials)
    }

    /// The sum; out of range if finite values overflowed.
    @usableFromInline func value(_ fault: inout Fault, at site: Int) -> Double {
        if let special = specials.sum { return special.value }
        let value = sum + compensation
        fault.note(!value.isFinite, at: site)
        return value
    }
}

/// SUM over DOUBLE PRECISION of an updating input.
public struct RetractableSumOfDouble: RetractableAccumulator, Sendable {
    public var total: RetractableTotal

    @inlinable public init() { total = RetractableTotal() }

    public mutating func add(_ value: Double, _ arena: inout Arena) { total.add(value) }
    public mutating func retract(_ value: Double, _ arena: inout Arena) { total.retract(value) }
    public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    public func result(_ fault: inout Fault, at site: Int) -> Double? {
        total.count == 0 ? nil : total.value(&fault, at: site)
    }
}

/// SUM over REAL of an updating input.
public struct RetractableSumOfReal: RetractableAccumulator, Sendable {
    public var total: RetractableTotal

    @inlinable public init() { total = RetractableTotal() }

    public mutating func add(_ value: Float, _ arena: inout Arena) { total.add(Double(value)) }
    public mutating func retract(_ value: Float, _ arena: inout Arena) { total.retract(Double(value)) }
    public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    public func result(_ fault: inout Fault, at site: Int) -> Float? {
        if total.count == 0 { return nil }
        let exact = total.value(&fault, at: site)
        fault.note(exact.isFinite && !Float(exact).isFinite, at: site)
        return Float(exact)
    }
}

/// AVG over REAL or DOUBLE PRECISION of an updating input.
public struct RetractableAverageOfDouble<Value: BinaryFloatingPoint & BitwiseCopyable>: RetractableAccumulator {
    public var total: RetractableTotal

    @inlinable public init() { total = RetractableTotal() }

    public mutating func add(_ value: Value, _ arena: inout Arena) { total.add(Double(value)) }
    public mutating func retract(_ value: Value, _ arena: inout Arena) { total.retract(Double(value)) }
    public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    public func result(_ fault: inout Fault, at site: Int) -> Double? {
        total.count == 0 ? nil : total.value(&fault, at: site) / Double(total.count)
    }
}
