/// How many infinities and NaNs a sum has taken, so that they can be taken back: 21 bits each in one word.
///
/// A count that reaches two million stays there: such a sum remains special even if all are retracted.
public struct SpecialCounts: BitwiseCopyable, Sendable {
    public var word: UInt64

    @inlinable public init() { word = 0 }

    @usableFromInline static var limit: UInt64 { 1 << 21 - 1 }

    public enum Kind: UInt64, Sendable {
        case positiveInfinity = 0
        case negativeInfinity = 21
        case notANumber = 42
    }

    @usableFromInline func count(_ kind: Kind) -> UInt64 { word >> kind.rawValue & Self.limit }

    @usableFromInline mutating func add(_ kind: Kind, _ count: UInt64 = 1) {
        let sum = min(self.count(kind) + count, Self.limit)
        word = word & ~(Self.limit << kind.rawValue) | sum << kind.rawValue
    }

    @usableFromInline mutating func retract(_ kind: Kind) {
        let count = count(kind)
        if count > 0, count < Self.limit { word -= 1 << kind.rawValue }
    }

    @usableFromInline mutating func merge(_ other: SpecialCounts) {
        for kind in [Kind.positiveInfinity, .negativeInfinity, .notANumber] { add(kind, other.count(kind)) }
    }

    /// What they sum to: opposite infinities and any NaN give NaN; nil if there are none.
    @usableFromInline var sum: Kind? {
        if word == 0 { return nil }
        if count(.notANumber) > 0 { return .notANumber }
        let hasPositive = count(.positiveInfinity) > 0
        if hasPositive && count(.negativeInfinity) > 0 { return .notANumber }
        return hasPositive ? .positiveInfinity : .negativeInfinity
    }
}

extension SpecialCounts.Kind {
    /// The kind of a value that is not finite.
    @usableFromInline init(_ value: Double) {
        self = value.isNaN ? .notANumber : value > 0 ? .positiveInfinity : .negativeInfinity
    }

    @usableFromInline var value: Double {
        switch self {
        case .positiveInfinity: .infinity
        case .negativeInfinity: -.infinity
        case .notANumber: .nan
        }
    }
}
