/// The rows of a chunk by the pane that each lies in: for rows in no order of time.
///
/// The memory is its maker's; a chunk has at most 256 rows.
public struct PaneRows: BitwiseCopyable {
    /// Rows for which a slot has room.
    @usableFromInline static var room: Int { 256 }

    /// The table of each slot that has rows is not nil.
    @usableFromInline let tables: UnsafeMutablePointer<UnsafeMutablePointer<GroupTable>?>
    /// The slot of each row.
    @usableFromInline let slots: UnsafeMutablePointer<UInt8>
    /// `room` row numbers a slot, counted from the chunk's first row, in order.
    @usableFromInline let rows: UnsafeMutablePointer<UInt8>
    /// How many rows each slot has.
    @usableFromInline let counts: UnsafeMutablePointer<Int32>
    /// The slots that have rows, in order of their first ones.
    @usableFromInline let used: UnsafeMutablePointer<UInt8>
    /// How many slots have rows, behind a pointer since the others are too.
    @usableFromInline let usedCount: UnsafeMutablePointer<Int>

    init(tables: UnsafeMutablePointer<UnsafeMutablePointer<GroupTable>?>, slots count: Int) {
        self.tables = tables
        slots = .allocate(capacity: Self.room)
        slots.initialize(repeating: 0, count: Self.room)
        rows = .allocate(capacity: count * Self.room)
        rows.initialize(repeating: 0, count: count * Self.room)
        counts = .allocate(capacity: count)
        counts.initialize(repeating: 0, count: count)
        used = .allocate(capacity: count)
        used.initialize(repeating: 0, count: count)
        usedCount = .allocate(capacity: 1)
        usedCount.initialize(to: 0)
    }

    func deallocate() {
        slots.deallocate()
        rows.deallocate()
        counts.deallocate()
        used.deallocate()
        usedCount.deallocate()
    }

    /// Whether the keys of all panes are numbered by one dictionary, in the order of rows.
    @inlinable public var sharesKeys: Bool {
        paneCount > 0 && table(used[0]).pointee.dictionary != nil
    }

    @inlinable func table(_ slot: UInt8) -> UnsafeMutablePointer<GroupTable> {
        // Sound: a slot that has rows has a table.
        tables[Int(slot)].unsafelyUnwrapped
    }

    /// How many panes have rows.
    @inlinable public var paneCount: Int { usedCount.pointee }

    /// The rows of a pane, counted from the chunk's first.
    @inlinable public func pane(
        _ number: Int
    ) -> (table: UnsafeMutablePointer<GroupTable>, rows: UnsafePointer<UInt8>, count: Int) {
        let slot = used[number]
        return (table(slot), UnsafePointer(rows + Int(slot) &* Self.room), Int(counts[Int(slot)]))
    }

    /// The table of the pane that a row lies in, by its number in the chunk.
    @inlinable public func table(ofRow row: Int) -> UnsafeMutablePointer<GroupTable> { table(slots[row]) }

    /// Notes a slot as one that has rows.
    @inlinable func begin(_ slot: Int) {
        used[paneCount] = UInt8(truncatingIfNeeded: slot)
        usedCount.pointee &+= 1
    }

    /// Forgets the rows.
    @inlinable func clear() {
        var number = 0
        while number < usedCount.pointee {
            counts[Int(used[number])] = 0
            number &+= 1
        }
        usedCount.pointee = 0
    }
}
