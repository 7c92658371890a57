import LaminarExpressions
import LaminarTypes

/// The meaning of the scalar functions that random queries use, over values. Not a NULL among the arguments.
func call(_ kernel: Kernel, _ arguments: [Value], _ type: SQLType) throws(ReferenceError) -> Value {
    // Arrays are compared as they are here, not by bytes that stand for their order.
    if kernel.name == "nestedOrderKey" { return arguments[0] }
    if let result = try callComparison(kernel.name, arguments) { return result }
    if let result = try callArithmetic(kernel, arguments) { return result }
    if let result = callTime(kernel.name, arguments, type) { return result }
    if let result = try callText(kernel.name, arguments) { return result }
    if let result = try callCast(kernel.name, arguments, type) { return result }
    throw .unsupported("the function \(kernel)")
}

private func callComparison(_ name: String, _ arguments: [Value]) throws(ReferenceError) -> Value? {
    if name == "not", case .boolean(let value) = arguments[0] { return .boolean(!value) }
    guard arguments.count == 2 else { return nil }
    let order = arguments[0].compare(arguments[1])
    switch name {
    case "equal": return .boolean(order == 0)
    case "notEqual": return .boolean(order != 0)
    case "less": return .boolean(order < 0)
    case "lessOrEqual": return .boolean(order <= 0)
    case "greater": return .boolean(order > 0)
    case "greaterOrEqual": return .boolean(order >= 0)
    case "greatest": return order < 0 ? arguments[1] : arguments[0]
    case "least": return order > 0 ? arguments[1] : arguments[0]
    default: return nil
    }
}

// MARK: Numbers

private func callArithmetic(_ kernel: Kernel, _ arguments: [Value]) throws(ReferenceError) -> Value? {
    if arguments.count == 1 {
        switch (kernel.name, arguments[0]) {
        case ("negate", .integer(let a)): return try integer(Int128(-Int128(a)), kernel)
        case ("absolute", .integer(let a)): return try integer(Int128(a.magnitude), kernel)
        case ("negate", .double(let a)): return .double(-a)
        case ("absolute", .double(let a)): return .double(abs(a))
        case ("negate", .real(let a)): return .real(-a)
        case ("absolute", .real(let a)): return .real(abs(a))
        case ("negate", .decimal(let a)): return .decimal(-a)
        case ("absolute", .decimal(let a)): return .decimal(a < Decimal.zero ? -a : a)
        default: return nil
        }
    }
    guard arguments.count == 2 else { return nil }
    switch (arguments[0], arguments[1]) {
    case (.integer(let a), .integer(let b)):
        let (x, y) = (Int128(a), Int128(b))
        switch kernel.name {
        case "add": return try integer(x + y, kernel)
        case "subtract": return try integer(x - y, kernel)
        case "multiply": return try integer(x * y, kernel)
        case "divide", "remainder":
            if y == 0 { throw .divisionByZero }
            return try integer(kernel.name == "divide" ? x / y : x % y, kernel)
        default: return nil
        }
    case (.double(let a), .double(let b)): return try floating(kernel.name, a, b).map { .double($0) }
    case (.real(let a), .real(let b)): return try floating(kernel.name, a, b).map { .real($0) }
    case (.decimal(let a), .decimal(let b)):
        let result: (partialValue: Decimal, overflow: Bool)
        switch kernel.name {
        case "add": result = a.addingReportingOverflow(b)
        case "subtract": result = a.subtractingReportingOverflow(b)
        case "multiply": result = a.multipliedReportingOverflow(by: b)
        case "divide":
            if b.compare(Decimal.zero) == 0 { throw .divisionByZero }
            result = a.dividedReportingOverflow(by: b)
        default: return nil
        }
        if result.overflow { throw .outOfRange }
        return .decimal(result.partialValue)
    default: return nil
    }
}

private func integer(_ value: Int128, _ kernel: Kernel) throws(ReferenceError) -> Value {
    let range: ClosedRange<Int128> =
        switch kernel.result {
        case .int16: Int128(Int16.min)...Int128(Int16.max)
        case .int32: Int128(Int32.min)...Int128(Int32.max)
        default: Int128(Int64.min)...Int128(Int64.max)
        }
    guard range.contains(value) else { throw .outOfRange }
    return .integer(Int64(value))
}

private func floating<T: BinaryFloatingPoint>(_ name: String, _ a: T, _ b: T) throws(ReferenceError) -> T? {
    let result: T
    switch name {
    case "add": result = a + b
    case "subtract": result = a - b
    case "multiply": result = a * b
    case "divide":
        if b == 0 { throw .divisionByZero }
        result = a / b
    default: return nil
    }
    if a.isFinite, b.isFinite, !result.isFinite { throw .outOfRange }
    return result
}

// MARK: Times

/// Where the window of this size begins that contains a time; both in microseconds.
func windowStart(_ time: Int64, size: Int64, offset: Int64) -> Int64 {
    var start = (time - offset) / size * size + offset
    if start > time { start -= size }
    return start
}

private func callTime(_ name: String, _ arguments: [Value], _ type: SQLType) -> Value? {
    guard let time = arguments.first?.number else { return nil }
    func same(_ value: Int64) -> Value { if case .timestamp = arguments[0] { .timestamp(value) } else { .integer(value) } }
    if arguments.count == 3, let size = arguments[1].number, let offset = arguments[2].number {
        let start = windowStart(time, size: size, offset: offset)
        switch name {
        case "windowStart": return same(start)
        case "windowEnd": return same(start + size)
        case "windowTime": return same(start + size - 1)
        default: return nil
        }
    }
    if name == "microsecondsOfMilliseconds" || name == "timestampOfMilliseconds" { return .timestamp(time * 1000) }
    if name == "millisecondsOfMicroseconds" { return .integer(windowStart(time, size: 1000, offset: 0) / 1000) }
    guard arguments.count == 2 else { return nil }
    if name == "windowLast", let length = arguments[1].number { return same(time + length - 1) }
    // Months have no place here: random queries use days and less.
    if case .timestamp = arguments[0], case .interval(let interval) = arguments[1], interval.months == 0 {
        let distance = Int64(interval.days) * 86_400_000_000 + interval.microseconds
        if name == "addInterval" { return .timestamp(time + distance) }
        if name == "subtractInterval" { return .timestamp(time - distance) }
    }
    return nil
}

extension Value {
    /// The number behind an integer or a time.
    var number: Int64? {
        switch self {
        case .integer(let value), .timestamp(let value), .time(let value): value
        default: nil
        }
    }
}

// MARK: Texts

private func callText(_ name: String, _ arguments: [Value]) throws(ReferenceError) -> Value? {
    guard case .text(let text) = arguments[0] else { return nil }
    switch name {
    case "upper" where arguments.count == 1: return .text(text.uppercased())
    case "lower" where arguments.count == 1: return .text(text.lowercased())
    case "characterLength": return .integer(Int64(text.unicodeScalars.count))
    case "concatenate":
        guard case .text(let other) = arguments[1] else { return nil }
        return .text(text + other)
    default: return nil
    }
}

// MARK: Casts

private func callCast(_ name: String, _ arguments: [Value], _ type: SQLType) throws(ReferenceError) -> Value? {
    switch (name, arguments[0]) {
    case ("castToSmallint", .integer(let a)), ("castToInteger", .integer(let a)), ("castToBigint", .integer(let a)):
        return try whole(Int128(a), type)
    case ("castToSmallint", .double(let a)), ("castToInteger", .double(let a)), ("castToBigint", .double(let a)):
        guard let rounded = Int128(exactly: a.rounded(.toNearestOrEven)) else { throw .outOfRange }
        return try whole(rounded, type)
    case ("castToSmallint", .decimal(let a)), ("castToInteger", .decimal(let a)), ("castToBigint", .decimal(let a)):
        guard let rounded = a.roundedToInt64() else { throw .outOfRange }
        return try whole(Int128(rounded), type)
    case ("castToInteger", .boolean(let a)): return .integer(a ? 1 : 0)
    case ("castToReal", .integer(let a)): return .real(Float(a))
    case ("castToDouble", .integer(let a)): return .double(Double(a))
    case ("castToDouble", .real(let a)): return .double(Double(a))
    case ("castToDouble", .decimal(let a)): return .double(a.doubleValue)
    case ("castToNumeric", .integer(let a)): return .decimal(Decimal(a))
    case ("coerceNumeric", .decimal(let a)):
        guard case .decimal(let parameters?) = type else { return nil }
        guard let result = a.coerced(to: parameters) else { throw .outOfRange }
        return .decimal(result)
    case ("castToText", let value): return .text(text(of: value, type: type))
    case ("castTimestampToDate", .timestamp(let a)):
        return .date(Int32(windowStart(a, size: 86_400_000_000, offset: 0) / 86_400_000_000))
    case ("castDateToTimestamp", .date(let a)): return .timestamp(Int64(a) * 86_400_000_000)
    default: return nil
    }
}

private func whole(_ value: Int128, _ type: SQLType) throws(ReferenceError) -> Value {
    let range: ClosedRange<Int128> =
        switch type {
        case .smallint: Int128(Int16.min)...Int128(Int16.max)
        case .integer: Int128(Int32.min)...Int128(Int32.max)
        default: Int128(Int64.min)...Int128(Int64.max)
        }
    guard range.contains(value) else { throw .outOfRange }
    return .integer(Int64(value))
}
