import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Drives the operator that computes window functions.
final class OverNode: PipelineNode {
    private var over: PartitionedOver
    private let output: ColumnBatch
    private let span: Span

    /// - Parameter checksRetractions: whether the input is a source's changelog.
    init(
        _ stage: StagePlan, _ plan: OverPlan, inputs: [PhysicalType], policies: RowPolicies, checksRetractions: Bool
    ) throws(UnsupportedPlan) {
        var calls: [OverCall] = []
        for call in plan.calls { calls.append(try OverCall(call, stage.span)) }
        over = PartitionedOver(
            types: inputs, columns: plan.columns, partition: plan.partition.map(\.column),
            order: plan.order.map(PartitionedOver.Order.init),
            tieBreakers: plan.tieBreakers, calls: calls, checksRetractions: checksRetractions,
            policy: policies.evaluationError)
        output = ColumnBatch(types: over.outputTypes)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { over.counters }
    override var diverted: [DivertedRow] { over.diverted }
    override func span(of error: PipelineError) -> Span { span }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try over.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { over.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try over.restore(from: &reader) }
}

/// Drives the operator whose rows come out once, when the watermark has settled their window functions.
final class EventTimeOverNode: PipelineNode {
    private var over: EventTimeOver
    private let output: ColumnBatch
    private let span: Span

    init(
        _ stage: StagePlan, _ plan: OverPlan, inputs: [PhysicalType], policies: RowPolicies
    ) throws(UnsupportedPlan) {
        guard let settling = plan.settling else { preconditionFailure("The plan says when rows are settled.") }
        var calls: [OverCall] = []
        for call in plan.calls { calls.append(try OverCall(call, stage.span)) }
        over = EventTimeOver(
            types: inputs, columns: plan.columns, partition: plan.partition.map(\.column),
            order: plan.order.map(PartitionedOver.Order.init), tieBreakers: plan.tieBreakers, calls: calls,
            time: settling.time, isWindowEnd: settling.isWindowEnd, lateness: settling.lateness,
            nullEventTime: policies.nullEventTime)
        output = ColumnBatch(types: over.outputTypes)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { over.counters }
    override var diverted: [DivertedRow] { over.diverted }
    override func span(of error: PipelineError) -> Span { span }
    override var readsSteps: Bool { true }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try over.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { over.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try over.restore(from: &reader) }
}

extension PartitionedOver.Order {
    fileprivate init(_ order: OverPlan.Order) {
        self.init(column: order.column, isDescending: order.isDescending, nullsFirst: order.nullsFirst)
    }
}

extension OverCall {
    fileprivate init(_ call: OverPlan.Call, _ span: Span) throws(UnsupportedPlan) {
        func argument(_ index: Int) -> Int? { call.arguments.indices.contains(index) ? call.arguments[index] : nil }
        let first = argument(0) ?? 0
        let function: Function
        switch call.function {
        case .rowNumber: function = .rowNumber
        case .rank: function = .rank
        case .denseRank: function = .denseRank
        case .percentRank: function = .percentRank
        case .cumulativeDistribution: function = .cumulativeDistribution
        case .bucket: function = .bucket(count: first)
        case .lag: function = .lag(value: first, offset: argument(1), otherwise: argument(2))
        case .lead: function = .lead(value: first, offset: argument(1), otherwise: argument(2))
        case .firstValue: function = .firstValue(first)
        case .lastValue: function = .lastValue(first)
        case .nthValue: function = .nthValue(first, position: argument(1) ?? 0)
        case .countOfRows: function = .countOfRows
        case .aggregate:
            let fold = call.kernel.flatMap { kernel in
                kernel.isUserDefined
                    ? UserFunctions.current.aggregates[call.name]?.fold : AggregateFold.named(kernel)
            }
            guard let frame = fold?.frame else {
                throw UnsupportedPlan("the aggregate \(call.name) over a window in the interpreter", span)
            }
            function = .aggregate(frame, argument: first)
        }
        self.init(function, frame: OverFrame(call.frame), result: call.result, constant: call.constant)
    }
}

extension OverFrame {
    fileprivate init(_ frame: OverPlan.Frame) {
        func bound(_ bound: OverPlan.Frame.Bound) -> Bound {
            switch bound {
            case .unboundedPreceding: .unboundedPreceding
            case .preceding(let distance): .preceding(distance)
            case .currentRow: .currentRow
            case .following(let distance): .following(distance)
            case .unboundedFollowing: .unboundedFollowing
            case .value(let column): .value(column: column)
            }
        }
        let unit: Unit =
            switch frame.unit {
            case .rows: .rows
            case .groups: .groups
            case .range: .range
            case .session: .session
            }
        let exclusion: Exclusion =
            switch frame.exclusion {
            case .none: .none
            case .currentRow: .currentRow
            case .group: .group
            case .ties: .ties
            }
        self.init(
            unit: unit, start: bound(frame.start), end: bound(frame.end), exclusion: exclusion,
            rangeColumn: frame.rangeColumn, startDistance: frame.startDistance)
    }
}
