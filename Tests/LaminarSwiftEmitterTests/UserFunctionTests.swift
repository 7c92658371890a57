import Foundation
import LaminarBinding
import LaminarColumns
import LaminarCompiler
import LaminarInterpreter
import LaminarPlan
import LaminarRuntime
import LaminarText
import LaminarTypes
import Testing

/// Functions and aggregates in Swift, compiled and interpreted.
@Suite struct UserFunctionTests {
    static let functions: UserFunctions = {
        var functions = UserFunctions()
        functions.register("distance", distance)
        functions.registerCalledOnNull("label", Labels.label)
        functions.register("checked_root", checkedRoot)
        functions.register(retractableAggregate: "spread", Spread.self)
        functions.register(aggregate: "longest", Longest.self)
        return functions
    }()

    private func compiled(_ text: String? = nil) throws -> Compilation {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("SQL/functions.sql")
        return compile(
            SourceFile(name: "SQL/functions.sql", text: try text ?? String(contentsOf: file, encoding: .utf8)),
            options: CompilationOptions(binding: BindingOptions(exposesStreams: true)))
    }

    private func executors() throws -> [any RunnablePipeline] {
        let compilation = try compiled()
        let plan = try #require(compilation.plan, "\(compilation.diagnostics.rendered(in: compilation.file))")
        return [
            FunctionsPipeline(), try InterpretedPipeline(plan, file: compilation.file, functions: Self.functions),
        ]
    }

    private static let rows: [[Value]] = [
        [.text("a"), .double(3), .double(4), .integer(1), .timestamp(0)],
        [.text("a name longer than a view"), .double(9), .double(1), .integer(1), .timestamp(1_000_000)],
        [.null, .double(1), .null, .integer(2), .timestamp(2_000_000)],
        [.text("bb"), .null, .double(2), .null, .timestamp(70_000_000)],
        [.text("ccc"), .double(16), .double(0), .integer(2), .timestamp(71_000_000)],
    ]

    /// Every row that comes out of a sink, in order, with its weight.
    private func output(of pipeline: any RunnablePipeline, _ rows: [[Value]] = rows, batch size: Int = 2) throws -> [String: [String]] {
        var result: [String: [String]] = [:]
        let sinks = pipeline.interface.sinks
        pipeline.onOutput = { sink, view in
            for row in 0..<view.rowCount {
                let cells = sinks[sink].columns.enumerated().map { index, column in
                    let type = SQLType(name: column.type) ?? .text
                    let value = view.columns[index].dynamicValue(row, type: type)
                    return value.isMissing ? "NULL" : text(of: value, type: type)
                }
                result[sinks[sink].name, default: []].append("\(view.weights?[row] ?? 1) \(cells.joined(separator: "|"))")
            }
        }
        for start in stride(from: 0, to: rows.count, by: size) {
            let batch = ColumnBatch(types: pipeline.interface.sources[0].columns.map(\.physicalType), capacity: 64)
            for row in rows[start..<min(start + size, rows.count)] { batch.append(row) }
            try batch.withView { (view) throws(PipelineError) in try pipeline.push(source: 0, view) }
        }
        try pipeline.finish()
        return result
    }

    @Test func `scalar functions are called with and without NULL`() throws {
        for pipeline in try executors() {
            let placed = try output(of: pipeline)["placed"]
            #expect(
                placed == [
                    "1 a name longer than a view #1|10.055385138137417", "1 nobody, who has a long name #2|NULL",
                    "1 NULL|NULL", "1 ccc #2|17",
                ])
        }
    }

    @Test func `aggregates run in groups and windows and step back`() throws {
        for pipeline in try executors() {
            let result = try output(of: pipeline, batch: 5)
            #expect(
                result["ranks"]?.sorted() == [
                    "1 1|6|a name longer than a view", "1 2|15|ccc", "1 NULL|NULL|bb",
                ])
            #expect(result["windows"] == ["1 1970-01-01 00:00:00|8|a name longer than a view", "1 1970-01-01 00:01:00|0|ccc"])
            #expect(
                result["near"] == [
                    "1 0|a", "1 6|a name longer than a view", "1 8|a name longer than a view",
                    "1 0|a name longer than a view", "1 0|a name longer than a view",
                ])
            // Over no rows yet, then over all.
            #expect(result["spreads"] == ["1 NULL", "-1 NULL", "1 7"])
        }
    }

    @Test(arguments: [1, 2, 5]) func `both give the same rows and state`(batch: Int) throws {
        let pipelines = try executors()
        let outputs = try pipelines.map { try output(of: $0, batch: batch) }
        #expect(outputs[0] == outputs[1])
        #expect(pipelines[0].snapshot() == pipelines[1].snapshot())
        // Where rows come one by one, results are given and taken back.
        if batch == 1 { #expect(outputs[0]["spreads"]?.contains { $0.hasPrefix("-1 ") } == true) }
    }

    @Test func `state is read back`() throws {
        for (first, second) in zip(try executors(), try executors().reversed()) {
            _ = try halves(first, second)
        }
    }

    private func halves(_ first: any RunnablePipeline, _ second: any RunnablePipeline) throws {
        let batch = ColumnBatch(types: first.interface.sources[0].columns.map(\.physicalType), capacity: 64)
        for row in Self.rows[..<3] { batch.append(row) }
        try batch.withView { (view) throws(PipelineError) in try first.push(source: 0, view) }
        try second.restore(first.snapshot())
        let result = try output(of: second, Array(Self.rows[3...]))
        #expect(result["windows"] == ["1 1970-01-01 00:00:00|8|a name longer than a view", "1 1970-01-01 00:01:00|0|ccc"])
    }

    @Test func `an error that is thrown is the row's, with its place`() throws {
        for pipeline in try executors() {
            var rows = Self.rows
            rows[1][1] = .double(-1)
            do {
                _ = try output(of: pipeline, rows)
                Issue.record("No error came.")
            } catch let error as PipelineError {
                #expect(error.sqlState == "38000")
                #expect(error.row == 1)
                #expect(error.place == "SQL/functions.sql:15:37")
            }
        }
    }

    @Test func `what was not given to the interpreter is refused at its declaration`() throws {
        let compilation = try compiled()
        let plan = try #require(compilation.plan)
        #expect(throws: UnsupportedPlan.self) { try InterpretedPipeline(plan, file: compilation.file) }
        var others = Self.functions
        others.register("distance") { (x: Int64, y: Int64) -> Int64 in x + y }
        do throws(UnsupportedPlan) {
            _ = try InterpretedPipeline(plan, file: compilation.file, functions: others)
            Issue.record("Other types are accepted.")
        } catch {
            #expect(error.sqlState == "42883")
            #expect(error.description.contains("distance(double precision, double precision)"))
        }
    }

    @Test func `an aggregate that cannot step back is refused over updating input`() throws {
        let compilation = try compiled(
            """
            CREATE AGGREGATE longest(a TEXT) RETURNS TEXT LANGUAGE SWIFT AS 'Longest';
            CREATE SOURCE points (name TEXT, rank BIGINT);
            CREATE STREAM s AS SELECT longest(best) FROM (SELECT rank, MAX(name) AS best FROM points GROUP BY rank) AS t;
            """)
        let error = try #require(compilation.diagnostics.all.first { $0.severity == .error })
        #expect(error.sqlState == "0A000")
        #expect(error.hint?.contains("RetractableAggregateFunction") == true)
    }

    @Test(arguments: [
        ("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SQL AS 'x'", "0A000"),
        ("CREATE FUNCTION f(a INT) RETURNS INT", "42P13"),
        ("CREATE FUNCTION f(a INT) RETURNS INT VOLATILE LANGUAGE SWIFT", "0A000"),
        ("CREATE FUNCTION upper(a TEXT) RETURNS TEXT LANGUAGE SWIFT", "42723"),
        ("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SWIFT; CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SWIFT", "42723"),
        ("CREATE FUNCTION f(a INT[]) RETURNS INT LANGUAGE SWIFT", "0A000"),
        ("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SWIFT AS 'f()'", "42601"),
        ("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SWIFT STRICT CALLED ON NULL INPUT", "42601"),
        ("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SWIFT RETRACTABLE", "42601"),
        ("CREATE AGGREGATE f(a INT, b INT) RETURNS INT LANGUAGE SWIFT", "0A000"),
        ("CREATE AGGREGATE f(a INT) (SFUNC = int4pl, STYPE = int)", "0A000"),
        ("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SWIFT; SELECT f('x'::text)", "42883"),
        ("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SWIFT; SELECT f(1, 2)", "42883"),
    ])
    func `wrong declarations and calls are refused`(sql: String, state: String) throws {
        let error = try #require(try compiled(sql).diagnostics.all.first { $0.severity == .error })
        #expect(error.sqlState == state, "\(error.message)")
    }
}

extension Value {
    fileprivate var isMissing: Bool { if case .null = self { true } else { false } }
}
