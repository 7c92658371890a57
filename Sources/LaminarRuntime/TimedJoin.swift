public import LaminarColumns
import LaminarKernels
public import LaminarState

/// A join of two inputs that are never taken back, whose times bound which rows can meet: an interval join, or with
/// equal times, that of windows.
///
/// A row is late, counted and dropped, if its time lies before its own input's watermark, so how the inputs interleave
/// changes nothing (bounds that no two times keep make no row late, and none wait). Pairs come out as their second row comes; unmatched rows of outer and anti joins when the other
/// input's watermark says that nothing will meet them, by time and arrival. Where the join `waits`, all of it comes out
/// when both watermarks have passed. The result is never taken back. A row that nothing can meet any more is not kept.
/// The watermark behind the join is held back to the least time that may still come out.
///
/// Time per row: linear in the rows of its key on the other side that are no earlier than it may meet.
public struct TimedJoin<Program: JoinProgram>: ~Copyable {
    public let program: Program
    public let timing: JoinTiming
    public internal(set) var counters = OperatorCounters()
    private let nullEventTime: RowPolicy
    private var divertedRows: [DivertedRow] = []
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }
    /// Those of the inputs, less the lateness.
    var leftWatermark = noWatermark
    var rightWatermark = noWatermark
    /// The last step that came out.
    var watermarkGiven = noWatermark
    var nextArrival: Int64 = 0
    /// The accumulator of a key is the `TimedEnds` of the left rows and of the right ones.
    @usableFromInline let table: UnsafeMutablePointer<GroupTable>
    @usableFromInline let leftRows: UnsafeMutablePointer<TimedRows>
    @usableFromInline let rightRows: UnsafeMutablePointer<TimedRows>
    /// The records that a condition is asked about at once.
    @usableFromInline let candidates: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var scratch = Arena()
    /// A row that was kept, as columns.
    private let single: ColumnBatch

    /// The most pairs that a condition is asked about at once.
    static var chunkRows: Int { 1024 }

    public init(_ program: Program, timing: JoinTiming, nullEventTime: RowPolicy) {
        self.program = program
        self.timing = timing
        self.nullEventTime = nullEventTime
        table = GroupTable.make(
            GroupTableLayout(key: program.keyElements, accumulatorBytes: MemoryLayout<TimedEnds>.stride * 2))
        leftRows = .allocate(capacity: 1)
        rightRows = .allocate(capacity: 1)
        leftRows.initialize(
            to: TimedRows(recordBytes: program.left.recordBytes, alignment: program.left.recordAlignment))
        rightRows.initialize(
            to: TimedRows(recordBytes: program.right.recordBytes, alignment: program.right.recordAlignment))
        candidates = .allocate(capacity: Self.chunkRows)
        single = ColumnBatch(types: program.left.types, capacity: 64)
    }

    deinit {
        GroupTable.destroy(table)
        leftRows.deinitialize(count: 1)
        leftRows.deallocate()
        rightRows.deinitialize(count: 1)
        rightRows.deallocate()
        candidates.deallocate()
    }

    /// Takes a batch of one side and appends what comes out to `output`; what it appended before a failure stays.
    ///
    /// The strings of what comes out are lent: by the batch, and by the join until the next call.
    public mutating func push(
        _ batch: BatchView, from side: JoinSide, into output: ColumnBatch
    ) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows = [] }
        leftRows.pointee.compactStringsIfNeeded(program.left)
        rightRows.pointee.compactStringsIfNeeded(program.right)
        dropEmptyKeysIfNeeded()
        let before = output.rowCount
        defer { counters.rowsOut &+= Int64(output.rowCount - before) }
        switch side {
        case .left: try push(batch, LeftFace(program: program), leftRows, rightRows, output)
        case .right: try push(batch, RightFace(program: program), rightRows, leftRows, output)
        }
    }

    private mutating func push<Face: JoinFace>(
        _ batch: BatchView, _ face: Face, _ mine: UnsafeMutablePointer<TimedRows>,
        _ others: UnsafeMutablePointer<TimedRows>, _ output: ColumnBatch
    ) throws(PipelineError) {
        let columns = face.mine.columns(of: batch)
        let times = batch.columns[Face.side == .left ? timing.left : timing.right]
        var step = 0
        for row in 0..<batch.rowCount {
            while step < batch.steps.count, batch.steps[step].row <= row {
                try raise(Face.side, to: batch.steps[step].watermark, output)
                step += 1
            }
            counters.rowsIn &+= 1
            guard let time = times.optional(row, as: Int64.self) else {
                let error = PipelineError.nullEventTime(row: row)
                if nullEventTime == .fail { throw error }
                counters.nullEventTimes &+= 1
                if nullEventTime == .divert {
                    divertedRows.append(DivertedRow(row: row, reason: .nullEventTime, error: error))
                }
                continue
            }
            let weight = batch.weights?[row] ?? 1
            if weight < 0 { throw PipelineError.retractionNotSupported(row: row) }
            if timing.isEmpty {
                if isGivenAlone(Face.side) {
                    for _ in 0..<weight { write(columns, row, face, output) }
                }
                continue
            }
            if time < watermark(Face.side) || watermark(Face.side) == endOfInput {
                counters.lateRows &+= weight
                continue
            }
            for _ in 0..<weight { try take(columns, row, time, face, mine, others, output) }
        }
        while step < batch.steps.count {
            try raise(Face.side, to: batch.steps[step].watermark, output)
            step += 1
        }
    }

    /// Raises the watermark of one side; gives out what it settles.
    public mutating func advance(
        _ side: JoinSide, to watermark: Int64, into output: ColumnBatch
    ) throws(PipelineError) {
        let before = output.rowCount
        defer { counters.rowsOut &+= Int64(output.rowCount - before) }
        try raise(side, to: watermark, output)
    }

    private func watermark(_ side: JoinSide) -> Int64 { side == .left ? leftWatermark : rightWatermark }

    // MARK: Rows

    /// Pairs a row with those of its key on the other side, and keeps it if another may still meet it.
    private mutating func take<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ time: Int64, _ face: Face,
        _ mine: UnsafeMutablePointer<TimedRows>, _ others: UnsafeMutablePointer<TimedRows>, _ output: ColumnBatch
    ) throws(PipelineError) {
        let group = face.mine.group(columns, row, in: table)
        var isMatched = false
        if group >= 0, !timing.waits {
            isMatched = try pair(columns, row, time, group, face, others, output, blaming: row)
        }
        if program.kind.isFiltering, Face.side == .left, isMatched {
            if program.kind == .semi { write(columns, row, face, output) }
            return
        }
        let deadline = timing.deadline(of: time, on: Face.side)
        let passed = timing.waits ? .min : watermark(Face.side.opposite)
        if passed == endOfInput || deadline < passed {
            if !isMatched, isGivenAlone(Face.side) { write(columns, row, face, output) }
            return
        }
        if group < 0, !isGivenAlone(Face.side) { return }
        let slot = mine.pointee.claim(
            TimedRows.Header(
                time: time, arrival: nextArrival, group: Int32(truncatingIfNeeded: group), isMatched: isMatched),
            deadline: deadline)
        nextArrival &+= 1
        face.mine.keep(columns, row, at: mine.pointee.record(slot), &mine.pointee.arena)
        if group >= 0 { mine.pointee.link(slot, ends(group, Face.side)) }
    }

    /// Whether an unmatched row of a side comes out.
    private func isGivenAlone(_ side: JoinSide) -> Bool {
        program.kind.preserves(side) || side == .left && program.kind == .anti
    }

    func ends(_ group: Int, _ side: JoinSide) -> UnsafeMutablePointer<TimedEnds> {
        table.pointee.accumulator(group).assumingMemoryBound(to: TimedEnds.self) + Int(side.rawValue)
    }

    /// Pairs a row with those of its key on the other side whose times it may meet, later ones first; whether there are
    /// any.
    private mutating func pair<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ time: Int64, _ group: Int, _ face: Face,
        _ others: UnsafeMutablePointer<TimedRows>, _ output: ColumnBatch, blaming culprit: Int?
    ) throws(PipelineError) -> Bool {
        let (low, high) = timing.range(of: time, from: Face.side)
        var slot = ends(group, Face.side.opposite).pointee.last
        while slot != 0, others.pointee.header(slot).pointee.time > high {
            slot = others.pointee.header(slot).pointee.previous
        }
        var isMatched = false
        while slot != 0 {
            var count = 0
            let first = slot
            while slot != 0, count < Self.chunkRows {
                let header = others.pointee.header(slot)
                if header.pointee.time < low {
                    slot = 0
                    break
                }
                candidates[count] = others.pointee.record(slot)
                count += 1
                slot = header.pointee.previous
            }
            if count == 0 { break }
            if program.hasCondition {
                var fault = Fault()
                let selected = face.select(columns, row, among: candidates, count, &scratch, &fault)
                scratch.resetIfUsed()
                if fault.isRaised {
                    throw failure(columns, row, face, others, from: first, count, blaming: culprit, fault)
                }
                count = selected
            }
            for index in 0..<count { meet(columns, row, candidates[index], face, others, output) }
            if count > 0 {
                isMatched = true
                if program.kind.isFiltering, Face.side == .left { break }
            }
        }
        return isMatched
    }

    /// A row and a kept row of the other side that match.
    private mutating func meet<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ record: UnsafeMutableRawPointer, _ face: Face,
        _ others: UnsafeMutablePointer<TimedRows>, _ output: ColumnBatch
    ) {
        let slot = others.pointee.slot(of: record)
        let header = others.pointee.header(slot)
        if program.kind.isFiltering {
            if Face.side == .left { return }
            // A left row that has a match is settled.
            if program.kind == .semi {
                output.reserve(1)
                face.other.write(UnsafeRawPointer(record), to: output, at: output.rowCount, from: 0)
                output.rowCount += 1
            }
            others.pointee.remove(slot, ends(Int(header.pointee.group), Face.side.opposite))
            return
        }
        header.pointee.isMatched = true
        output.reserve(1)
        let target = output.rowCount
        face.mine.write(columns, row, to: output, at: target, from: face.firstColumn)
        face.other.write(UnsafeRawPointer(record), to: output, at: target, from: face.otherFirstColumn)
        output.rowCount = target + 1
    }

    /// The failure of the first of these pairs that fails, each evaluated alone.
    private mutating func failure<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ face: Face, _ others: UnsafeMutablePointer<TimedRows>,
        from first: UInt32, _ count: Int, blaming culprit: Int?, _ fault: Fault
    ) -> PipelineError {
        var slot = first
        var fault = fault
        for _ in 0..<count {
            var own = Fault()
            candidates[0] = others.pointee.record(slot)
            _ = face.select(columns, row, among: candidates, 1, &scratch, &own)
            scratch.resetIfUsed()
            if own.isRaised {
                fault = own
                break
            }
            slot = others.pointee.header(slot).pointee.previous
        }
        return PipelineError(fault, row: culprit)
    }

    // MARK: Settling

    private mutating func raise(
        _ side: JoinSide, to watermark: Int64, _ output: ColumnBatch
    ) throws(PipelineError) {
        let settled = watermark == endOfInput ? watermark : saturatingSubtract(watermark, timing.lateness)
        if settled <= self.watermark(side) { return }
        let before = min(leftWatermark, rightWatermark)
        if side == .left { leftWatermark = settled } else { rightWatermark = settled }
        let both = min(leftWatermark, rightWatermark)
        if timing.waits {
            if both > before { try close(both, output) }
        } else if side == .right {
            settle(leftRows.pointee.takeDue(settled)[...], program.left, leftRows, .left, output)
        } else {
            settle(rightRows.pointee.takeDue(settled)[...], program.right, rightRows, .right, output)
        }
        let given = timing.outputWatermark(left: leftWatermark, right: rightWatermark)
        if given <= watermarkGiven { return }
        watermarkGiven = given
        output.appendStep(given)
    }

    /// Gives out those of a side's rows that came alone, and forgets them all.
    private mutating func settle<Input: JoinInput>(
        _ slots: ArraySlice<UInt32>, _ input: Input, _ rows: UnsafeMutablePointer<TimedRows>, _ side: JoinSide,
        _ output: ColumnBatch
    ) {
        for slot in slots {
            let header = rows.pointee.header(slot).pointee
            if !header.isMatched, isGivenAlone(side) { write(rows.pointee.record(slot), input, side, output) }
            rows.pointee.remove(slot, header.group < 0 ? nil : ends(Int(header.group), side))
            rows.pointee.giveUp(slot)
        }
    }

    /// Gives out windows that have closed on both sides, one after another.
    private mutating func close(_ watermark: Int64, _ output: ColumnBatch) throws(PipelineError) {
        var left = leftRows.pointee.takeDue(watermark)[...]
        var right = rightRows.pointee.takeDue(watermark)[...]
        while !left.isEmpty || !right.isEmpty {
            let times = (
                left.first.map { leftRows.pointee.header($0).pointee.time },
                right.first.map { rightRows.pointee.header($0).pointee.time }
            )
            let time = min(times.0 ?? .max, times.1 ?? .max)
            let window = (
                left.prefix { leftRows.pointee.header($0).pointee.time == time },
                right.prefix { rightRows.pointee.header($0).pointee.time == time }
            )
            try close(window.0, window.1, output)
            left = left.dropFirst(window.0.count)
            right = right.dropFirst(window.1.count)
        }
    }

    /// Gives out a window's rows.
    private mutating func close(
        _ left: ArraySlice<UInt32>, _ right: ArraySlice<UInt32>, _ output: ColumnBatch
    ) throws(PipelineError) {
        for slot in left {
            let header = leftRows.pointee.header(slot)
            if header.pointee.group >= 0 {
                single.clear()
                program.left.write(UnsafeRawPointer(leftRows.pointee.record(slot)), to: single, at: 0, from: 0)
                single.rowCount = 1
                let columns = single.withView { program.left.columns(of: $0) }
                header.pointee.isMatched = try pair(
                    columns, 0, header.pointee.time, Int(header.pointee.group), LeftFace(program: program), rightRows,
                    output, blaming: nil)
            }
            if program.kind == .semi, header.pointee.isMatched {
                write(leftRows.pointee.record(slot), program.left, .left, output)
            }
        }
        settle(left, program.left, leftRows, .left, output)
        settle(right, program.right, rightRows, .right, output)
    }

    // MARK: Output

    /// A row that has come, alone.
    private func write<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ face: Face, _ output: ColumnBatch
    ) {
        output.reserve(1)
        let first = program.kind.isFiltering ? 0 : face.firstColumn
        face.mine.write(columns, row, to: output, at: output.rowCount, from: first)
        finishAlone(Face.side, output)
    }

    /// A row that was kept, alone.
    private func write<Input: JoinInput>(
        _ record: UnsafeMutableRawPointer, _ input: Input, _ side: JoinSide, _ output: ColumnBatch
    ) {
        output.reserve(1)
        let first = side == .left || program.kind.isFiltering ? 0 : program.left.columnCount
        input.write(UnsafeRawPointer(record), to: output, at: output.rowCount, from: first)
        finishAlone(side, output)
    }

    private func finishAlone(_ side: JoinSide, _ output: ColumnBatch) {
        if !program.kind.isFiltering {
            let left = program.left.columnCount
            let padded = side == .right ? 0..<left : left..<(left + program.right.columnCount)
            for column in padded { output.setNull(column, output.rowCount) }
        }
        output.rowCount += 1
    }

    // MARK: Keys

    /// Makes the dictionary anew from the keys that rows have, once it is mostly of others.
    mutating func dropEmptyKeysIfNeeded() {
        let live = leftRows.pointee.live + rightRows.pointee.live
        guard table.pointee.count > 1024, table.pointee.count > live * 4 else { return }
        let old = GroupTable.make(table.pointee.layout)
        swap(&old.pointee, &table.pointee)
        for group in 0..<old.pointee.count {
            let ends = old.pointee.accumulator(group).assumingMemoryBound(to: TimedEnds.self)
            if ends[0].first == 0, ends[1].first == 0 { continue }
            let words = old.pointee.key(group)
            let kept = table.pointee.findOrInsert(words, hash: old.pointee.hash(words))
            table.pointee.accumulator(kept).copyMemory(from: ends, byteCount: MemoryLayout<TimedEnds>.stride * 2)
            for (rows, first) in [(leftRows, ends[0].first), (rightRows, ends[1].first)] {
                var slot = first
                while slot != 0 {
                    rows.pointee.header(slot).pointee.group = Int32(truncatingIfNeeded: kept)
                    slot = rows.pointee.header(slot).pointee.next
                }
            }
        }
        GroupTable.destroy(old)
    }
}
