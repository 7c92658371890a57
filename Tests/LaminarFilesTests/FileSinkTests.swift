import Glibc
import LaminarCSV
import LaminarColumns
import LaminarFiles
import LaminarTypes
import Testing

@Suite struct FileSinkTests {
    private let folder = TemporaryFolder()
    private let list: [(name: String, type: SQLType)] = [("a", .bigint), ("b", .text)]

    private func batch(_ count: Int = 2) -> ColumnBatch {
        let batch = ColumnBatch(types: [.int64, .string])
        for row in 0..<count { batch.append([.integer(Int64(row)), row % 2 == 0 ? .text("x,\(row)") : .null]) }
        return batch
    }

    @Test func `rows are in the file after close, and what was there before is not`() throws {
        let path = folder.write("out.json", "old contents, longer than the new ones, and by far so, as is easily seen")
        let sink = try FileSink(FileSinkOptions(path: path, format: .ndjson), columns: list)
        try batch().withView { try sink.write($0) }
        #expect(contents(path) == "")
        try sink.flush()
        #expect(contents(path) == "{\"a\":0,\"b\":\"x,0\"}\n{\"a\":1,\"b\":null}\n")
        try sink.close()
        #expect(sink.rowCount == 2 && sink.byteCount == 35)
    }

    @Test func `CSV has its header and operations`() throws {
        let path = folder.file("out.csv")
        let options = FileSinkOptions(path: path, format: .csv, csv: CSVOptions(hasHeader: true))
        let sink = try FileSink(options, columns: list, operations: .field())
        let batch = batch()
        batch.weights()[1] = -1
        try batch.withView { try sink.write($0) }
        try sink.close()
        #expect(contents(path) == "_op,a,b\n+I,0,\"x,0\"\n-D,1,\n")
    }

    @Test func `many rows are written as they come`() throws {
        let path = folder.file("out.json")
        let sink = try FileSink(FileSinkOptions(path: path, format: .ndjson), columns: list)
        let batch = batch(1000)
        for _ in 0..<20 { try batch.withView { try sink.write($0) } }
        #expect(sink.byteCount > 100_000)
        try sink.close()
        #expect(contents(path).utf8.count == sink.byteCount)
        #expect(contents(path).split(separator: "\n").count == 20_000)
    }

    @Test func `a full disk, a missing folder and a closed pipe are errors with the path`() throws {
        let full = try FileSink(FileSinkOptions(path: "/dev/full", format: .ndjson), columns: list)
        try batch().withView { try full.write($0) }
        #expect(throws: FileError("53100", "could not write file \"/dev/full\": No space left on device", path: "/dev/full")) {
            try full.flush()
        }
        let path = folder.path + "/none/out.json"
        #expect(throws: FileError("58P01", "could not open file \"\(path)\": No such file or directory", path: path)) {
            _ = try FileSink(FileSinkOptions(path: path, format: .ndjson), columns: list)
        }
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let pipePath = "/dev/fd/\(ends[1])"
        let sink = try FileSink(FileSinkOptions(path: pipePath, format: .ndjson), columns: list)
        close(ends[0])
        close(ends[1])
        try batch().withView { try sink.write($0) }
        #expect(throws: FileError("58030", "could not write file \"\(pipePath)\": Broken pipe", path: pipePath)) {
            try sink.close()
        }
    }
}
