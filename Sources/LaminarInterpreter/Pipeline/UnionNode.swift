import LaminarColumns
import LaminarRuntime
import LaminarState

/// UNION ALL: every input's rows as they come, under the least of the inputs' watermarks.
final class UnionNode: PipelineNode {
    private var watermark: UnionWatermark
    private var tally = OperatorCounters()
    private var currentPort = 0
    private var steps: [WatermarkStep] = []

    init(_ name: String, inputs: Int) {
        watermark = UnionWatermark(inputs: inputs)
        super.init(name: name)
    }

    override var counters: OperatorCounters { tally }

    override func receive(_ batch: BatchView, port: Int) {
        tally.rowsIn += Int64(batch.rowCount)
        tally.rowsOut += Int64(batch.rowCount)
        currentPort = port
        steps.removeAll(keepingCapacity: true)
        for step in batch.steps where watermark.advance(port, to: step.watermark) {
            steps.append(WatermarkStep(row: step.row, watermark: watermark.watermark))
        }
        if batch.rowCount == 0 && steps.isEmpty { return }
        steps.withUnsafeBufferPointer { steps in
            var output = batch
            output.steps = steps
            forward(output)
        }
    }

    override func sourceRow(of row: Int) -> (source: Int, row: Int)? { producers[currentPort].node.sourceRow(of: row) }

    override func encode(to writer: inout StateWriter) {
        for input in watermark.inputs { writer.write(input) }
    }

    override func restore(from reader: inout StateReader) throws(StateError) {
        var restored = UnionWatermark(inputs: watermark.inputs.count)
        for input in watermark.inputs.indices {
            _ = restored.advance(input, to: try reader.readInteger(Int64.self))
        }
        watermark = restored
    }
}
