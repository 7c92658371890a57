/// The Castagnoli checksum of snapshots and logs.
///
/// Slicing by one table of 256 entries, made on first use; snapshots are not on the hot path.
/// - SeeAlso: RFC 3720, appendix B.4.
public func crc32c(_ bytes: UnsafeRawBufferPointer, continuing checksum: UInt32 = 0) -> UInt32 {
    var crc = ~checksum
    crc32cTable.withUnsafeBufferPointer { table in
        for byte in bytes {
            crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8
        }
    }
    return ~crc
}

private let crc32cTable: [UInt32] = (0..<256).map { index in
    var crc = UInt32(index)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    return crc
}
