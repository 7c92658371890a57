// A filter over a cheap projection: every row is written, and the next one overwrites it unless the filter passed.

func transform(
    _ batch: BatchView, _ from: Int, _ to: Int, into output: ColumnBatch,
    _ positions: UnsafeMutablePointer<Int>, _ fault: inout Fault
) {
    //> prologue
    var count = output.rowCount
    for index in from..<to {
        //> row
        //> stores
        count &+= __passes__ ? 1 : 0
        //> positions
    }
    output.rowCount = count
    //> epilogue
}
