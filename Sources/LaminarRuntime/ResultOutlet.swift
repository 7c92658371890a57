public import LaminarColumns

/// Hands the rows of one sink to whoever asked for them; costs nothing for those who did not.
///
/// It is owned by one thread, and no access to its variables lasts while it calls out.
public final class ResultOutlet<Row: ResultRow> {
    @exclusivity(unchecked) @usableFromInline var callback: RowCallback<Row>?
    /// Callbacks that have been replaced: one may be running when it is.
    private var kept: [RowCallback<Row>.Box] = []
    @exclusivity(unchecked) @usableFromInline var continuations: [AsyncStream<Row>.Continuation] = []

    public init() {}

    /// Called with each row, before the call that caused it returns.
    public var onRow: ((Row) -> Void)? {
        get { callback?.body }
        set { callback = RowCallback(newValue, keptIn: &kept) }
    }

    /// The rows that come from now on, buffered without bound; it ends with the pipeline.
    public func rows() -> AsyncStream<Row> {
        let (stream, continuation) = AsyncStream<Row>.makeStream()
        continuations.append(continuation)
        return stream
    }

    @inlinable public func deliver(_ batch: BatchView) {
        if callback == nil, continuations.isEmpty { return }
        for index in 0..<batch.rowCount { deliver(row: Row(batch, index)) }
    }

    /// Hands on one row, which is not made if nobody asked for it.
    @inlinable public func deliver(row: @autoclosure () -> Row) {
        if _fastPath(continuations.isEmpty) { return call(callback, row()) }
        deliverToAll(row())
    }

    @usableFromInline func deliverToAll(_ row: Row) {
        call(callback, row)
        for continuation in continuations { continuation.yield(row) }
    }

    public func finish() {
        for continuation in continuations { continuation.finish() }
    }
}

/// Hands on the changes of a sink whose rows may be taken back.
///
/// It is owned by one thread, and no access to its variables lasts while it calls out.
public final class ChangeOutlet<Row: ResultRow> {
    @exclusivity(unchecked) @usableFromInline var callback: RowCallback<Change<Row>>?
    private var kept: [RowCallback<Change<Row>>.Box] = []
    @exclusivity(unchecked) @usableFromInline var continuations: [AsyncStream<Change<Row>>.Continuation] = []

    public init() {}

    /// Called with each change, before the call that caused it returns.
    public var onChange: ((Change<Row>) -> Void)? {
        get { callback?.body }
        set { callback = RowCallback(newValue, keptIn: &kept) }
    }

    /// The changes that come from now on, buffered without bound; it ends with the pipeline.
    public func changes() -> AsyncStream<Change<Row>> {
        let (stream, continuation) = AsyncStream<Change<Row>>.makeStream()
        continuations.append(continuation)
        return stream
    }

    @inlinable public func deliver(_ batch: BatchView) {
        if callback == nil, continuations.isEmpty { return }
        for index in 0..<batch.rowCount {
            let change = Change(Row(batch, index), weight: batch.weights?[index] ?? 1)
            call(callback, change)
            for continuation in continuations { continuation.yield(change) }
        }
    }

    public func finish() {
        for continuation in continuations { continuation.finish() }
    }
}
