// How several rows of a source reach queries of which some take rows one by one at less cost than columns.

private func __pushAll__(_ rows: some Sequence<__Row__>) throws(PipelineError) {
    try begin()
    var rows = rows.makeIterator()
    var position = 0
    while takesRows, let row = rows.next() {
        __pass__(row, at: position)
        position &+= 1
    }
    try failures.throwIfNothingRuns()
    if takesRows { return }
    __rows__.clear()
    while let row = rows.next() {
        __rows__.append(row)
        if __rows__.rowCount == 1024 {
            try __pushRows__()
            __rows__.clear()
        }
    }
    try __pushRows__()
}
