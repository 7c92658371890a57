import LaminarText
import LaminarTypes

/// Applies a cast that exists: kernel calls, or a change of name where the representation is the same.
func applyCast(
    _ expression: Expression, to target: SQLType, context: CastContext, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    let (source, goal) = (TypeName(expression.type), TypeName(target))
    if source == .array || goal == .array {
        return castOfArray(expression, to: target, context: context, span: span, diagnostics: &diagnostics)
    }
    if expression.type.isNested || target.isNested {
        return castOfNested(expression, to: target, context: context, span: span, diagnostics: &diagnostics)
    }
    var result = expression
    if source != goal {
        guard let converted = convert(expression, to: goal, span: span) else {
            diagnostics.unsupported("the cast from \(expression.type.bareName) to \(target.bareName)", at: span)
            return nil
        }
        result = converted
    }
    return applyParameters(result, target, from: expression.type, context, span)
}

/// The conversion between two types without parameters; nil if it cannot be run yet.
private func convert(_ expression: Expression, to goal: TypeName, span: Span) -> Expression? {
    let source = TypeName(expression.type)
    if isRelabelled(source, goal) {
        var result = expression
        result.type = goal.type ?? expression.type
        return result
    }
    if source == .unsignedBigint, goal == .smallint || goal == .integer || goal == .real {
        guard let middle = convert(expression, to: goal == .real ? .double : .bigint, span: span) else { return nil }
        return convert(middle, to: goal, span: span)
    }
    if source == .jsonb, goal.category == .numeric, goal != .numeric {
        guard let middle = convert(expression, to: .numeric, span: span) else { return nil }
        return convert(middle, to: goal, span: span)
    }
    guard let type = goal.type, let kernel = castKernel(from: source, to: goal) else { return nil }
    let call = Expression.call(
        Kernel(
            kernel.name, [expression.type.physical], type.physical, canFail: kernel.traits.contains(.canFail),
            allocates: kernel.traits.contains(.allocates)),
        [expression], type, span: span)
    // Infinity has no time of day.
    return goal == .time && expression.type.isTimestamp ? ifFinite(expression, call, span) : call
}

/// The value where a timestamp is finite, else NULL.
func ifFinite(_ timestamp: Expression, _ value: Expression, _ span: Span) -> Expression {
    ifTrue(.call(Kernel("isFiniteTimestamp", [.int64], .bool), [timestamp], .boolean, span: span), value, span)
}

/// Casts that change the type's name only.
private func isRelabelled(_ source: TypeName, _ goal: TypeName) -> Bool {
    switch (source, goal) {
    case (.text, .varchar), (.varchar, .text), (.text, .char), (.varchar, .char), (.unknown, .text),
        (.unknown, .varchar),
        (.timestamp, .timestamptz), (.timestamptz, .timestamp), (.jsonb, .json), (.json, .text), (.jsonb, .text),
        (.json, .varchar), (.jsonb, .varchar):
        true
    default: false
    }
}

/// The kernel of a cast. Types that share a layout (integers and dates, bigints and timestamps) differ in the name.
private func castKernel(from source: TypeName, to goal: TypeName) -> (name: String, traits: KernelTraits)? {
    let isText = source.category == .string
    switch goal {
    case .boolean:
        if source == .jsonb { return ("castJSONToBoolean", .canFail) }
        return isText ? ("castToBoolean", .canFail) : source == .integer ? ("castToBoolean", []) : nil
    case .smallint, .integer, .bigint:
        let name = goal == .smallint ? "castToSmallint" : goal == .integer ? "castToInteger" : "castToBigint"
        if source == .boolean { return goal == .integer ? (name, []) : nil }
        if source == .unsignedBigint && goal != .bigint { return nil }
        guard isText || source.category == .numeric else { return nil }
        let widens = (source == .smallint && goal != .smallint) || (source == .integer && goal == .bigint)
        return (name, widens ? [] : .canFail)
    case .real:
        guard isText || source.category == .numeric, source != .unsignedBigint else { return nil }
        return ("castToReal", isText || source == .double || source == .numeric ? .canFail : [])
    case .double:
        guard isText || source.category == .numeric else { return nil }
        return ("castToDouble", isText ? .canFail : [])
    case .numeric:
        if source == .jsonb { return ("castJSONToNumeric", .canFail) }
        guard isText || source.category == .numeric else { return nil }
        return ("castToNumeric", isText || source == .real || source == .double ? .canFail : [])
    case .text, .varchar, .char: return textKernel(from: source)
    case .date:
        if source == .timestamp || source == .timestamptz { return ("castTimestampToDate", []) }
        return isText ? ("castToDate", .canFail) : nil
    case .time:
        if source == .timestamp || source == .timestamptz { return ("castTimestampToTime", []) }
        if source == .interval { return ("castIntervalToTime", []) }
        return isText ? ("castToTime", .canFail) : nil
    case .timestamp, .timestamptz:
        if source == .date { return ("castDateToTimestamp", .canFail) }
        return isText ? (goal == .timestamp ? "castToTimestamp" : "castToTimestamptz", .canFail) : nil
    case .interval:
        return source == .time ? ("castTimeToInterval", []) : isText ? ("castToInterval", .canFail) : nil
    case .json: return isText ? ("castToJSON", .canFail) : nil
    case .jsonb: return isText || source == .json ? ("castToJSONB", [.allocates, .canFail]) : nil
    case .uuid: return isText ? ("castToUUID", .canFail) : nil
    case .bytea: return isText ? ("castToBytea", [.allocates, .canFail]) : nil
    default: return nil
    }
}

private func textKernel(from source: TypeName) -> (name: String, traits: KernelTraits)? {
    switch source {
    case .char: ("castCharToText", [])
    case .boolean: ("castToText", [])
    case .date: ("castDateToText", .allocates)
    case .time: ("castTimeToText", .allocates)
    case .timestamp: ("castTimestampToText", .allocates)
    case .timestamptz: ("castTimestamptzToText", .allocates)
    case .bytea: ("castByteaToText", .allocates)
    case .smallint, .integer, .bigint, .unsignedBigint, .real, .double, .numeric, .interval, .uuid:
        ("castToText", .allocates)
    default: nil
    }
}

/// Brings a value to the length, scale or precision of its type.
private func applyParameters(
    _ expression: Expression, _ target: SQLType, from source: SQLType, _ context: CastContext, _ span: Span
) -> Expression {
    var result = expression
    result.type = target
    func limited(_ operand: Expression, _ name: String, _ limits: [Int], _ traits: KernelTraits) -> Expression {
        let constants = limits.map { Expression.constant(.integer(Int64($0)), .integer, span: span) }
        return .call(
            Kernel(
                name, [operand.type.physical] + limits.map { _ in .int32 }, target.physical,
                canFail: traits.contains(.canFail), allocates: traits.contains(.allocates)),
            [operand] + constants, target, span: span)
    }
    switch target {
    case .decimal(let parameters?):
        if case .decimal(let old?) = source, old.scale == parameters.scale, old.precision <= parameters.precision {
            return result
        }
        return limited(expression, "coerceNumeric", [parameters.precision, parameters.scale], .canFail)
    case .varchar(let length):
        if case .varchar(let old) = source, old <= length { return result }
        return context == .explicit
            ? limited(expression, "castToVarchar", [length], [])
            : limited(expression, "assignToVarchar", [length], .canFail)
    case .char(let length):
        if case .char(length) = source { return result }
        var operand = expression
        if context != .explicit { operand = limited(expression, "assignToVarchar", [length], .canFail) }
        return limited(operand, "castToChar", [length], .allocates)
    case .timestamp(let digits), .timestamptz(let digits):
        if digits >= 6 { return result }
        switch source {
        case .timestamp(let old) where old <= digits: return result
        case .timestamptz(let old) where old <= digits: return result
        case .date: return result
        default: return limited(expression, "roundTimestamp", [digits], [])
        }
    default: return result
    }
}
