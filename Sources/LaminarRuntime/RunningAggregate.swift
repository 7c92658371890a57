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

    @usableFromInline var tally = OperatorCounters()
    @usableFromInline var divertedRows: [DivertedRow] = []
    @usableFromInline let table: UnsafeMutablePointer<GroupTable>
    @usableFromInline let changes: UnsafeMutablePointer<ChangeRecorder>
    @usableFromInline var scratch = Arena()
    @usableFromInline var watermarkSoFar = noWatermark
    private var hasBegun = false
    private var oldRows: ChangedRows
    private var newRows: ChangedRows
    private var merge = ChangeMerge()

    public init(_ program: Program, policies: RowPolicies = RowPolicies()) {
        self.program = program
        self.policies = policies
        let layout = program.layout
        table = GroupTable.make(layout)
        changes = .allocate(capacity: 1)
        changes.initialize(to: ChangeRecorder(accumulatorBytes: layout.accumulatorBytes))
        oldRows = ChangedRows(types: program.outputTypes, layout: layout)
        newRows = ChangedRows(types: program.outputTypes, layout: layout)
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
        var from = 0
        while from < batch.rowCount {
            let to = min(from &+ Self.chunkRows, batch.rowCount)
            try fold(columns, from, to, batch.weights)
            scratch.resetIfUsed()
            from = to
        }
        try emitChanges(isFirst: false, into: output)
        if let last = batch.steps.last { try advance(to: last.watermark, into: output) }
    }

    /// Hands a watermark on; nothing fires.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        try begin(into: output)
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        output.appendStep(watermark)
    }

    @inlinable mutating func fold(
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ weights: UnsafePointer<Int64>?
    ) throws(PipelineError) {
        var first = from
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
    }

    /// Emits what the touched groups were and are, where it differs, and forgets them.
    @inlinable mutating func emitChanges(isFirst: Bool, into output: ColumnBatch) throws(PipelineError) {
        prepareChanges(isFirst: isFirst)
        try emitSide(isOld: true)
        try emitSide(isOld: false)
        mergeChanges(into: output)
        table.pointee.compactStringsIfNeeded()
    }

    /// Emits one side of the touched groups into its own batch.
    @inlinable mutating func emitSide(isOld: Bool) throws(PipelineError) {
        let side = changedSide(isOld: isOld)
        let window = WindowBounds(start: 0, end: 0)
        side.batch.reserve(side.groups.count)
        var fault = Fault()
        program.emit(side.groups, window, into: side.batch, origins: side.origins, &fault)
        if !fault.isRaised { return }
        if policies.evaluationError == .fail { throw PipelineError(fault) }
        side.batch.clear()
        for group in 0..<side.groups.count {
            let before = side.batch.rowCount
            var fault = Fault()
            program.emit(side.groups[group], window, into: side.batch, origins: nil, &fault)
            if fault.isRaised {
                side.batch.truncate(to: before)
                if !isOld { tally.evaluationErrors &+= 1 }
            } else if side.batch.rowCount > before {
                side.origins[before] = UInt32(truncatingIfNeeded: group)
            }
        }
    }

    @usableFromInline func changedSide(isOld: Bool) -> ChangedSide { isOld ? oldRows.side : newRows.side }

    /// Gathers keys and accumulators of the groups that were, and of those that are, part of the result.
    @usableFromInline mutating func prepareChanges(isFirst: Bool) {
        let isGlobal = table.pointee.keyWords == 0
        oldRows.clear()
        newRows.clear()
        let bytes = table.pointee.accumulatorBytes
        for position in 0..<changes.pointee.touchedCount {
            let group = Int(changes.pointee.touched[position])
            if isGlobal ? !isFirst : changes.pointee.rowsBefore[position] > 0 {
                oldRows.append(
                    position, table.pointee.key(group), changes.pointee.accumulatorsBefore + position * bytes)
            }
            if isGlobal || changes.pointee.rows[group] > 0 {
                newRows.append(position, table.pointee.key(group), table.pointee.accumulator(group))
            }
        }
    }

    @usableFromInline mutating func mergeChanges(into output: ColumnBatch) {
        let before = output.rowCount
        merge.merge(oldRows, newRows, into: output)
        tally.rowsOut += Int64(output.rowCount - before)
        changes.pointee.reset()
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
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        hasBegun = false
        watermarkSoFar = noWatermark
        tally = OperatorCounters()
        divertedRows = []
        table.pointee.clear()
        changes.pointee.restore(rows: [])

        let begun = try reader.readBool()
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        try table.pointee.decode(from: &reader)
        var rows: [Int64] = []
        do {
            for _ in 0..<table.pointee.count { rows.append(try reader.readInteger(Int64.self)) }
        } catch {
            table.pointee.clear()
            throw error
        }
        changes.pointee.restore(rows: rows)
        hasBegun = begun
        watermarkSoFar = watermark
        tally = counters
    }
}
