import LaminarColumns
public import LaminarState

extension TimedJoin {
    /// Writes watermarks, counters, and each side's rows in order of arrival: the same bytes for every executor.
    public func encode(to writer: inout StateWriter) {
        for watermark in [leftWatermark, rightWatermark, watermarkGiven, nextArrival] { writer.write(watermark) }
        counters.encode(to: &writer)
        encode(program.left, leftRows, &writer)
        encode(program.right, rightRows, &writer)
    }

    private func encode<Input: JoinInput>(
        _ input: Input, _ rows: UnsafeMutablePointer<TimedRows>, _ writer: inout StateWriter
    ) {
        let slots = rows.pointee.inOrderOfArrival
        writer.write(UInt64(slots.count))
        let batch = ColumnBatch(types: input.types, capacity: 64)
        for slot in slots {
            writer.write(rows.pointee.header(slot).pointee.arrival)
            writer.write(rows.pointee.header(slot).pointee.isMatched)
            batch.clear()
            input.write(UnsafeRawPointer(rows.pointee.record(slot)), to: batch, at: 0, from: 0)
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
            try restore(program.left, leftRows, .left, &reader)
            try restore(program.right, rightRows, .right, &reader)
            (leftWatermark, rightWatermark, watermarkGiven, nextArrival) = (left, right, given, arrival)
            self.counters = counters
        } catch {
            clear()
            throw error
        }
    }

    private mutating func clear() {
        (leftWatermark, rightWatermark, watermarkGiven, nextArrival) = (noWatermark, noWatermark, noWatermark, 0)
        counters = OperatorCounters()
        table.pointee.clear()
        leftRows.pointee.clear()
        rightRows.pointee.clear()
    }

    private mutating func restore<Input: JoinInput>(
        _ input: Input, _ rows: UnsafeMutablePointer<TimedRows>, _ side: JoinSide, _ reader: inout StateReader
    ) throws(StateError) {
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
            let slot = rows.pointee.claim(
                TimedRows.Header(
                    time: time, arrival: arrival, group: Int32(truncatingIfNeeded: row.1), isMatched: isMatched),
                deadline: timing.deadline(of: time, on: side))
            let record = rows.pointee.record(slot)
            batch.withView { input.keep(input.columns(of: $0), 0, at: record, &rows.pointee.arena) }
            if row.1 >= 0 { rows.pointee.link(slot, ends(row.1, side)) }
        }
    }
}
