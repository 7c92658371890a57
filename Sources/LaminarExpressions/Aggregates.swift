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
    "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy",
]

/// The call of an aggregate on typed arguments; `arguments` is empty for `count(*)`.
///
/// Reports 42883 where no aggregate of this name takes such arguments, 0A000 where it is known but cannot be run yet.
package func resolveAggregate(
    name: String, arguments: [Expression], isDistinct: Bool, filter: Expression?, span: Span,
    diagnostics: inout Diagnostics
) -> AggregateCall? {
    guard ["count", "sum", "min", "max", "avg"].contains(name) else {
        diagnostics.unsupported("the aggregate function \(name)", at: span)
        return nil
    }
    func make(_ kernel: AggregateKernel, _ argument: Expression?, _ type: SQLType) -> AggregateCall {
        AggregateCall(
            kernel: kernel, function: name, argument: argument, filter: filter, isDistinct: isDistinct, type: type,
            span: span)
    }
    func noSuchAggregate() -> AggregateCall? {
        let types = arguments.map(\.type.bareName).joined(separator: ", ")
        diagnostics.report(
            .error, "42883", at: span, "function \(name)(\(types)) does not exist",
            hint: "No aggregate function matches the given name and argument types.")
        return nil
    }
    if arguments.isEmpty {
        guard name == "count" else { return noSuchAggregate() }
        return make(AggregateKernel("CountOfRows", argument: nil, result: .int64, isResultNullable: false, size: 8,
            isRetractable: true), nil, .bigint)
    }
    guard arguments.count == 1 else { return noSuchAggregate() }
    var argument = arguments[0]
    if argument.type == .unknown {
        guard
            let text = cast(argument, to: .text, context: .implicit, span: argument.span, diagnostics: &diagnostics)
        else { return nil }
        argument = text
    }
    switch name {
    case "count":
        let kernel = AggregateKernel(
            "CountOfValues", argument: argument.type.physical, result: .int64, isResultNullable: false, size: 8,
            isRetractable: true)
        return make(kernel, argument, .bigint)
    case "sum", "avg":
        let isSum = name == "sum"
        let prefix = isSum ? "SumOf" : "AverageOf"
        switch TypeName(argument.type) {
        case .smallint, .integer, .bigint:
            guard
                let wide = cast(
                    argument, to: .bigint, context: .implicit, span: argument.span, diagnostics: &diagnostics)
            else { return nil }
            let kernel = AggregateKernel(
                prefix + "Integer", argument: .int64, result: isSum ? .int64 : .double, isResultNullable: true,
                size: 32, alignment: 16, resultCanFail: isSum)
            return make(kernel, wide, isSum ? .bigint : .double)
        case .numeric:
            let kernel = AggregateKernel(
                prefix + "Decimal", argument: .decimal, result: .decimal, isResultNullable: true, size: 48,
                alignment: 16, resultCanFail: true)
            return make(kernel, argument, .decimal(nil))
        case .real where isSum:
            let kernel = AggregateKernel(
                "SumOfReal", argument: .float, result: .float, isResultNullable: true, size: 16, resultCanFail: true)
            return make(kernel, argument, .real)
        case .real, .double:
            guard
                let wide = cast(
                    argument, to: .double, context: .implicit, span: argument.span, diagnostics: &diagnostics)
            else { return nil }
            let kernel = AggregateKernel(
                prefix + "Double", argument: .double, result: .double, isResultNullable: true, size: 16,
                resultCanFail: true)
            return make(kernel, wide, .double)
        default: return noSuchAggregate()
        }
    default:
        let prefix = name == "min" ? "Minimum" : "Maximum"
        let suffix: String
        switch argument.type.physical {
        case .int16, .int32, .int64: suffix = "OfInteger"
        case .float: suffix = "OfReal"
        case .double: suffix = "OfDouble"
        case .decimal: suffix = "OfDecimal"
        case .string where argument.type.isText: suffix = "OfText"
        case .interval: suffix = "OfInterval"
        default: return noSuchAggregate()
        }
        let physical = argument.type.physical
        let size = (physical.stride + 8 + physical.alignment - 1) & ~(physical.alignment - 1)
        let kernel = AggregateKernel(
            prefix + suffix, argument: physical, result: physical, isResultNullable: true, size: size,
            alignment: max(8, physical.alignment), stringOffsets: physical == .string ? [0] : [])
        return make(kernel, argument, argument.type)
    }
}
