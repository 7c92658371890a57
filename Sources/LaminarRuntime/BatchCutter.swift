public import LaminarColumns
public import LaminarTypes

/// Hands a source's batch on with its watermark steps: whole, or in pieces where rows are left out or where it is cut
/// behind each step or row.
public struct BatchCutter {
    /// Whether batches are cut behind each row that raises the watermark.
    ///
    /// Needed where rows come together again that have gone through several stages: the least watermark of a union rises
    /// when the last of its inputs has had the batch, and the rows that follow in the batch must be judged by it.
    public var cutsAtSteps: Bool
    /// Whether each row is a batch of its own.
    ///
    /// Needed where a row may take others back and something behind it closes when they are gone: what one row takes back
    /// and what it brings are one change.
    public var cutsAtRows: Bool
    private let slice: ColumnBatch
    /// Ascending.
    private var leftOut: [Int] = []

    public init(types: [PhysicalType], cutsAtSteps: Bool, cutsAtRows: Bool = false) {
        slice = ColumnBatch(types: types, capacity: 64)
        self.cutsAtSteps = cutsAtSteps
        self.cutsAtRows = cutsAtRows
    }

    /// Leaves a row of the batch out, behind those that were left out before.
    public mutating func leaveOut(_ row: Int) { leftOut.append(row) }

    /// Calls `body` with the first `rowCount` rows of a batch but those that are left out, which are forgotten.
    ///
    /// - Parameters:
    ///   - steps: by the batch's rows, none behind a row that is left out.
    ///   - body: takes a batch and the position of its first row in the whole one.
    public mutating func handOn(
        _ batch: BatchView, _ rowCount: Int, _ steps: [WatermarkStep], _ body: (BatchView, _ firstRow: Int) -> Void
    ) {
        if leftOut.isEmpty, !cutsAtRows, !cutsAtSteps || steps.isEmpty {
            steps.withUnsafeBufferPointer { steps in
                body(BatchView(columns: batch.columns, rowCount: rowCount, weights: batch.weights, steps: steps), 0)
            }
            return
        }
        var start = 0
        var step = 0
        var next = 0
        while true {
            var end = next < leftOut.count ? leftOut[next] : rowCount
            if cutsAtSteps, step < steps.count { end = min(end, steps[step].row) }
            if cutsAtRows { end = min(end, start + 1) }
            var stop = step
            while stop < steps.count, steps[stop].row <= end { stop += 1 }
            if end > start { handOn(batch, start..<end, steps[step..<stop], body) }
            step = stop
            if next < leftOut.count, leftOut[next] == end {
                start = end + 1
                next += 1
            } else if end == rowCount {
                break
            } else {
                start = end
            }
        }
        leftOut.removeAll(keepingCapacity: true)
    }

    private func handOn(
        _ batch: BatchView, _ range: Range<Int>, _ steps: ArraySlice<WatermarkStep>,
        _ body: (BatchView, _ firstRow: Int) -> Void
    ) {
        slice.clear()
        slice.reserve(range.count)
        let rows = range.map { Int32(truncatingIfNeeded: $0) }
        rows.withUnsafeBufferPointer { rows in
            for column in slice.types.indices {
                slice.gather(batch.columns[column], rows: rows, into: column, copiesStrings: false)
            }
        }
        if let weights = batch.weights {
            let target = slice.weights()
            for row in range { target[row - range.lowerBound] = weights[row] }
        }
        slice.rowCount = range.count
        for step in steps {
            slice.steps.append(WatermarkStep(row: step.row - range.lowerBound, watermark: step.watermark))
        }
        slice.withView { body($0, range.lowerBound) }
    }
}
