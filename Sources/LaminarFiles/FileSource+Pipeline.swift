import LaminarColumns
import LaminarFormats
public import LaminarRuntime
import LaminarTypes

extension FileSource {
    /// Prepares to read the columns that a source of a pipeline takes, and no others.
    ///
    /// Columns are found by name in NDJSON and in CSV with a header; CSV without one needs `tableColumns`.
    /// - Parameter tableColumns: the names of all columns of the source in their order.
    /// - Throws: as `init(_:columns:tableColumns:)`; `FormatConfigurationError` for a type that files do not carry.
    public convenience init(
        _ options: FileSourceOptions, feeding source: PipelineInterface.Source, tableColumns: [String] = []
    ) throws {
        var columns: [DecodedColumn] = []
        for (index, column) in source.columns.enumerated() {
            guard let type = SQLType(name: column.type) else {
                throw FormatConfigurationError(
                    "0A000", "column \"\(column.name)\" of type \(column.type) cannot be read from a file",
                    columnIndex: index)
            }
            columns.append(
                DecodedColumn(column.name, type, isNullable: column.isNullable, outputIndex: index))
        }
        try self.init(
            options, columns: columns, tableColumns: tableColumns.isEmpty ? columns.map(\.name) : tableColumns)
    }

    /// Reads all files to their end and pushes their rows; does not end the pipeline's input. Files that are partitions
    /// (`partitions = 'files'`) are read beside one another and end one by one.
    ///
    /// - Parameter source: the position of the pipeline's source.
    /// - Returns: the number of rows.
    /// - Throws: `FileError` for a file or record, `FilePipelineError` for a row that the pipeline does not take.
    public func push(into pipeline: some RunnablePipeline, source: Int = 0) throws -> Int {
        if pipeline.interface.sources[source].hasPartitionPerFile {
            return try FilePartitions(self).push(into: pipeline, source: source)
        }
        let batch = ColumnBatch(types: batchTypes)
        let before = rowCount
        while try next(into: batch) {
            do throws(PipelineError) {
                try batch.withView { (rows) throws(PipelineError) in try pipeline.push(source: source, rows) }
            } catch {
                throw FilePipelineError(error: error, place: error.row.flatMap { place(ofRow: $0) })
            }
        }
        return rowCount - before
    }
}

extension FilePartitions {
    /// Reads all files to their ends and pushes their rows.
    ///
    /// - Returns: the number of rows.
    func push(into pipeline: some RunnablePipeline, source: Int) throws -> Int {
        guard let first = files.first else { return 0 }
        let batch = ColumnBatch(types: first.batchTypes)
        try pipeline.open(partitions: files.count, ofSource: source)
        while true {
            switch try next(into: batch, watermark: { pipeline.status.sources[source].partitions[$0] }) {
            case .rows(let partition):
                do throws(PipelineError) {
                    try batch.withView { (rows) throws(PipelineError) in
                        try pipeline.push(source: source, partition: partition, rows)
                    }
                } catch {
                    throw FilePipelineError(error: error, place: error.row.flatMap { current.place(ofRow: $0) })
                }
            case .end(let partition):
                try pipeline.advanceWatermark(source: source, partition: partition, to: endOfInput)
            case .finished: return rowCount
            }
        }
    }
}

/// A row of a file that a pipeline does not take.
public struct FilePipelineError: Error, CustomStringConvertible {
    public var error: PipelineError
    /// The record's place; nil where no single record is to blame.
    public var place: FilePlace?

    public var description: String { (place.map { "\($0): " } ?? "") + String(describing: error) }
}
