/// Whether two cells are the same value of a column type, in PostgreSQL text.
///
/// Exact except for what the text of a type leaves open: trailing zeros of fractional seconds, `T` for the space of a
/// timestamp, `+00` in its forms, blanks behind CHAR(n), and digits of approximate numbers (relative: 1e-6 for NUMERIC,
/// whose division scale differs between engines, 1e-5 for REAL, 1e-9 for DOUBLE and where the type is unknown).
package struct CellComparison: Sendable {
    private enum Kind: Sendable {
        case boolean, text, blankPadded, exact
        case number(tolerance: Double?)
    }

    private let kind: Kind

    package init(type: String) {
        let type = type.lowercased()
        func begins(_ prefixes: String...) -> Bool { prefixes.contains { type.hasPrefix($0) } }
        kind =
            if begins("bool") {
                .boolean
            } else if begins("char", "bpchar") {
                .blankPadded
            } else if begins("text", "varchar", "string") {
                .text
            } else if begins("numeric", "dec") {
                .number(tolerance: 1e-6)
            } else if begins("real", "float") {
                .number(tolerance: 1e-5)
            } else if type.isEmpty || begins("double", "unknown") {
                .number(tolerance: 1e-9)
            } else if begins("int", "bigint", "smallint", "tinyint", "hugeint") {
                .number(tolerance: nil)
            } else {
                .exact
            }
    }

    /// The one form of the texts that differ in nothing but spelling.
    package func normalised(_ cell: String) -> String {
        switch kind {
        case .boolean:
            let word = cell.lowercased()
            return switch word {
            case "t", "1": "true"
            case "f", "0": "false"
            default: word
            }
        case .text: return cell
        case .blankPadded:
            var bytes = Substring(cell)
            while bytes.utf8.last == UInt8(ascii: " ") { bytes.removeLast() }
            return String(bytes)
        case .number, .exact: return Self.normalisedTimestamp(cell) ?? cell
        }
    }

    package func areEqual(_ a: String?, _ b: String?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        let x = normalised(a)
        let y = normalised(b)
        if x.utf8.elementsEqual(y.utf8) { return true }
        guard case .number(let tolerance) = kind else { return false }
        // `interval` begins with `int` too; its texts are no numbers and were compared above.
        guard let first = DecimalText(x), let second = DecimalText(y) else {
            return Self.infinitiesShortened(x) == Self.infinitiesShortened(y)
        }
        if first == second { return true }
        guard let tolerance, let p = Double(x), let q = Double(y), p.isFinite, q.isFinite else { return false }
        return (p - q).magnitude <= tolerance * max(p.magnitude, q.magnitude)
    }

    private static func infinitiesShortened(_ text: String) -> String {
        let text = text.lowercased()
        return switch text {
        case "infinity", "+infinity": "inf"
        case "-infinity": "-inf"
        default: text
        }
    }

    /// `YYYY-MM-DD HH:MM:SS[.f][zone]` without trailing zeros and without a zone of UTC; nil if it is no timestamp.
    private static func normalisedTimestamp(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        var i = 0
        func digits(_ most: Int = Int.max) -> Int {
            let start = i
            while i < bytes.count, i - start < most, bytes[i] >= 0x30, bytes[i] <= 0x39 { i += 1 }
            return i - start
        }
        func take(_ byte: Character) -> Bool {
            guard i < bytes.count, bytes[i] == byte.asciiValue else { return false }
            i += 1
            return true
        }
        guard digits() >= 4, take("-"), digits(2) == 2, take("-"), digits(2) == 2 else { return nil }
        let dateEnd = i
        guard take(" ") || take("T"), digits(2) == 2, take(":"), digits(2) == 2 else { return nil }
        let minutesEnd = i
        var seconds = ":00"
        if take(":") {
            guard digits(2) == 2 else { return nil }
            seconds = String(decoding: bytes[minutesEnd..<i], as: UTF8.self)
        }
        var fraction: [UInt8] = []
        let fractionStart = i
        if take(".") {
            guard digits() > 0 else { return nil }
            fraction = Array(bytes[fractionStart..<i])
            while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
            if fraction == [UInt8(ascii: ".")] { fraction = [] }
        }
        var zone = Array(bytes[i...])
        let zoneStart = i
        if !zone.isEmpty, !take("Z") {
            guard take("+") || take("-"), digits(2) == 2 else { return nil }
            if i < bytes.count {
                _ = take(":")
                guard digits(2) == 2 else { return nil }
            }
        }
        guard i == bytes.count else { return nil }
        zone = Array(bytes[zoneStart...])
        if ["Z", "+00", "+00:00", "+0000"].contains(String(decoding: zone, as: UTF8.self)) { zone = [] }
        return String(decoding: bytes[..<dateEnd] + [0x20] + bytes[(dateEnd + 1)..<minutesEnd], as: UTF8.self)
            + seconds + String(decoding: fraction + zone, as: UTF8.self)
    }
}

/// A number in decimal text, of any length, in a form in which equal numbers are equal.
private struct DecimalText: Equatable {
    var isNegative: Bool
    /// Without zeros at either end; empty for zero.
    var digits: [UInt8]
    /// The power of ten of the last digit; 0 for zero.
    var exponent: Int

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        var i = 0
        isNegative = bytes.first == UInt8(ascii: "-")
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { i = 1 }
        digits = []
        var fraction = 0
        var sawDigit = false
        var sawPoint = false
        while i < bytes.count {
            if bytes[i] >= 0x30, bytes[i] <= 0x39 {
                digits.append(bytes[i])
                sawDigit = true
                if sawPoint { fraction += 1 }
            } else if bytes[i] == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else {
                break
            }
            i += 1
        }
        guard sawDigit else { return nil }
        exponent = -fraction
        if i < bytes.count {
            guard bytes[i] == UInt8(ascii: "e") || bytes[i] == UInt8(ascii: "E"),
                let power = Int(String(decoding: bytes[(i + 1)...], as: UTF8.self)), power.magnitude < 1_000_000
            else { return nil }
            exponent += power
        }
        while digits.last == 0x30 {
            digits.removeLast()
            exponent += 1
        }
        digits = Array(digits.drop { $0 == 0x30 })
        if digits.isEmpty {
            exponent = 0
            isNegative = false
        }
    }
}
