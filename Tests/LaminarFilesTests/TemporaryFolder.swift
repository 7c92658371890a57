import Glibc
import LaminarColumns
import LaminarFiles
import LaminarFormats
import LaminarTypes

/// A folder of its own for a test, removed with everything in it.
final class TemporaryFolder {
    let path: String
    private var names: [String] = []

    init() {
        var template = Array("/tmp/laminar-files-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    /// A path in the folder, for a file that the test makes.
    func file(_ name: String) -> String {
        names.append(name)
        return path + "/" + name
    }

    func write(_ name: String, _ bytes: [UInt8]) -> String {
        let path = file(name)
        let file = fopen(path, "w")!
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        return path
    }

    func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }
}

func contents(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "(no file)" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(contentsOf: buffer[..<count])
    }
}

func columns(_ list: [(String, SQLType)]) -> [DecodedColumn] {
    list.enumerated().map { DecodedColumn($1.0, $1.1, outputIndex: $0) }
}

/// Reads a source to its end, or to its first error, as lines `file:line value value …`.
func read(_ source: FileSource, maximumRows: Int = 1024, batches: Int = .max) -> (rows: [String], error: FileError?) {
    let batch = ColumnBatch(types: source.columns.map(\.type.physical))
    var rows: [String] = []
    var left = batches
    do throws(FileError) {
        while left > 0, try source.next(into: batch, maximumRows: maximumRows) {
            left -= 1
            batch.withView { view in
                for row in 0..<view.rowCount {
                    let values = source.columns.map { column in
                        let value = view.columns[column.outputIndex].dynamicValue(row, type: column.type)
                        return value == .null ? "NULL" : text(of: value, type: column.type)
                    }
                    let place = source.place(ofRow: row)?.description ?? "?"
                    let name = place.split(separator: "/").last.map(String.init) ?? place
                    rows.append(([name] + values).joined(separator: " "))
                }
            }
        }
        return (rows, nil)
    } catch {
        return (rows, error)
    }
}
