internal import CLaminarScan
package import LaminarKernels

/// Writes the bytes of a string; up to fifteen more behind them are written over.
@inline(__always)
package func copyString(_ view: StringView, to memory: UnsafeMutablePointer<UInt8>) {
    let raw = UnsafeMutableRawPointer(memory)
    if view.isInline {
        raw.storeBytes(of: UInt32(truncatingIfNeeded: view.head &>> 32), as: UInt32.self)
        raw.storeBytes(of: view.tail, toByteOffset: 4, as: UInt64.self)
        return
    }
    // Sound: an out-of-line view carries a valid address of `count` bytes, and no more of them are read.
    let source = UnsafeRawPointer(bitPattern: UInt(view.tail)).unsafelyUnwrapped
    let count = view.count
    var i = 0
    while i &+ 16 <= count {
        laminar_copy_16(source + i, raw + i)
        i &+= 16
    }
    if i == count { return }
    if count >= 16 {
        // The last sixteen overlap what has been copied.
        laminar_copy_16(source + (count &- 16), raw + (count &- 16))
    } else {
        // Thirteen to fifteen bytes: two words that overlap.
        raw.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
        raw.storeBytes(
            of: source.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self), toByteOffset: count &- 8,
            as: UInt64.self)
    }
}
