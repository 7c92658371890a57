// Constant rows: all of them at the start, and then the end.

private func __run__() {
    let rows = ColumnBatch(types: __Program__.outputTypes)
    var fault = Fault()
    __Program__.append(to: rows, &fault)
    if fault.isRaised {
        let error = PipelineError(fault).located(stage: __stage__, at: __places__, isPushedRow: false)
        failures.stop(__index__, sinks: __sinks__, error)
        return
    }
    rows.withView { batch in
        //> consumers
    }
    //> advances
}
