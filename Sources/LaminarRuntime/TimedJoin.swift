public import LaminarColumns
public import LaminarKernels
public import LaminarState

/// A join of two inputs that are never taken back, whose times bound which rows can meet: an interval join, or with
/// equal times, that of windows.
///
/// A row is late, counted and dropped, if its time lies before its own input's watermark, so how the inputs interleave
/// changes nothing (bounds that no two times keep make no row late, and none wait). Pairs come out as their second row
/// comes; unmatched rows of outer and anti joins when the other input's watermark says that nothing will meet them, by
/// time and arrival. Where the join `waits`, all of it comes out when both watermarks have passed. The result is never
/// taken back. A row that nothing can meet any more is not kept. The watermark behind the join is held back to the least
/// time that may still come out.
///
/// What a row meets is one run of the rows of its key on the other side, which comes out column by column. Time per row:
/// linear in what it meets, and in the rows of its key on its own side that are later.
public struct TimedJoin<Program: JoinProgram>: ~Copyable {
    public let program: Program
    public let timing: JoinTiming
    @usableFromInline var tally = OperatorCounters()
    public var counters: OperatorCounters { tally }
    private let nullEventTime: RowPolicy
    @usableFromInline var divertedRows: [DivertedRow] = []
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }
    /// Those of the inputs, less the lateness.
    @usableFromInline var leftWatermark = noWatermark
    @usableFromInline var rightWatermark = noWatermark
    /// The last step that came out.
    @usableFromInline var watermarkGiven = noWatermark
    @usableFromInline var nextArrival: Int64 = 0
    /// Whether a consumer reads watermark steps.
    @usableFromInline let reportsWatermark: Bool
    /// The accumulator of a key is its `TimedRuns`.
    @usableFromInline var table: UnsafeMutablePointer<GroupTable>
    @usableFromInline let leftRows: UnsafeMutablePointer<TimedRows>
    @usableFromInline let rightRows: UnsafeMutablePointer<TimedRows>
    /// Rows that may come out alone and, where the join waits, left rows.
    @usableFromInline let leftPending: UnsafeMutablePointer<PendingRows>
    @usableFromInline let rightPending: UnsafeMutablePointer<PendingRows>
    /// Whether rows of a side are pending from when they come.
    @usableFromInline let leftIsPending: Bool
    @usableFromInline let rightIsPending: Bool
    /// The records that a condition is asked about at once.
    @usableFromInline let candidates: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var scratch = Arena()
    /// A row that was kept, as columns.
    @usableFromInline let single: ColumnBatch
    /// At how many keys or rows all runs are next gone through.
    @usableFromInline var keyLimit = 1024
    @usableFromInline var rowLimit = 4096
    /// A dictionary in reserve, for when keys are left out.
    private var spare: UnsafeMutablePointer<GroupTable>
    private var numbers: UnsafeMutableBufferPointer<UInt32>

    /// The most pairs that a condition is asked about at once.
    @inlinable static var chunkRows: Int { 1024 }

    /// - Parameter reportsWatermark: whether a consumer reads watermark steps; the end of the input is always given.
    public init(
        _ program: Program, timing: JoinTiming, nullEventTime: RowPolicy, reportsWatermark: Bool = true
    ) {
        self.program = program
        self.timing = timing
        self.nullEventTime = nullEventTime
        self.reportsWatermark = reportsWatermark
        let layout = GroupTableLayout(key: program.keyElements, accumulatorBytes: MemoryLayout<TimedRuns>.stride)
        table = GroupTable.make(layout)
        spare = GroupTable.make(layout)
        numbers = .allocate(capacity: 1024)
        leftRows = .allocate(capacity: 1)
        rightRows = .allocate(capacity: 1)
        leftRows.initialize(
            to: TimedRows(recordBytes: program.left.recordBytes, alignment: program.left.recordAlignment))
        rightRows.initialize(
            to: TimedRows(recordBytes: program.right.recordBytes, alignment: program.right.recordAlignment))
        leftPending = .allocate(capacity: 1)
        rightPending = .allocate(capacity: 1)
        leftPending.initialize(to: PendingRows())
        rightPending.initialize(to: PendingRows())
        leftIsPending = timing.waits || program.kind.preserves(.left) || program.kind == .anti
        rightIsPending = program.kind.preserves(.right)
        candidates = .allocate(capacity: Self.chunkRows)
        single = ColumnBatch(types: program.left.types, capacity: 64)
    }

    deinit {
        GroupTable.destroy(table)
        GroupTable.destroy(spare)
        numbers.deallocate()
        leftRows.deinitialize(count: 1)
        leftRows.deallocate()
        rightRows.deinitialize(count: 1)
        rightRows.deallocate()
        leftPending.deinitialize(count: 1)
        leftPending.deallocate()
        rightPending.deinitialize(count: 1)
        rightPending.deallocate()
        candidates.deallocate()
    }

    /// Takes a batch of one side and appends what comes out to `output`; what it appended before a failure stays.
    ///
    /// The strings of what comes out are lent: by the batch, and by the join until the next call.
    @inlinable public mutating func push(
        _ batch: BatchView, from side: JoinSide, into output: ColumnBatch
    ) throws(PipelineError) {
        if _slowPath(!divertedRows.isEmpty) { divertedRows = [] }
        if leftRows.pointee.latest < leftRows.pointee.horizon, rightRows.pointee.latest < rightRows.pointee.horizon {
            if table.pointee.count > 0 { forgetRows() }
        } else if _slowPath(
            table.pointee.count > keyLimit || leftRows.pointee.held &+ rightRows.pointee.held > rowLimit
                || leftRows.pointee.removals > leftRows.pointee.held &+ 4096
                || rightRows.pointee.removals > rightRows.pointee.held &+ 4096)
        {
            sweep()
        }
        let before = output.rowCount
        defer { tally.rowsOut &+= Int64(output.rowCount &- before) }
        switch side {
        case .left: try push(batch, LeftFace(program: program), output)
        case .right: try push(batch, RightFace(program: program), output)
        }
    }

    @inlinable mutating func push<Face: JoinFace>(
        _ batch: BatchView, _ face: Face, _ output: ColumnBatch
    ) throws(PipelineError) {
        let columns = face.mine.columns(of: batch)
        let times = batch.columns[Face.side == .left ? timing.left : timing.right]
        let steps = batch.steps
        var step = 0
        var row = 0
        defer { tally.rowsIn &+= Int64(min(row &+ 1, batch.rowCount)) }
        while row < batch.rowCount {
            while step < steps.count, steps[step].row <= row {
                try raise(Face.side, to: steps[step].watermark, output)
                step &+= 1
            }
            if _fastPath(times.isValid(row)) {
                let time = times.value(row, as: Int64.self)
                let weight = batch.weights?[row] ?? 1
                if _slowPath(weight != 1 || timing.isEmpty) {
                    try takeSeveral(columns, row, time, weight, face, output)
                } else {
                    let watermark = Face.side == .left ? leftWatermark : rightWatermark
                    if _slowPath(time < watermark || watermark == endOfInput) {
                        tally.lateRows &+= 1
                    } else {
                        try take(columns, row, time, face, output)
                    }
                }
            } else {
                try leaveOut(row)
            }
            row &+= 1
        }
        while step < steps.count {
            try raise(Face.side, to: steps[step].watermark, output)
            step &+= 1
        }
    }

    /// A row that comes more than once, or meets nothing since no two times do.
    @inlinable @inline(never) mutating func takeSeveral<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ time: Int64, _ weight: Int64, _ face: Face, _ output: ColumnBatch
    ) throws(PipelineError) {
        if weight < 0 { throw PipelineError.retractionNotSupported(row: row) }
        if timing.isEmpty {
            if isGivenAlone(Face.side) {
                for _ in 0..<weight { giveAlone(columns, row, face, output) }
            }
            return
        }
        let watermark = Face.side == .left ? leftWatermark : rightWatermark
        if time < watermark || watermark == endOfInput {
            tally.lateRows &+= weight
            return
        }
        for _ in 0..<weight { try take(columns, row, time, face, output) }
    }

    /// A row without a time.
    @usableFromInline @inline(never) mutating func leaveOut(_ row: Int) throws(PipelineError) {
        let error = PipelineError.nullEventTime(row: row)
        if nullEventTime == .fail { throw error }
        tally.nullEventTimes &+= 1
        if nullEventTime == .divert {
            divertedRows.append(DivertedRow(row: row, reason: .nullEventTime, error: error))
        }
    }

    /// Raises the watermark of one side; gives out what it settles.
    @inlinable public mutating func advance(
        _ side: JoinSide, to watermark: Int64, into output: ColumnBatch
    ) throws(PipelineError) {
        let before = output.rowCount
        defer { tally.rowsOut &+= Int64(output.rowCount &- before) }
        try raise(side, to: watermark, output)
    }

    // MARK: Rows

    @inlinable func rows(_ side: JoinSide) -> UnsafeMutablePointer<TimedRows> { side == .left ? leftRows : rightRows }

    @inlinable func pending(_ side: JoinSide) -> UnsafeMutablePointer<PendingRows> {
        side == .left ? leftPending : rightPending
    }

    @inlinable func run(_ group: Int, _ side: JoinSide) -> UnsafeMutablePointer<TimedRun> {
        table.pointee.accumulator(group).assumingMemoryBound(to: TimedRun.self) + (side == .left ? 0 : 1)
    }

    /// Pairs a row with those of its key on the other side, and keeps it if another may still meet it.
    @inlinable mutating func take<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ time: Int64, _ face: Face, _ output: ColumnBatch
    ) throws(PipelineError) {
        let mine = rows(Face.side)
        let group = face.mine.group(columns, row, in: table)
        var isMatched = false
        if group >= 0, !timing.waits {
            isMatched = try pair(columns, row, time, group, face, output)
            if program.kind.isFiltering, Face.side == .left, isMatched {
                if program.kind == .semi {
                    output.reserve(1)
                    face.mine.give(columns, row, times: 1, to: output, at: output.rowCount, from: 0)
                    output.rowCount &+= 1
                }
                return
            }
        }
        if time < mine.pointee.horizon {
            if !isMatched, isGivenAlone(Face.side) { giveAlone(columns, row, face, output) }
            return
        }
        if _slowPath(group < 0 && !isGivenAlone(Face.side)) { return }
        let record = mine.pointee.insert(
            TimedRows.Header(time: time, arrival: nextArrival, isMatched: isMatched),
            into: group < 0 ? mine.pointee.unkeyed : run(group, Face.side))
        face.mine.keep(columns, row, at: record, &mine.pointee.arena)
        if Face.side == .left ? leftIsPending : rightIsPending, !isMatched {
            pending(Face.side).pointee.append(PendingRows.Row(time: time, arrival: nextArrival, group: max(group, -1)))
        }
        nextArrival &+= 1
    }

    /// Whether an unmatched row of a side comes out.
    @inlinable func isGivenAlone(_ side: JoinSide) -> Bool {
        program.kind.preserves(side) || side == .left && program.kind == .anti
    }

    /// Pairs a row with those of its key on the other side whose times it may meet, earlier ones first; whether there are
    /// any.
    @inlinable mutating func pair<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ time: Int64, _ group: Int, _ face: Face, _ output: ColumnBatch
    ) throws(PipelineError) -> Bool {
        let others = rows(Face.side.opposite)
        let run = run(group, Face.side.opposite)
        others.pointee.evict(run)
        if run.pointee.isEmpty { return false }
        let (low, high) = timing.range(of: time, from: Face.side)
        let first = others.pointee.first(run, notBefore: low)
        var last = run.pointee.end
        if first == last { return false }
        if _slowPath(others.pointee.header(run, last &- 1).pointee.time > high) {
            last = others.pointee.first(run, notBefore: high &+ 1)
            if first >= last { return false }
        }
        if program.hasCondition || program.kind.isFiltering {
            return try meet(columns, row, run, first, last, face, output, blaming: row)
        }
        let count = Int(last &- first)
        output.reserve(count)
        let target = output.rowCount
        face.mine.give(columns, row, times: count, to: output, at: target, from: face.firstColumn)
        face.other.give(
            others.pointee.record(run, first), count, stride: others.pointee.stride, to: output, at: target,
            from: face.otherFirstColumn)
        output.rowCount = target &+ count
        if program.kind.preserves(Face.side.opposite) {
            for index in first..<last { others.pointee.header(run, index).pointee.isMatched = true }
        }
        return true
    }

    /// As `pair`, where rows of the run must be looked at one by one: for a condition, or since a match settles them.
    @inlinable @inline(never) mutating func meet<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ run: UnsafeMutablePointer<TimedRun>, _ first: UInt32,
        _ last: UInt32, _ face: Face, _ output: ColumnBatch, blaming culprit: Int?
    ) throws(PipelineError) -> Bool {
        let others = rows(Face.side.opposite)
        var isMatched = false
        var index = first
        while index != last {
            let count = min(Int(last &- index), Self.chunkRows)
            for position in 0..<count { candidates[position] = others.pointee.record(run, index &+ UInt32(truncatingIfNeeded: position)) }
            var found = count
            if program.hasCondition {
                var fault = Fault()
                found = face.select(columns, row, among: candidates, count, &scratch, &fault)
                scratch.resetIfUsed()
                if fault.isRaised {
                    throw failure(columns, row, face, run, from: index, count, blaming: culprit, fault)
                }
            }
            if found > 0 { isMatched = true }
            if Face.side == .left, program.kind.isFiltering {
                if isMatched { return true }
            } else {
                output.reserve(found)
                for position in 0..<found {
                    let record = UnsafeRawPointer(candidates[position])
                    let target = output.rowCount
                    if program.kind.isFiltering {
                        // A left row that has a match is settled.
                        if program.kind == .semi {
                            face.other.give(record, 1, stride: 0, to: output, at: target, from: 0)
                            output.rowCount = target &+ 1
                        }
                    } else {
                        face.mine.give(columns, row, times: 1, to: output, at: target, from: face.firstColumn)
                        face.other.give(record, 1, stride: 0, to: output, at: target, from: face.otherFirstColumn)
                        output.rowCount = target &+ 1
                    }
                    others.pointee.header(of: candidates[position]).pointee.isMatched = true
                }
            }
            index &+= UInt32(truncatingIfNeeded: count)
        }
        if isMatched, program.kind.isFiltering { others.pointee.removeMatched(run, from: first, to: last) }
        return isMatched
    }

    /// The failure of the first of these pairs that fails, each evaluated alone.
    @usableFromInline mutating func failure<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ face: Face, _ run: UnsafeMutablePointer<TimedRun>,
        from first: UInt32, _ count: Int, blaming culprit: Int?, _ fault: Fault
    ) -> PipelineError {
        var fault = fault
        for index in 0..<count {
            var own = Fault()
            candidates[0] = rows(Face.side.opposite).pointee.record(run, first &+ UInt32(truncatingIfNeeded: index))
            _ = face.select(columns, row, among: candidates, 1, &scratch, &own)
            scratch.resetIfUsed()
            if own.isRaised {
                fault = own
                break
            }
        }
        return PipelineError(fault, row: culprit)
    }

    // MARK: Settling

    @inlinable mutating func raise(
        _ side: JoinSide, to watermark: Int64, _ output: ColumnBatch
    ) throws(PipelineError) {
        let settled = watermark == endOfInput ? watermark : saturatingSubtract(watermark, timing.lateness)
        if settled <= (side == .left ? leftWatermark : rightWatermark) { return }
        if side == .left { leftWatermark = settled } else { rightWatermark = settled }
        setHorizons()
        if timing.waits {
            if leftPending.pointee.firstTime < leftRows.pointee.horizon
                || rightPending.pointee.firstTime < rightRows.pointee.horizon || settled == endOfInput
            {
                try close(output)
            }
        } else if side == .right ? leftIsPending : rightIsPending,
            pending(side.opposite).pointee.firstTime < rows(side.opposite).pointee.horizon || settled == endOfInput
        {
            switch side {
            case .right: settle(program.left, .left, output)
            case .left: settle(program.right, .right, output)
            }
        }
        let given = timing.outputWatermark(left: leftWatermark, right: rightWatermark)
        if given <= watermarkGiven { return }
        watermarkGiven = given
        if reportsWatermark || given == endOfInput { output.appendStep(given) }
    }

    /// The times before which rows meet nothing any more.
    @inlinable mutating func setHorizons() {
        if timing.waits {
            let both = min(leftWatermark, rightWatermark)
            leftRows.pointee.horizon = both == endOfInput ? .max : both
            rightRows.pointee.horizon = leftRows.pointee.horizon
        } else {
            leftRows.pointee.horizon = timing.horizon(of: .left, otherWatermark: rightWatermark)
            rightRows.pointee.horizon = timing.horizon(of: .right, otherWatermark: leftWatermark)
        }
    }

    /// Forgets everything that is kept, since nothing can meet it.
    @usableFromInline @inline(never) mutating func forgetRows() {
        table.pointee.clear()
        leftRows.pointee.clear()
        rightRows.pointee.clear()
        leftPending.pointee.clear()
        rightPending.pointee.clear()
    }

    /// Gives out those of a side's rows that came alone and meet nothing any more.
    @inlinable @inline(never) mutating func settle<Input: JoinInput>(
        _ input: Input, _ side: JoinSide, _ output: ColumnBatch
    ) {
        let (rows, pending) = (rows(side), pending(side))
        let isEnd = side == .left ? rightWatermark == endOfInput : leftWatermark == endOfInput
        while !pending.pointee.isEmpty, isEnd || pending.pointee.firstTime < rows.pointee.horizon {
            let row = pending.pointee.removeFirst()
            if row.group == PendingRows.gone { continue }
            let run = row.group < 0 ? rows.pointee.unkeyed : run(row.group, side)
            guard let index = rows.pointee.position(run, row.time, row.arrival),
                !rows.pointee.header(run, index).pointee.isMatched
            else { continue }
            giveAlone(rows.pointee.record(run, index), input, side, output)
        }
        rows.pointee.evict(rows.pointee.unkeyed)
    }

    /// Gives out windows that have closed on both sides, one after another.
    @inlinable @inline(never) mutating func close(_ output: ColumnBatch) throws(PipelineError) {
        let isEnd = min(leftWatermark, rightWatermark) == endOfInput
        let horizon = leftRows.pointee.horizon
        while true {
            let time = min(leftPending.pointee.firstTime, rightPending.pointee.firstTime)
            let hasRows = !leftPending.pointee.isEmpty || !rightPending.pointee.isEmpty
            guard hasRows, isEnd || time < horizon else { break }
            while !leftPending.pointee.isEmpty, leftPending.pointee.firstTime == time {
                try close(leftPending.pointee.removeFirst(), output)
            }
            while !rightPending.pointee.isEmpty, rightPending.pointee.firstTime == time {
                let row = rightPending.pointee.removeFirst()
                let run = row.group < 0 ? rightRows.pointee.unkeyed : run(row.group, .right)
                guard let index = rightRows.pointee.position(run, row.time, row.arrival),
                    !rightRows.pointee.header(run, index).pointee.isMatched
                else { continue }
                giveAlone(rightRows.pointee.record(run, index), program.right, .right, output)
            }
        }
        leftRows.pointee.evict(leftRows.pointee.unkeyed)
        rightRows.pointee.evict(rightRows.pointee.unkeyed)
    }

    /// Gives out what a left row of a window that has closed meets.
    @inlinable mutating func close(_ row: PendingRows.Row, _ output: ColumnBatch) throws(PipelineError) {
        let mine = row.group < 0 ? leftRows.pointee.unkeyed : run(row.group, .left)
        guard row.group != PendingRows.gone, let index = leftRows.pointee.position(mine, row.time, row.arrival) else {
            return
        }
        let record = leftRows.pointee.record(mine, index)
        var isMatched = false
        if row.group >= 0 {
            let run = run(row.group, .right)
            var first = run.pointee.isEmpty ? run.pointee.end : rightRows.pointee.first(run, notBefore: row.time)
            var last = first
            while last != run.pointee.end, rightRows.pointee.header(run, last).pointee.time == row.time { last &+= 1 }
            if first != last, program.hasCondition {
                single.clear()
                program.left.write(UnsafeRawPointer(record), to: single, at: 0, from: 0)
                single.rowCount = 1
                let columns = single.withView { program.left.columns(of: $0) }
                isMatched = try meet(columns, 0, run, first, last, LeftFace(program: program), output, blaming: nil)
            } else if first != last {
                isMatched = true
                if !program.kind.isFiltering {
                    let count = Int(last &- first)
                    output.reserve(count)
                    let target = output.rowCount
                    program.left.give(UnsafeRawPointer(record), count, stride: 0, to: output, at: target, from: 0)
                    program.right.give(
                        rightRows.pointee.record(run, first), count, stride: rightRows.pointee.stride, to: output,
                        at: target, from: program.left.columnCount)
                    output.rowCount = target + count
                    if program.kind.preserves(.right) {
                        while first != last {
                            rightRows.pointee.header(run, first).pointee.isMatched = true
                            first &+= 1
                        }
                    }
                }
            }
        }
        if isMatched, program.kind == .semi {
            output.reserve(1)
            program.left.give(UnsafeRawPointer(record), 1, stride: 0, to: output, at: output.rowCount, from: 0)
            output.rowCount += 1
        } else if !isMatched, isGivenAlone(.left) {
            giveAlone(record, program.left, .left, output)
        }
    }

    // MARK: Rows that come out alone

    @inlinable @inline(never) func giveAlone<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ face: Face, _ output: ColumnBatch
    ) {
        output.reserve(1)
        let first = program.kind.isFiltering ? 0 : face.firstColumn
        face.mine.give(columns, row, times: 1, to: output, at: output.rowCount, from: first)
        finishAlone(Face.side, output)
    }

    /// A row that was kept.
    @inlinable func giveAlone<Input: JoinInput>(
        _ record: UnsafeMutableRawPointer, _ input: Input, _ side: JoinSide, _ output: ColumnBatch
    ) {
        output.reserve(1)
        let first = side == .left || program.kind.isFiltering ? 0 : program.left.columnCount
        input.give(UnsafeRawPointer(record), 1, stride: 0, to: output, at: output.rowCount, from: first)
        finishAlone(side, output)
    }

    @inlinable func finishAlone(_ side: JoinSide, _ output: ColumnBatch) {
        if !program.kind.isFiltering {
            let left = program.left.columnCount
            let padded = side == .right ? 0..<left : left..<(left + program.right.columnCount)
            for column in padded { output.setNull(column, output.rowCount) }
        }
        output.rowCount += 1
    }

    // MARK: Leaving

    /// Goes through all runs: rows that meet nothing any more leave, and keys that have none; strings that are in use are
    /// copied together.
    ///
    /// Called when keys or rows have become twice as many, or as many have left as stay, so that it costs the same for
    /// each row that comes, however many there are.
    @usableFromInline @inline(never) mutating func sweep() {
        var keys = 0
        for group in 0..<table.pointee.count {
            let (left, right) = (run(group, .left), run(group, .right))
            leftRows.pointee.evict(left)
            rightRows.pointee.evict(right)
            if left.pointee.isEmpty { leftRows.pointee.release(left) }
            if right.pointee.isEmpty { rightRows.pointee.release(right) }
            if !left.pointee.isEmpty || !right.pointee.isEmpty { keys += 1 }
        }
        if keys * 2 < table.pointee.count { dropEmptyKeys() }
        compactStrings(program.left, .left)
        compactStrings(program.right, .right)
        keyLimit = max(1024, table.pointee.count * 2)
        rowLimit = max(4096, (leftRows.pointee.held + rightRows.pointee.held) * 2)
    }

    /// Makes the dictionary anew from the keys that have rows.
    private mutating func dropEmptyKeys() {
        let count = table.pointee.count
        if numbers.count < count {
            numbers.deallocate()
            numbers = .allocate(capacity: max(count, numbers.count * 2))
        }
        swap(&table, &spare)
        for group in 0..<count {
            numbers[group] = .max
            let runs = spare.pointee.accumulator(group).assumingMemoryBound(to: TimedRun.self)
            if runs[0].isEmpty, runs[1].isEmpty { continue }
            let words = spare.pointee.key(group)
            let kept = table.pointee.findOrInsert(words, hash: spare.pointee.hash(words))
            table.pointee.accumulator(kept).copyMemory(from: runs, byteCount: MemoryLayout<TimedRuns>.stride)
            numbers[group] = UInt32(truncatingIfNeeded: kept)
        }
        spare.pointee.clear()
        if let numbers = numbers.baseAddress {
            leftPending.pointee.renumber(numbers)
            rightPending.pointee.renumber(numbers)
        }
    }

    private mutating func compactStrings<Input: JoinInput>(_ input: Input, _ side: JoinSide) {
        let rows = rows(side)
        guard rows.pointee.removals > rows.pointee.held + 1024 else { return }
        rows.pointee.removals = 0
        guard input.types.contains(.string) else { return }
        var compacted = Arena()
        for group in -1..<table.pointee.count {
            let run = group < 0 ? rows.pointee.unkeyed : run(group, side)
            for index in run.pointee.head..<run.pointee.end { input.own(rows.pointee.record(run, index), &compacted) }
        }
        rows.pointee.arena = compacted
    }
}
