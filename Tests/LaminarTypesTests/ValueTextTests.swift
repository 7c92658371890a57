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
    ])
    func `a value's text reads back as the same text`(type: SQLType, value: String) throws {
        #expect(text(of: try parse(value, as: type), type: type) == value)
    }

    @Test(arguments: [
        (SQLType.integer, "x", "22P02"), (.integer, "2147483648", "22003"), (.smallint, "40000", "22003"),
        (.double, "1e400", "22003"), (.date, "yesterdayish", "22007"), (.date, "2021-02-29", "22008"),
        (.timestamp(6), "2021-01-01 25:00:00", "22008"), (.interval, "1 fortnight", "22007"),
        (.decimal(DecimalParameters(precision: 3, scale: 1)), "100", "22003"), (.varchar(2), "abc", "22001"),
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
