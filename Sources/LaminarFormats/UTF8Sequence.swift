/// The number of bytes of the well-formed UTF-8 sequence at `p`, or 0; four bytes must be readable.
///
/// Overlong forms, surrogates and what lies above U+10FFFF are not well-formed (Unicode 15, table 3-7).
@inlinable package func utf8SequenceLength(padded p: UnsafePointer<UInt8>) -> Int {
    let first = p[0]
    if first < 0x80 { return 1 }
    let word = UnsafeRawPointer(p).loadUnaligned(as: UInt32.self)
    let second = p[1]
    if first < 0xe0 { return first >= 0xc2 && word & 0xc000 == 0x8000 ? 2 : 0 }
    if first < 0xf0 {
        if word & 0xc0_c000 != 0x80_8000 { return 0 }
        return (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ? 0 : 3
    }
    if first > 0xf4 || word & 0xc0c0_c000 != 0x8080_8000 { return 0 }
    return (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) ? 0 : 4
}

/// As above, of at most `available` bytes; does not read past them.
package func utf8SequenceLength(_ p: UnsafePointer<UInt8>, available: Int) -> Int {
    if available <= 0 { return 0 }
    var bytes: (UInt8, UInt8, UInt8, UInt8) = (p[0], 0, 0, 0)
    if available > 1 { bytes.1 = p[1] }
    if available > 2 { bytes.2 = p[2] }
    if available > 3 { bytes.3 = p[3] }
    return withUnsafeBytes(of: &bytes) { raw in
        // Sound: the tuple is four bytes.
        utf8SequenceLength(padded: raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
    }
}

/// The offset of the first byte that is not part of well-formed UTF-8.
package func firstInvalidUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var i = 0
    while i < bytes.count {
        if base[i] < 0x80 {
            i += 1
            continue
        }
        let length = utf8SequenceLength(base + i, available: bytes.count - i)
        if length == 0 { return i }
        i += length
    }
    return nil
}

/// `invalid byte sequence for encoding "UTF8": 0xff`, in PostgreSQL's words.
package func invalidUTF8Message(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "invalid byte sequence for encoding \"UTF8\": 0x\(digits.count < 2 ? "0" : "")\(digits)"
}
