import LaminarColumns
import LaminarTypes

/// Two answers to one expression that should be the same.
struct Disagreement {
    enum Kind: String {
        case compiled = "generated Swift"
        case folded = "constant folding"
        case postgreSQL = "PostgreSQL"
    }

    var term: ExpressionTerm
    var kind: Kind
    /// The row of the sample table; nil where the expression as such is accepted by one and refused by the other.
    var row: Int?
    var ours: String
    var theirs: String

    /// The expression, what came out, and the values that it read.
    func description(_ table: SampleTable) -> String {
        var text = "\(kind.rawValue): \(ours) instead of \(theirs): \(term.sql())"
        guard let row else { return text }
        text += "\n    row \(row):"
        var seen: Set<String> = []
        for column in term.columns where seen.insert(column.name).inserted {
            guard let position = SampleTable.positions[column.name] else { continue }
            text += " \(column.name) = \(table.rows[row][position] ?? "NULL")"
        }
        return text
    }
}

extension ExpressionTerm {
    /// The columns that it reads.
    var columns: [SampleColumn] {
        switch self {
        case .column(let column): [column]
        case .literal, .verbatim: []
        case .composed(let pieces):
            pieces.flatMap { piece -> [SampleColumn] in
                if case .operand(let term) = piece { term.columns } else { [] }
            }
        }
    }
}

/// Evaluates expressions in every way there is and compares.
struct Comparison {
    let table: SampleTable
    let batch: ColumnBatch
    private(set) var evaluations = 0
    /// Expressions that our compiler refuses, by SQLSTATE.
    private(set) var refusals: [String: Int] = [:]

    init(_ table: SampleTable) throws {
        self.table = table
        batch = try table.batch()
    }

    /// Interpreter against generated Swift.
    mutating func againstCompiled(_ terms: [ExpressionTerm], isOptimized: Bool = false) throws -> [Disagreement] {
        var bound: [(ExpressionTerm, BoundExpression)] = []
        for term in terms {
            switch BoundExpression.compile(term.sql()) {
            case .bound(let expression): bound.append((term, expression))
            case .refused(let state, _): refusals[state, default: 0] += 1
            }
        }
        let compiled = try CompiledExpressionProgram.evaluate(bound.map(\.1), over: table, isOptimized: isOptimized)
        var found: [Disagreement] = []
        for (index, (term, expression)) in bound.enumerated() {
            guard let results = compiled.results[index] else {
                let refusal = compiled.refusals[index] ?? "no result"
                found.append(
                    Disagreement(term: term, kind: .compiled, row: nil, ours: "refused: \(refusal)", theirs: "a result"))
                continue
            }
            let interpreted = expression.interpreted(batch)
            evaluations += results.count
            for row in interpreted.indices where results[row] != interpreted[row] {
                found.append(
                    Disagreement(
                        term: term, kind: .compiled, row: row, ours: results[row] ?? "NULL",
                        theirs: interpreted[row] ?? "NULL"))
            }
        }
        return found
    }

    /// Evaluation over columns against folding of the same expression with the row's values written into it.
    mutating func againstFolding(_ terms: [ExpressionTerm], rows: [Int]) -> [Disagreement] {
        var found: [Disagreement] = []
        for term in terms {
            guard case .bound(let expression) = BoundExpression.compile(term.sql()) else { continue }
            let results = expression.interpreted(batch)
            for row in rows {
                let constant = term.sql { leaf in
                    guard case .column(let column) = leaf, let position = SampleTable.positions[column.name] else {
                        return ExpressionTerm.plain(leaf)
                    }
                    guard let text = table.rows[row][position] else { return "CAST(NULL AS \(column.type.sql))" }
                    return ExpressionTerm.plain(.literal(text, column.type))
                }
                evaluations += 1
                let folded: String?
                switch BoundExpression.compile(constant) {
                case .bound(let expression): folded = expression.interpreted(batch)[0]
                case .refused(let state, _):
                    // Errors in constants are found when compiling, in branches too that the row does not take.
                    if state.hasPrefix("22") { continue }
                    folded = "!" + state
                }
                if folded == results[row] { continue }
                // Folding may turn a failure into none (`x AND FALSE`, a strict call of NULL), never a value into another.
                if let failure = results[row], failure.hasPrefix("!") {
                    if folded?.hasPrefix("!") != true { continue }
                    // A NULL may have turned the first failure into none, so that the next one shows.
                    if term.columns.contains(where: { column in
                        SampleTable.positions[column.name].map { table.rows[row][$0] == nil } ?? false
                    }) { continue }
                }
                found.append(
                    Disagreement(
                        term: term, kind: .folded, row: row, ours: folded ?? "NULL", theirs: results[row] ?? "NULL"))
            }
        }
        return found
    }

    /// Interpreter against PostgreSQL.
    mutating func againstPostgreSQL(_ terms: [ExpressionTerm]) throws -> [Disagreement] {
        let outcomes = try PostgreSQLServer.evaluate(terms, over: table)
        var found: [Disagreement] = []
        for (term, outcome) in zip(terms, outcomes) {
            switch BoundExpression.compile(term.sql()) {
            case .refused(let state, let message):
                refusals[state, default: 0] += 1
                if state == "0A000" { continue }
                // Errors in constants are found when compiling, in branches too that no row takes.
                if outcome.refusal?.prefix(2) == state.prefix(2) || state.hasPrefix("22") { continue }
                found.append(
                    Disagreement(
                        term: term, kind: .postgreSQL, row: nil, ours: "\(state) \(message)",
                        theirs: outcome.refusal ?? "type \(outcome.type)"))
            case .bound(let bound):
                guard let theirs = outcome.results else {
                    found.append(
                        Disagreement(
                            term: term, kind: .postgreSQL, row: nil, ours: "accepted", theirs: outcome.refusal ?? "?"))
                    continue
                }
                let ours = bound.interpreted(batch)
                evaluations += ours.count
                for row in ours.indices where !DecidedDifference.isSame(ours[row], theirs[row], bound.expression.type) {
                    found.append(
                        Disagreement(
                            term: term, kind: .postgreSQL, row: row, ours: ours[row] ?? "NULL",
                            theirs: theirs[row] ?? "NULL"))
                }
            }
        }
        return found
    }

    /// Each disagreement at the smallest operand that shows it, once, without those that a rule explains.
    ///
    /// An expression is only accused if no operand of it disagrees in the same row.
    mutating func narrowed(
        _ found: [Disagreement], leftOut: inout [String: Int],
        _ compare: (inout Comparison, [ExpressionTerm]) throws -> [Disagreement]
    ) rethrows -> [Disagreement] {
        struct Place: Hashable {
            var sql: String
            var row: Int?
        }
        var operands: [String: ExpressionTerm] = [:]
        for disagreement in found {
            for operand in disagreement.term.operands { operands[operand.sql()] = operand }
        }
        var inner: [Place: Disagreement] = [:]
        if !operands.isEmpty {
            for disagreement in try compare(&self, operands.keys.sorted().compactMap { operands[$0] }) {
                inner[Place(sql: disagreement.term.sql(), row: disagreement.row)] = disagreement
            }
        }
        var accused: Set<String> = []
        var result: [Disagreement] = []
        for disagreement in found {
            let places = disagreement.term.operands.map { $0.sql() }.flatMap { sql in
                [Place(sql: sql, row: disagreement.row), Place(sql: sql, row: nil)]
            }
            let smaller = places.compactMap { inner[$0] }
            let smallest = smaller.min { $0.term.sql().utf8.count < $1.term.sql().utf8.count } ?? disagreement
            if let rule = DecidedDifference.rule(of: smallest) {
                leftOut[rule, default: 0] += 1
            } else if accused.insert(smallest.term.sql()).inserted {
                result.append(smallest)
            }
        }
        return result
    }
}
