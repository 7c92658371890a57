public import LaminarKernels
public import LaminarTypes

/// A key of a state table: what GROUP BY, DISTINCT and PARTITION BY compare. NULLs are equal, NaN equals NaN, −0 is 0.
///
/// It is stored as 8-byte words: for a column that can be NULL a flag word (1: NULL, the value's words are zero), then
/// the value: integers sign-extended, booleans 0 or 1, floats by bit pattern, strings and
/// intervals two words, decimals three. Generated code makes a composite of several columns like this:
/// ```swift
/// struct TradeKey: GroupKey {
///     var symbol: StringView
///     var venue: Optional<Int32>
///     static var elements: [GroupTableLayout.KeyElement] { StringView.elements + Optional<Int32>.elements }
///     static var wordCount: Int { StringView.wordCount + Optional<Int32>.wordCount }
///     func combine(into hasher: inout KeyHasher) {
///         symbol.combine(into: &hasher)
///         venue.combine(into: &hasher)
///     }
///     func equals(_ words: UnsafePointer<UInt64>) -> Bool {
///         symbol.equals(words) && venue.equals(words + StringView.wordCount)
///     }
///     func store(_ words: UnsafeMutablePointer<UInt64>) {
///         symbol.store(words)
///         venue.store(words + StringView.wordCount)
///     }
///     init(words: UnsafePointer<UInt64>) {
///         symbol = StringView(words: words)
///         venue = Optional<Int32>(words: words + StringView.wordCount)
///     }
/// }
/// ```
/// A composite has at least two fields; a single column's key is the column's type (or its `Optional`) itself.
public protocol GroupKey: BitwiseCopyable {
    static var elements: [GroupTableLayout.KeyElement] { get }
    static var wordCount: Int { get }
    /// Its hash; entropy in the top bits. The default folds the elements; types of one element have their own.
    var hash64: UInt64 { get }
    /// The word of a key of one word, by which a table may find it directly; 0 for others.
    var directWord: UInt64 { get }
    func combine(into hasher: inout KeyHasher)
    /// Whether the key stored at `words` is this one.
    func equals(_ words: UnsafePointer<UInt64>) -> Bool
    func store(_ words: UnsafeMutablePointer<UInt64>)
    /// The key stored at `words`.
    init(words: UnsafePointer<UInt64>)
}

extension GroupKey {
    @inlinable public var hash64: UInt64 {
        var hasher = KeyHasher()
        combine(into: &hasher)
        return hasher.hash
    }

    @inlinable public var directWord: UInt64 { 0 }
}

/// The key of a table that has one group.
public struct NoKey: GroupKey {
    @inlinable public init() {}
    @inlinable public init(words: UnsafePointer<UInt64>) {}
    @inlinable public static var elements: [GroupTableLayout.KeyElement] { [] }
    @inlinable public static var wordCount: Int { 0 }
    @inlinable public func combine(into hasher: inout KeyHasher) {}
    @inlinable public func equals(_ words: UnsafePointer<UInt64>) -> Bool { true }
    @inlinable public func store(_ words: UnsafeMutablePointer<UInt64>) {}
}

/// A key that is one word.
public protocol SingleWordKey: GroupKey {
    var keyWord: UInt64 { get }
    init(keyWord: UInt64)
}

extension SingleWordKey {
    @inlinable public static var elements: [GroupTableLayout.KeyElement] { [.word] }
    @inlinable public static var wordCount: Int { 1 }
    @inlinable public var hash64: UInt64 { hashOfWord(keyWord) }
    @inlinable public var directWord: UInt64 { keyWord }
    @inlinable public func combine(into hasher: inout KeyHasher) { hasher.combine(keyWord) }
    @inlinable public func equals(_ words: UnsafePointer<UInt64>) -> Bool { words[0] == keyWord }
    @inlinable public func store(_ words: UnsafeMutablePointer<UInt64>) { words[0] = keyWord }
    @inlinable public init(words: UnsafePointer<UInt64>) { self.init(keyWord: words[0]) }
}

extension SingleWordKey where Self: FixedWidthInteger {
    @inlinable public var keyWord: UInt64 { UInt64(truncatingIfNeeded: self) }
    @inlinable public init(keyWord: UInt64) { self.init(truncatingIfNeeded: keyWord) }
}

extension Int64: SingleWordKey {}
extension Int32: SingleWordKey {}
extension Int16: SingleWordKey {}
extension UInt64: SingleWordKey {}

extension Bool: SingleWordKey {
    @inlinable public var keyWord: UInt64 { self ? 1 : 0 }
    @inlinable public init(keyWord: UInt64) { self = keyWord != 0 }
}

extension Double: SingleWordKey {
    @inlinable public var keyWord: UInt64 {
        if self == 0 { return 0 }
        return isNaN ? Double.nan.bitPattern : bitPattern
    }
    @inlinable public init(keyWord: UInt64) { self.init(bitPattern: keyWord) }
}

extension Float: SingleWordKey {
    @inlinable public var keyWord: UInt64 {
        if self == 0 { return 0 }
        return UInt64(isNaN ? Float.nan.bitPattern : bitPattern)
    }
    @inlinable public init(keyWord: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: keyWord)) }
}

extension StringView: GroupKey {
    @inlinable public static var elements: [GroupTableLayout.KeyElement] { [.string] }
    @inlinable public static var wordCount: Int { 2 }
    @inlinable public func combine(into hasher: inout KeyHasher) { hasher.combine(hash64) }
    // Always inlined, since the optimiser takes the comparison of long strings for part of the loop.
    @inlinable @inline(__always) public func equals(_ words: UnsafePointer<UInt64>) -> Bool {
        if words[0] != head { return false }
        if _fastPath(words[1] == tail) { return true }
        return !isInline && equalsLong(words)
    }

    @usableFromInline @inline(never) func equalsLong(_ words: UnsafePointer<UInt64>) -> Bool {
        self == StringView(words: words)
    }

    @inlinable public func store(_ words: UnsafeMutablePointer<UInt64>) {
        words[0] = head
        words[1] = tail
    }
    @inlinable public init(words: UnsafePointer<UInt64>) { self.init(head: words[0], tail: words[1]) }
}

extension Interval: GroupKey {
    @inlinable public static var elements: [GroupTableLayout.KeyElement] { [.interval] }
    @inlinable public static var wordCount: Int { 2 }
    @inlinable public var hash64: UInt64 { hashOfInterval(self) }
    @inlinable public func combine(into hasher: inout KeyHasher) { hasher.combine(hash64) }
    @inlinable public func equals(_ words: UnsafePointer<UInt64>) -> Bool {
        self == Interval(keyWords: words)
    }
    @inlinable public func store(_ words: UnsafeMutablePointer<UInt64>) {
        words[0] = UInt64(UInt32(bitPattern: months)) | UInt64(UInt32(bitPattern: days)) << 32
        words[1] = UInt64(bitPattern: microseconds)
    }
    @inlinable public init(words: UnsafePointer<UInt64>) { self.init(keyWords: words) }

    @inlinable init(keyWords words: UnsafePointer<UInt64>) {
        self.init(
            months: Int32(truncatingIfNeeded: words[0]), days: Int32(truncatingIfNeeded: words[0] >> 32),
            microseconds: Int64(bitPattern: words[1]))
    }
}

extension UUIDBytes: GroupKey {
    @inlinable public static var elements: [GroupTableLayout.KeyElement] { [.word, .word] }
    @inlinable public static var wordCount: Int { 2 }
    @inlinable public func combine(into hasher: inout KeyHasher) {
        hasher.combine(high)
        hasher.combine(low)
    }
    @inlinable public func equals(_ words: UnsafePointer<UInt64>) -> Bool { words[0] == high && words[1] == low }
    @inlinable public func store(_ words: UnsafeMutablePointer<UInt64>) {
        words[0] = high
        words[1] = low
    }
    @inlinable public init(words: UnsafePointer<UInt64>) { self.init(high: words[0], low: words[1]) }
}

/// Decimals are stored without trailing zeros, so that 1.0 and 1.00 are one key.
extension Decimal: GroupKey {
    @inlinable public static var elements: [GroupTableLayout.KeyElement] { [.word, .word, .word] }
    @inlinable public static var wordCount: Int { 3 }

    @inlinable var keyWords: (UInt64, UInt64, UInt64) {
        var digits = unscaled
        var scale = scale
        if kind != .finite {
            digits = 0
            scale = 0
        }
        if digits == 0 { scale = 0 }
        while scale > 0, digits % 10 == 0 {
            digits /= 10
            scale &-= 1
        }
        return (
            UInt64(truncatingIfNeeded: digits), UInt64(truncatingIfNeeded: digits >> 64),
            UInt64(UInt32(bitPattern: scale)) | UInt64(UInt32(bitPattern: kind.rawValue)) << 32
        )
    }

    @inlinable public func combine(into hasher: inout KeyHasher) {
        let words = keyWords
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
    }

    @inlinable public func equals(_ words: UnsafePointer<UInt64>) -> Bool {
        let own = keyWords
        return words[0] == own.0 && words[1] == own.1 && words[2] == own.2
    }

    @inlinable public func store(_ words: UnsafeMutablePointer<UInt64>) {
        (words[0], words[1], words[2]) = keyWords
    }

    @inlinable public init(words: UnsafePointer<UInt64>) {
        let kind = Kind(rawValue: Int32(truncatingIfNeeded: words[2] >> 32)) ?? .notANumber
        self.init(kind: kind)
        if kind == .finite {
            unscaled = Int128(Int64(bitPattern: words[1])) << 64 | Int128(words[0])
            scale = Int32(truncatingIfNeeded: words[2])
        }
    }
}

/// A key column that can be NULL: a flag word, then the value's words, zero when NULL.
extension Optional: GroupKey where Wrapped: GroupKey {
    @inlinable public static var elements: [GroupTableLayout.KeyElement] { [.word] + Wrapped.elements }
    @inlinable public static var wordCount: Int { 1 &+ Wrapped.wordCount }

    @inlinable public func combine(into hasher: inout KeyHasher) {
        if let self {
            hasher.combine(0 as UInt64)
            self.combine(into: &hasher)
        } else {
            hasher.combine(1 as UInt64)
            // What is stored for NULL: all words zero. Sound: a column's key has at most four words.
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 4) { zeros in
                zeros.initialize(repeating: 0)
                Wrapped(words: UnsafePointer(zeros.baseAddress.unsafelyUnwrapped)).combine(into: &hasher)
            }
        }
    }

    @inlinable public func equals(_ words: UnsafePointer<UInt64>) -> Bool {
        guard let self else { return words[0] == 1 }
        return words[0] == 0 && self.equals(words + 1)
    }

    @inlinable public func store(_ words: UnsafeMutablePointer<UInt64>) {
        if let self {
            words[0] = 0
            self.store(words + 1)
        } else {
            words[0] = 1
            for index in 1..<Self.wordCount { words[index] = 0 }
        }
    }

    @inlinable public init(words: UnsafePointer<UInt64>) {
        self = words[0] == 0 ? .some(Wrapped(words: words + 1)) : nil
    }
}
