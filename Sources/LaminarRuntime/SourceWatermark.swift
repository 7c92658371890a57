public import LaminarColumns
public import LaminarKernels
public import LaminarTypes

/// What a source adds to `SourceWatermark`: what each row raises the watermark to.
public protocol WatermarkProgram {
    associatedtype Columns: BitwiseCopyable

    static func columns(of batch: BatchView) -> Columns
    /// Microseconds since the epoch; nil raises nothing.
    static func candidate(_ columns: Columns, _ index: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64?
}

/// Gives the batches of a source the watermark steps that stages behind it read.
public struct SourceWatermark<Program: WatermarkProgram> {
    private var steps: [WatermarkStep] = []
    /// What carries a slice of a batch; nil where batches are handed on whole.
    private let slice: ColumnBatch?

    public init() { slice = nil }

    /// For a source whose rows come together again behind several stages: batches are cut behind each row that raises the
    /// watermark.
    ///
    /// The least watermark of a union rises when the last of its inputs has had the batch, and the rows that follow in
    /// the batch must be judged by it.
    public init(cuttingBatchesOf types: [PhysicalType]) { slice = ColumnBatch(types: types, capacity: 64) }

    /// Calls `body` with the batch and a step behind each row that raises the watermark; where one fails, with the rows
    /// before it.
    ///
    /// - Parameter body: takes a batch, or a slice of it, and the position of its first row in the batch.
    public mutating func withSteps(
        _ batch: BatchView, _ tracker: inout WatermarkTracker, _ body: (BatchView, _ firstRow: Int) -> Void
    ) throws(PipelineError) {
        steps.removeAll(keepingCapacity: true)
        let columns = Program.columns(of: batch)
        var scratch = Arena()
        var rowCount = batch.rowCount
        var failure: PipelineError?
        for row in 0..<batch.rowCount {
            var fault = Fault()
            let candidate = Program.candidate(columns, row, &scratch, &fault)
            if fault.isRaised {
                failure = PipelineError(fault, row: row)
                rowCount = row
                break
            }
            if tracker.observe(candidate) {
                steps.append(WatermarkStep(row: row + 1, watermark: tracker.watermark))
            }
        }
        if let slice, !steps.isEmpty {
            handOnSlices(batch, rowCount, slice, body)
        } else {
            steps.withUnsafeBufferPointer { steps in
                body(
                    BatchView(columns: batch.columns, rowCount: rowCount, weights: batch.weights, steps: steps), 0)
            }
        }
        if let failure { throw failure }
    }

    /// Hands on the rows up to each step with the step behind them, then those behind the last.
    private func handOnSlices(
        _ batch: BatchView, _ rowCount: Int, _ slice: ColumnBatch, _ body: (BatchView, _ firstRow: Int) -> Void
    ) {
        var start = 0
        for index in 0...steps.count {
            let end = index < steps.count ? steps[index].row : rowCount
            slice.clear()
            slice.reserve(end - start)
            let rows = (start..<end).map { Int32(truncatingIfNeeded: $0) }
            rows.withUnsafeBufferPointer { rows in
                for column in slice.types.indices {
                    slice.gather(batch.columns[column], rows: rows, into: column, copiesStrings: false)
                }
            }
            if let weights = batch.weights {
                let target = slice.weights()
                for row in start..<end { target[row - start] = weights[row] }
            }
            slice.rowCount = end - start
            if index < steps.count { slice.appendStep(steps[index].watermark) }
            slice.withView { body($0, start) }
            start = end
        }
    }
}
