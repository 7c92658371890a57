import LaminarRuntime

/// One input row of the tests.
struct Reading {
    var time: Int64?
    var region: String?
    var device: Int32?
    var value: Int64?
    var price: Double?
    var note: String?
    var weight: Int64 = 1

    static let types: [PhysicalType] = [.int64, .string, .int32, .int64, .double, .string]

    /// Whether the program's filter takes it; nil: its evaluation fails.
    var passes: Bool? {
        guard let value else { return true }
        return value == 13 ? nil : 100 / (value - 13) != 1
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }
}

/// Rows in random order around a time that mostly rises, with NULLs, long and short strings and late ones.
func randomReadings(_ count: Int, seed: UInt64, disorder: Int64, origin: Int64 = -5_000) -> [Reading] {
    var random = Seeded(seed)
    var now = origin
    return (0..<count).map { _ in
        now += Int64.random(in: 0...20, using: &random)
        if Int.random(in: 0..<400, using: &random) == 0 { now += 50_000 }
        let isVeryLate = Int.random(in: 0..<30, using: &random) == 0
        let key = Int.random(in: 0..<6, using: &random)
        let region = ["eu", "us-east-1-availability-zone-b", "", "asia-pacific-south-2", "a"]
        return Reading(
            time: now - Int64.random(in: 0...disorder, using: &random) - (isVeryLate ? 3_000 : 0),
            region: key == 5 ? nil : region[key],
            device: Int.random(in: 0..<4, using: &random) == 0 ? nil : Int32.random(in: -2...2, using: &random),
            value: Int.random(in: 0..<5, using: &random) == 0 ? nil : Int64.random(in: 14...200, using: &random),
            price: Int.random(in: 0..<5, using: &random) == 0
                ? nil : Double(Int.random(in: 0..<64, using: &random)) / 4,
            note: Int.random(in: 0..<3, using: &random) == 0
                ? nil : "note " + String(repeating: "x", count: Int.random(in: 0..<20, using: &random)))
    }
}

func makeBatch(_ readings: ArraySlice<Reading>, weighted: Bool = false) -> ColumnBatch {
    let batch = ColumnBatch(types: Reading.types, capacity: 64)
    batch.reserve(readings.count)
    for (row, reading) in readings.enumerated() {
        batch.set(0, row, reading.time)
        batch.set(1, row, reading.region.map { batch.arena.copy($0) })
        batch.set(2, row, reading.device)
        batch.set(3, row, reading.value)
        batch.set(4, row, reading.price)
        batch.set(5, row, reading.note.map { batch.arena.copy($0) })
        if weighted { batch.weights()[row] = reading.weight }
        batch.rowCount = row + 1
    }
    return batch
}

/// The rows of a batch as text, weights in front where they are set.
func lines(of batch: ColumnBatch) -> [String] {
    batch.withView { view in
        (0..<view.rowCount).map { row in
            let cells = batch.types.enumerated().map { column, type -> String in
                let column = view.columns[column]
                guard column.isValid(row) else { return "NULL" }
                switch type {
                case .string: return "'" + column.value(row, as: StringView.self).string + "'"
                case .int32: return "\(column.value(row, as: Int32.self))"
                case .double: return "\(column.value(row, as: Double.self))"
                default: return "\(column.value(row, as: Int64.self))"
                }
            }
            let weight = view.weights.map { $0[row] > 0 ? "+ " : "- " } ?? ""
            return weight + cells.joined(separator: " ")
        }
    }
}

/// The result row of one group, computed from all of its rows at once.
func resultLine(_ rows: [Reading], _ bounds: WindowBounds) -> String {
    let values = rows.compactMap(\.value)
    let prices = rows.compactMap(\.price)
    let notes = rows.compactMap(\.note)
    let cells: [String] = [
        rows[0].region.map { "'\($0)'" } ?? "NULL", rows[0].device.map { "\($0)" } ?? "NULL", "\(bounds.start)",
        "\(bounds.end)", "\(rows.count)", "\(values.count)",
        values.isEmpty ? "NULL" : "\(values.reduce(0, +))", values.min().map { "\($0)" } ?? "NULL",
        notes.max().map { "'\($0)'" } ?? "NULL",
        prices.isEmpty ? "NULL" : "\(prices.reduce(0, +) / Double(prices.count))", "\(Set(values).count)",
    ]
    return cells.joined(separator: " ")
}

struct GroupName: Hashable {
    var region: String?
    var device: Int32?
}
