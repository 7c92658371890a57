public import LaminarTypes

/// A number that variance reads in double precision.
public protocol DoubleConvertible: BitwiseCopyable {
    var doubleValue: Double { get }
}

extension Int16: DoubleConvertible { @inlinable public var doubleValue: Double { Double(self) } }
extension Int32: DoubleConvertible { @inlinable public var doubleValue: Double { Double(self) } }
extension Int64: DoubleConvertible { @inlinable public var doubleValue: Double { Double(self) } }
extension UInt64: DoubleConvertible { @inlinable public var doubleValue: Double { Double(self) } }
extension Float: DoubleConvertible { @inlinable public var doubleValue: Double { Double(self) } }
extension Double: DoubleConvertible { @inlinable public var doubleValue: Double { self } }
extension Decimal: DoubleConvertible {}

/// Count, mean and sum of squared differences from the mean, updated one value at a time. The mean is kept relative to the
/// first value, since that of large numbers close together has no room for their differences.
/// - SeeAlso: Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4, 1962;
///   Chan, Golub and LeVeque (1979) for `merge`.
public struct Moments: BitwiseCopyable, Sendable {
    public var count: Int64
    public var origin: Double
    public var mean: Double
    public var squares: Double

    @inlinable public init() {
        count = 0
        origin = 0
        mean = 0
        squares = 0
    }

    @inlinable public mutating func add(_ value: Double) {
        if count == 0 { origin = value.isFinite ? value : 0 }
        count &+= 1
        let value = value - origin
        let difference = value - mean
        mean += difference / Double(count)
        squares += difference * (value - mean)
    }

    @inlinable public mutating func merge(_ other: Moments) {
        if other.count == 0 { return }
        if count == 0 {
            self = other
            return
        }
        let total = count &+ other.count
        let difference = (other.origin - origin) + (other.mean - mean)
        squares += other.squares + difference * difference * Double(count) * Double(other.count) / Double(total)
        mean += difference * Double(other.count) / Double(total)
        count = total
    }

    /// The variance; nil: too few values. One that overflows is out of range; infinite values give NaN.
    @inlinable public func variance(isSample: Bool, _ fault: inout Fault, at site: Int) -> Double? {
        if count < (isSample ? 2 : 1) { return nil }
        let variance = squares / Double(isSample ? count &- 1 : count)
        if mean.isFinite { fault.note(!variance.isFinite, at: site) }
        return mean.isFinite ? variance : .nan
    }
}

/// VAR_SAMP and VARIANCE as DOUBLE PRECISION.
public struct VarianceSample<Value: DoubleConvertible>: Accumulator {
    public var moments: Moments

    @inlinable public init() { moments = Moments() }
    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { moments.add(value.doubleValue) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { moments.merge(other.moments) }
    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: true, &fault, at: site)
    }
}

/// VAR_POP as DOUBLE PRECISION.
public struct VariancePopulation<Value: DoubleConvertible>: Accumulator {
    public var moments: Moments

    @inlinable public init() { moments = Moments() }
    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { moments.add(value.doubleValue) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { moments.merge(other.moments) }
    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: false, &fault, at: site)
    }
}

/// STDDEV_SAMP and STDDEV as DOUBLE PRECISION.
public struct StandardDeviationSample<Value: DoubleConvertible>: Accumulator {
    public var moments: Moments

    @inlinable public init() { moments = Moments() }
    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { moments.add(value.doubleValue) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { moments.merge(other.moments) }
    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: true, &fault, at: site)?.squareRoot()
    }
}

/// STDDEV_POP as DOUBLE PRECISION.
public struct StandardDeviationPopulation<Value: DoubleConvertible>: Accumulator {
    public var moments: Moments

    @inlinable public init() { moments = Moments() }
    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { moments.add(value.doubleValue) }
    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) { moments.merge(other.moments) }
    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Double? {
        moments.variance(isSample: false, &fault, at: site)?.squareRoot()
    }
}
