public import LaminarKernels

/// The rows of one input of a join that times bound: records one behind another, each with its time and its place among
/// the rows of its key, which are a list by time, equal times in order of arrival.
///
/// A row is named by its slot, counted from 1; 0 is none. The slot of a row that has gone is used again once its timer
/// has been.
public struct TimedRows: ~Copyable {
    /// What stands before each record.
    @usableFromInline struct Header: BitwiseCopyable {
        @usableFromInline var time: Int64
        /// The number of the row in order of arrival.
        @usableFromInline var arrival: Int64
        @usableFromInline var next: UInt32 = 0
        @usableFromInline var previous: UInt32 = 0
        /// Negative: a key that meets nothing.
        @usableFromInline var group: Int32
        @usableFromInline var isMatched: Bool
        @usableFromInline var isThere = true

        @usableFromInline init(time: Int64, arrival: Int64, group: Int32, isMatched: Bool) {
            self.time = time
            self.arrival = arrival
            self.group = group
            self.isMatched = isMatched
        }
    }

    @usableFromInline var base: UnsafeMutableRawPointer
    private var capacity = 0
    @usableFromInline private(set) var count = 0
    private var free: [UInt32] = []
    @usableFromInline let recordOffset: Int
    @usableFromInline let stride: Int
    /// The bytes of long strings.
    @usableFromInline var arena = Arena()
    private var removals = 0
    private(set) var live = 0
    var timers = TimerHeap()

    init(recordBytes: Int, alignment: Int) {
        recordOffset = (MemoryLayout<Header>.size + alignment - 1) & ~(alignment - 1)
        let step = max(alignment, 8)
        stride = (recordOffset + recordBytes + step - 1) & ~(step - 1)
        base = .allocate(byteCount: 16, alignment: 16)
    }

    deinit { base.deallocate() }

    /// The record of a slot; moves when a row is added.
    @inlinable func record(_ slot: UInt32) -> UnsafeMutableRawPointer {
        base + (Int(slot) &- 1) &* stride + recordOffset
    }

    @inlinable func header(_ slot: UInt32) -> UnsafeMutablePointer<Header> {
        (base + (Int(slot) &- 1) &* stride).assumingMemoryBound(to: Header.self)
    }

    @inlinable func slot(of record: UnsafeRawPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: (record - recordOffset - UnsafeRawPointer(base)) / stride &+ 1)
    }

    /// A slot for a row, its record not yet written.
    @usableFromInline mutating func claim(_ header: Header, deadline: Int64) -> UInt32 {
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
        } else {
            if count == capacity { grow() }
            count += 1
            slot = UInt32(truncatingIfNeeded: count)
        }
        self.header(slot).initialize(to: header)
        live += 1
        timers.insert(deadline, Int(slot))
        return slot
    }

    /// Takes a row out of its key's list; `ends` are the list's first and last.
    @usableFromInline mutating func remove(_ slot: UInt32, _ ends: UnsafeMutablePointer<TimedEnds>?) {
        let header = header(slot)
        header.pointee.isThere = false
        live -= 1
        removals += 1
        guard let ends else { return }
        let (previous, next) = (header.pointee.previous, header.pointee.next)
        if previous == 0 { ends.pointee.first = next } else { self.header(previous).pointee.next = next }
        if next == 0 { ends.pointee.last = previous } else { self.header(next).pointee.previous = previous }
    }

    /// Puts a row into its key's list, which is looked through from the end.
    @usableFromInline mutating func link(_ slot: UInt32, _ ends: UnsafeMutablePointer<TimedEnds>) {
        let row = header(slot)
        var before = ends.pointee.last
        while before != 0, header(before).pointee.time > row.pointee.time { before = header(before).pointee.previous }
        let next = before == 0 ? ends.pointee.first : header(before).pointee.next
        row.pointee.previous = before
        row.pointee.next = next
        if before == 0 { ends.pointee.first = slot } else { header(before).pointee.next = slot }
        if next == 0 { ends.pointee.last = slot } else { header(next).pointee.previous = slot }
    }

    /// The rows whose deadline lies before the watermark, by time and arrival. Slots of those gone before are free again.
    mutating func takeDue(_ watermark: Int64) -> [UInt32] {
        var due: [UInt32] = []
        while let next = timers.first, watermark == endOfInput || next.time < watermark {
            timers.removeFirst()
            let slot = UInt32(truncatingIfNeeded: next.group)
            if header(slot).pointee.isThere { due.append(slot) } else { free.append(slot) }
        }
        due.sort { a, b in
            let (a, b) = (header(a).pointee, header(b).pointee)
            return (a.time, a.arrival) < (b.time, b.arrival)
        }
        return due
    }

    /// Gives up the slot of a row whose timer has been.
    mutating func giveUp(_ slot: UInt32) { free.append(slot) }

    /// The rows that are there, in order of arrival.
    var inOrderOfArrival: [UInt32] {
        var slots: [UInt32] = []
        for index in 0..<count where header(UInt32(truncatingIfNeeded: index + 1)).pointee.isThere {
            slots.append(UInt32(truncatingIfNeeded: index + 1))
        }
        slots.sort { header($0).pointee.arrival < header($1).pointee.arrival }
        return slots
    }

    private mutating func grow() {
        let larger = max(capacity * 2, 64)
        precondition(larger <= 1 << 32, "A join keeps at most 2^32 rows of an input.")
        let memory = UnsafeMutableRawPointer.allocate(byteCount: larger * stride, alignment: 64)
        memory.copyMemory(from: base, byteCount: count * stride)
        base.deallocate()
        base = memory
        capacity = larger
    }

    mutating func clear() {
        count = 0
        live = 0
        free = []
        removals = 0
        timers = TimerHeap()
        arena.reset()
    }

    /// Copies the strings that are in use together once more rows have left than are there. Views of strings are void
    /// afterwards.
    mutating func compactStringsIfNeeded<Input: JoinInput>(_ input: Input) {
        guard removals > live + 1024 else { return }
        var compacted = Arena()
        for index in 0..<count {
            let slot = UInt32(truncatingIfNeeded: index + 1)
            if header(slot).pointee.isThere { input.own(record(slot), &compacted) }
        }
        arena = compacted
        removals = 0
    }
}

/// The first and the last row of a key on one side.
@usableFromInline struct TimedEnds: BitwiseCopyable {
    @usableFromInline var first: UInt32 = 0
    @usableFromInline var last: UInt32 = 0
}
