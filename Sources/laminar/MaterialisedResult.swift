import LaminarPlan
import LaminarTypes

/// The rows of a result as they stand: what a changelog adds up to, ordered and cut as the outermost query asks.
///
/// Append-only rows under ORDER BY … LIMIT n are kept to about 2 n; all others are kept while they count.
struct MaterialisedResult {
    private struct Row {
        var cells: [Value]
        /// When it came; ties of the ordering keep this order.
        var arrival: Int
        var weight: Int64
    }

    private let presentation: SinkPlan.Presentation
    private let types: [SQLType]
    /// Append-only rows, or nothing.
    private var list: [Row] = []
    /// Rows of a changelog, or nothing.
    private var bag: [[Value]: Row] = [:]
    private let isUpdating: Bool
    private var arrivals = 0

    init(_ sink: SinkPlan) {
        presentation = sink.presentation
        types = sink.fields.map(\.type)
        isUpdating = sink.changelog == .updating
    }

    mutating func add(_ cells: [Value], weight: Int64 = 1) {
        arrivals += 1
        guard isUpdating else {
            list.append(Row(cells: cells, arrival: arrivals, weight: weight))
            prune()
            return
        }
        var row = bag[cells] ?? Row(cells: cells, arrival: arrivals, weight: 0)
        row.weight += weight
        bag[cells] = row.weight == 0 ? nil : row
    }

    /// The visible cells of the rows that the result has now.
    func rows() -> [[Value]] {
        var rows = (isUpdating ? Array(bag.values) : list).filter { $0.weight > 0 }
        rows.sort(by: precedes)
        var skipped = presentation.offset
        var left = presentation.limit ?? .max
        var result: [[Value]] = []
        for row in rows {
            let visible = Array(row.cells.dropLast(presentation.hiddenColumns))
            for _ in 0..<row.weight {
                if skipped > 0 {
                    skipped -= 1
                } else if left > 0 {
                    result.append(visible)
                    left -= 1
                } else {
                    return result
                }
            }
        }
        return result
    }

    /// Drops rows that can no longer be among the first `offset + limit`.
    private mutating func prune() {
        guard let limit = presentation.limit else { return }
        let (kept, overflow) = limit.addingReportingOverflow(presentation.offset)
        guard !overflow, kept < Int64(Int32.max), list.count >= 2 * Int(kept) + 1024 else { return }
        list.sort(by: precedes)
        list.removeSubrange(Int(kept)...)
    }

    private func precedes(_ a: Row, _ b: Row) -> Bool {
        for ordering in presentation.ordering {
            let (x, y) = (a.cells[ordering.column], b.cells[ordering.column])
            switch (x.isNull, y.isNull) {
            case (true, true): continue
            case (true, false): return ordering.nullsFirst
            case (false, true): return !ordering.nullsFirst
            case (false, false): break
            }
            let order = x.compare(y, as: types[ordering.column])
            if order != 0 { return ordering.isDescending ? order > 0 : order < 0 }
        }
        return a.arrival < b.arrival
    }
}

extension Value {
    fileprivate var isNull: Bool { if case .null = self { true } else { false } }
}
