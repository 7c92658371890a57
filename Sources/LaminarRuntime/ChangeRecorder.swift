/// Remembers which groups a batch touches, and what they held before it: the basis of an updating result.
///
/// Lives behind a pointer, as the table it accompanies does. Not part of the state: it is empty between batches, except
/// for the number of rows of each group.
public struct ChangeRecorder: ~Copyable {
    /// The weight of all rows of a group so far; a group of none is not part of the result.
    @usableFromInline var rows: UnsafeMutablePointer<Int64>
    /// Position in `touched` plus one of each group, 0 for groups that this batch has not touched.
    @usableFromInline var positions: UnsafeMutablePointer<UInt32>
    @usableFromInline var groupCapacity: Int
    /// The touched groups in the order in which they were first touched.
    private(set) var touched: UnsafeMutablePointer<UInt32>
    private(set) var touchedCount: Int
    /// For each touched group: its rows and its accumulator record before the batch.
    private(set) var rowsBefore: UnsafeMutablePointer<Int64>
    private(set) var accumulatorsBefore: UnsafeMutableRawPointer
    private var touchedCapacity: Int
    private let accumulatorBytes: Int

    public init(accumulatorBytes: Int) {
        self.accumulatorBytes = accumulatorBytes
        groupCapacity = 16
        rows = .allocate(capacity: groupCapacity)
        rows.initialize(repeating: 0, count: groupCapacity)
        positions = .allocate(capacity: groupCapacity)
        positions.initialize(repeating: 0, count: groupCapacity)
        touchedCapacity = 16
        touched = .allocate(capacity: touchedCapacity)
        rowsBefore = .allocate(capacity: touchedCapacity)
        accumulatorsBefore = .allocate(byteCount: max(touchedCapacity * accumulatorBytes, 16), alignment: 16)
        touchedCount = 0
    }

    deinit {
        rows.deallocate()
        positions.deallocate()
        touched.deallocate()
        rowsBefore.deallocate()
        accumulatorsBefore.deallocate()
    }

    /// To be called before a row of weight `weight` changes `group`, which may just have been made.
    @inlinable public mutating func willChange(
        _ group: Int, _ table: UnsafeMutablePointer<GroupTable>, _ weight: Int64
    ) {
        if _slowPath(!isTouched(group)) { touch(group, table) }
        rows[group] &+= weight
    }

    @inlinable func isTouched(_ group: Int) -> Bool { group < groupCapacity && positions[group] != 0 }

    @usableFromInline @inline(never) mutating func touch(_ group: Int, _ table: UnsafeMutablePointer<GroupTable>) {
        if group >= groupCapacity { growGroups(group) }
        if touchedCount == touchedCapacity { growTouched() }
        let position = touchedCount
        touched[position] = UInt32(truncatingIfNeeded: group)
        rowsBefore[position] = rows[group]
        (accumulatorsBefore + position * accumulatorBytes).copyMemory(
            from: table.pointee.accumulator(group), byteCount: accumulatorBytes)
        touchedCount = position + 1
        positions[group] = UInt32(truncatingIfNeeded: touchedCount)
    }

    /// The weight of all rows of a group so far.
    public func rowCount(_ group: Int) -> Int64 { group < groupCapacity ? rows[group] : 0 }

    /// Forgets what was touched; keeps the rows of groups.
    mutating func reset() {
        for position in 0..<touchedCount { positions[Int(touched[position])] = 0 }
        touchedCount = 0
    }

    /// Forgets everything and takes the rows of `count` groups from a checkpoint.
    mutating func restore(rows restored: [Int64]) {
        reset()
        rows.update(repeating: 0, count: groupCapacity)
        if restored.count > groupCapacity { growGroups(restored.count) }
        for (group, weight) in restored.enumerated() { rows[group] = weight }
    }

    private mutating func growGroups(_ group: Int) {
        var capacity = groupCapacity
        while capacity <= group { capacity *= 2 }
        let newRows = UnsafeMutablePointer<Int64>.allocate(capacity: capacity)
        newRows.initialize(repeating: 0, count: capacity)
        newRows.update(from: rows, count: groupCapacity)
        rows.deallocate()
        rows = newRows
        let newPositions = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        newPositions.initialize(repeating: 0, count: capacity)
        newPositions.update(from: positions, count: groupCapacity)
        positions.deallocate()
        positions = newPositions
        groupCapacity = capacity
    }

    private mutating func growTouched() {
        let capacity = touchedCapacity * 2
        let newTouched = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        newTouched.update(from: touched, count: touchedCount)
        touched.deallocate()
        touched = newTouched
        let newRows = UnsafeMutablePointer<Int64>.allocate(capacity: capacity)
        newRows.update(from: rowsBefore, count: touchedCount)
        rowsBefore.deallocate()
        rowsBefore = newRows
        let newAccumulators = UnsafeMutableRawPointer.allocate(
            byteCount: max(capacity * accumulatorBytes, 16), alignment: 16)
        newAccumulators.copyMemory(from: accumulatorsBefore, byteCount: touchedCount * accumulatorBytes)
        accumulatorsBefore.deallocate()
        accumulatorsBefore = newAccumulators
        touchedCapacity = capacity
    }
}
