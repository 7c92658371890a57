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
        /// Fields of rows and values of maps only; an array of arrays is one of more dimensions.
        case array
        case row, map

        /// Nil for arrays, which are no elements.
        public init?(_ type: SQLType) {
            if case .array = type { return nil }
            self.init(field: type)
        }

        /// The kind of a row's field or a map's key or value.
        public init(field type: SQLType) {
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
            case .array: self = .array
            case .row: self = .row
            case .map: self = .map
            }
        }

        /// Whether its values are encodings themselves, which lie in `Value.bytes`.
        public var isNested: Bool { self == .array || self == .row || self == .map }

        /// The order of two values of this kind.
        public func compare(_ a: Value, _ b: Value) -> Int {
            guard isNested, case .bytes(let x) = a, case .bytes(let y) = b else { return a.compare(b) }
            return compareNested(x, y)
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
            case .array: .array(.text)
            case .row: .row([])
            case .map: .map(.text, .text)
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
            let order = kind.compare(a, b)
            if order != 0 { return order }
        }
        if elements.count != other.elements.count { return elements.count < other.elements.count ? -1 : 1 }
        if dimensions.count != other.dimensions.count { return dimensions.count < other.dimensions.count ? -1 : 1 }
        for (a, b) in zip(dimensions, other.dimensions) where a != b { return a < b ? -1 : 1 }
        return 0
    }

    // MARK: Encoding

    public var encoded: [UInt8] {
        var writer = NestedWriter()
        writer.append(kind.rawValue)
        writer.append(UInt8(truncatingIfNeeded: dimensions.count))
        for length in dimensions { writer.append(UInt32(truncatingIfNeeded: length)) }
        writer.appendValidity(elements)
        for element in elements { writer.append(element, kind) }
        return writer.bytes
    }

    /// The array of an encoding; nil if the bytes are none.
    public init?(encoded bytes: some RandomAccessCollection<UInt8>) {
        var reader = NestedReader(bytes: Array(bytes))
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
        guard let validity = reader.validity(size) else { return nil }
        elements = []
        elements.reserveCapacity(size)
        for isValid in validity {
            guard isValid else {
                elements.append(.null)
                continue
            }
            guard let value = reader.value(kind) else { return nil }
            elements.append(value)
        }
    }
}
