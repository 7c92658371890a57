// What row-by-row entries share.

/// Whether rows reach the queries without columns: while nobody reads batches and no query has stopped.
private var takesRows: Bool { !handsOutBatches && failures.isEmpty }
