/// The rows for which a value is needed, as bits, with their number.
struct ActiveRows {
    var words: RowMask
    var count = 0

    /// Counts the bits after `words` has been written.
    mutating func recount() {
        var total = 0
        for word in 0..<chunkWords { total &+= words[word].nonzeroBitCount }
        count = total
    }
}

/// Sets the bits of rows `0..<count` and clears the others.
func fillMask(_ words: RowMask, count: Int) {
    for word in 0..<chunkWords {
        let left = count &- word &* 64
        words[word] = left >= 64 ? ~0 : left <= 0 ? 0 : (1 &<< UInt64(truncatingIfNeeded: left)) &- 1
    }
}

/// Packs booleans (a byte each, 0 or 1) into bits; what lies beyond `count` comes out as garbage in the last word.
///
/// Eight bytes a step: the multiplication gathers their lowest bits in the top byte.
func packBits(_ bytes: UnsafeRawPointer, count: Int, into words: RowMask) {
    for word in 0..<((count &+ 63) &>> 6) {
        var bits: UInt64 = 0
        for group in 0..<8 {
            let lanes = bytes.loadUnaligned(fromByteOffset: word &* 64 &+ group &* 8, as: UInt64.self)
            let packed = ((lanes & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) &>> 56
            bits |= packed &<< UInt64(truncatingIfNeeded: group &* 8)
        }
        words[word] = bits
    }
}

/// Unpacks bits into booleans of a byte each; writes whole words of 64 rows.
func unpackBits(_ words: UnsafePointer<UInt64>, count: Int, into bytes: UnsafeMutableRawPointer) {
    for word in 0..<((count &+ 63) &>> 6) {
        let bits = words[word]
        for group in 0..<8 {
            let byte = (bits &>> UInt64(truncatingIfNeeded: group &* 8)) & 0xff
            // Each bit of the byte goes to a lane of its own, then to the lane's lowest bit.
            let spread = (byte &* 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201
            let lanes = ((spread &+ 0x7f7f_7f7f_7f7f_7f7f) | spread) & 0x8080_8080_8080_8080
            bytes.storeBytes(of: lanes &>> 7, toByteOffset: word &* 64 &+ group &* 8, as: UInt64.self)
        }
    }
}

/// Copies `count` bits that start at bit `offset` of `source`.
func copyBits(_ source: UnsafePointer<UInt64>, from offset: Int, count: Int, into words: RowMask) {
    let (first, shift) = (offset &>> 6, UInt64(truncatingIfNeeded: offset & 63))
    let wordCount = (count &+ 63) &>> 6
    if shift == 0 {
        for word in 0..<wordCount { words[word] = source[first &+ word] }
        return
    }
    // The word behind the last is read only where a needed bit lies in it.
    let last = (offset &+ count &- 1) &>> 6
    for word in 0..<wordCount {
        let low = source[first &+ word] &>> shift
        let high = first &+ word &+ 1 <= last ? source[first &+ word &+ 1] &<< (64 &- shift) : 0
        words[word] = low | high
    }
}
