import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

/// What other stream processors got wrong about time, each as a rule of ours.
@Suite struct KnownFailureTests {
    static let types = ["TIMESTAMP", "BIGINT"]

    private static func time(_ seconds: Int64, _ type: String) -> Value {
        type == "BIGINT" ? .integer(seconds * 1000) : .timestamp(seconds * second)
    }

    private static func source(_ type: String, _ watermark: String = "ts") -> String {
        "CREATE SOURCE t (k BIGINT, ts \(type), WATERMARK FOR ts AS \(watermark));\n"
    }

    @Test(arguments: types, [1, 64, 2000])
    func `rows in order are never late, not in their own batch either`(type: String, batch: Int) throws {
        let arrivals = (0..<2000).map { Arrival("t", [.integer(1), Self.time(Int64($0), type)]) }
        let observed = try observe(
            Self.source(type) + "SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '7' SECOND);", arrivals,
            batch: batch)
        #expect(observed.lateRows == 0)
        #expect(observed.rows[0] == Array(repeating: "+1 7", count: 285) + ["+1 5"])
    }

    @Test(arguments: types, 1...6)
    func `a session goes on over the edge of a batch and over a restart`(type: String, cut: Int) throws {
        let times: [Int64] = [0, 3, 6, 9, 30, 33]
        let arrivals = times.map { Arrival("t", [.integer(1), Self.time($0, type)]) }
        let sql = Self.source(type) + "SELECT k, COUNT(*) FROM t GROUP BY k, SESSION(ts, INTERVAL '5' SECOND);"
        #expect(try observe(sql, arrivals, batch: cut).rows == [["+1 1 4", "+1 1 2"]])
        #expect(try observe(sql, arrivals, batch: cut, restoreAt: cut - 1).rows == [["+1 1 4", "+1 1 2"]])
    }

    @Test(arguments: types) func `a restart anywhere changes neither results nor counts`(type: String) throws {
        var numbers = SeededNumbers(3)
        let arrivals = (0..<60).map { index in
            Arrival(
                "t", [.integer(Int64(index % 3)), Self.time(Int64(index) + Int64.random(in: -9...0, using: &numbers), type)])
        }
        for tail in ["", " EMIT CHANGES", " ALLOW LATENESS INTERVAL '3' SECOND EMIT AFTER WATERMARK"] {
            let sql =
                Self.source(type, "ts - INTERVAL '2' SECOND")
                + "SELECT k, COUNT(*) FROM t GROUP BY k, TUMBLE(ts, INTERVAL '5' SECOND)\(tail);"
            let whole = try observe(sql, arrivals, batch: 4)
            #expect(whole.lateRows > 0)
            for place in stride(from: 0, to: 60, by: 4) {
                #expect(try observe(sql, arrivals, batch: 4, restoreAt: place) == whole)
            }
        }
    }

    @Test(arguments: types, ["sink", "stream"])
    func `LATE DATA TO delivers every late row, to a sink and to a stream`(type: String, target: String) throws {
        let declaration = target == "sink" ? "CREATE SINK late INTO FILE (path = '-', format = 'json');\n" : ""
        let reader = target == "sink" ? "" : "SELECT * FROM late;"
        let times: [Int64] = [1, 12, 5, 13, 2, 25, 14]
        let arrivals = times.map { Arrival("t", [.integer($0), Self.time($0, type)]) }
        for batch in [1, 3, 7] {
            let observed = try observe(
                declaration + Self.source(type)
                    + "SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND) LATE DATA TO late;\n\(reader)",
                arrivals, batch: batch)
            let late = observed.rows.first { $0.contains { $0.hasPrefix("+1 5 ") } } ?? []
            #expect(late.map { $0.split(separator: " ")[1] } == ["5", "2", "14"])
            #expect(observed.rows.contains(["+1 1", "+1 2", "+1 1"]))
            #expect(observed.lateRows == 3)
        }
    }

    @Test(arguments: types) func `LATE DATA TO delivers the late rows of sessions`(type: String) throws {
        // 11 and 29 touch an open session; 5, 7 and 16 lie near none, and their own windows have ended.
        let times: [Int64] = [1, 12, 5, 11, 14, 7, 30, 16, 29]
        let arrivals = times.map { Arrival("t", [.integer($0), Self.time($0, type)]) }
        for batch in [1, 4, 9] {
            for place in [0, 2, 5, 8] where batch == 1 || place == 0 {
                let observed = try observe(
                    Self.source(type)
                        + "SELECT COUNT(*), MIN(k) FROM t GROUP BY SESSION(ts, INTERVAL '3' SECOND) LATE DATA TO late;\n"
                        + "SELECT k FROM late;", arrivals, batch: batch, restoreAt: place)
                #expect(observed.rows.contains(["+1 5", "+1 7", "+1 16"]))
                #expect(observed.rows.contains(["+1 1 1", "+1 3 11", "+1 2 29"]))
                #expect(observed.lateRows == 3)
            }
        }
    }

    @Test(arguments: types, [0, 3, 5, 7])
    func `sessions come out when the watermark reaches their end, and again as allowed rows change them`(
        type: String, place: Int
    ) throws {
        let times: [Int64] = [1, 3, 7, 5, 15, 9, 40]
        let arrivals = times.map { Arrival("t", [.integer($0), Self.time($0, type)]) }
        let observed = try observe(
            Self.source(type)
                + "SELECT COUNT(*), MIN(k), MAX(k) FROM t GROUP BY SESSION(ts, INTERVAL '3' SECOND) "
                + "ALLOW LATENESS INTERVAL '10' SECOND EMIT AFTER WATERMARK;", arrivals, batch: 1, restoreAt: place)
        #expect(
            observed.rows[0] == [
                // 7 passes the end of the session of 1 and 3, which is 6.
                "+1 2 1 3",
                // 5 holds it and 7 together: what came out is taken back, and the whole waits for its end, 10.
                "-1 2 1 3", "+1 4 1 7",
                // 9 comes behind that end, but not by more than the lateness.
                "-1 4 1 7", "+1 5 1 9", "+1 1 15 15", "+1 1 40 40",
            ])
        #expect(observed.lateRows == 0)
    }

    @Test func `mistakes in windows are found when the query is compiled`() {
        for window in [
            "TUMBLE(ts, INTERVAL '0' SECOND)", "TUMBLE(ts, INTERVAL '-5' SECOND)", "TUMBLE(ts, INTERVAL '1' MONTH)",
            "SESSION(ts, INTERVAL '0' SECOND)", "SESSION(ts, INTERVAL '-1' SECOND)", "SESSION(ts, INTERVAL '1' YEAR)",
            "HOP(ts, INTERVAL '0' SECOND, INTERVAL '5' SECOND)", "HOP(ts, INTERVAL '1' SECOND, INTERVAL '1' MONTH)",
            "TUMBLE(name, INTERVAL '5' SECOND)",
        ] {
            let sql =
                "CREATE SOURCE t (name TEXT, ts TIMESTAMP, WATERMARK FOR ts AS ts);\nSELECT COUNT(*) FROM t GROUP BY \(window);"
            #expect(compiledIfPossible(sql) == nil, "\(window)")
        }
        // A window over another time than the event time never closes.
        #expect(
            compiledIfPossible(
                "CREATE SOURCE t (a TIMESTAMP, ts TIMESTAMP, WATERMARK FOR ts AS ts);\n"
                    + "SELECT COUNT(*) FROM t GROUP BY TUMBLE(a, INTERVAL '5' SECOND) EMIT ON WINDOW CLOSE;") == nil)
    }
}
