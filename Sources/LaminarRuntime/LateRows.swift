public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// The rows that a windowed aggregation over the same input drops as late: LATE DATA TO.
///
/// Whether a row is late follows from its time and the watermark of the rows before it alone, so this operator says the
/// same as the aggregation without knowing of it.
public struct LateRows {
    public let windows: TumblingWindows
    public let lateness: Int64
    private let types: [PhysicalType]
    private let time: Int
    private var watermarkSoFar = noWatermark
    /// Windows with a smaller index have closed.
    private var closed: Int64
    private var tally = OperatorCounters()
    private var rows: [Int32] = []

    /// - Parameters:
    ///   - types: the input's columns; the first `columns` of them are handed on.
    ///   - time: the input's column of times that lie in the row's window.
    public init(
        types: [PhysicalType], columns: Int, time: Int, windows: TumblingWindows, lateness: Int64 = 0
    ) {
        self.types = Array(types.prefix(columns))
        self.time = time
        self.windows = windows
        self.lateness = lateness
        closed = windows.index(of: .min)
    }

    public var outputTypes: [PhysicalType] { types }
    public var counters: OperatorCounters { tally }

    /// Appends the late rows of a batch to `output`.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        rows.removeAll(keepingCapacity: true)
        let times = batch.columns[time]
        var step = 0
        for row in 0..<batch.rowCount {
            while step < batch.steps.count, batch.steps[step].row <= row {
                raise(to: batch.steps[step].watermark)
                step += 1
            }
            guard let time = times.optional(row, as: Int64.self), windows.index(of: time) < closed else { continue }
            rows.append(Int32(truncatingIfNeeded: row))
        }
        while step < batch.steps.count {
            raise(to: batch.steps[step].watermark)
            step += 1
        }
        tally.rowsIn &+= Int64(batch.rowCount)
        tally.rowsOut &+= Int64(rows.count)
        if rows.isEmpty { return }
        let first = output.rowCount
        output.reserve(rows.count)
        rows.withUnsafeBufferPointer { rows in
            for column in types.indices {
                output.gather(batch.columns[column], rows: rows, into: column, copiesStrings: true)
            }
        }
        if let weights = batch.weights {
            let target = output.weights() + first
            for (index, row) in rows.enumerated() { target[index] = weights[Int(row)] }
        }
        output.rowCount = first + rows.count
    }

    /// Raises the watermark from outside.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        raise(to: watermark)
    }

    private mutating func raise(to watermark: Int64) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        closed = watermark == endOfInput ? .max : windows.index(of: saturatingSubtract(watermark, lateness))
    }

    /// Writes watermark and counters.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
    }

    /// Replaces all state by what `encode` wrote.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        watermarkSoFar = noWatermark
        closed = windows.index(of: .min)
        let watermark = try reader.readInteger(Int64.self)
        tally = try OperatorCounters(from: &reader)
        raise(to: watermark)
    }
}
