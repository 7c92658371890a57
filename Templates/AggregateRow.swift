// A stage with state over one row: what it closes comes out, also what came out before a failure.

private func __run__(_ row: __RowView__, at position: Int) {
    row.write(to: __cells__)
    if !__rows__.isEmpty { __rows__.clear() }
    do throws(PipelineError) {
        try __operator__.push(row: __columns__, into: __rows__)
    } catch {
        failures.begin(source: __source__, row: position)
        let error = error.located(stage: __stage__, at: __places__, isPushedRow: __isPushedRow__, else: __place__)
        failures.stop(__index__, sinks: __sinks__, error)
        failures.end()
    }
    if _slowPath(!__rows__.isEmpty) { __send__() }
}
