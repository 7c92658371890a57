import LaminarColumns
import LaminarKernels
import LaminarState
import LaminarTypes

/// The rows of one input of a join: values in columns, and for each row its weight, how often it is matched, and the
/// next row of the same key.
///
/// Slots of rows that are gone are used again. Strings are owned; those of rows that are gone stay until a restore.
struct JoinRows: ~Copyable {
    let types: [PhysicalType]
    private let columns: ColumnBatch
    private(set) var weights: [Int64] = []
    /// The sum of the weights of the rows on the other side that match.
    var matches: [Int64] = []
    /// One more than the slot of the next row of the same key; 0: none.
    private(set) var next: [Int32] = []
    private var free: [Int32] = []

    init(types: [PhysicalType]) {
        self.types = types
        columns = ColumnBatch(types: types, capacity: 64)
    }

    /// One more than the slot of the row of a key's chain that is equal to a row of a batch; 0: none.
    func find(_ batch: BatchView, _ row: Int, chain head: Int32) -> Int32 {
        var slot = head
        while slot != 0 {
            if isEqual(batch, row, Int(slot) - 1) { return slot }
            slot = next[Int(slot) - 1]
        }
        return 0
    }

    /// Adds a row in front of a key's chain; one more than its slot.
    mutating func insert(
        _ batch: BatchView, _ row: Int, weight: Int64, matches matched: Int64, chain head: Int32
    ) -> Int32 {
        let slot: Int
        if let reused = free.popLast() {
            slot = Int(reused)
            weights[slot] = weight
            matches[slot] = matched
            next[slot] = head
        } else {
            slot = weights.count
            columns.reserve(1)
            columns.rowCount += 1
            weights.append(weight)
            matches.append(matched)
            next.append(head)
        }
        for column in types.indices {
            columns.copyValue(
                batch.columns[column], row, to: column, slot, ownsString: true)
        }
        return Int32(truncatingIfNeeded: slot + 1)
    }

    /// Changes a row's weight; true if nothing is left of it.
    mutating func add(_ weight: Int64, to slot: Int32) -> Bool {
        weights[Int(slot) - 1] &+= weight
        return weights[Int(slot) - 1] == 0
    }

    /// Takes a row out of its chain; the chain's new head.
    mutating func remove(_ slot: Int32, chain head: Int32) -> Int32 {
        free.append(slot - 1)
        let following = next[Int(slot) - 1]
        if head == slot { return following }
        var before = head
        while next[Int(before) - 1] != slot { before = next[Int(before) - 1] }
        next[Int(before) - 1] = following
        return head
    }

    /// Writes a stored row's values into columns of `output` from `firstColumn` on, at `target`.
    func copy(_ slot: Int32, to output: ColumnBatch, firstColumn: Int, _ target: Int) {
        columns.withView { view in
            for column in types.indices {
                output.copyValue(
                    view.columns[column], Int(slot) - 1, to: firstColumn + column, target, ownsString: false)
            }
        }
    }

    /// Lends all stored rows, those that are gone included.
    func withView<R>(_ body: (BatchView) -> R) -> R { columns.withView(body) }

    private func isEqual(_ batch: BatchView, _ row: Int, _ slot: Int) -> Bool {
        columns.withView { stored in
            for column in types.indices {
                let mine = stored.columns[column]
                let theirs = batch.columns[column]
                let isValid = theirs.isValid(row)
                if mine.isValid(slot) != isValid { return false }
                if isValid, !Self.isEqual(mine, slot, theirs, row, types[column]) { return false }
            }
            return true
        }
    }

    private static func isEqual(
        _ a: ColumnView, _ i: Int, _ b: ColumnView, _ j: Int, _ type: PhysicalType
    ) -> Bool {
        switch type {
        case .string: return a.value(i, as: StringView.self) == b.value(j, as: StringView.self)
        case .decimal:
            let x = a.value(i, as: Decimal.self)
            let y = b.value(j, as: Decimal.self)
            return x.unscaled == y.unscaled && x.scale == y.scale && x.kind == y.kind
        default:
            let stride = type.stride
            let x = UnsafeRawBufferPointer(start: a.values + i * stride, count: stride)
            return x.elementsEqual(UnsafeRawBufferPointer(start: b.values + j * stride, count: stride))
        }
    }

    func encode(to writer: inout StateWriter) {
        let gone = Set(free)
        let live = weights.indices.filter { !gone.contains(Int32($0)) }
        writer.write(UInt64(live.count))
        columns.withView { view in
            for slot in live {
                writer.write(weights[slot])
                writer.write(matches[slot])
                for (column, type) in types.enumerated() {
                    let isValid = view.columns[column].isValid(slot)
                    writer.write(isValid)
                    if !isValid { continue }
                    if type == .string {
                        writer.write(view.columns[column].value(slot, as: StringView.self))
                    } else {
                        let bytes = type == .decimal ? MemoryLayout<Decimal>.size : type.stride
                        writer.writeRaw(
                            UnsafeRawBufferPointer(
                                start: view.columns[column].values + slot * type.stride, count: bytes))
                    }
                }
            }
        }
    }

    /// Reads rows back, calling `link` for each with the batch and row that hold it, its weight and its matches.
    static func restore(
        types: [PhysicalType], from reader: inout StateReader,
        link: (BatchView, _ weight: Int64, _ matches: Int64) -> Void
    ) throws(StateError) {
        let count = try reader.readInteger(UInt64.self)
        let row = ColumnBatch(types: types, capacity: 64)
        var index: UInt64 = 0
        while index < count {
            row.clear()
            let weight = try reader.readInteger(Int64.self)
            let matches = try reader.readInteger(Int64.self)
            for (column, type) in types.enumerated() {
                guard try reader.readBool() else {
                    row.setNull(column, 0)
                    continue
                }
                if type == .string {
                    row.values(column, as: StringView.self)[0] = try reader.readString(into: &row.arena)
                } else {
                    let bytes = type == .decimal ? MemoryLayout<Decimal>.size : type.stride
                    try reader.readRaw(
                        into: UnsafeMutableRawBufferPointer(start: row.rawValues(column), count: bytes))
                }
            }
            row.rowCount = 1
            row.withView { link($0, weight, matches) }
            index += 1
        }
    }
}

extension ColumnBatch {
    /// Copies one value of a column of the same type, or its NULL.
    ///
    /// - Parameter ownsString: whether a string's bytes are copied to this batch's arena; if not they must outlive it.
    func copyValue(_ source: ColumnView, _ row: Int, to column: Int, _ target: Int, ownsString: Bool) {
        guard source.isValid(row) else {
            setNull(column, target)
            return
        }
        setValid(column, target)
        let type = types[column]
        if type == .string {
            let view = source.value(row, as: StringView.self)
            values(column, as: StringView.self)[target] = ownsString ? arena.copy(view) : view
            return
        }
        (rawValues(column) + target * type.stride).copyMemory(
            from: source.values + row * type.stride, byteCount: type.stride)
    }
}
