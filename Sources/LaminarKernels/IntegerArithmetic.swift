// Overflow is found by sign bits or in a wider type and only noted, so that loops over these stay branch-free and
// vectorise; the flags of `addingReportingOverflow` keep LLVM from vectorising.

/// `a + b`; 22003 past the type's range.
@inlinable public func add<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ b: T, _ fault: inout Fault, at site: Int
) -> T {
    let sum = a &+ b
    fault.note((a ^ sum) & (b ^ sum) < 0, at: site)
    return sum
}

/// `a - b`; 22003 past the type's range.
@inlinable public func subtract<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ b: T, _ fault: inout Fault, at site: Int
) -> T {
    let difference = a &- b
    fault.note((a ^ b) & (a ^ difference) < 0, at: site)
    return difference
}

/// `a * b`; 22003 past the type's range.
@inlinable public func multiply(_ a: Int16, _ b: Int16, _ fault: inout Fault, at site: Int) -> Int16 {
    let product = Int32(a) &* Int32(b)
    let result = Int16(truncatingIfNeeded: product)
    fault.note(Int32(result) != product, at: site)
    return result
}

/// `a * b`; 22003 past the type's range.
@inlinable public func multiply(_ a: Int32, _ b: Int32, _ fault: inout Fault, at site: Int) -> Int32 {
    let product = Int64(a) &* Int64(b)
    let result = Int32(truncatingIfNeeded: product)
    fault.note(Int64(result) != product, at: site)
    return result
}

/// `a * b`; 22003 past the type's range.
@inlinable public func multiply(_ a: Int64, _ b: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    fault.note(overflow, at: site)
    return product
}

/// `a / b`, truncated toward zero; 22012 by zero, 22003 for the minimum by −1.
@inlinable public func divide<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ b: T, _ fault: inout Fault, at site: Int
) -> T {
    if _slowPath(b == 0) {
        fault.raise(.divisionByZero, at: site)
        return 0
    }
    if _slowPath(b == -1) {
        fault.note(a == .min, at: site)
        return 0 &- a
    }
    return a / b
}

/// `a % b` with the sign of `a`; 22012 by zero.
@inlinable public func remainder<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ b: T, _ fault: inout Fault, at site: Int
) -> T {
    if _slowPath(b == 0) {
        fault.raise(.divisionByZero, at: site)
        return 0
    }
    // The minimum by −1 would trap; its remainder is zero like every other's.
    if _slowPath(b == -1) { return 0 }
    return a % b
}

/// `-a`; 22003 for the minimum.
@inlinable public func negate<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ fault: inout Fault, at site: Int
) -> T {
    fault.note(a == .min, at: site)
    return 0 &- a
}

/// `abs(a)`; 22003 for the minimum.
@inlinable public func absolute<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ fault: inout Fault, at site: Int
) -> T {
    fault.note(a == .min, at: site)
    return a < 0 ? 0 &- a : a
}

/// −1, 0 or 1.
@inlinable public func sign<T: FixedWidthInteger & SignedInteger>(_ a: T) -> T { a > 0 ? 1 : a < 0 ? -1 : 0 }

// MARK: Bits

@inlinable public func bitAnd<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { a & b }
@inlinable public func bitOr<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { a | b }
@inlinable public func bitXor<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { a ^ b }
@inlinable public func bitNot<T: FixedWidthInteger>(_ a: T) -> T { ~a }

/// `a << count`; the count wraps at the word that C shifts in (32 bits, or 64 for a bigint), as in PostgreSQL on x86.
@inlinable public func shiftLeft(_ a: Int16, _ count: Int32) -> Int16 {
    Int16(truncatingIfNeeded: Int32(a) &<< count)
}
@inlinable public func shiftLeft(_ a: Int32, _ count: Int32) -> Int32 { a &<< count }
@inlinable public func shiftLeft(_ a: Int64, _ count: Int32) -> Int64 { a &<< Int64(count) }

/// `a >> count`, keeping the sign; the count wraps as for `shiftLeft`.
@inlinable public func shiftRight(_ a: Int16, _ count: Int32) -> Int16 {
    Int16(truncatingIfNeeded: Int32(a) &>> count)
}
@inlinable public func shiftRight(_ a: Int32, _ count: Int32) -> Int32 { a &>> count }
@inlinable public func shiftRight(_ a: Int64, _ count: Int32) -> Int64 { a &>> Int64(count) }

// MARK: Number theory

/// The greatest common divisor, never negative; 22003 where that is the negated minimum.
@inlinable public func greatestCommonDivisor<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ b: T, _ fault: inout Fault, at site: Int
) -> T {
    var (x, y) = (a.magnitude, b.magnitude)
    while y != 0 { (x, y) = (y, x % y) }
    let result = T(truncatingIfNeeded: x)
    fault.note(result < 0, at: site)
    return result
}

/// The least common multiple, never negative; 22003 past the type's range.
@inlinable public func leastCommonMultiple<T: FixedWidthInteger & SignedInteger>(
    _ a: T, _ b: T, _ fault: inout Fault, at site: Int
) -> T {
    if a == 0 || b == 0 { return 0 }
    var (x, y) = (a.magnitude, b.magnitude)
    while y != 0 { (x, y) = (y, x % y) }
    let (product, overflow) = (a.magnitude / x).multipliedReportingOverflow(by: b.magnitude)
    let result = T(truncatingIfNeeded: product)
    fault.note(overflow || result < 0, at: site)
    return result
}
