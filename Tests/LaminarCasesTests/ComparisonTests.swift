import LaminarCases
import Testing

@Suite struct `Cells are compared` {
    @Test(arguments: [
        ("integer", "1", "1"), ("integer", "1", "01"), ("integer", "1", "1.0"),
        ("numeric", "0.3333333333333333", "0.33333333333333333333"), ("numeric", "1", "1.0000005"),
        ("numeric(10,2)", "-0.00", "0"), ("double precision", "0.1", "0.10000000000000000001"),
        ("double precision", "1e22", "10000000000000000000000"), ("double precision", "Infinity", "inf"),
        ("real", "0.1", "0.1000001"), ("unknown", "1", "1.0"), ("boolean", "t", "true"), ("boolean", "false", "f"),
        ("timestamp", "2020-01-01 00:00:00", "2020-01-01T00:00"),
        ("timestamp", "2020-01-01 00:00:00.500", "2020-01-01 00:00:00.5"),
        ("timestamp", "2020-01-01 00:00:00.000", "2020-01-01 00:00:00"),
        ("timestamptz", "2020-01-01 00:00:00+00", "2020-01-01 00:00:00Z"),
        ("TIMESTAMP(3)", "2020-01-01 00:00:00", "2020-01-01 00:00:00.000+00:00"),
        ("char(4)", "ab", "ab  "), ("varchar", "ab", "ab"), ("double", "NaN", "NaN"),
        ("numeric", "1e400", "1" + String(repeating: "0", count: 400)),
    ])
    func `by value where the text leaves it open`(type: String, a: String, b: String) {
        #expect(CellComparison(type: type).areEqual(a, b))
        #expect(CellComparison(type: type).areEqual(b, a))
    }

    @Test(arguments: [
        ("integer", "1", "2"), ("integer", "1", "1.0000001"), ("bigint", "9007199254740993", "9007199254740992"),
        ("numeric", "1", "1.000002"), ("double precision", "1", "1.00000001"), ("real", "1", "1.0001"),
        ("text", "1", "1.0"), ("text", "2020-01-01 00:00:00", "2020-01-01T00:00:00"), ("varchar", "ab", "ab "),
        ("timestamp", "2020-01-01 00:00:00", "2020-01-01 00:00:00+01"), ("date", "2020-01-01", "2020-01-02"),
        ("boolean", "true", "false"), ("interval", "1 day", "2 days"), ("double", "NaN", "1"),
        ("unknown", "a", "b"), ("numeric", "1e400", "1e401"),
    ])
    func `as different where the value differs`(type: String, a: String, b: String) {
        #expect(!CellComparison(type: type).areEqual(a, b))
        #expect(!CellComparison(type: type).areEqual(b, a))
    }

    @Test func `NULL equals only NULL`() {
        #expect(CellComparison(type: "text").areEqual(nil, nil))
        #expect(!CellComparison(type: "text").areEqual(nil, ""))
        #expect(!CellComparison(type: "text").areEqual("", nil))
    }
}

@Suite struct `Rows are compared` {
    let comparison = RowComparison(types: ["integer", "double precision"], width: 2)

    @Test func `as bags`() {
        #expect(comparison.difference(expected: [["1", "2"], ["3", nil]], actual: [["3", nil], ["1", "2.0"]]) == nil)
        let difference = comparison.difference(expected: [["1", "2"], ["1", "2"]], actual: [["1", "2"], ["1", "4"]])
        #expect(difference?.missing == [["1", "2"]])
        #expect(difference?.surplus == [["1", "4"]])
        #expect(comparison.difference(expected: [], actual: [["1", "2"]]) != nil)
    }

    @Test func `also where approximate numbers sort apart`() {
        let expected: [[String?]] = [["1", "0.99999999999"], ["1", "1.1"]]
        #expect(comparison.difference(expected: expected, actual: [["1", "1.1"], ["1", "1"]]) == nil)
    }

    @Test func `with their width`() {
        #expect(comparison.difference(expected: [["1", "2"]], actual: [["1", "2", "3"]]) != nil)
    }
}

@Suite struct `A changelog becomes a table` {
    typealias Change = CaseObservation.Change

    @Test func `by multiplicity`() throws {
        let changes = [
            Change(weight: 1, row: ["a"]), Change(weight: 2, row: ["b"]), Change(weight: -1, row: ["a"]),
            Change(weight: -1, row: ["b"]),
        ]
        #expect(try materialised(changes) == [["b"]])
    }

    @Test func `by the key of the sink`() throws {
        let changes = [
            Change(weight: 1, row: ["k", "1"]), Change(weight: -1, row: ["k", "1"]), Change(weight: 1, row: ["k", "2"]),
            Change(weight: 1, row: ["l", "1"]), Change(weight: -1, row: ["l", "1"]),
        ]
        #expect(try materialised(changes, key: [0]) == [["k", "2"]])
    }

    @Test func `unless it takes back what never came out`() {
        #expect(throws: ChangelogError.self) { try materialised([Change(weight: -1, row: ["a"])]) }
    }
}
