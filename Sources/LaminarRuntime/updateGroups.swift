/// What is told of each group before a row changes it.
public protocol GroupObserver: BitwiseCopyable {
    func willChange(_ group: Int, _ table: UnsafeMutablePointer<GroupTable>, _ weight: Int64)
}

/// For results that are emitted once: nothing to remember.
public struct NoObserver: GroupObserver {
    @inlinable public init() {}
    @inlinable public func willChange(_ group: Int, _ table: UnsafeMutablePointer<GroupTable>, _ weight: Int64) {}
}

/// Marks the groups of a pane that have rows.
public struct PresenceObserver: GroupObserver {
    @inlinable public init() {}

    @inlinable public func willChange(_ group: Int, _ table: UnsafeMutablePointer<GroupTable>, _ weight: Int64) {
        let presence = table.pointee.presence
        presence[group] = 1
    }
}

/// The hot loop of every aggregation: filter, key, hash, probe and fold rows `from..<to`.
///
/// The table's base pointers, mask and shift are held in locals, since a store through an accumulator could alias them;
/// they are loaded again after an insertion. A failure is collected, not thrown. The loop reads raw pointers only, so
/// that it can be compiled to bitcode with the program's functions left as holes.
/// - Parameter weights: nil: every row counts once.
@inlinable public func updateGroups<Program: GroupProgram, Observer: GroupObserver>(
    _ program: Program, _ table: UnsafeMutablePointer<GroupTable>, _ columns: Program.Columns, _ from: Int, _ to: Int,
    weights: UnsafePointer<Int64>?, _ observer: Observer, _ scratch: inout Arena, _ fault: inout Fault
) {
    let index = keyTable(table)
    if index != table { table.pointee.cover(index.pointee.count) }
    var slots = index.pointee.slots
    var keys = index.pointee.keys
    var accumulators = table.pointee.accumulators
    var mask = index.pointee.mask
    var shift = index.pointee.shift
    var failure = fault
    var row = from
    while row < to {
        if _fastPath(program.passes(columns, row, &scratch, &failure)) {
            let key = program.key(columns, row, &scratch, &failure)
            var group = 0
            if Program.Key.wordCount == 0 {
                if _slowPath(index.pointee.count == 0) {
                    group = insertGroup(key, key.hash64, table)
                    accumulators = table.pointee.accumulators
                }
            } else {
                let hash = key.hash64
                let tag = UInt32(truncatingIfNeeded: hash)
                var slot = hash &>> shift
                while true {
                    let entry = slots[Int(truncatingIfNeeded: slot)]
                    if _fastPath(entry != 0 && UInt32(truncatingIfNeeded: entry &>> 32) == tag) {
                        group = Int(UInt32(truncatingIfNeeded: entry)) &- 1
                        if _fastPath(key.equals(keys + group &* Program.Key.wordCount)) { break }
                    } else if entry == 0 {
                        group = insertGroup(key, hash, table)
                        slots = index.pointee.slots
                        keys = index.pointee.keys
                        accumulators = table.pointee.accumulators
                        mask = index.pointee.mask
                        shift = index.pointee.shift
                        break
                    }
                    slot = (slot &+ 1) & mask
                }
            }
            // Sound: the table's layout is made from this very type.
            let record = (accumulators + group &* Program.accumulatorBytes).assumingMemoryBound(
                to: Program.Accumulators.self)
            if _fastPath(weights == nil) {
                observer.willChange(group, table, 1)
                program.fold(&record.pointee, group, table, columns, row, &scratch, &failure)
            } else {
                var weight = weights.unsafelyUnwrapped[row]
                observer.willChange(group, table, weight)
                while weight > 0 {
                    program.fold(&record.pointee, group, table, columns, row, &scratch, &failure)
                    weight &-= 1
                }
                while weight < 0 {
                    program.retract(&record.pointee, group, table, columns, row, &scratch, &failure)
                    weight &+= 1
                }
            }
        }
        row &+= 1
    }
    fault = failure
}

/// As `updateGroups` for rows in no order of time, each of which goes to a table of its own.
@inlinable public func scatterGroups<Program: GroupProgram>(
    _ program: Program, _ tables: UnsafePointer<UnsafeMutablePointer<GroupTable>?>, _ slotOfRow: UnsafePointer<UInt8>,
    _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
) {
    var failure = fault
    var row = from
    while row < to {
        if _fastPath(program.passes(columns, row, &scratch, &failure)) {
            // Sound: the caller has a table for every slot that it names.
            let table = tables[Int(slotOfRow[row &- from])].unsafelyUnwrapped
            let index = keyTable(table)
            let key = program.key(columns, row, &scratch, &failure)
            var group = 0
            if Program.Key.wordCount == 0 {
                if _slowPath(index.pointee.count == 0) { group = insertGroup(key, key.hash64, table) }
            } else {
                let hash = key.hash64
                let tag = UInt32(truncatingIfNeeded: hash)
                let slots = index.pointee.slots
                let keys = index.pointee.keys
                let mask = index.pointee.mask
                var slot = hash &>> index.pointee.shift
                while true {
                    let entry = slots[Int(truncatingIfNeeded: slot)]
                    if _fastPath(entry != 0 && UInt32(truncatingIfNeeded: entry &>> 32) == tag) {
                        group = Int(UInt32(truncatingIfNeeded: entry)) &- 1
                        if _fastPath(key.equals(keys + group &* Program.Key.wordCount)) { break }
                    } else if entry == 0 {
                        group = insertGroup(key, hash, table)
                        break
                    }
                    slot = (slot &+ 1) & mask
                }
            }
            if index != table {
                table.pointee.cover(group &+ 1)
                let presence = table.pointee.presence
                presence[group] = 1
            }
            // Sound: the table's layout is made from this very type.
            let record = (table.pointee.accumulators + group &* Program.accumulatorBytes).assumingMemoryBound(
                to: Program.Accumulators.self)
            program.fold(&record.pointee, group, table, columns, row, &scratch, &failure)
        }
        row &+= 1
    }
    fault = failure
}

/// Finds or makes the keys of rows `from..<to`; `.max` stands for a row that does not pass the filter.
@inlinable public func locateGroups<Program: GroupProgram>(
    _ program: Program, _ table: UnsafeMutablePointer<GroupTable>, into groups: UnsafeMutablePointer<UInt32>,
    _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
) {
    var slots = table.pointee.slots
    var keys = table.pointee.keys
    var mask = table.pointee.mask
    var shift = table.pointee.shift
    var failure = fault
    var row = from
    while row < to {
        var group = Int(UInt32.max)
        if _fastPath(program.passes(columns, row, &scratch, &failure)) {
            let key = program.key(columns, row, &scratch, &failure)
            if Program.Key.wordCount == 0 {
                group = 0
                if _slowPath(table.pointee.count == 0) { group = insertGroup(key, key.hash64, table) }
            } else {
                let hash = key.hash64
                let tag = UInt32(truncatingIfNeeded: hash)
                var slot = hash &>> shift
                while true {
                    let entry = slots[Int(truncatingIfNeeded: slot)]
                    if _fastPath(entry != 0 && UInt32(truncatingIfNeeded: entry &>> 32) == tag) {
                        group = Int(UInt32(truncatingIfNeeded: entry)) &- 1
                        if _fastPath(key.equals(keys + group &* Program.Key.wordCount)) { break }
                    } else if entry == 0 {
                        group = insertGroup(key, hash, table)
                        slots = table.pointee.slots
                        keys = table.pointee.keys
                        mask = table.pointee.mask
                        shift = table.pointee.shift
                        break
                    }
                    slot = (slot &+ 1) & mask
                }
            }
        }
        groups[row &- from] = UInt32(truncatingIfNeeded: group)
        row &+= 1
    }
    fault = failure
}

/// Makes the group of a key that was not found, in the dictionary too where the table is a pane.
@inlinable @inline(never) public func insertGroup<Key: GroupKey>(
    _ key: Key, _ hash: UInt64, _ table: UnsafeMutablePointer<GroupTable>
) -> Int {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(Key.wordCount, 1)) { words in
        let words = words.baseAddress.unsafelyUnwrapped
        key.store(words)
        let index = keyTable(table)
        let group = index.pointee.insert(words, hash: hash)
        if index != table { table.pointee.cover(group &+ 1) }
        return group
    }
}
