// A watermark that no row brought.

private func __settle__(to watermark: Int64) {
    //> advances
}
