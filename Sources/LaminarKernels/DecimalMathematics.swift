public import LaminarTypes

// NUMERIC functions, with PostgreSQL's scales as far as 38 digits go; past that they are 22003.

/// `sqrt(a)`; 2201F of a negative number.
public func squareRoot(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    if a.signum < 0 {
        fault.raise(EvaluationErrorCode.invalidArgumentForPowerFunction, at: site)
        return .zero
    }
    return unwrap(a.squareRoot(), &fault, at: site)
}

/// `exp(a)`.
public func exponential(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(a.exponential(), &fault, at: site)
}

/// `ln(a)`; 2201E of zero and negative numbers.
public func naturalLogarithm(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    guard let result = a.naturalLogarithm() else {
        fault.raise(EvaluationErrorCode.invalidArgumentForLogarithm, at: site)
        return .zero
    }
    return result
}

/// `log(a)` and `log10(a)`; 2201E of zero and negative numbers.
public func commonLogarithm(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    logarithm(Decimal(10), a, &fault, at: site)
}

/// `log(base, a)`; 2201E of zero and negative numbers, 22012 of base 1.
public func logarithm(_ base: Decimal, _ a: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    if base.isNaN || a.isNaN { return .notANumber }
    if base.signum <= 0 || a.signum <= 0 {
        fault.raise(EvaluationErrorCode.invalidArgumentForLogarithm, at: site)
        return .zero
    }
    if base == Decimal(1) && a.isFinite {
        fault.raise(EvaluationErrorCode.divisionByZero, at: site)
        return .zero
    }
    return unwrap(a.logarithm(base: base), &fault, at: site)
}

/// `power(a, b)` and `a ^ b`; 2201F of zero to a negative power and of a negative number to a fraction.
public func power(_ a: Decimal, _ b: Decimal, _ fault: inout Fault, at site: Int) -> Decimal {
    do throws(Decimal.PowerError) {
        return try a.power(b)
    } catch {
        fault.raise(
            error == .invalidArgument ? EvaluationErrorCode.invalidArgumentForPowerFunction : .numericValueOutOfRange,
            at: site)
        return .zero
    }
}
