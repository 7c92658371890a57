import LaminarColumns
public import LaminarKernels
public import LaminarState

extension AggregateProgram {
    /// Why rows `from..<to` could not be kept: an aggregate has been given more of a group than it may keep.
    ///
    /// Names the row, which a table that only counts entries finds (with DISTINCT, which it does not know of, it may be an
    /// earlier one), and the aggregate, by the site of its result.
    /// - Parameter entriesBefore: the entries that the table had been given before these rows.
    @inline(never) public func collectionFailure(
        _ table: UnsafeMutablePointer<GroupTable>, _ columns: Columns, _ from: Int, _ to: Int,
        weights: UnsafePointer<Int64>?, entriesBefore: Int64, _ scratch: inout Arena
    ) -> PipelineError {
        let limit = table.pointee.arena.collection
        var error = PipelineError(
            sqlState: "54000", message: "the values collected for a group take more than \(limit.bytes) bytes")
        let counting = GroupTable.make(layout)
        defer { GroupTable.destroy(counting) }
        var entries = limit.firstRefused &- entriesBefore
        for row in from..<to where (weights?[row] ?? 1) > 0 {
            let before = counting.pointee.arena.collection.entries
            var fault = Fault()
            update(counting, columns, row, row + 1, &scratch, &fault)
            let (added, overflow) = (counting.pointee.arena.collection.entries &- before)
                .multipliedReportingOverflow(by: weights?[row] ?? 1)
            entries = overflow ? 0 : entries &- added
            if entries <= 0 {
                error.row = row
                break
            }
        }
        let batch = ColumnBatch(types: outputTypes, capacity: 64)
        let groups = GroupSlice(table)
        for group in 0..<groups.count {
            var fault = Fault()
            batch.clear()
            emit(groups[group], WindowBounds(start: 0, end: 0), into: batch, origins: nil, &fault)
            if fault.isRaised, fault.resolvedCode == .limitExceeded {
                error.site = fault.site
                break
            }
        }
        return error
    }
}
