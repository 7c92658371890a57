@inlinable package func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

@inlinable package func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

@inlinable package func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }

@inlinable package func lowercased(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

/// True where `bytes`, ASCII letters taken as lower case, are `word`.
package func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for i in 0..<bytes.count where lowercased(bytes[i]) != word.utf8Start[i] { return false }
    return true
}

/// `bytes` without the blanks at both ends.
package func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = bytes.count
    while start < end && isSpace(bytes[start]) { start += 1 }
    while end > start && isSpace(bytes[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
}
