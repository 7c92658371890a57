// A projection: every row of the chunk comes out, one loop without a branch.

func transform(
    _ batch: BatchView, _ from: Int, _ to: Int, into output: ColumnBatch,
    _ positions: UnsafeMutablePointer<Int>, _ fault: inout Fault
) {
    //> prologue
    var count = output.rowCount
    for __index__ in from..<to {
        //> row
        //> stores
        count &+= 1
    }
    output.rowCount = count
    //> epilogue
}
