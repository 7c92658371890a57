/// An array as SQL has it: elements of one type in a box of one to six dimensions, all subscripts from 1.
///
/// This is the working form; columns, constants and state hold the encoding (`encoded`): a byte for the element's kind, a
/// byte for the number of dimensions, the length of each (4 bytes, little-endian), a bitmap of the elements that are not
/// NULL (least significant bit first), then the elements that are not NULL, each in its width or, for strings, behind a
/// length of 4 bytes. The kind makes the encoding self-describing, so that one function serves arrays of every type.
public struct ArrayValue: Sendable {
    public var kind: Kind
    /// The length of each dimension; none for an empty array.
    public var dimensions: [Int]
    /// Row-major, all dimensions together.
    public var elements: [Value]

    /// The type of an element, without parameters; the raw value is part of the encoding.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case boolean = 1
        case smallint, integer, bigint, unsignedBigint, real, double, decimal, text, bytea, date, time, timestamp
        case timestamptz, interval, uuid, json, jsonb

        /// Nil for arrays, rows and maps, which are no elements.
        public init?(_ type: SQLType) {
            switch type {
            case .boolean: self = .boolean
            case .smallint: self = .smallint
            case .integer: self = .integer
            case .bigint: self = .bigint
            case .unsignedBigint: self = .unsignedBigint
            case .real: self = .real
            case .double: self = .double
            case .decimal: self = .decimal
            case .text, .varchar, .char, .unknown: self = .text
            case .bytea: self = .bytea
            case .date: self = .date
            case .time: self = .time
            case .timestamp: self = .timestamp
            case .timestamptz: self = .timestamptz
            case .interval: self = .interval
            case .uuid: self = .uuid
            case .json: self = .json
            case .jsonb: self = .jsonb
            case .array, .row, .map: return nil
            }
        }

        public var type: SQLType {
            switch self {
            case .boolean: .boolean
            case .smallint: .smallint
            case .integer: .integer
            case .bigint: .bigint
            case .unsignedBigint: .unsignedBigint
            case .real: .real
            case .double: .double
            case .decimal: .decimal(nil)
            case .text: .text
            case .bytea: .bytea
            case .date: .date
            case .time: .time
            case .timestamp: .timestamp(6)
            case .timestamptz: .timestamptz(6)
            case .interval: .interval
            case .uuid: .uuid
            case .json: .json
            case .jsonb: .jsonb
            }
        }
    }

    public init(_ kind: Kind, _ elements: [Value], dimensions: [Int]? = nil) {
        self.kind = kind
        self.elements = elements
        self.dimensions = elements.isEmpty ? [] : dimensions ?? [elements.count]
    }

    /// The array of nested values; nil if they form no box or have more than six dimensions.
    public init?(nested value: Value, kind: Kind) {
        guard case .array(let values) = value else { return nil }
        self.kind = kind
        elements = []
        dimensions = []
        var level = values
        while !level.isEmpty {
            dimensions.append(level.count)
            guard dimensions.count <= 6 else { return nil }
            guard case .array(let inner)? = level.first else { break }
            level = inner
        }
        guard Self.flatten(values, dimensions[...], &elements) else { return nil }
        if elements.isEmpty { dimensions = [] }
    }

    private static func flatten(_ values: [Value], _ dimensions: ArraySlice<Int>, _ elements: inout [Value]) -> Bool {
        guard values.count == dimensions.first ?? 0 else { return false }
        for value in values {
            if case .array(let inner) = value {
                guard dimensions.count > 1 || inner.isEmpty,
                    flatten(inner, dimensions.dropFirst(), &elements)
                else { return false }
            } else {
                guard dimensions.count == 1 else { return false }
                elements.append(value)
            }
        }
        return true
    }

    /// Arrays within an array, one level per dimension.
    public var nested: Value { nested(0, 0..<elements.count) }

    private func nested(_ level: Int, _ range: Range<Int>) -> Value {
        guard level + 1 < dimensions.count else { return .array(Array(elements[range])) }
        let size = range.count / max(dimensions[level], 1)
        return .array(
            (0..<dimensions[level]).map { index in
                let start = range.lowerBound + index * size
                return nested(level + 1, start..<start + size)
            })
    }

    /// PostgreSQL's order: element by element, NULL last, then by the number of elements, then of dimensions.
    public func compare(_ other: ArrayValue) -> Int {
        for (a, b) in zip(elements, other.elements) {
            let order = a.compare(b)
            if order != 0 { return order }
        }
        if elements.count != other.elements.count { return elements.count < other.elements.count ? -1 : 1 }
        if dimensions.count != other.dimensions.count { return dimensions.count < other.dimensions.count ? -1 : 1 }
        for (a, b) in zip(dimensions, other.dimensions) where a != b { return a < b ? -1 : 1 }
        return 0
    }

    // MARK: Encoding

    public var encoded: [UInt8] {
        var bytes: [UInt8] = [kind.rawValue, UInt8(truncatingIfNeeded: dimensions.count)]
        for length in dimensions { append(UInt32(truncatingIfNeeded: length), &bytes) }
        var bitmap = [UInt8](repeating: 0, count: (elements.count + 7) / 8)
        for (index, element) in elements.enumerated() {
            if case .null = element { continue }
            bitmap[index / 8] |= 1 << UInt8(index % 8)
        }
        bytes += bitmap
        for element in elements { append(element, &bytes) }
        return bytes
    }

    private func append<T: FixedWidthInteger>(_ value: T, _ bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private func append(_ value: Value, _ bytes: inout [UInt8]) {
        switch value {
        case .null, .array, .row: break
        case .boolean(let value): bytes.append(value ? 1 : 0)
        case .integer(let value):
            switch kind {
            case .smallint: append(Int16(truncatingIfNeeded: value), &bytes)
            case .integer, .date: append(Int32(truncatingIfNeeded: value), &bytes)
            default: append(value, &bytes)
            }
        case .unsigned(let value): append(value, &bytes)
        case .real(let value): append(value.bitPattern, &bytes)
        case .double(let value): append(value.bitPattern, &bytes)
        case .decimal(let value):
            append(value.unscaled, &bytes)
            append(value.scale, &bytes)
            let kind: UInt8 =
                switch value.kind {
                case .finite: 0
                case .positiveInfinity: 1
                case .negativeInfinity: 2
                default: 3
                }
            bytes.append(kind)
        case .text(let text):
            append(UInt32(truncatingIfNeeded: text.utf8.count), &bytes)
            bytes.append(contentsOf: text.utf8)
        case .bytes(let value):
            append(UInt32(truncatingIfNeeded: value.count), &bytes)
            bytes += value
        case .date(let value): append(value, &bytes)
        case .time(let value), .timestamp(let value): append(value, &bytes)
        case .interval(let value):
            append(value.months, &bytes)
            append(value.days, &bytes)
            append(value.microseconds, &bytes)
        case .uuid(let high, let low):
            append(high, &bytes)
            append(low, &bytes)
        }
    }

    /// The array of an encoding; nil if the bytes are none.
    public init?(encoded bytes: some RandomAccessCollection<UInt8>) {
        var reader = ArrayReader(bytes: Array(bytes))
        guard let kind = reader.integer(UInt8.self).flatMap(Kind.init(rawValue:)),
            let count = reader.integer(UInt8.self), count <= 6
        else { return nil }
        self.kind = kind
        dimensions = []
        var size = count == 0 ? 0 : 1
        for _ in 0..<count {
            guard let length = reader.integer(UInt32.self) else { return nil }
            let (product, overflow) = size.multipliedReportingOverflow(by: Int(length))
            guard !overflow else { return nil }
            size = product
            dimensions.append(Int(length))
        }
        guard let bitmap = reader.take((size + 7) / 8) else { return nil }
        elements = []
        elements.reserveCapacity(size)
        for index in 0..<size {
            guard bitmap[bitmap.startIndex + index / 8] >> UInt8(index % 8) & 1 == 1 else {
                elements.append(.null)
                continue
            }
            guard let value = reader.value(kind) else { return nil }
            elements.append(value)
        }
    }
}

private struct ArrayReader {
    var bytes: [UInt8]
    var position = 0

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        guard let bytes = take(MemoryLayout<T>.size) else { return nil }
        return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
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
        case .bytea: return string().map { .bytes(Array($0)) }
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
