// A stateless stage: each chunk of what passes goes on at once.

private func __run__(_ batch: BatchView) {
    if failures.hasStopped(__index__) { return }
    do throws(PipelineError) {
        try __operator__.process(
            batch, divert: { reject([$0], __stage__, __places__, isPushedRow: __isPushedRow__, else: nil) }
        ) { batch in
            //> consumers
        }
    } catch {
        let error = error.located(stage: __stage__, at: __places__, isPushedRow: __isPushedRow__)
        failures.stop(__index__, sinks: __sinks__, error)
    }
}
