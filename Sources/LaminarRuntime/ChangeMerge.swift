/// Merges the old and the new rows of touched groups into changes: pairs that are equal vanish, what is left is copied
/// column by column, old before new within a group.
struct ChangeMerge: ~Copyable {
    /// One entry a touched group that has an old or a new row: their row numbers, or `none`.
    private struct Pair: BitwiseCopyable {
        var old: UInt32
        var new: UInt32
        var isDifferent: Bool
    }

    /// One row of the output.
    private struct Change: BitwiseCopyable {
        var row: UInt32
        var isOld: Bool
    }

    private static var none: UInt32 { .max }

    private var pairs: UnsafeMutablePointer<Pair>
    private var changes: UnsafeMutablePointer<Change>
    private var capacity: Int

    init() {
        capacity = 64
        pairs = .allocate(capacity: capacity)
        changes = .allocate(capacity: capacity)
    }

    deinit {
        pairs.deallocate()
        changes.deallocate()
    }

    /// Appends the changes from `old` to `new`; both sides are ordered by group.
    mutating func merge(_ old: borrowing ChangedRows, _ new: borrowing ChangedRows, into output: ColumnBatch) {
        let room = old.batch.rowCount + new.batch.rowCount
        if room == 0 { return }
        if room > capacity { grow(room) }
        let pairCount = pair(old, new)
        old.batch.withView { before in
            new.batch.withView { after in
                for (column, type) in output.types.enumerated() {
                    compare(before.columns[column], after.columns[column], type, pairCount)
                }
                let count = select(pairCount)
                output.reserve(count)
                for (column, type) in output.types.enumerated() {
                    copy(column, before.columns[column], after.columns[column], type, count, into: output)
                }
                let weights = output.weights() + output.rowCount
                for index in 0..<count { weights[index] = changes[index].isOld ? -1 : 1 }
                output.rowCount += count
            }
        }
    }

    private mutating func grow(_ room: Int) {
        while capacity < room { capacity *= 2 }
        pairs.deallocate()
        changes.deallocate()
        pairs = .allocate(capacity: capacity)
        changes = .allocate(capacity: capacity)
    }

    private func pair(_ old: borrowing ChangedRows, _ new: borrowing ChangedRows) -> Int {
        var oldRow = 0
        var newRow = 0
        var count = 0
        while oldRow < old.batch.rowCount || newRow < new.batch.rowCount {
            let oldPosition = oldRow < old.batch.rowCount ? old.position(ofRow: oldRow) : .max
            let newPosition = newRow < new.batch.rowCount ? new.position(ofRow: newRow) : .max
            pairs[count] = Pair(
                old: oldPosition <= newPosition ? UInt32(oldRow) : Self.none,
                new: newPosition <= oldPosition ? UInt32(newRow) : Self.none,
                isDifferent: oldPosition != newPosition)
            if oldPosition <= newPosition { oldRow += 1 }
            if newPosition <= oldPosition { newRow += 1 }
            count += 1
        }
        return count
    }

    /// Marks the pairs that differ in a column: NULLs are equal, strings by content, all else bit by bit.
    private func compare(_ before: ColumnView, _ after: ColumnView, _ type: PhysicalType, _ count: Int) {
        let hasNulls = before.validity != nil || after.validity != nil
        for index in 0..<count where !pairs[index].isDifferent {
            let old = Int(pairs[index].old)
            let new = Int(pairs[index].new)
            if hasNulls {
                let isValid = before.isValid(old)
                if isValid != after.isValid(new) { pairs[index].isDifferent = true }
                if !isValid { continue }
            }
            pairs[index].isDifferent = pairs[index].isDifferent || !valuesAreEqual(before, old, after, new, type)
        }
    }

    private func valuesAreEqual(
        _ before: ColumnView, _ old: Int, _ after: ColumnView, _ new: Int, _ type: PhysicalType
    ) -> Bool {
        switch type {
        case .bool: return before.value(old, as: UInt8.self) == after.value(new, as: UInt8.self)
        case .int16: return before.value(old, as: UInt16.self) == after.value(new, as: UInt16.self)
        case .int32, .float: return before.value(old, as: UInt32.self) == after.value(new, as: UInt32.self)
        case .int64, .uint64, .double: return before.value(old, as: UInt64.self) == after.value(new, as: UInt64.self)
        case .string: return before.value(old, as: StringView.self) == after.value(new, as: StringView.self)
        case .interval, .uuid:
            return before.value(old * 2, as: UInt64.self) == after.value(new * 2, as: UInt64.self)
                && before.value(old * 2 + 1, as: UInt64.self) == after.value(new * 2 + 1, as: UInt64.self)
        case .decimal:
            // Not by its bytes: the struct has padding.
            let x = before.value(old, as: Decimal.self)
            let y = after.value(new, as: Decimal.self)
            return x.unscaled == y.unscaled && x.scale == y.scale && x.kind == y.kind
        }
    }

    /// Lists the rows that come out.
    private func select(_ pairCount: Int) -> Int {
        var count = 0
        for index in 0..<pairCount where pairs[index].isDifferent {
            if pairs[index].old != Self.none {
                changes[count] = Change(row: pairs[index].old, isOld: true)
                count += 1
            }
            if pairs[index].new != Self.none {
                changes[count] = Change(row: pairs[index].new, isOld: false)
                count += 1
            }
        }
        return count
    }

    private func copy(
        _ column: Int, _ before: ColumnView, _ after: ColumnView, _ type: PhysicalType, _ count: Int,
        into output: ColumnBatch
    ) {
        let first = output.rowCount
        switch type.stride {
        case 1: copy(before, after, count, to: output.values(column, as: UInt8.self) + first)
        case 2: copy(before, after, count, to: output.values(column, as: UInt16.self) + first)
        case 4: copy(before, after, count, to: output.values(column, as: UInt32.self) + first)
        case 8: copy(before, after, count, to: output.values(column, as: UInt64.self) + first)
        case 16:
            let target = output.values(column, as: StringView.self) + first
            copy(before, after, count, to: target)
            if type == .string { for index in 0..<count { target[index] = output.arena.copy(target[index]) } }
        default: copy(before, after, count, to: output.values(column, as: Decimal.self) + first)
        }
        if before.validity == nil && after.validity == nil { return }
        for index in 0..<count {
            let change = changes[index]
            if !(change.isOld ? before : after).isValid(Int(change.row)) { output.setNull(column, first + index) }
        }
    }

    private func copy<Value: BitwiseCopyable>(
        _ before: ColumnView, _ after: ColumnView, _ count: Int, to target: UnsafeMutablePointer<Value>
    ) {
        for index in 0..<count {
            let change = changes[index]
            target[index] = (change.isOld ? before : after).value(Int(change.row), as: Value.self)
        }
    }
}
