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

    /// Writes a value into several rows without copying.
    @inlinable public func lend<Value: BitwiseCopyable>(_ value: Value, times: Int, column: Int, row: Int) {
        (values(column, as: Value.self) + row).update(repeating: value, count: times)
    }

    /// Writes a value, or NULL, into several rows without copying.
    @inlinable public func lend<Value: BitwiseCopyable>(_ value: Value?, times: Int, column: Int, row: Int) {
        if let value {
            lend(value, times: times, column: column, row: row)
        } else {
            for index in 0..<times { setNull(column, row &+ index) }
        }
    }

    /// Writes values into one row after another without copying.
    @inlinable public func lend<Value: BitwiseCopyable>(
        _ count: Int, column: Int, row: Int, _ value: (_ index: Int) -> Value
    ) {
        let target = values(column, as: Value.self) + row
        for index in 0..<count { target[index] = value(index) }
    }

    /// Writes values, or NULLs, into one row after another without copying.
    @inlinable public func lend<Value: BitwiseCopyable>(
        _ count: Int, column: Int, row: Int, _ value: (_ index: Int) -> Value?
    ) {
        for index in 0..<count { lend(value(index), column: column, row: row &+ index) }
    }

    /// Whether rows have had weights other than +1.
    @inlinable public var hasWeights: Bool { weightPointer != nil }
}
