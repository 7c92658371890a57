import LaminarExpressions
import LaminarPlan
import LaminarText
import LaminarTypes

/// Joins whose rows can meet only while their event times are near each other, or their windows the same: they take
/// nothing back, and rows leave with the watermark.
extension Binder {
    /// The times that bound a join, if both inputs have event times and are never taken back.
    func timing(
        of join: inout Join, _ left: LogicalPlan, _ right: LogicalPlan, span: Span
    ) -> Join.Timing? {
        guard left.properties.changelog == .appendOnly, right.properties.changelog == .appendOnly else { return nil }
        // What comes from windows that waited to close waits no longer.
        let closed = left.givesOutClosedWindows || right.givesOutClosedWindows
        let lateness = closed ? 0 : emission.latenessMicroseconds
        if let times = windowTimes(join, left, right, span: span) {
            var timing = Join.Timing(
                left: times.left, right: times.right, lower: 0, upper: 0, lateness: lateness, waits: closesWindows)
            timing.carriesLeft = true
            timing.carriesRight = true
            return timing
        }
        guard let leftTime = left.properties.eventTime, let rightTime = right.properties.eventTime,
            let bounds = join.takeTimeBounds(left: leftTime, right: rightTime, leftWidth: left.fields.count)
        else { return nil }
        var timing = Join.Timing(
            left: Expression.input(leftTime, left.fields[leftTime], span: span).asMicroseconds,
            right: Expression.input(rightTime, right.fields[rightTime], span: span).asMicroseconds,
            lower: bounds.lower, upper: bounds.upper, lateness: lateness)
        // A time stays an event time if what may still come out is not before some time that rises; where rows are padded
        // only that of the other side does.
        switch join.kind {
        case .inner:
            timing.carriesLeft = bounds.upper != nil
            timing.carriesRight = bounds.upper == nil
        case .left, .semi, .anti: timing.carriesLeft = bounds.upper != nil
        case .right: timing.carriesRight = bounds.lower != nil
        case .full: break
        }
        return timing
    }

    /// The last times of the windows of both inputs, if rows meet only in equal windows.
    private func windowTimes(
        _ join: Join, _ left: LogicalPlan, _ right: LogicalPlan, span: Span
    ) -> (left: Expression, right: Expression)? {
        guard let a = left.windowColumns, let b = right.windowColumns, a.hasWatermark, b.hasWatermark,
            a.window == b.window
        else { return nil }
        func meet(_ left: Int?, _ right: Int?) -> Bool {
            guard let left, let right else { return false }
            return join.keys.contains { $0.left.timeColumn == left && $0.right.timeColumn == right }
        }
        func last(_ plan: LogicalPlan, _ column: Int?, _ length: Int64) -> Expression? {
            column.map {
                Expression.input($0, plan.fields[$0], span: span).asMicroseconds.lastTimeOfWindow(length: length)
            }
        }
        let isFixed = a.window.kind == .tumble || a.window.kind == .hop
        guard meet(a.end, b.end) || meet(a.time, b.time) || isFixed && meet(a.start, b.start) else { return nil }
        func time(_ plan: LogicalPlan, _ columns: WindowColumns) -> Expression? {
            last(plan, columns.end, 0) ?? (isFixed ? last(plan, columns.start, columns.window.size) : nil)
        }
        guard let leftTime = time(left, a), let rightTime = time(right, b) else { return nil }
        return (leftTime, rightTime)
    }

    /// What of the inputs' event times and windows holds for a join's result.
    func carryTimes(through plan: inout LogicalPlan, _ left: LogicalPlan, _ right: LogicalPlan) {
        guard case .join(_, _, let join) = plan.node else { return }
        if join.readsLatest {
            // Rows come out as the left ones come.
            plan.properties.eventTime = left.properties.eventTime
            plan.properties.processingTimes = left.properties.processingTimes
            plan.windowColumns = left.windowColumns
            return
        }
        guard let timing = join.timing else { return }
        func sum(_ a: Int64, _ b: Int64) -> Int64 {
            let (sum, overflow) = a.addingReportingOverflow(b)
            return overflow ? .max : sum
        }
        let width = left.fields.count
        if let columns = left.windowColumns, let others = right.windowColumns, timing.left.timeColumn == nil {
            plan.properties.stateBound = .window(microseconds: sum(columns.window.size, timing.lateness))
            // Rows of a window come out together: of their times only the window's own stay in order.
            switch join.kind {
            case .inner, .left, .semi, .anti: plan.windowColumns = columns
            case .right: plan.windowColumns = others.mapped { width + $0 }
            case .full: break
            }
            plan.windowColumns?.eventTime = nil
            plan.properties.eventTime = plan.windowColumns?.time ?? plan.windowColumns?.end
            return
        }
        func stays(_ distance: Int64?) -> Int64? { distance.map { sum(max($0, 0), timing.lateness) } }
        if let lower = timing.lower, let upper = timing.upper, lower > upper {
            plan.properties.stateBound = .stateless
        } else {
            plan.properties.stateBound = .interval(
                left: stays(timing.upper), right: stays(timing.lower.map { 0 &- $0 }))
        }
        if timing.carriesLeft {
            plan.properties.eventTime = left.properties.eventTime
        } else if timing.carriesRight {
            plan.properties.eventTime = right.properties.eventTime.map { width + $0 }
        }
    }

    /// Moves conjuncts of WHERE over an inner join into it, where they bound its times; else leaves all as it is.
    func absorbingTimes(_ predicates: inout [Expression], into plan: LogicalPlan) -> LogicalPlan {
        guard case .join(let left, let right, var join) = plan.node, join.kind == .inner, plan.name == nil,
            join.timing == nil
        else { return plan }
        let width = left.fields.count
        var rest: [Expression] = []
        var ofLeft: [Expression] = []
        for conjunct in predicates.flatMap(\.conjuncts) {
            let inputs = conjunct.inputs
            if inputs.contains(where: { $0 >= plan.fields.count }) || inputs.isEmpty {
                rest.append(conjunct)
            } else if inputs.allSatisfy({ $0 < width }) {
                ofLeft.append(conjunct)
            } else if inputs.allSatisfy({ $0 >= width }) {
                rest.append(conjunct)
            } else {
                join.add(conjunct, leftWidth: width)
            }
        }
        let inner = absorbingTimes(&ofLeft, into: left)
        let joined = joined(inner, right, join, span: plan.span)
        guard joined.hasTimedJoin, !plan.hasTimedJoin else { return plan }
        predicates = ofLeft + rest
        return joined
    }
}

extension LogicalPlan {
    /// Whether it is an inner join that times bound, or joins one.
    fileprivate var hasTimedJoin: Bool {
        guard case .join(let left, let right, let join) = node else { return false }
        return join.timing != nil || left.hasTimedJoin || right.hasTimedJoin
    }
}
