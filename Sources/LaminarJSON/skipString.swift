import CLaminarScan
import LaminarFormats
import LaminarTypes

@inline(__always) func skipBlanks(_ q: inout UnsafeRawPointer) {
    while true {
        let byte = q.load(as: UInt8.self)
        if byte != 0x20 && byte != 0x09 && byte != 0x0d { return }
        q += 1
    }
}

/// Moves behind the closing quote of a string from anywhere between its characters; false if the string is not valid.
@inline(never) func skipStringTail(_ q: inout UnsafeRawPointer) -> Bool {
    var p = q.assumingMemoryBound(to: UInt8.self)
    while true {
        p += laminar_scan_json(p)
        let byte = p[0]
        if byte == 0x22 {
            q = UnsafeRawPointer(p + 1)
            return true
        }
        if byte == 0x5c {
            switch p[1] {
            case 0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74: p += 2
            case 0x75:
                var code: UInt32 = 0
                let length = scanUnicodeEscape(p, &code)
                if length == 0 { return false }
                p += length
            default: return false
            }
        } else if byte >= 0x80 {
            repeat {
                let length = utf8SequenceLength(padded: p)
                if length == 0 { return false }
                p += length
            } while p[0] >= 0x80
        } else {
            return false
        }
    }
}

/// The length of the `\uXXXX`, or pair of them, at `p`, and the scalar it names; 0 if it names none.
func scanUnicodeEscape(_ p: UnsafePointer<UInt8>, _ code: inout UInt32) -> Int {
    let high = fourHexDigits(p + 2)
    if high > 0xffff || high & 0xfc00 == 0xdc00 { return 0 }
    if high & 0xfc00 != 0xd800 {
        code = high
        return 6
    }
    if p[6] != 0x5c || p[7] != 0x75 { return 0 }
    let low = fourHexDigits(p + 8)
    if low > 0xffff || low & 0xfc00 != 0xdc00 { return 0 }
    code = 0x10000 &+ ((high & 0x3ff) << 10 | (low & 0x3ff))
    return 12
}

/// The value of four hexadecimal digits; more than 0xFFFF if they are none.
private func fourHexDigits(_ p: UnsafePointer<UInt8>) -> UInt32 {
    var code: UInt32 = 0
    for i in 0..<4 {
        // A string ends with a quote at the latest, which is no digit, so this stays within it.
        let byte = UInt32(p[i])
        let letter = byte | 0x20
        if byte &- 48 < 10 {
            code = code << 4 | (byte &- 48)
        } else if letter &- 97 < 6 {
            code = code << 4 | (letter &- 87)
        } else {
            return 0x10000
        }
    }
    return code
}

/// Resolves the escapes of a string that `skipStringTail` has found valid; returns the bytes written to `target`.
///
/// Copies go in sixteens: as many bytes behind `target`'s `count` must be writable.
/// - Parameter hasZero: becomes true where an escape stands for a zero byte.
func unescape(
    _ source: UnsafePointer<UInt8>, _ count: Int, into target: UnsafeMutablePointer<UInt8>, _ hasZero: inout Bool
) -> Int? {
    var written = 0
    var i = 0
    while i < count {
        let mask = laminar_scan_byte_16(source + i, 0x5c)
        laminar_copy_16(source + i, target + written)
        let plain = min(mask == 0 ? 16 : mask.trailingZeroBitCount, count &- i)
        written &+= plain
        i &+= plain
        if plain == 16 || i == count { continue }
        switch source[i &+ 1] {
        case 0x62: target[written] = 0x08
        case 0x66: target[written] = 0x0c
        case 0x6e: target[written] = 0x0a
        case 0x72: target[written] = 0x0d
        case 0x74: target[written] = 0x09
        case 0x75:
            var code: UInt32 = 0
            let length = scanUnicodeEscape(source + i, &code)
            if length == 0 { return nil }
            if code == 0 { hasZero = true }
            written &+= encodeUTF8(code, target + written)
            i &+= length
            continue
        default: target[written] = source[i &+ 1]
        }
        written &+= 1
        i &+= 2
    }
    return written
}

/// Writes a scalar as UTF-8, at most four bytes; an escape is never shorter than that.
private func encodeUTF8(_ code: UInt32, _ target: UnsafeMutablePointer<UInt8>) -> Int {
    if code < 0x80 {
        target[0] = UInt8(truncatingIfNeeded: code)
        return 1
    }
    if code < 0x800 {
        target[0] = UInt8(truncatingIfNeeded: 0xc0 | code >> 6)
        target[1] = UInt8(truncatingIfNeeded: 0x80 | code & 0x3f)
        return 2
    }
    if code < 0x10000 {
        target[0] = UInt8(truncatingIfNeeded: 0xe0 | code >> 12)
        target[1] = UInt8(truncatingIfNeeded: 0x80 | code >> 6 & 0x3f)
        target[2] = UInt8(truncatingIfNeeded: 0x80 | code & 0x3f)
        return 3
    }
    target[0] = UInt8(truncatingIfNeeded: 0xf0 | code >> 18)
    target[1] = UInt8(truncatingIfNeeded: 0x80 | code >> 12 & 0x3f)
    target[2] = UInt8(truncatingIfNeeded: 0x80 | code >> 6 & 0x3f)
    target[3] = UInt8(truncatingIfNeeded: 0x80 | code & 0x3f)
    return 4
}
