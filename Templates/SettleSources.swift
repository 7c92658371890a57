// Idle sources: the watermarks that they no longer hold back.

private func settleSources() {
    for (source, watermark) in progress.settle() {
        switch source {
        //> cases
        default: break
        }
    }
}
