/// The text of an encoded array, row or map; nil where the type is none of them or the bytes are not its encoding.
func nestedText(_ bytes: [UInt8], _ type: SQLType) -> String? {
    switch type {
    case .array:
        guard let array = ArrayValue(encoded: bytes) else { return nil }
        return text(of: array.nested, type: .array(array.kind.type))
    case .row:
        guard let row = CompositeValue(encoded: bytes) else { return nil }
        return rowText(row.values) { row.kinds[$0].type }
    case .map:
        guard let map = MapValue(encoded: bytes) else { return nil }
        let entries = zip(map.keys, map.values).map { key, value in
            "\(mapPart(key, map.keyKind.type))=\(mapPart(value, map.valueKind.type))"
        }
        return "{" + entries.joined(separator: ", ") + "}"
    default: return nil
    }
}

/// The text of an encoded array, row or map, whichever it is.
public func nestedText(_ bytes: [UInt8]) -> String {
    switch bytes.first {
    case NestedMark.row: nestedText(bytes, .row([])) ?? ""
    case NestedMark.map: nestedText(bytes, .map(.text, .text)) ?? ""
    default: nestedText(bytes, .array(.text)) ?? ""
    }
}

/// PostgreSQL's text of a composite value: `(1,"a b",)`.
func rowText(_ values: [Value], _ type: (Int) -> SQLType) -> String {
    "(" + values.indices.map { rowCell(values[$0], type($0)) }.joined(separator: ",") + ")"
}

private func rowCell(_ value: Value, _ type: SQLType) -> String {
    if case .null = value { return "" }
    if case .boolean(let value) = value { return value ? "t" : "f" }
    let plain = text(of: value, type: type)
    let needsQuotes = plain.isEmpty || plain.utf8.contains { isSpace($0) || "()\",\\".utf8.contains($0) }
    return needsQuotes ? quotedNested(plain, isDoubling: true) : plain
}

private func mapPart(_ value: Value, _ type: SQLType) -> String {
    if case .null = value { return "NULL" }
    let plain = text(of: value, type: type)
    let needsQuotes =
        plain.isEmpty || plain.lowercased() == "null"
        || plain.utf8.contains { isSpace($0) || "{}()=\",\\".utf8.contains($0) }
    return needsQuotes ? quotedNested(plain, isDoubling: false) : plain
}

/// Parses `(1,"a b",)`, as PostgreSQL reads composite values: nothing is NULL, blanks within count.
struct RowTextParser {
    let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func parse(_ fields: [Field]) throws(ValueParseReason) -> CompositeValue {
        skipSpace()
        guard take(UInt8(ascii: "(")) else { throw .invalidText }
        var values: [Value] = []
        for (index, field) in fields.enumerated() {
            if index > 0, !take(UInt8(ascii: ",")) { throw .invalidText }
            values.append(try parseCell(field.type))
        }
        guard take(UInt8(ascii: ")")) else { throw .invalidText }
        skipSpace()
        guard position == text.count, let row = CompositeValue(values, types: fields.map(\.type)) else { throw .invalidText }
        return row
    }

    private mutating func skipSpace() {
        while position < text.count && isSpace(text[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func parseCell(_ type: SQLType) throws(ValueParseReason) -> Value {
        guard position < text.count else { throw .invalidText }
        if text[position] == UInt8(ascii: ",") || text[position] == UInt8(ascii: ")") { return .null }
        var bytes: [UInt8] = []
        var isQuoted = false
        while true {
            guard position < text.count else { throw .invalidText }
            let byte = text[position]
            if !isQuoted, byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "(") { break }
            position += 1
            if byte == UInt8(ascii: "\\") {
                guard position < text.count else { throw .invalidText }
                bytes.append(text[position])
                position += 1
            } else if byte == UInt8(ascii: "\"") {
                // Twice within quotes it is one.
                if isQuoted, take(byte) { bytes.append(byte) } else { isQuoted.toggle() }
            } else {
                bytes.append(byte)
            }
        }
        return try bytes.withUnsafeBufferPointer { buffer throws(ValueParseReason) in try parseBytes(buffer, type) }
    }
}

/// Parses `{a=1, "b c"=NULL}`.
struct MapTextParser {
    let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func parse(_ keyType: SQLType, _ valueType: SQLType) throws(ValueParseReason) -> MapValue {
        var entries: [(key: Value, value: Value)] = []
        guard take(UInt8(ascii: "{")) else { throw .invalidText }
        if !take(UInt8(ascii: "}")) {
            repeat {
                let key = try parsePart(keyType, until: UInt8(ascii: "="))
                guard take(UInt8(ascii: "=")) else { throw .invalidText }
                if case .null = key { throw .invalidText }
                entries.append((key, try parsePart(valueType, until: UInt8(ascii: ","))))
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw .invalidText }
        }
        skipSpace()
        guard position == text.count else { throw .invalidText }
        return MapValue(ArrayValue.Kind(field: keyType), ArrayValue.Kind(field: valueType), entries)
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

    private mutating func parsePart(_ type: SQLType, until end: UInt8) throws(ValueParseReason) -> Value {
        var bytes: [UInt8] = []
        let isQuoted = take(UInt8(ascii: "\""))
        while true {
            guard position < text.count else { throw .invalidText }
            let byte = text[position]
            if !isQuoted, byte == end || byte == UInt8(ascii: "}") { break }
            position += 1
            if byte == UInt8(ascii: "\\") {
                guard position < text.count else { throw .invalidText }
                bytes.append(text[position])
                position += 1
            } else if byte == UInt8(ascii: "\"") {
                guard isQuoted else { throw .invalidText }
                break
            } else {
                bytes.append(byte)
            }
        }
        if !isQuoted {
            while let last = bytes.last, isSpace(last) { bytes.removeLast() }
            if bytes.isEmpty { throw .invalidText }
        }
        let value = try bytes.withUnsafeBufferPointer { buffer throws(ValueParseReason) in
            !isQuoted && matches(buffer, "null") ? Value.null : try parseBytes(buffer, type)
        }
        guard let encoded = encodedNested(value, type) else { throw .invalidText }
        return encoded
    }
}
