import LaminarFormats
import LaminarJSON

/// Records that were no rows, one JSON object per line: where each came from, what was wrong, and its text.
///
/// `{"path":"a.json","line":3,"column":9,"byte_offset":57,"sqlstate":"22P02","reason":"…","record":"…"}`; a record that
/// is no UTF-8 is shown with replacement characters and, exactly, as `record_hex`. A row that a query did not take has
/// `"query"` and the `"place"` in the SQL behind its reason.
final class DeadLetterFile {
    private var file: FileDescriptor
    private var output = OutputBuffer()

    init(_ path: String) throws(FileError) { file = try FileDescriptor(writing: path) }

    func write(
        _ error: RecordError, path: String, record: UnsafeBufferPointer<UInt8>, query: String? = nil,
        place: String? = nil
    ) throws(FileError) {
        output.append("{\"path\":")
        append(path)
        output.append(",\"line\":\(error.line),\"column\":\(error.column),\"byte_offset\":\(error.byteOffset)")
        output.append(",\"sqlstate\":\"\(error.sqlState)\",\"reason\":")
        append(error.message)
        for (name, text) in [("query", query), ("place", place)] {
            guard let text else { continue }
            output.append(",\"\(name)\":")
            append(text)
        }
        output.append(",\"record\":")
        let isValid = firstInvalidUTF8(record) == nil
        if isValid { appendQuoted(record, to: &output) } else { append(String(decoding: record, as: UTF8.self)) }
        if !isValid {
            output.append(",\"record_hex\":\"")
            for byte in record {
                let digits = String(byte, radix: 16)
                output.append(digits.utf8.count < 2 ? "0" + digits : digits)
            }
            output.append("\"")
        }
        output.append("}\n")
        // At once: what is rejected must be found even if the process ends here.
        try flush()
    }

    private func append(_ text: String) {
        var text = text
        text.withUTF8 { appendQuoted($0, to: &output) }
    }

    func flush() throws(FileError) {
        var written = 0
        try file.write(output.bytes, written: &written)
        output.removeAll()
    }
}
