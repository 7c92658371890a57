import Glibc
public import LaminarColumns
import LaminarCSV
public import LaminarFormats
import LaminarJSON
public import LaminarTypes

/// Writes batches to a file or to standard output.
///
/// A file is created, or emptied if it exists, when the sink is made. Rows are buffered until 64 KiB have come together,
/// `flush` or `close`. A pipe that was closed at its other end is an error (58030, "Broken pipe"), not a signal: making
/// a sink sets SIGPIPE to be ignored in this process unless it is handled.
public final class FileSink {
    public let options: FileSinkOptions
    /// Rows written, deletions included.
    public private(set) var rowCount = 0
    /// Bytes that the system has taken.
    public var byteCount: Int { file?.byteCount ?? closedByteCount }

    private var file: OutputBytes?
    private var closedByteCount = 0
    private var output = OutputBuffer(capacity: 128 << 10)
    private var ndjson: NDJSONEncoder?
    private var csv: CSVEncoder?
    private var debezium: DebeziumEncoder?

    private static let flushThreshold = 64 << 10

    /// - Parameter operations: for results that are updated, how a first field `_op` tells what each row does.
    /// - Throws: `FormatConfigurationError` for a type that the format cannot carry, `FileError`.
    public init(
        _ options: FileSinkOptions, columns: [(name: String, type: SQLType)], operations: RowOperations = .insertionsOnly
    ) throws {
        self.options = options
        switch options.format {
        case .ndjson:
            ndjson = try NDJSONEncoder(columns: columns, operations: operations)
        case .csv:
            let encoder = try CSVEncoder(
                columns: columns, options: options.csv, operations: operations)
            encoder.encodeHeader(to: &output)
            csv = encoder
        case .debezium:
            var key: [Int]?
            if case .field(let columns) = operations { key = columns }
            debezium = try DebeziumEncoder(columns: columns, key: key)
        }
        ignoreBrokenPipes()
        file = try OutputBytes(options.path, options.compression)
    }

    /// Encodes the rows; a row of weight 2 is written twice, one of weight 0 not at all.
    public func write(_ batch: BatchView) throws(FileError) {
        ndjson?.encode(batch, to: &output)
        csv?.encode(batch, to: &output)
        debezium?.encode(batch, to: &output)
        rowCount += batch.rowCount
        if output.count >= Self.flushThreshold { try file?.write(&output, .some) }
    }

    /// Hands everything to the system, compressed so far that it can be read. What it did not take stays for another try.
    public func flush() throws(FileError) { try file?.write(&output, .everything) }

    /// Flushes and closes the file; the sink takes no more rows.
    public func close() throws(FileError) {
        guard let file else { return }
        try file.write(&output, .end)
        try file.close()
        closedByteCount = file.byteCount
        self.file = nil
    }
}

private func ignoreBrokenPipes() {
    var action = sigaction()
    guard sigaction(SIGPIPE, nil, &action) == 0 else { return }
    if action.__sigaction_handler.sa_handler == nil {
        signal(SIGPIPE, SIG_IGN)
    }
}
