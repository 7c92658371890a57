// What becomes of rows that a policy of `.divert` has kept out of a query.

/// Called with each row that a policy of `.divert` has kept out of a query, before the push that brought it returns.
public var onRejectedRow: (RejectedRow) -> Void = { _ in }

/// The batch that is being processed.
@exclusivity(unchecked) private var pushed: BatchView?
private let policies: RowPolicies

private func reject(
    _ rows: [DivertedRow], _ stage: String, _ places: [SQLPlace], isPushedRow: Bool, else place: SQLPlace?
) {
    let rejections = failures.rejections(
        rows, stage: stage, at: places, isPushedRow: isPushedRow, else: place, policies: policies)
    for rejection in rejections {
        onRejectedRow(rejection)
        //> typed
    }
}
