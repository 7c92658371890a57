// A stage with state: a batch goes in, what it changes or closes comes out.

private func __run__(_ batch: BatchView) throws(PipelineError) {
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.push(batch, into: __rows__)
    } catch {
        throw error.located(stage: __stage__, at: __places__, isPushedRow: __isPushedRow__)
    }
    try __send__()
}

private func __advance__(to watermark: Int64) throws(PipelineError) {
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.advance(to: watermark, into: __rows__)
    } catch {
        throw error.located(stage: __stage__, at: __places__, isPushedRow: false)
    }
    try __send__()
}

private func __send__() throws(PipelineError) {
    try __rows__.withView { (batch) throws(PipelineError) in
        //> consumers
    }
}
