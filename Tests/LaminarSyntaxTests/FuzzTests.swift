import Foundation
import LaminarSyntax
import LaminarText
import Testing

/// SplitMix64 (Steele, Lea, Flood 2014): the same sequence on every machine.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct FuzzTests {
    /// Every statement of the goldens is a seed.
    private static func seeds() throws -> [[UInt8]] {
        try [
            "expressions", "literals", "types", "queries", "tables", "statements", "dialects", "errors", "recovery",
            "substitutions",
        ].flatMap { try Golden("\($0).txt").cases.map { Array($0.sql.utf8) } }
    }

    private static let pieces: [[UInt8]] = [
        "(", ")", "[", "]", ",", ";", "'", "\"", "`", ".", "*", "::", "=>", ":=", "--", "/*", "*/", "$$", "$a$", "${A}",
        "${A:-", "E'\\", "U&'\\", "X'", "B'", "0x", "1e", "1.", ".5", "30s", "<", ">", ">>", "<>", "||", "-", "+", "?|",
        "SELECT ", "FROM ", "WHERE ", "GROUP BY ", "ORDER BY ", "UNION ", "JOIN ", "ON ", "AS ", "CASE ", "WHEN ",
        "END ",
        "NOT ", "IN ", "BETWEEN ", "AND ", "OR ", "IS ", "NULL ", "INTERVAL ", "ARRAY", "ROW", "TABLE ", "VALUES ",
        "CREATE ", "SOURCE ", "WITH ", "EMIT ", "OVER ", "LATERAL ", "ASOF ", "MATCH_RECOGNIZE (", "FILTER (", "\u{0}",
        "\n", "é", "\u{A0}", "😀", "\u{1}",
    ].map { Array($0.utf8) }

    private func mutated(_ seed: [UInt8], with other: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var text = seed
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...text.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: text.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
            case 1: text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...12, using: &random)))
            case 2: text.removeSubrange(place...)
            case 3: if place < text.count { text[place] = UInt8.random(in: 0...255, using: &random) }
            case 4:
                let end = min(text.count, place + Int.random(in: 1...40, using: &random))
                text.insert(contentsOf: text[place..<end], at: Int.random(in: 0...text.count, using: &random))
            case 5:
                let start = Int.random(in: 0...other.count, using: &random)
                text.insert(contentsOf: other[start...].prefix(60), at: place)
            default:
                let piece = Self.pieces.randomElement(using: &random) ?? []
                for _ in 0..<Int.random(in: 1...300, using: &random) { text.insert(contentsOf: piece, at: place) }
            }
        }
        return text
    }

    @Test func `no mutation of a statement crashes, hangs or escapes the file`() throws {
        let seeds = try Self.seeds()
        let seed = UInt64(ProcessInfo.processInfo.environment["FUZZ_SEED"] ?? "") ?? 20_260_101
        let rounds = Int(ProcessInfo.processInfo.environment["FUZZ_ROUNDS"] ?? "") ?? 3_000
        var random = SeededGenerator(state: seed)
        let clock = ContinuousClock()
        for round in 0..<rounds {
            let first = seeds.randomElement(using: &random) ?? []
            let second = seeds.randomElement(using: &random) ?? []
            let bytes = mutated(first, with: second, &random)
            let file = SourceFile(name: "fuzz.sql", bytes: bytes)
            var diagnostics = Diagnostics()
            var statements: [StatementSyntax] = []
            let duration = clock.measure {
                statements = parseStatements(file, substitutions: ["A": "a, (b"], diagnostics: &diagnostics)
            }
            let shown = "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))"
            #expect(duration < .seconds(20), "\(shown)")
            let tree = textForm(of: statements)
            #expect(!tree.contains("invalid)") || diagnostics.hasErrors, "a silent invalid node: \(shown)")
            for diagnostic in diagnostics.all {
                let isInside =
                    0 <= diagnostic.span.lower && diagnostic.span.lower <= diagnostic.span.upper
                    && diagnostic.span.upper <= bytes.count
                #expect(isInside, "\(diagnostic): \(shown)")
            }
            for statement in statements {
                #expect(statement.span.lower <= statement.span.upper && statement.span.upper <= bytes.count, "\(shown)")
            }
            _ = diagnostics.rendered(in: file)
        }
    }
}

@Suite struct SpanTests {
    /// Cuts each select item and its expression out by its span and parses the piece alone.
    @Test func `a node's span is the text that it was made of`() throws {
        var checked = 0
        for item in try Golden("expressions.txt").cases {
            let file = SourceFile(name: "case.sql", text: item.sql)
            var diagnostics = Diagnostics()
            let statements = parseStatements(file, diagnostics: &diagnostics)
            guard case .query(let query) = statements.first?.kind, case .select(let select) = query.body.kind else {
                Issue.record("\(item.sql) is no SELECT")
                continue
            }
            #expect(file.string(statements[0].span) == item.sql)
            for selected in select.items {
                if case .star = selected.expression.kind { continue }
                let text = file.string(selected.expression.span)
                let alone = parseStatements(
                    SourceFile(name: "piece", text: "SELECT " + text), diagnostics: &diagnostics)
                #expect(
                    textForm(of: alone) == "(select (items \(textForm(of: selected.expression))))\n"
                        || textForm(of: alone).contains("\n  "), "\(text)")
                checked += 1
            }
            #expect(diagnostics.all.isEmpty, "\(item.sql)")
        }
        #expect(checked > 150)
    }

    @Test func `operators, types, names and clauses have spans of their own`() throws {
        let sql = "SELECT a + t.b::numeric(3, 2) AS c FROM x.y AS z WHERE p LIKE 'q' GROUP BY 1 EMIT CHANGES"
        let file = SourceFile(name: "case.sql", text: sql)
        var diagnostics = Diagnostics()
        let statements = parseStatements(file, diagnostics: &diagnostics)
        guard case .query(let query) = statements.first?.kind, case .select(let select) = query.body.kind,
            case .binary(let operation, let left, let right) = select.items[0].expression.kind,
            case .cast(let operand, let type, _) = right.kind, case .like(let like) = select.filter?.kind
        else {
            Issue.record("another tree: \(textForm(of: statements))")
            return
        }
        #expect(file.string(operation.span) == "+")
        #expect(file.string(left.span) == "a")
        #expect(file.string(operand.span) == "t.b")
        #expect(file.string(type.span) == "numeric(3, 2)")
        #expect(file.string(type.nameSpan) == "numeric")
        #expect(select.items[0].alias.map { file.string($0.span) } == "c")
        #expect(file.string(select.items[0].span) == "a + t.b::numeric(3, 2) AS c")
        #expect(file.string(select.from[0].span) == "x.y AS z")
        #expect(file.string(like.operatorSpan) == "LIKE")
        #expect(select.groupBy.map { file.string($0.span) } == "GROUP BY 1")
        #expect(query.tail?.emit.map { file.string($0.span) } == "EMIT CHANGES")
    }
}
