package import LaminarText
package import LaminarTypes

/// One signature of a SQL function or operator: what the binder resolves to, what the reference documents, what tests
/// run.
package struct SQLFunction: Sendable {
    /// How the type of the result follows from the arguments, which have been cast to the signature by then.
    package enum Result: Sendable {
        case fixed(SQLType)
        /// The type of an argument, its parameters included.
        case argument(Int)
    }

    package enum Implementation: Sendable {
        /// A strict call of a kernel over `argumentTypes`, to which arguments of the signature are cast once more where
        /// they differ.
        case kernel(String, argumentTypes: [SQLType], canFail: Bool, allocates: Bool)
        /// Other expressions stand for it; nil when it has reported why not.
        case composed(@Sendable ([Expression], Span, inout Diagnostics) -> Expression?)
        /// Known to SQL, refused with 0A000.
        case unsupported
    }

    package enum Volatility: String, Sendable {
        /// The same arguments give the same result for ever.
        case immutable
        /// Constant within one evaluation of a batch.
        case stable
        case volatile
    }

    /// A SQL expression and its result in PostgreSQL's text form, `NULL`, or `error 22003`.
    package struct Example: Sendable {
        package var sql: String
        package var result: String
    }

    /// The name in lower case, or the operator's symbol.
    package var name: String
    package var family: Family
    package var arguments: [TypeName]
    /// The type of further arguments, any number of them.
    package var variadic: TypeName?
    package var result: Result
    package var implementation: Implementation
    package var volatility: Volatility
    /// One sentence for the reference.
    package var summary: String
    package var examples: [Example]

    /// A chapter of the reference.
    package enum Family: String, Sendable, CaseIterable {
        case comparison = "Comparison"
        case logic = "Logic and NULL"
        case arithmetic = "Arithmetic"
        case mathematics = "Mathematics"
        case strings = "Strings"
        case patterns = "Pattern matching"
        case dateTime = "Dates and times"
        case bytes = "Binary strings"
        case json = "JSON"
        case arrays = "Arrays"
        case rowsAndMaps = "Rows and maps"
        case system = "Other"
    }

    /// Whether `name` is an operator's symbol.
    package var isOperator: Bool { name.utf8.first.map { !isNameByte($0) } ?? false }

    /// `name(type, type)` or `type + type`, for the reference and for messages.
    package var signature: String {
        var names = arguments.map(\.name)
        if let variadic { names.append("\(variadic.name), ...") }
        guard isOperator else { return "\(name)(\(names.joined(separator: ", ")))" }
        return names.count == 1 ? "\(name) \(names[0])" : "\(names[0]) \(name) \(names[1])"
    }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
}
