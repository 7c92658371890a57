import LaminarFormats
public import LaminarRuntime
import LaminarTypes

extension FileSink {
    /// Prepares to write the rows of a pipeline's sink: hand it the batches that `onOutput` gets for that sink.
    ///
    /// - Throws: as `init(_:columns:operations:)`; `FormatConfigurationError` for a type that files do not carry.
    public convenience init(_ options: FileSinkOptions, fedBy sink: PipelineInterface.Sink) throws {
        var columns: [(name: String, type: SQLType)] = []
        for (index, column) in sink.columns.enumerated() {
            guard let type = SQLType(name: column.type) else {
                throw FormatConfigurationError(
                    "0A000", "column \"\(column.name)\" of type \(column.type) cannot be written to a file",
                    columnIndex: index)
            }
            columns.append((column.name, type))
        }
        try self.init(
            options, columns: columns, operations: sink.isUpdating ? .field(key: nil) : .insertionsOnly)
    }
}
