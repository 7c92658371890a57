public import LaminarColumns
public import LaminarTypes

/// What the step of a recursive query has given, until the batch that led there has been processed and the rows go back
/// into the step.
///
/// It is empty whenever a pipeline rests, so it has no state to keep. Cost: a copy of each row.
public final class FeedbackRows {
    private let types: [PhysicalType]
    private var arriving: ColumnBatch
    private var leaving: ColumnBatch
    private var positions: [Int32] = []
    private let largestRoundCount: Int
    private var rounds = 0

    /// - Parameter largestRoundCount: rounds after one push beyond which a recursion counts as endless.
    public init(types: [PhysicalType], largestRoundCount: Int = 10_000_000) {
        self.types = types
        self.largestRoundCount = largestRoundCount
        arriving = ColumnBatch(types: types)
        leaving = ColumnBatch(types: types)
    }

    /// Keeps the rows of a batch with their weights; its watermark steps are not for the recursion.
    public func append(_ batch: BatchView) {
        if batch.rowCount == 0 { return }
        while positions.count < batch.rowCount { positions.append(Int32(truncatingIfNeeded: positions.count)) }
        let first = arriving.rowCount
        arriving.reserve(batch.rowCount)
        positions.withUnsafeBufferPointer { positions in
            let rows = UnsafeBufferPointer(rebasing: positions[..<batch.rowCount])
            for column in types.indices {
                arriving.gather(batch.columns[column], rows: rows, into: column, copiesStrings: true)
            }
        }
        if let weights = batch.weights {
            let target = arriving.weights() + first
            for row in 0..<batch.rowCount { target[row] = weights[row] }
        }
        arriving.rowCount = first + batch.rowCount
    }

    /// The rows that have come since the last call, lent until the next one; nil: none.
    ///
    /// Throws 54001 where rows have come back more than `largestRoundCount` times without a rest.
    public func next() throws(PipelineError) -> ColumnBatch? {
        if arriving.rowCount == 0 {
            rounds = 0
            return nil
        }
        rounds += 1
        if rounds > largestRoundCount {
            clear()
            throw PipelineError(
                sqlState: "54001",
                message: "the recursion has not ended after \(largestRoundCount) rounds; its step needs a condition that ends it, or UNION instead of UNION ALL"
            )
        }
        swap(&arriving, &leaving)
        arriving.clear()
        return leaving
    }

    /// Forgets everything.
    public func clear() {
        arriving.clear()
        leaving.clear()
        rounds = 0
    }
}
