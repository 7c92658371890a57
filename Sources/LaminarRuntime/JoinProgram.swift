public import LaminarColumns
public import LaminarKernels
public import LaminarState
public import LaminarTypes

/// One input of a join: how its rows are keyed, kept and given out.
///
/// A row that has come is named by `Columns` and its index; a row that is kept, by the address of its record.
public protocol JoinInput {
    /// Pointers into the columns of a batch.
    associatedtype Columns: BitwiseCopyable

    var types: [PhysicalType] { get }
    var columnCount: Int { get }
    /// Whether rows may be taken back. If not, equal rows are kept apart, so that every weight is 1.
    var isUpdating: Bool { get }
    /// The bytes of a record, and their alignment, at most 16.
    var recordBytes: Int { get }
    var recordAlignment: Int { get }

    func columns(of batch: BatchView) -> Columns
    /// The group of the row's key in the join's dictionary, made if it is new; negative if the key has a NULL that meets
    /// nothing.
    func group(_ columns: Columns, _ row: Int, in table: UnsafeMutablePointer<GroupTable>) -> Int
    /// Keeps a row, strings copied into `arena`.
    func keep(_ columns: Columns, _ row: Int, at record: UnsafeMutableRawPointer, _ arena: inout Arena)
    /// Copies the strings of a record that is kept into another arena.
    func own(_ record: UnsafeMutableRawPointer, _ arena: inout Arena)
    /// Whether the row is the same as the one kept, value by value.
    func isKept(_ columns: Columns, _ row: Int, at record: UnsafeRawPointer) -> Bool
    /// Writes the columns of a row from column `first` on; strings are lent.
    func write(_ columns: Columns, _ row: Int, to batch: ColumnBatch, at target: Int, from first: Int)
    func write(_ record: UnsafeRawPointer, to batch: ColumnBatch, at target: Int, from first: Int)
    /// Writes what is read of a row, several times. Default: all of it.
    func give(_ columns: Columns, _ row: Int, times: Int, to batch: ColumnBatch, at target: Int, from first: Int)
    /// The same of rows that are kept, each `stride` bytes behind the one before.
    func give(
        _ records: UnsafeRawPointer, _ count: Int, stride: Int, to batch: ColumnBatch, at target: Int, from first: Int)
}

extension JoinInput {
    @inlinable public func give(
        _ columns: Columns, _ row: Int, times: Int, to batch: ColumnBatch, at target: Int, from first: Int
    ) {
        for index in 0..<times { write(columns, row, to: batch, at: target &+ index, from: first) }
    }

    @inlinable public func give(
        _ records: UnsafeRawPointer, _ count: Int, stride: Int, to batch: ColumnBatch, at target: Int, from first: Int
    ) {
        for index in 0..<count { write(records + index &* stride, to: batch, at: target &+ index, from: first) }
    }
}

/// What a query adds to `RegularJoin`: its kind, its inputs and its condition beyond equal keys.
public protocol JoinProgram {
    associatedtype Left: JoinInput
    associatedtype Right: JoinInput

    var kind: JoinKind { get }
    var left: Left { get }
    var right: Right { get }
    /// The key, element by element; that of both inputs.
    var keyElements: [GroupTableLayout.KeyElement] { get }
    var hasCondition: Bool { get }

    /// Moves the records that a left row meets, of those of its key, to the front; how many they are.
    func select(
        _ columns: Left.Columns, left row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int
    func select(
        _ columns: Right.Columns, right row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault) -> Int
}

// MARK: Generated code

/// An input as generated code states it: over a struct for its rows, which is what is kept of them.
public protocol TypedJoinInput: JoinInput {
    associatedtype Row: BitwiseCopyable
    associatedtype Key: GroupKey

    func row(_ columns: Columns, _ index: Int) -> Row
    /// nil: a NULL that meets nothing.
    func key(_ row: Row) -> Key?
    /// The row with its strings copied. Default: it has none.
    func owned(_ row: Row, _ arena: inout Arena) -> Row
    /// Whether two rows are the same, value by value. Default: no two; asked only where rows may be taken back.
    func areSame(_ a: Row, _ b: Row) -> Bool
    func write(_ row: Row, to batch: ColumnBatch, at target: Int, from first: Int)
    /// Writes what is read of a row, several times. Default: all of it.
    func give(_ row: Row, times: Int, to batch: ColumnBatch, at target: Int, from first: Int)
}

extension TypedJoinInput {
    @inlinable public var columnCount: Int { types.count }
    @inlinable public var isUpdating: Bool { false }
    @inlinable public var recordBytes: Int { MemoryLayout<Row>.stride }
    @inlinable public var recordAlignment: Int { MemoryLayout<Row>.alignment }

    /// The row of a record.
    @inlinable public func keptRow(_ record: UnsafeRawPointer) -> Row { record.load(as: Row.self) }

    @inlinable public func owned(_ row: Row, _ arena: inout Arena) -> Row { row }

    @inlinable public func areSame(_ a: Row, _ b: Row) -> Bool { false }

    @inlinable public func group(_ columns: Columns, _ row: Int, in table: UnsafeMutablePointer<GroupTable>) -> Int {
        guard let key = key(self.row(columns, row)) else { return -1 }
        return findOrInsertGroup(key, table)
    }

    // Sound: records have the size and alignment of a row, and hold one.

    @inlinable public func keep(
        _ columns: Columns, _ row: Int, at record: UnsafeMutableRawPointer, _ arena: inout Arena
    ) {
        record.storeBytes(of: owned(self.row(columns, row), &arena), as: Row.self)
    }

    @inlinable public func own(_ record: UnsafeMutableRawPointer, _ arena: inout Arena) {
        record.storeBytes(of: owned(record.load(as: Row.self), &arena), as: Row.self)
    }

    @inlinable public func isKept(_ columns: Columns, _ row: Int, at record: UnsafeRawPointer) -> Bool {
        areSame(self.row(columns, row), record.load(as: Row.self))
    }

    @inlinable public func write(
        _ columns: Columns, _ row: Int, to batch: ColumnBatch, at target: Int, from first: Int
    ) {
        write(self.row(columns, row), to: batch, at: target, from: first)
    }

    @inlinable public func write(_ record: UnsafeRawPointer, to batch: ColumnBatch, at target: Int, from first: Int) {
        write(record.load(as: Row.self), to: batch, at: target, from: first)
    }

    @inlinable public func give(_ row: Row, times: Int, to batch: ColumnBatch, at target: Int, from first: Int) {
        for index in 0..<times { write(row, to: batch, at: target &+ index, from: first) }
    }

    @inlinable public func give(
        _ columns: Columns, _ row: Int, times: Int, to batch: ColumnBatch, at target: Int, from first: Int
    ) {
        give(self.row(columns, row), times: times, to: batch, at: target, from: first)
    }
}

/// A join as generated code states it.
public protocol TypedJoinProgram: JoinProgram where Left: TypedJoinInput, Right: TypedJoinInput, Left.Key == Right.Key {
    /// The condition beyond equal keys. Default: none.
    func meets(_ left: Left.Row, _ right: Right.Row, _ arena: inout Arena, _ fault: inout Fault) -> Bool
}

extension TypedJoinProgram {
    @inlinable public var keyElements: [GroupTableLayout.KeyElement] { Left.Key.elements }
    @inlinable public var hasCondition: Bool { false }

    @inlinable public func meets(
        _ left: Left.Row, _ right: Right.Row, _ arena: inout Arena, _ fault: inout Fault
    ) -> Bool { true }

    @inlinable public func select(
        _ columns: Left.Columns, left row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        let row = left.row(columns, row)
        var found = 0
        for index in 0..<count {
            let record = records[index]
            records[found] = record
            found &+= meets(row, record.load(as: Right.Row.self), &scratch, &fault) ? 1 : 0
        }
        return found
    }

    @inlinable public func select(
        _ columns: Right.Columns, right row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        let row = right.row(columns, row)
        var found = 0
        for index in 0..<count {
            let record = records[index]
            records[found] = record
            found &+= meets(record.load(as: Left.Row.self), row, &scratch, &fault) ? 1 : 0
        }
        return found
    }
}

/// The group of a key, which is made if it is new.
@inlinable func findOrInsertGroup<Key: GroupKey>(_ key: Key, _ table: UnsafeMutablePointer<GroupTable>) -> Int {
    if Key.wordCount == 0 { return table.pointee.count == 0 ? insertGroup(key, key.hash64, table) : 0 }
    let hash = key.hash64
    let group = GroupProbe<Key>(table).find(key, hash: hash)
    return group < 0 ? insertGroup(key, hash, table) : group
}
