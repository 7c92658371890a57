/// Why the reference has no result: the query must fail with this SQLSTATE, or (0A000) it needs something that the
/// reference does not know.
package struct ReferenceError: Error, Equatable, Sendable {
    package var sqlState: String
    package var message: String

    package init(_ sqlState: String, _ message: String) {
        self.sqlState = sqlState
        self.message = message
    }

    package static func unsupported(_ what: String) -> ReferenceError {
        ReferenceError("0A000", "the reference does not know \(what)")
    }

    static let outOfRange = ReferenceError("22003", "value out of range")
    static let divisionByZero = ReferenceError("22012", "division by zero")
}
