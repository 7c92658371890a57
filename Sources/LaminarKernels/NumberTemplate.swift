/// A template of `to_char` and `to_number` for numbers: `FM9,990.00`, cut into its patterns and text.
///
/// What the patterns do to each other is not described anywhere but in PostgreSQL's `formatting.c`, so this follows its
/// steps (`NUMDesc_prepare`, `NUM_processor`), with the locale C: point, comma, `-`, `+` and no currency symbol.
struct NumberTemplate {
    enum Pattern: String, CaseIterable {
        // Longer names stand before those that they begin with.
        case exponent = "EEEE"
        case fill = "FM"
        case minus = "MI", plus = "PL", bracket = "PR"
        case upperRoman = "RN", lowerRoman = "rn"
        case sign = "SG", spell = "SP", anchoredSign = "S"
        case upperOrdinal = "TH", lowerOrdinal = "th"
        case comma = ",", point = ".", zero = "0", nine = "9"
        case blank = "B", currencyCode = "C", localePoint = "D", group = "G", currency = "L", shift = "V"
    }

    enum Node {
        case pattern(Pattern)
        /// A character, in UTF-8.
        case text([UInt8])
    }

    enum SignPlace { case none, before, behind }

    /// A pattern stands where the others do not allow it (42601).
    struct SyntaxFailure: Error {}

    var nodes: [Node] = []
    /// Digits before and behind the point, and those that V shifts by.
    var wholeDigits = 0
    var fractionDigits = 0
    var shiftDigits = 0
    /// The first and last positions of zeros that are written, from 1; 0: none.
    var zeroStart = 0
    var zeroEnd = 0
    var signPlace = SignPlace.none
    var wholeDigitsBeforeSign = 0
    var flags: Set<Pattern> = []

    init(_ template: UnsafeBufferPointer<UInt8>) throws(SyntaxFailure) {
        var i = 0
        while i < template.count {
            if let pattern = Self.pattern(template, at: i) {
                i += pattern.rawValue.utf8.count
                try add(pattern)
                nodes.append(.pattern(pattern))
                continue
            }
            if template[i] == UInt8(ascii: "\"") {
                i += 1
                while i < template.count {
                    if template[i] == UInt8(ascii: "\"") {
                        i += 1
                        break
                    }
                    if template[i] == UInt8(ascii: "\\") && i + 1 < template.count { i += 1 }
                    appendCharacter(template, &i)
                }
                continue
            }
            // Outside quotes a backslash is special in front of one only.
            if template[i] == UInt8(ascii: "\\") && i + 1 < template.count && template[i + 1] == UInt8(ascii: "\"") {
                i += 1
            }
            appendCharacter(template, &i)
        }
    }

    private mutating func appendCharacter(_ template: UnsafeBufferPointer<UInt8>, _ i: inout Int) {
        let length = min(characterLength(startingWith: template[i]), template.count - i)
        nodes.append(.text(Array(template[i..<(i + length)])))
        i += length
    }

    /// Patterns are written in upper or in lower case, not mixed.
    private static func pattern(_ template: UnsafeBufferPointer<UInt8>, at start: Int) -> Pattern? {
        Pattern.allCases.first { pattern in
            let name = pattern.rawValue.utf8
            guard start + name.count <= template.count else { return false }
            let word = template[start..<(start + name.count)]
            if word.elementsEqual(name) { return true }
            switch pattern {
            case .upperRoman, .lowerRoman, .upperOrdinal, .lowerOrdinal: return false
            default: return zip(word, name).allSatisfy { $0 == $1 | 0x20 && $1 >= 65 }
            }
        }
    }

    private mutating func add(_ pattern: Pattern) throws(SyntaxFailure) {
        func require(_ condition: Bool) throws(SyntaxFailure) { if !condition { throw SyntaxFailure() } }
        let hasSignPattern = has(.plus) || has(.minus) || has(.bracket)
        try require(!has(.exponent) || pattern == .exponent)
        switch pattern {
        case .nine:
            try require(!has(.bracket))
            if has(.shift) { shiftDigits += 1 } else if has(.point) { fractionDigits += 1 } else { wholeDigits += 1 }
        case .zero:
            try require(!has(.bracket))
            if !has(.zero) && !has(.point) {
                flags.insert(.zero)
                zeroStart = wholeDigits + 1
            }
            if has(.point) { fractionDigits += 1 } else { wholeDigits += 1 }
            zeroEnd = wholeDigits + fractionDigits
        case .blank:
            if wholeDigits == 0 && fractionDigits == 0 && !has(.zero) { flags.insert(.blank) }
        case .point, .localePoint:
            try require(!has(.point) && !has(.shift))
            flags.insert(.point)
        case .fill: flags.insert(.fill)
        case .anchoredSign:
            try require(!has(.anchoredSign) && !hasSignPattern)
            flags.insert(.anchoredSign)
            signPlace = has(.point) ? .behind : .before
            if !has(.point) { wholeDigitsBeforeSign = wholeDigits }
        case .minus, .plus:
            try require(!has(.anchoredSign))
            flags.insert(pattern)
        case .sign:
            try require(!has(.anchoredSign))
            flags.formUnion([.minus, .plus])
        case .bracket:
            try require(!has(.anchoredSign) && !has(.plus) && !has(.minus))
            flags.insert(.bracket)
        case .upperRoman, .lowerRoman: flags.insert(.upperRoman)
        case .shift:
            try require(!has(.point))
            flags.insert(.shift)
        case .exponent:
            try require(
                flags.isDisjoint(with: [
                    .exponent, .blank, .fill, .anchoredSign, .bracket, .minus, .plus, .upperRoman, .shift,
                ]))
            flags.insert(.exponent)
        case .comma, .group, .currency, .currencyCode, .spell, .upperOrdinal, .lowerOrdinal: break
        }
    }

    func has(_ flag: Pattern) -> Bool { flags.contains(flag) }
}
