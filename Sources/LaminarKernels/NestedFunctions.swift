// Functions of rows and maps, which lie encoded in strings as arrays do (see `CompositeValue`, `MapValue`). A value that may be
// NULL comes as an array of one element, since kernels see no NULL. A row's field is an element at its number, a map's value
// the element at an array of one key: `hasElement` and its kin take all three.

import LaminarTypes

private func decodedRow(_ view: StringView) -> CompositeValue {
    // The planner passes rows only; bytes that are none count as one without fields.
    view.withBytes { CompositeValue(encoded: $0) } ?? CompositeValue([], [])
}

private func decodedMap(_ view: StringView) -> MapValue {
    view.withBytes { MapValue(encoded: $0) } ?? MapValue(.text, .text, [])
}

/// The value at a subscript of a row or a map; nil where `a` is neither.
func nestedElement(_ a: StringView, _ subscripts: StringView) -> Value? {
    let bytes = a.withBytes { Array($0) }
    if let row = CompositeValue(encoded: bytes) {
        guard case .integer(let index)? = decodedArray(subscripts).elements.first, index >= 1, index <= row.values.count
        else { return .null }
        return row.values[Int(index) - 1]
    }
    guard let map = MapValue(encoded: bytes) else { return nil }
    return decodedArray(subscripts).elements.first.flatMap { map.value(of: $0) } ?? .null
}

// MARK: Rows

/// The row with one field more, which comes as an array of one element.
public func rowWithField(_ row: StringView, _ element: StringView, _ arena: inout Arena) -> StringView {
    var row = decodedRow(row)
    let field = decodedArray(element)
    row.kinds.append(field.kind)
    row.values.append(field.elements.first ?? .null)
    return makeBytes(&arena, row.encoded)
}

/// Whether all fields are NULL, which `IS NULL` asks of a row.
public func hasOnlyNulls(_ row: StringView) -> Bool { decodedRow(row).values.allSatisfy(isNull) }

/// Whether no field is NULL, which `IS NOT NULL` asks of a row.
public func hasNoNulls(_ row: StringView) -> Bool { !decodedRow(row).values.contains(where: isNull) }

// MARK: Maps

/// `MAP[…]` of two arrays of one length; 22004 where a key is NULL, 22023 where the lengths differ.
public func mapOf(
    _ keys: StringView, _ values: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let (keys, values) = (decodedArray(keys), decodedArray(values))
    if keys.elements.contains(where: isNull) { fault.raise(.nullValueNotAllowed, at: site) }
    if keys.elements.count != values.elements.count { fault.raise(.invalidParameterValue, at: site) }
    let entries = zip(keys.elements, values.elements).map { (key: $0, value: $1) }
    return makeBytes(&arena, MapValue(keys.kind, values.kind, entries).encoded)
}

/// The keys in their order, as an array.
public func mapKeys(_ map: StringView, _ arena: inout Arena) -> StringView {
    let map = decodedMap(map)
    return encode(ArrayValue(map.keyKind, map.keys), &arena)
}

/// The values in the order of their keys, as an array.
public func mapValues(_ map: StringView, _ arena: inout Arena) -> StringView {
    let map = decodedMap(map)
    return encode(ArrayValue(map.valueKind, map.values), &arena)
}

/// The entries in the order of their keys, as an array of rows of key and value.
public func mapEntries(_ map: StringView, _ arena: inout Arena) -> StringView {
    let map = decodedMap(map)
    let rows = zip(map.keys, map.values).map { key, value in
        Value.bytes(CompositeValue([map.keyKind, map.valueKind], [key, value]).encoded)
    }
    return encode(ArrayValue(.row, rows), &arena)
}

public func mapCount(_ map: StringView) -> Int32 { Int32(truncatingIfNeeded: decodedMap(map).keys.count) }

/// Whether a map has a key, which comes as an array of one element.
public func mapHasKey(_ map: StringView, _ key: StringView) -> Bool {
    decodedArray(key).elements.first.map { decodedMap(map).value(of: $0) != nil } ?? false
}

// MARK: Texts

/// The value that a text is, of an array, row or map type named `type`; 22P02 and what the types within report.
public func castTextToNested(
    _ a: StringView, _ type: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    guard let type = SQLType(name: type.string) else { return StringView() }
    do throws(ValueParseError) {
        if case .bytes(let bytes)? = encodedNested(try parse(a.string, as: type), type) { return makeBytes(&arena, bytes) }
        fault.raise(.invalidTextRepresentation, at: site)
    } catch {
        fault.raise(errorCode(error.reason), at: site)
    }
    return StringView()
}

// MARK: Order

/// Bytes that compare, as unsigned, like the arrays, rows or maps that they stand for.
public func nestedOrderKey(_ a: StringView, _ arena: inout Arena) -> StringView {
    var key: [UInt8] = []
    appendOrderKey(.bytes(a.withBytes { Array($0) }), .row, &key)
    return makeBytes(&arena, key)
}

private func appendOrderKey(_ value: Value, _ kind: ArrayValue.Kind, _ key: inout [UInt8]) {
    func append<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
        withUnsafeBytes(of: value.bigEndian) { key.append(contentsOf: $0) }
    }
    func appendText(_ bytes: some Sequence<UInt8>) {
        // A zero byte is two bytes, and so is the end, so that no text is the beginning of another.
        for byte in bytes {
            key.append(byte)
            if byte == 0 { key.append(0xff) }
        }
        key += [0, 0]
    }
    func appendDouble(_ value: Double) {
        if value.isNaN { return append(UInt64.max) }
        let bits = (value == 0 ? 0 : value).bitPattern
        append(bits >> 63 == 1 ? ~bits : bits | 1 << 63)
    }
    switch value {
    case .null: key.append(0xff)
    case .boolean(let value): key += [1, value ? 1 : 0]
    case .integer(let value), .time(let value), .timestamp(let value):
        key.append(1)
        append(UInt64(bitPattern: value) ^ 1 << 63)
    case .unsigned(let value):
        key.append(1)
        append(value)
    case .date(let value):
        key.append(1)
        append(UInt32(bitPattern: value) ^ 1 << 31)
    case .real(let value):
        key.append(1)
        appendDouble(Double(value))
    case .double(let value):
        key.append(1)
        appendDouble(value)
    case .decimal(let value):
        key.append(1)
        appendDecimal(value, &key)
    case .interval(let value):
        key.append(1)
        let days = Int128(value.months) * 30 + Int128(value.days)
        append(UInt128(bitPattern: days * 86_400_000_000 + Int128(value.microseconds)) ^ 1 << 127)
    case .uuid(let high, let low):
        key.append(1)
        append(high)
        append(low)
    case .text(let text):
        key.append(1)
        appendText(text.utf8)
    case .bytes(let bytes) where !kind.isNested:
        key.append(1)
        appendText(bytes)
    case .bytes(let bytes):
        key.append(1)
        if let row = CompositeValue(encoded: bytes) {
            for (value, kind) in zip(row.values, row.kinds) { appendOrderKey(value, kind, &key) }
        } else if let map = MapValue(encoded: bytes) {
            for (entry, value) in zip(map.keys, map.values) {
                appendOrderKey(entry, map.keyKind, &key)
                appendOrderKey(value, map.valueKind, &key)
            }
            key.append(0)
        } else if let array = ArrayValue(encoded: bytes) {
            for element in array.elements { appendOrderKey(element, array.kind, &key) }
            key += [0, UInt8(truncatingIfNeeded: array.dimensions.count)]
            for length in array.dimensions { append(UInt32(truncatingIfNeeded: length)) }
        }
    case .array, .row: break
    }
}

/// Class and sign, exponent, digits; all inverted for negative numbers.
private func appendDecimal(_ value: Decimal, _ key: inout [UInt8]) {
    switch value.kind {
    case .negativeInfinity: return key.append(0)
    case .positiveInfinity: return key.append(4)
    case .notANumber: return key.append(5)
    default: break
    }
    if value.unscaled == 0 { return key.append(2) }
    let digits = String(value.unscaled.magnitude).utf8
    let exponent = Int32(truncatingIfNeeded: digits.count) &- value.scale
    var bytes: [UInt8] = []
    withUnsafeBytes(of: (UInt32(bitPattern: exponent) ^ 1 << 31).bigEndian) { bytes.append(contentsOf: $0) }
    bytes += digits.reversed().drop { $0 == UInt8(ascii: "0") }.reversed()
    bytes.append(0)
    let isNegative = value.unscaled < 0
    key.append(isNegative ? 1 : 3)
    key += isNegative ? bytes.map { ~$0 } : bytes
}
