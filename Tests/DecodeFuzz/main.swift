import Glibc
import LaminarCSV
import LaminarColumns
import LaminarFormats
import LaminarJSON
import LaminarKernels
import LaminarTypes

// Decodes documents from standard input, each behind its length in four bytes, for fuzz.py.
//
//     decode-cases json NAME:TYPE... | csv NAME:TYPE...
//
// Of JSON only the last line counts: those before it, which must be records, are what the decoder has learned its template from.
// A line each: rows apart by ";", values by "," (hexadecimal UTF-8, or N for NULL), "!" behind them where a record failed.

let arguments = CommandLine.arguments
guard arguments.count >= 3 else { exit(2) }
let columns = arguments[2...].enumerated().map { index, argument -> DecodedColumn in
    let parts = argument.split(separator: ":").map(String.init)
    return DecodedColumn(parts[0], parts[1] == "double" ? .double : .text, outputIndex: index)
}

func input() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(0, &buffer, buffer.count)
        if count <= 0 { return all }
        all += buffer[..<count]
    }
}

let hexadecimal = Array("0123456789abcdef".utf8)

func append(_ value: Value, _ type: SQLType, to line: inout [UInt8]) {
    if value == .null { return line.append(UInt8(ascii: "N")) }
    for byte in text(of: value, type: type).utf8 {
        line.append(hexadecimal[Int(byte >> 4)])
        line.append(hexadecimal[Int(byte & 15)])
    }
}

/// Decodes one document, up to its first failure.
func decode(_ document: ArraySlice<UInt8>, into batch: ColumnBatch) throws -> Bool {
    var buffer = RecordBuffer(capacity: document.count + 1)
    document.withUnsafeBytes { buffer.append($0) }
    if document.last != 0x0a { buffer.append(0x0a) }
    batch.clear()
    if arguments[1] == "json" {
        var decoder = try NDJSONDecoder(columns: columns)
        return decoder.decode(buffer.bytes, into: batch).failure != nil
    }
    var decoder = try CSVDecoder(columns: columns, tableColumns: columns.map(\.name))
    return decoder.decode(buffer.bytes, into: batch, isAtEnd: true).failure != nil
}

let bytes = input()
let batch = ColumnBatch(types: columns.map(\.type.physical))
var position = 0
var output: [UInt8] = []
while position + 4 <= bytes.count {
    let count = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
    let document = bytes[(position + 4)..<(position + 4 + count)]
    let failed = try decode(document, into: batch)
    let first = arguments[1] == "json" ? document.count { $0 == 0x0a } : 0
    batch.withView { view in
        for row in min(first, view.rowCount)..<view.rowCount {
            if row > first { output.append(UInt8(ascii: ";")) }
            for (index, column) in columns.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                append(view.columns[index].dynamicValue(row, type: column.type), column.type, to: &output)
            }
        }
    }
    if failed { output.append(UInt8(ascii: "!")) }
    output.append(0x0a)
    position += 4 + count
}
output.withUnsafeBytes { bytes in
    var done = 0
    while done < bytes.count {
        let count = write(1, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count <= 0 { exit(1) }
        done += count
    }
}
