/// A pane that has rows, or has been asked for.
@usableFromInline struct OpenPane: BitwiseCopyable {
    @usableFromInline let pane: WindowPane
    @usableFromInline let table: UnsafeMutablePointer<GroupTable>
    /// Where it matters what groups were, or how many rows they have.
    @usableFromInline let changes: UnsafeMutablePointer<ChangeRecorder>?

    @inlinable init(
        pane: WindowPane, table: UnsafeMutablePointer<GroupTable>, changes: UnsafeMutablePointer<ChangeRecorder>?
    ) {
        self.pane = pane
        self.table = table
        self.changes = changes
    }
}

/// The open panes of a windowed aggregation in order of time, the dictionary of keys that they share if windows overlap,
/// and tables for the next ones. A class, since the optimiser cannot yet inline the end of a value of this kind into a
/// user's module.
@usableFromInline final class PaneStore {
    /// Tables that are kept for the next panes.
    private static var pooledTables: Int { 8 }

    @usableFromInline let sharesKeys: Bool
    /// Where a window of several panes is added up.
    @usableFromInline let sum: UnsafeMutablePointer<GroupTable>
    private let layout: GroupTableLayout
    private let recordsChanges: Bool
    private let groupMemoryBytes: Int64
    let dictionary: UnsafeMutablePointer<GroupTable>
    private var panes: [OpenPane] = []
    private var pool: [UnsafeMutablePointer<GroupTable>] = []
    /// Keys from which on those of no pane are dropped.
    private(set) var keyLimit = PaneStore.leastKeyLimit
    private static var leastKeyLimit: Int { 1024 }
    /// Groups gathered to be emitted.
    private var gathered: GatheredGroups

    /// - Parameter groupMemoryBytes: what ordered aggregates may collect in a group.
    init(_ layout: GroupTableLayout, sharesKeys: Bool, recordsChanges: Bool, groupMemoryBytes: Int64) {
        self.groupMemoryBytes = groupMemoryBytes
        self.layout = layout
        self.sharesKeys = sharesKeys
        self.recordsChanges = recordsChanges
        dictionary = GroupTable.make(layout.keysOnly)
        sum = sharesKeys ? GroupTable.makePane(layout, of: dictionary) : GroupTable.make(layout)
        gathered = GatheredGroups(layout)
    }

    deinit {
        for pane in panes { Self.destroy(pane) }
        for table in pool { GroupTable.destroy(table) }
        GroupTable.destroy(sum)
        GroupTable.destroy(dictionary)
    }

    private static func destroy(_ pane: OpenPane) {
        GroupTable.destroy(pane.table)
        pane.changes?.deinitialize(count: 1)
        pane.changes?.deallocate()
    }

    @usableFromInline var count: Int { panes.count }
    @usableFromInline var first: OpenPane? { panes.first }
    @usableFromInline subscript(position: Int) -> OpenPane { panes[position] }

    /// The open pane of these times, which is made if it has no rows yet.
    @usableFromInline func open(_ pane: WindowPane) -> OpenPane {
        var low = 0
        var high = panes.count
        while low < high {
            let middle = (low &+ high) / 2
            if panes[middle].pane.lower < pane.lower { low = middle &+ 1 } else { high = middle }
        }
        if low < panes.count, panes[low].pane.lower == pane.lower { return panes[low] }
        let table = pool.popLast() ?? (sharesKeys ? GroupTable.makePane(layout, of: dictionary) : GroupTable.make(layout))
        table.pointee.arena.collection.bytes = groupMemoryBytes
        var changes: UnsafeMutablePointer<ChangeRecorder>?
        if recordsChanges {
            let recorder = UnsafeMutablePointer<ChangeRecorder>.allocate(capacity: 1)
            recorder.initialize(to: ChangeRecorder(accumulatorBytes: layout.accumulatorBytes))
            changes = recorder
        }
        let made = OpenPane(pane: pane, table: table, changes: changes)
        panes.insert(made, at: low)
        return made
    }

    /// How many panes, from the first on, a window has; those of earlier windows are gone.
    @usableFromInline func count(of window: Int64) -> Int {
        var count = 0
        while count < panes.count, panes[count].pane.first <= window { count += 1 }
        return count
    }

    /// The positions of the panes of a window, earlier ones being open.
    func positions(of window: Int64) -> Range<Int> {
        guard let start = panes.firstIndex(where: { $0.pane.last >= window }) else { return 0..<0 }
        var end = start
        while end < panes.count, panes[end].pane.first <= window { end += 1 }
        return start..<end
    }

    /// Lets go of the panes of which all windows have a smaller number.
    @usableFromInline func removeAll(before window: Int64) {
        var over = 0
        while over < panes.count, panes[over].pane.last < window {
            recycle(panes[over])
            over += 1
        }
        panes.removeFirst(over)
    }

    @usableFromInline func removeFirst() { recycle(panes.removeFirst()) }

    /// Returns a table to the pool, whose last table is the one that is still in the cache.
    private func recycle(_ pane: OpenPane) {
        pane.changes?.deinitialize(count: 1)
        pane.changes?.deallocate()
        if pool.count < Self.pooledTables {
            pane.table.pointee.clear()
            pool.append(pane.table)
        } else {
            GroupTable.destroy(pane.table)
        }
    }

    func clear() {
        for pane in panes { Self.destroy(pane) }
        panes = []
        dictionary.pointee.clear()
        keyLimit = Self.leastKeyLimit
    }

    /// The groups of a pane that have rows, or a window's that has been added up, close together.
    @usableFromInline func denseGroups(of table: UnsafeMutablePointer<GroupTable>) -> GroupSlice {
        let count = table.pointee.count
        let presence = table.pointee.presence
        var present = 0
        for group in 0..<count { present &+= Int(presence[group]) }
        let bytes = layout.accumulatorBytes
        if present == count {
            return GroupSlice(
                keys: UnsafePointer(dictionary.pointee.keys), accumulators: UnsafeRawPointer(table.pointee.accumulators),
                count: count, keyWords: layout.keyWords, accumulatorBytes: bytes)
        }
        gathered.clear()
        gathered.append(
            dictionary.pointee.keys, table.pointee.accumulators, where: UnsafePointer(presence), of: count, present: present)
        return gathered.slice
    }

    /// Drops the keys that no pane has any more once they are the most.
    ///
    /// Called behind closed windows only, so that the order of keys is a function of the rows.
    @usableFromInline func compactKeysIfNeeded() {
        if _fastPath(!sharesKeys || dictionary.pointee.count <= keyLimit) { return }
        let count = dictionary.pointee.count
        let kept = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        kept.initialize(repeating: 0, count: count)
        defer { kept.deallocate() }
        for pane in panes {
            for group in 0..<pane.table.pointee.count where isUsed(group, pane) { kept[group] = 1 }
        }
        for pane in panes {
            pane.changes?.pointee.keepGroups(UnsafePointer(kept), count: pane.table.pointee.count)
            pane.table.pointee.keepGroups(UnsafePointer(kept))
        }
        sum.pointee.clear()
        dictionary.pointee.keepGroups(UnsafePointer(kept))
        keyLimit = max(Self.leastKeyLimit, 2 * dictionary.pointee.count)
    }

    private func isUsed(_ group: Int, _ pane: OpenPane) -> Bool {
        guard let changes = pane.changes else { return pane.table.pointee.isPresent(group) }
        return changes.pointee.rowCount(group) != 0 || !pane.table.pointee.isBlank(group)
    }

    // MARK: State

    /// Writes the keys and the panes that have groups.
    func encode(to writer: inout StateWriter) {
        if sharesKeys {
            writer.write(UInt64(keyLimit))
            writer.write(UInt64(dictionary.pointee.count))
            for group in 0..<dictionary.pointee.count { dictionary.pointee.encodeKey(of: group, to: &writer) }
        }
        let used = panes.filter { pane in
            sharesKeys
                ? (0..<pane.table.pointee.count).contains { isUsed($0, pane) } : pane.table.pointee.count > 0
        }
        writer.write(UInt64(used.count))
        for pane in used {
            writer.write(pane.pane.lower)
            if sharesKeys {
                pane.table.pointee.encodePane(to: &writer) { isUsed($0, pane) }
            } else {
                pane.table.pointee.encode(to: &writer)
            }
            guard let changes = pane.changes else { continue }
            for group in 0..<pane.table.pointee.count where !sharesKeys || isUsed(group, pane) {
                writer.write(changes.pointee.rowCount(group))
            }
        }
    }

    /// Replaces everything by what `encode` wrote; `pane` gives the pane of a time, or nil if it is not open.
    func restore(
        from reader: inout StateReader, pane: (Int64) -> WindowPane?
    ) throws(StateError) {
        if sharesKeys {
            let limit = try reader.readInteger(UInt64.self)
            guard limit >= UInt64(Self.leastKeyLimit), limit < 1 << 40 else { throw .corrupt("a limit of keys is none") }
            keyLimit = Int(limit)
            let keys = try reader.readCount(bytesEach: min(layout.keyWords, 1) * 8)
            if layout.keyWords == 0, keys > 1 { throw .corrupt("a table without a key has several groups") }
            for group in 0..<keys where try dictionary.pointee.decodeKey(from: &reader) != group {
                throw .corrupt("a key appears twice")
            }
        }
        for _ in 0..<(try reader.readCount(bytesEach: 16)) {
            let lower = try reader.readInteger(Int64.self)
            guard let times = pane(lower), times.lower == lower, panes.last.map({ $0.pane.lower < lower }) ?? true else {
                throw .corrupt("windows are out of order or closed")
            }
            let pane = open(times)
            var groups: [Int] = []
            if sharesKeys {
                try pane.table.pointee.decodePane(from: &reader) { (group, _) throws(StateError) in groups.append(group) }
            } else {
                try pane.table.pointee.decode(from: &reader)
                groups = Array(0..<pane.table.pointee.count)
            }
            guard let changes = pane.changes else { continue }
            var rows = Array(repeating: Int64(0), count: pane.table.pointee.count)
            for group in groups { rows[group] = try reader.readInteger(Int64.self) }
            changes.pointee.restore(rows: rows)
        }
    }
}

/// Keys and accumulator records copied close together.
struct GatheredGroups: ~Copyable {
    private var keys: UnsafeMutablePointer<UInt64>
    private var accumulators: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity = 16
    private let keyWords: Int
    private let accumulatorBytes: Int

    init(_ layout: GroupTableLayout) {
        keyWords = layout.keyWords
        accumulatorBytes = layout.accumulatorBytes
        keys = .allocate(capacity: max(capacity * keyWords, 1))
        accumulators = .allocate(byteCount: max(capacity * accumulatorBytes, 16), alignment: 16)
    }

    deinit {
        keys.deallocate()
        accumulators.deallocate()
    }

    mutating func clear() { count = 0 }

    mutating func reserve(_ groups: Int) { while capacity < groups { grow() } }

    mutating func append(_ key: UnsafePointer<UInt64>, _ accumulator: UnsafeRawPointer) {
        if count == capacity { grow() }
        (keys + count &* keyWords).update(from: key, count: keyWords)
        (accumulators + count &* accumulatorBytes).copyMemory(from: accumulator, byteCount: accumulatorBytes)
        count &+= 1
    }

    /// Adds those of `groups` groups for which `isPresent` is 1; there are `present` of them.
    mutating func append(
        _ allKeys: UnsafePointer<UInt64>, _ records: UnsafeRawPointer, where isPresent: UnsafePointer<UInt8>,
        of groups: Int, present: Int
    ) {
        // One more, which the loop without branches writes behind the last.
        reserve(count + present + 1)
        if keyWords == 1, accumulatorBytes == 8 {
            let values = records.assumingMemoryBound(to: UInt64.self)
            let targets = accumulators.assumingMemoryBound(to: UInt64.self)
            var next = count
            for group in 0..<groups {
                keys[next] = allKeys[group]
                targets[next] = values[group]
                next &+= Int(isPresent[group])
            }
            count = next
            return
        }
        for group in 0..<groups where isPresent[group] != 0 {
            append(allKeys + group &* keyWords, records + group &* accumulatorBytes)
        }
    }

    /// The groups; valid until the next change.
    var slice: GroupSlice {
        GroupSlice(
            keys: UnsafePointer(keys), accumulators: UnsafeRawPointer(accumulators), count: count,
            keyWords: keyWords, accumulatorBytes: accumulatorBytes)
    }

    private mutating func grow() {
        let larger = capacity * 2
        let newKeys = UnsafeMutablePointer<UInt64>.allocate(capacity: max(larger * keyWords, 1))
        newKeys.update(from: keys, count: count * keyWords)
        keys.deallocate()
        keys = newKeys
        let newAccumulators = UnsafeMutableRawPointer.allocate(
            byteCount: max(larger * accumulatorBytes, 16), alignment: 16)
        newAccumulators.copyMemory(from: accumulators, byteCount: count * accumulatorBytes)
        accumulators.deallocate()
        accumulators = newAccumulators
        capacity = larger
    }
}
