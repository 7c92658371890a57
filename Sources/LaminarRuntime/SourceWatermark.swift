public import LaminarColumns
public import LaminarKernels

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

    public init() {}

    /// Calls `body` with the batch and a step behind each row that raises the watermark.
    public mutating func withSteps(
        _ batch: BatchView, _ tracker: inout WatermarkTracker, _ body: (BatchView) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        steps.removeAll(keepingCapacity: true)
        let columns = Program.columns(of: batch)
        var scratch = Arena()
        for row in 0..<batch.rowCount {
            var fault = Fault()
            let candidate = Program.candidate(columns, row, &scratch, &fault)
            if fault.isRaised { throw PipelineError(fault, row: row) }
            if tracker.observe(candidate) {
                steps.append(WatermarkStep(row: row + 1, watermark: tracker.watermark))
            }
        }
        var stepped = batch
        let result = steps.withUnsafeBufferPointer { steps -> Result<Void, PipelineError> in
            stepped.steps = steps
            do throws(PipelineError) {
                return .success(try body(stepped))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
