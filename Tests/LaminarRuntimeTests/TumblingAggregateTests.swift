import LaminarRuntime
import Testing

/// A tumbling aggregation that is fed readings in batches.
private final class Runner {
    typealias Operator = WindowAggregate<CompiledAggregate<MeterProgram>>

    var aggregate: Operator
    let output = ColumnBatch(types: MeterProgram.outputTypes)
    let windows: TumblingWindows
    let lateness: Int64
    let delay: Int64
    let usesSteps: Bool
    var lines: [String] = []
    var upstream = WatermarkTracker()

    init(
        size: Int64, offset: Int64 = 0, lateness: Int64, delay: Int64, usesSteps: Bool = false,
        reportsWatermark: Bool = true, policies: RowPolicies = RowPolicies()
    ) {
        windows = TumblingWindows(size: size, offset: offset)
        self.lateness = lateness
        self.delay = delay
        self.usesSteps = usesSteps
        aggregate = Operator(
            CompiledAggregate(MeterProgram()), windows: windows, lateness: lateness,
            watermark: usesSteps ? .steps : .rows(delay: delay), policies: policies,
            reportsWatermark: reportsWatermark)
    }

    func push(_ readings: ArraySlice<Reading>) throws {
        let batch = makeBatch(readings)
        if usesSteps {
            for (row, reading) in readings.enumerated() {
                if upstream.observe(reading.time.map { $0 - delay }) {
                    batch.steps.append(WatermarkStep(row: row + 1, watermark: upstream.watermark))
                }
            }
        }
        try batch.withView { view in try aggregate.push(view, into: output) }
        drain()
    }

    func finish() throws {
        try aggregate.advance(to: endOfInput, into: output)
        drain()
    }

    func drain() {
        lines += LaminarRuntimeTests.lines(of: output)
        output.clear()
    }

    func snapshot() -> [UInt8] {
        var writer = StateWriter(fingerprint: "meter")
        aggregate.encode(to: &writer)
        return writer.finish()
    }

    func restore(_ snapshot: [UInt8]) throws {
        var reader = try StateReader(snapshot, fingerprint: "meter")
        try aggregate.restore(from: &reader)
        try reader.finish()
    }
}

private func pushAll(_ readings: [Reading], cut: Int, into runner: Runner) throws {
    var from = 0
    while from < readings.count {
        let to = min(from + cut, readings.count)
        try runner.push(readings[from..<to])
        from = to
    }
}

struct Shape: CustomTestStringConvertible {
    var seed: UInt64
    var size: Int64
    var offset: Int64 = 0
    var lateness: Int64 = 0
    var delay: Int64 = 0
    var disorder: Int64 = 0
    var testDescription: String {
        "seed \(seed) size \(size) offset \(offset) lateness \(lateness) delay \(delay) disorder \(disorder)"
    }
}

private let shapes: [Shape] = [
    Shape(seed: 1, size: 1_000),
    Shape(seed: 2, size: 1_000, delay: 300, disorder: 200),
    Shape(seed: 3, size: 1_000, delay: 100, disorder: 900),
    Shape(seed: 4, size: 700, offset: 333, lateness: 450, delay: 200, disorder: 1_500),
    Shape(seed: 5, size: 100_000, delay: 1_000, disorder: 4_000),
    Shape(seed: 6, size: 7, delay: 40, disorder: 60),
    Shape(seed: 7, size: 1_000, delay: -200, disorder: 500),
]

@Suite struct TumblingAggregateTests {
    @Test(arguments: shapes)
    func `any batching gives the rows and late counts of the naive reference`(_ shape: Shape) throws {
        let readings = randomReadings(1_200, seed: shape.seed, disorder: shape.disorder)
        var reference = TumblingReference(
            size: shape.size, offset: shape.offset, lateness: shape.lateness, delay: shape.delay)
        for reading in readings { reference.add(reading) }
        let beforeEnd = reference.lines.count
        reference.advance(to: .max)
        #expect(reference.lateRows > 0)
        #expect(beforeEnd > 40)
        for usesSteps in [false, true] {
            for reportsWatermark in [false, true] {
                for cut in usesSteps == reportsWatermark ? [7, readings.count] : [1, 64] {
                    let runner = Runner(
                        size: shape.size, offset: shape.offset, lateness: shape.lateness, delay: shape.delay,
                        usesSteps: usesSteps, reportsWatermark: reportsWatermark)
                    try pushAll(readings, cut: cut, into: runner)
                    #expect(runner.lines.count == beforeEnd, "before the end, batches of \(cut)")
                    try runner.finish()
                    #expect(runner.lines == reference.lines, "batches of \(cut), steps \(usesSteps)")
                    #expect(runner.aggregate.counters.lateRows == reference.lateRows)
                    #expect(runner.aggregate.counters.rowsOut == reference.lines.count)
                }
            }
        }
    }

    @Test(arguments: shapes, [false, true])
    func `a restored operator continues as if nothing had happened`(_ shape: Shape, usesSteps: Bool) throws {
        let readings = randomReadings(1_000, seed: shape.seed, disorder: shape.disorder)
        var reference = TumblingReference(
            size: shape.size, offset: shape.offset, lateness: shape.lateness, delay: shape.delay)
        for reading in readings { reference.add(reading) }
        reference.advance(to: .max)
        var random = Seeded(shape.seed)
        for _ in 0..<4 {
            let at = Int.random(in: 0...readings.count, using: &random)
            func runner() -> Runner {
                Runner(
                    size: shape.size, offset: shape.offset, lateness: shape.lateness, delay: shape.delay,
                    usesSteps: usesSteps)
            }
            let first = runner()
            try pushAll(Array(readings[..<at]), cut: 7, into: first)
            let second = runner()
            try second.restore(first.snapshot())
            #expect(second.snapshot() == first.snapshot(), "what was restored encodes to the same bytes")
            second.upstream = first.upstream
            try pushAll(Array(readings[at...]), cut: 64, into: second)
            try second.finish()
            #expect(first.lines + second.lines == reference.lines, "restored at row \(at)")
            #expect(second.aggregate.counters.lateRows == reference.lateRows)
        }
    }

    @Test(arguments: shapes)
    func `the bytes of the state do not depend on batching`(_ shape: Shape) throws {
        let readings = randomReadings(1_000, seed: shape.seed, disorder: shape.disorder)
        for reportsWatermark in [false, true] {
            let snapshots = try [1, 7, 1_000].map { cut in
                let runner = Runner(
                    size: shape.size, offset: shape.offset, lateness: shape.lateness, delay: shape.delay,
                    reportsWatermark: reportsWatermark)
                try pushAll(readings, cut: cut, into: runner)
                return runner.snapshot()
            }
            #expect(Set(snapshots).count == 1)
        }
    }

    @Test(arguments: [Int64(1_000), 130])
    func `chunks that lie in many windows give the rows and the state of rows one by one`(size: Int64) throws {
        // The watermark is so far behind that hardly a chunk closes a window.
        let readings = randomReadings(2_500, seed: 11, disorder: 6_000)
        var reference = TumblingReference(size: size, offset: 0, lateness: 0, delay: 120_000)
        for reading in readings { reference.add(reading) }
        reference.advance(to: .max)
        #expect(reference.lines.count > 500)
        var snapshots: Set<[UInt8]> = []
        for cut in [1, 7, 64, 256, 1_000, readings.count] {
            let runner = Runner(size: size, lateness: 0, delay: 120_000)
            try pushAll(readings, cut: cut, into: runner)
            snapshots.insert(runner.snapshot())
            try runner.finish()
            #expect(runner.lines == reference.lines, "batches of \(cut)")
        }
        #expect(snapshots.count == 1)
    }

    @Test func `a row is judged against the watermark of the rows before it, not of its batch`() throws {
        let runner = Runner(size: 10, lateness: 0, delay: 0)
        try runner.push([Reading(time: 5), Reading(time: 30), Reading(time: 6), Reading(time: 31)])
        #expect(runner.aggregate.counters.lateRows == 1)
        let other = Runner(size: 10, lateness: 0, delay: 0)
        try other.push([Reading(time: 5), Reading(time: 6), Reading(time: 30), Reading(time: 31)])
        #expect(other.aggregate.counters.lateRows == 0)
    }

    @Test func `a filtered row raises the watermark and never counts as late`() throws {
        let runner = Runner(size: 10, lateness: 0, delay: 0)
        try runner.push([Reading(time: 5), Reading(time: 30, value: 113), Reading(time: 6, value: 113)])
        #expect(runner.lines == ["NULL NULL 0 10 1 0 NULL NULL NULL NULL 0"])
        #expect(runner.aggregate.counters.lateRows == 0)
        try runner.push([Reading(time: 6)])
        #expect(runner.aggregate.counters.lateRows == 1)
    }

    @Test func `windows cover times before the epoch and at the ends of time`() throws {
        let runner = Runner(size: 1_000_000, lateness: 3, delay: 5)
        let times: [Int64] = [
            .min, .min + 1, -9_000_000_000_000_000_000, -1, 0, 1, 9_000_000_000_000_000_000, .max - 1, .max,
        ]
        try runner.push(times.map { Reading(time: $0) }[...])
        try runner.finish()
        #expect(runner.aggregate.counters.lateRows == 0)
        let starts = runner.lines.map { String($0.split(separator: " ")[2]) }
        #expect(starts.count == 6)
        #expect(starts[0] == "\(Int64.min)")
        #expect(starts[2...3] == ["-1000000", "0"])
        #expect(runner.lines.last?.contains("\(Int64.max) 2 0") == true)
    }

    @Test func `an infinite time does not end the input`() throws {
        let runner = Runner(size: 10, lateness: 0, delay: 0)
        try runner.push([Reading(time: .max), Reading(time: .max)])
        #expect(runner.lines.isEmpty)
        #expect(runner.aggregate.watermark == .max - 1)
        try runner.finish()
        #expect(runner.lines.count == 1)
    }

    @Test func `a window waits for its lateness and counts what comes later`() throws {
        let runner = Runner(size: 10, lateness: 5, delay: 0)
        try runner.push([Reading(time: 1), Reading(time: 14)])
        #expect(runner.lines.isEmpty)
        try runner.push([Reading(time: 2), Reading(time: 15), Reading(time: 3)])
        #expect(runner.lines == ["NULL NULL 0 10 2 0 NULL NULL NULL NULL 0"])
        #expect(runner.aggregate.counters.lateRows == 1)
    }

    @Test func `a watermark from outside fires windows and never goes back`() throws {
        let runner = Runner(size: 10, lateness: 0, delay: 100)
        try runner.push([Reading(time: 1), Reading(time: 12)])
        try runner.aggregate.advance(to: 10, into: runner.output)
        try runner.aggregate.advance(to: 3, into: runner.output)
        #expect(runner.output.steps == [WatermarkStep(row: 1, watermark: 10)])
        runner.drain()
        #expect(runner.lines.count == 1)
        try runner.push([Reading(time: 9), Reading(time: 11)])
        #expect(runner.aggregate.counters.lateRows == 1)
    }

    @Test func `each firing is followed by its watermark step`() throws {
        let runner = Runner(size: 10, lateness: 2, delay: 0)
        let batch = makeBatch([1, 5, 13, 14, 27].map { Reading(time: $0) }[...])
        try batch.withView { try runner.aggregate.push($0, into: runner.output) }
        #expect(
            runner.output.steps == [WatermarkStep(row: 1, watermark: 11), WatermarkStep(row: 2, watermark: 25)])
    }

    @Test func `a null event time stops the query unless the filter drops the row`() throws {
        let runner = Runner(size: 10, lateness: 0, delay: 0)
        try runner.push([Reading(time: nil, value: 113), Reading(time: 1)])
        #expect(throws: PipelineError.nullEventTime(row: 1)) {
            try runner.push([Reading(time: 2), Reading(time: nil)])
        }
    }

    @Test func `a null event time is counted where the policy says skip`() throws {
        let runner = Runner(size: 10, lateness: 0, delay: 0, policies: RowPolicies(nullEventTime: .divert))
        try runner.push([Reading(time: 2), Reading(time: nil), Reading(time: 3)])
        #expect(runner.aggregate.counters.nullEventTimes == 1)
        #expect(runner.aggregate.diverted.map(\.row) == [1])
        try runner.finish()
        #expect(runner.lines == ["NULL NULL 0 10 2 0 NULL NULL NULL NULL 0"])
    }

    @Test(arguments: [1, 7, 600])
    func `an evaluation error names its row, whatever the batch`(cut: Int) throws {
        var readings = randomReadings(600, seed: 9, disorder: 0)
        readings[411].time = readings[410].time
        readings[411].value = 13
        let runner = Runner(size: 1_000, lateness: 0, delay: 0)
        var failure: (batch: Int, error: PipelineError)?
        var from = 0
        while from < readings.count, failure == nil {
            do {
                try runner.push(readings[from..<min(from + cut, readings.count)])
            } catch let error as PipelineError {
                failure = (from, error)
            }
            from += cut
        }
        #expect(failure?.error.sqlState == "22012")
        #expect(failure.map { $0.batch + ($0.error.row ?? -1) } == 411)
        #expect(failure?.error.site == 0)
    }

    @Test(arguments: [1, 7, 600])
    func `rows that fail are skipped and counted where the policy says so`(cut: Int) throws {
        var readings = randomReadings(600, seed: 10, disorder: 50)
        for row in [0, 5, 6, 7, 300, 599] { readings[row].value = 13 }
        var reference = TumblingReference(size: 1_000, lateness: 0, delay: 100)
        for reading in readings { reference.add(reading) }
        reference.advance(to: .max)
        let runner = Runner(
            size: 1_000, lateness: 0, delay: 100, policies: RowPolicies(evaluationError: .skip))
        try pushAll(readings, cut: cut, into: runner)
        try runner.finish()
        #expect(runner.lines == reference.lines)
        #expect(runner.aggregate.counters.evaluationErrors == 6)
    }

    @Test func `a sum that does not fit stops the query, or only its row is dropped`() throws {
        let overflow = [Reading(time: 1, value: .max), Reading(time: 2, value: .max), Reading(time: 3, device: 1)]
        let failing = Runner(size: 10, lateness: 0, delay: 0)
        try failing.push(overflow[...])
        #expect {
            try failing.finish()
        } throws: { error in
            (error as? PipelineError)?.sqlState == "22003" && (error as? PipelineError)?.site == 3
        }
        let skipping = Runner(size: 10, lateness: 0, delay: 0, policies: RowPolicies(evaluationError: .skip))
        try skipping.push(overflow[...])
        try skipping.finish()
        #expect(skipping.lines == ["NULL 1 0 10 1 0 NULL NULL NULL NULL 0"])
        #expect(skipping.aggregate.counters.evaluationErrors == 1)
    }

    @Test func `rows that take rows back are refused`() throws {
        let runner = Runner(size: 10, lateness: 0, delay: 0)
        let batch = makeBatch([Reading(time: 1), Reading(time: 1, weight: -1)], weighted: true)
        #expect(throws: PipelineError.retractionNotSupported(row: 1)) {
            try batch.withView { try runner.aggregate.push($0, into: runner.output) }
        }
    }

    @Test func `a damaged or foreign snapshot is an error, never a crash`() throws {
        let runner = Runner(size: 1_000, lateness: 0, delay: 100)
        try pushAll(randomReadings(300, seed: 3, disorder: 50), cut: 64, into: runner)
        let snapshot = runner.snapshot()
        let target = Runner(size: 1_000, lateness: 0, delay: 100)
        for length in 0..<snapshot.count where length % 37 == 0 || length < 64 {
            #expect(throws: StateError.self) { try target.restore(Array(snapshot[..<length])) }
        }
        #expect(throws: StateError.fingerprintMismatch(expected: "other", found: "meter")) {
            _ = try StateReader(snapshot, fingerprint: "other")
        }
        // Damage behind the checksum: every outcome but a crash is fine, the checksum being made anew.
        var random = Seeded(77)
        for _ in 0..<1_000 {
            var damaged = snapshot
            for _ in 0..<3 {
                let at = Int.random(in: 23..<damaged.count - 4, using: &random)
                damaged[at] = UInt8.random(in: 0...255, using: &random)
            }
            let checksum = damaged.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0.dropLast(4))) }
            for byte in 0..<4 { damaged[damaged.count - 4 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * byte)) }
            do {
                try target.restore(damaged)
                try target.finish()
            } catch {}
        }
    }
}
