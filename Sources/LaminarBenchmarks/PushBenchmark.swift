import Glibc
internal import LaminarColumns
internal import LaminarRuntime
internal import PushedQueries

/// What it costs to push rows in small portions: one by one, as arrays of structs, as small batches of columns.
package struct PushBenchmark {
    package enum Query: String, CaseIterable, Sendable {
        /// A projection over integers.
        case euros
        /// A keyed aggregation in tumbling windows.
        case windows
    }

    package enum Entry: String, CaseIterable, Sendable {
        case row, structs, columns
    }

    package struct Result: Sendable {
        package var nanosecondsPerRow: Double
        package var rowsOut: Int64
        /// From the call to the result, one row; nil where rows do not come alone.
        package var latency: Latency?
    }

    package struct Latency: Sendable, Equatable {
        package var median: Double
        package var percentile99: Double
        package var greatest: Double
    }

    /// Rows that are made at a time, outside of what is measured; they fit into the second-level cache.
    private static let blockRows = 16_384
    private static let keys: UInt64 = 10_000

    package static func run(
        _ query: Query, _ entry: Entry, portion: Int, rows: Int, repetitions: Int
    ) throws(BenchmarkError) -> Result {
        var best: Result?
        for _ in 0..<max(repetitions, 1) {
            let result =
                switch query {
                case .euros: try measure(EurosQuery(), entry, portion: portion, rows: rows)
                case .windows: try measure(WindowsQuery(), entry, portion: portion, rows: rows)
                }
            if best == nil || result.nanosecondsPerRow < (best?.nanosecondsPerRow ?? 0) { best = result }
        }
        guard var result = best else { throw BenchmarkError("nothing was measured") }
        if entry == .row, portion == 1, query == .euros { result.latency = try latency() }
        return result
    }

    private static func measure<Query: PushedQuery>(
        _ query: Query, _ entry: Entry, portion: Int, rows: Int
    ) throws(BenchmarkError) -> Result {
        if entry == .columns { query.receiveColumns() } else { query.receiveRows() }
        var numbers = BidNumbers()
        var expected = ResultSums()
        var windows = [Int64](repeating: -1, count: Int(keys))
        var seconds = 0.0
        var pushed = 0
        do throws(PipelineError) {
            while pushed < rows {
                let block = numbers.next(min(blockRows, rows - pushed), keys: keys)
                Query.expected(of: block, into: &expected, windows: &windows)
                switch entry {
                case .row:
                    let rows = block.map(Query.row)
                    seconds += try Measurement.of { () throws(PipelineError) in
                        try query.push(rows)
                        return 0
                    }.processorSeconds
                case .structs:
                    let arrays = stride(from: 0, to: block.count, by: portion).map { start in
                        block[start..<min(start + portion, block.count)].map(Query.row)
                    }
                    seconds += try Measurement.of { () throws(PipelineError) in
                        try query.push(arrays: arrays)
                        return 0
                    }.processorSeconds
                case .columns: seconds += try pushColumns(block, portion, query.pipeline)
                }
                pushed += block.count
            }
            try query.pipeline.finish()
        } catch {
            throw BenchmarkError(error.description)
        }
        guard query.received == expected else {
            throw BenchmarkError("wrong result: \(query.received), expected \(expected)")
        }
        return Result(nanosecondsPerRow: seconds / Double(rows) * 1e9, rowsOut: query.received.rows)
    }

    private static func pushColumns(
        _ block: [Bid], _ portion: Int, _ pipeline: any RunnablePipeline
    ) throws(PipelineError) -> Double {
        // A pipeline takes the columns that its queries read.
        let members = pipeline.interface.sources[0].columns.map { column -> KeyPath<Bid, Int64> in
            switch column.name {
            case "auction": \.auction
            case "bidder": \.bidder
            case "price": \.price
            default: \.ts
            }
        }
        let batch = ColumnBatch(types: members.map { _ in .int64 }, capacity: block.count)
        for (row, bid) in block.enumerated() {
            for (column, member) in members.enumerated() {
                batch.values(column, as: Int64.self)[row] = bid[keyPath: member]
            }
        }
        let views = UnsafeMutablePointer<ColumnView>.allocate(capacity: members.count)
        defer { views.deallocate() }
        return try Measurement.of { () throws(PipelineError) in
            var row = 0
            while row < block.count {
                let count = min(portion, block.count - row)
                for column in members.indices {
                    views[column] = ColumnView(values: batch.rawValues(column) + row * 8, validity: nil)
                }
                try pipeline.push(source: 0, BatchView(columns: UnsafePointer(views), rowCount: count))
                row += count
            }
            return 0
        }.processorSeconds
    }

    /// Clocks each push of a warm pipeline; what reading the clock costs is in it.
    private static func latency() throws(BenchmarkError) -> Latency {
        let query = EurosQuery()
        query.receiveRows()
        var numbers = BidNumbers()
        var times: [Double] = []
        let rounds = 20
        times.reserveCapacity(rounds * blockRows)
        do throws(PipelineError) {
            for round in 0..<rounds {
                for bid in numbers.next(blockRows, keys: keys).map(EurosQuery.row) {
                    let before = nanoseconds()
                    try query.push(bid)
                    let after = nanoseconds()
                    if round > 0 { times.append(Double(after - before)) }
                }
            }
        } catch {
            throw BenchmarkError(error.description)
        }
        times.sort()
        return Latency(
            median: times[times.count / 2], percentile99: times[times.count * 99 / 100],
            greatest: times[times.count - 1])
    }
}

private func nanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Bids whose times go up, ten thousand a second.
private struct BidNumbers {
    private var state: UInt64 = 42
    private var time: Int64 = 1_436_918_400_000_000

    mutating func next(_ count: Int, keys: UInt64) -> [Bid] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            time += 100
            return Bid(
                auction: Int64((state >> 33) % keys), bidder: Int64((state >> 20) & 0xfff),
                price: Int64((state >> 40) & 0xffff) + 1, ts: time)
        }
    }
}
