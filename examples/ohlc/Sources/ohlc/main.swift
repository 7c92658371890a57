// The queries are in ohlc.sql beside this file; the build plugin turns them into OhlcPipeline.
import LaminarRuntime

typealias Trade = OhlcPipeline.Trade

let pipeline = OhlcPipeline()
pipeline.onCandles = { candle in
    let minute = candle.minute / 60_000_000
    print(
        "\(candle.symbol) minute \(minute): low \(candle.low ?? .nan), high \(candle.high ?? .nan),",
        "average \(candle.average ?? .nan), volume \(candle.volume ?? 0) in \(candle.trades) trades")
}

let second: Int64 = 1_000_000
try pipeline.push([
    Trade(symbol: "ACME", price: 10.0, quantity: 100, ts: 1 * second),
    Trade(symbol: "OTHR", price: 50.5, quantity: 10, ts: 12 * second),
    Trade(symbol: "ACME", price: 12.5, quantity: 50, ts: 59 * second),
    // The watermark is two seconds behind, so this closes nothing yet, and the row after it is not late.
    Trade(symbol: "ACME", price: 11.0, quantity: 10, ts: 61 * second),
    Trade(symbol: "ACME", price: 9.5, quantity: 200, ts: 58 * second),
    // This one closes the first minute; the row after it comes too late for that.
    Trade(symbol: "OTHR", price: 51.0, quantity: 20, ts: 62 * second),
    Trade(symbol: "ACME", price: 99.0, quantity: 1, ts: 30 * second),
])
try pipeline.finish()
print("\(pipeline.counters.rowsIn) trades, \(pipeline.counters.lateRows) late, \(pipeline.counters.rowsOut) candles")
