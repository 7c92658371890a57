import LaminarText

extension Lexer {
    /// `1`, `1_000`, `1.5e3`, `.5`, `0x1F`, `0o17`, `0b101`, and with a unit behind it `30s`.
    mutating func scanNumber() {
        let start = index
        if byte() == UInt8(ascii: "0"), let base = Self.base(of: byte(1)) {
            index += 2
            let digitsStart = index
            while byte().isIdentifierPart { index += 1 }
            return addRadixNumber(base, digits: bytes[digitsStart..<index], from: start)
        }
        var isInteger = true
        skipDigits()
        if byte() == .dot, byte(1) != .dot {
            isInteger = false
            index += 1
            skipDigits()
        }
        if byte().lowercased == UInt8(ascii: "e") {
            let signed = byte(1) == .plus || byte(1) == .minus
            if byte(signed ? 2 : 1).isDigit {
                isInteger = false
                index += signed ? 2 : 1
                skipDigits()
            }
        }
        let number = String(decoding: bytes[start..<index].lazy.filter { $0 != .underscore }, as: UTF8.self)
        if byte().isIdentifierStart {
            let unitStart = index
            while byte().isIdentifierPart { index += 1 }
            let unit = String(decoding: bytes[unitStart..<index].map(\.lowercased), as: UTF8.self)
            if Self.durationUnits.contains(unit) { return addToken(.duration, number + unit, from: start) }
            let junk = String(decoding: bytes[start..<index].prefix(40), as: UTF8.self)
            errors.report(.trailingJunk(junk), at: text.original(start, index))
            return addToken(.invalid, "", from: start)
        }
        addToken(isInteger ? .integer : .number, number, from: start)
    }

    private static let durationUnits: Set<String> = ["us", "ms", "s", "sec", "m", "min", "h", "d", "w"]

    private static func base(of letter: UInt8) -> Int? {
        switch letter.lowercased {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    private mutating func skipDigits() {
        while byte().isDigit || byte() == .underscore && byte(1).isDigit && index > 0 && bytes[index - 1].isDigit {
            index += 1
        }
    }

    private mutating func addRadixNumber(_ base: Int, digits: ArraySlice<UInt8>, from start: Int) {
        let values = digits.filter { $0 != .underscore }.map { $0.hexValue ?? 16 }
        guard !values.isEmpty, values.allSatisfy({ $0 < base }) else {
            let junk = String(decoding: bytes[start..<index].prefix(40), as: UTF8.self)
            errors.report(.trailingJunk(junk), at: text.original(start, index))
            return addToken(.invalid, "", from: start)
        }
        guard values.count <= 512 else {
            errors.report(.numberTooLong, at: text.original(start, index))
            return addToken(.invalid, "", from: start)
        }
        // Schoolbook conversion; the length is bounded above.
        var decimal: [UInt8] = [0]
        for value in values {
            var carry = value
            for position in decimal.indices {
                let product = Int(decimal[position]) * base + carry
                decimal[position] = UInt8(product % 10)
                carry = product / 10
            }
            while carry > 0 {
                decimal.append(UInt8(carry % 10))
                carry /= 10
            }
        }
        addToken(.integer, String(decoding: decimal.reversed().map { $0 + 48 }, as: UTF8.self), from: start)
    }
}
