import LaminarRuntime
import Testing

@Suite struct EventTimeOperatorTests {
    @Test(arguments: hops + sessions, [false, true])
    private func `panes and kept sessions give the rows and late counts of the naive reference`(_ test: Case, raisesByRows: Bool) throws {
        let readings = randomReadings(500, seed: test.seed, disorder: test.disorder)
        var reference = Reference(windows: test.windows, lateness: test.lateness, delay: test.delay)
        for reading in readings { reference.add(reading) }
        let beforeEnd = reference.lines.count
        reference.advance(to: .max)
        for cut in [1, 7, 64, readings.count] {
            let chain = Chain(
                test.windows, lateness: test.lateness, delay: test.delay, emission: nil, path: .aggregation,
                raisesByRows: raisesByRows)
            try chain.push(readings, cut: cut)
            #expect(chain.lines.count == beforeEnd, "before the end, batches of \(cut)")
            try chain.finish()
            #expect(
                sortedWithinWindows(chain.lines) == sortedWithinWindows(reference.lines), "batches of \(cut)")
            #expect(chain.lateRows == reference.lateRows)
        }
    }

    @Test(arguments: [Chain.Windows.hop(size: 1_000, slide: 300, offset: 7), .session(gap: 40)])
    private func `chunks that close nothing give the rows of the naive reference in any order of time`(windows: Chain.Windows) throws {
        let readings = randomReadings(1_500, seed: 12, disorder: 4_000)
        var reference = Reference(windows: windows, lateness: 0, delay: 120_000)
        for reading in readings { reference.add(reading) }
        reference.advance(to: .max)
        #expect(reference.lines.count > 200)
        for cut in [1, 7, 64, 256, readings.count] {
            let chain = Chain(
                windows, lateness: 0, delay: 120_000, emission: nil, path: .aggregation, raisesByRows: true)
            try chain.push(readings, cut: cut)
            try chain.finish()
            #expect(sortedWithinWindows(chain.lines) == sortedWithinWindows(reference.lines), "batches of \(cut)")
            #expect(chain.lateRows == reference.lateRows)
        }
    }

    @Test(arguments: hops + sessions)
    private func `windows that close give the rows and late counts of the naive reference`(_ test: Case) throws {
        let readings = randomReadings(500, seed: test.seed, disorder: test.disorder)
        var reference = Reference(windows: test.windows, lateness: test.lateness, delay: test.delay)
        for reading in readings { reference.add(reading) }
        let beforeEnd = reference.lines.count
        reference.advance(to: .max)
        #expect(beforeEnd > 20)
        #expect(reference.lateRows > 0)
        for cut in [1, 7, 64, readings.count] {
            let chain = Chain(test.windows, lateness: test.lateness, delay: test.delay, emission: nil)
            try chain.push(readings, cut: cut)
            #expect(chain.lines.count == beforeEnd, "before the end, batches of \(cut)")
            try chain.finish()
            #expect(chain.lines == reference.lines, "batches of \(cut)")
            #expect(chain.lateRows == reference.lateRows)
        }
    }

    @Test(arguments: hops + sessions, [nil, WindowEmission.changes])
    private func `a restored chain continues as if nothing had happened`(
        _ test: Case, emission: WindowEmission?
    ) throws {
        try restore(test, emission, path: .operatorInFront)
        if case .session = test.windows, emission != nil { return }
        try restore(test, emission, path: .aggregation)
    }

    private func restore(_ test: Case, _ emission: WindowEmission?, path: Chain.Path) throws {
        let readings = randomReadings(400, seed: test.seed, disorder: test.disorder)
        func chain() -> Chain {
            Chain(test.windows, lateness: test.lateness, delay: test.delay, emission: emission, path: path)
        }
        let whole = chain()
        try whole.push(readings, cut: 1)
        try whole.finish()
        var random = Seeded(test.seed)
        for _ in 0..<3 {
            let at = Int.random(in: 0...readings.count, using: &random)
            let first = chain()
            try first.push(Array(readings[..<at]), cut: 7)
            let second = chain()
            try second.restore(first.snapshot())
            #expect(second.snapshot() == first.snapshot(), "what was restored encodes to the same bytes")
            second.upstream = first.upstream
            try second.push(Array(readings[at...]), cut: 64)
            try second.finish()
            if emission == nil {
                #expect(first.lines + second.lines == whole.lines, "restored at row \(at)")
            } else {
                #expect(materialised(first.lines + second.lines) == materialised(whole.lines))
            }
            #expect(second.lateRows == whole.lateRows)
        }
    }

    @Test(arguments: hops, [WindowEmission.changes, .afterWatermark])
    private func `changing windows come to the result of windows that close`(
        _ test: Case, emission: WindowEmission
    ) throws {
        for path in Chain.Path.allCases { try changes(test, emission, path) }
    }

    private func changes(_ test: Case, _ emission: WindowEmission, _ path: Chain.Path) throws {
        let readings = randomReadings(500, seed: test.seed, disorder: test.disorder)
        var reference = Reference(windows: test.windows, lateness: test.lateness, delay: test.delay)
        for reading in readings { reference.add(reading) }
        reference.advance(to: .max)
        for cut in [1, 7, readings.count] {
            let chain = Chain(
                test.windows, lateness: test.lateness, delay: test.delay, emission: emission, path: path)
            try chain.push(readings, cut: cut)
            try chain.finish()
            #expect(materialised(chain.lines) == materialised(reference.lines.map { "+ " + $0 }), "batches of \(cut)")
            #expect(chain.lateRows == reference.lateRows)
            if emission == .afterWatermark, test.lateness == 0 {
                #expect(!chain.lines.contains { $0.hasPrefix("-") }, "without lateness nothing is taken back")
            }
        }
    }

    @Test(arguments: hops.prefix(3) + hops.suffix(2), [WindowEmission.changes, .onCloseOfUpdates])
    private func `rows that are taken back leave no trace`(_ test: Case, emission: WindowEmission) throws {
        for path in Chain.Path.allCases { try takeBack(test, emission, path) }
    }

    private func takeBack(_ test: Case, _ emission: WindowEmission, _ path: Chain.Path) throws {
        // Each third row is taken back at once or a few rows later, before any window closes.
        var readings: [Reading] = []
        var kept: [Reading] = []
        var pending: [Reading] = []
        for (index, reading) in randomReadings(300, seed: test.seed, disorder: 0).enumerated() {
            readings.append(reading)
            if index % 3 == 0 {
                var back = reading
                back.weight = -1
                pending.append(back)
            } else {
                kept.append(reading)
            }
            if index % 10 == 9 {
                readings += pending
                pending = []
            }
        }
        readings += pending
        let delay: Int64 = 1 << 40
        let chain = Chain(
            test.windows, lateness: 0, delay: delay, emission: emission, isWeighted: true, path: path)
        try chain.push(readings, cut: 7)
        try chain.finish()
        var reference = Reference(windows: test.windows, lateness: 0, delay: delay)
        for reading in kept { reference.add(reading) }
        reference.advance(to: .max)
        if emission == .onCloseOfUpdates {
            #expect(chain.lines.sorted() == reference.lines.sorted())
        } else {
            #expect(materialised(chain.lines) == materialised(reference.lines.map { "+ " + $0 }))
        }
    }

    @Test(arguments: sessions, [true, false])
    private func `sessions split when a row between them is taken back`(_ test: Case, closes: Bool) throws {
        guard case .session(let gap) = test.windows else { return }
        let readings = randomReadings(120, seed: test.seed, disorder: test.disorder)
        let removed = Set(stride(from: 0, to: readings.count, by: 4))
        var all = readings
        for index in removed.sorted() {
            var back = readings[index]
            back.weight = -1
            all.append(back)
        }
        var operators = SessionWindows(
            types: Reading.types, columns: Reading.types.count, time: 0, keys: [1], gap: gap, closes: closes,
            nullEventTime: .fail)
        let output = ColumnBatch(types: operators.outputTypes)
        var lines: [String] = []
        for reading in all {
            let batch = makeBatch([reading][...], weighted: true)
            try batch.withView { try operators.push($0, into: output) }
            lines += LaminarRuntimeTests.lines(of: output)
            output.clear()
        }
        try operators.advance(to: endOfInput, into: output)
        lines += LaminarRuntimeTests.lines(of: output)
        var expected: [String: Int] = [:]
        let reference = Reference(windows: test.windows, lateness: 0, delay: 0)
        let kept = readings.indices.filter { !removed.contains($0) }.map { readings[$0] }
        for region in Set(kept.map(\.region)) {
            for session in reference.sessions(of: kept.filter { $0.region == region }, gap: gap) {
                let (start, end) = (session[0].time ?? 0, (session.last?.time ?? 0) + gap)
                expected["\(region ?? "-") \(start) \(end)", default: 0] += session.count
            }
        }
        var actual: [String: Int] = [:]
        for line in closes ? lines.map({ "+ " + $0 }) : lines {
            let cells = line.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            let region = cells[1] == "NULL" ? "-" : String(cells[1].dropFirst().dropLast())
            let key = "\(region) \(cells[cells.count - 3]) \(cells[cells.count - 2])"
            actual[key, default: 0] += line.hasPrefix("+") ? 1 : -1
            if actual[key] == 0 { actual[key] = nil }
        }
        #expect(actual == expected)
    }

    @Test(arguments: [1, 7, 400])
    func `rows held back come out in order of their event time, and late ones are counted`(cut: Int) throws {
        let readings = randomReadings(400, seed: 21, disorder: 300)
        var order = EventTimeOrder(types: Reading.types, time: 0, lateness: 50, nullEventTime: .fail)
        let output = ColumnBatch(types: Reading.types)
        var upstream = WatermarkTracker()
        var times: [Int64] = []
        func drain() {
            for row in 0..<output.rowCount { times.append(output.values(0, as: Int64.self)[row]) }
            output.clear()
        }
        var from = 0
        while from < readings.count {
            let to = min(from + cut, readings.count)
            let batch = makeBatch(readings[from..<to])
            for (row, reading) in readings[from..<to].enumerated() {
                if upstream.observe(reading.time.map { $0 - 100 }) {
                    batch.steps.append(WatermarkStep(row: row + 1, watermark: upstream.watermark))
                }
            }
            try batch.withView { try order.push($0, into: output) }
            drain()
            // A restart in between changes nothing.
            var writer = StateWriter(fingerprint: "order")
            order.encode(to: &writer)
            var reader = try StateReader(writer.finish(), fingerprint: "order")
            try order.restore(from: &reader)
            from = to
        }
        try order.advance(to: endOfInput, into: output)
        drain()
        var expected: [Int64] = []
        var late: Int64 = 0
        var watermark = Int64.min
        for reading in readings {
            let time = reading.time ?? 0
            if watermark != .min, time + 50 < watermark { late += 1 } else { expected.append(time) }
            watermark = max(watermark, time - 100)
        }
        #expect(late > 0)
        #expect(times == expected.sorted())
        #expect(order.counters.lateRows == late)
    }

    @Test(arguments: [1, 7, 400], [Int64(0), 350])
    func `late rows are those that the aggregation drops`(cut: Int, lateness: Int64) throws {
        let readings = randomReadings(400, seed: 31, disorder: 300)
        var reference = TumblingReference(size: 500, offset: 20, lateness: lateness, delay: 100)
        var expected: [Int64] = []
        for reading in readings where reading.passes == true {
            let before = reference.lateRows
            reference.add(reading)
            if reference.lateRows > before { expected.append(reading.time ?? 0) }
        }
        var late = LateRows(
            types: Reading.types, columns: Reading.types.count, time: 0,
            windows: TumblingWindows(size: 500, offset: 20), lateness: lateness)
        let output = ColumnBatch(types: Reading.types)
        var upstream = WatermarkTracker()
        let rows = readings.filter { $0.passes == true }
        var from = 0
        while from < rows.count {
            let to = min(from + cut, rows.count)
            let batch = makeBatch(rows[from..<to])
            for (row, reading) in rows[from..<to].enumerated() {
                if upstream.observe(reading.time.map { $0 - 100 }) {
                    batch.steps.append(WatermarkStep(row: row + 1, watermark: upstream.watermark))
                }
            }
            try batch.withView { try late.push($0, into: output) }
            var writer = StateWriter(fingerprint: "late")
            late.encode(to: &writer)
            var reader = try StateReader(writer.finish(), fingerprint: "late")
            try late.restore(from: &reader)
            from = to
        }
        #expect(!expected.isEmpty)
        #expect((0..<output.rowCount).map { output.values(0, as: Int64.self)[$0] } == expected)
    }

    @Test(arguments: Chain.Path.allCases)
    func `two rows exactly the gap apart are one session, and a microsecond more are two`(path: Chain.Path) throws {
        for (distance, count) in [(Int64(10), 1), (11, 2)] {
            let chain = Chain(.session(gap: 10), lateness: 0, delay: 1_000, emission: nil, path: path)
            try chain.push([Reading(time: 0), Reading(time: distance)], cut: 1)
            try chain.finish()
            #expect(chain.lines.count == count)
        }
    }

    @Test(arguments: Chain.Path.allCases)
    func `a late row that bridges two sessions merges them, and a forgotten session is not woken`(
        path: Chain.Path
    ) throws {
        let chain = Chain(.session(gap: 10), lateness: 0, delay: 15, emission: nil, path: path)
        try chain.push([0, 20, 10].map { Reading(time: $0) }, cut: 1)
        // 45 closes the session [0, 30); 31 is not late: its window ends at 41, behind the watermark of 30.
        try chain.push([45, 31, 5].map { Reading(time: $0) }, cut: 1)
        try chain.finish()
        #expect(chain.lines == ["NULL 0 30 3 NULL", "NULL 31 41 1 NULL", "NULL 45 55 1 NULL"])
        #expect(chain.lateRows == 1)
    }

    @Test(arguments: Chain.Path.allCases) func `windows reach to the ends of time`(path: Chain.Path) throws {
        let chain = Chain(
            .hop(size: 1_000_000, slide: 300_000, offset: 7), lateness: 3, delay: 0, emission: nil, path: path)
        try chain.push([.min, -1, 0, .max].map { Reading(time: $0) }, cut: 4)
        try chain.finish()
        #expect(chain.lateRows == 0)
        #expect(!chain.lines.isEmpty)
    }
}
