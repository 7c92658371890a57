import LaminarCases

/// The aggregate functions that random queries call.
package enum AggregateFunctions {
    package static let names = AggregateMaker.functions.map(\.name)
}

/// What may stand in an aggregate call beside its arguments.
package enum AggregateModifier: String, CaseIterable, Sendable {
    case distinct, filter, ordered

    /// Whether a function takes it.
    package func suits(_ function: String) -> Bool {
        switch self {
        case .filter: true
        case .ordered: ["first_value", "last_value", "string_agg", "array_agg"].contains(function)
        case .distinct:
            !["count_star", "first_value", "last_value", "median", "mode", "percentile_cont", "percentile_disc", "corr",
                "approx_count_distinct", "approx_median", "approx_percentile",
            ]
                .contains(function) && !function.hasPrefix("regr_") && !function.hasPrefix("covar_")
        }
    }
}

/// A random aggregate call with random modifiers.
struct AggregateMaker {
    let maker: ExpressionMaker
    /// Only this function; nil: any.
    var function: String?
    /// Always with this.
    var modifier: AggregateModifier?
    /// Whether the rows come in an order that decides what is first; those of a join do not.
    var isOrdered = true
    private static let orderDependent = ["first_value", "last_value", "string_agg", "array_agg"]

    /// All functions; each with the kinds that it takes.
    static let functions: [(name: String, kinds: [ColumnKind])] = [
        ("count", ColumnKind.allCases), ("sum", numbers), ("avg", numbers),
        ("min", ordered), ("max", ordered), ("variance", numbers), ("var_pop", numbers),
        ("stddev", numbers), ("stddev_pop", numbers), ("bool_and", [.boolean]), ("bool_or", [.boolean]),
        ("every", [.boolean]), ("bit_and", integers), ("bit_or", integers), ("bit_xor", integers),
        ("first_value", ColumnKind.allCases), ("last_value", ColumnKind.allCases), ("string_agg", [.text]),
        ("array_agg", ColumnKind.allCases), ("median", numbers), ("percentile_cont", numbers),
        ("percentile_disc", ordered), ("mode", ColumnKind.allCases), ("corr", [.double]), ("covar_pop", [.double]),
        ("covar_samp", [.double]), ("regr_slope", [.double]), ("regr_intercept", [.double]), ("regr_r2", [.double]),
        ("regr_count", [.double]), ("regr_avgx", [.double]), ("regr_avgy", [.double]), ("regr_sxx", [.double]),
        ("regr_syy", [.double]), ("regr_sxy", [.double]), ("count_star", [.integer]),
        // So few values are counted and ranked exactly.
        ("approx_count_distinct", ColumnKind.allCases), ("approx_median", numbers), ("approx_percentile", numbers + [.date, .text]),
    ]
    private static let numbers: [ColumnKind] = [.smallint, .integer, .bigint, .real, .double, .numeric]
    private static let integers: [ColumnKind] = [.smallint, .integer, .bigint]
    private static let ordered: [ColumnKind] = numbers + [.text, .date, .timestamp]

    /// - Returns: the call and, where one is known, the kind of its result.
    func call(_ random: inout SeededGenerator) -> (sql: Sketch, kind: ColumnKind?) {
        let known = Self.functions.first { $0.name == function }
        let (name, kinds) = known ?? random.pick(Self.functions.filter { isOrdered || !Self.orderDependent.contains($0.name) })
        let present = kinds.filter { kind in maker.columns.contains { $0.kind == kind } }
        let kind = random.pick(present.isEmpty ? kinds : present)
        let filter: Sketch =
            random.chance(modifier == .filter ? 100 : 25) ? .optional(" FILTER (WHERE \(maker.condition(depth: 1, &random)))") : ""
        let argument = maker.expression(kind, depth: 1, &random)
        func order() -> Sketch {
            let key = random.pick(maker.columns).sql
            let direction = random.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"])
            return .optional(" ORDER BY \(key)\(direction)")
        }
        let distinct: Sketch = random.chance(modifier == .distinct ? 100 : 30) ? .optional("DISTINCT ") : ""
        let direction = random.pick(["", "", " DESC"])
        let fraction = random.pick(["0", "0.25", "0.5", "0.9", "1"])
        switch name {
        case "count_star": return ("count(*)\(filter)", .bigint)
        case "corr", "covar_pop", "covar_samp":
            return ("\(name)(\(argument), \(maker.expression(random.chance(50) ? .double : .integer, depth: 1, &random)))\(filter)", .double)
        case _ where name.hasPrefix("regr_"):
            let other = maker.expression(random.chance(50) ? .double : .integer, depth: 1, &random)
            return ("\(name)(\(argument), \(other))\(filter)", name == "regr_count" ? .bigint : .double)
        case "string_agg":
            if isOrdered(50, &random) { return ("string_agg(\(argument), ','\(order()))\(filter)", .text) }
            return ("string_agg(\(distinct)\(argument), \(random.pick(["','", "''"])))\(filter)", .text)
        case "array_agg":
            if isOrdered(50, &random) { return ("array_agg(\(argument)\(order()))\(filter)", nil) }
            return ("array_agg(\(distinct)\(argument))\(filter)", nil)
        case "first_value", "last_value":
            return ("\(name)(\(argument)\(isOrdered(60, &random) ? order() : ""))\(filter)", kind)
        case "median", "approx_median": return ("\(name)(\(argument))\(filter)", .double)
        case "approx_count_distinct": return ("\(name)(\(argument))\(filter)", .bigint)
        case "approx_percentile" where !kind.isNumber || random.chance(60):
            return ("\(name)(\(argument), \(fraction))\(filter)", kind)
        case "approx_percentile":
            return ("\(name)(\(fraction)) WITHIN GROUP (ORDER BY \(argument)\(direction))\(filter)", .double)
        case "percentile_cont":
            return ("percentile_cont(\(fraction)) WITHIN GROUP (ORDER BY \(argument)\(direction))\(filter)", .double)
        case "percentile_disc":
            return ("percentile_disc(\(fraction)) WITHIN GROUP (ORDER BY \(argument)\(direction))\(filter)", kind)
        case "mode": return ("mode() WITHIN GROUP (ORDER BY \(argument)\(direction))\(filter)", kind)
        case "count": return ("count(\(distinct)\(argument))\(filter)", .bigint)
        default:
            return ("\(name)(\(distinct)\(argument))\(filter)", result(of: name, kind))
        }
    }

    /// Whether a call has an order of its own.
    private func isOrdered(_ percent: Int, _ random: inout SeededGenerator) -> Bool {
        switch modifier {
        case .ordered: true
        case .distinct: false
        default: random.chance(percent)
        }
    }

    private func result(of name: String, _ kind: ColumnKind) -> ColumnKind? {
        switch name {
        case "sum": kind.isInteger ? .bigint : kind
        case "avg": kind == .numeric ? nil : .double
        case "min", "max", "bit_and", "bit_or", "bit_xor": kind
        case "bool_and", "bool_or", "every": .boolean
        default: .double
        }
    }
}
