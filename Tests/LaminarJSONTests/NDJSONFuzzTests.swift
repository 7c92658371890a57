import Foundation
import LaminarColumns
import LaminarFormats
import LaminarJSON
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

/// `LAMINAR_FUZZ` makes the runs that many times as long.
let fuzzFactor = Int(ProcessInfo.processInfo.environment["LAMINAR_FUZZ"] ?? "") ?? 1

@Suite struct NDJSONFuzzTests {
    static let list: [(String, SQLType)] = [
        ("id", .bigint), ("price", .double), ("name", .text), ("ok", .boolean), ("at", .timestamptz(6)),
        ("amount", .decimal(DecimalParameters(precision: 12, scale: 2))), ("raw", .json), ("small", .integer),
    ]

    static let seeds = [
        #"{"id":1,"price":1.5,"name":"bob","ok":true,"at":"2013-01-01T05:15:00Z","amount":12.34,"raw":{"a":[1,2]},"small":7}"#,
        #"{"id": 123456789012, "price": -2.5e-3, "name": "a longer name than twelve", "ok": false, "extra": [1, {"b": null}]}"#,
        #"{"small":null,"id":-5,"name":"esc \"\\\/\b\f\n\r\t \u00e9 \ud83d\ude00 é€😀","at":1357017300000,"x":"skipped \u0041"}"#,
        #"{"amount":"1.005","id":"42","ok":"t","raw":"text","price":"NaN","unknown":-0.0e+10,"deep":[[[[{}]]]]}"#,
        #"{"id":9223372036854775807,"small":-2147483648,"price":1.7976931348623157e308,"raw":[true,false,null]}"#,
        "{ \"id\" :\t1 , \"name\"\t: \"x\" }\r", "{}",
    ].map { Array($0.utf8) }

    static let pieces: [[UInt8]] = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "\\udc00", "\\u0000", "null", "true", "0", "-", "1e400",
        "1.", ".5", "e", "+", " ", "\t", "\r", "é", "😀", "00", "99999999999999999999", "\"id\":", "{\"id\":1}", "\u{feff}", "/",
        "\u{1}", "\u{7f}",
    ].map { Array($0.utf8) } + [[0x80], [0xff], [0xc3], [0xed, 0xa0, 0x80], [0x00], [0xf4, 0x90, 0x80, 0x80]]

    static func mutated(_ record: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var record = record
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0...record.count, using: &generator)
            let length = min(Int.random(in: 0...4, using: &generator), record.count - place)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: record.removeSubrange(place..<(place + length))
            case 1: record.insert(contentsOf: pieces.randomElement(using: &generator)!, at: place)
            case 2: record.replaceSubrange(place..<(place + length), with: pieces.randomElement(using: &generator)!)
            case 3 where place < record.count: record[place] = UInt8.random(in: 0...255, using: &generator)
            case 4 where place < record.count: record[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            default:
                let other = seeds.randomElement(using: &generator)!
                let from = Int.random(in: 0..<max(other.count, 1), using: &generator)
                let end = min(other.count, from + 12)
                record.insert(contentsOf: other[min(from, end)..<end], at: place)
            }
        }
        return record.filter { $0 != 0x0a }
    }

    /// Trained predictions, cold ones and the general parser must agree on rows, errors and what was consumed.
    @Test(arguments: [UInt64](1...4)) func `all tiers agree on mutated records`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        for round in 0..<(120 * fuzzFactor) {
            var input: [UInt8] = []
            for _ in 0..<20 {
                let record = Self.seeds.randomElement(using: &generator)!
                input += Bool.random(using: &generator) ? record : Self.mutated(record, &generator)
                input.append(0x0a)
            }
            let list = Array(Self.list.shuffled(using: &generator).prefix(Int.random(in: 0...8, using: &generator)))
            let wanted = list.enumerated().map {
                DecodedColumn($1.0, $1.1, isNullable: Int.random(in: 0..<8, using: &generator) > 0, outputIndex: $0)
            }
            let fast = try decode(input, wanted)
            let general = try decode(input, wanted, generally: true)
            let cold = try decode(input, wanted, chunk: Int.random(in: 1...300, using: &generator), maximumRows: 3)
            guard fast == general, cold == general else {
                Issue.record("seed \(seed) round \(round): \(difference(fast, general)) \(difference(cold, general))")
                return
            }
        }
    }

    /// Most records have the shape that the template has learned; the others leave it at any byte.
    @Test(arguments: [UInt64](21...24)) func `a template and the general parser agree on records of one shape`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        var taken = 0
        var others = 0
        for round in 0..<(40 * fuzzFactor) {
            let list = Array(Self.list.shuffled(using: &generator).prefix(Int.random(in: 1...8, using: &generator)))
            let wanted = list.enumerated().map {
                DecodedColumn($1.0, $1.1, isNullable: Int.random(in: 0..<4, using: &generator) > 0, outputIndex: $0)
            }
            let seeds = Self.seeds.shuffled(using: &generator)
            let mutatedShare = Int.random(in: 2..<12, using: &generator)
            var input: [UInt8] = []
            for index in 0..<120 {
                // Behind the sixtieth record another shape begins.
                let record = Self.withOtherDigits(seeds[index / 60], &generator)
                let isMutated = Int.random(in: 0..<mutatedShare, using: &generator) == 0
                input += isMutated ? Self.mutated(record, &generator) : record
                input.append(0x0a)
            }
            let general = try decode(input, wanted, generally: true)
            // With small batches the digits of integers are sampled often.
            for maximumRows in [1024, 7, 1] {
                let fast = try decode(input, wanted, maximumRows: maximumRows)
                taken += fast.templateRecordCount.value
                others += fast.rows.count - fast.templateRecordCount.value
                guard fast == general else {
                    Issue.record("seed \(seed) round \(round): \(difference(fast, general))")
                    return
                }
            }
        }
        // Both happen often, or the test says nothing.
        #expect(taken > 3_000 * fuzzFactor / 10 && others > 1_000, "\(taken) by the template, \(others) not")
    }

    /// The record with more or fewer digits in its integers.
    private static func withOtherDigits(_ record: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var result: [UInt8] = []
        for (index, byte) in record.enumerated() {
            let isDigit = byte &- 48 < 10
            if isDigit, index > 0, record[index - 1] &- 48 < 10, Int.random(in: 0..<3, using: &generator) == 0 {
                for _ in 0..<Int.random(in: 0..<4, using: &generator) { result.append(.random(in: 48...57, using: &generator)) }
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private func difference(_ a: Decoded, _ b: Decoded) -> String {
        for (x, y) in zip(a.rows, b.rows) where x != y { return "\(x) is not \(y)" }
        for (x, y) in zip(a.errors, b.errors) where x != y { return "\(x) is not \(y)" }
        return "\(a.rows.count) rows, \(a.errors.count) errors; \(b.rows.count) rows, \(b.errors.count) errors"
    }

    /// Foundation's parser is the judge of what is JSON, and of values.
    ///
    /// Left out is what it is known to do otherwise: bytes it may hold for UTF-16 or UTF-32 or drops (zero bytes, byte
    /// order marks), numbers that fit no double or are off by an ulp, a comma behind the last element.
    @Test(arguments: [UInt64](11...14)) func `what is JSON, and what its values are, agrees with another parser`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        var accepted = 0
        var rejected = 0
        for _ in 0..<(1500 * fuzzFactor) {
            let record = Self.mutated(Self.seeds.randomElement(using: &generator)!, &generator)
            if record.contains(0) || hasMark(record) || record.allSatisfy({ $0 <= 0x20 }) { continue }
            let ours = try decode(record + [0x0a], [])
            let object = try? JSONSerialization.jsonObject(with: Data(record), options: [.fragmentsAllowed])
            let theirs = object as? [String: Any]
            if ours.errors.isEmpty != (theirs != nil) {
                if hasHugeNumber(record) || hasLastComma(record) { continue }
                Issue.record("seed \(seed): \(String(decoding: record, as: UTF8.self)): \(ours.errors) but \(object as Any)")
                continue
            }
            guard let theirs else {
                rejected += 1
                continue
            }
            accepted += 1
            let typed = try decode(record + [0x0a], columns([("name", .text), ("price", .double), ("id", .bigint)]))
            guard typed.errors.isEmpty, !hasDuplicateKey(record) else { continue }
            #expect(typed.rows[0][0] == theirs["name"] as? String, "\(String(decoding: record, as: UTF8.self))")
            if let number = theirs["price"] as? NSNumber, !(theirs["price"] is String) {
                let value = try #require(typed.rows[0][1].flatMap(Double.init))
                #expect(abs(value - number.doubleValue) <= value.ulp.magnitude * 4)
            }
            if let number = theirs["id"] as? NSNumber, !(theirs["id"] is String) {
                #expect(typed.rows[0][2].flatMap { Int64($0) } == number.int64Value)
            }
        }
        #expect(accepted > 100 && rejected > 100, "\(accepted) \(rejected)")
    }

    private func hasMark(_ record: [UInt8]) -> Bool {
        String(decoding: record, as: UTF8.self).unicodeScalars.contains { $0 == "\u{feff}" || $0 == "\u{fffe}" }
    }

    private func hasLastComma(_ record: [UInt8]) -> Bool {
        String(decoding: record, as: UTF8.self).contains(/,[ \t\r]*[\]}]/)
    }

    private func hasHugeNumber(_ record: [UInt8]) -> Bool {
        let text = String(decoding: record, as: UTF8.self)
        return text.contains(/[eE]\+?[0-9]{3}/) || text.contains(/[0-9]{19}/) || text.contains(/[eE]-[0-9]{3}/)
    }

    private func hasDuplicateKey(_ record: [UInt8]) -> Bool {
        let text = String(decoding: record, as: UTF8.self)
        return ["\"id\"", "\"name\"", "\"price\"", "\\u"].contains { text.components(separatedBy: $0).count > 2 }
            || text.contains("\\u00")
    }

    @Test func `doubles are the nearest ones, however they are spelled`() throws {
        var generator = SeededGenerator(state: 5)
        var spellings = ["2.2250738585072011e-308", "9007199254740993", "9007199254740992.999999999999999999999999", "1e23", "0e-999"]
        for _ in 0..<2000 {
            let digits = (0..<Int.random(in: 1...25, using: &generator)).map { _ in
                String(Int.random(in: 0...9, using: &generator))
            }.joined()
            let whole = String(Int.random(in: 0...9999, using: &generator))
            let exponent = Int.random(in: 0..<3, using: &generator) == 0 ? "e\(Int.random(in: -300...280, using: &generator))" : ""
            spellings.append("\(whole).\(digits)\(exponent)")
            spellings.append(Double(bitPattern: generator.next() & ~(1 << 62)).magnitude.description)
        }
        let input = spellings.map { "{\"v\":\($0),\"w\":-\($0)}\n" }.joined()
        let result = try decode(input, [("v", .double), ("w", .double)])
        #expect(result.errors == [])
        for (row, spelling) in zip(result.rows, spellings) {
            #expect(row[0].flatMap(Double.init)?.bitPattern == Double(spelling)?.bitPattern, "\(spelling)")
            #expect(row[1].flatMap(Double.init)?.bitPattern == Double("-" + spelling)?.bitPattern, "-\(spelling)")
        }
    }

    @Test func `the same bytes in pieces of any size give the same rows and errors`() throws {
        var generator = SeededGenerator(state: 99)
        var input: [UInt8] = [0xef, 0xbb, 0xbf]
        for index in 0..<40 {
            let record = Self.seeds[index % Self.seeds.count]
            input += index % 3 == 0 ? Self.mutated(record, &generator) : record
            input += index % 5 == 0 ? [0x0d, 0x0a, 0x0a] : [0x0a]
        }
        input.removeLast()
        let whole = try decode(input, columns(Self.list))
        #expect(whole.errors.count > 5 && whole.rows.count > 20)
        for size in 1...64 { #expect(try decode(input, columns(Self.list), chunk: size) == whole, "pieces of \(size)") }
    }

    @Test func `order, spacing and escapes of a record do not change its row`() throws {
        var generator = SeededGenerator(state: 7)
        let values: [(String, String)] = [
            ("id", "-42"), ("price", "0.1"), ("name", "\"ab\\\"c\""), ("ok", "true"), ("at", "\"2013-01-01 05:15:00\""),
            ("amount", "12.345"), ("raw", "[1,\"x\"]"), ("small", "3"), ("other", "{\"id\":7}"),
        ]
        var input = ""
        for _ in 0..<300 {
            func blank() -> String { ["", "", "", " ", "\t", "  "].randomElement(using: &generator)! }
            let fields = values.shuffled(using: &generator).map { key, value in
                let name = Int.random(in: 0..<9, using: &generator) == 0 ? "\\u00\(String(key.utf8.first!, radix: 16))\(key.dropFirst())" : key
                return "\(blank())\"\(name)\"\(blank()):\(blank())\(value)\(blank())"
            }
            input += "\(blank()){\(fields.joined(separator: ","))}\(blank())\n"
        }
        let result = try decode(input, Self.list)
        #expect(result.errors == [])
        let expected = ["-42", "0.1", "ab\"c", "true", "2013-01-01 05:15:00+00", "12.35", "[1,\"x\"]", "3"]
        #expect(result.rows.allSatisfy { $0 == expected })
    }
}
