package import LaminarTypes

/// A JSON value with the place of its text, so that parts of a text are handed out as they were written.
///
/// JSONB texts are kept in PostgreSQL's form (see `normalised`), which a part of one has too.
package struct JSONNode {
    package enum Kind {
        case null
        case boolean(Bool)
        /// The number as written.
        case number
        /// The content after unescaping.
        case string(String)
        case array([JSONNode])
        case object([(key: String, value: JSONNode)])
    }

    package var kind: Kind
    /// The bytes of this value.
    package var text: ArraySlice<UInt8>

    /// Nil where the bytes are no JSON text.
    package init?(_ bytes: [UInt8]) {
        var parser = JSONNodeParser(bytes: bytes)
        guard let node = parser.value(depth: 0) else { return nil }
        parser.skipSpace()
        guard parser.position == bytes.count else { return nil }
        self = node
    }

    fileprivate init(_ kind: Kind, _ text: ArraySlice<UInt8>) {
        self.kind = kind
        self.text = text
    }

    package var source: String { String(decoding: text, as: UTF8.self) }

    /// The text that `->>` gives: strings without quotes; nil for JSON's null.
    package var plainText: String? {
        switch kind {
        case .null: nil
        case .string(let value): value
        default: source
        }
    }

    package var typeName: String {
        switch kind {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The member of an object; the last of several.
    package func member(_ key: String) -> JSONNode? {
        guard case .object(let members) = kind else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The element of an array, negative numbers counting from its end.
    package func element(_ index: Int) -> JSONNode? {
        guard case .array(let elements) = kind else { return nil }
        let position = index < 0 ? elements.count + index : index
        return elements.indices.contains(position) ? elements[position] : nil
    }

    package func at(_ path: [String]) -> JSONNode? {
        var node = self
        for step in path {
            guard let next = node.member(step) ?? Int(step).flatMap({ node.element($0) }) else { return nil }
            node = next
        }
        return node
    }

    // MARK: JSONB

    /// Members of an object as JSONB keeps them: each key once, the last one's value, shorter keys first.
    package var members: [(key: String, value: JSONNode)] {
        guard case .object(let all) = kind else { return [] }
        var last: [String: JSONNode] = [:]
        for (key, value) in all { last[key] = value }
        return last.map { ($0.key, $0.value) }.sorted { a, b in
            let (x, y) = (a.key.utf8, b.key.utf8)
            return x.count != y.count ? x.count < y.count : x.lexicographicallyPrecedes(y)
        }
    }

    /// The text that PostgreSQL prints for the value as JSONB.
    package var normalised: String {
        switch kind {
        case .null: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .number: return normalisedNumber
        case .string(let value): return jsonQuoted(value)
        case .array(let elements): return "[" + elements.map(\.normalised).joined(separator: ", ") + "]"
        case .object:
            return "{" + members.map { "\(jsonQuoted($0.key)): \($0.value.normalised)" }.joined(separator: ", ") + "}"
        }
    }

    /// The text of `jsonb_pretty`.
    package func pretty(_ indentation: String = "") -> String {
        let inner = indentation + "    "
        switch kind {
        case .array(let elements):
            let lines = elements.map { inner + $0.pretty(inner) }
            return "[\n" + lines.joined(separator: ",\n") + (lines.isEmpty ? "" : "\n") + indentation + "]"
        case .object:
            let lines = members.map { "\(inner)\(jsonQuoted($0.key)): \($0.value.pretty(inner))" }
            return "{\n" + lines.joined(separator: ",\n") + (lines.isEmpty ? "" : "\n") + indentation + "}"
        default: return normalised
        }
    }

    /// Numbers are NUMERIC, without exponents; one past the digits that PostgreSQL's NUMERIC has stays as written.
    private var normalisedNumber: String { decimal?.description ?? expandedNumber ?? source }

    /// The number without its exponent, with as many digits as that takes.
    private var expandedNumber: String? {
        let isNegative = text.first == UInt8(ascii: "-")
        let exponentStart = text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") }
        let mantissa = text[(text.startIndex + (isNegative ? 1 : 0))..<(exponentStart ?? text.endIndex)]
        var exponent = 0
        if let exponentStart {
            guard let value = Int(String(decoding: text[(exponentStart + 1)...], as: UTF8.self)) else { return nil }
            exponent = value
        }
        guard exponent.magnitude <= 131_072 else { return nil }
        var digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        let written = mantissa.firstIndex(of: UInt8(ascii: ".")).map { $0 - mantissa.startIndex } ?? mantissa.count
        var point = written + exponent
        if point > digits.count { digits += Array(repeating: UInt8(ascii: "0"), count: point - digits.count) }
        if point < 1 {
            digits = Array(repeating: UInt8(ascii: "0"), count: 1 - point) + digits
            point = 1
        }
        let whole = digits.prefix(point)
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        let fraction = digits.dropFirst(point)
        guard significant.count <= 131_072, fraction.count <= 16_383 else { return nil }
        let isZero = significant.isEmpty && fraction.allSatisfy { $0 == UInt8(ascii: "0") }
        return (isNegative && !isZero ? "-" : "") + (significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self))
            + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
    }

    package var decimal: Decimal? {
        guard case .number = kind, case .decimal(let value)? = try? parse(source, as: .decimal(nil)) else { return nil }
        return value
    }

    package func isEqual(to other: JSONNode) -> Bool {
        switch (kind, other.kind) {
        case (.null, .null): return true
        case (.boolean(let a), .boolean(let b)): return a == b
        case (.number, .number):
            guard let a = decimal, let b = other.decimal else { return source == other.source }
            return a.compare(b) == 0
        case (.string(let a), .string(let b)): return a == b
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isEqual(to: $1) }
        case (.object, .object):
            let (a, b) = (members, other.members)
            return a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value.isEqual(to: $1.value) }
        default: return false
        }
    }

    /// `self @> other`.
    package func contains(_ other: JSONNode, isTop: Bool = true) -> Bool {
        switch (kind, other.kind) {
        case (.object, .object):
            return other.members.allSatisfy { key, value in member(key)?.contains(value, isTop: false) ?? false }
        case (.array(let elements), .array(let wanted)):
            return wanted.allSatisfy { item in elements.contains { $0.contains(item, isTop: false) } }
        case (.array, .object): return false
        // An array contains a scalar that is one of its elements, at the top only.
        case (.array(let elements), _): return isTop && elements.contains { $0.isEqual(to: other) }
        default: return isEqual(to: other)
        }
    }

    /// `self ? key`.
    package func hasKey(_ key: String) -> Bool {
        switch kind {
        case .object: return member(key) != nil
        case .array(let elements):
            return elements.contains { if case .string(key) = $0.kind { true } else { false } }
        case .string(let value): return value == key
        default: return false
        }
    }
}

/// A text as a JSON string, escaped as PostgreSQL does.
package func jsonQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{8}": result += "\\b"
        case "\u{c}": result += "\\f"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\0"..<" ":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// RFC 8259, with PostgreSQL's refusal of `\u0000`; nesting to 512 levels.
private struct JSONNodeParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) -> JSONNode? {
        skipSpace()
        guard position < bytes.count, depth < 512 else { return nil }
        let start = position
        var kind: JSONNode.Kind?
        switch bytes[position] {
        case UInt8(ascii: "{"): kind = object(depth)
        case UInt8(ascii: "["): kind = array(depth)
        case UInt8(ascii: "\""): kind = string().map { .string($0) }
        case UInt8(ascii: "t"): kind = word("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): kind = word("false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): kind = word("null") ? .null : nil
        default: kind = number() ? .number : nil
        }
        return kind.map { JSONNode($0, bytes[start..<position]) }
    }

    private mutating func word(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        return position - start
    }

    private mutating func takeByte(_ choices: String) -> Bool {
        guard position < bytes.count, choices.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    private mutating func number() -> Bool {
        _ = takeByte("-")
        let start = position
        let count = digits()
        guard count > 0, count == 1 || bytes[start] != UInt8(ascii: "0") else { return false }
        if takeByte("."), digits() == 0 { return false }
        if takeByte("eE") {
            _ = takeByte("+-")
            if digits() == 0 { return false }
        }
        return true
    }

    private mutating func array(_ depth: Int) -> JSONNode.Kind? {
        position += 1
        var elements: [JSONNode] = []
        if take("]") { return .array([]) }
        repeat {
            guard let element = value(depth: depth + 1) else { return nil }
            elements.append(element)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func object(_ depth: Int) -> JSONNode.Kind? {
        position += 1
        var members: [(key: String, value: JSONNode)] = []
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\""), let key = string(), take(":"),
                let member = value(depth: depth + 1)
            else { return nil }
            members.append((key, member))
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func string() -> String? {
        position += 1
        var result: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard escape(&result) else { return nil }
            case 0..<0x20: return nil
            default: result.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(_ result: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "u"):
            guard var code = hexadecimal(), code != 0 else { return false }
            if code & 0xfc00 == 0xd800 {
                guard takeByte("\\"), takeByte("u"), let low = hexadecimal(), low & 0xfc00 == 0xdc00 else { return false }
                code = 0x10000 + (code & 0x3ff) << 10 + (low & 0x3ff)
            }
            guard let scalar = Unicode.Scalar(code) else { return false }
            result.append(contentsOf: String(scalar).utf8)
        default: return false
        }
        return true
    }

    private mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { return nil }
        position += 4
        return code
    }
}
