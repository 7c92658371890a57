import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

private func row(_ seconds: Int64, _ key: Int64 = 0) -> [Value] { [.integer(key), .timestamp(seconds * second)] }

/// How sources make watermarks, seen from the windows that they close.
@Suite struct SourceTimingTests {
    private static func counts(_ options: String) -> String {
        """
        CREATE SOURCE t (k BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (\(options));
        SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
        """
    }

    @Test(arguments: [false, true])
    func `a source's watermark is the least of its partitions'`(restarts: Bool) throws {
        let run = try Clocked(Self.counts("partitions = '2'"))
        try run.push([row(5), row(25)], partition: 0)
        #expect(run.taken() == [])
        if restarts { try run.restart() }
        // Not late: its own partition has come no further.
        try run.push([row(3)], partition: 1)
        #expect(run.taken() == [])
        try run.push([row(12)], partition: 1)
        #expect(run.taken() == ["+1 1970-01-01 00:00:00 2"])
        try run.push([row(14)], partition: 0)
        try run.pipeline.finish()
        #expect(run.taken() == ["+1 1970-01-01 00:00:10 2", "+1 1970-01-01 00:00:20 1"])
        #expect(run.pipeline.counters.lateRows == 0)
    }

    @Test func `a partition that does not exist is refused`() throws {
        let run = try Clocked(Self.counts("partitions = '2'"))
        #expect(throws: PipelineError.self) { try run.push([row(3)], partition: 2) }
        let plain = try Clocked("CREATE SOURCE t (k BIGINT, ts TIMESTAMP);\nSELECT k FROM t;")
        #expect(throws: PipelineError.self) { try plain.push([row(3)], partition: 1) }
    }

    @Test(arguments: [false, true])
    func `an idle partition does not hold the watermark back`(restarts: Bool) throws {
        let run = try Clocked(Self.counts("partitions = '2', idle_timeout = '5 seconds'"))
        try run.push([row(1)], at: 100, partition: 1)
        try run.push([row(25)], at: 102, partition: 0)
        #expect(run.taken() == [])
        if restarts { try run.restart() }
        #expect(run.pipeline.nextTimer == 105 * second)
        try run.tick(at: 104.9)
        #expect(run.taken() == [])
        try run.tick(at: 105)
        #expect(run.taken() == ["+1 1970-01-01 00:00:00 1"])
        #expect(run.pipeline.status.sources[0].idlePartitions == 1)
        // Back again, its rows below the watermark are late like any.
        try run.push([row(2)], at: 106, partition: 1)
        #expect(run.pipeline.counters.lateRows == 1)
        try run.pipeline.finish()
        #expect(run.taken() == ["+1 1970-01-01 00:00:20 1"])
    }

    @Test func `an idle source follows the others`() throws {
        let run = try Clocked(
            """
            CREATE SOURCE a (k BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (idle_timeout = '5 seconds');
            CREATE SOURCE b (k BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts);
            SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM (SELECT * FROM a UNION ALL SELECT * FROM b) u
            GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
            """)
        try run.push([row(1)], at: 1, source: "a")
        try run.push([row(25)], at: 2, source: "b")
        try run.tick(at: 5)
        #expect(run.taken() == [])
        func waiting() -> [String] {
            let status = run.pipeline.status
            return status.stages.compactMap(\.waitsFor).map { status.sources[$0].name }
        }
        #expect(waiting() == ["a"])
        try run.tick(at: 6)
        #expect(run.taken() == ["+1 1970-01-01 00:00:00 1"])
        #expect(waiting() == [])
        // And b, which has no timeout, holds a back for ever.
        try run.push([row(60)], at: 7, source: "a")
        #expect(waiting() == ["b"])
        try run.tick(at: 1000)
        #expect(run.taken() == [])
        // One that has ended holds nothing back, is not idle, and is not waited for.
        let first = try #require(run.plan.sources.firstIndex { $0.definition.name == "a" })
        try run.pipeline.advanceWatermark(source: first, to: endOfInput)
        try run.tick(at: 2000)
        #expect(run.pipeline.status.sources[first].idlePartitions == 0)
        #expect(waiting() == ["b"])
    }

    @Test(arguments: [1, 2, 3]) func `a time too far ahead of the clock does not raise the watermark`(batch: Int) throws {
        let run = try Clocked(Self.counts("max_future = '1 minute'"))
        let rows = [row(5), row(1_000_000), row(6)]
        for start in stride(from: 0, to: rows.count, by: batch) {
            try run.push(Array(rows[start..<min(start + batch, rows.count)]), at: 10)
        }
        #expect(run.taken() == [])
        try run.push([row(70)], at: 10)
        #expect(run.taken() == ["+1 1970-01-01 00:00:00 2"])
        #expect(run.pipeline.status.sources[0].futureRows == 1)
        try run.pipeline.finish()
        #expect(run.taken() == ["+1 1970-01-01 00:01:10 1", "+1 1970-01-12 13:46:40 1"])
        #expect(run.pipeline.counters.lateRows == 0)
    }

    @Test func `a watermark from outside that would go back is refused and counted`() throws {
        let run = try Clocked(
            """
            CREATE SOURCE t (k BIGINT, ts TIMESTAMP, WATERMARK FOR ts);
            SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
            """)
        try run.push([row(5), row(99), row(6)])
        #expect(run.taken() == [])
        try run.pipeline.advanceWatermark(source: 0, to: 10 * second)
        #expect(run.taken() == ["+1 1970-01-01 00:00:00 2"])
        try run.pipeline.advanceWatermark(source: 0, to: 10 * second)
        #expect(run.pipeline.status.sources[0].refusedWatermarks == 0)
        try run.pipeline.advanceWatermark(source: 0, to: 9 * second)
        #expect(run.pipeline.status.sources[0].refusedWatermarks == 1)
        try run.restart()
        #expect(run.pipeline.status.sources[0].refusedWatermarks == 1)
        try run.push([row(9)])
        #expect(run.pipeline.counters.lateRows == 1)
    }

    @Test func `options about a watermark are checked`() {
        for options in [
            "partitions = '0'", "partitions = 'many'", "idle_timeout = '-1 second'", "idle_timeout = 'soon'",
            "max_future = '1 month'", "max_future = '0 seconds'", "idle_time = '5 seconds'",
        ] {
            #expect(compiledIfPossible(Self.counts(options)) == nil, "\(options)")
        }
        #expect(
            compiledIfPossible(
                "CREATE SOURCE t (k BIGINT, ts TIMESTAMP) WITH (idle_timeout = '5 s');\nSELECT k FROM t;") == nil)
    }
}
