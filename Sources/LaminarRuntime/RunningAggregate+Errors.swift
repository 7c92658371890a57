import LaminarColumns
import LaminarKernels
import LaminarState

extension RunningAggregate {
    /// Folds a batch of a changelog, and leaves out rows that take back more of a group than there is.
    @usableFromInline mutating func foldMatched(
        _ columns: Program.Columns, _ count: Int, _ weights: UnsafePointer<Int64>
    ) throws(PipelineError) {
        // A row's group is that of a table in which it is the only one.
        let probe = GroupTable.make(program.layout)
        let recorder = UnsafeMutablePointer<ChangeRecorder>.allocate(capacity: 1)
        recorder.initialize(to: ChangeRecorder(accumulatorBytes: program.layout.accumulatorBytes))
        defer {
            GroupTable.destroy(probe)
            recorder.deinitialize(count: 1)
            recorder.deallocate()
        }
        let one = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
        defer { one.deallocate() }
        one.initialize(to: 1)
        var run = 0
        for row in 0..<count where weights[row] < 0 {
            try foldAll(columns, run, row, weights)
            run = row + 1
            probe.pointee.clear()
            recorder.pointee.restore(rows: [])
            var fault = Fault()
            // Sound: only the weight of this row is read.
            program.update(
                probe, columns, row, row + 1, weights: UnsafePointer(one - row), recording: recorder, &scratch, &fault)
            scratch.resetIfUsed()
            if recorder.pointee.touchedCount > 0, !fault.isRaised {
                let key = probe.pointee.key(Int(recorder.pointee.touched[0]))
                let group = table.pointee.findOrInsert(key, hash: table.pointee.hash(key))
                let (left, overflow) = changes.pointee.rowCount(group).addingReportingOverflow(weights[row])
                if overflow || left < 0 {
                    try leaveOut(row)
                    continue
                }
            }
            try foldAll(columns, row, row + 1, weights)
        }
        try foldAll(columns, run, count, weights)
    }

    /// Counts a row that takes back what is not there.
    private mutating func leaveOut(_ row: Int) throws(PipelineError) {
        let error = PipelineError.retractionWithoutRow(row: row)
        tally.unmatchedRetractions &+= 1
        if policies.evaluationError == .fail { throw error }
        tally.evaluationErrors &+= 1
        if policies.evaluationError == .divert {
            divertedRows.append(DivertedRow(row: row, reason: .evaluationError, error: error))
        }
    }

    /// The error of a result with the row of the batch after which its group had none any more.
    @usableFromInline mutating func withRow(
        _ error: PipelineError, _ columns: Program.Columns, _ count: Int, _ weights: UnsafePointer<Int64>?
    ) -> PipelineError {
        if error.row != nil { return error }
        let (program, table, changes) = (program, table, changes)
        let batch = ColumnBatch(types: program.outputTypes, capacity: 64)
        func fails(_ table: UnsafeMutablePointer<GroupTable>, _ group: Int) -> Bool {
            var fault = Fault()
            batch.clear()
            program.emit(
                GroupSlice(table, from: group, count: 1), WindowBounds(start: 0, end: 0), into: batch, origins: nil,
                &fault)
            return fault.isRaised
        }
        guard let position = (0..<changes.pointee.touchedCount).first(where: { position in
            fails(table, Int(changes.pointee.touched[position]))
        }) else { return error }
        // The group alone, from what it was before the batch; other groups of these rows stay empty beside it.
        let replay = GroupTable.make(program.layout)
        let recorder = UnsafeMutablePointer<ChangeRecorder>.allocate(capacity: 1)
        recorder.initialize(to: ChangeRecorder(accumulatorBytes: program.layout.accumulatorBytes))
        defer {
            GroupTable.destroy(replay)
            recorder.deinitialize(count: 1)
            recorder.deallocate()
        }
        let key = table.pointee.key(Int(changes.pointee.touched[position]))
        let group = replay.pointee.findOrInsert(key, hash: replay.pointee.hash(key))
        let bytes = program.layout.accumulatorBytes
        replay.pointee.accumulator(group).copyMemory(
            from: changes.pointee.accumulatorsBefore + position * bytes, byteCount: bytes)
        // What bags hold belongs to the other table, so it is copied before it is changed.
        replay.pointee.arena.generation = table.pointee.arena.generation &+ 1
        var error = error
        for row in 0..<count {
            var fault = Fault()
            program.update(replay, columns, row, row + 1, weights: weights, recording: recorder, &scratch, &fault)
            if fails(replay, group) {
                error.row = row
                break
            }
        }
        scratch.resetIfUsed()
        return error
    }
}
