/// A value of a map type: keys of one type, none of them NULL and each once, with values of another.
///
/// This is the working form; columns, constants and state hold the encoding (`encoded`): the byte 0x81, the kinds of keys and
/// of values, the number of entries (4 bytes, little-endian), a bitmap of the values that are not NULL, then the keys and
/// those values. Entries stand in the order of their keys, so that equal maps have equal bytes.
public struct MapValue: Sendable {
    public let keyKind: ArrayValue.Kind
    public let valueKind: ArrayValue.Kind
    public private(set) var keys: [Value]
    public private(set) var values: [Value]

    /// Of equal keys the last one's value counts.
    public init(_ keyKind: ArrayValue.Kind, _ valueKind: ArrayValue.Kind, _ entries: [(key: Value, value: Value)]) {
        self.keyKind = keyKind
        self.valueKind = valueKind
        let sorted = entries.enumerated().sorted { a, b in
            let order = keyKind.compare(a.element.key, b.element.key)
            return order == 0 ? a.offset < b.offset : order < 0
        }
        keys = []
        values = []
        for (_, entry) in sorted {
            if let last = keys.last, keyKind.compare(last, entry.key) == 0 {
                values[values.count - 1] = entry.value
            } else {
                keys.append(entry.key)
                values.append(entry.value)
            }
        }
    }

    /// The value of a key; nil where there is none.
    public func value(of key: Value) -> Value? {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            let order = keyKind.compare(keys[middle], key)
            if order == 0 { return values[middle] }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    public var encoded: [UInt8] {
        var writer = NestedWriter()
        writer.append(NestedMark.map)
        writer.append(keyKind.rawValue)
        writer.append(valueKind.rawValue)
        writer.append(UInt32(truncatingIfNeeded: keys.count))
        writer.appendValidity(values)
        for key in keys { writer.append(key, keyKind) }
        for value in values { writer.append(value, valueKind) }
        return writer.bytes
    }

    /// The map of an encoding; nil if the bytes are none.
    public init?(encoded bytes: some RandomAccessCollection<UInt8>) {
        var reader = NestedReader(bytes: Array(bytes))
        guard reader.integer(UInt8.self) == NestedMark.map, let keyKind = reader.kind(), let valueKind = reader.kind(),
            let count = reader.integer(UInt32.self), let validity = reader.validity(Int(count))
        else { return nil }
        self.keyKind = keyKind
        self.valueKind = valueKind
        keys = []
        values = []
        for _ in 0..<count {
            guard let key = reader.value(keyKind) else { return nil }
            keys.append(key)
        }
        for isValid in validity {
            guard isValid else {
                values.append(.null)
                continue
            }
            guard let value = reader.value(valueKind) else { return nil }
            values.append(value)
        }
    }

    /// Entry by entry, a smaller key or value first, then by the number of entries.
    public func compare(_ other: MapValue) -> Int {
        for index in 0..<min(keys.count, other.keys.count) {
            let key = keyKind.compare(keys[index], other.keys[index])
            if key != 0 { return key }
            let value = valueKind.compare(values[index], other.values[index])
            if value != 0 { return value }
        }
        return keys.count < other.keys.count ? -1 : keys.count > other.keys.count ? 1 : 0
    }
}
