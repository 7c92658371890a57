// `%` is any run of code points, `_` one, the escape takes the next literally. After a mismatch only the last `%` is
// retried, one byte further: greedy matching of what lies between two `%` is enough, so nothing is tried twice over.

/// `a LIKE pattern` with the escape `\`; 22025 where the pattern ends in it.
public func like(_ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int) -> Bool {
    a.withBytes { text in
        pattern.withBytes { matchLike(text, $0, escape: UInt8(ascii: "\\"), &fault, at: site) }
    }
}

/// `a LIKE pattern ESCAPE escape`: an empty escape means none; 22025 if it is longer than a code point.
public func like(
    _ a: StringView, _ pattern: StringView, _ escape: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    withEscape(pattern, escape, &fault, at: site) { pattern, escape, fault in
        a.withBytes { matchLike($0, pattern, escape: escape, &fault, at: site) }
    }
}

/// `a ILIKE pattern`: both in lower case.
public func ilike(_ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int) -> Bool {
    pattern.withBytes { matchIgnoringCase(a, $0, escape: UInt8(ascii: "\\"), &fault, at: site) }
}

/// `a ILIKE pattern ESCAPE escape`.
public func ilike(
    _ a: StringView, _ pattern: StringView, _ escape: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    withEscape(pattern, escape, &fault, at: site) { pattern, escape, fault in
        matchIgnoringCase(a, pattern, escape: escape, &fault, at: site)
    }
}

private func matchIgnoringCase(
    _ a: StringView, _ pattern: UnsafeBufferPointer<UInt8>, escape: UInt8?, _ fault: inout Fault, at site: Int
) -> Bool {
    let text = lowerBytes(a.withBytes { Array($0) })
    let lowered = lowerBytes(Array(pattern))
    return text.withUnsafeBufferPointer { text in
        lowered.withUnsafeBufferPointer { matchLike(text, $0, escape: escape, &fault, at: site) }
    }
}

private func lowerBytes(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 } }
    var result = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { result.append(lowercased(scalar)) }
    return Array(String(result).utf8)
}

/// Calls `body` with a pattern whose escape is a byte: one of several bytes is replaced by `\`.
private func withEscape(
    _ pattern: StringView, _ escape: StringView, _ fault: inout Fault, at site: Int,
    _ body: (UnsafeBufferPointer<UInt8>, UInt8?, inout Fault) -> Bool
) -> Bool {
    let mark = escape.withBytes { Array($0) }
    if mark.isEmpty { return pattern.withBytes { body($0, nil, &fault) } }
    if mark.count == 1 { return pattern.withBytes { body($0, mark[0], &fault) } }
    guard characterLength(escape) == 1 else {
        fault.raise(EvaluationErrorCode.invalidEscapeSequence, at: site)
        return false
    }
    var rewritten: [UInt8] = []
    pattern.withBytes { bytes in
        var i = 0
        while i < bytes.count {
            if i + mark.count <= bytes.count && bytes[i..<(i + mark.count)].elementsEqual(mark) {
                rewritten.append(UInt8(ascii: "\\"))
                i += mark.count
                // What is escaped follows as it is, also a second escape.
                if i < bytes.count {
                    let length = min(characterLength(startingWith: bytes[i]), bytes.count - i)
                    rewritten.append(contentsOf: bytes[i..<(i + length)])
                    i += length
                }
                continue
            }
            if bytes[i] == UInt8(ascii: "\\") { rewritten.append(UInt8(ascii: "\\")) }
            rewritten.append(bytes[i])
            i += 1
        }
    }
    return rewritten.withUnsafeBufferPointer { body($0, UInt8(ascii: "\\"), &fault) }
}

private func matchLike(
    _ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>, escape: UInt8?, _ fault: inout Fault,
    at site: Int
) -> Bool {
    var t = 0
    var p = 0
    var retryText = -1
    var retryPattern = -1
    while true {
        if p < pattern.count {
            let byte = pattern[p]
            if byte == escape {
                // Where the text has ended already, PostgreSQL looks no further.
                if p + 1 == pattern.count && t < text.count {
                    fault.raise(EvaluationErrorCode.invalidEscapeSequence, at: site)
                    return false
                }
                if p + 1 < pattern.count && t < text.count && text[t] == pattern[p + 1] {
                    t += 1
                    p += 2
                    continue
                }
            } else if byte == UInt8(ascii: "%") {
                p += 1
                if p == pattern.count { return true }
                retryPattern = p
                retryText = t
                continue
            } else if byte == UInt8(ascii: "_") {
                if t < text.count {
                    t += min(characterLength(startingWith: text[t]), text.count - t)
                    p += 1
                    continue
                }
            } else if t < text.count && text[t] == byte {
                t += 1
                p += 1
                continue
            }
        } else if t == text.count {
            return true
        }
        if retryPattern < 0 || retryText >= text.count { return false }
        retryText += min(characterLength(startingWith: text[retryText]), text.count - retryText)
        t = retryText
        p = retryPattern
    }
}
