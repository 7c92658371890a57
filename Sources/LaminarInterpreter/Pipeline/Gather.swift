import LaminarColumns
import LaminarKernels
import LaminarTypes

/// Writes the numbers of the set bits among the first `count` to `rows`, ascending; how many there are.
func listRows(_ bits: UnsafePointer<UInt64>, count: Int, into rows: UnsafeMutablePointer<Int32>) -> Int {
    var found = 0
    for word in 0..<((count &+ 63) &>> 6) {
        var left = bits[word]
        while left != 0 {
            rows[found] = Int32(truncatingIfNeeded: word &<< 6 &+ left.trailingZeroBitCount)
            found &+= 1
            left &= left &- 1
        }
    }
    return found
}

extension ColumnBatch {
    /// Copies some rows of a column of the same type behind the batch's rows, for which there is room.
    ///
    /// - Parameter copiesStrings: false where the source's strings live as long as the batch is used.
    func gather(
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
