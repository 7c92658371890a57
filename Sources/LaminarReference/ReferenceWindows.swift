import LaminarExpressions
import LaminarPlan
import LaminarTypes

extension ReferenceEvaluation {
    /// The bounds of each window that a row belongs to: start, end and the last time inside.
    func windows(of row: [Value], _ assignment: WindowAssignment) throws(ReferenceError) -> [[Value]] {
        let value = try evaluate(assignment.time, row)
        guard let time = value.microseconds else {
            if assignment.hasWatermark { throw ReferenceError("22004", "the event time is NULL") }
            return []
        }
        let window = assignment.window
        var bounds: [(start: Int64, end: Int64)] = []
        switch window.kind {
        case .tumble, .session:
            let start = windowStart(time, size: window.size, offset: window.offset)
            bounds.append((start, start + window.size))
        case .hop:
            // Every start from one size before the row on.
            var start = windowStart(time - window.size, size: window.step, offset: window.offset)
            while start <= time {
                if time < start + window.size { bounds.append((start, start + window.size)) }
                start += window.step
            }
        case .cumulate:
            let start = windowStart(time, size: window.size, offset: window.offset)
            var end = start + window.step
            while end <= start + window.size {
                if time < end { bounds.append((start, end)) }
                end += window.step
            }
        }
        return bounds.map { values(of: $0, assignment) }
    }

    private func values(of bounds: (start: Int64, end: Int64), _ assignment: WindowAssignment) -> [Value] {
        // How fine the type of the time is: a window's last time lies one such unit before its end.
        switch assignment.boundType {
        case .bigint:
            // Milliseconds.
            return [bounds.start, bounds.end, bounds.end - 1000].map { .integer($0 / 1000) }
        case .timestamp(let digits), .timestamptz(let digits):
            var unit: Int64 = 1
            for _ in digits..<6 { unit *= 10 }
            return [bounds.start, bounds.end, bounds.end - unit].map { .timestamp($0) }
        default: return [bounds.start, bounds.end, bounds.end - 1].map { .timestamp($0) }
        }
    }

    /// Rows with the bounds of their session, either once, when the watermark has passed it, or as it grows.
    mutating func sessions(_ input: Timeline, _ assignment: WindowAssignment) throws(ReferenceError) -> Timeline {
        struct Member {
            var number: Int
            var row: [Value]
            var key: [Value]
            var time: Int64
        }
        struct Session {
            var members: [Member]
            var start: Int64
            var end: Int64
        }
        let gap = assignment.window.size
        var marks = ReferenceMarks(assignment.keyed)
        func sessions(of members: [Member]) -> [Session] {
            var sessions: [Session] = []
            let sorted = members.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            for member in sorted.map(\.element) {
                let open = sessions.lastIndex { areSame($0.members[0].key, member.key) && member.time <= $0.end }
                if let open {
                    sessions[open].members.append(member)
                    sessions[open].end = member.time + gap
                } else {
                    sessions.append(Session(members: [member], start: member.time, end: member.time + gap))
                }
            }
            return sessions
        }
        func rows(of sessions: [Session]) -> [[Value]] {
            sessions.flatMap { session in
                // In order of arrival.
                session.members.sorted { $0.number < $1.number }.map {
                    $0.row + values(of: (session.start, session.end), assignment)
                }
            }
        }
        /// Rows of sessions that have not passed, in order of arrival.
        var live: [Member] = []
        var shown: [[Value]] = []
        var arrived = 0
        var result = input
        for index in input.moments.indices {
            let moment = input.moments[index]
            var late: [ReferenceChange] = []
            var times: [(row: [Value], time: Int64)] = []
            for change in moment.changes {
                let value = try evaluate(assignment.time, change.row)
                guard let time = value.microseconds else {
                    if assignment.hasWatermark { throw ReferenceError("22004", "the event time is NULL") }
                    continue
                }
                let key = try evaluate(assignment.partition, change.row)
                times.append((change.row, time))
                for _ in 0..<change.weight.magnitude {
                    arrived += 1
                    let member = Member(number: arrived, row: change.row, key: key, time: time)
                    if change.weight < 0 {
                        if let index = live.lastIndex(where: { $0.row == change.row }) {
                            live.remove(at: index)
                        } else {
                            lateRows += 1
                            late.append(ReferenceChange(weight: -1, row: change.row))
                        }
                        continue
                    }
                    let own = sessions(of: live + [member]).first { $0.members.contains { $0.number == arrived } }
                    if hasPassed(own?.end ?? time + gap, assignment.lateness, marks.watermark(of: change.row)) {
                        lateRows += 1
                        late.append(ReferenceChange(weight: 1, row: change.row))
                    } else {
                        live.append(member)
                    }
                }
            }
            marks.raise(by: times, moment.watermark)
            func hasReached(_ session: Session, _ lateness: Int64) -> Bool {
                hasPassed(session.end, lateness, marks.watermark(of: session.members[0].row))
            }
            let current = sessions(of: live)
            func visible(_ sessions: [Session]) -> [Session] {
                sessions.filter { !assignment.waitsForEnd || hasReached($0, 0) }
            }
            let closed = current.filter { hasReached($0, assignment.lateness) }
            if assignment.givesOutLateRows {
                result.moments[index].changes = late
            } else if assignment.closes {
                result.moments[index].changes = rows(of: closed).map { ReferenceChange(weight: 1, row: $0) }
            } else {
                result.moments[index].changes = difference(from: shown, to: rows(of: visible(current)))
            }
            let open = current.filter { !hasReached($0, assignment.lateness) }
            // What sessions that have closed gave out stays.
            shown = rows(of: visible(open))
            live = open.flatMap(\.members).sorted { $0.number < $1.number }
            result.moments[index].watermark = delayed(marks.floor, by: assignment.lateness)
        }
        return result
    }

    /// Changes held back until the clock has passed a multiple of the interval, or the watermark their window.
    func periodically(_ input: Timeline, _ emission: PeriodicEmission) throws(ReferenceError) -> Timeline {
        var result = input
        var held: [ReferenceChange] = []
        var due: Int64?
        for index in input.moments.indices {
            let moment = input.moments[index]
            var given: [ReferenceChange] = []
            if let now = ticks[index], now >= due ?? now {
                if due != nil {
                    given = held
                    held = []
                }
                due = windowStart(now, size: emission.interval, offset: 0) + emission.interval
            }
            var waiting: [ReferenceChange] = []
            for change in held + moment.changes {
                let last = try emission.last.flatMap { (last) throws(ReferenceError) in try evaluate(last, change.row).microseconds }
                // A group without a window waits for the end of the input.
                if hasPassed(last.map { $0 + 1 } ?? .max, 0, moment.watermark) {
                    given.append(change)
                } else {
                    waiting.append(change)
                }
            }
            held = waiting
            result.moments[index].changes = given
        }
        return result
    }

    /// Rows once the watermark has passed their event time, in its order, ties in order of arrival.
    mutating func inEventTimeOrder(
        _ input: Timeline, _ column: Int, _ lateness: Int64
    ) throws(ReferenceError) -> Timeline {
        // No row before the watermark can come any more; one at it can.
        func isDue(_ time: Int64, _ watermark: Int64?) -> Bool {
            guard let watermark else { return false }
            return watermark == endOfTime || saturatingAdd(time, lateness) < watermark
        }
        var waiting: [(time: Int64, row: [Value])] = []
        var result = input
        var before: Int64?
        for index in input.moments.indices {
            let moment = input.moments[index]
            for change in moment.changes {
                guard let time = change.row[column].microseconds else {
                    throw ReferenceError("22004", "the event time is NULL")
                }
                if isDue(time, before) {
                    lateRows += Int(change.weight.magnitude)
                    continue
                }
                for _ in 0..<change.weight.magnitude {
                    if change.weight > 0 {
                        waiting.append((time, change.row))
                    } else if let index = waiting.firstIndex(where: { $0.row == change.row }) {
                        waiting.remove(at: index)
                    } else {
                        lateRows += 1
                    }
                }
            }
            let due = waiting.enumerated().filter { isDue($0.element.time, moment.watermark) }
                .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            result.moments[index].changes = due.map { ReferenceChange(weight: 1, row: $0.element.row) }
            waiting.removeAll { isDue($0.time, moment.watermark) }
            result.moments[index].watermark = delayed(moment.watermark, by: lateness)
            before = moment.watermark
        }
        return result
    }
}
