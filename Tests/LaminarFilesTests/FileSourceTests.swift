import Glibc
import LaminarCSV
import LaminarColumns
import LaminarFiles
import LaminarFormats
import LaminarTypes
import Testing

@Suite struct FileSourceTests {
    private let folder = TemporaryFolder()

    private func source(
        _ path: String, _ format: FileFormat = .ndjson, csv: CSVOptions = CSVOptions(),
        _ policy: RecordErrorPolicy = .fail, maximumRecordByteCount: Int = FileSourceOptions.defaultMaximumRecordByteCount
    ) throws -> FileSource {
        let options = FileSourceOptions(
            path: path, format: format, csv: csv, errorPolicy: policy, maximumRecordByteCount: maximumRecordByteCount)
        return try FileSource(options, columns: columns([("a", .bigint), ("b", .text)]), tableColumns: ["a", "b"])
    }

    @Test func `files that match are read in the order of their names, and rows know their lines`() throws {
        _ = folder.write("x2.json", "{\"a\":3}\n")
        _ = folder.write("x1.json", "{\"a\":1}\n\n{\"a\":2,\"b\":\"t\"}")
        _ = folder.write("x3.json", "")
        _ = folder.write("y.json", "no JSON")
        let source = try source(folder.path + "/x?.json")
        #expect(source.files.map { String($0.suffix(7)) } == ["x1.json", "x2.json", "x3.json"])
        let result = read(source)
        #expect(result.error == nil)
        #expect(result.rows == ["x1.json:1 1 NULL", "x1.json:3 2 t", "x2.json:1 3 NULL"])
        #expect(source.rowCount == 3)
        #expect(source.position == FileSourcePosition(path: nil, byteOffset: 0, line: 1))
    }

    @Test func `a file or pattern that is not there is an error that names it`() throws {
        let missing = read(try source(folder.path + "/none.json"))
        #expect(missing.error?.sqlState == "58P01")
        #expect(
            missing.error?.description
                == "could not open file \"\(folder.path)/none.json\": No such file or directory [58P01]")
        #expect {
            _ = try source(folder.path + "/*.json")
        } throws: { error in
            (error as? FileError)?.description == "no file matches \"\(folder.path)/*.json\" [58P01]"
        }
        let directory = read(try source(folder.path))
        #expect(directory.error?.description == "could not read file \"\(folder.path)\": Is a directory [58030]")
    }

    @Test func `with fail the rows before the record come first, then the error with its place`() throws {
        let path = folder.write("f.json", "{\"a\":1}\n{\"a\":2}\n{\"a\":\"x\"}\n{\"a\":4}\n")
        let source = try source(path)
        let result = read(source)
        #expect(result.rows == ["f.json:1 1 NULL", "f.json:2 2 NULL"])
        #expect(
            result.error?.description
                == "\(path):3:6: invalid input syntax for type bigint: \"x\" (column \"a\") [22P02]")
        #expect(result.error?.record?.byteOffset == 21)
        #expect(source.position == FileSourcePosition(path: path, byteOffset: 16, line: 3))
        #expect(read(source).rows == ["f.json:4 4 NULL"])
    }

    @Test func `a record cut off at the end is an error`() throws {
        let path = folder.write("f.json", "{\"a\":1}\n{\"a\":2")
        #expect(
            read(try source(path)).error?.description
                == "\(path):2:7: invalid JSON: expected \",\" or \"}\" but found the end of the line [22P02]")
        let csv = folder.write("f.csv", "1,x\n2,\"y")
        #expect(
            read(try source(csv, .csv)).error?.description
                == "\(csv):2:3: invalid CSV: the field in quotes that starts here does not end [22P04]")
    }

    @Test func `skip counts and dead_letter keeps the records that are no rows`() throws {
        let text = "{\"a\":1}\nnonsense\n{\"a\":2,\"b\":\"\u{1}\"}\n{\"a\":3}\n"
        let path = folder.write("f.json", Array(text.utf8) + [0x7b, 0xff, 0x0a])
        let skipping = try source(path, .skip)
        #expect(read(skipping).rows == ["f.json:1 1 NULL", "f.json:4 3 NULL"])
        #expect(skipping.rejectedRecordCount == 3)
        let letters = folder.file("dead.json")
        let keeping = try source(path, .deadLetter(path: letters))
        #expect(read(keeping).rows == ["f.json:1 1 NULL", "f.json:4 3 NULL"])
        #expect(
            contents(letters) == """
                {"path":"\(path)","line":2,"column":1,"byte_offset":8,"sqlstate":"22P02",\
                "reason":"invalid JSON: expected a JSON object but found \\"nonsense\\"","record":"nonsense"}
                {"path":"\(path)","line":3,"column":13,"byte_offset":29,"sqlstate":"22P02",\
                "reason":"invalid JSON: control character 0x01 in a string","record":"{\\"a\\":2,\\"b\\":\\"\\u0001\\"}"}
                {"path":"\(path)","line":5,"column":2,"byte_offset":42,"sqlstate":"22P02",\
                "reason":"invalid JSON: expected a key in double quotes but found the byte 0xff","record":"{\u{fffd}",\
                "record_hex":"7bff"}

                """)
    }

    @Test func `records longer than the limit are refused, all others read`() throws {
        for length in [98, 99, 100, 101, 300, 1000] {
            let filler = String(repeating: "x", count: length - 8)
            let records = "{\"a\":1}\n{\"b\":\"\(filler)\"}\n{\"a\":2}\n"
            let path = folder.write("f.json", records)
            let source = try source(path, .skip, maximumRecordByteCount: 100)
            let result = read(source)
            #expect(result.error == nil)
            #expect(source.rejectedRecordCount == (length > 100 ? 1 : 0), "\(length)")
            #expect(result.rows.first == "f.json:1 1 NULL")
            #expect(result.rows.last == "f.json:3 2 NULL")
            #expect(result.rows.count == (length > 100 ? 2 : 3))
            if length > 100 {
                let failing = read(try self.source(path, maximumRecordByteCount: 100))
                #expect(
                    failing.error?.description
                        == "\(path):2:1: the record is longer than max_record_bytes (100) [54000]")
            }
        }
    }

    @Test func `a record of many megabytes is read whole`() throws {
        let filler = String(repeating: "x", count: 20 << 20)
        let path = folder.write("f.json", "{\"a\":1}\n{\"a\":2,\"b\":\"\(filler)\"}\n{\"a\":3}\n")
        let batch = ColumnBatch(types: [.int64, .string])
        let source = try source(path)
        var lengths: [Int] = []
        while try source.next(into: batch) {
            batch.withView { view in
                for row in 0..<view.rowCount {
                    if case .text(let text) = view.columns[1].dynamicValue(row, type: .text) {
                        lengths.append(text.utf8.count)
                    } else {
                        lengths.append(-1)
                    }
                }
            }
        }
        #expect(lengths == [-1, 20 << 20, -1])
    }

    @Test func `a position taken after any batch goes on with the next row`() throws {
        _ = folder.write("p1.csv", "b,a\n\"l1\nl2\",1\ny,2\n\nz,3")
        _ = folder.write("p2.csv", "a,b\n4,v\n5,w\n")
        let pattern = folder.path + "/p*.csv"
        let options = CSVOptions(hasHeader: true)
        let all = read(try source(pattern, .csv, csv: options)).rows
        #expect(all == ["p1.csv:2 1 l1\nl2", "p1.csv:4 2 y", "p1.csv:6 3 z", "p2.csv:2 4 v", "p2.csv:3 5 w"])
        for count in 0...5 {
            let first = try source(pattern, .csv, csv: options)
            let before = read(first, maximumRows: 1, batches: count).rows
            let second = try source(pattern, .csv, csv: options)
            try second.restore(first.position)
            #expect(before + read(second).rows == all)
        }
    }

    @Test func `a pipe's rows come before its end`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let source = try source("/dev/fd/\(ends[0])")
        let batch = ColumnBatch(types: [.int64, .string])
        let text = "{\"a\":1}\n{\"a\":2}\n{\"a\""
        #expect(Glibc.write(ends[1], text, text.utf8.count) == text.utf8.count)
        #expect(try source.next(into: batch))
        #expect(batch.rowCount == 2)
        #expect(Glibc.write(ends[1], ":3}", 3) == 3)
        close(ends[1])
        #expect(try source.next(into: batch))
        #expect(batch.rowCount == 1)
        #expect(try !source.next(into: batch))
        close(ends[0])
    }
}

extension FileSourceTests {
    private func source(_ path: String, _ policy: RecordErrorPolicy) throws -> FileSource {
        try source(path, .ndjson, policy)
    }

    private func source(
        _ path: String, _ policy: RecordErrorPolicy, maximumRecordByteCount: Int
    ) throws -> FileSource {
        try source(path, .ndjson, policy, maximumRecordByteCount: maximumRecordByteCount)
    }
}
