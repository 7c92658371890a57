/// A running aggregation: an updating result with one row per group.
///
/// After each input batch the groups that it touched are compared with what they were before it: a changed row comes out
/// as its old form with weight −1 and then its new form with weight +1, a new one with +1, one of which all rows were
/// taken back with −1; an unchanged one does not come out. Groups come out in the order in which the batch first touched
/// them. An aggregation without GROUP BY has its one row from the start.
public struct RunningAggregate<Program: AggregateProgram>: ~Copyable {
    @usableFromInline static var chunkRows: Int { 256 }

    public let program: Program
    public let policies: RowPolicies
    /// Whether rows that are taken back must have been there: where they are those of a source's changelog.
    public let checksRetractions: Bool

    @usableFromInline var tally = OperatorCounters()
    @usableFromInline var divertedRows: [DivertedRow] = []
    @usableFromInline let table: UnsafeMutablePointer<GroupTable>
    @usableFromInline let changes: UnsafeMutablePointer<ChangeRecorder>
    @usableFromInline var scratch = Arena()
    @usableFromInline var watermarkSoFar = noWatermark
    private var hasBegun = false
    private var changesOfGroups: GroupChanges
    let timeToLive: TimeToLive?
    /// The time of the clock.
    var now: Int64 = 0
    /// When each group was last touched, and the first time at which one may go; only with a time to live.
    var touchTimes: [Int64] = []
    var nextEnd: Int64?

    /// - Parameter timeToLive: microseconds of processing time after which a group that no row touches is taken back and
    ///   forgotten; nil: never.
    public init(
        _ program: Program, policies: RowPolicies = RowPolicies(), checksRetractions: Bool = false,
        timeToLive: Int64? = nil
    ) {
        self.timeToLive = timeToLive.map(TimeToLive.init)
        self.program = program
        self.policies = policies
        self.checksRetractions = checksRetractions
        let layout = program.layout
        table = GroupTable.make(layout)
        table.pointee.arena.collection.bytes = policies.groupMemoryBytes
        changes = .allocate(capacity: 1)
        // A group from which nothing is taken back stays, unless its time is over.
        changes.initialize(
            to: ChangeRecorder(
                accumulatorBytes: layout.accumulatorBytes, countsRows: program.canRetract || timeToLive != nil))
        changesOfGroups = GroupChanges(layout: layout)
    }

    deinit {
        GroupTable.destroy(table)
        changes.deinitialize(count: 1)
        changes.deallocate()
    }

    public var counters: OperatorCounters { tally }

    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// The watermark that has come in; the output's is the same.
    public var watermark: Int64 { watermarkSoFar }

    /// Emits the row that an aggregation without GROUP BY has from the start. Called once before the first push; again,
    /// or after a restore, it does nothing.
    public mutating func begin(into output: ColumnBatch) throws(PipelineError) {
        if hasBegun || table.pointee.keyWords > 0 { return }
        hasBegun = true
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { words in
            guard let words = words.baseAddress else { return }
            words.initialize(to: 0)
            let group = table.pointee.findOrInsert(words, hash: table.pointee.hash(words))
            changes.pointee.willChange(group, table, 0)
        }
        try emitChanges(isFirst: true, into: output)
    }

    /// Processes a batch, weights included, and appends the changes to `output`, whose weights are then set, and a
    /// watermark step if the batch had any.
    ///
    /// An error leaves the operator unusable except for being destroyed or restored.
    @inlinable public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        try begin(into: output)
        if let weights = batch.weights, !program.canRetract {
            for row in 0..<batch.rowCount where weights[row] < 0 {
                throw PipelineError.retractionNotSupported(row: row)
            }
        }
        tally.rowsIn &+= Int64(batch.rowCount)
        let columns = program.columns(of: batch)
        let before = tally
        if checksRetractions, let weights = batch.weights, !table.pointee.layout.distinctValues.isEmpty {
            // Distinct values cannot be brought back to what they were, so each row is looked at before.
            try foldMatched(columns, batch.rowCount, weights)
        } else {
            try foldAll(columns, 0, batch.rowCount, batch.weights)
            if checksRetractions, let weights = batch.weights, _slowPath(changes.pointee.isOverdrawn) {
                tally = before
                divertedRows.removeAll(keepingCapacity: true)
                changes.pointee.takeBack(table)
                try foldMatched(columns, batch.rowCount, weights)
            }
        }
        do throws(PipelineError) {
            try emitChanges(isFirst: false, into: output)
        } catch {
            throw withRow(error, columns, batch.rowCount, batch.weights)
        }
        if let last = batch.steps.last { try advance(to: last.watermark, into: output) }
    }

    /// Hands a watermark on; nothing fires.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        try begin(into: output)
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        output.appendStep(watermark)
    }

    @inlinable mutating func foldAll(
        _ columns: Program.Columns, _ first: Int, _ end: Int, _ weights: UnsafePointer<Int64>?
    ) throws(PipelineError) {
        var from = first
        while from < end {
            let to = min(from &+ Self.chunkRows, end)
            try fold(columns, from, to, weights)
            scratch.resetIfUsed()
            from = to
        }
    }

    @inlinable mutating func fold(
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ weights: UnsafePointer<Int64>?
    ) throws(PipelineError) {
        var first = from
        let entriesBefore = table.pointee.arena.collection.entries
        if policies.evaluationError != .fail {
            while let failed = program.firstFailure(columns, first, to, &scratch) {
                var fault = Fault()
                program.update(
                    table, columns, first, failed.row, weights: weights, recording: changes, &scratch, &fault)
                tally.evaluationErrors &+= 1
                if policies.evaluationError == .divert {
                    divertedRows.append(
                        DivertedRow(
                            row: failed.row, reason: .evaluationError,
                            error: PipelineError(failed.fault, row: failed.row)))
                }
                first = failed.row &+ 1
            }
        }
        var fault = Fault()
        program.update(table, columns, first, to, weights: weights, recording: changes, &scratch, &fault)
        if _slowPath(fault.isRaised) {
            let failed = program.firstFailure(columns, first, to, &scratch)
            throw PipelineError(failed?.fault ?? fault, row: failed?.row)
        }
        if _slowPath(table.pointee.arena.collection.isExceeded) {
            throw program.collectionFailure(
                table, columns, from, to, weights: weights, entriesBefore: entriesBefore, &scratch)
        }
    }

    /// Emits what the touched groups were and are, where it differs, and forgets them.
    @inlinable mutating func emitChanges(isFirst: Bool, into output: ColumnBatch) throws(PipelineError) {
        let changed = changes.pointee.touchedGroups(
            of: table, isGlobal: table.pointee.keyWords == 0, isFirst: isFirst)
        if changed.count > 0 {
            let first = output.rowCount
            output.reserve(2 &* changed.count)
            var fault = Fault()
            let origins = originsOfRows(2 &* changed.count)
            if let pairs = program.emitChanges(changed, into: output, pairs: pairList, &fault), !fault.isRaised {
                takeOutEqual(pairs, of: output, from: first)
            } else {
                if !fault.isRaised {
                    program.emit(gathered(changed), WindowBounds(start: 0, end: 0), into: output, origins: origins, &fault)
                    resolveOrigins(output.rowCount &- first)
                }
                if _slowPath(fault.isRaised) {
                    output.truncate(to: first)
                    if policies.evaluationError == .fail { throw PipelineError(fault) }
                    emitOneByOne(changed, into: output, origins)
                }
                settle(output, from: first)
            }
        }
        forgetChanges()
        table.pointee.compactStringsIfNeeded()
    }

    /// Emits the groups that do not fail.
    @usableFromInline @inline(never) mutating func emitOneByOne(
        _ changed: TouchedGroups, into output: ColumnBatch, _ origins: UnsafeMutablePointer<UInt32>
    ) {
        let first = output.rowCount
        let groups = gathered(changed)
        for entry in 0..<groups.count {
            let before = output.rowCount
            var fault = Fault()
            program.emit(groups[entry], WindowBounds(start: 0, end: 0), into: output, origins: nil, &fault)
            let code = changesOfGroups.code(entry)
            if fault.isRaised {
                output.truncate(to: before)
                if code & 1 != 0 { tally.evaluationErrors &+= 1 }
            } else if output.rowCount > before {
                origins[before - first] = code
            }
        }
    }

    @usableFromInline mutating func originsOfRows(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        changesOfGroups.originsOfRows(count)
    }

    @usableFromInline var pairList: UnsafeMutablePointer<UInt32> { changesOfGroups.pairs }

    @usableFromInline mutating func takeOutEqual(_ pairs: Int, of output: ColumnBatch, from first: Int) {
        if pairs > 0 { changesOfGroups.takeOutEqual(pairs, of: output, from: first) }
        tally.rowsOut &+= Int64(output.rowCount &- first)
    }

    @usableFromInline mutating func gathered(_ changed: TouchedGroups) -> GroupSlice {
        changesOfGroups.gather(changed)
        return changesOfGroups.groups
    }

    @usableFromInline func resolveOrigins(_ rows: Int) { changesOfGroups.resolveOrigins(rows) }

    @usableFromInline mutating func settle(_ output: ColumnBatch, from first: Int) {
        tally.rowsOut += Int64(changesOfGroups.settle(output, from: first))
    }

    @usableFromInline mutating func forgetChanges() {
        if timeToLive != nil {
            for position in 0..<changes.pointee.touchedCount { noteTouch(Int(changes.pointee.touched[position])) }
        }
        changes.pointee.reset(groupCount: table.pointee.count)
        // The next batch remembers records whose bags must stay as they are.
        table.pointee.arena.generation &+= 1
    }
}

extension RunningAggregate {
    /// Writes watermark, counters, the groups and how many rows each has.
    public func encode(to writer: inout StateWriter) {
        writer.write(hasBegun)
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        table.pointee.encode(to: &writer)
        for group in 0..<table.pointee.count { writer.write(changes.pointee.rowCount(group)) }
        if timeToLive != nil {
            for group in 0..<table.pointee.count { writer.write(group < touchTimes.count ? touchTimes[group] : now) }
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        hasBegun = false
        watermarkSoFar = noWatermark
        tally = OperatorCounters()
        divertedRows = []
        table.pointee.clear()
        changes.pointee.restore(rows: [])
        touchTimes = []
        nextEnd = nil

        let begun = try reader.readBool()
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        try table.pointee.decode(from: &reader)
        var rows: [Int64] = []
        var times: [Int64] = []
        do {
            for _ in 0..<table.pointee.count { rows.append(try reader.readInteger(Int64.self)) }
            if timeToLive != nil {
                for _ in 0..<table.pointee.count { times.append(try reader.readInteger(Int64.self)) }
            }
        } catch {
            table.pointee.clear()
            throw error
        }
        changes.pointee.restore(rows: rows)
        touchTimes = times
        nextEnd = times.isEmpty ? nil : .min
        hasBegun = begun
        watermarkSoFar = watermark
        tally = counters
    }
}
