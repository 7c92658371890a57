import LaminarCSV
internal import LaminarColumns
import LaminarFormats
import LaminarJSON
internal import LaminarRuntime
import LaminarTypes

/// What it costs to write rows as text, beside reading the same text back.
package struct EncodeBenchmark {
    package enum Format: String, CaseIterable, Sendable {
        case ndjson, csv
    }

    package struct Result: Sendable {
        package var encodeNanosecondsPerRow: Double
        package var decodeNanosecondsPerRow: Double
        package var bytesPerRow: Double
    }

    /// Encodes bids with all their columns, 1,024 a batch, as often as asked for; the fastest repetition counts.
    ///
    /// What was written is read back and compared before a time counts.
    package static func run(_ format: Format, rows: Int, repetitions: Int) throws(BenchmarkError) -> Result {
        let encoder = try BidEncoder(rows: min(rows, 16_384), format: format)
        try encoder.encode()
        try encoder.verify()
        let rounds = max(rows / encoder.rows, 1)
        var encode = Double.infinity
        var decode = Double.infinity
        for _ in 0..<max(repetitions, 1) {
            encode = min(encode, try seconds(rounds) { () throws(BenchmarkError) in try encoder.encode() })
            decode = min(decode, try seconds(rounds) { () throws(BenchmarkError) in _ = try encoder.decode { _, _ in } })
        }
        let all = Double(rounds * encoder.rows)
        return Result(
            encodeNanosecondsPerRow: encode * 1e9 / all, decodeNanosecondsPerRow: decode * 1e9 / all,
            bytesPerRow: Double(encoder.byteCount) / Double(encoder.rows))
    }

    private static func seconds(
        _ rounds: Int, _ body: () throws(BenchmarkError) -> Void
    ) throws(BenchmarkError) -> Double {
        try Measurement.of { () throws(BenchmarkError) in
            for _ in 0..<rounds { try body() }
            return 0
        }.processorSeconds
    }
}

/// Bids in columns, and the text that an encoder makes of them.
package final class BidEncoder {
    package let rows: Int
    private let bids: SyntheticBids
    private let fields: [(name: String, type: SQLType)]
    private var json: NDJSONEncoder?
    private var csv: CSVEncoder?
    private var jsonDecoder: NDJSONDecoder?
    private var csvDecoder: CSVDecoder?
    private var output = OutputBuffer(capacity: 1 << 20)
    private let decoded: ColumnBatch
    private static let padding = 256

    package init(rows: Int, format: EncodeBenchmark.Format) throws(BenchmarkError) {
        self.rows = rows
        let source = NexmarkQuery.q0.makeCompiledPipeline().interface.sources[0]
        bids = try SyntheticBids(rows: rows, form: .columns, source: source)
        fields = source.columns.map { ($0.name, $0.physicalType == .string ? .text : .bigint) }
        decoded = ColumnBatch(types: source.columns.map(\.physicalType), capacity: 1024)
        let columns = fields.enumerated().map {
            DecodedColumn($1.name, $1.type, isNullable: false, outputIndex: $0)
        }
        do throws(FormatConfigurationError) {
            switch format {
            case .ndjson:
                json = try NDJSONEncoder(columns: fields)
                jsonDecoder = try NDJSONDecoder(columns: columns)
            case .csv:
                csv = try CSVEncoder(columns: fields)
                csvDecoder = try CSVDecoder(columns: columns, tableColumns: fields.map(\.name), options: CSVOptions())
            }
        } catch {
            throw BenchmarkError("\(error)")
        }
        jsonDecoder?.borrowsStrings = true
        csvDecoder?.borrowsStrings = true
    }

    /// Bytes of the text.
    package var byteCount: Int { output.count - Self.padding }

    /// Writes all bids into memory that is used again each time.
    package func encode() throws(BenchmarkError) {
        output.removeAll()
        bids.eachBatch { batch in
            json?.encode(batch, to: &output)
            csv?.encode(batch, to: &output)
        }
        // Decoders read behind the end.
        for _ in 0..<Self.padding / 8 { output.append("        ") }
    }

    /// Reads the text back, batch by batch; the number of rows.
    func decode(_ body: (Int, BatchView) -> Void) throws(BenchmarkError) -> Int {
        var position = 0
        var row = 0
        while position < byteCount {
            decoded.clear()
            let text = output.bytes.bindMemory(to: UInt8.self)
            let rest = UnsafeBufferPointer(rebasing: text[position..<byteCount])
            guard
                let outcome = jsonDecoder?.decode(rest, into: decoded) ?? csvDecoder?.decode(rest, into: decoded, isAtEnd: true),
                outcome.failure == nil, outcome.consumed > 0
            else { throw BenchmarkError("what was encoded does not decode") }
            decoded.withView { body(row, $0) }
            row += decoded.rowCount
            position += outcome.consumed
        }
        return row
    }

    func verify() throws(BenchmarkError) {
        var isSame = true
        let count = try decode { row, batch in
            for index in 0..<batch.rowCount {
                for (column, field) in fields.enumerated() {
                    let value = batch.columns[column].dynamicValue(index, type: field.type)
                    if value != bids.value(row: row + index, column: column, type: field.type) { isSame = false }
                }
            }
        }
        if !isSame || count != rows { throw BenchmarkError("what was encoded decodes to other rows") }
    }
}
