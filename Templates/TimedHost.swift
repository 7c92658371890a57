// Sources whose watermark has partitions, or depends on the clock or on other sources.

public func advanceWatermark(source: Int, partition: Int, to watermark: Int64) throws(PipelineError) {
    try progress.select(partition, of: source)
    defer { progress.deselect(source) }
    try begin()
    if progress.advanceSelected(source, to: watermark) { settle(source, to: progress.watermarks[source].watermark) }
    //> completion
    try failures.throwIfNothingRuns()
}

public func open(partitions: Int, ofSource source: Int) throws(PipelineError) {
    try progress.open(partitions: partitions, ofSource: source)
}

/// Whether a source is so far ahead of its alignment group that its rows are refused until the others have come up.
public func isPaused(source: Int) -> Bool { progress.isPaused(source) }

/// Hands on the watermarks that the clock has raised, and those that idle sources no longer hold back.
private func settleSources() {
    for (source, watermark) in progress.settle() { settle(source, to: watermark) }
}

/// Hands on a watermark that no row brought.
private func settle(_ source: Int, to watermark: Int64) {
    switch source {
    //> cases
    default: break
    }
}
