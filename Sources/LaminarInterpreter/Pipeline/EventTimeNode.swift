import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Drives the operator that gives rows to several windows each, a chunk of rows at a time.
final class WindowExpansionNode: PipelineNode {
    private var expander: WindowExpander
    private let output: ColumnBatch
    private let span: Span

    init(_ stage: StagePlan, _ plan: ExpandWindowsPlan, inputs: [PhysicalType], policies: RowPolicies) {
        expander = WindowExpander(
            WindowExpander.Windows(plan.window), types: Array(inputs.prefix(plan.columns)), time: plan.time,
            timeUnit: plan.timeUnit, nullEventTime: plan.hasWatermark ? policies.nullEventTime : nil)
        output = ColumnBatch(types: expander.outputTypes)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { expander.counters }
    override var diverted: [DivertedRow] { expander.diverted }
    override func span(of error: PipelineError) -> Span { span }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try expander.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func sourceRow(of row: Int) -> (source: Int, row: Int)? {
        expander.inputRow(of: row).flatMap { producers.first?.node.sourceRow(of: $0) }
    }

    override func encode(to writer: inout StateWriter) { expander.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try expander.restore(from: &reader)
    }
}

/// Drives the operator that gives rows to sessions.
final class SessionsNode: PipelineNode {
    private var sessions: SessionWindows
    private let output: ColumnBatch
    private let takesSteps: Bool
    private let span: Span

    init(_ stage: StagePlan, _ plan: SessionsPlan, inputs: [PhysicalType], policies: RowPolicies) {
        sessions = SessionWindows(
            types: inputs, columns: plan.columns, time: plan.time, keys: plan.keys,
            watermark: plan.keyed.map(WatermarkKey.init), gap: plan.gap,
            lateness: plan.lateness, closes: plan.closes, waitsForEnd: plan.waitsForEnd,
            givesOutLateRows: plan.givesOutLateRows, timeUnit: plan.timeUnit,
            nullEventTime: plan.hasWatermark ? policies.nullEventTime : nil)
        output = ColumnBatch(types: sessions.outputTypes)
        takesSteps = plan.hasWatermark
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { sessions.counters }
    override var diverted: [DivertedRow] { sessions.diverted }
    override func span(of error: PipelineError) -> Span { span }
    override var readsSteps: Bool { takesSteps || needsSteps }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try sessions.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func release() -> Bool {
        if !sessions.release(into: output) { return false }
        forward(output)
        return true
    }

    override func encode(to writer: inout StateWriter) { sessions.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try sessions.restore(from: &reader)
    }
}

/// Drives the operator that holds rows back until the watermark has passed them.
final class EventTimeOrderNode: PipelineNode {
    private var order: EventTimeOrder
    private let output: ColumnBatch
    private let span: Span

    init(_ stage: StagePlan, _ plan: EventTimeOrderPlan, inputs: [PhysicalType], policies: RowPolicies) {
        order = EventTimeOrder(
            types: inputs, time: plan.time, lateness: plan.lateness, ties: plan.ties.map(PartitionedOver.Order.init),
            nullEventTime: policies.nullEventTime)
        output = ColumnBatch(types: inputs)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { order.counters }
    override var diverted: [DivertedRow] { order.diverted }
    override func span(of error: PipelineError) -> Span { span }
    override var readsSteps: Bool { true }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try order.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { order.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try order.restore(from: &reader) }
}

/// Drives the operator that keeps the rows of windows whose watermark is kept by key.
final class KeyedWindowsNode: PipelineNode {
    private var windows: WindowsByKey
    private let output: ColumnBatch
    private let span: Span

    init(_ stage: StagePlan, _ plan: KeyedWindowsPlan, inputs: [PhysicalType], policies: RowPolicies) {
        windows = WindowsByKey(
            types: inputs, columns: plan.columns, eventTime: plan.eventTime, end: plan.end,
            key: WatermarkKey(plan.watermark), lateness: plan.lateness, emission: .init(plan.emission),
            givesOutLateRows: plan.givesOutLateRows, nullEventTime: policies.nullEventTime)
        output = ColumnBatch(types: windows.outputTypes)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { windows.counters }
    override var diverted: [DivertedRow] { windows.diverted }
    override func span(of error: PipelineError) -> Span { span }
    override var readsSteps: Bool { true }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try windows.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { windows.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try windows.restore(from: &reader) }
}

/// Drives the operator that gives out late rows.
final class LateRowsNode: PipelineNode {
    private var late: LateRows
    private let output: ColumnBatch
    private let span: Span

    init(_ stage: StagePlan, _ plan: LateRowsPlan, inputs: [PhysicalType]) {
        late = LateRows(
            types: inputs, columns: plan.columns, time: plan.time, windows: TumblingWindows(plan.window, isAssigned: true),
            lateness: plan.lateness)
        output = ColumnBatch(types: late.outputTypes)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { late.counters }
    override var readsSteps: Bool { true }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try late.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { late.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try late.restore(from: &reader) }
}

/// Drives the operator that stamps rows with what only the running pipeline knows.
final class StampNode: PipelineNode {
    private var stamper: RowStamper
    private let output: ColumnBatch
    private let readsWatermark: Bool
    private let isClocked: Bool

    init(_ stage: StagePlan, _ plan: StampPlan, inputs: [PhysicalType]) {
        stamper = RowStamper(
            types: inputs, columns: plan.columns, processingTime: plan.processingTime, watermark: plan.watermark,
            windows: plan.windows.map { TumblingWindows($0, isAssigned: true) },
            gap: plan.windows.flatMap { $0.kind == .session ? $0.size : nil })
        output = ColumnBatch(types: stamper.outputTypes)
        readsWatermark = plan.watermark
        isClocked = plan.windows != nil
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { stamper.counters }
    override var readsSteps: Bool { readsWatermark || !isClocked && needsSteps }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        run { (node) throws(PipelineError) in
            try node.stamper.push(batch, into: node.output)
            // Its own end is all that the clock's watermark leaves of the input's.
            if batch.steps.last?.watermark == endOfInput {
                try node.stamper.advance(to: endOfInput, into: node.output)
            }
        }
    }

    override func tick(at now: Int64) throws(StageFailure) {
        run { (node) throws(PipelineError) in try node.stamper.tick(at: now, into: node.output) }
    }

    override var nextTimer: Int64? { stamper.nextTimer }

    private func run(_ body: (StampNode) throws(PipelineError) -> Void) {
        // Stamping evaluates nothing, so nothing of it fails.
        try? body(self)
        forward(output)
    }

    override func sourceRow(of row: Int) -> (source: Int, row: Int)? { producers.first?.node.sourceRow(of: row) }

    override func encode(to writer: inout StateWriter) { stamper.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try stamper.restore(from: &reader)
    }
}

/// Drives the operator that holds changes back.
final class PeriodicNode: PipelineNode {
    private var periodic: PeriodicChanges
    private let output: ColumnBatch

    init(_ stage: StagePlan, _ plan: PeriodicPlan, inputs: [PhysicalType]) {
        periodic = PeriodicChanges(
            types: inputs, columns: plan.columns, keys: plan.keys, interval: plan.interval, last: plan.last)
        output = ColumnBatch(types: periodic.outputTypes)
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { periodic.counters }
    override var readsSteps: Bool { true }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        run { (node) throws(PipelineError) in try node.periodic.push(batch, into: node.output) }
    }

    override func tick(at now: Int64) throws(StageFailure) {
        run { (node) throws(PipelineError) in try node.periodic.tick(at: now, into: node.output) }
    }

    override var nextTimer: Int64? { periodic.nextTimer }

    private func run(_ body: (PeriodicNode) throws(PipelineError) -> Void) {
        // Holding rows back evaluates nothing, so nothing of it fails.
        try? body(self)
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { periodic.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try periodic.restore(from: &reader)
    }
}

extension WatermarkKey {
    init(_ watermark: KeyedWatermark) {
        self.init(columns: watermark.columns, idle: watermark.idle, delay: watermark.delay)
    }
}

extension WindowsByKey.Emission {
    init(_ emission: WindowEmissionPlan) {
        switch emission {
        case .onClose, .onCloseOfUpdates: self = .onClose
        case .changes: self = .changes
        case .afterWatermark: self = .afterEnd
        }
    }
}

extension WindowExpander.Windows {
    init(_ shape: WindowShape) {
        switch shape.kind {
        case .hop: self = .hopping(size: shape.size, slide: shape.step, offset: shape.offset)
        case .cumulate: self = .cumulating(size: shape.size, step: shape.step, offset: shape.offset)
        case .tumble, .session: preconditionFailure("A row has one window of this kind.")
        }
    }
}

extension TumblingWindows {
    init(_ shape: WindowShape, isAssigned: Bool) {
        switch shape.kind {
        case .tumble: self.init(size: shape.size, offset: shape.offset)
        case .hop:
            self = .hopping(size: shape.size, slide: shape.step, offset: shape.offset, isAssigned: isAssigned)
        case .cumulate:
            self = .cumulating(size: shape.size, step: shape.step, offset: shape.offset, isAssigned: isAssigned)
        case .session: self = .sessions
        }
    }
}

extension PartitionedOver.Order {
    fileprivate init(_ order: SinkPlan.Presentation.Ordering) {
        self.init(column: order.column, isDescending: order.isDescending, nullsFirst: order.nullsFirst)
    }
}
