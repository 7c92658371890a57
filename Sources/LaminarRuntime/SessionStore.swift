/// What stands in front of a session's accumulators; all zero bytes: no session.
@usableFromInline struct SessionHeader: BitwiseCopyable {
    /// The first and the last time of its rows.
    var start: Int64
    var last: Int64
    /// Of its first row, counted from 1 over the operator's life; by it sessions are told apart and written.
    var arrival: Int64
    /// The number of the next older session of its key plus one; 0: there is none.
    var older: Int64
    /// Its key, by number.
    var group: Int64
    /// The time for which its timer is set.
    var timer: Int64

    @usableFromInline static var bytes: Int { 48 }
}

/// The open sessions of all keys: a dictionary of keys, each with the number of its newest session, and dense records.
///
/// The sessions of a key are a list from the newest to the oldest, more than the gap apart; nearly always there is one.
/// Each session has one timer, set when it is made; a row that prolongs it leaves the timer alone, which is set anew when
/// it goes off too early.
struct SessionStore: ~Copyable {
    let gap: Int64
    let dictionary: UnsafeMutablePointer<GroupTable>
    /// A pane of one record a session.
    let records: UnsafeMutablePointer<GroupTable>
    private var timers: TimerWheel
    private var free: [UInt32] = []
    private var arrivals: Int64 = 0
    private var keyLimit = 1024
    /// Sessions that have closed and wait to be given out.
    private(set) var closed: [ClosedSession] = []
    /// The sessions that the row touches at which `place` has stopped, from the oldest on.
    private(set) var bridged: [UInt32] = []
    /// The rows that `place` has found late.
    var lateRows: [Int] = []

    struct ClosedSession: BitwiseCopyable {
        var last: Int64
        var start: Int64
        var arrival: Int64
        var number: UInt32
    }

    init(_ layout: GroupTableLayout, gap: Int64) {
        self.gap = gap
        dictionary = GroupTable.make(
            GroupTableLayout(key: layout.key, accumulatorBytes: 8))
        records = GroupTable.makePane(layout.withHeader(ofBytes: SessionHeader.bytes), of: dictionary)
        timers = TimerWheel(span: gap)
    }

    deinit {
        GroupTable.destroy(records)
        GroupTable.destroy(dictionary)
    }

    private func header(_ number: UInt32) -> UnsafeMutablePointer<SessionHeader> {
        records.pointee.accumulator(Int(number)).assumingMemoryBound(to: SessionHeader.self)
    }

    private func newest(_ group: Int) -> UnsafeMutablePointer<Int64> {
        dictionary.pointee.accumulator(group).assumingMemoryBound(to: Int64.self)
    }

    private func end(_ header: SessionHeader) -> Int64 { saturatingAdd(header.last, gap) }

    /// How many sessions are open.
    var count: Int { records.pointee.count - free.count - closed.count }

    // MARK: Rows

    /// Gives rows to sessions, as far as none bridges two: the number of each row's session, `.max` for a row without a
    /// key and for one that is late.
    ///
    /// - Parameters:
    ///   - watermark: before each row, raised by rows or steps as it goes.
    /// - Returns: the row that bridges sessions, which are then in `bridged`, or `rows`.
    mutating func place(
        _ times: UnsafePointer<Int64>, _ groups: UnsafePointer<UInt32>, into numbers: UnsafeMutablePointer<UInt32>,
        from first: Int, to rows: Int, _ watermark: inout RunningWatermark, lateness: Int64
    ) -> Int {
        let reach = UInt64(gap)
        let alive = watermark.alive
        let stride = records.pointee.accumulatorBytes
        var base = records.pointee.accumulators
        let heads = dictionary.pointee.accumulators.assumingMemoryBound(to: Int64.self)
        for row in first..<rows {
            let time = times[row]
            let group = groups[row]
            numbers[row] = .max
            if group != .max {
                let number = heads[Int(group)] &- 1
                if number >= 0 {
                    let session = (base + Int(number) &* stride).assumingMemoryBound(to: SessionHeader.self)
                    let last = session.pointee.last
                    let start = session.pointee.start
                    if last > alive {
                        // A row behind the start of the newest session is too far from all older ones.
                        if time >= last {
                            if UInt64(bitPattern: time &- last) <= reach {
                                session.pointee.last = time
                                numbers[row] = UInt32(truncatingIfNeeded: number)
                                watermark.pass(row, time)
                                continue
                            }
                        } else if time >= start
                            || (session.pointee.older == 0 && UInt64(bitPattern: start &- time) <= reach)
                        {
                            session.pointee.start = min(start, time)
                            numbers[row] = UInt32(truncatingIfNeeded: number)
                            watermark.pass(row, time)
                            continue
                        }
                    }
                }
                switch placeExactly(time, Int(group), saturatingSubtract(watermark.before(row), lateness)) {
                case .session(let number): numbers[row] = number
                case .late: lateRows.append(row)
                case .bridge: return row
                }
                base = records.pointee.accumulators
            }
            watermark.pass(row, time)
        }
        return rows
    }

    private enum Place {
        case session(UInt32)
        case late
        case bridge
    }

    /// - Parameter due: sessions that end at or before it have closed.
    private mutating func placeExactly(_ time: Int64, _ group: Int, _ due: Int64) -> Place {
        closeDue(group, due)
        let earliest = saturatingSubtract(time, gap)
        let latest = saturatingAdd(time, gap)
        bridged.removeAll(keepingCapacity: true)
        var newer: UInt32?
        var next = newest(group).pointee
        while next != 0 {
            let number = UInt32(truncatingIfNeeded: next - 1)
            let session = header(number).pointee
            if session.last < earliest { break }
            if session.start <= latest {
                bridged.append(number)
            } else {
                newer = number
            }
            next = session.older
        }
        if bridged.count > 1 {
            bridged.reverse()
            return .bridge
        }
        if let only = bridged.first {
            header(only).pointee.start = min(header(only).pointee.start, time)
            header(only).pointee.last = max(header(only).pointee.last, time)
            return .session(only)
        }
        if latest <= due { return .late }
        arrivals += 1
        let number = add(
            SessionHeader(start: time, last: time, arrival: arrivals, older: next, group: Int64(group), timer: 0))
        link(number, behind: newer, group)
        return .session(number)
    }

    private mutating func add(_ session: SessionHeader) -> UInt32 {
        let number: UInt32
        if let reused = free.popLast() {
            number = reused
        } else {
            number = UInt32(truncatingIfNeeded: records.pointee.count)
            records.pointee.cover(Int(number) + 1)
        }
        header(number).pointee = session
        setTimer(number)
        return number
    }

    private func link(_ number: UInt32, behind newer: UInt32?, _ group: Int) {
        if let newer {
            header(newer).pointee.older = Int64(number) + 1
        } else {
            newest(group).pointee = Int64(number) + 1
        }
    }

    /// Counts a row in where `place` stopped: the sessions that it bridges become the oldest of them. Their accumulators
    /// have been merged into that one's.
    mutating func uniteBridged() {
        guard let first = bridged.first else { return }
        for number in bridged.dropFirst() {
            let session = header(number).pointee
            unlink(number)
            header(first).pointee.last = max(header(first).pointee.last, session.last)
            header(first).pointee.arrival = min(header(first).pointee.arrival, session.arrival)
            release(number)
        }
        bridged.removeAll(keepingCapacity: true)
    }

    private func unlink(_ number: UInt32) {
        let session = header(number).pointee
        let group = Int(session.group)
        var next = newest(group).pointee
        if next == Int64(number) + 1 {
            newest(group).pointee = session.older
            return
        }
        while next != 0 {
            let other = header(UInt32(truncatingIfNeeded: next - 1))
            if other.pointee.older == Int64(number) + 1 {
                other.pointee.older = session.older
                return
            }
            next = other.pointee.older
        }
    }

    private mutating func release(_ number: UInt32) {
        records.pointee.accumulator(Int(number)).initializeMemory(
            as: UInt8.self, repeating: 0, count: records.pointee.accumulatorBytes)
        free.append(number)
    }

    // MARK: Closing

    private mutating func close(_ number: UInt32) {
        let session = header(number).pointee
        unlink(number)
        // A timer that is still set finds no session.
        header(number).pointee.older = -1
        closed.append(
            ClosedSession(last: session.last, start: session.start, arrival: session.arrival, number: number))
    }

    private func isOpen(_ session: SessionHeader) -> Bool { session.arrival != 0 && session.older >= 0 }

    /// Closes what is due of one key, before its timers have been looked at.
    private mutating func closeDue(_ group: Int, _ due: Int64) {
        var next = newest(group).pointee
        while next != 0 {
            let number = UInt32(truncatingIfNeeded: next - 1)
            let session = header(number).pointee
            next = session.older
            if end(session) <= due { close(number) }
        }
    }

    private mutating func setTimer(_ number: UInt32) {
        let time = end(header(number).pointee)
        header(number).pointee.timer = time
        timers.set(time, number)
    }

    /// Closes all sessions that end at or before `due`.
    mutating func closeAll(through due: Int64) {
        while let (number, bucket) = timers.next(through: due) {
            let session = header(number).pointee
            // A session that was merged, or has closed, leaves its timer behind; its number may be another one's.
            guard isOpen(session), timers.isSame(session.timer, bucket) else { continue }
            if end(session) <= due {
                close(number)
            } else {
                setTimer(number)
            }
        }
    }

    /// Puts what has closed in the order in which it comes out: by end, then start, then arrival.
    mutating func sortClosed() {
        closed.sort { ($0.last, $0.start, $0.arrival) < ($1.last, $1.start, $1.arrival) }
    }

    func key(of closed: ClosedSession) -> UnsafePointer<UInt64> {
        UnsafePointer(dictionary.pointee.key(Int(header(closed.number).pointee.group)))
    }

    /// Forgets what has been given out.
    mutating func releaseClosed() {
        for session in closed { release(session.number) }
        closed.removeAll(keepingCapacity: true)
        compactIfNeeded()
    }

    /// Drops keys without sessions once they are the most.
    private mutating func compactIfNeeded() {
        records.pointee.compactStringsIfNeeded()
        let count = dictionary.pointee.count
        if count <= keyLimit { return }
        let kept = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        let renumbered = UnsafeMutablePointer<Int64>.allocate(capacity: count)
        defer {
            kept.deallocate()
            renumbered.deallocate()
        }
        var live: Int64 = 0
        for group in 0..<count {
            kept[group] = newest(group).pointee != 0 ? 1 : 0
            renumbered[group] = live
            live += Int64(kept[group])
        }
        if live * 2 <= Int64(count) {
            dictionary.pointee.keepGroups(UnsafePointer(kept))
            for number in 0..<records.pointee.count {
                let session = header(UInt32(truncatingIfNeeded: number))
                if session.pointee.arrival != 0 { session.pointee.group = renumbered[Int(session.pointee.group)] }
            }
        }
        keyLimit = max(1024, Int(live) * 2)
    }

    // MARK: State

    mutating func clear() {
        dictionary.pointee.clear()
        records.pointee.clear()
        timers = TimerWheel(span: gap)
        free = []
        closed = []
        arrivals = 0
        keyLimit = 1024
    }

    /// Writes the open sessions in order of arrival.
    func encode(to writer: inout StateWriter) {
        let numbers = (0..<UInt32(truncatingIfNeeded: records.pointee.count)).filter { isOpen(header($0).pointee) }
            .sorted { header($0).pointee.arrival < header($1).pointee.arrival }
        writer.write(arrivals)
        writer.write(UInt64(numbers.count))
        for number in numbers {
            let session = header(number).pointee
            dictionary.pointee.encodeKey(of: Int(session.group), to: &writer)
            // Numbers and timers are not part of it: they depend on how rows came in batches.
            header(number).pointee.older = 0
            header(number).pointee.group = 0
            header(number).pointee.timer = 0
            records.pointee.encodeRecord(of: Int(number), to: &writer)
            header(number).pointee = session
        }
    }

    /// Replaces everything by what `encode` wrote.
    mutating func restore(from reader: inout StateReader) throws(StateError) {
        clear()
        arrivals = try reader.readInteger(Int64.self)
        var last: Int64 = 0
        for _ in 0..<(try reader.readCount(bytesEach: SessionHeader.bytes)) {
            let group = try dictionary.pointee.decodeKey(from: &reader)
            let number = UInt32(truncatingIfNeeded: records.pointee.count)
            records.pointee.cover(Int(number) + 1)
            try records.pointee.decodeRecord(of: Int(number), from: &reader)
            let session = header(number).pointee
            guard session.arrival > last, session.arrival <= arrivals, session.start <= session.last else {
                throw .corrupt("a session is out of order")
            }
            last = session.arrival
            header(number).pointee.group = Int64(group)
            var newer: UInt32?
            var next = newest(group).pointee
            while next != 0, header(UInt32(truncatingIfNeeded: next - 1)).pointee.start > session.start {
                newer = UInt32(truncatingIfNeeded: next - 1)
                next = header(UInt32(truncatingIfNeeded: next - 1)).pointee.older
            }
            header(number).pointee.older = next
            link(number, behind: newer, group)
            setTimer(number)
        }
    }
}

/// The watermark before each row of a chunk, as rows or steps raise it.
@usableFromInline struct RunningWatermark {
    private var value: Int64
    /// Microseconds by which the watermark is behind a row's time; nil: steps raise it.
    private let delay: Int64?
    private let steps: UnsafeBufferPointer<WatermarkStep>
    private var step: Int
    /// The first row of the chunk in its batch.
    private let firstRow: Int
    private var greatest = Int64.min
    /// Sessions with a later last row outlive the chunk's watermarks.
    let alive: Int64

    init(
        _ value: Int64, delay: Int64?, steps: UnsafeBufferPointer<WatermarkStep>, step: Int, firstRow: Int, alive: Int64
    ) {
        self.alive = alive
        self.value = value
        self.delay = delay
        self.steps = steps
        self.step = step
        self.firstRow = firstRow
    }

    /// The watermark of the rows before this one.
    mutating func before(_ row: Int) -> Int64 {
        if let delay {
            if greatest != .min { value = max(value, min(saturatingSubtract(greatest, delay), endOfInput &- 1)) }
        } else {
            while step < steps.count, steps[step].row <= firstRow &+ row {
                value = max(value, steps[step].watermark)
                step &+= 1
            }
        }
        return value
    }

    mutating func pass(_ row: Int, _ time: Int64) { greatest = max(greatest, time) }
}
