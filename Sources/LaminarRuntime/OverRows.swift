import LaminarColumns
import LaminarKernels
import LaminarState
import LaminarTypes

/// Rows in slots of columns that are used again once a row has gone; it owns its strings.
struct OverRows: ~Copyable {
    let batch: ColumnBatch
    private var free: [Int32] = []
    /// By slot: whether the row came with the batch that is being worked on.
    var isNew: [Bool] = []
    private var compactionLimit = 1 << 16

    init(types: [PhysicalType]) { batch = ColumnBatch(types: types, capacity: 64) }

    /// A slot for a row; what is in it is of no meaning.
    mutating func takeSlot() -> Int32 {
        if let slot = free.popLast() {
            isNew[Int(slot)] = true
            return slot
        }
        batch.reserve(1)
        batch.rowCount += 1
        isNew.append(true)
        return Int32(truncatingIfNeeded: batch.rowCount - 1)
    }

    mutating func freeSlot(_ slot: Int32) { free.append(slot) }

    mutating func clear() {
        batch.clear()
        free = []
        isNew = []
    }

    func isValid(_ column: Int, _ slot: Int32) -> Bool { batch.isValid(column, slot) }

    /// Compares two values that are not NULL.
    func compare(_ column: Int, _ a: Int32, with other: Int, _ b: Int32) -> Int {
        batch.compare(column, a, with: other, b)
    }

    func compare(_ a: Int32, _ b: Int32, by order: [PartitionedOver.Order]) -> Int { batch.compare(a, b, by: order) }

    func areIdentical(_ column: Int, _ a: Int32, _ b: Int32) -> Bool {
        let type = batch.types[column]
        return valuesAreIdentical(
            batch.rawValues(column) + Int(a) * type.stride, batch.rawValues(column) + Int(b) * type.stride, type)
    }

    /// Whether a row of a batch equals a stored one in the batch's columns, NULLs being equal and 1.0 not 1.00.
    ///
    /// - Parameter first: the stored column that the batch's first stands beside.
    func isEqual(_ slot: Int32, _ view: BatchView, _ row: Int, from first: Int = 0, columns: Int) -> Bool {
        for column in 0..<columns {
            let valid = view.columns[column].isValid(row)
            if valid != isValid(first + column, slot) { return false }
            let type = batch.types[first + column]
            if valid,
                !valuesAreIdentical(
                    batch.rawValues(first + column) + Int(slot) * type.stride,
                    view.columns[column].values + row * type.stride, type)
            {
                return false
            }
        }
        return true
    }

    /// Copies the strings in use into a new arena once most of the old one's are no longer.
    mutating func compactStringsIfNeeded() {
        if batch.arena.reservedBytes <= compactionLimit { return }
        var compacted = Arena()
        var isFree = Array(repeating: false, count: batch.rowCount)
        for slot in free { isFree[Int(slot)] = true }
        for column in batch.types.indices where batch.types[column] == .string {
            let values = batch.values(column, as: StringView.self)
            for slot in 0..<batch.rowCount {
                let isUsed = !isFree[slot] && isValid(column, Int32(slot))
                values[slot] = isUsed ? compacted.copy(values[slot]) : StringView()
            }
        }
        batch.arena = compacted
        compactionLimit = max(compactionLimit, batch.arena.reservedBytes * 2)
    }

    func encode(_ slot: Int32, to writer: inout StateWriter) {
        batch.withView { encodeRow($0, Int(slot), types: batch.types, to: &writer) }
    }

    mutating func restoreRow(from reader: inout StateReader) throws(StateError) -> Int32 {
        let slot = takeSlot()
        isNew[Int(slot)] = false
        try decodeRow(into: batch, Int(slot), types: batch.types, table: 0, from: &reader)
        return slot
    }
}

/// Orders two values of a type: NaN equals NaN and follows all numbers, strings by byte.
private func compareValues(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ type: PhysicalType) -> Int {
    switch type {
    case .bool: return order(a.load(as: UInt8.self), b.load(as: UInt8.self))
    case .int16: return order(a.load(as: Int16.self), b.load(as: Int16.self))
    case .int32: return order(a.load(as: Int32.self), b.load(as: Int32.self))
    case .int64: return order(a.load(as: Int64.self), b.load(as: Int64.self))
    case .uint64: return order(a.load(as: UInt64.self), b.load(as: UInt64.self))
    case .float: return order(a.load(as: Float.self).orderWord, b.load(as: Float.self).orderWord)
    case .double: return order(a.load(as: Double.self).orderWord, b.load(as: Double.self).orderWord)
    case .decimal: return Int(a.load(as: Decimal.self).compare(b.load(as: Decimal.self)))
    case .string: return order(a.load(as: StringView.self), b.load(as: StringView.self))
    case .interval: return order(a.load(as: Interval.self), b.load(as: Interval.self))
    case .uuid:
        let first = order(a.load(as: UInt64.self), b.load(as: UInt64.self))
        if first != 0 { return first }
        return order(a.load(fromByteOffset: 8, as: UInt64.self), b.load(fromByteOffset: 8, as: UInt64.self))
    }
}

private func valuesAreIdentical(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ type: PhysicalType) -> Bool {
    switch type {
    case .string: return a.load(as: StringView.self) == b.load(as: StringView.self)
    case .decimal:
        // Not by its bytes: the struct has padding.
        return a.load(as: Decimal.self).orderedWords == b.load(as: Decimal.self).orderedWords
    default:
        return UnsafeRawBufferPointer(start: a, count: type.stride)
            .elementsEqual(UnsafeRawBufferPointer(start: b, count: type.stride))
    }
}

private func order<Value: Comparable>(_ a: Value, _ b: Value) -> Int { a < b ? -1 : b < a ? 1 : 0 }

extension ColumnBatch {
    fileprivate func isValid(_ column: Int, _ row: Int32) -> Bool {
        let row = Int(row)
        return validity(column)[row >> 6] >> UInt64(row & 63) & 1 != 0
    }

    /// Compares two values that are not NULL.
    fileprivate func compare(_ column: Int, _ a: Int32, with other: Int, _ b: Int32) -> Int {
        let type = types[column]
        return compareValues(
            rawValues(column) + Int(a) * type.stride, rawValues(other) + Int(b) * type.stride, type)
    }

    /// Below zero if row `a` comes before row `b`, zero if the order leaves it open.
    func compare(_ a: Int32, _ b: Int32, by order: [PartitionedOver.Order]) -> Int {
        for item in order {
            switch (isValid(item.column, a), isValid(item.column, b)) {
            case (false, false): continue
            case (false, true): return item.nullsFirst ? -1 : 1
            case (true, false): return item.nullsFirst ? 1 : -1
            case (true, true):
                let result = compare(item.column, a, with: item.column, b)
                if result != 0 { return item.isDescending ? -result : result }
            }
        }
        return 0
    }

    /// Undoes `setNull`; the value is then to be written.
    fileprivate func markValid(_ column: Int, _ row: Int) {
        validity(column)[row >> 6] |= 1 << UInt64(row & 63)
    }

    /// Copies one value of a column of the same type, or its NULL, over a row there is; a string's bytes too.
    func overwrite(_ column: Int, _ row: Int, with source: ColumnView, _ sourceRow: Int) {
        guard source.isValid(sourceRow) else {
            setNull(column, row)
            return
        }
        markValid(column, row)
        let type = types[column]
        if type == .string {
            values(column, as: StringView.self)[row] = arena.copy(source.value(sourceRow, as: StringView.self))
        } else {
            (rawValues(column) + row * type.stride).copyMemory(
                from: source.values + sourceRow * type.stride, byteCount: type.stride)
        }
    }
}
