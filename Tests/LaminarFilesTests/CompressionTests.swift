import Foundation
import LaminarCSV
import LaminarColumns
import LaminarFiles
import LaminarFormats
import LaminarTypes
import Testing

/// Files that the commands gzip and zstd made, and what these make of ours.
@Suite struct CompressionTests {
    private let folder = TemporaryFolder()

    enum Command: String, CaseIterable, CustomTestStringConvertible {
        case gzip, zstd
        var testDescription: String { rawValue }
        var ending: String { self == .gzip ? "gz" : "zst" }
        var compression: FileCompression { self == .gzip ? .gzip : .zstd }

        /// What the command makes of bytes.
        func callAsFunction(_ bytes: [UInt8], _ arguments: String...) throws -> [UInt8] {
            try run(rawValue, arguments + ["-c"], bytes).output
        }

        func decompress(_ bytes: [UInt8]) throws -> (output: [UInt8], status: Int32) {
            try run(rawValue, ["-dc"], bytes)
        }

        private func run(_ name: String, _ arguments: [String], _ bytes: [UInt8]) throws -> (output: [UInt8], status: Int32) {
            let folder = TemporaryFolder()
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [name, "-q"] + arguments
            process.standardInput = FileHandle(forReadingAtPath: folder.write("in", bytes))
            let output = Pipe()
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (Array(data), process.terminationStatus)
        }
    }

    private func source(
        _ path: String, compression: FileCompression? = nil, format: FileFormat = .ndjson, csv: CSVOptions = CSVOptions(),
        _ policy: RecordErrorPolicy = .fail
    ) throws -> FileSource {
        let options = FileSourceOptions(
            path: path, format: format, csv: csv, compression: compression, errorPolicy: policy)
        return try FileSource(options, columns: columns([("a", .bigint), ("b", .text)]), tableColumns: ["a", "b"])
    }

    /// Rows whose texts do not compress to nothing.
    private func records(_ count: Int) -> String {
        var state: UInt64 = 42
        return (0..<count).map { row in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return "{\"a\":\(row),\"b\":\"\(String(state, radix: 36))\"}\n"
        }.joined()
    }

    private func withoutNames(_ rows: [String]) -> [String] { rows.map { $0.drop { $0 != ":" }.description } }

    @Test(arguments: Command.allCases)
    func `rows of a compressed file are those of the file, by its ending or by the option`(command: Command) throws {
        let text = records(60_000)
        let plain = withoutNames(read(try source(folder.write("plain.json", text))).rows)
        let compressed = try command(Array(text.utf8))
        #expect(compressed.count < text.utf8.count * 9 / 10)
        let byEnding = try source(folder.write("rows.json.\(command.ending)", compressed))
        #expect(withoutNames(read(byEnding).rows) == plain)
        #expect(byEnding.byteCount == text.utf8.count)
        let byOption = read(try source(folder.write("rows.json", compressed), compression: command.compression))
        #expect(byOption.error == nil)
        #expect(withoutNames(byOption.rows) == plain)
    }

    @Test(arguments: Command.allCases)
    func `members one behind another are one file, with records cut between them`(command: Command) throws {
        let text = Array(records(500).utf8)
        let plain = withoutNames(read(try source(folder.write("plain.json", text))).rows)
        for size in [1, 7, 1000] {
            let cut = size == 1 ? Array(text.prefix(200)) : text
            var compressed: [UInt8] = []
            for start in stride(from: 0, to: cut.count, by: size) {
                compressed += try command(Array(cut[start..<min(start + size, cut.count)]), "-1")
                if size == 7 { compressed += try command([]) }
                if start > 70 * size { compressed += try command(Array(cut[min(start + size, cut.count)...])); break }
            }
            let result = read(try source(folder.write("members.json.\(command.ending)", compressed), .skip))
            #expect(result.error == nil)
            #expect(size == 1 || withoutNames(result.rows) == plain)
            #expect(result.rows.count >= 5)
        }
    }

    @Test func `zeros may follow a gzip file, anything else is an error at its byte`() throws {
        let compressed = try Command.gzip(Array("{\"a\":1}\n".utf8))
        let padded = read(try source(folder.write("padded.json.gz", compressed + Array(repeating: 0, count: 1000))))
        #expect(padded.rows == ["padded.json.gz:1 1 NULL"] && padded.error == nil)
        let path = folder.write("garbage.json.gz", compressed + Array("garbage".utf8))
        let garbage = read(try source(path))
        #expect(garbage.rows == ["garbage.json.gz:1 1 NULL"])
        #expect(
            garbage.error?.description
                == "could not decompress file \"\(path)\" at byte \(compressed.count): no gzip member starts there [22P04]")
    }

    @Test(arguments: Command.allCases)
    func `a file that is cut off anywhere is an error at its end, behind the rows before`(command: Command) throws {
        let text = records(40)
        let compressed = try command(Array(text.utf8))
        let all = read(try source(folder.write("all.json.\(command.ending)", compressed))).rows
        #expect(all.count == 40)
        for count in 0..<compressed.count {
            let path = folder.write("cut.json.\(command.ending)", Array(compressed[..<count]))
            let result = read(try source(path, .skip))
            #expect(
                result.error?.description
                    == "could not decompress file \"\(path)\" at byte \(count): it is \(count == 0 ? "empty" : "cut off") [22P04]")
            #expect(withoutNames(Array(all.prefix(result.rows.count))) == withoutNames(result.rows))
        }
        // Of a file of many blocks most rows come before the end is missed.
        let many = try command(Array(records(60_000).utf8))
        let rows = read(try source(folder.write("many.json.\(command.ending)", many.dropLast(100)))).rows
        #expect(rows.count > 50_000 && rows.count <= 60_000)
    }

    @Test(arguments: Command.allCases)
    func `a byte that is wrong is an error or changes no row`(command: Command) throws {
        let text = records(40)
        let arguments = command == .zstd ? "--check" : "-6"
        let compressed = try command(Array(text.utf8), arguments)
        let all = withoutNames(read(try source(folder.write("all.json.\(command.ending)", compressed))).rows)
        var failures = 0
        for index in compressed.indices {
            var damaged = compressed
            damaged[index] ^= 0x55
            let path = folder.write("damaged.json.\(command.ending)", damaged)
            let result = read(try source(path, .skip))
            if let error = result.error {
                failures += 1
                #expect(error.sqlState == "22P04" && error.message.hasPrefix("could not decompress file \"\(path)\" at byte "))
            } else {
                #expect(withoutNames(result.rows) == all, "byte \(index)")
            }
        }
        // Of gzip's header time, flags and system are not checked.
        #expect(failures > compressed.count - 12)
    }

    @Test(arguments: Command.allCases)
    func `a file that is not compressed is told so`(command: Command) throws {
        let path = folder.write("plain.json.\(command.ending)", "{\"a\":1}\n")
        let error = read(try source(path)).error
        #expect(
            error?.description
                == "could not decompress file \"\(path)\" at byte \(command == .gzip ? 2 : 0): it is not in \(command)'s format [22P04]")
        #expect(error?.hint == "Set compression = 'none' if it is not compressed.")
        #expect(read(try source(path, compression: FileCompression.none)).rows.count == 1)
    }

    @Test(arguments: Command.allCases)
    func `a position in a compressed file goes on with the next row`(command: Command) throws {
        _ = folder.write("p1.csv.\(command.ending)", try command(Array("b,a\n\"l1\nl2\",1\ny,2\n\nz,3".utf8)))
        _ = folder.write("p2.csv", "a,b\n4,v\n5,w\n")
        let options = CSVOptions(hasHeader: true)
        func files() throws -> FileSource { try source(folder.path + "/p?.csv*", format: .csv, csv: options) }
        let all = read(try files()).rows
        #expect(withoutNames(all) == [":2 1 l1\nl2", ":4 2 y", ":6 3 z", ":2 4 v", ":3 5 w"])
        for count in 0...5 {
            let first = try files()
            let before = read(first, maximumRows: 1, batches: count).rows
            let second = try files()
            try second.restore(first.position)
            #expect(before + read(second).rows == all)
        }
    }

    @Test(arguments: Command.allCases)
    func `rows of a compressed pipe come before its end`(command: Command) throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let source = try source("/dev/fd/\(ends[0])", compression: command.compression)
        let batch = ColumnBatch(types: [.int64, .string])
        let first = try command(Array("{\"a\":1}\n{\"a\":2}\n{\"a\"".utf8))
        #expect(write(ends[1], first, first.count) == first.count)
        #expect(try source.next(into: batch))
        #expect(batch.rowCount == 2)
        let second = try command(Array(":3}".utf8))
        #expect(write(ends[1], second, second.count) == second.count)
        close(ends[1])
        #expect(try source.next(into: batch))
        #expect(batch.rowCount == 1)
        #expect(try !source.next(into: batch))
        close(ends[0])
    }

    @Test(arguments: Command.allCases)
    func `what a sink writes the command decompresses, at any time what was flushed`(command: Command) throws {
        let path = folder.file("out.json.\(command.ending)")
        let sink = try FileSink(FileSinkOptions(path: path, format: .ndjson), columns: [("a", .bigint), ("b", .text)])
        let batch = ColumnBatch(types: [.int64, .string])
        var expected = ""
        for round in 0..<30 {
            batch.clear()
            for row in 0..<1000 {
                let text = String(UInt64(row * round) &* 0x9e37_79b9_7f4a_7c15, radix: 36)
                batch.append([.integer(Int64(row)), .text(text)])
                expected += "{\"a\":\(row),\"b\":\"\(text)\"}\n"
            }
            try batch.withView { try sink.write($0) }
            if round % 10 == 3 {
                try sink.flush()
                try sink.flush()
                let soFar = read(try source(path))
                #expect(soFar.rows.count == (round + 1) * 1000)
                #expect(soFar.error?.message.hasSuffix(": it is cut off") == true)
                // The command zstd keeps back what fills no block of its output.
                if command == .gzip {
                    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
                    #expect(String(decoding: try command.decompress(bytes).output, as: UTF8.self) == expected)
                }
            }
        }
        try sink.close()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(sink.byteCount == bytes.count && bytes.count < expected.utf8.count * 8 / 10)
        let whole = try command.decompress(bytes)
        #expect(whole.status == 0 && String(decoding: whole.output, as: UTF8.self) == expected)
        #expect(read(try source(path)).rows.count == 30_000)
    }

    @Test(arguments: Command.allCases)
    func `a sink without rows is a compressed file without bytes`(command: Command) throws {
        let path = folder.file("empty.csv")
        let options = FileSinkOptions(path: path, format: .csv, compression: command.compression)
        let sink = try FileSink(options, columns: [("a", .bigint)])
        try sink.flush()
        try sink.close()
        let whole = try command.decompress(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(whole.output.isEmpty && whole.status == 0)
    }

    @Test func `a full disk is an error of compressed files too`() throws {
        let options = FileSinkOptions(path: "/dev/full", format: .ndjson, compression: .gzip)
        let sink = try FileSink(options, columns: [("a", .bigint)])
        let batch = ColumnBatch(types: [.int64])
        batch.append([.integer(1)])
        try batch.withView { try sink.write($0) }
        #expect(throws: FileError("53100", "could not write file \"/dev/full\": No space left on device", path: "/dev/full")) {
            try sink.close()
        }
    }

    @Test func `compression is an option, and formats are known in front of its endings`() {
        func parsed(_ options: [(key: String, value: String)]) -> String {
            switch FileSourceOptions.parse(options) {
            case .success(let options): "\(options.format) \(options.compression.map { "\($0)" } ?? "by ending")"
            case .failure(let error): "\(error) \(error.hint ?? "")"
            }
        }
        #expect(parsed([("path", "a.csv.gz")]) == "csv by ending")
        #expect(parsed([("path", "a.JSON.ZST"), ("compression", "auto")]) == "ndjson by ending")
        #expect(parsed([("path", "a.json.zstd"), ("compression", "none")]) == "ndjson none")
        #expect(parsed([("path", "-"), ("compression", "GZIP")]) == "ndjson gzip")
        #expect(
            parsed([("path", "a.json"), ("compression", "lz4")])
                == "invalid value for option \"compression\": \"lz4\" [22023] It must be auto, none, gzip or zstd.")
        #expect(FileSinkOptions(path: "a.csv.zst", format: .csv).compression == .zstd)
        #expect(FileSinkOptions(path: "gz", format: .csv).compression == .none)
    }
}

extension CompressionTests {
    private func source(_ path: String, _ policy: RecordErrorPolicy) throws -> FileSource {
        try source(path, compression: nil, format: .ndjson, csv: CSVOptions(), policy)
    }
}
