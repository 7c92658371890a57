// SQL's NULL in Swift's own terms: a value that may be NULL is an optional, and these few functions are what generated
// expressions are made of besides kernels. All inline to the branches that one would write by hand.

import Synchronization

/// What a strict function gives: NULL if any argument is NULL. All arguments are evaluated first, as in PostgreSQL.
@inlinable public func strict<A, Result>(_ a: A?, _ body: (A) -> Result) -> Result? {
    guard let a else { return nil }
    return body(a)
}

/// What a strict function gives: NULL if any argument is NULL.
@inlinable public func strict<A, B, Result>(_ a: A?, _ b: B?, _ body: (A, B) -> Result) -> Result? {
    guard let a, let b else { return nil }
    return body(a, b)
}

/// What a strict function gives: NULL if any argument is NULL.
@inlinable public func strict<A, B, C, Result>(_ a: A?, _ b: B?, _ c: C?, _ body: (A, B, C) -> Result) -> Result? {
    guard let a, let b, let c else { return nil }
    return body(a, b, c)
}

/// What a strict function gives: NULL if any argument is NULL.
@inlinable public func strict<A, B, C, D, Result>(
    _ a: A?, _ b: B?, _ c: C?, _ d: D?,
    _ body: (A, B, C, D) -> Result
) -> Result? {
    guard let a, let b, let c, let d else { return nil }
    return body(a, b, c, d)
}

/// What a strict function gives: NULL if any argument is NULL.
@inlinable public func strict<A, B, C, D, E, Result>(
    _ a: A?, _ b: B?, _ c: C?, _ d: D?, _ e: E?,
    _ body: (A, B, C, D, E) -> Result
) -> Result? {
    guard let a, let b, let c, let d, let e else { return nil }
    return body(a, b, c, d, e)
}

/// What a strict function gives: NULL if any argument is NULL.
@inlinable public func strict<A, B, C, D, E, F, Result>(
    _ a: A?, _ b: B?, _ c: C?, _ d: D?, _ e: E?, _ f: F?,
    _ body: (A, B, C, D, E, F) -> Result
) -> Result? {
    guard let a, let b, let c, let d, let e, let f else { return nil }
    return body(a, b, c, d, e, f)
}

/// What a strict function gives: NULL if any argument is NULL.
@inlinable public func strict<A, B, C, D, E, F, G, Result>(
    _ a: A?, _ b: B?, _ c: C?, _ d: D?, _ e: E?, _ f: F?, _ g: G?,
    _ body: (A, B, C, D, E, F, G) -> Result
) -> Result? {
    guard let a, let b, let c, let d, let e, let f, let g else { return nil }
    return body(a, b, c, d, e, f, g)
}

/// What a strict function gives: NULL if any argument is NULL.
@inlinable public func strict<A, B, C, D, E, F, G, H, Result>(
    _ a: A?, _ b: B?, _ c: C?, _ d: D?, _ e: E?, _ f: F?, _ g: G?, _ h: H?,
    _ body: (A, B, C, D, E, F, G, H) -> Result
) -> Result? {
    guard let a, let b, let c, let d, let e, let f, let g, let h else { return nil }
    return body(a, b, c, d, e, f, g, h)
}

/// Whether a condition is TRUE; NULL is not.
@inlinable public func isTrue(_ condition: Bool?) -> Bool { condition ?? false }

/// Three-valued AND: FALSE if either is FALSE, else NULL if either is NULL; the second is not evaluated after FALSE.
@inlinable public func conjunction(_ a: Bool?, _ b: @autoclosure () -> Bool?) -> Bool? {
    if let a, !a { return false }
    let b = b()
    if let b, !b { return false }
    return a == nil || b == nil ? nil : true
}

/// Three-valued OR: TRUE if either is TRUE, else NULL if either is NULL; the second is not evaluated after TRUE.
@inlinable public func disjunction(_ a: Bool?, _ b: @autoclosure () -> Bool?) -> Bool? {
    if let a, a { return true }
    let b = b()
    if let b, b { return true }
    return a == nil || b == nil ? nil : false
}

/// IS DISTINCT FROM: whether two values differ, NULLs being equal.
@inlinable public func isDistinct<A, B>(_ a: A?, _ b: B?, _ equal: (A, B) -> Bool) -> Bool {
    guard let a, let b else { return (a == nil) != (b == nil) }
    return !equal(a, b)
}

/// A string constant of the SQL; its bytes live as long as the program.
@inlinable public func text(_ constant: StaticString) -> StringView {
    StringView(constant.utf8Start, count: constant.utf8CodeUnitCount)
}

/// A constant of bytes, such as an array: one character for each byte, U+0000 to U+00FF.
///
/// The bytes are made once and live as long as the program; each further call is a look-up by the constant's address.
public func bytes(_ constant: StaticString) -> StringView {
    byteConstants.withLock { known in
        let key = UInt(bitPattern: constant.utf8Start)
        if let view = known[key] { return view }
        let scalars = constant.description.unicodeScalars
        let target = UnsafeMutablePointer<UInt8>.allocate(capacity: scalars.count + 16)
        for (index, scalar) in scalars.enumerated() { target[index] = UInt8(truncatingIfNeeded: scalar.value) }
        let view = StringView(target, count: scalars.count)
        known[key] = view
        return view
    }
}

private let byteConstants = Mutex<[UInt: StringView]>([:])

extension Fault {
    /// Fails as lowering proved that it must; the value is never seen.
    @inlinable public mutating func fail<Value: BitwiseCopyable>(
        sqlState: StaticString, at site: Int, as type: Value.Type
    ) -> Value? {
        raise(evaluationErrorCode(sqlState), at: site)
        return nil
    }
}

@usableFromInline func evaluationErrorCode(_ sqlState: StaticString) -> EvaluationErrorCode {
    let state = sqlState.description
    return EvaluationErrorCode.allCases.first { $0.sqlState == state } ?? .invalidParameterValue
}
