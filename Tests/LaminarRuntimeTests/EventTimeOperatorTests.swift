import LaminarRuntime
import Testing

/// Windows of several kinds, an operator that gives rows to them, and an aggregation behind it.
private final class Chain {
    enum Windows: Hashable {
        case hop(size: Int64, slide: Int64, offset: Int64)
        case cumulate(size: Int64, step: Int64, offset: Int64)
        case session(gap: Int64)
    }

    enum Assignment {
        case expander(WindowExpander)
        case sessions(SessionWindows)
    }

    let delay: Int64
    let isWeighted: Bool
    var assignment: Assignment
    var closing: TumblingAggregate<CompiledAggregate<RegionProgram>>?
    var changing: WindowChanges<CompiledAggregate<RegionProgram>>?
    let windowed: ColumnBatch
    let output = ColumnBatch(types: RegionProgram.outputTypes)
    var upstream = WatermarkTracker()
    var lines: [String] = []

    /// - Parameter emission: nil: the plain operator that closes windows.
    init(_ windows: Windows, lateness: Int64, delay: Int64, emission: WindowEmission?, isWeighted: Bool = false) {
        self.delay = delay
        self.isWeighted = isWeighted
        var panes: TumblingWindows
        var isSession = false
        switch windows {
        case .hop(let size, let slide, let offset):
            panes = .hopping(size: size, slide: slide, offset: offset)
            assignment = .expander(
                WindowExpander(
                    .hopping(size: size, slide: slide, offset: offset), types: Reading.types, time: 0,
                    nullEventTime: .fail))
        case .cumulate(let size, let step, let offset):
            panes = .cumulating(size: size, step: step, offset: offset)
            assignment = .expander(
                WindowExpander(
                    .cumulating(size: size, step: step, offset: offset), types: Reading.types, time: 0,
                    nullEventTime: .fail))
        case .session(let gap):
            panes = .sessions
            isSession = true
            assignment = .sessions(
                SessionWindows(
                    types: Reading.types, columns: Reading.types.count, time: 0, keys: [1], gap: gap,
                    lateness: lateness, closes: emission == nil, nullEventTime: .fail))
        }
        windowed = ColumnBatch(types: Reading.types + [.int64, .int64, .int64])
        let program = CompiledAggregate(RegionProgram(isSession: isSession))
        let rest = isSession ? 0 : lateness
        if let emission {
            changing = WindowChanges(program, windows: panes, lateness: rest, emission: emission)
        } else {
            closing = TumblingAggregate(program, windows: panes, lateness: rest, watermark: .steps)
        }
    }

    var lateRows: Int64 {
        let assigned: Int64 = if case .sessions(let sessions) = assignment { sessions.counters.lateRows } else { 0 }
        return assigned + (closing?.counters.lateRows ?? changing?.counters.lateRows ?? 0)
    }

    func push(_ readings: [Reading], cut: Int) throws {
        var from = 0
        while from < readings.count {
            let to = min(from + cut, readings.count)
            let batch = makeBatch(readings[from..<to], weighted: isWeighted)
            for (row, reading) in readings[from..<to].enumerated() {
                if upstream.observe(reading.time.map { $0 - delay }) {
                    batch.steps.append(WatermarkStep(row: row + 1, watermark: upstream.watermark))
                }
            }
            try batch.withView { view in
                switch assignment {
                case .expander(var expander):
                    try expander.push(view, into: windowed)
                    assignment = .expander(expander)
                case .sessions(var sessions):
                    try sessions.push(view, into: windowed)
                    assignment = .sessions(sessions)
                }
            }
            try drain()
            from = to
        }
    }

    func finish() throws {
        switch assignment {
        case .expander(var expander):
            try expander.advance(to: endOfInput, into: windowed)
            assignment = .expander(expander)
        case .sessions(var sessions):
            try sessions.advance(to: endOfInput, into: windowed)
            assignment = .sessions(sessions)
        }
        try drain()
    }

    private func drain() throws {
        try windowed.withView { view in
            try closing?.push(view, into: output)
            try changing?.push(view, into: output)
        }
        windowed.clear()
        lines += LaminarRuntimeTests.lines(of: output)
        output.clear()
    }

    func snapshot() -> [UInt8] {
        var writer = StateWriter(fingerprint: "chain")
        switch assignment {
        case .expander(let expander): expander.encode(to: &writer)
        case .sessions(let sessions): sessions.encode(to: &writer)
        }
        closing?.encode(to: &writer)
        changing?.encode(to: &writer)
        return writer.finish()
    }

    func restore(_ snapshot: [UInt8]) throws {
        var reader = try StateReader(snapshot, fingerprint: "chain")
        switch assignment {
        case .expander(var expander):
            try expander.restore(from: &reader)
            assignment = .expander(expander)
        case .sessions(var sessions):
            try sessions.restore(from: &reader)
            assignment = .sessions(sessions)
        }
        try closing?.restore(from: &reader)
        try changing?.restore(from: &reader)
        try reader.finish()
    }
}

/// What windows of any kind mean, row by row over lists of all rows: slow and plain.
private struct Reference {
    let windows: Chain.Windows
    let lateness: Int64
    let delay: Int64
    var watermark = Int64.min
    var lateRows: Int64 = 0
    /// Every row that counted, with its window (hop and cumulate).
    var open: [(reading: Reading, start: Int64, end: Int64)] = []
    /// The rows of live sessions.
    var live: [Reading] = []
    /// Result lines as windows close.
    var lines: [String] = []

    /// All windows that contain a time, found by trying every one near it.
    func containing(_ time: Int64) -> [(start: Int64, end: Int64)] {
        func floor(_ value: Int64, _ size: Int64) -> Int64 { Int64((Double(value) / Double(size)).rounded(.down)) }
        switch windows {
        case .hop(let size, let slide, let offset):
            let around = floor(time - offset, slide)
            let reach = size / slide + 2
            return (around - reach...around + reach).map { ($0 * slide + offset, $0 * slide + offset + size) }
                .filter { $0.0 <= time && time < $0.1 }
        case .cumulate(let size, let step, let offset):
            let start = floor(time - offset, size) * size + offset
            return stride(from: step, through: size, by: Int(step)).map { (start, start + Int64($0)) }
                .filter { time < $0.1 }
        case .session: return []
        }
    }

    /// The sessions that some rows of one region make.
    func sessions(of rows: [Reading], gap: Int64) -> [[Reading]] {
        var result: [[Reading]] = []
        for row in rows.sorted(by: { ($0.time ?? 0) < ($1.time ?? 0) }) {
            if let last = result.last?.last?.time, (row.time ?? 0) - last <= gap {
                result[result.count - 1].append(row)
            } else {
                result.append([row])
            }
        }
        return result
    }

    mutating func add(_ reading: Reading) {
        guard let time = reading.time else { return }
        if case .session(let gap) = windows {
            let others = live.filter { $0.region == reading.region }
            let mine = sessions(of: others + [reading], gap: gap).first { $0.contains { $0.time == time } } ?? []
            if (mine.last?.time ?? 0) + gap + lateness <= watermark { lateRows += 1 } else { live.append(reading) }
        } else {
            for (start, end) in containing(time) {
                if end + lateness <= watermark { lateRows += 1 } else { open.append((reading, start, end)) }
            }
        }
        advance(to: max(watermark, time - delay))
    }

    mutating func advance(to watermark: Int64) {
        self.watermark = watermark
        func isOver(_ end: Int64) -> Bool { watermark == .max || end + lateness <= watermark }
        if case .session(let gap) = windows {
            var closed: [(end: Int64, arrival: Int, line: String)] = []
            for region in Set(live.map(\.region)) {
                for rows in sessions(of: live.filter { $0.region == region }, gap: gap) {
                    let (start, last) = (rows[0].time ?? 0, rows.last?.time ?? 0)
                    if isOver(last + gap) {
                        let arrival = live.firstIndex { $0.region == region && start <= ($0.time ?? 0) && ($0.time ?? 0) <= last }
                        closed.append((last + gap, arrival ?? 0, RegionProgram.resultLine(rows, start, last + gap)))
                    }
                }
            }
            let kept = live.filter { row in
                let rows = sessions(of: live.filter { $0.region == row.region }, gap: gap)
                    .first { $0.contains { $0.time == row.time } } ?? []
                return !isOver((rows.last?.time ?? 0) + gap)
            }
            live = kept
            lines += closed.sorted { ($0.end, $0.arrival) < ($1.end, $1.arrival) }.map(\.line)
        } else {
            for end in Set(open.map(\.end)).filter(isOver).sorted() {
                let rows = open.filter { $0.end == end }
                var regions: [String?] = []
                for row in rows where !regions.contains(row.reading.region) { regions.append(row.reading.region) }
                for region in regions {
                    let group = rows.filter { $0.reading.region == region }
                    lines.append(RegionProgram.resultLine(group.map(\.reading), group[0].start, end))
                }
            }
            open.removeAll { isOver($0.end) }
        }
    }
}

/// A changelog's rows as a multiset.
private func materialised(_ lines: [String]) -> [String: Int] {
    var rows: [String: Int] = [:]
    for line in lines {
        let row = String(line.dropFirst(2))
        rows[row, default: 0] += line.hasPrefix("+") ? 1 : -1
        if rows[row] == 0 { rows[row] = nil }
    }
    return rows
}

private struct Case: CustomTestStringConvertible {
    var seed: UInt64
    var windows: Chain.Windows
    var lateness: Int64 = 0
    var delay: Int64 = 100
    var disorder: Int64 = 300
    var testDescription: String { "seed \(seed) \(windows) lateness \(lateness) delay \(delay)" }
}

private let hops: [Case] = [
    Case(seed: 1, windows: .hop(size: 1_000, slide: 500, offset: 0)),
    Case(seed: 2, windows: .hop(size: 1_000, slide: 300, offset: 70), lateness: 250),
    Case(seed: 3, windows: .hop(size: 300, slide: 1_000, offset: 0)),
    Case(seed: 4, windows: .hop(size: 700, slide: 701, offset: -20), lateness: 90),
    Case(seed: 5, windows: .hop(size: 50, slide: 7, offset: 3), disorder: 60),
    Case(seed: 6, windows: .cumulate(size: 1_000, step: 250, offset: 0)),
    Case(seed: 7, windows: .cumulate(size: 900, step: 300, offset: 130), lateness: 400),
]

private let sessions: [Case] = [
    Case(seed: 11, windows: .session(gap: 40)),
    Case(seed: 12, windows: .session(gap: 100), lateness: 150),
    Case(seed: 13, windows: .session(gap: 5), delay: 0, disorder: 50),
    Case(seed: 14, windows: .session(gap: 250), delay: 500, disorder: 900),
]

@Suite struct EventTimeOperatorTests {
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
        let readings = randomReadings(400, seed: test.seed, disorder: test.disorder)
        func chain() -> Chain { Chain(test.windows, lateness: test.lateness, delay: test.delay, emission: emission) }
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
        let readings = randomReadings(500, seed: test.seed, disorder: test.disorder)
        var reference = Reference(windows: test.windows, lateness: test.lateness, delay: test.delay)
        for reading in readings { reference.add(reading) }
        reference.advance(to: .max)
        for cut in [1, 7, readings.count] {
            let chain = Chain(test.windows, lateness: test.lateness, delay: test.delay, emission: emission)
            try chain.push(readings, cut: cut)
            try chain.finish()
            #expect(materialised(chain.lines) == materialised(reference.lines.map { "+ " + $0 }), "batches of \(cut)")
            #expect(chain.lateRows == reference.lateRows)
            if emission == .afterWatermark, test.lateness == 0 {
                #expect(!chain.lines.contains { $0.hasPrefix("-") }, "without lateness nothing is taken back")
            }
        }
    }

    @Test(arguments: hops.prefix(3), [nil, WindowEmission.changes, .onClose])
    private func `rows that are taken back leave no trace`(_ test: Case, emission: WindowEmission?) throws {
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
        guard let emission else { return }
        let delay: Int64 = 1 << 40
        let chain = Chain(test.windows, lateness: 0, delay: delay, emission: emission, isWeighted: true)
        try chain.push(readings, cut: 7)
        try chain.finish()
        var reference = Reference(windows: test.windows, lateness: 0, delay: delay)
        for reading in kept { reference.add(reading) }
        reference.advance(to: .max)
        if emission == .onClose {
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

    @Test func `two rows exactly the gap apart are one session, and a microsecond more are two`() throws {
        for (distance, count) in [(Int64(10), 1), (11, 2)] {
            let chain = Chain(.session(gap: 10), lateness: 0, delay: 1_000, emission: nil)
            try chain.push([Reading(time: 0), Reading(time: distance)], cut: 1)
            try chain.finish()
            #expect(chain.lines.count == count)
        }
    }

    @Test func `a late row that bridges two sessions merges them, and a forgotten session is not woken`() throws {
        let chain = Chain(.session(gap: 10), lateness: 0, delay: 15, emission: nil)
        try chain.push([0, 20, 10].map { Reading(time: $0) }, cut: 1)
        // 45 closes the session [0, 30); 31 is not late: its window ends at 41, behind the watermark of 30.
        try chain.push([45, 31, 5].map { Reading(time: $0) }, cut: 1)
        try chain.finish()
        #expect(chain.lines == ["NULL 0 30 3 NULL", "NULL 31 41 1 NULL", "NULL 45 55 1 NULL"])
        #expect(chain.lateRows == 1)
    }

    @Test func `windows reach to the ends of time`() throws {
        let chain = Chain(.hop(size: 1_000_000, slide: 300_000, offset: 7), lateness: 3, delay: 0, emission: nil)
        try chain.push([.min, -1, 0, .max].map { Reading(time: $0) }, cut: 4)
        try chain.finish()
        #expect(chain.lateRows == 0)
        #expect(!chain.lines.isEmpty)
    }
}
