internal import CLaminarScan

/// The end of the last line of `bytes`, behind its line feed; nil if there is none.
package func endOfLastLine(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<UInt8>? {
    guard let base = bytes.baseAddress, let last = laminar_last_line_feed(base, bytes.count) else { return nil }
    return last.assumingMemoryBound(to: UInt8.self) + 1
}
