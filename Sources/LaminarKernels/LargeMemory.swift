import Glibc

/// From this many bytes on memory is asked for in huge pages: a table that is read in no order misses the translation of
/// nearly every address otherwise.
private let hugeBytes = 4 << 20
private let hugePage = 2 << 20

/// Memory of a table or a column, to be freed by `deallocate`; aligned to cache lines.
package func largeMemory(_ bytes: Int) -> UnsafeMutableRawPointer {
    if bytes < hugeBytes { return .allocate(byteCount: max(bytes, 16), alignment: 64) }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: hugePage)
    // Advice: where the system does not take it, pages are small.
    madvise(pointer, bytes, MADV_HUGEPAGE)
    return pointer
}

/// As `largeMemory`, of zero bytes; those of large ones are not there before they are used.
package func zeroedLargeMemory(_ bytes: Int) -> UnsafeMutableRawPointer {
    let pointer = largeMemory(bytes)
    let pages = bytes & ~4095
    // Sound: whole pages of anonymous memory of this process alone, which read as zeros after this.
    if bytes >= hugeBytes, madvise(pointer, pages, MADV_DONTNEED) == 0 {
        (pointer + pages).initializeMemory(as: UInt8.self, repeating: 0, count: bytes - pages)
        return pointer
    }
    pointer.initializeMemory(as: UInt8.self, repeating: 0, count: max(bytes, 16))
    return pointer
}
