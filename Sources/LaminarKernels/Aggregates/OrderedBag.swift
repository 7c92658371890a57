public import LaminarTypes

/// A value that an `OrderedBag` keeps, in whole words that order it.
public protocol BagValue: BitwiseCopyable {
    /// The words of a stored value; a string takes two.
    static var bagWords: Int { get }
    static var isString: Bool { get }
    /// Writes the value; bytes of long strings are copied into `arena`.
    func store(inBag words: UnsafeMutablePointer<UInt64>, _ arena: inout Arena)
    init(inBag words: UnsafePointer<UInt64>)
    /// Negative if the value sorts before the stored one, zero if they are the same, positive if behind it.
    func order(inBag words: UnsafePointer<UInt64>) -> Int
    /// Bytes that lie beside an entry. Default: 0.
    var bytesBeside: Int64 { get }
}

/// One entry of an `OrderedBag` and the tree below it, as it lies in the state table's arena.
///
/// Six words, then the value: left and right child, stamp and priority, the entry's weight, the sum of all positive
/// weights of the tree, a sequence number.
public struct BagNode: BitwiseCopyable {
    public static let headerWords = 6

    public let words: UnsafeMutablePointer<UInt64>

    /// The node at an address; nil for 0, the empty tree.
    @inlinable public init?(_ address: UInt64) {
        // Sound: addresses come from `address` of nodes in the arena that owns this one.
        guard let words = UnsafeMutablePointer<UInt64>(bitPattern: UInt(address)) else { return nil }
        self.words = words
    }

    /// A node without children and of weight 0.
    @inlinable public init(valueWords: Int, sequence: Int64, in arena: inout Arena) {
        words = UnsafeMutableRawPointer(arena.allocate((Self.headerWords &+ valueWords) &* 8))
            .assumingMemoryBound(to: UInt64.self)
        words[0] = 0
        words[1] = 0
        // Any number does as a priority, as long as it is independent of the order; the shape is never seen.
        let mixed = (UInt64(UInt(bitPattern: words)) ^ UInt64(bitPattern: sequence)).multipliedFullWidth(
            by: 0x9e37_79b9_7f4a_7c15)
        words[2] = arena.generation << 24 | (mixed.high ^ mixed.low) & 0xff_ffff
        words[3] = 0
        words[4] = 0
        words[5] = UInt64(bitPattern: sequence)
    }

    @inlinable public var address: UInt64 { UInt64(UInt(bitPattern: words)) }
    @inlinable public var left: UInt64 { words[0] }
    @inlinable public var right: UInt64 { words[1] }
    @inlinable var priority: UInt64 { words[2] & 0xff_ffff }
    @inlinable public var weight: Int64 { Int64(bitPattern: words[3]) }
    @inlinable public var total: Int64 { Int64(bitPattern: words[4]) }
    @inlinable public var sequence: Int64 { Int64(bitPattern: words[5]) }
    @inlinable public var value: UnsafeMutablePointer<UInt64> { words + Self.headerWords }

    /// This node if nothing of an earlier generation can see it, else a copy.
    @inlinable func owned(valueWords: Int, in arena: inout Arena) -> BagNode {
        if words[2] &>> 24 == arena.generation { return self }
        let copy = BagNode(valueWords: valueWords, sequence: 0, in: &arena)
        let priority = words[2] & 0xff_ffff
        copy.words.update(from: words, count: Self.headerWords &+ valueWords)
        copy.words[2] = arena.generation << 24 | priority
        return copy
    }

    /// Sums the positive weights anew.
    @inlinable func refresh() {
        let total = max(weight, 0) &+ (BagNode(left)?.total ?? 0) &+ (BagNode(right)?.total ?? 0)
        words[4] = UInt64(bitPattern: total)
    }

    /// A copy of the tree in another arena; `isString` says whether the value is a string, whose bytes go with it.
    public static func copy(_ tree: UInt64, valueWords: Int, isString: Bool, into arena: inout Arena) -> UInt64 {
        guard let node = BagNode(tree) else { return 0 }
        let copy = BagNode(valueWords: valueWords, sequence: 0, in: &arena)
        copy.words.update(from: node.words, count: headerWords + valueWords)
        // Shared by the old and the new form of a group, until it is written to.
        copy.words[2] = node.priority
        if isString {
            let string = arena.copy(StringView(head: node.value[0], tail: node.value[1]))
            (copy.value[0], copy.value[1]) = (string.head, string.tail)
        }
        copy.words[0] = self.copy(node.left, valueWords: valueWords, isString: isString, into: &arena)
        copy.words[1] = self.copy(node.right, valueWords: valueWords, isString: isString, into: &arena)
        return copy.address
    }

    /// Joins two trees, of which all of the first sorts before all of the second.
    @inlinable public static func join(_ a: UInt64, _ b: UInt64, valueWords: Int, _ arena: inout Arena) -> UInt64 {
        guard let first = BagNode(a) else { return b }
        guard let second = BagNode(b) else { return a }
        if first.priority >= second.priority {
            let node = first.owned(valueWords: valueWords, in: &arena)
            node.words[1] = join(node.right, b, valueWords: valueWords, &arena)
            node.refresh()
            return node.address
        }
        let node = second.owned(valueWords: valueWords, in: &arena)
        node.words[0] = join(a, node.left, valueWords: valueWords, &arena)
        node.refresh()
        return node.address
    }

    /// A new entry behind all of a tree: what a restore does with entries in order.
    public static func append(
        to tree: UInt64, weight: Int64, sequence: Int64, valueWords: Int, _ arena: inout Arena,
        store: (UnsafeMutablePointer<UInt64>, inout Arena) -> Void
    ) -> UInt64 {
        let node = BagNode(valueWords: valueWords, sequence: sequence, in: &arena)
        node.words[3] = UInt64(bitPattern: weight)
        store(node.value, &arena)
        node.refresh()
        return join(tree, node.address, valueWords: valueWords, &arena)
    }

    /// Calls `body` with each entry in order.
    @inlinable public static func visit(_ tree: UInt64, _ body: (BagNode) -> Void) {
        guard let node = BagNode(tree) else { return }
        visit(node.left, body)
        body(node)
        visit(node.right, body)
    }
}

/// Values with weights in order, one group's worth, in logarithmic time per change: what an aggregate keeps that must
/// step back to another value, or that needs a rank.
///
/// A treap whose nodes lie in the state table's arena. A change copies the nodes on its way down unless they are of the
/// arena's generation, so a record that was copied before a batch still shows the bag as it was. The struct stands at
/// offset 0 of its accumulator.
/// - SeeAlso: Seidel and Aragon, "Randomized Search Trees", Algorithmica 16 (1996).
public struct OrderedBag<Value: BagValue>: BitwiseCopyable {
    /// The address of the tree's root; 0: empty.
    public var root: UInt64
    /// Values ever added, where their order of arrival counts; else the bytes of the entries.
    public var sequence: Int64

    @inlinable public init() {
        root = 0
        sequence = 0
    }

    /// How many values there are.
    @inlinable public var count: Int64 { BagNode(root)?.total ?? 0 }

    /// Adds (or takes back, if `weight` is negative) a value, equal ones becoming one entry.
    ///
    /// Counts what the entries take against the arena's limit for one group; one beyond it is kept, but noted there.
    @inlinable public mutating func add(_ value: Value, weight: Int64, _ arena: inout Arena) {
        var entries = 0
        root = Self.changed(root, value, sequence: 0, weight: weight, &entries, &arena)
        if entries > 0 {
            var collected = sequence
            sequence = arena.collection.admits(value.bytesInBag, &collected) ? collected : sequence &+ value.bytesInBag
        } else {
            arena.collection.entries &+= weight > 0 ? 1 : 0
            if entries < 0 { sequence &-= value.bytesInBag }
        }
    }

    /// Adds a value behind equal ones.
    @inlinable public mutating func append(_ value: Value, _ arena: inout Arena) {
        sequence &+= 1
        var entries = 0
        root = Self.changed(root, value, sequence: sequence, weight: 1, &entries, &arena)
    }

    /// - Parameter entries: raised by one where there is a new entry, lowered where one is gone.
    @usableFromInline static func changed(
        _ tree: UInt64, _ value: Value, sequence: Int64, weight: Int64, _ entries: inout Int, _ arena: inout Arena
    ) -> UInt64 {
        guard let old = BagNode(tree) else {
            let node = BagNode(valueWords: Value.bagWords, sequence: sequence, in: &arena)
            value.store(inBag: node.value, &arena)
            node.words[3] = UInt64(bitPattern: weight)
            node.refresh()
            entries &+= 1
            return node.address
        }
        var order = value.order(inBag: old.value)
        if order == 0 { order = sequence < old.sequence ? -1 : sequence > old.sequence ? 1 : 0 }
        if order == 0, old.weight &+ weight == 0 {
            entries &-= 1
            return BagNode.join(old.left, old.right, valueWords: Value.bagWords, &arena)
        }
        let side = order < 0 ? 0 : 1
        let child = order == 0 ? 0 : changed(old.words[side], value, sequence: sequence, weight: weight, &entries, &arena)
        let node = old.owned(valueWords: Value.bagWords, in: &arena)
        if order == 0 {
            node.words[3] = UInt64(bitPattern: old.weight &+ weight)
            node.refresh()
            return node.address
        }
        node.words[side] = child
        guard let below = BagNode(child), below.priority > node.priority else {
            node.refresh()
            return node.address
        }
        // Only a new node outranks the one above it, so it may be written to.
        node.words[side] = below.words[1 - side]
        below.words[1 - side] = node.address
        node.refresh()
        below.refresh()
        return below.address
    }

    /// The value at a rank from 0 on among those of positive weight; nil if there are not so many.
    @inlinable public func value(atRank rank: Int64) -> Value? {
        guard let node = node(atRank: rank) else { return nil }
        return Value(inBag: node.value)
    }

    @inlinable public func node(atRank rank: Int64) -> BagNode? {
        var left = rank
        var tree = root
        if rank < 0 { return nil }
        while let node = BagNode(tree) {
            let before = BagNode(node.left)?.total ?? 0
            if left < before {
                tree = node.left
            } else if left < before &+ max(node.weight, 0) {
                return node
            } else {
                left &-= before &+ max(node.weight, 0)
                tree = node.right
            }
        }
        return nil
    }

    /// The least value.
    @inlinable public var first: Value? { value(atRank: 0) }
    /// The greatest value.
    @inlinable public var last: Value? { value(atRank: count &- 1) }

    /// Adds all of another bag, as if its values had come after these.
    public mutating func merge(_ other: Self, _ arena: inout Arena) {
        let offset = sequence
        var isOrdered = false
        BagNode.visit(other.root) { node in
            if node.sequence == 0 {
                add(Value(inBag: node.value), weight: node.weight, &arena)
                return
            }
            var entries = 0
            root = Self.changed(
                root, Value(inBag: node.value), sequence: node.sequence &+ offset, weight: node.weight, &entries, &arena)
            isOrdered = true
        }
        if isOrdered { sequence = offset &+ other.sequence }
    }
}

extension BagValue {
    /// The bytes of an entry with this value.
    @inlinable var bytesInBag: Int64 { Int64((BagNode.headerWords &+ Self.bagWords) &* 8) &+ bytesBeside }
    @inlinable public var bytesBeside: Int64 { 0 }
}

extension BagValue where Self: OrderedWord {
    @inlinable public static var bagWords: Int { 1 }
    @inlinable public static var isString: Bool { false }
    @inlinable public func store(inBag words: UnsafeMutablePointer<UInt64>, _ arena: inout Arena) {
        words[0] = UInt64(bitPattern: orderWord)
    }
    @inlinable public init(inBag words: UnsafePointer<UInt64>) { self.init(orderWord: Int64(bitPattern: words[0])) }
    @inlinable public func order(inBag words: UnsafePointer<UInt64>) -> Int {
        let (mine, other) = (orderWord, Int64(bitPattern: words[0]))
        return mine < other ? -1 : mine > other ? 1 : 0
    }
}

extension Bool: BagValue {}
extension Int16: BagValue {}
extension Int32: BagValue {}
extension Int64: BagValue {}
extension UInt64: BagValue {}
extension Float: BagValue {}
extension Double: BagValue {}

extension StringView: BagValue {
    @inlinable public var bytesBeside: Int64 { isInline ? 0 : Int64(count) }
    @inlinable public static var bagWords: Int { 2 }
    @inlinable public static var isString: Bool { true }
    @inlinable public func store(inBag words: UnsafeMutablePointer<UInt64>, _ arena: inout Arena) {
        let copy = arena.copy(self)
        words[0] = copy.head
        words[1] = copy.tail
    }
    @inlinable public init(inBag words: UnsafePointer<UInt64>) { self.init(head: words[0], tail: words[1]) }
    @inlinable public func order(inBag words: UnsafePointer<UInt64>) -> Int {
        let other = StringView(head: words[0], tail: words[1])
        return self == other ? 0 : self < other ? -1 : 1
    }
}

extension Decimal: BagValue {
    @inlinable public static var bagWords: Int { 3 }
    @inlinable public static var isString: Bool { false }
    @inlinable public func store(inBag words: UnsafeMutablePointer<UInt64>, _ arena: inout Arena) {
        (words[0], words[1], words[2]) = orderedWords
    }
    @inlinable public init(inBag words: UnsafePointer<UInt64>) {
        self.init(orderedWords: (words[0], words[1], words[2]))
    }
    /// Equal decimals of different scales are different values of the bag, so that each leaves as it came.
    @inlinable public func order(inBag words: UnsafePointer<UInt64>) -> Int {
        let other = Decimal(inBag: words)
        if self < other { return -1 }
        if other < self { return 1 }
        return scale < other.scale ? -1 : scale > other.scale ? 1 : 0
    }
}

extension Interval: BagValue {
    @inlinable public static var bagWords: Int { 2 }
    @inlinable public static var isString: Bool { false }
    @inlinable public func store(inBag words: UnsafeMutablePointer<UInt64>, _ arena: inout Arena) {
        (words[0], words[1]) = orderedWords
    }
    @inlinable public init(inBag words: UnsafePointer<UInt64>) { self.init(orderedWords: (words[0], words[1])) }
    /// Equal intervals of different parts (24 hours, 1 day) are different values of the bag.
    @inlinable public func order(inBag words: UnsafePointer<UInt64>) -> Int {
        let other = Interval(inBag: words)
        if self < other { return -1 }
        if other < self { return 1 }
        let (mine, its) = (orderedWords, other.orderedWords)
        if mine.0 != its.0 { return mine.0 < its.0 ? -1 : 1 }
        return mine.1 < its.1 ? -1 : mine.1 > its.1 ? 1 : 0
    }
}
