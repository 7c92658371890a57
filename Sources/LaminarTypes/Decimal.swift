/// An exact decimal number: `unscaled × 10^(-scale)`, at most 38 digits.
///
/// NUMERIC without parameters keeps each value's own scale, so the scale travels with the value; two decimals that
/// differ only in scale (1.0 and 1.00) are equal.
public struct Decimal: Sendable, BitwiseCopyable {
    public var unscaled: Int128
    /// Digits behind the point, 0…38.
    public var scale: Int32
    /// Which value this is: a finite number, or NaN or an infinity, which PostgreSQL's numeric has too.
    public var kind: Kind

    public enum Kind: Int32, Sendable, BitwiseCopyable {
        case finite = 0
        case positiveInfinity, negativeInfinity, notANumber
    }

    @inlinable public init(unscaled: Int128, scale: Int32) {
        self.unscaled = unscaled
        self.scale = scale
        self.kind = .finite
    }

    @inlinable public init(kind: Kind) {
        self.unscaled = 0
        self.scale = 0
        self.kind = kind
    }
}
