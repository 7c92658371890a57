import LaminarCases

extension RandomCase {
    /// Window functions, top-N and DISTINCT ON, over orders in which no two rows are equal where ties would matter.
    mutating func makeOver(_ random: inout SeededGenerator) {
        let table = Self.randomTable("t", columns: 2, hasID: true, &random)
        tables = [table]
        var style = RowStyle()
        style.count = 24
        style.nulls = random.pick([0, 20])
        if random.chance(50) {
            style.deletions = 30
            style.deletable = ["t"]
        }
        rows = random.rows(of: tables, style)
        let columns = table.namedColumns
        let orderable = columns.filter { $0.kind != .boolean }
        func order() -> String { random.pick(orderable).sql + random.pick(["", " DESC", " NULLS FIRST"]) }
        let partition = random.chance(70) ? "PARTITION BY k " : ""
        switch random.below(6) {
        case 0:
            query = "SELECT id, k, \(columns[2].sql) FROM (SELECT *, ROW_NUMBER() OVER (\(partition)ORDER BY \(order()), id) AS rn FROM t) AS s WHERE rn <= \(1 + random.below(3))"
        case 1:
            query = "SELECT DISTINCT ON (k) k, id, \(columns[2].sql) FROM t ORDER BY k, \(order()), id"
        case 2:
            let function = random.pick(["RANK()", "DENSE_RANK()", "PERCENT_RANK()", "CUME_DIST()"])
            query = "SELECT id, \(function) OVER (\(partition)ORDER BY \(order())) FROM t"
        case 3:
            // Rows that are equal in the order stand as they came, so results must not depend on where.
            let direction = random.pick(["", " DESC", " NULLS FIRST"])
            let gap = sessionFrame(random.pick(["1", "2", "4"]), &random)
            let calls = ["count(*)", "sum(id)", "min(id)", "max(\(columns[2].sql))"].map { call -> Sketch in
                "\(call) OVER (\(partition)ORDER BY \(random.pick(["id", "id / 2", "k"]))\(direction)\(gap))"
            }
            query = "SELECT \(Sketch.list(["id"] + calls, separator: ", ", minimum: 1)) FROM t"
        default:
            var calls: [Sketch] = []
            for _ in 0...random.below(2) {
                calls.append("\(overCall(columns, &random)) OVER (\(partition)ORDER BY \(order()), id\(frame(&random)))")
            }
            query = "SELECT \(Sketch.list(["id"] + calls, separator: ", ", minimum: 1)) FROM t"
        }
    }

    /// Window functions in the order of an event time, or over windows of it: rows come out once.
    mutating func makeSettledOver(_ random: inout SeededGenerator) {
        let table = Self.randomTable(
            "t", columns: 2, watermarkDelay: random.pick([0, 2, 10]), hasTime: true, hasID: true, &random)
        tables = [table]
        var style = RowStyle()
        style.step = random.pick([1, 3])
        style.jitter = random.pick([0, 5, 20])
        style.nulls = random.pick([0, 20])
        rows = random.rows(of: tables, style)
        endsInput = random.chance(75)
        let columns = table.namedColumns.filter { $0.sql != "ts" }
        let lateness = random.chance(30) ? " ALLOW LATENESS INTERVAL '4' SECOND" : ""
        let tail = "\(lateness) EMIT ON WINDOW CLOSE"
        if random.chance(30) {
            let size = "INTERVAL '\(random.pick([10, 20]))' SECOND"
            let windows = random.pick(["TUMBLE(t, ts, \(size))", "HOP(t, ts, INTERVAL '5' SECOND, \(size))"])
            let key = random.chance(50) ? ", k" : ""
            let order = random.pick(columns.filter { $0.kind != .boolean }).sql
            query = """
                SELECT window_start, window_end, id, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end\(key) \
                ORDER BY \(order)\(random.pick(["", " DESC"])), id) AS rn FROM \(windows)) AS s WHERE rn <= \(1 + random.below(3))\(tail)
                """
            return
        }
        let partition = random.chance(70) ? "PARTITION BY k " : ""
        let order = random.chance(50) ? "ts" : "ts, id"
        var calls: [Sketch] = []
        for _ in 0...random.below(2) {
            let frame =
                order == "ts" && random.chance(35)
                ? rangeFrame(&random)
                : order == "ts" && random.chance(35)
                    ? sessionFrame("INTERVAL '\(random.pick([2, 5, 9]))' SECOND", &random) : frame(&random)
            calls.append("\(overCall(columns, &random)) OVER (\(partition)ORDER BY \(order)\(frame))")
        }
        query = "SELECT \(Sketch.list(["ts", "id"] + calls, separator: ", ", minimum: 1)) FROM t\(tail)"
    }

    private func sessionFrame(_ gap: String, _ random: inout SeededGenerator) -> Sketch {
        .optional(" SESSION WITH GAP \(gap)\(random.pick(["", "", " EXCLUDE CURRENT ROW", " EXCLUDE TIES", " EXCLUDE GROUP"]))")
    }

    private func rangeFrame(_ random: inout SeededGenerator) -> Sketch {
        let starts = ["UNBOUNDED PRECEDING", "INTERVAL '5' SECOND PRECEDING", "CURRENT ROW"]
        let ends = ["CURRENT ROW", "INTERVAL '3' SECOND FOLLOWING", "UNBOUNDED FOLLOWING"]
        return .optional(" RANGE BETWEEN \(random.pick(starts)) AND \(random.pick(ends))")
    }

    private func overCall(_ columns: [NamedColumn], _ random: inout SeededGenerator) -> Sketch {
        let value = random.pick(columns)
        let numbers = columns.filter { $0.kind.isNumber }
        switch random.below(10) {
        case 0: return "LAG(\(value.sql))"
        case 1: return "LEAD(\(value.sql), \(random.below(3)))"
        case 2: return "FIRST_VALUE(\(value.sql))"
        case 3: return "LAST_VALUE(\(value.sql))"
        case 4: return "NTH_VALUE(\(value.sql), \(1 + random.below(3)))"
        case 5: return "NTILE(\(1 + random.below(4)))"
        case 6: return "count(*)"
        default:
            let name = random.pick(["sum", "avg", "min", "max", "count"])
            return "\(name)(\(random.pick(numbers).sql))"
        }
    }

    private func frame(_ random: inout SeededGenerator) -> Sketch {
        if random.chance(40) { return "" }
        let starts = ["UNBOUNDED PRECEDING", "2 PRECEDING", "1 PRECEDING", "CURRENT ROW"]
        let ends = ["CURRENT ROW", "1 FOLLOWING", "2 FOLLOWING", "UNBOUNDED FOLLOWING"]
        let exclusion = random.pick(["", "", " EXCLUDE CURRENT ROW", " EXCLUDE TIES", " EXCLUDE GROUP"])
        return .optional(
            " \(random.pick(["ROWS", "GROUPS"])) BETWEEN \(random.pick(starts)) AND \(random.pick(ends))\(exclusion)")
    }
}
