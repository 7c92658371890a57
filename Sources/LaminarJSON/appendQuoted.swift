import CLaminarScan
package import LaminarFormats
import LaminarKernels
import LaminarTypes

/// Appends a JSON string: quotes, backslashes and control characters escaped, everything else as it is.
package func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, to output: inout OutputBuffer) {
    guard let base = text.baseAddress else { return output.append("\"\"") }
    let memory = output.reserve(maximumQuotedLength(text.count))
    output.advance(writeQuoted(StringView(base, count: text.count), to: memory))
}

/// Bytes that a quoted text of `count` bytes needs at most.
@inline(__always) func maximumQuotedLength(_ count: Int) -> Int { 6 &* count &+ 2 }

/// Writes a JSON string and returns its length; `OutputBuffer.slack` more bytes may be written over.
@inline(__always) func writeQuoted(_ text: StringView, to memory: UnsafeMutablePointer<UInt8>) -> Int {
    memory[0] = UInt8(ascii: "\"")
    copyString(text, to: memory + 1)
    let count = text.count
    var i = 0
    while i < count {
        var mask = laminar_scan_escape_16(memory + 1 + i)
        // What lies behind the text is not part of it.
        if count &- i < 16 { mask &= (1 &<< UInt32(truncatingIfNeeded: count &- i)) &- 1 }
        if _slowPath(mask != 0) { return writeEscaped(text, to: memory, from: i &+ mask.trailingZeroBitCount) }
        i &+= 16
    }
    memory[1 &+ count] = UInt8(ascii: "\"")
    return count &+ 2
}

/// The same from byte `first` on, which must be escaped.
@inline(never)
private func writeEscaped(_ text: StringView, to memory: UnsafeMutablePointer<UInt8>, from first: Int) -> Int {
    var count = 1 + first
    func put(_ byte: UInt8) {
        memory[count] = byte
        count += 1
    }
    text.withBytes { bytes in
        for byte in bytes[first...] {
            switch byte {
            case 0x22, 0x5c:
                put(0x5c)
                put(byte)
            case 0x08, 0x09, 0x0a, 0x0c, 0x0d:
                put(0x5c)
                let letters: StaticString = "btn-fr"
                put(letters.utf8Start[Int(byte) - 8])
            case 0..<0x20:
                let start: StaticString = "\\u00"
                for i in 0..<4 { put(start.utf8Start[i]) }
                put(hexadecimalDigit(byte >> 4))
                put(hexadecimalDigit(byte & 15))
            default: put(byte)
            }
        }
    }
    put(UInt8(ascii: "\""))
    return count
}
