package import LaminarCases
import LaminarCompiler
import LaminarPlan
package import LaminarRuntime
import LaminarTypes

/// How an executor did beside the reference.
package enum ReferenceOutcome: Sendable, Equatable {
    case agreed
    /// The compiler or the executor does not take the query.
    case refused(sqlState: String, message: String)
    /// The reference does not know something in it.
    case unknown(String)
    case differs(String)
}

/// Runs a case under some configurations and holds what comes out to the reference: after each batch, and at the end.
///
/// What is compared is what the specification decides: the table that the changelog makes at each of these places; that
/// no row is taken back that had not come out; that nothing is taken back where the plan says so; how many rows were
/// late; and that the query fails where the reference does.
package struct ReferenceCheck {
    private let testCase: TestCase
    private let makePipeline: (PlannedCase) throws(CaseError) -> any RunnablePipeline

    package init(
        _ testCase: TestCase, makePipeline: @escaping (PlannedCase) throws(CaseError) -> any RunnablePipeline
    ) {
        self.testCase = testCase
        self.makePipeline = makePipeline
    }

    package func outcome(_ configurations: [CaseConfiguration]) -> ReferenceOutcome {
        let compilation = compileCase(testCase)
        guard let plan = compilation.plan else {
            let error = compilation.diagnostics.all.first { $0.severity == .error }
            return .refused(sqlState: error?.sqlState ?? "XX000", message: error?.message ?? "")
        }
        let planned = PlannedCase(testCase: testCase, file: compilation.file, plan: plan)
        do {
            let arrivals = try testCase.arrivals(of: compilation.logical)
            for (index, query) in compilation.logical.queries.enumerated() {
                let equivalent = try equivalentPlan
                var expected = try Expected(query, equivalent: equivalent, arrivals, ends: testCase.endsInput)
                for configuration in configurations {
                    if query.plan.emitsPeriodically {
                        expected = try Expected(
                            query, equivalent: equivalent, arrivals, ends: testCase.endsInput,
                            ticks: ticks(configuration))
                    }
                    let outcome = run(planned, sink: index, configuration, expected, countsLateRows: compilation.logical.queries.count == 1)
                    if outcome != .agreed { return outcome }
                }
            }
            return .agreed
        } catch let error as ReferenceError {
            if error.sqlState == "0A000" { return .unknown(error.message) }
            return failing(planned, with: error)
        } catch {
            return .unknown("\(error)")
        }
    }

    /// What the clock says before the first row of each batch: the number of that row, in milliseconds.
    private func ticks(_ configuration: CaseConfiguration) -> [Int: Int64] {
        var ticks: [Int: Int64] = [:]
        for case .push(_, let rows) in inputSchedule(of: testCase, configuration) {
            ticks[rows.lowerBound + 1] = Int64(testCase.inputs[rows.lowerBound].sequence) * 1000
        }
        return ticks
    }

    /// What the reference evaluates instead of the query; nil: the query's own plan.
    private var equivalentPlan: LogicalPlan? {
        get throws(ReferenceError) { try testCase.equivalentPlan }
    }

    /// The query must fail when its rows come one by one; in longer batches a result that fails may never be asked for.
    private func failing(_ planned: PlannedCase, with error: ReferenceError) -> ReferenceOutcome {
        let driver = CaseDriver(testCase, plan: planned.plan) { () throws(CaseError) in try makePipeline(planned) }
        switch driver.run(CaseConfiguration(batching: .rows(1))) {
        case .output: return .differs("the query does not fail with \(error.sqlState): \(error.message)")
        case .error("0A000", let message): return .refused(sqlState: "0A000", message: message)
        case .error(let sqlState, let message):
            return sqlState == error.sqlState
                ? .agreed : .differs("the query fails with \(sqlState) (\(message)) instead of \(error.sqlState)")
        }
    }

    private func run(
        _ planned: PlannedCase, sink: Int, _ configuration: CaseConfiguration, _ expected: Expected, countsLateRows: Bool
    ) -> ReferenceOutcome {
        var problem: String?
        func note(_ found: String?) {
            if problem == nil { problem = found }
        }
        var driver = CaseDriver(testCase, plan: planned.plan, sink: sink) { () throws(CaseError) in
            try makePipeline(planned)
        }
        var reading = ChangelogReading(isAppendOnly: expected.isAppendOnly)
        driver.observer = CaseDriver.Observer(
            pushed: { rows, changes in
                note(reading.read(changes))
                note(expected.difference(from: reading, at: rows).map { "after row \(rows): \($0)" })
            },
            ended: { changes, counters in
                note(reading.read(changes))
                note(expected.difference(from: reading, at: nil).map { "at the end: \($0)" })
                if countsLateRows, Int64(expected.lateRows) != counters.lateRows {
                    note("\(counters.lateRows) late rows instead of \(expected.lateRows)")
                }
            })
        switch driver.run(configuration) {
        case .error("0A000", let message): return .refused(sqlState: "0A000", message: message)
        case .error(let sqlState, let message): note("it fails with \(sqlState): \(message)")
        case .output: break
        }
        return problem.map { .differs("[\(configuration)] \($0)") } ?? .agreed
    }
}

extension TestCase {
    /// The plan of the query that must give the same result; nil where none is named.
    var equivalentPlan: LogicalPlan? {
        get throws(ReferenceError) {
            guard let equivalent else { return nil }
            var other = self
            other.query = equivalent
            let compilation = compileCase(other)
            if compilation.plan != nil, let query = compilation.logical.queries.last { return query.plan }
            let error = compilation.diagnostics.all.first { $0.severity == .error }
            throw .unsupported("the equivalent: \(error?.message ?? "no plan"): \(equivalent)")
        }
    }

    /// The rows of the case with their values.
    func arrivals(of program: LogicalProgram) throws -> [ReferenceArrival] {
        try inputs.map { row in
            let definition = program.sources.first { $0.name == row.table }
            let values = try zip(row.cells, definition?.columns ?? []).map { cell, field in
                try cell.map { try parse($0, as: field.type) } ?? .null
            }
            return ReferenceArrival(source: row.table, values: values, weight: Int(row.operation.weight))
        }
    }
}

/// The changelog that an executor gives out, read as it comes.
private struct ChangelogReading {
    let isAppendOnly: Bool
    private(set) var counts: [[String?]: Int64] = [:]
    private var position = 0

    init(isAppendOnly: Bool) {
        self.isAppendOnly = isAppendOnly
    }

    /// What is wrong with the new changes, if anything.
    mutating func read(_ changes: [CaseObservation.Change]) -> String? {
        for change in changes[position...] {
            if isAppendOnly, change.weight < 0 { return "an append-only result takes back \(shown(change.row))" }
            let count = counts[change.row, default: 0] + change.weight
            if count < 0 { return "\(shown(change.row)) is taken back, which had not come out" }
            counts[change.row] = count == 0 ? nil : count
        }
        position = changes.count
        return nil
    }
}

/// What the reference says of one query.
struct Expected {
    /// By moment: the table.
    private(set) var tables: [[[String?]]] = []
    private let types: [SQLType]
    let isAppendOnly: Bool
    let lateRows: Int

    /// - Parameter equivalent: evaluated in the place of the query's plan.
    init(
        _ query: LogicalQuery, equivalent: LogicalPlan?, _ arrivals: [ReferenceArrival], ends: Bool,
        ticks: [Int: Int64] = [:]
    ) throws(ReferenceError) {
        let result = try evaluateReference(equivalent ?? query.plan, arrivals, ends: ends, ticks: ticks)
        isAppendOnly = query.plan.properties.changelog == .appendOnly
        lateRows = result.lateRows
        types = query.plan.fields.map(\.type)
        var table: [[Value]] = []
        for changes in result.moments {
            for change in changes {
                for _ in 0..<change.weight.magnitude {
                    if change.weight > 0 {
                        table.append(change.row)
                    } else if let index = table.firstIndex(where: { $0 == change.row }) {
                        table.remove(at: index)
                    }
                }
            }
            tables.append(table.map { row in zip(row, types).map { $0.isNull ? nil : text(of: $0, type: $1) } })
        }
    }

    /// How the table that has come out differs from the one at a moment (nil: the last); nil if it does not.
    fileprivate func difference(from reading: ChangelogReading, at moment: Int?) -> String? {
        let expected = tables[moment ?? tables.count - 1]
        var rest: [[String?]] = reading.counts.flatMap { Array(repeating: $0.key, count: Int($0.value)) }
        var missing: [[String?]] = []
        for row in expected {
            if let index = rest.firstIndex(of: row) ?? rest.firstIndex(where: { areClose(row, $0) }) {
                rest.remove(at: index)
            } else {
                missing.append(row)
            }
        }
        if missing.isEmpty, rest.isEmpty { return nil }
        return "missing \(missing.map(shown).sorted()), unexpected \(rest.map(shown).sorted())"
    }

    private func areClose(_ a: [String?], _ b: [String?]) -> Bool {
        a.count == b.count
            && a.indices.allSatisfy { index in
                if a[index] == b[index] { return true }
                guard let x = a[index], let y = b[index] else { return false }
                let type = types.indices.contains(index) ? types[index] : .unknown
                guard type.isNumeric, let p = Double(x), let q = Double(y) else { return false }
                if type.isFloatingPoint {
                    let tolerance = type == .real ? 1e-5 : 1e-9
                    return (p - q).magnitude <= tolerance * max(1, p.magnitude, q.magnitude)
                }
                // The same number at another scale.
                if case .decimal = type { return (p - q).magnitude <= 1e-12 * max(1, p.magnitude, q.magnitude) }
                return false
            }
    }
}

extension LogicalPlan {
    /// Whether the clock says when its result comes out.
    fileprivate var emitsPeriodically: Bool {
        if case .periodic = node { return true }
        return inputs.contains(where: \.emitsPeriodically)
    }
}

private func shown(_ row: [String?]) -> String {
    "(" + row.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ") + ")"
}
