import LaminarPlan
import LaminarTypes

/// The watermark by which a row is judged: that of its key, or where keys have none of their own that of the input.
struct ReferenceMarks {
    private let keyed: KeyedWatermark?
    private var marks: [(key: [Value], watermark: Int64)] = []
    /// What every key has.
    private(set) var floor: Int64?

    init(_ keyed: KeyedWatermark?) { self.keyed = keyed }

    private func key(_ row: [Value]) -> [Value] { keyed?.columns.map { row[$0] } ?? [] }

    func watermark(of row: [Value]) -> Int64? {
        let own = marks.first { areSame($0.key, key(row)) }?.watermark
        guard let own, let floor else { return own ?? floor }
        return max(own, floor)
    }

    /// What the rows of a moment, and the watermark behind it, make of them.
    mutating func raise(by rows: [(row: [Value], time: Int64)], _ watermark: Int64?) {
        guard let keyed else {
            floor = watermark
            return
        }
        floor = delayed(watermark, by: keyed.idle)
        for (row, time) in rows {
            let candidate = time - keyed.delay
            if let known = marks.firstIndex(where: { areSame($0.key, key(row)) }) {
                marks[known].watermark = max(marks[known].watermark, candidate)
            } else {
                marks.append((key(row), candidate))
            }
        }
    }
}

extension ReferenceEvaluation {
    /// Rows of windows, judged by the watermark of their key and held back until it has come far enough.
    mutating func keyedWindows(_ input: Timeline, _ windows: KeyedWindows) throws(ReferenceError) -> Timeline {
        var marks = ReferenceMarks(windows.watermark)
        var waiting: [(end: Int64, row: [Value])] = []
        var result = input
        for index in input.moments.indices {
            let moment = input.moments[index]
            var given: [ReferenceChange] = []
            var late: [ReferenceChange] = []
            var times: [(row: [Value], time: Int64)] = []
            /// Whether a window's rows come out, under the watermark of a row's key.
            func comesOut(_ end: Int64, _ row: [Value]) -> Bool {
                switch windows.emission {
                case .changes: true
                case .afterWatermark: hasPassed(end, 0, marks.watermark(of: row))
                case .onClose, .onCloseOfUpdates: hasPassed(end, windows.lateness, marks.watermark(of: row))
                }
            }
            for change in moment.changes {
                guard let time = try evaluate(windows.eventTime, change.row).microseconds,
                    let end = try evaluate(windows.end, change.row).microseconds
                else { throw ReferenceError("22004", "the event time is NULL") }
                times.append((change.row, time))
                if hasPassed(end, windows.lateness, marks.watermark(of: change.row)) {
                    late.append(change)
                    // Where only they come out, they are counted beside.
                    if !windows.givesOutLateRows { lateRows += Int(change.weight.magnitude) }
                } else if comesOut(end, change.row) {
                    given.append(change)
                } else {
                    for _ in 0..<change.weight.magnitude {
                        if change.weight > 0 {
                            waiting.append((end, change.row))
                        } else if let found = waiting.lastIndex(where: { $0.row == change.row }) {
                            waiting.remove(at: found)
                        } else {
                            throw .unsupported("taking back a row that is not there")
                        }
                    }
                }
            }
            marks.raise(by: times, moment.watermark)
            given += waiting.filter { comesOut($0.end, $0.row) }.map { ReferenceChange(weight: 1, row: $0.row) }
            waiting.removeAll { comesOut($0.end, $0.row) }
            result.moments[index].changes = windows.givesOutLateRows ? late : given
            result.moments[index].watermark = delayed(marks.floor, by: windows.lateness)
        }
        return result
    }
}
