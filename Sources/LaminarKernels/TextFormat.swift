import LaminarTypes

/// `format(template, ...)`, its further arguments as one array of their text forms: `%s` as it is, `%I` as an
/// identifier, `%L` as a literal, with `position$`, the flag `-` and a width. 22023 for a malformed template or a missing
/// argument, 22004 for a NULL as identifier.
public func formatText(
    _ template: StringView, _ arguments: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    var formatter = TextFormatter(template.withBytes { Array($0) }, decodedArray(arguments).elements)
    do throws(EvaluationErrorCode) {
        return makeBytes(&arena, try formatter.run())
    } catch {
        fault.raise(error, at: site)
        return StringView()
    }
}

/// One evaluation of `format`.
private struct TextFormatter {
    private let template: [UInt8]
    private let arguments: [Value]
    private var position = 0
    private var nextArgument = 0
    private var output: [UInt8] = []

    init(_ template: [UInt8], _ arguments: [Value]) {
        self.template = template
        self.arguments = arguments
    }

    mutating func run() throws(EvaluationErrorCode) -> [UInt8] {
        while position < template.count {
            let byte = template[position]
            position += 1
            if byte != UInt8(ascii: "%") {
                output.append(byte)
            } else if peek() == UInt8(ascii: "%") {
                position += 1
                output.append(byte)
            } else {
                try appendField()
            }
        }
        return output
    }

    private func peek() -> UInt8? { position < template.count ? template[position] : nil }

    /// A number here, if one is.
    private mutating func number() throws(EvaluationErrorCode) -> Int? {
        guard let first = peek(), first &- 48 < 10 else { return nil }
        var value = 0
        while let digit = peek(), digit &- 48 < 10 {
            value = value * 10 + Int(digit &- 48)
            if value > Int(Int32.max) { throw .numericValueOutOfRange }
            position += 1
        }
        return value
    }

    private mutating func appendField() throws(EvaluationErrorCode) {
        var chosen: Int?
        var width = 0
        var alignsLeft = false
        let leading = try number()
        if let leading, peek() == UInt8(ascii: "$") {
            position += 1
            chosen = leading
        }
        if let leading, chosen == nil {
            width = leading
        } else {
            while peek() == UInt8(ascii: "-") {
                alignsLeft = true
                position += 1
            }
            if peek() == UInt8(ascii: "*") {
                position += 1
                let place = try number()
                if place != nil {
                    guard peek() == UInt8(ascii: "$") else { throw .invalidParameterValue }
                    position += 1
                }
                width = try argumentWidth(try argument(place))
                if width < 0 {
                    alignsLeft = true
                    width = -width
                }
            } else {
                width = try number() ?? 0
            }
        }
        guard let letter = peek() else { throw .invalidParameterValue }
        position += 1
        guard [UInt8(ascii: "s"), UInt8(ascii: "I"), UInt8(ascii: "L")].contains(letter) else {
            throw .invalidParameterValue
        }
        append(try text(of: try argument(chosen), letter), width, alignsLeft)
    }

    /// The argument at the place given, from 1, or the next one; nil for NULL.
    private mutating func argument(_ place: Int?) throws(EvaluationErrorCode) -> [UInt8]? {
        let index = place.map { $0 - 1 } ?? nextArgument
        guard arguments.indices.contains(index) else { throw .invalidParameterValue }
        nextArgument = index + 1
        guard case .text(let text) = arguments[index] else { return nil }
        return Array(text.utf8)
    }

    private func argumentWidth(_ argument: [UInt8]?) throws(EvaluationErrorCode) -> Int {
        guard let argument else { return 0 }
        guard let width = Int32(String(decoding: argument, as: UTF8.self)) else { throw .invalidTextRepresentation }
        guard width > -(1 << 30), width < 1 << 30 else { throw .numericValueOutOfRange }
        return Int(width)
    }

    private func text(of argument: [UInt8]?, _ letter: UInt8) throws(EvaluationErrorCode) -> [UInt8] {
        switch letter {
        case UInt8(ascii: "I"):
            guard let argument else { throw .nullValueNotAllowed }
            return quotedIdentifier(argument)
        case UInt8(ascii: "L"): return argument.map(quotedLiteral) ?? Array("NULL".utf8)
        default: return argument ?? []
        }
    }

    private mutating func append(_ text: [UInt8], _ width: Int, _ alignsLeft: Bool) {
        let length = text.withUnsafeBufferPointer { characterCount($0) }
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: max(0, width - length))
        output += alignsLeft ? text + padding : padding + text
    }
}
