import LaminarExpressions
import LaminarTypes

/// What an aggregate call is asked for, read back from the plan: SQL's words instead of the accumulator's entries.
struct AggregateReading {
    /// COUNT(*) has none.
    var arguments: [Expression] = []
    /// The delimiter of STRING_AGG, the fraction of a percentile.
    var parameter: Expression?
    var ordering: [(expression: Expression, isDescending: Bool, nullsFirst: Bool)] = []
    var keepsNulls = false

    init(_ call: AggregateCall) throws(ReferenceError) {
        guard let argument = call.argument else { return }
        guard case .call(let kernel, let parts) = argument.node else {
            arguments = [argument]
            return
        }
        switch kernel.name {
        case "pairOfNumbers": arguments = parts
        case "aggregateEntry":
            try readOrdering(parts[0])
            parameter = parts[1].withoutCall("entryValue")
            var value = parts[2]
            if case .conditional = parts[1].node, case .coalesce(let operands) = value.node {
                keepsNulls = true
                parameter = nil
                value = operands[0]
            }
            if call.function == "array_agg" {
                keepsNulls = true
                if case .coalesce(let operands) = value.node { value = operands[0] }
                value = value.withoutCall("arrayOf", operand: 1)
                if case .constant(.bytes(let bytes)) = value.node, let array = ArrayValue(encoded: bytes) {
                    value = .constant(array.elements.first ?? .null, value.type.elementType ?? .unknown)
                }
            }
            arguments = [value.withoutCall("entryValue")]
        default: arguments = [argument]
        }
    }

    /// The sort key of an entry: one key, or several concatenated; of a column that may be NULL, a COALESCE.
    private mutating func readOrdering(_ expression: Expression) throws(ReferenceError) {
        switch expression.node {
        case .constant: return
        case .coalesce(let operands): try readOrdering(operands[0])
        case .call(let kernel, let operands) where kernel.name == "concatenate":
            try readOrdering(operands[0])
            try readOrdering(operands[1])
        case .call(let kernel, let operands) where kernel.name == "sortKey":
            guard case .constant(.integer(let bits)) = operands[1].node else { fallthrough }
            ordering.append((operands[0], bits & 1 != 0, bits & 2 != 0))
        default: throw .unsupported("the sort key of an aggregate")
        }
    }
}

extension Expression {
    fileprivate func withoutCall(_ name: String, operand: Int = 0) -> Expression {
        if case .call(let kernel, let operands) = node, kernel.name == name { return operands[operand] }
        return self
    }
}

/// An aggregate of some rows in their order of arrival, computed from the list of them.
func aggregate(_ call: AggregateCall, of rows: [[Value]]) throws(ReferenceError) -> Value {
    let reading = try AggregateReading(call)
    var entries: [Entry] = []
    for row in rows {
        if let filter = call.filter, try !isTrue(filter, row) { continue }
        var entry = Entry()
        entry.arguments = try evaluate(reading.arguments, row)
        if let parameter = reading.parameter { entry.parameter = try evaluate(parameter, row) }
        entry.sort = try evaluate(reading.ordering.map(\.expression), row)
        if !reading.keepsNulls, entry.arguments.contains(where: \.isNull) { continue }
        if reading.parameter != nil, entry.parameter.isNull { continue }
        entries.append(entry)
    }
    if call.isDistinct || call.function == "approx_count_distinct" {
        var kept: [Entry] = []
        for entry in entries where !kept.contains(where: { entry.isSame(as: $0) }) { kept.append(entry) }
        entries = kept
    }
    entries = entries.enumerated().sorted { a, b in
        for (index, item) in reading.ordering.enumerated() {
            let order = compare(
                a.element.sort[index], b.element.sort[index], isDescending: item.isDescending,
                nullsFirst: item.nullsFirst)
            if order != 0 { return order < 0 }
        }
        return a.offset < b.offset
    }.map(\.element)
    return try aggregate(call, entries)
}

/// Negative, zero or positive as `a` comes before, with or after `b` in an ORDER BY.
func compare(_ a: Value, _ b: Value, isDescending: Bool, nullsFirst: Bool) -> Int {
    switch (a.isNull, b.isNull) {
    case (true, true): return 0
    case (true, false): return nullsFirst ? -1 : 1
    case (false, true): return nullsFirst ? 1 : -1
    case (false, false): return isDescending ? -a.compare(b) : a.compare(b)
    }
}

/// What one row gives to an aggregate.
struct Entry {
    var arguments: [Value] = []
    var parameter = Value.null
    var sort: [Value] = []

    func isSame(as other: Entry) -> Bool {
        areSame(arguments, other.arguments) && parameter.isSameKey(as: other.parameter)
    }
}

private func aggregate(_ call: AggregateCall, _ entries: [Entry]) throws(ReferenceError) -> Value {
    let (function, type) = (call.function, call.type)
    let values = entries.compactMap(\.arguments.first)
    switch function {
    case "count", "approx_count_distinct", "regr_count": return .integer(Int64(entries.count))
    default: break
    }
    guard let first = entries.first else { return .null }
    switch function {
    case "sum": return try sum(values, type)
    case "avg": return try average(values)
    case "min": return values.reduce(values[0]) { $1.compare($0) < 0 ? $1 : $0 }
    case "max": return values.reduce(values[0]) { $1.compare($0) > 0 ? $1 : $0 }
    case "bool_and", "every": return .boolean(values.allSatisfy { $0 == .boolean(true) })
    case "bool_or", "any": return .boolean(values.contains { $0 == .boolean(true) })
    case "bit_and": return .integer(values.compactMap(\.number).reduce(-1, &))
    case "bit_or": return .integer(values.compactMap(\.number).reduce(0, |))
    case "bit_xor": return .integer(values.compactMap(\.number).reduce(0, ^))
    case "variance", "var_samp", "var_pop", "stddev", "stddev_samp", "stddev_pop": return variance(function, values)
    case "first", "first_value", "any_value", "arg_max", "arg_min", "max_by", "min_by": return first.arguments[0]
    case "last", "last_value": return entries[entries.count - 1].arguments[0]
    case "string_agg", "listagg", "group_concat": return joined(entries)
    case "array_agg": return .array(values)
    case "median", "approx_median": return interpolated(values, 0.5)
    case "percentile_cont": return interpolated(values, first.parameter.double ?? 0)
    case "percentile_disc": return ranked(values, first.parameter.double ?? 0)
    case "approx_percentile":
        let fraction = first.parameter.double ?? 0
        return call.kernel.name.hasSuffix("PercentileContinuous") ? interpolated(values, fraction) : ranked(values, fraction)
    case "mode":
        var best = values[0]
        var bestCount = 0
        for value in values {
            let count = values.count { $0.isSameKey(as: value) }
            if count > bestCount { (best, bestCount) = (value, count) }
        }
        return best
    default: return try pairStatistic(function, entries)
    }
}

extension Value {
    /// The number in double precision.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .real(let value): Double(value)
        case .double(let value): value
        case .decimal(let value): value.doubleValue
        default: nil
        }
    }
}

private func sum(_ values: [Value], _ type: SQLType) throws(ReferenceError) -> Value {
    switch values[0] {
    case .integer:
        let total = values.compactMap(\.number).reduce(Int128(0)) { $0 + Int128($1) }
        guard let result = Int64(exactly: total) else { throw .outOfRange }
        return .integer(result)
    case .real, .double:
        let total = values.compactMap(\.double).reduce(0, +)
        if !total.isFinite, values.allSatisfy({ $0.double?.isFinite == true }) { throw .outOfRange }
        return type == .real ? .real(Float(total)) : .double(total)
    case .decimal:
        var total = Decimal.zero
        for case .decimal(let value) in values {
            let (sum, overflow) = total.addingReportingOverflow(value)
            if overflow { throw .outOfRange }
            total = sum
        }
        return .decimal(total)
    case .unsigned:
        return .decimal(Decimal(values.reduce(Int128(0)) { if case .unsigned(let v) = $1 { $0 + Int128(v) } else { $0 } }))
    default: throw .unsupported("a sum of \(values[0])")
    }
}

private func average(_ values: [Value]) throws(ReferenceError) -> Value {
    if case .decimal = values[0] {
        guard case .decimal(let total) = try sum(values, .decimal(nil)) else { return .null }
        let (quotient, overflow) = total.dividedReportingOverflow(by: Decimal(values.count))
        if overflow { throw .outOfRange }
        return .decimal(quotient)
    }
    if case .integer = values[0] {
        return .double(
            Double(values.compactMap(\.number).reduce(Int128(0)) { $0 + Int128($1) }) / Double(values.count))
    }
    return .double(values.compactMap(\.double).reduce(0, +) / Double(values.count))
}

private func variance(_ function: String, _ values: [Value]) -> Value {
    let numbers = values.compactMap(\.double)
    let isPopulation = function.hasSuffix("_pop")
    let divisor = Double(numbers.count) - (isPopulation ? 0 : 1)
    if divisor <= 0 { return .null }
    // Differences from any number do: large ones lie close together.
    let rest = numbers.map { $0 - numbers[0] }
    let mean = rest.reduce(0, +) / Double(rest.count)
    let squares = rest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = squares / divisor
    return .double(function.hasPrefix("stddev") ? variance.squareRoot() : variance)
}

private func joined(_ entries: [Entry]) -> Value {
    var result = ""
    for (index, entry) in entries.enumerated() {
        if index > 0, case .text(let delimiter) = entry.parameter { result += delimiter }
        if case .text(let text) = entry.arguments[0] { result += text }
    }
    return .text(result)
}

private func interpolated(_ values: [Value], _ fraction: Double) -> Value {
    let numbers = values.compactMap(\.double)
    let place = fraction * Double(numbers.count - 1)
    let below = Int(place)
    if below + 1 >= numbers.count { return .double(numbers[numbers.count - 1]) }
    return .double(numbers[below] + (place - Double(below)) * (numbers[below + 1] - numbers[below]))
}

/// The first value of which at least this fraction of all comes no later.
private func ranked(_ values: [Value], _ fraction: Double) -> Value {
    let index = values.indices.first { Double($0 + 1) >= fraction * Double(values.count) }
    return values[index ?? values.count - 1]
}

/// Statistics of (Y, X) as PostgreSQL defines them.
private func pairStatistic(_ function: String, _ entries: [Entry]) throws(ReferenceError) -> Value {
    let pairs = entries.compactMap { entry in
        entry.arguments.count == 2 ? entry.arguments[0].double.flatMap { y in
            entry.arguments[1].double.map { (y: y, x: $0) } } : nil
    }
    let count = Double(pairs.count)
    if pairs.isEmpty { return .null }
    let (originX, originY) = (pairs[0].x, pairs[0].y)
    let rest = pairs.map { (y: $0.y - originY, x: $0.x - originX) }
    let restX = rest.reduce(0) { $0 + $1.x } / count
    let restY = rest.reduce(0) { $0 + $1.y } / count
    let (meanX, meanY) = (originX + restX, originY + restY)
    let xx = rest.reduce(0) { $0 + ($1.x - restX) * ($1.x - restX) }
    let yy = rest.reduce(0) { $0 + ($1.y - restY) * ($1.y - restY) }
    let xy = rest.reduce(0) { $0 + ($1.x - restX) * ($1.y - restY) }
    switch function {
    case "covar_pop": return .double(xy / count)
    case "covar_samp": return count < 2 ? .null : .double(xy / (count - 1))
    case "corr": return xx == 0 || yy == 0 ? .null : .double(xy / (xx * yy).squareRoot())
    case "regr_avgx": return .double(meanX)
    case "regr_avgy": return .double(meanY)
    case "regr_sxx": return .double(xx)
    case "regr_syy": return .double(yy)
    case "regr_sxy": return .double(xy)
    case "regr_slope": return xx == 0 ? .null : .double(xy / xx)
    case "regr_intercept": return xx == 0 ? .null : .double(meanY - meanX * xy / xx)
    case "regr_r2": return xx == 0 ? .null : yy == 0 ? .double(1) : .double(xy * xy / (xx * yy))
    default: throw .unsupported("the aggregate \(function)")
    }
}
