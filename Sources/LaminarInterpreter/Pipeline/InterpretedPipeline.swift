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
    public private(set) var failures: [QueryFailure] = []

    private let sources: [SourceNode]
    private let stages: [PipelineNode]
    private let sinks: [SinkNode]
    private let file: SourceFile?
    private var hasBegun = false
    private var isFinished = false
    /// Rows of all sources and sinks before the snapshot that was restored.
    private var rowsBefore: (in: Int64, out: Int64) = (0, 0)
    /// A failed restore leaves state that belongs to no one.
    private var isBroken = false

    /// - Parameters:
    ///   - file: the SQL text, for the places that errors name.
    ///   - policies: what becomes of rows that cannot be processed, by source; a stage behind several sources with
    ///     different policies fails. Default: all fail.
    public init(
        _ plan: PipelinePlan, file: SourceFile? = nil, policies: [RowPolicies] = []
    ) throws(UnsupportedPlan) {
        self.file = file
        interface = PipelineInterface(plan)
        let needed = plan.stepReaders
        var sources: [SourceNode] = []
        for (index, source) in plan.sources.enumerated() {
            let node = try SourceNode(source, source: index)
            node.needsSteps = needed.sources[index]
            node.cutsAtSteps = node.needsSteps && plan.comesTogether(index)
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
            let node = try Self.makeNode(
                stage, in: plan, policies: policy, needsSteps: needed.stages[index])
            node.needsSteps = needed.stages[index]
            for input in stage.inputs {
                switch input {
                case .source(let source): node.connect(sources[source])
                case .stage(let stage): node.connect(stages[stage])
                }
            }
            stages.append(node)
        }
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
        for node in nodes { node.onFailure = { [unowned self] in self.stop($0, $1) } }
        for sink in sinks { sink.onOutput = { [unowned self] in self.onOutput($0, $1) } }
        updateLiveness()
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
        case .unionAll(let inputs): return UnionNode(stage.name, inputs: inputs.count)
        case .join(let left, let right, let join):
            return try JoinNode(
                stage.name, join, left: (types(left), plan.isUpdating(left)),
                right: (types(right), plan.isUpdating(right)))
        case .windowAggregate(let input, let aggregate) where aggregate.emission != .onClose:
            return try WindowChangesNode(stage, aggregate, inputs: types(input), policies: policies)
        case .windowAggregate(let input, let aggregate):
            return try WindowAggregateNode(
                stage, aggregate, inputs: types(input), policies: policies, reportsWatermark: needsSteps)
        case .eventTime(let input, .sessions(let sessions)):
            return SessionsNode(stage, sessions, inputs: types(input), policies: policies)
        case .eventTime(let input, .lateRows(let late)): return LateRowsNode(stage, late, inputs: types(input))
        case .eventTime(let input, .order(let order)):
            return EventTimeOrderNode(stage, order, inputs: types(input), policies: policies)
        case .eventTime(let input, .expandRows(let expansion)):
            return RowExpansionNode(stage, expansion, inputs: types(input))
        case .eventTime(let input, .expandWindows(let expansion)):
            return WindowExpansionNode(stage, expansion, inputs: types(input), policies: policies)
        case .keyed(let input, let changes):
            return KeyedNode(stage, changes, inputs: types(input), policies: policies)
        case .over(let input, let over) where over.settling != nil:
            return try EventTimeOverNode(stage, over, inputs: types(input), policies: policies)
        case .over(let input, let over): return try OverNode(stage, over, inputs: types(input))
        case .runningAggregate(let input, let aggregate):
            return try RunningAggregateNode(stage, aggregate, inputs: types(input), policies: policies)
        }
    }

    private var nodes: [PipelineNode] { sources as [PipelineNode] + stages + sinks }

    // MARK: Running

    public func push(source: Int, _ batch: BatchView) throws(PipelineError) {
        try begin()
        let node = sources[source]
        if node.isLive {
            do throws(StageFailure) {
                try node.push(batch)
            } catch {
                var failure = error
                failure.error.source = source
                stop(node, failure)
            }
        }
        try throwIfStopped()
    }

    public func advanceWatermark(source: Int, to watermark: Int64) throws(PipelineError) {
        try begin()
        if sources[source].isLive { sources[source].advance(to: watermark) }
        try throwIfStopped()
    }

    public func finish() throws(PipelineError) {
        try begin()
        if isFinished { return }
        isFinished = true
        for source in sources where source.isLive { source.advance(to: endOfInput) }
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
        precondition(!isBroken, "A pipeline is not used after a failed restore.")
        if hasBegun { return }
        hasBegun = true
        for stage in stages where stage.isLive {
            do throws(StageFailure) { try stage.begin() } catch { stop(stage, error) }
        }
        try throwIfStopped()
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
            next.hasFailed = true
            stopped += next.consumers.map(\.node)
        }
        updateLiveness()
        var error = failure.error
        error.stage = error.stage ?? node.name
        if error.place == nil, failure.span != .none, let file {
            let location = file.location(of: failure.span.lower)
            error.place = "\(file.name):\(location.line):\(location.column)"
        }
        let after = Set(sinks.filter(\.isLive).map(\.sink))
        failures.append(
            QueryFailure(error: error, span: failure.span, sinks: before.subtracting(after).sorted()))
    }

    /// A node without a consumer that runs has nothing to do.
    private func updateLiveness() {
        for node in nodes.reversed() {
            node.isLive =
                !node.hasFailed && (node is SinkNode || node.consumers.contains { $0.node.isLive })
        }
    }

    // MARK: State

    public func snapshot() -> [UInt8] {
        var writer = StateWriter(fingerprint: interface.fingerprint)
        var progress = PipelineProgress(sources: sources.count)
        progress.hasBegun = hasBegun
        progress.hasFinished = isFinished
        progress.rowsIn = counters.rowsIn
        progress.rowsOut = counters.rowsOut
        progress.watermarks = sources.map(\.tracker)
        progress.encode(to: &writer)
        for stage in stages { stage.encode(to: &writer) }
        return writer.finish()
    }

    /// After an error the pipeline must not be used any more.
    public func restore(_ snapshot: [UInt8]) throws(StateError) {
        var reader = try StateReader(snapshot, fingerprint: interface.fingerprint)
        isBroken = true
        var progress = PipelineProgress(sources: sources.count)
        try progress.restore(from: &reader)
        for stage in stages { try stage.restore(from: &reader) }
        try reader.finish()
        isBroken = false
        hasBegun = progress.hasBegun
        isFinished = progress.hasFinished
        for (source, watermark) in zip(sources, progress.watermarks) { source.restore(watermark) }
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

    /// The watermark of a source's rows so far, in microseconds since the epoch; `noWatermark` before the first.
    public func watermark(ofSource source: Int) -> Int64 { sources[source].watermark }
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
    }
}

extension PipelinePlan {
    /// Which sources and stages have a consumer that reads watermark steps, or hands them on to one.
    fileprivate var stepReaders: (sources: [Bool], stages: [Bool]) {
        var neededSources = sources.map { _ in false }
        var neededStages = stages.map { _ in false }
        for (index, stage) in stages.enumerated().reversed() {
            let reads: Bool
            switch stage.kind {
            case .values: reads = false
            case .over(_, let plan): reads = plan.settling != nil || neededStages[index]
            case .transform, .unionAll, .runningAggregate, .join, .keyed, .eventTime(_, .expandWindows),
                .eventTime(_, .expandRows):
                reads = neededStages[index]
            case .eventTime(_, .order), .eventTime(_, .lateRows): reads = true
            case .eventTime(_, .sessions(let plan)): reads = plan.hasWatermark || neededStages[index]
            case .windowAggregate(_, let plan): reads = plan.watermark == .steps
            }
            guard reads else { continue }
            for input in stage.inputs {
                switch input {
                case .source(let source): neededSources[source] = true
                case .stage(let stage): neededStages[stage] = true
                }
            }
        }
        return (neededSources, neededStages)
    }
}
