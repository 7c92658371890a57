import LaminarTypes

/// What an ordered aggregate keeps of a row: sort key, a parameter of the call, and the value, as one string of bytes.
///
/// The lengths of the first two stand before them in eight bytes. Sort keys are made by `sortKey` and compare by their
/// bytes, whatever their types, directions and places of NULL are.
public struct AggregateEntry: BitwiseCopyable {
    public let bytes: StringView

    @inlinable public init(_ bytes: StringView) { self.bytes = bytes }

    /// Calls `body` with key, parameter and value.
    @inlinable func withParts<R>(
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        bytes.withBytes { all in
            guard all.count >= 8, let base = all.baseAddress else { return body(all, all, all) }
            let lengths = UnsafeRawPointer(base).loadUnaligned(as: UInt64.self)
            let key = min(Int(truncatingIfNeeded: lengths & 0xffff_ffff), all.count &- 8)
            let parameter = min(Int(truncatingIfNeeded: lengths &>> 32), all.count &- 8 &- key)
            let start = base + 8
            return body(
                UnsafeBufferPointer(start: start, count: key),
                UnsafeBufferPointer(start: start + key, count: parameter),
                UnsafeBufferPointer(start: start + key + parameter, count: all.count &- 8 &- key &- parameter))
        }
    }

    /// The value of a string, a view into the entry.
    @inlinable public var string: StringView {
        withParts { _, _, value in value.baseAddress.map { StringView($0, count: value.count) } ?? StringView() }
    }

    /// The parameter, a view into the entry.
    @inlinable public var parameter: StringView {
        withParts { _, part, _ in part.baseAddress.map { StringView($0, count: part.count) } ?? StringView() }
    }

    /// The value, of the type of which it was written.
    @inlinable public func value<Value: BagValue>(as type: Value.Type = Value.self) -> Value {
        if Value.isString {
            let view = string
            return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2) { words in
                (words[0], words[1]) = (view.head, view.tail)
                return Value(inBag: UnsafePointer(words.baseAddress.unsafelyUnwrapped))
            }
        }
        return withParts { _, _, value in Self.value(in: value) }
    }

    /// The value; nil where the parameter says that it is NULL.
    @inlinable public func presentValue<Value: BagValue>(as type: Value.Type = Value.self) -> Value? {
        withParts { _, parameter, _ in parameter.isEmpty } ? value() : nil
    }

    @inlinable static func value<Value: BagValue>(in bytes: UnsafeBufferPointer<UInt8>) -> Value {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 4) { words in
            words.initialize(repeating: 0)
            UnsafeMutableRawBufferPointer(words).copyBytes(from: bytes.prefix(32))
            return Value(inBag: UnsafePointer(words.baseAddress.unsafelyUnwrapped))
        }
    }

    /// The parameter as a number.
    @inlinable public var fraction: Double { withParts { _, part, _ in Self.value(in: part) } }

    /// Negative, zero or positive as this entry's key sorts before, with or behind the other's.
    public func order(_ other: AggregateEntry) -> Int {
        withParts { mine, _, _ in
            other.withParts { its, _, _ in
                let common = min(mine.count, its.count)
                var index = 0
                while index < common, mine[index] == its[index] { index &+= 1 }
                if index < common { return mine[index] < its[index] ? -1 : 1 }
                return mine.count - its.count
            }
        }
    }
}

extension AggregateEntry: BagValue {
    @inlinable public static var bagWords: Int { 2 }
    @inlinable public static var isString: Bool { true }
    @inlinable public func store(inBag words: UnsafeMutablePointer<UInt64>, _ arena: inout Arena) {
        bytes.store(inBag: words, &arena)
    }
    @inlinable public init(inBag words: UnsafePointer<UInt64>) { bytes = StringView(inBag: words) }
    @inlinable public func order(inBag words: UnsafePointer<UInt64>) -> Int { order(AggregateEntry(inBag: words)) }
}

extension OrderedBag where Value == AggregateEntry {
    /// Takes one entry back: of those of its key and its bytes the one that came first; false, and nothing, if there is
    /// none.
    public mutating func remove(_ entry: AggregateEntry, _ arena: inout Arena) -> Bool {
        guard let node = Self.find(entry, in: root) else { return false }
        var entries = 0
        root = Self.changed(root, entry, sequence: node.sequence, weight: -1, &entries, &arena)
        return true
    }

    private static func find(_ entry: AggregateEntry, in tree: UInt64) -> BagNode? {
        guard let node = BagNode(tree) else { return nil }
        let order = entry.order(inBag: node.value)
        if order < 0 { return find(entry, in: node.left) }
        if order > 0 { return find(entry, in: node.right) }
        return find(entry, in: node.left) ?? (StringView(inBag: node.value) == entry.bytes ? node : nil)
            ?? find(entry, in: node.right)
    }
}

/// The entry of a row of an ordered aggregate.
public func aggregateEntry(
    _ key: StringView, _ parameter: StringView, _ value: StringView, _ arena: inout Arena
) -> StringView {
    let count = 8 &+ key.count &+ parameter.count &+ value.count
    let target = arena.allocate(count)
    UnsafeMutableRawPointer(target).storeBytes(
        of: UInt64(truncatingIfNeeded: key.count) | UInt64(truncatingIfNeeded: parameter.count) << 32, as: UInt64.self)
    var at = target + 8
    for part in [key, parameter, value] {
        part.withBytes { bytes in
            if let base = bytes.baseAddress { at.update(from: base, count: bytes.count) }
            at += bytes.count
        }
    }
    return StringView(target, count: count)
}

/// The bytes of a value in an entry, from which `AggregateEntry.value` makes it again.
@inlinable public func entryValue<Value: BagValue>(_ value: Value, _ arena: inout Arena) -> StringView {
    if Value.isString { return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2) { words in
        let words = words.baseAddress.unsafelyUnwrapped
        value.store(inBag: words, &arena)
        return StringView(head: words[0], tail: words[1])
    } }
    let target = arena.allocate(Value.bagWords &* 8)
    value.store(inBag: UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt64.self), &arena)
    return StringView(target, count: Value.bagWords &* 8)
}

/// Two numbers as the argument of an aggregate of pairs.
@inlinable public func pairOfNumbers(_ y: Double, _ x: Double, _ arena: inout Arena) -> StringView {
    let target = arena.allocate(16)
    let raw = UnsafeMutableRawPointer(target)
    raw.storeBytes(of: y, as: Double.self)
    raw.storeBytes(of: x, toByteOffset: 8, as: Double.self)
    return StringView(target, count: 16)
}
