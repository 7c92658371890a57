import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Drives the operator of windows that tumble, hop or cumulate.
final class WindowAggregateNode: PipelineNode {
    private let program: InterpretedAggregate
    private var aggregate: WindowAggregate<InterpretedAggregate>
    private let output: ColumnBatch
    private let takesSteps: Bool
    /// What a failure that no expression caused is about: the event time.
    private let span: Span

    /// - Parameter reportsWatermark: whether a consumer reads watermark steps.
    init(
        _ stage: StagePlan, _ plan: WindowAggregatePlan, inputs: [PhysicalType], policies: RowPolicies,
        reportsWatermark: Bool
    ) throws(UnsupportedPlan) {
        program = try InterpretedAggregate(plan, inputs: inputs)
        span = plan.time.span == .none ? stage.span : plan.time.span
        let mode = WatermarkMode(plan.watermark)
        takesSteps = mode == .steps
        aggregate = WindowAggregate(
            program, windows: TumblingWindows(plan.window, isAssigned: plan.isAssigned), lateness: plan.lateness,
            emission: WindowEmission(plan.emission), watermark: mode, policies: policies, reportsWatermark: reportsWatermark,
            outputDelay: stage.outputDelay)
        output = ColumnBatch(types: program.outputTypes)
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { aggregate.counters }
    override var diverted: [DivertedRow] { aggregate.diverted }
    override func span(of error: PipelineError) -> Span { error.site.flatMap(program.span(ofSite:)) ?? span }
    override var readsSteps: Bool { takesSteps }
    override var rowsWatermark: Int64? { takesSteps ? nil : aggregate.watermark }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        try run { (node) throws(PipelineError) in
            try node.aggregate.push(batch, into: node.output)
            // Where rows raise the watermark, their steps say nothing new; a step without rows comes from outside.
            if !node.takesSteps, batch.rowCount == 0, let step = batch.steps.last {
                try node.aggregate.advance(to: step.watermark, into: node.output)
            }
        }
    }

    /// Runs the operator and hands on what it has made, also what it made before it failed.
    private func run(_ body: (WindowAggregateNode) throws(PipelineError) -> Void) throws(StageFailure) {
        do throws(PipelineError) {
            try body(self)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: error.site == nil ? span : program.failedSpan)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { aggregate.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try aggregate.restore(from: &reader)
    }
}

/// Drives the operator that keeps sessions.
final class SessionAggregateNode: PipelineNode {
    private let program: InterpretedAggregate
    private var aggregate: SessionAggregate<InterpretedAggregate>
    private let output: ColumnBatch
    private let takesSteps: Bool
    private let span: Span

    init(
        _ stage: StagePlan, _ plan: WindowAggregatePlan, inputs: [PhysicalType], policies: RowPolicies
    ) throws(UnsupportedPlan) {
        program = try InterpretedAggregate(plan, inputs: inputs)
        span = plan.time.span == .none ? stage.span : plan.time.span
        let mode = WatermarkMode(plan.watermark)
        takesSteps = mode == .steps
        aggregate = SessionAggregate(
            program, gap: plan.window.size, lateness: plan.lateness, watermark: mode, policies: policies)
        output = ColumnBatch(types: program.outputTypes)
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { aggregate.counters }
    override var diverted: [DivertedRow] { aggregate.diverted }
    override func span(of error: PipelineError) -> Span { error.site.flatMap(program.span(ofSite:)) ?? span }
    override var readsSteps: Bool { takesSteps }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try aggregate.push(batch, into: output)
            // As for other windows: a step without rows comes from outside.
            if !takesSteps, batch.rowCount == 0, let step = batch.steps.last {
                try aggregate.advance(to: step.watermark, into: output)
            }
        } catch {
            forward(output)
            throw StageFailure(error: error, span: error.site == nil ? span : program.failedSpan)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { aggregate.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try aggregate.restore(from: &reader)
    }
}

extension WatermarkMode {
    init(_ plan: WindowAggregatePlan.WatermarkMode) {
        switch plan {
        case .rows(let delay): self = .rows(delay: delay)
        case .steps: self = .steps
        }
    }
}

extension WindowEmission {
    init(_ plan: WindowEmissionPlan) {
        switch plan {
        case .onClose: self = .onClose
        case .onCloseOfUpdates: self = .onCloseOfUpdates
        case .changes: self = .changes
        case .afterWatermark: self = .afterWatermark
        }
    }
}

/// Drives the running aggregation.
final class RunningAggregateNode: PipelineNode {
    private let program: InterpretedAggregate
    private var aggregate: RunningAggregate<InterpretedAggregate>
    private let output: ColumnBatch
    private let span: Span

    init(
        _ stage: StagePlan, _ plan: RunningAggregatePlan, inputs: [PhysicalType], isUpdating: Bool, policies: RowPolicies,
        checksRetractions: Bool
    ) throws(UnsupportedPlan) {
        program = try InterpretedAggregate(plan, inputs: inputs, isUpdating: isUpdating)
        span = stage.span
        aggregate = RunningAggregate(program, policies: policies, checksRetractions: checksRetractions, timeToLive: plan.timeToLive)
        output = ColumnBatch(types: program.outputTypes)
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { aggregate.counters }
    override var diverted: [DivertedRow] { aggregate.diverted }
    override func span(of error: PipelineError) -> Span { error.site.flatMap(program.span(ofSite:)) ?? span }

    override func begin() throws(StageFailure) {
        try run { (node) throws(PipelineError) in try node.aggregate.begin(into: node.output) }
    }

    override func tick(at now: Int64) throws(StageFailure) {
        try run { (node) throws(PipelineError) in try node.aggregate.tick(at: now, into: node.output) }
    }

    override var nextTimer: Int64? { aggregate.nextTimer }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        try run { (node) throws(PipelineError) in try node.aggregate.push(batch, into: node.output) }
    }

    private func run(_ body: (RunningAggregateNode) throws(PipelineError) -> Void) throws(StageFailure) {
        do throws(PipelineError) {
            try body(self)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: error.site == nil ? span : program.failedSpan)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { aggregate.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try aggregate.restore(from: &reader)
    }
}
