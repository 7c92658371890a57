internal import LaminarColumns
import LaminarFormats
import LaminarJSON
internal import LaminarRuntime
import LaminarTypes

/// The NDJSON records of one Nexmark table, in memory, decoded as they are pushed.
final class NexmarkRecords {
    private let path: String
    private let bytes: UnsafeMutableRawPointer
    private let count: Int
    private let columns: [DecodedColumn]

    init(path: String, source: PipelineInterface.Source) throws(BenchmarkError) {
        self.path = path
        var columns: [DecodedColumn] = []
        for (index, column) in source.columns.enumerated() {
            let type: SQLType
            switch column.physicalType {
            case .int64: type = column.type.hasPrefix("timestamp") ? .timestamp(6) : .bigint
            case .string: type = .text
            default: throw BenchmarkError("column \"\(column.name)\" has the type \(column.type), which is not there")
            }
            columns.append(DecodedColumn(column.name, type, isNullable: column.isNullable, outputIndex: index))
        }
        self.columns = columns
        (bytes, count) = try contents(of: path, padding: max(RecordBuffer.padding, 64))
    }

    deinit {
        bytes.deallocate()
    }

    /// Decodes and pushes all records and ends the input.
    func push(into pipeline: any RunnablePipeline, source: Int, batchRows: Int) throws(BenchmarkError) {
        var decoder: NDJSONDecoder
        do throws(FormatConfigurationError) {
            decoder = try NDJSONDecoder(columns: columns)
        } catch {
            throw BenchmarkError("\(path): \(error)")
        }
        let batch = ColumnBatch(types: columns.map(\.type.physical), capacity: batchRows)
        let start = bytes.assumingMemoryBound(to: UInt8.self)
        var position = 0
        do throws(PipelineError) {
            while true {
                batch.clear()
                // Sound: the file was read with the padding that the decoder asks for behind it.
                let rest = UnsafeBufferPointer(start: start + position, count: count - position)
                let outcome = decoder.decode(rest, into: batch, maximumRows: batchRows)
                if let failure = outcome.failure { throw PipelineError(sqlState: failure.sqlState, message: "\(failure)") }
                if batch.rowCount > 0 {
                    try batch.withView { (view) throws(PipelineError) in try pipeline.push(source: source, view) }
                }
                if outcome.consumed == 0 { break }
                position += outcome.consumed
            }
            try pipeline.finish()
        } catch {
            throw BenchmarkError("\(path): \(error)")
        }
    }
}
