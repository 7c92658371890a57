/// How an operator learns of the watermark.
public enum WatermarkMode: Sendable, Equatable, BitwiseCopyable {
    /// Each row, filtered out or not, raises it to its event time minus `delay` microseconds.
    case rows(delay: Int64)
    /// By the steps that travel with each batch.
    case steps
}

/// When an aggregation over windows gives out its groups.
public enum WindowEmission: UInt8, Sendable, BitwiseCopyable {
    /// A window once, when the watermark reaches its end plus the lateness; never taken back.
    case onClose
    /// The same over input that takes rows back.
    case onCloseOfUpdates
    /// After each batch what has changed in it.
    case changes
    /// A window when the watermark reaches its end, and what late but allowed rows change in it after each batch.
    case afterWatermark

    /// Whether it has to be known what groups were before a batch, or how many rows they have left.
    @inlinable public var recordsChanges: Bool { self != .onClose }
    /// Whether what has come out can be taken back.
    @inlinable public var isUpdating: Bool { self == .changes || self == .afterWatermark }
}

/// An aggregation over tumbling, hopping or cumulating windows under a watermark.
///
/// A window closes, and is forgotten, when the watermark reaches its end plus `lateness`. A row is judged against the
/// watermark of the rows before it; it is late for a window that has closed, and counts in the others. Windows that one
/// watermark closes come out in order of their ends; groups in the order in which their keys first came: to the window
/// where windows do not overlap, else to any of those that are open. How rows are cut into batches changes nothing, the
/// state's bytes included, except how many changes an updating result takes.
///
/// A row is folded once, into the pane of its time. A tumbling window is one pane with a table of its own. The panes of
/// windows that overlap share a dictionary of keys, so that a window is added up from its panes group by group without a
/// lookup; windows that cumulate pass on what they have added up.
///
/// One range test proves for a chunk of rows that all lie in one pane, none is late and none closes a window; such a chunk
/// is one fused `update`. A chunk of which only the latter two hold is folded pane by pane. All others take the exact path.
/// Only panes that have rows exist, so a jump of time by centuries costs nothing.
public struct WindowAggregate<Program: AggregateProgram>: ~Copyable {
    /// Rows of one range test and one fused update.
    @usableFromInline static var chunkRows: Int { 256 }

    public let program: Program
    public let windows: TumblingWindows
    /// Microseconds for which a window waits behind the watermark.
    public let lateness: Int64
    public let emission: WindowEmission
    public let mode: WatermarkMode
    /// Whether the exact watermark is tracked and handed on in the output's steps. Without it a watermark is only known
    /// up to the window it has reached, which is all that closing needs, and a pass over the times is saved.
    public let reportsWatermark: Bool
    /// How far the output's watermark is behind the input's, in microseconds.
    public let outputDelay: Int64

    /// Whether a chunk may be folded pane by pane: not where changes are recorded, where failing rows are skipped, or where it has to be known which row made a table exceed its memory.
    @usableFromInline let scatters: Bool
    @usableFromInline var drops: RowDrops
    @usableFromInline var watermarkSoFar: Int64 = noWatermark
    /// Windows with a smaller number have closed.
    @usableFromInline var closed: Int64
    /// The first watermark that closes a window, or makes one due.
    @usableFromInline var nextWatermark: Int64 = .min
    /// The first event time that raises the watermark so far; `.max` where rows do not raise it.
    @usableFromInline var closingTime: Int64 = .max
    /// The times of the current pane that close nothing; empty (lower above upper) while there is no current pane.
    @usableFromInline var currentLower: Int64 = .max
    @usableFromInline var currentUpper: Int64 = .min
    @usableFromInline var current: OpenPane?
    @usableFromInline var panes: PaneStore
    @usableFromInline var map: PaneMap
    @usableFromInline var scratch = Arena()
    var changes: ChangeEmitter

    /// - Parameters:
    ///   - reportsWatermark: true where the output feeds an operator that reads watermark steps.
    ///   - outputDelay: how far the output's event time can be behind the input's watermark; nil: `lateness`, which is
    ///     right for `window_time` and `window_end` (add the size for `window_start`).
    public init(
        _ program: Program, windows: TumblingWindows, lateness: Int64 = 0, emission: WindowEmission = .onClose,
        watermark mode: WatermarkMode, policies: RowPolicies = RowPolicies(), reportsWatermark: Bool = true,
        outputDelay: Int64? = nil
    ) {
        precondition(lateness >= 0, "A window waits for zero or more microseconds.")
        precondition(emission == .onClose || mode == .steps, "Rows raise the watermark of plain results only.")
        precondition(program.canMerge || !windows.sharesPanes, "Windows of several panes are merged.")
        self.program = program
        self.windows = windows
        self.lateness = lateness
        self.emission = emission
        self.mode = mode
        self.reportsWatermark = reportsWatermark
        self.outputDelay = outputDelay ?? lateness
        drops = RowDrops(policies)
        scatters =
            !emission.recordsChanges && policies.evaluationError == .fail && program.layout.accumulatorBags.isEmpty
        panes = PaneStore(
            program.layout, sharesKeys: windows.sharesPanes, recordsChanges: emission.recordsChanges,
            groupMemoryBytes: policies.groupMemoryBytes)
        map = PaneMap(windows)
        changes = ChangeEmitter(layout: program.layout)
        closed = windows.index(of: .min)
        setNextWatermark()
    }

    public var counters: OperatorCounters { drops.tally }

    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { drops.diverted }

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

    /// Processes a batch, weights included; appends what comes out to `output`, with a watermark step behind each firing
    /// and one behind the batch.
    ///
    /// An error leaves the operator unusable except for being destroyed or restored.
    @inlinable public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        drops.beginBatch(rows: batch.rowCount)
        if let weights = batch.weights {
            if !emission.recordsChanges {
                try requireInsertions(weights, batch.rowCount)
            } else if !program.canRetract {
                try requireRetractable(weights, batch.rowCount)
            }
        }
        let weights = emission.recordsChanges ? batch.weights : nil
        let columns = program.columns(of: batch)
        switch mode {
        case .rows: try push(columns, 0, batch.rowCount, weights, into: output)
        case .steps:
            var from = 0
            for step in batch.steps {
                // Steps that close nothing do not cut the batch.
                if step.watermark < nextWatermark {
                    watermarkSoFar = max(watermarkSoFar, step.watermark)
                    continue
                }
                let to = min(step.row, batch.rowCount)
                try push(columns, from, to, weights, into: output)
                from = to
                try raise(to: step.watermark, into: output)
            }
            try push(columns, from, batch.rowCount, weights, into: output)
        }
        if emission.recordsChanges { try showChanges(into: output) }
        current?.table.pointee.compactStringsIfNeeded()
        if reportsWatermark, watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    /// Processes row 0 of `columns`, which brings no watermark step; as `push` of a batch of this row.
    @inlinable public mutating func push(
        row columns: Program.Columns, into output: ColumnBatch
    ) throws(PipelineError) {
        drops.beginBatch(rows: 1)
        if try !foldOne(columns) { try push(columns, 0, 1, nil, into: output) }
        if emission.recordsChanges { try showChanges(into: output) }
        current?.table.pointee.compactStringsIfNeeded()
        if reportsWatermark, watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    /// Raises the watermark from outside; `endOfInput` closes every window. A smaller one than before is ignored.
    @inlinable public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        try raise(to: watermark, into: output)
        if watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    // MARK: Rows in

    @inlinable mutating func push(
        _ columns: Program.Columns, _ first: Int, _ end: Int, _ weights: UnsafePointer<Int64>?,
        into output: ColumnBatch
    ) throws(PipelineError) {
        var from = first
        while from < end {
            let to = min(from &+ Self.chunkRows, end)
            let lower = currentLower
            let upper = currentUpper
            if _fastPath(
                lower <= upper && program.timesLie(within: lower, through: upper, columns, from, to, &scratch)),
                let pane = current
            {
                try fold(pane, columns, from, to, weights)
                noteGreatestTime(columns, from, to)
            } else if try scatter(columns, from, to) {
                noteGreatestTime(columns, from, to)
            } else {
                try pushExactly(columns, from, to, weights, into: output)
            }
            scratch.resetIfUsed()
            from = to
        }
    }

    /// Folds row 0 where it lies in the current pane, closes nothing and its group needs no watching; false: nothing was done.
    @inlinable mutating func foldOne(_ columns: Program.Columns) throws(PipelineError) -> Bool {
        var fault = Fault()
        guard scatters, let table = current?.table, let time = program.time(columns, 0, &scratch, &fault),
            currentLower <= time, time <= currentUpper, !fault.isRaised
        else { return false }
        program.update(table, columns, 0, 1, &scratch, &fault)
        if _slowPath(fault.isRaised) {
            let failed = program.firstFailure(columns, 0, 1, &scratch)
            throw PipelineError(failed?.fault ?? fault, row: failed?.row)
        }
        if reportsWatermark, case .rows(let delay) = mode { watermarkSoFar = max(watermarkSoFar, candidate(time, delay)) }
        scratch.resetIfUsed()
        return true
    }

    /// Lets rows that close nothing raise the watermark.
    @inlinable mutating func noteGreatestTime(_ columns: Program.Columns, _ from: Int, _ to: Int) {
        if reportsWatermark, case .rows(let delay) = mode {
            let greatest = program.greatestTime(columns, from, to, &scratch)
            watermarkSoFar = max(watermarkSoFar, candidate(greatest, delay))
        }
    }

    /// What a row raises the watermark to. Rows do not end an input: an infinite time stays a microsecond below that.
    @inlinable func candidate(_ time: Int64, _ delay: Int64) -> Int64 {
        min(saturatingSubtract(time, delay), endOfInput &- 1)
    }

    /// Folds rows of several panes if none is late and none closes a window; false: nothing was done.
    @inlinable @inline(never) mutating func scatter(
        _ columns: Program.Columns, _ from: Int, _ to: Int
    ) throws(PipelineError) -> Bool {
        if !scatters || to &- from < 8 { return false }
        var fault = Fault()
        guard let first = program.time(columns, from, &scratch, &fault), !fault.isRaised else { return false }
        let lower: Int64
        let upper: Int64
        (lower, upper) = map.range(
            around: first, from: windows.start(of: closed), through: closingTime == .max ? .max : closingTime &- 1)
        if !program.timesLie(within: lower, through: upper, columns, from, to, &scratch) { return false }
        let rows = map.rows
        if !listRows(rows, columns, from, to, lower) {
            rows.clear()
            return false
        }
        program.update(rows, columns, from, to, &scratch, &fault)
        rows.clear()
        if _slowPath(fault.isRaised) {
            let failed = program.firstFailure(columns, from, to, &scratch)
            throw PipelineError(failed?.fault ?? fault, row: failed?.row)
        }
        if let last = program.time(columns, to &- 1, &scratch, &fault) { makeCurrent(panes.open(windows.pane(of: last))) }
        return true
    }

    /// Puts rows whose times the map covers into the lists of their panes; false: one is in none.
    @inlinable mutating func listRows(
        _ rows: PaneRows, _ columns: Program.Columns, _ from: Int, _ to: Int, _ lower: Int64
    ) -> Bool {
        let quotient = map.quotient
        let count = to &- from
        var ignored = Fault()
        var row = 0
        while row < count {
            let time = program.time(columns, from &+ row, &scratch, &ignored) ?? lower
            let slot = quotient.slot(of: time)
            let position = Int(rows.counts[slot])
            if _slowPath(position == 0), !beginList(rows, slot, time) { return false }
            rows.rows[slot &* PaneRows.room &+ position] = UInt8(truncatingIfNeeded: row)
            rows.counts[slot] = Int32(truncatingIfNeeded: position &+ 1)
            rows.slots[row] = UInt8(truncatingIfNeeded: slot)
            row &+= 1
        }
        return true
    }

    /// Notes a slot as one that has rows, and opens its pane; false: rows of this time, in the gap between windows, are in none.
    @usableFromInline mutating func beginList(_ rows: PaneRows, _ slot: Int, _ time: Int64) -> Bool {
        if map.tables[slot] == nil {
            let pane = windows.pane(of: time)
            if pane.first > pane.last { return false }
            map.tables[slot] = panes.open(pane).table
        }
        rows.begin(slot)
        return true
    }

    /// The exact path: judges each row, opens and closes windows, folds runs of rows of one pane.
    @inlinable @inline(never) mutating func pushExactly(
        _ columns: Program.Columns, _ from: Int, _ to: Int, _ weights: UnsafePointer<Int64>?, into output: ColumnBatch
    ) throws(PipelineError) {
        var run = from
        var runPane: OpenPane?
        var row = from
        while row < to {
            var fault = Fault()
            let time = program.time(columns, row, &scratch, &fault)
            guard let time, !fault.isRaised else {
                if let runPane { try fold(runPane, columns, run, row, weights) }
                try drops.dropUntimed(program, columns, row, fault, &scratch)
                row &+= 1
                run = row
                continue
            }
            if !(runPane?.pane.contains(time) ?? false) || (runPane?.pane.first ?? 0) < closed {
                if let runPane { try fold(runPane, columns, run, row, weights) }
                run = row
                let pane = windows.pane(of: time)
                if pane.last < closed || pane.first > pane.last {
                    if pane.first <= pane.last {
                        try drops.dropLate(
                            program, columns, row, windows: pane.last &- pane.first &+ 1, &scratch)
                    }
                    runPane = nil
                    run = row &+ 1
                } else {
                    if pane.first < closed {
                        drops.noteMissed(program, columns, row, windows: closed &- pane.first, &scratch)
                    }
                    // What has been added up lies in the pane of the next window that cumulates.
                    runPane = panes.open(
                        windows.cumulates && pane.first < closed ? windows.pane(of: windows.start(of: closed)) : pane)
                }
            }
            row &+= 1
            guard case .rows(let delay) = mode else { continue }
            let candidate = candidate(time, delay)
            if candidate <= watermarkSoFar { continue }
            if time < closingTime {
                watermarkSoFar = candidate
            } else {
                if let runPane { try fold(runPane, columns, run, row, weights) }
                run = row
                try raise(to: candidate, into: output)
                // The run's table may have gone back to the pool.
                runPane = nil
            }
        }
        if let runPane {
            try fold(runPane, columns, run, to, weights)
            makeCurrent(runPane)
        }
    }

    /// Adds rows to a pane, or finds the row that fails.
    @inlinable mutating func fold(
        _ pane: OpenPane, _ columns: Program.Columns, _ from: Int, _ to: Int, _ weights: UnsafePointer<Int64>?
    ) throws(PipelineError) {
        if from >= to { return }
        var first = from
        let entriesBefore = pane.table.pointee.arena.collection.entries
        if drops.policies.evaluationError != .fail {
            while let failed = program.firstFailure(columns, first, to, &scratch) {
                var fault = Fault()
                update(pane, columns, first, failed.row, weights, &fault)
                try drops.dropFailed(failed.row, failed.fault)
                first = failed.row &+ 1
            }
        }
        var fault = Fault()
        update(pane, columns, first, to, weights, &fault)
        if _slowPath(fault.isRaised) {
            let failed = program.firstFailure(columns, first, to, &scratch)
            throw PipelineError(failed?.fault ?? fault, row: failed?.row)
        }
        if _slowPath(pane.table.pointee.arena.collection.isExceeded) {
            throw program.collectionFailure(
                pane.table, columns, from, to, weights: weights, entriesBefore: entriesBefore, &scratch)
        }
    }

    @inlinable mutating func update(
        _ pane: OpenPane, _ columns: Program.Columns, _ from: Int, _ to: Int, _ weights: UnsafePointer<Int64>?,
        _ fault: inout Fault
    ) {
        if let changes = pane.changes {
            program.update(
                pane.table, columns, from, to, weights: weights, recording: changes, &scratch, &fault)
        } else {
            program.update(pane.table, columns, from, to, &scratch, &fault)
        }
    }

    @usableFromInline mutating func makeCurrent(_ open: OpenPane) {
        if open.pane.first < closed { return }
        current = open
        currentLower = open.pane.lower
        // A time of `closingTime` or more closes a window; `.max` says that none does.
        currentUpper = min(open.pane.upper, closingTime == .max ? .max : closingTime - 1)
    }
}

/// Refuses rows of a weight other than +1.
@usableFromInline func requireInsertions(
    _ weights: UnsafePointer<Int64>, _ rows: Int
) throws(PipelineError) {
    for row in 0..<rows where weights[row] != 1 { throw .retractionNotSupported(row: row) }
}
