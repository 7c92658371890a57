import LaminarExpressions
import LaminarPlan
import LaminarTypes

extension ReferenceEvaluation {
    /// At each moment every row with what the window functions are of the rows that are there then.
    func over(_ input: Timeline, _ over: Over) throws(ReferenceError) -> Timeline {
        var contents = Contents()
        var shown: [[Value]] = []
        var result = input
        for index in input.moments.indices {
            result.moments[index].changes = []
            if input.moments[index].changes.isEmpty { continue }
            try contents.apply(input.moments[index].changes)
            var partitions: [(key: [Value], rows: [[Value]])] = []
            for (_, row) in contents.rows {
                let key = try evaluate(over.partition, row)
                if let index = partitions.firstIndex(where: { areSame($0.key, key) }) {
                    partitions[index].rows.append(row)
                } else {
                    partitions.append((key, [row]))
                }
            }
            var rows: [[Value]] = []
            for partition in partitions { rows += try Partition(partition.rows, over).results() }
            result.moments[index].changes = difference(from: shown, to: rows)
            shown = rows
        }
        return result
    }
}

/// The rows of one partition in order.
struct Partition {
    let over: Over
    private(set) var rows: [[Value]] = []
    /// Where each row stood before.
    private(set) var indices: [Int] = []
    private var order: [[Value]] = []

    init(_ unsorted: [[Value]], _ over: Over) throws(ReferenceError) {
        self.over = over
        var keyed: [(row: [Value], order: [Value])] = []
        for row in unsorted { keyed.append((row, try evaluate(over.order.map(\.expression), row))) }
        let sorted = keyed.enumerated().sorted { a, b in
            let order = Self.compare(a.element.order, b.element.order, over)
            return order == 0 ? a.offset < b.offset : order < 0
        }
        rows = sorted.map(\.element.row)
        indices = sorted.map(\.offset)
        order = sorted.map(\.element.order)
    }

    private static func compare(_ a: [Value], _ b: [Value], _ over: Over) -> Int {
        for (index, item) in over.order.enumerated() {
            let order = LaminarReference.compare(
                a[index], b[index], isDescending: item.isDescending, nullsFirst: item.nullsFirst)
            if order != 0 { return order }
        }
        return 0
    }

    private func arePeers(_ a: Int, _ b: Int) -> Bool { Self.compare(order[a], order[b], over) == 0 }

    func results() throws(ReferenceError) -> [[Value]] {
        var results: [[Value]] = []
        for position in rows.indices { results.append(try result(at: position)) }
        return results
    }

    /// A row with the results of all calls behind it.
    func result(at position: Int) throws(ReferenceError) -> [Value] {
        var row = rows[position]
        for call in over.calls { row.append(try result(of: call, at: position)) }
        return row
    }

    private func result(of call: Over.Call, at position: Int) throws(ReferenceError) -> Value {
        let count = rows.count
        let before = rows.indices.count { Self.compare(order[$0], order[position], over) < 0 }
        let peers = rows.indices.count { arePeers($0, position) }
        func argument(_ index: Int, of row: Int) throws(ReferenceError) -> Value {
            try evaluate(call.arguments[index], rows[row])
        }
        switch call.function {
        case .rowNumber: return .integer(Int64(position + 1))
        case .rank: return .integer(Int64(before + 1))
        case .denseRank: return .integer(Int64(try group(of: position) + 1))
        case .percentRank: return .double(count == 1 ? 0 : Double(before) / Double(count - 1))
        case .cumulativeDistribution: return .double(Double(before + peers) / Double(count))
        case .bucket:
            guard let buckets = try argument(0, of: 0).number else { return .null }
            if buckets <= 0 { throw ReferenceError("22014", "ntile of \(buckets)") }
            // Deal the rows out one by one: bucket b gets as many as its turn comes.
            var sizes = Array(repeating: 0, count: Int(min(buckets, Int64(count))))
            for row in 0..<count { sizes[row % sizes.count] += 1 }
            var left = position
            for (bucket, size) in sizes.enumerated() {
                if left < size { return .integer(Int64(bucket + 1)) }
                left -= size
            }
            return .null
        case .lag, .lead:
            var distance: Int64 = 1
            if call.arguments.count > 1 {
                guard let number = try argument(1, of: position).number else { return .null }
                distance = number
            }
            let other = call.function == .lag ? Int64(position) - distance : Int64(position) + distance
            if other >= 0, other < count { return try argument(0, of: Int(other)) }
            return call.arguments.count > 2 ? try argument(2, of: position) : .null
        case .firstValue, .lastValue, .nthValue:
            let frame = try frame(call.frame, of: position)
            if call.function == .firstValue { return try frame.first.map { (row) throws(ReferenceError) in try argument(0, of: row) } ?? .null }
            if call.function == .lastValue { return try frame.last.map { (row) throws(ReferenceError) in try argument(0, of: row) } ?? .null }
            guard let number = try argument(1, of: position).number else { return .null }
            if number <= 0 { throw ReferenceError("22016", "nth_value of \(number)") }
            return number <= frame.count ? try argument(0, of: frame[Int(number) - 1]) : .null
        case .countOfRows: return .integer(Int64(try frame(call.frame, of: position).count))
        case .aggregate:
            guard let kernel = call.kernel else { throw .unsupported("an aggregate without a kernel") }
            let aggregate = AggregateCall(
                kernel: kernel, function: call.name, argument: call.arguments[0], filter: nil, isDistinct: false,
                type: call.type, span: .none)
            return try LaminarReference.aggregate(aggregate, of: try frame(call.frame, of: position).map { rows[$0] })
        }
    }

    /// The number of a row's group of peers, from 0.
    private func group(of position: Int) throws(ReferenceError) -> Int {
        (0..<position).count { !arePeers($0, $0 + 1) }
    }

    /// The positions of the rows in the frame of a row.
    private func frame(_ frame: Over.Frame, of position: Int) throws(ReferenceError) -> [Int] {
        var result: [Int] = []
        for row in rows.indices {
            if frame.unit == .session {
                guard try areInSession(min(row, position), max(row, position), frame) else { continue }
            } else {
                guard try isBehindStart(row, frame, position), try isBeforeEnd(row, frame, position) else { continue }
            }
            switch frame.exclusion {
            case .none: break
            case .currentRow: if row == position { continue }
            case .group: if arePeers(row, position) { continue }
            case .ties: if row != position, arePeers(row, position) { continue }
            }
            result.append(row)
        }
        return result
    }

    /// How far a row lies behind another, in the unit of a frame.
    func distance(_ row: Int, _ position: Int, _ unit: Over.Frame.Unit) throws(ReferenceError) -> Int64 {
        switch unit {
        case .rows: Int64(row - position)
        case .groups, .range, .session: Int64(try group(of: row) - group(of: position))
        }
    }

    /// Whether from each row to the next, between these two, it is less far than the gap.
    func areInSession(_ first: Int, _ last: Int, _ frame: Over.Frame) throws(ReferenceError) -> Bool {
        guard let range = frame.rangeOrder, case .value(let end) = frame.end else { throw .unsupported("a session of no gap") }
        for row in first..<last {
            let limit = try evaluate(end, rows[row])
            let value = try evaluate(range, rows[row + 1])
            if limit.isNull, value.isNull { continue }
            if limit.isNull || value.isNull { return false }
            let order = value.compare(limit)
            if (over.order.first?.isDescending == true ? -order : order) >= 0 { return false }
        }
        return true
    }

    private func isBehindStart(_ row: Int, _ frame: Over.Frame, _ position: Int) throws(ReferenceError) -> Bool {
        switch frame.start {
        case .unboundedPreceding: return true
        case .unboundedFollowing: return false
        case .currentRow: return try distance(row, position, frame.unit) >= 0
        case .preceding(let count): return try distance(row, position, frame.unit) >= -count
        case .following(let count): return try distance(row, position, frame.unit) >= count
        case .value(let bound): return try order(of: row, bound, frame, position) >= 0
        }
    }

    private func isBeforeEnd(_ row: Int, _ frame: Over.Frame, _ position: Int) throws(ReferenceError) -> Bool {
        switch frame.end {
        case .unboundedPreceding: return false
        case .unboundedFollowing: return true
        case .currentRow: return try distance(row, position, frame.unit) <= 0
        case .preceding(let count): return try distance(row, position, frame.unit) <= -count
        case .following(let count): return try distance(row, position, frame.unit) <= count
        case .value(let bound): return try order(of: row, bound, frame, position) <= 0
        }
    }

    /// How a row stands to the value at which the frame of another begins or ends, in the order of the window.
    private func order(
        of row: Int, _ bound: Expression, _ frame: Over.Frame, _ position: Int
    ) throws(ReferenceError) -> Int {
        guard let range = frame.rangeOrder, let item = over.order.first else { throw .unsupported("a RANGE of no order") }
        let value = try evaluate(range, rows[row])
        let limit = try evaluate(bound, rows[position])
        // NULLs are peers of each other, at their end of the order.
        if value.isNull || limit.isNull {
            return LaminarReference.compare(
                value.isNull ? .null : .integer(0), limit.isNull ? .null : .integer(0), isDescending: false,
                nullsFirst: item.nullsFirst)
        }
        let order = value.compare(limit)
        return item.isDescending ? -order : order
    }
}
