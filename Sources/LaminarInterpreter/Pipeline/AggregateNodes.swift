import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Drives the tumbling-window operator.
final class WindowAggregateNode: PipelineNode {
    private let program: InterpretedAggregate
    private var aggregate: TumblingAggregate<InterpretedAggregate>
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
        let mode: WatermarkMode
        switch plan.watermark {
        case .rows(let delay): mode = .rows(delay: delay)
        case .steps: mode = .steps
        }
        takesSteps = mode == .steps
        aggregate = TumblingAggregate(
            program, windows: TumblingWindows(plan.window),
            lateness: plan.lateness, watermark: mode, policies: policies, reportsWatermark: reportsWatermark,
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

/// Drives the window operator that compares groups with what they were.
final class WindowChangesNode: PipelineNode {
    private let program: InterpretedAggregate
    private var aggregate: WindowChanges<InterpretedAggregate>
    private let output: ColumnBatch
    private let span: Span

    init(
        _ stage: StagePlan, _ plan: WindowAggregatePlan, inputs: [PhysicalType], policies: RowPolicies
    ) throws(UnsupportedPlan) {
        program = try InterpretedAggregate(plan, inputs: inputs)
        span = stage.span
        aggregate = WindowChanges(
            program, windows: TumblingWindows(plan.window), lateness: plan.lateness,
            emission: WindowEmission(plan.emission), policies: policies)
        output = ColumnBatch(types: program.outputTypes)
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { aggregate.counters }
    override var diverted: [DivertedRow] { aggregate.diverted }
    override func span(of error: PipelineError) -> Span { error.site.flatMap(program.span(ofSite:)) ?? span }
    override var readsSteps: Bool { true }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try aggregate.push(batch, into: output)
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

extension WindowEmission {
    init(_ plan: WindowEmissionPlan) {
        switch plan {
        case .onClose, .onCloseOfUpdates: self = .onClose
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
