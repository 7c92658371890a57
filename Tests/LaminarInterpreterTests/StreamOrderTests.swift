import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

/// ORDER BY into a sink.
@Suite struct StreamOrderTests {
    private static let sink = "CREATE SINK out INTO FILE (path = '-', format = 'json');\n"

    private static func source(_ type: String) -> String {
        "CREATE SOURCE t (k BIGINT, v DOUBLE PRECISION, ts \(type), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND);\n"
    }

    private static func arrivals(_ type: String) -> [Arrival] {
        // 4 comes too late; 7 stands twice, a NULL once.
        let rows: [(key: Int64, value: Double?, time: Int64)] = [
            (1, 1, 1), (2, 2, 2), (5, 6, 7), (3, 3, 7), (6, 6, 6), (9, nil, 7), (8, 3, 8), (5, 5, 4), (4, 4, 16),
        ]
        return rows.map { row in
            Arrival(
                "t",
                [
                    .integer(row.key), row.value.map { .double($0) } ?? .null,
                    type == "BIGINT" ? .integer(row.time * 1000) : .timestamp(row.time * second),
                ])
        }
    }

    @Test(arguments: ["TIMESTAMP", "BIGINT"], [1, 2, 9])
    func `by an event time rows come out in its order, once the watermark has passed it`(type: String, batch: Int) throws {
        let sql = Self.sink + Self.source(type) + "INSERT INTO out SELECT k FROM t ORDER BY ts, v DESC NULLS LAST;"
        for place in [0, 4] {
            let observed = try observe(sql, Self.arrivals(type), batch: batch, restoreAt: place)
            #expect(observed.rows == [["+1 1", "+1 2", "+1 6", "+1 5", "+1 3", "+1 9", "+1 8", "+1 4"]])
            #expect(observed.lateRows == 1)
            let open = try observe(sql, Self.arrivals(type), batch: batch, restoreAt: place, ends: false)
            #expect(open.rows == [["+1 1", "+1 2", "+1 6", "+1 5", "+1 3", "+1 9", "+1 8"]])
        }
    }

    @Test func `by processing time rows pass as they come`() throws {
        let sql =
            Self.sink + "CREATE SOURCE t (k BIGINT, p AS PROCTIME());\nINSERT INTO out SELECT k FROM t ORDER BY p;"
        let arrivals = [3, 1, 2].map { Arrival("t", [.integer($0)]) }
        #expect(try observe(sql, arrivals, batch: 2, ends: false).rows == [["+1 3", "+1 1", "+1 2"]])
    }

    @Test(arguments: [1, 2, 9])
    func `in any other order rows come out at the end of the input`(batch: Int) throws {
        for (order, expected) in [
            ("v, k", ["+1 1", "+1 2", "+1 3", "+1 8", "+1 4", "+1 5", "+1 5", "+1 6", "+1 9"]),
            ("ts DESC, k", ["+1 4", "+1 8", "+1 3", "+1 5", "+1 9", "+1 6", "+1 5", "+1 2", "+1 1"]),
            ("v DESC NULLS LAST, k DESC", ["+1 6", "+1 5", "+1 5", "+1 4", "+1 8", "+1 3", "+1 2", "+1 1", "+1 9"]),
        ] {
            let sql = Self.sink + Self.source("TIMESTAMP") + "INSERT INTO out SELECT k FROM t ORDER BY \(order);"
            for place in [0, 4] {
                let observed = try observe(sql, Self.arrivals("TIMESTAMP"), batch: batch, restoreAt: place)
                #expect(observed.rows == [expected], "\(order)")
                // No row is late for an order that waits for all of them.
                #expect(observed.lateRows == 0)
                let open = try observe(sql, Self.arrivals("TIMESTAMP"), batch: batch, restoreAt: place, ends: false)
                #expect(open.rows == [[]])
            }
        }
    }

    @Test func `a result that changes has no order in a sink`() {
        let query = "SELECT k, COUNT(*) FROM t GROUP BY k ORDER BY k"
        #expect(compiledIfPossible(Self.sink + Self.source("TIMESTAMP") + "INSERT INTO out \(query);") == nil)
    }
}
