import CLaminarScan
public import LaminarColumns
public import LaminarFormats
import LaminarKernels
public import LaminarTypes

/// Encodes batches as newline-delimited JSON: one object per row, a key per column in their order.
///
/// Numbers are JSON numbers: doubles with the fewest digits that read back the same, decimals with all their digits;
/// what JSON has no number for (`NaN`, infinities) is a string. Arrays are arrays, rows and maps are objects. Dates and times are strings, timestamps in ISO 8601
/// (`2013-01-01T05:15:00`, with `Z` where they have a zone). JSON and JSONB values go out as they are. Other types are
/// strings in PostgreSQL's text form. `NDJSONDecoder` reads all of it back.
public struct NDJSONEncoder {
    public typealias Operations = RowOperations

    private let layout: Layout
    private let operations: Operations
    private let types: [PhysicalType]
    /// The names within each column of arrays, rows and maps.
    private let shapes: [JSONShape]

    /// - Throws: 0A000 for a column type that JSON cannot carry.
    public init(
        columns fields: [(name: String, type: SQLType)], operations: Operations = .insertionsOnly
    ) throws(FormatConfigurationError) {
        var writers: [ScalarWriter] = []
        var prefixes: [[UInt8]] = []
        for (index, field) in fields.enumerated() {
            guard let target = ScalarTarget(field.type) else {
                throw FormatConfigurationError(
                    "0A000", "column \"\(field.name)\" has type \(field.type), which JSON cannot encode",
                    columnIndex: index)
            }
            var prefix = OutputBuffer(capacity: 256)
            prefix.append(index > 0 || operations.areShown ? "," : "{")
            var key = field.name
            key.withUTF8 { appendQuoted($0, to: &prefix) }
            prefix.append(":")
            prefixes.append(Array(prefix.bytes))
            writers.append(ScalarWriter(target, usesISO: true))
        }
        layout = Layout(writers, prefixes)
        self.operations = operations
        types = fields.map(\.type.physical)
        shapes = fields.map { JSONShape($0.type) }
    }

    /// Appends the rows of `batch` to `output`; a weight of 2 gives two lines, of 0 none.
    public func encode(_ batch: BatchView, to output: inout OutputBuffer) {
        let layout = layout
        guard let weights = batch.weights else {
            for row in 0..<batch.rowCount { encode(batch, row, layout, to: &output) }
            return
        }
        for row in 0..<batch.rowCount {
            let weight = weights[row]
            precondition(
                weight >= 0 || operations.areShown, "Deletions can only be written where operations are shown.")
            var repetition: UInt64 = 0
            while repetition < weight.magnitude {
                encode(batch, row, layout, to: &output)
                repetition += 1
            }
        }
    }

    private func encode(
        _ batch: BatchView, _ row: Int, _ layout: Layout, to output: inout OutputBuffer, endsLine: Bool = true
    ) {
        // What has a bound is reserved once; strings reserve what they need besides.
        let bound = layout.bound
        let columns = layout.columns
        var memory = output.reserve(bound)
        var count = 0
        if operations.areShown {
            guard let operation = operations.operation(of: row, in: batch, types: types)?.text else { return }
            let text: StaticString = "{\"_op\":\"+I\""
            memory.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
            count = text.utf8CodeUnitCount
            (memory[count - 3], memory[count - 2]) = (operation.utf8Start[0], operation.utf8Start[1])
        } else if layout.count == 0 {
            memory[0] = UInt8(ascii: "{")
            count = 1
        }
        for index in 0..<layout.count {
            let writer = columns[index].writer
            let column = batch.columns[index]
            laminar_copy_padded(columns[index].prefix, memory + count, columns[index].prefixCount)
            count &+= columns[index].prefixCount
            guard column.isValid(row) else {
                UnsafeMutableRawPointer(memory + count).storeBytes(
                    of: UInt32(littleEndian: 0x6c6c_756e), as: UInt32.self)
                count &+= 4
                continue
            }
            switch writer.target.kind {
            case .int64: count &+= writeDecimalDigits(column.value(row, as: Int64.self), memory + count)
            case .int32: count &+= writeDecimalDigits(Int64(column.value(row, as: Int32.self)), memory + count)
            case .text, .varchar, .char:
                let text = column.value(row, as: StringView.self)
                output.advance(count)
                memory = output.reserve(bound &+ maximumQuotedLength(text.count))
                count = writeQuoted(text, to: memory)
            case .boolean, .int16, .uint64: count &+= writer.write(column, row, to: memory + count)
            case .float, .double, .numeric, .decimal:
                let length = writer.write(column, row, to: memory + count)
                // NaN, Infinity and -Infinity end in a letter.
                if _slowPath(memory[count &+ length &- 1] >= UInt8(ascii: "A")) {
                    (memory + count + 1).update(from: memory + count, count: length)
                    memory[count] = UInt8(ascii: "\"")
                    memory[count + length + 1] = UInt8(ascii: "\"")
                    count &+= 2
                }
                count &+= length
            case .date, .time, .timestamp, .timestamptz, .interval, .uuid:
                memory[count] = UInt8(ascii: "\"")
                let length = writer.write(column, row, to: memory + count + 1)
                memory[count &+ length &+ 1] = UInt8(ascii: "\"")
                count &+= length &+ 2
            case .json:
                let text = column.value(row, as: StringView.self)
                output.advance(count)
                memory = output.reserve(bound &+ text.count)
                copyString(text, to: memory)
                count = text.count
            case .nested:
                output.advance(count)
                let bytes = column.value(row, as: StringView.self).withBytes { Array($0) }
                output.append(nestedJSONText(bytes, .iso, shapes[index]))
                memory = output.reserve(bound)
                count = 0
            case .operation: preconditionFailure("No column of a result has this kind.")
            case .bytea:
                output.advance(count)
                count = 0
                column.value(row, as: StringView.self).withBytes { bytes in
                    memory = output.reserve(bound &+ 2 &* bytes.count &+ 8)
                    memory[0] = UInt8(ascii: "\"")
                    memory[1] = UInt8(ascii: "\\")
                    let length = writeBytea(bytes, to: memory + 2)
                    memory[2 &+ length] = UInt8(ascii: "\"")
                    count = length &+ 3
                }
            }
        }
        memory[count] = UInt8(ascii: "}")
        memory[count &+ 1] = 0x0a
        output.advance(count &+ (endsLine ? 2 : 1))
    }

    /// Appends a row without a line end and without an operation, as a value within other JSON.
    func encodeValue(_ batch: BatchView, _ row: Int, to output: inout OutputBuffer) {
        encode(batch, row, layout, to: &output, endsLine: false)
    }

    /// The columns in plain memory, shared by copies of the encoder and never changed.
    private final class Layout: @unchecked Sendable {
        struct Column {
            /// `,"name":`, or with a brace for the first; fifteen more bytes are readable.
            var prefix: UnsafeMutablePointer<UInt8>
            var prefixCount: Int
            var writer: ScalarWriter
        }

        let columns: UnsafeMutablePointer<Column>
        let count: Int
        /// Bytes of a row without its strings.
        let bound: Int

        init(_ writers: [ScalarWriter], _ prefixes: [[UInt8]]) {
            count = writers.count
            columns = .allocate(capacity: max(count, 1))
            var bound = 64
            for (index, prefix) in prefixes.enumerated() {
                let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: prefix.count + 16)
                memory.initialize(repeating: 0, count: prefix.count + 16)
                for (i, byte) in prefix.enumerated() { memory[i] = byte }
                (columns + index).initialize(
                    to: Column(prefix: memory, prefixCount: prefix.count, writer: writers[index]))
                bound += prefix.count + 2
                switch writers[index].target.kind {
                case .text, .varchar, .char, .bytea, .json, .nested: break
                case .int64, .int32, .int16, .boolean: bound += 24
                default: bound += ScalarWriter.maximumLength
                }
            }
            self.bound = bound
        }

        deinit {
            for index in 0..<count { columns[index].prefix.deallocate() }
            columns.deallocate()
        }
    }
}
