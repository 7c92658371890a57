import LaminarRuntime
import LaminarTypes
import Testing

/// Queries over event times whose rows come out once, when the watermark says that nothing will change them.
struct SettledQueryTests {
    private static let orders = "CREATE SOURCE orders (k TEXT, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts);\n"
    private static let payments = "CREATE SOURCE payments (k TEXT, p BIGINT, at TIMESTAMP, WATERMARK FOR at AS at);\n"

    private static func order(_ key: String, _ value: Int64, _ second: Int64) -> Arrival {
        Arrival("orders", [.text(key), .integer(value), .timestamp(second * 1_000_000)])
    }

    private static func payment(_ key: String, _ value: Int64, _ second: Int64) -> Arrival {
        Arrival("payments", [.text(key), .integer(value), .timestamp(second * 1_000_000)])
    }

    /// The rows of each sink, the same whatever the batches and with a restart.
    private func rows(
        _ sql: String, _ arrivals: [Arrival], ends: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Observation {
        let single = try observe(sql, arrivals, batch: 1, ends: ends)
        for batch in [3, 100] {
            let other = try observe(sql, arrivals, batch: batch, ends: ends)
            #expect(other == single, sourceLocation: sourceLocation)
        }
        for row in 1..<arrivals.count {
            let other = try observe(sql, arrivals, batch: 1, restoreAt: row, ends: ends)
            #expect(other.rows == single.rows, "restored at \(row)", sourceLocation: sourceLocation)
        }
        return single
    }

    @Test(arguments: [
        "SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) FROM orders EMIT ON WINDOW CLOSE;",
        "SELECT o.k, p.p FROM orders o JOIN payments p ON o.k = p.k AND p.at BETWEEN o.ts AND o.ts + INTERVAL '1' MINUTE;",
        "SELECT k, COUNT(*) FROM orders GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);",
        "SELECT k, COUNT(*) FROM orders GROUP BY k, HOP(ts, INTERVAL '10' SECOND, INTERVAL '1' MINUTE);",
        "SELECT k, COUNT(*) FROM orders GROUP BY k, SESSION(ts, INTERVAL '1' MINUTE);",
    ])
    func `taking back a row of a source that only adds is an error with its row`(query: String) throws {
        var wrong = Self.order("a", 1, 1)
        wrong.weight = -1
        let result = try observe(Self.orders + Self.payments + query, [Self.order("a", 1, 1), wrong], batch: 7)
        #expect(result.failures.count == 1)
        #expect(result.failures.allSatisfy { $0.contains(" row 1 ") }, "\(result.failures)")
    }

    @Test func `the best of a window come out when it closes, and late rows go where the query says`() throws {
        let sql = Self.orders + """
            CREATE STREAM best AS SELECT k, v FROM (
                SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS place
                FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND))
            ) WHERE place <= 2 LATE DATA TO late;
            SELECT k, v FROM best;
            SELECT k, v FROM late;
            """
        let result = try rows(
            sql,
            [
                Self.order("a", 5, 1), Self.order("b", 7, 4), Self.order("c", 6, 3), Self.order("d", 1, 12),
                Self.order("e", 99, 9), Self.order("f", 2, 11),
            ], ends: false)
        #expect(result.rows == [["+1 b 7", "+1 c 6"], ["+1 e 99"]])
        #expect(result.lateRows == 1)
    }

    @Test func `a row waits for the rows that its frame still misses`() throws {
        let sql = Self.orders + """
            SELECT k, v, LEAD(v) OVER (PARTITION BY k ORDER BY ts) AS next, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS so_far
            FROM orders EMIT ON WINDOW CLOSE;
            """
        let arrivals = [
            Self.order("a", 1, 1), Self.order("a", 2, 5), Self.order("b", 3, 6), Self.order("a", 4, 4), Self.order("a", 8, 9),
        ]
        let open = try rows(sql, arrivals, ends: false)
        #expect(open.rows == [["+1 a 1 2 1"]])
        #expect(open.lateRows == 1)
        #expect(try rows(sql, arrivals).rows == [["+1 a 1 2 1", "+1 a 2 8 3", "+1 b 3 NULL 3", "+1 a 8 NULL 11"]])
    }

    @Test func `unmatched rows of an interval join come out when nothing can match them, and windows behind it fire then`() throws {
        let sql = Self.orders + Self.payments + """
            CREATE STREAM pairs AS SELECT o.k, v, p, ts FROM orders o LEFT JOIN payments p
            ON o.k = p.k AND p.at BETWEEN o.ts AND o.ts + INTERVAL '5' SECOND;
            SELECT k, v, p FROM pairs;
            SELECT window_end - TIMESTAMP '1970-01-01 00:00:00' AS ends, COUNT(*) AS n, COUNT(p) AS paid
            FROM TABLE(TUMBLE(TABLE pairs, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_end;
            """
        let arrivals = [
            Self.order("a", 1, 1), Self.payment("a", 10, 3), Self.order("b", 2, 2), Self.order("c", 3, 12),
            // Late by its own watermark, though payments are behind.
            Self.order("a", 4, 3), Self.payment("b", 20, 8), Self.payment("x", 30, 16), Self.payment("c", 40, 15),
        ]
        let open = try rows(sql, arrivals, ends: false)
        #expect(open.rows == [["+1 a 1 10", "+1 b 2 NULL"], ["+1 00:00:10 2 1"]])
        #expect(open.lateRows == 2)
        #expect(try rows(sql, arrivals).rows == [["+1 a 1 10", "+1 b 2 NULL", "+1 c 3 NULL"], ["+1 00:00:10 2 1", "+1 00:00:20 1 0"]])
    }

    @Test func `windows are joined when both sides have closed them`() throws {
        let sql = Self.orders + Self.payments + """
            SELECT l.k, v, p FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)) l
            FULL JOIN TABLE(TUMBLE(TABLE payments, DESCRIPTOR(at), INTERVAL '10' SECOND)) r
            ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
            """
        let arrivals = [
            Self.order("a", 1, 1), Self.payment("a", 10, 9), Self.order("b", 2, 12), Self.payment("c", 30, 11),
            Self.order("a", 5, 2), Self.order("d", 6, 25),
        ]
        let open = try rows(sql, arrivals, ends: false)
        #expect(open.rows == [["+1 a 1 10"]])
        #expect(open.lateRows == 1)
        #expect(try rows(sql, arrivals).rows == [["+1 a 1 10", "+1 b 2 NULL", "+1 NULL NULL 30", "+1 d 6 NULL"]])
    }
}
