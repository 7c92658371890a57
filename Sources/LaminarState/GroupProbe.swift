/// Where a table's keys are found, in locals: a loop that stores through accumulators would have to load them again for
/// each row otherwise. It holds until a group is made.
public struct GroupProbe<Key: GroupKey>: BitwiseCopyable {
    @usableFromInline let slots: UnsafeMutableRawPointer
    @usableFromInline let keys: UnsafeMutablePointer<UInt64>
    @usableFromInline let mask: UInt64
    @usableFromInline let shift: UInt64
    @usableFromInline let direct: UnsafeMutablePointer<UInt32>
    @usableFromInline let directBase: UInt64
    @usableFromInline let directSpan: UInt64

    /// - Parameter table: one with keys of its own.
    @inlinable public init(_ table: UnsafeMutablePointer<GroupTable>) {
        slots = table.pointee.slots
        keys = table.pointee.keys
        mask = table.pointee.mask
        shift = table.pointee.shift
        direct = table.pointee.direct
        directBase = table.pointee.directBase
        directSpan = table.pointee.directSpan
    }

    /// The group of a key; -1: there is none.
    @inlinable @inline(__always) public func find(_ key: Key, hash: UInt64) -> Int {
        if Key.wordCount == 1 {
            let distance = key.directWord &- directBase
            if distance < directSpan { return Int(direct[Int(truncatingIfNeeded: distance)]) &- 1 }
            let slots = slots.assumingMemoryBound(to: UInt32.self)
            var slot = hash &>> shift
            while true {
                let entry = slots[Int(truncatingIfNeeded: slot)]
                if entry == 0 { return -1 }
                let group = Int(entry) &- 1
                if _fastPath(key.equals(keys + group)) { return group }
                slot = (slot &+ 1) & mask
            }
        }
        let slots = slots.assumingMemoryBound(to: UInt64.self)
        let tag = UInt32(truncatingIfNeeded: hash)
        var slot = hash &>> shift
        while true {
            let entry = slots[Int(truncatingIfNeeded: slot)]
            if _fastPath(entry != 0 && UInt32(truncatingIfNeeded: entry &>> 32) == tag) {
                let group = Int(UInt32(truncatingIfNeeded: entry)) &- 1
                if _fastPath(key.equals(keys + group &* Key.wordCount)) { return group }
            } else if entry == 0 {
                return -1
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// The group that a key probably has, without comparing keys; -1: none.
    @inlinable @inline(__always) public func guess(_ key: Key) -> Int {
        if Key.wordCount == 1 {
            let distance = key.directWord &- directBase
            if distance < directSpan { return Int(direct[Int(truncatingIfNeeded: distance)]) &- 1 }
        }
        return Int(firstEntry(key)) &- 1
    }

    /// The first entry of a key's hash, without its tag.
    @inlinable @inline(__always) func firstEntry(_ key: Key) -> UInt32 {
        let slot = Int(truncatingIfNeeded: key.hash64 &>> shift)
        return slots.load(fromByteOffset: slot &* (Key.wordCount == 1 ? 4 : 8), as: UInt32.self)
    }
}
