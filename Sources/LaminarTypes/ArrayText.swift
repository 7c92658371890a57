func arrayElement(_ value: Value, _ type: SQLType) -> String {
    if case .null = value { return "NULL" }
    if case .boolean(let value) = value { return value ? "t" : "f" }
    let plain = text(of: value, type: type)
    if case .array = value { return plain }
    let needsQuotes =
        plain.isEmpty || plain.lowercased() == "null"
        || plain.utf8.contains { isSpace($0) || "{}\",\\".utf8.contains($0) }
    return needsQuotes ? quotedNested(plain, isDoubling: false) : plain
}

/// Arrays and maps escape quotes by a backslash, rows by doubling.
func quotedNested(_ plain: String, isDoubling: Bool) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in plain.utf8 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            bytes.append(isDoubling ? byte : UInt8(ascii: "\\"))
        }
        bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
}

/// Parses `{1,2,"a b",NULL}` and nested arrays.
struct ArrayTextParser {
    var text: UnsafeBufferPointer<UInt8>
    var position = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func parse(_ element: SQLType) throws(ValueParseReason) -> Value {
        let value = try parseArray(element, depth: 0)
        skipSpace()
        guard position == text.count else { throw .invalidText }
        return value
    }

    private mutating func skipSpace() {
        while position < text.count && isSpace(text[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func parseArray(_ element: SQLType, depth: Int) throws(ValueParseReason) -> Value {
        guard depth < 6, take(UInt8(ascii: "{")) else { throw .invalidText }
        var values: [Value] = []
        if take(UInt8(ascii: "}")) { return .array([]) }
        repeat {
            skipSpace()
            if position < text.count && text[position] == UInt8(ascii: "{") {
                var inner = element
                if case .array(let nested) = element { inner = nested }
                values.append(try parseArray(inner, depth: depth + 1))
            } else {
                values.append(try parseElement(element))
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw .invalidText }
        return .array(values)
    }

    private mutating func parseElement(_ type: SQLType) throws(ValueParseReason) -> Value {
        var bytes: [UInt8] = []
        var isQuoted = false
        if position < text.count && text[position] == UInt8(ascii: "\"") {
            isQuoted = true
            position += 1
            while true {
                guard position < text.count else { throw .invalidText }
                let byte = text[position]
                position += 1
                if byte == UInt8(ascii: "\"") { break }
                if byte == UInt8(ascii: "\\") {
                    guard position < text.count else { throw .invalidText }
                    bytes.append(text[position])
                    position += 1
                } else {
                    bytes.append(byte)
                }
            }
        } else {
            while position < text.count, text[position] != UInt8(ascii: ","), text[position] != UInt8(ascii: "}") {
                guard text[position] != UInt8(ascii: "{"), text[position] != UInt8(ascii: "\"") else {
                    throw .invalidText
                }
                if text[position] == UInt8(ascii: "\\") {
                    position += 1
                    guard position < text.count else { throw .invalidText }
                }
                bytes.append(text[position])
                position += 1
            }
            while let last = bytes.last, isSpace(last) { bytes.removeLast() }
            if bytes.isEmpty { throw .invalidText }
        }
        return try bytes.withUnsafeBufferPointer { buffer throws(ValueParseReason) in
            if !isQuoted && matches(buffer, "null") { return Value.null }
            return try parseBytes(buffer, type)
        }
    }
}
