import LaminarKernels

/// Panes: tables without keys of their own, whose groups are numbered by the keys of a dictionary that they share. A row
/// is looked up once, whatever pane it goes to; panes are added up group by group without looking anything up.
extension GroupTable {
    /// An empty pane behind a pointer, to be freed by `destroy`. The dictionary outlives it.
    public static func makePane(
        _ layout: GroupTableLayout, of dictionary: UnsafeMutablePointer<GroupTable>
    ) -> UnsafeMutablePointer<GroupTable> {
        precondition(layout.distinctValues.isEmpty, "The values of DISTINCT are not kept by panes.")
        let table = UnsafeMutablePointer<GroupTable>.allocate(capacity: 1)
        table.initialize(to: GroupTable(layout, slotBits: 0, dictionary: dictionary))
        return table
    }

    /// Sees to it that a pane has records, of zero bytes where they are new, for this many groups.
    @inlinable public mutating func cover(_ groups: Int) {
        if _slowPath(groups > count) { extend(to: groups) }
    }

    @usableFromInline @inline(never) mutating func extend(to groups: Int) {
        if groups > limit {
            var room = max(limit, 8)
            while room < groups { room *= 2 }
            let newAccumulators = zeroedLargeMemory(room * accumulatorBytes)
            newAccumulators.copyMemory(from: accumulators, byteCount: count * accumulatorBytes)
            accumulators.deallocate()
            accumulators = newAccumulators
            let newPresence = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
            newPresence.initialize(repeating: 0, count: room)
            newPresence.update(from: presence, count: count)
            presence.deallocate()
            presence = newPresence
            limit = room
        }
        count = groups
    }

    /// Whether a pane's group has rows.
    @inlinable public func isPresent(_ group: Int) -> Bool { group < count && presence[group] != 0 }

    /// Whether anything is in the record of a pane's group.
    public func isBlank(_ group: Int) -> Bool {
        if group >= count { return true }
        return UnsafeRawBufferPointer(start: accumulator(group), count: accumulatorBytes).allSatisfy { $0 == 0 }
    }

    /// Makes a pane a copy of another one; strings stay the other's, which must outlive what is made of the copy.
    public mutating func copyRecords(of other: UnsafeMutablePointer<GroupTable>) {
        clear()
        let groups = other.pointee.count
        cover(groups)
        accumulators.copyMemory(from: other.pointee.accumulators, byteCount: groups * accumulatorBytes)
        presence.update(from: other.pointee.presence, count: groups)
    }

    /// Marks every group present that is so in another pane.
    public mutating func unitePresence(with other: UnsafeMutablePointer<GroupTable>) {
        let theirs = other.pointee.presence
        for group in 0..<other.pointee.count { presence[group] |= theirs[group] }
    }

    /// Keeps the groups for which `kept` is not 0, numbered anew in their order.
    ///
    /// Of a table with keys of its own the strings in use are copied together.
    public mutating func keepGroups(_ kept: UnsafePointer<UInt8>) {
        let isPane = dictionary != nil
        if !isPane { clearIndex() }
        var next = 0
        for group in 0..<count where kept[group] != 0 {
            if next != group {
                if !isPane { key(next).update(from: key(group), count: keyWords) } else { presence[next] = presence[group] }
                accumulator(next).copyMemory(from: accumulator(group), byteCount: accumulatorBytes)
            }
            next += 1
        }
        (accumulators + next * accumulatorBytes).initializeMemory(
            as: UInt8.self, repeating: 0, count: (count - next) * accumulatorBytes)
        if isPane { (presence + next).update(repeating: 0, count: count - next) }
        count = next
        if isPane { return }
        compactStrings()
        fillIndex()
    }

    /// Writes the groups of a pane that are not blank: their numbers and records.
    public func encodePane(to writer: inout StateWriter, isKept: (Int) -> Bool) {
        let kept = (0..<count).filter(isKept)
        writer.write(UInt64(kept.count))
        for group in kept {
            writer.write(UInt32(group))
            encodeRecord(of: group, to: &writer)
        }
    }

    /// Replaces what is in a pane by what `encodePane` wrote; `body` is called with each group.
    public mutating func decodePane(
        from reader: inout StateReader, _ body: (Int, inout StateReader) throws(StateError) -> Void
    ) throws(StateError) {
        clear()
        let groups = dictionary?.pointee.count ?? 0
        cover(groups)
        var last = -1
        for _ in 0..<(try reader.readCount(bytesEach: 4)) {
            let group = Int(try reader.readInteger(UInt32.self))
            guard group > last, group < groups else { throw .corrupt("a pane has a group without a key") }
            last = group
            try decodeRecord(of: group, from: &reader)
            presence[group] = 1
            try body(group, &reader)
        }
    }
}

/// The table that has the keys by which the groups of a table are numbered.
@inlinable public func keyTable(_ table: UnsafeMutablePointer<GroupTable>) -> UnsafeMutablePointer<GroupTable> {
    table.pointee.dictionary ?? table
}
