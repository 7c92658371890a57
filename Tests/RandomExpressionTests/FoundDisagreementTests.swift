import LaminarColumns
import LaminarTypes
import Testing

/// Cases in which random expressions once found the executors or PostgreSQL 15 to disagree; expected is PostgreSQL's answer.
@Suite struct FoundDisagreementTests {
    struct Case: CustomTestStringConvertible {
        var rule: String
        /// Over columns of the sample table.
        var sql: String
        var row: [String: String?]
        var expected: String?
        var testDescription: String { rule }

        init(_ rule: String, _ sql: String, _ row: [String: String?] = [:], _ expected: String?) {
            (self.rule, self.sql, self.row, self.expected) = (rule, sql, row, expected)
        }
    }

    static let cases: [Case] = [
        Case("an overflow before another error keeps its code", "(smallint_0 + smallint_0) % (smallint_1 - smallint_1)",
            ["smallint_0": "32767", "smallint_1": "1"], "!22003"),
        Case("days of an interval overflow a timestamp", "timestamp_0 + interval_0",
            ["timestamp_0": "1969-12-31 23:59:59.999999", "interval_0": "2147483647 days"], "!22008"),
        Case("concat keeps the blanks of CHAR", "concat(char_0, '|')", ["char_0": "ab"], "ab  |"),
        Case("a literal beside CHAR is not cut to one character", "char_0 = 'abc'", ["char_0": "abc"], "true"),
        Case("VARCHAR beside CHAR is not cut to one character", "char_0 < varchar_0",
            ["char_0": "abc", "varchar_0": "abd"], "true"),
        Case("an element of a slice in parentheses", "(integers_0[1:2])[2]", ["integers_0": "{5,6,7}"], "6"),
        Case("a chain of slices stays a slice", "integers_0[1:2][1:1]", ["integers_0": "{{1,2},{3,4}}"], "{{1},{3}}"),
        Case("a field that repeats is NULL of infinity", "date_part('dow', timestamp_0)", ["timestamp_0": "infinity"], nil),
        Case("a field that grows is infinite of infinity", "EXTRACT(year FROM date_0)", ["date_0": "-infinity"], "-Infinity"),
        Case("infinity has no time of day", "CAST(timestamptz_0 AS time)", ["timestamptz_0": "-infinity"], nil),
        Case("to_char of infinity is NULL", "to_char(timestamp_0, 'YYYY')", ["timestamp_0": "infinity"], nil),
        Case("infinity is in every zone", "timezone('Nowhere', timestamp_0)", ["timestamp_0": "infinity"], "infinity"),
        Case("radians underflow", "radians(double_0)", ["double_0": "5e-324"], "!22003"),
        Case("the absolute value of a SMALLINT is one", "@ smallint_0", ["smallint_0": "-32768"], "!22003"),
        Case("a REAL's digits never lie between two numbers", "CAST(real_0 * real_1 AS text)",
            ["real_0": "16777217", "real_1": "3.25"], "5.4525952e+07"),
        Case("the shortest digits within a REAL's neighbourhood", "CAST(real_0 * real_1 AS text)",
            ["real_0": "-1.5", "real_1": "1e10"], "-1.5000001e+10"),
        Case("a DOUBLE's digits never lie between two numbers", "CAST(double_0 AS text)",
            ["double_0": "18014398509481988"], "1.8014398509481988e+16"),
        Case("doubles in arrays become NUMERIC of 15 digits", "CAST(doubles_0 AS numeric[])",
            ["doubles_0": "{9223372036854775808}"], "{9223372036854780000}"),
        Case("booleans in arrays become integers", "CAST(booleans_0 AS integer[])", ["booleans_0": "{t,NULL}"], "{1,NULL}"),
        Case("integers in arrays become booleans", "CAST(integers_0 AS boolean[])", ["integers_0": "{0,7}"], "{f,t}"),
        Case("arrays as JSON have no blanks", "array_to_json(integers_0)", ["integers_0": "{1,2}"], "[1,2]"),
        Case("arrays as JSONB have blanks", "to_jsonb(integers_0)", ["integers_0": "{1,2}"], "[1, 2]"),
        Case("infinity as JSON has no zone", "to_json(timestamptz_0)", ["timestamptz_0": "infinity"], "\"infinity\""),
        Case("JSON in JSON stays as it was written", "json_build_array(json_0)", ["json_0": "{\"b\":1,\"b\":2}"],
            "[{\"b\":1,\"b\":2}]"),
        Case("IS NULL evaluates what may fail", "CAST(double_1 AS bigint) IS NULL", ["double_1": "9223372036854775808"],
            "!22003"),
        Case("div cuts off at 38 digits", "div(numeric_0, 6)", ["numeric_0": "-99999999999999999999999999999999999999"],
            "-16666666666666666666666666666666666666"),
        Case("a logarithm with NaN is NaN", "log(numeric_0, numeric_1)", ["numeric_0": "-1", "numeric_1": "NaN"], "NaN"),
        Case("a fraction's power of minus infinity", "power(numeric_0, 0.5)", ["numeric_0": "-Infinity"], "!2201F"),
        Case("date_bin stays within timestamps", "date_bin(interval_0, timestamp_0, timestamp_1)",
            ["interval_0": "2562047700:00:00", "timestamp_0": "0044-03-15 10:20:30 BC", "timestamp_1": "1970-01-01 00:00:00"],
            "!22008"),
        Case("constants of type UUID", "uuid_0 = CAST('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' AS uuid)",
            ["uuid_0": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"], "true"),
        Case("NULLIF has the type in which numbers meet", "NULLIF(round(smallint_0, 2), double_0)",
            ["smallint_0": "100", "double_0": "7"], "100"),
        Case("a time's seconds are rounded before they are judged", "make_time(5, 2, numeric_0)",
            ["numeric_0": "-0.00000000000000000000000000000000000001"], "05:02:00"),
        Case("years may lack their months", "CAST(text_0 AS interval)", ["text_0": "7-"], "7 years"),
        Case("CHAR has the bytes of its blanks", "octet_length(char_0)", ["char_0": "ab"], "4"),
        Case("zeros at the end of a divisor cost no digits", "numeric_0 / trunc(integer_0, 30)",
            ["numeric_0": "-0.005", "integer_0": "7"], "-0.000714285714285714285714285714"),
        Case("evaluation goes on behind an overflow of digits", "(numeric_0 * numeric_0) + numeric_1",
            ["numeric_0": "0.12345678901234567890123456789012345678", "numeric_1": "0"], "!22003"),
        Case("minus infinity among other doubles", "CASE WHEN integer_0 = 1 THEN DOUBLE PRECISION '-Infinity' WHEN integer_0 = 2 THEN 1 END",
            ["integer_0": "1"], "-Infinity"),
        Case("a subnormal constant", "double_0 > 5e-324", ["double_0": "1"], "true"),
        Case("CHAR is matched with its blanks", "char_0 LIKE 'ab'", ["char_0": "ab"], "false"),
        Case("an empty pattern matches no CHAR", "char_0 LIKE ''", ["char_0": ""], "false"),
        Case("a regular expression sees the blanks of CHAR", "char_0 ~ 'b  $'", ["char_0": "ab"], "true"),
        Case("a literal of a boolean is a word", "quote_nullable(boolean_0)", ["boolean_0": "true"], "'true'"),
        Case("keys that are NULL are passed over", "jsonb_0 ?& '{a,NULL}'", ["jsonb_0": "{\"a\":1}"], "true"),
        Case("a timestamp as a key", "jsonb_build_object(timestamp_0, 1)", ["timestamp_0": "2020-01-01 10:00:00"],
            "{\"2020-01-01T10:00:00\": 1}"),
        Case("a timestamp before Christ as JSONB", "to_jsonb(timestamptz_0)", ["timestamptz_0": "0044-03-15 10:20:30+00 BC"],
            "\"0044-03-15T10:20:30+00:00 BC\""),
        Case("CHAR as a key has its blanks", "jsonb_build_object(char_0, 1)", ["char_0": "ab"], "{\"ab  \": 1}"),
        Case("a negative day is no wider", "to_char(interval_0, 'DD')", ["interval_0": "-3 days"], "-3"),
        Case("GREATEST within GREATEST within GREATEST",
            "GREATEST(GREATEST(GREATEST(smallint_0 + 1, 2, small_0 + 3), small_1 + 1, 4), GREATEST(5, small_0 + 2, small_1 * 2), 6)",
            ["smallint_0": "1", "small_0": "2", "small_1": "7"], "14"),
    ]

    @Test(arguments: cases) func `interpreted and folded`(found: Case) throws {
        let (batch, bound) = try prepared(found)
        #expect(bound.interpreted(batch)[0] == found.expected)
        let constant = ExpressionTerm.composed([.text(found.sql)]).sql()
        // Longer names first: one may be the end of another.
        let folded = found.row.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }).reduce(constant) { sql, cell in
            guard let position = SampleTable.positions[cell.key] else { return sql }
            let type = SampleTable.columns[position].type.sql
            return sql.replacing(cell.key, with: "CAST(\(cell.value.map(quoted) ?? "NULL") AS \(type))")
        }
        switch BoundExpression.compile(folded) {
        case .bound(let bound): #expect(bound.interpreted(batch)[0] == found.expected)
        case .refused(let state, _): #expect("!" + state == found.expected)
        }
    }

    @Test func `compiled`() throws {
        // All in one program, over a row for each.
        let expressions = try Self.cases.map { try prepared($0).1 }
        let outcome = try CompiledExpressionProgram.evaluate(expressions, over: SampleTable(cells: Self.cases.map(\.row)))
        #expect(outcome.refusals.isEmpty)
        for (index, found) in Self.cases.enumerated() {
            #expect(outcome.results[index]?[index] == found.expected, "\(found.rule)")
        }
    }

    private func prepared(_ found: Case) throws -> (ColumnBatch, BoundExpression) {
        let table = SampleTable(cells: [found.row])
        guard case .bound(let bound) = BoundExpression.compile(found.sql) else {
            throw PostgreSQLServer.Failure(message: "refused: \(found.sql)")
        }
        return (try table.batch(), bound)
    }
}
