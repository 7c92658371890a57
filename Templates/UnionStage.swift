// All rows of several inputs, under the least of their watermarks.

private func __run__(_ batch: BatchView, from input: Int) {
    __operator__.merge(batch, from: input) { batch in
        //> consumers
    }
}

private func __advance__(to watermark: Int64, from input: Int) {
    guard let watermark = __operator__.advance(input, to: watermark) else { return }
    //> advances
}
