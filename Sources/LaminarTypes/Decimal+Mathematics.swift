import Glibc

/// Exponentials and logarithms of decimals, with about 30 correct digits and PostgreSQL's scales.
///
/// They are computed in binary fixed point: 112 bits behind the point and 16 before.
extension Decimal {
    /// `e` to the power of this value; `nil` past 38 digits.
    public func exponential() -> Decimal? {
        switch kind {
        case .notANumber, .positiveInfinity: return self
        case .negativeInfinity: return .zero
        case .finite: break
        }
        let approximate = doubleValue
        if approximate > 88 { return nil }
        let weight = Int(max(min(approximate * 0.434_294_481_903_252, 1000), -1000))
        let target = min(max(16 - weight, Int(scale), 0), 38)
        if approximate < -90 { return Decimal(unscaled: 0, scale: Int32(target)) }
        guard let exponent = FixedPoint(self) else { return nil }
        return exponent.exponential(scale: target)
    }

    /// The natural logarithm; `nil` of zero and negative numbers.
    public func naturalLogarithm() -> Decimal? {
        guard let logarithm = fixedPointLogarithm() else { return specialLogarithm }
        return logarithm.decimal(scale: min(max(16 - logarithmWeight, Int(scale), 0), 38))
    }

    /// The logarithm to `base`; `nil` where either has none, or of base 1.
    public func logarithm(base: Decimal) -> Decimal? {
        guard let logarithm = fixedPointLogarithm(), let divisor = base.fixedPointLogarithm() else {
            if isNaN || base.isNaN { return .notANumber }
            guard signum > 0, base.signum > 0 else { return nil }
            if !isFinite { return base.isFinite ? .infinity : .notANumber }
            return .zero
        }
        let weight = logarithmWeight - base.logarithmWeight
        let target = min(max(16 - weight, Int(scale), Int(base.scale), 0), 38)
        return logarithm.divided(by: divisor)?.decimal(scale: target)
    }

    /// Why a power has no value.
    public enum PowerError: Error {
        case outOfRange
        /// Zero to a negative power, or a negative number to a fraction.
        case invalidArgument
    }

    /// This value to the power of `exponent`.
    public func power(_ exponent: Decimal) throws(PowerError) -> Decimal {
        guard isFinite && exponent.isFinite else {
            if isNaN { return exponent.isZero ? Decimal(1) : self }
            if exponent.isNaN { return self == Decimal(1) ? Decimal(1) : exponent }
            let result = pow(doubleValue, exponent.doubleValue)
            if isZero && exponent.signum < 0 { throw .invalidArgument }
            if signum < 0, exponent.isFinite, exponent.rounded(toScale: 0, .towardZero) != exponent { throw .invalidArgument }
            return Decimal(result) ?? .notANumber
        }
        let whole = exponent.rounded(toScale: 0, .towardZero)
        let isWhole = whole == exponent
        if unscaled == 0 {
            if exponent.unscaled < 0 { throw .invalidArgument }
            return Decimal(unscaled: exponent.unscaled == 0 ? Self.powerOfTen(16) : 0, scale: 16)
        }
        if unscaled < 0 && !isWhole { throw .invalidArgument }
        let isNegative = unscaled < 0 && (whole?.unscaled ?? 0) & 1 == 1
        let digits = log10(magnitude.doubleValue) * exponent.doubleValue
        if digits > 39 { throw .outOfRange }
        // A whole exponent gives 16 digits behind the point, another as many as make 16 significant ones.
        let wanted = isWhole ? 16 : 16 - Int(max(digits, -1000))
        let target = min(max(wanted, Int(scale), Int(exponent.scale), 0), 38)
        if isWhole, let count = exponent.roundedToInt64(), count.magnitude <= 1000,
            let exact = magnitude.exactPower(Int(count.magnitude))
        {
            for scale in stride(from: target, through: 0, by: -1) {
                let result = count >= 0 ? exact.rounded(toScale: scale) : Decimal(1).divided(by: exact, scale: scale)
                if let result { return isNegative ? -result : result }
            }
        }
        guard let logarithm = magnitude.fixedPointLogarithm(), let factor = FixedPoint(exponent) else {
            throw .outOfRange
        }
        if digits < -60 { return Decimal(unscaled: 0, scale: Int32(target)) }
        // A result with too many digits for the scale wanted keeps as many as fit.
        for scale in stride(from: target, through: 0, by: -1) {
            if let result = logarithm.multiplied(by: factor)?.exponential(scale: scale) {
                return isNegative ? -result : result
            }
        }
        throw .outOfRange
    }

    /// The product of `count` factors; `nil` if it needs more than 38 digits.
    private func exactPower(_ count: Int) -> Decimal? {
        let factor = withoutTrailingZeros
        var result = Decimal(1)
        if factor.unscaled == 1 && factor.scale == 0 { return result }
        for _ in 0..<count {
            let (product, overflow) = result.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            result = product
        }
        return result
    }

    private var specialLogarithm: Decimal? {
        if isNaN { return self }
        return kind == .positiveInfinity ? self : nil
    }

    private func fixedPointLogarithm() -> FixedPoint? {
        guard isFinite, unscaled > 0 else { return nil }
        return FixedPoint.logarithm(unscaled.magnitude, scale: Int(scale))
    }

    /// The decimal weight of the logarithm's first digit, as PostgreSQL estimates it (`estimate_ln_dweight`).
    private var logarithmWeight: Int {
        let value = doubleValue
        if value >= 0.9 && value <= 1.1 {
            let distance = subtractingReportingOverflow(Decimal(1)).partialValue.magnitude
            return distance.isZero ? 0 : Int(log10(distance.doubleValue).rounded(.down))
        }
        return Int(log10(log(value).magnitude))
    }
}

/// A signed number with 112 bits behind the point.
private struct FixedPoint {
    var magnitude: UInt128
    var isNegative: Bool

    static let fractionBits: UInt128 = 112
    static let one = UInt128(1) << fractionBits
    /// The logarithms of 2 and of 10.
    static let logarithmOf2 = logarithmNear1(numerator: 2, denominator: 1)
    static let logarithmOf10 = logarithmOf2 * 3 + logarithmNear1(numerator: 5, denominator: 4)

    init(magnitude: UInt128, isNegative: Bool) {
        self.magnitude = magnitude
        self.isNegative = isNegative
    }

    /// `nil` past 16 bits before the point.
    init?(_ value: Decimal) {
        let divisor = Decimal.powerOfTen(Int(value.scale)).magnitude
        let product = value.unscaled.magnitude.multipliedFullWidth(by: Self.one)
        guard product.high < divisor else { return nil }
        self.init(magnitude: divisor.dividingFullWidth(product).quotient, isNegative: value.unscaled < 0)
    }

    static func product(_ a: UInt128, _ b: UInt128) -> UInt128 {
        let product = a.multipliedFullWidth(by: b)
        return product.high << (128 - fractionBits) | product.low >> fractionBits
    }

    /// ln(n/d) of a ratio 1…2, as 2 artanh((n − d) / (n + d)).
    static func logarithmNear1(numerator: UInt128, denominator: UInt128) -> UInt128 {
        let wide = (numerator - denominator).multipliedFullWidth(by: one)
        let z = (numerator + denominator).dividingFullWidth(wide).quotient
        let square = product(z, z)
        var power = z
        var sum = z
        var divisor: UInt128 = 3
        while power > 0 {
            power = product(power, square)
            sum += power / divisor
            divisor += 2
        }
        return sum * 2
    }

    /// ln(unscaled / 10^scale) of a positive number.
    static func logarithm(_ unscaled: UInt128, scale: Int) -> FixedPoint {
        let bits = 127 - unscaled.leadingZeroBitCount
        // The mantissa 1…2 with 112 bits behind the point.
        let mantissa =
            bits <= Int(fractionBits)
            ? unscaled << UInt128(Int(fractionBits) - bits) : unscaled >> UInt128(bits - Int(fractionBits))
        let positive = logarithmOf2 * UInt128(bits) + logarithmNear1(numerator: mantissa, denominator: one)
        let negative = logarithmOf10 * UInt128(scale)
        return positive >= negative
            ? FixedPoint(magnitude: positive - negative, isNegative: false)
            : FixedPoint(magnitude: negative - positive, isNegative: true)
    }

    func multiplied(by other: FixedPoint) -> FixedPoint? {
        let product = magnitude.multipliedFullWidth(by: other.magnitude)
        guard product.high >> Self.fractionBits == 0 else { return nil }
        return FixedPoint(
            magnitude: Self.product(magnitude, other.magnitude), isNegative: isNegative != other.isNegative)
    }

    func divided(by other: FixedPoint) -> FixedPoint? {
        let wide = magnitude.multipliedFullWidth(by: Self.one)
        guard wide.high < other.magnitude else { return nil }
        return FixedPoint(
            magnitude: other.magnitude.dividingFullWidth(wide).quotient, isNegative: isNegative != other.isNegative)
    }

    /// Rounded to `scale` digits behind the point; `nil` past 38 digits.
    func decimal(scale: Int) -> Decimal? {
        Self.scaled(magnitude, shift: Int(Self.fractionBits), scale: scale).map {
            Decimal(unscaled: isNegative ? -$0 : $0, scale: Int32(scale))
        }
    }

    /// `mantissa × 10^scale / 2^shift`, rounded; `nil` past 38 digits.
    private static func scaled(_ mantissa: UInt128, shift: Int, scale: Int) -> Int128? {
        let product = mantissa.multipliedFullWidth(by: Decimal.powerOfTen(scale).magnitude)
        if shift <= 0 || shift > 254 { return shift > 254 ? 0 : nil }
        // Shifted to one bit more than wanted, which then rounds.
        let amount = UInt128(shift - 1)
        let doubled: UInt128
        if amount >= 128 {
            doubled = product.high >> (amount - 128)
        } else if amount == 0 {
            guard product.high == 0 else { return nil }
            doubled = product.low
        } else {
            guard product.high >> amount == 0 else { return nil }
            doubled = product.high << (128 - amount) | product.low >> amount
        }
        let rounded = (doubled >> 1) + (doubled & 1)
        return rounded <= Decimal.maximumUnscaled.magnitude ? Int128(rounded) : nil
    }

    /// `e` to this power, rounded to `scale` digits behind the point; `nil` past 38 digits.
    func exponential(scale: Int) -> Decimal? {
        var power = Int(magnitude / Self.logarithmOf2)
        var rest = magnitude % Self.logarithmOf2
        if isNegative {
            power = -power
            if rest > 0 {
                rest = Self.logarithmOf2 - rest
                power -= 1
            }
        }
        var term = Self.one
        var sum = Self.one
        var index: UInt128 = 1
        while term > 0 {
            term = Self.product(term, rest) / index
            sum += term
            index += 1
        }
        if power > 127 { return nil }
        return Self.scaled(sum, shift: Int(Self.fractionBits) - power, scale: scale).map {
            Decimal(unscaled: $0, scale: Int32(scale))
        }
    }
}
