extension DigitWriter {
    /// PostgreSQL's text form: all digits of the scale, never an exponent.
    public mutating func write(_ value: Decimal) {
        switch value.kind {
        case .notANumber: return write("NaN")
        case .positiveInfinity: return write("Infinity")
        case .negativeInfinity: return write("-Infinity")
        case .finite: break
        }
        if value.unscaled < 0 { write(UInt8(ascii: "-")) }
        if value.scale == 0 { return write(wide: value.unscaled.magnitude) }
        let divisor = Decimal.powerOfTen(Int(value.scale)).magnitude
        let (whole, fraction) = value.unscaled.magnitude.quotientAndRemainder(dividingBy: divisor)
        write(wide: whole)
        write(UInt8(ascii: "."))
        write(wide: fraction, width: Int(value.scale))
    }
}

extension Decimal: CustomStringConvertible {
    /// PostgreSQL's text form: all digits of the scale, never an exponent.
    public var description: String { makeString { $0.write(self) } }

    /// Parses PostgreSQL's input forms: digits with a point and an exponent, `NaN`, `Infinity`, `inf`, blanks around.
    ///
    /// Digits behind the point that do not fit in 38 are rounded away; digits before it, and values that would round to
    /// zero, are out of range.
    public init(text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) {
        var i = 0
        var end = text.count
        while i < end && isSpace(text[i]) { i += 1 }
        while end > i && isSpace(text[end - 1]) { end -= 1 }
        let first = i
        var isNegative = false
        if i < end && (text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+")) {
            isNegative = text[i] == UInt8(ascii: "-")
            i += 1
        }
        guard i < end else { throw .invalidText }
        let isDigitOrPoint = isDigit(text[i]) || text[i] == UInt8(ascii: ".")
        guard isDigitOrPoint else {
            let rest = UnsafeBufferPointer(rebasing: text[i..<end])
            if matches(rest, "nan") && i == first {
                self = .notANumber
                return
            }
            if matches(rest, "infinity") || matches(rest, "inf") {
                self.init(kind: isNegative ? .negativeInfinity : .positiveInfinity)
                return
            }
            throw .invalidText
        }
        var digits: UInt128 = 0
        var significant = 0
        var droppedWhole = 0
        var scale = 0
        var roundDigit: UInt8 = 0
        var hasDroppedFraction = false
        var hasDigits = false
        var isFraction = false
        while i < end {
            let byte = text[i]
            if byte == UInt8(ascii: ".") {
                if isFraction { throw .invalidText }
                isFraction = true
                i += 1
                continue
            }
            guard isDigit(byte) else { break }
            hasDigits = true
            let digit = byte - 48
            if significant < 38 && !(isFraction && hasDroppedFraction) && !(isFraction && scale >= 300) {
                digits = digits * 10 + UInt128(digit)
                if digits != 0 { significant += 1 }
                if isFraction { scale += 1 }
            } else if isFraction {
                if !hasDroppedFraction { roundDigit = digit }
                hasDroppedFraction = true
            } else {
                if droppedWhole == 0 { roundDigit = digit }
                droppedWhole += 1
            }
            i += 1
        }
        guard hasDigits else { throw .invalidText }
        var exponent = 0
        if i < end && (text[i] | 0x20) == UInt8(ascii: "e") {
            i += 1
            var isExponentNegative = false
            if i < end && (text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+")) {
                isExponentNegative = text[i] == UInt8(ascii: "-")
                i += 1
            }
            guard i < end && isDigit(text[i]) else { throw .invalidText }
            while i < end && isDigit(text[i]) {
                exponent = min(exponent * 10 + Int(text[i] - 48), 100_000)
                i += 1
            }
            if isExponentNegative { exponent = -exponent }
        }
        guard i == end else { throw .invalidText }
        if droppedWhole > 0 {
            guard exponent < 0 else { throw .outOfRange }
            exponent += droppedWhole
        }
        if roundDigit >= 5 && (hasDroppedFraction || droppedWhole > 0) { digits += 1 }
        // value = digits × 10^(exponent − scale); an exponent below zero adds digits behind the point.
        var power = exponent - scale
        if digits == 0 {
            self.init(unscaled: 0, scale: Int32(max(0, min(-power, 38))))
            return
        }
        while power > 0 {
            guard power <= 38 else { throw .outOfRange }
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            if overflow { throw .outOfRange }
            digits = product
            power -= 1
        }
        var result = Decimal.zero
        if -power > 38 {
            // Too small for 38 digits behind the point: rounded there.
            let dropped = -power - 38
            if dropped <= 38 {
                let divisor = Decimal.powerOfTen(dropped).magnitude
                let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: divisor)
                digits = remainder >= divisor - remainder ? quotient + 1 : quotient
            } else {
                digits = 0
            }
            power = -38
        }
        // Rounding may cost digits at the end, not all of them.
        if digits == 0 || digits > Decimal.maximumUnscaled.magnitude { throw .outOfRange }
        result = Decimal(unscaled: isNegative ? -Int128(digits) : Int128(digits), scale: Int32(-power))
        self = result
    }

    /// Parses PostgreSQL's input forms; `nil` if the text is none or does not fit.
    public init?(_ text: String) {
        var text = text
        let parsed: Decimal? = text.withUTF8 { bytes in
            do throws(ValueParseReason) { return try Decimal(text: bytes) } catch { return nil }
        }
        guard let parsed else { return nil }
        self = parsed
    }
}
