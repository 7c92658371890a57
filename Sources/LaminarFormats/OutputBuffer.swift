/// Bytes that an encoder has made and a sink has not yet taken.
public struct OutputBuffer: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    public private(set) var count = 0

    /// Bytes behind what was reserved that may be written over, so that copies can go in sixteens.
    package static var slack: Int { 32 }

    public init(capacity: Int = 64 << 10) {
        self.capacity = max(capacity, 256)
        memory = .allocate(capacity: self.capacity + Self.slack)
    }

    deinit { memory.deallocate() }

    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

    public mutating func removeAll() { count = 0 }

    /// Drops the first `count` bytes.
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "Only bytes that wait can be consumed.")
        memory.update(from: memory + count, count: self.count - count)
        self.count -= count
    }

    /// Makes room for `count` bytes and returns where they go; `advance` then says how many were written.
    package mutating func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if self.count + count > capacity { grow(count) }
        return memory + self.count
    }

    @inline(never) private mutating func grow(_ count: Int) {
        var larger = capacity * 2
        while larger < self.count + count { larger *= 2 }
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.slack)
        moved.update(from: memory, count: self.count)
        memory.deallocate()
        memory = moved
        capacity = larger
    }

    package mutating func advance(_ count: Int) { self.count += count }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(reserve(bytes.count)).copyMemory(from: base, byteCount: bytes.count)
        count += bytes.count
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }
}
