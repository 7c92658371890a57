// The typed entry for the partitions of one source.

/// Processes rows of one partition of `__relation__`, in order.
public func push(_ rows: some Sequence<__Row__>, partition: Int) throws(PipelineError) {
    try progress.select(partition, of: __position__)
    defer { progress.deselect(__position__) }
    try push(rows)
}

/// Says that no row of one partition of `__relation__` before `watermark` follows, in microseconds since 1970;
/// `endOfInput` ends the partition.
public func advanceWatermark(__label__ watermark: Int64, partition: Int) throws(PipelineError) {
    try advanceWatermark(source: __position__, partition: partition, to: watermark)
}
