import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

/// An event time in BIGINT milliseconds means what one in TIMESTAMP does.
@Suite struct MillisecondTimeTests {
    /// A query over `t (k, v, ts)`, whose times come out as columns.
    static let queries = [
        "SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND), TUMBLE_END(ts, INTERVAL '10' SECOND), "
            + "TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND), COUNT(*), SUM(v) FROM t "
            + "GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)",
        "SELECT window_start, window_end, window_time, COUNT(*) "
            + "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '3' SECOND)) "
            + "GROUP BY window_start, window_end, window_time",
        "SELECT window_start, SUM(v) FROM TUMBLE(t, ts, INTERVAL '10 seconds') GROUP BY window_start",
        "SELECT tumble(INTERVAL '10 seconds') AS w, COUNT(*) FROM t GROUP BY 1",
        "SELECT k, HOP_START(ts, INTERVAL '3' SECOND, INTERVAL '10' SECOND), "
            + "HOP_END(ts, INTERVAL '3' SECOND, INTERVAL '10' SECOND), COUNT(*) FROM t "
            + "GROUP BY k, HOP(ts, INTERVAL '3' SECOND, INTERVAL '10' SECOND)",
        "SELECT window_end, window_time, COUNT(*) FROM HOP(t, ts, INTERVAL '15 seconds', INTERVAL '10 seconds') "
            + "GROUP BY window_end, window_time",
        "SELECT window_start, window_end, window_time, COUNT(*) FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), "
            + "INTERVAL '5' SECOND, INTERVAL '15' SECOND)) GROUP BY window_start, window_end, window_time",
        "SELECT k, SESSION_START(ts, INTERVAL '4' SECOND), SESSION_END(ts, INTERVAL '4' SECOND), COUNT(*) FROM t "
            + "GROUP BY k, SESSION(ts, INTERVAL '4' SECOND)",
        "SELECT * FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))",
        "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))",
        "SELECT * FROM TUMBLE(t, ts, INTERVAL '10 seconds')",
        "SELECT k, ts FROM t EMIT ON WINDOW CLOSE",
        "SELECT ts + INTERVAL '1' MINUTE, ts - INTERVAL '1' MONTH, INTERVAL '1' DAY + ts FROM t",
        // Windows over windows.
        "SELECT TUMBLE_END(window_time, INTERVAL '30' SECOND), SUM(n) FROM (SELECT window_time, k, COUNT(*) AS n "
            + "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_time, k) AS w "
            + "GROUP BY TUMBLE(window_time, INTERVAL '30' SECOND)",
        "SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM t "
            + "GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND) ALLOW LATENESS INTERVAL '5' SECOND EMIT AFTER WATERMARK",
        "SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM t "
            + "GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND) ALLOW LATENESS INTERVAL '5' SECOND EMIT ON WINDOW CLOSE",
        "SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM t "
            + "GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND) EMIT CHANGES",
    ]

    static let watermarks = ["ts - INTERVAL '3' SECOND", "ts", "ts - v * INTERVAL '1' SECOND"]

    @Test(arguments: queries, [1, 7, 1000])
    func `every window of a BIGINT is that of the TIMESTAMP`(query: String, batch: Int) throws {
        var numbers = SeededNumbers(41)
        let times = (0..<150).map { Int64($0) * 900 + Int64.random(in: -9000...4000, using: &numbers) - 60_000 }
        for watermark in Self.watermarks {
            var observed: [Observation] = []
            for type in ["TIMESTAMP", "BIGINT"] {
                let arrivals = times.enumerated().map { index, time in
                    Arrival(
                        "t",
                        [
                            .text("k\(index % 3)"), .integer(Int64(index % 5)),
                            type == "BIGINT" ? .integer(time) : .timestamp(time * 1000),
                        ])
                }
                let sql = "CREATE SOURCE t (k TEXT, v BIGINT, ts \(type), WATERMARK FOR ts AS \(watermark));\n\(query);"
                var observation = try observe(sql, arrivals, batch: batch)
                observation.rows = observation.rows.map { $0.map(Self.inMilliseconds) }
                observed.append(observation)
                let restored = try observe(sql, arrivals, batch: batch, restoreAt: 77)
                if batch == 1 { #expect(restored.rows.map { $0.map(Self.inMilliseconds) } == observation.rows) }
            }
            #expect(observed[0] == observed[1])
            #expect(!observed[0].rows[0].isEmpty)
        }
    }

    /// A row's text with every timestamp as milliseconds.
    private static func inMilliseconds(_ row: String) -> String {
        row.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?/) { match in
            guard case .timestamp(let time)? = try? parse(String(match.0), as: .timestamp(6)) else { return "?" }
            return "\(Int64((Double(time) / 1000).rounded(.down)))"
        }
    }

    @Test func `windows of a BIGINT are whole milliseconds`() {
        let source = "CREATE SOURCE t (ts BIGINT, WATERMARK FOR ts AS ts);\n"
        #expect(compiledIfPossible(source + "SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '1500 microseconds');") == nil)
        #expect(compiledIfPossible(source + "SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '15 milliseconds');") != nil)
    }

    /// The last timestamps and numbers that there are neither trap nor come out before what they follow.
    @Test(arguments: ["TIMESTAMP", "BIGINT"])
    func `times at the end of what a type holds are in windows like any`(type: String) throws {
        let last: [Value] =
            type == "BIGINT"
            ? [.integer(.max), .integer(253_402_300_799_999), .integer(.min)]
            : [.timestamp(.max - 1), .timestamp(253_402_300_799_999_999), .timestamp(-200_000_000_000_000_000)]
        for window in ["TUMBLE(ts, INTERVAL '1' HOUR)", "HOP(ts, INTERVAL '1' HOUR, INTERVAL '2' HOUR)", "SESSION(ts, INTERVAL '1' HOUR)"] {
            let observed = try observe(
                "CREATE SOURCE t (ts \(type), WATERMARK FOR ts);\n"
                    + "SELECT COUNT(*) FROM t GROUP BY \(window) ALLOW LATENESS INTERVAL '30' DAY EMIT ON WINDOW CLOSE;",
                last.map { Arrival("t", [$0]) }, batch: 1)
            let counted = observed.rows[0].compactMap { Int($0.split(separator: " ")[1]) }.reduce(0, +)
            #expect(counted == (window.hasPrefix("HOP") ? 6 : 3), "\(window): \(observed)")
            #expect(observed.lateRows == 0)
        }
    }

    @Test func `a BIGINT and an interval have one meaning, in columns and in constants`() throws {
        let sql =
            "CREATE SOURCE t (ts BIGINT);\nSELECT ts + INTERVAL '1' MONTH, INTERVAL '1.5 seconds' + ts, "
            + "ts - INTERVAL '700 microseconds', 60000::bigint - INTERVAL '1 minute', INTERVAL '1 day' + 0::bigint FROM t;"
        let observed = try observe(sql, [Arrival("t", [.integer(-1500)]), Arrival("t", [.integer(0)])], batch: 2)
        #expect(
            observed.rows == [["+1 2678398500 0 -1501 0 86400000", "+1 2678400000 1500 -1 0 86400000"]])
    }

    @Test func `milliseconds that are no time of a timestamp are 22008`() throws {
        for operation in ["ts + INTERVAL '1' SECOND", "ts - INTERVAL '1' SECOND", "INTERVAL '1' SECOND + ts"] {
            let observed = try observe(
                "CREATE SOURCE t (ts BIGINT);\nSELECT \(operation) FROM t;",
                [Arrival("t", [.integer(5)]), Arrival("t", [.integer(.max)])], batch: 2)
            #expect(observed.rows[0].count == 1)
            #expect(observed.failures == ["test.sql:2:8 22008 row 1 sinks [0]"], "\(operation)")
        }
    }
}
