import LaminarText
import LaminarTypes

/// Applies a cast that exists: kernel calls, or a change of name where the representation is the same.
func applyCast(
    _ expression: Expression, to target: SQLType, context: CastContext, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    let (source, goal) = (TypeName(expression.type), TypeName(target))
    var result = expression
    if source != goal {
        guard let converted = convert(expression, to: goal, span: span) else {
            diagnostics.unsupported("the cast from \(expression.type.bareName) to \(target.bareName)", at: span)
            return nil
        }
        result = converted
    }
    return applyParameters(result, target, from: source == goal ? expression.type : nil, context, span)
}

/// The conversion between two types without parameters; nil if it cannot be run yet.
private func convert(_ expression: Expression, to goal: TypeName, span: Span) -> Expression? {
    let source = TypeName(expression.type)
    if isRelabelled(source, goal) {
        var result = expression
        result.type = goal.type ?? expression.type
        return result
    }
    guard let type = goal.type, let kernel = castKernel(from: source, to: goal) else { return nil }
    return .call(
        Kernel(
            kernel.name, [expression.type.physical], type.physical, canFail: kernel.traits.contains(.canFail),
            allocates: kernel.traits.contains(.allocates)),
        [expression], type, span: span)
}

/// Casts that change the type's name only.
private func isRelabelled(_ source: TypeName, _ goal: TypeName) -> Bool {
    switch (source, goal) {
    case (.text, .varchar), (.varchar, .text), (.text, .char), (.varchar, .char), (.unknown, .text), (.unknown, .varchar),
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
        return isText || source == .integer ? ("castToBoolean", isText ? .canFail : []) : nil
    case .smallint, .integer, .bigint:
        let name = goal == .smallint ? "castToSmallint" : goal == .integer ? "castToInteger" : "castToBigint"
        if source == .boolean { return goal == .integer ? (name, []) : nil }
        guard isText || source.category == .numeric else { return nil }
        let widens = (source == .smallint && goal != .smallint) || (source == .integer && goal == .bigint)
        return (name, widens ? [] : .canFail)
    case .real:
        guard isText || source.category == .numeric else { return nil }
        return ("castToReal", isText || source == .double || source == .numeric ? .canFail : [])
    case .double:
        guard isText || source.category == .numeric else { return nil }
        return ("castToDouble", isText || source == .numeric ? .canFail : [])
    case .numeric:
        guard isText || source.category == .numeric else { return nil }
        return ("castToDecimal", isText || source == .real || source == .double ? .canFail : [])
    case .text, .varchar, .char:
        switch source {
        case .char: return ("trimBlanks", [])
        case .boolean: return ("castToText", [])
        case .date: return ("castDateToText", .allocates)
        case .time: return ("castTimeToText", .allocates)
        case .timestamp: return ("castTimestampToText", .allocates)
        case .timestamptz: return ("castTimestamptzToText", .allocates)
        case .bytea: return ("castByteaToText", .allocates)
        case .smallint, .integer, .bigint, .unsignedBigint, .real, .double, .numeric, .interval, .uuid:
            return ("castToText", .allocates)
        default: return nil
        }
    case .date:
        switch source {
        case .timestamp, .timestamptz: return ("castTimestampToDate", [])
        default: return isText ? ("castToDate", .canFail) : nil
        }
    case .time:
        switch source {
        case .timestamp, .timestamptz: return ("castTimestampToTime", [])
        case .interval: return ("castToTime", [])
        default: return isText ? ("castToTime", .canFail) : nil
        }
    case .timestamp, .timestamptz:
        switch source {
        case .date: return ("castDateToTimestamp", .canFail)
        default: return isText ? (goal == .timestamp ? "castToTimestamp" : "castToTimestamptz", .canFail) : nil
        }
    case .interval:
        return source == .time ? ("castTimeToInterval", []) : isText ? ("castToInterval", .canFail) : nil
    case .uuid: return isText ? ("castToUUID", .canFail) : nil
    case .bytea: return isText ? ("castToBytea", [.allocates, .canFail]) : nil
    default: return nil
    }
}

/// Brings a value to the length, scale or precision of its type.
private func applyParameters(
    _ expression: Expression, _ target: SQLType, from source: SQLType?, _ context: CastContext, _ span: Span
) -> Expression {
    var result = expression
    result.type = target
    func limited(_ name: String, _ limits: [Int], _ traits: KernelTraits) -> Expression {
        let constants = limits.map { Expression.constant(.integer(Int64($0)), .integer, span: span) }
        return .call(
            Kernel(
                name, [expression.type.physical] + limits.map { _ in .int32 }, target.physical,
                canFail: traits.contains(.canFail), allocates: traits.contains(.allocates)),
            [expression] + constants, target, span: span)
    }
    switch target {
    case .decimal(let parameters?):
        if case .decimal(let old?)? = source, old.scale == parameters.scale, old.precision <= parameters.precision {
            return result
        }
        return limited("castToDecimal", [parameters.precision, parameters.scale], .canFail)
    case .varchar(let length):
        if case .varchar(let old)? = source, old <= length { return result }
        return context == .explicit
            ? limited("truncate", [length], []) : limited("castToVarchar", [length], .canFail)
    case .char(let length):
        return context == .explicit
            ? limited("truncateAndPad", [length], .allocates) : limited("castToChar", [length], [.canFail, .allocates])
    case .timestamp(let digits), .timestamptz(let digits):
        if digits >= 6 { return result }
        switch source {
        case .timestamp(let old)? where old <= digits: return result
        case .timestamptz(let old)? where old <= digits: return result
        default: return limited("roundTimestamp", [digits], [])
        }
    default: return result
    }
}
