// All rows of several inputs; nothing behind reads their watermark, which is kept for the snapshot.

private func __run__(_ batch: BatchView, from input: Int) {
    __operator__.merge(batch, from: input) { batch in
        //> consumers
    }
}

private func __advance__(to watermark: Int64, from input: Int) {
    _ = __operator__.advance(input, to: watermark)
}
