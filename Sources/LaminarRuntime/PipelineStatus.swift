/// How a running pipeline stands, source by source and stage by stage.
public struct PipelineStatus: Sendable, Equatable {
    public var sources: [SourceStatus]
    /// In the order of the plan.
    public var stages: [StageStatus]

    public init(sources: [SourceStatus], stages: [StageStatus]) {
        self.sources = sources
        self.stages = stages
    }
}

/// How a source stands: its watermark, and what did not count for it.
public struct SourceStatus: Sendable, Equatable {
    public var name: String
    /// Microseconds since the epoch: `noWatermark` before the first row, and where no query reads it; `endOfInput` behind
    /// the last row.
    public var watermark: Int64
    /// The watermark of each partition.
    public var partitions: [Int64]
    /// Partitions that were silent for longer than `idle_timeout`.
    public var idlePartitions: Int
    /// Rows beyond `max_future`, which did not raise the watermark.
    public var futureRows: Int64
    /// Watermarks from outside that would have gone back.
    public var refusedWatermarks: Int64
    /// Rows that were further ahead of the alignment group than `max_drift`.
    public var rowsAhead: Int64
    /// Whether the source is now further ahead of its alignment group than `max_drift`.
    public var isAhead: Bool
    /// Whether its rows are refused until the others of its alignment group have come up.
    public var isPaused: Bool
}

/// What went through a stage, and what it waits for.
public struct StageStatus: Sendable, Equatable {
    public var name: String
    public var counters: OperatorCounters
    /// The position of the source that alone holds back the watermark of a stage over several sources.
    public var waitsFor: Int?

    public init(_ name: String, _ counters: OperatorCounters = OperatorCounters(), waitsFor: Int? = nil) {
        self.name = name
        self.counters = counters
        self.waitsFor = waitsFor
    }
}
