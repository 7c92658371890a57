public import LaminarTypes

// MARK: To REAL and DOUBLE PRECISION

@inlinable public func castToReal(_ a: Int16) -> Float { Float(a) }
@inlinable public func castToReal(_ a: Int32) -> Float { Float(a) }
@inlinable public func castToReal(_ a: Int64) -> Float { Float(a) }

@inlinable public func castToDouble(_ a: Int16) -> Double { Double(a) }
@inlinable public func castToDouble(_ a: Int32) -> Double { Double(a) }
@inlinable public func castToDouble(_ a: Int64) -> Double { Double(a) }

@inlinable public func castToDouble(_ a: UInt64) -> Double { Double(a) }
@inlinable public func castToDouble(_ a: Float) -> Double { Double(a) }
@inlinable public func castToDouble(_ a: Decimal) -> Double { a.doubleValue }

/// 22003 where a finite value becomes infinite, or one that is not zero becomes zero.
@inlinable public func castToReal(_ a: Double, _ fault: inout Fault, at site: Int) -> Float {
    let result = Float(a)
    fault.note((isInfinite(result) && !isInfinite(a)) || (result == 0 && a != 0), at: site)
    return result
}

/// 22003 where the value is too large.
@inlinable public func castToReal(_ a: Decimal, _ fault: inout Fault, at site: Int) -> Float {
    let result = a.floatValue
    fault.note(isInfinite(result) && a.isFinite, at: site)
    return result
}

public func castToReal(_ a: StringView, _ fault: inout Fault, at site: Int) -> Float {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try FloatingPointText.float(bytes) }
}

public func castToDouble(_ a: StringView, _ fault: inout Fault, at site: Int) -> Double {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in try FloatingPointText.double(bytes) }
}

// MARK: To NUMERIC

@inlinable public func castToNumeric(_ a: Int16) -> Decimal { Decimal(a) }
@inlinable public func castToNumeric(_ a: Int32) -> Decimal { Decimal(a) }
@inlinable public func castToNumeric(_ a: Int64) -> Decimal { Decimal(a) }
@inlinable public func castToNumeric(_ a: UInt64) -> Decimal { Decimal(a) }

/// With the 15 digits that a double holds for sure; 22003 past 38 digits.
@inlinable public func castToNumeric(_ a: Double, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(Decimal(a), &fault, at: site)
}

/// With the 6 digits that a single holds for sure; 22003 past 38 digits.
@inlinable public func castToNumeric(_ a: Float, _ fault: inout Fault, at site: Int) -> Decimal {
    unwrap(Decimal(a), &fault, at: site)
}

public func castToNumeric(_ a: StringView, _ fault: inout Fault, at site: Int) -> Decimal {
    readText(a, .zero, &fault, at: site) { bytes throws(ValueParseReason) in try Decimal(text: bytes) }
}

/// Rounds to `DECIMAL(precision, scale)`; 22003 if there are more digits before the point than that.
@inlinable public func coerceNumeric(
    _ a: Decimal, _ precision: Int32, _ scale: Int32, _ fault: inout Fault, at site: Int
) -> Decimal {
    if a.kind == .finite && a.scale == scale && a.unscaled.magnitude < Decimal.powerOfTen(Int(precision)).magnitude {
        return a
    }
    return unwrap(
        a.coerced(to: DecimalParameters(precision: Int(precision), scale: Int(scale))), &fault, at: site)
}

// MARK: To BOOLEAN

@inlinable public func castToBoolean(_ a: Int32) -> Bool { a != 0 }

/// `t`, `true`, `yes`, `on`, `1` and their opposites; else 22P02.
public func castToBoolean(_ a: StringView, _ fault: inout Fault, at site: Int) -> Bool {
    readText(a, false, &fault, at: site) { bytes throws(ValueParseReason) in try BooleanText.parse(bytes) }
}
