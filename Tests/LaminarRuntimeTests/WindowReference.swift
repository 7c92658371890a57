import LaminarRuntime
import Testing

/// Windows of several kinds, an operator that gives rows to them, and an aggregation behind it.
final class Chain {
    enum Windows: Hashable {
        case hop(size: Int64, slide: Int64, offset: Int64)
        case cumulate(size: Int64, step: Int64, offset: Int64)
        case session(gap: Int64)
    }

    enum Assignment {
        case expander(WindowExpander)
        case sessions(SessionWindows)
        /// Rows go to the aggregation as they are.
        case none
    }

    /// Who gives rows to windows.
    enum Path: CaseIterable {
        case operatorInFront, aggregation
    }

    let delay: Int64
    let isWeighted: Bool
    var assignment: Assignment
    var closing: WindowAggregate<CompiledAggregate<RegionProgram>>?
    var changing: WindowAggregate<CompiledAggregate<RegionProgram>>?
    var keeping: SessionAggregate<CompiledAggregate<RegionProgram>>?
    let windowed: ColumnBatch
    let output = ColumnBatch(types: RegionProgram.outputTypes)
    var upstream = WatermarkTracker()
    var lines: [String] = []

    /// - Parameters:
    ///   - emission: nil: windows that close, over rows that stay.
    ///   - path: who gives rows to windows.
    ///   - raisesByRows: whether rows raise the aggregation's watermark, not steps.
    init(
        _ windows: Windows, lateness: Int64, delay: Int64, emission: WindowEmission?, isWeighted: Bool = false,
        path: Path = .operatorInFront, raisesByRows: Bool = false
    ) {
        self.delay = delay
        self.isWeighted = isWeighted
        let isAssigned = path == .operatorInFront
        var panes: TumblingWindows
        var isSession = false
        switch windows {
        case .hop(let size, let slide, let offset):
            panes = .hopping(size: size, slide: slide, offset: offset, isAssigned: isAssigned)
            assignment = .expander(
                WindowExpander(
                    .hopping(size: size, slide: slide, offset: offset), types: Reading.types, time: 0,
                    nullEventTime: .fail))
        case .cumulate(let size, let step, let offset):
            panes = .cumulating(size: size, step: step, offset: offset, isAssigned: isAssigned)
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
        if !isAssigned { assignment = .none }
        windowed = ColumnBatch(types: Reading.types + [.int64, .int64, .int64])
        let program = CompiledAggregate(RegionProgram(isSession: isSession && isAssigned, isAssigned: isAssigned))
        let rest = isSession ? 0 : lateness
        let mode: WatermarkMode = raisesByRows ? .rows(delay: delay) : .steps
        if !isAssigned, case .session(let gap) = windows {
            keeping = SessionAggregate(program, gap: gap, lateness: lateness, watermark: mode)
        } else if let emission {
            changing = WindowAggregate(
                program, windows: panes, lateness: rest, emission: emission, watermark: .steps)
        } else {
            closing = WindowAggregate(
                program, windows: panes, lateness: rest, watermark: mode)
        }
    }

    var lateRows: Int64 {
        let assigned: Int64 = if case .sessions(let sessions) = assignment { sessions.counters.lateRows } else { 0 }
        return assigned
            + (closing?.counters.lateRows ?? changing?.counters.lateRows ?? keeping?.counters.lateRows ?? 0)
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
                case .none:
                    try closing?.push(view, into: output)
                    try changing?.push(view, into: output)
                    try keeping?.push(view, into: output)
                    note()
                    return
                }
                try drain()
            }
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
        case .none:
            try closing?.advance(to: endOfInput, into: output)
            try changing?.advance(to: endOfInput, into: output)
            try keeping?.advance(to: endOfInput, into: output)
            return note()
        }
        try drain()
    }

    private func drain() throws {
        try windowed.withView { view in
            try closing?.push(view, into: output)
            try changing?.push(view, into: output)
        }
        windowed.clear()
        note()
    }

    private func note() {
        lines += LaminarRuntimeTests.lines(of: output)
        output.clear()
    }

    func snapshot() -> [UInt8] {
        var writer = StateWriter(fingerprint: "chain")
        switch assignment {
        case .expander(let expander): expander.encode(to: &writer)
        case .sessions(let sessions): sessions.encode(to: &writer)
        case .none: break
        }
        closing?.encode(to: &writer)
        changing?.encode(to: &writer)
        keeping?.encode(to: &writer)
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
        case .none: break
        }
        try closing?.restore(from: &reader)
        try changing?.restore(from: &reader)
        try keeping?.restore(from: &reader)
        try reader.finish()
    }
}

/// Result lines of windows that close, those of one window in the order of their text.
func sortedWithinWindows(_ lines: [String]) -> [String] {
    var result: [String] = []
    var window: [String] = []
    func end(_ line: String) -> Substring? { line.split(separator: " ").dropLast(2).last }
    for line in lines {
        if let last = window.last, end(last) != end(line) {
            result += window.sorted()
            window = []
        }
        window.append(line)
    }
    return result + window.sorted()
}

/// What windows of any kind mean, row by row over lists of all rows: slow and plain.
struct Reference {
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
func materialised(_ lines: [String]) -> [String: Int] {
    var rows: [String: Int] = [:]
    for line in lines {
        let row = String(line.dropFirst(2))
        rows[row, default: 0] += line.hasPrefix("+") ? 1 : -1
        if rows[row] == 0 { rows[row] = nil }
    }
    return rows
}

struct Case: CustomTestStringConvertible {
    var seed: UInt64
    var windows: Chain.Windows
    var lateness: Int64 = 0
    var delay: Int64 = 100
    var disorder: Int64 = 300
    var testDescription: String { "seed \(seed) \(windows) lateness \(lateness) delay \(delay)" }
}

let hops: [Case] = [
    Case(seed: 1, windows: .hop(size: 1_000, slide: 500, offset: 0)),
    Case(seed: 2, windows: .hop(size: 1_000, slide: 300, offset: 70), lateness: 250),
    Case(seed: 3, windows: .hop(size: 300, slide: 1_000, offset: 0)),
    Case(seed: 4, windows: .hop(size: 700, slide: 701, offset: -20), lateness: 90),
    Case(seed: 5, windows: .hop(size: 50, slide: 7, offset: 3), disorder: 60),
    Case(seed: 6, windows: .cumulate(size: 1_000, step: 250, offset: 0)),
    Case(seed: 7, windows: .cumulate(size: 900, step: 300, offset: 130), lateness: 400),
]

let sessions: [Case] = [
    Case(seed: 11, windows: .session(gap: 40)),
    Case(seed: 12, windows: .session(gap: 100), lateness: 150),
    Case(seed: 13, windows: .session(gap: 5), delay: 0, disorder: 50),
    Case(seed: 14, windows: .session(gap: 250), delay: 500, disorder: 900),
]
