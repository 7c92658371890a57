import LaminarBinding
import LaminarColumns
import LaminarCompiler
import LaminarInterpreter
import LaminarRuntime
import LaminarText
import LaminarTypes
import Testing

/// State that one version of a query has written, read by another.
@Suite struct MigrationTests {
    private func pipeline(_ sql: String) throws -> InterpretedPipeline {
        let compilation = compile(
            SourceFile(name: "q.sql", text: sql), options: CompilationOptions(binding: BindingOptions(exposesStreams: true)))
        return try InterpretedPipeline(
            try #require(compilation.plan, "\(compilation.diagnostics.rendered(in: compilation.file))"),
            file: compilation.file)
    }

    private func push(_ rows: [[Value]], _ pipeline: InterpretedPipeline, source name: String = "s") throws {
        let source = try #require(pipeline.interface.sources.firstIndex { $0.name == name })
        let batch = ColumnBatch(types: pipeline.interface.sources[source].columns.map(\.physicalType))
        for row in rows { batch.append(row) }
        try batch.withView { try pipeline.push(source: source, $0) }
    }

    /// What the changes of a stream add up to, columns in alphabetical order of their names.
    private final class Result {
        var rows: [String: Int64] = [:]

        init(_ pipeline: InterpretedPipeline, _ name: String) {
            pipeline.onOutput = { sink, view in
                let definition = pipeline.interface.sinks[sink]
                guard definition.name == name else { return }
                let columns = definition.columns.indices.sorted { definition.columns[$0].name < definition.columns[$1].name }
                for row in 0..<view.rowCount {
                    let cells = columns.map { column in
                        let type = SQLType(name: definition.columns[column].type) ?? .text
                        let value = view.columns[column].dynamicValue(row, type: type)
                        return "\(definition.columns[column].name)=\(value == .null ? "NULL" : text(of: value, type: type))"
                    }
                    let key = cells.joined(separator: " ")
                    self.rows[key, default: 0] += view.weights?[row] ?? 1
                    if self.rows[key] == 0 { self.rows[key] = nil }
                }
            }
        }
    }

    /// Runs `old`, goes on under `new` from its snapshot, and gives the changes since.
    private func goOn(
        _ old: String, _ rows: [[Value]], _ new: String, _ more: [[Value]], stream: String = "r"
    ) throws -> [String: Int64] {
        let first = try pipeline(old)
        try push(rows, first)
        let second = try pipeline(new)
        try second.restore(first.snapshot())
        let result = Result(second, stream)
        try push(more, second)
        // What has been migrated is a state like any other.
        let third = try pipeline(new)
        try third.restore(second.snapshot())
        let isSame = third.snapshot() == second.snapshot()
        #expect(isSame)
        return result.rows
    }

    @Test func `keys and aggregates may change their order`() throws {
        let result = try goOn(
            """
            CREATE SOURCE s (a TEXT, b BIGINT, v BIGINT, w TEXT);
            CREATE STREAM r AS SELECT a, b, SUM(v) AS v, MAX(w) AS w, COUNT(DISTINCT w) AS d, STRING_AGG(w, ',') AS l
            FROM s GROUP BY a, b;
            """,
            [
                [.text("a text of many letters"), .integer(1), .integer(5), .text("the first of the texts")],
                [.null, .integer(2), .integer(6), .text("b")],
            ],
            """
            CREATE SOURCE s (a TEXT, b BIGINT, v BIGINT, w TEXT);
            CREATE STREAM r AS SELECT b, a, STRING_AGG(w, ',') AS l, COUNT(DISTINCT w) AS d, MAX(w) AS w, SUM(v) AS v
            FROM s GROUP BY b, a;
            """,
            [
                [.text("a text of many letters"), .integer(1), .integer(7), .text("z")],
                [.null, .integer(2), .integer(1), .text("b")],
            ])
        #expect(
            result == [
                "a=a text of many letters b=1 d=1 l=the first of the texts v=5 w=the first of the texts": -1,
                "a=a text of many letters b=1 d=2 l=the first of the texts,z v=12 w=z": 1,
                "a=NULL b=2 d=1 l=b v=6 w=b": -1, "a=NULL b=2 d=1 l=b,b v=7 w=b": 1,
            ])
    }

    @Test func `types may become wider, and keys nullable`() throws {
        let result = try goOn(
            """
            CREATE SOURCE s (k INTEGER NOT NULL, v INTEGER);
            CREATE STREAM r AS SELECT k, SUM(v) AS s, MIN(v) AS low, AVG(v) AS mean, COUNT(v) AS n FROM s GROUP BY k;
            """,
            [[.integer(-3), .integer(-5)], [.integer(4), .null]],
            """
            CREATE SOURCE s (k BIGINT, v BIGINT);
            CREATE STREAM r AS SELECT k, SUM(v) AS s, MIN(v) AS low, AVG(v) AS mean, COUNT(v) AS n FROM s GROUP BY k;
            """,
            [[.integer(-3), .integer(1 << 40)], [.null, .integer(1)]])
        #expect(
            result == [
                "k=-3 low=-5 mean=-5 n=1 s=-5": -1,
                "k=-3 low=-5 mean=549755813885.5 n=2 s=1099511627771": 1,
                "k=NULL low=1 mean=1 n=1 s=1": 1,
            ])
    }

    @Test func `kept rows get NULL in new columns, and lose those that are gone`() throws {
        let columns = "(k BIGINT, a INTEGER, b TEXT)"
        let old = """
            CREATE SOURCE s \(columns); CREATE SOURCE t (k BIGINT, c REAL);
            CREATE VIEW sv AS SELECT k, a, b FROM s; CREATE VIEW tv AS SELECT k, c FROM t;
            CREATE STREAM r AS SELECT sv.k, a, b, c FROM sv JOIN tv ON sv.k = tv.k;
            """
        let new = """
            CREATE SOURCE s (k BIGINT, b TEXT, n TEXT, a BIGINT); CREATE SOURCE t (c DOUBLE PRECISION, k BIGINT);
            CREATE VIEW sv AS SELECT b, k, n, a FROM s; CREATE VIEW tv AS SELECT c, k FROM t;
            CREATE STREAM r AS SELECT sv.k, a, b, c, n FROM sv JOIN tv ON sv.k = tv.k;
            """
        let first = try pipeline(old)
        try push([[.integer(1), .integer(7), .text("a text of more letters")], [.integer(2), .null, .null]], first)
        let second = try pipeline(new)
        try second.restore(first.snapshot())
        let result = Result(second, "r")
        try push([[.double(1.5), .integer(1)], [.double(2), .integer(2)]], second, source: "t")
        try push([[.integer(1), .text("new"), .text("n"), .integer(1 << 40)]], second)
        #expect(
            result.rows == [
                "a=7 b=a text of more letters c=1.5 k=1 n=NULL": 1, "a=NULL b=NULL c=2 k=2 n=NULL": 1,
                "a=1099511627776 b=new c=1.5 k=1 n=n": 1,
            ])
    }

    @Test func `tables by key migrate with their rows`() throws {
        let result = try goOn(
            "CREATE TABLE s (id INTEGER PRIMARY KEY, v INTEGER); CREATE STREAM r AS SELECT id, v FROM s;",
            [[.integer(1), .integer(5)], [.integer(2), .integer(6)]],
            "CREATE TABLE s (v BIGINT, id BIGINT PRIMARY KEY, n TEXT); CREATE STREAM r AS SELECT id, v, n FROM s;",
            [[.integer(7), .integer(1), .text("x")]])
        #expect(result == ["id=1 n=NULL v=5": -1, "id=1 n=x v=7": 1])
    }

    @Test func `window functions go on over migrated rows`() throws {
        let result = try goOn(
            "CREATE SOURCE s (k INTEGER, v INTEGER); CREATE STREAM r AS SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n FROM s;",
            [[.integer(1), .integer(5)], [.integer(2), .integer(6)]],
            "CREATE SOURCE s (v INTEGER, x TEXT, k INTEGER); CREATE STREAM r AS SELECT v, x, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n FROM s;",
            [[.integer(7), .text("x"), .integer(1)]])
        #expect(result == ["k=1 n=1 v=5 x=NULL": -1, "k=1 n=2 v=5 x=NULL": 1, "k=1 n=1 v=7 x=x": 1])
    }

    @Test func `open windows and watermarks migrate`() throws {
        func sql(_ select: String, _ columns: String) -> String {
            """
            CREATE SOURCE s (\(columns), WATERMARK FOR ts AS ts);
            CREATE STREAM r AS SELECT \(select) FROM TUMBLE(s, ts, INTERVAL '10 seconds') GROUP BY window_end, k;
            """
        }
        let result = try goOn(
            sql("k, COUNT(*) AS n, SUM(v) AS v", "k TEXT, v INTEGER, ts TIMESTAMP"),
            [[.text("a"), .integer(5), .timestamp(1_000_000)], [.text("b"), .integer(6), .timestamp(12_000_000)]],
            sql("SUM(v) AS v, COUNT(*) AS n, k", "ts TIMESTAMP, k TEXT, v BIGINT"),
            [[.timestamp(2_000_000), .text("late"), .integer(1)], [.timestamp(13_000_000), .text("b"), .integer(4)],
             [.timestamp(30_000_000), .text("c"), .integer(4)]])
        #expect(result == ["k=b n=2 v=10": 1])
    }

    @Test func `other queries may come, go and change places`() throws {
        let source = "CREATE SOURCE s (k BIGINT, v BIGINT);"
        let result = try goOn(
            source + """
                CREATE STREAM gone AS SELECT MAX(v) AS m FROM s;
                CREATE STREAM r AS SELECT k, SUM(v) AS v FROM s GROUP BY k;
                """,
            [[.integer(1), .integer(5)]],
            """
            CREATE SOURCE o (x BIGINT); CREATE STREAM first AS SELECT COUNT(*) AS n FROM o; \(source)
            CREATE STREAM second AS SELECT COUNT(*) AS n FROM s WHERE v > 1;
            CREATE STREAM r AS SELECT k, SUM(v) AS v FROM s WHERE v > 0 GROUP BY k;
            """,
            [[.integer(1), .integer(2)], [.integer(1), .integer(-2)]])
        #expect(result == ["k=1 v=5": -1, "k=1 v=7": 1])
    }

    @Test(arguments: [
        ("SELECT k, SUM(v) AS v FROM s GROUP BY k, v % 2", "the key v % 2 is new"),
        ("SELECT SUM(v) AS v FROM s", "the key k is gone"),
        ("SELECT k, SUM(v) AS v, COUNT(*) AS n FROM s GROUP BY k", "count(*) is new, but rows have been aggregated without it"),
        ("SELECT k, MAX(v) AS v FROM s GROUP BY k", "sum(v) is gone"),
        ("SELECT k, SUM(v) AS v FROM (SELECT DISTINCT k, v FROM s) x GROUP BY k", "is new"),
    ])
    func `what would change the meaning of state is refused with the query and the change`(
        query: String, change: String
    ) throws {
        let source = "CREATE SOURCE s (k BIGINT, v BIGINT); CREATE STREAM r AS "
        let first = try pipeline(source + "SELECT k, SUM(v) AS v FROM s GROUP BY k;")
        try push([[.integer(1), .integer(5)]], first)
        let second = try pipeline(source + query + ";")
        #expect {
            try second.restore(first.snapshot())
        } throws: { error in
            guard case .incompatible(let changes)? = error as? StateError else { return false }
            return changes.contains { $0.query == "r" && $0.change.contains(change) }
        }
    }

    @Test func `a narrower type is refused`() throws {
        let first = try pipeline("CREATE TABLE s (id BIGINT PRIMARY KEY, v TEXT); CREATE STREAM r AS SELECT id, v FROM s;")
        let second = try pipeline("CREATE TABLE s (id INTEGER PRIMARY KEY, v VARCHAR(3)); CREATE STREAM r AS SELECT id, v FROM s;")
        #expect(throws: StateError.self) { try second.restore(first.snapshot()) }
        let third = try pipeline("CREATE TABLE s (id BIGINT PRIMARY KEY, w TEXT); CREATE STREAM r AS SELECT id, w FROM s;")
        #expect(throws: StateError.self) { try third.restore(first.snapshot()) }
    }
}
