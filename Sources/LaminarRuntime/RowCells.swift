public import LaminarColumns

/// One row in column memory that never moves: how operators over columns read a row that comes without a batch.
///
/// Pointers into it are taken once, by `columns`, and stay good as long as it lives.
public struct RowCells: ~Copyable {
    @usableFromInline let batch: ColumnBatch

    /// Bitmaps are made at once, so that no later NULL moves them.
    public init(types: [PhysicalType]) {
        batch = ColumnBatch(types: types, capacity: 1)
        for column in types.indices { _ = batch.validity(column) }
        batch.rowCount = 1
    }

    /// The columns, as long as the cells live.
    public var columns: BatchView { batch.withView { $0 } }

    /// Sets a cell. Sound only if `Value` is the column's physical Swift type; strings stay where they are.
    @inlinable public func set<Value: BitwiseCopyable>(_ column: Int, _ value: Value) {
        batch.values(column, as: Value.self)[0] = value
    }

    @inlinable public func set<Value: BitwiseCopyable>(_ column: Int, _ value: Value?) {
        NullableColumnWriter<Value>(batch, column)[0] = value
    }

    /// Lends the row as a batch.
    @inlinable public func withView(_ body: (BatchView) -> Void) { batch.withView(body) }
}
