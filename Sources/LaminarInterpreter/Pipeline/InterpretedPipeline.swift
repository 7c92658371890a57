public import LaminarColumns
public import LaminarPlan
public import LaminarRuntime
public import LaminarState
public import LaminarText
import LaminarTypes

/// Runs a plan by calling kernels a column at a time: no compilation, the same results and state bytes as compiled code.
///
/// A source's batches go to every stage that reads them. A query that fails stops and keeps its error (`failures`), while
/// the others go on; `push` throws when none is left, `finish` when any has failed.
public final class InterpretedPipeline: RunnablePipeline {
    /// A query that has stopped.
    public struct QueryFailure: Sendable {
        /// Names the row of the pushed batch, where one is to blame, and the place in the SQL text.
        public let error: PipelineError
        /// The SQL text of the expression that failed.
        public let span: Span
        /// The sinks that get no more rows.
        public let sinks: [Int]
    }

    /// What went through one source, stage or sink.
    public struct NodeCounters: Sendable {
        public enum Kind: String, Sendable {
            case source, stage, sink
        }

        public let kind: Kind
        public let name: String
        public let counters: OperatorCounters
    }

    public let interface: PipelineInterface
    public var onOutput: (_ sink: Int, _ batch: BatchView) -> Void = { _, _ in }
    public var onRejectedRow: (RejectedRow) -> Void = { _ in }
    public private(set) var failures: [QueryFailure] = []

    private let sources: [SourceNode]
    private let stages: [PipelineNode]
    private let sinks: [SinkNode]
    private let file: SourceFile?
    /// What a snapshot consists of, and says of itself.
    private let stateLayout: String
    public var clock = ProcessingClock.system
    /// What the last snapshot that was restored said, and what time it is.
    private var progress: PipelineProgress
    private let freshProgress: PipelineProgress
    /// For each stage the sources among which its watermark is the least.
    private let stageSources: [[Int]]
    private let readsClock: Bool
    /// The stages that do something when the clock goes on.
    private let clocked: [PipelineNode]
    /// The stages that hold rows back until a batch has been processed, in the order of the plan, and recursions behind them.
    private let holding: [PipelineNode]
    /// Rows of all sources and sinks before the snapshot that was restored.
    private var rowsBefore: (in: Int64, out: Int64) = (0, 0)
    /// The snapshot of a pipeline that has seen nothing.
    private var freshState: [UInt8] = []

    /// - Parameters:
    ///   - file: the SQL text, for the places that errors name.
    ///   - policies: what becomes of rows that cannot be processed, by source; a stage behind several sources with
    ///     different policies fails. Default: all fail.
    ///   - functions: the functions and aggregates in Swift that the SQL declares.
    public init(
        _ plan: PipelinePlan, file: SourceFile? = nil, policies: [RowPolicies] = [], functions: UserFunctions = UserFunctions()
    ) throws(UnsupportedPlan) {
        try functions.check(plan)
        self.file = file
        interface = PipelineInterface(plan)
        stateLayout = plan.stateLayout.description
        let needed = plan.stepReaders
        var sources: [SourceNode] = []
        for (index, source) in plan.sources.enumerated() {
            let node = try functions.making { () throws(UnsupportedPlan) in
                try SourceNode(
                    source, source: index, cutsAtSteps: needed.sources[index] && plan.comesTogether(index),
                    cutsAtRows: plan.comesRowByRow(index))
            }
            node.needsSteps = needed.sources[index]
            sources.append(node)
        }
        var stages: [PipelineNode] = []
        var stagePolicies: [RowPolicies?] = []
        for (index, stage) in plan.stages.enumerated() {
            let inputPolicies = stage.inputs.map { input in
                switch input {
                case .source(let source): policies.indices.contains(source) ? policies[source] : RowPolicies()
                case .stage(let stage): stagePolicies[stage] ?? RowPolicies()
                }
            }
            let policy = RowPolicies(common: inputPolicies)
            stagePolicies.append(policy)
            let node = try functions.making { () throws(UnsupportedPlan) in
                try Self.makeNode(stage, in: plan, policies: policy, needsSteps: needed.stages[index])
            }
            node.needsSteps = needed.stages[index]
            node.policies = policy
            for input in stage.inputs {
                switch input {
                case .source(let source): node.connect(sources[source])
                case .stage(let stage): node.connect(stages[stage])
                }
            }
            stages.append(node)
        }
        for feedback in plan.feedbacks {
            switch feedback.input {
            case .source(let source): stages[feedback.stage].connect(sources[source])
            case .stage(let stage): stages[feedback.stage].connect(stages[stage])
            }
        }
        holding = zip(plan.stages, stages).filter { $0.0.settlesBatches }.map(\.1) + stages.filter { $0 is FeedbackNode }
        var sinks: [SinkNode] = []
        for (index, sink) in plan.sinks.enumerated() {
            let node = SinkNode(sink.definition.name, sink: index)
            switch sink.input {
            case .source(let source): node.connect(sources[source])
            case .stage(let stage): node.connect(stages[stage])
            }
            sinks.append(node)
        }
        self.sources = sources
        self.stages = stages
        self.sinks = sinks
        progress = Self.progress(of: plan)
        readsClock = plan.readsClock
        freshProgress = progress
        stageSources = plan.watermarkSources
        clocked = zip(plan.stages, stages).filter { $0.0.readsClock }.map(\.1)
        for node in nodes {
            node.onFailure = { [unowned self] in self.stop($0, $1) }
            node.onRejection = { [unowned self] in self.reject($0, $1, $2) }
        }
        for (index, source) in sources.enumerated() where plan.comesRowByRow(index) {
            source.onPieceProcessed = { [unowned self] in self.completeBatch() }
        }
        for sink in sinks { sink.onOutput = { [unowned self] in self.onOutput($0, $1) } }
        updateLiveness()
        freshState = snapshot()
    }

    private static func makeNode(
        _ stage: StagePlan, in plan: PipelinePlan, policies: RowPolicies, needsSteps: Bool
    ) throws(UnsupportedPlan) -> PipelineNode {
        func types(_ input: StageInput) -> [PhysicalType] {
            switch input {
            case .source(let source): plan.sources[source].fields.map(\.type.physical)
            case .stage(let stage): plan.stages[stage].fields.map(\.type.physical)
            }
        }
        switch stage.kind {
        case .values(let rows):
            return try ValuesNode(stage.name, rows, types: stage.fields.map(\.type.physical))
        case .transform(let input, let transform):
            return try TransformNode(
                stage.name, transform, inputs: types(input), policy: policies.evaluationError)
        case .feedback: return FeedbackNode(stage.name, types: stage.fields.map(\.type.physical), span: stage.span)
        case .unionAll(let inputs): return UnionNode(stage.name, inputs: inputs.count)
        case .join(let left, let right, let join) where join.timing != nil:
            return try TimedJoinNode(
                stage, join, left: types(left), right: types(right), policies: policies, reportsWatermark: needsSteps)
        case .join(let left, let right, let join):
            return try JoinNode(
                stage, join, left: (types(left), plan.isUpdating(left)), right: (types(right), plan.isUpdating(right)),
                policies: policies, checks: (plan.readsChanges(left), plan.readsChanges(right)))
        case .windowAggregate(let input, let aggregate) where aggregate.isMerged && aggregate.window.kind == .session:
            return try SessionAggregateNode(stage, aggregate, inputs: types(input), policies: policies)
        case .windowAggregate(let input, let aggregate):
            return try WindowAggregateNode(
                stage, aggregate, inputs: types(input), policies: policies, reportsWatermark: needsSteps)
        case .eventTime(let input, .sessions(let sessions)):
            return SessionsNode(stage, sessions, inputs: types(input), policies: policies)
        case .eventTime(let input, .lateRows(let late)): return LateRowsNode(stage, late, inputs: types(input))
        case .eventTime(let input, .keyedWindows(let windows)):
            return KeyedWindowsNode(stage, windows, inputs: types(input), policies: policies)
        case .eventTime(let input, .order(let order)):
            return EventTimeOrderNode(stage, order, inputs: types(input), policies: policies)
        case .eventTime(let input, .expandRows(let expansion)):
            return RowExpansionNode(stage, expansion, inputs: types(input))
        case .eventTime(let input, .consolidate): return ConsolidationNode(stage, inputs: types(input))
        case .eventTime(let input, .stamp(let stamp)): return StampNode(stage, stamp, inputs: types(input))
        case .eventTime(let input, .periodic(let periodic)):
            return PeriodicNode(stage, periodic, inputs: types(input))
        case .eventTime(let input, .expandWindows(let expansion)):
            return WindowExpansionNode(stage, expansion, inputs: types(input), policies: policies)
        case .keyed(let input, let changes):
            return KeyedNode(stage, changes, inputs: types(input), policies: policies)
        case .over(let input, let over) where over.settling != nil:
            return try EventTimeOverNode(stage, over, inputs: types(input), policies: policies)
        case .over(let input, let over):
            return try OverNode(
                stage, over, inputs: types(input), policies: policies, checksRetractions: plan.readsChanges(input))
        case .runningAggregate(let input, let aggregate):
            return try RunningAggregateNode(
                stage, aggregate, inputs: types(input), isUpdating: plan.isUpdating(input), policies: policies,
                checksRetractions: plan.readsChanges(input))
        }
    }

    private var nodes: [PipelineNode] { sources as [PipelineNode] + stages + sinks }

    // MARK: Running

    public func push(source: Int, _ batch: BatchView) throws(PipelineError) {
        try begin()
        try checkSource(source)
        try progress.arrive(source)
        let node = sources[source]
        if node.isLive {
            // Results that come out meanwhile are looked at with `progress`, so its watermark is worked on beside it.
            var tracker = progress.watermarks[source]
            do throws(StageFailure) {
                try node.push(batch, &tracker)
            } catch {
                var failure = error
                failure.error.source = source
                stop(node, failure)
            }
            progress.watermarks[source] = tracker
        }
        completeBatch()
        try throwIfStopped()
    }

    /// Hands on what has been held back while a batch was processed, and brings what recursive queries have found back into
    /// them, until nothing new comes.
    private func completeBatch() {
        var goesOn = !holding.isEmpty
        while goesOn {
            goesOn = false
            for node in holding where node.isLive {
                do throws(StageFailure) {
                    if try node.release() { goesOn = true }
                } catch {
                    stop(node, error)
                }
            }
        }
    }

    public func push(source: Int, partition: Int, _ batch: BatchView) throws(PipelineError) {
        try progress.select(partition, of: source)
        defer { progress.deselect(source) }
        try push(source: source, batch)
    }

    public func advanceWatermark(source: Int, to watermark: Int64) throws(PipelineError) {
        try begin()
        try checkSource(source)
        let node = sources[source]
        if progress.watermarks[source].advance(to: watermark, seen: node.seen), node.isLive { node.pass(watermark) }
        completeBatch()
        try throwIfStopped()
    }

    public func advanceWatermark(source: Int, partition: Int, to watermark: Int64) throws(PipelineError) {
        try progress.select(partition, of: source)
        defer { progress.deselect(source) }
        try begin()
        if progress.advanceSelected(source, to: watermark), sources[source].isLive {
            sources[source].pass(progress.watermarks[source].watermark)
        }
        completeBatch()
        try throwIfStopped()
    }

    public func open(partitions: Int, ofSource source: Int) throws(PipelineError) {
        try progress.open(partitions: partitions, ofSource: source)
    }

    private func checkSource(_ source: Int) throws(PipelineError) {
        if !sources.indices.contains(source) {
            throw PipelineError(sqlState: "42P01", message: "the pipeline has no source \(source)")
        }
    }

    public func isPaused(source: Int) -> Bool { progress.isPaused(source) }

    public func advanceClock() throws(PipelineError) {
        if progress.hasFinished { return }
        try begin()
        try throwIfStopped()
    }

    public var nextTimer: Int64? {
        (clocked.compactMap(\.nextTimer) + [progress.nextExpiry].compactMap { $0 }).min()
    }

    private static func progress(of plan: PipelinePlan) -> PipelineProgress {
        if plan.sources.allSatisfy({ $0.definition.timing.isPlain }) {
            return PipelineProgress(sources: plan.sources.count)
        }
        return PipelineProgress(sources: plan.sources.map { LaminarRuntime.SourceTiming($0) })
    }

    public func finish() throws(PipelineError) {
        if progress.hasFinished { return }
        try begin()
        for (index, source) in sources.enumerated()
        where progress.watermarks[index].advance(to: endOfInput) && source.isLive {
            source.pass(endOfInput)
            completeBatch()
        }
        progress.finish()
        if let failure = failures.first { throw failure.error }
    }

    /// Stops the queries that read a source, because the source has failed; the others go on.
    public func fail(source: Int, _ error: PipelineError) {
        var error = error
        error.source = source
        stop(sources[source], StageFailure(error: error, span: .none))
    }

    /// Stops the query of a sink that has failed, unless others need its rows too.
    public func fail(sink: Int, _ error: PipelineError) {
        stop(sinks[sink], StageFailure(error: error, span: .none))
    }

    /// Whether rows of a source still make a difference.
    public func isReading(source: Int) -> Bool { sources[source].isLive }

    /// Gives out the rows that are there from the start.
    private func begin() throws(PipelineError) {
        let isFirst = try progress.begin()
        if readsClock {
            tick(at: progress.read(clock))
            completeBatch()
        }
        if !isFirst { return }
        for stage in stages where stage.isLive {
            do throws(StageFailure) { try stage.begin() } catch { stop(stage, error) }
        }
        completeBatch()
        try throwIfStopped()
    }

    /// Does what is due at a time of the clock, in the order of the plan.
    private func tick(at now: Int64) {
        for step in progress.settle() where sources[step.source].isLive { sources[step.source].pass(step.watermark) }
        for stage in clocked where stage.isLive {
            do throws(StageFailure) { try stage.tick(at: now) } catch { stop(stage, error) }
        }
    }

    /// Whether any query still runs.
    public var isRunning: Bool { sinks.contains { $0.isLive } }

    private func throwIfStopped() throws(PipelineError) {
        if !isRunning, let failure = failures.first { throw failure.error }
    }

    /// Stops a node and what depends on it.
    private func stop(_ node: PipelineNode, _ failure: StageFailure) {
        if node.hasFailed { return }
        let before = Set(sinks.filter(\.isLive).map(\.sink))
        var stopped = [node]
        while let next = stopped.popLast() {
            if next.hasFailed { continue }
            next.hasFailed = true
            stopped += next.consumers.map(\.node)
        }
        updateLiveness()
        let error = located(failure.error, at: failure.span, node)
        let after = Set(sinks.filter(\.isLive).map(\.sink))
        failures.append(
            QueryFailure(error: error, span: failure.span, sinks: before.subtracting(after).sorted()))
    }

    /// An error with its stage and its place in the SQL.
    private func located(_ error: PipelineError, at span: Span, _ node: PipelineNode) -> PipelineError {
        var error = error
        error.stage = error.stage ?? node.name
        if error.place == nil, span != .none, let file {
            let location = file.location(of: span.lower)
            error.place = "\(file.name):\(location.line):\(location.column)"
        }
        return error
    }

    private func reject(_ node: PipelineNode, _ row: DivertedRow, _ origin: (source: Int, row: Int)?) {
        var error = row.error.map { located($0, at: node.span(of: $0), node) }
        error?.source = origin?.source
        error?.row = origin?.row
        onRejectedRow(
            RejectedRow(
                stage: node.name, reason: row.reason, error: error, source: origin?.source, row: origin?.row))
    }

    /// A node without a consumer that runs has nothing to do.
    private func updateLiveness() {
        for node in nodes.reversed() {
            node.isLive =
                !node.hasFailed && (node is SinkNode || node.consumers.contains { $0.node.isLive })
        }
        for (index, source) in sources.enumerated() where !source.isLive { progress.stop(index) }
    }

    // MARK: State

    /// Constant rows have none, nor has what goes back between two pushes.
    private var statefulStages: [PipelineNode] { stages.filter { !($0 is ValuesNode || $0 is FeedbackNode) } }

    public func snapshot() -> [UInt8] {
        var writer = StateWriter(fingerprint: stateLayout)
        var progress = progress
        progress.rowsIn = counters.rowsIn
        progress.rowsOut = counters.rowsOut
        progress.encode(to: &writer)
        for stage in statefulStages {
            writer.beginSection()
            stage.encode(to: &writer)
            writer.endSection()
        }
        return writer.finish()
    }

    public func restore(_ snapshot: [UInt8]) throws(StateError) {
        do throws(StateError) {
            try read(snapshot)
        } catch {
            try read(freshState)
            throw error
        }
    }

    private func read(_ snapshot: [UInt8]) throws(StateError) {
        var reader = try StateReader(snapshot, fingerprint: stateLayout)
        var progress = freshProgress
        try progress.restore(from: &reader)
        for (index, stage) in statefulStages.enumerated() where try reader.enterSection(index) {
            try stage.restore(from: &reader)
            try reader.leaveSection()
        }
        try reader.finish()
        self.progress = progress
        for source in sources { source.restart() }
        for sink in sinks { sink.restart() }
        rowsBefore = (progress.rowsIn, progress.rowsOut)
        failures = []
        for node in nodes { node.hasFailed = false }
        updateLiveness()
    }

    // MARK: Observation

    public var counters: OperatorCounters {
        var total = OperatorCounters(rowsIn: rowsBefore.in, rowsOut: rowsBefore.out)
        for source in sources { total.rowsIn += source.counters.rowsIn }
        for stage in stages { total.addDrops(of: stage.counters) }
        for sink in sinks { total.rowsOut += sink.counters.rowsOut }
        return total
    }

    /// Sources, stages and sinks in the order of the plan.
    public var nodeCounters: [NodeCounters] {
        sources.map { NodeCounters(kind: .source, name: $0.name, counters: $0.counters) }
            + stages.map { NodeCounters(kind: .stage, name: $0.name, counters: $0.counters) }
            + sinks.map { NodeCounters(kind: .sink, name: $0.name, counters: $0.counters) }
    }

    public var status: PipelineStatus {
        PipelineStatus(
            sources: progress.status(of: interface, seen: sources.map { max($0.seen, $0.observed) }),
            stages: zip(stages, stageSources).map { stage, inputs in
                StageStatus(stage.name, stage.counters, waitsFor: progress.waited(among: inputs))
            })
    }

    /// The watermark of a source's rows so far, in microseconds since the epoch; `noWatermark` before the first.
    public func watermark(ofSource source: Int) -> Int64 {
        max(progress.watermarks[source].watermark, sources[source].observed)
    }
}

extension RowPolicies {
    /// The policies that all inputs agree on; `fail` where they do not.
    init(common inputs: [RowPolicies]) {
        self.init()
        guard let first = inputs.first else { return }
        if inputs.allSatisfy({ $0.evaluationError == first.evaluationError }) {
            evaluationError = first.evaluationError
        }
        if inputs.allSatisfy({ $0.nullEventTime == first.nullEventTime }) { nullEventTime = first.nullEventTime }
        if inputs.allSatisfy({ $0.lateRow == first.lateRow }) { lateRow = first.lateRow }
        groupMemoryBytes = inputs.map(\.groupMemoryBytes).min() ?? groupMemoryBytes
    }
}
