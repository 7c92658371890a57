public import LaminarKernels

/// Why a pipeline stopped: a row or a result that could not be evaluated, or input that it does not take.
///
/// Nothing is lost: the state is that of the last checkpoint and the rows since.
public struct PipelineError: Error, Sendable, Equatable {
    /// The five-character SQLSTATE.
    public var sqlState: String
    /// In PostgreSQL's words, lower case, no full stop.
    public var message: String
    /// The position of the source whose batch was pushed; nil where a watermark or the end of input was given.
    public var source: Int?
    /// The row's index in the pushed batch; nil where no single pushed row is to blame (a window's result).
    public var row: Int?
    /// The name of the stage that failed.
    public var stage: String?
    /// The fault site within the stage's program, by which the pipeline finds `place`.
    public var site: Int?
    /// The place in the SQL text, as `file:line:column`.
    public var place: String?

    public init(
        sqlState: String, message: String, source: Int? = nil, row: Int? = nil, stage: String? = nil,
        site: Int? = nil, place: String? = nil
    ) {
        self.sqlState = sqlState
        self.message = message
        self.source = source
        self.row = row
        self.stage = stage
        self.site = site
        self.place = place
    }

    /// The failure of an expression.
    public init(_ fault: Fault, row: Int? = nil) {
        let code = fault.resolvedCode
        self.init(sqlState: code.sqlState, message: code.message, row: row, site: fault.site)
    }

    /// A NULL in the event-time column (22004).
    public static func nullEventTime(row: Int) -> PipelineError {
        PipelineError(sqlState: "22004", message: "event time is null", row: row)
    }

    /// A row of negative weight that takes back what has not come (02000).
    public static func retractionWithoutRow(row: Int) -> PipelineError {
        PipelineError(sqlState: "02000", message: "a row is taken back that is not there", row: row)
    }

    /// Rows with negative weights for an operator that only takes insertions (0A000).
    public static func retractionNotSupported(row: Int) -> PipelineError {
        PipelineError(
            sqlState: "0A000", message: "this operator cannot take rows back", row: row)
    }
}

extension PipelineError: CustomStringConvertible {
    /// `place: error: message (SQLSTATE 22012), row 7 of source 0`.
    public var description: String {
        var text = place.map { "\($0): " } ?? ""
        text += "error: \(message) (SQLSTATE \(sqlState))"
        if let row { text += ", row \(row)" }
        if let source { text += row == nil ? ", source \(source)" : " of source \(source)" }
        return text
    }
}
