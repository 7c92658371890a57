public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Keeps the rows of windows until the watermark of their key has passed the window's end, and gives out all rows of a
/// window at once: firing and lateness by key.
///
/// The watermark of a key is the greatest candidate of its rows so far, `delay` behind their times, and at least the
/// source's watermark less `idle`, so that a silent key does not wait for ever. A row is judged by the watermark of its key
/// before it. Windows that one watermark closes come out by their ends, then by their first rows. The watermark behind is
/// the source's less `idle` and `lateness`, below which no row comes out.
///
/// State: the rows of the open windows, and one row of each key whose watermark is ahead of what the source's gives it.
public struct WindowsByKey {
    private let columns: Int
    private let eventTime: Int
    private let end: Int
    private let types: [PhysicalType]
    private let lateness: Int64
    private let idle: Int64
    private let delay: Int64
    private let nullEventTime: RowPolicy

    private struct Window {
        var end: Int64
        var rows: [Int32]
    }

    private struct Key {
        var watermark = noWatermark
        /// The latest row, which stays while the watermark is of use.
        var anchor: Int32 = -1
        /// The open windows, by their ends.
        var windows: [Window] = []
    }

    private var rows: KeyedRows
    private var isOpen: [Bool] = []
    private var keys: [Key] = []
    /// The ends of the open windows; some have closed already by their key's watermark.
    private var timers = TimerHeap()
    private var watermarkSoFar = noWatermark
    private var tally = OperatorCounters()
    private var divertedRows: [DivertedRow] = []

    /// - Parameters:
    ///   - types: the input's columns.
    ///   - columns: how many of them, the first, are handed on.
    ///   - eventTime: the column of the rows' times, in microseconds since the epoch.
    ///   - end: the column of the ends of their windows.
    public init(
        types: [PhysicalType], columns: Int, eventTime: Int, end: Int, keys: [Int], lateness: Int64, idle: Int64,
        delay: Int64, nullEventTime: RowPolicy
    ) {
        self.types = types
        self.columns = columns
        self.eventTime = eventTime
        self.end = end
        self.lateness = lateness
        self.idle = idle
        self.delay = delay
        self.nullEventTime = nullEventTime
        rows = KeyedRows(types: types, keys: keys)
    }

    public var outputTypes: [PhysicalType] { Array(types.prefix(columns)) }
    public var counters: OperatorCounters { tally }
    /// Rows of the last push that were late, or that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// Processes a batch of insertions; appends the rows of windows that close to `output`, each watermark step behind them.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        var steps = StepCursor()
        for row in 0..<batch.rowCount {
            while let step = steps.step(of: batch, before: row) { raise(to: step, into: output) }
            tally.rowsIn &+= 1
            guard let time = batch.columns[eventTime].optional(row, as: Int64.self),
                let end = batch.columns[end].optional(row, as: Int64.self)
            else {
                let error = PipelineError.nullEventTime(row: row)
                if nullEventTime == .fail { throw error }
                tally.nullEventTimes &+= 1
                if nullEventTime == .divert {
                    divertedRows.append(DivertedRow(row: row, reason: .nullEventTime, error: error))
                }
                continue
            }
            let weight = batch.weights?[row] ?? 1
            if weight < 0 { throw PipelineError.retractionNotSupported(row: row) }
            if weight > 0 { insert(batch, row, time, end, weight, into: output) }
        }
        while let step = steps.step(of: batch) { raise(to: step, into: output) }
        compactIfNeeded()
    }

    /// Raises the source's watermark from outside.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        raise(to: watermark, into: output)
        compactIfNeeded()
    }

    /// What the source's watermark gives every key.
    private var floor: Int64 {
        watermarkSoFar == endOfInput ? endOfInput : saturatingSubtract(watermarkSoFar, idle)
    }

    private func hasClosed(_ end: Int64, _ watermark: Int64) -> Bool {
        watermark == endOfInput || saturatingAdd(end, lateness) <= watermark
    }

    private mutating func insert(
        _ batch: BatchView, _ row: Int, _ time: Int64, _ end: Int64, _ weight: Int64, into output: ColumnBatch
    ) {
        let key = rows.group(of: batch, row)
        if key == keys.count { keys.append(Key()) }
        if hasClosed(end, max(keys[key].watermark, floor)) {
            // Its time is too early to raise anything.
            tally.lateRows &+= weight
            divertedRows.append(DivertedRow(row: row, reason: .late))
            return
        }
        let place = keys[key].windows.firstIndex { $0.end >= end } ?? keys[key].windows.count
        if place == keys[key].windows.count || keys[key].windows[place].end != end {
            keys[key].windows.insert(Window(end: end, rows: []), at: place)
            timers.insert(end, key)
        }
        for _ in 0..<weight {
            let number = rows.append(batch, row, end)
            isOpen.append(true)
            keys[key].anchor = number
            keys[key].windows[place].rows.append(number)
        }
        raise(key, time, into: output)
    }

    /// Raises a key's watermark by a row's time.
    private mutating func raise(_ key: Int, _ time: Int64, into output: ColumnBatch) {
        // Rows do not end an input.
        let candidate = min(saturatingSubtract(time, delay), endOfInput &- 1)
        if candidate <= keys[key].watermark { return }
        keys[key].watermark = candidate
        let count = keys[key].windows.prefix { hasClosed($0.end, candidate) }.count
        if count == 0 { return }
        let closed = Array(keys[key].windows.prefix(count))
        keys[key].windows.removeFirst(count)
        give(closed, into: output)
    }

    private mutating func raise(to watermark: Int64, into output: ColumnBatch) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        let floor = floor
        var closed: [Window] = []
        while let next = timers.first, hasClosed(next.time, floor) {
            timers.removeFirst()
            // Its key's own watermark may have closed it before.
            guard let index = keys[next.group].windows.firstIndex(where: { $0.end == next.time }) else { continue }
            closed.append(keys[next.group].windows.remove(at: index))
        }
        closed.sort { ($0.end, $0.rows.first ?? 0) < ($1.end, $1.rows.first ?? 0) }
        give(closed, into: output)
        output.appendStep(watermark == endOfInput ? endOfInput : saturatingSubtract(floor, lateness))
    }

    private mutating func give(_ closed: [Window], into output: ColumnBatch) {
        for window in closed {
            output.reserve(window.rows.count)
            rows.gather(window.rows, columns: columns, into: output)
            output.rowCount += window.rows.count
            tally.rowsOut &+= Int64(window.rows.count)
            for row in window.rows {
                isOpen[Int(row)] = false
                rows.drop(row)
            }
        }
    }

    // MARK: State

    /// The rows of open windows, and the latest of each key whose watermark the source's does not give it anyway.
    private var kept: [Int32] {
        var isKept = isOpen
        for key in keys where key.anchor >= 0 && key.watermark > floor { isKept[Int(key.anchor)] = true }
        return isKept.indices.filter { isKept[$0] }.map { Int32(truncatingIfNeeded: $0) }
    }

    /// For each row that is kept, whether its window is open and, if it is the latest of its key, the key's watermark.
    private func marks(_ kept: [Int32]) -> [(isOpen: Bool, watermark: Int64?)] {
        var watermarks: [Int32: Int64] = [:]
        for key in keys where key.anchor >= 0 { watermarks[key.anchor] = key.watermark }
        return kept.map { (isOpen[Int($0)], watermarks[$0]) }
    }

    private mutating func compactIfNeeded() {
        guard rows.shouldCompact else { return }
        let kept = kept
        let marks = marks(kept)
        rows.keep(kept)
        rebuild(marks)
    }

    /// Makes keys, windows and timers anew from the rows and what is known of each.
    private mutating func rebuild(_ marks: [(isOpen: Bool, watermark: Int64?)]) {
        keys = []
        timers = TimerHeap()
        isOpen = marks.map(\.isOpen)
        for (row, mark) in marks.enumerated() {
            let key = rows.regroup(row)
            if key == keys.count { keys.append(Key()) }
            let number = Int32(truncatingIfNeeded: row)
            keys[key].anchor = number
            if let watermark = mark.watermark { keys[key].watermark = watermark }
            guard mark.isOpen else { continue }
            let end = rows.time(number)
            let place = keys[key].windows.firstIndex { $0.end >= end } ?? keys[key].windows.count
            if place == keys[key].windows.count || keys[key].windows[place].end != end {
                keys[key].windows.insert(Window(end: end, rows: []), at: place)
                timers.insert(end, key)
            }
            keys[key].windows[place].rows.append(number)
        }
    }

    /// Writes watermarks, counters and the rows that are kept, in order of arrival.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        let kept = kept
        rows.encode(kept, to: &writer)
        for mark in marks(kept) {
            writer.write(mark.isOpen)
            writer.write(mark.watermark != nil)
            writer.write(mark.watermark ?? 0)
        }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        rows.clear()
        rebuild([])
        divertedRows = []
        watermarkSoFar = noWatermark
        tally = OperatorCounters()
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        do {
            try rows.decode(from: &reader, time: end)
            var marks: [(isOpen: Bool, watermark: Int64?)] = []
            for _ in 0..<rows.count {
                let isOpen = try reader.readBool()
                let isLatest = try reader.readBool()
                let time = try reader.readInteger(Int64.self)
                marks.append((isOpen, isLatest ? time : nil))
            }
            rebuild(marks)
        } catch {
            rows.clear()
            rebuild([])
            throw error
        }
        watermarkSoFar = watermark
        tally = counters
    }
}
