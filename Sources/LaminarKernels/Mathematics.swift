import Glibc
public import LaminarTypes

// DOUBLE PRECISION functions. What PostgreSQL refuses is an error: 2201E and 2201F for logarithms and powers, 22003 for
// arguments outside a function's domain and for infinite results of finite arguments.

@inlinable func checked(_ result: Double, of a: Double, _ fault: inout Fault, at site: Int) -> Double {
    fault.note(isInfinite(result) && !isInfinite(a), at: site)
    return result
}

private func fail(_ code: EvaluationErrorCode, _ fault: inout Fault, at site: Int) -> Double {
    fault.raise(code, at: site)
    return 0
}

// MARK: Rounding

/// `round(a)`: halves to even.
@inlinable public func rounded(_ a: Double) -> Double { a.rounded(.toNearestOrEven) }
@inlinable public func roundedUp(_ a: Double) -> Double { a.rounded(.up) }
@inlinable public func roundedDown(_ a: Double) -> Double { a.rounded(.down) }
@inlinable public func truncated(_ a: Double) -> Double { a.rounded(.towardZero) }

/// `round(a, digits)` of the shortest decimal that reads back as `a`, halves away from zero.
public func rounded(_ a: Double, _ digits: Int32) -> Double {
    guard a.isFinite, digits < 300, let exact = Decimal(makeShortest(a)),
        let result = exact.rounded(toScale: Int(digits))
    else { return a }
    return result.doubleValue
}

/// `trunc(a, digits)` of the shortest decimal that reads back as `a`.
public func truncated(_ a: Double, _ digits: Int32) -> Double {
    guard a.isFinite, digits < 300, let exact = Decimal(makeShortest(a)),
        let result = exact.rounded(toScale: Int(digits), .towardZero)
    else { return a }
    return result.doubleValue
}

private func makeShortest(_ a: Double) -> String { a.description }

// MARK: Roots, powers, logarithms

/// `sqrt(a)`; 2201F of a negative number.
@inlinable public func squareRoot(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    if _slowPath(a < 0) {
        fault.raise(EvaluationErrorCode.invalidArgumentForPowerFunction, at: site)
        return 0
    }
    return a.squareRoot()
}

public func cubeRoot(_ a: Double) -> Double { cbrt(a) }

/// `exp(a)`; 22003 on overflow and underflow.
public func exponential(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    let result = exp(a)
    fault.note((result == .infinity || result == 0) && a.isFinite, at: site)
    return result
}

/// `ln(a)`; 2201E of zero and negative numbers.
public func naturalLogarithm(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a <= 0 ? fail(.invalidArgumentForLogarithm, &fault, at: site) : log(a)
}

/// `log(a)` and `log10(a)`; 2201E of zero and negative numbers.
public func commonLogarithm(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a <= 0 ? fail(.invalidArgumentForLogarithm, &fault, at: site) : log10(a)
}

/// `log2(a)`; 2201E of zero and negative numbers.
public func binaryLogarithm(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a <= 0 ? fail(.invalidArgumentForLogarithm, &fault, at: site) : log2(a)
}

/// `power(a, b)` and `a ^ b`; 2201F of zero to a negative power and of a negative number to a fraction.
public func power(_ a: Double, _ b: Double, _ fault: inout Fault, at site: Int) -> Double {
    if a.isNaN { return b == 0 ? 1 : a }
    if b.isNaN { return a == 1 ? 1 : b }
    if a == 0 && b < 0 || a < 0 && b.isFinite && b != b.rounded(.down) {
        return fail(.invalidArgumentForPowerFunction, &fault, at: site)
    }
    let result = pow(a, b)
    if a.isFinite && b.isFinite { fault.note(result.isInfinite || (result == 0 && a != 0), at: site) }
    return result
}

// MARK: Trigonometry in radians

/// `sin(a)`; 22003 of an infinity.
public func sine(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a.isInfinite ? fail(.numericValueOutOfRange, &fault, at: site) : sin(a)
}

/// `cos(a)`; 22003 of an infinity.
public func cosine(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a.isInfinite ? fail(.numericValueOutOfRange, &fault, at: site) : cos(a)
}

/// `tan(a)`; 22003 of an infinity.
public func tangent(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a.isInfinite ? fail(.numericValueOutOfRange, &fault, at: site) : tan(a)
}

/// `cot(a)`; 22003 of an infinity.
public func cotangent(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a.isInfinite ? fail(.numericValueOutOfRange, &fault, at: site) : 1 / tan(a)
}

/// `asin(a)`; 22003 outside −1…1.
public func arcSine(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a.magnitude > 1 ? fail(.numericValueOutOfRange, &fault, at: site) : asin(a)
}

/// `acos(a)`; 22003 outside −1…1.
public func arcCosine(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a.magnitude > 1 ? fail(.numericValueOutOfRange, &fault, at: site) : acos(a)
}

public func arcTangent(_ a: Double) -> Double { atan(a) }

/// `atan2(y, x)`.
public func arcTangent2(_ y: Double, _ x: Double) -> Double { atan2(y, x) }

// MARK: Hyperbolic functions

/// `sinh(a)`; infinite on overflow, as in PostgreSQL.
public func hyperbolicSine(_ a: Double) -> Double { sinh(a) }

/// `cosh(a)`; infinite on overflow, as in PostgreSQL.
public func hyperbolicCosine(_ a: Double) -> Double { cosh(a) }
public func hyperbolicTangent(_ a: Double) -> Double { tanh(a) }
public func areaHyperbolicSine(_ a: Double) -> Double { asinh(a) }

/// `acosh(a)`; 22003 below 1.
public func areaHyperbolicCosine(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a < 1 ? fail(.numericValueOutOfRange, &fault, at: site) : acosh(a)
}

/// `atanh(a)`; 22003 outside −1…1.
public func areaHyperbolicTangent(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    a.magnitude > 1 ? fail(.numericValueOutOfRange, &fault, at: site) : atanh(a)
}

// MARK: Angles

@inlinable public func pi() -> Double { .pi }

/// Degrees of radians; 22003 on overflow.
@inlinable public func degrees(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    checked(a / (Double.pi / 180), of: a, &fault, at: site)
}

/// Radians of degrees; 22003 on underflow.
@inlinable public func radians(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    let result = a * (Double.pi / 180)
    fault.note(result == 0 && a != 0, at: site)
    return result
}

// MARK: Buckets

/// `width_bucket(value, low, high, count)`; 22023 for bounds or a count that make no buckets (2201G in PostgreSQL),
/// 22003 past an integer.
public func widthBucket(
    _ value: Double, _ low: Double, _ high: Double, _ count: Int32, _ fault: inout Fault, at site: Int
) -> Int32 {
    guard count > 0, !value.isNaN, low.isFinite, high.isFinite, low != high else {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return 0
    }
    let isBelow = low < high ? value < low : value > low
    let isAbove = low < high ? value >= high : value <= high
    if isBelow { return 0 }
    if isAbove {
        fault.note(count == .max, at: site)
        return count &+ 1
    }
    // Halved where the differences overflow.
    let width = high - low
    let share = width.isFinite ? (value - low) / width : (value / 2 - low / 2) / (high / 2 - low / 2)
    let bucket = (share * Double(count)).rounded(.down)
    return bucket < Double(count) ? Int32(max(bucket, 0)) &+ 1 : count
}

/// `width_bucket` of NUMERIC.
public func widthBucket(
    _ value: Decimal, _ low: Decimal, _ high: Decimal, _ count: Int32, _ fault: inout Fault, at site: Int
) -> Int32 {
    guard count > 0, !value.isNaN, low.isFinite, high.isFinite, low != high else {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return 0
    }
    let isRising = low < high
    if isRising ? value < low : value > low { return 0 }
    if isRising ? value >= high : value <= high {
        fault.note(count == .max, at: site)
        return count &+ 1
    }
    let above = value.subtractingReportingOverflow(low)
    let width = high.subtractingReportingOverflow(low)
    let product = above.partialValue.multipliedReportingOverflow(by: Decimal(count))
    guard !above.overflow, !width.overflow, !product.overflow,
        let bucket = product.partialValue.integerQuotient(by: width.partialValue)?.roundedToInt64()
    else {
        fault.raise(EvaluationErrorCode.numericValueOutOfRange, at: site)
        return 0
    }
    return Int32(truncatingIfNeeded: min(bucket, Int64(count) - 1) + 1)
}

/// `factorial(a)`; 22003 of a negative number and past 33!, the last with 38 digits.
public func factorial(_ a: Int64, _ fault: inout Fault, at site: Int) -> Decimal {
    guard (0...33).contains(a) else {
        fault.raise(EvaluationErrorCode.numericValueOutOfRange, at: site)
        return .zero
    }
    var product: Int128 = 1
    for factor in stride(from: Int128(2), through: Int128(a), by: 1) { product *= factor }
    return Decimal(unscaled: product, scale: 0)
}
