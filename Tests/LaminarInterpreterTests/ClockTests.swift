import LaminarColumns
import LaminarInterpreter
import LaminarPlan
import LaminarRuntime
import LaminarText
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

/// One pipeline under a clock that the test sets.
final class Clocked {
    let plan: PipelinePlan
    let clock = SetClock()
    private(set) var pipeline: InterpretedPipeline
    private(set) var rows: [String] = []

    init(_ sql: String) throws {
        plan = try planned(sql)
        pipeline = try InterpretedPipeline(plan)
        connect()
    }

    private func connect() {
        pipeline.clock = clock.clock
        pipeline.onOutput = { [unowned self] sink, view in
            for row in 0..<view.rowCount {
                let cells = self.plan.sinks[sink].fields.enumerated().map { column, field in
                    let value = view.columns[column].dynamicValue(row, type: field.type)
                    if case .null = value { return "NULL" }
                    return text(of: value, type: field.type)
                }
                let weight = view.weights?[row] ?? 1
                self.rows.append("\(weight > 0 ? "+" : "")\(weight) \(cells.joined(separator: " "))")
            }
        }
    }

    func push(_ values: [[Value]], at seconds: Double? = nil, source: String? = nil, partition: Int = 0) throws {
        if let seconds { clock.now = Int64(seconds * 1e6) }
        let source = plan.sources.firstIndex { $0.definition.name == source } ?? 0
        let used = plan.sources[source]
        let batch = ColumnBatch(types: used.fields.map(\.type.physical))
        for row in values { #expect(batch.append(used.columns.map { row[$0] })) }
        try batch.withView { try pipeline.push(source: source, partition: partition, $0) }
    }

    func tick(at seconds: Double) throws {
        clock.now = Int64(seconds * 1e6)
        try pipeline.advanceClock()
    }

    func restart() throws {
        let snapshot = pipeline.snapshot()
        pipeline = try InterpretedPipeline(plan)
        connect()
        try pipeline.restore(snapshot)
    }

    /// What has come out since the last call.
    func taken() -> [String] {
        defer { rows = [] }
        return rows
    }
}

@Suite struct ClockTests {
    private static let bids = "CREATE SOURCE bids (bidder BIGINT, p AS PROCTIME());\n"

    @Test(arguments: [false, true]) func `windows of processing time close by the clock`(restarts: Bool) throws {
        let run = try Clocked(
            Self.bids + "SELECT bidder, window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(p), "
                + "INTERVAL '10' SECOND)) GROUP BY bidder, window_start, window_end;")
        try run.push([[.integer(1)], [.integer(2)], [.integer(1)]], at: 3)
        #expect(run.taken() == [])
        if restarts { try run.restart() }
        #expect(run.pipeline.nextTimer == 10 * second)
        try run.tick(at: 9.9)
        #expect(run.taken() == [])
        try run.tick(at: 10)
        #expect(run.taken() == ["+1 1 1970-01-01 00:00:00+00 2", "+1 2 1970-01-01 00:00:00+00 1"])
        try run.push([[.integer(2)]], at: 15)
        // A clock that goes back makes no row late.
        try run.push([[.integer(2)]], at: 12)
        try run.pipeline.finish()
        #expect(run.taken() == ["+1 2 1970-01-01 00:00:10+00 2"])
        #expect(run.pipeline.counters.lateRows == 0)
    }

    /// Nexmark q12.
    @Test func `PROCTIME() in a view is processing time`() throws {
        let run = try Clocked(
            """
            CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts);
            CREATE VIEW b AS SELECT *, PROCTIME() AS p_time FROM bid;
            SELECT bidder, COUNT(*) AS bid_count, window_start AS starttime, window_end AS endtime
            FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(p_time), INTERVAL '10' SECOND))
            GROUP BY bidder, window_start, window_end;
            """)
        // Event times say nothing here, not even that rows are late.
        for (index, time) in [50, 1, 99, 2].enumerated() {
            try run.push(
                [[.integer(1), .integer(7), .integer(5), .timestamp(Int64(time) * second)]], at: Double(index) * 4)
        }
        #expect(run.taken() == ["+1 7 3 1970-01-01 00:00:00+00 1970-01-01 00:00:10+00"])
        try run.pipeline.finish()
        #expect(run.taken() == ["+1 7 1 1970-01-01 00:00:10+00 1970-01-01 00:00:20+00"])
    }

    @Test func `hopping windows and sessions close by the clock`() throws {
        let hop = try Clocked(
            Self.bids + "SELECT HOP_END(p, INTERVAL '5' SECOND, INTERVAL '10' SECOND), COUNT(*) FROM bids "
                + "GROUP BY HOP(p, INTERVAL '5' SECOND, INTERVAL '10' SECOND);")
        try hop.push([[.integer(1)]], at: 3)
        try hop.tick(at: 5)
        #expect(hop.taken() == ["+1 1970-01-01 00:00:05+00 1"])
        try hop.tick(at: 10)
        #expect(hop.taken() == ["+1 1970-01-01 00:00:10+00 1"])
        let session = try Clocked(
            Self.bids + "SELECT bidder, COUNT(*) FROM bids GROUP BY bidder, SESSION(p, INTERVAL '4' SECOND);")
        try session.push([[.integer(1)]], at: 1)
        try session.push([[.integer(1)]], at: 5)
        try session.restart()
        try session.tick(at: 9)
        #expect(session.taken() == [])
        try session.tick(at: 9.1)
        #expect(session.taken() == ["+1 1 2"])
    }

    @Test func `the same rows have event time in one query and processing time in another`() throws {
        let run = try Clocked(
            """
            CREATE SOURCE t (k BIGINT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS ts);
            SELECT COUNT(*), SUM(k) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
            SELECT -COUNT(*), SUM(k) FROM t GROUP BY TUMBLE(p, INTERVAL '10' SECOND);
            SELECT k, p, ts, PROCTIME() = p FROM t WHERE p > TIMESTAMPTZ '1970-01-01 00:00:20+00';
            """)
        try run.push([[.integer(1), .timestamp(5 * second)], [.integer(2), .timestamp(11 * second)]], at: 2)
        #expect(run.taken() == ["+1 1 1"])
        try run.tick(at: 10)
        #expect(run.taken() == ["+1 -2 3"])
        try run.push([[.integer(3), .timestamp(15 * second)]], at: 25)
        #expect(run.taken() == ["+1 3 1970-01-01 00:00:25+00 1970-01-01 00:00:15 true"])
    }

    @Test func `watermark() is that of the rows before, whatever the batch`() throws {
        let sql = """
            CREATE SOURCE t (k BIGINT, ts BIGINT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND);
            SELECT k, watermark(), CURRENT_WATERMARK(ts), ts < watermark() FROM t;
            """
        let times: [Int64] = [5000, 3000, 9000, 7500, 8500]
        let expected = [
            "+1 0 NULL NULL NULL", "+1 1 4000 4000 true", "+1 2 4000 4000 false", "+1 3 8000 8000 true",
            "+1 4 8000 8000 false",
        ]
        for batch in [1, 2, 5] {
            let arrivals = times.enumerated().map { Arrival("t", [.integer(Int64($0.offset)), .integer($0.element)]) }
            #expect(try observe(sql, arrivals, batch: batch).rows == [expected])
            #expect(try observe(sql, arrivals, batch: batch, restoreAt: 3).rows == [expected])
        }
        #expect(compiledIfPossible("CREATE SOURCE t (k BIGINT);\nSELECT watermark() FROM t;") == nil)
    }

    private static let words = "CREATE SOURCE words (w TEXT, n BIGINT);\n"

    @Test(arguments: [false, true])
    func `EMIT EVERY gives out what differs, at each multiple of the interval`(restarts: Bool) throws {
        for spelling in ["EVERY INTERVAL '5' SECOND", "PERIODICALLY INTERVAL '5' SECOND"] {
            let run = try Clocked(
                Self.words + "SELECT w, SUM(n) FROM words GROUP BY w HAVING SUM(n) <> 100 EMIT \(spelling);")
            try run.push([[.text("a"), .integer(1)], [.text("b"), .integer(2)]], at: 1)
            try run.push([[.text("a"), .integer(3)]], at: 2)
            #expect(run.taken() == [])
            if restarts { try run.restart() }
            #expect(run.pipeline.nextTimer == 5 * second)
            try run.tick(at: 5)
            #expect(run.taken() == ["+1 a 4", "+1 b 2"])
            // There and back again is no change; a touched group is given out once.
            try run.push([[.text("b"), .integer(1)], [.text("a"), .integer(1)], [.text("b"), .integer(-1)]], at: 6)
            if restarts { try run.restart() }
            try run.push([[.text("a"), .integer(1)]], at: 7)
            try run.tick(at: 9)
            #expect(run.taken() == [])
            // A row that comes when changes are due comes behind them.
            try run.push([[.text("c"), .integer(100)]], at: 11)
            #expect(run.taken() == ["-1 a 4", "+1 a 6"])
            try run.push([[.text("a"), .integer(94)]], at: 12)
            try run.pipeline.finish()
            #expect(run.taken() == ["-1 a 6"])
        }
    }

    @Test func `a materialised view that is refreshed at intervals changes at their multiples`() throws {
        let options = "refresh.interval.sec = 5"
        func view(_ options: String, kind: String = "MATERIALIZED VIEW", emit: String = "") -> String {
            Self.words + "CREATE \(kind) sums WITH (\(options)) AS SELECT w, SUM(n) FROM words GROUP BY w\(emit);\n"
                + "SELECT * FROM sums;"
        }
        let run = try Clocked(view(options))
        try run.push([[.text("a"), .integer(1)]], at: 1)
        try run.push([[.text("a"), .integer(3)]], at: 4)
        #expect(run.taken() == [])
        try run.tick(at: 5)
        #expect(run.taken() == ["+1 a 4"])
        for wrong in [
            view("refresh.interval.sec = 0"), view("refresh.interval.sec = 'often'"), view("refresh.interval = 5"),
            view(options, kind: "VIEW"), view(options, emit: " EMIT CHANGES"),
        ] {
            #expect(compiledIfPossible(wrong) == nil, "\(wrong)")
        }
    }

    @Test(arguments: [false, true])
    func `EMIT EVERY gives out a window's final value when it closes`(restarts: Bool) throws {
        let run = try Clocked(
            """
            CREATE SOURCE t (ts TIMESTAMP, n BIGINT, WATERMARK FOR ts AS ts);
            SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), SUM(n) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)
            EMIT EVERY INTERVAL '1' MINUTE;
            """)
        func row(_ time: Int64, _ n: Int64) -> [Value] { [.timestamp(time * second), .integer(n)] }
        try run.push([row(1, 1), row(2, 1)], at: 1)
        try run.tick(at: 60)
        #expect(run.taken() == ["+1 1970-01-01 00:00:00 2"])
        try run.push([row(5, 5)], at: 70)
        if restarts { try run.restart() }
        try run.push([row(12, 1)], at: 71)
        #expect(run.taken() == ["-1 1970-01-01 00:00:00 2", "+1 1970-01-01 00:00:00 7"])
        try run.push([row(13, 1)], at: 72)
        #expect(run.taken() == [])
        try run.pipeline.finish()
        #expect(run.taken() == ["+1 1970-01-01 00:00:10 2"])
    }

    @Test(arguments: [false, true])
    func `EMIT EVERY gives out the rows of a query without groups at the end of their interval`(restarts: Bool) throws {
        let run = try Clocked(Self.words + "SELECT w FROM words WHERE n > 0 EMIT EVERY INTERVAL '5' SECOND;")
        try run.push([[.text("a"), .integer(1)], [.text("b"), .integer(2)], [.text("c"), .integer(0)]], at: 1)
        // Rows that are equal are rows of their own.
        try run.push([[.text("a"), .integer(3)]], at: 2)
        #expect(run.taken() == [])
        if restarts { try run.restart() }
        try run.tick(at: 5)
        #expect(run.taken().sorted() == ["+1 a", "+1 a", "+1 b"])
        try run.push([[.text("a"), .integer(1)]], at: 6)
        try run.pipeline.finish()
        #expect(run.taken() == ["+1 a"])
    }

    @Test func `EMIT EVERY needs an interval`() {
        for interval in ["INTERVAL '0' SECOND", "INTERVAL '-5' SECOND", "INTERVAL '1' MONTH"] {
            #expect(
                compiledIfPossible(Self.words + "SELECT w, COUNT(*) FROM words GROUP BY w EMIT EVERY \(interval);") == nil)
        }
    }
}
