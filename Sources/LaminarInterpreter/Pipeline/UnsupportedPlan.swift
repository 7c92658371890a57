public import LaminarText

/// A plan that the interpreter cannot run (0A000), with the place of what it lacks.
public struct UnsupportedPlan: Error, Sendable, CustomStringConvertible {
    /// What is lacking; "is not supported yet" follows it in a message.
    public let what: String
    public let span: Span

    init(_ what: String, _ span: Span) {
        self.what = what
        self.span = span
    }

    public var description: String { "\(what) is not supported yet" }
}
