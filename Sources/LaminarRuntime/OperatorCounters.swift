/// What went through an operator, or through a whole pipeline. Part of checkpoints, so that counts survive a restart.
public struct OperatorCounters: Sendable, Equatable, BitwiseCopyable {
    /// Rows that came in, whatever became of them.
    public var rowsIn: Int64
    /// Rows that came out.
    public var rowsOut: Int64
    /// Rows whose window had fired.
    public var lateRows: Int64
    /// Rows without an event time that were skipped.
    public var nullEventTimes: Int64
    /// Rows, or results, whose evaluation failed and which were skipped.
    public var evaluationErrors: Int64
    /// Rows that were taken back and were not there.
    public var unmatchedRetractions: Int64 = 0

    public init(
        rowsIn: Int64 = 0, rowsOut: Int64 = 0, lateRows: Int64 = 0, nullEventTimes: Int64 = 0,
        evaluationErrors: Int64 = 0
    ) {
        self.rowsIn = rowsIn
        self.rowsOut = rowsOut
        self.lateRows = lateRows
        self.nullEventTimes = nullEventTimes
        self.evaluationErrors = evaluationErrors
    }

    /// The drops of both, with this one's rows: how a pipeline adds up its operators.
    public mutating func addDrops(of other: OperatorCounters) {
        lateRows += other.lateRows
        nullEventTimes += other.nullEventTimes
        evaluationErrors += other.evaluationErrors
        unmatchedRetractions += other.unmatchedRetractions
    }
}
