import LaminarCSV
import LaminarColumns
import LaminarFiles
import LaminarFormats
import LaminarTypes
import Testing

@Suite struct FilePartitionsTests {
    private let folder = TemporaryFolder()

    private func partitions(_ policy: RecordErrorPolicy = .fail) throws -> FilePartitions {
        let options = FileSourceOptions(
            path: folder.path + "/x?.json", format: .ndjson, csv: CSVOptions(), errorPolicy: policy)
        return try FilePartitions(
            try FileSource(options, columns: columns([("a", .bigint), ("b", .text)]), tableColumns: ["a", "b"]))
    }

    @Test func `the file whose watermark is least is read on`() throws {
        _ = folder.write("x1.json", "{\"a\":1}\n{\"a\":20}\n{\"a\":30}\n")
        _ = folder.write("x2.json", "{\"a\":2}\n{\"a\":3}\n{\"a\":25}\n")
        _ = folder.write("x3.json", "")
        let partitions = try partitions()
        var watermarks = [Int64](repeating: .min, count: partitions.files.count)
        var steps: [String] = []
        let batch = ColumnBatch(types: partitions.files[0].batchTypes)
        reading: while true {
            switch try partitions.next(into: batch, maximumRows: 1, watermark: { watermarks[$0] }) {
            case .rows(let partition):
                let value = batch.values(0, as: Int64.self)[0]
                watermarks[partition] = value
                steps.append("\(partition): \(value) line \(partitions.current.place(ofRow: 0)?.line ?? 0)")
            case .end(let partition): steps.append("\(partition) ends")
            case .finished: break reading
            }
        }
        #expect(
            steps == [
                "0: 1 line 1", "1: 2 line 1", "2 ends", "0: 20 line 2", "1: 3 line 2", "1: 25 line 3", "0: 30 line 3",
                "1 ends", "0 ends",
            ])
        #expect(partitions.rowCount == 6)
    }

    @Test func `records that fail in any of them go to one dead-letter file`() throws {
        _ = folder.write("x1.json", "{\"a\":1}\nbad one\n")
        _ = folder.write("x2.json", "bad two\n{\"a\":2}\n")
        let letters = folder.file("dead.json")
        let partitions = try partitions(.deadLetter(path: letters))
        let batch = ColumnBatch(types: partitions.files[0].batchTypes)
        while try partitions.next(into: batch, watermark: { _ in 0 }) != .finished {}
        #expect(partitions.rowCount == 2)
        #expect(partitions.rejectedRecordCount == 2)
        let lines = contents(letters).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains("bad one") && lines[1].contains("bad two"))
    }
}
