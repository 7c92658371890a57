public import LaminarTypes

// The hash of a key column's value: equal keys hash alike (−0 and 0, NaN and NaN, 1.0 and 1.00, one month and 30 days),
// on every machine and in every version, since state tables keep the order that it gives.

@inlinable func mixHash(_ x: UInt64, _ y: UInt64) -> UInt64 {
    let product = x.multipliedFullWidth(by: y)
    return product.high ^ product.low
}

@inlinable public func hash64<T: FixedWidthInteger>(_ a: T) -> UInt64 {
    mixHash(UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: a)) ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93)
}

@inlinable public func hash64(_ a: Bool) -> UInt64 { hash64(a ? 1 : 0 as Int64) }

@inlinable public func hash64(_ a: Double) -> UInt64 {
    // Adding zero turns −0 into 0; any NaN becomes one.
    let bits = a != a ? 0x7ff8_0000_0000_0000 : (a + 0.0).bitPattern
    return mixHash(bits ^ 0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db)
}

@inlinable public func hash64(_ a: Float) -> UInt64 { hash64(Double(a)) }

@inlinable public func hash64(_ a: Decimal) -> UInt64 {
    let canonical = a.withoutTrailingZeros
    let low = UInt64(truncatingIfNeeded: canonical.unscaled)
    let high = UInt64(truncatingIfNeeded: canonical.unscaled &>> 64)
    let rest = UInt64(truncatingIfNeeded: canonical.scale) | UInt64(truncatingIfNeeded: canonical.kind.rawValue) << 32
    return mixHash(low ^ 0xa076_1d64_78bd_642f, mixHash(high ^ 0xe703_7ed1_a0b4_28db, rest ^ 0x8ebc_6af0_9c88_c6e3))
}

@inlinable public func hash64(_ a: Interval) -> UInt64 {
    let span = a.comparableMicroseconds
    return mixHash(
        UInt64(truncatingIfNeeded: span) ^ 0xa076_1d64_78bd_642f,
        UInt64(truncatingIfNeeded: span &>> 64) ^ 0xe703_7ed1_a0b4_28db)
}

@inlinable public func hash64(_ a: StringView) -> UInt64 { a.hash64 }

@inlinable public func hash64(_ a: UUIDBytes) -> UInt64 {
    mixHash(a.high ^ 0xa076_1d64_78bd_642f, a.low ^ 0xe703_7ed1_a0b4_28db)
}

/// The hash of a NULL key.
@inlinable public func hash64OfNull() -> UInt64 { 0x5851_f42d_4c95_7f2d }

/// The hash of a key of several columns from the hash of those before and the next one's.
@inlinable public func combineHash(_ a: UInt64, _ b: UInt64) -> UInt64 {
    mixHash(a ^ 0x9e37_79b9_7f4a_7c15, b ^ 0xd6e8_feb8_6659_fd93)
}
