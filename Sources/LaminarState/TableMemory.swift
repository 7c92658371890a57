import Glibc

/// From this many bytes on memory is asked for in huge pages: a table that is read in no order misses the translation of
/// nearly every address otherwise.
private let hugeBytes = 4 << 20
private let hugePage = 2 << 20

/// Memory of a table, to be freed by `deallocate`.
func tableMemory(_ bytes: Int) -> UnsafeMutableRawPointer {
    if bytes < hugeBytes { return .allocate(byteCount: max(bytes, 16), alignment: 64) }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: hugePage)
    // Advice: where the system does not take it, pages are small.
    madvise(pointer, bytes, MADV_HUGEPAGE)
    return pointer
}

/// As `tableMemory`, of zero bytes; those of large tables are not there before they are used.
func zeroedTableMemory(_ bytes: Int) -> UnsafeMutableRawPointer {
    let pointer = tableMemory(bytes)
    let pages = bytes & ~4095
    // Sound: whole pages of anonymous memory of this process alone, which read as zeros after this.
    if bytes >= hugeBytes, madvise(pointer, pages, MADV_DONTNEED) == 0 {
        (pointer + pages).initializeMemory(as: UInt8.self, repeating: 0, count: bytes - pages)
        return pointer
    }
    pointer.initializeMemory(as: UInt8.self, repeating: 0, count: max(bytes, 16))
    return pointer
}
