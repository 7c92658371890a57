/// A value whose order is that of one signed word: numbers, booleans, dates and times.
public protocol OrderedWord: BitwiseCopyable {
    /// Smaller for what sorts first; NaN last, −0 with 0.
    var orderWord: Int64 { get }
    init(orderWord: Int64)
}

extension OrderedWord where Self: FixedWidthInteger & SignedInteger {
    @inlinable public var orderWord: Int64 { Int64(truncatingIfNeeded: self) }
    @inlinable public init(orderWord: Int64) { self.init(truncatingIfNeeded: orderWord) }
}

extension Int16: OrderedWord {}
extension Int32: OrderedWord {}
extension Int64: OrderedWord {}

extension UInt64: OrderedWord {
    @inlinable public var orderWord: Int64 { Int64(bitPattern: self ^ 1 << 63) }
    @inlinable public init(orderWord: Int64) { self = UInt64(bitPattern: orderWord) ^ 1 << 63 }
}

extension Bool: OrderedWord {
    @inlinable public var orderWord: Int64 { self ? 1 : 0 }
    @inlinable public init(orderWord: Int64) { self = orderWord != 0 }
}

extension Double: OrderedWord {
    /// The bits of a negative double count backwards, so all but the sign are flipped; NaN is above infinity.
    @inlinable public var orderWord: Int64 {
        if isNaN { return .max }
        let bits = Int64(bitPattern: (self == 0 ? 0 : self).bitPattern)
        return bits ^ (bits &>> 63 & .max)
    }

    @inlinable public init(orderWord: Int64) {
        if orderWord == .max {
            self = .nan
        } else {
            self.init(bitPattern: UInt64(bitPattern: orderWord ^ (orderWord &>> 63 & .max)))
        }
    }
}

extension Float: OrderedWord {
    /// A float is ordered as the double that it equals.
    @inlinable public var orderWord: Int64 { Double(self).orderWord }
    @inlinable public init(orderWord: Int64) { self = Float(Double(orderWord: orderWord)) }
}

/// MIN over a type of one word.
public struct Minimum<Value: OrderedWord>: Accumulator {
    public var word: Int64
    public var count: Int64

    @inlinable public init() {
        word = 0
        count = 0
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        let candidate = value.orderWord
        word = count == 0 || candidate < word ? candidate : word
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        word = count == 0 ? other.word : min(word, other.word)
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : Value(orderWord: word)
    }
}

/// MAX over a type of one word.
public struct Maximum<Value: OrderedWord>: Accumulator {
    public var word: Int64
    public var count: Int64

    @inlinable public init() {
        word = 0
        count = 0
    }

    @inlinable public mutating func add(_ value: Value, _ arena: inout Arena) {
        let candidate = value.orderWord
        word = count == 0 || candidate > word ? candidate : word
        count &+= 1
    }

    @inlinable public mutating func merge(_ other: Self, _ arena: inout Arena) {
        if other.count == 0 { return }
        word = count == 0 ? other.word : max(word, other.word)
        count &+= other.count
    }

    @inlinable public func result(_ fault: inout Fault, at site: Int) -> Value? {
        count == 0 ? nil : Value(orderWord: word)
    }
}
