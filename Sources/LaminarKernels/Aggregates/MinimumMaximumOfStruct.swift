public import LaminarTypes

/// A value of several words with an order of its own: decimals and intervals.
public protocol OrderedStruct: BitwiseCopyable, Comparable {
    associatedtype Words: BitwiseCopyable
    /// The value in 8-byte words without padding; all zero bytes are some value.
    var orderedWords: Words { get }
    init(orderedWords: Words)
    static var zeroWords: Words { get }
}

extension Decimal: OrderedStruct {
    @inlinable public var orderedWords: (UInt64, UInt64, UInt64) {
        (
            UInt64(truncatingIfNeeded: unscaled), UInt64(truncatingIfNeeded: unscaled >> 64),
            UInt64(UInt32(bitPattern: scale)) | UInt64(UInt32(bitPattern: kind.rawValue)) << 32
        )
    }

    @inlinable public init(orderedWords words: (UInt64, UInt64, UInt64)) {
        self.init(
            unscaled: Int128(Int64(bitPattern: words.1)) << 64 | Int128(words.0),
            scale: Int32(truncatingIfNeeded: words.2))
        kind = Kind(rawValue: Int32(truncatingIfNeeded: words.2 >> 32)) ?? .notANumber
    }

    @inlinable public static var zeroWords: (UInt64, UInt64, UInt64) { (0, 0, 0) }
}

extension Interval: OrderedStruct {
    @inlinable public var orderedWords: (UInt64, UInt64) {
        (
            UInt64(UInt32(bitPattern: months)) | UInt64(UInt32(bitPattern: days)) << 32,
            UInt64(bitPattern: microseconds)
        )
    }

    @inlinable public init(orderedWords words: (UInt64, UInt64)) {
        self.init(
            months: Int32(truncatingIfNeeded: words.0), days: Int32(truncatingIfNeeded: words.0 >> 32),
            microseconds: Int64(bitPattern: words.1))
    }

    @inlinable public static var zeroWords: (UInt64, UInt64) { (0, 0) }
}

/// MIN over decimals or intervals; of equal ones the first stays.
public struct MinimumOfStruct<Value: OrderedStruct>: Accumulator {
    public var words: Value.Words
    public var count: Int64

    @inlinable public init() {
        words = Value.zeroWords
        count = 0
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        if count == 0 || value < Value(orderedWords: words) { words = value.orderedWords }
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        if count == 0 || Value(orderedWords: other.words) < Value(orderedWords: words) { words = other.words }
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : Value(orderedWords: words)
    }
}

/// MAX over decimals or intervals; of equal ones the first stays.
public struct MaximumOfStruct<Value: OrderedStruct>: Accumulator {
    public var words: Value.Words
    public var count: Int64

    @inlinable public init() {
        words = Value.zeroWords
        count = 0
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        if count == 0 || Value(orderedWords: words) < value { words = value.orderedWords }
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        if count == 0 || Value(orderedWords: words) < Value(orderedWords: other.words) { words = other.words }
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : Value(orderedWords: words)
    }
}
