/// What stands in front of a session's accumulators; all zero bytes: no session.
@usableFromInline struct SessionHeader: BitwiseCopyable {
    /// The first and the last time of its rows.
    @usableFromInline var start: Int64
    @usableFromInline var last: Int64
    /// Of its first row, counted from 1 over the operator's life; by it sessions are told apart and written.
    var arrival: Int64
    /// The number of the next older session of its key plus one; 0: there is none; `closedMark`: it has closed.
    @usableFromInline var older: UInt32
    /// Its key, by number.
    var group: UInt32
    /// The end of the bucket's number for which its timer is set.
    var timer: UInt32
    var unused: UInt32 = 0

    @usableFromInline static var bytes: Int { 40 }
    static var closedMark: UInt32 { .max }
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
    /// Rows that did more than prolong the newest session of their key.
    private(set) var otherRows = 0
    /// The rows that `place` has found late.
    var lateRows: [Int] = []

    private var order = ClosedSessionOrder()

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

    private func newest(_ group: Int) -> UnsafeMutablePointer<UInt32> {
        dictionary.pointee.accumulator(group).assumingMemoryBound(to: UInt32.self)
    }

    private func end(_ header: SessionHeader) -> Int64 { saturatingAdd(header.last, gap) }

    /// How many sessions are open.
    var count: Int { records.pointee.count - free.count - closed.count }

    // MARK: Rows

    var isBeyondCaches: Bool { dictionary.pointee.isBeyondCaches || records.pointee.isBeyondCaches }

    /// The session of a row that may do anything: begin one, bridge several, which `merge` then makes one, or be late.
    ///
    /// - Parameter row: counted from the chunk's first.
    /// - Returns: its number; `.max`: the row is late.
    mutating func place(
        row: Int, _ times: UnsafePointer<Int64>, group: Int, _ watermark: inout RunningWatermark, lateness: Int64,
        merge: (borrowing SessionStore) -> Void
    ) -> UInt32 {
        let due = saturatingSubtract(watermark.before(row, times), lateness)
        while true {
            switch placeExactly(times[row], group, due) {
            case .session(let number): return number
            case .late:
                lateRows.append(row)
                return .max
            case .bridge:
                merge(self)
                uniteBridged()
            }
        }
    }

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
        // The low half of each record of the dictionary.
        let heads = dictionary.pointee.accumulators.assumingMemoryBound(to: UInt32.self)
        for row in first..<rows {
            let time = times[row]
            let group = groups[row]
            numbers[row] = .max
            if group != .max {
                let newest = heads[2 &* Int(group)]
                if newest != 0 {
                    let number = newest &- 1
                    let session = (base + Int(number) &* stride).assumingMemoryBound(to: SessionHeader.self)
                    let last = session.pointee.last
                    let start = session.pointee.start
                    if last > alive {
                        // A row behind the start of the newest session is too far from all older ones.
                        if time >= last {
                            if UInt64(bitPattern: time &- last) <= reach {
                                session.pointee.last = time
                                numbers[row] = number
                                continue
                            }
                        } else if time >= start
                            || (session.pointee.older == 0 && UInt64(bitPattern: start &- time) <= reach)
                        {
                            session.pointee.start = min(start, time)
                            numbers[row] = number
                            continue
                        }
                    }
                }
                switch placeExactly(time, Int(group), saturatingSubtract(watermark.before(row, times), lateness)) {
                case .session(let number): numbers[row] = number
                case .late: lateRows.append(row)
                case .bridge: return row
                }
                base = records.pointee.accumulators
            }
        }
        return rows
    }

    /// Reads what placing and folding rows will read where the sessions are more than the caches hold; see `readAhead`.
    func readAhead(_ groups: UnsafePointer<UInt32>, _ rows: Int) {
        if _fastPath(!records.pointee.isBeyondCaches) { return }
        let heads = dictionary.pointee.accumulators.assumingMemoryBound(to: UInt32.self)
        let base = UnsafeRawPointer(records.pointee.accumulators)
        let stride = records.pointee.accumulatorBytes
        var sum: UInt64 = 0
        for row in 0..<rows where groups[row] != .max {
            let newest = heads[2 &* Int(groups[row])]
            if newest == 0 { continue }
            let record = base + Int(newest &- 1) &* stride
            sum ^= record.load(as: UInt64.self) ^ record.load(fromByteOffset: stride &- 8, as: UInt64.self)
        }
        records.pointee.readAhead = sum
    }

    private enum Place {
        case session(UInt32)
        case late
        case bridge
    }

    /// - Parameter due: sessions that end at or before it have closed.
    private mutating func placeExactly(_ time: Int64, _ group: Int, _ due: Int64) -> Place {
        otherRows &+= 1
        closeDue(group, due)
        let earliest = saturatingSubtract(time, gap)
        let latest = saturatingAdd(time, gap)
        bridged.removeAll(keepingCapacity: true)
        var newer: UInt32?
        var next = newest(group).pointee
        while next != 0 {
            let number = next &- 1
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
            SessionHeader(start: time, last: time, arrival: arrivals, older: next, group: UInt32(truncatingIfNeeded: group), timer: 0))
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
            header(newer).pointee.older = number &+ 1
        } else {
            newest(group).pointee = number &+ 1
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
        if next == number &+ 1 {
            newest(group).pointee = session.older
            return
        }
        while next != 0 {
            let other = header(next &- 1)
            if other.pointee.older == number &+ 1 {
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
        header(number).pointee.older = SessionHeader.closedMark
        closed.append(
            ClosedSession(last: session.last, start: session.start, arrival: session.arrival, number: number))
    }

    private func isOpen(_ session: SessionHeader) -> Bool { session.arrival != 0 && session.older != SessionHeader.closedMark }

    /// Closes what is due of one key, before its timers have been looked at.
    private mutating func closeDue(_ group: Int, _ due: Int64) {
        var next = newest(group).pointee
        while next != 0 {
            let number = next &- 1
            let session = header(number).pointee
            next = session.older
            if end(session) <= due { close(number) }
        }
    }

    private mutating func setTimer(_ number: UInt32) {
        let header = header(number)
        let time = end(header.pointee)
        header.pointee.timer = UInt32(truncatingIfNeeded: timers.bucket(time))
        timers.set(time, number)
    }

    /// Closes all sessions that end at or before `due`.
    mutating func closeAll(through due: Int64) {
        var beginsBlock = false
        while let expired = timers.next(through: due, beginsBlock: &beginsBlock) {
            if beginsBlock, _slowPath(records.pointee.isBeyondCaches) { readAheadUpcoming() }
            let number: UInt32
            let bucket: Int64
            switch expired {
            case .inBucket(let expired, let own): (number, bucket) = (expired, own)
            case .atTime(let expired, let time): (number, bucket) = (expired, timers.bucket(time))
            }
            let session = header(number).pointee
            // A session that was merged, or has closed, leaves its timer behind; its number may be another one's.
            guard isOpen(session), session.timer == UInt32(truncatingIfNeeded: bucket) else { continue }
            if end(session) <= due {
                close(number)
            } else {
                setTimer(number)
            }
        }
    }

    private func readAheadUpcoming() {
        var sum: UInt64 = 0
        for number in timers.upcoming { sum ^= UInt64(bitPattern: header(number).pointee.last) }
        records.pointee.readAhead = sum
    }

    /// Puts what has closed in the order in which it comes out: by end, then start, then arrival.
    mutating func sortClosed() {
        if closed.count <= 1 { return }
        order.sort(&closed)
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
                if session.pointee.arrival != 0 {
                    session.pointee.group = UInt32(truncatingIfNeeded: renumbered[Int(session.pointee.group)])
                }
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
            writer.write(session.start)
            writer.write(session.last)
            writer.write(session.arrival)
            records.pointee.encodeRecord(of: Int(number), behind: SessionHeader.bytes, to: &writer)
        }
    }

    /// Replaces everything by what `encode` wrote.
    mutating func restore(from reader: inout StateReader) throws(StateError) {
        clear()
        arrivals = try reader.readInteger(Int64.self)
        var last: Int64 = 0
        for _ in 0..<(try reader.readCount(bytesEach: 24)) {
            let group = try dictionary.pointee.decodeKey(from: &reader)
            let number = UInt32(truncatingIfNeeded: records.pointee.count)
            records.pointee.cover(Int(number) + 1)
            let session = SessionHeader(
                start: try reader.readInteger(Int64.self), last: try reader.readInteger(Int64.self),
                arrival: try reader.readInteger(Int64.self), older: 0, group: UInt32(truncatingIfNeeded: group), timer: 0)
            header(number).pointee = session
            try records.pointee.decodeRecord(of: Int(number), behind: SessionHeader.bytes, from: &reader)
            guard session.arrival > last, session.arrival <= arrivals, session.start <= session.last else {
                throw .corrupt("a session is out of order")
            }
            last = session.arrival
            var newer: UInt32?
            var next = newest(group).pointee
            while next != 0, header(next &- 1).pointee.start > session.start {
                newer = next &- 1
                next = header(next &- 1).pointee.older
            }
            header(number).pointee.older = next
            link(number, behind: newer, group)
            setTimer(number)
        }
    }
}
