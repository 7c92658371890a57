extension DigitWriter {
    /// The shortest digits that read back as the same value, in PostgreSQL's form: `1e+20`, `0.0001`, `Infinity`.
    public mutating func write(_ value: Double) {
        if value.isNaN { return write("NaN") }
        if value.isInfinite { return value < 0 ? write("-Infinity") : write("Infinity") }
        // Integers that a double holds exactly need no search for the shortest digits.
        if value.magnitude < 1e15, value != 0, let whole = Int64(exactly: value) { return write(whole) }
        write(
            shortest: value.description, isNegativeZero: value == 0 && value.sign == .minus, significantLimit: 15,
            halfStep: HalfStep(significand: value.significandBitPattern | 1 << 52, exponent: value == 0 ? 0 : Int(value.exponent) - 53))
    }

    /// As for a double, with the digits of a single.
    public mutating func write(_ value: Float) {
        if value.isNaN { return write("NaN") }
        if value.isInfinite { return value < 0 ? write("-Infinity") : write("Infinity") }
        write(
            shortest: value.description, isNegativeZero: value == 0 && value.sign == .minus, significantLimit: 6,
            halfStep: HalfStep(
                significand: UInt64(value.significandBitPattern) | 1 << 23, exponent: value == 0 ? 0 : Int(value.exponent) - 24))
    }

    /// Where a normal number's neighbourhood ends: the number is `2 · significand · 2^exponent`, and all that lies within
    /// `2^exponent` of it reads back as it.
    private struct HalfStep {
        var significand: UInt64
        var exponent: Int

        /// The digits to write instead of the shortest ones, and the power of ten that they count; nil to keep these.
        ///
        /// The shortest digits may lie exactly between two numbers (1.801439850948199e16), which only reads back where ties go
        /// to the even one. PostgreSQL then writes the shortest digits within. That happens to large whole numbers only.
        /// - Parameters:
        ///   - digits: the shortest digits, without zeros at the end.
        ///   - power: the power of ten that they count.
        func inner(_ digits: UInt64, power: Int) -> (digits: UInt64, power: Int)? {
            guard exponent > 0, exponent < 72, power > 0, power <= 27, digits < 1_000_000_000_000_000_000 else { return nil }
            let (number, half) = (UInt128(significand) << UInt128(exponent + 1), UInt128(1) << UInt128(exponent))
            var unit = (0..<power).reduce(UInt128(1)) { unit, _ in unit * 10 }
            let (shown, overflow) = UInt128(digits).multipliedReportingOverflow(by: unit)
            guard !overflow, shown == number + half || shown + half == number else { return nil }
            var finer = power
            while finer > 0 {
                finer -= 1
                unit /= 10
                let below = number / unit
                let (under, over) = (number - below * unit, (below + 1) * unit - number)
                if under < half || over < half { return (UInt64(under <= over ? below : below + 1), finer) }
            }
            return nil
        }
    }

    /// Brings Swift's shortest digits into PostgreSQL's form: an exponent below −4 or from `significantLimit` on.
    private mutating func write(
        shortest: String, isNegativeZero: Bool, significantLimit: Int, halfStep: HalfStep
    ) {
        if isNegativeZero { return write("-0") }
        var text = shortest
        text.withUTF8 { bytes in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { digits in
                var count = 0
                var pointAfter = 0
                var hasPoint = false
                var exponent = 0
                var i = 0
                if bytes[0] == UInt8(ascii: "-") {
                    write(UInt8(ascii: "-"))
                    i = 1
                }
                while i < bytes.count {
                    let byte = bytes[i]
                    if byte == UInt8(ascii: ".") {
                        hasPoint = true
                    } else if byte == UInt8(ascii: "e") {
                        var sign = 1
                        i += 1
                        if bytes[i] == UInt8(ascii: "-") { sign = -1 }
                        if !isDigit(bytes[i]) { i += 1 }
                        while i < bytes.count {
                            exponent = exponent * 10 + Int(bytes[i] - 48)
                            i += 1
                        }
                        exponent *= sign
                        break
                    } else if count < 64 {
                        if count > 0 || byte != 48 {
                            digits[count] = byte
                            count += 1
                            if !hasPoint { pointAfter += 1 }
                        } else if hasPoint {
                            pointAfter -= 1
                        }
                    }
                    i += 1
                }
                while count > 0 && digits[count - 1] == 48 { count -= 1 }
                if count == 0 { return write(UInt8(ascii: "0")) }
                // The value is 0.d₁d₂… × 10^position.
                var position = pointAfter + exponent
                if count < 18, position > count,
                    var inner = halfStep.inner(
                        digits[..<count].reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 48) }, power: position - count)
                {
                    count = 0
                    var rest = inner.digits
                    while rest > 0 { (count, rest) = (count + 1, rest / 10) }
                    position = inner.power + count
                    for k in (0..<count).reversed() {
                        digits[k] = UInt8(48 + inner.digits % 10)
                        inner.digits /= 10
                    }
                    while count > 0 && digits[count - 1] == 48 { count -= 1 }
                }
                if position - 1 < -4 || position - 1 >= significantLimit {
                    write(digits[0])
                    if count > 1 {
                        write(UInt8(ascii: "."))
                        for k in 1..<count { write(digits[k]) }
                    }
                    write(UInt8(ascii: "e"))
                    write(position - 1 < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
                    write(UInt64((position - 1).magnitude), width: 2)
                } else if position <= 0 {
                    write("0.")
                    for _ in 0..<(-position) { write(UInt8(ascii: "0")) }
                    for k in 0..<count { write(digits[k]) }
                } else {
                    for k in 0..<max(count, position) {
                        if k == position { write(UInt8(ascii: ".")) }
                        write(k < count ? digits[k] : UInt8(ascii: "0"))
                    }
                }
            }
        }
    }
}

/// Parses floating-point texts as PostgreSQL: `1.5`, `1e3`, `NaN`, `Infinity`, `inf`, blanks around.
public enum FloatingPointText {
    public static func double(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Double {
        let body = trimmed(text)
        if let exact = shortDecimal(body) { return exact }
        if let special = special(body) { return special }
        guard isNumber(body) else { throw .invalidText }
        // Swift reads numbers by its own rules, whatever locale the process has set.
        guard let value = Double(String(decoding: body, as: UTF8.self)) else { throw .invalidText }
        if value.isInfinite || (value == 0 && hasNonzeroDigit(body)) { throw .outOfRange }
        return value
    }

    public static func float(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Float {
        let body = trimmed(text)
        if let special = special(body) { return Float(special) }
        guard isNumber(body) else { throw .invalidText }
        guard let value = Float(String(decoding: body, as: UTF8.self)) else { throw .invalidText }
        if value.isInfinite || (value == 0 && hasNonzeroDigit(body)) { throw .outOfRange }
        return value
    }

    /// Up to 15 digits with at most 15 behind the point: exact by one division (Clinger's fast path).
    private static func shortDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var i = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { i = 1 }
        guard text.count > i, text.count <= i + 16 else { return nil }
        var value: Int64 = 0
        var digits = 0
        var fraction = -1
        while i < text.count {
            let digit = text[i] &- 48
            if digit < 10 {
                value = value &* 10 &+ Int64(digit)
                digits += 1
                if fraction >= 0 { fraction += 1 }
            } else if text[i] == UInt8(ascii: "."), fraction < 0 {
                fraction = 0
            } else {
                return nil
            }
            i += 1
        }
        guard digits > 0, digits <= 15 else { return nil }
        let result = fraction > 0 ? Double(value) / Double(Int64(Decimal.powerOfTen(fraction))) : Double(value)
        return isNegative ? -result : result
    }

    private static func special(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        if matches(text, "nan") || matches(text, "+nan") || matches(text, "-nan") { return .nan }
        if matches(text, "infinity") || matches(text, "inf") || matches(text, "+infinity") || matches(text, "+inf") {
            return .infinity
        }
        if matches(text, "-infinity") || matches(text, "-inf") { return -.infinity }
        return nil
    }

    private static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var i = 0
        var digits = 0
        if i < text.count && (text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+")) { i += 1 }
        while i < text.count && isDigit(text[i]) { (i, digits) = (i + 1, digits + 1) }
        if i < text.count && text[i] == UInt8(ascii: ".") {
            i += 1
            while i < text.count && isDigit(text[i]) { (i, digits) = (i + 1, digits + 1) }
        }
        guard digits > 0 else { return false }
        if i < text.count && (text[i] | 0x20) == UInt8(ascii: "e") {
            i += 1
            if i < text.count && (text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+")) { i += 1 }
            let start = i
            while i < text.count && isDigit(text[i]) { i += 1 }
            guard i > start else { return false }
        }
        return i == text.count
    }

    private static func hasNonzeroDigit(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in text {
            if (byte | 0x20) == UInt8(ascii: "e") { return false }
            if byte > 48 && byte < 58 { return true }
        }
        return false
    }
}
