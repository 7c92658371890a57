package import LaminarText
import LaminarTypes

/// Whether SQL knows an aggregate function of this name (in lower case), be it one that cannot be run yet.
package func isAggregate(_ name: String) -> Bool { aggregateNames.contains(name) }

private let aggregateNames: Set<String> = [
    "count", "sum", "min", "max", "avg", "first_value", "first", "last_value", "last", "stddev", "stddev_samp",
    "stddev_pop", "variance", "var_samp", "var_pop", "median", "percentile_cont", "percentile_disc", "mode", "bool_and",
    "every", "bool_or", "any", "any_value", "bit_and", "bit_or", "bit_xor", "string_agg", "listagg", "group_concat",
    "array_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "approx_count_distinct",
    "approx_percentile", "approx_median", "covar_samp", "covar_pop", "corr", "regr_avgx", "regr_avgy", "regr_count",
    "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "arg_max", "arg_min", "max_by", "min_by",
]

/// The call of an aggregate on typed arguments; `arguments` is empty for `count(*)`.
///
/// Reports 42883 where no aggregate of this name takes such arguments, 0A000 where it is known but cannot be run yet.
package func resolveAggregate(
    name: String, arguments: [Expression], ordering: [AggregateOrdering] = [], isWithinGroup: Bool = false,
    respectsNulls: Bool = false, isDistinct: Bool, filter: Expression?, span: Span, diagnostics: inout Diagnostics
) -> AggregateCall? {
    func reportMissing() {
        let types = (arguments + (isWithinGroup ? ordering.map(\.expression) : [])).map(\.type.bareName)
        diagnostics.report(
            .error, "42883", at: span, "function \(name)(\(types.joined(separator: ", "))) does not exist",
            hint: "No aggregate function matches the given name and argument types.")
    }
    func reported(_ resolve: (inout Diagnostics) -> AggregateCall?) -> AggregateCall? {
        let before = diagnostics.all.count
        if let call = resolve(&diagnostics) { return call }
        if diagnostics.all.count == before { reportMissing() }
        return nil
    }
    if orderedAggregates.contains(name) {
        return reported {
            orderedAggregate(
                name, arguments, ordering: ordering, isWithinGroup: isWithinGroup, filter: filter,
                isDistinct: isDistinct, respectsNulls: respectsNulls, span: span, &$0)
        }
    }
    if isWithinGroup {
        diagnostics.report(
            .error, "42809", at: span, "\(name) is not an ordered-set aggregate, so it cannot have WITHIN GROUP")
        return nil
    }
    if let formula = pairAggregates[name] {
        return reported {
            pairAggregate(name, formula, arguments, filter: filter, isDistinct: isDistinct, span: span, &$0)
        }
    }
    if name == "approx_count_distinct" {
        guard arguments.count == 1 else {
            reportMissing()
            return nil
        }
        guard
            var call = resolveAggregate(
                name: "count", arguments: arguments, isDistinct: true, filter: filter, span: span,
                diagnostics: &diagnostics), let argument = call.kernel.argument
        else { return nil }
        call.function = name
        if argument == .uuid { return call }
        call.isDistinct = false
        call.kernel = AggregateKernel(
            "CountOfDistinctSketch<\(swiftName(argument))>", argument: argument, result: .int64, isResultNullable: false,
            size: 40, stringOffsets: [0])
        return call
    }
    if name == "count", arguments.isEmpty {
        return AggregateCall(
            kernel: AggregateKernel("CountOfRows", argument: nil, result: .int64, isResultNullable: false, size: 8),
            function: name, argument: nil, filter: filter, isDistinct: isDistinct, type: .bigint, span: span)
    }
    guard runnableAggregates.contains(name) else {
        diagnostics.unsupported("the aggregate function \(name)", at: span)
        return nil
    }
    guard arguments.count == 1, let argument = typedArgument(arguments[0], of: name, &diagnostics) else {
        if arguments.count != 1 { reportMissing() }
        return nil
    }
    if argument.type.isNested, name == "min" || name == "max" {
        // The first in their order.
        let order = AggregateOrdering(argument, isDescending: name == "max", nullsFirst: false)
        return reported {
            orderedAggregate(
                "first_value", [argument], ordering: [order], isWithinGroup: false, filter: filter, isDistinct: false,
                respectsNulls: false, span: span, &$0)
        }
    }
    guard let (kernel, type) = aggregateKernel(name, argument.type) else {
        reportMissing()
        return nil
    }
    return AggregateCall(
        kernel: kernel, function: name, argument: argument, filter: filter,
        isDistinct: isDistinct && !ignoresDuplicates.contains(name), type: type, span: span)
}

/// Aggregates to which DISTINCT makes no difference.
private let ignoresDuplicates: Set<String> = [
    "min", "max", "bool_and", "every", "bool_or", "any", "bit_and", "bit_or",
]

extension AggregateCall {
    /// The call that gives the same result over an input whose rows may be taken back, exactly where a sketch could not step
    /// back; nil if there is none yet.
    package var retractable: AggregateCall? {
        var call = self
        if kernel.name.hasPrefix("CountOfDistinctSketch"), let argument = kernel.argument {
            call.isDistinct = true
            call.kernel = AggregateKernel(
                "CountOfValues<\(swiftName(argument))>", argument: argument, result: .int64, isResultNullable: false, size: 8)
            return call
        }
        guard let kernel = retractableKernel(of: kernel) else { return nil }
        call.kernel = kernel
        return call
    }
}

/// The kernel that gives the same result over an input whose rows may be taken back; nil if there is none yet.
private func retractableKernel(of kernel: AggregateKernel) -> AggregateKernel? {
    switch kernel.name {
    case "SumOfReal", "SumOfDouble", "AverageOfDouble<Float>", "AverageOfDouble<Double>":
        return AggregateKernel(
            "Retractable\(kernel.name)", argument: kernel.argument, result: kernel.result,
            isResultNullable: kernel.isResultNullable, size: 32, resultCanFail: kernel.resultCanFail)
    case "SumOfUnsigned": return nil
    default: break
    }
    // Only its declaration knows whether it can step back; the binder has asked it.
    if kernel.isUserDefined { return kernel }
    guard let argument = kernel.argument else { return kernel }
    if kernel.name.hasPrefix("ApproximatePercentile") {
        return AggregateKernel(
            String(kernel.name.dropFirst("Approximate".count)), argument: .string, result: kernel.result,
            isResultNullable: true, size: 24, bagWords: 0, order: kernel.order)
    }
    if kernel.name.hasPrefix("FirstEntry") || kernel.name.hasPrefix("LastEntry") {
        return AggregateKernel(
            "Retractable\(kernel.name)", argument: .string, result: kernel.result, isResultNullable: true, size: 24,
            bagWords: 0, order: kernel.order)
    }
    switch String(kernel.name.prefix { $0 != "<" }) {
    case "VarianceSample", "VariancePopulation", "StandardDeviationSample", "StandardDeviationPopulation":
        return AggregateKernel(
            "RetractableVariance<\(swiftName(argument)), \(varianceFormulas[String(kernel.name.prefix { $0 != "<" })] ?? "")>",
            argument: argument, result: .double, isResultNullable: true, size: 56, resultCanFail: true)
    case "PairStatistic":
        return AggregateKernel(
            "Retractable\(kernel.name)", argument: argument, result: .double, isResultNullable: true, size: 112)
    case "Minimum", "MinimumOfString", "MinimumOfStruct":
        return bagKernel("RetractableMinimum<\(swiftName(argument))>", argument, argument, result: kernel.result)
    case "Maximum", "MaximumOfString", "MaximumOfStruct":
        return bagKernel("RetractableMaximum<\(swiftName(argument))>", argument, argument, result: kernel.result)
    case "BitAnd", "BitOr":
        return AggregateKernel(
            "Retractable\(kernel.name)", argument: argument, result: kernel.result, isResultNullable: true, size: 520)
    default: return kernel
    }
}

/// An accumulator that keeps all values of a group in an ordered bag.
private func bagKernel(
    _ name: String, _ argument: PhysicalType, _ value: PhysicalType, result: PhysicalType
) -> AggregateKernel {
    let words: Int =
        switch value {
        case .string: 0
        case .decimal: 3
        case .interval: 2
        default: 1
        }
    return AggregateKernel(name, argument: argument, result: result, isResultNullable: true, size: 16, bagWords: words)
}

private let runnableAggregates: Set<String> = [
    "count", "sum", "avg", "min", "max", "bool_and", "every", "bool_or", "any", "bit_and", "bit_or", "bit_xor",
    "variance", "var_samp", "var_pop", "stddev", "stddev_samp", "stddev_pop",
]

/// The argument in a type that an aggregate is made for.
private func typedArgument(
    _ argument: Expression, of name: String, _ diagnostics: inout Diagnostics
) -> Expression? {
    var target: SQLType?
    switch (name, argument.type) {
    case ("bool_and", .unknown), ("bool_or", .unknown), ("every", .unknown), ("any", .unknown): target = .boolean
    case ("count", .unknown), ("min", .unknown), ("max", .unknown): target = .text
    // PostgreSQL prefers DOUBLE PRECISION among what a literal could be.
    case (_, .unknown): target = .double
    // PostgreSQL makes an interval of it.
    case ("sum", .time), ("avg", .time): target = .interval
    case ("avg", .unsignedBigint), ("bit_and", .unsignedBigint), ("bit_or", .unsignedBigint): target = .decimal(nil)
    default: return argument
    }
    guard let target else { return argument }
    return cast(argument, to: target, context: .implicit, span: argument.span, diagnostics: &diagnostics)
}

/// The accumulator of an aggregate over a type, and the type of its result.
private func aggregateKernel(_ name: String, _ type: SQLType) -> (AggregateKernel, SQLType)? {
    let physical = type.physical
    func make(
        _ kernel: String, _ result: SQLType, size: Int, canFail: Bool = false, stringOffsets: [Int] = []
    ) -> (AggregateKernel, SQLType) {
        (
            AggregateKernel(
                kernel, argument: physical, result: result.physical, isResultNullable: name != "count", size: size,
                stringOffsets: stringOffsets, resultCanFail: canFail), result
        )
    }
    let swift = swiftName(physical)
    switch name {
    case "count": return make("CountOfValues<\(swift)>", .bigint, size: 8)
    case "sum":
        switch TypeName(type) {
        case .smallint, .integer, .bigint: return make("SumOfInteger<\(swift)>", .bigint, size: 24, canFail: true)
        case .unsignedBigint: return make("SumOfUnsigned", .decimal(nil), size: 24)
        case .real: return make("SumOfReal", .real, size: 16, canFail: true)
        case .double: return make("SumOfDouble", .double, size: 16, canFail: true)
        case .numeric: return make("SumOfDecimal", .decimal(nil), size: 40, canFail: true)
        case .interval: return make("SumOfInterval", .interval, size: 40, canFail: true)
        default: return nil
        }
    case "avg":
        switch TypeName(type) {
        case .smallint, .integer, .bigint: return make("AverageOfInteger<\(swift)>", .double, size: 24)
        case .real, .double: return make("AverageOfDouble<\(swift)>", .double, size: 16, canFail: true)
        case .numeric: return make("AverageOfDecimal", .decimal(nil), size: 40, canFail: true)
        case .interval: return make("AverageOfInterval", .interval, size: 40, canFail: true)
        default: return nil
        }
    case "min", "max":
        let prefix = name == "min" ? "Minimum" : "Maximum"
        switch TypeName(type) {
        case .smallint, .integer, .bigint, .unsignedBigint, .real, .double, .date, .time, .timestamp, .timestamptz:
            return make("\(prefix)<\(swift)>", type, size: 16)
        case .text, .varchar, .char, .bytea: return make("\(prefix)OfString", type, size: 24, stringOffsets: [0])
        case .numeric: return make("\(prefix)OfStruct<Decimal>", type, size: 32)
        case .interval: return make("\(prefix)OfStruct<Interval>", type, size: 24)
        default: return nil
        }
    case "bool_and", "every": return type == .boolean ? make("BooleanAnd", .boolean, size: 16) : nil
    case "bool_or", "any": return type == .boolean ? make("BooleanOr", .boolean, size: 16) : nil
    case "bit_and", "bit_or", "bit_xor":
        let kernel = name == "bit_and" ? "BitAnd" : name == "bit_or" ? "BitOr" : "BitXor"
        return type.isInteger && type != .unsignedBigint ? make("\(kernel)<\(swift)>", type, size: 16) : nil
    default:
        guard type.isNumeric, let kernel = varianceKernels[name] else { return nil }
        return make("\(kernel)<\(swift)>", .double, size: 32, canFail: true)
    }
}

private let varianceFormulas: [String: String] = [
    "VarianceSample": "SampleVariance", "VariancePopulation": "PopulationVariance",
    "StandardDeviationSample": "SampleDeviation", "StandardDeviationPopulation": "PopulationDeviation",
]

private let varianceKernels: [String: String] = [
    "variance": "VarianceSample", "var_samp": "VarianceSample", "var_pop": "VariancePopulation",
    "stddev": "StandardDeviationSample", "stddev_samp": "StandardDeviationSample",
    "stddev_pop": "StandardDeviationPopulation",
]

/// The Swift type of a physical type, as it stands between the angle brackets of an accumulator.
func swiftName(_ type: PhysicalType) -> String {
    switch type {
    case .bool: "Bool"
    case .int16: "Int16"
    case .int32: "Int32"
    case .int64: "Int64"
    case .uint64: "UInt64"
    case .float: "Float"
    case .double: "Double"
    case .decimal: "Decimal"
    case .string: "StringView"
    case .interval: "Interval"
    case .uuid: "UUIDBytes"
    }
}
