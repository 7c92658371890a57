/// What becomes of a row that cannot be processed: `on_error`, `null_event_time`, and late rows.
public enum RowPolicy: UInt8, Sendable, BitwiseCopyable {
    /// The pipeline stops with an error that names the row.
    case fail
    /// The row is counted and dropped.
    case skip
    /// The row is counted and handed to the pipeline, which writes it to its dead-letter or late-data sink.
    case divert
}

/// The policies of one aggregating operator.
public struct RowPolicies: Sendable, BitwiseCopyable {
    /// For rows and results whose evaluation fails.
    public var evaluationError: RowPolicy
    /// For rows whose event time is NULL.
    public var nullEventTime: RowPolicy
    /// For rows whose window has fired; `.fail` is not a choice for these and means `.skip`.
    public var lateRow: RowPolicy
    /// The bytes that an aggregate which keeps its values (STRING_AGG, ARRAY_AGG, MEDIAN …) may keep for one group; a row
    /// beyond it stops the query (54000), whatever the policies say.
    public var groupMemoryBytes: Int64

    /// 64 MiB.
    public static let defaultGroupMemoryBytes: Int64 = 64 << 20

    public init(
        evaluationError: RowPolicy = .fail, nullEventTime: RowPolicy = .fail, lateRow: RowPolicy = .skip,
        groupMemoryBytes: Int64 = defaultGroupMemoryBytes
    ) {
        self.groupMemoryBytes = groupMemoryBytes
        self.evaluationError = evaluationError
        self.nullEventTime = nullEventTime
        self.lateRow = lateRow
    }
}

extension RowPolicies {
    /// Whether any row may be handed to the host instead of being dropped.
    public var divertsRows: Bool { evaluationError == .divert || nullEventTime == .divert || lateRow == .divert }
}

/// A row that an operator did not process.
public struct DivertedRow: Sendable, Equatable {
    public enum Reason: UInt8, Sendable {
        case late, nullEventTime, evaluationError
    }

    /// Its index in the operator's input batch.
    public var row: Int
    public var reason: Reason
    /// The error, for `.evaluationError` and `.nullEventTime`.
    public var error: PipelineError?

    public init(row: Int, reason: Reason, error: PipelineError? = nil) {
        self.row = row
        self.reason = reason
        self.error = error
    }
}
