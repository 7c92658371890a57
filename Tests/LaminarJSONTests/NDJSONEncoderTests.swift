import LaminarColumns
import LaminarFormats
import LaminarJSON
import LaminarTypes
import Testing

@Suite struct NDJSONEncoderTests {
    private func encode(
        _ list: [(String, SQLType)], _ rows: [[Value]], weights: [Int64] = [],
        _ operations: NDJSONEncoder.Operations = .insertionsOnly
    ) throws -> String {
        let batch = ColumnBatch(types: list.map(\.1.physical))
        for (index, row) in rows.enumerated() {
            #expect(batch.append(row, weight: index < weights.count ? weights[index] : 1))
        }
        let encoder = try NDJSONEncoder(columns: list.map { (name: $0.0, type: $0.1) }, operations: operations)
        var output = OutputBuffer(capacity: 1)
        batch.withView { encoder.encode($0, to: &output) }
        return String(decoding: output.bytes, as: UTF8.self)
    }

    @Test func `each type is written in its JSON form, and reads back the same`() throws {
        let list: [(String, SQLType)] = [
            ("bool", .boolean), ("i2", .smallint), ("i4", .integer), ("i8", .bigint), ("u8", .unsignedBigint),
            ("f4", .real), ("f8", .double), ("num", .decimal(nil)),
            ("dec", .decimal(DecimalParameters(precision: 38, scale: 3))), ("t", .text), ("b", .bytea), ("d", .date),
            ("time", .time), ("ts", .timestamp(6)), ("tz", .timestamptz(3)), ("iv", .interval), ("id", .uuid), ("j", .jsonb),
        ]
        let rows: [[Value]] = [
            [
                .boolean(true), .integer(-32768), .integer(-2_147_483_648), .integer(.min), .unsigned(.max), .real(0.1),
                .double(1e300), .decimal(Decimal(unscaled: -15, scale: 1)),
                .decimal(Decimal(unscaled: 12_345_678_901_234_567_890_123_456_789_012_345_678, scale: 3)),
                .text("a \"quoted\" text\\\n\u{1}é😀 and more"), .bytes([0, 171]), .date(15706), .time(18_900_000_000),
                .timestamp(1_357_017_300_000_000), .timestamp(1_357_017_300_250_000),
                .interval(Interval(months: 1, days: 2, microseconds: 3)), .uuid(1, 2), .text("{\"a\":[1]}"),
            ],
            list.map { _ in .null },
        ]
        let text = try encode(list, rows)
        #expect(
            text == """
                {"bool":true,"i2":-32768,"i4":-2147483648,"i8":-9223372036854775808,"u8":18446744073709551615,"f4":0.1,\
                "f8":1e+300,"num":-1.5,"dec":12345678901234567890123456789012345.678,\
                "t":"a \\"quoted\\" text\\\\\\n\\u0001é😀 and more","b":"\\\\x00ab","d":"2013-01-01","time":"05:15:00",\
                "ts":"2013-01-01T05:15:00","tz":"2013-01-01T05:15:00.25Z","iv":"1 mon 2 days 00:00:00.000003",\
                "id":"00000000-0000-0001-0000-000000000002","j":{"a":[1]}}
                {"bool":null,"i2":null,"i4":null,"i8":null,"u8":null,"f4":null,"f8":null,"num":null,"dec":null,"t":null,\
                "b":null,"d":null,"time":null,"ts":null,"tz":null,"iv":null,"id":null,"j":null}

                """)
        let back = try decode(text, list)
        #expect(back.errors == [])
        #expect(back.rows == rows.map { row in
            zip(row, list).map { $0 == .null ? nil : LaminarTypes.text(of: $0, type: $1.1) }
        })
    }

    @Test func `arrays are arrays, rows and maps are objects, and they read back the same`() throws {
        let pair = SQLType.row([Field("a", .integer), Field("B \"c\"", .timestamptz(6))])
        let list: [(String, SQLType)] = [
            ("l", .array(.double)), ("r", pair), ("m", .map(.text, .array(pair))), ("n", .array(.text)),
        ]
        let texts = [
            ["{{1.5,NaN},{NULL,1e+300}}", "(1,\"2020-01-01 05:15:00+00\")", "{\"a\\\"\"=\"{\\\"(2,)\\\",NULL}\", b=NULL}", "{\"é\\\"\"}"],
            ["{}", "(,)", "{}", "{}"],
        ]
        let rows = try texts.map { row in
            try zip(row, list).map { text, column in
                try #require(encodedNested(try parse(text, as: column.1), column.1))
            }
        }
        let text = try encode(list, rows + [list.map { _ in .null }])
        #expect(
            text == """
                {"l":[[1.5,"NaN"],[null,1e+300]],"r":{"a":1,"B \\"c\\"":"2020-01-01T05:15:00Z"},\
                "m":{"a\\"":[{"a":2,"B \\"c\\"":null},null],"b":null},"n":["é\\""]}
                {"l":[],"r":{"a":null,"B \\"c\\"":null},"m":{},"n":[]}
                {"l":null,"r":null,"m":null,"n":null}

                """)
        let back = try decode(text, list)
        #expect(back.errors == [])
        #expect(back.rows == rows.map { row in
            zip(row, list).map { LaminarTypes.text(of: $0, type: $1.1) }
        } + [list.map { _ in nil }])
    }

    @Test func `doubles have the fewest digits that read back the same`() throws {
        let values: [Double] = [
            0, -0.0, 1, -1.5, 0.1, 1.0 / 3, 123456.7891, 1e15, 1e21, Double.leastNonzeroMagnitude, 1.7976931348623157e308, 0.001, 99999999999.9999,
            12345.67895, 0.0005, 1e-5, 4.35, 2.675,
        ]
        let lines = try encode([("v", .double)], values.map { [.double($0)] }).split(separator: "\n")
        for (line, value) in zip(lines, values) {
            let digits = String(line.dropFirst(5).dropLast())
            #expect(Double(digits)?.bitPattern == value.bitPattern, "\(digits)")
            #expect(digits.count <= value.description.count, "\(digits)")
        }
        #expect(
            try encode([("v", .double)], [[.double(.nan)], [.double(-.infinity)]]) == "{\"v\":\"NaN\"}\n{\"v\":\"-Infinity\"}\n")
    }

    @Test func `infinite dates and years before 1 are strings that read back`() throws {
        let values: [Int64] = [.max, .min, -62_167_219_200_000_000, -210_866_803_200_000_000]
        let text = try encode([("v", .timestamptz(6))], values.map { [.timestamp($0)] })
        #expect(
            text == """
                {"v":"infinity"}
                {"v":"-infinity"}
                {"v":"0001-01-01T00:00:00Z BC"}
                {"v":"4714-11-24T00:00:00Z BC"}

                """)
        let back = try decode(text, [("v", .timestamptz(6))])
        #expect(back.errors == [])
        #expect(back.rows.map { $0[0] } == ["infinity", "-infinity", "0001-01-01 00:00:00+00 BC", "4714-11-24 00:00:00+00 BC"])
    }

    @Test func `weights are operations or repetitions`() throws {
        let list: [(String, SQLType)] = [("a\"b", .bigint)]
        let rows: [[Value]] = [[.integer(1)], [.integer(2)], [.integer(3)]]
        #expect(
            try encode(list, rows, weights: [1, -1, 2], .field()) == """
                {"_op":"+I","a\\"b":1}
                {"_op":"-D","a\\"b":2}
                {"_op":"+I","a\\"b":3}
                {"_op":"+I","a\\"b":3}

                """)
        let keyed: [(String, SQLType)] = [("k", .text), ("n", .bigint)]
        let changes: [[Value]] = [
            [.text("a longer key than 12"), .integer(1)], [.text("a longer key than 12"), .integer(2)],
            [.null, .integer(3)], [.null, .integer(4)], [.text("b"), .integer(5)], [.text("c"), .integer(6)],
        ]
        #expect(
            try encode(keyed, changes, weights: [-1, 1, -1, 1, -1, 1], .field(key: [0])) == """
                {"_op":"-U","k":"a longer key than 12","n":1}
                {"_op":"+U","k":"a longer key than 12","n":2}
                {"_op":"-U","k":null,"n":3}
                {"_op":"+U","k":null,"n":4}
                {"_op":"-D","k":"b","n":5}
                {"_op":"+I","k":"c","n":6}

                """)
        #expect(try encode(list, rows, weights: [0, 1, 2]) == "{\"a\\\"b\":2}\n{\"a\\\"b\":3}\n{\"a\\\"b\":3}\n")
        #expect(try encode([], [[], []]) == "{}\n{}\n")
    }
}
