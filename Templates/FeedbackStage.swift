// What a recursive query has found goes back into it; false if there is nothing.

private func __run__() -> Bool {
    if failures.hasStopped(__index__) { return false }
    do throws(PipelineError) {
        guard let rows = try __operator__.next() else { return false }
        rows.withView { batch in
            //> consumers
        }
        return true
    } catch {
        let error = error.located(stage: __stage__, at: [], isPushedRow: false, else: __place__)
        failures.stop(__index__, sinks: __sinks__, error)
        return false
    }
}

private func __begin__() {
    //> advances
}
