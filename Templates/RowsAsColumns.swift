// How several rows of a source reach queries that all fold them: as columns, whose loops cost less than rows one by one
// unless there are few.

private func __pushAll__(_ rows: some Sequence<__Row__>) throws(PipelineError) {
    try begin()
    let areFew = rows.underestimatedCount < 8
    // Rows that are kept out are told by their places in the batch.
    let countsRows = takesRows
    defer { failures.firstRow = 0 }
    var rows = rows.makeIterator()
    var position = 0
    while areFew, takesRows, let row = rows.next() {
        __pass__(row, at: position)
        position &+= 1
    }
    try failures.throwIfNothingRuns()
    if areFew, takesRows { return }
    __rows__.clear()
    if countsRows { failures.firstRow = position }
    while let row = rows.next() {
        __rows__.append(row)
        if __rows__.rowCount == 1024 {
            try __pushRows__()
            __rows__.clear()
            position &+= 1024
            if countsRows { failures.firstRow = position }
        }
    }
    if __rows__.rowCount > 0 { try __pushRows__() }
}
