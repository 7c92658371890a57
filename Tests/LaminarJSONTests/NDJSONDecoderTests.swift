import LaminarColumns
import LaminarFormats
import LaminarJSON
import LaminarTypes
import Testing

@Suite struct NDJSONDecoderTests {
    @Test func `a number becomes the nearest double, whatever its digits and exponent`() throws {
        var state: UInt64 = 11
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
        var texts = [
            "9007199254740993", "9007199254740993e1", "1e23", "8.5e22", "1.7976931348623157e308", "4.9e-324",
            "2.2250738585072011e-308", "0.000000000000000000001", "123456789012345678e-5", "9223372036854775808", "-179769313486231570e291", "6.0e-5",
        ]
        for _ in 0..<20_000 {
            let mantissa = next() >> (next() % 50)
            let exponent = Int(next() % 640) - 330
            texts.append(next() % 3 == 0 ? "\(mantissa).\(next() % 100_000)" : "\(mantissa)e\(exponent)")
        }
        // What is out of range is an error, and tested elsewhere.
        texts = texts.filter { Double($0).map { $0.isFinite && ($0 != 0) } ?? false }
        let rows = try decode(texts.map { "{\"a\":\($0)}\n" }.joined(), [("a", .double)]).rows
        #expect(rows.count == texts.count)
        for (text, row) in zip(texts, rows) {
            let value = row[0].flatMap(Double.init)
            if value != Double(text) { Issue.record("\(text) gave \(row[0] ?? "NULL")") }
        }
    }

    /// The one value of column `v`, or the error, by both the walk and the general parser.
    private func value(_ json: String, _ type: SQLType) throws -> String {
        let record = "{\"v\":\(json)}\n"
        let fast = try decode(record, [("v", type)])
        let general = try decode(record, [("v", type)], generally: true)
        #expect(fast == general)
        return fast.errors.first ?? fast.rows[0][0] ?? "NULL"
    }

    @Test func `each type takes its values`() throws {
        #expect(try value("-12", .smallint) == "-12")
        #expect(try value("2147483647", .integer) == "2147483647")
        #expect(try value("9223372036854775807", .bigint) == "9223372036854775807")
        #expect(try value("-9223372036854775808", .bigint) == "-9223372036854775808")
        #expect(try value("18446744073709551615", .unsignedBigint) == "18446744073709551615")
        #expect(try value("1.0", .bigint) == "1")
        #expect(try value("12e2", .integer) == "1200")
        #expect(try value("\" 42 \"", .integer) == "42")
        #expect(try value("0.1", .double) == "0.1")
        #expect(try value("123456789012345678901234567890", .double) == "1.2345678901234568e+29")
        #expect(try value("\"NaN\"", .double) == "NaN")
        #expect(try value("16777217", .real) == "1.6777216e+07")
        #expect(try value("1.005", .decimal(DecimalParameters(precision: 10, scale: 2))) == "1.01")
        #expect(try value("1.500", .decimal(nil)) == "1.500")
        #expect(try value("\"12.50\"", .decimal(DecimalParameters(precision: 10, scale: 1))) == "12.5")
        #expect(try value("true", .boolean) == "true")
        #expect(try value("\"off\"", .boolean) == "false")
        #expect(try value("\"héllo\"", .text) == "héllo")
        #expect(try value("\"a long text of more than twelve bytes\"", .text) == "a long text of more than twelve bytes")
        #expect(try value("\"ab  \"", .varchar(2)) == "ab")
        #expect(try value("\"é\"", .char(3)) == "é  ")
        #expect(try value("\"\\\\x00ff\"", .bytea) == "\\x00ff")
        #expect(try value("\"2013-01-01\"", .date) == "2013-01-01")
        #expect(try value("\"05:15:00.5\"", .time) == "05:15:00.5")
        #expect(try value("\"2013-01-01T05:15:00Z\"", .timestamp(6)) == "2013-01-01 05:15:00")
        #expect(try value("\"2013-01-01 05:15:00.1239\"", .timestamp(3)) == "2013-01-01 05:15:00.124")
        #expect(try value("1357017300000", .timestamptz(3)) == "2013-01-01 05:15:00+00")
        #expect(try value("-1", .timestamp(3)) == "1969-12-31 23:59:59.999")
        #expect(try value("\"1 day 02:00\"", .interval) == "1 day 02:00:00")
        #expect(
            try value("\"A0EEBC999C0B4EF8BB6D6BB9BD380A11\"", .uuid) == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
        #expect(try value("{\"a\": [1, null]}", .jsonb) == "{\"a\": [1, null]}")
        #expect(try value("\"x\"", .json) == "\"x\"")
        #expect(try value("null", .json) == "NULL")
        #expect(try value("null", .bigint) == "NULL")
    }

    @Test func `timestamps in ISO 8601 are exact, whatever shares their date`() throws {
        let texts: [(String, String)] = [
            ("2013-01-01T05:15:00Z", "2013-01-01 05:15:00"), ("2013-01-01 05:15:00", "2013-01-01 05:15:00"),
            ("2013-01-01T23:59:59.999999Z", "2013-01-01 23:59:59.999999"), ("2012-02-29 00:00:00.1", "2012-02-29 00:00:00.1"),
            ("2012-02-29 00:00:00.1234567", "2012-02-29 00:00:00.123457"), ("1969-12-31T23:59:59.5", "1969-12-31 23:59:59.5"),
            ("0001-01-01 00:00:00", "0001-01-01 00:00:00"), ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59"),
            ("2013-01-01 24:00:00", "2013-01-02 00:00:00"), ("2013-01-01T05:15:00+02:00", "2013-01-01 05:15:00"),
            ("2013-01-01", "2013-01-01 00:00:00"),
        ]
        let wrong = [
            "2013-02-29 00:00:00", "2013-00-01 00:00:00", "2013-13-01 00:00:00", "2013-01-00 00:00:00", "2013-01-32 00:00:00",
            "2013-01-01 25:00:00", "2013-01-01 05:61:00", "2013-01-01X05:15:00", "2013-01-01 05:15:00.Q", "2013-0a-01 05:15:00",
        ]
        var input = ""
        // Twice, so that each comes behind its own date and behind others'.
        for text in texts.map(\.0) + texts.map(\.0) + wrong { input += "{\"v\":\"\(text)\"}\n" }
        let fast = try decode(input, [("v", .timestamp(6))])
        #expect(fast.rows.map { $0[0] ?? "" } == texts.map(\.1) + texts.map(\.1))
        #expect(fast.errors.count == wrong.count)
        #expect(try fast == decode(input, [("v", .timestamp(6))], generally: true))
        for digits in [0, 3] {
            #expect(
                try decode(input, [("v", .timestamptz(digits))])
                    == decode(input, [("v", .timestamptz(digits))], generally: true))
        }
    }

    @Test func `escapes become the characters they stand for`() throws {
        #expect(try value(#""\"\\\/\b\f\n\r\t""#, .text) == "\"\\/\u{8}\u{c}\n\r\t")
        #expect(try value(#""\u00e9\u20ac\ud83d\ude00""#, .text) == "é€😀")
        #expect(try value(#""\u0034\u0032""#, .integer) == "42")
    }

    @Test func `a value that is none of its column's type is refused with its place`() throws {
        #expect(try value("1.5", .bigint) == "1:6: invalid input syntax for type bigint: \"1.5\" (column \"v\") [22P02]")
        #expect(
            try value("32768", .smallint) == "1:6: value \"32768\" is out of range for type smallint (column \"v\") [22003]")
        let long = String(repeating: "9", count: 400)
        #expect(
            try value(long, .bigint)
                == "1:6: value \"\(String(repeating: "9", count: 60))…\" is out of range for type bigint (column \"v\") [22003]")
        #expect(try value(long, .double).hasSuffix("is out of range for type double precision (column \"v\") [22003]"))
        #expect(try value(long, .decimal(nil)).hasSuffix("is out of range for type numeric (column \"v\") [22003]"))
        #expect(try value("\"x\"", .integer) == "1:6: invalid input syntax for type integer: \"x\" (column \"v\") [22P02]")
        #expect(try value("\"abc\"", .varchar(2)) == "1:6: value too long for type character varying(2) (column \"v\") [22001]")
        #expect(try value("true", .integer) == "1:6: expected a number for column \"v\" but found a boolean [22P02]")
        #expect(try value("5", .text) == "1:6: expected a string for column \"v\" but found a number [22P02]")
        #expect(try value("[1]", .integer) == "1:6: expected a number for column \"v\" but found an array [22P02]")
        #expect(try value("{}", .boolean) == "1:6: expected a boolean for column \"v\" but found an object [22P02]")
        #expect(try value("\"2013-02-30\"", .date).hasSuffix("[22008]"))
        #expect(try value("\"soon\"", .timestamp(6)).hasSuffix("[22007]"))
        #expect(try value("9223372036854775807", .timestamp(6)).hasSuffix("[22008]"))
        #expect(try value(#""a\u0000b""#, .text) == "1:6: \\u0000 cannot be converted to text in column \"v\" [22P05]")
    }

    @Test(arguments: [
        #"{"a":1"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":+1}"#, #"{"a":.5}"#, #"{"a":1.}"#, #"{"a":1e}"#, #"{"a":-}"#,
        #"{"a":tru}"#, #"{"a":True}"#, #"{"a":nul}"#, #"{"a":NaN}"#, #"{"a":'x'}"#, #"{a:1}"#, #"{"a" 1}"#,
        #"{"a":1}}"#, #"{"a":1} x"#, #"[1]"#, #"1"#, #""a""#, #"null"#, #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#,
        #"{"a":"\ud800"}"#, #"{"a":"\ud800x"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\udc00"}"#, #"{"a":[1,]}"#,
        #"{"a":[1}"#, #"{"a":{"b"}}"#, #"{"a":{"b":1,}}"#, #"{"a":{1:2}}"#, #"{"a":[1]]"#, #"{"a":1 2}"#, #"{,}"#,
        #"{"a"}"#, #"{"a":}"#, #"{"a":1,,"b":2}"#, #"{"a":"b" "c":1}"#, "{\"a\":\"\t\"}", "{\"a\":\"\u{0}\"}",
        #"{"a":1}{"a":1}"#, #"{"a":12{"b":2}"#, "{\"a\":1}\u{0}", #"{"a":0x10}"#, #"{"a":1_000}"#, #"{"a":"\"}"#,
    ])
    func `what RFC 8259 does not allow is refused, wanted or skipped, by every tier`(record: String) throws {
        let good = "{\"a\":12,\"b\":2}\n{\"b\":2,\"a\":12}\n"
        for type in [("a", SQLType.json), ("z", .bigint), ("a", .bigint)] {
            let input = good + good + record + "\n" + good
            let fast = try decode(input, [type])
            #expect(fast.errors.count == 1, "\(record)")
            #expect(fast.errors.first?.hasPrefix("5:") == true)
            #expect(fast.failedRecords == [record])
            #expect(fast.rows.count == 6)
            #expect(try fast == decode(input, [type], generally: true))
        }
    }

    @Test func `a byte that is no UTF-8 is refused with its place in characters`() throws {
        for bad: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80], [0x80]] {
            for list in [[("a", SQLType.text)], [("b", .bigint)]] {
                let input = Array("{\"é\":1,\"a\":\"€".utf8) + bad + Array("\",\"b\":1}\n".utf8)
                let fast = try decode(input, columns(list))
                #expect(fast.errors.count == 1)
                #expect(fast.errors.first?.hasPrefix("1:14: invalid byte sequence for encoding \"UTF8\": 0x") == true)
                #expect(fast.errors.first?.hasSuffix("[22021]") == true)
                #expect(try fast == decode(input, columns(list), generally: true))
            }
        }
    }

    @Test func `nesting ends at 512 levels`() throws {
        for depth in [510, 511, 512, 600] {
            let record = "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}\n"
            let fast = try decode(record, [("b", .bigint)])
            #expect(fast.errors.isEmpty == (depth <= 511))
            #expect(try fast == decode(record, [("b", .bigint)], generally: true))
            if depth > 511 {
                #expect(fast.errors == ["1:517: JSON is nested more than 512 levels deep [54001]"])
            }
        }
    }

    @Test func `of duplicate keys the last one counts`() throws {
        let result = try decode(
            "{\"a\":1,\"a\":2}\n{\"a\":1,\"a\":null}\n{\"a\":null,\"a\":3}\n", [("a", .bigint)])
        #expect(result.rows == [["2"], [nil], ["3"]])
    }

    @Test func `a missing key is NULL, and an error where NULL is not allowed`() throws {
        #expect(try decode("{}\n{\"b\":1}\n{\"a\":7}\n", [("a", .bigint)]).rows == [[nil], [nil], ["7"]])
        let strict = [DecodedColumn("a", .bigint, isNullable: false, outputIndex: 0)]
        let result = try decode(Array("{\"a\":1}\n {\"b\":2}\n{\"a\":null}\n{\"a\":3}\n".utf8), strict)
        #expect(result.rows == [["1"], ["3"]])
        #expect(
            result.errors == [
                "2:2: null value in column \"a\" violates not-null constraint [23502]",
                "3:1: null value in column \"a\" violates not-null constraint [23502]",
            ])
    }

    @Test func `a row that failed leaves no NULL behind`() throws {
        let list: [(String, SQLType)] = [("a", .bigint), ("b", .bigint)]
        let result = try decode("{\"a\":null,\"b\":1}\n{\"a\":null,\"b\":x}\n{\"a\":2,\"b\":null}\n{\"a\":3,\"b\":4}\n", list)
        #expect(result.rows == [[nil, "1"], ["2", nil], ["3", "4"]])
    }

    @Test func `keys match whole, escaped or not, in any order and spacing`() throws {
        let list: [(String, SQLType)] = [("price", .bigint), ("a longer key than thirty-two bytes in all", .text), ("é", .bigint)]
        let input = """
            {"price":1,"a longer key than thirty-two bytes in all":"x","é":2}
            {"é":3,"price":4,"pric":5,"prices":6,"a longer key than thirty-two bytes in all":"y"}
            { "pr\\u0069ce" : 7 , "\\u00e9" : 8 }
            \t{"price" :\t9}\u{20}
            """
        let result = try decode(input, list)
        #expect(result.errors == [])
        #expect(result.rows == [["1", "x", "2"], ["4", "y", "3"], ["7", nil, "8"], ["9", nil, nil]])
    }

    @Test func `byte order mark, blank lines and CR LF are not part of records, and lines count`() throws {
        let result = try decode("\u{feff}{\"a\":1}\r\n\r\n  \n{\"a\":2}\r\n{\"a\":x}\r\n\n{\"a\":3}", [("a", .bigint)])
        #expect(result.rows == [["1"], ["2"], ["3"]])
        #expect(result.lines == [1, 4, 7])
        #expect(result.errors == ["5:6: invalid JSON: expected a value but found \"x\" [22P02]"])
        #expect(result.failedRecords == ["{\"a\":x}"])
    }

    @Test func `arrays, rows and maps are read from arrays and objects, in every tier`() throws {
        let inner = SQLType.row([Field("x", .timestamp(6)), Field("ok", .boolean)])
        let row = SQLType.row([Field("a", .integer), Field("B c", .text), Field("n", inner), Field("l", .array(.integer))])
        #expect(try value("[1, null, \"3\", 4.0, 1e2]", .array(.integer)) == "{1,NULL,3,4,100}")
        #expect(try value("[[1,2],[3,4]]", .array(.integer)) == "{{1,2},{3,4}}")
        #expect(try value("[ ]", .array(.text)) == "{}")
        #expect(try value("[\"a\\u00e9\", \"\", \"null\"]", .array(.text)) == "{aé,\"\",\"null\"}")
        #expect(try value("\"{x,y}\"", .array(.text)) == "{x,y}")
        #expect(try value("[1.005,2]", .array(.decimal(DecimalParameters(precision: 5, scale: 2)))) == "{1.01,2.00}")
        #expect(
            try value("{\"a\":1,\"other\":[{}],\"n\":{\"ok\":true,\"x\":1000},\"B c\":\"q \\\"\",\"l\":[7]}", row)
                == "(1,\"q \"\"\",\"(\"\"1970-01-01 00:00:01\"\",t)\",{7})")
        #expect(try value("{}", row) == "(,,,)")
        #expect(try value("{\"a\":null,\"a\":2}", row) == "(2,,,)")
        #expect(try value("\"(5,,,)\"", row) == "(5,,,)")
        #expect(try value("[{\"ok\":false},null,{}]", .array(inner)) == "{\"(,f)\",NULL,\"(,)\"}")
        #expect(try value("{\"b\":[1],\"a\":null,\"b\":[2,3]}", .map(.text, .array(.bigint))) == "{a=NULL, b=\"{2,3}\"}")
        #expect(try value("{\"10\":true,\"9\":false}", .map(.integer, .boolean)) == "{9=false, 10=true}")
        #expect(try value("{\"j\":{\"b\":1,\"a\":[ 2]}}", .row([Field("j", .jsonb)])) == "(\"{\"\"a\"\": [2], \"\"b\"\": 1}\")")
    }

    @Test func `what is no array, row or map of its type is an error at its place`() throws {
        let row = SQLType.row([Field("a", .integer), Field("n", .row([Field("x", .date)]))])
        #expect(try value("[1,\"x\"]", .array(.integer))
            == "1:9: invalid input syntax for type integer: \"x\" (column \"v[2]\") [22P02]")
        #expect(try value("[[1],[2,3]]", .array(.integer))
            == "1:6: arrays within an array differ in length (column \"v\") [22P02]")
        #expect(try value("[[1],2]", .array(.integer))
            == "1:6: arrays within an array differ in length (column \"v\") [22P02]")
        #expect(try value("{\"a\":1}", .array(.integer))
            == "1:6: expected an array for column \"v\" but found an object [22P02]")
        #expect(try value("{\"n\":{\"x\":\"2020-02-30\"}}", row)
            == "1:16: date/time field value out of range: \"2020-02-30\" (column \"v.n.x\") [22008]")
        #expect(try value("{\"a\":99999999999}", row)
            == "1:11: value \"99999999999\" is out of range for type integer (column \"v.a\") [22003]")
        #expect(try value("{\"a\":[1]}", row)
            == "1:11: expected a number for column \"v.a\" but found an array [22P02]")
        #expect(try value("7", row) == "1:6: expected an object for column \"v\" but found a number [22P02]")
        #expect(try value("\"(1\"", row) == "1:6: malformed record literal: \"(1\" (column \"v\") [22P02]")
        #expect(try value("{\"x\":1}", .map(.integer, .integer))
            == "1:11: invalid input syntax for type integer: \"x\" (column \"v[x]\") [22P02]")
        #expect(try value("[\"\\u0000\"]", .array(.text))
            == "1:6: \\u0000 cannot be converted to text in column \"v\" [22P05]")
        #expect(try value("[1,]", .array(.integer)).hasSuffix("[22P02]"))
    }

    @Test func `a type without a text form is refused at once`() {
        #expect(throws: FormatConfigurationError(
            "0A000", "column \"a\" has type unknown, which JSON cannot decode", columnIndex: 0)
        ) { _ = try NDJSONDecoder(columns: columns([("a", .unknown)])) }
        #expect(throws: FormatConfigurationError(
            "42701", "column \"a\" specified more than once", columnIndex: 1)
        ) { _ = try NDJSONDecoder(columns: columns([("a", .integer), ("a", .text)])) }
    }

    /// NULL for a string, numbers with a point where integers were, escapes, other digits: none of it is another shape.
    @Test func `records of one shape stay with the template, whatever their values are`() throws {
        var input = ""
        for row in 0..<300 {
            let name = row % 3 == 0 ? "null" : row % 3 == 1 ? "\"plain text of some length\"" : "\"a \\u00e9 b\""
            let skipped = row < 40 ? "\(row)" : "\(row).5e0"
            let at = row % 5 == 0 ? "null" : "\"2013-01-01T05:15:\(10 + row % 50)Z\""
            input += #"{"id":\#(row * row * row),"unread":\#(skipped),"name":\#(name),"other":\#(name),"at":\#(at)}"# + "\n"
        }
        let list: [(String, SQLType)] = [("id", .bigint), ("name", .text), ("at", .timestamptz(6)), ("absent", .double)]
        let fast = try decode(input, list)
        #expect(fast == (try decode(input, list, generally: true)))
        #expect(fast.rows.count == 300)
        #expect(fast.templateRecordCount.value >= 295)
    }
}
