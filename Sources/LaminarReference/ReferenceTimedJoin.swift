import LaminarExpressions
import LaminarPlan
import LaminarTypes

/// A join whose times bound which rows meet: all that must have come out by a moment is computed from all rows on time
/// so far, and what is not out yet comes out.
private struct TimedJoinHistory {
    struct Row {
        var values: [Value]
        var time: Int64
    }

    struct Side {
        var rows: [Row] = []
        /// Of the input, less the lateness; nil: none yet.
        var watermark: Int64?

        /// Whether no row of this side can have a time up to this one any more.
        func hasPassed(_ time: Int64?) -> Bool {
            guard let watermark else { return false }
            guard let time else { return watermark == endOfTime }
            return watermark == endOfTime || time < watermark
        }
    }

    let join: Join
    let timing: Join.Timing
    let leftWidth: Int
    let rightWidth: Int
    var left = Side()
    var right = Side()
    var lateRows = 0
    /// By the numbers of a left and a right row: whether key, condition and times let them meet.
    private var matches: [[Int]: Bool] = [:]

    init(_ join: Join, _ timing: Join.Timing, leftWidth: Int, rightWidth: Int) {
        self.join = join
        self.timing = timing
        self.leftWidth = leftWidth
        self.rightWidth = rightWidth
    }

    /// No two times are as far apart as the bounds say; then nothing waits, and no row is late.
    var isNever: Bool {
        guard let lower = timing.lower, let upper = timing.upper else { return false }
        return lower > upper
    }

    /// The side's rows with those of these changes that are on time.
    mutating func take(
        _ changes: [ReferenceChange], _ time: Expression, into side: WritableKeyPath<TimedJoinHistory, Side>
    ) throws(ReferenceError) {
        for change in changes {
            guard change.weight > 0 else { throw .unsupported("a timed join over rows that are taken back") }
            guard let time = try evaluate(time, change.row).microseconds else {
                throw ReferenceError("22004", "the event time is NULL")
            }
            if !isNever, let watermark = self[keyPath: side].watermark, watermark == endOfTime || time < watermark {
                lateRows += change.weight
                continue
            }
            for _ in 0..<change.weight { self[keyPath: side].rows.append(Row(values: change.row, time: time)) }
        }
    }

    private mutating func areMatched(_ leftIndex: Int, _ rightIndex: Int) throws(ReferenceError) -> Bool {
        if let known = matches[[leftIndex, rightIndex]] { return known }
        let (a, b) = (left.rows[leftIndex], right.rows[rightIndex])
        let distance = b.time - a.time
        var result = distance >= timing.lower ?? .min && distance <= timing.upper ?? .max
        if result { result = try isMatch(a.values, b.values, join) }
        matches[[leftIndex, rightIndex]] = result
        return result
    }

    /// All that must have come out by now.
    mutating func result() throws(ReferenceError) -> [[Value]] {
        var rows: [[Value]] = []
        var rightIsMatched = Array(repeating: false, count: right.rows.count)
        let nulls = (left: Array(repeating: Value.null, count: leftWidth), right: Array(repeating: Value.null, count: rightWidth))
        for (leftIndex, row) in left.rows.enumerated() {
            // Windows come out when both sides have passed them.
            let mayMeet = !timing.waits || left.hasPassed(row.time) && right.hasPassed(row.time)
            var isMatched = false
            for (rightIndex, other) in right.rows.enumerated() where try areMatched(leftIndex, rightIndex) {
                isMatched = true
                rightIsMatched[rightIndex] = true
                if mayMeet, !join.kind.isFiltering { rows.append(row.values + other.values) }
            }
            let isSettled =
                isNever || (timing.waits
                    ? mayMeet : right.hasPassed(timing.upper.map { saturatingAdd(row.time, $0) }))
            switch join.kind {
            case .semi where isMatched && mayMeet: rows.append(row.values)
            case .anti where !isMatched && isSettled: rows.append(row.values)
            case .left where !isMatched && isSettled, .full where !isMatched && isSettled: rows.append(row.values + nulls.right)
            default: break
            }
        }
        guard join.kind == .right || join.kind == .full else { return rows }
        for (index, row) in right.rows.enumerated() where !rightIsMatched[index] {
            let isSettled =
                isNever || (timing.waits
                    ? left.hasPassed(row.time) && right.hasPassed(row.time)
                    : left.hasPassed(timing.lower.map { saturatingAdd(row.time, -$0) }))
            if isSettled { rows.append(nulls.left + row.values) }
        }
        return rows
    }

    /// The least event time that may still come out, of the sides whose time the result has.
    var watermark: Int64? {
        func held(_ own: Int64?, _ other: Int64?, _ distance: Int64?) -> Int64? {
            guard let own, let other else { return nil }
            if other == endOfTime { return own }
            guard let distance else { return nil }
            return min(own, saturatingAdd(other, distance))
        }
        let ofLeft = held(left.watermark, right.watermark, timing.upper.map { -$0 })
        let ofRight = held(right.watermark, left.watermark, timing.lower)
        switch (timing.carriesLeft, timing.carriesRight) {
        case (true, true): return earlier(ofLeft, ofRight)
        case (true, false): return ofLeft
        case (false, true): return ofRight
        case (false, false): return earlier(left.watermark, right.watermark)
        }
    }
}

extension ReferenceEvaluation {
    mutating func joinedByTime(
        _ left: Timeline, _ right: Timeline, _ join: Join, _ timing: Join.Timing, _ leftWidth: Int, _ rightWidth: Int
    ) throws(ReferenceError) -> Timeline {
        var history = TimedJoinHistory(join, timing, leftWidth: leftWidth, rightWidth: rightWidth)
        var shown: [[Value]] = []
        var result = left
        for index in left.moments.indices {
            try history.take(left.moments[index].changes, timing.left, into: \.left)
            try history.take(right.moments[index].changes, timing.right, into: \.right)
            history.left.watermark = delayed(left.moments[index].watermark, by: timing.lateness)
            history.right.watermark = delayed(right.moments[index].watermark, by: timing.lateness)
            let rows = try history.result()
            result.moments[index].changes = difference(from: shown, to: rows)
            result.moments[index].watermark = history.watermark
            shown = rows
        }
        lateRows += history.lateRows
        return result
    }
}
