import LaminarCSV
import LaminarColumns
import LaminarFormats
import LaminarTypes
import Testing

/// Rows as PostgreSQL texts (nil is NULL), and the errors with their raw records, in order.
struct Decoded: Equatable {
    var rows: [[String?]] = []
    var lines: [Int?] = []
    var errors: [String] = []
    var failedRecords: [String] = []
}

func columns(_ list: [(String, SQLType)]) -> [DecodedColumn] {
    list.enumerated().map { DecodedColumn($1.0, $1.1, outputIndex: $0) }
}

/// Decodes `input`, going on behind errors, fed `chunk` bytes at a time.
func decode(
    _ input: [UInt8], _ columns: [DecodedColumn], table: [String], _ options: CSVOptions = CSVOptions(),
    generally: Bool = false, chunk: Int = .max, maximumRows: Int = 1024
) throws -> Decoded {
    var decoder = try CSVDecoder(columns: columns, tableColumns: table, options: options)
    decoder.usesGeneralParserOnly = generally
    var buffer = RecordBuffer(capacity: 64)
    let batch = ColumnBatch(types: columns.map(\.type.physical))
    var result = Decoded()
    func drain(isAtEnd: Bool) {
        while true {
            batch.clear()
            decoder.rowLines.removeAll()
            let outcome = decoder.decode(buffer.bytes, into: batch, maximumRows: maximumRows, isAtEnd: isAtEnd)
            batch.withView { view in
                for row in 0..<view.rowCount {
                    result.rows.append(
                        columns.map { column in
                            let value = view.columns[column.outputIndex].dynamicValue(row, type: column.type)
                            return value == .null ? nil : text(of: value, type: column.type)
                        })
                    result.lines.append(decoder.rowLines.line(ofRow: row))
                }
            }
            if let failure = outcome.failure {
                result.errors.append(failure.description)
                result.failedRecords.append(
                    String(decoding: UnsafeBufferPointer(rebasing: buffer.bytes[outcome.failedRecord]), as: UTF8.self))
            }
            buffer.consume(outcome.consumed)
            if outcome.consumed == 0 { return }
        }
    }
    var offset = 0
    while offset < input.count {
        let end = offset + min(chunk, input.count - offset)
        input[offset..<end].withUnsafeBytes { buffer.append($0) }
        offset = end
        drain(isAtEnd: false)
    }
    if buffer.count > 0 {
        if buffer.bytes[buffer.count - 1] != 0x0a { buffer.append(0x0a) }
        drain(isAtEnd: true)
    }
    return result
}

@Suite struct CSVDecoderTests {
    static let list: [(String, SQLType)] = [("a", .bigint), ("b", .text), ("c", .double)]

    /// Decodes by the walk and by the general parser, in one piece and byte by byte, and expects the same.
    private func rows(
        _ text: String, _ list: [(String, SQLType)] = list, table: [String] = ["a", "b", "c"],
        _ options: CSVOptions = CSVOptions()
    ) throws -> Decoded {
        let bytes = Array(text.utf8)
        let fast = try decode(bytes, columns(list), table: table, options)
        #expect(try fast == decode(bytes, columns(list), table: table, options, generally: true))
        #expect(try fast == decode(bytes, columns(list), table: table, options, chunk: 1))
        return fast
    }

    @Test func `fields are values by position, unquoted or quoted`() throws {
        let result = try rows("1,x,1.5\n2,\"a long text, of more than twelve bytes\",\"-2\"\r\n\"3\",\"say \"\"hi\"\"\",1e3\n")
        #expect(result.errors == [])
        #expect(
            result.rows == [
                ["1", "x", "1.5"], ["2", "a long text, of more than twelve bytes", "-2"], ["3", "say \"hi\"", "1000"],
            ])
    }

    @Test func `an empty field is NULL, an empty field in quotes an empty text`() throws {
        #expect(try rows(",,\n1,\"\",\n").rows == [[nil, nil, nil], ["1", "", nil]])
        let options = CSVOptions(nullText: "NA")
        #expect(try rows("NA,NA,NA\n1,\"NA\",2\n1,,2\n1,NAN,NaN\n", options).rows == [
            [nil, nil, nil], ["1", "NA", "2"], ["1", "", "2"], ["1", "NAN", "NaN"],
        ])
    }

    @Test func `line ends in quotes belong to the field and count as lines`() throws {
        let result = try rows("1,\"x\ny\r\nz\",2\n3,v,4\n\n5,\"\n\",6")
        #expect(result.rows == [["1", "x\ny\r\nz", "2"], ["3", "v", "4"], ["5", "\n", "6"]])
        #expect(result.lines == [1, 4, 6])
    }

    @Test func `a header gives the columns in any order, and more than are wanted`() throws {
        let options = CSVOptions(hasHeader: true)
        let result = try rows("\u{feff}x,\"c\",b,a\n9,1.5,t,7\n", options)
        #expect(result.rows == [["7", "t", "1.5"]])
        #expect(result.lines == [2])
        let missing = try rows("a,b\n1,2\n", options)
        #expect(missing.errors.first == "1:1: the header has no column \"c\" [42703]")
        #expect(try rows("a,b,c,b\n", options).errors == ["1:7: the header names column \"b\" more than once [42701]"])
    }

    @Test func `only wanted columns are decoded, the others still checked`() throws {
        #expect(try rows("x,\"é,\n\",3\ny,z,4\n", [("c", .integer)]).rows == [["3"], ["4"]])
        #expect(try rows("x,a\"b,3\n1,2,4\n", [("c", .integer)]).errors == [
            "1:4: invalid CSV: a quote must stand, doubled, in a field in quotes [22P04]"
        ])
    }

    @Test func `delimiter and quote can be others`() throws {
        let options = CSVOptions(delimiter: 0x09, quote: UInt8(ascii: "'"))
        #expect(try rows("1\t'it''s\t'\t2\n3\ta,\"b\t4\n", options).rows == [["1", "it's\t", "2"], ["3", "a,\"b", "4"]])
        #expect(CSVOptions(delimiter: UInt8(ascii: "\"")).problem == "delimiter and quote must differ")
    }

    @Test func `a wrong number of fields is an error with its place`() throws {
        let result = try rows("1,x\n1,x,2,3\n1,x,2\n")
        #expect(result.rows == [["1", "x", "2"]])
        #expect(
            result.errors == [
                "1:4: expected 3 fields but found 2 [22P04]", "2:7: expected 3 fields but found 4 [22P04]",
            ])
        #expect(result.failedRecords == ["1,x", "1,x,2,3"])
    }

    @Test func `a wrong value is an error at its field`() throws {
        let result = try rows("1,\"\né\",2é\nx,y,1\n99999999999999999999,,1\n2,ok,1\n")
        #expect(
            result.errors == [
                "2:4: invalid input syntax for type double precision: \"2é\" (column \"c\") [22P02]",
                "3:1: invalid input syntax for type bigint: \"x\" (column \"a\") [22P02]",
                "4:1: value \"99999999999999999999\" is out of range for type bigint (column \"a\") [22003]",
            ])
        #expect(result.rows == [["2", "ok", "1"]])
        #expect(result.failedRecords == ["1,\"\né\",2é", "x,y,1", "99999999999999999999,,1"])
        let strict = [DecodedColumn("b", .text, isNullable: false, outputIndex: 0)]
        #expect(
            try decode(Array("1,,2\n".utf8), strict, table: ["a", "b", "c"]).errors == [
                "1:3: null value in column \"b\" violates not-null constraint [23502]"
            ])
    }

    @Test func `wrong quotes spoil one line`() throws {
        let result = try rows("1,\"x\"y,2\n2,x\"\",2\n3,x,\"2\n4,x,2\n5,x\ry,2\n6,x,2\n")
        #expect(
            result.errors == [
                "1:6: invalid CSV: a closing quote must be followed by a delimiter or the end of the line [22P04]",
                "2:4: invalid CSV: a quote must stand, doubled, in a field in quotes [22P04]",
                "3:5: invalid CSV: the field in quotes that starts here does not end [22P04]",
                "5:4: invalid CSV: a carriage return must stand in quotes [22P04]",
            ])
        #expect(result.rows == [["4", "x", "2"], ["6", "x", "2"]])
    }

    @Test func `bytes that are no UTF-8, and zero bytes, are refused`() throws {
        for bad: [UInt8] in [[0xff], [0xc3], [0x00], [0xed, 0xa0, 0x80]] {
            for quoted in [false, true] {
                let field = quoted ? [0x22] + bad + [0x22] : bad
                let input = Array("1,".utf8) + field + Array(",2\n3,x,4\n".utf8)
                for list in [Self.list, [("a", SQLType.bigint)]] {
                    let result = try decode(input, columns(list), table: ["a", "b", "c"])
                    #expect(result.errors.count == 1)
                    #expect(result.errors[0].hasPrefix("1:\(quoted ? 4 : 3): invalid byte sequence for encoding \"UTF8\""))
                    #expect(result.rows.count == 1)
                    #expect(try result == decode(input, columns(list), table: ["a", "b", "c"], generally: true))
                }
            }
        }
    }

    @Test func `a table of one column has records for its empty lines`() throws {
        #expect(try rows("1\n\n2\n", [("a", .bigint)], table: ["a"]).rows == [["1"], [nil], ["2"]])
    }
}

extension CSVDecoderTests {
    private func rows(_ text: String, _ options: CSVOptions) throws -> Decoded { try rows(text, Self.list, options) }
    private func rows(_ text: String, _ list: [(String, SQLType)], _ options: CSVOptions) throws -> Decoded {
        try rows(text, list, table: ["a", "b", "c"], options)
    }
}

@Suite struct CSVEncoderTests {
    @Test func `what is written reads back the same`() throws {
        let list: [(String, SQLType)] = [
            ("a", .bigint), ("b", .text), ("c", .double), ("d", .decimal(nil)), ("e", .timestamptz(6)), ("f", .bytea),
            ("g", .boolean), ("h", .interval), ("i", .uuid), ("j", .real), ("k", .date), ("l", .smallint),
        ]
        let batch = ColumnBatch(types: list.map(\.1.physical))
        batch.append([
            .integer(.min), .text("a,\"b\"\r\né"), .double(0.1), .decimal(Decimal(unscaled: -150, scale: 2)),
            .timestamp(-1), .bytes([0, 255]), .boolean(true), .interval(Interval(months: 14, days: -3, microseconds: 5)),
            .uuid(1, 2), .real(1.1), .date(-1), .integer(-7),
        ])
        batch.append(list.map { $0.0 == "b" ? .text("") : .null })
        let options = CSVOptions(hasHeader: true)
        let encoder = try CSVEncoder(columns: list.map { (name: $0.0, type: $0.1) }, options: options)
        var output = OutputBuffer()
        encoder.encodeHeader(to: &output)
        batch.withView { encoder.encode($0, to: &output) }
        let text = String(decoding: output.bytes, as: UTF8.self)
        #expect(
            text == """
                a,b,c,d,e,f,g,h,i,j,k,l
                -9223372036854775808,"a,""b""\r\né",0.1,-1.50,1969-12-31 23:59:59.999999+00,\\x00ff,true,\
                1 year 2 mons -3 days +00:00:00.000005,00000000-0000-0001-0000-000000000002,1.1,1969-12-31,-7
                ,"",,,,,,,,,,

                """)
        let result = try decode(Array(output.bytes), columns(list), table: list.map(\.0), options)
        #expect(result.errors == [])
        #expect(result.rows.count == 2 && result.rows[0][1] == "a,\"b\"\r\né" && result.rows[1][1] == "")
        #expect(result.rows[0][0] == "-9223372036854775808" && result.rows[1][0] == nil)
    }

    @Test func `arrays, rows and maps go out and come in as texts, by both tiers, and malformed ones have a place`() throws {
        let list: [(String, SQLType)] = [
            ("l", .array(.text)), ("r", .row([Field("a", .integer), Field("b", .text)])), ("m", .map(.text, .integer)),
        ]
        let texts = [["{a,\"b \\\"c\",NULL}", "(1,\"x,\"\"y\")", "{k=1, z=NULL}"], ["{}", "(,)", "{}"]]
        let batch = ColumnBatch(types: list.map(\.1.physical))
        for row in texts {
            batch.append(
                try zip(row, list).map { text, column in
                    try #require(encodedNested(try parse(text, as: column.1), column.1))
                })
        }
        let encoder = try CSVEncoder(columns: list.map { (name: $0.0, type: $0.1) })
        var output = OutputBuffer()
        batch.withView { encoder.encode($0, to: &output) }
        #expect(
            String(decoding: output.bytes, as: UTF8.self) == #"""
                "{a,""b \""c"",NULL}","(1,""x,""""y"")","{k=1, z=NULL}"
                {},"(,)",{}

                """#)
        for generally in [false, true] {
            let back = try decode(Array(output.bytes), columns(list), table: list.map(\.0), generally: generally)
            #expect(back.errors == [] && back.rows == texts)
            let bad = try decode(
                Array("{},\"(,)\",{}\n{},\"(1\",{}\n{a,\"(,)\",{}\n,,{a=x}\n".utf8), columns(list), table: list.map(\.0),
                generally: generally)
            #expect(bad.rows == [["{}", "(,)", "{}"]])
            #expect(bad.errors == [
                "2:4: malformed record literal: \"(1\" (column \"r\") [22P02]",
                "3:1: malformed array literal: \"{a\" (column \"l\") [22P02]",
                "4:3: malformed map literal: \"{a=x}\" (column \"m\") [22P02]",
            ])
        }
    }

    @Test func `operations come first and fields that read as NULL stand in quotes`() throws {
        let batch = ColumnBatch(types: [.string, .int64])
        batch.append([.text("NA"), .integer(1)])
        batch.append([.null, .integer(2)], weight: -2)
        let encoder = try CSVEncoder(
            columns: [(name: "x", type: .text), (name: "y", type: .bigint)],
            options: CSVOptions(hasHeader: true, nullText: "NA"), operations: .field())
        var output = OutputBuffer()
        encoder.encodeHeader(to: &output)
        batch.withView { encoder.encode($0, to: &output) }
        #expect(String(decoding: output.bytes, as: UTF8.self) == "_op,x,y\n+I,\"NA\",1\n-D,NA,2\n-D,NA,2\n")
    }
}
