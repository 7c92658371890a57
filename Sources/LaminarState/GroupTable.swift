public import LaminarKernels

/// A hash table from keys to accumulator records: the state of one aggregation (or of one pane of a window).
///
/// Open addressing with linear probing over slots of `tag << 32 | index + 1`, without a tag where keys are one word, which
/// is compared as quickly; keys and accumulators lie dense, in the order in which groups arrived, which is also the order
/// in which they are emitted and encoded. New accumulators are all zero bytes. Strings are copied into the table's
/// arena when a group is made, and only then.
/// Operators keep tables behind a pointer, since hot loops hold the first fields in registers and reload them after an
/// insertion; `make(_:)` and `destroy(_:)` own that memory.
public struct GroupTable: ~Copyable {
    /// `capacity` slots of `slotBytes`: 0 is empty, else the group's index plus one, below the low half of the hash where there
    /// is room for it.
    public internal(set) var slots: UnsafeMutableRawPointer
    /// 4 where keys are one word, else 8.
    let slotBytes: Int
    /// `keyWords` words a group.
    public internal(set) var keys: UnsafeMutablePointer<UInt64>
    /// `accumulatorBytes` bytes a group, aligned to 16.
    public internal(set) var accumulators: UnsafeMutableRawPointer
    /// Slots minus one.
    public internal(set) var mask: UInt64
    /// How far a hash is shifted to give its first slot.
    public internal(set) var shift: UInt64
    /// Where keys are one word each and lie close together: the group plus one of the key `directBase + n` at `n`, 0 where
    /// there is none. Slots are all empty then. See `GroupTable+Direct.swift`.
    public internal(set) var direct: UnsafeMutablePointer<UInt32>
    public internal(set) var directBase: UInt64
    /// How many keys `direct` has room for; 0: keys are found by their hash.
    public internal(set) var directSpan: UInt64
    /// The least and the greatest key of one word, as signed numbers.
    var leastKey = Int64.max
    var greatestKey = Int64.min
    /// The number of groups.
    public internal(set) var count: Int
    /// Groups for which there is room.
    public internal(set) var limit: Int
    /// The table whose keys number the groups, where this one is a pane without keys of its own; nil: this one's.
    public let dictionary: UnsafeMutablePointer<GroupTable>?
    /// Of a pane: 1 for each group that has rows in it, 0 for others.
    public internal(set) var presence: UnsafeMutablePointer<UInt8>
    public let keyWords: Int
    public let accumulatorBytes: Int
    /// The bytes of long strings in keys and accumulators.
    public var arena: Arena
    /// Side tables of the values that DISTINCT calls have seen, in the order of the calls.
    public let distinct: UnsafeMutablePointer<GroupTable>
    public let layout: GroupTableLayout
    /// What reading ahead has read, so that it is read.
    public var readAhead: UInt64 = 0
    /// Bytes of strings from which on those in use are copied together.
    @usableFromInline var compactionLimit = 1 << 20
    private let elements: UnsafeMutableBufferPointer<GroupTableLayout.KeyElement>

    /// An empty table behind a pointer.
    public static func make(_ layout: GroupTableLayout) -> UnsafeMutablePointer<GroupTable> {
        let table = UnsafeMutablePointer<GroupTable>.allocate(capacity: 1)
        table.initialize(to: GroupTable(layout))
        return table
    }

    /// Frees a table that `make` returned.
    public static func destroy(_ table: UnsafeMutablePointer<GroupTable>) {
        table.deinitialize(count: 1)
        table.deallocate()
    }

    /// - Parameters:
    ///   - slotBits: the logarithm of the first number of slots; half as many groups have room at first.
    ///   - dictionary: whose keys number the groups; nil: its own.
    public init(
        _ layout: GroupTableLayout, slotBits: Int = 4, dictionary: UnsafeMutablePointer<GroupTable>? = nil
    ) {
        self.layout = layout
        self.dictionary = dictionary
        keyWords = layout.keyWords
        accumulatorBytes = layout.accumulatorBytes
        let capacity = 1 << slotBits
        slotBytes = keyWords == 1 ? 4 : 8
        slots = zeroedLargeMemory(capacity * slotBytes)
        limit = capacity / 2
        keys = .allocate(capacity: max(limit * keyWords, 1))
        accumulators = zeroedLargeMemory(limit * accumulatorBytes)
        presence = .allocate(capacity: 1)
        mask = UInt64(capacity - 1)
        shift = UInt64(64 - slotBits)
        direct = .allocate(capacity: 1)
        directBase = 0
        directSpan = 0
        count = 0
        arena = Arena()
        elements = .allocate(capacity: layout.key.count)
        _ = elements.initialize(from: layout.key)
        distinct = .allocate(capacity: max(layout.distinctValues.count, 1))
        for index in layout.distinctValues.indices {
            (distinct + index).initialize(to: GroupTable(layout.distinct(index)))
        }
    }

    deinit {
        slots.deallocate()
        direct.deallocate()
        keys.deallocate()
        accumulators.deallocate()
        presence.deallocate()
        elements.deallocate()
        distinct.deinitialize(count: layout.distinctValues.count)
        distinct.deallocate()
    }

    /// Whether rows in no order of keys wait for memory beyond the caches.
    @inlinable public var isBeyondCaches: Bool { count &* (accumulatorBytes &+ 16) > 4 << 20 }

    /// The words of a group's key.
    @inlinable public func key(_ group: Int) -> UnsafeMutablePointer<UInt64> { keys + group &* keyWords }

    /// The accumulator record of a group; moves when a group is added.
    @inlinable public func accumulator(_ group: Int) -> UnsafeMutableRawPointer {
        accumulators + group &* accumulatorBytes
    }

    /// The hash of a key of this table, given by its words.
    public func hash(_ words: UnsafePointer<UInt64>) -> UInt64 { hashOfKey(words, UnsafeBufferPointer(elements)) }

    /// The index of the group with this key, or nil.
    public func find(_ words: UnsafePointer<UInt64>, hash: UInt64) -> Int? {
        if directSpan != 0 {
            let distance = words[0] &- directBase
            let entry = distance < directSpan ? direct[Int(truncatingIfNeeded: distance)] : 0
            return entry == 0 ? nil : Int(entry) &- 1
        }
        var slot = hash &>> shift
        if keyWords == 1 {
            let slots = slots.assumingMemoryBound(to: UInt32.self)
            while true {
                let entry = slots[Int(truncatingIfNeeded: slot)]
                if entry == 0 { return nil }
                if keys[Int(entry) &- 1] == words[0] { return Int(entry) &- 1 }
                slot = (slot &+ 1) & mask
            }
        }
        let slots = slots.assumingMemoryBound(to: UInt64.self)
        while true {
            let entry = slots[Int(truncatingIfNeeded: slot)]
            if entry == 0 { return nil }
            if UInt32(truncatingIfNeeded: entry &>> 32) == UInt32(truncatingIfNeeded: hash) {
                let group = Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
                if keysAreEqual(words, key(group), UnsafeBufferPointer(elements)) { return group }
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// The index of the group with this key, which is made if it is new.
    public mutating func findOrInsert(_ words: UnsafePointer<UInt64>, hash: UInt64) -> Int {
        find(words, hash: hash) ?? insert(words, hash: hash)
    }

    /// Finds or makes the groups of `rows` keys that lie one after the other: the interpreter's probe.
    public mutating func findOrInsert(
        _ keys: UnsafePointer<UInt64>, rows: Int, into groups: UnsafeMutablePointer<UInt32>
    ) {
        if keyWords == 1, elements.count == 1 { return findOrInsertWords(keys, rows: rows, into: groups) }
        for row in 0..<rows {
            let words = keys + row &* keyWords
            groups[row] = UInt32(truncatingIfNeeded: findOrInsert(words, hash: hash(words)))
        }
    }

    /// As `findOrInsert`, for keys of one word: the table's pointers stay in registers.
    private mutating func findOrInsertWords(
        _ words: UnsafePointer<UInt64>, rows: Int, into groups: UnsafeMutablePointer<UInt32>
    ) {
        var (slots, keys, mask, shift) = (slots.assumingMemoryBound(to: UInt32.self), keys, mask, shift)
        var (direct, base, span) = (direct, directBase, directSpan)
        for row in 0..<rows {
            let word = words[row]
            let distance = word &- base
            if distance < span {
                let entry = direct[Int(truncatingIfNeeded: distance)]
                if _fastPath(entry != 0) {
                    groups[row] = entry &- 1
                    continue
                }
            }
            let hash = hashOfWord(word)
            var slot = hash &>> shift
            var group = 0
            while true {
                let entry = slots[Int(truncatingIfNeeded: slot)]
                if _fastPath(entry != 0) {
                    group = Int(entry) &- 1
                    if _fastPath(keys[group] == word) { break }
                } else {
                    group = insert(words + row, hash: hash)
                    (slots, keys, mask, shift) = (
                        self.slots.assumingMemoryBound(to: UInt32.self), self.keys, self.mask, self.shift
                    )
                    (direct, base, span) = (self.direct, directBase, directSpan)
                    break
                }
                slot = (slot &+ 1) & mask
            }
            groups[row] = UInt32(truncatingIfNeeded: group)
        }
    }

    /// Makes a group that is known to be new; moves keys and accumulators when the table grows.
    ///
    /// A table has room for 2^31 groups.
    @inline(never) public mutating func insert(_ words: UnsafePointer<UInt64>, hash: UInt64) -> Int {
        assert(hash == self.hash(words), "The hash of a key is a function of its words.")
        if count >= limit { grow() }
        let group = count
        let target = key(group)
        var at = 0
        for element in elements {
            switch element {
            case .word: target[at] = words[at]
            case .string: arena.copy(StringView(head: words[at], tail: words[at + 1])).store(target + at)
            case .interval: (target[at], target[at + 1]) = (words[at], words[at + 1])
            }
            at += element.wordCount
        }
        count = group + 1
        if keyWords == 1 { noteKey(words[0]) }
        if directSpan == 0 { place(group, hash) } else { placeDirectly(group) }
        return group
    }

    func place(_ group: Int, _ hash: UInt64) {
        var slot = hash &>> shift
        if keyWords == 1 {
            let slots = slots.assumingMemoryBound(to: UInt32.self)
            while slots[Int(truncatingIfNeeded: slot)] != 0 { slot = (slot &+ 1) & mask }
            slots[Int(truncatingIfNeeded: slot)] = UInt32(truncatingIfNeeded: group &+ 1)
            return
        }
        let slots = slots.assumingMemoryBound(to: UInt64.self)
        while slots[Int(truncatingIfNeeded: slot)] != 0 { slot = (slot &+ 1) & mask }
        slots[Int(truncatingIfNeeded: slot)] = hash << 32 | UInt64(truncatingIfNeeded: group &+ 1)
    }

    private mutating func grow() {
        let room = max(limit * 2, 8)
        precondition(room <= 1 << 31, "A state table has at most 2^31 groups.")
        let newKeys = largeMemory(max(room * keyWords, 1) * 8).assumingMemoryBound(to: UInt64.self)
        newKeys.update(from: keys, count: count * keyWords)
        keys.deallocate()
        keys = newKeys
        let newAccumulators = zeroedLargeMemory(room * accumulatorBytes)
        newAccumulators.copyMemory(from: accumulators, byteCount: count * accumulatorBytes)
        accumulators.deallocate()
        accumulators = newAccumulators
        limit = room
        if directSpan == 0 { indexKeys() }
    }

    /// Makes the index of the keys anew, for as many as there is room for.
    mutating func indexKeys() {
        if indexDirectly() { return }
        let capacity = limit * (limit <= 1 << 16 ? 4 : 2)
        if UInt64(capacity - 1) == mask {
            slots.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * slotBytes)
        } else {
            slots.deallocate()
            slots = zeroedLargeMemory(capacity * slotBytes)
            mask = UInt64(capacity - 1)
            shift = UInt64(64 - capacity.trailingZeroBitCount)
        }
        for group in 0..<count { place(group, hash(key(group))) }
    }

    /// Forgets all groups; keeps the memory for the next ones.
    public mutating func clear() {
        clearIndex()
        accumulators.initializeMemory(as: UInt8.self, repeating: 0, count: count * accumulatorBytes)
        if dictionary != nil { presence.update(repeating: 0, count: count) }
        count = 0
        arena.reset()
        arena.collection.reset()
        for index in layout.distinctValues.indices { distinct[index].clear() }
    }

    /// Counts a value of a DISTINCT call in; true if the group did not have it before.
    @inlinable public func addDistinct<Value: GroupKey>(_ value: Value, call: Int, group: Int) -> Bool {
        let count = distinctCount(value, call: call, group: group)
        count.pointee &+= 1
        return count.pointee == 1
    }

    /// Takes a value of a DISTINCT call back; true if the group no longer has it.
    @inlinable public func retractDistinct<Value: GroupKey>(_ value: Value, call: Int, group: Int) -> Bool {
        let count = distinctCount(value, call: call, group: group)
        count.pointee &-= 1
        return count.pointee == 0
    }

    @inlinable func distinctCount<Value: GroupKey>(_ value: Value, call: Int, group: Int) -> UnsafeMutablePointer<Int64>
    {
        // Sound: `distinct` has a table for every DISTINCT call, and a column's key has at most four words.
        let table = distinct + call
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 8) { words in
            let words = words.baseAddress.unsafelyUnwrapped
            words[0] = UInt64(truncatingIfNeeded: group)
            value.store(words + 1)
            var hasher = KeyHasher()
            hasher.combine(words[0])
            value.combine(into: &hasher)
            let entry = table.pointee.findOrInsert(UnsafePointer(words), hash: hasher.hash)
            return table.pointee.accumulator(entry).assumingMemoryBound(to: Int64.self)
        }
    }
}
