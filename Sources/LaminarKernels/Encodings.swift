import LaminarTypes

/// `to_hex(a)`, negative numbers as their two's complement.
public func toHexadecimal(_ a: Int32, _ arena: inout Arena) -> StringView {
    arena.copy(String(UInt32(bitPattern: a), radix: 16))
}

public func toHexadecimal(_ a: Int64, _ arena: inout Arena) -> StringView {
    arena.copy(String(UInt64(bitPattern: a), radix: 16))
}

/// `encode(bytes, format)`: `hex`, `base64` or `escape`; 22023 for another.
public func encode(
    _ a: StringView, _ format: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let bytes = a.withBytes { Array($0) }
    switch format.string.lowercased() {
    case "hex":
        return makeBytes(&arena, bytes.flatMap { [hexadecimalDigit($0 >> 4), hexadecimalDigit($0 & 15)] })
    case "base64": return makeBytes(&arena, Base64.encode(bytes))
    case "escape":
        var result: [UInt8] = []
        for byte in bytes {
            if byte == 0 || byte >= 0x80 {
                result += [UInt8(ascii: "\\"), 48 + (byte >> 6), 48 + (byte >> 3 & 7), 48 + (byte & 7)]
            } else if byte == UInt8(ascii: "\\") {
                result += [byte, byte]
            } else {
                result.append(byte)
            }
        }
        return makeBytes(&arena, result)
    default:
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return StringView()
    }
}

/// `decode(text, format)`: `hex`, `base64` or `escape`; 22023 for another or for text that is not so encoded.
public func decode(
    _ a: StringView, _ format: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let text = a.withBytes { Array($0) }
    var result: [UInt8]?
    switch format.string.lowercased() {
    case "hex": result = decodeHexadecimal(text)
    case "base64": result = Base64.decode(text)
    case "escape":
        return makeBytes(
            &arena,
            readText(a, [], &fault, at: site) { bytes throws(ValueParseReason) in
                // The escape format knows no `\x` of hexadecimal digits.
                if bytes.count > 1 && bytes[0] == UInt8(ascii: "\\") && bytes[1] == UInt8(ascii: "x") {
                    throw .invalidText
                }
                return try ByteaText.parse(bytes)
            })
    default: break
    }
    guard let result else {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return StringView()
    }
    return makeBytes(&arena, result)
}

private func decodeHexadecimal(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    var high: UInt8?
    for byte in text {
        if isSpace(byte) { continue }
        guard let digit = hexadecimalValue(byte) else { return nil }
        if let first = high {
            result.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    return high == nil ? result : nil
}

/// RFC 2045: lines of 76 characters, as PostgreSQL writes.
private enum Base64 {
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var lineLength = 0
        var i = 0
        while i < bytes.count {
            if lineLength == 76 {
                result.append(10)
                lineLength = 0
            }
            let count = min(3, bytes.count - i)
            var group = UInt32(bytes[i]) << 16
            if count > 1 { group |= UInt32(bytes[i + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[i + 2]) }
            result.append(alphabet[Int(group >> 18)])
            result.append(alphabet[Int(group >> 12 & 63)])
            result.append(count > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            result.append(count > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
            lineLength += 4
            i += 3
        }
        return result
    }

    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        for byte in text {
            if isSpace(byte) { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                guard digits >= 2, digits + padding <= 4 else { return nil }
                continue
            }
            guard padding == 0, let value = alphabet.firstIndex(of: byte) else { return nil }
            group = group << 6 | UInt32(value)
            digits += 1
            if digits == 4 {
                result += [UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8),
                    UInt8(truncatingIfNeeded: group)]
                (group, digits) = (0, 0)
            }
        }
        if digits == 0 { return padding == 0 ? result : nil }
        guard digits + padding == 4 else { return nil }
        group <<= UInt32(6 * (4 - digits))
        result.append(UInt8(truncatingIfNeeded: group >> 16))
        if digits == 3 { result.append(UInt8(truncatingIfNeeded: group >> 8)) }
        return result
    }
}
