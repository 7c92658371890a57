import LaminarCSV
public import LaminarColumns
public import LaminarFormats
import LaminarJSON
public import LaminarTypes

/// A place between two records of a file source, from which it can go on.
public struct FileSourcePosition: Hashable, Sendable {
    /// The file that is read; nil at the end of the last one.
    public var path: String?
    /// Bytes of it that are done with, counted after decompression.
    public var byteOffset: Int
    /// The line (from 1) that starts there.
    public var line: Int

    public init(path: String?, byteOffset: Int, line: Int) {
        self.path = path
        self.byteOffset = byteOffset
        self.line = line
    }
}

/// The place of a row's record.
public struct FilePlace: Hashable, Sendable, CustomStringConvertible {
    public var path: String
    /// From 1.
    public var line: Int

    public init(path: String, line: Int) {
        self.path = path
        self.line = line
    }

    public var description: String { "\(path == "-" ? "standard input" : path):\(line)" }
}

/// Reads files one after another and decodes their records into batches.
///
/// A batch holds rows of one file. Bytes are read as they come: a batch is handed over once no further whole record has
/// been read, so that rows from a pipe do not wait for more. The end of a file ends its last record; if that is cut off
/// within, it is an error like any malformed record.
public final class FileSource {
    public let options: FileSourceOptions
    public let columns: [DecodedColumn]
    /// Rows handed over.
    public private(set) var rowCount = 0
    /// Records left out by `on_error` skip or dead_letter.
    public private(set) var rejectedRecordCount = 0
    /// Bytes read, counted after decompression.
    public private(set) var byteCount = 0
    /// Asked before bytes are read, which may wait where they come from a pipe. If it says no, `next` returns false with
    /// nothing read and may be called again.
    public var mayRead: () -> Bool = { true }

    private var ndjson: NDJSONDecoder?
    private var csv: CSVDecoder?
    private var debezium: DebeziumDecoder?
    private let paths: [String]
    private var pathIndex = 0
    private var file: InputBytes?
    private var buffer: RecordBuffer
    private var isAtEnd = false
    /// A line feed stands behind the last line that the file does not have.
    private var hasAddedLineFeed = false
    /// Bytes up to the next line feed belong to a record that was too long.
    private var isDiscarding = false
    private var pendingError: FileError?
    /// The start of the record that the last error was about.
    private var failedPosition: InputPosition?
    private let deadLetters: DeadLetterFile?
    /// The bytes of the batch's records, which lie in the buffer until the next batch, and the place of the first.
    private var batchBytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var batchStart = InputPosition()
    private let tableColumns: [String]
    private var lastPath = ""

    /// The column of the batch that takes the operations' weights, behind all others.
    private var operationIndex: Int?

    private static let readSize = 256 << 10

    /// The columns that a batch for `next` must have: those of the rows and, where rows have operations, one more.
    public var batchTypes: [PhysicalType] {
        columns.map(\.type.physical) + (operationIndex == nil ? [] : [.int64])
    }

    /// Looks for the files and prepares the decoder; the files are opened when their turn comes.
    ///
    /// - Parameter tableColumns: the names of all columns of the source in their order, for CSV without a header.
    /// - Throws: `FileError` (58P01 where no file matches, those of the dead-letter file), `FormatConfigurationError`.
    public convenience init(_ options: FileSourceOptions, columns: [DecodedColumn], tableColumns: [String]) throws {
        let paths = try matchingPaths(options.path)
        var deadLetters: DeadLetterFile?
        if let path = options.deadLetterPath { deadLetters = try DeadLetterFile(path) }
        try self.init(options, columns: columns, tableColumns: tableColumns, paths: paths, deadLetters)
    }

    /// One file of a source, whose records that fail go where the source's do.
    convenience init(_ source: FileSource, path: String) throws {
        try self.init(
            source.options, columns: source.columns, tableColumns: source.tableColumns, paths: [path],
            source.deadLetters)
    }

    private init(
        _ options: FileSourceOptions, columns: [DecodedColumn], tableColumns: [String], paths: [String],
        _ deadLetters: DeadLetterFile?
    ) throws {
        self.options = options
        self.columns = columns
        self.tableColumns = tableColumns
        self.paths = paths
        self.deadLetters = deadLetters
        var decoded = columns
        var fields = tableColumns
        var key: Set<String>?
        if case .operations(let upsertKey) = options.changes {
            key = upsertKey
            if options.format != .debezium {
                let index = columns.count
                operationIndex = index
                decoded.append(.operation(named: options.operationColumn, outputIndex: index))
                if !fields.contains(options.operationColumn) { fields.insert(options.operationColumn, at: 0) }
            }
        }
        switch options.format {
        case .ndjson: ndjson = try NDJSONDecoder(columns: decoded)
        case .csv: csv = try CSVDecoder(columns: decoded, tableColumns: fields, options: options.csv)
        case .debezium: debezium = try DebeziumDecoder(columns: columns, key: key)
        }
        // Bytes are read only into an empty batch, so those that a batch's strings lie in stay until it is cleared.
        ndjson?.borrowsStrings = true
        csv?.borrowsStrings = true
        buffer = RecordBuffer(capacity: min(Self.readSize, options.maximumRecordByteCount + 2))
    }

    /// The files, in the order in which they are read.
    public var files: [String] { paths }

    /// Clears `batch` and fills it with the next rows, whose strings live until the next call or the end of this source;
    /// false at the end of the last file, or if `mayRead` said no.
    ///
    /// Records that fail are treated as `on_error` says. With `fail`, rows before the record are handed over first; the
    /// error comes with the next call, and the source then stands behind the record.
    public func next(into batch: ColumnBatch, maximumRows: Int = 1024) throws(FileError) -> Bool {
        batch.clear()
        clearRowLines()
        if let error = pendingError {
            pendingError = nil
            throw error
        }
        failedPosition = nil
        while true {
            if file == nil {
                guard pathIndex < paths.count else { return false }
                try open()
            }
            lastPath = paths[pathIndex]
            if isDiscarding { discardLine() }
            var consumed = 0
            if !isDiscarding && buffer.count > 0 {
                let start = decoderPosition
                let first = batch.rowCount == 0 ? buffer.bytes.baseAddress : batchBytes.baseAddress
                if batch.rowCount == 0 { batchStart = start }
                let outcome = decode(into: batch, maximumRows: maximumRows - batch.rowCount)
                consumed = outcome.consumed
                if let first, let here = buffer.bytes.baseAddress {
                    // Sound: bytes are read only into an empty batch, so those of its rows are not moved before.
                    batchBytes = UnsafeBufferPointer(start: first, count: here - first + consumed)
                }
                if let failure = outcome.failure { try handle(failure, outcome.failedRecord, from: start) }
                buffer.consume(consumed)
                if consumed == 0 && buffer.count > options.maximumRecordByteCount && !isAtEnd { try refuseLongRecord() }
            }
            if let error = pendingError, batch.rowCount == 0 {
                pendingError = nil
                throw error
            }
            let hasMore = consumed > 0 && batch.rowCount < maximumRows && pendingError == nil
            if batch.rowCount > 0 && !hasMore {
                rowCount += batch.rowCount
                return true
            }
            if consumed > 0 || (isDiscarding && buffer.count > 0) { continue }
            if isAtEnd {
                closeFile()
            } else if file?.hasBytes == true || mayRead() {
                try read()
            } else {
                return false
            }
        }
    }

    /// The place of a row of the last batch; nil for a row it does not have.
    public func place(ofRow row: Int) -> FilePlace? {
        let line =
            switch options.format {
            case .ndjson: ndjson?.rowLines.line(ofRow: row)
            case .csv: csv?.rowLines.line(ofRow: row)
            case .debezium: debezium?.rowLines.line(ofRow: row)
            }
        return line.map { FilePlace(path: lastPath, line: $0) }
    }

    /// Writes the record of a row of the last batch to the file of rejected records, if there is one.
    ///
    /// - Parameters:
    ///   - row: nil for a row that was made of several.
    ///   - query: what did not take it; `place` is the SQL that failed, as `file:line:column`.
    public func reject(
        row: Int?, sqlState: String, reason: String, query: String, place: String?
    ) throws(FileError) {
        let line = row.flatMap { self.place(ofRow: $0)?.line }
        let record = line.flatMap(self.record(atLine:))
        let error = RecordError(
            sqlState, reason, line: line ?? 0, column: 1, byteOffset: record?.byteOffset ?? 0)
        try deadLetters?.write(
            error, path: lastPath, record: record?.bytes ?? UnsafeBufferPointer(start: nil, count: 0), query: query,
            place: place)
    }

    /// Whether rejected rows have a file to go to.
    public var keepsRejectedRows: Bool { options.deadLetterPath != nil }

    /// The record that starts at a line of the last batch.
    private func record(atLine line: Int) -> (bytes: UnsafeBufferPointer<UInt8>, byteOffset: Int)? {
        var start = 0
        var current = batchStart.line
        while current < line {
            guard let end = batchBytes[start...].firstIndex(of: 0x0a) else { return nil }
            start = end + 1
            current += 1
        }
        // A line feed between quotes belongs to a CSV record.
        var end = start
        var isQuoted = false
        while end < batchBytes.count, isQuoted || batchBytes[end] != 0x0a {
            if options.format == .csv, batchBytes[end] == options.csv.quote { isQuoted.toggle() }
            end += 1
        }
        if end > start, batchBytes[end - 1] == 0x0d { end -= 1 }
        return (UnsafeBufferPointer(rebasing: batchBytes[start..<end]), batchStart.byteOffset + start)
    }

    /// The place behind the rows handed over, before a record that failed; take it between two calls of `next`.
    public var position: FileSourcePosition {
        guard pathIndex < paths.count else { return FileSourcePosition(path: nil, byteOffset: 0, line: 1) }
        let input = failedPosition ?? decoderPosition
        var offset = input.byteOffset
        if failedPosition == nil && hasAddedLineFeed && buffer.count == 0 { offset -= 1 }
        return FileSourcePosition(path: paths[pathIndex], byteOffset: offset, line: input.line)
    }

    /// Goes on at a place that `position` gave, in this process or another one.
    ///
    /// Files before it, by name, are taken as read. Standard input can only go on at its beginning; compressed
    /// files are decompressed up to there.
    public func restore(_ position: FileSourcePosition) throws(FileError) {
        pendingError = nil
        closeFile()
        guard let path = position.path else {
            pathIndex = paths.count
            return
        }
        guard let index = paths.firstIndex(of: path) else {
            throw FileError(
                "58P01", "could not go on in file \"\(path)\": it is no longer among the files of \"\(options.path)\"",
                path: path)
        }
        pathIndex = index
        if position.byteOffset == 0 { return }
        if path == "-" {
            throw FileError("0A000", "standard input cannot be read again from a position", path: path)
        }
        try open()
        // The header decides where the columns are, so it is read again.
        while csv?.needsHeader == true && !isAtEnd {
            try read()
            let scratch = ColumnBatch(types: batchTypes, capacity: 64)
            let outcome = decode(into: scratch, maximumRows: 0)
            if let failure = outcome.failure { throw FileError(failure, path: path) }
            buffer.consume(outcome.consumed)
        }
        buffer.removeAll()
        isAtEnd = false
        hasAddedLineFeed = false
        try file?.seek(to: position.byteOffset)
        decoderPosition = InputPosition(byteOffset: position.byteOffset, line: position.line)
    }

    // MARK: Files

    private func open() throws(FileError) {
        let path = paths[pathIndex]
        file = try InputBytes(path, options.compression ?? FileCompression(ofPath: path))
        isAtEnd = false
        hasAddedLineFeed = false
        isDiscarding = false
        buffer.removeAll()
        ndjson?.position = InputPosition()
        debezium?.position = InputPosition()
        csv?.restart()
    }

    private func closeFile() {
        guard file != nil else { return }
        file = nil
        pathIndex += 1
        buffer.removeAll()
    }

    private func read() throws(FileError) {
        // A record that does not end asks for as much again, so that it is scanned a few times only; one byte more than
        // the longest record is enough to know that it is too long.
        let wanted = isDiscarding ? Self.readSize : max(Self.readSize, buffer.count)
        let room = options.maximumRecordByteCount + 1 - buffer.count
        var failure: FileError?
        var hasEnded = false
        let count = buffer.append(upTo: max(min(wanted, room), 1)) { memory in
            do throws(FileError) {
                let count = try file?.read(into: memory)
                hasEnded = count == 0
                return count ?? 0
            } catch {
                failure = error
                return -1
            }
        }
        if let failure { throw failure }
        byteCount += count
        if hasEnded {
            isAtEnd = true
            if let last = buffer.bytes.last, last != 0x0a {
                buffer.append(0x0a)
                hasAddedLineFeed = true
            }
        }
    }

    // MARK: Records

    private func decode(into batch: ColumnBatch, maximumRows: Int) -> DecodeOutcome {
        let before = batch.rowCount
        let outcome = decodeRows(into: batch, maximumRows: maximumRows)
        if let operationIndex {
            (batch.weights() + before).update(
                from: batch.values(operationIndex, as: Int64.self) + before, count: batch.rowCount - before)
        }
        return outcome
    }

    private func decodeRows(into batch: ColumnBatch, maximumRows: Int) -> DecodeOutcome {
        switch options.format {
        case .debezium:
            return debezium?.decode(buffer.bytes, into: batch, maximumRows: maximumRows) ?? DecodeOutcome(consumed: 0)
        case .ndjson:
            return ndjson?.decode(buffer.bytes, into: batch, maximumRows: maximumRows) ?? DecodeOutcome(consumed: 0)
        case .csv:
            return csv?.decode(buffer.bytes, into: batch, maximumRows: maximumRows, isAtEnd: isAtEnd)
                ?? DecodeOutcome(consumed: 0)
        }
    }

    private var decoderPosition: InputPosition {
        get { ndjson?.position ?? csv?.position ?? debezium?.position ?? InputPosition() }
        set {
            ndjson?.position = newValue
            csv?.position = newValue
            debezium?.position = newValue
        }
    }

    private func clearRowLines() {
        ndjson?.rowLines.removeAll()
        csv?.rowLines.removeAll()
        debezium?.rowLines.removeAll()
    }

    private func handle(
        _ failure: RecordError, _ record: Range<Int>, from start: InputPosition
    ) throws(FileError) {
        // Without the columns of the header no record can be decoded, whatever the policy.
        if options.errorPolicy == .fail || csv?.needsHeader == true {
            pendingError = FileError(failure, path: lastPath)
            // A record of several lines started before the line of its mistake.
            let place = failure.byteOffset - start.byteOffset
            let lineEnds = buffer.bytes[record.lowerBound..<max(place, record.lowerBound)].count { $0 == 0x0a }
            failedPosition = InputPosition(
                byteOffset: start.byteOffset + record.lowerBound, line: failure.line - lineEnds)
            return
        }
        rejectedRecordCount += 1
        try deadLetters?.write(
            failure, path: lastPath, record: UnsafeBufferPointer(rebasing: buffer.bytes[record]))
    }

    /// Treats the record that fills the buffer without an end as one that failed.
    private func refuseLongRecord() throws(FileError) {
        let start = decoderPosition
        let failure = RecordError(
            "54000", "the record is longer than max_record_bytes (\(options.maximumRecordByteCount))",
            hint: "Raise the option max_record_bytes if such records are meant to be read.", line: start.line,
            column: 1, byteOffset: start.byteOffset)
        // The beginning is enough to know it by.
        try handle(failure, 0..<min(buffer.count, 1024), from: start)
        isDiscarding = true
    }

    private func discardLine() {
        let bytes = buffer.bytes
        let end = bytes.firstIndex(of: 0x0a).map { $0 + 1 }
        let count = end ?? bytes.count
        var position = decoderPosition
        position.byteOffset += count
        if end != nil {
            position.line += 1
            isDiscarding = false
        }
        decoderPosition = position
        buffer.consume(count)
    }
}
