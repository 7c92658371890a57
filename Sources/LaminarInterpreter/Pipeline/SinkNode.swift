import LaminarColumns
import LaminarRuntime
import LaminarState

/// The end of a query: hands batches to the host.
final class SinkNode: PipelineNode {
    let sink: Int
    var onOutput: (Int, BatchView) -> Void = { _, _ in }
    private var rowsOut: Int64 = 0

    init(_ name: String, sink: Int) {
        self.sink = sink
        super.init(name: name)
    }

    override var counters: OperatorCounters { OperatorCounters(rowsIn: rowsOut, rowsOut: rowsOut) }
    override var readsSteps: Bool { false }

    override func receive(_ batch: BatchView, port: Int) {
        if batch.rowCount == 0 { return }
        rowsOut += Int64(batch.rowCount)
        onOutput(sink, batch)
    }

    /// Rows are counted from here on.
    func restart() { rowsOut = 0 }
}
