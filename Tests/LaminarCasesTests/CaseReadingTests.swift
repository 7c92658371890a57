import LaminarCases
import Testing

func testCase(_ text: String) throws -> TestCase { try TestCase(json: JSONValue(parsing: text)) }

@Suite struct `A case is read` {
    @Test func `with its rows in their order of arrival over all tables`() throws {
        let read = try testCase(
            #"""
            {"id": "a", "query": "SELECT 1", "features": ["agg"], "dialect": "flink", "ddl": ["CREATE TABLE t (x INT)"],
             "inputs": {"t": [{"seq": 1, "op": "+I", "row": ["1"]}, {"seq": 3, "op": "-D", "row": [null]}],
                        "u": [{"seq": 2, "op": "+U", "row": ["\u00e9"], "phase": "after", "step": 4}]},
             "views": [{"name": "v", "sql": "CREATE VIEW v AS SELECT 1", "created_after_seq": 2}],
             "sink": {"name": "S", "columns": [{"name": "x", "type": "INT"}], "primary_key": ["x"]},
             "expect": {"columns": [{"name": "x", "type": "integer"}], "rows": [["1"]], "mode": "append", "ordered": true},
             "end_of_input": false}
            """#)
        #expect(read.inputs.map(\.table) == ["t", "t", "u"])
        #expect(read.inputs.map(\.operation) == [.insert, .delete, .updateAfter])
        #expect(read.inputs.map(\.cells) == [["1"], [nil], ["é"]])
        #expect(read.inputs.map(\.isAfterRestart) == [false, false, true])
        #expect(read.stepNumbers == [4])
        #expect(read.views.map(\.createdAfter) == [2])
        #expect(read.sink?.primaryKey == ["x"])
        #expect(!read.endsInput)
        guard case .result(let result) = read.expectation else {
            Issue.record("no result")
            return
        }
        #expect(result.mode == .append)
        #expect(result.isOrdered)
        #expect(result.rows == [["1"]])
        #expect(
            programText(of: read)
                == "CREATE TABLE t (x INT)\n;\nCREATE SINK `s` (`x` INT, PRIMARY KEY (`x`) NOT ENFORCED)\n;\n"
                + "CREATE VIEW v AS SELECT 1\n;\nSELECT 1\n;\n")
    }

    @Test func `whose input ends unless it says otherwise`() throws {
        #expect(try testCase(#"{"id":"a","query":"q","expect":{"rows":[]}}"#).endsInput)
        #expect(try testCase(#"{"id":"a","query":"q","expect":{"rows":[]},"end_of_input":null}"#).endsInput)
    }

    @Test func `with the definitions that carry the watermarks`() throws {
        let read = try testCase(
            #"{"id":"a","query":"q","expect":{"rows":[]},"ddl":["plain"],"ddl_source_dialect":["with watermark"]}"#)
        #expect(read.definitions == ["with watermark"])
    }

    @Test(arguments: [
        (#"{"query":"q"}"#, "\"id\" is missing"),
        (#"{"id":"a","query":"q"}"#, "\"expect\" or \"error\" is missing"),
        (#"{"id":"a","query":"q","expect":{"rows":[[1]]}}"#, "a cell is a string or null"),
        (#"{"id":"a","query":"q","expect":{"mode":"x"}}"#, "unknown mode \"x\""),
        (#"{"id":"a","query":"q","dialect":"x"}"#, "unknown dialect \"x\""),
        (#"{"id":"a","query":"q","error":{"sqlstate":"22"}}"#, "\"error\" needs a five-character \"sqlstate\""),
        (#"{"id":"a","query":"q","inputs":{"t":[{"seq":1,"op":"?","row":[]}]}}"#, "unknown op \"?\" at seq 1"),
    ])
    func `or refused with what is wrong`(text: String, message: String) throws {
        let json = try JSONValue(parsing: text)
        #expect { try TestCase(json: json) } throws: { ($0 as? CaseSyntaxError)?.description == message }
    }
}

@Suite struct `JSON` {
    @Test(arguments: [
        #"{"a":[1,-2.5e3,true,false,null,"x\n\"\\"],"b":{}}"#, "[]", "\"\"", "0",
    ])
    func `comes out as it went in`(text: String) throws {
        #expect(try JSONValue(parsing: text).text == text)
    }

    @Test func `has escapes for every character`() throws {
        #expect(try JSONValue(parsing: #""\u0041\ud83d\ude00\/\t""#) == .string("A😀/\t"))
        #expect(JSONValue.string("\u{1}").text == #""\u0001""#)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "\"a", "01", "1.", "nul", "[1] 2", "\"\\x\"", "\"\\ud800\"", "\"\u{1}\"",
        String(repeating: "[", count: 100_000),
    ])
    func `is refused where it is damaged`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }
}
