import Foundation
import LaminarBenchmarks
import Testing

/// Three bids in every layout that the generator writes; the folder goes with the value.
private final class Bids {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bids-\(UUID().uuidString)")

    init() throws {
        let bin = folder.appending(path: "bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        let integers: [String: [Int64]] = [
            "auction": [123, 5, 246], "bidder": [1, 2, 3], "price": [1000, 7, -3],
            "dateTime": [1_436_918_400_000, 1_436_918_409_999, 1_436_918_410_000],
        ]
        for (name, values) in integers {
            try values.withUnsafeBytes { Data($0) }.write(to: bin.appending(path: "bid.\(name).i64"))
        }
        for name in ["channel", "url", "extra"] {
            let texts = ["\(name) a", "", "a \(name) of more than twelve bytes"]
            var offsets: [Int64] = [0]
            for text in texts { offsets.append((offsets.last ?? 0) + Int64(text.utf8.count)) }
            try offsets.withUnsafeBytes { Data($0) }.write(to: bin.appending(path: "bid.\(name).off"))
            try Data(texts.joined().utf8).write(to: bin.appending(path: "bid.\(name).dat"))
        }
        var csv = ""
        var json = ""
        for row in 0..<3 {
            let texts = ["channel", "url", "extra"].map { name in
                [name + " a", "", "a \(name) of more than twelve bytes"][row]
            }
            let numbers = ["auction", "bidder", "price", "dateTime"].map { integers[$0]?[row] ?? 0 }
            csv += "\(numbers[0]),\(numbers[1]),\(numbers[2]),\(texts[0]),\(texts[1]),\(numbers[3]),\(texts[2])\n"
            json += """
                {"auction":\(numbers[0]),"bidder":\(numbers[1]),"price":\(numbers[2]),"channel":"\(texts[0])",\
                "url":"\(texts[1])","dateTime":\(numbers[3]),"extra":"\(texts[2])"}

                """
        }
        // The second person sells nothing, the last auction is of nobody, and one is of another category and window.
        let others: [String: [Int64]] = [
            "person.id": [1, 2], "person.dateTime": [1_436_918_400_000, 1_436_918_401_000],
            "auction.id": [123, 5, 246, 7], "auction.seller": [1, 1, 1, 9], "auction.category": [10, 11, 10, 10],
            "auction.dateTime": [1_436_918_400_000, 1_436_918_409_999, 1_436_918_410_000, 1_436_918_420_000],
        ]
        for (name, values) in others {
            try values.withUnsafeBytes { Data($0) }.write(to: bin.appending(path: "\(name).i64"))
        }
        for (name, texts) in ["name": ["Ada", "Bob"], "city": ["Bend", "Kent"], "state": ["OR", "WA"]] {
            var offsets: [Int64] = [0]
            for text in texts { offsets.append((offsets.last ?? 0) + Int64(text.utf8.count)) }
            try offsets.withUnsafeBytes { Data($0) }.write(to: bin.appending(path: "person.\(name).off"))
            try Data(texts.joined().utf8).write(to: bin.appending(path: "person.\(name).dat"))
        }
        try Data(csv.utf8).write(to: folder.appending(path: "bid.csv"))
        try Data(json.utf8).write(to: folder.appending(path: "bid.ndjson"))
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func result(of query: NexmarkQuery, _ input: NexmarkBenchmark.Input, batchRows: Int = 2) throws -> (String, LaminarBenchmarks.Measurement) {
        let benchmark = NexmarkBenchmark(directory: folder.path, input: input, batchRows: batchRows) {
            query.makeCompiledPipeline()
        }
        let output = folder.appending(path: "out.csv")
        let measurement = try benchmark.run(repetitions: 2, output: output.path)
        return (try String(contentsOf: output, encoding: .utf8), measurement)
    }
}

@Suite struct `A Nexmark query` {
    @Test(arguments: NexmarkBenchmark.Input.allCases)
    func `gives its result in canonical CSV, whatever the input`(input: NexmarkBenchmark.Input) throws {
        let bids = try Bids()
        let (q0, measurement) = try bids.result(of: .q0, input)
        #expect(
            q0 == """
                123,1,1000,1436918400000,extra a
                5,2,7,1436918409999,
                246,3,-3,1436918410000,a extra of more than twelve bytes

                """)
        #expect(measurement.rowsOut == 3)
        #expect(measurement.json.hasPrefix("{\"wall_s\":"))
        #expect(measurement.json.hasSuffix(",\"rows_out\":3}"))
    }

    @Test(arguments: [1, 2, 100]) func `joins its tables, pushed side by side`(batchRows: Int) throws {
        let bids = try Bids()
        let sales = try bids.result(of: .q3, .columns, batchRows: batchRows).0
        #expect(sales.split(separator: "\n").sorted() == ["Ada,Bend,OR,123", "Ada,Bend,OR,246"])
        #expect(try bids.result(of: .q8, .columns, batchRows: batchRows).0 == "1,Ada,1436918400000\n")
    }

    @Test func `has decimals without trailing zeros`() throws {
        let (q1, _) = try Bids().result(of: .q1, .columns)
        let prices = q1.split(separator: "\n").map { $0.split(separator: ",")[2] }
        #expect(prices == ["908", "6.356", "-2.724"])
    }

    @Test func `filters`() throws {
        #expect(try Bids().result(of: .q2, .columns).0 == "123,1000\n246,-3\n")
    }

    @Test(arguments: NexmarkBenchmark.Input.allCases)
    func `aggregates in windows of milliseconds since the epoch`(input: NexmarkBenchmark.Input) throws {
        let (rows, _) = try Bids().result(of: .tumble, input)
        #expect(rows == "123,1436918400000,1,1000\n5,1436918400000,1,7\n246,1436918410000,1,-3\n")
    }

    @Test func `fails where data is missing or damaged`() throws {
        let bids = try Bids()
        let path = bids.folder.appending(path: "bin/bid.price.i64")
        try Data([1, 2, 3, 4, 5, 6, 7, 8]).write(to: path)
        #expect(throws: BenchmarkError.self) { try bids.result(of: .q0, .columns) }
        try FileManager.default.removeItem(at: path)
        #expect(throws: BenchmarkError.self) { try bids.result(of: .q0, .columns) }
        try Data("{\"auction\":".utf8).write(to: bids.folder.appending(path: "bid.ndjson"))
        #expect(throws: BenchmarkError.self) { try bids.result(of: .q0, .ndjson) }
    }
}
