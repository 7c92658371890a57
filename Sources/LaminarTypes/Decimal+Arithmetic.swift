extension Decimal {
    /// Digits that a decimal can hold.
    @inlinable public static var maximumDigits: Int { 38 }
    /// The largest magnitude of `unscaled`: 10^38 − 1.
    @inlinable public static var maximumUnscaled: Int128 { 99_999_999_999_999_999_999_999_999_999_999_999_999 }

    @inlinable public static var zero: Decimal { Decimal(unscaled: 0, scale: 0) }
    @inlinable public static var notANumber: Decimal { Decimal(kind: .notANumber) }
    @inlinable public static var infinity: Decimal { Decimal(kind: .positiveInfinity) }

    @inlinable public var isFinite: Bool { kind == .finite }
    @inlinable public var isNaN: Bool { kind == .notANumber }
    @inlinable public var isZero: Bool { kind == .finite && unscaled == 0 }

    @inlinable public init(_ value: some FixedWidthInteger) {
        self.init(unscaled: Int128(truncatingIfNeeded: value), scale: 0)
    }

    /// 10 to the power of `exponent` (0…38), without a table and so without a lazy initialisation.
    @inlinable public static func powerOfTen(_ exponent: Int) -> Int128 {
        var low: Int64 = 1
        if exponent & 1 != 0 { low &*= 10 }
        if exponent & 2 != 0 { low &*= 100 }
        if exponent & 4 != 0 { low &*= 10_000 }
        if exponent & 8 != 0 { low &*= 100_000_000 }
        var result = Int128(low)
        if exponent & 16 != 0 { result &*= 10_000_000_000_000_000 }
        if exponent & 32 != 0 { result &*= 100_000_000_000_000_000_000_000_000_000_000 }
        return result
    }

    /// The number of decimal digits of `magnitude`; zero has one.
    public static func digitCount(_ magnitude: UInt128) -> Int {
        if magnitude < 10 { return 1 }
        let bits = 128 - magnitude.leadingZeroBitCount
        // log10(2) ≈ 1233 / 4096; the estimate is right or one too small.
        let estimate = (bits * 1233) >> 12
        if estimate > 38 { return 39 }
        return magnitude >= UInt128(truncatingIfNeeded: powerOfTen(estimate)) ? estimate + 1 : estimate
    }

    /// True where `unscaled` has more than 38 digits.
    @inlinable public var isTooLarge: Bool { unscaled.magnitude > Self.maximumUnscaled.magnitude }

    /// −1, 0 or 1; NaN gives 0.
    @inlinable public var signum: Int {
        switch kind {
        case .finite: unscaled > 0 ? 1 : unscaled < 0 ? -1 : 0
        case .positiveInfinity: 1
        case .negativeInfinity: -1
        case .notANumber: 0
        }
    }

    @inlinable public static prefix func - (value: Decimal) -> Decimal {
        switch value.kind {
        case .finite: Decimal(unscaled: 0 &- value.unscaled, scale: value.scale)
        case .positiveInfinity: Decimal(kind: .negativeInfinity)
        case .negativeInfinity: Decimal(kind: .positiveInfinity)
        case .notANumber: value
        }
    }

    @inlinable public var magnitude: Decimal { signum < 0 ? -self : self }

    /// The same value with more digits behind the point; `nil` past 38 digits.
    @inlinable public func extended(toScale scale: Int) -> Decimal? {
        let shift = scale &- Int(self.scale)
        if shift == 0 { return self }
        if scale > 38 { return unscaled == 0 ? Decimal(unscaled: 0, scale: 38) : nil }
        let (product, overflow) = unscaled.multipliedReportingOverflow(by: Self.powerOfTen(shift))
        let result = Decimal(unscaled: product, scale: Int32(truncatingIfNeeded: scale))
        return overflow || result.isTooLarge ? nil : result
    }

    // MARK: Addition, subtraction, multiplication

    /// The sum with the larger scale; `overflow` past 38 digits.
    @inlinable public func addingReportingOverflow(_ other: Decimal) -> (partialValue: Decimal, overflow: Bool) {
        if _fastPath(kind == .finite && other.kind == .finite && scale == other.scale) {
            // 2 × (10^38 − 1) needs 128 bits with its sign, so it may wrap.
            let (sum, overflow) = unscaled.addingReportingOverflow(other.unscaled)
            let result = Decimal(unscaled: sum, scale: scale)
            return (result, overflow || result.isTooLarge)
        }
        return addingSlowly(other)
    }

    @usableFromInline @inline(never)
    func addingSlowly(_ other: Decimal) -> (partialValue: Decimal, overflow: Bool) {
        guard isFinite && other.isFinite else {
            if isNaN || other.isNaN { return (.notANumber, false) }
            if isFinite { return (other, false) }
            if other.isFinite || kind == other.kind { return (self, false) }
            return (.notANumber, false)
        }
        let common = Int(max(scale, other.scale))
        guard let a = extended(toScale: common), let b = other.extended(toScale: common) else { return (.zero, true) }
        let (sum, overflow) = a.unscaled.addingReportingOverflow(b.unscaled)
        let result = Decimal(unscaled: sum, scale: a.scale)
        return (result, overflow || result.isTooLarge)
    }

    /// The difference with the larger scale; `overflow` past 38 digits.
    @inlinable public func subtractingReportingOverflow(_ other: Decimal) -> (partialValue: Decimal, overflow: Bool) {
        addingReportingOverflow(-other)
    }

    /// The product with the sum of the scales; `overflow` past 38 digits.
    @inlinable public func multipliedReportingOverflow(by other: Decimal) -> (partialValue: Decimal, overflow: Bool) {
        if _fastPath(kind == .finite && other.kind == .finite) {
            // Two numbers of 64 bits have a product of 128 bits at most, in one instruction, and never 38 digits.
            let (a, b) = (Int64(truncatingIfNeeded: unscaled), Int64(truncatingIfNeeded: other.unscaled))
            if _fastPath(Int128(a) == unscaled && Int128(b) == other.unscaled && scale &+ other.scale <= 38) {
                let (high, low) = a.multipliedFullWidth(by: b)
                return (Decimal(unscaled: Int128(high) << 64 | Int128(low), scale: scale &+ other.scale), false)
            }
            let (product, overflow) = unscaled.multipliedReportingOverflow(by: other.unscaled)
            let result = Decimal(unscaled: product, scale: scale &+ other.scale)
            if _fastPath(!overflow && !result.isTooLarge && result.scale <= 38) { return (result, false) }
            return multipliedSlowly(by: other)
        }
        if isNaN || other.isNaN || isZero || other.isZero { return (.notANumber, false) }
        return (Decimal(kind: signum == other.signum ? .positiveInfinity : .negativeInfinity), false)
    }

    /// A product whose digits do not fit may still fit without its trailing zeros.
    @usableFromInline @inline(never)
    func multipliedSlowly(by other: Decimal) -> (partialValue: Decimal, overflow: Bool) {
        let a = withoutTrailingZeros
        let b = other.withoutTrailingZeros
        let (product, overflow) = a.unscaled.multipliedReportingOverflow(by: b.unscaled)
        var result = Decimal(unscaled: product, scale: a.scale + b.scale)
        // Evaluation goes on behind an overflow, with a value that is one.
        if overflow { return (.zero, true) }
        if result.scale > 38 {
            result = result.withoutTrailingZeros
            if result.scale > 38 { return (.zero, true) }
        }
        return (result, result.isTooLarge)
    }

    // MARK: Division

    /// The quotient with at least 16 significant digits and at least the larger scale, rounded half away from zero.
    ///
    /// The scale is PostgreSQL's (`select_div_scale`), which counts in digits of base 10,000, as long as the result has
    /// at most 38 digits. A divisor of zero counts as overflow: callers test it first.
    public func dividedReportingOverflow(by other: Decimal) -> (partialValue: Decimal, overflow: Bool) {
        guard isFinite && other.isFinite else {
            if isNaN || other.isNaN { return (.notANumber, false) }
            if isFinite { return (.zero, false) }
            if !other.isFinite { return (.notANumber, false) }
            if other.unscaled == 0 { return (self, true) }
            return (Decimal(kind: signum == other.signum ? .positiveInfinity : .negativeInfinity), false)
        }
        guard other.unscaled != 0 else { return (self, true) }
        let (weight, first) = leadingGroup
        let (otherWeight, otherFirst) = other.leadingGroup
        let quotientWeight = weight - otherWeight - (first <= otherFirst ? 1 : 0)
        var target = min(max(16 - quotientWeight * 4, Int(scale), Int(other.scale), 0), 38)
        var divisor = other
        while true {
            if let quotient = divided(by: divisor, scale: target) { return (quotient, false) }
            if target == 0 { return (self, true) }
            // Zeros at the divisor's end only take digits away from the numerator.
            let shorter = divisor.withoutTrailingZeros
            if shorter.scale < divisor.scale { divisor = shorter } else { target -= 1 }
        }
    }

    /// The quotient at exactly `target` digits behind the point, rounded half away from zero or cut off; `nil` past 38
    /// digits.
    public func divided(by other: Decimal, scale target: Int, isTruncated: Bool = false) -> Decimal? {
        // unscaled / 10^s ÷ (other / 10^o) × 10^target = unscaled × 10^(target + o − s) / other
        let shift = target + Int(other.scale) - Int(scale)
        var numerator = unscaled.magnitude
        var denominator = other.unscaled.magnitude
        let quotient: UInt128
        let remainder: UInt128
        if shift >= 0 {
            var high: UInt128 = 0
            var left = shift
            while left > 0 {
                let step = min(left, 38)
                if high != 0 { return nil }
                let product = numerator.multipliedFullWidth(by: UInt128(truncatingIfNeeded: Self.powerOfTen(step)))
                high = product.high
                numerator = product.low
                left -= step
            }
            if high >= denominator { return nil }
            (quotient, remainder) =
                high == 0
                ? numerator.quotientAndRemainder(dividingBy: denominator)
                : denominator.dividingFullWidth((high, numerator))
        } else {
            let (product, overflow) = denominator.multipliedReportingOverflow(
                by: UInt128(truncatingIfNeeded: Self.powerOfTen(min(-shift, 38))))
            if overflow { return Decimal(unscaled: 0, scale: Int32(target)) }
            denominator = product
            (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        }
        let rounded = !isTruncated && remainder >= denominator - remainder ? quotient + 1 : quotient
        if rounded > Self.maximumUnscaled.magnitude { return nil }
        let isNegative = (unscaled < 0) != (other.unscaled < 0)
        return Decimal(unscaled: isNegative ? -Int128(rounded) : Int128(rounded), scale: Int32(target))
    }

    /// The position and value of the first digit in base 10,000, as PostgreSQL's numeric stores it.
    private var leadingGroup: (weight: Int, digit: Int) {
        if unscaled == 0 { return (0, 0) }
        let digits = Self.digitCount(unscaled.magnitude)
        let exponent = digits - 1 - Int(scale)
        let weight = exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4)
        let wanted = exponent - weight * 4 + 1
        if digits >= wanted {
            return (weight, Int(unscaled.magnitude / UInt128(Self.powerOfTen(digits - wanted))))
        }
        return (weight, Int(unscaled.magnitude) * Int(Self.powerOfTen(wanted - digits)))
    }

    /// The quotient truncated to an integer; `nil` past 38 digits or by zero.
    public func integerQuotient(by other: Decimal) -> Decimal? {
        guard isFinite && other.isFinite else {
            if isNaN || other.isNaN || !(isFinite || other.isFinite) { return .notANumber }
            if isFinite { return .zero }
            if other.unscaled == 0 { return nil }
            return Decimal(kind: signum == other.signum ? .positiveInfinity : .negativeInfinity)
        }
        return other.unscaled == 0 ? nil : divided(by: other, scale: 0, isTruncated: true)
    }

    /// The remainder of a division truncated toward zero, with the larger scale; `nil` by zero or past 38 digits.
    public func remainder(dividingBy other: Decimal) -> Decimal? {
        guard isFinite && other.isFinite else {
            if isNaN || other.isNaN { return .notANumber }
            if isFinite { return self }
            if other.isFinite && other.unscaled == 0 { return nil }
            return .notANumber
        }
        guard other.unscaled != 0 else { return nil }
        let common = Int(max(scale, other.scale))
        guard let b = other.extended(toScale: common) else {
            // A divisor too large for the common scale is larger than what it divides.
            return magnitude.compare(other.magnitude) < 0 ? extended(toScale: common) ?? self : nil
        }
        guard let a = extended(toScale: common) else {
            let divisor = b.unscaled.magnitude
            let factor = Self.powerOfTen(common - Int(scale)).magnitude
            // Below the divisor times a factor of 38 digits, so the upper half stays below the divisor.
            let product = (unscaled.magnitude % divisor).multipliedFullWidth(by: factor % divisor)
            let rest = Int128(divisor.dividingFullWidth(product).remainder)
            return Decimal(unscaled: unscaled < 0 ? -rest : rest, scale: Int32(common))
        }
        return Decimal(unscaled: a.unscaled % b.unscaled, scale: Int32(common))
    }

    // MARK: Rounding

    /// The way a value is brought to fewer digits.
    public enum Rounding: Sendable, BitwiseCopyable {
        case halfAwayFromZero, towardZero, up, down
    }

    /// The value with `digits` behind the point (negative: a multiple of a power of ten, shown with none), or with fewer
    /// zeros at the end where 38 digits are not enough for them; `nil` past 38 digits.
    public func rounded(toScale digits: Int, _ rounding: Rounding = .halfAwayFromZero) -> Decimal? {
        guard isFinite else { return self }
        let target = min(digits, 38)
        if target >= Int(scale) {
            for wanted in stride(from: target, to: Int(scale), by: -1) {
                if let result = extended(toScale: wanted) { return result }
            }
            return self
        }
        let dropped = Int(scale) - target
        var quotient: Int128 = 0
        var isExact = unscaled == 0
        var roundsAway = false
        if dropped <= 38 {
            let divisor = Self.powerOfTen(dropped)
            let (q, r) = unscaled.quotientAndRemainder(dividingBy: divisor)
            quotient = q
            isExact = r == 0
            roundsAway = r.magnitude >= divisor.magnitude - r.magnitude
        }
        switch rounding {
        case .halfAwayFromZero: if roundsAway { quotient += unscaled < 0 ? -1 : 1 }
        case .towardZero: break
        case .up: if !isExact && unscaled > 0 { quotient += 1 }
        case .down: if !isExact && unscaled < 0 { quotient -= 1 }
        }
        if target >= 0 { return Decimal(unscaled: quotient, scale: Int32(target)) }
        if quotient == 0 { return .zero }
        if -target > 38 { return nil }
        let (product, overflow) = quotient.multipliedReportingOverflow(by: Self.powerOfTen(-target))
        let result = Decimal(unscaled: product, scale: 0)
        return overflow || result.isTooLarge ? nil : result
    }

    /// The same value with the smallest scale that holds it exactly.
    @inlinable public var withoutTrailingZeros: Decimal {
        guard kind == .finite else { return self }
        if unscaled == 0 { return .zero }
        var digits = unscaled
        var scale = scale
        while scale > 0 {
            let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { break }
            digits = quotient
            scale &-= 1
        }
        return Decimal(unscaled: digits, scale: scale)
    }

    /// This value as one of `DECIMAL(precision, scale)`: rounded to its scale, a negative one to tens, hundreds and so
    /// on; `nil` if it has too many digits.
    public func coerced(to parameters: DecimalParameters) -> Decimal? {
        switch kind {
        case .notANumber: return self
        case .positiveInfinity, .negativeInfinity: return nil
        case .finite: break
        }
        let digits = parameters.precision - min(parameters.scale, 0)
        guard let result = rounded(toScale: parameters.scale), Int(result.scale) == max(parameters.scale, 0),
            result.unscaled.magnitude < Self.powerOfTen(min(max(digits, 0), 38)).magnitude
        else { return nil }
        return result
    }

    // MARK: Square root

    /// The square root with PostgreSQL's scale (at least 16 significant digits); `nil` of a negative number.
    public func squareRoot() -> Decimal? {
        guard isFinite else { return kind == .negativeInfinity ? nil : self }
        if unscaled < 0 { return nil }
        let (weight, _) = leadingGroup
        let sumOfWeights = (weight + 1) * 4
        var target = min(max(16 - (sumOfWeights / 2 - 1), Int(scale), 0), 38)
        if unscaled == 0 { return Decimal(unscaled: 0, scale: Int32(target)) }
        while true {
            let shift = 2 * target - Int(scale)
            if shift < 0 { target += 1; continue }
            let magnitude = unscaled.magnitude
            if shift <= 38, target >= 0 {
                let (radicand, overflow) = magnitude.multipliedReportingOverflow(
                    by: UInt128(truncatingIfNeeded: Self.powerOfTen(shift)))
                if !overflow {
                    let root = Self.integerSquareRoot(radicand)
                    // √x − root ≥ ½ exactly if x > root² + root.
                    let rounded = radicand - root * root > root ? root + 1 : root
                    return Decimal(unscaled: Int128(rounded), scale: Int32(target))
                }
            }
            if target == 0 { return nil }
            target -= 1
        }
    }

    private static func integerSquareRoot(_ value: UInt128) -> UInt128 {
        if value == 0 { return 0 }
        var root = UInt128(1) << UInt128((128 - value.leadingZeroBitCount + 1) / 2)
        while true {
            let next = (root + value / root) >> 1
            if next >= root { return root }
            root = next
        }
    }

    // MARK: Integers

    /// The nearest 64-bit integer, halves away from zero; `nil` out of range, NaN or infinite.
    public func roundedToInt64() -> Int64? {
        guard isFinite, let rounded = rounded(toScale: 0) else { return nil }
        return Int64(exactly: rounded.unscaled)
    }
}
