import LaminarRuntime
import Testing

private typealias Trade = OhlcPipeline.Trade
private typealias Candle = OhlcPipeline.Candle

/// The generated files beside this one, running.
@Suite struct GeneratedPipelineTests {
    @Test func `a window's rows come out once, when the watermark passes its end`() throws {
        let pipeline = OhlcPipeline()
        var candles: [Candle] = []
        pipeline.onCandles = { candles.append($0) }
        let minute: Int64 = 60_000_000
        try pipeline.push(Trade(symbol: "AAPL", price: 10, quantity: 2, ts: 1))
        try pipeline.push([
            Trade(symbol: "a symbol longer than twelve bytes", price: 7, quantity: 1, ts: 2),
            Trade(symbol: "AAPL", price: 12, quantity: 3, ts: minute - 1),
        ])
        #expect(candles.isEmpty)
        try pipeline.advanceWatermark(trades: minute)
        #expect(
            candles == [
                Candle(symbol: "AAPL", windowStart: 0, low: 10, high: 12, turnover: 56, trades: 2),
                Candle(
                    symbol: "a symbol longer than twelve bytes", windowStart: 0, low: 7, high: 7, turnover: 7, trades: 1),
            ])
    }
}
