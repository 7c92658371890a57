public import LaminarColumns
public import LaminarFormats
import LaminarKernels
import LaminarTypes

/// Decodes CSV (RFC 4180) into the columns that are wanted, and only checks all others.
///
/// Fields in quotes may contain delimiters, doubled quotes and line ends; lines may end in CR LF; a byte order mark at
/// the start is accepted. With a header the columns are found by name, in any order; without one by their position in
/// the table. A record must have as many fields as the header, or the table; an empty line is skipped (where records
/// have one field it is a record). Quotes inside a field that does not start with one are an error, as is what is no
/// UTF-8. Values are in PostgreSQL's text form; timestamps also in ISO 8601.
///
/// A walk decodes fields without quotes in place and allocates nothing per row; what it cannot decode, and errors, go to
/// a general parser that starts the record again.
public struct CSVDecoder: ~Copyable {
    /// The columns wanted.
    public let columns: [DecodedColumn]
    public let options: CSVOptions
    /// The place of the next byte, for errors; set it where input starts elsewhere than at its beginning.
    public var position = InputPosition()
    /// The lines that the rows of the batch came from; the caller empties it with the batch.
    public var rowLines = RowLines()
    /// Records left to the general parser so far, errors included.
    public private(set) var generalRecordCount = 0

    /// Whether long strings may stay where they are in the input, which then must not change as long as the batch is
    /// used; otherwise, the default, they are copied. Strings with escapes or doubled quotes always are.
    public var borrowsStrings: Bool {
        get { walk.borrowsStrings }
        set { walk.borrowsStrings = newValue }
    }

    /// For tests: leave every record to the general parser.
    package var usesGeneralParserOnly = false

    private let targets: [ScalarTarget]
    private let nullText: [UInt8]
    /// From the fields of a record to positions in `columns`; nil until the header has been read.
    private var layout: [Int?]?
    private var walk: FieldWalk

    /// - Parameter tableColumns: the names of all columns of the table in their order, which is that of the fields where
    ///   there is no header.
    /// - Throws: 0A000 for a column type that CSV cannot carry, 42701 for a name twice, 42703
    ///   for a column that the table does not have, 22023 for options that contradict each other.
    public init(
        columns: [DecodedColumn], tableColumns: [String], options: CSVOptions = CSVOptions()
    ) throws(FormatConfigurationError) {
        let targets = try scalarTargets(of: columns, format: "CSV")
        if let problem = options.problem { throw FormatConfigurationError("22023", problem) }
        for (index, column) in columns.enumerated() where !tableColumns.contains(column.name) {
            throw FormatConfigurationError(
                "42703", "column \"\(column.name)\" does not exist in the table", columnIndex: index)
        }
        self.columns = columns
        self.options = options
        self.targets = targets
        nullText = Array(options.nullText.utf8)
        walk = FieldWalk(options: options, nullText: nullText)
        if !options.hasHeader { setLayout(tableColumns.map { name in columns.firstIndex { $0.name == name } }) }
    }

    /// Whether a header is expected and has not come yet.
    public var needsHeader: Bool { layout == nil }

    /// Forgets position and header, for the next file.
    public mutating func restart() {
        position = InputPosition()
        if options.hasHeader { layout = nil }
    }

    private mutating func setLayout(_ layout: [Int?]) {
        self.layout = layout
        walk.setLayout(layout, columns: columns, targets: targets)
    }

    /// Appends a row to `batch` per whole record of `bytes`, up to `maximumRows` and up to the first one that fails.
    ///
    /// A record that does not end in `bytes` is not consumed, unless `isAtEnd`. After a failure the row is not in the
    /// batch and the call can be repeated behind the record; where quotes are wrong, that is behind the line of the
    /// mistake. A header that lacks a wanted column is a failure too, and the next line is taken as header then.
    /// - Parameters:
    ///   - bytes: with at least `RecordBuffer.padding` more readable bytes behind them.
    ///   - isAtEnd: nothing follows, and a line feed ends the bytes.
    public mutating func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, into batch: ColumnBatch, maximumRows: Int = 1024, isAtEnd: Bool = false
    ) -> DecodeOutcome {
        guard let base = bytes.baseAddress, let end = endOfLastLine(bytes) else { return DecodeOutcome(consumed: 0) }
        var p = base
        if position.byteOffset == 0, end - p >= 4, p[0] == 0xef, p[1] == 0xbb, p[2] == 0xbf { p += 3 }
        var failure: Failed?
        if layout == nil {
            failure = readHeader(&p, end, isAtEnd, base)
            if failure == nil && layout == nil {
                // Empty lines, or the beginning of a header; the mark must not be met twice.
                if p > base && p[-1] != 0x0a { p = base }
                position.byteOffset += p - base
                return DecodeOutcome(consumed: p - base)
            }
        }
        batch.reserve(maximumRows)
        walk.bind(to: batch)
        // The arena is lent to the walk, so that a string costs no access to the batch object.
        var arena = Arena()
        swap(&arena, &batch.arena)
        defer { swap(&arena, &batch.arena) }
        var row = batch.rowCount
        let lastRow = row + maximumRows
        let fieldCount = layout?.count ?? 0
        while failure == nil && p < end && row < lastRow {
            if fieldCount != 1, let next = behindEmptyLine(p) {
                p = next
                position.line += 1
                continue
            }
            rowLines.note(row: row, line: position.line)
            if !usesGeneralParserOnly {
                let first = row
                var extraLines = 0
                walk.records(
                    &p, end: end, row: &row, lastRow: lastRow, extraLines: &extraLines, batch: batch, arena: &arena)
                position.line += row - first + extraLines
                // Behind a record with line ends inside the walk stops, and may start again.
                if row > first && (extraLines > 0 || p == end || row == lastRow || behindEmptyLine(p) != nil) { continue }
                rowLines.note(row: row, line: position.line)
            }
            generalRecordCount += 1
            let start = p
            failure = decodeGenerally(&p, end, isAtEnd, base, row, batch, &arena)
            if failure != nil || p == start { break }
            row += 1
        }
        batch.rowCount = row
        position.byteOffset += p - base
        guard let failure else { return DecodeOutcome(consumed: p - base) }
        return DecodeOutcome(
            consumed: p - base, failure: failure.error,
            failedRecord: (failure.start - base)..<(failure.start - base + failure.count))
    }

    private struct Failed {
        var error: RecordError
        var start: UnsafePointer<UInt8>
        var count: Int
    }

    /// Decodes the record at `p` and moves behind it; leaves `p` where it is if the record does not end.
    private mutating func decodeGenerally(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isAtEnd: Bool, _ base: UnsafePointer<UInt8>,
        _ row: Int, _ batch: ColumnBatch, _ arena: inout Arena
    ) -> Failed? {
        var parser = RecordParser(start: p, end: end, options: options)
        do throws(RecordParser.Failure) {
            guard try parser.parse(isAtEnd: isAtEnd) else { return nil }
            try store(parser, row, batch, &arena)
            p = parser.position
            position.line += parser.lineCount
            return nil
        } catch {
            return fail(error, &p, end, base)
        }
    }

    private func store(
        _ parser: RecordParser, _ row: Int, _ batch: ColumnBatch, _ arena: inout Arena
    ) throws(RecordParser.Failure) {
        let layout = layout ?? []
        if parser.fields.count != layout.count {
            let found = parser.fields.count
            let place = found > layout.count ? parser.fields[layout.count].offset : parser.endOffset
            throw RecordParser.Failure(
                sqlState: "22P04",
                message: "expected \(layout.count) field\(layout.count == 1 ? "" : "s") but found \(found)",
                offset: place, endOffset: parser.endOffset)
        }
        var nulls: [Int] = []
        for (index, field) in parser.fields.enumerated() {
            guard let wanted = layout[index] else { continue }
            let column = columns[wanted]
            if !field.isQuoted && field.bytes.elementsEqual(nullText) {
                guard column.isNullable else {
                    throw RecordParser.Failure(
                        sqlState: "23502",
                        message: "null value in column \"\(column.name)\" violates not-null constraint",
                        offset: field.offset, endOffset: parser.endOffset)
                }
                nulls.append(column.outputIndex)
                continue
            }
            let output = column.outputIndex
            let destination = batch.rawValues(output) + row * batch.types[output].stride
            let reason = field.bytes.withUnsafeBufferPointer {
                targets[wanted].kind == .nested
                    ? readNestedText($0, as: column.type, to: destination, arena: &arena)
                    : readScalar($0, as: targets[wanted], to: destination, arena: &arena)
            }
            if let reason {
                let text = String(decoding: field.bytes, as: UTF8.self)
                throw RecordParser.Failure(
                    sqlState: reason.sqlState,
                    message: scalarMessage(reason, text: text, column: column),
                    offset: field.offset, endOffset: parser.endOffset)
            }
        }
        for column in nulls { batch.setNull(column, row) }
    }

    private mutating func readHeader(
        _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isAtEnd: Bool, _ base: UnsafePointer<UInt8>
    ) -> Failed? {
        while p < end, let next = behindEmptyLine(p) {
            p = next
            position.line += 1
        }
        if p == end { return nil }
        var parser = RecordParser(start: p, end: end, options: options)
        do throws(RecordParser.Failure) {
            guard try parser.parse(isAtEnd: isAtEnd) else { return nil }
            let names = parser.fields.map { String(decoding: $0.bytes, as: UTF8.self) }
            var layout: [Int?] = Array(repeating: nil, count: names.count)
            for (index, column) in columns.enumerated() {
                let places = names.indices.filter { names[$0] == column.name }
                guard let place = places.first else {
                    throw RecordParser.Failure(
                        sqlState: "42703", message: "the header has no column \"\(column.name)\"",
                        hint: "It has \(names.map { "\"\($0)\"" }.joined(separator: ", ")).", offset: 0,
                        endOffset: parser.endOffset)
                }
                if places.count > 1 {
                    throw RecordParser.Failure(
                        sqlState: "42701", message: "the header names column \"\(column.name)\" more than once",
                        offset: parser.fields[places[1]].offset, endOffset: parser.endOffset)
                }
                layout[place] = index
            }
            setLayout(layout)
            p = parser.position
            position.line += parser.lineCount
            return nil
        } catch {
            return fail(error, &p, end, base)
        }
    }

    /// Moves behind a record that failed: behind itself if its end is known, else behind the line of the mistake.
    private mutating func fail(
        _ failure: RecordParser.Failure, _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>,
        _ base: UnsafePointer<UInt8>
    ) -> Failed {
        let start = p
        let place = start + failure.offset
        // Line ends before the mistake are those that quotes held together.
        var line = position.line
        var lineStart = start
        for i in 0..<failure.offset where start[i] == 0x0a {
            line += 1
            lineStart = start + (i + 1)
        }
        let error = RecordError(
            failure.sqlState, failure.message, hint: failure.hint, line: line,
            column: columnNumber(of: place, inLineAt: lineStart), byteOffset: position.byteOffset + (place - base))
        var stop = start + (failure.endOffset ?? failure.offset)
        while stop < end && stop[0] != 0x0a { stop += 1 }
        p = min(stop + 1, end)
        for i in 0..<(p - start) where start[i] == 0x0a { position.line += 1 }
        if stop > start && stop[-1] == 0x0d { stop -= 1 }
        return Failed(error: error, start: start, count: stop - start)
    }
}

/// Behind the line at `p` if it is empty.
private func behindEmptyLine(_ p: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    if p[0] == 0x0a { return p + 1 }
    return p[0] == 0x0d && p[1] == 0x0a ? p + 2 : nil
}
