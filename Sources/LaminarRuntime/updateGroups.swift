/// What is told of each group before a row changes it.
public protocol GroupObserver: BitwiseCopyable {
    func willChange<Record: BitwiseCopyable>(_ group: Int, _ record: UnsafeMutablePointer<Record>, _ weight: Int64)
}

/// For results that are emitted once: nothing to remember.
public struct NoObserver: GroupObserver {
    @inlinable public init() {}
    @inlinable public func willChange<Record: BitwiseCopyable>(
        _ group: Int, _ record: UnsafeMutablePointer<Record>, _ weight: Int64
    ) {}
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
    var slots = table.pointee.slots
    var keys = table.pointee.keys
    var accumulators = table.pointee.accumulators
    var mask = table.pointee.mask
    var shift = table.pointee.shift
    var failure = fault
    var row = from
    while row < to {
        if _fastPath(program.passes(columns, row, &scratch, &failure)) {
            let key = program.key(columns, row, &scratch, &failure)
            var group = 0
            if Program.Key.wordCount == 0 {
                if _slowPath(table.pointee.count == 0) {
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
                        slots = table.pointee.slots
                        keys = table.pointee.keys
                        accumulators = table.pointee.accumulators
                        mask = table.pointee.mask
                        shift = table.pointee.shift
                        break
                    }
                    slot = (slot &+ 1) & mask
                }
            }
            // Sound: the table's layout is made from this very type.
            let record = (accumulators + group &* Program.accumulatorBytes).assumingMemoryBound(
                to: Program.Accumulators.self)
            if _fastPath(weights == nil) {
                observer.willChange(group, record, 1)
                program.fold(&record.pointee, group, table, columns, row, &scratch, &failure)
            } else {
                var weight = weights.unsafelyUnwrapped[row]
                observer.willChange(group, record, weight)
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

/// Makes the group of a key that was not found.
@inlinable @inline(never) public func insertGroup<Key: GroupKey>(
    _ key: Key, _ hash: UInt64, _ table: UnsafeMutablePointer<GroupTable>
) -> Int {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(Key.wordCount, 1)) { words in
        let words = words.baseAddress.unsafelyUnwrapped
        key.store(words)
        return table.pointee.insert(words, hash: hash)
    }
}
