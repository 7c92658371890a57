// PostgreSQL makes an infinite result of finite arguments an error (22003), and a zero result of arguments that are not.

/// `a + b`; 22003 on overflow.
@inlinable public func add(_ a: Double, _ b: Double, _ fault: inout Fault, at site: Int) -> Double {
    let result = a + b
    fault.note(isInfinite(result) && !isInfinite(a) && !isInfinite(b), at: site)
    return result
}

/// `a - b`; 22003 on overflow.
@inlinable public func subtract(_ a: Double, _ b: Double, _ fault: inout Fault, at site: Int) -> Double {
    let result = a - b
    fault.note(isInfinite(result) && !isInfinite(a) && !isInfinite(b), at: site)
    return result
}

/// `a * b`; 22003 on overflow and underflow.
@inlinable public func multiply(_ a: Double, _ b: Double, _ fault: inout Fault, at site: Int) -> Double {
    let result = a * b
    fault.note(
        (isInfinite(result) && !isInfinite(a) && !isInfinite(b)) || (result == 0 && a != 0 && b != 0), at: site)
    return result
}

/// `a / b`; 22012 by zero (unless `a` is NaN), 22003 on overflow and underflow.
@inlinable public func divide(_ a: Double, _ b: Double, _ fault: inout Fault, at site: Int) -> Double {
    let result = a / b
    if _slowPath(b == 0 && !a.isNaN) {
        fault.raise(.divisionByZero, at: site)
        return 0
    }
    fault.note((isInfinite(result) && !isInfinite(a)) || (result == 0 && a != 0 && !isInfinite(b)), at: site)
    return result
}

@inlinable public func negate(_ a: Double) -> Double { -a }
@inlinable public func absolute(_ a: Double) -> Double { a.magnitude }

/// −1, 0 or 1; NaN gives 0, since no comparison with it holds.
@inlinable public func sign(_ a: Double) -> Double { a > 0 ? 1 : a < 0 ? -1 : 0 }

/// `a + b`; 22003 on overflow.
@inlinable public func add(_ a: Float, _ b: Float, _ fault: inout Fault, at site: Int) -> Float {
    let result = a + b
    fault.note(isInfinite(result) && !isInfinite(a) && !isInfinite(b), at: site)
    return result
}

/// `a - b`; 22003 on overflow.
@inlinable public func subtract(_ a: Float, _ b: Float, _ fault: inout Fault, at site: Int) -> Float {
    let result = a - b
    fault.note(isInfinite(result) && !isInfinite(a) && !isInfinite(b), at: site)
    return result
}

/// `a * b`; 22003 on overflow and underflow.
@inlinable public func multiply(_ a: Float, _ b: Float, _ fault: inout Fault, at site: Int) -> Float {
    let result = a * b
    fault.note(
        (isInfinite(result) && !isInfinite(a) && !isInfinite(b)) || (result == 0 && a != 0 && b != 0), at: site)
    return result
}

/// `a / b`; 22012 by zero (unless `a` is NaN), 22003 on overflow and underflow.
@inlinable public func divide(_ a: Float, _ b: Float, _ fault: inout Fault, at site: Int) -> Float {
    let result = a / b
    if _slowPath(b == 0 && !a.isNaN) {
        fault.raise(.divisionByZero, at: site)
        return 0
    }
    fault.note((isInfinite(result) && !isInfinite(a)) || (result == 0 && a != 0 && !isInfinite(b)), at: site)
    return result
}

@inlinable public func negate(_ a: Float) -> Float { -a }
@inlinable public func absolute(_ a: Float) -> Float { a.magnitude }

@inlinable func isInfinite(_ a: Double) -> Bool { a.magnitude == .infinity }
@inlinable func isInfinite(_ a: Float) -> Bool { a.magnitude == .infinity }
