/// A row that a policy of `.divert` kept out of a query, as the pipeline's host sees it.
public struct RejectedRow: Sendable, Equatable {
    /// The stage that did not take the row.
    public var stage: String
    public var reason: DivertedRow.Reason
    /// What was wrong, and where in the SQL; nil for late rows.
    public var error: PipelineError?
    /// The position of the source whose batch was pushed; nil where the row was made of several, or by another stage.
    public var source: Int?
    /// The row's index in the pushed batch.
    public var row: Int?

    public init(
        stage: String, reason: DivertedRow.Reason, error: PipelineError? = nil, source: Int? = nil, row: Int? = nil
    ) {
        self.stage = stage
        self.reason = reason
        self.error = error
        self.source = source
        self.row = row
    }
}

extension QueryFailures {
    /// What the host is told of rows that a stage of generated code kept out.
    ///
    /// - Parameters:
    ///   - isPushedRow: whether the stage reads a source itself, so that its rows are those of the pushed batch.
    ///   - place: the place in the SQL where no expression is to blame.
    public func rejections(
        _ rows: [DivertedRow], stage: String, at places: [SQLPlace], isPushedRow: Bool, else place: SQLPlace?,
        policies: RowPolicies
    ) -> [RejectedRow] {
        rows.filter { $0.reason != .late || policies.lateRow == .divert }.map { diverted in
            let row = isPushedRow && source != nil ? diverted.row + firstRow : nil
            var error = diverted.error?.located(stage: stage, at: places, isPushedRow: isPushedRow, else: place)
            error?.source = row == nil ? nil : source
            error?.row = row
            return RejectedRow(
                stage: stage, reason: diverted.reason, error: error, source: row == nil ? nil : source, row: row)
        }
    }
}
