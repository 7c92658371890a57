public import LaminarTypes

// One order for everything: NaN equals NaN and follows all numbers, false precedes true, decimals and intervals compare
// by value, strings by byte. DATE, TIME and TIMESTAMP are integers here.

// MARK: Integers, dates and times

@inlinable public func equal<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a == b }
@inlinable public func notEqual<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a != b }
@inlinable public func less<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a < b }
@inlinable public func lessOrEqual<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a <= b }
@inlinable public func greater<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a > b }
@inlinable public func greaterOrEqual<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a >= b }

// MARK: Floating point

@inlinable public func equal(_ a: Double, _ b: Double) -> Bool { a == b || (a != a && b != b) }
@inlinable public func notEqual(_ a: Double, _ b: Double) -> Bool { !(a == b || (a != a && b != b)) }
@inlinable public func less(_ a: Double, _ b: Double) -> Bool { a < b || (b != b && a == a) }
@inlinable public func lessOrEqual(_ a: Double, _ b: Double) -> Bool { a <= b || b != b }
@inlinable public func greater(_ a: Double, _ b: Double) -> Bool { a > b || (a != a && b == b) }
@inlinable public func greaterOrEqual(_ a: Double, _ b: Double) -> Bool { a >= b || a != a }

@inlinable public func equal(_ a: Float, _ b: Float) -> Bool { a == b || (a != a && b != b) }
@inlinable public func notEqual(_ a: Float, _ b: Float) -> Bool { !(a == b || (a != a && b != b)) }
@inlinable public func less(_ a: Float, _ b: Float) -> Bool { a < b || (b != b && a == a) }
@inlinable public func lessOrEqual(_ a: Float, _ b: Float) -> Bool { a <= b || b != b }
@inlinable public func greater(_ a: Float, _ b: Float) -> Bool { a > b || (a != a && b == b) }
@inlinable public func greaterOrEqual(_ a: Float, _ b: Float) -> Bool { a >= b || a != a }

// MARK: NUMERIC

@inlinable public func equal(_ a: Decimal, _ b: Decimal) -> Bool { a.compare(b) == 0 }
@inlinable public func notEqual(_ a: Decimal, _ b: Decimal) -> Bool { a.compare(b) != 0 }
@inlinable public func less(_ a: Decimal, _ b: Decimal) -> Bool { a.compare(b) < 0 }
@inlinable public func lessOrEqual(_ a: Decimal, _ b: Decimal) -> Bool { a.compare(b) <= 0 }
@inlinable public func greater(_ a: Decimal, _ b: Decimal) -> Bool { a.compare(b) > 0 }
@inlinable public func greaterOrEqual(_ a: Decimal, _ b: Decimal) -> Bool { a.compare(b) >= 0 }

// MARK: INTERVAL

@inlinable public func equal(_ a: Interval, _ b: Interval) -> Bool { a == b }
@inlinable public func notEqual(_ a: Interval, _ b: Interval) -> Bool { a != b }
@inlinable public func less(_ a: Interval, _ b: Interval) -> Bool { a < b }
@inlinable public func lessOrEqual(_ a: Interval, _ b: Interval) -> Bool { a <= b }
@inlinable public func greater(_ a: Interval, _ b: Interval) -> Bool { a > b }
@inlinable public func greaterOrEqual(_ a: Interval, _ b: Interval) -> Bool { a >= b }

// MARK: Strings

@inlinable public func equal(_ a: StringView, _ b: StringView) -> Bool { a == b }
@inlinable public func notEqual(_ a: StringView, _ b: StringView) -> Bool { a != b }
@inlinable public func less(_ a: StringView, _ b: StringView) -> Bool { a < b }
@inlinable public func lessOrEqual(_ a: StringView, _ b: StringView) -> Bool { a <= b }
@inlinable public func greater(_ a: StringView, _ b: StringView) -> Bool { a > b }
@inlinable public func greaterOrEqual(_ a: StringView, _ b: StringView) -> Bool { a >= b }

// MARK: UUID

@inlinable public func equal(_ a: UUIDBytes, _ b: UUIDBytes) -> Bool { a == b }
@inlinable public func notEqual(_ a: UUIDBytes, _ b: UUIDBytes) -> Bool { a != b }
@inlinable public func less(_ a: UUIDBytes, _ b: UUIDBytes) -> Bool { a < b }
@inlinable public func lessOrEqual(_ a: UUIDBytes, _ b: UUIDBytes) -> Bool { a <= b }
@inlinable public func greater(_ a: UUIDBytes, _ b: UUIDBytes) -> Bool { a > b }
@inlinable public func greaterOrEqual(_ a: UUIDBytes, _ b: UUIDBytes) -> Bool { a >= b }

// MARK: BOOLEAN

@inlinable public func equal(_ a: Bool, _ b: Bool) -> Bool { a == b }
@inlinable public func notEqual(_ a: Bool, _ b: Bool) -> Bool { a != b }
@inlinable public func less(_ a: Bool, _ b: Bool) -> Bool { !a && b }
@inlinable public func lessOrEqual(_ a: Bool, _ b: Bool) -> Bool { !a || b }
@inlinable public func greater(_ a: Bool, _ b: Bool) -> Bool { a && !b }
@inlinable public func greaterOrEqual(_ a: Bool, _ b: Bool) -> Bool { a || !b }

@inlinable public func not(_ a: Bool) -> Bool { !a }

// MARK: The larger and the smaller of two

@inlinable public func greatest<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { less(a, b) ? b : a }
@inlinable public func greatest(_ a: Double, _ b: Double) -> Double { less(a, b) ? b : a }
@inlinable public func greatest(_ a: Float, _ b: Float) -> Float { less(a, b) ? b : a }
@inlinable public func greatest(_ a: Decimal, _ b: Decimal) -> Decimal { less(a, b) ? b : a }
@inlinable public func greatest(_ a: Interval, _ b: Interval) -> Interval { less(a, b) ? b : a }
@inlinable public func greatest(_ a: StringView, _ b: StringView) -> StringView { less(a, b) ? b : a }
@inlinable public func greatest(_ a: Bool, _ b: Bool) -> Bool { less(a, b) ? b : a }
@inlinable public func greatest(_ a: UUIDBytes, _ b: UUIDBytes) -> UUIDBytes { less(a, b) ? b : a }
@inlinable public func least<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { greater(a, b) ? b : a }
@inlinable public func least(_ a: Double, _ b: Double) -> Double { greater(a, b) ? b : a }
@inlinable public func least(_ a: Float, _ b: Float) -> Float { greater(a, b) ? b : a }
@inlinable public func least(_ a: Decimal, _ b: Decimal) -> Decimal { greater(a, b) ? b : a }
@inlinable public func least(_ a: Interval, _ b: Interval) -> Interval { greater(a, b) ? b : a }
@inlinable public func least(_ a: StringView, _ b: StringView) -> StringView { greater(a, b) ? b : a }
@inlinable public func least(_ a: Bool, _ b: Bool) -> Bool { greater(a, b) ? b : a }
@inlinable public func least(_ a: UUIDBytes, _ b: UUIDBytes) -> UUIDBytes { greater(a, b) ? b : a }

/// A LIMIT that a row decides; 2201W if it is negative.
@inlinable public func limitCount(_ count: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if count < 0 { fault.raise(.negativeLimit, at: site) }
    return count
}

/// An OFFSET that a row decides; 2201X if it is negative.
@inlinable public func offsetCount(_ count: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if count < 0 { fault.raise(.negativeOffset, at: site) }
    return count
}

/// Whether a subquery that stands for one value had a row, of which it may have one; 21000.
@inlinable public func atMostOneRow(_ count: Int64, _ fault: inout Fault, at site: Int) -> Bool {
    if count > 1 { fault.raise(.cardinalityViolation, at: site) }
    return count == 1
}
