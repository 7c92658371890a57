extension Value {
    /// Negative, zero or positive as `self` precedes, equals or follows `other`.
    ///
    /// A total order: NULL equals NULL and comes last, NaN equals NaN and follows all numbers, decimals compare by value,
    /// texts by code point. Values of different kinds, which no typed column holds, are ordered by kind.
    public func compare(_ other: Value) -> Int {
        func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : b < a ? 1 : 0 }
        func orderFloats<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> Int {
            if a.isNaN || b.isNaN { return a.isNaN ? (b.isNaN ? 0 : 1) : -1 }
            return order(a, b)
        }
        switch (self, other) {
        case (.null, .null): return 0
        case (.boolean(let a), .boolean(let b)): return a == b ? 0 : a ? 1 : -1
        case (.integer(let a), .integer(let b)): return order(a, b)
        case (.unsigned(let a), .unsigned(let b)): return order(a, b)
        case (.real(let a), .real(let b)): return orderFloats(a, b)
        case (.double(let a), .double(let b)): return orderFloats(a, b)
        case (.decimal(let a), .decimal(let b)): return a.compare(b)
        case (.text(let a), .text(let b)): return orderBytes(a.utf8, b.utf8)
        case (.bytes(let a), .bytes(let b)): return orderBytes(a, b)
        case (.date(let a), .date(let b)): return order(a, b)
        case (.time(let a), .time(let b)), (.timestamp(let a), .timestamp(let b)): return order(a, b)
        case (.interval(let a), .interval(let b)): return order(a, b)
        case (.uuid(let a, let c), .uuid(let b, let d)): return a == b ? order(c, d) : order(a, b)
        case (.array(let a), .array(let b)), (.row(let a), .row(let b)):
            for (x, y) in zip(a, b) {
                let result = x.compare(y)
                if result != 0 { return result }
            }
            return order(a.count, b.count)
        default: return order(kindRank, other.kindRank)
        }
    }

    /// The order of two values of a type, which knows encoded arrays, rows and maps apart from other bytes.
    public func compare(_ other: Value, as type: SQLType) -> Int {
        switch (self, other, type) {
        case (.bytes(let a), .bytes(let b), .array), (.bytes(let a), .bytes(let b), .row),
            (.bytes(let a), .bytes(let b), .map):
            return compareNested(a, b)
        case (.array(let a), .array(let b), .array(let element)):
            for (x, y) in zip(a, b) {
                let order = x.compare(y, as: element)
                if order != 0 { return order }
            }
            return a.count < b.count ? -1 : a.count > b.count ? 1 : 0
        default: return compare(other)
        }
    }

    private func orderBytes(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Int {
        if a.elementsEqual(b) { return 0 }
        return a.lexicographicallyPrecedes(b) ? -1 : 1
    }

    private var kindRank: Int {
        switch self {
        case .boolean: 0
        case .integer: 1
        case .unsigned: 2
        case .real: 3
        case .double: 4
        case .decimal: 5
        case .text: 6
        case .bytes: 7
        case .date: 8
        case .time: 9
        case .timestamp: 10
        case .interval: 11
        case .uuid: 12
        case .array: 13
        case .row: 14
        case .null: 15
        }
    }

    /// Equality as SQL's keys have it: by value, with NULL equal to NULL. `==` compares representations.
    public func isSameKey(as other: Value) -> Bool { compare(other) == 0 }
}
