import LaminarColumns
import LaminarFormats
import LaminarJSON
import LaminarTypes

/// Rows as PostgreSQL texts (nil is NULL), and the errors with their raw records, in order.
struct Decoded: Equatable {
    var rows: [[String?]] = []
    var lines: [Int?] = []
    var errors: [String] = []
    var failedRecords: [String] = []
    /// Records by which tier decoded them are not compared.
    var templateRecordCount = Uncompared()
}

/// A number that says how a result came about.
struct Uncompared: Equatable {
    var value = 0

    static func == (a: Uncompared, b: Uncompared) -> Bool { true }
}

func columns(_ list: [(String, SQLType)]) -> [DecodedColumn] {
    list.enumerated().map { DecodedColumn($1.0, $1.1, outputIndex: $0) }
}

/// Decodes `input`, going on behind errors, fed `chunk` bytes at a time.
func decode(
    _ input: [UInt8], _ columns: [DecodedColumn], generally: Bool = false, chunk: Int = .max, maximumRows: Int = 1024
) throws -> Decoded {
    var decoder = try NDJSONDecoder(columns: columns)
    decoder.usesGeneralParserOnly = generally
    var buffer = RecordBuffer(capacity: 64)
    let batch = ColumnBatch(types: columns.map(\.type.physical))
    var result = Decoded()
    func drain() {
        while true {
            batch.clear()
            decoder.rowLines.removeAll()
            let outcome = decoder.decode(buffer.bytes, into: batch, maximumRows: maximumRows)
            batch.withView { view in
                for row in 0..<view.rowCount {
                    result.rows.append(
                        columns.map { column in
                            let value = view.columns[column.outputIndex].dynamicValue(row, type: column.type)
                            return value == .null ? nil : text(of: value, type: column.type)
                        })
                    result.lines.append(decoder.rowLines.line(ofRow: row))
                }
            }
            if let failure = outcome.failure {
                result.errors.append(failure.description)
                result.failedRecords.append(
                    String(decoding: UnsafeBufferPointer(rebasing: buffer.bytes[outcome.failedRecord]), as: UTF8.self))
            }
            buffer.consume(outcome.consumed)
            if outcome.consumed == 0 { return }
        }
    }
    var offset = 0
    while offset < input.count {
        let end = offset + min(chunk, input.count - offset)
        input[offset..<end].withUnsafeBytes { buffer.append($0) }
        offset = end
        drain()
    }
    if buffer.count > 0 {
        buffer.append(0x0a)
        drain()
    }
    result.templateRecordCount.value = decoder.templateRecordCount
    return result
}

func decode(_ input: String, _ list: [(String, SQLType)], generally: Bool = false) throws -> Decoded {
    let fast = try decode(Array(input.utf8), columns(list), generally: generally)
    return fast
}
