// The typed entry for the rows of one source whose watermark travels with them.

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
    if failures.hasStopped(__index__) { return try failures.throwIfNothingRuns() }
    //> arrival
    progress.rowsIn += Int64(batch.rowCount)
    failures.source = __position__
    pushed = batch
    // Results that come out meanwhile are counted in `progress`, so its watermark is worked on beside it.
    var watermark = progress.watermarks[__position__]
    do throws(PipelineError) {
        try __watermark__.withSteps(batch, &watermark) { batch, firstRow in
            failures.firstRow = firstRow
            //> consumers
        }
        failures.firstRow = 0
    } catch {
        failures.firstRow = 0
        let error = error.located(stage: __stage__, at: __places__, isPushedRow: true)
        failures.stop(__index__, sinks: __sinks__, error)
        progress.stop(__position__)
    }
    progress.watermarks[__position__] = watermark
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
