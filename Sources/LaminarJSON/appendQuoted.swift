import CLaminarScan
package import LaminarFormats
import LaminarTypes

/// Appends a JSON string: quotes, backslashes and control characters escaped, everything else as it is.
package func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, to output: inout OutputBuffer) {
    let count = text.count
    let memory = output.reserve(count + 2 + 16)
    memory[0] = UInt8(ascii: "\"")
    guard let source = text.baseAddress else {
        memory[1] = UInt8(ascii: "\"")
        return output.advance(2)
    }
    var i = 0
    while i + 16 <= count {
        if laminar_scan_json_16(source + i) != 0 { break }
        laminar_copy_16(source + i, memory + 1 + i)
        i += 16
    }
    while i < count && source[i] >= 0x20 && source[i] != 0x22 && source[i] != 0x5c {
        memory[1 + i] = source[i]
        i += 1
    }
    if i == count {
        memory[1 + i] = UInt8(ascii: "\"")
        return output.advance(count + 2)
    }
    output.advance(1 + i)
    appendEscaped(UnsafeBufferPointer(rebasing: text[i...]), to: &output)
}

@inline(never)
private func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, to output: inout OutputBuffer) {
    let memory = output.reserve(text.count * 6 + 1)
    var count = 0
    func put(_ byte: UInt8) {
        memory[count] = byte
        count += 1
    }
    for byte in text {
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
    put(0x22)
    output.advance(count)
}
