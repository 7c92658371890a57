import LaminarExpressions
import LaminarPlan
import LaminarTypes

extension ReferenceEvaluation {
    /// Rows with their window functions, each once, when the watermark says that no row to come can change them: when it
    /// has passed the row's time and the end of its frames, or has reached the end of the window that is its partition.
    mutating func settledOver(
        _ input: Timeline, _ over: Over, _ settling: Over.Settling
    ) throws(ReferenceError) -> Timeline {
        struct Row {
            var number: Int
            var values: [Value]
            var time: Int64
        }
        func isDue(_ time: Int64, _ watermark: Int64?) -> Bool {
            // At the watermark a row can still come, for a window that ends there none.
            hasPassed(settling.isWindowEnd ? time : saturatingAdd(time, 1), settling.lateness, watermark)
        }
        var partitions: [(key: [Value], rows: [Row], given: Set<Int>)] = []
        var arrived = 0
        var result = input
        var before: Int64?
        for index in input.moments.indices {
            let moment = input.moments[index]
            for change in moment.changes {
                guard let time = try evaluate(settling.time, change.row).microseconds else {
                    throw ReferenceError("22004", "the event time is NULL")
                }
                guard change.weight > 0 else { throw .unsupported("window functions that wait over rows taken back") }
                if isDue(time, before) {
                    lateRows += change.weight
                    continue
                }
                let key = try evaluate(over.partition, change.row)
                let found = partitions.firstIndex { areSame($0.key, key) }
                if found == nil { partitions.append((key, [], [])) }
                for _ in 0..<change.weight {
                    arrived += 1
                    partitions[found ?? partitions.count - 1].rows.append(
                        Row(number: arrived, values: change.row, time: time))
                }
            }
            result.moments[index].changes = []
            var held = Int64.max
            for position in partitions.indices {
                let due = partitions[position].rows.filter { isDue($0.time, moment.watermark) }
                let partition = try Partition(due.map(\.values), over)
                for (place, row) in partition.indices.map({ due[$0] }).enumerated()
                where !partitions[position].given.contains(row.number) {
                    var isSettled = true
                    if !settling.isWindowEnd, moment.watermark != endOfTime {
                        for call in over.calls where isSettled {
                            isSettled = try partition.isSettled(call, at: place) { isDue($0, moment.watermark) }
                        }
                    }
                    if !isSettled {
                        held = min(held, row.time)
                        continue
                    }
                    partitions[position].given.insert(row.number)
                    result.moments[index].changes.append(
                        ReferenceChange(weight: 1, row: try partition.result(at: place)))
                }
            }
            result.moments[index].watermark = delayed(moment.watermark, by: settling.lateness).map { min($0, held) }
            before = moment.watermark
        }
        return result
    }
}

extension Partition {
    /// Whether no row behind those that are here can change the result of a call for a row.
    fileprivate func isSettled(
        _ call: Over.Call, at position: Int, _ isDue: (Int64) -> Bool
    ) throws(ReferenceError) -> Bool {
        let behind = Int64(rows.count - 1 - position)
        switch call.function {
        case .rowNumber, .rank, .denseRank: return true
        case .percentRank, .cumulativeDistribution, .bucket: return false
        case .lag, .lead:
            guard call.arguments.count > 1 else { return call.function == .lag || behind >= 1 }
            guard case .constant(let value) = call.arguments[1].node else { return false }
            guard let distance = value.number else { return false }
            return behind >= (call.function == .lead ? distance : -distance)
        case .firstValue, .lastValue, .nthValue, .countOfRows, .aggregate: break
        }
        if call.frame.unit == .session { return try !areInSession(position, rows.count - 1, call.frame) }
        switch call.frame.end {
        case .unboundedPreceding, .preceding, .currentRow: return true
        case .unboundedFollowing: return false
        case .following(let count):
            return try distance(rows.count - 1, position, call.frame.unit) >= count
        case .value(let bound):
            guard let time = try evaluate(bound, rows[position]).microseconds else { return true }
            return isDue(time)
        }
    }
}
