import LaminarRuntime
import Testing

/// A running aggregation that is fed readings in batches.
private final class Runner<Program: GroupProgram> {
    var aggregate: RunningAggregate<CompiledAggregate<Program>>
    let output = ColumnBatch(types: Program.outputTypes)

    init(_ program: Program, policies: RowPolicies = RowPolicies()) {
        aggregate = RunningAggregate(CompiledAggregate(program), policies: policies)
    }

    /// Pushes one batch and returns its changes.
    func push(_ readings: ArraySlice<Reading>, weighted: Bool = false) throws -> [String] {
        try makeBatch(readings, weighted: weighted).withView { view in try aggregate.push(view, into: output) }
        return drain()
    }

    func drain() -> [String] {
        defer { output.clear() }
        return lines(of: output)
    }

    func snapshot() -> [UInt8] {
        var writer = StateWriter(fingerprint: "totals")
        aggregate.encode(to: &writer)
        return writer.finish()
    }

    func restore(_ snapshot: [UInt8]) throws {
        var reader = try StateReader(snapshot, fingerprint: "totals")
        try aggregate.restore(from: &reader)
        try reader.finish()
    }
}

/// Rows, and deletions of rows that were inserted before.
private func randomChanges(_ count: Int, seed: UInt64) -> [Reading] {
    var random = Seeded(seed)
    var live: [Reading] = []
    return randomReadings(count, seed: seed, disorder: 0).map { reading in
        if !live.isEmpty, Int.random(in: 0..<9, using: &random) < 4 {
            var reading = live.remove(at: Int.random(in: 0..<live.count, using: &random))
            reading.weight = -1
            return reading
        }
        live.append(reading)
        return reading
    }
}

private func consolidated(_ changes: [String]) -> [String: Int] {
    var rows: [String: Int] = [:]
    for change in changes { rows[String(change.dropFirst(2)), default: 0] += change.hasPrefix("+") ? 1 : -1 }
    return rows.filter { $0.value != 0 }
}

@Suite struct RunningAggregateTests {
    @Test(arguments: [1, 7, 64, 1_200], [1, 2, 3] as [UInt64])
    func `the changes are the difference that each batch makes`(cut: Int, seed: UInt64) throws {
        let readings = randomChanges(1_200, seed: seed)
        let runner = Runner(TotalsProgram())
        var groups: [String?: [Reading]] = [:]
        var from = 0
        while from < readings.count {
            let to = min(from + cut, readings.count)
            var order: [String?] = []
            let before = groups
            for reading in readings[from..<to] where reading.passes == true {
                if !order.contains(reading.region) { order.append(reading.region) }
                if reading.weight > 0 {
                    groups[reading.region, default: []].append(reading)
                } else if let index = groups[reading.region]?.firstIndex(where: {
                    $0.value == reading.value && $0.price == reading.price
                }) {
                    groups[reading.region]?.remove(at: index)
                }
            }
            var expected: [String] = []
            for region in order {
                let old = TotalsProgram.resultLine(before[region] ?? [])
                let new = TotalsProgram.resultLine(groups[region] ?? [])
                if old == new { continue }
                if let old { expected.append("- " + old) }
                if let new { expected.append("+ " + new) }
            }
            let changes = try runner.push(readings[from..<to], weighted: true)
            try #require(changes == expected, "batch at row \(from)")
            from = to
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `the sum of all changes does not depend on batching or on a restart`(seed: UInt64) throws {
        let readings = randomChanges(900, seed: seed)
        var random = Seeded(seed)
        var results: [[String: Int]] = []
        for cut in [1, 7, 900] {
            let restart = Int.random(in: 0..<900, using: &random)
            var runner = Runner(TotalsProgram())
            var changes: [String] = []
            var from = 0
            while from < readings.count {
                let to =
                    from <= restart ? min(from + cut, restart + 1, readings.count) : min(from + cut, readings.count)
                changes += try runner.push(readings[from..<to], weighted: true)
                if to == restart + 1 {
                    let snapshot = runner.snapshot()
                    runner = Runner(TotalsProgram())
                    try runner.restore(snapshot)
                    #expect(runner.snapshot() == snapshot)
                }
                from = to
            }
            results.append(consolidated(changes))
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test func `a group of which all rows are taken back disappears and can come again`() throws {
        let runner = Runner(TotalsProgram())
        #expect(try runner.push([Reading(region: "eu", value: 20)]) == ["+ 'eu' 1 20 NULL 1"])
        let deletion = [Reading(region: "eu", value: 20, weight: -1)]
        #expect(try runner.push(deletion[...], weighted: true) == ["- 'eu' 1 20 NULL 1"])
        #expect(try runner.push([Reading(region: "eu", value: 30)]) == ["+ 'eu' 1 30 NULL 1"])
    }

    @Test func `what does not change a result does not come out`() throws {
        let runner = Runner(TotalsProgram())
        _ = try runner.push([Reading(region: "eu", value: 20)])
        let unchanged = [Reading(region: "eu", value: 30), Reading(region: "eu", value: 30, weight: -1)]
        #expect(try runner.push(unchanged[...], weighted: true) == [])
    }

    @Test func `an aggregation without group by has its row from the start`() throws {
        let runner = Runner(GrandTotalProgram())
        try runner.aggregate.begin(into: runner.output)
        #expect(runner.drain() == ["+ 0 NULL"])
        try runner.aggregate.begin(into: runner.output)
        #expect(runner.drain() == [])
        #expect(try runner.push([Reading(value: 4), Reading()]) == ["- 0 NULL", "+ 2 4"])
        let restored = Runner(GrandTotalProgram())
        try restored.restore(runner.snapshot())
        #expect(try restored.push([Reading(value: 1)]) == ["- 2 4", "+ 3 5"])
    }

    @Test func `aggregates that cannot take rows back refuse them by row`() throws {
        let runner = Runner(GrandTotalProgram())
        #expect(throws: PipelineError.retractionNotSupported(row: 1)) {
            _ = try runner.push([Reading(value: 4), Reading(value: 4, weight: -1)], weighted: true)
        }
    }

    @Test(arguments: [1, 64])
    func `rows that fail are skipped and counted where the policy says so`(cut: Int) throws {
        let readings = (0..<64).map { Reading(region: "eu", value: $0 % 16 == 3 ? 13 : 20) }
        let runner = Runner(TotalsProgram(), policies: RowPolicies(evaluationError: .divert))
        var changes: [String] = []
        var diverted = 0
        for from in stride(from: 0, to: 64, by: cut) {
            changes += try runner.push(readings[from..<from + cut])
            diverted += runner.aggregate.diverted.count
        }
        #expect(changes.last == "+ 'eu' 60 1200 NULL 1")
        #expect(runner.aggregate.counters.evaluationErrors == 4)
        #expect(diverted == 4)
    }

    @Test func `a watermark passes through`() throws {
        let runner = Runner(TotalsProgram())
        let batch = makeBatch([Reading(region: "eu"), Reading(region: "us")])
        batch.steps = [WatermarkStep(row: 1, watermark: 5), WatermarkStep(row: 2, watermark: 9)]
        try batch.withView { try runner.aggregate.push($0, into: runner.output) }
        #expect(runner.output.steps == [WatermarkStep(row: 2, watermark: 9)])
    }
}
