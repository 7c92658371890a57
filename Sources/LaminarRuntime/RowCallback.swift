/// A callback that is called without counting references to it, which would cost more than most rows do.
@usableFromInline struct RowCallback<Row> {
    @usableFromInline final class Box {
        @usableFromInline let body: (Row) -> Void

        init(_ body: @escaping (Row) -> Void) { self.body = body }
    }

    @usableFromInline let box: Unmanaged<Box>

    /// - Parameter kept: takes what the callback refers to, and must live as long as any call of it.
    init?(_ body: ((Row) -> Void)?, keptIn kept: inout [Box]) {
        guard let body else { return nil }
        let box = Box(body)
        kept.append(box)
        self.box = .passUnretained(box)
    }

    var body: (Row) -> Void { box.takeUnretainedValue().body }
}

/// Calls a callback, if there is one; otherwise the row is not made.
@inlinable func call<Row>(_ callback: RowCallback<Row>?, _ row: @autoclosure () -> Row) {
    if let callback { callback.box._withUnsafeGuaranteedRef { $0.body(row()) } }
}
