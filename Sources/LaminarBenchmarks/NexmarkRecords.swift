import LaminarCSV
internal import LaminarColumns
import LaminarFormats
import LaminarJSON
internal import LaminarRuntime
import LaminarTypes

/// The NDJSON or CSV records of one Nexmark table, in memory, decoded as they are pushed.
final class NexmarkRecords {
    enum Format: String {
        case ndjson, csv
    }

    private let path: String
    private let format: Format
    private let tableColumns: [String]
    private let bytes: UnsafeMutableRawPointer
    private let count: Int
    private let columns: [DecodedColumn]
    /// Columns of epoch milliseconds that the decoder cannot know to be times.
    private var milliseconds: [Int] = []

    init(directory: String, source: PipelineInterface.Source, format: Format) throws(BenchmarkError) {
        path = "\(directory)/\(source.name).\(format.rawValue)"
        self.format = format
        guard let tableColumns = Self.tables[source.name] else {
            throw BenchmarkError("there is no Nexmark table \"\(source.name)\"")
        }
        self.tableColumns = tableColumns
        var columns: [DecodedColumn] = []
        for (index, column) in source.columns.enumerated() {
            let isTime = column.type.hasPrefix("timestamp")
            let type: SQLType
            switch column.physicalType {
            case .int64: type = isTime && format == .ndjson ? .timestamp(6) : .bigint
            case .string: type = .text
            default: throw BenchmarkError("column \"\(column.name)\" has the type \(column.type), which is not there")
            }
            if isTime, format == .csv { milliseconds.append(index) }
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
        switch format {
        case .ndjson:
            var decoder = try configured { () throws(FormatConfigurationError) in try NDJSONDecoder(columns: columns) }
            decoder.borrowsStrings = true
            try push(into: pipeline, source, batchRows) { bytes, batch in
                decoder.decode(bytes, into: batch, maximumRows: batchRows)
            }
        case .csv:
            // No text stands for NULL there: an empty field is an empty text.
            let options = CSVOptions(nullText: "\\N")
            var decoder = try configured { () throws(FormatConfigurationError) in
                try CSVDecoder(columns: columns, tableColumns: tableColumns, options: options)
            }
            decoder.borrowsStrings = true
            try push(into: pipeline, source, batchRows) { bytes, batch in
                decoder.decode(bytes, into: batch, maximumRows: batchRows, isAtEnd: true)
            }
        }
    }

    private func configured<Decoder: ~Copyable>(
        _ make: () throws(FormatConfigurationError) -> Decoder
    ) throws(BenchmarkError) -> Decoder {
        do throws(FormatConfigurationError) {
            return try make()
        } catch {
            throw BenchmarkError("\(path): \(error)")
        }
    }

    private func push(
        into pipeline: any RunnablePipeline, _ source: Int, _ batchRows: Int,
        decode: (UnsafeBufferPointer<UInt8>, ColumnBatch) -> DecodeOutcome
    ) throws(BenchmarkError) {
        let batch = ColumnBatch(types: columns.map(\.type.physical), capacity: batchRows)
        let start = bytes.assumingMemoryBound(to: UInt8.self)
        var position = 0
        do {
            while true {
                batch.clear()
                // Sound: the file was read with the padding that the decoders ask for behind it.
                let outcome = decode(UnsafeBufferPointer(start: start + position, count: count - position), batch)
                if let failure = outcome.failure { throw BenchmarkError("\(path): \(failure)") }
                if batch.rowCount > 0 {
                    for column in milliseconds {
                        let values = batch.values(column, as: Int64.self)
                        for row in 0..<batch.rowCount { values[row] &*= 1000 }
                    }
                    try batch.withView { (view) throws(PipelineError) in try pipeline.push(source: source, view) }
                }
                if outcome.consumed == 0 { break }
                position += outcome.consumed
            }
            guard position == count else { throw BenchmarkError("\(path): the last record does not end") }
            try pipeline.finish()
        } catch let error as BenchmarkError {
            throw error
        } catch {
            throw BenchmarkError("\(path): \(error)")
        }
    }

    /// The columns of the generator's tables, in the order of its CSV files.
    private static let tables = [
        "person": ["id", "name", "emailAddress", "creditCard", "city", "state", "dateTime", "extra"],
        "auction": [
            "id", "itemName", "description", "initialBid", "reserve", "dateTime", "expires", "seller", "category", "extra",
        ],
        "bid": ["auction", "bidder", "price", "channel", "url", "dateTime", "extra"],
    ]
}
