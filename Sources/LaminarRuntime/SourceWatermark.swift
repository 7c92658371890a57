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
    @usableFromInline var steps: [WatermarkStep] = []
    @usableFromInline var cutter: BatchCutter

    /// - Parameters:
    ///   - types: the source's columns.
    ///   - cutsAtSteps: for a source whose rows come together again behind several stages: batches are cut behind each
    ///     row that raises the watermark.
    ///   - cutsAtRows: whether each row is handed on by itself.
    public init(types: [PhysicalType], cutsAtSteps: Bool = false, cutsAtRows: Bool = false) {
        cutter = BatchCutter(types: types, cutsAtSteps: cutsAtSteps, cutsAtRows: cutsAtRows)
    }

    /// Calls `body` with the batch and a step behind each row that raises the watermark, without rows that the source's
    /// alignment group drops; where one fails, with the rows before it.
    ///
    /// - Parameter body: takes a batch, or a piece of it, and the position of its first row in the batch.
    @inlinable public mutating func withSteps(
        _ batch: BatchView, _ tracker: inout WatermarkTracker, _ body: (BatchView, _ firstRow: Int) -> Void
    ) throws(PipelineError) {
        steps.removeAll(keepingCapacity: true)
        let columns = Program.columns(of: batch)
        var scratch = Arena()
        var rowCount = batch.rowCount
        var failure: PipelineError?
        let isSelective = tracker.isSelective
        for row in 0..<batch.rowCount {
            var fault = Fault()
            let candidate = Program.candidate(columns, row, &scratch, &fault)
            if fault.isRaised {
                failure = PipelineError(fault, row: row)
                rowCount = row
                break
            }
            if isSelective, !tracker.admits(candidate) {
                cutter.leaveOut(row)
            } else if tracker.observe(candidate) {
                steps.append(WatermarkStep(row: row + 1, watermark: tracker.watermark))
            }
        }
        cutter.handOn(batch, rowCount, steps, body)
        if let failure { throw failure }
    }
}
