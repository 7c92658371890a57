public import LaminarKernels
public import LaminarTypes

/// Hashes the elements of a key, one after the other.
///
/// The hash of a key is a function of its words, so that an executor that has only the words at hand finds the same
/// group: a key of exactly one element has that element's own hash (`hashOfWord`, `StringView.hash64`,
/// `hashOfInterval`); any other key folds the elements in order through this struct, starting at its initial state.
/// A composite key combines each of its fields; a key of one column that cannot be NULL is the column's type itself.
/// Hashes are never stored in a checkpoint.
public struct KeyHasher: BitwiseCopyable {
    @usableFromInline var state: UInt64

    @inlinable public init() { state = 0xa076_1d64_78bd_642f }

    /// Folds one word (or the hash of a string or interval) in, by a 128-bit multiplication.
    @inlinable public mutating func combine(_ word: UInt64) {
        let product = (word ^ state).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
        // The state goes in once more, so that a word equal to it does not fold to zero for all that follow.
        state = (product.high ^ product.low) &+ (state &<< 1 | 1)
    }

    @inlinable public mutating func combine(_ string: StringView) { combine(string.hash64) }

    @inlinable public mutating func combine(_ interval: Interval) { combine(hashOfInterval(interval)) }

    /// Folds in every element of a field that is a key of its own.
    @inlinable public mutating func combine<Field: GroupKey>(_ field: Field) { field.combine(into: &self) }

    @inlinable public var hash: UInt64 { state }
}

/// The hash of a key that is one word: multiply-shift, whose top bits choose the slot.
@inlinable public func hashOfWord(_ word: UInt64) -> UInt64 { word &* 0x9e37_79b9_7f4a_7c15 }

/// The hash of an interval's length with months of 30 days and days of 24 hours.
@inlinable public func hashOfInterval(_ interval: Interval) -> UInt64 {
    let length = interval.comparableMicroseconds
    return hashOfWord(UInt64(truncatingIfNeeded: length) ^ UInt64(truncatingIfNeeded: length >> 64))
}

/// The hash of a key given by its words; what generated keys return as `hash64`.
@inlinable public func hashOfKey(
    _ words: UnsafePointer<UInt64>, _ elements: UnsafeBufferPointer<GroupTableLayout.KeyElement>
)
    -> UInt64
{
    if elements.count == 1 {
        switch elements[0] {
        case .word: return hashOfWord(words[0])
        case .string: return StringView(head: words[0], tail: words[1]).hash64
        case .interval: return hashOfInterval(Interval(keyWords: words))
        }
    }
    var hasher = KeyHasher()
    var at = 0
    for element in elements {
        switch element {
        case .word: hasher.combine(words[at])
        case .string: hasher.combine(StringView(head: words[at], tail: words[at &+ 1]))
        case .interval: hasher.combine(Interval(keyWords: words + at))
        }
        at &+= element.wordCount
    }
    return hasher.hash
}

/// Whether two keys of one layout, given by their words, are the same group.
@inlinable public func keysAreEqual(
    _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>,
    _ elements: UnsafeBufferPointer<GroupTableLayout.KeyElement>
) -> Bool {
    var at = 0
    for element in elements {
        switch element {
        case .word:
            if a[at] != b[at] { return false }
        case .string:
            let x = StringView(head: a[at], tail: a[at &+ 1])
            if x != StringView(head: b[at], tail: b[at &+ 1]) { return false }
        case .interval:
            if Interval(keyWords: a + at) != Interval(keyWords: b + at) { return false }
        }
        at &+= element.wordCount
    }
    return true
}
