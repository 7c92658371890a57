import LaminarExpressions
import LaminarPlan
import LaminarTypes

/// The groups of an aggregation, with the rows that each has.
private struct Groups {
    struct Group {
        var key: [Value]
        var rows = Contents()
        /// What came out of it and was not taken back.
        var emitted: [Value]?
        var end: Int64 = 0
        var isTouched = false
    }

    let aggregation: Aggregation
    var groups: [Group] = []

    /// Adds or takes back a row; the position of its group.
    mutating func apply(_ change: ReferenceChange) throws(ReferenceError) -> Int {
        let key = try evaluate(aggregation.keys, change.row)
        let found = groups.firstIndex { areSame($0.key, key) }
        let index = found ?? groups.count
        if found == nil { groups.append(Group(key: key)) }
        groups[index].isTouched = true
        for _ in 0..<change.weight.magnitude {
            if change.weight > 0 {
                _ = groups[index].rows.insert(change.row)
            } else {
                _ = try groups[index].rows.remove(change.row)
            }
        }
        return index
    }

    /// The row of a group; nil where none is left of it.
    func result(_ group: Group) throws(ReferenceError) -> [Value]? {
        if group.rows.rows.isEmpty, !aggregation.keys.isEmpty { return nil }
        var row = group.key
        for call in aggregation.calls { row.append(try aggregate(call, of: group.rows.rows.map(\.row))) }
        return row
    }

    /// Brings what came out of the touched groups that `isVisible` up to date.
    mutating func emit(
        where isVisible: (Group) -> Bool = { _ in true }
    ) throws(ReferenceError) -> [ReferenceChange] {
        var changes: [ReferenceChange] = []
        for index in groups.indices where groups[index].isTouched && isVisible(groups[index]) {
            groups[index].isTouched = false
            let result = try result(groups[index])
            if result == groups[index].emitted { continue }
            if let old = groups[index].emitted { changes.append(ReferenceChange(weight: -1, row: old)) }
            if let result { changes.append(ReferenceChange(weight: 1, row: result)) }
            groups[index].emitted = result
        }
        return changes
    }
}

extension ReferenceEvaluation {
    /// A running aggregation: at each moment one row for each group that has rows; without keys always one.
    func grouped(_ input: Timeline, _ aggregation: Aggregation) throws(ReferenceError) -> Timeline {
        var groups = Groups(aggregation: aggregation)
        if aggregation.keys.isEmpty {
            groups.groups = [Groups.Group(key: [], isTouched: true)]
        }
        var result = input
        for index in input.moments.indices {
            for change in input.moments[index].changes { _ = try groups.apply(change) }
            result.moments[index].changes = try groups.emit()
        }
        return result
    }

    /// An aggregation whose groups are windows under a watermark.
    ///
    /// A row is late if its window, with the lateness, has passed before it arrives. A window fires when the watermark
    /// behind a row reaches its end: with the lateness where it fires once.
    mutating func windowed(
        _ input: Timeline, _ aggregation: Aggregation, _ window: Aggregation.Window
    ) throws(ReferenceError) -> Timeline {
        var groups = Groups(aggregation: aggregation)
        var result = input
        var before: Int64?
        for index in input.moments.indices {
            let moment = input.moments[index]
            for change in moment.changes {
                let end = try windowEnd(of: change.row, window)
                if hasPassed(end, window.comesComplete ? 0 : window.lateness, before) {
                    lateRows += Int(change.weight.magnitude)
                    continue
                }
                groups.groups[try groups.apply(change)].end = end
            }
            switch window.comesComplete ? .changes : window.emission {
            case .onClose, .onCloseOfUpdates:
                result.moments[index].changes = try groups.emit { hasPassed($0.end, window.lateness, moment.watermark) }
            case .changes: result.moments[index].changes = try groups.emit()
            case .afterWatermark:
                result.moments[index].changes = try groups.emit { hasPassed($0.end, 0, moment.watermark) }
            }
            result.moments[index].watermark = delayed(moment.watermark, by: window.comesComplete ? 0 : window.lateness)
            before = moment.watermark
        }
        return result
    }

    /// Where the window of a row ends: its time is any in the window of TUMBLE, else the window's last microsecond.
    func windowEnd(of row: [Value], _ window: Aggregation.Window) throws(ReferenceError) -> Int64 {
        guard let time = try evaluate(window.time, row).microseconds else {
            throw ReferenceError("22004", "the event time is NULL")
        }
        let shape = window.window
        if shape.kind != .tumble { return time + 1 }
        return windowStart(time, size: shape.size, offset: shape.offset) + shape.size
    }
}
