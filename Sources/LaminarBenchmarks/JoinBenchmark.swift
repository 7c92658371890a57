import Glibc
package import JoinQueries
internal import LaminarColumns
internal import LaminarRuntime

/// What joins of two streams on a key and near times cost, over rows that are made in memory: both in the order of their
/// times, a row of one after a row of the other, with the watermark at each row's time.
package struct JoinBenchmark {
    package typealias Query = JoinQuery

    package var query = Query.interval
    /// Of each stream.
    package var rows = 1_000_000
    package var keys = 1000
    /// How many pairs there are for each row of both streams.
    package var pairs = 12
    package var batchRows = 1024
    package var isCompiled = true

    package init() {}

    package struct Result: Sendable {
        package var nanosecondsPerRow: Double
        package var rows: Int
        package var rowsOut: Int64
    }

    private static let firstTime: Int64 = 1_436_918_400_000_000
    /// Of the queries: how far times may be apart.
    private static let distance: Int64 = 1_000_000

    /// Microseconds from one row of a stream to the next.
    private var step: Int64 {
        // Of the rows in two seconds one in `keys` meets a given row; a pair is counted for both of its rows.
        let rowsInReach = query == .interval ? 2 * pairs * keys : 20 * keys
        return max(2, 2 * Self.distance / Int64(rowsInReach))
    }

    /// The fastest of some runs, each of which has been checked.
    package func run(repetitions: Int) throws(BenchmarkError) -> Result {
        let sides = [Side(self, isLeft: true), Side(self, isLeft: false)]
        let expected = expected(sides)
        var best: Result?
        for _ in 0..<max(repetitions, 1) {
            let pipeline = try isCompiled ? query.makeCompiledPipeline() : query.makeInterpretedPipeline()
            let sink = PairSink()
            pipeline.onOutput = { _, batch in sink.take(batch) }
            let names = pipeline.interface.sources.map(\.name)
            guard let orders = names.firstIndex(of: "orders"), let trades = names.firstIndex(of: "trades") else {
                throw BenchmarkError("the query has no sources 'orders' and 'trades' but \(names)")
            }
            let sources = [orders, trades]
            let columns = zip(sides, sources).map { side, source in
                pipeline.interface.sources[source].columns.map { side.column($0.name) }
            }
            let views = UnsafeMutablePointer<ColumnView>.allocate(capacity: 4)
            defer { views.deallocate() }
            let seconds: Double
            do throws(PipelineError) {
                seconds = try Measurement.of { () throws(PipelineError) in
                    var row = 0
                    while row < rows {
                        let portion = min(batchRows, rows - row)
                        for side in 0..<2 {
                            for (index, column) in columns[side].enumerated() {
                                views[index] = ColumnView(values: UnsafeRawPointer(column + row), validity: nil)
                            }
                            try pipeline.push(
                                source: sources[side], BatchView(columns: UnsafePointer(views), rowCount: portion))
                        }
                        row += portion
                    }
                    try pipeline.finish()
                    return 0
                }.processorSeconds
            } catch {
                throw BenchmarkError(error.description)
            }
            guard sink.sums == expected else { throw BenchmarkError("wrong result: \(sink.sums), expected \(expected)") }
            let result = Result(
                nanosecondsPerRow: seconds / Double(2 * rows) * 1e9, rows: 2 * rows, rowsOut: sink.sums.rows)
            if best == nil || result.nanosecondsPerRow < (best?.nanosecondsPerRow ?? 0) { best = result }
        }
        guard let best else { throw BenchmarkError("nothing was measured") }
        return best
    }

    /// The rows of one stream.
    private final class Side {
        let isLeft: Bool
        let ids: UnsafeMutablePointer<Int64>
        let keys: UnsafeMutablePointer<Int64>
        let prices: UnsafeMutablePointer<Int64>
        let times: UnsafeMutablePointer<Int64>

        init(_ benchmark: JoinBenchmark, isLeft: Bool) {
            self.isLeft = isLeft
            ids = .allocate(capacity: benchmark.rows)
            keys = .allocate(capacity: benchmark.rows)
            prices = .allocate(capacity: benchmark.rows)
            times = .allocate(capacity: benchmark.rows)
            var state: UInt64 = isLeft ? 7 : 42
            for row in 0..<benchmark.rows {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                ids[row] = Int64(row)
                keys[row] = Int64(((state >> 32) &* UInt64(benchmark.keys)) >> 32)
                prices[row] = Int64(bitPattern: state >> 12 & 0xffff)
                // Never at the time of a row of the other stream.
                times[row] = JoinBenchmark.firstTime + Int64(row) * benchmark.step + (isLeft ? 1 : 0)
            }
        }

        deinit { for column in [ids, keys, prices, times] { column.deallocate() } }

        func column(_ name: String) -> UnsafeMutablePointer<Int64> {
            switch name {
            case "id": ids
            case "key": keys
            case "price": prices
            default: times
            }
        }
    }

    /// What must come out: rows by row, key by key, without any state of a stream.
    private func expected(_ sides: [Side]) -> PairSink.Sums {
        var sums = PairSink.Sums()
        let (left, right) = (sides[0], sides[1])
        // The right rows of each key one behind another, in the order of their times.
        var ends = [Int](repeating: 0, count: keys + 1)
        for row in 0..<rows { ends[Int(right.keys[row]) + 1] += 1 }
        for key in 0..<keys { ends[key + 1] += ends[key] }
        var next = Array(ends.dropLast())
        var ordered = [Int](repeating: 0, count: rows)
        for row in 0..<rows {
            ordered[next[Int(right.keys[row])]] = row
            next[Int(right.keys[row])] += 1
        }
        // For each key the first row that is not before, and that is behind, what the left row reaches.
        var low = Array(ends.dropLast())
        var high = low
        for row in 0..<rows {
            let key = Int(left.keys[row])
            let time = left.times[row]
            let last = query == .interval ? time + Self.distance : time
            while low[key] < ends[key + 1], right.times[ordered[low[key]]] < time - Self.distance { low[key] += 1 }
            while high[key] < ends[key + 1], right.times[ordered[high[key]]] <= last { high[key] += 1 }
            let first = query == .interval ? low[key] : max(low[key], high[key] - 1)
            for match in ordered[first..<max(first, high[key])] {
                sums.rows += 1
                sums.left &+= left.ids[row]
                sums.right &+= right.ids[match]
                sums.leftPrices &+= left.prices[row]
                sums.rightPrices &+= right.prices[match]
                sums.mixed &+= left.ids[row] ^ right.ids[match]
            }
        }
        return sums
    }
}

/// Adds results up.
private final class PairSink {
    struct Sums: Equatable {
        var rows: Int64 = 0
        var left: Int64 = 0
        var right: Int64 = 0
        var leftPrices: Int64 = 0
        var rightPrices: Int64 = 0
        /// Of the two numbers of each pair together, so that wrong partners show.
        var mixed: Int64 = 0
    }

    private(set) var sums = Sums()

    /// The columns order_id, order_price, trade_id and trade_price, of which none is NULL in a row that stays.
    func take(_ batch: BatchView) {
        let (left, leftPrices) = (ColumnReader<Int64>(batch, 0), ColumnReader<Int64>(batch, 1))
        let (right, rightPrices) = (ColumnReader<Int64>(batch, 2), ColumnReader<Int64>(batch, 3))
        var sums = sums
        if let weights = batch.weights {
            for row in 0..<batch.rowCount {
                sums.rows &+= weights[row]
                sums.left &+= weights[row] &* left[row]
                sums.right &+= weights[row] &* right[row]
                sums.leftPrices &+= weights[row] &* leftPrices[row]
                sums.rightPrices &+= weights[row] &* rightPrices[row]
                sums.mixed &+= weights[row] &* (left[row] ^ right[row])
            }
        } else {
            sums.rows &+= Int64(batch.rowCount)
            for row in 0..<batch.rowCount {
                sums.left &+= left[row]
                sums.right &+= right[row]
                sums.leftPrices &+= leftPrices[row]
                sums.rightPrices &+= rightPrices[row]
                sums.mixed &+= left[row] ^ right[row]
            }
        }
        self.sums = sums
    }
}
