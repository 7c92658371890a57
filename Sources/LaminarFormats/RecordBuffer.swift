internal import CLaminarScan
import Glibc

/// Bytes of an input on their way to a decoder, with the readable padding behind them that decoders need.
public struct RecordBuffer: ~Copyable {
    /// Readable bytes that must lie behind what a decoder is given.
    public static var padding: Int { Int(laminar_scan_padding) }

    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var start = 0
    private var end = 0

    /// - Parameter capacity: bytes taken at once; the buffer grows by doubling.
    public init(capacity: Int = 256 << 10) {
        self.capacity = max(capacity, 64)
        memory = .allocate(capacity: self.capacity + Self.padding)
        memory.update(repeating: 0, count: self.capacity + Self.padding)
    }

    deinit { memory.deallocate() }

    /// The number of bytes that wait.
    public var count: Int { end - start }

    /// The bytes that wait, valid until the next mutation; `padding` more can be read behind them.
    public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: memory + start, count: end - start) }

    /// Drops the first `count` bytes.
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start, "Only bytes that wait can be consumed.")
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    public mutating func removeAll() {
        start = 0
        end = 0
    }

    /// Appends bytes from memory.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(memory + end).copyMemory(from: base, byteCount: bytes.count)
        end += bytes.count
    }

    public mutating func append(_ byte: UInt8) {
        reserve(1)
        memory[end] = byte
        end += 1
    }

    /// Lets `body` write up to `count` bytes behind the last one and return how many it wrote.
    public mutating func append(
        upTo count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Int {
        reserve(count)
        let written = body(UnsafeMutableRawBufferPointer(start: memory + end, count: count))
        if written > 0 { end += min(written, count) }
        return written
    }

    private mutating func reserve(_ count: Int) {
        if end + count <= capacity { return }
        if start > 0 && end - start + count <= capacity {
            memmove(memory, memory + start, end - start)
        } else {
            var larger = capacity * 2
            while larger < end - start + count { larger *= 2 }
            let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.padding)
            moved.update(from: memory + start, count: end - start)
            (moved + (end - start)).update(repeating: 0, count: larger + Self.padding - (end - start))
            memory.deallocate()
            memory = moved
            capacity = larger
        }
        end -= start
        start = 0
    }
}
