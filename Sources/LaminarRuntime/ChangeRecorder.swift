/// Remembers which groups a batch touches, and what they held before it: the basis of an updating result.
///
/// Lives behind a pointer, as the table it accompanies does. Not part of the state: it is empty between batches, except
/// for the number of rows of each group.
public struct ChangeRecorder: ~Copyable {
    /// The weight of all rows of a group so far; a group of none is not part of the result. Empty where rows are not counted.
    @usableFromInline var rows: UnsafeMutablePointer<Int64>
    /// A bit a group: whether this batch has touched it.
    @usableFromInline var touchedBits: UnsafeMutablePointer<UInt64>
    /// All counts of rows since the last `reset`, ORed: negative if any was.
    @usableFromInline var signs: Int64 = 0
    /// Groups for which there is room; a multiple of 64.
    @usableFromInline var groupCapacity: Int
    /// Whether rows can be taken back, so that a group can be left without any.
    @usableFromInline let countsRows: Bool
    /// How many groups there were before this batch; where rows are not counted, those were part of the result.
    @usableFromInline private(set) var groupsBefore = 0
    /// The touched groups in the order in which they were first touched.
    @usableFromInline var touched: UnsafeMutablePointer<UInt32>
    @usableFromInline var touchedCount: Int
    /// For each touched group: its accumulator record before the batch, and its rows where they are counted.
    @usableFromInline var rowsBefore: UnsafeMutablePointer<Int64>
    @usableFromInline var accumulatorsBefore: UnsafeMutableRawPointer
    @usableFromInline var touchedCapacity: Int
    /// Of each touched group its place among them, once they have been indexed.
    private var positions: [UInt32] = []
    private let accumulatorBytes: Int

    /// - Parameter countsRows: false: groups stay for ever once they are there.
    public init(accumulatorBytes: Int, countsRows: Bool = true) {
        self.accumulatorBytes = accumulatorBytes
        self.countsRows = countsRows
        groupCapacity = 64
        rows = .allocate(capacity: countsRows ? groupCapacity : 1)
        rows.initialize(repeating: 0, count: countsRows ? groupCapacity : 1)
        touchedBits = .allocate(capacity: groupCapacity / 64)
        touchedBits.initialize(repeating: 0, count: groupCapacity / 64)
        touchedCapacity = 16
        touched = .allocate(capacity: touchedCapacity)
        rowsBefore = .allocate(capacity: touchedCapacity)
        accumulatorsBefore = .allocate(byteCount: max(touchedCapacity * accumulatorBytes, 16), alignment: 16)
        touchedCount = 0
    }

    deinit {
        rows.deallocate()
        touchedBits.deallocate()
        touched.deallocate()
        rowsBefore.deallocate()
        accumulatorsBefore.deallocate()
    }

    /// To be called before a row of weight `weight` changes `group`, which may just have been made.
    public mutating func willChange(_ group: Int, _ table: UnsafeMutablePointer<GroupTable>, _ weight: Int64) {
        if !isTouched(group) {
            let position = touch(group)
            let source = table.pointee.accumulator(group).assumingMemoryBound(to: UInt64.self)
            let target = (accumulatorsBefore + position &* accumulatorBytes).assumingMemoryBound(to: UInt64.self)
            // Word by word: records are short, and a call to copy them costs more.
            for word in 0..<accumulatorBytes / 8 { target[word] = source[word] }
        }
        if countsRows { count(group, weight) }
    }

    /// The same where the record's type is known, of which the recorder was made with the size.
    @inlinable public mutating func willChange<Record: BitwiseCopyable>(
        _ group: Int, record: UnsafeMutablePointer<Record>, _ weight: Int64
    ) {
        if !isTouched(group) {
            let position = touch(group)
            if MemoryLayout<Record>.size > 0 {
                accumulatorsBefore.assumingMemoryBound(to: Record.self)[position] = record.pointee
            }
        }
        if countsRows { count(group, weight) }
    }

    @inlinable func isTouched(_ group: Int) -> Bool {
        group < groupCapacity && touchedBits[group &>> 6] &>> UInt64(truncatingIfNeeded: group & 63) & 1 != 0
    }

    /// Lists a group as touched; its place.
    @inlinable mutating func touch(_ group: Int) -> Int {
        if _slowPath(group >= groupCapacity || touchedCount == touchedCapacity) { makeRoom(group) }
        let position = touchedCount
        touched[position] = UInt32(truncatingIfNeeded: group)
        if countsRows { rowsBefore[position] = rows[group] }
        touchedCount = position &+ 1
        touchedBits[group &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: group & 63)
        return position
    }

    @usableFromInline @inline(never) mutating func makeRoom(_ group: Int) {
        if group >= groupCapacity { growGroups(group) }
        if touchedCount == touchedCapacity { growTouched() }
    }

    /// What a batch has touched so far.
    ///
    /// - Parameters:
    ///   - isGlobal: whether the one group there is always has a row.
    ///   - isFirst: whether that row has not come out yet.
    @usableFromInline func touchedGroups(
        of table: UnsafeMutablePointer<GroupTable>, isGlobal: Bool = false, isFirst: Bool = false
    ) -> TouchedGroups {
        TouchedGroups(
            table: table, touched: touched, count: touchedCount, accumulatorsBefore: UnsafeRawPointer(accumulatorsBefore),
            rowsBefore: countsRows ? rowsBefore : nil, rows: rows, groupsBefore: groupsBefore,
            isGlobal: isGlobal, isFirst: isFirst)
    }

    /// The weight of all rows of a group so far; 1 where rows are not counted.
    public func rowCount(_ group: Int) -> Int64 { countsRows ? group < groupCapacity ? rows[group] : 0 : 1 }

    @inlinable mutating func count(_ group: Int, _ weight: Int64) {
        let count = rows[group] &+ weight
        rows[group] = count
        signs |= count
    }

    /// Whether at some time since the last `reset` more of a group had been taken back than there was of it.
    @usableFromInline var isOverdrawn: Bool { signs < 0 }

    /// Gives all groups that were touched the records and rows that they had, and forgets that they were.
    ///
    /// Sound for records whose strings and bags are copied before they are changed; not for tables of distinct values.
    @usableFromInline mutating func takeBack(_ table: UnsafeMutablePointer<GroupTable>) {
        for position in 0..<touchedCount {
            let group = Int(touched[position])
            table.pointee.accumulator(group).copyMemory(
                from: accumulatorsBefore + position * accumulatorBytes, byteCount: accumulatorBytes)
            if countsRows { rows[group] = rowsBefore[position] }
        }
        reset(groupCount: groupsBefore)
    }

    /// Notes where each touched group stands among the touched ones, for `position`.
    mutating func indexPositions() {
        while positions.count < groupCapacity { positions.append(0) }
        for position in 0..<touchedCount { positions[Int(touched[position])] = UInt32(truncatingIfNeeded: position) }
    }

    /// Where a touched group stands among the touched ones, which have been indexed; nil: this batch has not touched it.
    func position(of group: Int) -> Int? { isTouched(group) ? Int(positions[group]) : nil }

    /// Adds the rows that the first `count` groups have in another pane; both have nothing touched.
    @usableFromInline mutating func addRows(of other: UnsafeMutablePointer<ChangeRecorder>, count: Int) {
        if count > groupCapacity { growGroups(count) }
        for group in 0..<count { rows[group] &+= other.pointee.rowCount(group) }
    }

    /// Keeps the rows of the groups, of the first `count`, for which `kept` is not 0, numbered anew in their order.
    mutating func keepGroups(_ kept: UnsafePointer<UInt8>, count: Int) {
        var next = 0
        for group in 0..<min(count, groupCapacity) where kept[group] != 0 {
            rows[next] = rows[group]
            next += 1
        }
        for group in next..<groupCapacity { rows[group] = 0 }
        reset(groupCount: next)
    }

    /// Forgets what was touched; keeps the rows of groups, of which there are so many.
    mutating func reset(groupCount: Int) {
        for position in 0..<touchedCount { touchedBits[Int(touched[position]) >> 6] = 0 }
        touchedCount = 0
        groupsBefore = groupCount
        signs = 0
    }

    /// Forgets everything and takes the rows of `count` groups from a checkpoint.
    mutating func restore(rows restored: [Int64]) {
        reset(groupCount: restored.count)
        if restored.count > groupCapacity { growGroups(restored.count) }
        guard countsRows else { return }
        rows.update(repeating: 0, count: groupCapacity)
        for (group, weight) in restored.enumerated() { rows[group] = weight }
    }

    private mutating func growGroups(_ group: Int) {
        var capacity = groupCapacity
        while capacity <= group { capacity *= 2 }
        if countsRows {
            let newRows = UnsafeMutablePointer<Int64>.allocate(capacity: capacity)
            newRows.initialize(repeating: 0, count: capacity)
            newRows.update(from: rows, count: groupCapacity)
            rows.deallocate()
            rows = newRows
        }
        let newBits = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity / 64)
        newBits.initialize(repeating: 0, count: capacity / 64)
        newBits.update(from: touchedBits, count: groupCapacity / 64)
        touchedBits.deallocate()
        touchedBits = newBits
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

/// The groups that a batch has touched, with what they were.
public struct TouchedGroups: BitwiseCopyable {
    @usableFromInline let table: UnsafeMutablePointer<GroupTable>
    @usableFromInline let touched: UnsafeMutablePointer<UInt32>
    @usableFromInline let count: Int
    @usableFromInline let accumulatorsBefore: UnsafeRawPointer
    /// Nil: groups stay once they are there.
    @usableFromInline let rowsBefore: UnsafeMutablePointer<Int64>?
    @usableFromInline let rows: UnsafeMutablePointer<Int64>
    @usableFromInline let groupsBefore: Int
    @usableFromInline let isGlobal: Bool
    @usableFromInline let isFirst: Bool

    @inlinable func group(_ position: Int) -> Int { Int(truncatingIfNeeded: touched[position]) }

    /// Whether a touched group was part of the result.
    @inlinable func wasThere(_ position: Int) -> Bool {
        if _slowPath(isGlobal) { return !isFirst }
        guard let rowsBefore else { return group(position) < groupsBefore }
        return rowsBefore[position] > 0
    }

    /// Whether it is.
    @inlinable func isThere(_ position: Int) -> Bool {
        rowsBefore == nil || isGlobal || rows[group(position)] > 0
    }
}
