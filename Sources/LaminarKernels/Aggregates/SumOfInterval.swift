public import LaminarTypes

/// The exact sum of intervals, field by field, and how many there were: the state of SUM and AVG over intervals.
///
/// Only a result can be out of range: months and days are summed in 64 bits, times in 128.
public struct IntervalTotal: BitwiseCopyable, Sendable {
    public var months: Int64
    public var days: Int64
    public var microseconds: IntegerTotal

    @inlinable public init() {
        months = 0
        days = 0
        microseconds = IntegerTotal()
    }

    @inlinable public mutating func add(_ value: Interval) {
        months &+= Int64(value.months)
        days &+= Int64(value.days)
        microseconds.add(value.microseconds)
    }

    @inlinable public mutating func retract(_ value: Interval) {
        months &-= Int64(value.months)
        days &-= Int64(value.days)
        microseconds.retract(value.microseconds)
    }

    @inlinable public mutating func merge(_ other: IntervalTotal) {
        months &+= other.months
        days &+= other.days
        microseconds.merge(other.microseconds)
    }

    /// The sum; nil where a field is out of range.
    @inlinable public var sum: Interval? {
        guard let months = Int32(exactly: months), let days = Int32(exactly: days),
            let time = Int64(exactly: microseconds.sum)
        else { return nil }
        return Interval(months: months, days: days, microseconds: time)
    }
}

/// SUM over intervals; 22008 only if the sum itself does not fit.
public struct SumOfInterval: RetractableAccumulator, Sendable {
    public var total: IntervalTotal

    @inlinable public init() { total = IntervalTotal() }
    @inlinable public mutating func add(_ value: Interval, _ arena: inout Arena) { total.add(value) }
    @inlinable public mutating func retract(_ value: Interval, _ arena: inout Arena) { total.retract(value) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Interval? {
        total.microseconds.count == 0 ? nil : unwrap(total.sum, &fault, at: site)
    }
}

/// AVG over intervals: the sum divided once, fractions of months become days and those of days time.
public struct AverageOfInterval: RetractableAccumulator, Sendable {
    public var total: IntervalTotal

    @inlinable public init() { total = IntervalTotal() }
    @inlinable public mutating func add(_ value: Interval, _ arena: inout Arena) { total.add(value) }
    @inlinable public mutating func retract(_ value: Interval, _ arena: inout Arena) { total.retract(value) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { total.merge(other.total) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Interval? {
        if total.microseconds.count == 0 { return nil }
        return unwrap(total.sum?.divided(by: Double(total.microseconds.count)), &fault, at: site)
    }
}
