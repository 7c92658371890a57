// What a stage does when the clock has gone on.

private func __tick__(at now: Int64) {
    if failures.hasStopped(__index__) { return }
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.tick(at: now, into: __rows__)
    } catch {
        let error = error.located(stage: __stage__, at: __places__, isPushedRow: false, else: __place__)
        failures.stop(__index__, sinks: __sinks__, error)
    }
    __send__()
}
