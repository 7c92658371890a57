/// Reads a column without NULLs.
public struct ColumnReader<Value: BitwiseCopyable>: BitwiseCopyable {
    @usableFromInline let values: UnsafePointer<Value>

    /// Sound only if `Value` is the physical Swift type of the batch's column and the batch outlives the reader.
    @inlinable public init(_ batch: BatchView, _ column: Int) {
        values = batch.columns[column].values.assumingMemoryBound(to: Value.self)
    }

    @inlinable public subscript(row: Int) -> Value { values[row] }
}

/// Reads a column that may hold NULLs.
public struct NullableColumnReader<Value: BitwiseCopyable>: BitwiseCopyable {
    @usableFromInline let values: UnsafePointer<Value>
    @usableFromInline let validity: UnsafePointer<UInt64>?

    /// Sound only if `Value` is the physical Swift type of the batch's column and the batch outlives the reader.
    @inlinable public init(_ batch: BatchView, _ column: Int) {
        values = batch.columns[column].values.assumingMemoryBound(to: Value.self)
        validity = batch.columns[column].validity
    }

    @inlinable public subscript(row: Int) -> Value? {
        guard let validity else { return values[row] }
        return (validity[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63)) & 1 != 0 ? values[row] : nil
    }
}

/// Writes a column without NULLs into rows for which the batch has made room.
public struct ColumnWriter<Value: BitwiseCopyable>: BitwiseCopyable {
    @usableFromInline let values: UnsafeMutablePointer<Value>

    /// Sound only if `Value` is the physical Swift type of the column; the batch must not grow while this is used.
    @inlinable public init(_ batch: ColumnBatch, _ column: Int) { values = batch.values(column) }

    @inlinable public subscript(row: Int) -> Value {
        get { values[row] }
        nonmutating set { values[row] = newValue }
    }
}

/// Writes a column that may hold NULLs into rows for which the batch has made room.
public struct NullableColumnWriter<Value: BitwiseCopyable>: BitwiseCopyable {
    @usableFromInline let values: UnsafeMutablePointer<Value>
    @usableFromInline let validity: UnsafeMutablePointer<UInt64>

    /// Sound only if `Value` is the physical Swift type of the column; the batch must not grow while this is used.
    @inlinable public init(_ batch: ColumnBatch, _ column: Int) {
        values = batch.values(column)
        validity = batch.validity(column)
    }

    @inlinable public subscript(row: Int) -> Value? {
        get { (validity[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63)) & 1 != 0 ? values[row] : nil }
        nonmutating set {
            let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: row & 63)
            if let newValue {
                values[row] = newValue
                validity[row &>> 6] |= bit
            } else {
                // What reads a NULL regardless reads the same everywhere.
                UnsafeMutableRawPointer(values + row).initializeMemory(
                    as: UInt8.self, repeating: 0, count: MemoryLayout<Value>.stride)
                validity[row &>> 6] &= ~bit
            }
        }
    }
}
