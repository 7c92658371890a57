public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Gives out each row as often as one of its columns says, numbered from 1 in a BIGINT column behind its own. Weights are
/// kept; watermarks pass unchanged. What functions that give rows are made of: their values follow from the number.
///
/// Cost: one gather of each row that comes out.
public struct RowExpander {
    private let types: [PhysicalType]
    private let count: Int
    private let keepsEmpty: Bool
    private var tally = OperatorCounters()
    /// The input's row of each row of the output, and its number; 0 stands for NULL.
    private var rows: [Int32] = []
    private var numbers: [Int64] = []
    private var watermark = PassedWatermark()

    /// - Parameters:
    ///   - types: the columns that are handed on, which the input has first.
    ///   - count: the input's column of counts (BIGINT); NULL and what is below 1 count as none.
    ///   - keepsEmpty: whether a row of no count comes out once, without a number.
    public init(types: [PhysicalType], count: Int, keepsEmpty: Bool) {
        self.types = types
        self.count = count
        self.keepsEmpty = keepsEmpty
    }

    /// The columns of the output.
    public var outputTypes: [PhysicalType] { types + [.int64] }
    public var counters: OperatorCounters { tally }

    /// The input's row, counted in its batch, from which a row of the last push's output was made.
    public func inputRow(of row: Int) -> Int? { rows.indices.contains(row) ? Int(rows[row]) : nil }

    /// Appends the rows of a batch to `output`, each as often as it says, with the batch's watermark steps.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        rows.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        let first = output.rowCount
        let counts = batch.columns[count]
        var steps = StepCursor()
        for row in 0..<batch.rowCount {
            while let step = steps.step(of: batch, before: row) {
                watermark.pass(step, behind: first + rows.count, output)
            }
            let times = counts.optional(row, as: Int64.self) ?? 0
            let index = Int32(truncatingIfNeeded: row)
            if times > 0 {
                rows.append(contentsOf: repeatElement(index, count: Int(times)))
                numbers.append(contentsOf: 1...times)
            } else if keepsEmpty {
                rows.append(index)
                numbers.append(0)
            }
        }
        while let step = steps.step(of: batch) { watermark.pass(step, behind: first + rows.count, output) }
        tally.rowsIn &+= Int64(batch.rowCount)
        write(batch, output)
    }

    /// Hands a watermark on.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        self.watermark.pass(watermark, behind: output.rowCount, output)
    }

    private mutating func write(_ batch: BatchView, _ output: ColumnBatch) {
        tally.rowsOut &+= Int64(rows.count)
        output.reserve(rows.count)
        let first = output.rowCount
        rows.withUnsafeBufferPointer { rows in
            for column in types.indices {
                output.gather(batch.columns[column], rows: rows, into: column, copiesStrings: true)
            }
        }
        let target = output.values(types.count, as: Int64.self) + first
        for index in numbers.indices { target[index] = numbers[index] }
        if keepsEmpty {
            for index in numbers.indices where numbers[index] == 0 { output.setNull(types.count, first + index) }
        }
        if let weights = batch.weights {
            let target = output.weights() + first
            for (index, row) in rows.enumerated() { target[index] = weights[Int(row)] }
        }
        output.rowCount = first + rows.count
    }

    /// Writes the counters and the watermark.
    public func encode(to writer: inout StateWriter) {
        tally.encode(to: &writer)
        watermark.encode(to: &writer)
    }

    /// Replaces all state by what `encode` wrote.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        tally = try OperatorCounters(from: &reader)
        try watermark.restore(from: &reader)
        rows = []
        numbers = []
    }
}
