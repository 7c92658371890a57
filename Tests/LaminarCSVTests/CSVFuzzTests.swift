import LaminarCSV
import LaminarColumns
import LaminarFormats
import LaminarTypes
import Testing

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite struct CSVFuzzTests {
    static let list: [(String, SQLType)] = [("a", .bigint), ("b", .text), ("c", .double), ("d", .integer), ("e", .text)]
    static let table = ["a", "b", "c", "d", "e"]

    static let pieces: [[UInt8]] = ["\"", "\"\"", ",", "\n", "\r\n", "\r", ";", "x", "1", "-", "é", "\u{feff}", "99999999999999999999"]
        .map { Array($0.utf8) } + [[0], [0xff], [0xc3]]

    static func field(_ generator: inout SeededGenerator) -> String {
        ["", "\"\"", "1", "-5", "0.5", "\"7\"", "text", "\"a,b\"", "\"say \"\"x\"\"\"", "\"two\nlines\"", "a longer text than twelve", "é€😀", "\"\r\n\""]
            .randomElement(using: &generator)!
    }

    static func input(_ generator: inout SeededGenerator) -> [UInt8] {
        var text = ""
        for _ in 0..<12 {
            let count = Int.random(in: 0..<10, using: &generator) == 0 ? Int.random(in: 1...7, using: &generator) : 5
            var fields = (0..<count).map { _ in field(&generator) }
            if count == 5 && Bool.random(using: &generator) {
                fields = ["\(Int.random(in: -9...99999, using: &generator))", fields[1], "1.25", "", "\"x\""]
            }
            text += fields.joined(separator: ",") + (Bool.random(using: &generator) ? "\n" : "\r\n")
        }
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(contentsOf: pieces.randomElement(using: &generator)!, at: place)
            default: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
        }
        return bytes
    }

    @Test(arguments: [UInt64](1...4)) func `the walk, the general parser and pieces of any size agree`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        for round in 0..<200 {
            let input = Self.input(&generator)
            let list = Array(Self.list.shuffled(using: &generator).prefix(Int.random(in: 0...5, using: &generator)))
            let wanted = list.enumerated().map {
                DecodedColumn($1.0, $1.1, isNullable: Int.random(in: 0..<8, using: &generator) > 0, outputIndex: $0)
            }
            let options = CSVOptions(nullText: ["", "", "1", "text"].randomElement(using: &generator)!)
            let fast = try decode(input, wanted, table: Self.table, options)
            let general = try decode(input, wanted, table: Self.table, options, generally: true)
            let chunk = Int.random(in: 1...64, using: &generator)
            let pieces = try decode(input, wanted, table: Self.table, options, chunk: chunk, maximumRows: 2)
            guard fast == general, pieces == general else {
                Issue.record("seed \(seed) round \(round): \(fast == general) \(fast)\n\(general)\n\(pieces)")
                return
            }
        }
    }

    /// A parser of a few lines for well-formed input: states, no places, no recovery.
    private func records(_ input: [UInt8]) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var i = 0
        while i < input.count {
            let byte = input[i]
            if isQuoted {
                if byte == 34 && i + 1 < input.count && input[i + 1] == 34 {
                    field.append(34)
                    i += 1
                } else if byte == 34 {
                    isQuoted = false
                } else {
                    field.append(byte)
                }
            } else if byte == 34 {
                isQuoted = true
            } else if byte == 44 || byte == 10 {
                if byte == 10 && field.last == 13 && input[i - 1] == 13 { field.removeLast() }
                record.append(String(decoding: field, as: UTF8.self))
                field = []
                if byte == 10 {
                    records.append(record)
                    record = []
                }
            } else {
                field.append(byte)
            }
            i += 1
        }
        return records
    }

    @Test func `fields of well-formed records are what a plain parser finds`() throws {
        var generator = SeededGenerator(state: 21)
        var input = ""
        for _ in 0..<500 {
            let fields = (0..<5).map { _ in Self.field(&generator) }
            if fields == ["", "", "", "", ""] { continue }
            input += fields.joined(separator: ",") + (Bool.random(using: &generator) ? "\n" : "\r\n")
        }
        let all = Self.table.map { ($0, SQLType.text) }
        let options = CSVOptions(nullText: "no such text")
        let result = try decode(Array(input.utf8), columns(all), table: Self.table, options)
        #expect(result.errors == [])
        #expect(result.rows.map { $0.map { $0 ?? "NULL" } } == records(Array(input.utf8)))
    }
}
