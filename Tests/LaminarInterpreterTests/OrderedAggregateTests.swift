import LaminarTypes
import Testing

private let table = "CREATE SOURCE r (k BIGINT, g BIGINT, v BIGINT);\n"

/// A pseudo-random input of three columns, of which the last may be NULL.
private func arrivals(_ seed: UInt64, count: Int) -> [Arrival] {
    var random = SeededNumbers(seed)
    return (0..<count).map { _ in
        let value: Value =
            Int.random(in: 0..<6, using: &random) == 0 ? .null : .integer(Int64.random(in: -4...4, using: &random))
        return Arrival(
            "r",
            [
                .integer(Int64.random(in: 0..<3, using: &random)), .integer(Int64.random(in: 0..<5, using: &random)),
                value,
            ])
    }
}

private func integer(_ value: Value) -> Int64? {
    if case .integer(let number) = value { return number }
    return nil
}

/// What a changelog adds up to.
private func sum(of changes: [String]) -> [String] {
    var rows: [String: Int] = [:]
    for change in changes {
        let parts = change.split(separator: " ", maxSplits: 1)
        rows[String(parts[1]), default: 0] += Int(parts[0]) ?? 0
    }
    return rows.flatMap { row, count in Array(repeating: count < 0 ? "-\(row)" : row, count: abs(count)) }.sorted()
}

private func text(_ value: Int64?) -> String { value.map(String.init) ?? "NULL" }

@Suite struct OrderedAggregateTests {
    /// The inner sums change with each row, so the outer aggregates see each old sum taken back.
    @Test(arguments: [1, 2, 3, 4] as [UInt64], [1, 7, 1_000])
    func `aggregates over rows that are taken back are those of the rows that remain`(seed: UInt64, batch: Int) throws {
        let sql =
            table + """
                SELECT k, MIN(s), MAX(s), BIT_AND(s), BIT_OR(s), PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY s),
                    MODE() WITHIN GROUP (ORDER BY s DESC), FIRST_VALUE(g ORDER BY s DESC NULLS LAST, g),
                    LAST_VALUE(s ORDER BY g), STRING_AGG(CAST(s AS VARCHAR), '+' ORDER BY s DESC),
                    STRING_AGG(DISTINCT CAST(g AS VARCHAR), ',') FILTER (WHERE s > 0)
                FROM (SELECT k, g, SUM(v) AS s FROM r GROUP BY k, g) AS sums GROUP BY k;
                """
        let input = arrivals(seed, count: 150)
        var expected: [String] = []
        for k in 0..<3 as Range<Int64> {
            let mine = input.filter { integer($0.values[0]) == k }
            if mine.isEmpty { continue }
            let groups = Set(mine.compactMap { integer($0.values[1]) }).sorted()
            let sums: [(g: Int64, s: Int64?)] = groups.map { g in
                let values = mine.filter { integer($0.values[1]) == g }.compactMap { integer($0.values[2]) }
                return (g, values.isEmpty ? nil : values.reduce(0, +))
            }
            let present = sums.compactMap(\.s).sorted()
            let mode = present.reversed().max { a, b in
                let (left, right) = (present.count { $0 == a }, present.count { $0 == b })
                return left != right ? left < right : a < b
            }
            let first = sums.min { a, b in (-(a.s ?? .min + 1), a.g) < (-(b.s ?? .min + 1), b.g) }
            let joined = present.reversed().map(String.init).joined(separator: "+")
            let positive = sums.filter { ($0.s ?? 0) > 0 }.map { String($0.g) }.sorted().joined(separator: ",")
            let cells: [String] = [
                "\(k)", text(present.first), text(present.last),
                text(present.isEmpty ? nil : present.reduce(-1, &)), text(present.isEmpty ? nil : present.reduce(0, |)),
                text(present.isEmpty ? nil : present[(present.count + 1) / 2 - 1]), text(mode), text(first?.g),
                text(sums.last { $0.s != nil }?.s), joined.isEmpty ? "NULL" : joined,
                positive.isEmpty ? "NULL" : positive,
            ]
            expected.append(cells.joined(separator: " "))
        }
        for restoreAt in [nil, 77] {
            let observed = try observe(sql, input, batch: batch, restoreAt: restoreAt)
            #expect(observed.failures == [])
            #expect(sum(of: observed.rows[0]) == expected.sorted())
        }
    }

    @Test func `percentiles interpolate, and their fraction lies between 0 and 1`() throws {
        let input = [10, 20, 40, 80].map { Arrival("r", [.integer(0), .integer(0), .integer($0)]) }
        let sql = table + "SELECT MEDIAN(v), PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY v DESC) FROM r;"
        #expect(sum(of: try observe(sql, input, batch: 2).rows[0]) == ["30 50"])
        #expect(compiledIfPossible(table + "SELECT PERCENTILE_CONT(1.5) WITHIN GROUP (ORDER BY v) FROM r;") == nil)
        #expect(compiledIfPossible(table + "SELECT PERCENTILE_CONT(0.5) FROM r;") == nil)
        #expect(compiledIfPossible(table + "SELECT SUM(v) WITHIN GROUP (ORDER BY v) FROM r;") == nil)
    }

    @Test func `pairs of which a number is NULL do not count`() throws {
        let pairs: [(Value, Value)] = [
            (.integer(1), .integer(2)), (.integer(2), .integer(4)), (.integer(9), .null), (.integer(3), .integer(6)),
        ]
        let input = pairs.map { Arrival("r", [.integer(0), $0.0, $0.1]) }
        let sql = table + "SELECT REGR_COUNT(v, g), CORR(v, g), COVAR_POP(v, g), REGR_SLOPE(v, g) FROM r;"
        let rows = sum(of: try observe(sql, input, batch: 3).rows[0])
        #expect(rows.count == 1)
        let cells = rows[0].split(separator: " ").map { Double($0) ?? .nan }
        #expect(cells[0] == 3)
        for (cell, value) in zip(cells.dropFirst(), [1, 4.0 / 3, 2]) { #expect(abs(cell - value) < 1e-12) }
    }
}
