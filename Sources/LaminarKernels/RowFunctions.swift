// What functions that give rows are made of: how many rows there are, and what they hold.

import LaminarTypes

/// The most rows that one call may give.
private let largestSeries: Int128 = 10_000_000

// MARK: Series

/// How many values `generate_series(start, stop, step)` has; 22023 where the step is zero, 54000 past ten million.
public func seriesCount(_ start: Int64, _ stop: Int64, _ step: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if step == 0 {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return 0
    }
    let distance = Int128(stop) - Int128(start)
    if distance != 0, (distance < 0) != (step < 0) { return 0 }
    let count = distance / Int128(step) + 1
    if count > largestSeries {
        fault.raise(EvaluationErrorCode.limitExceeded, at: site)
        return 0
    }
    return Int64(count)
}

/// As `seriesCount`, the stop itself left out.
public func rangeCount(_ start: Int64, _ stop: Int64, _ step: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    // A stop at the very end of the integers is none that the series could reach.
    let (last, overflow) = stop.subtractingReportingOverflow(step < 0 ? -1 : 1)
    return overflow ? 0 : seriesCount(start, last, step, &fault, at: site)
}

/// The value with this number, from 1.
@inlinable public func seriesValue(_ start: Int64, _ step: Int64, _ number: Int64) -> Int64 {
    start &+ (number &- 1) &* step
}

/// `generate_series` of numbers as an array; 22023 where a bound or the step is not finite or the step is zero.
public func decimalSeries(
    _ start: Decimal, _ stop: Decimal, _ step: Decimal, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    var values: [Value] = []
    if start.kind != .finite || stop.kind != .finite || step.kind != .finite || step.unscaled == 0 {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
    } else {
        var current = start
        while step.unscaled > 0 ? current.compare(stop) <= 0 : current.compare(stop) >= 0, !fault.isRaised {
            values.append(.decimal(current))
            if values.count > largestSeries { fault.raise(EvaluationErrorCode.limitExceeded, at: site) }
            current = add(current, step, &fault, at: site)
        }
    }
    return encode(ArrayValue(.decimal, values), &arena)
}

/// `generate_series` of timestamps as an array of this kind; each adds the step to the one before. 22023 where the step
/// is zero.
public func timestampSeries(
    _ start: Int64, _ stop: Int64, _ step: Interval, _ kind: Int32, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    var values: [Value] = []
    let direction = Value.interval(step).compare(.interval(Interval()))
    if direction == 0 {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
    } else {
        var current = start
        while direction > 0 ? current <= stop : current >= stop, !fault.isRaised {
            values.append(.timestamp(current))
            if values.count > largestSeries { fault.raise(EvaluationErrorCode.limitExceeded, at: site) }
            current = addInterval(current, step, &fault, at: site)
        }
    }
    let kind = ArrayValue.Kind(rawValue: UInt8(truncatingIfNeeded: kind)) ?? .timestamp
    return encode(ArrayValue(kind, values), &arena)
}

// MARK: Arrays

/// The elements of all dimensions one behind the other.
public func flattened(_ a: StringView, _ arena: inout Arena) -> StringView {
    let array = decodedArray(a)
    return array.dimensions.count <= 1 ? a : encode(ArrayValue(array.kind, array.elements), &arena)
}

/// The elements that the first subscript `number`, from 1, has in an array of two dimensions.
public func arrayRow(_ a: StringView, _ number: Int64, _ arena: inout Arena) -> StringView {
    let array = decodedArray(a)
    guard array.dimensions.count == 2, number >= 1, number <= Int64(array.dimensions[0]) else {
        return encode(ArrayValue(array.kind, []), &arena)
    }
    let width = array.dimensions[1]
    let start = (Int(number) - 1) * width
    return encode(ArrayValue(array.kind, Array(array.elements[start..<start + width])), &arena)
}

// MARK: JSON

/// The elements of a JSON array, as an array of texts: as they are written, or as `->>` gives them. 22023 for anything
/// else.
public func jsonArrayElements(
    _ a: StringView, _ asText: Bool, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    guard case .array(let elements)? = JSONNode(a.withBytes { Array($0) })?.kind else {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return encode(ArrayValue(.text, []), &arena)
    }
    return encode(ArrayValue(.text, elements.map { cell($0, asText) }), &arena)
}

/// The keys of a JSON object in order; 22023 for anything else.
public func jsonObjectKeys(_ a: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView {
    encode(ArrayValue(.text, members(a, &fault, at: site).map { .text($0.key) }), &arena)
}

/// The values of a JSON object in order, as `jsonArrayElements` gives them; 22023 for anything else.
public func jsonObjectValues(
    _ a: StringView, _ asText: Bool, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    encode(ArrayValue(.text, members(a, &fault, at: site).map { cell($0.value, asText) }), &arena)
}

private func members(_ a: StringView, _ fault: inout Fault, at site: Int) -> [(key: String, value: JSONNode)] {
    if case .object(let members)? = JSONNode(a.withBytes { Array($0) })?.kind { return members }
    fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
    return []
}

private func cell(_ node: JSONNode, _ asText: Bool) -> Value {
    asText ? node.plainText.map(Value.text) ?? .null : .text(node.source)
}
