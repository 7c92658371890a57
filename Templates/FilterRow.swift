// A filter over one row. Where it fails, the row goes through the stage as a batch, which knows what to do.

private func __run__(_ row: __RowView__, at position: Int) {
    var fault = Fault()
    let result = __Program__.result(row, &rowArena, &fault)
    if _slowPath(fault.isRaised) {
        row.write(to: __cells__)
        failures.begin(source: __source__, row: position)
        __cells__.withView { __run__($0) }
        return failures.end()
    }
    __operator__.countRow(passes: result != nil)
    if let result {
        //> consumers
    }
}
