/// Text that is no JSON document: what is wrong and at which byte, counted from 1.
package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    package var message: String
    package var column: Int

    package var description: String { "\(message) at byte \(column)" }
}

extension JSONValue {
    /// Parses one document (RFC 8259) with nothing but white space around it.
    package init(parsing bytes: some Sequence<UInt8>) throws(JSONSyntaxError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }

    package init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: text.utf8)
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func failure(_ message: String) -> JSONSyntaxError { JSONSyntaxError(message: message, column: position + 1) }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        let result = try value()
        skipSpace()
        if position < bytes.count { throw failure("unexpected text after the JSON value") }
        return result
    }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    mutating func value() throws(JSONSyntaxError) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"):
            return try nested { (parser: inout JSONParser) throws(JSONSyntaxError) in try parser.object() }
        case UInt8(ascii: "["):
            return try nested { (parser: inout JSONParser) throws(JSONSyntaxError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("unexpected end of JSON text")
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return try number()
        default: throw failure("unexpected character in JSON text")
        }
    }

    mutating func nested(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        // Deep nesting in a damaged file must end in a message, not in a stack overflow.
        if depth == 200 { throw failure("JSON text nested deeper than 200 levels") }
        depth += 1
        position += 1
        let result = try body(&self)
        depth -= 1
        return result
    }

    mutating func object() throws(JSONSyntaxError) -> JSONValue {
        var members: [JSONValue.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw failure("expected a member name in quotes") }
            let name = try string()
            skipSpace()
            if !take(UInt8(ascii: ":")) { throw failure("expected \":\"") }
            skipSpace()
            members.append(JSONValue.Member(name, try value()))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            if !take(UInt8(ascii: ",")) { throw failure("expected \",\" or \"}\"") }
        }
    }

    mutating func array() throws(JSONSyntaxError) -> JSONValue {
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            if !take(UInt8(ascii: ",")) { throw failure("expected \",\" or \"]\"") }
        }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        if current != byte { return false }
        position += 1
        return true
    }

    mutating func word(_ word: String, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("unexpected word in JSON text") }
        position += word.utf8.count
        return value
    }

    mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let first = current
        if digits() == 0 { throw failure("expected a digit") }
        if first == UInt8(ascii: "0"), bytes[start..<position].count > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
            throw failure("a number may not begin with 0")
        }
        if take(UInt8(ascii: ".")), digits() == 0 { throw failure("expected a digit") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            if digits() == 0 { throw failure("expected a digit") }
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    mutating func digits() -> Int {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20:
                position -= 1
                throw failure("control character in a JSON string")
            default: text.append(byte)
            }
        }
        throw failure("unterminated JSON string")
    }

    mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = current else { throw failure("unterminated JSON string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var scalar = try codeUnit()
            if (0xd800..<0xdc00).contains(scalar), bytes[position...].starts(with: "\\u".utf8) {
                position += 2
                let low = try codeUnit()
                guard (0xdc00..<0xe000).contains(low) else { throw failure("unpaired surrogate in a JSON string") }
                scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(scalar) else { throw failure("unpaired surrogate in a JSON string") }
            text += String(Character(scalar)).utf8
        default:
            position -= 1
            throw failure("unknown escape in a JSON string")
        }
    }

    mutating func codeUnit() throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
