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
    public typealias Operations = RowOperations

    private let names: [String]
    private let writers: [ScalarWriter]
    private let options: CSVOptions
    private let operations: Operations
    private let types: [PhysicalType]
    private let nullText: [UInt8]
    /// Whether a number or date may contain what must stand in quotes, or read as NULL.
    private let checksScalars: Bool

    /// - Throws: 0A000 for a column type that CSV cannot carry, 22023 for options that
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
                    "0A000", "column \"\(field.name)\" has type \(field.type), which CSV cannot encode",
                    columnIndex: index)
            }
            writers.append(ScalarWriter(target, usesISO: false))
        }
        names = fields.map(\.name)
        self.writers = writers
        self.options = options
        self.operations = operations
        types = fields.map(\.type.physical)
        nullText = Array(options.nullText.utf8)
        // No text form of these types contains such characters; that of an interval contains blanks.
        checksScalars =
            !nullText.isEmpty || !",;|\t".utf8.contains(options.delimiter) || !"\"'".utf8.contains(options.quote)
    }

    /// Appends the record that names the columns, if the options ask for one.
    public func encodeHeader(to output: inout OutputBuffer) {
        guard options.hasHeader else { return }
        let all = operations.areShown ? ["_op"] + names : names
        for (index, name) in all.enumerated() {
            if index > 0 { put(options.delimiter, &output) }
            var name = name
            name.withUTF8 { appendField($0, to: &output) }
        }
        put(0x0a, &output)
    }

    /// Appends the rows of `batch` to `output`; a weight of 2 gives two records, of 0 none.
    public func encode(_ batch: BatchView, to output: inout OutputBuffer) {
        // In locals, so that a row costs no reference counting.
        writers.withUnsafeBufferPointer { writers in
            nullText.withUnsafeBufferPointer { nullText in
                for row in 0..<batch.rowCount {
                    let weight = batch.weights.map { $0[row] } ?? 1
                    precondition(
                        weight >= 0 || operations.areShown,
                        "Deletions can only be written where operations are shown.")
                    var repetition: UInt64 = 0
                    while repetition < weight.magnitude {
                        encode(batch, row, writers, nullText, to: &output)
                        repetition += 1
                    }
                }
            }
        }
    }

    private func encode(
        _ batch: BatchView, _ row: Int, _ writers: UnsafeBufferPointer<ScalarWriter>,
        _ nullText: UnsafeBufferPointer<UInt8>, to output: inout OutputBuffer
    ) {
        let operation = operations.areShown ? operations.operation(of: row, in: batch, types: types) : nil
        if operations.areShown, operation == nil { return }
        // A field and the separator before it are reserved together.
        let bound = max(2 * ScalarWriter.maximumLength, nullText.count) + 4
        var memory = output.reserve(bound)
        var count = 0
        if let text = operation?.text {
            (memory[0], memory[1]) = (text.utf8Start[0], text.utf8Start[1])
            memory[2] = options.delimiter
            count = writers.isEmpty ? 2 : 3
        }
        for index in writers.indices {
            if index > 0 {
                memory[count] = options.delimiter
                count &+= 1
            }
            output.advance(count)
            memory = output.reserve(bound)
            count = 0
            let writer = writers[index]
            let column = batch.columns[index]
            guard column.isValid(row) else {
                for byte in nullText {
                    memory[count] = byte
                    count &+= 1
                }
                continue
            }
            switch writer.target.kind {
            case .text, .varchar, .char, .json:
                let text = column.value(row, as: StringView.self)
                memory = output.reserve(bound &+ 2 &* text.count)
                copyString(text, to: memory)
                count = quotedIfNeeded(memory, text.count, nullText)
            case .nested:
                var text = nestedText(column.value(row, as: StringView.self).withBytes { Array($0) })
                text.withUTF8 { bytes in
                    memory = output.reserve(bound &+ 2 &* bytes.count)
                    for i in 0..<bytes.count { memory[i] = bytes[i] }
                    count = quotedIfNeeded(memory, bytes.count, nullText)
                }
            case .bytea:
                column.value(row, as: StringView.self).withBytes { bytes in
                    memory = output.reserve(bound &+ 4 &* bytes.count)
                    count = quotedIfNeeded(memory, writeBytea(bytes, to: memory), nullText)
                }
            default:
                count = writer.write(column, row, to: memory)
                if checksScalars { count = quotedIfNeeded(memory, count, nullText) }
            }
        }
        memory[count] = 0x0a
        output.advance(count &+ 1)
    }

    private func put(_ byte: UInt8, _ output: inout OutputBuffer) {
        output.reserve(1)[0] = byte
        output.advance(1)
    }

    private func appendField(_ text: UnsafeBufferPointer<UInt8>, to output: inout OutputBuffer) {
        let memory = output.reserve(2 * text.count + 2)
        for i in 0..<text.count { memory[i] = text[i] }
        let count = nullText.withUnsafeBufferPointer { quotedIfNeeded(memory, text.count, $0) }
        output.advance(count)
    }

    /// Puts the `count` bytes at `memory` into quotes if they need them; returns how many they are then.
    ///
    /// There must be room for twice as many and two more, and for `OutputBuffer.slack`.
    @inline(__always) private func quotedIfNeeded(
        _ memory: UnsafeMutablePointer<UInt8>, _ count: Int, _ nullText: UnsafeBufferPointer<UInt8>
    ) -> Int {
        var i = 0
        while i < count {
            var mask = laminar_scan_quotable_16(memory + i, options.delimiter, options.quote)
            // What lies behind the text is not part of it.
            if count &- i < 16 { mask &= (1 &<< UInt32(truncatingIfNeeded: count &- i)) &- 1 }
            if _slowPath(mask != 0) { return quoted(memory, count) }
            i &+= 16
        }
        if count == nullText.count && nullText.elementsEqual(UnsafeBufferPointer(start: memory, count: count)) {
            return quoted(memory, count)
        }
        return count
    }

    @inline(never) private func quoted(_ memory: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        let text = Array(UnsafeBufferPointer(start: memory, count: count))
        memory[0] = options.quote
        var written = 1
        for byte in text {
            if byte == options.quote {
                memory[written] = byte
                written += 1
            }
            memory[written] = byte
            written += 1
        }
        memory[written] = options.quote
        return written + 1
    }
}
