internal import CLaminarScan
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
            if let count = writeTimestamp(value, separator: usesISO ? UInt8(ascii: "T") : UInt8(ascii: " "), memory) {
                if target.kind == .timestamp { return count }
                if usesISO {
                    memory[count] = UInt8(ascii: "Z")
                    return count + 1
                }
                memory[count] = UInt8(ascii: "+")
                memory[count + 1] = UInt8(ascii: "0")
                memory[count + 2] = UInt8(ascii: "0")
                return count + 3
            }
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
        case .text, .varchar, .char, .bytea, .json, .nested, .operation: break
        }
        return writer.count
    }
}

/// Writes an integer two digits at a time; twenty bytes are enough.
package func writeDecimalDigits(_ value: Int64, _ memory: UnsafeMutablePointer<UInt8>) -> Int {
    var rest = value.magnitude
    var start = memory
    if value < 0 {
        start[0] = UInt8(ascii: "-")
        start += 1
    }
    // log10(2) ≈ 1233 / 4096; the estimate is right or one too small.
    let estimate = ((64 &- (rest | 1).leadingZeroBitCount) &* 1233) &>> 12
    let count = estimate &+ (rest >= smallPowerOfTen(estimate) ? 1 : 0)
    var i = max(count, 1)
    let end = start + i
    while rest >= 100 {
        let quotient = rest / 100
        i &-= 2
        writePair(rest &- quotient &* 100, start + i)
        rest = quotient
    }
    if rest >= 10 { writePair(rest, start) } else { start[0] = 48 &+ UInt8(truncatingIfNeeded: rest) }
    return end - memory
}

@inline(__always) private func writePair(_ value: UInt64, _ memory: UnsafeMutablePointer<UInt8>) {
    UnsafeMutableRawPointer(memory).storeBytes(
        of: laminar_two_digits(UInt32(truncatingIfNeeded: value)), as: UInt16.self)
}

/// `YYYY-MM-DD`, a separator, `HH:MM:SS` and up to six fractional digits; nil for years of other than four digits.
private func writeTimestamp(_ value: Int64, separator: UInt8, _ memory: UnsafeMutablePointer<UInt8>) -> Int? {
    let (days, time) = Chronology.split(value)
    let date = CivilCalendar.date(days: days)
    guard date.year >= 1, date.year <= 9999 else { return nil }
    let year = UInt64(truncatingIfNeeded: date.year)
    writePair(year / 100, memory)
    writePair(year % 100, memory + 2)
    memory[4] = UInt8(ascii: "-")
    writePair(UInt64(truncatingIfNeeded: date.month), memory + 5)
    memory[7] = UInt8(ascii: "-")
    writePair(UInt64(truncatingIfNeeded: date.day), memory + 8)
    memory[10] = separator
    let seconds = UInt64(truncatingIfNeeded: time / 1_000_000)
    var fraction = UInt64(truncatingIfNeeded: time % 1_000_000)
    writePair(seconds / 3600, memory + 11)
    memory[13] = UInt8(ascii: ":")
    writePair(seconds / 60 % 60, memory + 14)
    memory[16] = UInt8(ascii: ":")
    writePair(seconds % 60, memory + 17)
    if fraction == 0 { return 19 }
    memory[19] = UInt8(ascii: ".")
    var width = 6
    while fraction % 10 == 0 {
        fraction /= 10
        width &-= 1
    }
    for i in 0..<width {
        memory[19 &+ width &- i] = 48 &+ UInt8(truncatingIfNeeded: fraction % 10)
        fraction /= 10
    }
    return 20 &+ width
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
