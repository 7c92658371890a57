import LaminarColumns
import LaminarKernels
public import LaminarState
import LaminarTypes

extension RegularJoin {
    /// Writes watermarks, counters, and the rows key by key in the order in which pairs come: the same bytes for every
    /// executor.
    public func encode(to writer: inout StateWriter) {
        for input in watermark.inputs { writer.write(input) }
        counters.encode(to: &writer)
        func heads(_ group: Int) -> JoinHeads {
            table.pointee.accumulator(group).assumingMemoryBound(to: JoinHeads.self).pointee
        }
        let groups = (0..<table.pointee.count).filter { !heads($0).isEmpty }
        writer.write(UInt64(groups.count))
        let left = ColumnBatch(types: program.left.types, capacity: 64)
        let right = ColumnBatch(types: program.right.types, capacity: 64)
        for group in groups {
            encode(program.left, leftRows, last: heads(group).left, counts: program.kind.counts(.left), left, &writer)
            encode(
                program.right, rightRows, last: heads(group).right, counts: program.kind.counts(.right), right, &writer)
        }
    }

    private func encode<Input: JoinInput>(
        _ input: Input, _ rows: UnsafeMutablePointer<JoinRows>, last: UInt32, counts: Bool, _ batch: ColumnBatch,
        _ writer: inout StateWriter
    ) {
        if last == 0 { return writer.write(UInt32(0)) }
        var count: UInt32 = 0
        var slot = last
        repeat {
            count &+= 1
            slot = rows.pointee.header(slot).pointee.next
        } while slot != last
        writer.write(count)
        repeat {
            slot = rows.pointee.header(slot).pointee.next
            let record = rows.pointee.record(slot)
            writer.write(rows.pointee.header(slot).pointee.weight)
            if counts { writer.write(rows.pointee.matches(of: record).pointee) }
            if rows.pointee.timeToLive != nil { writer.write(rows.pointee.time(slot)) }
            batch.clear()
            input.write(UnsafeRawPointer(record), to: batch, at: 0, from: 0)
            batch.rowCount = 1
            batch.withView { encodeRow($0, 0, types: batch.types, to: &writer) }
        } while slot != last
    }

    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        var restored = UnionWatermark(inputs: watermark.inputs.count)
        for input in watermark.inputs.indices { _ = restored.advance(input, to: try reader.readInteger(Int64.self)) }
        watermark = restored
        counters = try OperatorCounters(from: &reader)
        divertedRows = []
        table.pointee.clear()
        leftRows.pointee.clear()
        rightRows.pointee.clear()
        emptied = 0
        let groups = try reader.readInteger(UInt64.self)
        let left = ColumnBatch(types: program.left.types, capacity: 64)
        let right = ColumnBatch(types: program.right.types, capacity: 64)
        var group: UInt64 = 0
        while group < groups {
            try restore(program.left, leftRows, .left, left, &reader)
            try restore(program.right, rightRows, .right, right, &reader)
            group += 1
        }
    }

    /// Reads the rows of one key and side back, in the order of their chain.
    private mutating func restore<Input: JoinInput>(
        _ input: Input, _ rows: UnsafeMutablePointer<JoinRows>, _ side: JoinSide, _ batch: ColumnBatch,
        _ reader: inout StateReader
    ) throws(StateError) {
        var remaining = try reader.readInteger(UInt32.self)
        while remaining > 0 {
            remaining -= 1
            let weight = try reader.readInteger(Int64.self)
            let counts = program.kind.counts(side)
            let matches = counts ? try reader.readInteger(Int64.self) : 0
            let time = rows.pointee.timeToLive == nil ? nil : try reader.readInteger(Int64.self)
            batch.clear()
            try decodeRow(into: batch, 0, types: batch.types, table: side == .left ? 0 : 1, from: &reader)
            batch.rowCount = 1
            let group = batch.withView { input.group(input.columns(of: $0), 0, in: table) }
            if group < 0 || weight == 0 { throw StateError.corrupt("a row of a join has no key or no weight") }
            let heads = table.pointee.accumulator(group).assumingMemoryBound(to: JoinHeads.self)
            let slot = rows.pointee.append(weight: weight, last: heads.pointee[side])
            heads.pointee[side] = slot
            if let time { rows.pointee.setTime(slot, time) }
            let record = rows.pointee.record(slot)
            batch.withView { input.keep(input.columns(of: $0), 0, at: record, &rows.pointee.arena) }
            if counts { rows.pointee.matches(of: record).pointee = matches }
        }
    }
}
