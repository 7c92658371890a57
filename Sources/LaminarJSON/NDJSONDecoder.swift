import CLaminarScan
public import LaminarColumns
public import LaminarFormats
import LaminarKernels
import LaminarTypes

/// Decodes newline-delimited JSON into the columns that are wanted, and skips all others.
///
/// Each line is one object; lines of nothing but blanks are skipped, a byte order mark at the start is accepted, lines
/// may end in CR LF. What RFC 8259 does not allow is an error, also inside values that are skipped: arrays and objects
/// may nest 512 deep, `\u` escapes of half a surrogate pair are refused. Of duplicate keys the last one counts, as in
/// PostgreSQL's jsonb, but each value must fit. A key that is missing gives NULL. A value is accepted
/// - for a number type: a number, or a string in PostgreSQL's text form of it; integers also as `1.0` or `1e3`,
/// - for TIMESTAMP and TIMESTAMPTZ: a string (`2013-01-01T05:15:00Z`, a blank for the `T`), or epoch milliseconds,
/// - for BOOLEAN: `true`, `false`, or a string in PostgreSQL's text form,
/// - for JSON and JSONB: any value, kept as the text it has (but `null` is NULL),
/// - for arrays, rows and maps: arrays and objects (see `readNestedJSON`),
/// - for any other type: a string in PostgreSQL's text form of it.
///
/// Three tiers decode the same: a template of whole records, in the order and spacing that the last ones had; for records
/// that differ, a walk that predicts, per key, the bytes up to the next value and looks keys up where that fails; and for
/// what neither can do, and for errors, a general parser. Each starts the record again. The first two allocate
/// nothing per row.
public struct NDJSONDecoder: ~Copyable {
    /// The columns wanted.
    public let columns: [DecodedColumn]
    /// The place of the next byte, for errors; set it where input starts elsewhere than at its beginning.
    public var position = InputPosition()
    /// The lines that the rows of the batch came from; the caller empties it with the batch.
    public var rowLines = RowLines()
    /// Records left to the general parser so far, errors included.
    public private(set) var generalRecordCount = 0

    /// Records that the template has decoded so far.
    package var templateRecordCount: Int { walk.template.recordCount }

    /// Whether long strings may stay where they are in the input, which then must not change as long as the batch is
    /// used; otherwise, the default, they are copied. Strings with escapes or doubled quotes always are.
    public var borrowsStrings: Bool {
        get { walk.borrowsStrings }
        set { walk.borrowsStrings = newValue }
    }

    /// For tests: leave every record to the general parser.
    package var usesGeneralParserOnly = false

    private let targets: [ScalarTarget]
    private var walk: RecordWalk

    /// - Throws: 0A000 for a column type that JSON cannot carry, 42701 for a name twice.
    public init(columns: [DecodedColumn]) throws(FormatConfigurationError) {
        self.columns = columns
        targets = try scalarTargets(of: columns, format: "JSON")
        walk = RecordWalk(columns: columns, targets: targets)
    }

    /// Appends a row to `batch` per line of `bytes`, up to `maximumRows` and up to the first record that fails.
    ///
    /// Only whole lines are looked at: bytes behind the last line feed are not consumed (at the end of an input append
    /// one). After a failure the row is not in the batch and the call can be repeated behind the record.
    /// - Parameter bytes: with at least `RecordBuffer.padding` more readable bytes behind them.
    public mutating func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, into batch: ColumnBatch, maximumRows: Int = 1024
    ) -> DecodeOutcome {
        guard let base = bytes.baseAddress, let end = endOfLastLine(bytes) else { return DecodeOutcome(consumed: 0) }
        var p = base
        if position.byteOffset == 0, end - p >= 4, p[0] == 0xef, p[1] == 0xbb, p[2] == 0xbf { p += 3 }
        batch.reserve(maximumRows)
        walk.bind(to: batch)
        // The arena is lent to the walk, so that a string costs no access to the batch object.
        var arena = Arena()
        swap(&arena, &batch.arena)
        defer { swap(&arena, &batch.arena) }
        var row = batch.rowCount
        let lastRow = row + maximumRows
        var failure: RecordError?
        var failedRecord = 0..<0
        while p < end && row < lastRow {
            let lineStart = p
            while p[0] == 0x20 || p[0] == 0x09 || p[0] == 0x0d { p += 1 }
            if p[0] == 0x0a {
                p += 1
                position.line += 1
                continue
            }
            p = lineStart
            if !usesGeneralParserOnly {
                rowLines.note(row: row, line: position.line)
                let first = row
                walk.records(&p, end: end, row: &row, lastRow: lastRow, batch: batch, arena: &arena)
                position.line += row - first
                if p == end || row == lastRow { break }
                if row > first {
                    // A blank line may have stopped the walk.
                    let q = p[0]
                    if q == 0x20 || q == 0x09 || q == 0x0d || q == 0x0a { continue }
                }
            }
            let lineEnd = endOfLine(p)
            generalRecordCount += 1
            rowLines.note(row: row, line: position.line)
            if let error = decodeGenerally(p, lineEnd, base: base, row: row, batch: batch, arena: &arena) {
                failure = error
                var length = lineEnd - p
                if length > 0 && p[length - 1] == 0x0d { length -= 1 }
                failedRecord = (p - base)..<(p - base + length)
                p = lineEnd + 1
                position.line += 1
                break
            }
            row += 1
            p = lineEnd + 1
            position.line += 1
        }
        batch.rowCount = row
        position.byteOffset += p - base
        return DecodeOutcome(consumed: p - base, failure: failure, failedRecord: failedRecord)
    }

    private mutating func decodeGenerally(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, base: UnsafePointer<UInt8>, row: Int,
        batch: ColumnBatch, arena: inout Arena
    ) -> RecordError? {
        var parser = GeneralParser(start: start, end: end, columns: columns, targets: targets)
        do throws(GeneralParser.Failure) {
            let nulls = try parser.parse(into: batch, row: row, arena: &arena)
            for column in nulls { batch.setNull(columns[column].outputIndex, row) }
            return nil
        } catch {
            return RecordError(
                error.sqlState, error.message, hint: error.hint, line: position.line,
                column: columnNumber(of: start + error.offset, inLineAt: start),
                byteOffset: position.byteOffset + (start - base) + error.offset)
        }
    }
}

/// The line feed that ends the line at `p`; there must be one.
private func endOfLine(_ p: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var i = 0
    while true {
        let mask = laminar_scan_byte_16(p + i, 0x0a)
        if mask != 0 { return p + (i + mask.trailingZeroBitCount) }
        i += 16
    }
}
