public import LaminarColumns
import LaminarKernels
public import LaminarState
public import LaminarTypes

/// Gives rows to sessions: for each key, rows of which none is more than the gap behind the one before it. A session
/// lasts from its first row to the gap behind its last; rows exactly the gap apart are in one.
///
/// Rows are kept until the watermark has passed their session's end plus `lateness`; a row is late if its own window,
/// merged with the sessions it touches, has passed too. A session that has passed is forgotten: a later row near it opens
/// a new one. Sessions come out in one of two ways, rows with `window_start`, `window_end` and `window_time` behind their
/// columns:
/// - closing: all rows of a session at once when the watermark passes it, sessions in order of their ends, then of their
///   first rows; never taken back;
/// - changing: each batch's rows at once; rows whose session grows or merges come out again, their old form taken back.
///
/// Rows of negative weight take back a row of the same content, of several the last that came. A session that they leave
/// behind the watermark closes at the next watermark step, or when all of the batch has been processed (`release`): a row of
/// a source that replaces another takes that one back first and then prolongs what it has shortened. How rows are cut into
/// batches changes nothing but how many changes come out.
///
/// Where keys have watermarks of their own, a session comes out, closes, and makes rows late by that of its key, and the
/// watermark behind is the one that every key has reached.
///
/// A row costs a probe and a place in its key's list of sessions; no timer is kept a row, but one a session, in a heap.
public struct SessionWindows {
    public let gap: Int64
    public let lateness: Int64
    /// Whether sessions come out once, when they close.
    public let closes: Bool
    /// Whether sessions that change come out only once the watermark has reached their end.
    public let waitsForEnd: Bool
    /// Whether not the sessions come out but the rows that are late for theirs, as they came.
    public let givesOutLateRows: Bool

    private let types: [PhysicalType]
    private let time: Int
    private let timeUnit: Int64
    private let nullEventTime: RowPolicy?
    private var rows: KeyedRows
    /// Set where keys have watermarks of their own.
    private let marks: KeyWatermarks?
    /// What waits for each of the watermarks: of those by key by their numbers, else there is one.
    private var clocks: [Clock] = []
    private var clockOfGroup: [Int] = []
    /// When the watermark that every key has makes something due, by clock.
    private var due = TimerHeap()
    /// The sessions of each key of `rows`, ascending and more than the gap apart.
    private var sessions: [[Session]] = []
    /// In the changing way: the window in which each row last came out, by row.
    private var emitted: [WindowBounds?] = []
    private var touched: [Int] = []
    private var isTouched: [Bool] = []
    private var watermarkSoFar = noWatermark
    /// The clocks for which rows that were taken back may have left sessions that have passed.
    private var shortened: [Int] = []
    private var tally = OperatorCounters()
    private var divertedRows: [DivertedRow] = []

    private struct Clock {
        /// What is next to be looked at as the watermark rises; each key with sessions has an entry no later than its first
        /// session's end.
        var timers = TimerHeap()
        /// The same for sessions whose end the watermark has not reached, where that makes them come out.
        var ends = TimerHeap()
    }

    private struct Session {
        var start: Int64
        var last: Int64
        /// In order of arrival only where no merge was; sorted when they come out.
        var rows: [Int32]
    }

    /// - Parameters:
    ///   - types: the input's columns; the first `columns` of them are handed on.
    ///   - time: the input's column of times, in microseconds since the epoch.
    ///   - keys: the input's columns that keep sessions apart.
    ///   - watermark: which of these columns have watermarks of their own; nil: none.
    ///   - timeUnit: how far a window's last time lies before its end, in microseconds.
    ///   - nullEventTime: what becomes of a row without a time; nil: it is in no session, which is nothing to count.
    public init(
        types: [PhysicalType], columns: Int, time: Int, keys: [Int], watermark: WatermarkKey? = nil, gap: Int64,
        lateness: Int64 = 0, closes: Bool, waitsForEnd: Bool = false, givesOutLateRows: Bool = false, timeUnit: Int64 = 1, nullEventTime: RowPolicy?
    ) {
        self.types = Array(types.prefix(columns))
        self.time = time
        self.gap = gap
        self.lateness = lateness
        self.closes = closes
        self.waitsForEnd = waitsForEnd
        self.givesOutLateRows = givesOutLateRows
        self.timeUnit = timeUnit
        self.nullEventTime = nullEventTime
        rows = KeyedRows(types: types, keys: keys)
        marks = watermark.map { KeyWatermarks(types: types, key: $0) }
        regroup()
    }

    /// The columns of the output.
    public var outputTypes: [PhysicalType] { givesOutLateRows ? types : types + [.int64, .int64, .int64] }
    public var counters: OperatorCounters { tally }
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// Processes a batch; appends what comes out to `output`, each watermark step behind it.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        var step = 0
        for row in 0..<batch.rowCount {
            while step < batch.steps.count, batch.steps[step].row <= row {
                raise(to: batch.steps[step].watermark, into: output)
                step += 1
            }
            tally.rowsIn &+= 1
            guard let time = batch.columns[time].optional(row, as: Int64.self) else {
                guard let nullEventTime else { continue }
                let error = PipelineError.nullEventTime(row: row)
                if nullEventTime == .fail { throw error }
                tally.nullEventTimes &+= 1
                if nullEventTime == .divert {
                    divertedRows.append(DivertedRow(row: row, reason: .nullEventTime, error: error))
                }
                continue
            }
            let weight = batch.weights?[row] ?? 1
            if weight > 0 {
                for _ in 0..<weight { insert(batch, row, time, into: output) }
            } else {
                for _ in 0..<(-weight) { remove(batch, row, time, into: output) }
            }
            raiseKey(of: batch, row, time, into: output)
        }
        while step < batch.steps.count {
            raise(to: batch.steps[step].watermark, into: output)
            step += 1
        }
        emitChanges(into: output)
        compactIfNeeded()
    }

    /// Raises the watermark from outside.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        raise(to: watermark, into: output)
        compactIfNeeded()
    }

    // MARK: Rows in

    private func end(_ session: Session) -> Int64 { saturatingAdd(session.last, gap) }

    private func watermark(_ clock: Int) -> Int64 { marks?.watermark(of: clock) ?? watermarkSoFar }

    private func hasPassed(_ end: Int64, _ clock: Int) -> Bool { saturatingAdd(end, lateness) <= watermark(clock) }

    /// The clock that judges a row.
    private mutating func clock(of batch: BatchView, _ row: Int) -> Int {
        let clock = marks?.number(of: batch, row) ?? 0
        while clocks.count <= clock { clocks.append(Clock()) }
        return clock
    }

    /// The number of a row's key.
    private mutating func group(of batch: BatchView, _ row: Int) -> Int {
        let group = rows.group(of: batch, row)
        if group == sessions.count {
            sessions.append([])
            isTouched.append(false)
            clockOfGroup.append(clock(of: batch, row))
        }
        return group
    }

    private mutating func insert(_ batch: BatchView, _ row: Int, _ time: Int64, into output: ColumnBatch) {
        let group = group(of: batch, row)
        let clock = clockOfGroup[group]
        // The sessions that the row touches lie together: neither behind the row by more than the gap nor before it.
        var first = sessions[group].count
        while first > 0, end(sessions[group][first - 1]) >= time { first -= 1 }
        var behind = first
        let reach = saturatingAdd(time, gap)
        while behind < sessions[group].count, sessions[group][behind].start <= reach { behind += 1 }
        var merged = Session(start: time, last: time, rows: [])
        for session in sessions[group][first..<behind] {
            merged.start = min(merged.start, session.start)
            merged.last = max(merged.last, session.last)
        }
        if hasPassed(end(merged), clock) {
            if givesOutLateRows { return giveOut(batch, row, output) }
            tally.lateRows &+= 1
            divertedRows.append(DivertedRow(row: row, reason: .late))
            return
        }
        // A session that the watermark had reached waits again once it grows.
        let wasReached = waitsForEnd && sessions[group][first..<behind].contains { end($0) <= watermark(clock) }
        if wasReached, end(merged) > watermark(clock) { wait(forEnd: end(merged), group) }
        let stored = rows.append(batch, row, time)
        if !closes { emitted.append(nil) }
        if behind - first == 1 {
            sessions[group][first].start = merged.start
            sessions[group][first].last = merged.last
            sessions[group][first].rows.append(stored)
        } else {
            for session in sessions[group][first..<behind] { merged.rows += session.rows }
            merged.rows.append(stored)
            sessions[group].replaceSubrange(first..<behind, with: [merged])
            if first == 0 || behind == first { arm(group, end(merged)) }
        }
        touch(group)
    }

    /// Hands on a late row; its loss is counted where the sessions themselves come out.
    private mutating func giveOut(_ batch: BatchView, _ row: Int, _ output: ColumnBatch) {
        tally.rowsOut &+= 1
        output.reserve(1)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { list in
            list.initialize(repeating: Int32(truncatingIfNeeded: row))
            for column in types.indices {
                output.gather(
                    batch.columns[column], rows: UnsafeBufferPointer(list), into: column, copiesStrings: true)
            }
        }
        output.rowCount += 1
    }

    /// Takes back a row of the same content, if there is one that has not passed.
    private mutating func remove(_ batch: BatchView, _ row: Int, _ time: Int64, into output: ColumnBatch) {
        let group = group(of: batch, row)
        guard
            let found = sessions[group].firstIndex(where: { $0.start <= time && time <= $0.last }),
            // Of equal rows the last that came.
            let taken = sessions[group][found].rows.filter({ rows.isEqual($0, batch, row) }).max(),
            let position = sessions[group][found].rows.firstIndex(of: taken)
        else {
            tally.lateRows &+= 1
            divertedRows.append(DivertedRow(row: row, reason: .late))
            return
        }
        let stored = sessions[group][found].rows.remove(at: position)
        if !closes, let window = emitted[Int(stored)] {
            write([Written(row: stored, window: window, weight: -1)], into: output)
            emitted[Int(stored)] = nil
        }
        rows.drop(stored)
        // What is left may fall apart.
        let left = sessions[group][found].rows.sorted { (rows.time($0), $0) < (rows.time($1), $1) }
        var parts: [Session] = []
        for row in left {
            let time = rows.time(row)
            if let last = parts.indices.last, end(parts[last]) >= time {
                parts[last].last = time
                parts[last].rows.append(row)
            } else {
                parts.append(Session(start: time, last: time, rows: [row]))
            }
        }
        sessions[group].replaceSubrange(found...found, with: parts)
        for part in parts { arm(group, end(part)) }
        touch(group)
        let clock = clockOfGroup[group]
        if parts.contains(where: { hasPassed(end($0), clock) }) { shortened.append(clock) }
    }

    /// Closes what has been left behind the watermark, once all that the batch led to has come; false if that is nothing.
    public mutating func release(into output: ColumnBatch) -> Bool {
        if shortened.isEmpty { return false }
        emitChanges(into: output)
        closeDue(shortened, into: output)
        return output.rowCount > 0
    }

    private mutating func arm(_ group: Int, _ end: Int64) {
        wait(toClose: end, group)
        if waitsForEnd { wait(forEnd: end, group) }
    }

    private mutating func wait(toClose end: Int64, _ group: Int) {
        let clock = clockOfGroup[group]
        clocks[clock].timers.insert(end, group)
        if marks != nil { due.insert(saturatingAdd(end, lateness), clock) }
    }

    private mutating func wait(forEnd end: Int64, _ group: Int) {
        let clock = clockOfGroup[group]
        clocks[clock].ends.insert(end, group)
        if marks != nil { due.insert(end, clock) }
    }

    /// Looks again at the keys of sessions whose end the watermark has reached.
    private mutating func touchEnded(_ clock: Int) {
        let watermark = watermark(clock)
        while let next = clocks[clock].ends.first, next.time <= watermark {
            clocks[clock].ends.removeFirst()
            touch(next.group)
            let later = sessions[next.group].map { end($0) }.filter { $0 > watermark }.min()
            if let later { wait(forEnd: later, next.group) }
        }
    }

    private mutating func touch(_ group: Int) {
        if closes || isTouched[group] { return }
        isTouched[group] = true
        touched.append(group)
    }

    // MARK: Rows out

    private mutating func raise(to watermark: Int64, into output: ColumnBatch) {
        if watermark <= watermarkSoFar { return }
        // What has come in is part of the result before its session is forgotten.
        emitChanges(into: output)
        watermarkSoFar = watermark
        guard let marks else {
            settle([0], into: output)
            output.appendStep(watermark == endOfInput ? endOfInput : saturatingSubtract(watermark, lateness))
            return
        }
        marks.raiseFloor(by: watermark)
        var reached: Set<Int> = []
        while let next = due.first, next.time <= marks.floor {
            due.removeFirst()
            reached.insert(next.group)
        }
        settle(reached.sorted(), into: output)
        output.appendStep(watermark == endOfInput ? endOfInput : saturatingSubtract(marks.floor, lateness))
    }

    /// Raises the watermark of a row's key, where it has one.
    private mutating func raiseKey(of batch: BatchView, _ row: Int, _ time: Int64, into output: ColumnBatch) {
        guard let marks else { return }
        let clock = clock(of: batch, row)
        guard marks.raise(clock, by: time) else { return }
        let watermark = marks.watermark(of: clock)
        let closes = clocks[clock].timers.first.map { hasPassed($0.time, clock) } ?? false
        let ends = clocks[clock].ends.first.map { $0.time <= watermark } ?? false
        if closes || ends { settle([clock], into: output) }
    }

    /// Does what watermarks that have risen make due.
    private mutating func settle(_ reached: [Int], into output: ColumnBatch) {
        if waitsForEnd { for clock in reached { touchEnded(clock) } }
        emitChanges(into: output)
        closeDue(reached, into: output)
    }

    /// Gives out, where they come once, and forgets the sessions that have passed.
    private mutating func closeDue(_ reached: [Int], into output: ColumnBatch) {
        shortened.removeAll(where: reached.contains)
        var closed: [Session] = []
        for clock in reached {
            while let next = clocks[clock].timers.first, hasPassed(next.time, clock) {
                clocks[clock].timers.removeFirst()
                let group = next.group
                let before = closed.count
                var open: [Session] = []
                for session in sessions[group] {
                    if hasPassed(end(session), clock) { closed.append(session) } else { open.append(session) }
                }
                sessions[group] = open
                // The timer may be older than the sessions that are there now.
                if let first = sessions[group].first, closed.count > before || end(first) > next.time {
                    wait(toClose: end(first), group)
                }
            }
        }
        if closes, !givesOutLateRows {
            let order = closed.map { ($0, $0.rows.min() ?? 0) }.sorted {
                (end($0.0), $0.1) < (end($1.0), $1.1)
            }
            var written: [Written] = []
            for (session, _) in order {
                let window = WindowBounds(start: session.start, end: end(session))
                for row in session.rows.sorted() { written.append(Written(row: row, window: window, weight: 1)) }
            }
            write(written, into: output)
        }
        for session in closed { for row in session.rows { rows.drop(row) } }
    }

    /// In the changing way: gives out the rows of the touched keys whose windows are new.
    private mutating func emitChanges(into output: ColumnBatch) {
        if touched.isEmpty { return }
        var written: [Written] = []
        for group in touched {
            isTouched[group] = false
            for session in sessions[group] {
                let window = WindowBounds(start: session.start, end: end(session))
                let isShown = !waitsForEnd || window.end <= watermark(clockOfGroup[group])
                for row in session.rows where emitted[Int(row)] != (isShown ? window : nil) {
                    if let old = emitted[Int(row)] { written.append(Written(row: row, window: old, weight: -1)) }
                    emitted[Int(row)] = nil
                    if !isShown { continue }
                    written.append(Written(row: row, window: window, weight: 1))
                    emitted[Int(row)] = window
                }
            }
        }
        touched.removeAll(keepingCapacity: true)
        write(written, into: output)
    }

    private struct Written {
        var row: Int32
        var window: WindowBounds
        var weight: Int64
    }

    private mutating func write(_ written: [Written], into output: ColumnBatch) {
        if written.isEmpty { return }
        tally.rowsOut &+= Int64(written.count)
        output.reserve(written.count)
        let first = output.rowCount
        rows.gather(written.map(\.row), columns: types.count, into: output)
        let bounds = (types.count..<types.count + 3).map { output.values($0, as: Int64.self) + first }
        for (index, row) in written.enumerated() {
            bounds[0][index] = row.window.start
            bounds[1][index] = row.window.end
            bounds[2][index] = row.window.end &- timeUnit
        }
        if !closes {
            let weights = output.weights() + first
            for (index, row) in written.enumerated() { weights[index] = row.weight }
        }
        output.rowCount = first + written.count
    }

    // MARK: Memory and state

    /// Lets go of rows and keys that are no longer there once they are the most.
    private mutating func compactIfNeeded() {
        guard rows.shouldCompact || marks?.shouldForget == true else { return }
        var live: [Int32] = []
        for group in sessions.indices { for session in sessions[group] { live += session.rows } }
        live.sort()
        let kept = closes ? [] : live.map { emitted[Int($0)] }
        rows.keep(live)
        emitted = kept
        marks?.forget()
        regroup()
    }

    /// Finds the sessions of the rows that are there; gives keys new numbers.
    private mutating func regroup() {
        sessions = []
        isTouched = []
        clocks = marks == nil ? [Clock()] : []
        clockOfGroup = []
        due = TimerHeap()
        var members: [[Int32]] = []
        for row in 0..<rows.count {
            let group = rows.regroup(row)
            if group == members.count {
                members.append([])
                let clock = marks.map { marks in rows.withView { marks.number(of: $0, row) } } ?? 0
                while clocks.count <= clock { clocks.append(Clock()) }
                clockOfGroup.append(clock)
            }
            members[group].append(Int32(truncatingIfNeeded: row))
        }
        for group in members.indices {
            var parts: [Session] = []
            for row in members[group].sorted(by: { (rows.time($0), $0) < (rows.time($1), $1) }) {
                let time = rows.time(row)
                if let last = parts.indices.last, end(parts[last]) >= time {
                    parts[last].last = time
                    parts[last].rows.append(row)
                } else {
                    parts.append(Session(start: time, last: time, rows: [row]))
                }
            }
            if let first = parts.first { arm(group, end(first)) }
            sessions.append(parts)
            isTouched.append(false)
        }
    }

    /// Writes watermark, counters and the rows of the open sessions in order of arrival.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        marks?.encode(to: &writer)
        var live: [Int32] = []
        for group in sessions.indices { for session in sessions[group] { live += session.rows } }
        live.sort()
        rows.encode(live, to: &writer)
        guard !closes else { return }
        for row in live {
            let window = emitted[Int(row)]
            writer.write(window != nil)
            writer.write(window?.start ?? 0)
            writer.write(window?.end ?? 0)
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        rows.clear()
        emitted = []
        touched = []
        divertedRows = []
        watermarkSoFar = noWatermark
        marks?.clear()
        shortened = []
        tally = OperatorCounters()
        regroup()
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        do {
            try marks?.restore(from: &reader)
            try rows.decode(from: &reader, time: time)
            if !closes {
                for _ in 0..<rows.count {
                    let isEmitted = try reader.readBool()
                    let start = try reader.readInteger(Int64.self)
                    let end = try reader.readInteger(Int64.self)
                    emitted.append(isEmitted ? WindowBounds(start: start, end: end) : nil)
                }
            }
        } catch {
            rows.clear()
            marks?.clear()
            emitted = []
            throw error
        }
        watermarkSoFar = watermark
        tally = counters
        regroup()
    }
}
