public import LaminarColumns
public import LaminarKernels
public import LaminarState

/// A join of two changelogs on equal keys, with any further condition; unbounded state.
///
/// All rows of both sides are kept by key, in one dictionary: a row that comes finds its own key's rows and those of the
/// other side by one probe. It is paired with the rows of the other side, weights
/// multiplied. A side that an outer join preserves knows for each row the sum of the weights that match it: its padded
/// row is taken back before the first pair, and comes again behind the last one's retraction; a semi join gives its left
/// rows, and takes them back, at the same moments, an anti join the other way round. A retraction may come before the row
/// that it takes back, but where the side is checked: then it is a row that cannot be processed. Rows of the other side
/// come in the reverse order of their arrival.
/// Time per row: linear in the rows of its key on the other side, and on its own where rows may be taken back.
public struct RegularJoin<Program: JoinProgram>: ~Copyable {
    public let program: Program
    public internal(set) var counters = OperatorCounters()
    @usableFromInline var watermark: UnionWatermark
    /// The accumulator of a key is its `JoinHeads`.
    @usableFromInline let table: UnsafeMutablePointer<GroupTable>
    @usableFromInline let leftRows: UnsafeMutablePointer<JoinRows>
    @usableFromInline let rightRows: UnsafeMutablePointer<JoinRows>
    /// The records that a condition is asked about at once.
    @usableFromInline let candidates: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var scratch = Arena()
    /// How often the last row of a key has left since the dictionary was made.
    @usableFromInline var emptied = 0
    /// Whether right rows are only kept and left ones only paired.
    @usableFromInline let readsLatest: Bool
    /// Whether rows that a side takes back must be there.
    @usableFromInline let checksLeft: Bool
    @usableFromInline let checksRight: Bool
    @usableFromInline let policy: RowPolicy
    @usableFromInline var divertedRows: [DivertedRow] = []

    /// The most pairs that a condition is asked about at once.
    @inlinable public static var chunkRows: Int { 1024 }

    /// - Parameters:
    ///   - leftTimeToLive: microseconds of processing time after which a left row is forgotten; nil: never.
    ///   - rightTimeToLive: the same for right rows.
    ///   - readsLatest: whether a left row meets the right rows that there are when it comes and is then forgotten, so that
    ///     what comes out is never taken back; left rows must not be taken back, and the kind be inner or left.
    ///   - checksLeft: whether left rows that are taken back must have been there: where they are those of a source's
    ///     changelog. Rows whose key is NULL are not kept, and so not checked.
    ///   - checksRight: the same for right rows.
    ///   - policy: for rows that take back what is not there.
    public init(
        _ program: Program, leftTimeToLive: Int64? = nil, rightTimeToLive: Int64? = nil, readsLatest: Bool = false,
        checksLeft: Bool = false, checksRight: Bool = false, policy: RowPolicy = .fail
    ) {
        self.program = program
        self.readsLatest = readsLatest
        watermark = UnionWatermark(inputs: readsLatest ? 1 : 2)
        self.checksLeft = checksLeft && program.left.isUpdating
        self.checksRight = checksRight && program.right.isUpdating
        self.policy = policy
        table = GroupTable.make(
            GroupTableLayout(key: program.keyElements, accumulatorBytes: MemoryLayout<JoinHeads>.stride))
        leftRows = .allocate(capacity: 1)
        rightRows = .allocate(capacity: 1)
        leftRows.initialize(
            to: JoinRows(
                recordBytes: program.left.recordBytes, alignment: program.left.recordAlignment,
                countsMatches: program.kind.counts(.left), timeToLive: leftTimeToLive))
        rightRows.initialize(
            to: JoinRows(
                recordBytes: program.right.recordBytes, alignment: program.right.recordAlignment,
                countsMatches: program.kind.counts(.right), timeToLive: rightTimeToLive))
        candidates = .allocate(capacity: Self.chunkRows)
    }

    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    deinit {
        GroupTable.destroy(table)
        leftRows.deinitialize(count: 1)
        leftRows.deallocate()
        rightRows.deinitialize(count: 1)
        rightRows.deallocate()
        candidates.deallocate()
    }

    /// Takes a batch of one side and appends what changes to `output`; what it appended before a failure stays.
    ///
    /// The strings of what comes out are lent: by the batch, and by the join until the next call.
    @inlinable public mutating func push(
        _ batch: BatchView, from side: JoinSide, into output: ColumnBatch
    ) throws(PipelineError) {
        leftRows.pointee.compactStringsIfNeeded(program.left)
        rightRows.pointee.compactStringsIfNeeded(program.right)
        if _slowPath(emptied > 1024 && emptied &* 2 > table.pointee.count) { dropEmptyKeys() }
        if _slowPath(!divertedRows.isEmpty) { divertedRows = [] }
        switch side {
        case .left: try push(batch, LeftFace(program: program), leftRows, rightRows, output)
        case .right: try push(batch, RightFace(program: program), rightRows, leftRows, output)
        }
    }

    /// Raises the watermark of one side; the least of both goes out with `output` where it rises, the left one's if only
    /// left rows come out.
    public mutating func advance(
        _ side: JoinSide, to time: Int64, into output: ColumnBatch
    ) throws(PipelineError) {
        if readsLatest && side == .right { return }
        if watermark.advance(Int(side.rawValue), to: time) { output.appendStep(watermark.watermark) }
    }

    @inlinable mutating func push<Face: JoinFace>(
        _ batch: BatchView, _ face: Face, _ mine: UnsafeMutablePointer<JoinRows>,
        _ others: UnsafeMutablePointer<JoinRows>, _ output: ColumnBatch
    ) throws(PipelineError) {
        let before = output.rowCount
        let columns = face.mine.columns(of: batch)
        var step = 0
        var row = 0
        while row < batch.rowCount {
            while _slowPath(step < batch.steps.count && batch.steps[step].row <= row) {
                try advance(Face.side, to: batch.steps[step].watermark, into: output)
                step &+= 1
            }
            let weight = batch.weights?[row] ?? 1
            if _slowPath(weight < 0 && (Face.side == .left ? checksLeft : checksRight)),
                !isThere(columns, row, weight, face, mine)
            {
                try leaveOut(row)
            } else if _fastPath(weight != 0) {
                let result = take(columns, row, weight, face, mine, others, output)
                if _slowPath(result != .taken) { throw failure(result, columns, row, face, mine, others) }
            }
            row &+= 1
        }
        while step < batch.steps.count {
            try advance(Face.side, to: batch.steps[step].watermark, into: output)
            step &+= 1
        }
        count(rowsIn: batch.rowCount, rowsOut: output.rowCount &- before)
    }

    @usableFromInline mutating func count(rowsIn: Int, rowsOut: Int) {
        counters.rowsIn &+= Int64(rowsIn)
        counters.rowsOut &+= Int64(rowsOut)
    }

    /// Pairs a row with those of its key on the other side, and keeps it.
    @inlinable mutating func take<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ weight: Int64, _ face: Face,
        _ mine: UnsafeMutablePointer<JoinRows>, _ others: UnsafeMutablePointer<JoinRows>, _ output: ColumnBatch
    ) -> JoinStep {
        let kind = program.kind
        var matches: Int64 = 0
        let group = face.mine.group(columns, row, in: table)
        if _fastPath(group >= 0) {
            let heads = table.pointee.accumulator(group).assumingMemoryBound(to: JoinHeads.self)
            let last = heads.pointee[Face.side.opposite]
            if last != 0 && !(readsLatest && Face.side == .right) {
                let result =
                    program.hasCondition
                    ? pairSelected(columns, row, weight, last, face, others, &matches, output)
                    : pairAll(columns, row, weight, last, face, others, &matches, output)
                if _slowPath(result != .taken) { return result }
            }
            if readsLatest && Face.side == .left {
                if heads.pointee.isEmpty { emptied &+= 1 }
            } else if _slowPath(!keep(columns, row, weight, matches, face, mine, heads)) { return .outOfRange }
        }
        if kind.preserves(Face.side) {
            if matches <= 0 {
                output.reserve(1)
                let target = output.rowCount
                face.mine.give(columns, row, times: 1, to: output, at: target, from: face.firstColumn)
                pad(Face.side.opposite, output)
                finishRow(output, weight)
            }
        } else if Face.side == .left, kind.isFiltering, (matches > 0) == (kind == .semi) {
            output.reserve(1)
            face.mine.give(columns, row, times: 1, to: output, at: output.rowCount, from: 0)
            finishRow(output, weight)
        }
        return .taken
    }

    /// Pairs a row with all of a chain, in their order of arrival.
    @inlinable mutating func pairAll<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ weight: Int64, _ last: UInt32, _ face: Face,
        _ others: UnsafeMutablePointer<JoinRows>, _ matches: inout Int64, _ output: ColumnBatch
    ) -> JoinStep {
        var slot = last
        repeat {
            slot = others.pointee.header(slot).pointee.next
            let record = others.pointee.record(slot)
            if _slowPath(!meet(columns, row, weight, record, face, others, &matches, output)) { return .outOfRange }
        } while slot != last
        return .taken
    }

    /// As `pairAll`, with the rows of the chain that the condition selects.
    @inlinable mutating func pairSelected<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ weight: Int64, _ last: UInt32, _ face: Face,
        _ others: UnsafeMutablePointer<JoinRows>, _ matches: inout Int64, _ output: ColumnBatch
    ) -> JoinStep {
        var slot = last
        repeat {
            var count = 0
            repeat {
                slot = others.pointee.header(slot).pointee.next
                candidates[count] = others.pointee.record(slot)
                count &+= 1
            } while slot != last && count < Self.chunkRows
            var fault = Fault()
            let found = face.select(columns, row, among: candidates, count, &scratch, &fault)
            scratch.resetIfUsed()
            if _slowPath(fault.isRaised) { return .failed }
            for index in 0..<found {
                if _slowPath(!meet(columns, row, weight, candidates[index], face, others, &matches, output)) {
                    return .outOfRange
                }
            }
        } while slot != last
        return .taken
    }

    /// A row and a kept row of the other side that match; false if a weight is out of range.
    @inlinable mutating func meet<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ weight: Int64, _ record: UnsafeMutableRawPointer, _ face: Face,
        _ others: UnsafeMutablePointer<JoinRows>, _ matches: inout Int64, _ output: ColumnBatch
    ) -> Bool {
        let kind = program.kind
        let otherWeight = others.pointee.header(of: record).pointee.weight
        if kind.counts(Face.side) {
            let (sum, overflow) = matches.addingReportingOverflow(otherWeight)
            if _slowPath(overflow) { return false }
            matches = sum
        }
        var before: Int64 = 0
        var after: Int64 = 0
        if kind.counts(Face.side.opposite) {
            let matched = others.pointee.matches(of: record)
            before = matched.pointee
            let (sum, overflow) = before.addingReportingOverflow(weight)
            if _slowPath(overflow) { return false }
            after = sum
            matched.pointee = sum
        }
        if kind.isFiltering {
            if Face.side == .right, (before > 0) != (after > 0) {
                let appears = (after > 0) == (kind == .semi)
                output.reserve(1)
                face.other.give(UnsafeRawPointer(record), 1, stride: 0, to: output, at: output.rowCount, from: 0)
                finishRow(output, appears ? otherWeight : 0 &- otherWeight)
            }
            return true
        }
        let (product, overflow) = weight.multipliedReportingOverflow(by: otherWeight)
        if _slowPath(overflow) { return false }
        let isPreserved = kind.preserves(Face.side.opposite)
        if isPreserved, before <= 0, after > 0 { writePadded(record, 0 &- otherWeight, face, output) }
        output.reserve(1)
        let target = output.rowCount
        face.mine.give(columns, row, times: 1, to: output, at: target, from: face.firstColumn)
        face.other.give(UnsafeRawPointer(record), 1, stride: 0, to: output, at: target, from: face.otherFirstColumn)
        finishRow(output, product)
        if isPreserved, before > 0, after <= 0 { writePadded(record, otherWeight, face, output) }
        return true
    }

    /// Adds a row to those of its key, or to the weight of its equal; false if that is out of range.
    @inlinable mutating func keep<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ weight: Int64, _ matches: Int64, _ face: Face,
        _ mine: UnsafeMutablePointer<JoinRows>, _ heads: UnsafeMutablePointer<JoinHeads>
    ) -> Bool {
        let last = heads.pointee[Face.side]
        if face.mine.isUpdating, last != 0 {
            var before = last
            repeat {
                let slot = mine.pointee.header(before).pointee.next
                let header = mine.pointee.header(slot)
                if face.mine.isKept(columns, row, at: UnsafeRawPointer(mine.pointee.record(slot))) {
                    let (sum, overflow) = header.pointee.weight.addingReportingOverflow(weight)
                    header.pointee.weight = sum
                    if sum == 0 {
                        heads.pointee[Face.side] = mine.pointee.remove(slot, behind: before, last: last)
                        if heads.pointee.isEmpty { emptied &+= 1 }
                    }
                    return !overflow
                }
                before = slot
            } while before != last
        }
        let slot = mine.pointee.append(weight: weight, last: last)
        let record = mine.pointee.record(slot)
        face.mine.keep(columns, row, at: record, &mine.pointee.arena)
        if program.kind.counts(Face.side) { mine.pointee.matches(of: record).pointee = matches }
        heads.pointee[Face.side] = slot
        return true
    }

    // MARK: Rows that are not there

    /// Whether there are as many rows equal to this one as it takes back.
    @usableFromInline @inline(never) func isThere<Face: JoinFace>(
        _ columns: Face.Mine.Columns, _ row: Int, _ weight: Int64, _ face: Face,
        _ mine: UnsafeMutablePointer<JoinRows>
    ) -> Bool {
        let group = face.mine.group(columns, row, in: table)
        if group < 0 { return true }
        let last = table.pointee.accumulator(group).assumingMemoryBound(to: JoinHeads.self).pointee[Face.side]
        if last == 0 { return false }
        var slot = last
        repeat {
            slot = mine.pointee.header(slot).pointee.next
            let header = mine.pointee.header(slot)
            if face.mine.isKept(columns, row, at: UnsafeRawPointer(mine.pointee.record(slot))) {
                let (left, overflow) = header.pointee.weight.addingReportingOverflow(weight)
                return !overflow && left >= 0
            }
        } while slot != last
        return false
    }

    /// Counts a row that takes back what is not there.
    @usableFromInline @inline(never) mutating func leaveOut(_ row: Int) throws(PipelineError) {
        let error = PipelineError.retractionWithoutRow(row: row)
        counters.unmatchedRetractions &+= 1
        if policy == .fail { throw error }
        counters.evaluationErrors &+= 1
        if policy == .divert { divertedRows.append(DivertedRow(row: row, reason: .evaluationError, error: error)) }
    }

    // MARK: Output

    @inlinable func writePadded<Face: JoinFace>(
        _ record: UnsafeMutableRawPointer, _ weight: Int64, _ face: Face, _ output: ColumnBatch
    ) {
        output.reserve(1)
        face.other.give(UnsafeRawPointer(record), 1, stride: 0, to: output, at: output.rowCount, from: face.otherFirstColumn)
        pad(Face.side, output)
        finishRow(output, weight)
    }

    /// NULLs for the columns of a side.
    @inlinable func pad(_ side: JoinSide, _ output: ColumnBatch) {
        let left = program.left.columnCount
        let columns = side == .left ? 0..<left : left..<(left &+ program.right.columnCount)
        for column in columns { output.setNull(column, output.rowCount) }
    }

    @inlinable func finishRow(_ output: ColumnBatch, _ weight: Int64) {
        let row = output.rowCount
        if weight != 1 || output.hasWeights { output.weights()[row] = weight }
        output.rowCount = row &+ 1
    }

    // MARK: Failures

    /// Finds out what failed: pair by pair, since a condition may have failed for several.
    @usableFromInline @inline(never) mutating func failure<Face: JoinFace>(
        _ result: JoinStep, _ columns: Face.Mine.Columns, _ row: Int, _ face: Face,
        _ mine: UnsafeMutablePointer<JoinRows>, _ others: UnsafeMutablePointer<JoinRows>
    ) -> PipelineError {
        if result == .failed {
            let group = face.mine.group(columns, row, in: table)
            let last = group < 0 ? 0 : table.pointee.accumulator(group).assumingMemoryBound(to: JoinHeads.self)
                .pointee[Face.side.opposite]
            var slot = last
            while slot != 0 {
                slot = others.pointee.header(slot).pointee.next
                var fault = Fault()
                candidates[0] = others.pointee.record(slot)
                _ = face.select(columns, row, among: candidates, 1, &scratch, &fault)
                scratch.resetIfUsed()
                if fault.isRaised { return PipelineError(fault, row: row) }
                if slot == last { break }
            }
        }
        return PipelineError(sqlState: "22003", message: "the number of equal rows is out of range", row: row)
    }

    // MARK: Keys

    /// Makes the dictionary anew from the keys that rows have.
    @usableFromInline @inline(never) mutating func dropEmptyKeys() {
        let old = GroupTable.make(table.pointee.layout)
        swap(&old.pointee, &table.pointee)
        for group in 0..<old.pointee.count {
            let heads = old.pointee.accumulator(group).assumingMemoryBound(to: JoinHeads.self)
            if heads.pointee.isEmpty { continue }
            let words = old.pointee.key(group)
            let kept = table.pointee.findOrInsert(words, hash: old.pointee.hash(words))
            table.pointee.accumulator(kept).assumingMemoryBound(to: JoinHeads.self).pointee = heads.pointee
        }
        GroupTable.destroy(old)
        emptied = 0
    }
}
