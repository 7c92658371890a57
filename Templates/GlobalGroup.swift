// The one row that an aggregation without GROUP BY has from the start.

private func __begin__() {
    __rows__.clear()
    do throws(PipelineError) {
        try __operator__.begin(into: __rows__)
    } catch {
        let error = error.located(stage: __stage__, at: __places__, isPushedRow: false, else: __place__)
        failures.stop(__index__, sinks: __sinks__, error)
    }
    __send__()
}
