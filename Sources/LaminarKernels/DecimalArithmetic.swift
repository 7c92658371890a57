public import LaminarTypes

/// `a + b` with the larger scale; 22003 past 38 digits.
@inlinable public func add(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    let (result, overflow) = a.addingReportingOverflow(b)
    fault.note(overflow, at: site)
    return result
}

/// `a - b` with the larger scale; 22003 past 38 digits.
@inlinable public func subtract(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    let (result, overflow) = a.subtractingReportingOverflow(b)
    fault.note(overflow, at: site)
    return result
}

/// `a * b` with the sum of the scales; 22003 past 38 digits.
@inlinable public func multiply(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    fault.note(overflow, at: site)
    return result
}

/// `a / b` with at least 16 significant digits; 22012 by zero, 22003 past 38 digits.
@inlinable public func divide(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    if _slowPath(b.isZero && !a.isNaN) {
        fault.raise(.divisionByZero, at: site)
        return b
    }
    let (result, overflow) = a.dividedReportingOverflow(by: b)
    fault.note(overflow, at: site)
    return result
}

/// `a % b` with the sign of `a`; 22012 by zero.
@inlinable public func remainder(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    if _slowPath(b.isZero && !a.isNaN) {
        fault.raise(.divisionByZero, at: site)
        return b
    }
    guard let result = a.remainder(dividingBy: b) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return a
    }
    return result
}

/// `div(a, b)`: the quotient truncated to an integer; 22012 by zero.
@inlinable public func integerQuotient(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    if _slowPath(b.isZero && !a.isNaN) {
        fault.raise(.divisionByZero, at: site)
        return b
    }
    guard let result = a.integerQuotient(by: b) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return a
    }
    return result
}

@inlinable public func negate(_ a: Decimal) -> Decimal { -a }
@inlinable public func absolute(_ a: Decimal) -> Decimal { a.magnitude }

/// −1, 0 or 1; NaN gives NaN.
@inlinable public func sign(_ a: Decimal) -> Decimal { a.isNaN ? a : Decimal(a.signum) }

/// Rounded half away from zero to `digits` behind the point, or to a power of ten if negative.
@inlinable public func rounded(_ a: Decimal, _ digits: Int32, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(a.rounded(toScale: Int(digits)), &fault, at: site)
}

@inlinable public func rounded(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(a.rounded(toScale: 0), &fault, at: site)
}

/// Cut off toward zero at `digits` behind the point.
@inlinable public func truncated(_ a: Decimal, _ digits: Int32, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(a.rounded(toScale: Int(digits), .towardZero), &fault, at: site)
}

@inlinable public func truncated(_ a: Decimal) -> Decimal { a.rounded(toScale: 0, .towardZero) ?? a }

@inlinable public func roundedUp(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(a.rounded(toScale: 0, .up), &fault, at: site)
}

@inlinable public func roundedDown(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(a.rounded(toScale: 0, .down), &fault, at: site)
}

/// The digits behind the point; 0 of a value that is not finite.
@inlinable public func scale(_ a: Decimal) -> Int32 { a.scale }

/// The digits behind the point that the value needs.
@inlinable public func minimumScale(_ a: Decimal) -> Int32 { a.withoutTrailingZeros.scale }

/// The value without trailing zeros behind the point.
@inlinable public func trimScale(_ a: Decimal) -> Decimal { a.withoutTrailingZeros }

/// `gcd(a, b)` with the larger scale; NaN unless both are finite.
public func greatestCommonDivisor(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    guard a.isFinite && b.isFinite else { return .notANumber }
    let common = Int(max(a.scale, b.scale))
    guard let first = a.extended(toScale: common), let second = b.extended(toScale: common) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return a
    }
    var (x, y) = (first.unscaled.magnitude, second.unscaled.magnitude)
    while y != 0 { (x, y) = (y, x % y) }
    return Decimal(unscaled: Int128(x), scale: Int32(common))
}

/// `lcm(a, b)` with the larger scale; NaN unless both are finite, 22003 past 38 digits.
public func leastCommonMultiple(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    guard a.isFinite && b.isFinite else { return .notANumber }
    let divisor = greatestCommonDivisor(a, b, &fault, at: site)
    let common = max(a.scale, b.scale)
    if a.isZero || b.isZero || divisor.isZero { return Decimal(unscaled: 0, scale: common) }
    guard let factor = a.integerQuotient(by: divisor) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return a
    }
    let (product, overflow) = factor.multipliedReportingOverflow(by: b)
    guard !overflow, let result = product.magnitude.extended(toScale: Int(common)) else {
        fault.raise(.numericValueOutOfRange, at: site)
        return a
    }
    return result
}

@inlinable func unwrap(_ value: Decimal?, _ fault: inout Fault, at site: Int) -> Decimal {
    guard let value else {
        fault.raise(.numericValueOutOfRange, at: site)
        return .zero
    }
    return value
}
