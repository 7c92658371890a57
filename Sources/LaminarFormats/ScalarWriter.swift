package import LaminarColumns
internal import LaminarKernels
import LaminarTypes

/// Writes the text of a column's values for an encoder, in PostgreSQL's form, strings apart.
package struct ScalarWriter: BitwiseCopyable {
    package let target: ScalarTarget
    /// `T` instead of a blank between date and time, `Z` for UTC: ISO 8601, as JSON wants it.
    package let usesISO: Bool

    package init(_ target: ScalarTarget, usesISO: Bool) {
        self.target = target
        self.usesISO = usesISO
    }

    /// Bytes that any value but a string or bytea fits in.
    package static var maximumLength: Int { DigitWriter.maximumLength }

    /// Writes the value at `row`, which is not NULL and no string; returns the bytes written.
    @inline(__always)
    package func write(_ column: ColumnView, _ row: Int, to memory: UnsafeMutablePointer<UInt8>) -> Int {
        switch target.kind {
        case .int64: return writeDecimalDigits(column.value(row, as: Int64.self), memory)
        case .int32: return writeDecimalDigits(Int64(column.value(row, as: Int32.self)), memory)
        default: return writeSlowly(column, row, memory)
        }
    }

    @inline(never)
    private func writeSlowly(_ column: ColumnView, _ row: Int, _ memory: UnsafeMutablePointer<UInt8>) -> Int {
        var writer = DigitWriter(memory)
        switch target.kind {
        case .boolean: writer.write(column.value(row, as: Bool.self))
        case .int16: writer.write(Int64(column.value(row, as: Int16.self)))
        case .int32: writer.write(Int64(column.value(row, as: Int32.self)))
        case .int64: writer.write(column.value(row, as: Int64.self))
        case .uint64: writer.write(column.value(row, as: UInt64.self))
        case .float: writer.write(column.value(row, as: Float.self))
        case .double:
            let value = column.value(row, as: Double.self)
            if let count = writeShortDouble(value, memory) { return count }
            writer.write(value)
        case .numeric, .decimal: writer.write(column.value(row, as: Decimal.self))
        case .date: writer.write(date: column.value(row, as: Int32.self))
        case .time: writer.write(time: column.value(row, as: Int64.self))
        case .timestamp, .timestamptz:
            let value = column.value(row, as: Int64.self)
            writer.write(timestamp: value)
            // The blank stands behind a year of four digits or more; infinities have none.
            if Chronology.isInfinite(timestamp: value) { break }
            var end = writer.count
            // Years before 1 end in " BC".
            let suffixCount = end > 3 && memory[end - 1] == UInt8(ascii: "C") ? 3 : 0
            if usesISO, let blank = (0..<end).first(where: { memory[$0] == UInt8(ascii: " ") }) {
                memory[blank] = UInt8(ascii: "T")
            }
            if target.kind == .timestamptz {
                let zone: StaticString = usesISO ? "Z" : "+00"
                let count = zone.utf8CodeUnitCount
                for i in stride(from: end - 1, through: end - suffixCount, by: -1) { memory[i + count] = memory[i] }
                (memory + (end - suffixCount)).update(from: zone.utf8Start, count: count)
                end += count
            }
            return end
        case .interval: writer.write(column.value(row, as: Interval.self))
        case .uuid:
            let words = column.value(row, as: (UInt64, UInt64).self)
            writer.write(uuid: words.0, words.1)
        case .text, .varchar, .char, .bytea, .json: break
        }
        return writer.count
    }
}

/// Writes an integer two digits at a time.
@inline(__always) package func writeDecimalDigits(_ value: Int64, _ memory: UnsafeMutablePointer<UInt8>) -> Int {
    var rest = value.magnitude
    var sign = 0
    if value < 0 {
        memory[0] = UInt8(ascii: "-")
        sign = 1
    }
    var count = 1
    var bound: UInt64 = 10
    while count < 19 && rest >= bound {
        count &+= 1
        bound &*= 10
    }
    // The magnitude of the least Int64 has nineteen digits too.
    var i = sign &+ count
    while rest >= 10 {
        let quotient = rest / 100
        let pair = Int(truncatingIfNeeded: rest &- quotient &* 100)
        if rest >= 100 || pair >= 10 {
            i &-= 2
            memory[i] = 48 &+ UInt8(truncatingIfNeeded: pair / 10)
            memory[i &+ 1] = 48 &+ UInt8(truncatingIfNeeded: pair % 10)
        }
        rest = quotient
    }
    if i > sign { memory[sign] = 48 &+ UInt8(truncatingIfNeeded: rest) }
    return sign &+ count
}

/// A double that is a decimal of at most 15 digits, four of them behind the point; nil for others.
///
/// At most one double is nearest to so short a decimal, and if it reads back, its digits are the shortest.
private func writeShortDouble(_ value: Double, _ memory: UnsafeMutablePointer<UInt8>) -> Int? {
    let magnitude = value.magnitude
    guard magnitude < 1e11, magnitude >= 1e-3 else { return nil }
    let scaled = (magnitude * 10_000).rounded()
    guard scaled / 10_000 == magnitude else { return nil }
    let digits = Int64(scaled)
    var count = 0
    if value < 0 {
        memory[0] = UInt8(ascii: "-")
        count = 1
    }
    let whole = digits / 10_000
    var fraction = digits % 10_000
    count += writeDecimalDigits(whole, memory + count)
    if fraction == 0 { return count }
    var width = 4
    while fraction % 10 == 0 {
        fraction /= 10
        width -= 1
    }
    memory[count] = UInt8(ascii: ".")
    for i in stride(from: width, to: 0, by: -1) {
        memory[count + i] = 48 + UInt8(truncatingIfNeeded: fraction % 10)
        fraction /= 10
    }
    return count + 1 + width
}

/// Writes `\x` and hexadecimal digits: two bytes and two for each one.
package func writeBytea(_ bytes: UnsafeBufferPointer<UInt8>, to memory: UnsafeMutablePointer<UInt8>) -> Int {
    memory[0] = UInt8(ascii: "\\")
    memory[1] = UInt8(ascii: "x")
    for i in 0..<bytes.count {
        memory[2 + 2 * i] = hexadecimalDigit(bytes[i] >> 4)
        memory[3 + 2 * i] = hexadecimalDigit(bytes[i] & 15)
    }
    return 2 + 2 * bytes.count
}
