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

/// Marks the groups of a pane that have rows.
public struct PresenceObserver: GroupObserver {
    @usableFromInline let pane: UnsafeMutablePointer<GroupTable>

    @inlinable public init(_ pane: UnsafeMutablePointer<GroupTable>) { self.pane = pane }

    @inlinable public func willChange<Record: BitwiseCopyable>(
        _ group: Int, _ record: UnsafeMutablePointer<Record>, _ weight: Int64
    ) {
        let presence = pane.pointee.presence
        presence[group] = 1
    }
}

/// The hot loop of every aggregation: filter, key, hash, probe and fold rows `from..<to`.
///
/// The table's base pointers, mask and shift are held in locals, since a store through an accumulator could alias them;
/// they are loaded again after an insertion. A failure is collected, not thrown. The loop reads raw pointers only, so
/// that it can be compiled to bitcode with the program's functions left as holes.
/// - Parameters:
///   - table: where it is a pane, it covers all groups of its dictionary.
///   - weights: nil: every row counts once.
@inlinable public func updateGroups<Program: GroupProgram, Observer: GroupObserver>(
    _ program: Program, _ table: UnsafeMutablePointer<GroupTable>, _ columns: Program.Columns, _ from: Int, _ to: Int,
    weights: UnsafePointer<Int64>?, _ observer: Observer, _ scratch: inout Arena, _ fault: inout Fault
) {
    let index = keyTable(table)
    var probe = GroupProbe<Program.Key>(index)
    var accumulators = table.pointee.accumulators
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
                group = probe.find(key, hash: hash)
                if _slowPath(group < 0) {
                    group = insertGroup(key, hash, table)
                    probe = GroupProbe(index)
                    accumulators = table.pointee.accumulators
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

/// As `updateGroups`, without an observer, for the rows `first + rows[n]` and a table with keys of its own.
@inlinable public func updateSelectedGroups<Program: GroupProgram>(
    _ program: Program, _ table: UnsafeMutablePointer<GroupTable>, _ columns: Program.Columns, _ first: Int,
    _ rows: UnsafePointer<UInt8>, _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
) {
    var probe = GroupProbe<Program.Key>(table)
    var accumulators = table.pointee.accumulators
    var failure = fault
    var index = 0
    while index < count {
        let row = first &+ Int(rows[index])
        index &+= 1
        if _slowPath(!program.passes(columns, row, &scratch, &failure)) { continue }
        let key = program.key(columns, row, &scratch, &failure)
        var group = 0
        if Program.Key.wordCount == 0 {
            if _slowPath(table.pointee.count == 0) {
                group = insertGroup(key, key.hash64, table)
                accumulators = table.pointee.accumulators
            }
        } else {
            let hash = key.hash64
            group = probe.find(key, hash: hash)
            if _slowPath(group < 0) {
                group = insertGroup(key, hash, table)
                probe = GroupProbe(table)
                accumulators = table.pointee.accumulators
            }
        }
        // Sound: the table's layout is made from this very type.
        let record = (accumulators + group &* Program.accumulatorBytes).assumingMemoryBound(
            to: Program.Accumulators.self)
        program.fold(&record.pointee, group, table, columns, row, &scratch, &failure)
    }
    fault = failure
}

/// As `updateGroups` for rows in no order of time, whose panes share a dictionary.
@inlinable public func scatterGroups<Program: GroupProgram>(
    _ program: Program, _ rows: PaneRows, _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena,
    _ fault: inout Fault
) {
    let index = keyTable(rows.table(ofRow: 0))
    var probe = GroupProbe<Program.Key>(index)
    var failure = fault
    var row = from
    while row < to {
        if _fastPath(program.passes(columns, row, &scratch, &failure)) {
            let table = rows.table(ofRow: row &- from)
            let key = program.key(columns, row, &scratch, &failure)
            var group = 0
            if Program.Key.wordCount == 0 {
                if _slowPath(index.pointee.count == 0) { group = insertGroup(key, key.hash64, table) }
            } else {
                let hash = key.hash64
                group = probe.find(key, hash: hash)
                if _slowPath(group < 0) {
                    group = insertGroup(key, hash, table)
                    probe = GroupProbe(index)
                }
            }
            table.pointee.cover(group &+ 1)
            let presence = table.pointee.presence
            presence[group] = 1
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
    var probe = GroupProbe<Program.Key>(table)
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
                group = probe.find(key, hash: hash)
                if _slowPath(group < 0) {
                    group = insertGroup(key, hash, table)
                    probe = GroupProbe(table)
                }
            }
        }
        groups[row &- from] = UInt32(truncatingIfNeeded: group)
        row &+= 1
    }
    fault = failure
}

/// Reads what folding rows `from..<to` will read of a table that is larger than the caches, so that the waits of many rows
/// overlap: in the loop that folds a row's loads depend on each other, and few rows fit into the processor's window.
@inlinable @inline(never) public func readAhead<Program: GroupProgram>(
    _ program: Program, _ table: UnsafeMutablePointer<GroupTable>, _ columns: Program.Columns, _ from: Int, _ to: Int,
    _ scratch: inout Arena
) {
    if Program.Key.wordCount == 0 { return }
    let index = keyTable(table)
    let probe = GroupProbe<Program.Key>(index)
    let comparesKeys = index.pointee.directSpan == 0
    let keys = index.pointee.keys
    let accumulators = table.pointee.accumulators
    let stride = table.pointee.accumulatorBytes
    let last = max(stride &- 8, 0)
    let count = table.pointee.count
    var ignored = Fault()
    var sum: UInt64 = 0
    var row = from
    while row < to {
        let group = probe.guess(program.key(columns, row, &scratch, &ignored))
        if group >= 0, group < count {
            if comparesKeys { sum ^= keys[group &* Program.Key.wordCount] }
            let record = accumulators + group &* stride
            sum ^= record.load(as: UInt64.self) ^ record.load(fromByteOffset: last, as: UInt64.self)
        }
        row &+= 1
    }
    table.pointee.readAhead = sum
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
