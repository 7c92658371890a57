extension StringView {
    /// The bytes `start ..< end`, which lie where this view's do.
    @inlinable public func slice(_ start: Int, _ end: Int) -> StringView {
        let count = end &- start
        if count <= 0 { return StringView() }
        if start == 0 && count == self.count { return self }
        if isInline {
            // Twelve bytes as one number, of which the wanted ones are shifted down.
            var bytes = UInt128(head &>> 32) | UInt128(tail) << 32
            bytes >>= UInt128(truncatingIfNeeded: start &* 8)
            bytes &= (1 << UInt128(truncatingIfNeeded: count &* 8)) &- 1
            return StringView(
                head: UInt64(truncatingIfNeeded: count) | UInt64(truncatingIfNeeded: bytes) << 32,
                tail: UInt64(truncatingIfNeeded: bytes >> 32))
        }
        // Sound: an out-of-line view holds the address of `self.count` bytes.
        let bytes = UnsafePointer<UInt8>(bitPattern: UInt(tail)).unsafelyUnwrapped + start
        // Short parts have any length, so branches on it would be guessed wrong.
        return start &+ 12 <= self.count ? StringView(padded: bytes, count: count) : StringView(bytes, count: count)
    }
}

/// A view of `count` bytes that `fill` writes, in the arena.
func makeBytes(_ arena: inout Arena, count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) -> StringView {
    if count <= 0 { return StringView() }
    let target = arena.allocate(count)
    fill(target)
    return StringView(target, count: count)
}

@usableFromInline func makeBytes(_ arena: inout Arena, _ bytes: [UInt8]) -> StringView {
    makeBytes(&arena, count: bytes.count) { target in
        for i in 0..<bytes.count { target[i] = bytes[i] }
    }
}

/// The number of code points: bytes that do not continue one.
@inlinable func characterCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for i in 0..<bytes.count { count &+= Int8(bitPattern: bytes[i]) >= -64 ? 1 : 0 }
    return count
}

/// Where the code point number `index` (from zero) begins, or the end.
@inlinable func byteOffset(ofCharacter index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var seen = 0
    for i in 0..<bytes.count where Int8(bitPattern: bytes[i]) >= -64 {
        if seen == index { return i }
        seen &+= 1
    }
    return bytes.count
}

/// The length in bytes of the code point that begins with `byte`; 1 for a byte that begins none.
@inlinable func characterLength(startingWith byte: UInt8) -> Int {
    byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}
