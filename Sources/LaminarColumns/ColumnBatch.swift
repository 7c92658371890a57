public import LaminarKernels
public import LaminarTypes

/// Owns the columns of a batch; grows by doubling and is reused from batch to batch.
///
/// Writers take a column's pointer with `values(_:as:)`, write rows `rowCount..<rowCount + n` after `reserve(n)`, and
/// then raise `rowCount`; pointers move when `reserve` grows the batch.
///
/// A batch is owned by one thread and none of its accesses calls out while it lasts, so the checks for overlapping
/// accesses, which would cost more than the accesses, are off.
public final class ColumnBatch {
    public let types: [PhysicalType]
    @exclusivity(unchecked) public var rowCount = 0
    @exclusivity(unchecked) public private(set) var capacity: Int
    /// The bytes of long strings in this batch.
    @exclusivity(unchecked) public var arena = Arena()
    @exclusivity(unchecked) public var steps: [WatermarkStep] = []

    public let columnCount: Int
    @usableFromInline let columns: UnsafeMutablePointer<ColumnView>
    /// A pointer a column.
    @usableFromInline let valuePointers: UnsafeMutablePointer<UnsafeMutableRawPointer>
    /// A pointer a column, nil where no NULL has been written yet.
    @usableFromInline let validityPointers: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
    @exclusivity(unchecked) @usableFromInline var weightPointer: UnsafeMutablePointer<Int64>?

    /// - Parameter capacity: rows for which memory is taken at once; rounded up to a multiple of 64.
    public init(types: [PhysicalType], capacity: Int = 1024) {
        self.types = types
        columnCount = types.count
        let rows = (max(capacity, 64) + 63) & ~63
        self.capacity = rows
        columns = .allocate(capacity: max(types.count, 1))
        valuePointers = .allocate(capacity: max(types.count, 1))
        validityPointers = .allocate(capacity: max(types.count, 1))
        for (index, type) in types.enumerated() {
            (valuePointers + index).initialize(to: Self.allocateValues(type, rows))
            (validityPointers + index).initialize(to: nil)
        }
    }

    deinit {
        for index in types.indices {
            valuePointers[index].deallocate()
            validityPointers[index]?.deallocate()
        }
        valuePointers.deallocate()
        validityPointers.deallocate()
        weightPointer?.deallocate()
        columns.deallocate()
    }

    /// Makes room for `count` more rows.
    @inlinable public func reserve(_ count: Int) {
        if _slowPath(rowCount &+ count > capacity) { grow(count) }
    }

    @usableFromInline @inline(never) func grow(_ count: Int) {
        var larger = capacity
        while larger < rowCount + count { larger *= 2 }
        for (index, type) in types.enumerated() {
            let values = Self.allocateValues(type, larger)
            values.copyMemory(from: valuePointers[index], byteCount: rowCount * type.stride)
            valuePointers[index].deallocate()
            valuePointers[index] = values
            if let old = validityPointers[index] {
                validityPointers[index] = Self.grownBitmap(old, from: capacity, to: larger)
            }
        }
        if let old = weightPointer {
            let weights = UnsafeMutablePointer<Int64>.allocate(capacity: larger)
            weights.initialize(repeating: 1, count: larger)
            weights.update(from: old, count: rowCount)
            old.deallocate()
            weightPointer = weights
        }
        capacity = larger
    }

    /// The values of a column. Sound only if `Value` is the column's physical Swift type.
    @inlinable public func values<Value: BitwiseCopyable>(
        _ column: Int, as type: Value.Type = Value.self
    ) -> UnsafeMutablePointer<Value> {
        valuePointers[column].assumingMemoryBound(to: Value.self)
    }

    @inlinable public func rawValues(_ column: Int) -> UnsafeMutableRawPointer { valuePointers[column] }

    /// The validity bitmap of a column, made (all valid) when first asked for.
    @inlinable public func validity(_ column: Int) -> UnsafeMutablePointer<UInt64> {
        validityPointers[column] ?? makeValidity(column)
    }

    /// Whether a column may hold NULLs: whether one has ever been written.
    @inlinable public func hasNulls(_ column: Int) -> Bool { validityPointers[column] != nil }

    @usableFromInline @inline(never) func makeValidity(_ column: Int) -> UnsafeMutablePointer<UInt64> {
        let bitmap = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity / 64)
        bitmap.initialize(repeating: ~0, count: capacity / 64)
        validityPointers[column] = bitmap
        return bitmap
    }

    /// The weights, made (all +1) when first asked for.
    @inlinable public func weights() -> UnsafeMutablePointer<Int64> { weightPointer ?? makeWeights() }

    @usableFromInline @inline(never) func makeWeights() -> UnsafeMutablePointer<Int64> {
        let weights = UnsafeMutablePointer<Int64>.allocate(capacity: capacity)
        weights.initialize(repeating: 1, count: capacity)
        weightPointer = weights
        return weights
    }

    /// Marks one value as NULL and zeroes it, so that what reads it regardless reads the same everywhere.
    public func setNull(_ column: Int, _ row: Int) {
        let bitmap = validity(column)
        bitmap[row >> 6] &= ~(1 << UInt64(row & 63))
        let stride = types[column].stride
        (valuePointers[column] + row * stride).initializeMemory(as: UInt8.self, repeating: 0, count: stride)
    }

    /// Takes back that a value is NULL; what it is then is for the caller to write.
    public func setValid(_ column: Int, _ row: Int) {
        validityPointers[column]?[row >> 6] |= 1 << UInt64(row & 63)
    }

    /// Forgets the rows from `count` on, their NULLs and weights included; steps behind them stay.
    public func truncate(to count: Int) {
        if count >= rowCount { return }
        for index in types.indices {
            guard let bitmap = validityPointers[index] else { continue }
            for row in count..<rowCount { bitmap[row >> 6] |= 1 << UInt64(row & 63) }
        }
        weightPointer?.advanced(by: count).update(repeating: 1, count: rowCount - count)
        rowCount = count
    }

    /// Forgets all rows, NULLs, weights, strings and steps; keeps the memory.
    @inlinable public func clear() {
        var index = 0
        while index < columnCount {
            validityPointers[index]?.update(repeating: ~0, count: capacity / 64)
            index &+= 1
        }
        weightPointer?.update(repeating: 1, count: rowCount)
        rowCount = 0
        arena.resetIfUsed()
        if !steps.isEmpty { steps.removeAll(keepingCapacity: true) }
    }

    /// Whether there is neither a row nor a watermark step in it.
    @inlinable public var isEmpty: Bool { rowCount == 0 && steps.isEmpty }

    /// Lends the batch, whole, for the length of `body`.
    @inlinable public func withView<R, E: Error>(_ body: (BatchView) throws(E) -> R) throws(E) -> R {
        var index = 0
        while index < columnCount {
            columns[index] = ColumnView(
                values: UnsafeRawPointer(valuePointers[index]),
                validity: validityPointers[index].map { UnsafePointer($0) })
            index &+= 1
        }
        let columns = UnsafePointer(columns)
        let weights = weightPointer.map { UnsafePointer($0) }
        let rowCount = rowCount
        let result = steps.withUnsafeBufferPointer { steps -> Result<R, E> in
            do throws(E) {
                return .success(
                    try body(BatchView(columns: columns, rowCount: rowCount, weights: weights, steps: steps)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func allocateValues(_ type: PhysicalType, _ capacity: Int) -> UnsafeMutableRawPointer {
        // Cache-line alignment keeps vector loads inside lines; 64 spare bytes let decoders store whole words.
        let bytes = capacity * type.stride + 64
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        return pointer
    }

    private static func grownBitmap(
        _ old: UnsafeMutablePointer<UInt64>, from capacity: Int, to larger: Int
    ) -> UnsafeMutablePointer<UInt64> {
        let bitmap = UnsafeMutablePointer<UInt64>.allocate(capacity: larger / 64)
        bitmap.initialize(repeating: ~0, count: larger / 64)
        bitmap.update(from: old, count: capacity / 64)
        old.deallocate()
        return bitmap
    }
}
