package import LaminarTypes

/// A row that comes into a relation (+1) or is taken back (−1).
package struct ReferenceChange: Sendable {
    package var weight: Int
    package var row: [Value]
}

/// What a relation does from the start to the end of the input.
///
/// Moment 0 is the start, before any row; moment `n` is the arrival of the n-th row of all sources; the last one is the end
/// of the input, if it ends.
struct Timeline {
    struct Moment {
        var changes: [ReferenceChange] = []
        /// Behind the changes, in microseconds; nil: none yet.
        var watermark: Int64?
    }

    var moments: [Moment] = []
}

/// The watermark at the end of the input.
let endOfTime = Int64.max

func saturatingAdd(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b > 0 ? .max : .min) : sum
}

/// Whether a watermark says that an end, with the lateness behind it, has passed.
func hasPassed(_ end: Int64, _ lateness: Int64, _ watermark: Int64?) -> Bool {
    guard let watermark else { return false }
    return watermark == endOfTime || saturatingAdd(end, lateness) <= watermark
}

/// The watermark behind an operator that holds rows back this long.
func delayed(_ watermark: Int64?, by lateness: Int64) -> Int64? {
    watermark.map { $0 == endOfTime ? $0 : saturatingAdd($0, -lateness) }
}

/// The rows of a relation at a moment, each once for each time it came, in order of arrival.
struct Contents {
    private(set) var rows: [(id: Int, row: [Value])] = []
    private var next = 0

    /// The number of a new row.
    mutating func insert(_ row: [Value]) -> Int {
        next += 1
        rows.append((next, row))
        return next
    }

    /// The number of the row that goes: the last that is the same.
    mutating func remove(_ row: [Value]) throws(ReferenceError) -> Int {
        guard let index = rows.lastIndex(where: { $0.row == row }) ?? rows.lastIndex(where: { areSame($0.row, row) })
        else { throw .unsupported("taking back a row that is not there") }
        return rows.remove(at: index).id
    }
}

/// The changes that lead from some rows to others, rows to be taken back first.
func difference(from old: [[Value]], to new: [[Value]]) -> [ReferenceChange] {
    var counts: [[Value]: Int] = [:]
    for row in new { counts[row, default: 0] += 1 }
    var changes: [ReferenceChange] = []
    for row in old {
        if let count = counts[row], count > 0 {
            counts[row] = count - 1
        } else {
            changes.append(ReferenceChange(weight: -1, row: row))
        }
    }
    // In the order in which they stand.
    for row in new.reversed() {
        guard let count = counts[row], count > 0 else { continue }
        counts[row] = count - 1
        changes.append(ReferenceChange(weight: 1, row: row))
    }
    let retractions = changes.filter { $0.weight < 0 }
    return retractions + changes.filter { $0.weight > 0 }.reversed()
}
