import LaminarColumns
public import LaminarState

extension TimedJoin {
    /// Writes watermarks, counters, and each side's rows in order of arrival: the same bytes for every executor.
    public func encode(to writer: inout StateWriter) {
        for watermark in [leftWatermark, rightWatermark, watermarkGiven, nextArrival] { writer.write(watermark) }
        tally.encode(to: &writer)
        encode(program.left, .left, &writer)
        encode(program.right, .right, &writer)
    }

    private func encode<Input: JoinInput>(
        _ input: Input, _ side: JoinSide, _ writer: inout StateWriter
    ) {
        let rows = rows(side)
        // What nothing can meet any more is not written, whether it has left yet or not.
        let horizon = rows.pointee.horizon
        var kept: [(arrival: Int64, isMatched: Bool, record: UnsafeMutableRawPointer)] = []
        func collect(_ run: UnsafeMutablePointer<TimedRun>) {
            for index in run.pointee.head..<run.pointee.end {
                let header = rows.pointee.header(run, index).pointee
                if header.time < horizon || horizon == .max { continue }
                kept.append((header.arrival, header.isMatched, rows.pointee.record(run, index)))
            }
        }
        for group in 0..<table.pointee.count { collect(run(group, side)) }
        collect(rows.pointee.unkeyed)
        kept.sort { $0.arrival < $1.arrival }
        writer.write(UInt64(kept.count))
        let batch = ColumnBatch(types: input.types, capacity: 64)
        for row in kept {
            writer.write(row.arrival)
            writer.write(row.isMatched)
            batch.clear()
            input.write(UnsafeRawPointer(row.record), to: batch, at: 0, from: 0)
            batch.rowCount = 1
            batch.withView { encodeRow($0, 0, types: batch.types, to: &writer) }
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the join is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        clear()
        do throws(StateError) {
            let (left, right) = (try reader.readInteger(Int64.self), try reader.readInteger(Int64.self))
            let (given, arrival) = (try reader.readInteger(Int64.self), try reader.readInteger(Int64.self))
            let counters = try OperatorCounters(from: &reader)
            try restore(program.left, .left, &reader)
            try restore(program.right, .right, &reader)
            (leftWatermark, rightWatermark, watermarkGiven, nextArrival) = (left, right, given, arrival)
            tally = counters
            setHorizons()
        } catch {
            clear()
            throw error
        }
    }

    private mutating func clear() {
        (leftWatermark, rightWatermark, watermarkGiven, nextArrival) = (noWatermark, noWatermark, noWatermark, 0)
        tally = OperatorCounters()
        forgetRows()
        setHorizons()
    }

    private mutating func restore<Input: JoinInput>(
        _ input: Input, _ side: JoinSide, _ reader: inout StateReader
    ) throws(StateError) {
        let rows = rows(side)
        // A row takes its number and a flag; its columns may have been fewer.
        let count = try reader.readCount(bytesEach: 9)
        let batch = ColumnBatch(types: input.types, capacity: 64)
        for _ in 0..<count {
            let arrival = try reader.readInteger(Int64.self)
            let isMatched = try reader.readBool()
            batch.clear()
            try decodeRow(into: batch, 0, types: batch.types, table: side == .left ? 0 : 1, from: &reader)
            batch.rowCount = 1
            let row = batch.withView { view in
                (
                    view.columns[side == .left ? timing.left : timing.right].optional(0, as: Int64.self),
                    input.group(input.columns(of: view), 0, in: table)
                )
            }
            guard let time = row.0 else { throw .corrupt("a row of a join has no time") }
            let group = max(row.1, -1)
            let record = rows.pointee.insert(
                TimedRows.Header(time: time, arrival: arrival, isMatched: isMatched),
                into: group < 0 ? rows.pointee.unkeyed : run(group, side))
            batch.withView { input.keep(input.columns(of: $0), 0, at: record, &rows.pointee.arena) }
            if side == .left ? leftIsPending : rightIsPending, !isMatched {
                pending(side).pointee.append(PendingRows.Row(time: time, arrival: arrival, group: group))
            }
        }
    }
}
