// A stage with state: a batch goes in, what it changes or closes comes out, also what came out before a failure.

private func __run__(_ batch: BatchView) {
    if failures.hasStopped(__index__) { return }
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.push(batch, into: __rows__)
    } catch {
        let error = __error__.located(stage: __stage__, at: __places__, isPushedRow: __isPushedRow__, else: __place__)
        failures.stop(__index__, sinks: __sinks__, error)
    }
    //> rejections
    __send__()
}

private func __advance__(to watermark: Int64) {
    if failures.hasStopped(__index__) { return }
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.advance(to: watermark, into: __rows__)
    } catch {
        let error = error.located(stage: __stage__, at: __places__, isPushedRow: false, else: __place__)
        failures.stop(__index__, sinks: __sinks__, error)
    }
    __send__()
}

private func __send__() {
    __rows__.withView { batch in
        //> consumers
    }
}
