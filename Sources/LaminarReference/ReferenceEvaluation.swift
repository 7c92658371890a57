package import LaminarPlan
import LaminarExpressions
package import LaminarTypes

/// A row as it arrives: its source, and the values of the source's stored columns.
package struct ReferenceArrival: Sendable {
    package var source: String
    package var values: [Value]
    package var weight: Int

    package init(source: String, values: [Value], weight: Int) {
        self.source = source
        self.values = values
        self.weight = weight
    }
}

/// What a query must give: the changes of its result at each moment (see `Timeline`).
package struct ReferenceResult: Sendable {
    package var moments: [[ReferenceChange]]
    /// Rows that operators dropped as late.
    package var lateRows: Int
}

/// Evaluates a logical plan as the binder made it, over the whole history of its input: slow and obvious, and sharing
/// nothing with the engine but the meaning of types.
///
/// - Parameters:
///   - ends: whether the input ends after the last row.
///   - ticks: what a clock says, in microseconds, before the rows of the moments at which it is read.
package func evaluateReference(
    _ plan: LogicalPlan, _ arrivals: [ReferenceArrival], ends: Bool, ticks: [Int: Int64] = [:]
) throws(ReferenceError) -> ReferenceResult {
    var evaluation = ReferenceEvaluation(arrivals: arrivals, ends: ends, ticks: ticks)
    let timeline = try evaluation.timeline(of: plan)
    return ReferenceResult(
        moments: timeline.moments.map(\.changes), lateRows: evaluation.lateRows)
}

struct ReferenceEvaluation {
    let arrivals: [ReferenceArrival]
    let ends: Bool
    let ticks: [Int: Int64]
    var lateRows = 0
    /// What each recursion has given after the rounds so far.
    private var feedbacks: [Int: Timeline] = [:]
    /// What has been evaluated: a row that is late for two equal parts of a query is late once.
    private var known: [LogicalPlan: Timeline] = [:]

    init(arrivals: [ReferenceArrival], ends: Bool, ticks: [Int: Int64]) {
        self.arrivals = arrivals
        self.ends = ends
        self.ticks = ticks
    }

    var momentCount: Int { arrivals.count + (ends ? 2 : 1) }

    mutating func timeline(of plan: LogicalPlan) throws(ReferenceError) -> Timeline {
        if let timeline = known[plan] { return timeline }
        let timeline = try evaluated(plan)
        known[plan] = timeline
        return timeline
    }

    private mutating func evaluated(_ plan: LogicalPlan) throws(ReferenceError) -> Timeline {
        switch plan.node {
        case .source(let definition): return try source(definition)
        case .values(let rows):
            var timeline = Timeline(moments: Array(repeating: Timeline.Moment(), count: momentCount))
            for row in rows {
                timeline.moments[0].changes.append(ReferenceChange(weight: 1, row: try evaluate(row, [])))
            }
            for index in timeline.moments.indices { timeline.moments[index].watermark = endOfTime }
            return timeline
        case .filter(let input, let predicate):
            return try mapping(timeline(of: input)) { (change) throws(ReferenceError) in
                try isTrue(predicate, change.row) ? [change] : []
            }
        case .project(let input, let expressions):
            return try mapping(timeline(of: input)) { (change) throws(ReferenceError) in
                [ReferenceChange(weight: change.weight, row: try evaluate(expressions, change.row))]
            }
        case .expand(let input, let count, let keepsEmpty):
            return try mapping(timeline(of: input)) { (change) throws(ReferenceError) in
                let copies = try evaluate(count, change.row).number ?? 0
                let numbers: [Value] =
                    copies > 0 ? (1...copies).map { .integer($0) } : keepsEmpty ? [.null] : []
                return numbers.map { ReferenceChange(weight: change.weight, row: change.row + [$0]) }
            }
        case .unionAll(let inputs): return try union(inputs)
        case .feedback(let recursion):
            return feedbacks[recursion] ?? Timeline(
                moments: Array(repeating: Timeline.Moment(watermark: endOfTime), count: momentCount))
        case .recursion(let rows, let step, let recursion): return try fixpoint(rows, step, recursion)
        case .window(let input, let assignment) where assignment.window.kind == .session:
            return try sessions(timeline(of: input), assignment)
        case .window(let input, let assignment):
            return try mapping(timeline(of: input)) { (change) throws(ReferenceError) in
                try windows(of: change.row, assignment).map { ReferenceChange(weight: change.weight, row: change.row + $0) }
            }
        case .aggregate(let input, let aggregation):
            let timeline = try timeline(of: input)
            if let window = aggregation.window { return try windowed(timeline, aggregation, window) }
            return try grouped(timeline, aggregation)
        case .join(let left, let right, let join):
            if let timing = join.timing {
                return try joinedByTime(
                    timeline(of: left), timeline(of: right), join, timing, left.fields.count, right.fields.count)
            }
            return try joined(timeline(of: left), timeline(of: right), join, left.fields.count, right.fields.count)
        case .periodic(let input, let emission): return try periodically(timeline(of: input), emission)
        case .keyed(let input, let keyed): return try byKey(timeline(of: input), keyed)
        case .over(let input, let over):
            if let settling = over.settling { return try settledOver(timeline(of: input), over, settling) }
            return try self.over(timeline(of: input), over)
        case .keyedWindows(let input, let windows): return try keyedWindows(timeline(of: input), windows)
        case .eventTimeOrder(let input, let lateness, _):
            guard let column = input.properties.eventTime else { throw .unsupported("an order without an event time") }
            return try inEventTimeOrder(timeline(of: input), column, lateness)
        case .lateRows(let input, let window):
            var judged: [Timeline.Moment] = []
            var before: Int64?
            for moment in try timeline(of: input).moments {
                var late = Timeline.Moment(watermark: moment.watermark)
                for change in moment.changes
                where hasPassed(try windowEnd(of: change.row, window), window.lateness, before) {
                    late.changes.append(change)
                }
                judged.append(late)
                before = moment.watermark
            }
            return Timeline(moments: judged)
        }
    }

    private func source(_ definition: SourceDefinition) throws(ReferenceError) -> Timeline {
        var timeline = Timeline(moments: [Timeline.Moment()])
        var watermark: Int64?
        for arrival in arrivals {
            var moment = Timeline.Moment()
            if arrival.source == definition.name {
                let row = try evaluate(definition.visible.map(\.expression), arrival.values)
                moment.changes = [ReferenceChange(weight: arrival.weight, row: row)]
                if let candidate = definition.watermark?.candidate,
                    let time = try evaluate(candidate, arrival.values).microseconds
                {
                    watermark = max(watermark ?? .min, time)
                }
            }
            moment.watermark = watermark
            timeline.moments.append(moment)
        }
        if ends { timeline.moments.append(Timeline.Moment(watermark: endOfTime)) }
        return timeline
    }

    private func mapping(
        _ input: Timeline, _ transform: (ReferenceChange) throws(ReferenceError) -> [ReferenceChange]
    ) throws(ReferenceError) -> Timeline {
        var result = input
        for index in result.moments.indices {
            result.moments[index].changes = []
            for change in input.moments[index].changes {
                result.moments[index].changes += try transform(change)
            }
        }
        return result
    }

    /// The step over its own result again and again, from nothing, until it gives the same once more.
    private mutating func fixpoint(
        _ rows: LogicalPlan, _ step: LogicalPlan, _ recursion: Int
    ) throws(ReferenceError) -> Timeline {
        feedbacks[recursion] = nil
        for _ in 0..<1_000 {
            var given = try timeline(of: step)
            for index in given.moments.indices { given.moments[index].watermark = endOfTime }
            let isSame = feedbacks[recursion].map { before in
                zip(before.moments, given.moments).allSatisfy { counts($0.changes) == counts($1.changes) }
            }
            if isSame == true { return try timeline(of: rows) }
            feedbacks[recursion] = given
            // What was evaluated read the round before.
            known = [:]
        }
        throw .unsupported("a recursion of more than 1000 rounds")
    }

    private func counts(_ changes: [ReferenceChange]) -> [[Value]: Int] {
        var result: [[Value]: Int] = [:]
        for change in changes { result[change.row, default: 0] += change.weight }
        return result.filter { $0.value != 0 }
    }

    private mutating func union(_ inputs: [LogicalPlan]) throws(ReferenceError) -> Timeline {
        var result = Timeline(moments: Array(repeating: Timeline.Moment(watermark: endOfTime), count: momentCount))
        for input in inputs {
            for (index, moment) in try timeline(of: input).moments.enumerated() {
                result.moments[index].changes += moment.changes
                result.moments[index].watermark = earlier(result.moments[index].watermark, moment.watermark)
            }
        }
        return result
    }
}

/// The watermark of two inputs together.
func earlier(_ a: Int64?, _ b: Int64?) -> Int64? {
    guard let a, let b else { return nil }
    return min(a, b)
}

extension Value {
    /// An event time in microseconds: BIGINT counts milliseconds.
    var microseconds: Int64? {
        switch self {
        case .timestamp(let value): value
        case .integer(let value): value &* 1000
        default: nil
        }
    }
}
