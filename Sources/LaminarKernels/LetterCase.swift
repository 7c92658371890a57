// The `C` collation with UTF-8: letters map one to one, by Unicode's simple mappings.

@inlinable func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var all: UInt8 = 0
    for i in 0..<bytes.count { all |= bytes[i] }
    return all < 0x80
}

/// `lower(a)`.
public func lower(_ a: StringView, _ arena: inout Arena) -> StringView {
    mapLetters(a, &arena, { $0 &- 65 < 26 ? $0 | 0x20 : $0 }, lowercased)
}

/// `upper(a)`.
public func upper(_ a: StringView, _ arena: inout Arena) -> StringView {
    mapLetters(a, &arena, { $0 &- 97 < 26 ? $0 & 0xdf : $0 }, uppercased)
}

private func mapLetters(
    _ a: StringView, _ arena: inout Arena, _ ascii: (UInt8) -> UInt8, _ other: (Unicode.Scalar) -> Unicode.Scalar
) -> StringView {
    a.withBytes { bytes in
        if isASCII(bytes) {
            return makeBytes(&arena, count: bytes.count) { target in
                for i in 0..<bytes.count { target[i] = ascii(bytes[i]) }
            }
        }
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { result.append(other(scalar)) }
        return arena.copy(String(result))
    }
}

/// The mapping of one scalar to one; what maps to several stays as it is.
func lowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let mapped = scalar.properties.lowercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first ?? scalar : scalar
}

func uppercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let mapped = scalar.properties.uppercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first ?? scalar : scalar
}

/// `initcap(a)`: the first letter of each word (letters and digits) upper case, the others lower case.
public func initialCapitals(_ a: StringView, _ arena: inout Arena) -> StringView {
    var result = String.UnicodeScalarView()
    var isInWord = false
    for scalar in a.string.unicodeScalars {
        result.append(isInWord ? lowercased(scalar) : uppercased(scalar))
        isInWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    return arena.copy(String(result))
}

/// `ascii(a)`: the first code point, 0 of an empty string.
public func firstCodePoint(_ a: StringView) -> Int32 {
    Int32(truncatingIfNeeded: a.string.unicodeScalars.first?.value ?? 0)
}

/// `chr(code)`; 54000 for zero and for what is no code point, 22023 for a negative number.
public func character(_ code: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView {
    guard code > 0, let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: code)) else {
        fault.raise(code < 0 ? EvaluationErrorCode.invalidParameterValue : .limitExceeded, at: site)
        return StringView()
    }
    return arena.copy(String(Character(scalar)))
}
