public import LaminarKernels

/// The rows of one key on one side: one behind another in memory by time, equal times in order of arrival, so that what
/// meets a row is one run of them.
@usableFromInline struct TimedRun: BitwiseCopyable {
    /// nil where there is no memory yet.
    @usableFromInline var base: UnsafeMutableRawPointer?
    /// The first row, and the one behind the last, as positions in the memory.
    @usableFromInline var head: UInt32 = 0
    @usableFromInline var end: UInt32 = 0
    @usableFromInline var capacity: UInt32 = 0
    @usableFromInline var sizeClass: UInt32 = 0

    @inlinable init() {}

    @inlinable var isEmpty: Bool { head == end }
}

/// What a key's record in the dictionary is: its rows on either side.
@usableFromInline struct TimedRuns: BitwiseCopyable {
    @usableFromInline var left = TimedRun()
    @usableFromInline var right = TimedRun()

    @inlinable init() {}
}

/// The rows of one input of a join that times bound: in runs by key, each row a header and a record.
///
/// Rows before `horizon` meet nothing any more. They are taken out of a run when it is next looked into, or when all runs
/// are gone through, so that leaving costs no work of its own for each row.
public struct TimedRows: ~Copyable {
    /// What stands before each record.
    @usableFromInline struct Header: BitwiseCopyable {
        @usableFromInline var time: Int64
        /// Twice the number of the row in order of arrival; one more once it is matched.
        @usableFromInline var mark: Int64

        @inlinable init(time: Int64, arrival: Int64, isMatched: Bool) {
            self.time = time
            mark = arrival &<< 1 | (isMatched ? 1 : 0)
        }

        @inlinable var arrival: Int64 { mark &>> 1 }
        @inlinable var isMatched: Bool {
            get { mark & 1 != 0 }
            set { mark = newValue ? mark | 1 : mark & ~1 }
        }
    }

    @usableFromInline let recordOffset: Int
    @usableFromInline let stride: Int
    /// The bytes of long strings.
    @usableFromInline var arena = Arena()
    @usableFromInline var horizon = Int64.min
    /// Rows in runs, those before the horizon included that no one has looked at since.
    @usableFromInline var held = 0
    /// Rows that left since strings were last copied together.
    @usableFromInline var removals = 0
    /// The greatest time of a row that came since there was none.
    @usableFromInline var latest = Int64.min
    /// Rows whose key meets nothing.
    @usableFromInline let unkeyed: UnsafeMutablePointer<TimedRun>
    /// Memory that was given back, by size.
    private let free: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private var chunks: [(start: UnsafeMutableRawPointer, bytes: Int)] = []
    private var chunk = 0
    private var used = 0

    private static var sizeClasses: Int { 32 }

    init(recordBytes: Int, alignment: Int) {
        recordOffset = (MemoryLayout<Header>.size + alignment - 1) & ~(alignment - 1)
        let step = max(alignment, 8)
        stride = (recordOffset + recordBytes + step - 1) & ~(step - 1)
        unkeyed = .allocate(capacity: 1)
        unkeyed.initialize(to: TimedRun())
        free = .allocate(capacity: Self.sizeClasses)
        free.initialize(repeating: nil, count: Self.sizeClasses)
    }

    deinit {
        for chunk in chunks { chunk.start.deallocate() }
        free.deallocate()
        unkeyed.deallocate()
    }

    // MARK: Runs

    /// The header of a row of a run that has rows.
    @inlinable func header(_ run: UnsafeMutablePointer<TimedRun>, _ index: UInt32) -> UnsafeMutablePointer<Header> {
        // Sound: a run with rows has memory.
        (run.pointee.base.unsafelyUnwrapped + Int(index) &* stride).assumingMemoryBound(to: Header.self)
    }

    @inlinable func record(_ run: UnsafeMutablePointer<TimedRun>, _ index: UInt32) -> UnsafeMutableRawPointer {
        run.pointee.base.unsafelyUnwrapped + (Int(index) &* stride &+ recordOffset)
    }

    @inlinable func header(of record: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Header> {
        (record - recordOffset).assumingMemoryBound(to: Header.self)
    }

    /// Takes the rows before the horizon out of a run.
    @inlinable mutating func evict(_ run: UnsafeMutablePointer<TimedRun>) {
        var head = run.pointee.head
        let end = run.pointee.end
        if head == end || header(run, head).pointee.time >= horizon { return }
        repeat { head &+= 1 } while head != end && header(run, head).pointee.time < horizon
        let count = Int(head &- run.pointee.head)
        held &-= count
        removals &+= count
        run.pointee.head = head
    }

    /// The first row of a run that is not before a time.
    @inlinable func first(_ run: UnsafeMutablePointer<TimedRun>, notBefore time: Int64) -> UInt32 {
        var low = run.pointee.head
        if low == run.pointee.end || header(run, low).pointee.time >= time { return low }
        var count = run.pointee.end &- low
        while count > 0 {
            let half = count &>> 1
            if header(run, low &+ half).pointee.time < time {
                low = low &+ half &+ 1
                count = count &- half &- 1
            } else {
                count = half
            }
        }
        return low
    }

    /// Where a row with this time and number stands in a run; nil where it has left.
    @usableFromInline func position(
        _ run: UnsafeMutablePointer<TimedRun>, _ time: Int64, _ arrival: Int64
    ) -> UInt32? {
        var index = first(run, notBefore: time)
        while index != run.pointee.end, header(run, index).pointee.time == time {
            if header(run, index).pointee.arrival == arrival { return index }
            index &+= 1
        }
        return nil
    }

    /// Makes room for a row behind those of its time, its header written; the record that is to be written.
    @inlinable mutating func insert(_ header: Header, into run: UnsafeMutablePointer<TimedRun>) -> UnsafeMutableRawPointer {
        if _slowPath(run.pointee.end == run.pointee.capacity) { makeRoom(run) }
        var index = run.pointee.end
        if index != run.pointee.head, self.header(run, index &- 1).pointee.time > header.time {
            index = open(run, header.time)
        }
        run.pointee.end &+= 1
        held &+= 1
        if header.time > latest { latest = header.time }
        self.header(run, index).pointee = header
        return record(run, index)
    }

    /// Moves the rows behind a time on by one.
    @usableFromInline @inline(never) func open(_ run: UnsafeMutablePointer<TimedRun>, _ time: Int64) -> UInt32 {
        var index = run.pointee.end
        while index != run.pointee.head, header(run, index &- 1).pointee.time > time { index &-= 1 }
        let source = run.pointee.base.unsafelyUnwrapped + Int(index) &* stride
        (source + stride).copyMemory(from: source, byteCount: Int(run.pointee.end &- index) &* stride)
        return index
    }

    /// Takes rows out of the middle of a run that are matched.
    @usableFromInline mutating func removeMatched(_ run: UnsafeMutablePointer<TimedRun>, from first: UInt32, to last: UInt32) {
        var kept = first
        var index = first
        while index != run.pointee.end {
            if index >= last || !header(run, index).pointee.isMatched {
                if kept != index {
                    UnsafeMutableRawPointer(header(run, kept)).copyMemory(
                        from: UnsafeMutableRawPointer(header(run, index)), byteCount: stride)
                }
                kept &+= 1
            }
            index &+= 1
        }
        held &-= Int(index &- kept)
        removals &+= Int(index &- kept)
        run.pointee.end = kept
    }

    // MARK: Memory

    /// Memory for one more row behind the last.
    @usableFromInline @inline(never) mutating func makeRoom(_ run: UnsafeMutablePointer<TimedRun>) {
        evict(run)
        let count = run.pointee.end &- run.pointee.head
        if run.pointee.capacity > 0, count <= run.pointee.capacity / 2 {
            let base = run.pointee.base.unsafelyUnwrapped
            base.copyMemory(from: base + Int(run.pointee.head) * stride, byteCount: Int(count) * stride)
        } else {
            let old = run.pointee
            let sizeClass = old.capacity == 0 ? 0 : old.sizeClass + 1
            let memory = takeMemory(Int(sizeClass))
            if let base = old.base {
                memory.copyMemory(from: base + Int(old.head) * stride, byteCount: Int(count) * stride)
                giveBack(base, Int(old.sizeClass))
            }
            run.pointee.base = memory
            run.pointee.sizeClass = sizeClass
            run.pointee.capacity = 2 << sizeClass
        }
        run.pointee.head = 0
        run.pointee.end = count
    }

    /// Gives the memory of a run without rows back.
    mutating func release(_ run: UnsafeMutablePointer<TimedRun>) {
        if let base = run.pointee.base { giveBack(base, Int(run.pointee.sizeClass)) }
        run.pointee = TimedRun()
    }

    private func giveBack(_ memory: UnsafeMutableRawPointer, _ sizeClass: Int) {
        memory.storeBytes(of: free[sizeClass], as: UnsafeMutableRawPointer?.self)
        free[sizeClass] = memory
    }

    private mutating func takeMemory(_ sizeClass: Int) -> UnsafeMutableRawPointer {
        precondition(sizeClass < Self.sizeClasses - 1, "A join keeps at most 2^31 rows of a key.")
        if let memory = free[sizeClass] {
            free[sizeClass] = memory.load(as: UnsafeMutableRawPointer?.self)
            return memory
        }
        let bytes = stride * (2 << sizeClass)
        while chunk < chunks.count, chunks[chunk].bytes - used < bytes {
            chunk += 1
            used = 0
        }
        if chunk == chunks.count {
            let total = chunks.reduce(0) { $0 + $1.bytes }
            let size = max(bytes, min(4 << 20, max(4096, total)))
            chunks.append((.allocate(byteCount: size, alignment: 64), size))
        }
        let memory = chunks[chunk].start + used
        used += bytes
        return memory
    }

    /// Forgets all rows; runs that are elsewhere must be forgotten too. Keeps memory for as many.
    @usableFromInline mutating func clear() {
        held = 0
        removals = 0
        latest = .min
        chunk = 0
        used = 0
        free.update(repeating: nil, count: Self.sizeClasses)
        unkeyed.pointee = TimedRun()
        arena.resetIfUsed()
    }
}
