import LaminarKernels
import LaminarTypes
import Testing

@Suite struct NestedOrderTests {
    private static let nested = SQLType.row([Field("b", .boolean), Field("t", .timestamp(6))])
    private static let types: [SQLType] = [
        .boolean, .smallint, .bigint, .unsignedBigint, .real, .double, .decimal(nil), .text, .bytea, .date, .interval, .uuid,
        .array(.integer), .array(.text), nested, .map(.text, .double), .array(nested),
    ]
    /// Texts of which each type takes what it can.
    private static let texts = [
        "0", "1", "-1", "2", "10", "-0", "1.0", "1.00", "0.1", "-0.1", "100", "-100.5", "99", "1e300", "NaN", "Infinity",
        "-Infinity", "32767", "-32768", "18446744073709551615", "", "a", "ab", "abc", "a\u{1}", "b", "é", "\\x", "\\x00", "\\x0000",
        "\\x00ff", "\\xff", "true", "false", "2020-01-01", "0001-01-01 BC", "1 month", "30 days", "29 days 24:00:00", "-1 day",
        "00000000-0000-0000-0000-000000000001", "f0000000-0000-0000-0000-000000000000", "{}", "{1}", "{1,2}", "{NULL}", "{1,NULL}",
        "{2}", "{{1,2}}", "{{1},{2}}", "{a}", "{\"\"}", "(t,2020-01-01)", "(,)", "(f,)", "(,1999-01-01)", "{a=1}", "{a=NULL}",
        "{a=1, b=2}", "{b=0}", "{\"(t,)\",\"(,)\"}", "{\"(f,)\"}",
    ]

    @Test(arguments: types) func `keys of order compare as bytes like the rows they stand for`(type: SQLType) throws {
        let row = SQLType.row([Field("a", type), Field("b", .integer)])
        var values: [[UInt8]] = []
        for cell in [Value.null] + Self.texts.compactMap({ try? parse($0, as: type) }) {
            for number in [Value.integer(1), .integer(-1), .null] {
                values.append(try #require(CompositeValue([cell, number], types: [type, .integer])).encoded)
            }
        }
        #expect(values.count >= 9, "\(row)")
        var arena = Arena()
        let keys = values.map { bytes in
            let view = bytes.withUnsafeBufferPointer { arena.copy(StringView($0.baseAddress!, count: $0.count)) }
            return nestedOrderKey(view, &arena).withBytes { Array($0) }
        }
        for i in values.indices {
            for j in values.indices {
                let order = compareNested(values[i], values[j])
                let byKey =
                    keys[i] == keys[j] ? 0 : keys[i].lexicographicallyPrecedes(keys[j]) ? -1 : 1
                #expect(order.signum() == byKey, "\(nestedText(values[i])) and \(nestedText(values[j]))")
            }
        }
    }
}
