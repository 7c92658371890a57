// A filter before a projection that costs more than a branch.

func transform(
    _ batch: BatchView, _ from: Int, _ to: Int, into output: ColumnBatch,
    _ positions: UnsafeMutablePointer<Int>, _ fault: inout Fault
) {
    //> prologue
    var count = output.rowCount
    for index in from..<to {
        //> row
        if __passes__ {
            //> stores
            count &+= 1
        }
        //> positions
    }
    output.rowCount = count
    //> epilogue
}
