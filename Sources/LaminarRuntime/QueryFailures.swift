/// A query that has stopped.
public struct StoppedQuery: Sendable, Equatable {
    /// Names the row of the pushed batch, where one is to blame, and the place in the SQL text.
    public let error: PipelineError
    /// The positions of the sinks that get no more rows.
    public let sinks: [Int]
}

/// Which stages of a compiled pipeline have stopped, and why: a query that fails never disturbs its neighbours.
public struct QueryFailures: Sendable {
    /// The queries that have stopped, in the order in which they did.
    public private(set) var all: [StoppedQuery] = []
    /// The source whose batch is being processed; nil for watermarks and the end of input.
    public var source: Int?
    /// Where in the pushed batch the slice begins that is being processed.
    public var firstRow = 0
    private var stoppedStages: Set<Int> = []
    private var runningSinks: Set<Int>
    private let hasSinks: Bool

    public init(sinks: Int) {
        runningSinks = Set(0..<sinks)
        hasSinks = sinks > 0
    }

    /// Whether no query has stopped.
    @inlinable public var isEmpty: Bool { all.isEmpty }

    @inlinable public func hasStopped(_ stage: Int) -> Bool { !all.isEmpty && containsStage(stage) }

    @usableFromInline func containsStage(_ stage: Int) -> Bool { stoppedStages.contains(stage) }

    /// Says which pushed row is being processed on its own.
    public mutating func begin(source: Int, row: Int) {
        self.source = source
        firstRow = row
    }

    /// Ends what `begin` began.
    public mutating func end() {
        source = nil
        firstRow = 0
    }

    /// Stops a stage, and with it the sinks that get their rows through it.
    public mutating func stop(_ stage: Int, sinks: [Int], _ error: PipelineError) {
        guard stoppedStages.insert(stage).inserted else { return }
        var error = error
        error.source = source
        error.row = error.row.map { $0 + firstRow }
        all.append(StoppedQuery(error: error, sinks: sinks.filter { runningSinks.contains($0) }))
        runningSinks.subtract(sinks)
    }

    /// Throws the first failure if no query is left.
    @inlinable public func throwIfNothingRuns() throws(PipelineError) {
        if _slowPath(!all.isEmpty) { try throwIfNoSinkRuns() }
    }

    @usableFromInline func throwIfNoSinkRuns() throws(PipelineError) {
        if hasSinks, runningSinks.isEmpty, let first = all.first { throw first.error }
    }

    /// Throws the first failure, if there was any.
    public func throwIfAny() throws(PipelineError) {
        if let first = all.first { throw first.error }
    }
}
