import LaminarExpressions
import LaminarTypes

extension PipelinePlanner {
    mutating func aggregate(
        _ plan: LogicalPlan, input: LogicalPlan, _ aggregation: Aggregation
    ) -> StagePlan.Kind {
        if let paned = panedAggregate(plan, input: input, aggregation) { return paned }
        let (rows, aggregation) = stamped(rows(of: input), aggregation)
        let keys = aggregation.keys
        let calls = aggregation.calls
        guard let window = aggregation.window else {
            let table = StateTablePlan(
                name: "groups",
                keys: keys.indices.map { (plan.fields[$0].name, keys[$0].type.physical, keys[$0].isNullable) },
                calls: calls)
            return .runningAggregate(
                rows.base,
                RunningAggregatePlan(
                    filter: rows.filter, keys: keys, calls: calls, table: table,
                    output: RowTransform(
                        filter: nil,
                        outputs: plan.fields.enumerated().map { position, field in
                            let column = Expression.input(position, field)
                            return position < keys.count ? column.atScaleOfItsType : column
                        }),
                    timeToLive: aggregation.timeToLive))
        }
        return windowAggregate(
            plan, rows, window, time: window.time, keys: keys, calls: calls,
            isAssigned: window.window.kind != .tumble, lateness: window.lateness)
    }

    /// The aggregation over windows that overlap, or over sessions, with rows given to them by the operator; nil: they have
    /// to be given to them in front of it.
    ///
    /// That is so where calls cannot be merged (DISTINCT, and those that depend on the order of all rows), where anything
    /// but the keys is about the window, where rows of sessions can be taken back, and where sessions are grouped by other
    /// keys than their own.
    private mutating func panedAggregate(
        _ plan: LogicalPlan, input: LogicalPlan, _ aggregation: Aggregation
    ) -> StagePlan.Kind? {
        guard let window = aggregation.window, window.window.kind != .tumble, let assigned = input.windowedInput,
            assigned.assignment.window == window.window, assigned.assignment.hasWatermark, assigned.assignment.keyed == nil
        else { return nil }
        let isSession = window.window.kind == .session
        // What has been added up is passed on to the pane behind, in another order than before: the last digits of floating
        // numbers would differ from those that have come out and are to be taken back.
        if window.window.kind == .cumulate, window.emission == .changes || window.emission == .afterWatermark { return nil }
        if isSession {
            // Sessions that change after they have come out keep their rows.
            guard window.emission == .onClose, assigned.assignment.closes,
                assigned.rows.properties.changelog == .appendOnly
            else { return nil }
        }
        guard let rows = unassigned(input) else { return nil }
        let time = assigned.assignment.time.substitutingInputs { rows.below[$0] }
        let (keys, calls) = aggregation.substituting(rows.fused.columns)
        var shape = window
        var kept = keys
        for (index, key) in keys.enumerated().reversed() {
            guard case .input(let column) = key.windowBoundCall.node, column >= Self.firstBound else { continue }
            if isSession, column == Self.firstBound { shape.startKeys.append(index) }
            kept.remove(at: index)
        }
        let expressions = kept + calls.flatMap(\.expressions) + [rows.fused.filter].compactMap { $0 }
        if expressions.contains(where: { $0.inputs.contains { $0 >= Self.firstBound } }) { return nil }
        // What the clock says is stamped on rows in front of their windows.
        if (expressions + [time]).contains(where: \.readsClock) { return nil }
        if !calls.allSatisfy({ $0.canMerge(panesOf: time) }) { return nil }
        if isSession {
            let partition = assigned.assignment.partition.map { key in
                key.substitutingInputs { rows.below[$0] }
            }
            guard Set(partition) == Set(kept), kept.count == Set(kept).count else { return nil }
        }
        return windowAggregate(
            plan, rows.fused, shape, time: time, keys: keys, calls: calls, isAssigned: false,
            lateness: isSession ? assigned.assignment.lateness : window.lateness)
    }

    /// Where the bounds of a row's window stand in `unassigned` rows, far beyond any real column.
    private static var firstBound: Int { 1 << 42 }

    private struct UnassignedRows {
        /// Columns over the base, the bounds of the window as columns from `firstBound` on.
        var fused: FusedRows
        /// The columns of what was given to windows.
        var below: [Expression]
    }

    /// The rows of a windowed input as they are before they are given to windows.
    private mutating func unassigned(_ plan: LogicalPlan) -> UnassignedRows? {
        switch plan.node {
        case .window(let input, let assignment):
            let inner = rows(of: input)
            var fused = inner
            for (index, field) in plan.fields.suffix(3).enumerated() {
                fused.columns.append(.input(Self.firstBound + index, field))
            }
            precondition(assignment.window.kind != .tumble, "A row is in one tumbling window.")
            return UnassignedRows(fused: fused, below: inner.columns)
        case .filter(let input, let predicate):
            guard var rows = unassigned(input) else { return nil }
            let substituted = predicate.substitutingInputs { rows.fused.columns[$0] }
            rows.fused.filter = rows.fused.filter.map { conjunction($0, substituted) } ?? substituted
            return rows
        case .project(let input, let expressions):
            guard var rows = unassigned(input) else { return nil }
            let columns = rows.fused.columns
            rows.fused.columns = expressions.map { $0.substitutingInputs { columns[$0] } }
            if rows.fused.columns.contains(where: { $0.nodeCount > Self.largestFusedExpression }) { return nil }
            return rows
        default: return nil
        }
    }

    private func windowAggregate(
        _ plan: LogicalPlan, _ rows: FusedRows, _ window: Aggregation.Window, time: Expression, keys: [Expression],
        calls: [AggregateCall], isAssigned: Bool, lateness: Int64
    ) -> StagePlan.Kind {
        var time = time
        // A window's bounds are whole milliseconds.
        if case .call(let kernel, _) = time.node, kernel.name == "windowLast" { time = time.withoutRoundTrips() }
        let bounds = Set(window.startKeys + window.endKeys + window.timeKeys)
        let kept = keys.indices.filter { !bounds.contains($0) }
        var mode = WindowAggregatePlan.WatermarkMode.steps
        if window.emission == .onClose, case .source(let index) = rows.base, let watermark = sources[index].watermark,
            sources[index].definition.timing.isPlain, watermark.candidate != nil, let delay = watermark.delay,
            watermark.time == time
        {
            mode = .rows(delay: delay)
        }
        let table = StateTablePlan(
            name: "groups",
            keys: kept.map { (plan.fields[$0].name, keys[$0].type.physical, keys[$0].isNullable) }, calls: calls)
        // The output row of the operator: kept keys, the three bounds, the results; put back in the plan's order.
        var outputs: [Expression] = []
        for (position, field) in plan.fields.enumerated() {
            let column: Int
            if let index = kept.firstIndex(of: position) {
                column = index
            } else if window.startKeys.contains(position) {
                column = kept.count
            } else if window.endKeys.contains(position) {
                column = kept.count + 1
            } else if window.timeKeys.contains(position) {
                column = kept.count + 2
            } else {
                column = kept.count + 3 + (position - keys.count)
            }
            guard bounds.contains(position), field.type == .bigint else {
                let output = Expression.input(column, field)
                outputs.append(
                    window.timeKeys.contains(position)
                        ? output.atPrecisionOfItsType : column < kept.count ? output.atScaleOfItsType : output)
                continue
            }
            var microseconds = field
            microseconds.type = .timestamp(6)
            outputs.append(Expression.input(column, microseconds).asTime(field.type))
        }
        precondition(plan.fields.count - keys.count == calls.count, "An aggregation has one column per call.")
        return .windowAggregate(
            rows.base,
            WindowAggregatePlan(
                filter: rows.filter, time: time, keys: kept.map { keys[$0] }, calls: calls, window: window.window,
                isAssigned: isAssigned,
                // Windows whose rows come all at once are given out as they come.
                lateness: window.comesComplete ? 0 : lateness,
                emission: window.comesComplete ? .changes : window.emission, watermark: mode, table: table,
                output: RowTransform(filter: nil, outputs: outputs)))
    }
}

extension Aggregation {
    /// Keys and calls over what the columns of the input are made of.
    fileprivate func substituting(_ columns: [Expression]) -> (keys: [Expression], calls: [AggregateCall]) {
        let keys = keys.map { $0.substitutingInputs { columns[$0] } }
        let calls = calls.map { call in
            var call = call
            call.argument = call.argument?.substitutingInputs { columns[$0] }
            call.filter = call.filter?.substitutingInputs { columns[$0] }
            return call
        }
        return (keys, calls)
    }
}

extension LogicalPlan {
    /// What is given to windows below filters and projections, and how.
    fileprivate var windowedInput: (rows: LogicalPlan, assignment: WindowAssignment)? {
        switch node {
        case .window(let input, let assignment): (input, assignment)
        case .filter(let input, _), .project(let input, _): input.windowedInput
        default: nil
        }
    }
}

extension AggregateCall {
    /// Whether what rows of different panes, or sessions, add up to is what merging their accumulators gives.
    ///
    /// FIRST and LAST are so where they go by the time that panes are stretches of: rows of equal time are in one pane.
    fileprivate func canMerge(panesOf time: Expression) -> Bool {
        // Sketches are changed where they lie, so that a copy of a record would change with it.
        if isDistinct || kernel.bagWords != nil || kernel.isSketch { return false }
        guard case .call(let entry, let parts)? = argument?.node, entry.name == "aggregateEntry" else { return true }
        return parts[0].leadingSortKey == time
    }
}

extension Expression {
    /// The expression that comes first in the bytes by which entries are ordered.
    fileprivate var leadingSortKey: Expression? {
        switch node {
        case .call(let kernel, let operands) where kernel.name == "concatenate": operands.first?.leadingSortKey
        case .call(let kernel, let operands) where kernel.name == "sortKey": operands.first
        case .coalesce(let operands): operands.first?.leadingSortKey
        default: nil
        }
    }
}
