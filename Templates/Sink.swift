// The typed end of the rows of one sink.

private func __deliver__(_ batch: BatchView) {
    if batch.rowCount == 0 { return }
    progress.rowsOut += Int64(batch.rowCount)
    onOutput(__position__, batch)
    __outlet__.deliver(batch)
}
