/// One side of a batch's changes: groups gathered densely, and the result rows that they emit.
struct ChangedRows: ~Copyable {
    let batch: ColumnBatch
    private var count = 0
    private var capacity = 16
    private let keyWords: Int
    private let accumulatorBytes: Int
    private var positions: UnsafeMutablePointer<UInt32>
    private var keys: UnsafeMutablePointer<UInt64>
    private var accumulators: UnsafeMutableRawPointer
    private var origins: UnsafeMutablePointer<UInt32>

    init(types: [PhysicalType], layout: GroupTableLayout) {
        batch = ColumnBatch(types: types, capacity: 64)
        keyWords = layout.keyWords
        accumulatorBytes = layout.accumulatorBytes
        positions = .allocate(capacity: capacity)
        keys = .allocate(capacity: max(capacity * keyWords, 1))
        accumulators = .allocate(byteCount: max(capacity * accumulatorBytes, 16), alignment: 16)
        origins = .allocate(capacity: capacity)
    }

    deinit {
        positions.deallocate()
        keys.deallocate()
        accumulators.deallocate()
        origins.deallocate()
    }

    mutating func clear() {
        batch.clear()
        count = 0
    }

    /// Adds a group; `position` is its place among the touched groups.
    mutating func append(_ position: Int, _ key: UnsafePointer<UInt64>, _ accumulator: UnsafeRawPointer) {
        if count == capacity { grow() }
        positions[count] = UInt32(truncatingIfNeeded: position)
        (keys + count * keyWords).update(from: key, count: keyWords)
        (accumulators + count * accumulatorBytes).copyMemory(from: accumulator, byteCount: accumulatorBytes)
        count += 1
    }

    /// The groups as `emit` takes them; valid until the next `append`.
    var side: ChangedSide {
        ChangedSide(
            groups: GroupSlice(
                keys: UnsafePointer(keys), accumulators: UnsafeRawPointer(accumulators), count: count,
                keyWords: keyWords, accumulatorBytes: accumulatorBytes),
            batch: batch, origins: origins)
    }

    /// The place among the touched groups of the group that emitted row `row`.
    func position(ofRow row: Int) -> Int { Int(positions[Int(origins[row])]) }

    private mutating func grow() {
        let larger = capacity * 2
        let newPositions = UnsafeMutablePointer<UInt32>.allocate(capacity: larger)
        newPositions.update(from: positions, count: count)
        positions.deallocate()
        positions = newPositions
        let newKeys = UnsafeMutablePointer<UInt64>.allocate(capacity: max(larger * keyWords, 1))
        newKeys.update(from: keys, count: count * keyWords)
        keys.deallocate()
        keys = newKeys
        let newAccumulators = UnsafeMutableRawPointer.allocate(
            byteCount: max(larger * accumulatorBytes, 16), alignment: 16)
        newAccumulators.copyMemory(from: accumulators, byteCount: count * accumulatorBytes)
        accumulators.deallocate()
        accumulators = newAccumulators
        // Origins hold nothing yet: they are written once all groups are gathered.
        origins.deallocate()
        origins = .allocate(capacity: larger)
        capacity = larger
    }
}

/// The groups of one side of a batch's changes, and where their rows go.
@usableFromInline struct ChangedSide {
    @usableFromInline let groups: GroupSlice
    @usableFromInline let batch: ColumnBatch
    @usableFromInline let origins: UnsafeMutablePointer<UInt32>
}
