// Functions of arrays, which lie encoded in strings (see `ArrayValue`). An element that may be NULL comes as an array of
// one element, since kernels see no NULL. These functions decode and encode whole arrays: their cost is linear in the
// array's length.

public import LaminarTypes

func decodedArray(_ view: StringView) -> ArrayValue {
    // The planner passes arrays only; bytes that are none count as an empty one.
    view.withBytes { ArrayValue(encoded: $0) } ?? ArrayValue(.text, [])
}

func encode(_ array: ArrayValue, _ arena: inout Arena) -> StringView { makeBytes(&arena, array.encoded) }

private func one(_ kind: Int32, _ value: Value, _ arena: inout Arena) -> StringView {
    encode(ArrayValue(ArrayValue.Kind(rawValue: UInt8(truncatingIfNeeded: kind)) ?? .text, [value]), &arena)
}

// MARK: One element

public func arrayOf(_ kind: Int32, _ a: Bool, _ arena: inout Arena) -> StringView { one(kind, .boolean(a), &arena) }
public func arrayOf(_ kind: Int32, _ a: Int16, _ arena: inout Arena) -> StringView {
    one(kind, .integer(Int64(a)), &arena)
}
public func arrayOf(_ kind: Int32, _ a: Int32, _ arena: inout Arena) -> StringView {
    one(kind, UInt8(truncatingIfNeeded: kind) == ArrayValue.Kind.date.rawValue ? .date(a) : .integer(Int64(a)), &arena)
}
public func arrayOf(_ kind: Int32, _ a: Int64, _ arena: inout Arena) -> StringView {
    switch ArrayValue.Kind(rawValue: UInt8(truncatingIfNeeded: kind)) {
    case .time: one(kind, .time(a), &arena)
    case .timestamp, .timestamptz: one(kind, .timestamp(a), &arena)
    default: one(kind, .integer(a), &arena)
    }
}
public func arrayOf(_ kind: Int32, _ a: UInt64, _ arena: inout Arena) -> StringView { one(kind, .unsigned(a), &arena) }
public func arrayOf(_ kind: Int32, _ a: Float, _ arena: inout Arena) -> StringView { one(kind, .real(a), &arena) }
public func arrayOf(_ kind: Int32, _ a: Double, _ arena: inout Arena) -> StringView { one(kind, .double(a), &arena) }
public func arrayOf(_ kind: Int32, _ a: Decimal, _ arena: inout Arena) -> StringView { one(kind, .decimal(a), &arena) }
public func arrayOf(_ kind: Int32, _ a: Interval, _ arena: inout Arena) -> StringView { one(kind, .interval(a), &arena) }
public func arrayOf(_ kind: Int32, _ a: UUIDBytes, _ arena: inout Arena) -> StringView {
    one(kind, .uuid(a.high, a.low), &arena)
}
public func arrayOf(_ kind: Int32, _ a: StringView, _ arena: inout Arena) -> StringView {
    switch ArrayValue.Kind(rawValue: UInt8(truncatingIfNeeded: kind)) {
    case .bytea, .array, .row, .map: one(kind, .bytes(a.withBytes { Array($0) }), &arena)
    default: one(kind, .text(a.string), &arena)
    }
}

// MARK: Composition

/// The array as the only element of another with one dimension more.
public func arrayNested(_ a: StringView, _ arena: inout Arena) -> StringView {
    var array = decodedArray(a)
    if !array.elements.isEmpty { array.dimensions.insert(1, at: 0) }
    return encode(array, &arena)
}

/// `a || b`; 2202E where the dimensions do not match.
public func concatenateArrays(
    _ a: StringView, _ b: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    var x = decodedArray(a)
    var y = decodedArray(b)
    if x.elements.isEmpty { return b }
    if y.elements.isEmpty { return a }
    if x.dimensions.count + 1 == y.dimensions.count { x.dimensions.insert(1, at: 0) }
    if y.dimensions.count + 1 == x.dimensions.count { y.dimensions.insert(1, at: 0) }
    guard x.dimensions.count == y.dimensions.count, x.dimensions.dropFirst() == y.dimensions.dropFirst() else {
        fault.raise(.arraySubscriptError, at: site)
        return a
    }
    x.dimensions[0] += y.dimensions[0]
    x.elements += y.elements
    return encode(x, &arena)
}

// MARK: Subscripts

/// The position of an element; nil if it is outside or the number of subscripts is not that of dimensions.
private func position(_ array: ArrayValue, _ subscripts: StringView) -> Int? {
    let indexes = decodedArray(subscripts).elements
    guard indexes.count == array.dimensions.count, !indexes.isEmpty else { return nil }
    var position = 0
    for (index, length) in zip(indexes, array.dimensions) {
        guard case .integer(let index) = index, index >= 1, index <= length else { return nil }
        position = position * length + Int(index) - 1
    }
    return position
}

private func element(_ a: StringView, _ subscripts: StringView) -> Value {
    guard let array = a.withBytes({ ArrayValue(encoded: $0) }) else { return nestedElement(a, subscripts) ?? .null }
    return position(array, subscripts).map { array.elements[$0] } ?? .null
}

/// Whether there is such an element that is not NULL.
public func hasElement(_ a: StringView, _ subscripts: StringView) -> Bool {
    if case .null = element(a, subscripts) { false } else { true }
}

public func elementAsBool(_ a: StringView, _ subscripts: StringView) -> Bool {
    if case .boolean(let value) = element(a, subscripts) { value } else { false }
}
public func elementAsInt16(_ a: StringView, _ subscripts: StringView) -> Int16 {
    if case .integer(let value) = element(a, subscripts) { Int16(truncatingIfNeeded: value) } else { 0 }
}
public func elementAsInt32(_ a: StringView, _ subscripts: StringView) -> Int32 {
    switch element(a, subscripts) {
    case .integer(let value): Int32(truncatingIfNeeded: value)
    case .date(let value): value
    default: 0
    }
}
public func elementAsInt64(_ a: StringView, _ subscripts: StringView) -> Int64 {
    switch element(a, subscripts) {
    case .integer(let value), .time(let value), .timestamp(let value): value
    default: 0
    }
}
public func elementAsUInt64(_ a: StringView, _ subscripts: StringView) -> UInt64 {
    if case .unsigned(let value) = element(a, subscripts) { value } else { 0 }
}
public func elementAsFloat(_ a: StringView, _ subscripts: StringView) -> Float {
    if case .real(let value) = element(a, subscripts) { value } else { 0 }
}
public func elementAsDouble(_ a: StringView, _ subscripts: StringView) -> Double {
    if case .double(let value) = element(a, subscripts) { value } else { 0 }
}
public func elementAsDecimal(_ a: StringView, _ subscripts: StringView) -> Decimal {
    if case .decimal(let value) = element(a, subscripts) { value } else { Decimal(unscaled: 0, scale: 0) }
}
public func elementAsInterval(_ a: StringView, _ subscripts: StringView) -> Interval {
    if case .interval(let value) = element(a, subscripts) { value } else { Interval() }
}
public func elementAsUUID(_ a: StringView, _ subscripts: StringView) -> UUIDBytes {
    if case .uuid(let high, let low) = element(a, subscripts) { UUIDBytes(high: high, low: low) }
    else { UUIDBytes(high: 0, low: 0) }
}
public func elementAsString(_ a: StringView, _ subscripts: StringView, _ arena: inout Arena) -> StringView {
    switch element(a, subscripts) {
    case .text(let value): arena.copy(value)
    case .bytes(let value): makeBytes(&arena, value)
    default: StringView()
    }
}

/// `a[l1:u1][l2:u2]…`: bounds as arrays of integers, cut to the array's; dimensions without bounds are whole.
public func arraySlice(
    _ a: StringView, _ lower: StringView, _ upper: StringView, _ arena: inout Arena
) -> StringView {
    let array = decodedArray(a)
    let (lower, upper) = (decodedArray(lower).elements, decodedArray(upper).elements)
    let empty = ArrayValue(array.kind, [])
    guard lower.count <= array.dimensions.count else { return encode(empty, &arena) }
    var ranges: [Range<Int>] = []
    for (index, length) in array.dimensions.enumerated() {
        var range = 0..<length
        if index < lower.count, case .integer(let low) = lower[index], case .integer(let high) = upper[index] {
            let start = Int(max(low, 1)) - 1
            let end = Int(min(high, Int64(length)))
            guard start < end else { return encode(empty, &arena) }
            range = start..<end
        }
        ranges.append(range)
    }
    var elements: [Value] = []
    func visit(_ level: Int, _ offset: Int) {
        guard level < ranges.count else { return elements.append(array.elements[offset]) }
        for index in ranges[level] { visit(level + 1, offset * array.dimensions[level] + index) }
    }
    if !array.elements.isEmpty { visit(0, 0) }
    return encode(ArrayValue(array.kind, elements, dimensions: ranges.map(\.count)), &arena)
}

// MARK: Dimensions

public func hasDimension(_ a: StringView, _ dimension: Int32) -> Bool {
    dimension >= 1 && Int(dimension) <= decodedArray(a).dimensions.count
}

public func dimensionLength(_ a: StringView, _ dimension: Int32) -> Int32 {
    let dimensions = decodedArray(a).dimensions
    let index = Int(dimension) - 1
    return dimensions.indices.contains(index) ? Int32(truncatingIfNeeded: dimensions[index]) : 0
}

public func elementCount(_ a: StringView) -> Int32 { Int32(truncatingIfNeeded: decodedArray(a).elements.count) }

public func dimensionCount(_ a: StringView) -> Int32 { Int32(truncatingIfNeeded: decodedArray(a).dimensions.count) }

public func arrayDimensions(_ a: StringView, _ arena: inout Arena) -> StringView {
    arena.copy(decodedArray(a).dimensions.map { "[1:\($0)]" }.joined())
}

// MARK: Comparison, of rows and maps too

public func equalArrays(_ a: StringView, _ b: StringView) -> Bool { compareArrays(a, b) == 0 }
public func notEqualArrays(_ a: StringView, _ b: StringView) -> Bool { compareArrays(a, b) != 0 }
public func lessArrays(_ a: StringView, _ b: StringView) -> Bool { compareArrays(a, b) < 0 }
public func lessOrEqualArrays(_ a: StringView, _ b: StringView) -> Bool { compareArrays(a, b) <= 0 }
public func greaterArrays(_ a: StringView, _ b: StringView) -> Bool { compareArrays(a, b) > 0 }
public func greaterOrEqualArrays(_ a: StringView, _ b: StringView) -> Bool { compareArrays(a, b) >= 0 }

private func compareArrays(_ a: StringView, _ b: StringView) -> Int {
    compareNested(a.withBytes { Array($0) }, b.withBytes { Array($0) })
}

func isNull(_ value: Value) -> Bool { if case .null = value { true } else { false } }

/// `a @> b`: whether `a` has every element of `b`; a NULL is like no element.
public func arrayContains(_ a: StringView, _ b: StringView) -> Bool {
    let array = decodedArray(a)
    return decodedArray(b).elements.allSatisfy { item in
        !isNull(item) && array.elements.contains { array.kind.compare($0, item) == 0 }
    }
}

/// `a && b`: whether the two have an element in common.
public func arraysOverlap(_ a: StringView, _ b: StringView) -> Bool {
    let array = decodedArray(a)
    return decodedArray(b).elements.contains { item in
        !isNull(item) && array.elements.contains { array.kind.compare($0, item) == 0 }
    }
}

/// `x op ANY (a)` or ALL: 1 for TRUE, 0 for FALSE, 2 for NULL. `x` is an array of one element.
///
/// - Parameter operation: 0…5 for `= <> < <= > >=`; 8 more for ALL.
public func quantifiedComparison(_ x: StringView, _ a: StringView, _ operation: Int32) -> Int32 {
    guard let value = decodedArray(x).elements.first else { return 2 }
    let isAll = operation & 8 != 0
    var hasUnknown = false
    let array = decodedArray(a)
    for element in array.elements {
        if isNull(element) || isNull(value) {
            hasUnknown = true
            continue
        }
        let order = array.kind.compare(value, element)
        let holds =
            switch operation & 7 {
            case 0: order == 0
            case 1: order != 0
            case 2: order < 0
            case 3: order <= 0
            case 4: order > 0
            default: order >= 0
            }
        if holds != isAll { return isAll ? 0 : 1 }
    }
    return hasUnknown ? 2 : isAll ? 1 : 0
}

// MARK: Elements

/// `array_remove(a, x)`; 0A000 of PostgreSQL for more than one dimension is 2202E here.
public func arrayRemove(
    _ a: StringView, _ x: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let array = decodedArray(a)
    guard array.dimensions.count <= 1 else {
        fault.raise(.arraySubscriptError, at: site)
        return a
    }
    guard let value = decodedArray(x).elements.first else { return a }
    return encode(ArrayValue(array.kind, array.elements.filter { array.kind.compare($0, value) != 0 }), &arena)
}

/// `array_replace(a, x, y)`.
public func arrayReplace(_ a: StringView, _ x: StringView, _ y: StringView, _ arena: inout Arena) -> StringView {
    var array = decodedArray(a)
    guard let old = decodedArray(x).elements.first, let new = decodedArray(y).elements.first else { return a }
    array.elements = array.elements.map { [kind = array.kind] in kind.compare($0, old) == 0 ? new : $0 }
    return encode(array, &arena)
}

/// `array_position(a, x, start)`; 0 where there is none (NULL in SQL).
public func arrayPosition(_ a: StringView, _ x: StringView, _ start: Int32) -> Int32 {
    guard let value = decodedArray(x).elements.first else { return 0 }
    let array = decodedArray(a)
    for (index, element) in array.elements.enumerated().dropFirst(Int(max(start, 1)) - 1)
    where array.kind.compare(element, value) == 0 {
        return Int32(truncatingIfNeeded: index + 1)
    }
    return 0
}

/// `array_positions(a, x)`.
public func arrayPositions(_ a: StringView, _ x: StringView, _ arena: inout Arena) -> StringView {
    let value = decodedArray(x).elements.first ?? .null
    let array = decodedArray(a)
    let found = array.elements.enumerated().filter { array.kind.compare($0.element, value) == 0 }
    return encode(ArrayValue(.integer, found.map { .integer(Int64($0.offset + 1)) }), &arena)
}

/// `trim_array(a, n)`: without the last n; 2202E for a number outside.
public func trimArray(
    _ a: StringView, _ count: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    var array = decodedArray(a)
    let length = array.dimensions.first ?? 0
    guard count >= 0, Int(count) <= length else {
        fault.raise(.arraySubscriptError, at: site)
        return a
    }
    if length == 0 { return a }
    let size = array.elements.count / length
    array.elements.removeLast(size * Int(count))
    array.dimensions[0] = length - Int(count)
    return encode(ArrayValue(array.kind, array.elements, dimensions: array.dimensions), &arena)
}

// MARK: Text

/// `array_to_string(a, separator)`: NULLs left out.
public func arrayToString(_ a: StringView, _ separator: StringView, _ arena: inout Arena) -> StringView {
    let array = decodedArray(a)
    let texts = array.elements.filter { !isNull($0) }.map { elementText($0, array.kind) }
    return arena.copy(texts.joined(separator: separator.string))
}

/// `array_to_string(a, separator, null)`.
public func arrayToString(
    _ a: StringView, _ separator: StringView, _ null: StringView, _ arena: inout Arena
) -> StringView {
    let array = decodedArray(a)
    let texts = array.elements.map { isNull($0) ? null.string : elementText($0, array.kind) }
    return arena.copy(texts.joined(separator: separator.string))
}

private func elementText(_ value: Value, _ kind: ArrayValue.Kind) -> String {
    if case .boolean(let value) = value { return value ? "t" : "f" }
    return text(of: value, type: kind.type)
}

/// `string_to_array(a, separator)`; an empty separator leaves the text whole.
public func splitToArray(_ a: StringView, _ separator: StringView, _ arena: inout Arena) -> StringView {
    let bytes = a.withBytes { Array($0) }
    let mark = separator.withBytes { Array($0) }
    if bytes.isEmpty { return encode(ArrayValue(.text, []), &arena) }
    var pieces: [Value] = []
    var start = 0
    var i = 0
    while !mark.isEmpty, i + mark.count <= bytes.count {
        if bytes[i..<i + mark.count].elementsEqual(mark) {
            pieces.append(.text(String(decoding: bytes[start..<i], as: UTF8.self)))
            i += mark.count
            start = i
        } else {
            i += 1
        }
    }
    pieces.append(.text(String(decoding: bytes[start...], as: UTF8.self)))
    return encode(ArrayValue(.text, pieces), &arena)
}

/// `string_to_array(a, NULL)`: the code points.
public func splitToCharacters(_ a: StringView, _ arena: inout Arena) -> StringView {
    encode(ArrayValue(.text, a.string.unicodeScalars.map { .text(String($0)) }), &arena)
}

/// An array, row or map in its text form.
public func castArrayToText(_ a: StringView, _ arena: inout Arena) -> StringView {
    arena.copy(nestedText(a.withBytes { Array($0) }))
}

/// The array that a text in PostgreSQL's form is; 22P02 and what an element's type reports.
public func castTextToArray(
    _ a: StringView, _ kind: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let kind = ArrayValue.Kind(rawValue: UInt8(truncatingIfNeeded: kind)) ?? .text
    do throws(ValueParseError) {
        if let array = ArrayValue(nested: try parse(a.string, as: .array(kind.type)), kind: kind) {
            return encode(array, &arena)
        }
        fault.raise(.invalidTextRepresentation, at: site)
    } catch {
        fault.raise(errorCode(error.reason), at: site)
    }
    return StringView()
}

func errorCode(_ reason: ValueParseReason) -> EvaluationErrorCode {
    EvaluationErrorCode.allCases.first { $0.sqlState == reason.sqlState } ?? .invalidTextRepresentation
}

/// The array with elements of another type: numbers round as their casts do, others go through text.
public func castArray(
    _ a: StringView, _ kind: Int32, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    var array = decodedArray(a)
    let source = array.kind
    array.kind = ArrayValue.Kind(rawValue: UInt8(truncatingIfNeeded: kind)) ?? .text
    let goal = array.kind
    array.elements = array.elements.map { value in
        if isNull(value) { return value }
        do throws(ValueParseError) {
            return try convert(value, source, goal)
        } catch {
            fault.raise(errorCode(error.reason), at: site)
            return .null
        }
    }
    return encode(array, &arena)
}

private func convert(
    _ value: Value, _ source: ArrayValue.Kind, _ goal: ArrayValue.Kind
) throws(ValueParseError) -> Value {
    var whole = text(of: value, type: source.type)
    switch (value, goal) {
    case (.decimal(let number), .smallint), (.decimal(let number), .integer), (.decimal(let number), .bigint):
        // Through the kernel, which rounds half away from zero.
        var fault = Fault()
        let rounded = castToBigint(number, &fault, at: 0)
        if fault.isRaised { throw ValueParseError(.outOfRange, text: whole, type: goal.type) }
        whole = String(rounded)
    case (.double(let number), .smallint), (.double(let number), .integer), (.double(let number), .bigint):
        var fault = Fault()
        let rounded = castToBigint(number, &fault, at: 0)
        if fault.isRaised { throw ValueParseError(.outOfRange, text: whole, type: goal.type) }
        whole = String(rounded)
    case (.real(let number), .smallint), (.real(let number), .integer), (.real(let number), .bigint):
        var fault = Fault()
        let rounded = castToBigint(number, &fault, at: 0)
        if fault.isRaised { throw ValueParseError(.outOfRange, text: whole, type: goal.type) }
        whole = String(rounded)
    case (.boolean(let flag), .integer): return .integer(flag ? 1 : 0)
    case (.integer(let number), .boolean): return .boolean(number != 0)
    case (.double(let number), .decimal):
        // Through the kernel, which keeps 15 digits.
        var fault = Fault()
        let exact = castToNumeric(number, &fault, at: 0)
        if fault.isRaised { throw ValueParseError(.outOfRange, text: whole, type: goal.type) }
        return .decimal(exact)
    case (.real(let number), .decimal):
        var fault = Fault()
        let exact = castToNumeric(number, &fault, at: 0)
        if fault.isRaised { throw ValueParseError(.outOfRange, text: whole, type: goal.type) }
        return .decimal(exact)
    case (.real(let number), .double): return .double(Double(number))
    case (.double(let number), .real):
        var fault = Fault()
        let rounded = castToReal(number, &fault, at: 0)
        if fault.isRaised { throw ValueParseError(.outOfRange, text: whole, type: goal.type) }
        return .real(rounded)
    default: break
    }
    return try parse(whole, as: goal.type)
}
