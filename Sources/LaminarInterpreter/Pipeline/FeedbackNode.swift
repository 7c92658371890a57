import LaminarColumns
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Brings what the step of a recursive query gives back into it, once a batch has been processed.
final class FeedbackNode: PipelineNode {
    private let rows: FeedbackRows
    private let span: Span
    private var tally = OperatorCounters()

    init(_ name: String, types: [PhysicalType], span: Span) {
        rows = FeedbackRows(types: types)
        self.span = span
        super.init(name: name)
    }

    override var counters: OperatorCounters { tally }

    /// The recursion itself never holds a watermark back.
    override func begin() throws(StageFailure) {
        withUnsafeTemporaryAllocation(of: WatermarkStep.self, capacity: 1) { steps in
            steps.initialize(repeating: WatermarkStep(row: 0, watermark: endOfInput))
            var end = BatchView(columns: [], rowCount: 0)
            end.steps = UnsafeBufferPointer(steps)
            forward(end)
        }
    }

    override func receive(_ batch: BatchView, port: Int) {
        tally.rowsIn += Int64(batch.rowCount)
        rows.append(batch)
    }

    override func release() throws(StageFailure) -> Bool {
        do throws(PipelineError) {
            guard let batch = try rows.next() else { return false }
            tally.rowsOut += Int64(batch.rowCount)
            batch.withView { forward($0) }
            return true
        } catch {
            throw StageFailure(error: error, span: span)
        }
    }

    override func restore(from reader: inout StateReader) throws(StateError) { rows.clear() }
}
