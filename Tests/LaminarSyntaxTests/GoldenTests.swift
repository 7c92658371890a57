import LaminarSyntax
import LaminarText
import Testing

@Suite struct GoldenTests {
    @Test(arguments: ["expressions", "literals", "types", "queries", "tables", "statements", "dialects"])
    func `every clause has its tree`(name: String) throws {
        try Golden("\(name).txt").check { parsed($0) }
    }

    @Test func `every error has its place, its message and a hint`() throws {
        try Golden("errors.txt").check { parsed($0) }
    }

    @Test func `the tree goes on behind an error`() throws {
        try Golden("recovery.txt").check { file in
            var diagnostics = Diagnostics()
            let statements = parseStatements(file, diagnostics: &diagnostics)
            return textForm(of: statements) + diagnostics.rendered(in: file)
        }
    }

    @Test func `substitutions keep their place in the file`() throws {
        let values = [
            "TABLE_NAME": "trades", "SIZE": "INTERVAL '1' MINUTE", "QUOTED": "O'Brien", "EMPTY": "",
            "BROKEN": "1 +", "TWO": "1, 2",
        ]
        try Golden("substitutions.txt").check { parsed($0, substitutions: values) }
    }
}
