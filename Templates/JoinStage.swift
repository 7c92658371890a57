// A join: a batch of either side goes in, what it changes comes out, also what came out before a failure.

private func __run__(_ batch: BatchView, from side: JoinSide) {
    if failures.hasStopped(__index__) { return }
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.push(batch, from: side, into: __rows__)
    } catch {
        let error = __error__.located(stage: __stage__, at: __places__, isPushedRow: __isPushedRow__, else: __Program__.place)
        failures.stop(__index__, sinks: __sinks__, error)
    }
    //> rejections
    __send__()
}

private func __advance__(to watermark: Int64, from side: JoinSide) {
    if failures.hasStopped(__index__) { return }
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.advance(side, to: watermark, into: __rows__)
    } catch {
        let error = error.located(stage: __stage__, at: __places__, isPushedRow: false, else: __Program__.place)
        failures.stop(__index__, sinks: __sinks__, error)
    }
    __send__()
}

private func __send__() {
    __rows__.withView { batch in
        //> consumers
    }
}
