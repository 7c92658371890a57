// Constant rows: all of them at the start, and then the end.

private func __run__() throws(PipelineError) {
    let rows = ColumnBatch(types: __Program__.outputTypes)
    var fault = Fault()
    __Program__.append(to: rows, &fault)
    if fault.isRaised {
        throw PipelineError(fault).located(stage: __stage__, at: __places__, isPushedRow: false)
    }
    try rows.withView { (batch) throws(PipelineError) in
        //> consumers
    }
    //> advances
}
