import LaminarText

extension Lexer {
    /// The bytes of an E'...' string, its escapes decoded; nil when the text ends first.
    mutating func scanEscaped() -> [UInt8]? {
        index += 1
        var content: [UInt8] = []
        while index < bytes.count {
            let next = bytes[index]
            index += 1
            if next == .singleQuote {
                guard byte() == .singleQuote else { return content }
                index += 1
                content.append(next)
            } else if next == .backslash {
                guard index < bytes.count else { return nil }
                scanEscape(into: &content)
            } else {
                content.append(next)
            }
        }
        return nil
    }

    private mutating func scanEscape(into content: inout [UInt8]) {
        let start = index - 1
        let letter = bytes[index]
        index += 1
        switch letter {
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case 48...55:
            var value = Int(letter) - 48
            var length = 1
            while length < 3, byte() >= 48, byte() <= 55 {
                value = value * 8 + Int(byte()) - 48
                index += 1
                length += 1
            }
            content.append(UInt8(truncatingIfNeeded: value))
        case UInt8(ascii: "x") where byte().hexValue != nil:
            var value = 0
            var length = 0
            while length < 2, let digit = byte().hexValue {
                value = value * 16 + digit
                index += 1
                length += 1
            }
            content.append(UInt8(truncatingIfNeeded: value))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard let value = scanHex(letter == UInt8(ascii: "u") ? 4 : 8) else {
                errors.report(.invalidUnicodeEscape, at: text.original(start, index))
                return
            }
            var low: Int?
            if (0xD800...0xDBFF).contains(value), byte() == .backslash, byte(1) == UInt8(ascii: "u") {
                index += 2
                low = scanHex(4)
            }
            append(value, low: low, to: &content, from: start)
        default:
            content.append(letter)
        }
    }

    private mutating func scanHex(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = byte().hexValue else { return nil }
            value = value * 16 + digit
            index += 1
        }
        return value
    }

    /// Appends a code point, or a surrogate pair as the one that it stands for.
    private mutating func append(_ value: Int, low: Int?, to content: inout [UInt8], from start: Int) {
        var value = value
        if let low {
            value = (0xDC00...0xDFFF).contains(low) ? 0x10000 + ((value & 0x3FF) << 10) + (low & 0x3FF) : -1
        }
        guard value > 0, let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init) else {
            errors.report(.invalidUnicodeValue, at: text.original(start, index))
            return
        }
        content.append(contentsOf: String(scalar).utf8)
    }

    /// `UESCAPE 'c'` behind a U& literal; a backslash if there is none.
    mutating func scanUnicodeEscapeCharacter() -> Character {
        let end = index
        skipSpace()
        guard index + 7 <= bytes.count,
            String(decoding: bytes[index..<index + 7].map(\.lowercased), as: UTF8.self) == "uescape",
            !byte(7).isIdentifierPart
        else {
            index = end
            return "\\"
        }
        index += 7
        skipSpace()
        guard byte() == .singleQuote, byte(2) == .singleQuote, byte(1).hexValue == nil, byte(1) != .plus else {
            errors.report(
                .invalidUnicodeEscape, at: text.original(index, index + 1), hint: "UESCAPE takes one character.")
            return "\\"
        }
        index += 3
        return Character(UnicodeScalar(bytes[index - 2]))
    }

    /// Decodes `\XXXX`, `\+XXXXXX` and the doubled escape character in the content of a U& literal.
    mutating func decodeUnicodeEscapes(_ raw: String, escape: Character, from start: Int) -> String {
        guard raw.contains(escape), let escape = escape.asciiValue else { return raw }
        let source = Array(raw.utf8)
        var content: [UInt8] = []
        var position = 0

        func hex(_ count: Int) -> Int? {
            guard position + count <= source.count else { return nil }
            var value = 0
            for digit in source[position..<position + count] {
                guard let digitValue = digit.hexValue else { return nil }
                value = value * 16 + digitValue
            }
            position += count
            return value
        }

        func escaped() -> Int? {
            guard position < source.count else { return nil }
            if source[position] == .plus {
                position += 1
                return hex(6)
            }
            return hex(4)
        }

        while position < source.count {
            let next = source[position]
            position += 1
            if next != escape {
                content.append(next)
            } else if position < source.count, source[position] == escape {
                content.append(escape)
                position += 1
            } else if let value = escaped() {
                var low: Int?
                if (0xD800...0xDBFF).contains(value), position < source.count, source[position] == escape {
                    position += 1
                    low = escaped()
                }
                append(value, low: low, to: &content, from: start)
            } else {
                errors.report(
                    .invalidUnicodeEscape, at: text.original(start, index),
                    hint: "Unicode escapes must be \\XXXX or \\+XXXXXX.")
                return String(decoding: content, as: UTF8.self)
            }
        }
        return String(decoding: content, as: UTF8.self)
    }

    mutating func binaryDigits(_ content: String, from start: Int) -> String {
        if let wrong = content.first(where: { $0 != "0" && $0 != "1" }) {
            errors.report(.invalidDigit(wrong, base: "binary"), at: text.original(start, index))
            return ""
        }
        return content
    }

    mutating func hexDigits(_ content: String, from start: Int) -> String {
        var digits: [UInt8] = []
        for character in content {
            guard let value = character.asciiValue?.hexValue else {
                errors.report(.invalidDigit(character, base: "hexadecimal"), at: text.original(start, index))
                return ""
            }
            for bit in [8, 4, 2, 1] { digits.append(value & bit == 0 ? 48 : 49) }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
