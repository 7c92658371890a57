/// An aggregation over sessions under a watermark: for each key, rows of which none is more than the gap behind the one
/// before it. A session lasts from its first row to the gap behind its last; rows exactly the gap apart are in one.
///
/// A session closes, is given out and forgotten when the watermark reaches its end plus `lateness`; sessions come out in
/// order of their ends, then starts, then first rows. A row is judged against the watermark of the rows before it: it is
/// late if its own window, merged with the open sessions that it touches, has closed; a row that bridges sessions makes them
/// one, their accumulators merged. How rows are cut into batches changes nothing, the state's bytes included.
///
/// A row that prolongs the newest session of its key, nearly every one, is looked up, placed and folded in one loop
/// (`prolongSessions`) at the cost of two comparisons beside the lookup; no row sets a timer. Where many rows begin sessions, where
/// the tables are larger than the caches, and in the interpreter, chunks are looked up, placed and folded in three passes. See `SessionStore`.
public struct SessionAggregate<Program: AggregateProgram>: ~Copyable {
    /// Rows that are looked up, placed and folded together.
    @usableFromInline static var chunkRows: Int { 256 }

    public let program: Program
    /// Microseconds.
    public let gap: Int64
    /// Microseconds for which a session waits behind the watermark.
    public let lateness: Int64
    public let mode: WatermarkMode

    @usableFromInline var drops: RowDrops
    @usableFromInline var watermarkSoFar: Int64 = noWatermark
    @usableFromInline var scratch = Arena()
    @usableFromInline let times: UnsafeMutablePointer<Int64>
    @usableFromInline let groups: UnsafeMutablePointer<UInt32>
    @usableFromInline let numbers: UnsafeMutablePointer<UInt32>
    /// Whether nearly all rows of the last chunk prolonged a session, so that leaving the loop for others costs little.
    @usableFromInline var mostProlong = true
    var store: SessionStore
    private var gathered: GatheredGroups
    @usableFromInline var windows: [WindowBounds] = []

    public init(
        _ program: Program, gap: Int64, lateness: Int64 = 0, watermark mode: WatermarkMode,
        policies: RowPolicies = RowPolicies()
    ) {
        precondition(gap > 0 && lateness >= 0, "Sessions have a gap, and wait for zero or more microseconds.")
        precondition(program.canMerge, "A row may make two sessions one.")
        self.program = program
        self.gap = gap
        self.lateness = lateness
        self.mode = mode
        drops = RowDrops(policies)
        store = SessionStore(program.layout, gap: gap)
        gathered = GatheredGroups(program.layout)
        times = .allocate(capacity: Self.chunkRows)
        groups = .allocate(capacity: Self.chunkRows)
        numbers = .allocate(capacity: Self.chunkRows)
    }

    deinit {
        times.deallocate()
        groups.deallocate()
        numbers.deallocate()
    }

    public var counters: OperatorCounters { drops.tally }
    /// Rows of the last push that a policy of `.divert` kept out.
    public var diverted: [DivertedRow] { drops.diverted }
    public var watermark: Int64 { watermarkSoFar }
    /// How many sessions are open.
    public var sessionCount: Int { store.count }

    /// The watermark of the output: what comes out later ends behind it.
    public var outputWatermark: Int64 {
        watermarkSoFar == endOfInput ? endOfInput : saturatingSubtract(watermarkSoFar, lateness)
    }

    /// Processes a batch; appends the sessions that close to `output`, and a watermark step behind the batch.
    ///
    /// An error leaves the operator unusable except for being destroyed or restored.
    @inlinable public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        drops.beginBatch(rows: batch.rowCount)
        if let weights = batch.weights { try requireInsertions(weights, batch.rowCount) }
        try push(program.columns(of: batch), batch.rowCount, batch.steps, into: output)
    }

    /// Processes row 0 of `columns`, which brings no watermark step; as `push` of a batch of this row.
    @inlinable public mutating func push(
        row columns: Program.Columns, into output: ColumnBatch
    ) throws(PipelineError) {
        drops.beginBatch(rows: 1)
        try push(columns, 1, UnsafeBufferPointer(start: nil, count: 0), into: output)
    }

    @inlinable mutating func push(
        _ columns: Program.Columns, _ rows: Int, _ steps: UnsafeBufferPointer<WatermarkStep>, into output: ColumnBatch
    ) throws(PipelineError) {
        var step = 0
        var from = 0
        while from < rows {
            let to = min(from &+ Self.chunkRows, rows)
            var fault = Fault()
            var timed = from
            // Differences of these times do not wrap around; others are rare, and looked at one by one.
            if program.timesLie(within: -1 << 62, through: 1 << 62 &- 1, columns, from, to, &scratch) {
                copyTimes(columns, from, to)
                timed = to
            } else {
                while timed < to, let time = program.time(columns, timed, &scratch, &fault), !fault.isRaised {
                    times[timed &- from] = time
                    timed &+= 1
                }
            }
            if timed > from { try pushTimed(columns, from, timed, steps, &step, into: output) }
            if timed < to {
                try drops.dropUntimed(program, columns, timed, fault, &scratch)
                timed &+= 1
            }
            scratch.resetIfUsed()
            from = timed
        }
        try raise(through: rows, of: steps, &step, into: output)
        if watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    @inlinable func copyTimes(_ columns: Program.Columns, _ from: Int, _ to: Int) {
        let times = times
        var scratch = Arena()
        var ignored = Fault()
        var row = from
        while row < to {
            times[row &- from] = program.time(columns, row, &scratch, &ignored) ?? 0
            row &+= 1
        }
    }

    /// Raises the watermark from outside; `endOfInput` closes every session. A smaller one than before is ignored.
    @inlinable public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        try raise(to: watermark, into: output)
        if watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    // MARK: Rows in

    /// Rows that have a time, without those that fail where a policy lets them be dropped.
    @inlinable mutating func pushTimed(
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ steps: UnsafeBufferPointer<WatermarkStep>,
        _ step: inout Int, into output: ColumnBatch
    ) throws(PipelineError) {
        var first = from
        if drops.policies.evaluationError != .fail {
            while let failed = program.firstFailure(columns, first, to, &scratch) {
                try pushWhole(columns, from, first, failed.row, steps, &step, into: output)
                try drops.dropFailed(failed.row, failed.fault)
                // A row that fails raises the watermark like any.
                if case .rows(let delay) = mode { try raise(to: candidate(times[failed.row &- from], delay), into: output) }
                first = failed.row &+ 1
            }
        }
        try pushWhole(columns, from, first, to, steps, &step, into: output)
    }

    @inlinable func candidate(_ time: Int64, _ delay: Int64) -> Int64 {
        min(saturatingSubtract(time, delay), endOfInput &- 1)
    }

    /// Rows `first..<to` of a chunk that begins at `from`: looked up, placed, folded; then the sessions that close.
    @inlinable mutating func pushWhole(
        _ columns: Program.Columns, _ from: Int, _ first: Int, _ to: Int, _ steps: UnsafeBufferPointer<WatermarkStep>,
        _ step: inout Int, into output: ColumnBatch
    ) throws(PipelineError) {
        if first >= to { return }
        var running = beginChunk(from, first, to, steps, step)
        let otherRowsBefore = otherRows
        var isDone = false
        if mostProlong && !isBeyondCaches { isDone = try prolong(columns, from, first, to, &running) }
        if !isDone { try pushInPasses(columns, from, first, to, &running) }
        mostProlong = (otherRows &- otherRowsBefore) &* 16 <= to &- first
        for row in takeLateRows() { try drops.dropLate(program, columns, from &+ row, &scratch) }
        switch mode {
        case .rows: try raise(to: running.end, into: output)
        case .steps: try raise(through: to &- 1, of: steps, &step, into: output)
        }
    }

    /// Rows of a chunk in one loop, which is left for each that does more than prolong the newest session of its key; false:
    /// the program has no such loop, and nothing was done.
    @inlinable mutating func prolong(
        _ columns: Program.Columns, _ from: Int, _ first: Int, _ to: Int, _ running: inout RunningWatermark
    ) throws(PipelineError) -> Bool {
        var fault = Fault()
        var row = first
        while row < to {
            guard let stop = program.prolong(
                openSessions(running), times + (row &- from), columns, row, to, &scratch, &fault)
            else { return false }
            if _slowPath(fault.isRaised) { try fail(columns, first, to, fault) }
            if stop.row == to { break }
            row = stop.row
            numbers[0] = place(from, row, stop.group, &running)
            program.fold(records, at: SessionHeader.bytes, numbers, columns, row, row &+ 1, &scratch, &fault)
            row &+= 1
            if _slowPath(fault.isRaised) { try fail(columns, first, row, fault) }
        }
        return true
    }

    /// Rows of a chunk, whose tables may be larger than the caches: all are looked up, then placed, then folded.
    @inlinable mutating func pushInPasses(
        _ columns: Program.Columns, _ from: Int, _ first: Int, _ to: Int, _ running: inout RunningWatermark
    ) throws(PipelineError) {
        var fault = Fault()
        program.locate(dictionary, into: groups + (first &- from), columns, first, to, &scratch, &fault)
        if _slowPath(fault.isRaised) { try fail(columns, first, to, fault) }
        readAhead(first &- from, to &- from)
        var folded = first
        while folded < to {
            let stop = place(from, folded, through: to, &running)
            program.fold(
                records, at: SessionHeader.bytes, numbers + (folded &- from), columns, folded, stop, &scratch, &fault)
            if _slowPath(fault.isRaised) { try fail(columns, folded, stop, fault) }
            if stop < to { mergeBridged() }
            folded = stop
        }
    }

    @inlinable func fail(
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ fault: Fault
    ) throws(PipelineError) {
        var scratch = Arena()
        let failed = program.firstFailure(columns, from, to, &scratch)
        throw PipelineError(failed?.fault ?? fault, row: failed?.row)
    }

    /// Of rows of the chunk, by four chains of comparisons that do not wait for each other.
    @usableFromInline func greatestTime(_ from: Int, _ to: Int) -> Int64 {
        var (a, b, c, d) = (Int64.min, Int64.min, Int64.min, Int64.min)
        var row = from
        while row &+ 4 <= to {
            a = max(a, times[row])
            b = max(b, times[row &+ 1])
            c = max(c, times[row &+ 2])
            d = max(d, times[row &+ 3])
            row &+= 4
        }
        while row < to {
            a = max(a, times[row])
            row &+= 1
        }
        return max(max(a, b), max(c, d))
    }

    @usableFromInline var dictionary: UnsafeMutablePointer<GroupTable> { store.dictionary }
    @usableFromInline var records: UnsafeMutablePointer<GroupTable> { store.records }

    @usableFromInline func beginChunk(
        _ from: Int, _ first: Int, _ to: Int, _ steps: UnsafeBufferPointer<WatermarkStep>, _ step: Int
    ) -> RunningWatermark {
        var end = watermarkSoFar
        var delay: Int64?
        if case .rows(let behind) = mode {
            delay = behind
            end = max(end, candidate(greatestTime(first &- from, to &- from), behind))
        } else {
            var next = step
            while next < steps.count, steps[next].row < to {
                end = max(end, steps[next].watermark)
                next += 1
            }
        }
        let alive = saturatingSubtract(saturatingSubtract(end, lateness), gap)
        return RunningWatermark(
            watermarkSoFar, delay: delay, steps: steps, step: step, firstRow: from, seen: first &- from, end: end,
            alive: alive)
    }

    @usableFromInline var isBeyondCaches: Bool { store.isBeyondCaches }
    @usableFromInline var otherRows: Int { store.otherRows }

    @usableFromInline func readAhead(_ first: Int, _ end: Int) { store.readAhead(groups + first, end &- first) }

    @usableFromInline func openSessions(_ running: RunningWatermark) -> OpenSessions {
        OpenSessions(dictionary: store.dictionary, records: store.records, gap: gap, alive: running.alive)
    }

    /// The number of a row's session, `.max` for a row that is late.
    @usableFromInline mutating func place(
        _ from: Int, _ row: Int, _ group: Int, _ running: inout RunningWatermark
    ) -> UInt32 {
        store.place(row: row &- from, times, group: group, &running, lateness: lateness) { [program] in
            program.mergeBridged(of: $0)
        }
    }

    @usableFromInline mutating func place(
        _ from: Int, _ first: Int, through to: Int, _ running: inout RunningWatermark
    ) -> Int {
        let stop = store.place(
            times, groups, into: numbers, from: first &- from, to: to &- from, &running, lateness: lateness)
        return from &+ stop
    }

    @usableFromInline mutating func takeLateRows() -> [Int] {
        if store.lateRows.isEmpty { return [] }
        defer { store.lateRows.removeAll(keepingCapacity: true) }
        return store.lateRows
    }

    /// Makes the sessions one that the row bridges at which `place` has stopped.
    @usableFromInline mutating func mergeBridged() {
        program.mergeBridged(of: store)
        store.uniteBridged()
    }

    // MARK: Sessions out

    /// Raises the watermark to the steps that stand before or behind the rows up to `row`.
    @inlinable mutating func raise(
        through row: Int, of steps: UnsafeBufferPointer<WatermarkStep>, _ step: inout Int, into output: ColumnBatch
    ) throws(PipelineError) {
        guard case .steps = mode else { return }
        var watermark = watermarkSoFar
        while step < steps.count, steps[step].row <= row {
            watermark = max(watermark, steps[step].watermark)
            step += 1
        }
        try raise(to: watermark, into: output)
    }

    @inlinable mutating func raise(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        guard let sessions = takeClosed(at: watermark) else { return }
        try emitClosed(sessions, into: output)
        releaseClosed()
        output.appendStep(outputWatermark)
    }

    /// The sessions that have closed, once the watermark is raised if it is higher; their windows are in `windows`.
    @usableFromInline mutating func takeClosed(at watermark: Int64) -> GroupSlice? {
        if watermark > watermarkSoFar {
            watermarkSoFar = watermark
            store.closeAll(through: watermark == endOfInput ? .max : saturatingSubtract(watermark, lateness))
        }
        if store.closed.isEmpty { return nil }
        store.sortClosed()
        gathered.clear()
        gathered.reserve(store.closed.count)
        windows.removeAll(keepingCapacity: true)
        for session in store.closed {
            gathered.append(
                store.key(of: session),
                UnsafeRawPointer(records.pointee.accumulator(Int(session.number)) + SessionHeader.bytes))
            windows.append(WindowBounds(start: session.start, end: saturatingAdd(session.last, gap)))
        }
        return gathered.slice
    }

    @usableFromInline mutating func releaseClosed() { store.releaseClosed() }

    @inlinable mutating func emitClosed(_ sessions: GroupSlice, into output: ColumnBatch) throws(PipelineError) {
        let before = output.rowCount
        output.reserve(sessions.count)
        var fault = Fault()
        windows.withUnsafeBufferPointer { windows in
            guard let windows = windows.baseAddress else { return }
            program.emit(sessions, WindowSlice(each: windows), into: output, origins: nil, &fault)
        }
        if fault.isRaised {
            output.truncate(to: before)
            if drops.policies.evaluationError == .fail { throw PipelineError(fault) }
            for index in 0..<sessions.count {
                let before = output.rowCount
                var fault = Fault()
                program.emit(sessions[index], windows[index], into: output, origins: nil, &fault)
                if fault.isRaised {
                    output.truncate(to: before)
                    drops.tally.evaluationErrors &+= 1
                }
            }
        }
        drops.tally.rowsOut &+= Int64(output.rowCount &- before)
    }

    // MARK: State

    /// Writes watermark, counters and the open sessions in order of arrival.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        drops.tally.encode(to: &writer)
        store.encode(to: &writer)
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        store.clear()
        drops = RowDrops(drops.policies)
        watermarkSoFar = noWatermark
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        do throws(StateError) {
            try store.restore(from: &reader)
        } catch {
            store.clear()
            throw error
        }
        watermarkSoFar = watermark
        drops.tally = counters
    }
}

extension AggregateProgram {
    /// Merges the accumulators of the sessions that a row bridges into those of the oldest.
    func mergeBridged(of store: borrowing SessionStore) {
        guard let first = store.bridged.first else { return }
        let records = store.records
        let target = records.pointee.accumulator(Int(first)) + SessionHeader.bytes
        for number in store.bridged.dropFirst() {
            merge(
                records.pointee.accumulator(Int(number)) + SessionHeader.bytes, into: target, count: 1,
                stride: records.pointee.accumulatorBytes, &records.pointee.arena)
        }
    }
}
