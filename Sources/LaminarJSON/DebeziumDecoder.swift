public import LaminarColumns
public import LaminarFormats
import LaminarKernels
import LaminarTypes

/// Decodes Debezium's envelope, a JSON object per line, into rows and their weights.
///
/// The envelope is the line itself or, with a schema, its member `payload`. `op` says what happened: `c` and `r` add the
/// row in `after`, `u` takes back the one in `before` and adds the one in `after`, `d` takes back the one in `before`;
/// `m` is skipped, as are tombstones: empty lines, `null`, and a `payload` of null. Members of rows that are not wanted are
/// skipped. A value that the database did not log, since it did not change (`__debezium_unavailable_value`), is taken from
/// `before`.
public struct DebeziumDecoder {
    /// The columns wanted.
    public let columns: [DecodedColumn]
    /// The place of the next byte, for errors.
    public var position = InputPosition()
    /// The lines that the rows of the batch came from; the caller empties it with the batch.
    public var rowLines = RowLines()

    private let targets: [ScalarTarget]
    /// Of a row that is taken back by its key, only the key must be there.
    private let retracted: [DecodedColumn]
    private let isUpsert: Bool
    /// Holds `before` while `after` is read.
    private let scratch: ColumnBatch
    private let positions: [Int]

    /// - Parameter key: names of the columns by which rows are upserted; nil where rows are taken back whole, so that every
    ///   update and deletion must have `before`.
    /// - Throws: 0A000 for a column type that JSON cannot carry, 42701 for a name twice.
    public init(columns: [DecodedColumn], key: Set<String>?) throws(FormatConfigurationError) {
        self.columns = columns
        targets = try scalarTargets(of: columns, format: "JSON")
        isUpsert = key != nil
        retracted = columns.map { column in
            var column = column
            if let key, !key.contains(column.name) { column.isNullable = true }
            return column
        }
        var types: [PhysicalType] = []
        for column in columns {
            while types.count <= column.outputIndex { types.append(.bool) }
            types[column.outputIndex] = column.type.physical
        }
        scratch = ColumnBatch(types: types, capacity: 64)
        positions = columns.map(\.outputIndex)
    }

    /// Appends the rows of whole lines of `bytes` to `batch`, up to `maximumRows` (one more where an update has two) and up
    /// to the first line that fails.
    public mutating func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, into batch: ColumnBatch, maximumRows: Int = 1024
    ) -> DecodeOutcome {
        guard let base = bytes.baseAddress, let end = endOfLastLine(bytes) else { return DecodeOutcome(consumed: 0) }
        var p = base
        if position.byteOffset == 0, end - p >= 4, p[0] == 0xef, p[1] == 0xbb, p[2] == 0xbf { p += 3 }
        let first = batch.rowCount
        var outcome = DecodeOutcome(consumed: 0)
        while p < end, batch.rowCount - first < maximumRows {
            var lineEnd = p
            while lineEnd[0] != 0x0a { lineEnd += 1 }
            let before = batch.rowCount
            do throws(GeneralParser.Failure) {
                try decodeLine(p, lineEnd, batch)
            } catch {
                batch.truncate(to: before)
                outcome.failure = RecordError(
                    error.sqlState, error.message, hint: error.hint, line: position.line,
                    column: columnNumber(of: p + error.offset, inLineAt: p),
                    byteOffset: position.byteOffset + (p - base) + error.offset)
                var length = lineEnd - p
                if length > 0 && p[length - 1] == 0x0d { length -= 1 }
                outcome.failedRecord = (p - base)..<(p - base + length)
            }
            for row in before..<batch.rowCount { rowLines.note(row: row, line: position.line) }
            p = lineEnd + 1
            position.line += 1
            if outcome.failure != nil { break }
        }
        position.byteOffset += p - base
        outcome.consumed = p - base
        return outcome
    }

    private func decodeLine(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ batch: ColumnBatch
    ) throws(GeneralParser.Failure) {
        var line = GeneralParser(start: start, end: end, columns: columns, targets: targets)
        if line.isEmpty() { return }
        var members = try line.members(["payload", "before", "after", "op"])
        if let payload = members[0], let inner = payload.baseAddress {
            if isNull(payload) { return }
            members = try located(inner - start) { () throws(GeneralParser.Failure) in
                var parser = GeneralParser(
                    start: inner, end: inner + payload.count, columns: columns, targets: targets)
                return try parser.members(["payload", "before", "after", "op"])
            }
        }
        let before = members[1].flatMap { isNull($0) ? nil : $0 }
        let after = members[2].flatMap { isNull($0) ? nil : $0 }
        guard let operation = members[3] else {
            throw GeneralParser.Failure(
                sqlState: "22P02", message: "the record has no \"op\", so it is no Debezium envelope", hint: nil, offset: 0)
        }
        switch String(decoding: operation, as: UTF8.self) {
        case "\"c\"", "\"r\"": try add(after, "after", before: nil, start, batch)
        case "\"u\"":
            if !isUpsert { try takeBack(before, start, batch) }
            try add(after, "after", before: before, start, batch)
        case "\"d\"": try takeBack(before, start, batch)
        case "\"m\"": break
        case let text:
            throw GeneralParser.Failure(
                sqlState: text == "\"t\"" ? "0A000" : "22P02",
                message: text == "\"t\""
                    ? "truncation of a table is not supported yet" : "\(shortened(text)) is no operation of Debezium",
                hint: nil, offset: operation.baseAddress.map { $0 - start } ?? 0)
        }
    }

    private func takeBack(
        _ value: UnsafeBufferPointer<UInt8>?, _ start: UnsafePointer<UInt8>, _ batch: ColumnBatch
    ) throws(GeneralParser.Failure) {
        guard let value else {
            throw GeneralParser.Failure(
                sqlState: "22004", message: "the record has no \"before\", so the row to be taken back is not known",
                hint: isUpsert
                    ? "The database must log the key of rows that are deleted."
                    : "Let the database log whole rows (REPLICA IDENTITY FULL), or declare a PRIMARY KEY to upsert by.",
                offset: 0)
        }
        _ = try parse(value, retracted, start, batch)
        batch.weights()[batch.rowCount] = -1
        batch.rowCount += 1
    }

    private func add(
        _ value: UnsafeBufferPointer<UInt8>?, _ name: String, before: UnsafeBufferPointer<UInt8>?,
        _ start: UnsafePointer<UInt8>, _ batch: ColumnBatch
    ) throws(GeneralParser.Failure) {
        guard let value else {
            throw GeneralParser.Failure(
                sqlState: "22004", message: "the record has no \"\(name)\"", hint: nil, offset: 0)
        }
        let unchanged = try parse(value, columns, start, batch)
        if !unchanged.isEmpty {
            scratch.clear()
            var missing = Set(unchanged)
            if let before {
                missing = Set(try parse(before, retracted, start, scratch)).intersection(unchanged)
                scratch.rowCount = 1
            }
            if let column = missing.min() {
                // So that what has been written of the row is taken back with it.
                batch.rowCount += 1
                throw GeneralParser.Failure(
                    sqlState: "22004",
                    message: "column \"\(columns[column].name)\" did not change, and its value is not in the record",
                    hint: "Let the database log whole rows (REPLICA IDENTITY FULL).",
                    offset: value.baseAddress.map { $0 - start } ?? 0)
            }
            scratch.withView { view in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { list in
                    list.initialize(repeating: 0)
                    for column in unchanged {
                        batch.gather(
                            view.columns[positions[column]], rows: UnsafeBufferPointer(list), into: positions[column],
                            copiesStrings: true)
                    }
                }
            }
        }
        batch.rowCount += 1
    }

    /// Writes a row's values behind the rows of the batch, whose count stays; the columns that did not change.
    private func parse(
        _ value: UnsafeBufferPointer<UInt8>, _ columns: [DecodedColumn], _ start: UnsafePointer<UInt8>,
        _ batch: ColumnBatch
    ) throws(GeneralParser.Failure) -> [Int] {
        guard let inner = value.baseAddress else { return [] }
        batch.reserve(1)
        let row = batch.rowCount
        return try located(inner - start) { () throws(GeneralParser.Failure) in
            var parser = GeneralParser(start: inner, end: inner + value.count, columns: columns, targets: targets)
            parser.unchangedMarker = Array("__debezium_unavailable_value".utf8)
            for column in try parser.parse(into: batch, row: row, arena: &batch.arena) {
                batch.setNull(positions[column], row)
            }
            return parser.unchanged
        }
    }

    private func isNull(_ value: UnsafeBufferPointer<UInt8>) -> Bool { value.first == UInt8(ascii: "n") }

    /// Errors within a part of the line, by their place in the whole.
    private func located<Result>(
        _ offset: Int, _ body: () throws(GeneralParser.Failure) -> Result
    ) throws(GeneralParser.Failure) -> Result {
        do throws(GeneralParser.Failure) {
            return try body()
        } catch {
            var failure = error
            failure.offset += offset
            throw failure
        }
    }
}
