// The typed entry for the rows of one source, which reach the queries one by one, without columns in between.

/// Processes one row of `__relation__`.
public func push(_ row: __Row__) throws(PipelineError) {
    try begin()
    if _fastPath(takesRows) {
        __pass__(row, at: 0)
        try failures.throwIfNothingRuns()
    } else {
        __rows__.clear()
        __rows__.append(row)
        try __pushRows__()
    }
}

/// Processes rows of `__relation__`, in order.
public func push(_ rows: [__Row__]) throws(PipelineError) { try __pushAll__(rows) }

/// Processes rows of `__relation__`, in order.
public func push(_ rows: some Sequence<__Row__>) throws(PipelineError) { try __pushAll__(rows) }

/// Brings one row to the queries.
private func __pass__(_ row: __Row__, at position: Int) {
    progress.rowsIn &+= 1
    let row = __Columns__.row(of: row, &rowArena)
    //> rowConsumers
    rowArena.resetIfUsed()
}

/// Processes a batch of `__relation__`, whose columns are those of `interface`.
public func push(__label__ batch: BatchView) throws(PipelineError) {
    try begin()
    progress.rowsIn += Int64(batch.rowCount)
    failures.source = __position__
    pushed = batch
    //> consumers
    failures.source = nil
    pushed = nil
    try failures.throwIfNothingRuns()
}

/// Says that no row of `__relation__` before `watermark` follows, in microseconds since 1970.
public func advanceWatermark(__label__ watermark: Int64) throws(PipelineError) {
    try begin()
    guard progress.watermarks[__position__].advance(to: watermark__seen__) else { return }
    //> advances
    try failures.throwIfNothingRuns()
}

private func __pushRows__() throws(PipelineError) {
    try __rows__.withView { (batch) throws(PipelineError) in try push(__label__: batch) }
}
