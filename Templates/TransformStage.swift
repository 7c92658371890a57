// A stateless stage: each chunk of what passes goes on at once.

private func __run__(_ batch: BatchView) throws(PipelineError) {
    do throws(PipelineError) {
        try __operator__.process(batch) { (batch) throws(PipelineError) in
            //> consumers
        }
    } catch {
        throw error.located(stage: __stage__, at: __places__, isPushedRow: __isPushedRow__)
    }
}
