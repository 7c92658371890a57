/// A bump allocator for the bytes of strings; everything in it is freed, or reused, at once.
///
/// Every allocation is followed by at least 16 readable bytes, so that kernels may load whole words at its end.
public struct Arena: ~Copyable {
    @usableFromInline var next: UnsafeMutablePointer<UInt8>
    @usableFromInline var left: Int
    @usableFromInline var chunks: [UnsafeMutablePointer<UInt8>]
    @usableFromInline var chunkSizes: [Int]
    /// Raised when something may have kept pointers into what has been allocated so far, which must then be copied
    /// before it is written to; structures stamp their parts with it.
    public var generation: UInt64 = 1
    /// Bytes that an aggregate may collect for one group, and whether one was to collect more.
    public var collection = CollectionLimit()

    /// An empty arena; the first allocation takes `firstChunk` bytes from the system.
    public init() {
        next = UnsafeMutablePointer(bitPattern: 16).unsafelyUnwrapped
        left = 0
        chunks = []
        chunkSizes = []
    }

    deinit {
        for chunk in chunks { chunk.deallocate() }
    }

    /// Room for `count` bytes, uninitialised, aligned to 8.
    @inlinable public mutating func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        let size = (count &+ 15) & ~7
        if _slowPath(left < size &+ 16) { addChunk(atLeast: size &+ 16) }
        let result = next
        next += size
        left &-= size
        return result
    }

    /// A copy of the bytes behind `view` that lives as long as the arena; short strings need none.
    @inlinable public mutating func copy(_ view: StringView) -> StringView {
        if view.isInline { return view }
        let count = view.count
        let target = allocate(count)
        // Sound: an out-of-line view always carries a valid address of `count` bytes.
        target.update(from: UnsafePointer(bitPattern: UInt(view.tail)).unsafelyUnwrapped, count: count)
        return StringView(head: view.head, tail: UInt64(UInt(bitPattern: target)))
    }

    /// A view of a Swift string, copied if it is longer than 12 bytes.
    public mutating func copy(_ string: String) -> StringView {
        var string = string
        return string.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return StringView() }
            let view = StringView(base, count: bytes.count)
            return copy(view)
        }
    }

    /// Forgets everything; keeps a chunk for reuse that has room for as much again.
    public mutating func reset() {
        if chunks.count == 1 {
            // The common case, which takes no memory.
            next = chunks[0]
            left = chunkSizes[0]
            return
        }
        if chunks.isEmpty { return }
        // What is filled and reset again and again shall come to fit, but one large batch need not stay for ever.
        let size = min(reservedBytes, 4 << 20)
        for chunk in chunks { chunk.deallocate() }
        next = .allocate(capacity: size)
        left = size
        chunks = [next]
        chunkSizes = [size]
    }

    /// Bytes taken from the system.
    public var reservedBytes: Int { chunkSizes.reduce(0, +) }

    @usableFromInline @inline(never) mutating func addChunk(atLeast size: Int) {
        let size = max(size, min(1 << 20, max(4096, reservedBytes)))
        next = .allocate(capacity: size)
        left = size
        chunks.append(next)
        chunkSizes.append(size)
    }
}

extension Arena {
    /// Forgets everything if there is anything: what a loop calls between chunks.
    @inlinable public mutating func resetIfUsed() {
        if _slowPath(!chunks.isEmpty) { reset() }
    }

    /// A view of bytes, copied if they are more than 12.
    public mutating func copy(_ bytes: [UInt8]) -> StringView {
        bytes.withUnsafeBufferPointer { bytes in
            // Sound: the view of the borrowed bytes is copied before they go.
            bytes.baseAddress.map { copy(StringView($0, count: bytes.count)) } ?? StringView()
        }
    }
}
