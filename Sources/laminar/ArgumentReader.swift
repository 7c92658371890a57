/// Reads arguments from left to right: options as `--name value` or `--name=value`, flags, operands.
///
/// A loop asks for `next()` and, for an option that needs one, for its `value()`; what is left over is refused by the
/// caller's `default` branch, so no option is ever accepted and ignored.
struct ArgumentReader {
    enum Argument {
        /// The name with its dashes, such as `--set`.
        case option(String)
        case operand(String)
    }

    private var arguments: ArraySlice<String>
    private var current = ""
    /// The part behind `=` of the current option, until it is asked for.
    private var attached: String?
    private var onlyOperands = false

    init(_ arguments: [String]) { self.arguments = arguments[...] }

    /// The next option or operand; nil at the end.
    mutating func next() throws(UsageError) -> Argument? {
        if attached != nil { throw UsageError("option '\(current)' takes no value") }
        guard let argument = arguments.popFirst() else { return nil }
        // A lone dash is an operand: standard input by convention.
        guard !onlyOperands, argument.hasPrefix("-"), argument != "-" else { return .operand(argument) }
        if argument == "--" {
            onlyOperands = true
            return try next()
        }
        if let equals = argument.firstIndex(of: "=") {
            current = String(argument[..<equals])
            attached = String(argument[argument.index(after: equals)...])
        } else {
            current = argument
        }
        return .option(current)
    }

    /// The value of the option that `next` returned.
    mutating func value() throws(UsageError) -> String {
        if let attached {
            self.attached = nil
            return attached
        }
        guard let value = arguments.popFirst() else { throw UsageError("option '\(current)' needs a value") }
        return value
    }

    /// The value of the option as a whole number of at least `least`.
    mutating func integer(atLeast least: Int = 0) throws(UsageError) -> Int {
        let text = try value()
        guard let number = Int(text), number >= least else {
            throw UsageError("option '\(current)' needs a whole number of at least \(least), not '\(text)'")
        }
        return number
    }
}
