/// A Swift value that can stand in an array, in a field of a row or in a map.
public protocol NestedValue: Hashable, Sendable {
    /// The value of a column's encoding; nil if it is none of this Swift type.
    init?(_ value: Value, as type: SQLType)
    func value(as type: SQLType) -> Value
}

/// A struct for the rows of a `ROW(…)` type: its fields in order.
public protocol NestedRow: NestedValue {
    init(_ fields: inout NestedFields)
    func write(to fields: inout NestedFields)
}

/// The fields of a row on their way in or out.
public struct NestedFields {
    private let fields: [Field]
    private var values: [Value]
    private var position = 0

    fileprivate init(_ fields: [Field], _ values: [Value] = []) {
        self.fields = fields
        self.values = values
    }

    /// The next field; nil for NULL.
    public mutating func next<Wanted: NestedValue>() -> Wanted? {
        guard position < fields.count, position < values.count else { return nil }
        defer { position += 1 }
        return Wanted(values[position], as: fields[position].type)
    }

    public mutating func append(_ value: (some NestedValue)?) {
        guard values.count < fields.count else { return }
        values.append(value?.value(as: fields[values.count].type) ?? .null)
    }

    fileprivate var row: Value {
        .bytes(CompositeValue(fields.map { ArrayValue.Kind(field: $0.type) }, values).encoded)
    }
}

extension NestedRow {
    public init?(_ value: Value, as type: SQLType) {
        guard case .bytes(let bytes) = value, case .row(let fields) = type, let row = CompositeValue(encoded: bytes) else {
            return nil
        }
        var reader = NestedFields(fields, row.values)
        self.init(&reader)
    }

    public func value(as type: SQLType) -> Value {
        guard case .row(let fields) = type else { return .null }
        var writer = NestedFields(fields)
        write(to: &writer)
        return writer.row
    }
}

/// An array: elements of one type, nil for NULL, in a box of one or more dimensions.
public struct SQLArray<Element: NestedValue>: NestedValue, ExpressibleByArrayLiteral, RandomAccessCollection {
    /// All dimensions together, the last one's elements side by side.
    public let elements: [Element?]
    /// The length of each dimension; none of an empty array.
    public let dimensions: [Int]

    public init(_ elements: [Element?]) {
        self.elements = elements
        dimensions = elements.isEmpty ? [] : [elements.count]
    }

    /// Nil unless the dimensions hold exactly the elements; there are at most six.
    public init?(_ elements: [Element?], dimensions: [Int]) {
        var count = dimensions.isEmpty ? 0 : 1
        for length in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length > 0, !overflow else { return nil }
            count = product
        }
        guard count == elements.count, dimensions.count <= 6 else { return nil }
        self.elements = elements
        self.dimensions = dimensions
    }

    public init(arrayLiteral elements: Element?...) { self.init(elements) }

    public var startIndex: Int { 0 }
    public var endIndex: Int { elements.count }
    public subscript(position: Int) -> Element? { elements[position] }

    public init?(_ value: Value, as type: SQLType) {
        guard case .bytes(let bytes) = value, case .array(let element) = type, let array = ArrayValue(encoded: bytes) else {
            return nil
        }
        elements = array.elements.map { Element($0, as: element) }
        dimensions = array.dimensions
    }

    public func value(as type: SQLType) -> Value {
        guard case .array(let element) = type, let kind = ArrayValue.Kind(element) else { return .null }
        let values = elements.map { $0?.value(as: element) ?? .null }
        return .bytes(ArrayValue(kind, values, dimensions: dimensions).encoded)
    }
}

/// A map: pairs of keys and values, nil for NULL, in the order of the keys.
public struct SQLMap<Key: NestedValue, Entry: NestedValue>: NestedValue {
    public let entries: [Pair]

    public struct Pair: Hashable, Sendable {
        public let key: Key
        public let value: Entry?

        public init(_ key: Key, _ value: Entry?) {
            self.key = key
            self.value = value
        }
    }

    /// Of equal keys the last one's value counts, once the map has been in a column.
    public init(_ entries: [Pair]) { self.entries = entries }

    /// The value of a key; nil where there is none, or NULL.
    public subscript(key: Key) -> Entry? { entries.last { $0.key == key }?.value }

    public init?(_ value: Value, as type: SQLType) {
        guard case .bytes(let bytes) = value, case .map(let keyType, let valueType) = type,
            let map = MapValue(encoded: bytes)
        else { return nil }
        entries = zip(map.keys, map.values).compactMap { key, value in
            Key(key, as: keyType).map { Pair($0, Entry(value, as: valueType)) }
        }
    }

    public func value(as type: SQLType) -> Value {
        guard case .map(let keyType, let valueType) = type else { return .null }
        let values = entries.map { pair in
            (key: pair.key.value(as: keyType), value: pair.value?.value(as: valueType) ?? .null)
        }
        return .bytes(MapValue(ArrayValue.Kind(field: keyType), ArrayValue.Kind(field: valueType), values).encoded)
    }
}

/// The type of a column that holds arrays, rows or maps.
public struct NestedType: Sendable {
    let type: SQLType

    /// - Parameter name: as `SQLType` describes itself.
    public init(_ name: String) {
        guard let type = SQLType(name: name) else { preconditionFailure("\"\(name)\" names no type.") }
        self.type = type
    }

    func bytes(of value: some NestedValue) -> [UInt8] {
        guard case .bytes(let bytes) = value.value(as: type) else {
            preconditionFailure("A column of type \(type) takes arrays, rows or maps.")
        }
        return bytes
    }

    func value<Wanted: NestedValue>(of view: StringView) -> Wanted {
        guard let value = Wanted(.bytes(view.bytes), as: type) else {
            preconditionFailure("The bytes of a column are of its type, \(type).")
        }
        return value
    }
}

extension ColumnBatch {
    /// Writes an array, row or map, or NULL.
    public func write(_ value: (some NestedValue)?, as type: NestedType, column: Int, row: Int) {
        if let value { write(type.bytes(of: value), column: column, row: row) } else { setNull(column, row) }
    }
}

extension BatchView {
    public func nested<Wanted: NestedValue>(column: Int, row: Int, as type: NestedType) -> Wanted {
        type.value(of: columns[column].value(row))
    }

    public func optionalNested<Wanted: NestedValue>(column: Int, row: Int, as type: NestedType) -> Wanted? {
        columns[column].optional(row, as: StringView.self).map { type.value(of: $0) }
    }
}

extension StringView {
    public func nested<Wanted: NestedValue>(as type: NestedType) -> Wanted { type.value(of: self) }
}

extension Arena {
    public mutating func copy(_ value: some NestedValue, as type: NestedType) -> StringView { copy(type.bytes(of: value)) }
}

// MARK: Scalars

extension Bool: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .boolean(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .boolean(self) }
}

extension Int16: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .integer(let value) = value else { return nil }
        self.init(exactly: value)
    }
    public func value(as type: SQLType) -> Value { .integer(Int64(self)) }
}

extension Int32: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        switch value {
        case .integer(let value): self.init(exactly: value)
        case .date(let value): self = value
        default: return nil
        }
    }
    public func value(as type: SQLType) -> Value { type == .date ? .date(self) : .integer(Int64(self)) }
}

extension Int64: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        switch value {
        case .integer(let value), .time(let value), .timestamp(let value): self = value
        default: return nil
        }
    }
    public func value(as type: SQLType) -> Value {
        type == .time ? .time(self) : type.isTimestamp ? .timestamp(self) : .integer(self)
    }
}

extension UInt64: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .unsigned(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .unsigned(self) }
}

extension Float: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .real(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .real(self) }
}

extension Double: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .double(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .double(self) }
}

extension Decimal: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .decimal(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .decimal(self) }
}

extension Interval: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .interval(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .interval(self) }
}

extension UUIDBytes: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .uuid(let high, let low) = value else { return nil }
        self.init(high: high, low: low)
    }
    public func value(as type: SQLType) -> Value { .uuid(high, low) }
}

extension String: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .text(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .text(self) }
}

/// The bytes of BYTEA.
extension [UInt8]: NestedValue {
    public init?(_ value: Value, as type: SQLType) {
        guard case .bytes(let value) = value else { return nil }
        self = value
    }
    public func value(as type: SQLType) -> Value { .bytes(self) }
}
