import LaminarColumns
public import LaminarKernels

/// The rows of one input of a join: records one behind another, each with its weight, the next row of its key and, where
/// an outer, semi or anti join needs it, how often it is matched.
///
/// A row is named by its slot, counted from 1; 0 is none. Slots of rows that are gone are used again.
public struct JoinRows: ~Copyable {
    /// What stands before each record.
    @usableFromInline struct Header: BitwiseCopyable {
        /// 0: the row is gone.
        @usableFromInline var weight: Int64
        /// The slot of the next row of the same key, behind the last of which comes the first; or of the next that is gone.
        @usableFromInline var next: UInt32

        @usableFromInline init(weight: Int64, next: UInt32) {
            self.weight = weight
            self.next = next
        }
    }

    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity = 0
    /// Slots that were ever used.
    @usableFromInline var count = 0
    /// The slot that was given up last.
    @usableFromInline var free: UInt32 = 0
    @usableFromInline let recordOffset: Int
    @usableFromInline let stride: Int
    /// The bytes of long strings.
    @usableFromInline var arena = Arena()
    /// Rows that left since strings were last copied together.
    @usableFromInline var removals = 0
    /// Rows that are there.
    public private(set) var live = 0
    /// The time of the clock, and when the row of each slot came; only with a time to live.
    var now: Int64 = 0
    private(set) var times: [Int64] = []
    let timeToLive: TimeToLive?
    /// The first time at which a row may go.
    var nextEnd: Int64?

    /// Where a record's sum of the weights of what it meets lies, if it has one.
    private static let matchesOffset = 16

    init(recordBytes: Int, alignment: Int, countsMatches: Bool, timeToLive: Int64?) {
        self.timeToLive = timeToLive.map(TimeToLive.init)
        let header = countsMatches ? Self.matchesOffset + 8 : 12
        recordOffset = (header + alignment - 1) & ~(alignment - 1)
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

    @inlinable func header(of record: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Header> {
        (record - recordOffset).assumingMemoryBound(to: Header.self)
    }

    /// The sum of the weights of the rows on the other side that match. Only where the join counts them.
    @inlinable func matches(of record: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int64> {
        (record - recordOffset + 16).assumingMemoryBound(to: Int64.self)
    }

    /// A slot for a row, its weight and what follows it written, its record not.
    @inlinable mutating func claim(weight: Int64, next: UInt32) -> UInt32 {
        var slot = free
        if _slowPath(slot != 0) {
            free = header(slot).pointee.next
        } else {
            if _slowPath(count == capacity) { grow() }
            count &+= 1
            slot = UInt32(truncatingIfNeeded: count)
        }
        header(slot).pointee = Header(weight: weight, next: next)
        noteClaim(slot)
        return slot
    }

    /// A slot for a row behind the last of a chain, which may be 0; it is the chain's last then.
    @inlinable mutating func append(weight: Int64, last: UInt32) -> UInt32 {
        let slot = claim(weight: weight, next: 0)
        let before = last == 0 ? slot : last
        if last != 0 { header(slot).pointee.next = header(last).pointee.next }
        header(before).pointee.next = slot
        return slot
    }

    /// Takes a row out of its chain and gives its slot up; the chain's last slot then.
    @inlinable mutating func remove(_ slot: UInt32, behind before: UInt32, last: UInt32) -> UInt32 {
        header(before).pointee.next = header(slot).pointee.next
        giveUp(slot)
        return slot == before ? 0 : slot == last ? before : last
    }

    @usableFromInline mutating func noteClaim(_ slot: UInt32) {
        live &+= 1
        if timeToLive != nil { setTime(slot, now) }
    }

    /// When the row of a slot came.
    func time(_ slot: UInt32) -> Int64 { times[Int(slot) - 1] }

    mutating func setTime(_ slot: UInt32, _ time: Int64) {
        guard let timeToLive else { return }
        while times.count < Int(slot) { times.append(time) }
        times[Int(slot) - 1] = time
        let end = timeToLive.end(of: time)
        nextEnd = min(nextEnd ?? end, end)
    }

    /// Gives up a slot whose row has left its chain.
    @usableFromInline mutating func giveUp(_ slot: UInt32) {
        header(slot).pointee = Header(weight: 0, next: free)
        free = slot
        live &-= 1
        removals &+= 1
    }

    @usableFromInline @inline(never) mutating func grow() {
        let larger = max(capacity * 2, 64)
        precondition(larger <= 1 << 32, "A join keeps at most 2^32 rows of an input.")
        let memory = UnsafeMutableRawPointer.allocate(byteCount: larger * stride, alignment: 64)
        memory.copyMemory(from: base, byteCount: count * stride)
        base.deallocate()
        base = memory
        capacity = larger
    }

    /// Forgets all rows.
    mutating func clear() {
        count = 0
        live = 0
        free = 0
        removals = 0
        times = []
        nextEnd = nil
        arena.reset()
    }

    /// Copies the strings that are in use together once more rows have left than are there.
    ///
    /// Called between batches, since views of strings are void afterwards.
    @inlinable mutating func compactStringsIfNeeded<Input: JoinInput>(_ input: Input) {
        if _slowPath(removals > live &+ 1024) { compactStrings(input) }
    }

    @usableFromInline @inline(never) mutating func compactStrings<Input: JoinInput>(_ input: Input) {
        var compacted = Arena()
        for index in 0..<count {
            let slot = UInt32(truncatingIfNeeded: index + 1)
            if header(slot).pointee.weight != 0 { input.own(record(slot), &compacted) }
        }
        arena = compacted
        removals = 0
    }
}
