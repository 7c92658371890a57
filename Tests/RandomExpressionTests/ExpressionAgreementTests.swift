import Foundation
import LaminarTypes
import Testing

/// Random expressions of all types and functions: the interpreter, generated Swift, constant folding and a live PostgreSQL
/// must agree on every row, failures included.
///
/// `RANDOM_EXPRESSIONS=20000 RANDOM_SEED=7 swift test --filter ExpressionAgreementTests` makes the long run; docs/testing.md
/// has more.
@Suite(.serialized) struct ExpressionAgreementTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["RANDOM_EXPRESSIONS"].flatMap { Int($0) }
    private static let seed = environment["RANDOM_SEED"].flatMap { UInt64($0) } ?? 1

    @Test func `generated Swift gives what the interpreter gives`() throws {
        let isOptimized = Self.environment["RANDOM_OPTIMIZED"] != nil
        try check(count: 400) { comparison, terms in try comparison.againstCompiled(terms, isOptimized: isOptimized) }
    }

    @Test func `folding gives what evaluation gives`() throws {
        try check(count: 250) { comparison, terms in comparison.againstFolding(terms, rows: [0, 1, 2, 3]) }
    }

    @Test(.enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL 15 is not installed"))
    func `PostgreSQL gives what the interpreter gives`() throws {
        try check(count: 600) { comparison, terms in try comparison.againstPostgreSQL(terms) }
    }

    private func check(
        count: Int, _ compare: (inout Comparison, [ExpressionTerm]) throws -> [Disagreement]
    ) throws {
        let table = SampleTable(rows: 50, seed: Self.seed)
        var comparison = try Comparison(table)
        var generator = ExpressionGenerator(seed: Self.seed)
        let total = Self.count ?? count
        var left = total
        var leftOut: [String: Int] = [:]
        while left > 0 {
            let terms = (0..<min(left, 2000)).map { _ in generator.expression() }
            left -= terms.count
            let found = try comparison.narrowed(try compare(&comparison, terms), leftOut: &leftOut, compare)
            for disagreement in found { Issue.record("seed \(Self.seed): \(disagreement.description(table))") }
        }
        print("\(total) expressions of seed \(Self.seed), \(comparison.evaluations) evaluations compared;", terminator: " ")
        print("refused by the compiler: \(comparison.refusals); left out by rule: \(leftOut)")
    }
}
