import LaminarCases

extension RandomCase {
    /// Interval joins and joins of equal windows under watermarks, rows late and out of order on either side, with a
    /// window over them now and then.
    mutating func makeTimedJoin(_ random: inout SeededGenerator) {
        func source(_ name: String, _ prefix: String) -> RandomTable {
            Self.randomTable(
                name, columns: 1, watermarkDelay: random.pick([0, 2, 10]), hasTime: true, hasID: true, prefix: prefix,
                &random)
        }
        let t = source("t", "c")
        let joinsItself = random.chance(15)
        let u = joinsItself ? t : source("u", "d")
        tables = joinsItself ? [t] : [t, u]
        var style = RowStyle()
        style.step = random.pick([1, 2, 4])
        style.jitter = random.pick([0, 4, 15])
        style.nulls = random.pick([0, 20])
        if random.chance(15) { style.base = -40 }
        rows = random.rows(of: tables, style)
        endsInput = random.chance(75)
        let left = t.columns.map { NamedColumn("a.\($0.name)", $0.kind) }
        let right = u.columns.map { NamedColumn("b.\($0.name)", $0.kind) }
        let both = ExpressionMaker(columns: (left + right).filter { !$0.sql.hasSuffix(".ts") })
        let extra: Sketch = random.chance(30) ? .optional(" AND \(both.condition(depth: 1, &random))") : ""
        let lateness: Sketch = random.chance(25) ? .optional(" ALLOW LATENESS INTERVAL '\(1 + random.below(8))' SECOND") : ""
        let key: Sketch = random.chance(80) ? .optional(" AND \(random.pick(["a.k = b.k", "a.k IS NOT DISTINCT FROM b.k"]))") : ""
        if random.chance(30) {
            joinWindows(u.name, left, right, "\(key)\(extra)", lateness, &random)
            return
        }
        let bounds = self.bounds(&random)
        switch random.below(10) {
        case 0:
            let not = random.chance(50) ? "NOT " : ""
            query = """
                SELECT a.ts, a.id, a.k FROM t AS a WHERE \(not)EXISTS (SELECT 1 FROM \(u.name) AS b WHERE \(bounds)\(key)\(extra)) \
                EMIT ON WINDOW CLOSE
                """
        case 1 where !joinsItself:
            // The times of the left side stay an event time behind the join.
            query = """
                WITH j AS (SELECT a.ts, b.id AS bid FROM t AS a JOIN \(u.name) AS b \
                ON b.ts BETWEEN a.ts - INTERVAL '2' SECOND AND a.ts + INTERVAL '3' SECOND\(key)\(extra)) \
                SELECT window_start, count(*), sum(bid) FROM TUMBLE(j, ts, INTERVAL '10' SECOND) \
                GROUP BY window_start EMIT ON WINDOW CLOSE
                """
        default:
            let kind = random.pick(["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
            let items = Sketch.list((left + right).map { .text($0.sql) }, separator: ", ", minimum: 1)
            query = "SELECT \(items) FROM t AS a \(kind) \(u.name) AS b ON \(bounds)\(key)\(extra)\(lateness)"
        }
    }

    /// How far the times of two rows that meet are apart.
    private func bounds(_ random: inout SeededGenerator) -> String {
        func seconds(_ count: Int) -> String { "INTERVAL '\(count)' SECOND" }
        let (low, high) = (random.below(7), random.below(7))
        switch random.below(8) {
        case 0: return "a.ts = b.ts"
        case 1: return "b.ts >= a.ts AND b.ts <= a.ts + \(seconds(high))"
        case 2: return "a.ts BETWEEN b.ts - \(seconds(low)) AND b.ts"
        case 3: return "b.ts - a.ts <= \(seconds(high)) AND b.ts > a.ts"
        case 4: return "b.ts <= a.ts + \(seconds(high))"
        case 5: return "b.ts >= a.ts - \(seconds(low))"
        // None meet where the second is less than the first.
        case 6: return "b.ts BETWEEN a.ts + \(seconds(low)) AND a.ts + \(seconds(high))"
        default: return "b.ts BETWEEN a.ts - \(seconds(low)) AND a.ts + \(seconds(high))"
        }
    }

    private mutating func joinWindows(
        _ right: String, _ leftColumns: [NamedColumn], _ rightColumns: [NamedColumn], _ condition: Sketch,
        _ lateness: Sketch, _ random: inout SeededGenerator
    ) {
        let window = random.pick(["TUMBLE({}, ts, INTERVAL '10' SECOND)", "HOP({}, ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND)"])
        func windows(_ table: String) -> String { window.split(separator: "{}").joined(separator: table) }
        let kind = random.pick(["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        let emit = random.pick([" EMIT ON WINDOW CLOSE", " EMIT CHANGES"])
        let equal = "a.window_start = b.window_start AND a.window_end = b.window_end"
        if random.chance(35) {
            // Groups of windows.
            func groups(_ table: String) -> String {
                "(SELECT window_start, window_end, k, count(*) AS n FROM \(windows(table)) GROUP BY window_start, window_end, k)"
            }
            query = """
                SELECT a.window_start, a.k, a.n, b.k, b.n FROM \(groups("t")) AS a \(kind) \(groups(right)) AS b \
                ON \(equal) AND a.k = b.k EMIT ON WINDOW CLOSE
                """
            return
        }
        let items = Sketch.list(
            (leftColumns + rightColumns).map { .text($0.sql) } + ["a.window_start"], separator: ", ", minimum: 1)
        query = """
            SELECT \(items) FROM \(windows("t")) AS a \(kind) \(windows(right)) AS b \
            ON \(equal)\(condition)\(lateness)\(emit)
            """
    }
}
