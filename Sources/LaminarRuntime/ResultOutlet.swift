public import LaminarColumns

/// Hands the rows of one sink to whoever asked for them; costs nothing for those who did not.
public struct ResultOutlet<Row: ResultRow> {
    /// Called with each row, before the call that caused it returns.
    public var onRow: ((Row) -> Void)?
    private var continuations: [AsyncStream<Row>.Continuation] = []

    public init() {}

    /// The rows that come from now on, buffered without bound; it ends with the pipeline.
    public mutating func rows() -> AsyncStream<Row> {
        let (stream, continuation) = AsyncStream<Row>.makeStream()
        continuations.append(continuation)
        return stream
    }

    public func deliver(_ batch: BatchView) {
        if onRow == nil, continuations.isEmpty { return }
        for index in 0..<batch.rowCount {
            let row = Row(batch, index)
            onRow?(row)
            for continuation in continuations { continuation.yield(row) }
        }
    }

    public func finish() {
        for continuation in continuations { continuation.finish() }
    }
}

/// Hands on the changes of a sink whose rows may be taken back.
public struct ChangeOutlet<Row: ResultRow> {
    /// Called with each change, before the call that caused it returns.
    public var onChange: ((Change<Row>) -> Void)?
    private var continuations: [AsyncStream<Change<Row>>.Continuation] = []

    public init() {}

    /// The changes that come from now on, buffered without bound; it ends with the pipeline.
    public mutating func changes() -> AsyncStream<Change<Row>> {
        let (stream, continuation) = AsyncStream<Change<Row>>.makeStream()
        continuations.append(continuation)
        return stream
    }

    public func deliver(_ batch: BatchView) {
        if onChange == nil, continuations.isEmpty { return }
        for index in 0..<batch.rowCount {
            let change = Change(Row(batch, index), weight: batch.weights?[index] ?? 1)
            onChange?(change)
            for continuation in continuations { continuation.yield(change) }
        }
    }

    public func finish() {
        for continuation in continuations { continuation.finish() }
    }
}
