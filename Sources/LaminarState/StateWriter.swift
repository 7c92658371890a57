public import LaminarKernels

/// Writes a snapshot: little-endian integers, length-prefixed bytes, a header before and a CRC32C behind.
///
/// Layout: `LMNRSNAP`, version (UInt16), fingerprint (string), body, checksum (UInt32) of all before it.
public struct StateWriter: ~Copyable {
    static let magic: [UInt8] = Array("LMNRSNAP".utf8)
    static let version: UInt16 = 1

    private var bytes: [UInt8]
    private var sectionStart: Int?

    /// - Parameter fingerprint: identifies the layout of the state that follows; pipelines write the layout itself, so that
    ///   it can be read by those of another.
    public init(fingerprint: String) {
        bytes = Self.magic
        write(Self.version)
        write(fingerprint)
    }

    public mutating func write<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

    public mutating func write(_ string: String) {
        var string = string
        string.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// A length and bytes.
    public mutating func write(_ buffer: UnsafeRawBufferPointer) {
        write(UInt64(buffer.count))
        bytes.append(contentsOf: buffer)
    }

    /// The bytes of a string view behind their length.
    public mutating func write(_ string: StringView) {
        string.withBytes { write(UnsafeRawBufferPointer($0)) }
    }

    /// Begins the state of one operator, which a reader may skip or look for.
    public mutating func beginSection() {
        precondition(sectionStart == nil, "Sections do not nest.")
        write(UInt64(0))
        sectionStart = bytes.count
    }

    /// Ends the section that was begun last.
    public mutating func endSection() {
        guard let start = sectionStart else { preconditionFailure("A section ends that was not begun.") }
        sectionStart = nil
        withUnsafeBytes(of: UInt64(bytes.count - start).littleEndian) { length in
            bytes.replaceSubrange((start - 8)..<start, with: length)
        }
    }

    /// Bytes without a length.
    public mutating func writeRaw(_ buffer: UnsafeRawBufferPointer) { bytes.append(contentsOf: buffer) }

    /// The snapshot with its checksum.
    public consuming func finish() -> [UInt8] {
        let checksum = bytes.withUnsafeBytes { crc32c($0) }
        write(checksum)
        return bytes
    }
}
