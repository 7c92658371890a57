import LaminarExpressions
import LaminarPlan
import LaminarText
import LaminarTypes

/// Window functions whose results a watermark settles, so that rows come out once and are never taken back.
extension Binder {
    /// The plan with a column for each call behind its own.
    func over(_ plan: LogicalPlan, _ over: Over, span: Span) -> LogicalPlan {
        var over = over
        over.settling = settling(of: over, plan, span: span)
        let results = over.calls.map { Field($0.name, $0.type, isNullable: $0.isNullable) }
        var properties = StreamProperties(
            changelog: .updating, eventTime: nil, key: plan.properties.key, stateBound: .unbounded)
        var windowColumns: WindowColumns?
        if let settling = over.settling {
            properties.changelog = .appendOnly
            properties.eventTime = plan.properties.eventTime
            properties.stateBound = over.settledStateBound
            if settling.isWindowEnd, let columns = plan.windowColumns {
                // Rows of a window come out together, behind later ones of other windows: of their times only the
                // window's own stay in order.
                let known = [columns.time, columns.end].compactMap { $0 }
                if properties.eventTime.map(known.contains) != true { properties.eventTime = columns.time }
                windowColumns = columns
                windowColumns?.eventTime = nil
                let (sum, overflow) = columns.window.size.addingReportingOverflow(settling.lateness)
                properties.stateBound = .window(microseconds: overflow ? .max : sum)
            }
        }
        return LogicalPlan(
            .over(plan, over), fields: plan.fields + results, properties: properties, windowColumns: windowColumns,
            name: nil, span: span)
    }

    /// What drops rows as late in a plan: its input, and the windows that it judges them by. Behind one of these no row is
    /// late any more.
    func judges(in plan: LogicalPlan) -> [(input: LogicalPlan, window: Aggregation.Window)] {
        let inner = plan.inputs.flatMap(judges)
        if !inner.isEmpty { return inner }
        func instant(_ input: LogicalPlan, _ time: Expression, _ lateness: Int64) -> Aggregation.Window {
            Aggregation.Window(
                window: WindowShape(size: 1, offset: 0), time: time, lateness: lateness, emission: .onClose,
                startKeys: [], endKeys: [], timeKeys: [])
        }
        switch plan.node {
        case .aggregate(let input, let aggregation): return aggregation.window.map { [(input, $0)] } ?? []
        case .over(let input, let over):
            guard let settling = over.settling else { return [] }
            let time = settling.isWindowEnd ? settling.time.lastTimeOfWindow(length: 0) : settling.time
            return [(input, instant(input, time, settling.lateness))]
        case .join(let left, let right, let join):
            guard let timing = join.timing else { return [] }
            return [
                (left, instant(left, timing.left, timing.lateness)),
                (right, instant(right, timing.right, timing.lateness)),
            ]
        default: return []
        }
    }

    /// By what a watermark settles the calls, if rows are ordered by an event time or partitions are windows.
    private func settling(of over: Over, _ plan: LogicalPlan, span: Span) -> Over.Settling? {
        guard closesWindows, plan.properties.changelog == .appendOnly else { return nil }
        func time(_ column: Int) -> Expression {
            Expression.input(column, plan.fields[column], span: span).asMicroseconds
        }
        // What comes from windows that waited to close, or from calls that were settled, waits no longer.
        let lateness = plan.givesOutClosedWindows ? 0 : emission.latenessMicroseconds
        if let columns = plan.windowColumns, columns.hasWatermark, let end = columns.end {
            let keys = over.partition.compactMap(\.timeColumn)
            // All windows that start together end together, but for those that grow.
            let startsTell = columns.window.kind == .tumble || columns.window.kind == .hop
            if keys.contains(end) || columns.time.map(keys.contains) == true
                || startsTell && columns.start.map(keys.contains) == true
            {
                return Over.Settling(time: time(end), isWindowEnd: true, lateness: lateness)
            }
        }
        guard let column = plan.properties.eventTime, let first = over.order.first, !first.isDescending,
            first.expression.timeColumn == column
        else { return nil }
        // The order alone tells which rows are in one session.
        for call in over.calls where call.frame.unit != .session {
            for bound in [call.frame.start, call.frame.end] {
                if case .value(let value) = bound, !value.type.isTimestamp { return nil }
            }
        }
        return Over.Settling(time: time(column), isWindowEnd: false, lateness: lateness)
    }
}

extension LogicalPlan {
    /// Whether its rows came out when their windows closed or their calls were settled, their lateness over.
    var givesOutClosedWindows: Bool {
        switch node {
        case .aggregate(_, let aggregation): aggregation.window != nil
        case .window(let input, let assignment): assignment.closes || input.givesOutClosedWindows
        case .join(let left, let right, let join):
            join.timing?.waits == true || left.givesOutClosedWindows || right.givesOutClosedWindows
        case .over(let input, let over): over.settling != nil || input.givesOutClosedWindows
        case .source, .values: false
        default: inputs.contains(where: \.givesOutClosedWindows)
        }
    }
}
