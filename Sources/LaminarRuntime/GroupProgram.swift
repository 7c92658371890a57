/// A query's aggregation as generated code states it: how to read, filter, key and fold one row, and emit one group.
///
/// Every function is called with concrete types and inlined into the loops of `updateGroups`; write them as plain
/// expressions over `columns` and mark them `@inline(__always)` only if a measurement says so. What a query does not
/// have is left to the defaults and costs nothing.
public protocol GroupProgram: BitwiseCopyable, Sendable {
    /// Pointers into the columns that are read: a struct that `columns(of:)` makes from a batch.
    associatedtype Columns: BitwiseCopyable
    /// The GROUP BY columns; `NoKey` for none.
    associatedtype Key: GroupKey
    /// The accumulators of all calls in order; every field is a struct of 8-byte words. An empty struct for none.
    associatedtype Accumulators: BitwiseCopyable

    /// Byte offsets of string views in `Accumulators`. Default: none.
    static var accumulatorStrings: [Int] { get }
    /// The ordered bags in `Accumulators`. Default: none.
    static var accumulatorBags: [GroupTableLayout.Bag] { get }
    /// The key elements of the value of each DISTINCT call. Default: none.
    static var distinctValues: [[GroupTableLayout.KeyElement]] { get }
    static var outputTypes: [PhysicalType] { get }
    /// Whether `retract` is implemented. Default: false.
    static var canRetract: Bool { get }

    /// Whether `merge` is implemented. Default: false.
    static var canMerge: Bool { get }

    func columns(of batch: BatchView) -> Columns
    /// Event time in microseconds; nil: NULL. Default: nil, for programs of a running aggregate.
    func time(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int64?
    /// The filter. Default: every row passes.
    func passes(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Bool
    func key(_ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Key
    /// Adds a row to the accumulators of its group.
    ///
    /// - Parameters:
    ///   - group: the group's index, by which a DISTINCT call asks `table.pointee.addDistinct`.
    ///   - table: its `arena` owns the strings that accumulators keep.
    func fold(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault)
    /// Whether the results of two states of a group, if they come out, are known to differ: where a count among them does.
    /// Default: false.
    static func differ(_ before: Accumulators, _ after: Accumulators) -> Bool
    /// Takes a row back. Default: does nothing, and `canRetract` says so.
    func retract(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault)
    /// Counts in what other accumulators have counted. Default: does nothing, and `canMerge` says so.
    func merge(_ accumulators: inout Accumulators, _ others: Accumulators, _ arena: inout Arena)

    /// Appends the result row of one group at `batch.rowCount` and raises that by one, or does nothing if HAVING says so.
    ///
    /// Room for the row is reserved. Strings are copied by `batch.arena.copy(_:)`.
    func emit(
        _ key: Key, _ accumulators: Accumulators, _ window: WindowBounds, into batch: ColumnBatch,
        _ fault: inout Fault)
}

extension GroupProgram {
    @inlinable public static var accumulatorStrings: [Int] { [] }
    @inlinable public static var accumulatorBags: [GroupTableLayout.Bag] { [] }
    @inlinable public static var distinctValues: [[GroupTableLayout.KeyElement]] { [] }
    @inlinable public static var canRetract: Bool { false }
    @inlinable public static func differ(_ before: Accumulators, _ after: Accumulators) -> Bool { false }
    @inlinable public static var canMerge: Bool { false }

    @inlinable public func merge(
        _ accumulators: inout Accumulators, _ others: Accumulators, _ arena: inout Arena
    ) {}

    @inlinable public func time(
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int64? { nil }

    @inlinable public func passes(
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Bool { true }

    @inlinable public func retract(
        _ accumulators: inout Accumulators, _ group: Int, _ table: UnsafeMutablePointer<GroupTable>,
        _ columns: Columns, _ row: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) {}

    /// The layout of the state table: the same bytes as the plan says.
    public static var layout: GroupTableLayout {
        GroupTableLayout(
            key: Key.elements, accumulatorBytes: accumulatorBytes, accumulatorStrings: accumulatorStrings,
            accumulatorBags: accumulatorBags, distinctValues: distinctValues)
    }

    /// The bytes of an accumulator record; 0 where there is none (an empty struct still has a stride of 1).
    @inlinable static var accumulatorBytes: Int {
        MemoryLayout<Accumulators>.size == 0 ? 0 : MemoryLayout<Accumulators>.stride
    }
}
