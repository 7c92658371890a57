// The typed entry for the rows of one source.

/// Processes one row of `__relation__`.
public func push(_ row: __Row__) throws(PipelineError) {
    __rows__.clear()
    __rows__.append(row)
    try __pushRows__()
}

/// Processes rows of `__relation__`, in order.
public func push(_ rows: some Sequence<__Row__>) throws(PipelineError) {
    __rows__.clear()
    for row in rows {
        __rows__.append(row)
        if __rows__.rowCount == 1024 {
            try __pushRows__()
            __rows__.clear()
        }
    }
    try __pushRows__()
}

/// Processes a batch of `__relation__`, whose columns are those of `interface`.
public func push(__label__ batch: BatchView) throws(PipelineError) {
    try begin()
    //> arrival
    progress.rowsIn += Int64(batch.rowCount)
    failures.source = __position__
    pushed = batch
    //> consumers
    failures.source = nil
    pushed = nil
    //> completion
    try failures.throwIfNothingRuns()
}

/// Says that no row of `__relation__` before `watermark` follows, in microseconds since 1970.
public func advanceWatermark(__label__ watermark: Int64) throws(PipelineError) {
    try begin()
    guard progress.watermarks[__position__].advance(to: watermark__seen__) else { return }
    //> advances
    //> completion
    try failures.throwIfNothingRuns()
}

private func __pushRows__() throws(PipelineError) {
    try __rows__.withView { (batch) throws(PipelineError) in try push(__label__: batch) }
}
