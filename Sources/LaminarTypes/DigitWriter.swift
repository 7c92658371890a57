/// Writes ASCII into memory that the caller has made large enough.
///
/// Every text form of a scalar value other than a string fits in ``maximumLength`` bytes.
public struct DigitWriter {
    /// Bytes that any scalar's text form fits in.
    @inlinable public static var maximumLength: Int { 192 }

    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    @usableFromInline var next: UnsafeMutablePointer<UInt8>

    @inlinable public init(_ start: UnsafeMutablePointer<UInt8>) {
        self.start = start
        self.next = start
    }

    /// Bytes written so far.
    @inlinable public var count: Int { next - start }

    @inlinable public mutating func write(_ byte: UInt8) {
        next.pointee = byte
        next += 1
    }

    public mutating func write(_ text: StaticString) {
        next.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        next += text.utf8CodeUnitCount
    }

    /// The digits of `value`, padded with zeros to at least `width`.
    public mutating func write(_ value: UInt64, width: Int = 1) {
        var digits = 1
        var bound: UInt64 = 10
        while digits < 20 && value >= bound {
            digits += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        let length = max(digits, width)
        var rest = value
        var i = length - 1
        while i >= 0 {
            let quotient = rest / 10
            next[i] = 48 &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
            i -= 1
        }
        next += length
    }

    public mutating func write(_ value: Int64) {
        if value < 0 { write(UInt8(ascii: "-")) }
        write(value.magnitude)
    }

    /// The digits of `value`, padded with zeros to at least `width`.
    public mutating func write(wide value: UInt128, width: Int = 1) {
        if value >> 64 == 0 {
            write(UInt64(truncatingIfNeeded: value), width: width)
            return
        }
        let (high, low) = value.quotientAndRemainder(dividingBy: 10_000_000_000_000_000_000)
        write(wide: high, width: max(width - 19, 1))
        write(UInt64(truncatingIfNeeded: low), width: 19)
    }
}

/// The text that `body` writes, as a Swift string.
func makeString(_ body: (inout DigitWriter) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: DigitWriter.maximumLength) { memory in
        // Sound: the capacity is not zero, so the memory has an address.
        var writer = DigitWriter(memory.baseAddress.unsafelyUnwrapped)
        body(&writer)
        return String(decoding: UnsafeBufferPointer(rebasing: memory[..<writer.count]), as: UTF8.self)
    }
}
