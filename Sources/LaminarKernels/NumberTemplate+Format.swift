import Glibc
public import LaminarTypes

/// `to_char(number, template)`; 42601 for a template whose patterns contradict each other.
public func formatNumber(
    _ a: Int32, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    format(template, &arena, &fault, at: site) { numbers, fault in
        if numbers.has(.upperRoman) { return .text(roman(a)) }
        // A DOUBLE has every INTEGER exactly, but rounds halves to even digits.
        if numbers.has(.exponent) { return .text(exponential(Double(a), numbers.fractionDigits)) }
        return .digits(integer: shifted(Int64(a), numbers, Int64(Int32.max), &fault, at: site), numbers)
    }
}

/// `to_char(number, template)`; 42601 for a template whose patterns contradict each other.
public func formatNumber(
    _ a: Int64, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    format(template, &arena, &fault, at: site) { numbers, fault in
        if numbers.has(.upperRoman) { return .text(roman(castToInteger(a, &fault, at: site))) }
        if numbers.has(.exponent) { return .text(exponential(String(a), numbers.fractionDigits)) }
        return .digits(integer: shifted(a, numbers, Int64.max, &fault, at: site), numbers)
    }
}

/// `to_char(number, template)`; 42601 for a template whose patterns contradict each other.
public func formatNumber(
    _ a: Decimal, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    format(template, &arena, &fault, at: site) { numbers, fault in
        if numbers.has(.upperRoman) { return .text(roman(castToInteger(a, &fault, at: site))) }
        if numbers.has(.exponent) {
            return .text(
                a.isFinite ? exponential(a.description, numbers.fractionDigits) : numbers.overflowOfExponential)
        }
        let text = a.isFinite
            ? roundedText(a.description, shiftedBy: numbers.shiftDigits, fractionDigits: numbers.fractionDigits)
            : a.description
        return .digits(text, numbers, fractionDigits: numbers.fractionDigits)
    }
}

/// `to_char(number, template)`; 42601 for a template whose patterns contradict each other.
public func formatNumber(
    _ a: Double, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    formatFloatingPoint(a, significantDigits: 15, template, &arena, &fault, at: site)
}

/// `to_char(number, template)`; 42601 for a template whose patterns contradict each other.
public func formatNumber(
    _ a: Float, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    formatFloatingPoint(Double(a), significantDigits: 6, template, &arena, &fault, at: site)
}

private func formatFloatingPoint(
    _ a: Double, significantDigits: Int, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    format(template, &arena, &fault, at: site) { numbers, fault in
        if numbers.has(.upperRoman) {
            return .text(roman(a > 0 && a < 4000 ? Int32(a.rounded(.toNearestOrEven)) : 0))
        }
        if numbers.has(.exponent) {
            return .text(a.isFinite ? exponential(a, numbers.fractionDigits) : numbers.overflowOfExponential)
        }
        var value = a
        if numbers.shiftDigits > 0 { value *= pow(10, Double(numbers.shiftDigits)) }
        if significantDigits == 6 { value = Double(Float(value)) }
        let isFinite = value.isFinite
        let name = value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
        // No more digits than the type has.
        let wholeDigits = isFinite ? printed("%.*f", 0, abs(value)).utf8.count : value.isNaN ? 3 : 8
        let fractionDigits = max(0, min(numbers.fractionDigits, significantDigits - wholeDigits))
        return .digits(
            isFinite ? printed("%.*f", fractionDigits, value) : name, numbers, fractionDigits: fractionDigits)
    }
}

/// A number with the zeros that V asks for; 22003 past `limit`, where PostgreSQL 15 gives a wrong number.
private func shifted(
    _ value: Int64, _ numbers: NumberTemplate, _ limit: Int64, _ fault: inout Fault, at site: Int
) -> String {
    if numbers.shiftDigits == 0 { return String(value) }
    var factor: Int64 = 1
    for _ in 0..<numbers.shiftDigits {
        let (product, overflow) = factor.multipliedReportingOverflow(by: 10)
        if overflow || product > limit { fault.raise(.numericValueOutOfRange, at: site) }
        factor = overflow ? factor : product
    }
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    if overflow || product.magnitude > limit.magnitude { fault.raise(.numericValueOutOfRange, at: site) }
    return String(product)
}

/// What `to_char` puts into its template.
private enum NumberText {
    /// As it is: a Roman number, one with an exponent.
    case text(String)
    /// Digits without a sign, the sign, and how the template was changed to take them.
    case digits([UInt8], sign: UInt8, leadingBlanks: Int, wholeDigits: Int, fractionDigits: Int)

    static func digits(integer: String, _ numbers: NumberTemplate) -> NumberText {
        let zeros = numbers.fractionDigits > 0 ? "." + String(repeating: "0", count: numbers.fractionDigits) : ""
        return digits(integer + zeros, numbers, fractionDigits: numbers.fractionDigits)
    }

    static func digits(_ signed: String, _ numbers: NumberTemplate, fractionDigits: Int) -> NumberText {
        var digits = Array(signed.utf8)
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        let length = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.count
        let wholeDigits = numbers.wholeDigits + numbers.shiftDigits
        if length > wholeDigits {
            digits = Array(repeating: UInt8(ascii: "#"), count: wholeDigits + fractionDigits + 1)
            digits[wholeDigits] = UInt8(ascii: ".")
        }
        return .digits(
            digits, sign: UInt8(ascii: isNegative ? "-" : "+"), leadingBlanks: max(0, wholeDigits - length),
            wholeDigits: wholeDigits, fractionDigits: fractionDigits)
    }
}

private func format(
    _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int,
    _ number: (NumberTemplate, inout Fault) -> NumberText
) -> StringView {
    guard let numbers = template.withBytes({ try? NumberTemplate($0) }) else {
        fault.raise(.syntaxError, at: site)
        return StringView()
    }
    if numbers.nodes.isEmpty { return StringView() }
    var writer = NumberWriter(numbers, number(numbers, &fault))
    guard let bytes = writer.write() else {
        fault.raise(.invalidTextRepresentation, at: site)
        return StringView()
    }
    return makeBytes(&arena, bytes)
}

extension NumberTemplate {
    /// What stands where an infinity or NaN has no exponent: ` #.##`, as wide as a number.
    fileprivate var overflowOfExponential: String {
        var text = Array(repeating: UInt8(ascii: "#"), count: wholeDigits + fractionDigits + 6)
        text[0] = UInt8(ascii: " ")
        if wholeDigits + 1 < text.count { text[wholeDigits + 1] = UInt8(ascii: ".") }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Writes a number into its template, as `NUM_processor` does.
private struct NumberWriter {
    private let numbers: NumberTemplate
    private let isRoman: Bool
    private let isFilled: Bool
    private var hasBracket: Bool
    private let hasZero: Bool
    private let hasPoint: Bool
    private let signPlace: NumberTemplate.SignPlace
    private let zeroStart: Int
    private let fractionDigits: Int

    /// Ends with a zero byte, which ends the result where more digits are wanted than there are.
    private var number: [UInt8]
    private let sign: UInt8
    private let leadingBlanks: Int
    /// The last digit behind the point that is not cut off; nil: none is.
    private var lastRelevant: Int?
    private var isSignWritten: Bool
    private var count: Int
    private var current = 0
    private var position = 0
    private var isInNumber = false
    private var output: [UInt8] = []

    init(_ numbers: NumberTemplate, _ text: NumberText) {
        self.numbers = numbers
        isRoman = numbers.has(.upperRoman)
        isFilled = numbers.has(.fill)
        zeroStart = max(numbers.zeroStart - 1, 0)
        var wholeDigits = 0
        switch text {
        case .text(let text):
            number = Array(text.utf8) + [0]
            (sign, leadingBlanks, fractionDigits) = (0, 0, 0)
            (hasBracket, hasZero, hasPoint, signPlace) = (false, false, false, .none)
        case .digits(let digits, let sign, let leadingBlanks, let whole, let fraction):
            number = digits + [0]
            (self.sign, self.leadingBlanks, fractionDigits, wholeDigits) = (sign, leadingBlanks, fraction, whole)
            hasBracket = numbers.has(.bracket)
            hasZero = numbers.has(.zero)
            hasPoint = numbers.has(.point)
            signPlace =
                numbers.signPlace == .before && whole == numbers.wholeDigitsBeforeSign ? .behind : numbers.signPlace
        }
        if !isRoman, numbers.has(.plus) || numbers.has(.minus) {
            isSignWritten = numbers.has(.minus)
        } else {
            if sign != UInt8(ascii: "-") && isFilled { hasBracket = false }
            isSignWritten = sign == UInt8(ascii: "+") && isFilled && (isRoman || !numbers.has(.anchoredSign))
        }
        count = fractionDigits + wholeDigits - 1
        if isFilled && hasPoint, let point = number.firstIndex(of: UInt8(ascii: ".")) {
            var last = point
            for index in number.indices.dropFirst(point + 1).dropLast() where number[index] != UInt8(ascii: "0") {
                last = index
            }
            // Zeros that the template asks for stay.
            if numbers.zeroEnd > leadingBlanks { last = max(last, min(number.count - 2, numbers.zeroEnd - leadingBlanks)) }
            lastRelevant = last
        }
        if !isSignWritten && leadingBlanks == 0 { count += 1 }
    }

    /// Nil where an ordinal is asked of what is no number.
    mutating func write() -> [UInt8]? {
        if numbers.has(.exponent) { return Array(number.dropLast()) }
        for node in numbers.nodes {
            switch node {
            case .text(let character): output += character
            case .pattern(let pattern):
                if !write(pattern) { return nil }
            }
        }
        return Array(output.prefix { $0 != 0 })
    }

    private mutating func write(_ pattern: NumberTemplate.Pattern) -> Bool {
        switch pattern {
        case .nine, .zero, .point, .localePoint: writeDigit(pattern)
        case .comma, .group:
            if isInNumber { output.append(UInt8(ascii: ",")) } else if !isFilled { output.append(32) }
        case .currency: output.append(32)
        case .upperRoman, .lowerRoman:
            var text = number.dropLast().map { pattern == .lowerRoman && $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
            if !isFilled { text = Array(repeating: 32, count: max(0, 15 - text.count)) + text }
            output += text
        case .upperOrdinal, .lowerOrdinal:
            if isRoman || number[0] == UInt8(ascii: "#") || sign == UInt8(ascii: "-") || hasPoint { return true }
            guard let suffix = ordinalSuffix else { return false }
            output += pattern == .upperOrdinal ? suffix.uppercased().utf8 : suffix.utf8
        case .minus:
            if sign == UInt8(ascii: "-") { output.append(sign) } else if !isFilled { output.append(32) }
        case .plus:
            if sign == UInt8(ascii: "+") { output.append(sign) } else if !isFilled { output.append(32) }
        case .sign: output.append(sign)
        case .exponent, .fill, .bracket, .spell, .anchoredSign, .blank, .currencyCode, .shift: break
        }
        return true
    }

    private var ordinalSuffix: String? {
        let digits = number.dropLast()
        guard let last = digits.last, last >= 48, last <= 57 else { return nil }
        if digits.count > 1 && digits[digits.count - 2] == UInt8(ascii: "1") { return "th" }
        switch last {
        case UInt8(ascii: "1"): return "st"
        case UInt8(ascii: "2"): return "nd"
        case UInt8(ascii: "3"): return "rd"
        default: return "th"
        }
    }

    /// The zero before the point of 0.5, which 9.9 shows as a blank.
    private var isAtHiddenZero: Bool { !hasZero && position == 0 && number[0] == UInt8(ascii: "0") && fractionDigits != 0 }
    private var isPointLast: Bool { lastRelevant.map { number[$0] == UInt8(ascii: ".") } ?? false }

    private mutating func writeDigit(_ pattern: NumberTemplate.Pattern) {
        if isRoman { return }
        isInNumber = false
        if !isSignWritten && (current >= leadingBlanks || hasZero && zeroStart == current)
            && (!isAtHiddenZero || isPointLast)
        {
            writeSign()
        }
        if current < leadingBlanks && (zeroStart > current || !hasZero) {
            if !isFilled { output.append(32) }
        } else if current < leadingBlanks {
            output.append(UInt8(ascii: "0"))
            isInNumber = true
        } else {
            if number[position] == UInt8(ascii: ".") {
                if !isPointLast || isFilled { output.append(UInt8(ascii: ".")) }
            } else if let lastRelevant, position > lastRelevant, pattern != .zero {
                // A zero at the end, which FM leaves out.
            } else if isAtHiddenZero {
                if !isFilled { output.append(32) } else if isPointLast { output.append(UInt8(ascii: "0")) }
            } else {
                output.append(number[position])
                isInNumber = true
            }
            if number[position] != 0 { position += 1 }
        }
        var end = count + (leadingBlanks > 0 ? 1 : 0) + (hasPoint ? 1 : 0)
        if let lastRelevant, lastRelevant == position { end = current }
        if current + 1 == end {
            if isSignWritten && hasBracket {
                output.append(sign == UInt8(ascii: "+") ? 32 : UInt8(ascii: ">"))
            } else if signPlace == .behind {
                output.append(sign)
            }
        }
        current += 1
    }

    private mutating func writeSign() {
        if numbers.has(.anchoredSign) {
            guard signPlace == .before else { return }
            output.append(sign)
        } else if hasBracket {
            output.append(sign == UInt8(ascii: "+") ? 32 : UInt8(ascii: "<"))
        } else if sign == UInt8(ascii: "+") {
            if !isFilled { output.append(32) }
        } else {
            output.append(sign)
        }
        isSignWritten = true
    }
}

// MARK: Texts of numbers

/// `MCMXCIX`, or fifteen `#` outside 1…3999.
private func roman(_ number: Int32) -> String {
    guard number >= 1 && number <= 3999 else { return String(repeating: "#", count: 15) }
    let ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    let tens = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"]
    let hundreds = ["", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"]
    let n = Int(number)
    return String(repeating: "M", count: n / 1000) + hundreds[n / 100 % 10] + tens[n / 10 % 10] + ones[n % 10]
}

/// What C's `printf` makes of a number with so many digits behind the point.
private func printed(_ format: String, _ digits: Int, _ value: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 400 + digits)
    let count = withVaList([Int32(clamping: digits), value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    return String(decoding: buffer.prefix(Int(max(count, 0))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func exponential(_ value: Double, _ digits: Int) -> String {
    let text = printed("%+.*e", digits, value)
    return text.hasPrefix("+") ? " " + text.dropFirst() : text
}

/// `1.23e+04` of a number's digits, halves rounded away from zero; a mantissa that rounds up to ten stays ten, as in
/// PostgreSQL.
private func exponential(_ text: String, _ digits: Int) -> String {
    let isNegative = text.hasPrefix("-")
    let plain = Array(text.utf8.drop { $0 == UInt8(ascii: "-") })
    let point = plain.firstIndex(of: UInt8(ascii: ".")) ?? plain.count
    let all = plain.filter { $0 != UInt8(ascii: ".") }
    guard let first = all.firstIndex(where: { $0 != UInt8(ascii: "0") }) else {
        return " 0" + (digits > 0 ? "." + String(repeating: "0", count: digits) : "") + "e+00"
    }
    let exponent = point - 1 - first
    let significant = String(decoding: all[first...], as: UTF8.self)
    let mantissa = roundedText(
        String(significant.prefix(1)) + "." + significant.dropFirst(), shiftedBy: 0, fractionDigits: digits)
    let magnitude = String(exponent.magnitude)
    return (isNegative ? "-" : " ") + mantissa + (exponent < 0 ? "e-" : "e+") + (magnitude.utf8.count < 2 ? "0" : "")
        + magnitude
}

/// A decimal number's text with the point moved to the right and the rest rounded away, halves away from zero.
private func roundedText(_ text: String, shiftedBy shift: Int, fractionDigits: Int) -> String {
    var plain = Array(text.utf8)
    let isNegative = plain.first == UInt8(ascii: "-")
    if isNegative { plain.removeFirst() }
    let point = (plain.firstIndex(of: UInt8(ascii: ".")) ?? plain.count) + shift
    var digits = plain.filter { $0 != UInt8(ascii: ".") }
    let wanted = point + fractionDigits
    if digits.count < wanted { digits += Array(repeating: UInt8(ascii: "0"), count: wanted - digits.count) }
    let roundsUp = digits.count > wanted && digits[wanted] >= UInt8(ascii: "5")
    digits = Array(digits[..<wanted])
    var whole = point
    if roundsUp {
        var index = wanted - 1
        while index >= 0 && digits[index] == UInt8(ascii: "9") {
            digits[index] = UInt8(ascii: "0")
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(UInt8(ascii: "1"), at: 0)
            whole += 1
        }
    }
    while whole > 1 && digits[0] == UInt8(ascii: "0") {
        digits.removeFirst()
        whole -= 1
    }
    let isZero = digits.allSatisfy { $0 == UInt8(ascii: "0") }
    var result = isNegative && !isZero ? "-" : ""
    result += whole == 0 ? "0" : String(decoding: digits[..<whole], as: UTF8.self)
    if fractionDigits > 0 { result += "." + String(decoding: digits[whole...], as: UTF8.self) }
    return result
}
