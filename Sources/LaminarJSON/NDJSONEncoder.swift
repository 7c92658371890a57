public import LaminarColumns
public import LaminarFormats
import LaminarKernels
public import LaminarTypes

/// Encodes batches as newline-delimited JSON: one object per row, a key per column in their order.
///
/// Numbers are JSON numbers: doubles with the fewest digits that read back the same, decimals with all their digits;
/// what JSON has no number for (`NaN`, infinities) is a string. Dates and times are strings, timestamps in ISO 8601
/// (`2013-01-01T05:15:00`, with `Z` where they have a zone). JSON and JSONB values go out as they are. Other types are
/// strings in PostgreSQL's text form. `NDJSONDecoder` reads all of it back.
public struct NDJSONEncoder {
    /// How the weight of a row shows.
    public enum Operations: Sendable {
        /// Not at all: the rows are insertions, once per unit of weight. Rows of negative weight are not allowed.
        case insertionsOnly
        /// As a first key `_op`: `"+"` for an insertion, `"-"` for a deletion.
        case field
    }

    private struct Column {
        /// `,"name":`, or with a brace for the first.
        var prefix: [UInt8]
        var writer: ScalarWriter
    }

    private let columns: [Column]
    private let operations: Operations
    private let prefixLength: Int

    /// - Throws: 0A000 for a column type that JSON cannot carry yet (arrays, rows, maps).
    public init(
        columns fields: [(name: String, type: SQLType)], operations: Operations = .insertionsOnly
    ) throws(FormatConfigurationError) {
        var columns: [Column] = []
        for (index, field) in fields.enumerated() {
            guard let target = ScalarTarget(field.type) else {
                throw FormatConfigurationError(
                    "0A000", "column \"\(field.name)\" has type \(field.type), which JSON cannot encode yet",
                    columnIndex: index)
            }
            let separator = index > 0 || operations == .field ? "," : "{"
            var prefix = Array(separator.utf8)
            var name = OutputBuffer(capacity: 256)
            var key = field.name
            key.withUTF8 { appendQuoted($0, to: &name) }
            prefix.append(contentsOf: name.bytes)
            prefix.append(UInt8(ascii: ":"))
            columns.append(Column(prefix: prefix, writer: ScalarWriter(target, usesISO: true)))
        }
        self.columns = columns
        self.operations = operations
        prefixLength = columns.reduce(16) { $0 + $1.prefix.count }
    }

    /// Appends the rows of `batch` to `output`; a weight of 2 gives two lines, of 0 none.
    public func encode(_ batch: BatchView, to output: inout OutputBuffer) {
        for row in 0..<batch.rowCount {
            let weight = batch.weights.map { $0[row] } ?? 1
            precondition(
                weight >= 0 || operations == .field, "Deletions can only be written where operations are shown.")
            var repetition: UInt64 = 0
            while repetition < weight.magnitude {
                encode(batch, row, isDeletion: weight < 0, to: &output)
                repetition += 1
            }
        }
    }

    private func encode(_ batch: BatchView, _ row: Int, isDeletion: Bool, to output: inout OutputBuffer) {
        // One reservation for all that has a bound; strings reserve what they need besides.
        let reserved = prefixLength + columns.count * (ScalarWriter.maximumLength + 2) + 16
        var memory = output.reserve(reserved)
        var count = 0
        if operations == .field {
            let text: StaticString = isDeletion ? "{\"_op\":\"-\"" : "{\"_op\":\"+\""
            (memory).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
            count = text.utf8CodeUnitCount
        } else if columns.isEmpty {
            memory[0] = UInt8(ascii: "{")
            count = 1
        }
        for index in columns.indices {
            columns[index].prefix.withUnsafeBufferPointer { prefix in
                // Sound: a prefix is never empty.
                (memory + count).update(from: prefix.baseAddress.unsafelyUnwrapped, count: prefix.count)
                count += prefix.count
            }
            let writer = columns[index].writer
            let column = batch.columns[index]
            guard column.isValid(row) else {
                let null: StaticString = "null"
                (memory + count).update(from: null.utf8Start, count: 4)
                count += 4
                continue
            }
            switch writer.target.kind {
            case .boolean, .int16, .int32, .int64, .uint64:
                count += writer.write(column, row, to: memory + count)
            case .float, .double, .numeric, .decimal:
                let length = writer.write(column, row, to: memory + count)
                // NaN, Infinity and -Infinity end in a letter.
                if memory[count + length - 1] >= UInt8(ascii: "A") {
                    (memory + count + 1).update(from: memory + count, count: length)
                    memory[count] = UInt8(ascii: "\"")
                    memory[count + length + 1] = UInt8(ascii: "\"")
                    count += 2
                }
                count += length
            case .date, .time, .timestamp, .timestamptz, .interval, .uuid:
                memory[count] = UInt8(ascii: "\"")
                let length = writer.write(column, row, to: memory + count + 1)
                memory[count + length + 1] = UInt8(ascii: "\"")
                count += length + 2
            case .text, .varchar, .char, .bytea, .json:
                output.advance(count)
                column.value(row, as: StringView.self).withBytes { bytes in
                    switch writer.target.kind {
                    case .json: output.append(UnsafeRawBufferPointer(bytes))
                    case .bytea:
                        let place = output.reserve(2 * bytes.count + 8)
                        place[0] = UInt8(ascii: "\"")
                        place[1] = UInt8(ascii: "\\")
                        let length = writeBytea(bytes, to: place + 2)
                        place[2 + length] = UInt8(ascii: "\"")
                        output.advance(length + 3)
                    default: appendQuoted(bytes, to: &output)
                    }
                }
                memory = output.reserve(reserved)
                count = 0
            }
        }
        memory[count] = UInt8(ascii: "}")
        memory[count + 1] = 0x0a
        output.advance(count + 2)
    }
}
