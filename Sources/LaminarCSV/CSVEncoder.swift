import CLaminarScan
public import LaminarColumns
public import LaminarFormats
import LaminarKernels
public import LaminarTypes

/// Encodes batches as CSV (RFC 4180), values in PostgreSQL's text form.
///
/// A field stands in quotes if it contains a delimiter, a quote or a line end, or would otherwise read as NULL. Lines end
/// in a line feed. `CSVDecoder` with the same options reads all of it back.
public struct CSVEncoder {
    /// How the weight of a row shows.
    public enum Operations: Sendable {
        /// Not at all: the rows are insertions, once per unit of weight. Rows of negative weight are not allowed.
        case insertionsOnly
        /// As a first field `_op`: `+` for an insertion, `-` for a deletion.
        case field
    }

    private let names: [String]
    private let writers: [ScalarWriter]
    private let options: CSVOptions
    private let operations: Operations

    /// - Throws: 0A000 for a column type that CSV cannot carry yet (arrays, rows, maps), 22023 for options that
    ///   contradict each other.
    public init(
        columns fields: [(name: String, type: SQLType)], options: CSVOptions = CSVOptions(),
        operations: Operations = .insertionsOnly
    ) throws(FormatConfigurationError) {
        if let problem = options.problem { throw FormatConfigurationError("22023", problem) }
        var writers: [ScalarWriter] = []
        for (index, field) in fields.enumerated() {
            guard let target = ScalarTarget(field.type) else {
                throw FormatConfigurationError(
                    "0A000", "column \"\(field.name)\" has type \(field.type), which CSV cannot encode yet",
                    columnIndex: index)
            }
            writers.append(ScalarWriter(target, usesISO: false))
        }
        names = fields.map(\.name)
        self.writers = writers
        self.options = options
        self.operations = operations
    }

    /// Appends the record that names the columns, if the options ask for one.
    public func encodeHeader(to output: inout OutputBuffer) {
        guard options.hasHeader else { return }
        let all = operations == .field ? ["_op"] + names : names
        for (index, name) in all.enumerated() {
            if index > 0 { put(options.delimiter, &output) }
            var name = name
            name.withUTF8 { appendField($0, to: &output) }
        }
        put(0x0a, &output)
    }

    /// Appends the rows of `batch` to `output`; a weight of 2 gives two records, of 0 none.
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
        if operations == .field { put(isDeletion ? UInt8(ascii: "-") : UInt8(ascii: "+"), &output) }
        for index in writers.indices {
            if index > 0 || operations == .field { put(options.delimiter, &output) }
            let writer = writers[index]
            let column = batch.columns[index]
            guard column.isValid(row) else {
                output.append(options.nullText)
                continue
            }
            switch writer.target.kind {
            case .int64, .int32:
                // Digits need quotes only where they are a delimiter or NULL.
                let memory = output.reserve(2 * ScalarWriter.maximumLength)
                let count = writer.write(column, row, to: memory)
                let text = UnsafeBufferPointer(start: UnsafePointer(memory), count: count)
                if needsQuotes(text) { replaceByField(text, &output) } else { output.advance(count) }
            case .text, .varchar, .char, .json:
                column.value(row, as: StringView.self).withBytes { appendField($0, to: &output) }
            case .bytea:
                column.value(row, as: StringView.self).withBytes { bytes in
                    let memory = output.reserve(2 * bytes.count + 2)
                    let count = writeBytea(bytes, to: memory)
                    let text = UnsafeBufferPointer(start: UnsafePointer(memory), count: count)
                    if needsQuotes(text) { replaceByField(text, &output) } else { output.advance(count) }
                }
            default:
                let memory = output.reserve(2 * ScalarWriter.maximumLength)
                let count = writer.write(column, row, to: memory)
                let text = UnsafeBufferPointer(start: UnsafePointer(memory), count: count)
                if needsQuotes(text) { replaceByField(text, &output) } else { output.advance(count) }
            }
        }
        put(0x0a, &output)
    }

    private func put(_ byte: UInt8, _ output: inout OutputBuffer) {
        output.reserve(1)[0] = byte
        output.advance(1)
    }

    /// Appends a field whose text lies where the output will grow.
    private func replaceByField(_ text: UnsafeBufferPointer<UInt8>, _ output: inout OutputBuffer) {
        let copy = Array(text)
        copy.withUnsafeBufferPointer { appendField($0, to: &output) }
    }

    private func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text.count == options.nullText.utf8.count && text.elementsEqual(options.nullText.utf8) { return true }
        for byte in text
        where byte == options.delimiter || byte == options.quote || byte == 0x0a || byte == 0x0d {
            return true
        }
        return false
    }

    private func appendField(_ text: UnsafeBufferPointer<UInt8>, to output: inout OutputBuffer) {
        guard needsQuotes(text) else { return output.append(UnsafeRawBufferPointer(text)) }
        let memory = output.reserve(2 * text.count + 2)
        memory[0] = options.quote
        var count = 1
        for byte in text {
            if byte == options.quote {
                memory[count] = byte
                count += 1
            }
            memory[count] = byte
            count += 1
        }
        memory[count] = options.quote
        output.advance(count + 1)
    }
}
