import LaminarColumns
import LaminarRuntime
import Testing

private typealias Bid = RowsPipeline.Bid

/// Rows that go through generated code without columns, against the same rows in batches.
@Suite struct RowFlowTests {
    enum Entry: String, CaseIterable {
        case rowByRow, array, sequence, columns, mixed
    }

    /// Late rows, NULLs, strings inside and outside of views; row `failing` makes the denominator of `ratios` zero.
    private static func bids(_ count: Int, failing: Int? = nil) -> [Bid] {
        (0..<count).map { index in
            let value = Int64(index)
            let price = value &* 7919 % 990
            return Bid(
                auction: value % 10, bidder: index % 5 == 0 ? nil : value % 11,
                price: index == failing ? 500 : price == 500 ? 501 : price,
                channel: index % 7 == 0 ? nil : index % 3 == 0 ? "Apple" : "a channel of more than twelve bytes, \(index % 4)",
                note: Array("note \(index % 3 == 0 ? "" : "that does not fit into a view") \(index % 9)".utf8),
                unread: index % 2 == 0 ? nil : "unread", at: value * 100_000 - (index % 97 == 0 ? 30_000_000 : 0))
        }
    }

    private struct Outcome: Equatable {
        var euros: [RowsPipeline.Euro] = []
        var ratios: [RowsPipeline.Ratio] = []
        var dear: [RowsPipeline.Dear] = []
        var dearWindows: [RowsPipeline.DearWindow] = []
        var allWindows: [RowsPipeline.AllWindow] = []
        var snapshot: [UInt8] = []
        var counters = OperatorCounters()
        var stopped: [StoppedQuery] = []
    }

    private final class Receiver { var outcome = Outcome() }

    private func outcome(of bids: [Bid], _ entry: Entry, policies: RowPolicies = RowPolicies()) throws -> Outcome {
        let pipeline = RowsPipeline(policies: policies)
        let receiver = Receiver()
        pipeline.onEuros = { receiver.outcome.euros.append($0) }
        pipeline.onRatios = { receiver.outcome.ratios.append($0) }
        pipeline.onDear = { receiver.outcome.dear.append($0) }
        pipeline.onDearWindows = { receiver.outcome.dearWindows.append($0) }
        pipeline.onAllWindows = { receiver.outcome.allWindows.append($0) }
        func pushColumns(_ rows: [Bid]) throws {
            let types = pipeline.interface.sources[0].columns.map(\.physicalType)
            let batch = ColumnBatch(types: types)
            for row in rows { batch.append(row) }
            try batch.withView { try pipeline.push(source: 0, $0) }
        }
        switch entry {
        case .rowByRow: for bid in bids { try pipeline.push(bid) }
        case .array: try pipeline.push(bids)
        case .sequence: try pipeline.push(bids.lazy.map { $0 })
        case .columns: try pushColumns(bids)
        case .mixed:
            for (index, start) in stride(from: 0, to: bids.count, by: 50).enumerated() {
                let part = Array(bids[start..<min(start + 50, bids.count)])
                switch index % 3 {
                case 0: try pipeline.push(part)
                case 1: try pushColumns(part)
                default: for bid in part { try pipeline.push(bid) }
                }
            }
        }
        receiver.outcome.snapshot = pipeline.snapshot()
        receiver.outcome.stopped = pipeline.stopped
        if pipeline.stopped.isEmpty { try pipeline.finish() }
        receiver.outcome.counters = pipeline.counters
        return receiver.outcome
    }

    @Test(arguments: Entry.allCases)
    func `every entry gives the rows, counts and state of a batch`(entry: Entry) throws {
        let bids = Self.bids(2000)
        let outcome = try outcome(of: bids, entry)
        let expected = try self.outcome(of: bids, .columns)
        #expect(outcome == expected)
        #expect(outcome.counters.lateRows > 0)
        #expect(outcome.counters.rowsIn == 2000)
        #expect(outcome.euros.count == 2000)
        #expect(outcome.euros.map(\.price) == bids.map { $0.price * 908 / 1000 })
        #expect(outcome.euros.map(\.note) == bids.map(\.note))
        #expect(outcome.ratios.map(\.channel) == bids.filter { $0.auction % 2 == 0 }.map { $0.channel.map { $0.uppercased() + "!" } })
        #expect(outcome.dear.map(\.bidder) == bids.filter { $0.price > 400 }.map(\.bidder))
        #expect(outcome.dearWindows.count > 10)
        #expect(outcome.allWindows.count > 50)
    }

    @Test(arguments: Entry.allCases)
    func `a row that fails stops its query, names the row and the place, and disturbs no other`(entry: Entry) throws {
        let bids = Self.bids(300, failing: 202)
        let outcome = try outcome(of: bids, entry)
        let whole = try self.outcome(of: bids, .columns)
        #expect(outcome.euros == whole.euros)
        #expect(outcome.euros.count == 300)
        #expect(outcome.ratios == whole.ratios)
        #expect(outcome.ratios.count == 101)
        #expect(outcome.dearWindows == whole.dearWindows)
        let error = try #require(outcome.stopped.first?.error)
        #expect(outcome.stopped.count == 1)
        #expect(error.sqlState == "22012")
        #expect(error.source == 0)
        #expect(error.stage == "ratios")
        #expect(error.place == whole.stopped.first?.error.place)
        switch entry {
        case .rowByRow: #expect(error.row == 0)
        case .mixed: #expect(error.row == 2)
        default: #expect(error.row == 202)
        }
    }

    @Test(arguments: Entry.allCases)
    func `a row that fails is skipped and counted where the policy says so`(entry: Entry) throws {
        let bids = Self.bids(300, failing: 202)
        let policies = RowPolicies(evaluationError: .skip)
        let outcome = try outcome(of: bids, entry, policies: policies)
        #expect(outcome == (try self.outcome(of: bids, .columns, policies: policies)))
        #expect(outcome.counters.evaluationErrors == 1)
        #expect(outcome.ratios.count == 149)
    }

    @Test(arguments: [1, 7, 8, 1_024, 2_500])
    func `arrays of any length give windows what single rows give`(length: Int) throws {
        let trades = Self.trades(2_500)
        var candles: [[CandlesPipeline.Candle]] = [[], []]
        var snapshots: [[UInt8]] = []
        for entry in 0..<2 {
            let pipeline = CandlesPipeline()
            pipeline.onCandles = { candles[entry].append($0) }
            if entry == 0 {
                for trade in trades { try pipeline.push(trade) }
            } else {
                for start in stride(from: 0, to: trades.count, by: length) {
                    try pipeline.push(Array(trades[start..<min(start + length, trades.count)]))
                }
            }
            try pipeline.advanceWatermark(trades: 1_000_000_000)
            #expect(pipeline.counters.rowsIn == 2_500)
            snapshots.append(pipeline.snapshot())
            try pipeline.finish()
        }
        #expect(candles[0].count > 20)
        #expect(candles[0] == candles[1])
        #expect(snapshots[0] == snapshots[1])
    }

    @Test(arguments: [5, 1_023, 1_024, 1_500, 2_300])
    func `a row of a long array that windows cannot fold is named by its place`(failing: Int) throws {
        var trades = Self.trades(2_500)
        trades[failing].price = .max
        trades[failing].quantity = 2
        let pipeline = CandlesPipeline()
        do {
            try pipeline.push(trades)
            Issue.record("the product does not fit")
        } catch {
            #expect(error.row == failing)
            #expect(error.source == 0)
            #expect(error.sqlState == "22003")
        }
    }

    private static func trades(_ count: Int) -> [CandlesPipeline.Trade] {
        (0..<count).map { index in
            let value = Int64(index)
            let symbol = index % 3 == 0 ? "LAMINAR" : "a symbol of more than twelve bytes, \(index % 5)"
            let second: Int64 = value &* 104_729 % 2_500
            return CandlesPipeline.Trade(
                symbol: symbol, price: value &* 7919 % 990, quantity: value % 7 + 1, ts: second * 1_000_000)
        }
    }

    @Test func `whoever asks for columns gets the same rows`() throws {
        let bids = Self.bids(500)
        let expected = try outcome(of: bids, .columns)
        let pipeline = RowsPipeline()
        var euros: [RowsPipeline.Euro] = []
        var counts: [Int: Int] = [:]
        pipeline.onOutput = { sink, batch in
            counts[sink, default: 0] += batch.rowCount
            if sink == 0 { for row in 0..<batch.rowCount { euros.append(RowsPipeline.Euro(batch, row)) } }
        }
        for bid in bids { try pipeline.push(bid) }
        #expect(pipeline.snapshot() == expected.snapshot)
        #expect(euros == expected.euros)
        #expect(counts[1] == expected.ratios.count)
    }

    @Test func `a callback may be replaced while it runs`() throws {
        let pipeline = RowsPipeline()
        var first: [Int64] = []
        var second: [Int64] = []
        pipeline.onEuros = { [weak pipeline] euro in
            first.append(euro.auction)
            pipeline?.onEuros = { second.append($0.auction) }
        }
        for bid in Self.bids(4) { try pipeline.push(bid) }
        #expect(first == [0])
        #expect(second == [1, 2, 3])
        pipeline.onEuros = nil
        try pipeline.push(Self.bids(1))
        #expect(second.count == 3)
    }
}
