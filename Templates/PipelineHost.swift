// What every pipeline does alike: begin, end, snapshots, and the untyped entry for hosts.

public func push(source: Int, _ batch: BatchView) throws(PipelineError) {
    switch source {
    //> pushes
    default: throw PipelineError(sqlState: "42P01", message: "the pipeline has no source \(source)")
    }
}

public func push(source: Int, partition: Int, _ batch: BatchView) throws(PipelineError) {
    try progress.select(partition, of: source)
    defer { progress.deselect(source) }
    try push(source: source, batch)
}

public func advanceWatermark(source: Int, to watermark: Int64) throws(PipelineError) {
    switch source {
    //> watermarks
    default: throw PipelineError(sqlState: "42P01", message: "the pipeline has no source \(source)")
    }
}

/// Does what the clock has made due. Each push does so too; a host calls it while nothing comes in.
public func advanceClock() throws(PipelineError) {
    if progress.hasFinished { return }
    try begin()
    try failures.throwIfNothingRuns()
}

/// When the clock makes something due next, in microseconds since 1970.
public var nextTimer: Int64? {
    //> nextTimer
}

/// Ends all inputs: every window closes. Calling it again does nothing; pushing after it is refused.
public func finish() throws(PipelineError) {
    if progress.hasFinished { return }
    try begin()
    defer { progress.finish() }
    //> ends
    try failures.throwIfAny()
}

private func begin() throws(PipelineError) {
    let isFirst = try progress.begin()
    //> ticks
    if !isFirst { return }
    //> beginnings
}

/// The queries that have stopped. The others go on; `push` throws when none is left, `finish` when any has failed.
public var stopped: [StoppedQuery] { failures.all }

public func snapshot() -> [UInt8] {
    var writer = StateWriter(fingerprint: Self.stateLayout.joined(separator: "\n"))
    progress.encode(to: &writer)
    //> encodings
    return writer.finish()
}

/// After an error the pipeline is as new.
public func restore(_ snapshot: [UInt8]) throws(StateError) {
    do throws(StateError) {
        try read(snapshot)
    } catch {
        try read(__Pipeline__(policies: policies).snapshot())
        throw error
    }
}

private func read(_ snapshot: [UInt8]) throws(StateError) {
    var reader = try StateReader(snapshot, fingerprint: Self.stateLayout.joined(separator: "\n"))
    try progress.restore(from: &reader)
    //> restorations
    try reader.finish()
    failures = QueryFailures(sinks: __sinkCount__)
}

public var counters: OperatorCounters {
    __var__ counters = OperatorCounters(rowsIn: progress.rowsIn, rowsOut: progress.rowsOut)
    //> counts
    return counters
}
