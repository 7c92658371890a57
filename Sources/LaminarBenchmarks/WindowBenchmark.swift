import Glibc
internal import LaminarColumns
internal import LaminarRuntime
import LaminarTypes
package import WindowQueries

/// What aggregations by key over windows cost, over rows that are made in memory, a block at a time and outside of what is
/// measured: a block fits into the second-level cache, as what a decoder has just made does.
package struct WindowBenchmark {
    package typealias Query = WindowQuery

    /// Where keys lie among all numbers.
    package enum Spread: String, CaseIterable, Sendable {
        /// One after the other, as numbers that are given out are.
        case close
        /// Anywhere in 64 bits.
        case wide
    }

    package var query = Query.tumbling
    package var keys = 10_000
    package var spread = Spread.close
    /// nil: twenty a key, but twenty million at least.
    package var rows: Int?
    /// In a window, or in the gap of sessions twice, on average.
    package var rowsPerKey = 100
    /// Seconds by which rows are out of order.
    package var disorderSeconds = 0
    package var batchRows = 1024
    /// Rows before those that are measured, by which tables and batches have grown to their size.
    package var warmUpRows = 0
    /// Whether the watermark is raised from outside after each push.
    package var raisesWatermark = false
    package var isCompiled = true

    package init() {}

    package struct Result: Sendable {
        package var nanosecondsPerRow: Double
        package var rows: Int
        package var rowsOut: Int64
    }

    private static let blockRows = 16_384
    private static let windowMicroseconds: Int64 = 10_000_000
    /// A row of a key every five seconds, so that most sessions last and some end.
    private static let sessionMicroseconds: Int64 = 5_000_000
    private static let firstTime: Int64 = 1_436_918_400_000_000

    private var allRows: Int { rows ?? max(20 * keys, 20_000_000) }

    /// The fastest of some runs, each of which has been checked.
    package func run(repetitions: Int) throws(BenchmarkError) -> Result {
        if disorderSeconds > 0, query != .disordered { throw BenchmarkError("only the query 'disordered' takes disorder") }
        if disorderSeconds >= 60 { throw BenchmarkError("rows may be less than a minute out of order") }
        if query == .sessions, rowsPerKey != 100 { throw BenchmarkError("sessions have no rows per window") }
        var best: Result?
        for _ in 0..<max(repetitions, 1) {
            let result = try measure()
            if best == nil || result.nanosecondsPerRow < (best?.nanosecondsPerRow ?? 0) { best = result }
        }
        guard let best else { throw BenchmarkError("nothing was measured") }
        return best
    }

    private func time(_ row: Int) -> Int64 {
        // Sound: less than 2^33 rows, and a product below 2^63.
        let unit = query == .sessions ? Self.sessionMicroseconds : Self.windowMicroseconds
        let span = query == .sessions ? keys : keys * rowsPerKey
        return Self.firstTime + Int64(row) * unit / Int64(span)
    }

    private func key(_ number: Int) -> Int64 {
        switch spread {
        case .close: return 1_000_000 + Int64(number)
        case .wide:
            var word = UInt64(number) &+ 0x9e37_79b9_7f4a_7c15
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int64(bitPattern: word ^ (word >> 31))
        }
    }

    private func measure() throws(BenchmarkError) -> Result {
        let pipeline = try isCompiled ? query.makeCompiledPipeline() : query.makeInterpretedPipeline()
        let sink = SummingSink(hasAverage: query != .sessions)
        pipeline.onOutput = { _, batch in sink.take(batch) }
        let names = pipeline.interface.sources[0].columns.map(\.name)
        let batch = ColumnBatch(types: names.map { _ in .int64 }, capacity: Self.blockRows)
        let columns = ["key", "value", "ts"].map { name in batch.values(names.firstIndex(of: name) ?? 0, as: Int64.self) }
        let views = UnsafeMutablePointer<ColumnView>.allocate(capacity: names.count)
        defer { views.deallocate() }
        var expected = SummingSink.Sums()
        // Each key's last row: the end of its window's number, of which up to sixteen are open, or the time up to which its
        // session lasts.
        let slots = query == .disordered ? 16 : 1
        var lastWindow = [UInt8](repeating: 0, count: query == .sessions ? 0 : keys * slots)
        var lastTime = [Int64](repeating: .min, count: query == .sessions ? keys : 0)
        let allRows = allRows + warmUpRows
        var state: UInt64 = 42
        var seconds = 0.0
        var done = 0
        do throws(PipelineError) {
            while done < allRows {
                let count = min(Self.blockRows, allRows - done)
                for row in 0..<count {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let number = Int(((state >> 32) &* UInt64(keys)) >> 32)
                    let value = Int64(bitPattern: state >> 12 & 0xffff)
                    var ts = time(done + row)
                    if disorderSeconds > 0 {
                        let strayed = (state >> 3 & 0xffff_ffff) &* UInt64(disorderSeconds * 1_000_000)
                        ts -= Int64(strayed >> 32)
                    }
                    columns[0][row] = key(number)
                    columns[1][row] = value
                    columns[2][row] = ts
                    expected.count += 1
                    expected.total &+= value
                    if query == .sessions {
                        if ts > lastTime[number] { expected.rows += 1 }
                        lastTime[number] = ts + Self.windowMicroseconds
                    } else {
                        let window = ts / Self.windowMicroseconds
                        let slot = number * slots + Int(window % Int64(slots))
                        let mark = UInt8(window % 240 + 1)
                        if lastWindow[slot] != mark { expected.rows += 1 }
                        lastWindow[slot] = mark
                    }
                }
                let isMeasured = done >= warmUpRows
                let measurement = try Measurement.of { () throws(PipelineError) in
                    var row = 0
                    while row < count {
                        let portion = min(batchRows, count - row)
                        for column in names.indices {
                            views[column] = ColumnView(values: batch.rawValues(column) + row * 8, validity: nil)
                        }
                        try pipeline.push(source: 0, BatchView(columns: UnsafePointer(views), rowCount: portion))
                        row += portion
                        if raisesWatermark { try pipeline.advanceWatermark(source: 0, to: columns[2][row - 1]) }
                    }
                    return 0
                }
                if isMeasured { seconds += measurement.processorSeconds }
                done += count
            }
            seconds += try Measurement.of { () throws(PipelineError) in
                try pipeline.finish()
                return 0
            }.processorSeconds
        } catch {
            throw BenchmarkError(error.description)
        }
        guard sink.sums == expected else { throw BenchmarkError("wrong result: \(sink.sums), expected \(expected)") }
        if let wrong = sink.wrongAverage { throw BenchmarkError("wrong average: \(wrong)") }
        return Result(
            nanosecondsPerRow: seconds / Double(allRows - warmUpRows) * 1e9, rows: allRows - warmUpRows,
            rowsOut: sink.sums.rows)
    }
}

/// Adds results up, and looks at the average of one row of each batch.
private final class SummingSink {
    struct Sums: Equatable {
        var rows: Int64 = 0
        var count: Int64 = 0
        var total: Int64 = 0
    }

    private(set) var sums = Sums()
    private(set) var wrongAverage: String?
    private let hasAverage: Bool

    init(hasAverage: Bool) { self.hasAverage = hasAverage }

    /// The columns key, window_start, count, total and, if there is one, average.
    func take(_ batch: BatchView) {
        let counts = ColumnReader<Int64>(batch, 2)
        let totals = NullableColumnReader<Int64>(batch, 3)
        var sums = sums
        for row in 0..<batch.rowCount {
            sums.count &+= counts[row]
            sums.total &+= totals[row] ?? 0
        }
        sums.rows &+= Int64(batch.rowCount)
        self.sums = sums
        guard hasAverage, batch.rowCount > 0 else { return }
        let row = batch.rowCount / 2
        guard let average = NullableColumnReader<Double>(batch, 4)[row], let total = totals[row] else {
            wrongAverage = "NULL"
            return
        }
        let right = Double(total) / Double(counts[row])
        if abs(average - right) > 1e-9 * max(abs(right), 1) { wrongAverage = "\(average) for \(total) / \(counts[row])" }
    }
}
