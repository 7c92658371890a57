public import LaminarColumns
import LaminarKernels
public import LaminarState

/// When an aggregation over windows that can still change gives out its groups.
public enum WindowEmission: UInt8, Sendable, BitwiseCopyable {
    /// After each batch what has changed in it.
    case changes
    /// A window when the watermark reaches its end, and what late but allowed rows change in it after each batch.
    case afterWatermark
    /// A window once, when the watermark reaches its end plus the lateness; for input that takes rows back.
    case onClose
}

/// An aggregation over windows whose groups are compared with what they were: an updating result that is freed as the
/// watermark passes, or a final one over input that takes rows back.
///
/// A window is forgotten when the watermark reaches its end plus `lateness`; a row whose window has been forgotten is late.
/// Rows are judged against the watermark of the rows before them. How rows are cut into batches changes how many changes
/// come out, and nothing else. State and cost are those of a `RunningAggregate` for each open window.
public struct WindowChanges<Program: AggregateProgram>: ~Copyable {
    @usableFromInline static var chunkRows: Int { 256 }

    public let program: Program
    public let windows: TumblingWindows
    public let lateness: Int64
    public let emission: WindowEmission
    public let policies: RowPolicies

    @usableFromInline struct Pane: BitwiseCopyable {
        @usableFromInline let index: Int64
        @usableFromInline let table: UnsafeMutablePointer<GroupTable>
        @usableFromInline let changes: UnsafeMutablePointer<ChangeRecorder>
        /// Whether its groups are part of the result.
        @usableFromInline var isShown: Bool
    }

    @usableFromInline var tally = OperatorCounters()
    @usableFromInline var divertedRows: [DivertedRow] = []
    @usableFromInline var scratch = Arena()
    @usableFromInline var watermarkSoFar = noWatermark
    /// Windows with a smaller index have been forgotten.
    @usableFromInline var closed: Int64
    /// The open windows, by index.
    @usableFromInline var panes: [Pane] = []
    private var gathered: GroupChanges

    public init(
        _ program: Program, windows: TumblingWindows, lateness: Int64 = 0, emission: WindowEmission,
        policies: RowPolicies = RowPolicies()
    ) {
        precondition(lateness >= 0, "A window waits for zero or more microseconds.")
        self.program = program
        self.windows = windows
        self.lateness = lateness
        self.emission = emission
        self.policies = policies
        closed = windows.index(of: .min)
        gathered = GroupChanges(layout: program.layout)
    }

    deinit { for pane in panes { Self.destroy(pane) } }

    private static func destroy(_ pane: Pane) {
        GroupTable.destroy(pane.table)
        pane.changes.deinitialize(count: 1)
        pane.changes.deallocate()
    }

    public var counters: OperatorCounters { tally }
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }
    /// The watermark that has come in.
    public var watermark: Int64 { watermarkSoFar }

    /// Processes a batch, weights included; appends what changes to `output`, a watermark step behind it.
    ///
    /// An error leaves the operator unusable except for being destroyed or restored.
    @inlinable public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        if let weights = batch.weights, !program.canRetract {
            for row in 0..<batch.rowCount where weights[row] < 0 {
                throw PipelineError.retractionNotSupported(row: row)
            }
        }
        tally.rowsIn &+= Int64(batch.rowCount)
        let columns = program.columns(of: batch)
        var from = 0
        for step in batch.steps {
            let to = min(step.row, batch.rowCount)
            try push(columns, from, to, batch.weights)
            from = to
            try raise(to: step.watermark, into: output)
        }
        try push(columns, from, batch.rowCount, batch.weights)
        for index in panes.indices { try show(index, into: output) }
        if watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    /// Raises the watermark from outside; `endOfInput` closes every window.
    @inlinable public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        try raise(to: watermark, into: output)
        if watermarkSoFar != noWatermark { output.appendStep(outputWatermark) }
    }

    public var outputWatermark: Int64 {
        watermarkSoFar == endOfInput ? endOfInput : saturatingSubtract(watermarkSoFar, lateness)
    }

    // MARK: Rows in

    /// Folds runs of rows of one window.
    @inlinable mutating func push(
        _ columns: Program.Columns, _ first: Int, _ end: Int, _ weights: UnsafePointer<Int64>?
    ) throws(PipelineError) {
        var run = first
        var runPane: Pane?
        var row = first
        while row < end {
            var fault = Fault()
            let time = program.time(columns, row, &scratch, &fault)
            guard let time, !fault.isRaised else {
                if let runPane { try fold(runPane, columns, run, row, weights) }
                try dropUntimed(columns, row, fault)
                row &+= 1
                run = row
                continue
            }
            let index = windows.index(of: time)
            if index < closed {
                if let runPane { try fold(runPane, columns, run, row, weights) }
                try dropLate(columns, row)
                run = row &+ 1
            } else if runPane?.index != index || row &- run >= Self.chunkRows {
                if let runPane { try fold(runPane, columns, run, row, weights) }
                runPane = open(index)
                run = row
            }
            row &+= 1
        }
        if let runPane { try fold(runPane, columns, run, end, weights) }
    }

    @inlinable mutating func fold(
        _ pane: Pane, _ columns: Program.Columns, _ from: Int, _ to: Int, _ weights: UnsafePointer<Int64>?
    ) throws(PipelineError) {
        if from >= to { return }
        defer { scratch.resetIfUsed() }
        var first = from
        let entriesBefore = pane.table.pointee.arena.collection.entries
        if policies.evaluationError != .fail {
            while let failed = program.firstFailure(columns, first, to, &scratch) {
                var fault = Fault()
                program.update(
                    pane.table, columns, first, failed.row, weights: weights, recording: pane.changes, &scratch, &fault)
                dropFailed(failed.row, failed.fault)
                first = failed.row &+ 1
            }
        }
        var fault = Fault()
        program.update(pane.table, columns, first, to, weights: weights, recording: pane.changes, &scratch, &fault)
        if _slowPath(fault.isRaised) {
            let failed = program.firstFailure(columns, first, to, &scratch)
            throw PipelineError(failed?.fault ?? fault, row: failed?.row)
        }
        if _slowPath(pane.table.pointee.arena.collection.isExceeded) {
            throw program.collectionFailure(
                pane.table, columns, from, to, weights: weights, entriesBefore: entriesBefore, &scratch)
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
    @usableFromInline mutating func open(_ index: Int64) -> Pane {
        var low = 0
        var high = panes.count
        while low < high {
            let middle = (low &+ high) / 2
            if panes[middle].index < index { low = middle &+ 1 } else { high = middle }
        }
        if low < panes.count, panes[low].index == index { return panes[low] }
        let pane = make(index, isShown: emission == .changes || isDue(index))
        panes.insert(pane, at: low)
        return pane
    }

    private func make(_ index: Int64, isShown: Bool) -> Pane {
        let changes = UnsafeMutablePointer<ChangeRecorder>.allocate(capacity: 1)
        changes.initialize(to: ChangeRecorder(accumulatorBytes: program.layout.accumulatorBytes))
        let table = GroupTable.make(program.layout)
        table.pointee.arena.collection.bytes = policies.groupMemoryBytes
        return Pane(index: index, table: table, changes: changes, isShown: isShown)
    }

    /// Whether the watermark has reached the end of a window of which rows are still allowed.
    private func isDue(_ index: Int64) -> Bool {
        emission == .afterWatermark && windows.end(of: index) <= watermarkSoFar
    }

    // MARK: Rows out

    /// Raises the watermark, if it is higher; gives out windows that are due, forgets those that are over.
    @usableFromInline mutating func raise(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        let reached = watermark == endOfInput ? .max : windows.index(of: saturatingSubtract(watermark, lateness))
        var over = 0
        for index in panes.indices {
            let isOver = panes[index].index < reached
            if isOver { over = index + 1 }
            if isOver || isDue(panes[index].index) {
                if !panes[index].isShown || isOver {
                    panes[index].isShown = true
                    try show(index, into: output)
                }
            } else if emission != .changes {
                break
            }
        }
        for pane in panes[..<over] { Self.destroy(pane) }
        panes.removeFirst(over)
        closed = max(closed, reached)
    }

    /// Gives out what has changed in a window that is part of the result, and forgets what it was before.
    @usableFromInline mutating func show(_ index: Int, into output: ColumnBatch) throws(PipelineError) {
        let pane = panes[index]
        let touchedCount = pane.changes.pointee.touchedCount
        guard pane.isShown, touchedCount > 0 else { return }
        let before = output.rowCount
        // What comes out once was not there before.
        gathered.gather(pane.changes.pointee.touchedGroups(of: pane.table), withOld: emission != .onClose)
        try emit(windows.bounds(of: pane.index), into: output)
        if emission == .onClose {
            tally.rowsOut &+= Int64(output.rowCount - before)
        } else {
            tally.rowsOut &+= Int64(gathered.settle(output, from: before))
        }
        pane.changes.pointee.reset(groupCount: pane.table.pointee.count)
        // What bags hold now is what the next change is compared with, so it stays as it is.
        pane.table.pointee.arena.generation &+= 1
    }

    /// Emits what was gathered, but for groups that fail.
    private mutating func emit(_ bounds: WindowBounds, into output: ColumnBatch) throws(PipelineError) {
        let groups = gathered.groups
        let origins = gathered.originsOfRows(groups.count)
        if groups.count == 0 { return }
        let first = output.rowCount
        output.reserve(groups.count)
        var fault = Fault()
        program.emit(groups, bounds, into: output, origins: origins, &fault)
        if !fault.isRaised {
            gathered.resolveOrigins(output.rowCount - first)
            return
        }
        output.truncate(to: first)
        if policies.evaluationError == .fail { throw PipelineError(fault) }
        for entry in 0..<groups.count {
            let before = output.rowCount
            var fault = Fault()
            program.emit(groups[entry], bounds, into: output, origins: nil, &fault)
            if fault.isRaised {
                output.truncate(to: before)
                if gathered.code(entry) & 1 != 0 { tally.evaluationErrors &+= 1 }
            } else if output.rowCount > before {
                origins[before - first] = gathered.code(entry)
            }
        }
    }

    // MARK: State

    /// Writes watermark, counters and the open windows: whether they are part of the result, their groups, and how many
    /// rows each has.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        writer.write(UInt64(panes.count))
        for pane in panes {
            writer.write(pane.index)
            writer.write(pane.isShown)
            pane.table.pointee.encode(to: &writer)
            for group in 0..<pane.table.pointee.count { writer.write(pane.changes.pointee.rowCount(group)) }
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        for pane in panes { Self.destroy(pane) }
        panes = []
        divertedRows = []
        watermarkSoFar = noWatermark
        closed = windows.index(of: .min)
        tally = OperatorCounters()
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        let count = try reader.readCount(bytesEach: 17)
        let reached =
            watermark == endOfInput ? Int64.max : windows.index(of: saturatingSubtract(watermark, lateness))
        for _ in 0..<count {
            let index = try reader.readInteger(Int64.self)
            guard watermark == noWatermark || index >= reached, panes.last.map({ $0.index < index }) ?? true else {
                throw .corrupt("windows are out of order or closed")
            }
            let pane = make(index, isShown: try reader.readBool())
            panes.append(pane)
            try pane.table.pointee.decode(from: &reader)
            var rows: [Int64] = []
            for _ in 0..<pane.table.pointee.count { rows.append(try reader.readInteger(Int64.self)) }
            if pane.isShown {
                pane.changes.pointee.restore(rows: rows)
            } else {
                // Nothing of it has come out: all of it is new.
                for (group, weight) in rows.enumerated() { pane.changes.pointee.willChange(group, pane.table, weight) }
            }
        }
        watermarkSoFar = watermark
        closed = watermark == noWatermark ? closed : max(closed, reached)
        tally = counters
    }
}
