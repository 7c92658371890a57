/// A borrowed string of bytes in 16 bytes, laid out as Arrow's `StringView` and Umbra's strings.
///
/// Up to 12 bytes lie inside; longer ones keep their first four bytes and a pointer, so most comparisons need no memory
/// access. The bytes behind the pointer belong to a batch, an arena or a state table, which must outlive the view.
/// - SeeAlso: Neumann and Freitag, "Umbra: A Disk-Based System with In-Memory Performance", CIDR 2020, section 3.1.
public struct StringView: Sendable, BitwiseCopyable {
    /// Length in the low half, the first four bytes in the high half.
    public var head: UInt64
    /// The next eight bytes (zero-padded), or the address of all bytes.
    public var tail: UInt64

    @inlinable public init(head: UInt64, tail: UInt64) {
        self.head = head
        self.tail = tail
    }

    /// The empty string.
    @inlinable public init() {
        head = 0
        tail = 0
    }

    /// A view of `count` bytes at `bytes`; does not read past them.
    @inlinable public init(_ bytes: UnsafePointer<UInt8>, count: Int) {
        let raw = UnsafeRawPointer(bytes)
        let length = UInt64(truncatingIfNeeded: count)
        if count <= 12 {
            // Loads that overlap, so that none reaches past the end.
            var prefix: UInt64 = 0
            tail = 0
            if count >= 4 {
                prefix = UInt64(raw.loadUnaligned(as: UInt32.self))
                if count >= 8 {
                    let last = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
                    tail = last &>> ((12 &- length) &* 8)
                } else {
                    let last = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
                    tail = last &>> ((8 &- length) &* 8)
                }
            } else if count > 0 {
                let middle = count &>> 1
                prefix = UInt64(bytes[0]) | UInt64(bytes[middle]) &<< UInt64(truncatingIfNeeded: middle &* 8)
                prefix |= UInt64(bytes[count &- 1]) &<< UInt64(truncatingIfNeeded: (count &- 1) &* 8)
            }
            head = length | prefix &<< 32
        } else {
            let prefix = UInt64(UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self))
            head = UInt64(truncatingIfNeeded: count) | prefix << 32
            tail = UInt64(UInt(bitPattern: bytes))
        }
    }

    /// A view of `count` bytes at `bytes`, of which at least 12 can be read whatever `count` is; branch-free when short.
    @inlinable public init(padded bytes: UnsafePointer<UInt8>, count: Int) {
        let raw = UnsafeRawPointer(bytes)
        let prefix = UInt64(raw.loadUnaligned(as: UInt32.self))
        if _fastPath(count <= 12) {
            let rest = raw.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
            let prefixMask: UInt64 = 0xffff_ffff &>> UInt64(truncatingIfNeeded: max(4 &- count, 0) &* 8)
            let restCount = min(max(count &- 4, 0), 8)
            let restMask: UInt64 =
                (~0 &>> UInt64(truncatingIfNeeded: (8 &- restCount) &* 8))
                & (0 &- UInt64(truncatingIfNeeded: (restCount &+ 7) &>> 3))
            head = UInt64(truncatingIfNeeded: count) | (prefix & prefixMask) << 32
            tail = rest & restMask
        } else {
            head = UInt64(truncatingIfNeeded: count) | prefix << 32
            tail = UInt64(UInt(bitPattern: bytes))
        }
    }

    /// The number of bytes.
    @inlinable public var count: Int { Int(truncatingIfNeeded: head & 0xffff_ffff) }

    @inlinable public var isInline: Bool { head & 0xffff_ffff <= 12 }

    /// Calls `body` with the bytes, wherever they lie.
    @inlinable public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let count = count
        if isInline {
            var words = (head, tail)
            return withUnsafeBytes(of: &words) { raw in
                body(UnsafeBufferPointer(rebasing: raw.bindMemory(to: UInt8.self)[4..<(4 + count)]))
            }
        }
        return body(UnsafeBufferPointer(start: UnsafePointer(bitPattern: UInt(tail)), count: count))
    }

    /// The bytes as a Swift string; bytes that are no UTF-8 appear as U+FFFD. Allocates.
    public var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

extension StringView: Equatable {
    @inlinable public static func == (a: StringView, b: StringView) -> Bool {
        if a.head != b.head { return false }
        if a.tail == b.tail { return true }
        if a.isInline { return false }
        return a.equalsOutOfLine(b)
    }

    @usableFromInline @inline(never) func equalsOutOfLine(_ other: StringView) -> Bool {
        // The counts are the same, since the heads are.
        withBytes { a in
            other.withBytes { b in
                guard let x = UnsafeRawPointer(a.baseAddress), let y = UnsafeRawPointer(b.baseAddress) else { return true }
                var i = 0
                while i &+ 8 <= a.count {
                    let word = x.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                    if word != y.loadUnaligned(fromByteOffset: i, as: UInt64.self) { return false }
                    i &+= 8
                }
                while i < a.count {
                    if a[i] != b[i] { return false }
                    i &+= 1
                }
                return true
            }
        }
    }
}

extension StringView: Comparable {
    /// Byte order, which is the order of code points (PostgreSQL's `C` collation).
    @inlinable public static func < (a: StringView, b: StringView) -> Bool {
        let x = UInt32(truncatingIfNeeded: a.head &>> 32).byteSwapped
        let y = UInt32(truncatingIfNeeded: b.head &>> 32).byteSwapped
        if x != y { return x < y }
        return a.precedesOutOfLine(b)
    }

    @usableFromInline @inline(never) func precedesOutOfLine(_ other: StringView) -> Bool {
        withBytes { a in other.withBytes { b in a.lexicographicallyPrecedes(b) } }
    }
}

extension StringView {
    @inlinable static func mix(_ x: UInt64, _ y: UInt64) -> UInt64 {
        let product = x.multipliedFullWidth(by: y)
        return product.high ^ product.low
    }

    /// A 64-bit hash with its entropy in all bits; the same for equal bytes, on every machine and in every version.
    ///
    /// A folded 128-bit multiplication per 16 bytes, after Wang Yi's wyhash.
    @inlinable public var hash64: UInt64 {
        if _fastPath(isInline) { return Self.mix(head ^ 0xa076_1d64_78bd_642f, tail ^ 0xe703_7ed1_a0b4_28db) }
        return hashOutOfLine()
    }

    @usableFromInline @inline(never) func hashOutOfLine() -> UInt64 {
        withBytes { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var hash = head ^ 0xa076_1d64_78bd_642f
            var i = 0
            // Sound: only called for more than 12 bytes; the last 16 bytes (or first and last 8) are read unaligned.
            while i + 16 < raw.count {
                hash = Self.mix(
                    raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) ^ hash,
                    raw.loadUnaligned(fromByteOffset: i + 8, as: UInt64.self) ^ 0xe703_7ed1_a0b4_28db)
                i += 16
            }
            let first = raw.count >= 16 ? raw.count - 16 : 0
            return Self.mix(
                raw.loadUnaligned(fromByteOffset: first, as: UInt64.self) ^ hash,
                raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self) ^ 0x8ebc_6af0_9c88_c6e3)
        }
    }
}
