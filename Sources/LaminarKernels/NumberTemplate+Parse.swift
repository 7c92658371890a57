public import LaminarTypes

/// `to_number(text, template)`; 42601 for a template whose patterns contradict each other, 22023 for patterns that are
/// not read (RN, EEEE), 22P02 for a text without digits where the template has them, 22003 for one with too many.
///
/// An empty template, for which PostgreSQL has NULL, must not come here.
public func parseNumber(_ a: StringView, _ template: StringView, _ fault: inout Fault, at site: Int) -> Decimal {
    func failed(_ code: EvaluationErrorCode) -> Decimal {
        fault.raise(code, at: site)
        return .zero
    }
    guard let numbers = template.withBytes({ try? NumberTemplate($0) }) else { return failed(.syntaxError) }
    if numbers.has(.exponent) || numbers.has(.upperRoman) { return failed(.invalidParameterValue) }
    return a.withBytes { input in
        var reader = NumberReader(numbers: numbers, input: input)
        reader.read()
        let text = [reader.sign] + reader.digits
        let value: Decimal
        do throws(ValueParseReason) {
            value = try text.withUnsafeBufferPointer { text throws(ValueParseReason) in try Decimal(text: text) }
        } catch {
            return failed(error == .invalidText ? .invalidTextRepresentation : .numericValueOutOfRange)
        }
        guard let rounded = value.rounded(toScale: reader.fractionCount),
            rounded.isZero || rounded.magnitudeIsBelow(powerOfTen: numbers.wholeDigits + numbers.shiftDigits)
        else { return failed(.numericValueOutOfRange) }
        guard numbers.has(.shift) else { return rounded }
        // PostgreSQL multiplies by a power of ten with 16 digits behind the point at least.
        let scale = Int(rounded.scale) + max(16, numbers.shiftDigits)
        guard let shifted = Decimal(unscaled: rounded.unscaled, scale: rounded.scale).dividedByPowerOfTen(
            numbers.shiftDigits, scale: scale)
        else { return failed(.numericValueOutOfRange) }
        return shifted
    }
}

extension Decimal {
    fileprivate func magnitudeIsBelow(powerOfTen digits: Int) -> Bool {
        let power = digits + Int(scale)
        return power > 38 || unscaled.magnitude < Decimal.powerOfTen(power).magnitude
    }

    fileprivate func dividedByPowerOfTen(_ digits: Int, scale wanted: Int) -> Decimal? {
        let zeros = wanted - Int(scale) - digits
        guard zeros >= 0, zeros <= 38, wanted <= 38 else { return nil }
        let (product, overflow) = unscaled.multipliedReportingOverflow(by: Decimal.powerOfTen(zeros))
        return overflow || product.magnitude >= Decimal.powerOfTen(38).magnitude
            ? nil : Decimal(unscaled: product, scale: Int32(wanted))
    }
}

/// Reads a number by its template, as `NUM_processor` does.
private struct NumberReader {
    let numbers: NumberTemplate
    let input: UnsafeBufferPointer<UInt8>
    /// `-`, `+`, or a blank while none was seen.
    var sign = UInt8(ascii: " ")
    var digits: [UInt8] = []
    var fractionCount = 0
    private var wholeCount = 0
    private var hasReadPoint = false
    private var position = 0

    init(numbers: NumberTemplate, input: UnsafeBufferPointer<UInt8>) {
        self.numbers = numbers
        self.input = input
    }

    private var isAtEnd: Bool { position >= input.count }

    private func hasSign(at index: Int) -> Bool {
        index < input.count && (input[index] == UInt8(ascii: "-") || input[index] == UInt8(ascii: "+"))
    }

    mutating func read() {
        for node in numbers.nodes {
            if isAtEnd { break }
            switch node {
            case .text: skipCharacter()
            case .pattern(let pattern): read(pattern)
            }
        }
        if digits.last == UInt8(ascii: ".") { digits.removeLast() }
    }

    private mutating func skipCharacter() {
        position += min(characterLength(startingWith: input[position]), input.count - position)
    }

    /// Passes what is not part of a number.
    private mutating func skip(_ count: Int) {
        for _ in 0..<count {
            if isAtEnd || "0123456789.,+-".utf8.contains(input[position]) { return }
            skipCharacter()
        }
    }

    private mutating func read(_ pattern: NumberTemplate.Pattern) {
        switch pattern {
        case .nine, .zero, .point, .localePoint:
            readDigit(pattern)
            position += 1
        case .comma, .group:
            if numbers.has(.fill) { return }
            if input[position] == UInt8(ascii: ",") { position += 1 }
        case .currency: skip(1)
        case .upperOrdinal, .lowerOrdinal:
            if !numbers.has(.point) { skip(2) }
        case .minus: readSign(UInt8(ascii: "-"), nil)
        case .plus: readSign(UInt8(ascii: "+"), nil)
        case .sign: readSign(UInt8(ascii: "-"), UInt8(ascii: "+"))
        default: break
        }
    }

    private mutating func readSign(_ first: UInt8, _ second: UInt8?) {
        let byte = input[position]
        if byte == first || byte == second {
            sign = byte
            position += 1
        } else {
            skip(1)
        }
    }

    /// Leaves the position on the last byte that it read.
    private mutating func readDigit(_ pattern: NumberTemplate.Pattern) {
        if input[position] == 32 { position += 1 }
        if isAtEnd { return }
        if sign == 32, pattern == .zero || pattern == .nine, wholeCount + fractionCount == 0 {
            if numbers.signPlace == .before {
                if hasSign(at: position) {
                    sign = input[position]
                    position += 1
                }
            } else if input[position] == UInt8(ascii: "-")
                || numbers.has(.bracket) && input[position] == UInt8(ascii: "<")
            {
                sign = UInt8(ascii: "-")
                position += 1
            } else if input[position] == UInt8(ascii: "+") {
                sign = UInt8(ascii: "+")
                position += 1
            }
        }
        if isAtEnd { return }
        var isRead = false
        if isDigit(input[position]) {
            if hasReadPoint && fractionCount == numbers.fractionDigits { return }
            digits.append(input[position])
            if hasReadPoint { fractionCount += 1 } else { wholeCount += 1 }
            isRead = true
        } else if numbers.has(.point), !hasReadPoint, input[position] == UInt8(ascii: ".") {
            digits.append(UInt8(ascii: "."))
            hasReadPoint = true
            isRead = true
        }
        guard sign == 32, wholeCount + fractionCount > 0 else { return }
        if numbers.has(.anchoredSign) && isRead && position + 1 < input.count && !isDigit(input[position + 1]) {
            // The sign stands behind the last digit.
            if hasSign(at: position + 1) {
                position += 1
                sign = input[position]
            }
        } else if !isRead && !numbers.has(.anchoredSign) && (numbers.has(.plus) || numbers.has(.minus))
            && hasSign(at: position)
        {
            sign = input[position]
        }
    }
}
