package import LaminarText
package import LaminarTypes

/// A call of a function that gives rows: how many, and what stands in the row with a number.
package struct RowFunction {
    /// BIGINT; NULL for no rows.
    package var count: Expression
    package var columns: [(field: Field, value: Expression)]
}

/// Functions that give rows, in FROM or in a select list.
package func isTableFunction(_ name: String) -> Bool {
    switch name {
    case "generate_series", "range", "generate_subscripts", "unnest", "string_to_table", "regexp_split_to_table",
        "regexp_matches", "json_array_elements", "jsonb_array_elements", "json_array_elements_text",
        "jsonb_array_elements_text", "json_object_keys", "jsonb_object_keys", "json_each", "jsonb_each",
        "json_each_text", "jsonb_each_text":
        true
    default: false
    }
}

/// A call in terms of its arguments and of the number of a row, from 1; nil after a report.
package func rowFunction(
    _ name: String, _ arguments: [Expression], number: Expression, span: Span, diagnostics: inout Diagnostics
) -> RowFunction? {
    var lowering = RowFunctionLowering(name: name, number: number, span: span, diagnostics: diagnostics)
    let function = lowering.lowered(arguments)
    diagnostics = lowering.diagnostics
    return function
}

private struct RowFunctionLowering {
    let name: String
    let number: Expression
    let span: Span
    var diagnostics: Diagnostics

    mutating func lowered(_ arguments: [Expression]) -> RowFunction? {
        switch name {
        case "generate_series": series(arguments)
        case "range": range(arguments)
        case "generate_subscripts": subscripts(arguments)
        case "unnest": unnested(arguments)
        case "string_to_table": split("string_to_array", arguments)
        case "regexp_split_to_table": split("regexp_split_to_array", arguments)
        case "regexp_matches": matches(arguments)
        default: jsonRows(arguments)
        }
    }

    private mutating func missing(_ arguments: [Expression]) -> RowFunction? {
        diagnostics.report(
            .error, "42883", at: span,
            "function \(name)(\(arguments.map(\.type.bareName).joined(separator: ", "))) does not exist")
        return nil
    }

    private mutating func converted(_ argument: Expression, _ type: SQLType) -> Expression? {
        cast(argument, to: type, context: .implicit, span: argument.span, diagnostics: &diagnostics).map(fold)
    }

    private func bigint(_ expression: Expression) -> Expression {
        .call(Kernel("castToBigint", [.int32], .int64), [expression], .bigint, span: span)
    }

    private func integer(_ value: Int64, _ type: SQLType = .bigint) -> Expression {
        .constant(.integer(value), type, span: span)
    }

    /// The elements of an array as rows of one column.
    private mutating func rows(of array: Expression, _ field: Field, element: SQLType? = nil) -> RowFunction? {
        let count = Expression.call(Kernel("elementCount", [.string], .int32), [array], .integer, span: span)
        guard var value = arraySubscript(array, [number], span: span, diagnostics: &diagnostics) else { return nil }
        if let element { value.type = element }
        return RowFunction(count: bigint(count), columns: [(field, value)])
    }

    // MARK: Series

    private mutating func series(_ arguments: [Expression]) -> RowFunction? {
        guard (2...3).contains(arguments.count) else { return missing(arguments) }
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
            return missing(arguments)
        }
        if type.isTimestamp, arguments.count == 2 { return missing(arguments) }
        var operands: [Expression] = []
        for (index, argument) in arguments.enumerated() {
            guard let operand = converted(argument, index == 2 && type.isTimestamp ? .interval : type) else { return nil }
            operands.append(operand)
        }
        let field = Field(name, type, isNullable: false)
        if type.isTimestamp {
            let isZoned = type == .timestamptz(6)
            let kind: ArrayValue.Kind = isZoned ? .timestamptz : .timestamp
            let array = Expression.call(
                Kernel(
                    "timestampSeries", [.int64, .int64, .interval, .int32], .string, canFail: true, allocates: true),
                operands + [integer(Int64(kind.rawValue), .integer)], .array(type), span: span)
            return rows(of: array, field)
        }
        if type.isDecimal {
            if operands.count == 2 { operands.append(.constant(.decimal(Decimal(1)), type, span: span)) }
            let array = Expression.call(
                Kernel("decimalSeries", [.decimal, .decimal, .decimal], .string, canFail: true, allocates: true),
                operands, .array(type), span: span)
            return rows(of: array, field)
        }
        if operands.count == 2 { operands.append(integer(1, type)) }
        let wide = type == .bigint ? operands : operands.map(bigint)
        let count = Expression.call(
            Kernel("seriesCount", [.int64, .int64, .int64], .int64, canFail: true), wide, .bigint, span: span)
        let value = Expression.call(
            Kernel("seriesValue", [.int64, .int64, .int64], .int64), [wide[0], wide[2], number], .bigint, span: span)
        guard let narrow = converted(value, type, explicit: true) else { return nil }
        return RowFunction(count: count, columns: [(field, narrow)])
    }

    /// DuckDB's `range([start,] stop [, step])`: integers, the stop left out.
    private mutating func range(_ arguments: [Expression]) -> RowFunction? {
        guard (1...3).contains(arguments.count), arguments.allSatisfy({ $0.type.isInteger || $0.type == .unknown })
        else { return missing(arguments) }
        var operands: [Expression] = arguments.count == 1 ? [integer(0)] : []
        for argument in arguments {
            guard let operand = converted(argument, .bigint) else { return nil }
            operands.append(operand)
        }
        if operands.count == 2 { operands.append(integer(1)) }
        let count = Expression.call(
            Kernel("rangeCount", [.int64, .int64, .int64], .int64, canFail: true), operands, .bigint, span: span)
        let value = Expression.call(
            Kernel("seriesValue", [.int64, .int64, .int64], .int64), [operands[0], operands[2], number], .bigint,
            span: span)
        return RowFunction(count: count, columns: [(Field(name, .bigint, isNullable: false), value)])
    }

    private mutating func converted(_ value: Expression, _ type: SQLType, explicit: Bool) -> Expression? {
        value.type == type
            ? value : cast(value, to: type, context: .explicit, span: span, diagnostics: &diagnostics)
    }

    // MARK: Arrays

    /// `unnest(a, b, …)`: elements side by side, the shorter arrays filled up with NULLs.
    private mutating func unnested(_ arguments: [Expression]) -> RowFunction? {
        guard !arguments.isEmpty else { return missing(arguments) }
        var functions: [RowFunction] = []
        for argument in arguments {
            guard let element = argument.type.elementType else { return missing(arguments) }
            var array = argument
            if element == .unknown { array.type = .array(.text) }
            let type = array.type
            let flat = fold(
                Expression.call(Kernel("flattened", [.string], .string, allocates: true), [array], type, span: span))
            guard var function = rows(of: flat, Field(name, element == .unknown ? .text : element)) else { return nil }
            if case .row(let fields) = element, let row = function.columns.first?.value {
                // Rows come out as their fields.
                function.columns = fields.indices.map { (fields[$0], rowField(row, $0, span: span)) }
            }
            functions.append(function)
        }
        return RowFunction(inStep: functions, number: number, span: span, diagnostics: &diagnostics)
    }

    private mutating func subscripts(_ arguments: [Expression]) -> RowFunction? {
        guard (2...3).contains(arguments.count), arguments[0].type.isArray,
            let dimension = converted(arguments[1], .integer)
        else { return missing(arguments) }
        guard
            let length = resolveFunction(
                name: "array_length", arguments: [arguments[0], dimension], span: span, diagnostics: &diagnostics)
        else { return nil }
        let field = Field(name, .integer, isNullable: false)
        guard var value = converted(number, .integer, explicit: true) else { return nil }
        if arguments.count == 3 {
            guard let isReversed = converted(arguments[2], .boolean) else { return nil }
            let mirrored = Expression.call(
                Kernel("seriesValue", [.int64, .int64, .int64], .int64), [bigint(length), integer(-1), number], .bigint,
                span: span)
            guard let backwards = converted(mirrored, .integer, explicit: true) else { return nil }
            value = Expression(.conditional(isReversed, backwards, value), .integer, isNullable: true, span: span)
        }
        return RowFunction(count: bigint(length), columns: [(field, value)])
    }

    /// A function that gives an array, as rows.
    private mutating func split(_ function: String, _ arguments: [Expression]) -> RowFunction? {
        guard
            let pieces = resolveFunction(name: function, arguments: arguments, span: span, diagnostics: &diagnostics)
        else { return nil }
        return rows(of: fold(pieces), Field(name, .text))
    }

    private mutating func matches(_ arguments: [Expression]) -> RowFunction? {
        guard (2...3).contains(arguments.count) else { return missing(arguments) }
        var operands: [Expression] = []
        for argument in arguments {
            guard let operand = converted(argument, .text) else { return nil }
            operands.append(operand)
        }
        if operands.count == 2 { operands.append(.constant(.text(""), .text, span: span)) }
        let groups = fold(regularExpressionArray("allGroupsOfRegularExpression", operands, span))
        let count = Expression.call(
            Kernel("dimensionLength", [.string, .int32], .int32), [groups, integer(1, .integer)], .integer, span: span)
        let value = Expression.call(
            Kernel("arrayRow", [.string, .int64], .string, allocates: true), [groups, number], .array(.text), span: span)
        return RowFunction(count: bigint(count), columns: [(Field(name, .array(.text)), value)])
    }

    // MARK: JSON

    private mutating func jsonRows(_ arguments: [Expression]) -> RowFunction? {
        let type: SQLType = name.hasPrefix("jsonb") ? .jsonb : .json
        guard arguments.count == 1 else { return missing(arguments) }
        guard let operand = converted(arguments[0], type) else { return nil }
        let isText = name.hasSuffix("_text")
        let valueType: SQLType = isText ? .text : type
        let asText = Expression.constant(.boolean(isText), .boolean, span: span)
        func array(_ kernel: String, takesForm: Bool) -> Expression {
            .call(
                Kernel(
                    kernel, takesForm ? [.string, .bool] : [.string], .string, canFail: true, allocates: true),
                takesForm ? [operand, asText] : [operand], .array(.text), span: span)
        }
        if name.contains("object_keys") {
            return rows(of: array("jsonObjectKeys", takesForm: false), Field(name, .text))
        }
        if !name.contains("_each") {
            return rows(
                of: array("jsonArrayElements", takesForm: true), Field("value", valueType), element: valueType)
        }
        guard
            let keys = rows(of: array("jsonObjectKeys", takesForm: false), Field("key", .text)),
            let values = rows(
                of: array("jsonObjectValues", takesForm: true), Field("value", valueType), element: valueType)
        else { return nil }
        return RowFunction(count: keys.count, columns: keys.columns + values.columns)
    }
}

extension RowFunction {
    /// Several functions side by side: as many rows as the longest gives, the others filled up with NULLs.
    package init?(inStep functions: [RowFunction], number: Expression, span: Span, diagnostics: inout Diagnostics) {
        guard let first = functions.first else { return nil }
        self = first
        if functions.count == 1 { return }
        let zero = Expression.constant(.integer(0), .bigint, span: span)
        columns = []
        var counts: [Expression] = []
        for function in functions {
            let count = Expression(.coalesce([function.count, zero]), .bigint, isNullable: false, span: span)
            guard
                let isThere = resolveOperator(
                    symbol: "<=", left: number, right: count, span: span, diagnostics: &diagnostics)
            else { return nil }
            counts.append(count)
            columns += function.columns.map { field, value in
                var field = field
                field.isNullable = true
                let null = Expression.constant(.null, value.type, span: span)
                return (field, Expression(.conditional(isThere, value, null), value.type, isNullable: true, span: span))
            }
        }
        guard
            let longest = resolveFunction(name: "greatest", arguments: counts, span: span, diagnostics: &diagnostics)
        else { return nil }
        count = longest
    }
}
