import LaminarColumns
import LaminarKernels
import LaminarRuntime
import LaminarState
import Testing

/// Joins that times bound, over inputs that interleave at random, held to nested loops over the rows that are on time.
struct TimedJoinTests {
    @Test(arguments: [JoinKind.inner, .left, .right, .full, .semi, .anti], Bounds.allCases)
    fileprivate func `what comes out is what the rows on time say, each once, at its time`(
        kind: JoinKind, bounds: Bounds
    ) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let hasCondition = seed % 2 == 0
            let lateness: Int64 = seed % 3 == 0 ? 15 : 0
            let arrivals = randomArrivals(240, seed: seed)
            let timing = bounds.timing(kind, lateness: lateness)
            let (expected, late) = reference(arrivals, kind, timing, hasCondition: hasCondition)
            let single = try run(arrivals, kind, timing, hasCondition: hasCondition, sizes: [1])
            let isRight = single.rows.sorted() == expected
            #expect(isRight, "\(seed): \(Set(single.rows).symmetricDifference(expected).sorted().prefix(4))")
            #expect(single.lateRows == late && (late > 0 || bounds == .inverted), "\(seed)")
            var random = Seeded(seed &+ 9)
            let sizes = (0..<100).map { _ in Int.random(in: 1...9, using: &random) }
            for sizes in [[7], sizes, [1_000]] {
                let cut = try run(arrivals, kind, timing, hasCondition: hasCondition, sizes: sizes)
                let isSame = cut == single
                #expect(isSame, "\(seed), batches of \(sizes.prefix(3))")
            }
            let row = Int.random(in: 1..<arrivals.count, using: &random)
            let restored = try run(
                arrivals, kind, timing, hasCondition: hasCondition, sizes: sizes, restoringAt: row)
            let isRestored = restored == single
            #expect(isRestored, "\(seed), restored at row \(row)")
            // Another interleaving of the same inputs gives the same rows in another order.
            let sides = arrivals.filter { $0.side == .right } + arrivals.filter { $0.side == .left }
            let apart = try run(sides, kind, timing, hasCondition: hasCondition, sizes: [50])
            let isSame = apart.rows.sorted() == expected && apart.lateRows == late
            #expect(isSame, "\(seed), one side after the other")
        }
    }

    @Test(arguments: [JoinKind.inner, .full, .anti], [Bounds.around, .windows])
    fileprivate func `keys that come and go, thousands of them, meet as few do`(kind: JoinKind, bounds: Bounds) throws {
        // So many keys and rows that those which have left are cleared away, while some keys stay and rows of others wait.
        let arrivals = randomArrivals(4_000, seed: 3) { number, key in
            number % 7 == 0 ? key : "the long key of a few rows \(number / 3)"
        }
        let timing = bounds.timing(kind, lateness: 0)
        let (expected, late) = reference(arrivals, kind, timing, hasCondition: false)
        for size in [1, 64] {
            let outcome = try run(arrivals, kind, timing, hasCondition: false, sizes: [size])
            let isRight = outcome.rows.sorted() == expected && outcome.lateRows == late
            #expect(isRight, "\(Set(outcome.rows).symmetricDifference(expected).sorted().prefix(4))")
        }
        let restored = try run(arrivals, kind, timing, hasCondition: false, sizes: [64], restoringAt: 3_500)
        let isRestored = restored.rows.sorted() == expected
        #expect(isRestored)
    }

    @Test func `rows leave when the other side's watermark has passed what they can meet`() throws {
        func bytes(_ count: Int, _ bounds: Bounds) throws -> Int {
            var join = TimedJoin(
                PairProgram(kind: .full, hasCondition: false), timing: bounds.timing(.full, lateness: 0),
                nullEventTime: .fail)
            let output = ColumnBatch(types: PairProgram.types + PairProgram.types)
            for second in 0..<count {
                for side in [JoinSide.left, .right] {
                    let arrival = Arrival(
                        side: side, id: Int64(second), time: Int64(second) * 10, key: "k\(second)",
                        watermark: Int64(second) * 10)
                    output.clear()
                    try push([arrival][...], side, &join, output)
                }
            }
            var writer = StateWriter(fingerprint: "")
            join.encode(to: &writer)
            return writer.finish().count
        }
        for bounds in [Bounds.around, .before, .windows] {
            #expect(try bytes(3_000, bounds) <= bytes(300, bounds) + 100, "\(bounds)")
        }
        #expect(try bytes(3_000, .noLater) > bytes(300, .noLater) * 5)
    }
}

private enum Bounds: String, CaseIterable {
    case around, before, after, equal, noLater, noEarlier, inverted, windows

    func timing(_ kind: JoinKind, lateness: Int64) -> JoinTiming {
        let (lower, upper): (Int64?, Int64?) =
            switch self {
            case .around: (-20, 30)
            case .before: (-40, -10)
            case .after: (5, 25)
            case .equal, .windows: (0, 0)
            case .noLater: (nil, 0)
            case .noEarlier: (-10, nil)
            case .inverted: (10, -10)
            }
        return JoinTiming(
            left: 1, right: 1, lower: lower, upper: upper, lateness: lateness, waits: self == .windows,
            carriesLeft: kind != .right && kind != .full && upper != nil, carriesRight: false)
    }
}

/// A row of either side: 0 id, 1 time, 2 key.
private struct Arrival {
    var side: JoinSide
    var id: Int64
    var time: Int64
    var key: String?
    /// Of its own side, behind it.
    var watermark: Int64?
}

private struct PairProgram: JoinProgram {
    struct Input: JoinInput {
        struct Columns: BitwiseCopyable {
            var id: UnsafePointer<Int64>
            var time: UnsafePointer<Int64>
            var key: ColumnView
        }

        struct Record: BitwiseCopyable {
            var id: Int64
            var time: Int64
            var key: StringView
            var hasKey: Bool
        }

        var types: [PhysicalType] { PairProgram.types }
        var columnCount: Int { 3 }
        var isUpdating: Bool { false }
        var recordBytes: Int { MemoryLayout<Record>.stride }
        var recordAlignment: Int { 8 }

        func columns(of batch: BatchView) -> Columns {
            Columns(
                id: batch.columns[0].values.assumingMemoryBound(to: Int64.self),
                time: batch.columns[1].values.assumingMemoryBound(to: Int64.self), key: batch.columns[2])
        }

        func group(_ columns: Columns, _ row: Int, in table: UnsafeMutablePointer<GroupTable>) -> Int {
            guard let key = columns.key.optional(row, as: StringView.self) else { return -1 }
            var words: [UInt64] = [0, 0]
            return words.withUnsafeMutableBufferPointer { words in
                guard let words = words.baseAddress else { return -1 }
                key.store(words)
                return table.pointee.findOrInsert(words, hash: table.pointee.hash(words))
            }
        }

        func keep(_ columns: Columns, _ row: Int, at record: UnsafeMutableRawPointer, _ arena: inout Arena) {
            let key = columns.key.optional(row, as: StringView.self)
            record.storeBytes(
                of: Record(
                    id: columns.id[row], time: columns.time[row], key: key.map { arena.copy($0) } ?? StringView(),
                    hasKey: key != nil), as: Record.self)
        }

        func own(_ record: UnsafeMutableRawPointer, _ arena: inout Arena) {
            record.assumingMemoryBound(to: Record.self).pointee.key = arena.copy(record.load(as: Record.self).key)
        }

        func isKept(_ columns: Columns, _ row: Int, at record: UnsafeRawPointer) -> Bool { false }

        func write(_ columns: Columns, _ row: Int, to batch: ColumnBatch, at target: Int, from first: Int) {
            let key = columns.key.optional(row, as: StringView.self)
            write(
                Record(id: columns.id[row], time: columns.time[row], key: key ?? StringView(), hasKey: key != nil),
                batch, target, first)
        }

        func write(_ record: UnsafeRawPointer, to batch: ColumnBatch, at target: Int, from first: Int) {
            write(record.load(as: Record.self), batch, target, first)
        }

        private func write(_ record: Record, _ batch: ColumnBatch, _ target: Int, _ first: Int) {
            batch.values(first, as: Int64.self)[target] = record.id
            batch.values(first + 1, as: Int64.self)[target] = record.time
            if record.hasKey {
                batch.values(first + 2, as: StringView.self)[target] = record.key
            } else {
                batch.setNull(first + 2, target)
            }
        }
    }

    static let types: [PhysicalType] = [.int64, .int64, .string]
    let kind: JoinKind
    /// Whether only rows meet whose ids add up to a number that three does not divide.
    let hasCondition: Bool
    var left: Input { Input() }
    var right: Input { Input() }
    var keyElements: [GroupTableLayout.KeyElement] { [.string] }

    static func meet(_ a: Int64, _ b: Int64) -> Bool { (a + b) % 3 != 0 }

    func select(
        _ columns: Input.Columns, left row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        var found = 0
        for index in 0..<count {
            let other = records[index].load(as: Input.Record.self).id
            guard Self.meet(columns.id[row], other) else { continue }
            records[found] = records[index]
            found += 1
        }
        return found
    }

    func select(
        _ columns: Input.Columns, right row: Int, among records: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        _ count: Int, _ scratch: inout Arena, _ fault: inout Fault
    ) -> Int {
        select(columns, left: row, among: records, count, &scratch, &fault)
    }
}

/// - Parameter rekeyed: the key of a row by its number, given the one that was drawn.
private func randomArrivals(
    _ count: Int, seed: UInt64, rekeyed: (Int, String?) -> String? = { $1 }
) -> [Arrival] {
    var random = Seeded(seed)
    var now: (left: Int64, right: Int64) = (-200, -150)
    var watermarks: (left: Int64, right: Int64) = (noWatermark, noWatermark)
    return (0..<count).map { index in
        let side: JoinSide = Bool.random(using: &random) ? .left : .right
        let step = Int64.random(in: 0...9, using: &random)
        if side == .left { now.left += step } else { now.right += step }
        let back = Int.random(in: 0..<15, using: &random) == 0 ? 120 : Int64.random(in: 0...25, using: &random)
        let time = ((side == .left ? now.left : now.right) - back) / 2 * 2
        let keys = ["a", "a key that does not fit in a view", "b"]
        var arrival = Arrival(
            side: side, id: Int64(index), time: time,
            key: rekeyed(
                index, Int.random(in: 0..<10, using: &random) == 0 ? nil : keys.randomElement(using: &random)))
        let watermark = time - 20
        if side == .left, watermark > watermarks.left {
            watermarks.left = watermark
            arrival.watermark = watermark
        } else if side == .right, watermark > watermarks.right {
            watermarks.right = watermark
            arrival.watermark = watermark
        }
        return arrival
    }
}

/// Calls `body` while the batch, which lends its strings to the output, is still there.
private func push(
    _ arrivals: ArraySlice<Arrival>, _ side: JoinSide, _ join: inout TimedJoin<PairProgram>, _ output: ColumnBatch,
    _ body: () -> Void = {}
) throws {
    let batch = ColumnBatch(types: PairProgram.types)
    for arrival in arrivals {
        batch.append([.integer(arrival.id), .integer(arrival.time), arrival.key.map { .text($0) } ?? .null])
        if let watermark = arrival.watermark { batch.appendStep(watermark) }
    }
    var failure: PipelineError?
    batch.withView { view in
        do throws(PipelineError) { try join.push(view, from: side, into: output) } catch { failure = error }
        body()
    }
    if let failure { throw failure }
}

private struct Outcome: Equatable {
    var rows: [String] = []
    var lateRows: Int64 = 0
}

/// - Parameter sizes: how many rows of one side go in at once, at most.
private func run(
    _ arrivals: [Arrival], _ kind: JoinKind, _ timing: JoinTiming, hasCondition: Bool, sizes: [Int],
    restoringAt restored: Int? = nil
) throws -> Outcome {
    func makeJoin() -> TimedJoin<PairProgram> {
        TimedJoin(PairProgram(kind: kind, hasCondition: hasCondition), timing: timing, nullEventTime: .fail)
    }
    var join = makeJoin()
    var outcome = Outcome()
    let output = ColumnBatch(types: kind.isFiltering ? PairProgram.types : PairProgram.types + PairProgram.types)
    var given = noWatermark
    func take() {
        let lines = lines(of: output)
        let times = output.withView { view in
            (0..<view.rowCount).map { view.columns[1].optional($0, as: Int64.self) }
        }
        var from = 0
        for step in output.steps {
            if timing.carriesLeft, timing.lower ?? .min <= timing.upper ?? .max {
                #expect(times[from..<step.row].allSatisfy { $0.map { $0 >= given } ?? true }, "\(kind) \(timing)")
            }
            #expect(step.watermark > given)
            given = step.watermark
            from = step.row
        }
        outcome.rows += lines
        output.clear()
    }
    var at = 0
    var batch = 0
    while at < arrivals.count {
        if at == restored {
            var writer = StateWriter(fingerprint: "join")
            join.encode(to: &writer)
            let bytes = writer.finish()
            join = makeJoin()
            var reader = try StateReader(bytes, fingerprint: "join")
            try join.restore(from: &reader)
            try reader.finish()
        }
        let side = arrivals[at].side
        var end = at + 1
        while end < arrivals.count, end - at < sizes[batch % sizes.count], arrivals[end].side == side, end != restored {
            end += 1
        }
        try push(arrivals[at..<end], side, &join, output, take)
        at = end
        batch += 1
    }
    try join.advance(.left, to: endOfInput, into: output)
    take()
    try join.advance(.right, to: endOfInput, into: output)
    take()
    outcome.lateRows = join.counters.lateRows
    return outcome
}

private func reference(
    _ arrivals: [Arrival], _ kind: JoinKind, _ timing: JoinTiming, hasCondition: Bool
) -> (rows: [String], late: Int64) {
    var onTime: [Arrival] = []
    var late: Int64 = 0
    var watermarks: [JoinSide: Int64] = [:]
    let isInverted = timing.lower ?? .min > timing.upper ?? .max
    for arrival in arrivals {
        if let watermark = watermarks[arrival.side], arrival.time + timing.lateness < watermark, !isInverted {
            late += 1
        } else {
            onTime.append(arrival)
        }
        if let watermark = arrival.watermark { watermarks[arrival.side] = watermark }
    }
    func text(_ row: Arrival?) -> String {
        row.map { "\($0.id) \($0.time) \($0.key.map { "'\($0)'" } ?? "NULL")" } ?? "NULL NULL NULL"
    }
    let left = onTime.filter { $0.side == .left }
    let right = onTime.filter { $0.side == .right }
    func meet(_ a: Arrival, _ b: Arrival) -> Bool {
        guard let key = a.key, key == b.key else { return false }
        let distance = b.time - a.time
        if let lower = timing.lower, distance < lower { return false }
        if let upper = timing.upper, distance > upper { return false }
        return !hasCondition || PairProgram.meet(a.id, b.id)
    }
    var rows: [String] = []
    for a in left {
        let others = right.filter { meet(a, $0) }
        switch kind {
        case .semi: if !others.isEmpty { rows.append(text(a)) }
        case .anti: if others.isEmpty { rows.append(text(a)) }
        default:
            rows += others.map { "\(text(a)) \(text($0))" }
            if others.isEmpty, kind == .left || kind == .full { rows.append("\(text(a)) \(text(nil))") }
        }
    }
    if kind == .right || kind == .full {
        for b in right where !left.contains(where: { meet($0, b) }) { rows.append("\(text(nil)) \(text(b))") }
    }
    return (rows.sorted(), late)
}
