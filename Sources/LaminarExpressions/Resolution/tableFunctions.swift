import LaminarKernels
package import LaminarText
package import LaminarTypes

/// The rows of a table function over constants.
package struct TableFunctionRows {
    package var fields: [Field]
    package var rows: [[Value]]

    package init(fields: [Field], rows: [[Value]]) {
        self.fields = fields
        self.rows = rows
    }
}

/// Functions that give rows, in FROM or in a select list.
package func isTableFunction(_ name: String) -> Bool {
    switch name {
    case "generate_series", "generate_subscripts", "unnest", "string_to_table", "regexp_split_to_table",
        "regexp_matches", "json_array_elements", "jsonb_array_elements", "json_array_elements_text",
        "jsonb_array_elements_text", "json_object_keys", "jsonb_object_keys", "json_each", "jsonb_each",
        "json_each_text", "jsonb_each_text":
        true
    default: false
    }
}

/// Rows that a table function may give when it is computed at compile time.
private let largestExpansion = 10_000

/// The rows of a call over constants; nil after a report. 0A000 where an argument is not constant.
package func tableFunctionRows(
    _ name: String, _ arguments: [Expression], span: Span, diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    switch name {
    case "generate_series": return series(arguments, span, &diagnostics)
    case "generate_subscripts": return subscripts(arguments, span, &diagnostics)
    case "unnest": return unnested(arguments, span, &diagnostics)
    case "string_to_table": return split("string_to_array", name, arguments, span, &diagnostics)
    case "regexp_split_to_table": return split("regexp_split_to_array", name, arguments, span, &diagnostics)
    case "regexp_matches": return matches(arguments, span, &diagnostics)
    default: return jsonRows(name, arguments, span, &diagnostics)
    }
}

private func missing(
    _ name: String, _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    diagnostics.report(
        .error, "42883", at: span,
        "function \(name)(\(arguments.map(\.type.bareName).joined(separator: ", "))) does not exist")
    return nil
}

/// The constant that an expression folds to; nil after a report.
private func constant(
    _ expression: Expression, _ name: String, _ diagnostics: inout Diagnostics
) -> Value? {
    let folded = fold(expression)
    if let value = folded.constantValue { return value }
    diagnostics.unsupported(
        "function \(name) over values that are not constant", at: expression.span,
        hint: "Constants, casts and arithmetic of constants can be expanded.")
    return nil
}

// MARK: Series

private func series(
    _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    let name = "generate_series"
    guard (2...3).contains(arguments.count) else { return missing(name, arguments, span, &diagnostics) }
    let known = arguments.map(\.type).filter { $0 != .unknown }
    let bounds = arguments.prefix(2).map(\.type).filter { $0 != .unknown }
    let type: SQLType
    if bounds.contains(where: { if case .timestamptz = $0 { true } else { false } })
        || bounds.contains(.date) && arguments.count == 3
    {
        type = .timestamptz(6)
    } else if bounds.contains(where: \.isTimestamp) {
        type = .timestamp(6)
    } else if known.contains(where: \.isDecimal) {
        type = .decimal(nil)
    } else if known.contains(.bigint) {
        type = .bigint
    } else if !known.isEmpty, known.allSatisfy(\.isInteger) {
        type = .integer
    } else {
        return missing(name, arguments, span, &diagnostics)
    }
    if type.isTimestamp, arguments.count == 2 { return missing(name, arguments, span, &diagnostics) }
    var values: [Value] = []
    for (index, argument) in arguments.enumerated() {
        guard
            let converted = cast(
                argument, to: index == 2 && type.isTimestamp ? .interval : type, context: .implicit, span: argument.span,
                diagnostics: &diagnostics), let value = constant(converted, name, &diagnostics)
        else { return nil }
        values.append(value)
    }
    var result = TableFunctionRows(fields: [Field(name, type, isNullable: false)], rows: [])
    if values.contains(where: \.isNull) { return result }
    func tooLong() -> TableFunctionRows? {
        diagnostics.unsupported(
            "function generate_series with more than \(largestExpansion) rows", at: span,
            hint: "Read the rows from a source.")
        return nil
    }
    func invalid(_ message: String) -> TableFunctionRows? {
        diagnostics.report(.error, "22023", at: span, message)
        return nil
    }
    switch (values[0], values[1]) {
    case (.integer(let start), .integer(let stop)):
        var step: Int64 = 1
        if values.count == 3, case .integer(let given) = values[2] { step = given }
        if step == 0 { return invalid("step size cannot equal zero") }
        var current = start
        while step > 0 ? current <= stop : current >= stop {
            result.rows.append([.integer(current)])
            if result.rows.count > largestExpansion { return tooLong() }
            let (next, overflow) = current.addingReportingOverflow(step)
            if overflow { break }
            current = next
        }
    case (.decimal(let start), .decimal(let stop)):
        var step = Decimal(unscaled: 1, scale: 0)
        if values.count == 3, case .decimal(let given) = values[2] { step = given }
        for (bound, word) in [(start, "start"), (stop, "stop"), (step, "step")] where bound.kind != .finite {
            let what = word == "step" ? "step size" : "\(word) value"
            return invalid("\(what) cannot be \(bound.kind == .notANumber ? "NaN" : "infinity")")
        }
        if step.unscaled == 0 { return invalid("step size cannot equal zero") }
        var current = start
        var fault = Fault()
        while step.unscaled > 0 ? current.compare(stop) <= 0 : current.compare(stop) >= 0 {
            result.rows.append([.decimal(current)])
            if result.rows.count > largestExpansion { return tooLong() }
            current = add(current, step, &fault, at: 0)
            if fault.isRaised { break }
        }
    case (.timestamp(let start), .timestamp(let stop)):
        guard case .interval(let step) = values[2] else { return missing(name, arguments, span, &diagnostics) }
        let direction = Value.interval(step).compare(.interval(Interval()))
        if direction == 0 { return invalid("step size cannot equal zero") }
        var current = start
        var fault = Fault()
        while direction > 0 ? current <= stop : current >= stop {
            result.rows.append([.timestamp(current)])
            if result.rows.count > largestExpansion { return tooLong() }
            current = addInterval(current, step, &fault, at: 0)
            if fault.isRaised { break }
        }
    default: return missing(name, arguments, span, &diagnostics)
    }
    return result
}

// MARK: Arrays

private func decoded(
    _ expression: Expression, _ name: String, _ diagnostics: inout Diagnostics
) -> (array: ArrayValue?, Void)? {
    guard let value = constant(expression, name, &diagnostics) else { return nil }
    if case .bytes(let bytes) = value { return (ArrayValue(encoded: bytes), ()) }
    return (nil, ())
}

/// `unnest(a, b, …)`: elements side by side, the shorter arrays filled up with NULLs.
private func unnested(
    _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    guard !arguments.isEmpty else { return missing("unnest", arguments, span, &diagnostics) }
    var columns: [[Value]] = []
    var fields: [Field] = []
    for argument in arguments {
        guard let element = argument.type.elementType else { return missing("unnest", arguments, span, &diagnostics) }
        guard let array = decoded(argument, "unnest", &diagnostics) else { return nil }
        columns.append(array.array?.elements ?? [])
        fields.append(Field("unnest", element == .unknown ? .text : element))
    }
    let count = columns.map(\.count).max() ?? 0
    let rows = (0..<count).map { row in columns.map { row < $0.count ? $0[row] : .null } }
    return TableFunctionRows(fields: fields, rows: rows)
}

private func subscripts(
    _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    let name = "generate_subscripts"
    guard (2...3).contains(arguments.count), arguments[0].type.isArray else {
        return missing(name, arguments, span, &diagnostics)
    }
    guard let array = decoded(arguments[0], name, &diagnostics),
        let index = cast(
            arguments[1], to: .integer, context: .implicit, span: span, diagnostics: &diagnostics),
        let dimension = constant(index, name, &diagnostics)
    else { return nil }
    var isReversed = false
    if arguments.count == 3 {
        guard
            let flag = cast(arguments[2], to: .boolean, context: .implicit, span: span, diagnostics: &diagnostics),
            let value = constant(flag, name, &diagnostics)
        else { return nil }
        if case .boolean(true) = value { isReversed = true }
    }
    var rows: [[Value]] = []
    if let lengths = array.array?.dimensions, case .integer(let number) = dimension,
        lengths.indices.contains(Int(clamping: number) - 1)
    {
        rows = (1...Int64(max(lengths[Int(number) - 1], 1))).map { [.integer($0)] }
    }
    return TableFunctionRows(
        fields: [Field(name, .integer, isNullable: false)], rows: isReversed ? rows.reversed() : rows)
}

/// A function that gives an array, as rows.
private func split(
    _ function: String, _ name: String, _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    guard
        let pieces = resolveFunction(name: function, arguments: arguments, span: span, diagnostics: &diagnostics),
        let array = decoded(pieces, name, &diagnostics)
    else { return nil }
    return TableFunctionRows(
        fields: [Field(name, .text)], rows: (array.array?.elements ?? []).map { [$0] })
}

private func matches(
    _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    guard (2...3).contains(arguments.count) else { return missing("regexp_matches", arguments, span, &diagnostics) }
    var operands: [Expression] = []
    for argument in arguments {
        guard
            let operand = cast(argument, to: .text, context: .implicit, span: span, diagnostics: &diagnostics)
        else { return nil }
        operands.append(operand)
    }
    if operands.count == 2 { operands.append(.constant(.text(""), .text, span: span)) }
    for operand in operands where constant(operand, "regexp_matches", &diagnostics) == nil { return nil }
    let call = fold(regularExpressionArray("allGroupsOfRegularExpression", operands, span))
    let fields = [Field("regexp_matches", .array(.text))]
    guard let value = call.constantValue else {
        diagnostics.report(.error, "2201B", at: span, "invalid regular expression")
        return nil
    }
    guard case .bytes(let bytes) = value, let array = ArrayValue(encoded: bytes), array.dimensions.count == 2 else {
        return TableFunctionRows(fields: fields, rows: [])
    }
    let width = array.dimensions[1]
    let rows = (0..<array.dimensions[0]).map { row -> [Value] in
        [.bytes(ArrayValue(.text, Array(array.elements[row * width..<(row + 1) * width])).encoded)]
    }
    return TableFunctionRows(fields: fields, rows: rows)
}

// MARK: JSON

private func jsonRows(
    _ name: String, _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> TableFunctionRows? {
    let type: SQLType = name.hasPrefix("jsonb") ? .jsonb : .json
    guard arguments.count == 1 else { return missing(name, arguments, span, &diagnostics) }
    guard
        let operand = cast(arguments[0], to: type, context: .implicit, span: span, diagnostics: &diagnostics),
        let value = constant(operand, name, &diagnostics)
    else { return nil }
    let isText = name.hasSuffix("_text")
    let valueType: SQLType = isText ? .text : type
    func cell(_ node: JSONNode) -> Value { isText ? node.plainText.map(Value.text) ?? .null : .text(node.source) }
    let isEach = name.contains("_each")
    let isKeys = name.contains("object_keys")
    let fields: [Field] =
        isEach
        ? [Field("key", .text, isNullable: false), Field("value", valueType)]
        : [Field(isKeys ? name : "value", isKeys ? .text : valueType)]
    guard case .text(let text) = value, let node = JSONNode(Array(text.utf8)) else {
        return TableFunctionRows(fields: fields, rows: [])
    }
    func refused(_ message: String) -> TableFunctionRows? {
        diagnostics.report(.error, "22023", at: span, message)
        return nil
    }
    switch node.kind {
    case .array(let elements):
        if isEach { return refused("cannot call \(name) on a non-object") }
        if isKeys { return refused("cannot call \(name) on an array") }
        return TableFunctionRows(fields: fields, rows: elements.map { [cell($0)] })
    case .object(let members):
        guard isEach || isKeys else { return refused("cannot extract elements from an object") }
        return TableFunctionRows(
            fields: fields, rows: members.map { isKeys ? [.text($0.key)] : [.text($0.key), cell($0.value)] })
    default:
        if isEach { return refused("cannot call \(name) on a non-object") }
        return refused(isKeys ? "cannot call \(name) on a scalar" : "cannot extract elements from a scalar")
    }
}
