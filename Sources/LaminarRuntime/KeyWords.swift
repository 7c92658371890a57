package import LaminarColumns
import LaminarKernels
package import LaminarState
package import LaminarTypes

extension PhysicalType {
    /// The words of a value of this type in a key.
    package var keyElements: [GroupTableLayout.KeyElement] {
        switch self {
        case .bool, .int16, .int32, .int64, .uint64, .float, .double: [.word]
        case .string: [.string]
        case .interval: [.interval]
        case .uuid: [.word, .word]
        case .decimal: [.word, .word, .word]
        }
    }
}

/// Writes a value that is not NULL as the words of a key.
package func storeKeyWords(
    _ column: ColumnView, _ row: Int, _ type: PhysicalType, _ words: UnsafeMutablePointer<UInt64>
) {
    switch type {
    case .bool: column.value(row, as: Bool.self).store(words)
    case .int16: column.value(row, as: Int16.self).store(words)
    case .int32: column.value(row, as: Int32.self).store(words)
    case .int64: column.value(row, as: Int64.self).store(words)
    case .uint64: column.value(row, as: UInt64.self).store(words)
    case .float: column.value(row, as: Float.self).store(words)
    case .double: column.value(row, as: Double.self).store(words)
    case .decimal: column.value(row, as: Decimal.self).store(words)
    case .string: column.value(row, as: StringView.self).store(words)
    case .interval: column.value(row, as: Interval.self).store(words)
    case .uuid: column.value(row, as: UUIDBytes.self).store(words)
    }
}
