/// A value of a row type: a value for each field, in order; names are the type's.
///
/// This is the working form; columns, constants and state hold the encoding (`encoded`): the byte 0x80, the number of
/// fields (2 bytes, little-endian), the kind of each, a bitmap of the fields that are not NULL (least significant bit
/// first), then those values, each in its width or behind a length of 4 bytes. Like an array's it says itself what it holds.
/// A field that is an array, a row or a map is `Value.bytes` of its own encoding.
public struct CompositeValue: Sendable {
    public var kinds: [ArrayValue.Kind]
    public var values: [Value]

    /// PostgreSQL's limit of columns.
    public static let maximumFieldCount = 1664

    public init(_ kinds: [ArrayValue.Kind], _ values: [Value]) {
        self.kinds = kinds
        self.values = values
    }

    /// Fields of declared types; nil where an array of arrays is no box.
    public init?(_ values: [Value], types: [SQLType]) {
        kinds = types.map { ArrayValue.Kind(field: $0) }
        self.values = []
        for (value, type) in zip(values, types) {
            guard let encoded = encodedNested(value, type) else { return nil }
            self.values.append(encoded)
        }
    }

    public var encoded: [UInt8] {
        var writer = NestedWriter()
        writer.append(NestedMark.row)
        writer.append(UInt16(truncatingIfNeeded: kinds.count))
        for kind in kinds { writer.append(kind.rawValue) }
        writer.appendValidity(values)
        for (value, kind) in zip(values, kinds) { writer.append(value, kind) }
        return writer.bytes
    }

    /// The row of an encoding; nil if the bytes are none.
    public init?(encoded bytes: some RandomAccessCollection<UInt8>) {
        var reader = NestedReader(bytes: Array(bytes))
        guard reader.integer(UInt8.self) == NestedMark.row, let count = reader.integer(UInt16.self) else { return nil }
        kinds = []
        for _ in 0..<count {
            guard let kind = reader.kind() else { return nil }
            kinds.append(kind)
        }
        guard let validity = reader.validity(kinds.count) else { return nil }
        values = []
        for (isValid, kind) in zip(validity, kinds) {
            guard isValid else {
                values.append(.null)
                continue
            }
            guard let value = reader.value(kind) else { return nil }
            values.append(value)
        }
    }

    /// PostgreSQL's order of records: field by field, NULL equal to NULL and greater than all else.
    public func compare(_ other: CompositeValue) -> Int {
        for (index, kind) in kinds.enumerated() where index < other.values.count {
            let order = kind.compare(values[index], other.values[index])
            if order != 0 { return order }
        }
        return kinds.count < other.kinds.count ? -1 : kinds.count > other.kinds.count ? 1 : 0
    }
}
