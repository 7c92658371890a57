public import LaminarTypes

// PostgreSQL rounds floating-point numbers half to even and decimals half away from zero; what does not fit is 22003.

// MARK: Between integers

@inlinable public func castToInteger(_ a: Int16) -> Int32 { Int32(a) }
@inlinable public func castToBigint(_ a: Int16) -> Int64 { Int64(a) }
@inlinable public func castToBigint(_ a: Int32) -> Int64 { Int64(a) }

@inlinable public func castToSmallint(_ a: Int32, _ fault: inout Fault, at site: Int) -> Int16 {
    let result = Int16(truncatingIfNeeded: a)
    fault.note(Int32(truncatingIfNeeded: result) != a, at: site)
    return result
}

@inlinable public func castToSmallint(_ a: Int64, _ fault: inout Fault, at site: Int) -> Int16 {
    let result = Int16(truncatingIfNeeded: a)
    fault.note(Int64(truncatingIfNeeded: result) != a, at: site)
    return result
}

@inlinable public func castToInteger(_ a: Int64, _ fault: inout Fault, at site: Int) -> Int32 {
    let result = Int32(truncatingIfNeeded: a)
    fault.note(Int64(truncatingIfNeeded: result) != a, at: site)
    return result
}

@inlinable public func castToBigint(_ a: UInt64, _ fault: inout Fault, at site: Int) -> Int64 {
    let result = Int64(truncatingIfNeeded: a)
    fault.note(UInt64(truncatingIfNeeded: result) != a || result < 0, at: site)
    return result
}

// MARK: From floating point

@inlinable public func castToSmallint(_ a: Double, _ fault: inout Fault, at site: Int) -> Int16 {
    let rounded = a.rounded(.toNearestOrEven)
    let fits = rounded >= -0x1p15 && rounded < 0x1p15
    fault.note(!fits, at: site)
    return Int16(fits ? rounded : 0)
}

@inlinable public func castToInteger(_ a: Double, _ fault: inout Fault, at site: Int) -> Int32 {
    let rounded = a.rounded(.toNearestOrEven)
    let fits = rounded >= -0x1p31 && rounded < 0x1p31
    fault.note(!fits, at: site)
    return Int32(fits ? rounded : 0)
}

@inlinable public func castToBigint(_ a: Double, _ fault: inout Fault, at site: Int) -> Int64 {
    let rounded = a.rounded(.toNearestOrEven)
    let fits = rounded >= -0x1p63 && rounded < 0x1p63
    fault.note(!fits, at: site)
    return Int64(fits ? rounded : 0)
}

@inlinable public func castToSmallint(_ a: Float, _ fault: inout Fault, at site: Int) -> Int16 {
    let rounded = a.rounded(.toNearestOrEven)
    let fits = rounded >= -0x1p15 && rounded < 0x1p15
    fault.note(!fits, at: site)
    return Int16(fits ? rounded : 0)
}

@inlinable public func castToInteger(_ a: Float, _ fault: inout Fault, at site: Int) -> Int32 {
    let rounded = a.rounded(.toNearestOrEven)
    let fits = rounded >= -0x1p31 && rounded < 0x1p31
    fault.note(!fits, at: site)
    return Int32(fits ? rounded : 0)
}

@inlinable public func castToBigint(_ a: Float, _ fault: inout Fault, at site: Int) -> Int64 {
    let rounded = a.rounded(.toNearestOrEven)
    let fits = rounded >= -0x1p63 && rounded < 0x1p63
    fault.note(!fits, at: site)
    return Int64(fits ? rounded : 0)
}

// MARK: From NUMERIC and BOOLEAN

@inlinable public func castToSmallint(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Int16 {
    guard let wide = a.roundedToInt64(), let result = Int16(exactly: wide) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return 0
    }
    return result
}

@inlinable public func castToInteger(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Int32 {
    guard let wide = a.roundedToInt64(), let result = Int32(exactly: wide) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return 0
    }
    return result
}

@inlinable public func castToBigint(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Int64 {
    guard let wide = a.roundedToInt64(), let result = Int64(exactly: wide) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return 0
    }
    return result
}

@inlinable public func castToInteger(_ a: Bool) -> Int32 { a ? 1 : 0 }

// MARK: From text

/// 22P02 unless `a` is an integer with blanks around, 22003 if it does not fit.
public func castToSmallint(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int16 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try IntegerText.parse(bytes) }
}

/// 22P02 unless `a` is an integer with blanks around, 22003 if it does not fit.
public func castToInteger(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int32 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try IntegerText.parse(bytes) }
}

/// 22P02 unless `a` is an integer with blanks around, 22003 if it does not fit.
public func castToBigint(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int64 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try IntegerText.parse(bytes) }
}
