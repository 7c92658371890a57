public import LaminarColumns
public import LaminarState

/// A pipeline as its host sees it, whoever executes it: generated code or the interpreter.
///
/// It is owned by one thread. Rows of one source are processed in the order in which they are pushed, and how they are
/// cut into batches never changes a result. Output is handed over before the call that caused it returns.
public protocol RunnablePipeline: AnyObject {
    var interface: PipelineInterface { get }

    /// Receives each sink's rows: the sink's position, and a batch that is borrowed for the call.
    var onOutput: (_ sink: Int, _ batch: BatchView) -> Void { get set }

    /// Receives each row that a policy of `.divert` kept out of a query, before the push that brought it returns.
    var onRejectedRow: (RejectedRow) -> Void { get set }

    /// Where the pipeline reads processing time; the system's clock unless another is put in its place.
    var clock: ProcessingClock { get set }

    /// Does what the clock has made due since the last call of any kind: EMIT EVERY, windows of processing time.
    func advanceClock() throws(PipelineError)

    /// When the clock makes something due next, in microseconds since the epoch; nil if nothing waits for it.
    var nextTimer: Int64? { get }

    /// Processes a batch of a source, whose columns are those of `interface.sources[source]`.
    ///
    /// Its watermark steps, if any, are not read: the pipeline makes watermarks from event times.
    ///
    /// - Throws: 55000 after `finish`, and for a source that `isPaused`: nothing of the batch has been taken then.
    func push(source: Int, _ batch: BatchView) throws(PipelineError)

    /// Processes a batch of one partition of a source, for which the source's watermark is kept apart.
    ///
    /// - Throws: 22023 if the source's option `partitions` has no such partition.
    func push(source: Int, partition: Int, _ batch: BatchView) throws(PipelineError)

    /// Raises a source's watermark, in microseconds since the epoch; one that would go back is refused and counted.
    func advanceWatermark(source: Int, to watermark: Int64) throws(PipelineError)

    /// Raises the watermark of one partition of a source; `endOfInput` says that the partition has ended.
    ///
    /// - Throws: 22023 if there is no such partition.
    func advanceWatermark(source: Int, partition: Int, to watermark: Int64) throws(PipelineError)

    /// Makes it so many partitions of a source at least, where its host says how many there are (`partitions = 'files'`).
    ///
    /// - Throws: 22023 for a source with another number of partitions that is fixed.
    func open(partitions: Int, ofSource source: Int) throws(PipelineError)

    /// Whether a source is so far ahead of its alignment group that its rows are refused until the others have come up.
    func isPaused(source: Int) -> Bool

    /// Ends all inputs: every window fires. Calling it again does nothing; pushing after it is refused.
    func finish() throws(PipelineError)

    /// All state: tables, watermarks, counters. Between two pushes only.
    func snapshot() -> [UInt8]

    /// Replaces all state by that of a snapshot that a pipeline of the same fingerprint made, or of one whose state can be
    /// read as this one's, under any executor. After an error the pipeline is as new: it has seen nothing.
    func restore(_ snapshot: [UInt8]) throws(StateError)

    /// Rows in of all sources, rows out of all sinks, drops of all operators.
    var counters: OperatorCounters { get }

    /// How sources and stages stand: watermarks, idleness, late rows and other drops by stage, who waits for whom.
    var status: PipelineStatus { get }
}

/// Of pipelines none of whose sources has partitions or an alignment group.
extension RunnablePipeline {
    public func advanceWatermark(source: Int, partition: Int, to watermark: Int64) throws(PipelineError) {
        if partition != 0 {
            throw PipelineError(sqlState: "22023", message: "source \(source) has no partition \(partition)")
        }
        try advanceWatermark(source: source, to: watermark)
    }

    public func open(partitions: Int, ofSource source: Int) throws(PipelineError) {
        if partitions != 1 {
            throw PipelineError(sqlState: "22023", message: "source \(source) cannot have \(partitions) partitions")
        }
    }

    public func isPaused(source: Int) -> Bool { false }
}
