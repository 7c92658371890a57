/// How an operator learns of the watermark.
public enum WatermarkMode: Sendable, Equatable, BitwiseCopyable {
    /// Each row, filtered out or not, raises it to its event time minus `delay` microseconds.
    case rows(delay: Int64)
    /// By the steps that travel with each batch.
    case steps
}

/// A tumbling-window aggregation under a watermark: each window's groups are emitted once, when it closes.
///
/// A window closes when the watermark reaches its end plus `lateness`. A row is judged against the watermark of the rows
/// before it; it is late if its window has closed. Windows fired by one watermark come out in order of their ends, groups
/// in the order of their first rows. How rows are cut into batches changes nothing, the state's bytes included.
///
/// One range test proves for a chunk of rows that all lie in the current window and none closes any; such a chunk is one
/// fused `update`. Other chunks go row by row through the exact path. Only windows that have rows exist, so a jump of
/// time by centuries costs nothing.
public struct TumblingAggregate<Program: AggregateProgram>: ~Copyable {
    /// Rows of one range test and one fused update.
    @usableFromInline static var chunkRows: Int { 256 }
    /// Tables that are kept for the next windows.
    @usableFromInline static var pooledTables: Int { 8 }

    public let program: Program
    public let windows: TumblingWindows
    /// Microseconds for which a window waits behind the watermark.
    public let lateness: Int64
    public let mode: WatermarkMode
    public let policies: RowPolicies
    /// Whether the exact watermark is tracked and handed on in the output's steps. Without it a watermark is only known
    /// up to the window it has reached, which is all that closing needs, and a pass over the times is saved.
    public let reportsWatermark: Bool
    /// How far the output's watermark is behind the input's, in microseconds.
    public let outputDelay: Int64

    @usableFromInline var tally = OperatorCounters()
    @usableFromInline var divertedRows: [DivertedRow] = []

    @usableFromInline struct Pane: BitwiseCopyable {
        @usableFromInline var index: Int64
        @usableFromInline var table: UnsafeMutablePointer<GroupTable>

        @inlinable init(index: Int64, table: UnsafeMutablePointer<GroupTable>) {
            self.index = index
            self.table = table
        }
    }

    @usableFromInline var watermarkSoFar: Int64 = noWatermark
    /// Windows with a smaller index have closed.
    @usableFromInline var closed: Int64
    /// The first event time that would close another window; `.max` where rows do not raise the watermark.
    @usableFromInline var closingTime: Int64 = .max
    /// The times of the current window that close nothing; empty (lower above upper) while there is no current window.
    @usableFromInline var currentLower: Int64 = .max
    @usableFromInline var currentUpper: Int64 = .min
    @usableFromInline var currentTable: UnsafeMutablePointer<GroupTable>?
    /// The open windows, by index.
    @usableFromInline var panes: [Pane] = []
    @usableFromInline var pool: [UnsafeMutablePointer<GroupTable>] = []
    @usableFromInline var scratch = Arena()

    /// - Parameters:
    ///   - reportsWatermark: true where the output feeds an operator that reads watermark steps.
    ///   - outputDelay: how far the output's event time can be behind the input's watermark; nil: `lateness`, which is
    ///     right for `window_time` and `window_end` (add the size for `window_start`).
    @inlinable public init(
        _ program: Program, windows: TumblingWindows, lateness: Int64 = 0, watermark mode: WatermarkMode,
        policies: RowPolicies = RowPolicies(), reportsWatermark: Bool = true, outputDelay: Int64? = nil
    ) {
        precondition(lateness >= 0, "A window waits for zero or more microseconds.")
        self.program = program
        self.windows = windows
        self.lateness = lateness
        self.mode = mode
        self.policies = policies
        self.reportsWatermark = reportsWatermark
        self.outputDelay = outputDelay ?? lateness
        closed = windows.index(of: .min)
        setClosingTime()
    }

    deinit {
        for pane in panes { GroupTable.destroy(pane.table) }
        for table in pool { GroupTable.destroy(table) }
    }

    public var counters: OperatorCounters { tally }

    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// The watermark of the rows so far; where it is not reported, the last one that closed a window.
    public var watermark: Int64 {
        if reportsWatermark || watermarkSoFar == endOfInput { return watermarkSoFar }
        if case .steps = mode { return watermarkSoFar }
        return closed == windows.index(of: .min) ? noWatermark : saturatingAdd(windows.start(of: closed), lateness)
    }

    /// The watermark of the output: what comes out later lies at or behind it.
    public var outputWatermark: Int64 {
        let watermark = watermark
        return watermark == endOfInput ? endOfInput : saturatingSubtract(watermark, outputDelay)
    }

    /// Processes a batch; appends the results of windows that close to `output`, with a watermark step behind each firing
    /// and one behind the batch.
    ///
    /// An error leaves the operator unusable except for being destroyed or restored.
    @inlinable public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        if let weights = batch.weights { try requireInsertions(weights, batch.rowCount) }
        tally.rowsIn &+= Int64(batch.rowCount)
        let columns = program.columns(of: batch)
        switch mode {
        case .rows:
            try push(columns, 0, batch.rowCount, into: output)
        case .steps:
            var from = 0
            for step in batch.steps {
                try push(columns, from, min(step.row, batch.rowCount), into: output)
                from = min(step.row, batch.rowCount)
                try raise(to: step.watermark, into: output)
            }
            try push(columns, from, batch.rowCount, into: output)
        }
        currentTable?.pointee.compactStringsIfNeeded()
        if reportsWatermark, watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    /// Processes row 0 of `columns`, which brings no watermark step; as `push` of a batch of this row.
    @inlinable public mutating func push(
        row columns: Program.Columns, into output: ColumnBatch
    ) throws(PipelineError) {
        if _slowPath(!divertedRows.isEmpty) { divertedRows.removeAll(keepingCapacity: true) }
        tally.rowsIn &+= 1
        try push(columns, 0, 1, into: output)
        currentTable?.pointee.compactStringsIfNeeded()
        if reportsWatermark, watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    /// Raises the watermark from outside; `endOfInput` closes every window. A smaller one than before is ignored.
    @inlinable public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        try raise(to: watermark, into: output)
        if watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    @inlinable mutating func push(
        _ columns: Program.Columns, _ first: Int, _ end: Int, into output: ColumnBatch
    ) throws(PipelineError) {
        var from = first
        while from < end {
            let to = min(from &+ Self.chunkRows, end)
            let lower = currentLower
            let upper = currentUpper
            if _fastPath(
                lower <= upper && program.timesLie(within: lower, through: upper, columns, from, to, &scratch)),
                let table = currentTable
            {
                try fold(table, columns, from, to)
                if reportsWatermark, case .rows(let delay) = mode {
                    let greatest = program.greatestTime(columns, from, to, &scratch)
                    watermarkSoFar = max(watermarkSoFar, candidate(greatest, delay))
                }
            } else {
                try pushExactly(columns, from, to, into: output)
            }
            scratch.resetIfUsed()
            from = to
        }
    }

    /// What a row raises the watermark to. Rows do not end an input: an infinite time stays a microsecond below that.
    @inlinable func candidate(_ time: Int64, _ delay: Int64) -> Int64 {
        min(saturatingSubtract(time, delay), endOfInput &- 1)
    }

    /// The exact path: judges each row, opens and closes windows, folds runs of rows of one window.
    @inlinable @inline(never) mutating func pushExactly(
        _ columns: Program.Columns, _ from: Int, _ to: Int, into output: ColumnBatch
    ) throws(PipelineError) {
        var run = from
        var runPane: Pane?
        var row = from
        while row < to {
            var fault = Fault()
            let time = program.time(columns, row, &scratch, &fault)
            guard let time, !fault.isRaised else {
                if let runPane { try fold(runPane.table, columns, run, row) }
                try dropUntimed(columns, row, fault)
                row &+= 1
                run = row
                continue
            }
            let index = windows.index(of: time)
            if index < closed {
                if let runPane { try fold(runPane.table, columns, run, row) }
                try dropLate(columns, row)
                run = row &+ 1
            } else if runPane?.index != index {
                if let runPane { try fold(runPane.table, columns, run, row) }
                runPane = open(index)
                run = row
            }
            row &+= 1
            guard case .rows(let delay) = mode else { continue }
            let candidate = candidate(time, delay)
            if candidate <= watermarkSoFar { continue }
            if time < closingTime {
                watermarkSoFar = candidate
            } else {
                if let runPane { try fold(runPane.table, columns, run, row) }
                run = row
                try raise(to: candidate, into: output)
                // The run's table may have gone back to the pool.
                if let pane = runPane, pane.index < closed { runPane = nil }
            }
        }
        if let runPane {
            try fold(runPane.table, columns, run, to)
            makeCurrent(runPane)
        }
    }

    /// Adds rows to a window, or finds the row that fails.
    @inlinable mutating func fold(
        _ table: UnsafeMutablePointer<GroupTable>, _ columns: Program.Columns, _ from: Int, _ to: Int
    ) throws(PipelineError) {
        if from == to { return }
        var first = from
        let entriesBefore = table.pointee.arena.collection.entries
        if policies.evaluationError != .fail {
            while let failed = program.firstFailure(columns, first, to, &scratch) {
                var fault = Fault()
                program.update(table, columns, first, failed.row, &scratch, &fault)
                dropFailed(failed.row, failed.fault)
                first = failed.row &+ 1
            }
        }
        var fault = Fault()
        program.update(table, columns, first, to, &scratch, &fault)
        if _slowPath(fault.isRaised) {
            let failed = program.firstFailure(columns, first, to, &scratch)
            throw PipelineError(failed?.fault ?? fault, row: failed?.row)
        }
        if _slowPath(table.pointee.arena.collection.isExceeded) {
            throw program.collectionFailure(
                table, columns, from, to, weights: nil, entriesBefore: entriesBefore, &scratch)
        }
    }

    @inlinable @inline(never) mutating func dropUntimed(
        _ columns: Program.Columns, _ row: Int, _ timeFault: Fault
    ) throws(PipelineError) {
        var fault = timeFault
        let passes = fault.isRaised || program.passes(columns, row, &scratch, &fault)
        if fault.isRaised {
            if policies.evaluationError == .fail { throw PipelineError(fault, row: row) }
            dropFailed(row, fault)
        } else if passes {
            if policies.nullEventTime == .fail { throw PipelineError.nullEventTime(row: row) }
            tally.nullEventTimes &+= 1
            if policies.nullEventTime == .divert {
                divertedRows.append(
                    DivertedRow(row: row, reason: .nullEventTime, error: PipelineError.nullEventTime(row: row)))
            }
        }
    }

    @inlinable @inline(never) mutating func dropLate(_ columns: Program.Columns, _ row: Int) throws(PipelineError) {
        var fault = Fault()
        let passes = program.passes(columns, row, &scratch, &fault)
        if fault.isRaised {
            if policies.evaluationError == .fail { throw PipelineError(fault, row: row) }
            dropFailed(row, fault)
        } else if passes {
            tally.lateRows &+= 1
            if policies.lateRow == .divert { divertedRows.append(DivertedRow(row: row, reason: .late)) }
        }
    }

    @usableFromInline mutating func dropFailed(_ row: Int, _ fault: Fault) {
        tally.evaluationErrors += 1
        if policies.evaluationError == .divert {
            divertedRows.append(
                DivertedRow(row: row, reason: .evaluationError, error: PipelineError(fault, row: row)))
        }
    }

    /// The open window of this index, which is made if it has no rows yet.
    @inlinable mutating func open(_ index: Int64) -> Pane {
        var low = 0
        var high = panes.count
        while low < high {
            let middle = (low &+ high) / 2
            if panes[middle].index < index { low = middle &+ 1 } else { high = middle }
        }
        if low < panes.count, panes[low].index == index { return panes[low] }
        let pane = Pane(index: index, table: pool.popLast() ?? makeTable())
        panes.insert(pane, at: low)
        return pane
    }

    @usableFromInline func makeTable() -> UnsafeMutablePointer<GroupTable> {
        let table = GroupTable.make(program.layout)
        table.pointee.arena.collection.bytes = policies.groupMemoryBytes
        return table
    }

    @usableFromInline mutating func makeCurrent(_ pane: Pane) {
        if pane.index < closed { return }
        currentTable = pane.table
        currentLower = windows.start(of: pane.index)
        // A time of `closingTime` or more closes a window; `.max` says that none does.
        currentUpper = min(windows.last(of: pane.index), closingTime == .max ? .max : closingTime - 1)
    }

    @usableFromInline mutating func setClosingTime() {
        guard case .rows(let delay) = mode, closed != .max else {
            closingTime = .max
            return
        }
        let nextStart = windows.end(of: closed)
        closingTime = saturatingAdd(saturatingAdd(nextStart, lateness), delay)
    }

    /// Raises the watermark, if it is higher, and fires the windows that it closes.
    @inlinable @inline(never) mutating func raise(
        to watermark: Int64, into output: ColumnBatch
    ) throws(PipelineError) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        let reached = watermark == endOfInput ? .max : windows.index(of: saturatingSubtract(watermark, lateness))
        if reached <= closed { return }
        closed = reached
        setClosingTime()
        currentLower = .max
        currentUpper = .min
        currentTable = nil
        var fired = 0
        // Also on an error: what has fired is in the pool already.
        defer { panes.removeFirst(fired) }
        while fired < panes.count, panes[fired].index < reached {
            try fire(panes[fired], into: output)
            fired &+= 1
        }
        if fired == 0 { return }
        output.appendStep(outputWatermark)
    }

    /// Emits a window and returns its table to the pool, whose last table is the one that is still in the cache.
    @inlinable mutating func fire(_ pane: Pane, into output: ColumnBatch) throws(PipelineError) {
        let bounds = windows.bounds(of: pane.index)
        let before = output.rowCount
        let groups = GroupSlice(pane.table)
        output.reserve(groups.count)
        var fault = Fault()
        program.emit(groups, bounds, into: output, origins: nil, &fault)
        if _slowPath(fault.isRaised) {
            output.truncate(to: before)
            if policies.evaluationError == .fail { throw PipelineError(fault) }
            emitOneByOne(pane.table, bounds, into: output)
        }
        tally.rowsOut &+= Int64(output.rowCount &- before)
        pane.table.pointee.clear()
        if pool.count < Self.pooledTables { pool.append(pane.table) } else { GroupTable.destroy(pane.table) }
    }

    /// Emits the groups of a window without those whose result fails.
    @inlinable @inline(never) mutating func emitOneByOne(
        _ table: UnsafeMutablePointer<GroupTable>, _ bounds: WindowBounds, into output: ColumnBatch
    ) {
        for group in 0..<table.pointee.count {
            let before = output.rowCount
            var fault = Fault()
            program.emit(GroupSlice(table, from: group, count: 1), bounds, into: output, origins: nil, &fault)
            if fault.isRaised {
                output.truncate(to: before)
                tally.evaluationErrors &+= 1
            }
        }
    }
}

/// Refuses rows of a weight other than +1.
@usableFromInline func requireInsertions(
    _ weights: UnsafePointer<Int64>, _ rows: Int
) throws(PipelineError) {
    for row in 0..<rows where weights[row] != 1 { throw .retractionNotSupported(row: row) }
}
