/// Makes a `GroupProgram` an `AggregateProgram`: the row functions fused into one loop per chunk.
public struct CompiledAggregate<Program: GroupProgram>: AggregateProgram {
    public let program: Program

    @inlinable public init(_ program: Program) { self.program = program }

    public var layout: GroupTableLayout { Program.layout }
    public var outputTypes: [PhysicalType] { Program.outputTypes }
    public var canRetract: Bool { Program.canRetract }

    @inlinable public func columns(of batch: BatchView) -> Program.Columns { program.columns(of: batch) }

    @inlinable public func time(
        _ columns: Program.Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int64? { program.time(columns, row, &scratch, &fault) }

    @inlinable public func timesLie(
        within lower: Int64, through upper: Int64, _ columns: Program.Columns, _ from: Int, _ to: Int,
        _ scratch: inout Arena
    ) -> Bool {
        // The sign bit of either difference is set for every time outside, also where a difference wraps around: what
        // one misses, more than 2^63 away, the other catches.
        var outside: Int64 = 0
        var failure = Fault()
        var row = from
        while row < to {
            if let time = program.time(columns, row, &scratch, &failure) {
                outside |= (time &- lower) | (upper &- time)
            } else {
                outside = .min
            }
            row &+= 1
        }
        return outside >= 0 && !failure.isRaised
    }

    @inlinable public func greatestTime(
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena
    ) -> Int64 {
        // Four chains of comparisons, which do not wait for each other.
        var a = Int64.min
        var b = Int64.min
        var c = Int64.min
        var d = Int64.min
        var failure = Fault()
        var row = from
        while row &+ 4 <= to {
            a = max(a, program.time(columns, row, &scratch, &failure) ?? .min)
            b = max(b, program.time(columns, row &+ 1, &scratch, &failure) ?? .min)
            c = max(c, program.time(columns, row &+ 2, &scratch, &failure) ?? .min)
            d = max(d, program.time(columns, row &+ 3, &scratch, &failure) ?? .min)
            row &+= 4
        }
        while row < to {
            a = max(a, program.time(columns, row, &scratch, &failure) ?? .min)
            row &+= 1
        }
        return max(max(a, b), max(c, d))
    }

    @inlinable public func passes(
        _ columns: Program.Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Bool { program.passes(columns, row, &scratch, &fault) }

    @inlinable public func update(
        _ table: UnsafeMutablePointer<GroupTable>, _ columns: Program.Columns, _ from: Int, _ to: Int,
        _ scratch: inout Arena, _ fault: inout Fault
    ) {
        if _slowPath(table.pointee.isBeyondCaches && to &- from >= 16) {
            readAhead(program, table, columns, from, to, &scratch)
        }
        if table.pointee.dictionary == nil {
            updateGroups(program, table, columns, from, to, weights: nil, NoObserver(), &scratch, &fault)
        } else {
            table.pointee.cover(keyTable(table).pointee.count)
            updateGroups(program, table, columns, from, to, weights: nil, PresenceObserver(table), &scratch, &fault)
        }
    }

    @inlinable public func update(
        _ rows: PaneRows, _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena,
        _ fault: inout Fault
    ) {
        if rows.sharesKeys {
            return scatterGroups(program, rows, columns, from, to, &scratch, &fault)
        }
        var number = 0
        while number < rows.paneCount {
            let pane = rows.pane(number)
            updateSelectedGroups(program, pane.table, columns, from, pane.rows, pane.count, &scratch, &fault)
            number &+= 1
        }
    }

    @inlinable public func locate(
        _ dictionary: UnsafeMutablePointer<GroupTable>, into groups: UnsafeMutablePointer<UInt32>,
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        if _slowPath(dictionary.pointee.isBeyondCaches && to &- from >= 16) {
            readAhead(program, dictionary, columns, from, to, &scratch)
        }
        locateGroups(program, dictionary, into: groups, columns, from, to, &scratch, &fault)
    }

    @inlinable public func fold(
        _ table: UnsafeMutablePointer<GroupTable>, at offset: Int, _ records: UnsafePointer<UInt32>,
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {
        let base = table.pointee.accumulators + offset
        let stride = table.pointee.accumulatorBytes
        var failure = fault
        var row = from
        while row < to {
            let record = records[row &- from]
            if _fastPath(record != .max) {
                // Sound: the records are made of this very type behind `offset` bytes.
                let accumulators = (base + Int(record) &* stride).assumingMemoryBound(to: Program.Accumulators.self)
                program.fold(&accumulators.pointee, Int(record), table, columns, row, &scratch, &failure)
            }
            row &+= 1
        }
        fault = failure
    }

    @inlinable public func prolong(
        _ sessions: OpenSessions, _ times: UnsafePointer<Int64>, _ columns: Program.Columns, _ from: Int, _ to: Int,
        _ scratch: inout Arena, _ fault: inout Fault
    ) -> SessionStop? {
        prolongSessions(program, sessions, times, columns, from, to, &scratch, &fault)
    }

    public var canMerge: Bool { Program.canMerge }

    @inlinable public func merge(
        _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int, stride: Int, _ arena: inout Arena
    ) {
        // Sound: records of the program's layout lie at each stride.
        if stride == MemoryLayout<Program.Accumulators>.stride {
            let sources = source.assumingMemoryBound(to: Program.Accumulators.self)
            let targets = target.assumingMemoryBound(to: Program.Accumulators.self)
            var record = 0
            while record < count {
                program.merge(&targets[record], sources[record], &arena)
                record &+= 1
            }
            return
        }
        var offset = 0
        for _ in 0..<count {
            program.merge(
                &(target + offset).assumingMemoryBound(to: Program.Accumulators.self).pointee,
                (source + offset).assumingMemoryBound(to: Program.Accumulators.self).pointee, &arena)
            offset &+= stride
        }
    }

    @inlinable public func update(
        _ table: UnsafeMutablePointer<GroupTable>, _ columns: Program.Columns, _ from: Int, _ to: Int,
        weights: UnsafePointer<Int64>?, recording changes: UnsafeMutablePointer<ChangeRecorder>,
        _ scratch: inout Arena, _ fault: inout Fault
    ) {
        let dictionary = keyTable(table)
        if dictionary != table { table.pointee.cover(dictionary.pointee.count) }
        if _slowPath(dictionary.pointee.isBeyondCaches && to &- from >= 16) {
            readAhead(program, table, columns, from, to, &scratch)
        }
        updateGroups(
            program, table, columns, from, to, weights: weights, RecordingObserver(changes), &scratch, &fault)
    }

    /// Folds row by row into a table of its own, which is thrown away.
    @inline(never) public func firstFailure(
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ scratch: inout Arena
    ) -> FailedRow? {
        let table = GroupTable.make(layout)
        defer { GroupTable.destroy(table) }
        for row in from..<to {
            var fault = Fault()
            update(table, columns, row, row + 1, &scratch, &fault)
            if fault.isRaised { return FailedRow(row: row, fault: fault) }
        }
        return nil
    }

    @inlinable public func emit(
        _ groups: GroupSlice, _ windows: WindowSlice, into batch: ColumnBatch,
        origins: UnsafeMutablePointer<UInt32>?, _ fault: inout Fault
    ) {
        let first = batch.rowCount
        var group = 0
        while group < groups.count {
            let row = batch.rowCount
            program.emit(
                groups.key(group), groups.accumulators(group).pointee, windows[group], into: batch, &fault)
            if let origins, batch.rowCount > row { origins[row &- first] = UInt32(truncatingIfNeeded: group) }
            group &+= 1
        }
    }
}

extension CompiledAggregate {
    /// Emits old and new rows straight from where they lie.
    @inlinable public func emitChanges(
        _ changed: TouchedGroups, into batch: ColumnBatch, pairs: UnsafeMutablePointer<UInt32>, _ fault: inout Fault
    ) -> Int? {
        let first = batch.rowCount
        let weights = batch.weights()
        let window = WindowBounds(start: 0, end: 0)
        let keys = changed.table.pointee.keys
        // Sound: the table's layout is made from this very type.
        let accumulators = changed.table.pointee.accumulators.assumingMemoryBound(to: Program.Accumulators.self)
        let before = changed.accumulatorsBefore.assumingMemoryBound(to: Program.Accumulators.self)
        var pairCount = 0
        var position = 0
        while position < changed.count {
            let group = changed.group(position)
            let key = Program.Key(words: keys + group &* Program.Key.wordCount)
            let row = batch.rowCount
            if changed.wasThere(position) {
                program.emit(key, before[position], window, into: batch, &fault)
                // Weights of rows that are not there are 1.
                weights[row] = batch.rowCount > row ? -1 : 1
            }
            if changed.isThere(position) {
                let next = batch.rowCount
                program.emit(key, accumulators[group], window, into: batch, &fault)
                weights[next] = 1
                if batch.rowCount == row &+ 2, !Program.differ(before[position], accumulators[group]) {
                    pairs[pairCount] = UInt32(truncatingIfNeeded: row &- first)
                    pairCount &+= 1
                }
            }
            position &+= 1
        }
        return pairCount
    }
}

/// Tells a `ChangeRecorder`.
public struct RecordingObserver: GroupObserver {
    @usableFromInline let changes: UnsafeMutablePointer<ChangeRecorder>

    @inlinable public init(_ changes: UnsafeMutablePointer<ChangeRecorder>) { self.changes = changes }

    @inlinable public func willChange<Record: BitwiseCopyable>(
        _ group: Int, _ record: UnsafeMutablePointer<Record>, _ weight: Int64
    ) {
        changes.pointee.willChange(group, record: record, weight)
    }
}
