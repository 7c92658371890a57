extension ColumnBatch {
    /// Writes one value without copying: the bytes of a string must outlive the batch's use of it. Sound only if `Value`
    /// is the column's physical Swift type.
    @inlinable public func lend<Value: BitwiseCopyable>(_ value: Value, column: Int, row: Int) {
        values(column, as: Value.self)[row] = value
    }

    /// Writes one value without copying, or NULL.
    @inlinable public func lend<Value: BitwiseCopyable>(_ value: Value?, column: Int, row: Int) {
        if let value { lend(value, column: column, row: row) } else { setNull(column, row) }
    }

    /// Whether rows have had weights other than +1.
    @inlinable public var hasWeights: Bool { weightPointer != nil }
}
