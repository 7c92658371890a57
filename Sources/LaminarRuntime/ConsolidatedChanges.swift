public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Changes, held back until the batch that led to them has been processed: what only came and went meanwhile is not seen.
///
/// The operators behind one source work one after another, so what is computed from several of them goes through rows that
/// no state of the input has. Where such a row would be an error, this stands in front. It is empty whenever a pipeline
/// rests. Cost: a copy of each row, and a probe where a batch brought more than one batch of changes.
public struct ConsolidatedChanges: ~Copyable {
    private let types: [PhysicalType]
    private let held: OverRows
    private var weights: [Int64] = []
    /// Rows by their values, and the first of each value; the next of the same is in `following`.
    private var known: PartitionTable
    private var first: [Int32] = []
    private var following: [Int32] = []
    private var watermark = noWatermark
    private var watermarkBefore = noWatermark
    private var tally = OperatorCounters()

    public init(types: [PhysicalType]) {
        self.types = types
        held = OverRows(types: types)
        known = PartitionTable(types: types, columns: Array(types.indices))
    }

    /// The columns of the output.
    public var outputTypes: [PhysicalType] { types }
    public var counters: OperatorCounters { tally }

    /// Takes a batch, weights and watermark steps included; nothing comes out yet.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        tally.rowsIn &+= Int64(batch.rowCount)
        for row in 0..<batch.rowCount { take(batch, row, batch.weights?[row] ?? 1) }
        if let last = batch.steps.last { watermark = max(watermark, last.watermark) }
    }

    /// Takes a watermark, which goes on behind the rows that were held before it.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        self.watermark = max(self.watermark, watermark)
    }

    private mutating func take(_ batch: BatchView, _ row: Int, _ weight: Int64) {
        let value = known.index(of: batch, row)
        if value < first.count {
            // Keys are equal for 1.0 and 1.00, which are two rows.
            var slot = first[value]
            while slot >= 0 {
                if held.isEqual(slot, batch, row, columns: types.count) {
                    weights[Int(slot)] &+= weight
                    return
                }
                slot = following[Int(slot)]
            }
        } else {
            first.append(-1)
        }
        let slot = held.batch.rowCount
        held.batch.reserve(1)
        held.batch.rowCount = slot + 1
        for column in types.indices { held.batch.overwrite(column, slot, with: batch.columns[column], row) }
        weights.append(weight)
        following.append(first[value])
        first[value] = Int32(truncatingIfNeeded: slot)
    }

    /// Appends what is left of the changes, what is taken back first, and the watermark; false if there is nothing.
    ///
    /// The strings of what comes out are lent until the next push.
    public mutating func release(into output: ColumnBatch) -> Bool {
        let steps = watermark > watermarkBefore
        if weights.isEmpty, !steps { return false }
        for isAdded in [false, true] {
            let slots = weights.indices.filter { weights[$0] != 0 && (weights[$0] > 0) == isAdded }
            if slots.isEmpty { continue }
            let start = output.rowCount
            output.reserve(slots.count)
            held.batch.withView { view in
                slots.map { Int32(truncatingIfNeeded: $0) }.withUnsafeBufferPointer { rows in
                    for column in types.indices {
                        output.gather(view.columns[column], rows: rows, into: column, copiesStrings: true)
                    }
                }
            }
            let target = output.weights() + start
            for (index, slot) in slots.enumerated() { target[index] = weights[slot] }
            output.rowCount = start + slots.count
            tally.rowsOut &+= Int64(slots.count)
        }
        forget()
        if steps {
            watermarkBefore = watermark
            output.appendStep(watermark)
        }
        return true
    }

    private mutating func forget() {
        held.batch.clear()
        known.clear()
        weights.removeAll(keepingCapacity: true)
        first.removeAll(keepingCapacity: true)
        following.removeAll(keepingCapacity: true)
    }

    // MARK: State

    /// Writes the watermark and the counters; no rows are held between two batches.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermark)
        tally.encode(to: &writer)
    }

    /// Replaces all state by what `encode` wrote.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        forget()
        watermark = try reader.readInteger(Int64.self)
        watermarkBefore = watermark
        tally = try OperatorCounters(from: &reader)
    }
}
