// The callback for columns. Rows that are pushed one by one are put into columns only for those who set it.

/// Called with each batch of results: the sink's position, and columns lent for the call.
public var onOutput: (_ sink: Int, _ batch: BatchView) -> Void = { _, _ in } {
    didSet { handsOutBatches = true }
}

@exclusivity(unchecked) private var handsOutBatches = false
