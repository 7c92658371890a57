import LaminarRuntime
import Testing

/// Window functions over random changelogs, held to what their definitions say of the rows that are left.
struct PartitionedOverTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6])
    func `what comes out adds up to the functions of the rows that are left`(seed: UInt64) throws {
        let changes = randomChanges(160, seed: seed)
        let expected = reference(changes)
        for size in [1, 7, changes.count] {
            #expect(try run(changes, sizes: [size]) == expected, "batches of \(size)")
        }
        var random = Seeded(seed &+ 100)
        let sizes = (0..<200).map { _ in Int.random(in: 1...20, using: &random) }
        #expect(try run(changes, sizes: sizes) == expected, "random batches")
        let row = Int.random(in: 0..<changes.count, using: &random)
        #expect(try run(changes, sizes: sizes, restoringAt: row) == expected, "restored at row \(row)")
    }

    @Test func `a row that is taken back before it comes leaves nothing`() throws {
        let row = Row(region: "a", value: 1, note: "n", weight: -1)
        var back = row
        back.weight = 1
        #expect(try run([row, back], sizes: [1]).isEmpty)
        #expect(try run([row, back, back], sizes: [1], restoringAt: 1) == reference([back]))
    }

    @Test func `an unchanged row does not come out`() throws {
        var over = makeOver()
        let output = ColumnBatch(types: over.outputTypes)
        try push([Row(region: "a", value: 1, note: "n", weight: 1)], &over, output)
        output.clear()
        var row = Row(region: "a", value: 1, note: "n", weight: -1)
        let taken = row
        row.weight = 1
        try push([taken, row], &over, output)
        #expect(output.rowCount == 0)
        try push([Row(region: "b", value: 1, note: "n", weight: 1)], &over, output)
        #expect(output.rowCount == 1)
    }

    @Test func `a bucket count of zero is an error`() throws {
        var over = PartitionedOver(
            types: [.int64], columns: 1, partition: [], order: [],
            calls: [OverCall(.bucket(count: 0), frame: standard, result: .int32)])
        let batch = ColumnBatch(types: [.int64])
        batch.append([.integer(0)])
        let output = ColumnBatch(types: over.outputTypes)
        var sqlState: String?
        batch.withView { view in
            do throws(PipelineError) { try over.push(view, into: output) } catch { sqlState = error.sqlState }
        }
        #expect(sqlState == "22014")
    }
}

private struct Row: Equatable {
    var region: String?
    var value: Int64?
    var note: String?
    var weight: Int64

    func isSame(_ other: Row) -> Bool { region == other.region && value == other.value && note == other.note }
}

private let standard = OverFrame(unit: .range, start: .unboundedPreceding, end: .currentRow)
private let rowFrame = OverFrame(unit: .rows, start: .preceding(2), end: .following(1), exclusion: .ties)
private let groupFrame = OverFrame(unit: .groups, start: .preceding(1), end: .following(1))
private let rangeFrame = OverFrame(
    unit: .range, start: .value(column: 3), end: .value(column: 4), rangeColumn: 1)
private let otherRows = OverFrame(
    unit: .rows, start: .unboundedPreceding, end: .unboundedFollowing, exclusion: .currentRow)
private let otherGroups = OverFrame(
    unit: .range, start: .value(column: 3), end: .unboundedFollowing, exclusion: .group, rangeColumn: 1)

private func makeOver() -> PartitionedOver {
    PartitionedOver(
        types: [.string, .int64, .string, .int64, .int64, .int64], columns: 3, partition: [0],
        order: [PartitionedOver.Order(column: 1, isDescending: false, nullsFirst: false)],
        calls: [
            OverCall(.rowNumber, frame: standard, result: .int64),
            OverCall(.rank, frame: standard, result: .int64),
            OverCall(.denseRank, frame: standard, result: .int64),
            OverCall(.percentRank, frame: standard, result: .double),
            OverCall(.cumulativeDistribution, frame: standard, result: .double),
            OverCall(.bucket(count: 5), frame: standard, result: .int32),
            OverCall(.lag(value: 2, offset: nil, otherwise: nil), frame: standard, result: .string),
            OverCall(.lead(value: 2, offset: 5, otherwise: 0), frame: standard, result: .string),
            OverCall(.firstValue(2), frame: rowFrame, result: .string),
            OverCall(.lastValue(2), frame: groupFrame, result: .string),
            OverCall(.nthValue(2, position: 5), frame: standard, result: .string),
            OverCall(.countOfRows, frame: otherRows, result: .int64),
            OverCall(.aggregate(FrameAggregate(SumOfInteger<Int64>.self), argument: 1), frame: standard, result: .int64),
            OverCall(.aggregate(FrameAggregate(MaximumOfString.self), argument: 2), frame: rowFrame, result: .string),
            OverCall(.aggregate(FrameAggregate(SumOfInteger<Int64>.self), argument: 1), frame: rangeFrame, result: .int64),
            OverCall(.countOfRows, frame: otherGroups, result: .int64),
        ])
}

private func push(_ rows: some Collection<Row>, _ over: inout PartitionedOver, _ output: ColumnBatch) throws {
    let batch = ColumnBatch(types: [.string, .int64, .string, .int64, .int64, .int64])
    for row in rows {
        let text: (String?) -> Value = { $0.map { .text($0) } ?? .null }
        let number: (Int64?) -> Value = { $0.map { .integer($0) } ?? .null }
        batch.append(
            [
                text(row.region), number(row.value), text(row.note), number(row.value.map { $0 - 3 }),
                number(row.value.map { $0 + 1 }), .integer(3),
            ], weight: row.weight)
    }
    var failure: PipelineError?
    batch.withView { view in
        do throws(PipelineError) { try over.push(view, into: output) } catch { failure = error }
    }
    if let failure { throw failure }
}

/// The rows that are left of what came out, with how often each is there.
private func run(_ changes: [Row], sizes: [Int], restoringAt restored: Int? = nil) throws -> [String: Int] {
    var over = makeOver()
    var result: [String: Int] = [:]
    var at = 0
    var batch = 0
    while at < changes.count {
        var end = min(at + sizes[batch % sizes.count], changes.count)
        if let restored, at < restored { end = min(end, restored) }
        if at == restored {
            var writer = StateWriter(fingerprint: "over")
            over.encode(to: &writer)
            let bytes = writer.finish()
            over = makeOver()
            var reader = try StateReader(bytes, fingerprint: "over")
            try over.restore(from: &reader)
            try reader.finish()
        }
        let output = ColumnBatch(types: over.outputTypes)
        try push(changes[at..<end], &over, output)
        for line in lines(of: output) {
            result[String(line.dropFirst(2)), default: 0] += line.hasPrefix("+") ? 1 : -1
        }
        at = end
        batch += 1
    }
    return result.filter { $0.value != 0 }
}

private func randomChanges(_ count: Int, seed: UInt64) -> [Row] {
    var random = Seeded(seed)
    var present: [Row] = []
    return (0..<count).map { _ in
        if !present.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
            var row = present.remove(at: Int.random(in: 0..<present.count, using: &random))
            row.weight = -1
            return row
        }
        let regions = [nil, "eu", "asia-pacific-south-2"]
        var row = Row(
            region: regions[Int.random(in: 0..<3, using: &random)],
            value: Int.random(in: 0..<6, using: &random) == 0 ? nil : Int64.random(in: 0..<9, using: &random),
            note: Int.random(in: 0..<5, using: &random) == 0
                ? nil : "a note of \(Int.random(in: 0..<30, using: &random)) words", weight: 1)
        present.append(row)
        if Int.random(in: 0..<9, using: &random) == 0 {
            present.append(row)
            row.weight = 2
        }
        return row
    }
}

/// The functions by their definitions, over all rows that are left.
private func reference(_ changes: [Row]) -> [String: Int] {
    var rows: [Row] = []
    for change in changes {
        for _ in 0..<change.weight.magnitude {
            if change.weight > 0 {
                rows.append(change)
            } else if let last = rows.lastIndex(where: { $0.isSame(change) }) {
                rows.remove(at: last)
            }
        }
    }
    var result: [String: Int] = [:]
    for region in Set(rows.map(\.region)) {
        let members = rows.filter { $0.region == region }.enumerated().sorted { a, b in
            let keys = (a.element.value ?? .max, b.element.value ?? .max)
            return keys.0 != keys.1 ? keys.0 < keys.1 : a.offset < b.offset
        }.map(\.element)
        for line in resultLines(members) { result[line, default: 0] += 1 }
    }
    return result
}

private func resultLines(_ rows: [Row]) -> [String] {
    func text(_ value: String?) -> String { value.map { "'\($0)'" } ?? "NULL" }
    func number(_ value: Int64?) -> String { value.map { "\($0)" } ?? "NULL" }
    let count = rows.count
    let order = rows.map { $0.value ?? .max }
    let distinct = Set(order).sorted()
    return rows.indices.map { i in
        let row = rows[i]
        let group = distinct.firstIndex(of: order[i]) ?? 0
        func frame(_ contains: (Int) -> Bool) -> [Row] { rows.indices.filter(contains).map { rows[$0] } }
        func isPeer(_ j: Int) -> Bool { order[j] == order[i] }
        let upToPeers = frame { order[$0] <= order[i] }
        let near = frame { (-2...1).contains($0 - i) && ($0 == i || !isPeer($0)) }
        let groups = frame { abs((distinct.firstIndex(of: order[$0]) ?? 0) - group) <= 1 }
        let range = frame { j in
            guard let own = row.value, let other = rows[j].value else { return isPeer(j) }
            return (own - 3...own + 1).contains(other)
        }
        let behind = frame { j in
            guard let own = row.value else { return false }
            return !isPeer(j) && (rows[j].value ?? .max) >= own - 3
        }
        func sum(_ rows: [Row]) -> Int64? {
            let values = rows.compactMap(\.value)
            return values.isEmpty ? nil : values.reduce(0, +)
        }
        let before = order.count { $0 < order[i] }
        let (size, larger) = count.quotientAndRemainder(dividingBy: 3)
        var bucket = 0
        var passed = 0
        while passed <= i {
            passed += size + (bucket < larger ? 1 : 0)
            bucket += 1
        }
        let percent = count == 1 ? 0.0 : Double(before) / Double(count - 1)
        let cells: [String] = [
            text(row.region), number(row.value), text(row.note), "\(i + 1)", "\(before + 1)", "\(group + 1)",
            "\(percent)", "\(Double(upToPeers.count) / Double(count))", "\(bucket)",
            text(i > 0 ? rows[i - 1].note : nil), text(i + 3 < count ? rows[i + 3].note : row.region),
            text(near.first?.note), text(groups.last?.note), text(upToPeers.count >= 3 ? upToPeers[2].note : nil),
            "\(count - 1)", number(sum(upToPeers)), text(near.compactMap(\.note).max()), number(sum(range)),
            "\(behind.count)",
        ]
        return cells.joined(separator: " ")
    }
}
