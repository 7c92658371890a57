import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// A join: the left input is port 0, the right one port 1.
final class JoinNode: PipelineNode {
    private var join: RegularJoin<InterpretedJoin>
    private let output: ColumnBatch
    private let place: Span

    /// - Parameter checks: whether each input is a source's changelog.
    init(
        _ stage: StagePlan, _ plan: JoinPlan, left: (types: [PhysicalType], isUpdating: Bool),
        right: (types: [PhysicalType], isUpdating: Bool), policies: RowPolicies, checks: (left: Bool, right: Bool)
    ) throws(UnsupportedPlan) {
        let program = try InterpretedJoin(plan, left: left, right: right)
        join = RegularJoin(
            program, leftTimeToLive: plan.leftTimeToLive, rightTimeToLive: plan.rightTimeToLive,
            readsLatest: plan.readsLatest, checksLeft: checks.left, checksRight: checks.right, policy: policies.evaluationError)
        output = ColumnBatch(types: program.outputTypes)
        place = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { join.counters }
    override var diverted: [DivertedRow] { join.diverted }

    override func span(of error: PipelineError) -> Span {
        error.site == nil ? place : join.program.span(of: error)
    }

    override func tick(at now: Int64) throws(StageFailure) {
        do throws(PipelineError) {
            try join.tick(at: now, into: output)
        } catch {
            throw StageFailure(error: error, span: join.program.span(of: error))
        }
    }

    override var nextTimer: Int64? { join.nextTimer }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try join.push(batch, from: port == 0 ? .left : .right, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span(of: error))
        }
        forward(output)
    }

    // A row that comes out may stem from either side's past; none is to blame for what fails behind.
    override func sourceRow(of row: Int) -> (source: Int, row: Int)? { nil }

    override func encode(to writer: inout StateWriter) { join.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try join.restore(from: &reader) }
}

/// A join that times bound: the left input is port 0, the right one port 1.
final class TimedJoinNode: PipelineNode {
    private var join: TimedJoin<InterpretedJoin>
    private let output: ColumnBatch
    private let place: Span

    init(
        _ stage: StagePlan, _ plan: JoinPlan, left: [PhysicalType], right: [PhysicalType], policies: RowPolicies,
        reportsWatermark: Bool
    ) throws(UnsupportedPlan) {
        guard let timing = plan.timing else { preconditionFailure("The plan says what bounds the times.") }
        let program = try InterpretedJoin(plan, left: (left, false), right: (right, false))
        join = TimedJoin(
            program, timing: JoinTiming(timing), nullEventTime: policies.nullEventTime,
            reportsWatermark: reportsWatermark)
        output = ColumnBatch(types: program.outputTypes)
        place = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { join.counters }
    override var diverted: [DivertedRow] { join.diverted }
    override func span(of error: PipelineError) -> Span {
        error.site == nil ? place : join.program.span(of: error)
    }
    override var readsSteps: Bool { true }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try join.push(batch, from: port == 0 ? .left : .right, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span(of: error))
        }
        forward(output)
    }

    // A row that comes out may stem from either side's past; none is to blame for what fails behind.
    override func sourceRow(of row: Int) -> (source: Int, row: Int)? { nil }

    override func encode(to writer: inout StateWriter) { join.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try join.restore(from: &reader) }
}

extension InterpretedJoin {
    /// The SQL text of what failed.
    fileprivate func span(of error: PipelineError) -> Span {
        guard let condition, let site = error.site else { return .none }
        return condition.span(of: CompiledExpressions.Failure(row: 0, site: site, code: .none))
    }
}

extension JoinTiming {
    init(_ timing: JoinPlan.Timing) {
        self.init(
            left: timing.left, right: timing.right, lower: timing.lower, upper: timing.upper,
            lateness: timing.lateness, waits: timing.waits, carriesLeft: timing.carriesLeft,
            carriesRight: timing.carriesRight)
    }
}

extension JoinKind {
    init(_ kind: Join.Kind) {
        switch kind {
        case .inner: self = .inner
        case .left: self = .left
        case .right: self = .right
        case .full: self = .full
        case .semi: self = .semi
        case .anti: self = .anti
        }
    }
}
