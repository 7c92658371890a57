import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000
private let minute: Int64 = 60 * second

private let trades = """
    CREATE SOURCE trades (symbol TEXT, price BIGINT, volume BIGINT, ts TIMESTAMP,
        WATERMARK FOR ts AS ts - INTERVAL '20 seconds');

    """

private struct Trade {
    var symbol: String?
    var price: Int64
    var volume: Int64?
    var time: Int64

    var values: [Value] {
        [
            symbol.map { .text($0) } ?? .null, .integer(price), volume.map { .integer($0) } ?? .null,
            .timestamp(time),
        ]
    }

    var arrival: Arrival { Arrival("trades", values) }
}

/// Trades whose times go forward with a jitter, so that some are late; symbols long and short, some NULL.
private func randomTrades(_ count: Int, seed: UInt64) -> [Trade] {
    var numbers = SeededNumbers(seed)
    return (0..<count).map { index in
        let symbol = Int.random(in: 0..<7, using: &numbers)
        return Trade(
            symbol: symbol == 0 ? nil : symbol == 1 ? "a symbol that is longer than twelve bytes" : "S\(symbol)",
            price: Int64.random(in: 1...50, using: &numbers),
            volume: Int.random(in: 0..<5, using: &numbers) == 0 ? nil : Int64.random(in: 1...9, using: &numbers),
            time: Int64(index) * 3 * second + Int64.random(in: -70...30, using: &numbers) * second)
    }
}

@Suite struct PipelineTests {
    @Test(arguments: [1, 7, 64, 10_000])
    func `a tumbling window agrees with a naive evaluation, whatever the batches`(batch: Int) throws {
        let trades = randomTrades(600, seed: 11)
        let observed = try observe(
            PipelineTests.tumbling, trades.map(\.arrival), batch: batch)

        // The same by dictionaries: a row is late if the watermark of the rows before it has passed its window's end.
        struct Group: Hashable {
            var start: Int64
            var symbol: String?
        }
        var watermark = Int64.min
        var late: Int64 = 0
        var groups: [Group: (order: Int, count: Int, volume: Int64?, prices: Set<Int64>, high: Int64)] = [:]
        for trade in trades {
            let start = Int64((Double(trade.time) / Double(minute)).rounded(.down)) * minute
            if trade.price != 13 {
                if start + minute <= watermark {
                    late += 1
                } else {
                    let key = Group(start: start, symbol: trade.symbol)
                    var group = groups[key] ?? (groups.count, 0, nil, [], 0)
                    group.count += 1
                    if let volume = trade.volume { group.volume = (group.volume ?? 0) + volume }
                    group.prices.insert(trade.price)
                    if trade.price > 25 { group.high += 1 }
                    groups[key] = group
                }
            }
            watermark = max(watermark, trade.time - 20 * second)
        }
        let ordered = groups.sorted { ($0.key.start, $0.value.order) < ($1.key.start, $1.value.order) }
        let expected = ordered.map { key, group in
            let start = text(of: .timestamp(key.start), type: .timestamp(6))
            let volume = group.volume.map { "\($0)" } ?? "NULL"
            return "+1 \(key.symbol ?? "NULL") \(start) \(group.count) \(volume) \(group.prices.count) \(group.high)"
        }
        #expect(observed.failures.isEmpty)
        #expect(observed.rows == [expected])
        #expect(observed.lateRows == late)
        #expect(late > 10)
    }

    static let tumbling =
        trades + """
            SELECT symbol, window_start, count(*) AS trades, sum(volume) AS volume, count(DISTINCT price) AS prices,
                count(*) FILTER (WHERE price > 25) AS high
            FROM TUMBLE(trades, ts, INTERVAL '1 minute') WHERE price <> 13 GROUP BY symbol, window_start;
            """

    @Test(arguments: 0..<8)
    func `a pipeline restored at any row goes on as if nothing had happened`(seed: Int) throws {
        let arrivals = randomTrades(300, seed: UInt64(seed)).map(\.arrival)
        var numbers = SeededNumbers(UInt64(seed) &+ 1000)
        let restoreAt = Int.random(in: 0..<arrivals.count, using: &numbers)
        let sql = PipelineTests.tumbling + "SELECT symbol, sum(volume) AS volume FROM trades GROUP BY symbol;"
        let whole = try observe(sql, arrivals, batch: 16)
        // A batch ends where the snapshot is taken, so the running result may change in more steps.
        let restored = try observe(sql, arrivals, batch: 16, restoreAt: restoreAt)
        #expect(restored.rows[0] == whole.rows[0], "restored at row \(restoreAt)")
        #expect(materialised(restored.rows[1]) == materialised(whole.rows[1]), "restored at row \(restoreAt)")
        #expect(restored.lateRows == whole.lateRows)
    }

    @Test(arguments: ["", "S", "a symbol that is longer than twelve bytes"])
    func `a group under a short string is restored like one under a long string`(symbol: String) throws {
        let trade = Trade(symbol: symbol, price: 1, volume: 2, time: second)
        let sql = trades + "SELECT symbol, window_end FROM TUMBLE(trades, ts, INTERVAL '1 minute') GROUP BY 1, 2;"
        let observed = try observe(sql, [trade.arrival, trade.arrival], batch: 1, restoreAt: 1)
        #expect(observed.rows == [["+1 \(symbol) 1970-01-01 00:01:00"]])
    }

    @Test func `the bytes of the state do not depend on the batches`() throws {
        let arrivals = randomTrades(500, seed: 3).map(\.arrival)
        let one = try observeState(PipelineTests.tumbling, arrivals, batch: 1, ends: false).1
        let many = try observeState(PipelineTests.tumbling, arrivals, batch: 64, ends: false).1
        let all = try observeState(PipelineTests.tumbling, arrivals, batch: 10_000, ends: false).1
        #expect(one == many)
        #expect(one == all)
    }

    @Test(arguments: [1, 7, 64])
    func `a row that a filter drops in an earlier stage still raises the watermark`(batch: Int) throws {
        let sql =
            trades + """
                CREATE VIEW cheap AS SELECT ts, price FROM trades WHERE price < 10
                    UNION ALL SELECT ts, price FROM trades WHERE price < 10 AND price > 1000;
                SELECT window_start, count(*) AS n FROM TUMBLE(cheap, ts, INTERVAL '1 minute') GROUP BY window_start;
                """
        func trade(_ time: Int64, _ price: Int64) -> Arrival {
            Trade(symbol: "S", price: price, volume: 1, time: time * second).arrival
        }
        // The dear trade at 90 s closes the first minute (90 - 20 >= 60); the cheap one at 10 s is late then.
        let observed = try observe(
            sql, [trade(5, 1), trade(50, 2), trade(90, 99), trade(10, 3), trade(80, 4)], batch: batch, ends: false)
        #expect(observed.rows == [["+1 1970-01-01 00:00:00 2"]])
        #expect(observed.lateRows == 1)
    }

    @Test(arguments: [1, 5, 64])
    func `a union fires when the slowest of its inputs has passed the window`(batch: Int) throws {
        let sql = """
            CREATE SOURCE a (x BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts);
            CREATE SOURCE b (x BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts);
            CREATE VIEW both_of_them AS SELECT x, ts FROM a UNION ALL SELECT x, ts FROM b;
            SELECT window_end, sum(x) AS x FROM TUMBLE(both_of_them, ts, INTERVAL '1 minute') GROUP BY window_end;
            """
        func row(_ source: String, _ x: Int64, _ time: Int64) -> Arrival {
            Arrival(source, [.integer(x), .timestamp(time * second)])
        }
        let rows = [
            row("a", 1, 10), row("a", 2, 70), row("a", 4, 200), row("b", 8, 30), row("b", 16, 59), row("b", 32, 60),
            row("a", 64, 20), row("b", 128, 119),
        ]
        let open = try observe(sql, rows, batch: batch, ends: false)
        #expect(open.rows == [["+1 1970-01-01 00:01:00 25"]])
        #expect(open.lateRows == 1)
        let ended = try observe(sql, rows, batch: batch)
        #expect(
            ended.rows == [
                ["+1 1970-01-01 00:01:00 25", "+1 1970-01-01 00:02:00 162", "+1 1970-01-01 00:04:00 4"]
            ])
    }

    @Test(arguments: [1, 7, 64])
    func `a failing query gives out the rows before the one that fails, and its neighbour goes on`(batch: Int) throws {
        let sql =
            trades + """
                SELECT symbol, 100 / price AS share FROM trades WHERE volume > 2;
                SELECT symbol, price FROM trades;
                """
        var all = randomTrades(40, seed: 5)
        for index in all.indices { all[index].volume = 3 }
        all[20].price = 0
        all[10].price = 0
        // Filtered out, so never divided by.
        all[10].volume = 1
        let observed = try observe(sql, all.map(\.arrival), batch: batch)
        #expect(observed.rows[0].count == 19)
        #expect(observed.rows[1].count == 40)
        #expect(observed.failures == ["test.sql:3:16 22012 row \(20 % batch) sinks [0]"])
    }

    @Test func `a failure behind an aggregation is told from the results before it`() throws {
        let sql =
            trades + """
                SELECT window_start, 10 / (count(*) - 2) AS x FROM TUMBLE(trades, ts, INTERVAL '1 minute')
                GROUP BY window_start;
                """
        let times: [Int64] = [0, 60, 61, 120, 180]
        let rows = times.map { Trade(symbol: "S", price: 1, volume: 1, time: $0 * second).arrival }
        let observed = try observe(sql, rows, batch: 2)
        #expect(observed.rows == [["+1 1970-01-01 00:00:00 -10"]])
        #expect(observed.failures == ["test.sql:3:22 22012 sinks [0]"])
    }

    @Test(arguments: [1, 7, 64])
    func `rows that fail are counted and left out where the source says skip`(batch: Int) throws {
        let sql =
            trades + """
                SELECT 100 / price AS share FROM trades;
                SELECT sum(100 / price) AS shares FROM trades;
                """
        var all = randomTrades(30, seed: 9)
        for index in all.indices { all[index].price = index % 10 == 9 ? 0 : 50 }
        let observed = try observe(
            sql, all.map(\.arrival), batch: batch, policies: RowPolicies(evaluationError: .skip))
        #expect(observed.failures.isEmpty)
        #expect(observed.rows[0] == Array(repeating: "+1 2", count: 27))
        #expect(materialised(observed.rows[1]) == ["54": 1])
        #expect(observed.evaluationErrors == 6)
    }

    @Test(arguments: [1, 7, 64])
    func `a running aggregation takes rows back that the input takes back`(batch: Int) throws {
        let sql = """
            CREATE SOURCE moves (account TEXT, amount BIGINT);
            CREATE VIEW totals AS SELECT account, sum(amount) AS total FROM moves GROUP BY account;
            SELECT total, count(*) AS accounts FROM totals GROUP BY total;
            """
        var numbers = SeededNumbers(21)
        var totals: [String: Int64] = [:]
        let arrivals = (0..<200).map { _ in
            let account = "account \(Int.random(in: 0..<12, using: &numbers))"
            let amount = Int64.random(in: -3...3, using: &numbers)
            totals[account, default: 0] += amount
            return Arrival("moves", [.text(account), .integer(amount)])
        }
        let observed = try observe(sql, arrivals, batch: batch)
        var expected: [String: Int] = [:]
        for (total, accounts) in Dictionary(grouping: totals.values, by: { $0 }) {
            expected["\(total) \(accounts.count)"] = 1
        }
        #expect(materialised(observed.rows[0]) == expected)
    }

    @Test func `a query without a source has its rows once, also after a restore`() throws {
        let sql = trades + "SELECT 1 + 1 AS two; SELECT count(*) AS n FROM trades;"
        let arrivals = randomTrades(4, seed: 1).map(\.arrival)
        let observed = try observe(sql, arrivals, batch: 2, restoreAt: 2)
        #expect(observed.rows[0] == ["+1 2"])
        #expect(observed.rows[1] == ["+1 0", "-1 0", "+1 2", "-1 2", "+1 4"])
    }

    @Test func `a snapshot of another pipeline is refused`() throws {
        let counting = try InterpretedPipeline(planned(trades + "SELECT symbol, count(*) FROM trades GROUP BY symbol;"))
        let summing = try InterpretedPipeline(planned(trades + "SELECT symbol, sum(price) FROM trades GROUP BY symbol;"))
        #expect(throws: (any Error).self) { try summing.restore(counting.snapshot()) }
        var damaged = counting.snapshot()
        damaged[damaged.count / 2] ^= 1
        #expect(throws: (any Error).self) { try counting.restore(damaged) }
    }

    @Test func `every aggregate that can be called can be run, in the size that the plan gives it`() throws {
        let types = [
            "SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE PRECISION", "NUMERIC", "NUMERIC(10,2)", "TEXT", "BOOLEAN",
            "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL",
        ]
        let functions = [
            "count", "sum", "avg", "min", "max", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor", "var_samp",
            "var_pop", "stddev_samp", "stddev_pop",
        ]
        var tried = 0
        for type in types {
            for function in functions {
                for argument in ["c", "DISTINCT c"] {
                    let sql = "CREATE SOURCE t (c \(type)); SELECT \(function)(\(argument)) FROM t;"
                    guard let plan = compiledIfPossible(sql) else { continue }
                    tried += 1
                    #expect(throws: Never.self, "\(sql)") { try InterpretedPipeline(plan) }
                }
            }
        }
        #expect(tried > 100)
    }
}

/// What a changelog adds up to: rows that count, with their weights.
private func materialised(_ changes: [String]) -> [String: Int] {
    var rows: [String: Int] = [:]
    for change in changes {
        let parts = change.split(separator: " ", maxSplits: 1)
        rows[String(parts[1]), default: 0] += Int(parts[0]) ?? 0
    }
    return rows.filter { $0.value != 0 }
}
