import LaminarText
import LaminarTypes

/// One column of an ORDER BY inside an aggregate, or of its WITHIN GROUP.
package struct AggregateOrdering: Hashable, Sendable {
    package var expression: Expression
    package var isDescending: Bool
    package var nullsFirst: Bool

    package init(_ expression: Expression, isDescending: Bool, nullsFirst: Bool) {
        self.expression = expression
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
    }
}

/// Aggregates whose accumulators take an entry (sort key, parameter, value) for each row.
let orderedAggregates: Set<String> = [
    "string_agg", "listagg", "group_concat", "first_value", "first", "last_value", "last", "any_value", "median",
    "approx_median", "percentile_cont", "percentile_disc", "approx_percentile", "mode", "array_agg", "arg_max", "arg_min",
    "max_by", "min_by",
]

/// Aggregates of two numbers, and what they compute of a group's pairs.
let pairAggregates: [String: String] = [
    "corr": "Correlation", "covar_samp": "CovarianceSample", "covar_pop": "CovariancePopulation",
    "regr_avgx": "RegressionAverageX", "regr_avgy": "RegressionAverageY", "regr_sxx": "RegressionSquaresX",
    "regr_syy": "RegressionSquaresY", "regr_sxy": "RegressionProducts", "regr_slope": "RegressionSlope",
    "regr_intercept": "RegressionIntercept", "regr_r2": "RegressionDetermination", "regr_count": "",
]

/// What `resolveAggregate` says of an aggregate of pairs; nil: no such function.
func pairAggregate(
    _ name: String, _ formula: String, _ arguments: [Expression], filter: Expression?, isDistinct: Bool, span: Span,
    _ diagnostics: inout Diagnostics
) -> AggregateCall? {
    guard arguments.count == 2, arguments.allSatisfy({ $0.type.isNumeric || $0.type == .unknown }) else { return nil }
    var numbers: [Expression] = []
    for argument in arguments {
        guard
            let number = cast(
                argument, to: .double, context: .implicit, span: argument.span, diagnostics: &diagnostics)
        else { return nil }
        numbers.append(number)
    }
    let pair = Expression(
        .call(Kernel("pairOfNumbers", [.double, .double], .string, allocates: true), numbers), .bytea,
        isNullable: numbers.contains(where: \.isNullable), span: span)
    let kernel =
        formula.isEmpty
        ? AggregateKernel(
            "CountOfValues<StringView>", argument: .string, result: .int64, isResultNullable: false, size: 8)
        : AggregateKernel(
            "PairStatistic<\(formula)>", argument: .string, result: .double, isResultNullable: true, size: 64)
    return AggregateCall(
        kernel: kernel, function: name, argument: pair, filter: filter, isDistinct: isDistinct,
        type: formula.isEmpty ? .bigint : .double, span: span)
}

/// The call of an aggregate over a group's rows in an order; nil after a report, or, if there was none, where no such
/// function exists.
func orderedAggregate(
    _ name: String, _ arguments: [Expression], ordering: [AggregateOrdering], isWithinGroup: Bool,
    filter: Expression?, isDistinct: Bool, respectsNulls: Bool, span: Span, _ diagnostics: inout Diagnostics
) -> AggregateCall? {
    var parts = EntryParts(ordering: ordering, span: span)
    switch name {
    case "string_agg", "listagg", "group_concat":
        guard (name == "string_agg" ? 2 : 1)...2 ~= arguments.count else { return nil }
        if isWithinGroup, name != "listagg" { return nil }
        var texts: [Expression] = []
        for argument in arguments {
            if argument.type == .bytea {
                texts.append(argument)
                continue
            }
            let context: CastContext = name == "string_agg" ? .implicit : .explicit
            if context == .implicit, argument.type != .unknown, argument.type.physical != .string { return nil }
            guard
                let text = cast(
                    argument, to: .text, context: context, span: argument.span, diagnostics: &diagnostics)
            else { return nil }
            texts.append(text)
        }
        let type = texts[0].type
        if isDistinct {
            guard ordering.allSatisfy({ arguments.contains($0.expression) }) else {
                diagnostics.report(
                    .error, "42P10", at: span,
                    "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
                return nil
            }
            if ordering.isEmpty {
                parts.ordering = [AggregateOrdering(texts[0], isDescending: false, nullsFirst: false)]
            }
        }
        let nothing = Expression.constant(.text(""), .text, span: span)
        parts.parameter = nothing
        if texts.count == 2 {
            parts.parameter = texts[1]
            if texts[1].isNullable {
                parts.parameter = Expression(
                    .coalesce([texts[1], nothing]), .text, isNullable: false, span: texts[1].span)
            }
        } else {
            parts.parameter = .constant(.text(","), .text, span: span)
        }
        parts.value = texts[0]
        return parts.call(
            name, "StringAggregate", type, resultMakesString: true, resultCanFail: true, filter, isDistinct,
            &diagnostics)
    case "first_value", "first", "last_value", "last", "any_value":
        guard arguments.count == 1, !isWithinGroup else { return nil }
        guard let value = knownType(arguments[0], .text, &diagnostics) else { return nil }
        parts.value = value
        if respectsNulls { parts.respectNulls() }
        let kernel = name.hasPrefix("last") ? "LastEntry" : "FirstEntry"
        return parts.call(
            name, "\(kernel)<\(swiftName(value.type.physical))>", value.type, keepsAll: false, filter, false,
            &diagnostics)
    case "arg_max", "arg_min", "max_by", "min_by":
        // The first of the rows whose second argument is greatest or least, of those where neither is NULL.
        guard arguments.count == 2, ordering.isEmpty, !isWithinGroup, !isDistinct else { return nil }
        guard let value = knownType(arguments[0], .text, &diagnostics),
            let key = knownType(arguments[1], .text, &diagnostics)
        else { return nil }
        if key.type.isArray {
            diagnostics.unsupported("\(name) by arrays", at: span)
            return nil
        }
        parts.value = value
        parts.ordering = [AggregateOrdering(key, isDescending: name.contains("max"), nullsFirst: false)]
        var filter = filter
        if key.isNullable {
            let isKnown = Expression.call(
                Kernel("not", [.bool], .bool), [Expression(.isNull(key), .boolean, isNullable: false, span: span)],
                .boolean, span: span)
            filter = filter.map {
                Expression(.and([$0, isKnown]), .boolean, isNullable: $0.isNullable, span: span)
            } ?? isKnown
        }
        return parts.call(
            name, "FirstEntry<\(swiftName(value.type.physical))>", value.type, keepsAll: false, filter, false,
            &diagnostics)
    case "array_agg":
        guard arguments.count == 1, !isWithinGroup else { return nil }
        guard let value = knownType(arguments[0], .text, &diagnostics) else { return nil }
        if isDistinct {
            guard ordering.allSatisfy({ $0.expression == value }) else {
                diagnostics.report(
                    .error, "42P10", at: span,
                    "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
                return nil
            }
            if ordering.isEmpty {
                parts.ordering = [AggregateOrdering(value, isDescending: false, nullsFirst: false)]
            }
        }
        if value.type.isArray {
            diagnostics.unsupported("array_agg of arrays", at: span)
            return nil
        }
        guard let element = oneElement(value, of: value.type, span: value.span, diagnostics: &diagnostics)
        else { return nil }
        parts.value = element
        return parts.call(
            name, "ArrayAggregate", .array(value.type), resultMakesString: true, resultCanFail: true, filter,
            isDistinct, &diagnostics)
    case "mode":
        guard arguments.isEmpty, isWithinGroup, ordering.count == 1, !isDistinct else { return nil }
        guard let value = knownType(ordering[0].expression, .text, &diagnostics) else { return nil }
        parts.ordering[0].expression = value
        parts.value = value
        return parts.call(
            name, "Mode<\(swiftName(value.type.physical))>", value.type, filter, false, &diagnostics)
    default: break
    }
    // A fraction and a value, which is the first argument or stands in WITHIN GROUP.
    var value: Expression
    var fraction = Expression.constant(.double(0.5), .double, span: span)
    let isMedian = name == "median" || name == "approx_median"
    if isMedian || (name == "approx_percentile" && !isWithinGroup) {
        guard arguments.count == (isMedian ? 1 : 2), ordering.isEmpty else { return nil }
        value = arguments[0]
        if !isMedian { fraction = arguments[1] }
        parts.ordering = [AggregateOrdering(value, isDescending: false, nullsFirst: false)]
    } else {
        guard isWithinGroup, arguments.count == 1, ordering.count == 1 else { return nil }
        value = ordering[0].expression
        fraction = arguments[0]
    }
    let isContinuous = isMedian || name == "percentile_cont" || isWithinGroup && name == "approx_percentile"
    guard let known = knownType(value, isContinuous ? .double : .text, &diagnostics) else { return nil }
    value = known
    if isContinuous {
        if value.type == .interval {
            diagnostics.unsupported("\(name) of intervals", at: span)
            return nil
        }
        guard value.type.isNumeric,
            let number = cast(value, to: .double, context: .implicit, span: value.span, diagnostics: &diagnostics)
        else { return nil }
        value = number
    }
    parts.ordering[0].expression = value
    guard fraction.type.isNumeric || fraction.type == .unknown,
        let number = cast(fraction, to: .double, context: .implicit, span: fraction.span, diagnostics: &diagnostics)
    else { return nil }
    fraction = fold(number)
    switch fraction.node {
    case .constant(.double(let share)):
        guard share >= 0, share <= 1 else {
            diagnostics.report(
                .error, "22003", at: fraction.span, "percentile value \(share) is not between 0 and 1")
            return nil
        }
    case .constant(.null): break
    default:
        diagnostics.unsupported("a percentile that is not constant", at: fraction.span)
        return nil
    }
    parts.parameter = entryValue(fraction)
    parts.value = value
    var call = parts.call(
        name, isContinuous ? "PercentileContinuous" : "PercentileDiscrete<\(swiftName(value.type.physical))>",
        value.type, filter, isDistinct, &diagnostics)
    let isSketched: [PhysicalType] = [.int16, .int32, .int64, .float, .double]
    if name.hasPrefix("approx_"), !isDistinct, !parts.ordering[0].isDescending, isSketched.contains(value.type.physical),
        let exact = call?.kernel
    {
        call?.kernel = AggregateKernel(
            "Approximate\(exact.name)", argument: .string, result: exact.result, isResultNullable: true, size: 40,
            stringOffsets: [0], order: exact.order)
    }
    return call
}

/// The expression in its own type, or, a literal of none, in `type`.
private func knownType(_ expression: Expression, _ type: SQLType, _ diagnostics: inout Diagnostics) -> Expression? {
    if expression.type != .unknown { return expression }
    return cast(expression, to: type, context: .implicit, span: expression.span, diagnostics: &diagnostics)
}

/// What the entry of an ordered aggregate is made of.
private struct EntryParts {
    var ordering: [AggregateOrdering]
    var parameter: Expression
    var value: Expression
    var span: Span
    var marksNulls = false

    init(ordering: [AggregateOrdering], span: Span) {
        self.ordering = ordering
        self.span = span
        parameter = .constant(.text(""), .text, span: span)
        value = parameter
    }

    /// Keeps rows whose value is NULL, which the parameter then says.
    mutating func respectNulls() {
        marksNulls = value.isNullable
    }

    func call(
        _ function: String, _ kernel: String, _ type: SQLType, keepsAll: Bool = true, resultMakesString: Bool = false,
        resultCanFail: Bool = false, _ filter: Expression?, _ isDistinct: Bool, _ diagnostics: inout Diagnostics
    ) -> AggregateCall? {
        for expression in ordering.map(\.expression) + [value] where expression.type.physical == .uuid {
            diagnostics.unsupported("\(function) of \(expression.type.bareName)", at: span)
            return nil
        }
        let known = ordering.map { item in
            var item = item
            if item.expression.type == .unknown { item.expression.type = .text }
            return item
        }
        var (parameter, bytes) = (parameter, entryValue(value))
        if marksNulls {
            func text(_ text: String) -> Expression { .constant(.text(text), .text, span: span) }
            let isNull = Expression(.isNull(value), .boolean, isNullable: false, span: span)
            parameter = Expression(
                .conditional(isNull, text("n"), text("")), .text, isNullable: false, span: span)
            bytes = Expression(.coalesce([bytes, text("")]), bytes.type, isNullable: false, span: span)
        }
        let entry = Expression(
            .call(
                Kernel("aggregateEntry", [.string, .string, .string], .string, allocates: true),
                [sortKey(known, span: span), parameter, bytes]),
            .bytea, isNullable: parameter.isNullable || bytes.isNullable, span: span)
        return AggregateCall(
            kernel: AggregateKernel(
                kernel, argument: .string, result: type.physical, isResultNullable: true, size: 24,
                stringOffsets: keepsAll ? [] : [0], bagWords: keepsAll ? 0 : nil, resultCanFail: resultCanFail,
                resultMakesString: resultMakesString, order: orderText(known)),
            function: function, argument: entry, filter: filter, isDistinct: isDistinct, type: type, span: span)
    }
}

private func orderText(_ ordering: [AggregateOrdering]) -> String {
    ordering.map { "\($0.expression.type.physical)\($0.isDescending ? " desc" : "")\($0.nullsFirst ? " nulls first" : "")" }
        .joined(separator: ", ")
}

/// A value as the bytes of an entry.
private func entryValue(_ value: Expression) -> Expression {
    if value.type.physical == .string { return value }
    return Expression(
        .call(Kernel("entryValue", [value.type.physical], .string, allocates: true), [value]), .bytea,
        isNullable: value.isNullable, span: value.span)
}

/// The bytes by which entries are ordered.
private func sortKey(_ ordering: [AggregateOrdering], span: Span) -> Expression {
    let keys = ordering.map { item in
        var item = item
        item.expression = orderable(item.expression)
        let type = item.expression.type.physical
        let direction = Expression.constant(
            .integer((item.isDescending ? 1 : 0) + (item.nullsFirst ? 2 : 0)), .integer, span: span)
        let key = Expression(
            .call(Kernel("sortKey", [type, .int32], .string, allocates: true), [item.expression, direction]), .bytea,
            isNullable: item.expression.isNullable, span: item.expression.span)
        if !item.expression.isNullable { return key }
        let null = Expression(
            .call(Kernel("sortKeyOfNull", [.int32], .string, allocates: true), [direction]), .bytea,
            isNullable: false, span: item.expression.span)
        return Expression(.coalesce([key, null]), .bytea, isNullable: false, span: item.expression.span)
    }
    guard var result = keys.first else { return .constant(.text(""), .text, span: span) }
    for key in keys.dropFirst() {
        result = concatenatedKeys(result, key, span: span)
    }
    return result
}

private func concatenatedKeys(_ a: Expression, _ b: Expression, span: Span) -> Expression {
    Expression(
        .call(Kernel("concatenate", [.string, .string], .string, allocates: true), [a, b]), .bytea, isNullable: false,
        span: span)
}

extension AggregateCall {
    /// The call with the order that it has where what is written decides nothing: by event time for FIRST and LAST, by
    /// value where rows are taken back (their order of arrival depends on how changes are batched), else by arrival.
    package func withDefaultOrder(eventTime: Expression?, isUpdating: Bool) -> AggregateCall {
        guard let argument, case .call(let kernel, let parts) = argument.node, kernel.name == "aggregateEntry",
            parts.count == 3
        else { return self }
        var isOrdered = true
        if case .constant = parts[0].node { isOrdered = false }
        // The order of these is that of their values already.
        if isOrdered, !isUpdating || ordersByValue { return self }
        var order: [AggregateOrdering] = []
        if !isOrdered, let eventTime, function.hasPrefix("first") || function.hasPrefix("last") {
            order.append(AggregateOrdering(eventTime, isDescending: false, nullsFirst: false))
        }
        if isUpdating {
            var value = parts[2]
            if case .coalesce(let operands) = value.node, operands.count == 2, function == "array_agg" { value = operands[0] }
            if case .call(let kernel, let operands) = value.node {
                if kernel.name == "entryValue" { value = operands[0] }
                // ARRAY_AGG's entries are arrays of one element, whose bytes have no order of their own.
                if kernel.name == "arrayOf" { value = operands[1] }
            }
            order.append(AggregateOrdering(value, isDescending: false, nullsFirst: false))
            if case .constant = parts[1].node {} else {
                order.append(AggregateOrdering(parts[1], isDescending: false, nullsFirst: false))
            }
        }
        if order.isEmpty { return self }
        var key = sortKey(order, span: span)
        if isOrdered { key = concatenatedKeys(parts[0], key, span: span) }
        var copy = self
        copy.argument?.node = .call(kernel, [key, parts[1], parts[2]])
        let written = isOrdered ? self.kernel.order + ", " : ""
        copy.kernel = self.kernel.ordered(written + orderText(order))
        return copy
    }

    private var ordersByValue: Bool {
        ["mode", "median", "approx_median", "percentile_cont", "percentile_disc", "approx_percentile"].contains(function)
    }
}
