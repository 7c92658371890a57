/// Writes what arrays, rows and maps are encoded of: integers in little-endian, bitmaps of what is not NULL, values in
/// their own widths.
struct NestedWriter {
    var bytes: [UInt8] = []

    mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A bit for each value that is not NULL, least significant bit first.
    mutating func appendValidity(_ values: [Value]) {
        var bitmap = [UInt8](repeating: 0, count: (values.count + 7) / 8)
        for (index, value) in values.enumerated() {
            if case .null = value { continue }
            bitmap[index / 8] |= 1 << UInt8(index % 8)
        }
        bytes += bitmap
    }

    /// A value that is not NULL; NULLs have only their bit.
    mutating func append(_ value: Value, _ kind: ArrayValue.Kind) {
        switch value {
        case .null, .array, .row: break
        case .boolean(let value): bytes.append(value ? 1 : 0)
        case .integer(let value):
            switch kind {
            case .smallint: append(Int16(truncatingIfNeeded: value))
            case .integer, .date: append(Int32(truncatingIfNeeded: value))
            default: append(value)
            }
        case .unsigned(let value): append(value)
        case .real(let value): append(value.bitPattern)
        case .double(let value): append(value.bitPattern)
        case .decimal(let value):
            append(value.unscaled)
            append(value.scale)
            let kind: UInt8 =
                switch value.kind {
                case .finite: 0
                case .positiveInfinity: 1
                case .negativeInfinity: 2
                default: 3
                }
            bytes.append(kind)
        case .text(let text):
            append(UInt32(truncatingIfNeeded: text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .bytes(let value):
            append(UInt32(truncatingIfNeeded: value.count))
            bytes += value
        case .date(let value): append(value)
        case .time(let value), .timestamp(let value): append(value)
        case .interval(let value):
            append(value.months)
            append(value.days)
            append(value.microseconds)
        case .uuid(let high, let low):
            append(high)
            append(low)
        }
    }
}

/// Reads what `NestedWriter` wrote; nil where the bytes end too early.
struct NestedReader {
    let bytes: [UInt8]
    private(set) var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        guard let bytes = take(MemoryLayout<T>.size) else { return nil }
        return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
    }

    mutating func kind() -> ArrayValue.Kind? { integer(UInt8.self).flatMap(ArrayValue.Kind.init(rawValue:)) }

    /// Whether each of `count` values is there.
    mutating func validity(_ count: Int) -> [Bool]? {
        guard let bitmap = take((count + 7) / 8) else { return nil }
        return (0..<count).map { bitmap[bitmap.startIndex + $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    }

    mutating func value(_ kind: ArrayValue.Kind) -> Value? {
        switch kind {
        case .boolean: return integer(UInt8.self).map { .boolean($0 != 0) }
        case .smallint: return integer(Int16.self).map { .integer(Int64($0)) }
        case .integer: return integer(Int32.self).map { .integer(Int64($0)) }
        case .bigint: return integer(Int64.self).map { .integer($0) }
        case .unsignedBigint: return integer(UInt64.self).map { .unsigned($0) }
        case .real: return integer(UInt32.self).map { .real(Float(bitPattern: $0)) }
        case .double: return integer(UInt64.self).map { .double(Double(bitPattern: $0)) }
        case .decimal:
            guard let unscaled = integer(Int128.self), let scale = integer(Int32.self), let kind = integer(UInt8.self)
            else { return nil }
            switch kind {
            case 0: return .decimal(Decimal(unscaled: unscaled, scale: scale))
            case 1: return .decimal(Decimal(kind: .positiveInfinity))
            case 2: return .decimal(Decimal(kind: .negativeInfinity))
            default: return .decimal(Decimal(kind: .notANumber))
            }
        case .text, .json, .jsonb: return string().map { .text(String(decoding: $0, as: UTF8.self)) }
        case .bytea, .array, .row, .map: return string().map { .bytes(Array($0)) }
        case .date: return integer(Int32.self).map { .date($0) }
        case .time: return integer(Int64.self).map { .time($0) }
        case .timestamp, .timestamptz: return integer(Int64.self).map { .timestamp($0) }
        case .interval:
            guard let months = integer(Int32.self), let days = integer(Int32.self), let rest = integer(Int64.self)
            else { return nil }
            return .interval(Interval(months: months, days: days, microseconds: rest))
        case .uuid:
            guard let high = integer(UInt64.self), let low = integer(UInt64.self) else { return nil }
            return .uuid(high, low)
        }
    }

    private mutating func string() -> ArraySlice<UInt8>? { integer(UInt32.self).flatMap { take(Int($0)) } }
}

/// The first byte of an encoding that is no array's, whose first byte is the kind of its elements.
enum NestedMark {
    static let row: UInt8 = 0x80
    static let map: UInt8 = 0x81
}

/// The order of two encoded arrays, rows or maps of one type: value by value, NULL last and equal to NULL.
public func compareNested(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a == b { return 0 }
    switch (a.first, b.first) {
    case (NestedMark.row, NestedMark.row):
        if let x = CompositeValue(encoded: a), let y = CompositeValue(encoded: b) { return x.compare(y) }
    case (NestedMark.map, NestedMark.map):
        if let x = MapValue(encoded: a), let y = MapValue(encoded: b) { return x.compare(y) }
    default:
        if let x = ArrayValue(encoded: a), let y = ArrayValue(encoded: b) { return x.compare(y) }
    }
    return a.lexicographicallyPrecedes(b) ? -1 : 1
}

/// The encoding of a value in its working form: arrays within arrays become bytes, other values stay.
///
/// Nil where the arrays form no box.
public func encodedNested(_ value: Value, _ type: SQLType) -> Value? {
    guard case .array(let element) = type, case .array = value else { return value }
    guard let kind = ArrayValue.Kind(element) else { return nil }
    return ArrayValue(nested: value, kind: kind).map { .bytes($0.encoded) }
}
