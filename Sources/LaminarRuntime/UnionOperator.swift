public import LaminarColumns
public import LaminarState

/// All rows of several inputs in the order in which they come, under the least of the inputs' watermarks.
public struct UnionOperator {
    private var watermarks: UnionWatermark
    private var steps: [WatermarkStep] = []

    public init(inputs: Int) { watermarks = UnionWatermark(inputs: inputs) }

    /// Hands on a batch of one input with the steps by which it raises the least watermark.
    public mutating func merge(_ batch: BatchView, from input: Int, deliver: (BatchView) -> Void) {
        steps.removeAll(keepingCapacity: true)
        for step in batch.steps where watermarks.advance(input, to: step.watermark) {
            steps.append(WatermarkStep(row: step.row, watermark: watermarks.watermark))
        }
        if batch.rowCount == 0, steps.isEmpty { return }
        var merged = batch
        steps.withUnsafeBufferPointer { steps in
            merged.steps = steps
            deliver(merged)
        }
    }

    /// Raises one input's watermark; returns the least of all if that rose.
    public mutating func advance(_ input: Int, to watermark: Int64) -> Int64? {
        watermarks.advance(input, to: watermark) ? watermarks.watermark : nil
    }

    public func encode(to writer: inout StateWriter) {
        for watermark in watermarks.inputs { writer.write(watermark) }
    }

    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        let count = watermarks.inputs.count
        watermarks = UnionWatermark(inputs: count)
        for input in 0..<count {
            _ = watermarks.advance(input, to: try reader.readInteger(Int64.self))
        }
    }
}
