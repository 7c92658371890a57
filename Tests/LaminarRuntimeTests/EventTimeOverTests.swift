import LaminarRuntime
import Testing

/// Window functions that the watermark settles, held to the updating operator over the rows that are not late, and to
/// what the definition of a frame says of when its rows are known.
struct EventTimeOverTests {
    @Test(arguments: Frames.allCases, [1, 2, 3, 4, 5] as [UInt64])
    fileprivate func `each row comes out once, when its frames are settled, with the functions of the rows on time`(
        frames: Frames, seed: UInt64
    ) throws {
        let lateness: Int64 = seed % 2 == 0 ? 0 : 40
        let rows = randomRows(300, seed: seed)
        let expected = try reference(rows, frames, lateness: lateness)
        // Row by row, what comes out with a row is what its watermark settles.
        let single = try run(rows, frames, lateness: lateness, sizes: [1])
        #expect(difference(single, expected) == nil)
        #expect(expected.lateRows > 0)
        let whole = single.joined
        var random = Seeded(seed &+ 50)
        let sizes = (0..<300).map { _ in Int.random(in: 1...20, using: &random) }
        for sizes in [[7], sizes, [rows.count]] {
            let cut = try run(rows, frames, lateness: lateness, sizes: sizes)
            #expect(difference(cut.joined, whole) == nil, "batches of \(sizes.prefix(3))")
        }
        let row = Int.random(in: 1..<rows.count, using: &random)
        let restored = try run(rows, frames, lateness: lateness, sizes: sizes, restoringAt: row)
        #expect(difference(restored.joined, whole) == nil, "restored at row \(row)")
    }

    @Test func `rows go when no frame to come looks at them`() throws {
        func bytes(_ count: Int) throws -> Int {
            var over = Frames.range.makeOver(lateness: 0)
            let output = ColumnBatch(types: over.outputTypes)
            for second in 0..<count {
                let row = Row(id: Int64(second), time: Int64(second) * 10, region: "r\(second % 50)", value: 1)
                try push([row], [], &over, output)
                try push([], [Int64(second) * 10], &over, output)
                output.clear()
            }
            var writer = StateWriter(fingerprint: "")
            over.encode(to: &writer)
            return writer.finish().count
        }
        #expect(try bytes(5_000) <= bytes(500) + 200)
    }

    @Test func `a row without an event time is refused or counted`() throws {
        var over = Frames.preceding.makeOver(lateness: 0)
        let output = ColumnBatch(types: over.outputTypes)
        #expect(throws: PipelineError.self) {
            try push([Row(id: 1, time: nil, region: "a", value: 1)], [], &over, output)
        }
        over = Frames.preceding.makeOver(lateness: 0, nullEventTime: .skip)
        try push([Row(id: 1, time: nil, region: "a", value: 1)], [endOfInput], &over, output)
        #expect(over.counters.nullEventTimes == 1)
        #expect(output.rowCount == 0)
    }
}

private struct Row {
    var id: Int64
    var time: Int64?
    var region: String?
    var value: Int64?
    /// The watermark behind it, where it rises.
    var watermark: Int64?

    /// The end of its window.
    var end: Int64 { time.map { ($0 + 1_000_000) / 100 * 100 - 1_000_000 + 100 } ?? 0 }
}

private let standard = OverFrame(unit: .range, start: .unboundedPreceding, end: .currentRow)

/// Columns: 0 id, 1 time, 2 region, 3 value, 4 time − 60, 5 time + 25, 6 end of the window, 7 the constant 2, 8 time − 20.
private enum Frames: String, CaseIterable {
    case numbers, running, preceding, range, groups, following, followingRange, followingGroups, values, whole, excluded
    case window

    var calls: [OverCall] {
        let sum = { (frame: OverFrame) in
            OverCall(.aggregate(FrameAggregate(SumOfInteger<Int64>.self), argument: 3), frame: frame, result: .int64)
        }
        let greatest = { (frame: OverFrame) in
            OverCall(.aggregate(FrameAggregate(MaximumOfString.self), argument: 2), frame: frame, result: .string)
        }
        let count = { (frame: OverFrame) in OverCall(.countOfRows, frame: frame, result: .int64) }
        let rows = { OverFrame(unit: .rows, start: $0, end: $1) }
        let groups = { OverFrame(unit: .groups, start: $0, end: $1) }
        switch self {
        case .numbers:
            return [
                OverCall(.rowNumber, frame: standard, result: .int64), OverCall(.rank, frame: standard, result: .int64),
                OverCall(.denseRank, frame: standard, result: .int64),
                OverCall(.lag(value: 0, offset: nil, otherwise: nil), frame: standard, result: .int64),
                OverCall(.lag(value: 0, offset: 7, otherwise: 3), frame: standard, result: .int64, constant: 2),
            ]
        case .running:
            return [
                sum(standard), count(standard), sum(rows(.unboundedPreceding, .currentRow)),
                sum(rows(.unboundedPreceding, .preceding(3))), count(rows(.unboundedPreceding, .preceding(2))),
                OverCall(.firstValue(0), frame: standard, result: .int64),
                OverCall(.nthValue(0, position: 7), frame: standard, result: .int64, constant: 2),
                OverCall(.lastValue(0), frame: rows(.unboundedPreceding, .preceding(1)), result: .int64),
                sum(OverFrame(unit: .range, start: .unboundedPreceding, end: .value(column: 8), rangeColumn: 1)),
                count(groups(.unboundedPreceding, .preceding(1))),
            ]
        case .preceding:
            return [
                sum(rows(.preceding(3), .currentRow)), greatest(rows(.preceding(2), .preceding(1))),
                count(rows(.preceding(4), .preceding(2))),
                OverCall(.firstValue(0), frame: rows(.preceding(2), .currentRow), result: .int64),
            ]
        case .range:
            let range = OverFrame(
                unit: .range, start: .value(column: 4), end: .currentRow, rangeColumn: 1, startDistance: 60)
            return [sum(range), count(range), greatest(range)]
        case .groups: return [sum(groups(.preceding(2), .currentRow)), count(groups(.currentRow, .currentRow))]
        case .following:
            return [
                sum(rows(.preceding(1), .following(2))),
                OverCall(.lead(value: 0, offset: 7, otherwise: nil), frame: standard, result: .int64, constant: 2),
                OverCall(.rank, frame: standard, result: .int64), sum(standard),
            ]
        case .followingRange:
            let range = OverFrame(unit: .range, start: .value(column: 4), end: .value(column: 5), rangeColumn: 1)
            return [sum(range), OverCall(.denseRank, frame: standard, result: .int64)]
        case .followingGroups: return [sum(groups(.preceding(1), .following(1)))]
        case .values:
            return [OverCall(.lag(value: 0, offset: 7, otherwise: nil), frame: standard, result: .int64)]
        case .whole:
            return [
                OverCall(.percentRank, frame: standard, result: .double),
                OverCall(.bucket(count: 7), frame: standard, result: .int32),
                sum(rows(.currentRow, .unboundedFollowing)),
            ]
        case .excluded:
            var ties = standard
            ties.exclusion = .ties
            var row = rows(.preceding(2), .currentRow)
            row.exclusion = .currentRow
            return [sum(ties), sum(row), greatest(standard)]
        case .window:
            return [
                OverCall(.rowNumber, frame: standard, result: .int64),
                OverCall(.cumulativeDistribution, frame: standard, result: .double),
                sum(rows(.currentRow, .unboundedFollowing)), sum(standard),
            ]
        }
    }

    var partition: [Int] { self == .window ? [6, 2] : [2] }
    var order: [PartitionedOver.Order] {
        let column = self == .window ? 3 : 1
        return [PartitionedOver.Order(column: column, isDescending: self == .window, nullsFirst: false)]
    }

    func makeOver(lateness: Int64, nullEventTime: RowPolicy = .fail) -> EventTimeOver {
        EventTimeOver(
            types: types, columns: 3, partition: partition, order: order, tieBreakers: [], calls: calls,
            time: self == .window ? 6 : 1, isWindowEnd: self == .window, lateness: lateness,
            nullEventTime: nullEventTime)
    }

    /// Whether all rows that a row's frames can hold have come once the watermark less the lateness is `watermark`.
    func isSettled(_ row: Row, _ watermark: Int64, among rows: [Row]) -> Bool {
        if watermark == endOfInput { return true }
        guard let time = row.time else { return false }
        let later = rows.filter { other in
            other.region == row.region && (other.time ?? 0) < watermark
                && ((other.time ?? 0, other.id) > (time, row.id))
        }
        switch self {
        case .window: return row.end <= watermark
        case .whole, .values: return false
        case .following: return time < watermark && later.count >= 2
        case .followingRange: return time + 25 < watermark
        case .followingGroups: return time < watermark && later.contains { ($0.time ?? 0) > time }
        default: return time < watermark
        }
    }
}

private let types: [PhysicalType] = [.int64, .int64, .string, .int64, .int64, .int64, .int64, .int64, .int64]

private func makeBatch(_ rows: some Collection<Row>) -> ColumnBatch {
    let batch = ColumnBatch(types: types)
    for row in rows {
        let number: (Int64?) -> Value = { $0.map { .integer($0) } ?? .null }
        batch.append([
            .integer(row.id), number(row.time), row.region.map { .text($0) } ?? .null, number(row.value),
            number(row.time.map { $0 - 60 }), number(row.time.map { $0 + 25 }), number(row.time.map { _ in row.end }),
            .integer(2), number(row.time.map { $0 - 20 }),
        ])
        if let watermark = row.watermark { batch.appendStep(watermark) }
    }
    return batch
}

private func push(
    _ rows: some Collection<Row>, _ steps: [Int64], _ over: inout EventTimeOver, _ output: ColumnBatch
) throws {
    let batch = makeBatch(rows)
    for step in steps { batch.appendStep(step) }
    var failure: PipelineError?
    batch.withView { view in
        do throws(PipelineError) { try over.push(view, into: output) } catch { failure = error }
    }
    if let failure { throw failure }
}

private func randomRows(_ count: Int, seed: UInt64) -> [Row] {
    var random = Seeded(seed)
    var now: Int64 = -500
    var watermark = noWatermark
    return (0..<count).map { index in
        now += Int64.random(in: 0...12, using: &random)
        let back = Int.random(in: 0..<12, using: &random) == 0 ? 300 : Int64.random(in: 0...70, using: &random)
        // Few times, so that rows are peers.
        let time = (now - back) / 4 * 4
        var row = Row(
            id: Int64(index), time: time, region: Int.random(in: 0..<9, using: &random) == 0 ? nil : ["a", "b", "a region with a long name"].randomElement(using: &random),
            value: Int.random(in: 0..<8, using: &random) == 0 ? nil : Int64.random(in: 0...9, using: &random))
        if time - 50 > watermark {
            watermark = time - 50
            row.watermark = watermark
        }
        return row
    }
}

private struct Outcome: Equatable {
    /// The lines that came out, by the batch with which they did.
    var steps: [[String]] = []
    var lateRows: Int64 = 0

    var joined: Outcome { Outcome(steps: [steps.flatMap { $0 }], lateRows: lateRows) }
}

/// The first step in which two outcomes differ.
private func difference(_ a: Outcome, _ b: Outcome) -> String? {
    if a.lateRows != b.lateRows { return "\(a.lateRows) late rows, not \(b.lateRows)" }
    for (index, (mine, theirs)) in zip(a.steps, b.steps).enumerated() where mine != theirs {
        return "step \(index): \(mine), not \(theirs)"
    }
    return a.steps.count == b.steps.count ? nil : "\(a.steps.count) steps, not \(b.steps.count)"
}

private func run(
    _ rows: [Row], _ frames: Frames, lateness: Int64, sizes: [Int], restoringAt restored: Int? = nil
) throws -> Outcome {
    var over = frames.makeOver(lateness: lateness)
    var outcome = Outcome()
    var at = 0
    var batch = 0
    var held = noWatermark
    func take(_ output: ColumnBatch) {
        let lines = lines(of: output)
        let times = output.withView { view in
            (0..<view.rowCount).map { view.columns[1].value($0, as: Int64.self) }
        }
        var from = 0
        for step in output.steps {
            if frames != .window { #expect(times[from..<step.row].allSatisfy { $0 >= held }) }
            from = step.row
            #expect(step.watermark > held)
            held = step.watermark
        }
        if frames != .window { #expect(times[from...].allSatisfy { $0 >= held }) }
        if !lines.isEmpty { outcome.steps.append(lines) }
    }
    while at < rows.count {
        var end = min(at + sizes[batch % sizes.count], rows.count)
        if let restored, at < restored { end = min(end, restored) }
        if at == restored {
            var writer = StateWriter(fingerprint: "over")
            over.encode(to: &writer)
            let bytes = writer.finish()
            over = frames.makeOver(lateness: lateness)
            var reader = try StateReader(bytes, fingerprint: "over")
            try over.restore(from: &reader)
            try reader.finish()
        }
        let output = ColumnBatch(types: over.outputTypes)
        try push(rows[at..<end], at == 0 && rows.isEmpty ? [endOfInput] : [], &over, output)
        take(output)
        at = end
        batch += 1
    }
    let output = ColumnBatch(types: over.outputTypes)
    try push([], [endOfInput], &over, output)
    take(output)
    outcome.lateRows = over.counters.lateRows
    return outcome
}

/// The updating operator's results over the rows on time, given out when the definition says.
private func reference(_ rows: [Row], _ frames: Frames, lateness: Int64) throws -> Outcome {
    var outcome = Outcome()
    var onTime: [Row] = []
    var arrived: [(count: Int, watermark: Int64)] = []
    var watermark = noWatermark
    for row in rows {
        let isLate =
            frames == .window ? row.end + lateness <= watermark : (row.time ?? 0) + lateness < watermark
        if isLate { outcome.lateRows += 1 } else { onTime.append(row) }
        if let risen = row.watermark {
            watermark = risen
            arrived.append((onTime.count, risen))
        }
    }
    arrived.append((onTime.count, endOfInput))

    var over = PartitionedOver(
        types: types, columns: 3, partition: frames.partition, order: frames.order, calls: frames.calls)
    let output = ColumnBatch(types: over.outputTypes)
    var failure: PipelineError?
    makeBatch(onTime).withView { view in
        do throws(PipelineError) { try over.push(view, into: output) } catch { failure = error }
    }
    if let failure { throw failure }
    var lines: [Int64: String] = [:]
    output.withView { view in
        for (row, line) in LaminarRuntimeTests.lines(of: output).enumerated() {
            lines[view.columns[0].value(row, as: Int64.self)] = String(line.dropFirst(2))
        }
    }
    var given: Set<Int64> = []
    // Partitions of windows, in order of their first row; rows of one in its order.
    var firstRow: [String: Int64] = [:]
    for row in onTime where firstRow["\(row.end) \(row.region ?? "-")"] == nil {
        firstRow["\(row.end) \(row.region ?? "-")"] = row.id
    }
    for (count, watermark) in arrived {
        let settled = watermark == endOfInput ? endOfInput : watermark - lateness
        let known = Array(onTime[..<count])
        var out = known.filter { !given.contains($0.id) && frames.isSettled($0, settled, among: known) }
        if frames == .window {
            func rank(_ row: Row) -> (Int64, Int64, Int64, Int64) {
                (row.end, firstRow["\(row.end) \(row.region ?? "-")"] ?? 0, -(row.value ?? -1_000), row.id)
            }
            // NULLs are last.
            out.sort { rank($0) < rank($1) }
        } else {
            out.sort { ($0.time ?? 0, $0.id) < ($1.time ?? 0, $1.id) }
        }
        given.formUnion(out.map(\.id))
        if !out.isEmpty { outcome.steps.append(out.compactMap { lines[$0.id] }) }
    }
    return outcome
}
