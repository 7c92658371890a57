import LaminarTypes

/// The expression as SQL-like text, for EXPLAIN and generated comments.
///
/// - Parameter columns: The names of the input columns; those beyond it appear as `#3`.
package func describe(_ expression: Expression, columns: [String]) -> String {
    ExpressionPrinter(columns: columns).text(expression, within: 0)
}

private struct ExpressionPrinter {
    let columns: [String]

    /// - Parameter precedence: That of the surrounding operator; a looser one inside takes parentheses.
    func text(_ expression: Expression, within precedence: Int) -> String {
        let (own, plain) = describe(expression)
        return own < precedence ? "(\(plain))" : plain
    }

    private func describe(_ expression: Expression) -> (precedence: Int, text: String) {
        switch expression.node {
        case .input(let column):
            return (9, column < columns.count ? columns[column] : "#\(column)")
        case .constant(let value): return (9, literal(value, expression.type))
        case .and(let operands): return (2, list(operands, separator: " AND ", within: 3))
        case .or(let operands): return (1, list(operands, separator: " OR ", within: 2))
        case .isNull(let operand): return (4, "\(text(operand, within: 5)) IS NULL")
        case .isDistinct(_, let left, let right):
            return (4, "\(text(left, within: 5)) IS DISTINCT FROM \(text(right, within: 5))")
        case .coalesce(let operands): return (9, "coalesce(\(list(operands, separator: ", ", within: 0)))")
        case .conditional: return (9, conditional(expression))
        case .fail(let state, let message): return (9, "error(\(state), '\(message)')")
        case .call(let kernel, let arguments): return call(kernel, arguments, expression.type)
        case .invoke(let function, let arguments):
            return (9, "\(function.name)(\(list(arguments, separator: ", ", within: 0)))")
        }
    }

    private func list(_ operands: [Expression], separator: String, within precedence: Int) -> String {
        operands.map { text($0, within: precedence) }.joined(separator: separator)
    }

    private func conditional(_ expression: Expression) -> String {
        var result = "CASE"
        var rest = expression
        while case .conditional(let condition, let then, let otherwise) = rest.node {
            result += " WHEN \(text(condition, within: 0)) THEN \(text(then, within: 0))"
            rest = otherwise
        }
        if case .constant(.null) = rest.node { return result + " END" }
        return result + " ELSE \(text(rest, within: 0)) END"
    }

    private func call(_ kernel: Kernel, _ arguments: [Expression], _ type: SQLType) -> (Int, String) {
        if arguments.count == 2, let (symbol, precedence) = infixSymbol(kernel.name) {
            // Left-associative: an operator of equal strength on the right keeps its parentheses.
            return (
                precedence,
                "\(text(arguments[0], within: precedence)) \(symbol) \(text(arguments[1], within: precedence + 1))"
            )
        }
        if arguments.count == 1, kernel.name == "not" { return (3, "NOT \(text(arguments[0], within: 3))") }
        if arguments.count == 1, kernel.name == "negate" { return (8, "-\(text(arguments[0], within: 9))") }
        if kernel.name.hasPrefix("cast") || castsWithLimits.contains(kernel.name) {
            return (9, "\(text(arguments[0], within: 9))::\(type)")
        }
        if let (function, separator) = fieldFunction(kernel.name), arguments.count >= 2,
            case .constant(.integer(let number)) = arguments[0].node,
            let field = DateTimeField(rawValue: Int32(truncatingIfNeeded: number))
        {
            let name = separator == ", " ? "'\(field)'" : "\(field)"
            return (
                9, "\(function)(\(name)\(separator)\(list(Array(arguments.dropFirst()), separator: ", ", within: 0)))"
            )
        }
        let name = FunctionCatalogue.standard.name(of: kernel) ?? snakeCase(kernel.name)
        return (9, "\(name)(\(list(arguments, separator: ", ", within: 0)))")
    }

    private func literal(_ value: Value, _ type: SQLType) -> String {
        let plain = LaminarTypes.text(of: value, type: type)
        switch (value, type) {
        case (.null, _): return "NULL"
        case (.boolean, _): return plain
        case (.integer, _) where type.isInteger: return plain
        case (.decimal(let number), _) where number.isFinite: return plain
        case (.double(let number), _) where number.isFinite: return plain
        case (.text, .text), (.text, .varchar), (.text, .char), (.text, .unknown): return quoted(plain)
        case (_, .date): return "DATE \(quoted(plain))"
        case (_, .time): return "TIME \(quoted(plain))"
        case (_, .timestamp): return "TIMESTAMP \(quoted(plain))"
        case (_, .timestamptz): return "TIMESTAMPTZ \(quoted(plain))"
        case (_, .interval): return "INTERVAL \(quoted(plain))"
        default: return "\(quoted(plain))::\(type)"
        }
    }

    private func quoted(_ text: String) -> String {
        var result = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { result += "''" } else { result.unicodeScalars.append(scalar) }
        }
        return result + "'"
    }
}

/// The SQL operator of a kernel, with its precedence: 4 comparison, 5 other operators, 6 addition, 7 multiplication.
private func infixSymbol(_ kernel: String) -> (String, Int)? {
    switch kernel {
    case "like": ("LIKE", 4)
    case "ilike": ("ILIKE", 4)
    case "similarTo": ("SIMILAR TO", 4)
    case "matchesRegularExpression": ("~", 5)
    case "matchesRegularExpressionIgnoringCase": ("~*", 5)
    case "equal": ("=", 4)
    case "notEqual": ("<>", 4)
    case "less": ("<", 4)
    case "lessOrEqual": ("<=", 4)
    case "greater": (">", 4)
    case "greaterOrEqual": (">=", 4)
    case "concatenate": ("||", 5)
    case "add", "addInterval", "addDays", "addTimeToDate", "addIntervalToTime": ("+", 6)
    case "subtract", "subtractInterval", "subtractTimestamps", "subtractDays", "subtractDates", "subtractTimes",
        "subtractIntervalFromTime":
        ("-", 6)
    case "multiply": ("*", 7)
    case "divide": ("/", 7)
    case "remainder": ("%", 7)
    default: nil
    }
}

/// Casts to a type with parameters, which the type says again.
private let castsWithLimits: Set<String> = ["coerceNumeric", "assignToVarchar", "roundTimestamp", "roundTime"]

/// The SQL function of a kernel whose first argument is the number of a date-time field, and what follows the field.
private func fieldFunction(_ kernel: String) -> (name: String, separator: String)? {
    if kernel.hasPrefix("extractFrom") { return ("extract", " from ") }
    if kernel.hasPrefix("datePartOf") { return ("date_part", ", ") }
    return ["truncateTimestamp", "truncateTimestamptz", "truncateInterval"].contains(kernel)
        ? ("date_trunc", ", ") : nil
}

/// `dateTruncate` as `date_truncate`.
private func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
        if character.isUppercase { result += "_" }
        result += character.lowercased()
    }
    return result
}
