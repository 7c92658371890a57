import LaminarColumns
import LaminarCompiler
import LaminarInterpreter
import LaminarPlan
import LaminarRuntime
import LaminarText
import LaminarTypes
import Testing

/// A row that is pushed: its source and the values of the source's declared columns.
struct Arrival {
    var source: String
    var values: [Value]
    var weight: Int64 = 1

    init(_ source: String, _ values: [Value], weight: Int64 = 1) {
        self.source = source
        self.values = values
        self.weight = weight
    }
}

/// What a pipeline did with its input.
struct Observation: Equatable {
    /// By sink, in order: the weight and the cells of each row.
    var rows: [[String]] = []
    var lateRows: Int64 = 0
    var nullEventTimes: Int64 = 0
    var evaluationErrors: Int64 = 0
    var failures: [String] = []
}

func planned(_ sql: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> PipelinePlan {
    let file = SourceFile(name: "test.sql", text: sql)
    let compilation = compile(file)
    if let plan = compilation.plan { return plan }
    Issue.record("\(compilation.diagnostics.rendered(in: file))", sourceLocation: sourceLocation)
    throw PipelineError(sqlState: "42000", message: "the test's SQL does not compile")
}

/// The plan of SQL that may be wrong.
func compiledIfPossible(_ sql: String) -> PipelinePlan? { compile(SourceFile(name: "test.sql", text: sql)).plan }

/// Runs SQL over rows in the order given, cut into batches of one source of at most `batch` rows.
///
/// - Parameters:
///   - restoreAt: after this many rows a snapshot is taken and a new pipeline goes on from it.
///   - ends: whether the input ends after the last row.
func observe(
    _ sql: String, _ arrivals: [Arrival], batch: Int, restoreAt: Int? = nil, ends: Bool = true,
    policies: RowPolicies = RowPolicies(), sourceLocation: SourceLocation = #_sourceLocation
) throws -> Observation {
    try observeState(
        sql, arrivals, batch: batch, restoreAt: restoreAt, ends: ends, policies: policies,
        sourceLocation: sourceLocation
    ).0
}

/// As `observe`, with a snapshot taken at the end.
func observeState(
    _ sql: String, _ arrivals: [Arrival], batch: Int, restoreAt: Int? = nil, ends: Bool = true,
    policies: RowPolicies = RowPolicies(), sourceLocation: SourceLocation = #_sourceLocation
) throws -> (Observation, [UInt8]) {
    let plan = try planned(sql, sourceLocation: sourceLocation)
    let file = SourceFile(name: "test.sql", text: sql)
    var observation = Observation(rows: plan.sinks.map { _ in [] })
    func makePipeline() throws -> InterpretedPipeline {
        let pipeline = try InterpretedPipeline(
            plan, file: file, policies: plan.sources.map { _ in policies })
        pipeline.onOutput = { sink, view in
            for row in 0..<view.rowCount {
                let fields = plan.sinks[sink].fields
                let cells = fields.indices.map { column in
                    let value = view.columns[column].dynamicValue(row, type: fields[column].type)
                    if case .null = value { return "NULL" }
                    return text(of: value, type: fields[column].type)
                }
                let weight = view.weights?[row] ?? 1
                observation.rows[sink].append("\(weight > 0 ? "+" : "")\(weight) \(cells.joined(separator: " "))")
            }
        }
        return pipeline
    }
    var pipeline = try makePipeline()
    var position = 0
    while position < arrivals.count {
        if let restoreAt, restoreAt == position {
            let snapshot = pipeline.snapshot()
            pipeline = try makePipeline()
            try pipeline.restore(snapshot)
        }
        let source = arrivals[position].source
        var end = position
        while end < arrivals.count, arrivals[end].source == source, end - position < batch,
            end == position || end != restoreAt
        {
            end += 1
        }
        let index = try #require(plan.sources.firstIndex { $0.definition.name == source })
        let used = plan.sources[index]
        let rows = ColumnBatch(types: used.fields.map(\.type.physical), capacity: 64)
        for arrival in arrivals[position..<end] {
            #expect(rows.append(used.columns.map { arrival.values[$0] }, weight: arrival.weight))
        }
        // A pipeline without a query that still runs throws; what it says is in `failures` too.
        rows.withView { try? pipeline.push(source: index, $0) }
        position = end
    }
    if ends { try? pipeline.finish() }
    observation.lateRows = pipeline.counters.lateRows
    observation.nullEventTimes = pipeline.counters.nullEventTimes
    observation.evaluationErrors = pipeline.counters.evaluationErrors
    observation.failures = pipeline.failures.map { failure in
        let rows = failure.error.row.map { " row \($0)" } ?? ""
        return "\(failure.error.place ?? "?") \(failure.error.sqlState)\(rows) sinks \(failure.sinks)"
    }
    return (observation, pipeline.snapshot())
}

/// A generator that gives the same numbers for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
