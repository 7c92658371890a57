public import CLaminarScan
import LaminarTypes

// Numbers as JSON spells them: an optional minus, no leading zero, digits on both sides of the point. Each function
// moves `p` behind the number, or returns false and leaves the case to the general decoder. Twenty-four bytes behind
// `p` must be readable.

@inlinable package func loadWord(_ p: UnsafeRawPointer, _ offset: Int = 0) -> UInt64 {
    UInt64(littleEndian: p.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

/// The value of eight digits (each byte 0…9, the first in the lowest byte).
@inlinable package func eightDigits(_ digits: UInt64) -> UInt64 {
    var value = digits
    value = (value &* 2561) &>> 8 & 0x00ff_00ff_00ff_00ff
    value = (value &* 6_553_601) &>> 16 & 0x0000_ffff_0000_ffff
    return (value &* 42_949_672_960_001) &>> 32
}

/// How many of the eight bytes of `word`, from the lowest on, are digits after `^ 0x30…30`.
@inlinable package func digitCount(_ word: UInt64) -> Int {
    let other = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
    return other.trailingZeroBitCount &>> 3
}

/// 10 to the power of 0…16.
@inlinable package func smallPowerOfTen(_ exponent: Int) -> UInt64 {
    laminar_power_of_ten(Int32(truncatingIfNeeded: exponent))
}

/// An integer of at most 19 digits.
///
/// - Parameter predicted: the digit count of the last value at this place; a branch on it costs nothing when it holds,
///   whereas moving `p` by a count computed from the text would put that computation on the critical path.
@inlinable @inline(__always) package func scanInteger(
    _ p: inout UnsafeRawPointer, _ value: inout Int64, predicted: inout Int
) -> Bool {
    let word = loadWord(p) ^ 0x3030_3030_3030_3030
    let count = digitCount(word)
    var step = laminar_predicted(predicted)
    if count < 8 {
        if _slowPath(count != predicted) {
            if count == 0 { return scanIntegerOutOfLine(&p, &value, &predicted) }
            predicted = count
            step = count
        }
        if word & 0xff == 0 && count > 1 { return false }
        value = Int64(bitPattern: eightDigits(word &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)))
        p += step
        return true
    }
    if predicted >= 8 {
        let rest = loadWord(p, 8) ^ 0x3030_3030_3030_3030
        let restCount = digitCount(rest)
        if restCount &+ 8 == predicted && restCount < 8 && word & 0xff != 0 {
            // Shifted in two steps, since none of eight digits may be left.
            let low = eightDigits((rest &<< UInt64(truncatingIfNeeded: 56 &- 8 &* restCount)) &<< 8)
            value = Int64(bitPattern: eightDigits(word) &* smallPowerOfTen(restCount) &+ low)
            p += step
            return true
        }
    }
    return scanIntegerOutOfLine(&p, &value, &predicted)
}

/// An integer of at most 15 digits without a sign, of which no count is expected.
@inlinable @inline(__always) package func scanVaryingInteger(_ p: inout UnsafeRawPointer, _ value: inout Int64) -> Bool {
    let word = loadWord(p) ^ 0x3030_3030_3030_3030
    let count = digitCount(word)
    // One branch for all that is rare, so that none depends on the count: no digit, a zero before others, more than eight.
    let isEmpty: UInt8 = count == 0 ? 1 : 0
    let isZero: UInt8 = word & 0xff == 0 ? 1 : 0
    let areMany: UInt8 = count > 1 ? 1 : 0
    let areEight: UInt8 = count == 8 ? 1 : 0
    let goesOn: UInt8 = p.load(fromByteOffset: 8, as: UInt8.self) &- 48 < 10 ? 1 : 0
    if _fastPath(isEmpty | (isZero & areMany) | (areEight & goesOn) == 0) {
        value = Int64(bitPattern: eightDigits(word &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)))
        p += count
        return true
    }
    guard count == 8 && word & 0xff != 0 else { return false }
    let rest = loadWord(p, 8) ^ 0x3030_3030_3030_3030
    let restCount = digitCount(rest)
    guard restCount < 8 else { return false }
    let low = eightDigits((rest &<< UInt64(truncatingIfNeeded: 56 &- 8 &* restCount)) &<< 8)
    value = Int64(bitPattern: eightDigits(word) &* smallPowerOfTen(restCount) &+ low)
    p += restCount &+ 8
    return true
}

/// Passes copies on, so that the caller's position can stay in a register.
@inlinable @inline(__always) func scanIntegerOutOfLine(
    _ p: inout UnsafeRawPointer, _ value: inout Int64, _ predicted: inout Int
) -> Bool {
    var position = p
    var result: Int64 = 0
    guard scanIntegerSlowly(&position, &result, &predicted) else { return false }
    p = position
    value = result
    return true
}

@usableFromInline @inline(never) package func scanIntegerSlowly(
    _ p: inout UnsafeRawPointer, _ value: inout Int64, _ predicted: inout Int
) -> Bool {
    var q = p.assumingMemoryBound(to: UInt8.self)
    let isNegative = q[0] == UInt8(ascii: "-")
    if isNegative { q += 1 }
    var magnitude: UInt64 = 0
    var count = 0
    while q[count] &- 48 < 10 {
        if count == 19 { return false }
        magnitude = magnitude &* 10 &+ UInt64(q[count] &- 48)
        count &+= 1
    }
    if count == 0 || (count > 1 && q[0] == 48) { return false }
    // Nineteen digits are less than 2^64, so only the sign bit can be in the way.
    if magnitude > UInt64(Int64.max) &+ (isNegative ? 1 : 0) { return false }
    value = isNegative ? 0 &- Int64(bitPattern: magnitude) : Int64(bitPattern: magnitude)
    // 17 matches no count.
    if !isNegative { predicted = count > 15 ? 17 : count }
    p = UnsafeRawPointer(q + count)
    return true
}

/// A number with at most 18 digits in all and no exponent, as `mantissa × 10^(-scale)`.
@inlinable package func scanShortDecimal(
    _ p: inout UnsafeRawPointer, _ mantissa: inout Int64, _ scale: inout Int
) -> Bool {
    var q = p.assumingMemoryBound(to: UInt8.self)
    let isNegative = q[0] == UInt8(ascii: "-")
    if isNegative { q += 1 }
    let first = q
    var value: UInt64 = 0
    while q[0] &- 48 < 10 {
        value = value &* 10 &+ UInt64(q[0] &- 48)
        q += 1
    }
    var count = q - first
    if count == 0 || (count > 1 && first[0] == 48) { return false }
    scale = 0
    if q[0] == UInt8(ascii: ".") {
        q += 1
        let fraction = q
        while q[0] &- 48 < 10 {
            value = value &* 10 &+ UInt64(q[0] &- 48)
            q += 1
        }
        scale = q - fraction
        if scale == 0 { return false }
        count &+= scale
    }
    if count > 18 || q[0] | 0x20 == UInt8(ascii: "e") { return false }
    mantissa = isNegative ? 0 &- Int64(bitPattern: value) : Int64(bitPattern: value)
    p = UnsafeRawPointer(q)
    return true
}

/// The parts of a number whose digits may be many.
@usableFromInline package struct ScannedNumber {
    @usableFromInline package var isNegative: Bool
    /// All digits as one integer; wraps past 19 digits.
    @usableFromInline package var mantissa: UInt64
    @usableFromInline package var digits: Int
    /// The power of ten that `mantissa` is multiplied by.
    @usableFromInline package var exponent: Int
    @usableFromInline package var hasNonzeroDigit: Bool

    @inlinable init(isNegative: Bool, mantissa: UInt64, digits: Int, exponent: Int, hasNonzeroDigit: Bool) {
        self.isNegative = isNegative
        self.mantissa = mantissa
        self.digits = digits
        self.exponent = exponent
        self.hasNonzeroDigit = hasNonzeroDigit
    }
}

/// Scans any JSON number, or returns nil where there is none.
@inlinable package func scanNumber(_ p: inout UnsafeRawPointer) -> ScannedNumber? {
    var q = p.assumingMemoryBound(to: UInt8.self)
    let isNegative = q[0] == UInt8(ascii: "-")
    if isNegative { q += 1 }
    let first = q
    var mantissa: UInt64 = 0
    var anyDigit: UInt8 = 0
    while q[0] &- 48 < 10 {
        mantissa = mantissa &* 10 &+ UInt64(q[0] &- 48)
        anyDigit |= q[0] &- 48
        q += 1
    }
    var digits = q - first
    if digits == 0 || (digits > 1 && first[0] == 48) { return nil }
    var exponent = 0
    if q[0] == UInt8(ascii: ".") {
        q += 1
        let fraction = q
        while q[0] &- 48 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(q[0] &- 48)
            anyDigit |= q[0] &- 48
            q += 1
        }
        let count = q - fraction
        if count == 0 { return nil }
        digits &+= count
        exponent = 0 &- count
    }
    if q[0] | 0x20 == UInt8(ascii: "e") {
        q += 1
        let isExponentNegative = q[0] == UInt8(ascii: "-")
        if isExponentNegative || q[0] == UInt8(ascii: "+") { q += 1 }
        let start = q
        var power = 0
        while q[0] &- 48 < 10 {
            if power < 100_000 { power = power &* 10 &+ Int(q[0] &- 48) }
            q += 1
        }
        if q == start { return nil }
        exponent &+= isExponentNegative ? 0 &- power : power
    }
    p = UnsafeRawPointer(q)
    return ScannedNumber(
        isNegative: isNegative, mantissa: mantissa, digits: digits, exponent: exponent, hasNonzeroDigit: anyDigit != 0)
}

/// A number as the nearest double; false also where it is out of range.
///
/// One exact operation where mantissa and power of ten are exact (Clinger, "How to Read Floating Point Numbers
/// Accurately", 1990), Eisel's and Lemire's algorithm for up to 19 digits, the C library otherwise.
@inlinable package func scanDouble(_ p: inout UnsafeRawPointer, _ value: inout Double) -> Bool {
    let start = p
    guard let number = scanNumber(&p) else { return false }
    if number.digits <= 19 && number.mantissa <= 1 &<< 53 && number.exponent >= -22 && number.exponent <= 22 {
        let mantissa = Double(number.mantissa)
        let power = laminar_double_power_of_ten(Int32(truncatingIfNeeded: number.exponent.magnitude))
        let magnitude = number.exponent < 0 ? mantissa / power : mantissa * power
        value = number.isNegative ? -magnitude : magnitude
        return true
    }
    if number.digits <= 19, laminar_scaled_double(number.mantissa, Int64(number.exponent), &value) != 0 {
        if number.isNegative { value = -value }
        return true
    }
    // Sound: the number ends at a byte that is not part of one, and JSON numbers are C numbers.
    value = laminar_parse_double(start.assumingMemoryBound(to: CChar.self), nil)
    return value.isFinite && (value != 0 || !number.hasNonzeroDigit)
}

/// A number as the nearest single; false also where it is out of range.
@inlinable package func scanFloat(_ p: inout UnsafeRawPointer, _ value: inout Float) -> Bool {
    let start = p
    guard let number = scanNumber(&p) else { return false }
    if number.digits <= 19 && number.mantissa <= 1 &<< 24 && number.exponent >= -10 && number.exponent <= 10 {
        let mantissa = Float(number.mantissa)
        let power = Float(laminar_double_power_of_ten(Int32(truncatingIfNeeded: number.exponent.magnitude)))
        let magnitude = number.exponent < 0 ? mantissa / power : mantissa * power
        value = number.isNegative ? -magnitude : magnitude
        return true
    }
    value = laminar_parse_float(start.assumingMemoryBound(to: CChar.self), nil)
    return value.isFinite && (value != 0 || !number.hasNonzeroDigit)
}
