import LaminarKernels
public import LaminarTypes

extension ColumnView {
    /// The value at `row` as a dynamic value of SQL type `type`; for output, tests and the dynamic API. Allocates.
    ///
    /// Rows and maps come back as the bytes of their encoding.
    public func dynamicValue(_ row: Int, type: SQLType) -> Value {
        guard isValid(row) else { return .null }
        switch type {
        case .boolean: return .boolean(value(row))
        case .smallint: return .integer(Int64(value(row, as: Int16.self)))
        case .integer: return .integer(Int64(value(row, as: Int32.self)))
        case .bigint: return .integer(value(row))
        case .unsignedBigint: return .unsigned(value(row))
        case .real: return .real(value(row))
        case .double: return .double(value(row))
        case .decimal: return .decimal(value(row))
        case .text, .varchar, .char, .json, .jsonb, .unknown: return .text(value(row, as: StringView.self).string)
        case .array:
            let bytes = value(row, as: StringView.self).withBytes { Array($0) }
            return ArrayValue(encoded: bytes)?.nested ?? .bytes(bytes)
        case .bytea, .row, .map: return .bytes(value(row, as: StringView.self).withBytes { Array($0) })
        case .date: return .date(value(row))
        case .time: return .time(value(row))
        case .timestamp, .timestamptz: return .timestamp(value(row))
        case .interval: return .interval(value(row))
        case .uuid:
            let words: (UInt64, UInt64) = value(row)
            return .uuid(words.0, words.1)
        }
    }
}

extension ColumnBatch {
    /// Writes a dynamic value to a row below `capacity`; strings are copied into the batch's arena.
    ///
    /// Returns false, writing nothing, where the value's kind is not that of the column's physical type.
    @discardableResult public func set(_ value: Value, _ column: Int, _ row: Int) -> Bool {
        switch (types[column], value) {
        case (_, .null): setNull(column, row)
        case (.bool, .boolean(let value)): values(column)[row] = value
        case (.int16, .integer(let value)): values(column)[row] = Int16(truncatingIfNeeded: value)
        case (.int32, .integer(let value)): values(column)[row] = Int32(truncatingIfNeeded: value)
        case (.int32, .date(let value)): values(column)[row] = value
        case (.int64, .integer(let value)), (.int64, .time(let value)), (.int64, .timestamp(let value)):
            values(column)[row] = value
        case (.uint64, .unsigned(let value)): values(column)[row] = value
        case (.float, .real(let value)): values(column)[row] = value
        case (.double, .double(let value)): values(column)[row] = value
        case (.decimal, .decimal(let value)): values(column)[row] = value
        case (.interval, .interval(let value)): values(column)[row] = value
        case (.uuid, .uuid(let high, let low)): values(column, as: (UInt64, UInt64).self)[row] = (high, low)
        case (.string, .text(let value)): values(column)[row] = arena.copy(value)
        case (.string, .bytes(let value)):
            values(column)[row] = arena.copy(value)
        default: return false
        }
        return true
    }

    /// Appends a row of dynamic values; false where one does not fit its column, the row then being incomplete.
    @discardableResult public func append(_ row: [Value], weight: Int64 = 1) -> Bool {
        reserve(1)
        var fits = row.count == types.count
        for (column, value) in row.enumerated() where column < types.count {
            fits = set(value, column, rowCount) && fits
        }
        if weight != 1 { weights()[rowCount] = weight }
        rowCount += 1
        return fits
    }
}
