import LaminarTypes
import Testing

@Suite struct ValueTextTests {
    @Test(arguments: [
        (SQLType.boolean, "true"), (.integer, "-7"), (.double, "1e+20"), (.double, "0.0001"), (.double, "1e-05"),
        (.double, "123456789012345"), (.double, "1e+15"), (.double, "-0"), (.double, "NaN"), (.double, "-Infinity"),
        (.real, "3.4028235e+38"), (.real, "1e+06"), (.decimal(nil), "1.500"), (.bytea, "\\x00ff"),
        (.date, "2020-02-29"), (.date, "0044-03-15 BC"), (.date, "infinity"), (.time, "04:05:06.789"),
        (.timestamp(6), "1969-12-31 23:59:59.999999"), (.timestamptz(6), "2020-01-01 00:00:00+00"),
        (.timestamp(6), "-infinity"), (.interval, "1 year 2 mons -3 days +04:05:06.789"),
        (.uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), (.array(.integer), "{1,2,NULL}"),
        (.array(.text), "{a,\"b c\",\"\",\"NULL\",\"x\\\"y\"}"), (.array(.array(.integer)), "{{1,2},{3,4}}"),
        (pair, "(1,\"a b\")"), (pair, "(,)"), (pair, "(,\"\")"), (pair, "(-1,\"q\"\"u\\\\(,)\")"),
        (.row([Field("b", .boolean), Field("r", pair), Field("l", .array(pair))]), "(t,\"(1,x)\",\"{\"\"(1,x)\"\",NULL}\")"),
        (.map(.text, .integer), "{a=1, \"b c\"=NULL, \"null\"=2}"), (.map(.text, .integer), "{}"),
        (.map(.integer, .array(.text)), "{-5=\"{a,b}\", 1=\"{}\"}"), (.array(.map(.text, .text)), "{\"{a=b}\",\"{}\"}"),
    ])
    func `a value's text reads back as the same text`(type: SQLType, value: String) throws {
        #expect(text(of: try parse(value, as: type), type: type) == value)
    }

    @Test(arguments: [
        (SQLType.integer, "x", "22P02"), (.integer, "2147483648", "22003"), (.smallint, "40000", "22003"),
        (.double, "1e400", "22003"), (.date, "yesterdayish", "22007"), (.date, "2021-02-29", "22008"),
        (.timestamp(6), "2021-01-01 25:00:00", "22008"), (.interval, "1 fortnight", "22007"),
        (.decimal(DecimalParameters(precision: 3, scale: 1)), "100", "22003"), (.varchar(2), "abc", "22001"),
        (pair, "(1,2", "22P02"), (pair, "(1)", "22P02"), (pair, "(1,2,3)", "22P02"), (pair, "(x,)", "22P02"),
        (pair, "(1,2) x", "22P02"), (pair, "(99999999999,)", "22003"), (pair, "1,2", "22P02"),
        (.map(.text, .integer), "{a=1", "22P02"), (.map(.text, .integer), "{a}", "22P02"),
        (.map(.text, .integer), "{NULL=1}", "22P02"), (.map(.text, .integer), "{a=}", "22P02"),
        (.boolean, "maybe", "22P02"), (.uuid, "a0ee", "22P02"), (.array(.integer), "{1,2", "22P02"),
    ])
    func `a text that is no value of the type has PostgreSQL's error code`(
        type: SQLType, value: String, sqlState: String
    ) {
        let error = #expect(throws: ValueParseError.self) { try parse(value, as: type) }
        #expect(error?.sqlState == sqlState)
    }

    @Test func `char is padded and varchar may lose blanks only`() throws {
        #expect(text(of: try parse("ab", as: .char(4)), type: .char(4)) == "ab  ")
        #expect(text(of: try parse("ab   ", as: .varchar(3)), type: .varchar(3)) == "ab ")
    }

    @Test func `values have one order with NaN behind numbers and NULL last`() {
        let ordered: [Value] = [.double(-.infinity), .double(0), .double(.infinity), .double(.nan), .null]
        for (i, a) in ordered.enumerated() {
            for (j, b) in ordered.enumerated() { #expect((a.compare(b) < 0) == (i < j)) }
        }
        #expect(Value.double(0).isSameKey(as: .double(-0.0)))
        #expect(Value.decimal(Decimal(unscaled: 10, scale: 1)).isSameKey(as: .decimal(Decimal(1))))
    }
}

private let pair = SQLType.row([Field("a", .integer), Field("b", .text)])

@Suite struct NestedValueTests {
    @Test(arguments: [
        SQLType.array(.decimal(DecimalParameters(precision: 5, scale: 2))), pair,
        .row([Field("B c", .text), Field("say \"x, y\" (z)", .array(.map(.text, pair))), Field("_1", .timestamp(3))]),
        .map(.varchar(3), .row([Field("", .map(.integer, .double))])),
    ])
    func `the name of a type is read back as the type`(type: SQLType) {
        #expect(SQLType(name: type.description) == type)
    }

    @Test func `maps have one encoding whatever the order of their entries, and the last of equal keys counts`() throws {
        let type = SQLType.map(.text, .integer)
        #expect(try parse("{b=2, a=1, b=3}", as: type) == parse("{a=1,b=3}", as: type))
        guard case .bytes(let bytes) = try parse("{c=NULL, a=1, b=3}", as: type), let map = MapValue(encoded: bytes) else {
            Issue.record("a map is bytes")
            return
        }
        #expect(map.value(of: .text("b")) == .integer(3) && map.value(of: .text("c")) == .null)
        #expect(map.value(of: .text("d")) == nil)
    }

    @Test func `rows are ordered field by field, NULL last and equal to NULL`() throws {
        let texts = ["(1,)", "(,x)", "(1,x)", "(0,z)", "(,)", "(1,)"]
        let sorted = try texts.map { try parse($0, as: pair) }.sorted { $0.compare($1, as: pair) < 0 }
        #expect(sorted.map { text(of: $0, type: pair) } == ["(0,z)", "(1,x)", "(1,)", "(1,)", "(,x)", "(,)"])
    }

    @Test func `bytes that are no encoding are no value`() throws {
        guard case .bytes(let bytes) = try parse("(1,\"a b\")", as: pair) else { return }
        for count in 0..<bytes.count { #expect(CompositeValue(encoded: bytes[..<count]) == nil) }
        #expect(MapValue(encoded: bytes) == nil && ArrayValue(encoded: bytes) == nil)
    }
}
