import Glibc
public import LaminarTypes

/// A value that a sketch of distinct values takes: its hash is the same for all that are equal as keys.
public protocol SketchedValue: BitwiseCopyable {
    /// 64 bits, each as likely to be set as not.
    var sketchHash: UInt64 { get }
}

/// Mixes the bits of a hash so that each depends on all (the finaliser of MurmurHash3, Appleby 2011).
@inlinable func avalanche(_ hash: UInt64) -> UInt64 {
    var x = hash
    x = (x ^ (x &>> 33)) &* 0xff51_afd7_ed55_8ccd
    x = (x ^ (x &>> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return x ^ (x &>> 33)
}

extension Bool: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension Int16: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension Int32: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension Int64: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension UInt64: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension Float: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension Double: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension Decimal: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64(self)) } }
extension StringView: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(hash64) } }
extension Interval: SketchedValue { @inlinable public var sketchHash: UInt64 { avalanche(LaminarKernels.hash64(self)) } }

/// APPROX_COUNT_DISTINCT over rows that stay: how many different values there are, in at most 4 KB.
///
/// Up to 256 values are counted exactly, by their hashes. Beyond that a HyperLogLog of 4,096 registers estimates, with a
/// standard error of 1.04 / √4096 = 1.6 % of the count, by linear counting below 2.5 times the registers.
/// What `result` needs is kept in the record, so one that was remembered still gives its own result after the bytes
/// behind it have changed.
/// - SeeAlso: Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog", AofA 2007.
public struct CountOfDistinctSketch<Value: SketchedValue>: Accumulator, Sendable {
    /// At byte offset 0, owned by the state table's arena: a hash set of words, 0 for an empty slot; or the registers, a byte
    /// each.
    public var bytes: StringView
    /// The number of hashes in the set; 0 once there are registers.
    public var exactCount: Int64
    /// The sum of 2^(50 − register) over the registers; 0 as long as there are none.
    public var inverseSum: Int64
    /// Registers that are zero.
    public var zeros: Int64

    @usableFromInline static var registerCount: Int { 4096 }
    @usableFromInline static var registerBits: UInt64 { 12 }
    /// The most hashes of a set.
    static var largestSet: Int64 { 256 }

    @inlinable public init() {
        bytes = StringView()
        exactCount = 0
        inverseSum = 0
        zeros = 0
    }

    public static var keepsStrings: Bool { true }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) { addHash(value.sketchHash, &arena) }

    @usableFromInline var address: UnsafeMutableRawPointer {
        // Sound: asked for only once there are bytes, which lie in an arena, since they are more than 12.
        UnsafeMutableRawPointer(bitPattern: UInt(bytes.tail)).unsafelyUnwrapped
    }

    @usableFromInline mutating func addHash(_ hash: UInt64, _ arena: inout Arena) {
        if inverseSum != 0 { return raise(hash) }
        // An empty slot is 0.
        let hash = hash == 0 ? 1 : hash
        let slots = bytes.count / 8
        if slots > 0, !insert(hash, slots) { return }
        if slots > 0, exactCount * 2 <= Int64(slots) { return }
        if exactCount > Self.largestSet { return makeRegisters(&arena) }
        grow(to: max(16, slots * 2), &arena)
        if slots == 0 { _ = insert(hash, 16) }
    }

    /// Puts a hash into the set; whether it is new.
    private mutating func insert(_ hash: UInt64, _ slots: Int) -> Bool {
        let words = address.assumingMemoryBound(to: UInt64.self)
        var slot = Int(truncatingIfNeeded: hash &>> 32) & (slots - 1)
        while words[slot] != 0 {
            if words[slot] == hash { return false }
            slot = (slot + 1) & (slots - 1)
        }
        words[slot] = hash
        exactCount += 1
        return true
    }

    private mutating func grow(to slots: Int, _ arena: inout Arena) {
        let old = bytes
        allocate(slots * 8, &arena)
        exactCount = 0
        forEachHash(in: old) { _ = insert($0, slots) }
    }

    private mutating func allocate(_ size: Int, _ arena: inout Arena) {
        let target = arena.allocate(size)
        target.initialize(repeating: 0, count: size)
        bytes = StringView(target, count: size)
    }

    private func forEachHash(in bytes: StringView, _ body: (UInt64) -> Void) {
        bytes.withBytes { raw in
            for slot in 0..<raw.count / 8 {
                let hash = UnsafeRawBufferPointer(raw).loadUnaligned(fromByteOffset: slot * 8, as: UInt64.self)
                if hash != 0 { body(hash) }
            }
        }
    }

    private mutating func makeRegisters(_ arena: inout Arena) {
        let old = bytes
        allocate(Self.registerCount, &arena)
        exactCount = 0
        zeros = Int64(Self.registerCount)
        inverseSum = Int64(Self.registerCount) << 50
        forEachHash(in: old) { raise($0) }
    }

    /// Counts a hash into its register.
    private mutating func raise(_ hash: UInt64) {
        // The place of the first bit that is set behind those that choose the register.
        let rest = hash << Self.registerBits | 1 << (Self.registerBits - 1)
        raise(Int(hash >> (64 - Self.registerBits)), to: UInt8(min(rest.leadingZeroBitCount + 1, 50)))
    }

    private mutating func raise(_ index: Int, to rank: UInt8) {
        let register = address.assumingMemoryBound(to: UInt8.self) + index
        let old = register.pointee
        if rank <= old { return }
        if old == 0 { zeros -= 1 }
        inverseSum += (1 as Int64) << Int64(50 - rank) - (1 as Int64) << Int64(50 - old)
        register.pointee = rank
    }

    public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.inverseSum == 0 {
            forEachHash(in: other.bytes) { hash in addHash(hash, &arena) }
            return
        }
        if inverseSum == 0 { makeRegisters(&arena) }
        other.bytes.withBytes { registers in
            for (index, rank) in registers.enumerated() { raise(index, to: rank) }
        }
    }

    public func result(_ fault: inout Fault, at site: Int) -> Int64? { count }

    /// How many different values there are, about.
    public var count: Int64 {
        if inverseSum == 0 { return exactCount }
        let registers = Double(Self.registerCount)
        let harmonic = Double(inverseSum) / Double((1 as Int64) << 50)
        let estimate = 0.7213 / (1 + 1.079 / registers) * registers * registers / harmonic
        if estimate <= 2.5 * registers, zeros > 0 {
            return Int64((registers * log(registers / Double(zeros))).rounded())
        }
        return Int64(estimate.rounded())
    }
}
