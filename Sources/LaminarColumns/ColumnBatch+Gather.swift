import LaminarKernels
import LaminarTypes

extension ColumnBatch {
    /// Copies some rows of a column of the same type behind the batch's rows, for which there is room.
    ///
    /// - Parameter copiesStrings: false where the source's strings live as long as the batch is used.
    public func gather(
        _ source: ColumnView, rows: UnsafeBufferPointer<Int32>, into column: Int, copiesStrings: Bool
    ) {
        switch types[column] {
        case .bool: copy(source, rows, column, as: UInt8.self)
        case .int16: copy(source, rows, column, as: UInt16.self)
        case .int32, .float: copy(source, rows, column, as: UInt32.self)
        case .int64, .uint64, .double: copy(source, rows, column, as: UInt64.self)
        case .interval, .uuid: copy(source, rows, column, as: StringView.self)
        case .decimal: copy(source, rows, column, as: Decimal.self)
        case .string:
            copy(source, rows, column, as: StringView.self)
            if copiesStrings {
                let values = values(column, as: StringView.self) + rowCount
                for (index, row) in rows.enumerated() where source.isValid(Int(row)) {
                    values[index] = arena.copy(values[index])
                }
            }
        }
        guard source.validity != nil else { return }
        for (index, row) in rows.enumerated() where !source.isValid(Int(row)) { setNull(column, rowCount + index) }
    }

    private func copy<Value: BitwiseCopyable>(
        _ source: ColumnView, _ rows: UnsafeBufferPointer<Int32>, _ column: Int, as type: Value.Type
    ) {
        // Sound: `Value` has the stride of the column's physical type.
        let from = source.values.assumingMemoryBound(to: Value.self)
        let to = values(column, as: Value.self) + rowCount
        for (index, row) in rows.enumerated() { to[index] = from[Int(row)] }
    }
}
