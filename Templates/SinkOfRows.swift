// The typed end of the rows of one sink that come one by one.

private func __deliver__(_ row: __RowView__) {
    progress.rowsOut &+= 1
    __outlet__.deliver(row: __Row__(row))
}
