import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private typealias Trade = OhlcPipeline.Trade
private typealias Candle = OhlcPipeline.Candle
private typealias Bid = ShapesPipeline.Bid

private let second: Int64 = 1_000_000

/// The generated files beside this one, running.
@Suite struct RunningTests {
    private static let trades = [
        Trade(symbol: "ACME", price: 10, quantity: 100, ts: 1 * second),
        Trade(symbol: "a symbol of more than twelve bytes", price: 50.5, quantity: 10, ts: 12 * second),
        Trade(symbol: "ACME", price: 12.5, quantity: 50, ts: 59 * second),
        Trade(symbol: "ACME", price: 11, quantity: 10, ts: 61 * second),
        Trade(symbol: "ACME", price: 9.5, quantity: 200, ts: 58 * second),
        Trade(symbol: "OTHR", price: 51, quantity: 20, ts: 62 * second),
        Trade(symbol: "ACME", price: 99, quantity: 1, ts: 30 * second),
    ]

    private static let firstMinute = [
        Candle(
            symbol: "ACME", minute: 0, low: 9.5, high: 12.5, average: (1000 + 625 + 1900) / 350, volume: 350, trades: 3),
        Candle(
            symbol: "a symbol of more than twelve bytes", minute: 0, low: 50.5, high: 50.5, average: 50.5, volume: 10,
            trades: 1),
    ]

    @Test func `a window's rows come out once, when the watermark reaches its end, and later rows are counted`() throws {
        let pipeline = OhlcPipeline()
        var candles: [Candle] = []
        pipeline.onCandles = { candles.append($0) }
        for trade in Self.trades.prefix(5) { try pipeline.push(trade) }
        #expect(candles.isEmpty)
        try pipeline.push(Self.trades[5...])
        #expect(candles == Self.firstMinute)
        #expect(pipeline.counters.lateRows == 1)
        try pipeline.finish()
        #expect(candles.dropFirst(2).map(\.symbol) == ["ACME", "OTHR"])
        try pipeline.finish()
        #expect(candles.count == 4)
        #expect(pipeline.counters.rowsIn == 7)
        #expect(pipeline.counters.rowsOut == 4)
    }

    @Test func `a restored snapshot goes on where it was taken, to the same bytes`() throws {
        let first = OhlcPipeline()
        try first.push(Self.trades.prefix(3))
        let snapshot = first.snapshot()
        let second = OhlcPipeline()
        var candles: [Candle] = []
        second.onCandles = { candles.append($0) }
        try second.restore(snapshot)
        #expect(second.snapshot() == snapshot)
        try first.push(Self.trades.dropFirst(3))
        for trade in Self.trades.dropFirst(3) { try second.push(trade) }
        #expect(candles == Self.firstMinute)
        #expect(second.snapshot() == first.snapshot())
    }

    @Test func `a snapshot of another pipeline is refused`() throws {
        let pipeline = OhlcPipeline()
        #expect(throws: StateError.self) { try pipeline.restore(ShapesPipeline().snapshot()) }
        #expect(throws: StateError.self) { try pipeline.restore([]) }
    }

    @Test func `results come as an asynchronous sequence that ends with the pipeline`() async throws {
        let pipeline = OhlcPipeline()
        let candles = pipeline.candles()
        try pipeline.push(Self.trades)
        try pipeline.finish()
        var received: [Candle] = []
        for await candle in candles { received.append(candle) }
        #expect(received.prefix(2) == Self.firstMinute[...])
        #expect(received.count == 4)
    }

    // MARK: Every shape

    private static let bids: [Bid] = (0..<3000).map { (index: Int64) in
        Bid(
            auction: index % 7, bidder: index % 5 == 0 ? nil : index % 11, price: index % 13 == 0 ? nil : index % 200 + 1,
            channel: index % 17 == 0 ? nil : ["Apple", "Google", "a channel with a long name"][Int(index % 3)],
            at: index * 50_000 - index % 40 * 200_000)
    }

    /// All that comes out of every sink, as text, in order.
    private func rows(of pipeline: any RunnablePipeline, _ body: (any RunnablePipeline) throws -> Void) rethrows -> [String] {
        var rows: [String] = []
        let sinks = pipeline.interface.sinks
        pipeline.onOutput = { sink, batch in
            for row in 0..<batch.rowCount {
                let values = sinks[sink].columns.indices.map { column -> String in
                    let view = batch.columns[column]
                    if !view.isValid(row) { return "NULL" }
                    switch sinks[sink].columns[column].physicalType {
                    case .string: return view.value(row, as: StringView.self).string
                    case .int32: return String(view.value(row, as: Int32.self))
                    default: return String(view.value(row, as: Int64.self))
                    }
                }
                rows.append("\(sinks[sink].name) \(batch.weights?[row] ?? 1): \(values.joined(separator: ", "))")
            }
        }
        try body(pipeline)
        return rows
    }

    private func push(_ bids: [Bid], to pipeline: any RunnablePipeline, batch size: Int) throws {
        var from = 0
        while from < bids.count {
            let to = min(from + size, bids.count)
            let batch = ColumnBatch(types: [.int64, .int64, .int64, .string, .int64], capacity: size)
            for bid in bids[from..<to] { batch.append(bid) }
            try batch.withView { try pipeline.push(source: 0, $0) }
            from = to
        }
    }

    private func interpreted() throws -> InterpretedPipeline {
        let compilation = try Golden.all[1].compiled()
        return try InterpretedPipeline(#require(compilation.plan), file: compilation.file)
    }

    @Test(arguments: [1, 7, 64, 1000, 3000])
    func `compiled and interpreted, any batching: the same rows and the same state`(batch: Int) throws {
        var snapshots: [[UInt8]] = []
        var outputs: [[String]] = []
        for pipeline in [try interpreted(), ShapesPipeline()] as [any RunnablePipeline] {
            let output = try rows(of: pipeline) { pipeline in
                try push(Self.bids, to: pipeline, batch: batch)
                snapshots.append(pipeline.snapshot())
                try pipeline.finish()
            }
            // Between sinks there is no order.
            outputs.append(pipeline.interface.sinks.flatMap { sink in output.filter { $0.hasPrefix(sink.name + " ") } })
        }
        #expect(outputs[0].count > 1000)
        #expect(outputs[0] == outputs[1])
        #expect(snapshots[0] == snapshots[1])
    }

    @Test func `a snapshot taken compiled restores interpreted, and the other way round`() throws {
        let bids = Self.bids
        let compiled = ShapesPipeline()
        try push(Array(bids.prefix(1500)), to: compiled, batch: 100)
        let interpreted = try interpreted()
        try interpreted.restore(compiled.snapshot())
        try push(Array(bids.dropFirst(1500)), to: interpreted, batch: 100)
        // How often an updating result changes depends on the batches, so they are the same here.
        let again = ShapesPipeline()
        try again.restore(interpreted.snapshot())
        try push(Array(bids.dropFirst(1500)), to: compiled, batch: 100)
        #expect(again.snapshot() == compiled.snapshot())
    }

    @Test func `an updating result takes back what it changes`() throws {
        let pipeline = ShapesPipeline()
        var changes: [Change<ShapesPipeline.Total>] = []
        pipeline.onTotals = { changes.append($0) }
        func bid(_ price: Int64?, _ bidder: Int64?) -> Bid {
            Bid(auction: 1, bidder: bidder, price: price, channel: nil, at: 0)
        }
        func total(_ bids: Int64, _ total: Int64?, _ bidders: Int64) -> ShapesPipeline.Total {
            .init(channel: nil, auction: 1, bids: bids, total: total, bidders: bidders, default: nil)
        }
        try pipeline.push(bid(5, 1))
        #expect(changes.isEmpty)
        try pipeline.push(bid(20, 1))
        #expect(changes == [Change(total(2, 20, 1), weight: 1)])
        try pipeline.push([bid(nil, nil), bid(30, 2)])
        #expect(changes.dropFirst() == [Change(total(2, 20, 1), weight: -1), Change(total(4, 50, 2), weight: 1)])
    }

    @Test func `rows that are there from the start come with the first call`() throws {
        let pipeline = ShapesPipeline()
        var constants: [ShapesPipeline.Output] = []
        var counts: [Change<ShapesPipeline.Everything>] = []
        pipeline.onOutputRow = { constants.append($0) }
        pipeline.onEverything = { counts.append($0) }
        try pipeline.finish()
        #expect(constants.map(\.column2) == ["one", nil])
        #expect(counts == [Change(.init(self2: 0), weight: 1)])
    }

    @Test func `a query that fails names the row and the SQL, and its neighbours go on`() throws {
        let pipeline = ShapesPipeline()
        var ratios: [Int64?] = []
        var cheap = 0
        pipeline.onRatios = { ratios.append($0.ratio) }
        pipeline.onCheap = { _ in cheap += 1 }
        func bid(_ price: Int64) -> Bid { Bid(auction: 1, bidder: 1, price: price, channel: "x", at: 0) }
        try pipeline.push([bid(10), bid(20), bid(0), bid(40)])
        #expect(ratios == [100, 50])
        #expect(cheap == 4)
        try pipeline.push(bid(50))
        #expect(ratios == [100, 50])
        #expect(cheap == 5)
        let error = try #require(pipeline.stopped.first?.error)
        #expect(error.sqlState == "22012")
        #expect(error.row == 2)
        #expect(error.source == 0)
        #expect(error.stage == "ratios")
        #expect(error.place == "SQL/shapes.sql:17:17")
        #expect(throws: error) { try pipeline.finish() }
    }

    @Test func `rows that fail are skipped and counted where the policy says so`() throws {
        let pipeline = ShapesPipeline(policies: RowPolicies(evaluationError: .skip))
        var ratios: [ShapesPipeline.Ratio] = []
        pipeline.onRatios = { ratios.append($0) }
        try pipeline.push([3, 0, 40, 0, 5].enumerated().map { index, price in
            Bid(auction: Int64(index), bidder: 1, price: price, channel: "x", at: 0)
        })
        #expect(ratios.map(\.auction) == [0, 2, 4])
        #expect(ratios.map(\.ratio) == [333, 25, 200])
        #expect(pipeline.counters.evaluationErrors == 2)
    }
}
