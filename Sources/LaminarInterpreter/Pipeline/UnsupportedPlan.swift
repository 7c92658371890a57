public import LaminarText

/// A plan that the interpreter cannot run, with the place of what it lacks.
public struct UnsupportedPlan: Error, Sendable, CustomStringConvertible {
    /// What is lacking, lower case, without a full stop.
    public let description: String
    public let sqlState: String
    public let span: Span
    public let hint: String?

    init(_ what: String, _ span: Span) {
        description = "\(what) is not supported yet"
        sqlState = "0A000"
        self.span = span
        hint = nil
    }

    /// A function or aggregate in Swift that was not given to the interpreter, or with another signature (42883).
    init(missing message: String, _ span: Span, hint: String) {
        description = message
        sqlState = "42883"
        self.span = span
        self.hint = hint
    }
}
