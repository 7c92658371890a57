import LaminarBinding
import LaminarColumns
import LaminarCompiler
import LaminarInterpreter
import LaminarRuntime
import LaminarText
import LaminarTypes
import Testing

/// State of the first version of a pipeline, in which the second goes on: generated Swift and the interpreter alike.
@Suite struct MigrationParityTests {
    private static let first = """
        CREATE SOURCE orders (
            id INTEGER NOT NULL, shop TEXT, amount INTEGER, ts TIMESTAMP NOT NULL,
            WATERMARK FOR ts AS ts - INTERVAL '5 seconds'
        );
        CREATE SOURCE payments (paid INTEGER, order_id INTEGER NOT NULL, at TIMESTAMP NOT NULL, WATERMARK FOR at AS at);
        CREATE TABLE shops (name TEXT PRIMARY KEY, rating INTEGER, city TEXT);
        CREATE STREAM totals AS
        SELECT shop, SUM(amount) AS amount, STRING_AGG(shop, ',') AS names, COUNT(DISTINCT id) AS orders,
            MAX(amount) AS most FROM orders GROUP BY shop;
        CREATE STREAM located AS SELECT o.id, s.rating, s.city FROM orders AS o JOIN shops AS s ON o.shop = s.name;
        CREATE STREAM settled AS
        SELECT o.id, o.amount, p.paid FROM orders AS o
        LEFT JOIN payments AS p ON p.order_id = o.id AND p.at BETWEEN o.ts AND o.ts + INTERVAL '1 minute';
        CREATE STREAM ranked AS SELECT id, shop, ROW_NUMBER() OVER (PARTITION BY shop ORDER BY id DESC) AS place FROM orders;
        CREATE STREAM running AS
        SELECT shop, COUNT(*) OVER (PARTITION BY shop ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS orders
        FROM orders;
        CREATE STREAM minutes AS
        SELECT window_start, shop, SUM(amount) AS amount, COUNT(*) AS orders
        FROM TUMBLE(orders, ts, INTERVAL '1 minute') GROUP BY window_start, shop;
        """

    /// The state of the first version after three orders, a payment and two shops.
    private static func snapshot() throws -> [UInt8] {
        let compilation = compile(
            SourceFile(name: "versions.sql", text: first),
            options: CompilationOptions(binding: BindingOptions(exposesStreams: true)))
        let plan = try #require(compilation.plan, "\(compilation.diagnostics.rendered(in: compilation.file))")
        let pipeline = try InterpretedPipeline(plan, file: compilation.file)
        try push(
            [
                [.integer(1), .text("a shop with a long name"), .integer(5), .timestamp(1_000_000)],
                [.integer(2), .text("b"), .null, .timestamp(2_000_000)],
                [.integer(3), .text("b"), .integer(7), .timestamp(20_000_000)],
            ], "orders", pipeline)
        try push([[.integer(4), .integer(1), .timestamp(3_000_000)]], "payments", pipeline)
        try push(
            [[.text("a shop with a long name"), .integer(9), .text("Rome")], [.text("b"), .null, .text("Oslo")]],
            "shops", pipeline)
        return pipeline.snapshot()
    }

    private static func push(_ rows: [[Value]], _ name: String, _ pipeline: any RunnablePipeline) throws {
        let source = try #require(pipeline.interface.sources.firstIndex { $0.name == name })
        let batch = ColumnBatch(types: pipeline.interface.sources[source].columns.map(\.physicalType))
        for row in rows { batch.append(row) }
        try batch.withView { try pipeline.push(source: source, $0) }
    }

    /// What comes out from there on, by stream, and the state at the end.
    private static func goOn(_ pipeline: any RunnablePipeline) throws -> (rows: [String: [String]], snapshot: [UInt8]) {
        try pipeline.restore(try snapshot())
        var rows: [String: [String]] = [:]
        pipeline.onOutput = { sink, view in
            let definition = pipeline.interface.sinks[sink]
            for row in 0..<view.rowCount {
                let cells = definition.columns.enumerated().map { index, column in
                    let type = SQLType(name: column.type) ?? .text
                    let value = view.columns[index].dynamicValue(row, type: type)
                    return value == .null ? "NULL" : text(of: value, type: type)
                }
                rows[definition.name, default: []].append("\(view.weights?[row] ?? 1) " + cells.joined(separator: " | "))
            }
        }
        try push([[.text("Bern"), .text("b"), .integer(1 << 40)]], "shops", pipeline)
        try push([[.integer(3), .integer(1 << 40), .timestamp(21_000_000)]], "payments", pipeline)
        try push(
            [[.text("quick"), .integer(1 << 40), .text("b"), .integer(1 << 41), .timestamp(90_000_000)]], "orders", pipeline)
        let snapshot = pipeline.snapshot()
        try pipeline.finish()
        return (rows, snapshot)
    }

    @Test func `generated Swift goes on with the state of an older version as the interpreter does`() throws {
        let compilation = try #require(try Golden.all.first { $0.name == "SQL/versions.sql" }?.compiled())
        let interpreted = try Self.goOn(
            try InterpretedPipeline(try #require(compilation.plan), file: compilation.file))
        let compiled = try Self.goOn(VersionsPipeline())
        #expect(compiled.rows == interpreted.rows)
        let statesAreEqual = compiled.snapshot == interpreted.snapshot
        #expect(statesAreEqual)

        let rows = compiled.rows.mapValues { $0.sorted() }
        #expect(rows["totals"] == ["-1 7 | b | 2 | b,b | 7", "1 2199023255552 | b | 3 | b,b,b | 2199023255559"])
        #expect(
            rows["located"] == [
                "-1 NULL | 2 | Oslo | NULL", "-1 NULL | 3 | Oslo | NULL", "1 NULL | 2 | Bern | 1099511627776",
                "1 NULL | 3 | Bern | 1099511627776", "1 quick | 1099511627776 | Bern | 1099511627776",
            ])
        #expect(
            rows["settled"] == [
                "1 1099511627776 | 2199023255552 | NULL", "1 2 | NULL | NULL", "1 3 | 7 | 1099511627776",
            ])
        #expect(
            rows["ranked"] == [
                "-1 NULL | 2 | b | 2", "-1 NULL | 3 | b | 1", "1 NULL | 2 | b | 3", "1 NULL | 3 | b | 2",
                "1 quick | 1099511627776 | b | 1",
            ])
        #expect(rows["running"] == ["1 NULL | b | 2", "1 quick | b | 3"])
        #expect(
            rows["minutes"] == [
                "1 1 | 2199023255552 | b | 1970-01-01 00:01:00", "1 1 | 5 | a shop with a long name | 1970-01-01 00:00:00",
                "1 2 | 7 | b | 1970-01-01 00:00:00",
            ])
    }
}
