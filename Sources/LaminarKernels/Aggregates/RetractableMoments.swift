/// A sum in twice the precision of a double, from which terms can be taken back without a trace that matters.
/// - SeeAlso: Dekker, "A Floating-Point Technique for Extending the Available Precision", Numerische Mathematik 18, 1971.
public struct DoubleDouble: BitwiseCopyable, Sendable {
    public var high: Double
    public var low: Double

    @inlinable public init(_ high: Double = 0, _ low: Double = 0) {
        self.high = high
        self.low = low
    }

    /// The exact sum of two doubles.
    @inlinable init(sum a: Double, _ b: Double) {
        high = a + b
        let rest = high - a
        low = (a - (high - rest)) + (b - rest)
    }

    /// The exact product of two doubles.
    @inlinable init(product a: Double, _ b: Double) {
        high = a * b
        low = (-high).addingProduct(a, b)
    }

    @inlinable static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.high, -a.low) }

    @inlinable static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let high = DoubleDouble(sum: a.high, b.high)
        let low = DoubleDouble(sum: a.low, b.low)
        let middle = DoubleDouble(sum: high.high, high.low + low.high)
        return DoubleDouble(sum: middle.high, middle.low + low.low)
    }

    @inlinable static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

    @inlinable static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let product = DoubleDouble(product: a.high, b.high)
        return DoubleDouble(sum: product.high, product.low + (a.high * b.low + a.low * b.high))
    }

    /// This less the product of two sums divided by their number of terms.
    ///
    /// The division comes last, since sums of integers are exact, and their quotient is not. Where the group has left the
    /// number to which its sums are relative far behind, all that is left of them is in the last bits.
    @usableFromInline func less(_ a: DoubleDouble, _ b: DoubleDouble, over count: Double) -> Double {
        let scaled = self * DoubleDouble(count)
        let difference = (scaled - a * b).high
        guard difference.isFinite else { return (self - a * b / count).high }
        // What is left of rounding when all cancels.
        return difference.magnitude <= scaled.high.magnitude * 0x1p-90 ? 0 : difference / count
    }

    @inlinable static func / (a: DoubleDouble, b: Double) -> DoubleDouble {
        let quotient = a.high / b
        let rest = a - DoubleDouble(product: quotient, b)
        return DoubleDouble(sum: quotient, (rest.high + rest.low) / b)
    }
}

/// What variances and regressions need of numbers that may be taken back: sums of the numbers and of their squares and
/// products, all relative to the first number of the group so that little cancels, in twice the precision.
///
/// The methods that update a mean in place are more than a double can bear here: taking back one large value leaves its
/// rounding behind, and a group of equal values a variance that is not zero.
public struct RetractablePairMoments: BitwiseCopyable, Sendable {
    public var count: Int64
    /// Pairs with an infinity or NaN, of which nothing is summed.
    public var specials: Int64
    public var originY: Double
    public var originX: Double
    public var sumY: DoubleDouble
    public var sumX: DoubleDouble
    public var squaresY: DoubleDouble
    public var squaresX: DoubleDouble
    public var products: DoubleDouble

    @inlinable public init() {
        count = 0
        specials = 0
        originY = 0
        originX = 0
        sumY = DoubleDouble()
        sumX = DoubleDouble()
        squaresY = DoubleDouble()
        squaresX = DoubleDouble()
        products = DoubleDouble()
    }

    @usableFromInline mutating func change(_ y: Double, _ x: Double, by weight: Int64) {
        if count == 0 { (originY, originX) = (y.isFinite ? y : 0, x.isFinite ? x : 0) }
        count &+= weight
        if count == 0 {
            self = RetractablePairMoments()
        } else if !y.isFinite || !x.isFinite {
            specials &+= weight
        } else {
            let (y, x) = (DoubleDouble(sum: y, -originY), DoubleDouble(sum: x, -originX))
            let sign: DoubleDouble = DoubleDouble(Double(weight))
            sumY = sumY + sign * y
            sumX = sumX + sign * x
            squaresY = squaresY + sign * (y * y)
            squaresX = squaresX + sign * (x * x)
            products = products + sign * (x * y)
        }
    }

    @usableFromInline mutating func merge(_ other: RetractablePairMoments) {
        if other.count == 0 { return }
        if count == 0 {
            self = other
            return
        }
        // The other's sums, relative to this origin.
        let finite = DoubleDouble(Double(other.count &- other.specials))
        let (shiftY, shiftX) = (
            DoubleDouble(sum: other.originY, -originY), DoubleDouble(sum: other.originX, -originX)
        )
        let two = DoubleDouble(2)
        squaresY = squaresY + other.squaresY + two * shiftY * other.sumY + finite * shiftY * shiftY
        squaresX = squaresX + other.squaresX + two * shiftX * other.sumX + finite * shiftX * shiftX
        products =
            products + other.products + shiftX * other.sumY + shiftY * other.sumX + finite * shiftX * shiftY
        sumY = sumY + other.sumY + finite * shiftY
        sumX = sumX + other.sumX + finite * shiftX
        count &+= other.count
        specials &+= other.specials
    }

    /// The moments about the means.
    @usableFromInline var centred: PairMoments {
        var result = PairMoments()
        result.count = count
        if specials != 0 {
            (result.restY, result.restX) = (.nan, .nan)
            (result.squaresY, result.squaresX, result.products) = (.nan, .nan, .nan)
            return result
        }
        let divisor = Double(count)
        func about(_ sum: DoubleDouble, _ a: DoubleDouble, _ b: DoubleDouble) -> Double {
            sum.less(a, b, over: divisor)
        }
        (result.originY, result.originX) = (originY, originX)
        (result.restY, result.restX) = ((sumY / divisor).high, (sumX / divisor).high)
        result.squaresY = max(0, about(squaresY, sumY, sumY))
        result.squaresX = max(0, about(squaresX, sumX, sumX))
        result.products = about(products, sumX, sumY)
        return result
    }
}

/// The same of single numbers.
public struct RetractableMoments: BitwiseCopyable, Sendable {
    public var count: Int64
    public var specials: Int64
    public var origin: Double
    public var sum: DoubleDouble
    public var squares: DoubleDouble

    @inlinable public init() {
        count = 0
        specials = 0
        origin = 0
        sum = DoubleDouble()
        squares = DoubleDouble()
    }

    @usableFromInline mutating func change(_ value: Double, by weight: Int64) {
        if count == 0 { origin = value.isFinite ? value : 0 }
        count &+= weight
        if count == 0 {
            self = RetractableMoments()
        } else if !value.isFinite {
            specials &+= weight
        } else {
            let value = DoubleDouble(sum: value, -origin)
            let sign = DoubleDouble(Double(weight))
            sum = sum + sign * value
            squares = squares + sign * (value * value)
        }
    }

    @usableFromInline mutating func merge(_ other: RetractableMoments) {
        if other.count == 0 { return }
        if count == 0 {
            self = other
            return
        }
        let finite = DoubleDouble(Double(other.count &- other.specials))
        let shift = DoubleDouble(sum: other.origin, -origin)
        squares = squares + other.squares + DoubleDouble(2) * shift * other.sum + finite * shift * shift
        sum = sum + other.sum + finite * shift
        count &+= other.count
        specials &+= other.specials
    }

    @usableFromInline var centred: Moments {
        var result = Moments()
        result.count = count
        if specials != 0 {
            (result.mean, result.squares) = (.nan, .nan)
            return result
        }
        result.origin = origin
        result.mean = (sum / Double(count)).high
        result.squares = max(0, squares.less(sum, sum, over: Double(count)))
        return result
    }
}

/// Which statistic of moments a retractable variance gives.
public protocol VarianceFormula {
    static func value(_ moments: Moments, _ fault: inout Fault, at site: Int) -> Double?
}

public enum SampleVariance: VarianceFormula {
    @inlinable public static func value(_ moments: Moments, _ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: true, &fault, at: site)
    }
}

public enum PopulationVariance: VarianceFormula {
    @inlinable public static func value(_ moments: Moments, _ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: false, &fault, at: site)
    }
}

public enum SampleDeviation: VarianceFormula {
    @inlinable public static func value(_ moments: Moments, _ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: true, &fault, at: site)?.squareRoot()
    }
}

public enum PopulationDeviation: VarianceFormula {
    @inlinable public static func value(_ moments: Moments, _ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: false, &fault, at: site)?.squareRoot()
    }
}

/// A variance or standard deviation over updating input.
public struct RetractableVariance<Value: DoubleConvertible, Formula: VarianceFormula>: RetractableAccumulator {
    public var moments: RetractableMoments

    @inlinable public init() { moments = RetractableMoments() }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        moments.change(value.doubleValue, by: 1)
    }

    @inlinable public mutating func retract(_ value: Value, _ arena: inout Arena) {
        moments.change(value.doubleValue, by: -1)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { moments.merge(other.moments) }

    public func result(_ fault: inout Fault, at site: Int) -> Double? {
        moments.count <= 0 ? nil : Formula.value(moments.centred, &fault, at: site)
    }
}

/// CORR, COVAR_* and REGR_* over updating input.
public struct RetractablePairStatistic<Formula: PairFormula>: RetractableAccumulator {
    public var moments: RetractablePairMoments

    @inlinable public init() { moments = RetractablePairMoments() }

    @inlinable public mutating func add(_ value: StringView, _ arena: inout Arena) {
        let (y, x) = PairStatistic<Formula>.pair(value)
        moments.change(y, x, by: 1)
    }

    @inlinable public mutating func retract(_ value: StringView, _ arena: inout Arena) {
        let (y, x) = PairStatistic<Formula>.pair(value)
        moments.change(y, x, by: -1)
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { moments.merge(other.moments) }

    public func result(_ fault: inout Fault, at site: Int) -> Double? {
        moments.count <= 0 ? nil : Formula.value(moments.centred)
    }
}
