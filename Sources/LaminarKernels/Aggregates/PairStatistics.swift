/// Moments of pairs of numbers, updated one pair at a time; the means are kept relative to the first pair, as in `Moments`.
/// - SeeAlso: Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4, 1962;
///   Chan, Golub and LeVeque (1979) for `merge`.
public struct PairMoments: BitwiseCopyable, Sendable {
    public var count: Int64
    public var originY: Double
    public var originX: Double
    /// The means behind the origins.
    public var restY: Double
    public var restX: Double
    public var squaresY: Double
    public var squaresX: Double
    public var products: Double

    @inlinable public init() {
        count = 0
        originY = 0
        originX = 0
        restY = 0
        restX = 0
        squaresY = 0
        squaresX = 0
        products = 0
    }

    @inlinable public var meanY: Double { originY + restY }
    @inlinable public var meanX: Double { originX + restX }

    @inlinable mutating func add(_ y: Double, _ x: Double) {
        if count == 0 { (originY, originX) = (y.isFinite ? y : 0, x.isFinite ? x : 0) }
        count &+= 1
        let (y, x) = (y - originY, x - originX)
        let (differenceY, differenceX) = (y - restY, x - restX)
        restY += differenceY / Double(count)
        restX += differenceX / Double(count)
        squaresY += differenceY * (y - restY)
        squaresX += differenceX * (x - restX)
        products += differenceX * (y - restY)
    }

    @inlinable mutating func merge(_ other: PairMoments) {
        if other.count == 0 { return }
        if count == 0 {
            self = other
            return
        }
        let total = count &+ other.count
        let differenceY = (other.originY - originY) + (other.restY - restY)
        let differenceX = (other.originX - originX) + (other.restX - restX)
        let share = Double(count) * Double(other.count) / Double(total)
        squaresY += other.squaresY + differenceY * differenceY * share
        squaresX += other.squaresX + differenceX * differenceX * share
        products += other.products + differenceX * differenceY * share
        restY += differenceY * Double(other.count) / Double(total)
        restX += differenceX * Double(other.count) / Double(total)
        count = total
    }
}

/// What is computed of the moments of a group's pairs (y, x).
public protocol PairFormula {
    static func value(_ moments: PairMoments) -> Double?
}

/// CORR, COVAR_* and REGR_* over pairs as `pairOfNumbers` makes them.
public struct PairStatistic<Formula: PairFormula>: Accumulator {
    public var moments: PairMoments

    @inlinable public init() { moments = PairMoments() }

    @inlinable public mutating func add(_ value: StringView, _ arena: inout Arena) {
        let (y, x) = Self.pair(value)
        moments.add(y, x)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { moments.merge(other.moments) }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        moments.count <= 0 ? nil : Formula.value(moments)
    }

    @inlinable static func pair(_ value: StringView) -> (Double, Double) {
        value.withBytes { bytes in
            guard bytes.count == 16, let base = bytes.baseAddress else { return (0, 0) }
            let raw = UnsafeRawPointer(base)
            return (raw.loadUnaligned(as: Double.self), raw.loadUnaligned(fromByteOffset: 8, as: Double.self))
        }
    }
}

public enum Correlation: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? {
        if m.squaresX == 0 || m.squaresY == 0 { return nil }
        let squares = m.squaresX * m.squaresY
        // Where the product leaves the range of doubles the roots do not.
        return squares.isNormal
            ? m.products / squares.squareRoot() : m.products / (m.squaresX.squareRoot() * m.squaresY.squareRoot())
    }
}

public enum CovarianceSample: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? {
        m.count < 2 ? nil : m.products / Double(m.count &- 1)
    }
}

public enum CovariancePopulation: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? { m.products / Double(m.count) }
}

public enum RegressionAverageX: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? { m.meanX }
}

public enum RegressionAverageY: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? { m.meanY }
}

public enum RegressionSquaresX: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? { m.squaresX }
}

public enum RegressionSquaresY: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? { m.squaresY }
}

public enum RegressionProducts: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? { m.products }
}

public enum RegressionSlope: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? {
        m.squaresX == 0 ? nil : m.products / m.squaresX
    }
}

public enum RegressionIntercept: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? {
        m.squaresX == 0 ? nil : m.meanY - m.meanX * m.products / m.squaresX
    }
}

/// The square of the correlation; 1 where y does not vary.
public enum RegressionDetermination: PairFormula {
    @inlinable public static func value(_ m: PairMoments) -> Double? {
        if m.squaresX == 0 { return nil }
        return m.squaresY == 0 ? 1 : m.products * m.products / (m.squaresX * m.squaresY)
    }
}
