import Glibc
internal import LaminarColumns
internal import LaminarCompiler
internal import LaminarInterpreter
package import LaminarRuntime
internal import LaminarText
internal import RunningQueries

/// A keyed COUNT and SUM without a window: what new keys, known keys and rows that are taken back cost.
///
/// Each pass visits every key once, in an order that jumps about. `Tests/RunningCosts/running.cpp` is the same by hand.
package struct RunningBenchmark {
    package struct Result: Sendable {
        /// CPU nanoseconds per row: of the first pass, of the later ones, and of one that takes rows back.
        package var inserting: Double
        package var updating: Double
        package var retracting: Double?
        /// Of memory that the process has more after the passes than before.
        package var bytesPerKey: Double
        package var changes: Int64
        /// Of the changes of the last pass, so that a wrong result is noticed.
        package var checksum: UInt64
    }

    package var keys: Int
    /// Passes over all keys behind the first.
    package var passes: Int
    package var batchRows: Int
    /// Whether rows can be taken back, and the last pass is.
    package var retracts: Bool
    package var isCompiled: Bool

    package init(keys: Int, passes: Int, batchRows: Int, retracts: Bool, isCompiled: Bool) {
        self.keys = keys
        self.passes = passes
        self.batchRows = batchRows
        self.retracts = retracts
        self.isCompiled = isCompiled
    }

    package func run() throws(BenchmarkError) -> Result {
        let pipeline = try Self.makePipeline(retracts: retracts, isCompiled: isCompiled)
        let sums = UnsafeMutablePointer<ChangeSums>.allocate(capacity: 1)
        sums.initialize(to: ChangeSums())
        defer { sums.deallocate() }
        pipeline.onOutput = { _, batch in sums.pointee.take(batch) }
        let feed = PaymentFeed(keys: keys, batchRows: batchRows)
        let before = residentBytes()
        let inserting = try feed.pass(0, into: pipeline, weight: 1)
        let bytes = residentBytes() - before
        var updating = Double.infinity
        for pass in 1...max(passes, 1) {
            sums.pointee.checksum = 0
            updating = min(updating, try feed.pass(pass, into: pipeline, weight: 1))
        }
        var result = Result(
            inserting: inserting, updating: updating, retracting: nil, bytesPerKey: Double(bytes) / Double(keys),
            changes: sums.pointee.rows, checksum: sums.pointee.checksum)
        if retracts {
            result.retracting = try feed.pass(max(passes, 1), into: pipeline, weight: -1)
            result.changes = sums.pointee.rows
            result.checksum = sums.pointee.checksum
        }
        // A key has had a change for each pass but that of its last row, and a row for each.
        let each = Int64(2 * max(passes, 1) + 1 + (retracts ? 2 : 0))
        guard result.changes == Int64(keys) * each else {
            throw BenchmarkError("\(result.changes) changes came out instead of \(Int64(keys) * each)")
        }
        return result
    }

    package static func makePipeline(
        retracts: Bool, isCompiled: Bool
    ) throws(BenchmarkError) -> any RunnablePipeline {
        if isCompiled { return retracts ? makePipelineOfChanges() : makePipelineOfPayments() }
        let file = SourceFile(name: "payments.sql", bytes: retracts ? sqlOfChanges : sqlOfPayments)
        let compilation = compile(file)
        guard let plan = compilation.plan else {
            throw BenchmarkError("the query does not compile:\n\(compilation.diagnostics.rendered(in: file))")
        }
        do throws(UnsupportedPlan) {
            return try InterpretedPipeline(plan, file: file)
        } catch {
            throw BenchmarkError(error.description)
        }
    }
}

/// Adds up changes: their number, and keys, counts and sums by weight.
private struct ChangeSums {
    var rows: Int64 = 0
    var checksum: UInt64 = 0

    mutating func take(_ batch: BatchView) {
        guard batch.rowCount > 0, let weights = batch.weights else { return }
        // The last row stands for the batch: the sink is not what is measured, and has all columns at hand.
        let last = batch.rowCount - 1
        let key = batch.columns[0].value(last, as: Int64.self)
        let count = batch.columns[1].value(last, as: Int64.self)
        let sum = batch.columns[2].value(last, as: Int64.self)
        checksum &+= UInt64(bitPattern: (key &+ 31 &* count &+ 1009 &* sum) &* weights[last])
        rows += Int64(batch.rowCount)
    }
}

/// Batches of payments, made outside of what is measured.
package final class PaymentFeed {
    private let keys: Int
    private let batchRows: Int
    private let blockRows: Int
    private let accounts: UnsafeMutablePointer<Int64>
    private let amounts: UnsafeMutablePointer<Int64>
    private let weights: UnsafeMutablePointer<Int64>
    private let views: UnsafeMutablePointer<ColumnView>

    package init(keys: Int, batchRows: Int) {
        self.keys = keys
        self.batchRows = batchRows
        blockRows = max(batchRows, 1 << 16)
        accounts = .allocate(capacity: blockRows)
        amounts = .allocate(capacity: blockRows)
        weights = .allocate(capacity: blockRows)
        views = .allocate(capacity: 2)
    }

    deinit {
        accounts.deallocate()
        amounts.deallocate()
        weights.deallocate()
        views.deallocate()
    }

    /// Pushes a row for each key; CPU nanoseconds per row.
    @discardableResult package func pass(
        _ number: Int, into pipeline: any RunnablePipeline, weight: Int64
    ) throws(BenchmarkError) -> Double {
        var seconds = 0.0
        var done = 0
        while done < keys {
            let rows = min(blockRows, keys - done)
            for row in 0..<rows {
                // The multiplier has no factor in common with any number of keys that ends in zero.
                let place = UInt64(done + row) &* 2_654_435_761 % UInt64(keys)
                accounts[row] = Int64(place)
                amounts[row] = Int64(place % 1000) + Int64(number)
                weights[row] = weight
            }
            let start = threadSeconds()
            try push(rows, pipeline, isWeighted: weight != 1)
            seconds += threadSeconds() - start
            done += rows
        }
        return seconds * 1e9 / Double(keys)
    }

    private func push(_ rows: Int, _ pipeline: any RunnablePipeline, isWeighted: Bool) throws(BenchmarkError) {
        var from = 0
        while from < rows {
            let count = min(batchRows, rows - from)
            views[0] = ColumnView(values: UnsafeRawPointer(accounts + from), validity: nil)
            views[1] = ColumnView(values: UnsafeRawPointer(amounts + from), validity: nil)
            do throws(PipelineError) {
                try pipeline.push(
                    source: 0,
                    BatchView(
                        columns: UnsafePointer(views), rowCount: count,
                        weights: isWeighted ? UnsafePointer(weights + from) : nil))
            } catch {
                throw BenchmarkError(error.description)
            }
            from += count
        }
    }
}

private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Bytes of memory that the process has.
private func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 128)
    guard fgets(&text, 128, file) != nil else { return 0 }
    let fields = text.split(separator: CChar(32)).map { String(decoding: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}
