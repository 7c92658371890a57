public import LaminarTypes

/// A column that a decoder is to fill: the name it has in the records, its type and where it goes in the batch.
public struct DecodedColumn: Hashable, Sendable {
    /// The key (JSON) or header (CSV), compared byte for byte.
    public var name: String
    public var type: SQLType
    /// False refuses records in which the value is missing or NULL (23502).
    public var isNullable: Bool
    /// The column of the batch that takes the values; its physical type is `type.physical`.
    public var outputIndex: Int
    /// Whether the value is the operation of a changelog, such as `+I`, which is stored as the row's weight.
    public var isOperation = false

    public init(_ name: String, _ type: SQLType, isNullable: Bool = true, outputIndex: Int) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.outputIndex = outputIndex
    }
}

extension DecodedColumn {
    /// The column that says what a row does; its weight, a BIGINT, goes to column `outputIndex` of the batch.
    public static func operation(named name: String, outputIndex: Int) -> DecodedColumn {
        var column = DecodedColumn(name, .bigint, isNullable: false, outputIndex: outputIndex)
        column.isOperation = true
        return column
    }
}

/// A decoder or encoder that cannot be made as asked.
public struct FormatConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The five-character SQLSTATE: 0A000 for what is not supported, 42701 for a column named twice.
    public var sqlState: String
    public var message: String
    /// The position, in the list of columns, of the one at fault.
    public var columnIndex: Int?

    public init(_ sqlState: String, _ message: String, columnIndex: Int? = nil) {
        self.sqlState = sqlState
        self.message = message
        self.columnIndex = columnIndex
    }

    public var description: String { "\(message) [\(sqlState)]" }
}
