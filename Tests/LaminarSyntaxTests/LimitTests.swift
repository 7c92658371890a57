import LaminarSyntax
import LaminarText
import Testing

/// A piece of SQL that is repeated to a megabyte, with what stands before and behind.
struct Repeated: CustomTestStringConvertible, Sendable {
    var start = "SELECT "
    var piece: String
    var end = ""

    var testDescription: String { start + piece + "..." + end }

    func text(bytes: Int) -> String { start + String(repeating: piece, count: max(1, bytes / piece.utf8.count)) + end }
}

@Suite struct LimitTests {
    /// Nests without bound: must end in a diagnostic.
    static let nesting: [Repeated] = [
        Repeated(piece: "("), Repeated(piece: "((", end: "1"), Repeated(piece: "NOT ", end: "a"),
        Repeated(piece: "- ", end: "1"), Repeated(piece: "~ ", end: "1"), Repeated(piece: "CASE WHEN "),
        Repeated(piece: "CASE "), Repeated(piece: "CASE WHEN a THEN b ELSE "), Repeated(piece: "(SELECT "),
        Repeated(start: "", piece: "(SELECT 1 UNION "), Repeated(start: "", piece: "SELECT * FROM ("),
        Repeated(start: "SELECT * FROM ", piece: "("),
        Repeated(start: "SELECT * FROM ", piece: "LATERAL (SELECT * FROM "),
        Repeated(start: "SELECT * FROM a ", piece: "JOIN b "), Repeated(start: "SELECT * FROM a ", piece: "JOIN (b "),
        Repeated(piece: "a["), Repeated(piece: "ARRAY["), Repeated(piece: "ARRAY[", end: "]"),
        Repeated(piece: "ARRAY[["),
        Repeated(piece: "f("), Repeated(piece: "a IN ("), Repeated(piece: "a IN (SELECT "),
        Repeated(piece: "EXISTS (SELECT "), Repeated(piece: "a = ANY ("), Repeated(piece: "CAST("),
        Repeated(piece: "ROW("), Repeated(piece: "extract(a FROM "), Repeated(piece: "substring("),
        Repeated(piece: "sum(a) OVER (ORDER BY "), Repeated(piece: "f(a ORDER BY "), Repeated(piece: "f(a => "),
        Repeated(start: "", piece: "WITH a AS ("), Repeated(start: "SELECT a::", piece: "ROW<a "),
        Repeated(start: "SELECT a::", piece: "ARRAY<"), Repeated(start: "SELECT a::", piece: "MAP<a,"),
        Repeated(start: "SELECT 1 GROUP BY ", piece: "GROUPING SETS ("), Repeated(start: "EXPLAIN ", piece: "EXPLAIN "),
        Repeated(piece: "a BETWEEN "), Repeated(piece: "1+(1*("), Repeated(piece: "1=-(a and not 2^("),
        Repeated(piece: "{"), Repeated(piece: "[("), Repeated(piece: "([a"), Repeated(piece: "a OR b AND NOT c = ("),
    ]

    /// Chains without bound: must end in a diagnostic.
    static let chains: [Repeated] = [
        Repeated(piece: "a+", end: "a"), Repeated(piece: "a||", end: "a"), Repeated(piece: "a->", end: "a"),
        Repeated(start: "SELECT a", piece: "::int"), Repeated(start: "SELECT f(x)", piece: ".a"),
        Repeated(start: "SELECT a", piece: "[1]"), Repeated(start: "SELECT a", piece: " IS NULL"),
        Repeated(start: "SELECT a", piece: " COLLATE x"), Repeated(start: "SELECT a", piece: " AT TIME ZONE x"),
        Repeated(start: "SELECT 1", piece: " UNION SELECT 1"),
        Repeated(start: "SELECT * FROM a", piece: " CROSS JOIN a"),
        Repeated(start: "SELECT * FROM a", piece: " JOIN a ON true"), Repeated(start: "SELECT a::int", piece: "[]"),
        Repeated(start: "SELECT a::int", piece: " multiset"),
    ]

    /// Long but flat: must parse.
    static let flat: [Repeated] = [
        Repeated(piece: "a,", end: "a"), Repeated(piece: "a AND ", end: "a"), Repeated(piece: "a OR ", end: "a"),
        Repeated(start: "SELECT f(1", piece: ",1", end: ")"), Repeated(start: "VALUES (1)", piece: ",(1)"),
        Repeated(start: "SELECT a IN (1", piece: ",1", end: ")"), Repeated(start: "", piece: ";"),
        Repeated(start: "", piece: "SELECT 1;"), Repeated(start: "SELECT a", piece: ".a"),
        Repeated(start: "CREATE TABLE t (z int", piece: ", a int", end: ")"),
        Repeated(start: "SELECT '", piece: "''", end: "'"), Repeated(start: "SELECT 1 -- ", piece: "-- "),
        Repeated(start: "SELECT 1 ", piece: "/**/"), Repeated(start: "SELECT '", piece: "'\n'", end: "'"),
        Repeated(start: "SELECT CASE", piece: " WHEN a THEN b", end: " END"),
    ]

    /// Wrong from end to end: must stop soon.
    static let wrong: [Repeated] = [
        Repeated(start: "", piece: "x;"), Repeated(piece: "a b c,"),
        Repeated(start: "CREATE TABLE t (", piece: "a b c,"),
        Repeated(start: "INSERT INTO t VALUES ", piece: "(1 2),"), Repeated(start: "", piece: "/*"),
        Repeated(start: "", piece: "${A"), Repeated(start: "", piece: "${A}"), Repeated(start: "", piece: "$a"),
        Repeated(start: "", piece: "$a$"), Repeated(start: "", piece: "\u{A0}"), Repeated(start: "", piece: "\\"),
        Repeated(start: "", piece: "0x"), Repeated(start: "SELECT 0x", piece: "F"), Repeated(piece: "\"", end: "\""),
        Repeated(start: "", piece: "\u{0}"), Repeated(start: "SELECT U&'", piece: "\\q", end: "'"),
        Repeated(start: "SELECT E'", piece: "\\u", end: "'"), Repeated(start: "", piece: ")"),
        Repeated(start: "", piece: "]["), Repeated(piece: "(a b),"), Repeated(piece: "((a b), "),
        Repeated(piece: "+"), Repeated(piece: "<"), Repeated(start: "SELECT * FROM t WITH (", piece: "a = ,"),
        Repeated(start: "CREATE SOURCE s (*) WITH (", piece: "a = ,"), Repeated(start: "SHOW ", piece: "sourcesx"),
    ]

    private func check(_ repeated: Repeated, bytes: Int = 1 << 15, isComplex: Bool) {
        let file = SourceFile(name: "long.sql", text: repeated.text(bytes: bytes))
        var diagnostics = Diagnostics()
        let clock = ContinuousClock()
        var statements: [StatementSyntax] = []
        let duration = clock.measure {
            statements = parseStatements(file, substitutions: [:], diagnostics: &diagnostics)
        }
        // Quadratic time would take minutes; a loaded machine does not.
        #expect(duration < .seconds(60), "\(repeated.testDescription) took \(duration)")
        #expect(diagnostics.all.count <= 101)
        // Later stages walk the tree recursively: printing it and freeing it stand for them.
        _ = textForm(of: statements)
        #expect(diagnostics.hasErrors == isComplex, "\(repeated.testDescription)")
    }

    @Test(arguments: nesting)
    func `endless nesting ends in a diagnostic`(repeated: Repeated) { check(repeated, isComplex: true) }

    @Test(arguments: chains)
    func `an endless chain ends in a diagnostic`(repeated: Repeated) { check(repeated, isComplex: true) }

    @Test(arguments: flat)
    func `long statements without nesting parse`(repeated: Repeated) { check(repeated, isComplex: false) }

    @Test(arguments: wrong)
    func `endless errors end after a hundred`(repeated: Repeated) { check(repeated, isComplex: true) }

    @Test(arguments: [
        Repeated(piece: "("), Repeated(piece: "NOT ", end: "a"), Repeated(piece: "a+", end: "a"),
        Repeated(piece: "CASE WHEN "), Repeated(piece: "(SELECT "), Repeated(piece: "a b c,"),
    ])
    func `a megabyte of it too`(repeated: Repeated) { check(repeated, bytes: 1 << 20, isComplex: true) }

    @Test func `what is too complex says so`() {
        for text in [
            "SELECT " + String(repeating: "(", count: 300) + "1" + String(repeating: ")", count: 300),
            "SELECT " + String(repeating: "a + ", count: 257) + "a",
            "SELECT 1" + String(repeating: " UNION ALL SELECT 1", count: 300),
        ] {
            var diagnostics = Diagnostics()
            _ = parseStatements(SourceFile(name: "t", text: text), diagnostics: &diagnostics)
            #expect(diagnostics.all.map(\.sqlState) == ["54001"])
            #expect(diagnostics.all.map(\.message) == ["statement is too complex"])
        }
    }

    @Test func `trees as high as the limits allow are walked without running out of stack`() {
        let parentheses = String(repeating: "(", count: 250) + "a" + String(repeating: ")", count: 250)
        for text in [
            "SELECT " + parentheses,
            "SELECT " + String(repeating: "a + ", count: 254) + "a",
            "SELECT a" + String(repeating: "::int", count: 254),
            "SELECT " + String(repeating: "1 OR 1 AND 1 = 1 || 1 + 1 * 1 ^ f(", count: 30) + "a"
                + String(repeating: ")", count: 30),
            String(repeating: "SELECT * FROM (", count: 63) + "SELECT 1" + String(repeating: ") x", count: 63),
            String(repeating: "SELECT (", count: 63) + "SELECT 1" + String(repeating: ")", count: 63),
            "SELECT 1" + String(repeating: " UNION ALL SELECT a + 1 FROM t JOIN u ON a = b", count: 250),
            "SELECT * FROM a" + String(repeating: " CROSS JOIN a", count: 254),
        ] {
            var diagnostics = Diagnostics()
            let file = SourceFile(name: "t", text: text)
            let statements = parseStatements(file, diagnostics: &diagnostics)
            #expect(diagnostics.all.isEmpty, "\(diagnostics.rendered(in: file).prefix(400))")
            #expect(!textForm(of: statements).isEmpty)
        }
    }

    @Test func `a statement that is too complex does not hide the errors of the next`() {
        let text = "SELECT " + String(repeating: "(", count: 10_000) + "; SELCT 1; SELECT 2"
        var diagnostics = Diagnostics()
        let statements = parseStatements(SourceFile(name: "t", text: text), diagnostics: &diagnostics)
        #expect(diagnostics.all.map(\.sqlState) == ["54001", "42601"])
        #expect(textForm(of: statements) == "(invalid)\n(invalid)\n(select (items 2))\n")
    }
}
