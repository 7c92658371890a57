/// The running state of one aggregate call for one group: plain bytes that live in a state table.
///
/// Its bytes are part of every checkpoint, so a conforming struct has no padding: every field is 8 bytes wide, integers
/// narrower than that are kept widened. The initial state is all zero bytes, which is what a new group holds.
/// `add` never fails, whatever is added; only `result` can, so that a row is never half applied.
/// Arguments are not NULL: a NULL argument is not added at all.
public protocol Accumulator: BitwiseCopyable {
    associatedtype Argument: BitwiseCopyable
    associatedtype Result: BitwiseCopyable

    /// Whether its record points to bytes of the state table's arena.
    static var keepsStrings: Bool { get }

    /// The state before any row: all bytes zero.
    init()

    /// Counts one value in. Strings that are kept are copied into `arena`, which belongs to the state table.
    mutating func add(_ value: Argument, _ arena: inout Arena)

    /// Counts in what `other` has counted, as if its values had been added after these.
    mutating func merge(_ other: Self, _ arena: inout Arena)

    /// The aggregate's value; nil: NULL. A result that does not fit its type is a fault at `site`.
    func result(_ fault: inout Fault, at site: Int) -> Result?
}

extension Accumulator {
    @inlinable public static var keepsStrings: Bool { Argument.self == StringView.self }
}

/// An aggregate that can take back a value which was added before, in any order.
public protocol RetractableAccumulator: Accumulator {
    /// Takes back one value that was added.
    mutating func retract(_ value: Argument, _ arena: inout Arena)
}
