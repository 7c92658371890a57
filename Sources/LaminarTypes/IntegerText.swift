/// Parses integers as PostgreSQL: a sign, digits, blanks around.
public enum IntegerText {
    /// The value, which must lie in `T`.
    @inlinable public static func parse<T: FixedWidthInteger>(
        _ text: UnsafeBufferPointer<UInt8>, as type: T.Type = T.self
    ) throws(ValueParseReason) -> T {
        let wide = try wide(text)
        guard let result = T(exactly: wide) else { throw .outOfRange }
        return result
    }

    @usableFromInline static func wide(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Int128 {
        var i = 0
        var end = text.count
        while i < end && isSpace(text[i]) { i += 1 }
        while end > i && isSpace(text[end - 1]) { end -= 1 }
        var isNegative = false
        if i < end && (text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+")) {
            isNegative = text[i] == UInt8(ascii: "-")
            i += 1
        }
        guard i < end else { throw .invalidText }
        var value: UInt64 = 0
        var isTooLarge = false
        while i < end {
            guard isDigit(text[i]) else { throw .invalidText }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.addingReportingOverflow(UInt64(text[i] - 48))
            isTooLarge = isTooLarge || overflow || overflow2
            value = sum
            i += 1
        }
        if isTooLarge { throw .outOfRange }
        return isNegative ? -Int128(value) : Int128(value)
    }
}

/// Parses booleans as PostgreSQL: any unambiguous start of `true`, `false`, `yes`, `no`, `on`, `off`, or `1`, `0`.
public enum BooleanText {
    public static func parse(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Bool {
        let word = trimmed(text)
        func begins(_ full: StaticString, atLeast minimum: Int) -> Bool {
            guard word.count >= minimum, word.count <= full.utf8CodeUnitCount else { return false }
            for i in 0..<word.count where lowercased(word[i]) != full.utf8Start[i] { return false }
            return true
        }
        if begins("true", atLeast: 1) || begins("yes", atLeast: 1) || begins("on", atLeast: 2) || begins("1", atLeast: 1) {
            return true
        }
        if begins("false", atLeast: 1) || begins("no", atLeast: 1) || begins("off", atLeast: 2)
            || begins("0", atLeast: 1)
        {
            return false
        }
        throw .invalidText
    }
}

/// Parses and writes UUIDs: 32 hexadecimal digits, with a hyphen after any group of four, in braces or not.
public enum UUIDText {
    public static func parse(
        _ text: UnsafeBufferPointer<UInt8>
    ) throws(ValueParseReason) -> (high: UInt64, low: UInt64) {
        var i = 0
        var end = text.count
        if end > 1, text[0] == UInt8(ascii: "{") {
            guard text[end - 1] == UInt8(ascii: "}") else { throw .invalidText }
            i = 1
            end -= 1
        }
        var value: UInt128 = 0
        var digits = 0
        while i < end {
            if text[i] == UInt8(ascii: "-") {
                guard digits > 0, digits % 4 == 0, digits < 32, text[i - 1] != UInt8(ascii: "-") else {
                    throw .invalidText
                }
                i += 1
                continue
            }
            guard let digit = hexadecimalValue(text[i]), digits < 32 else { throw .invalidText }
            value = value << 4 | UInt128(digit)
            digits += 1
            i += 1
        }
        guard digits == 32 else { throw .invalidText }
        return (UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
    }
}

/// The value of a hexadecimal digit.
package func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte - 48 }
    let letter = byte | 0x20
    return letter >= 97 && letter <= 102 ? letter - 87 : nil
}

/// The lower-case hexadecimal digit of 0…15.
package func hexadecimalDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

extension DigitWriter {
    /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
    public mutating func write(uuid high: UInt64, _ low: UInt64) {
        for i in 0..<32 {
            if i == 8 || i == 12 || i == 16 || i == 20 { write(UInt8(ascii: "-")) }
            let word = i < 16 ? high : low
            write(hexadecimalDigit(UInt8(truncatingIfNeeded: word >> UInt64(60 - (i & 15) * 4)) & 15))
        }
    }

    public mutating func write(_ value: Bool) { write(value ? "true" : "false") }
}

/// Parses bytea: `\x` and hexadecimal digits, or plain bytes with `\\` and `\ooo` escapes.
public enum ByteaText {
    public static func parse(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> [UInt8] {
        var result: [UInt8] = []
        if text.count >= 2, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") {
            var i = 2
            while i < text.count {
                if isSpace(text[i]) {
                    i += 1
                    continue
                }
                // PostgreSQL calls a bad digit an invalid parameter.
                guard let high = hexadecimalValue(text[i]), i + 1 < text.count,
                    let low = hexadecimalValue(text[i + 1])
                else { throw .invalidParameter }
                result.append(high << 4 | low)
                i += 2
            }
            return result
        }
        var i = 0
        while i < text.count {
            if text[i] != UInt8(ascii: "\\") {
                result.append(text[i])
                i += 1
            } else if i + 1 < text.count, text[i + 1] == UInt8(ascii: "\\") {
                result.append(UInt8(ascii: "\\"))
                i += 2
            } else if i + 3 < text.count, text[i + 1] >= 48, text[i + 1] <= 51, text[i + 2] >= 48, text[i + 2] <= 55,
                text[i + 3] >= 48, text[i + 3] <= 55
            {
                result.append((text[i + 1] - 48) << 6 | (text[i + 2] - 48) << 3 | (text[i + 3] - 48))
                i += 4
            } else {
                throw .invalidText
            }
        }
        return result
    }

    /// `\x` and two hexadecimal digits a byte.
    public static func format(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        for byte in bytes {
            text.append(hexadecimalDigit(byte >> 4))
            text.append(hexadecimalDigit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
