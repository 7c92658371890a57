public import LaminarColumns
public import LaminarKernels

/// A struct that stands for one row of a source.
public protocol SourceRow {
    /// Writes the columns that the pipeline reads into row `row` of a batch, for which there is room.
    func write(to batch: ColumnBatch, at row: Int)
}

/// A struct that stands for one row of a result.
public protocol ResultRow: Sendable {
    /// Copies row `row` of a batch out of column memory.
    init(_ batch: BatchView, _ row: Int)
}

/// One change of an updating result.
public struct Change<Row: Sendable>: Sendable {
    public var row: Row
    /// How many times the row is added to the result (positive) or taken out of it (negative); mostly +1 or −1.
    public var weight: Int64

    public init(_ row: Row, weight: Int64) {
        self.row = row
        self.weight = weight
    }

    public var isInsertion: Bool { weight > 0 }
}

extension Change: Equatable where Row: Equatable {}
extension Change: Hashable where Row: Hashable {}

extension ColumnBatch {
    /// Appends a row.
    @inlinable public func append(_ row: some SourceRow) {
        reserve(1)
        row.write(to: self, at: rowCount)
        rowCount += 1
    }

    /// Appends a row that is added or taken back.
    @inlinable public func append<Row: SourceRow>(_ change: Change<Row>) {
        let row = rowCount
        append(change.row)
        weights()[row] = change.weight
    }

    /// Writes one value of a row struct. Sound only if `Value` is the column's physical Swift type.
    @inlinable public func write<Value: BitwiseCopyable>(_ value: Value, column: Int, row: Int) {
        values(column, as: Value.self)[row] = value
    }

    /// Writes one value of a row struct, or NULL.
    @inlinable public func write<Value: BitwiseCopyable>(_ value: Value?, column: Int, row: Int) {
        if let value { write(value, column: column, row: row) } else { setNull(column, row) }
    }

    /// Writes a string of a key, an accumulator or an expression; a long one is copied into the batch's arena.
    @inlinable public func write(_ value: StringView, column: Int, row: Int) {
        values(column, as: StringView.self)[row] = arena.copy(value)
    }

    @inlinable public func write(_ value: StringView?, column: Int, row: Int) {
        if let value { write(value, column: column, row: row) } else { setNull(column, row) }
    }

    /// Writes a string; a long one is copied into the batch's arena.
    public func write(_ value: String, column: Int, row: Int) {
        values(column, as: StringView.self)[row] = arena.copy(value)
    }

    public func write(_ value: String?, column: Int, row: Int) {
        if let value { write(value, column: column, row: row) } else { setNull(column, row) }
    }

    /// Writes bytes; copied into the batch's arena.
    public func write(_ value: [UInt8], column: Int, row: Int) {
        values(column, as: StringView.self)[row] = arena.copy(value)
    }

    public func write(_ value: [UInt8]?, column: Int, row: Int) {
        if let value { write(value, column: column, row: row) } else { setNull(column, row) }
    }
}

extension StringView {
    /// The bytes, copied.
    public var bytes: [UInt8] { withBytes { Array($0) } }
}

extension BatchView {
    /// One value for a row struct. Sound only if `Value` is the column's physical Swift type.
    @inlinable public func value<Value: BitwiseCopyable>(column: Int, row: Int) -> Value { columns[column].value(row) }

    /// One value for a row struct, nil for NULL.
    @inlinable public func optional<Value: BitwiseCopyable>(column: Int, row: Int) -> Value? {
        columns[column].optional(row)
    }

    public func string(column: Int, row: Int) -> String { columns[column].value(row, as: StringView.self).string }

    public func optionalString(column: Int, row: Int) -> String? {
        columns[column].optional(row, as: StringView.self)?.string
    }

    public func bytes(column: Int, row: Int) -> [UInt8] {
        columns[column].value(row, as: StringView.self).withBytes { Array($0) }
    }

    public func optionalBytes(column: Int, row: Int) -> [UInt8]? {
        columns[column].optional(row, as: StringView.self)?.withBytes { Array($0) }
    }
}
