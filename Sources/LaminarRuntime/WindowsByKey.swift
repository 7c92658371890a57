public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Judges the rows of windows by the watermark of their key, and gives them out when it has come far enough: firing and
/// lateness by key.
///
/// A row is judged by the watermark of its key before it. The rows of a window come out once, when it has closed; or at
/// once; or when the watermark has reached its end, and at once from then on until it closes. Rows of negative weight take
/// back a row of the same content, the last that came. Windows that one watermark makes due come out by their ends, then
/// by their first rows. The watermark behind is the source's less the idle time and `lateness`; no row that comes out lies
/// in a window that it has reached the end of.
///
/// State: the watermarks of keys, and the rows that wait.
public struct WindowsByKey {
    /// When rows that are not late come out.
    public enum Emission: Sendable {
        /// All rows of a window when it has closed.
        case onClose
        /// As they come.
        case changes
        /// All rows of a window when the watermark has reached its end, and then as they come.
        case afterEnd
    }

    private let columns: Int
    private let eventTime: Int
    private let end: Int
    private let types: [PhysicalType]
    private let lateness: Int64
    private let emission: Emission
    private let givesOutLateRows: Bool
    private let nullEventTime: RowPolicy

    private struct Window {
        var end: Int64
        var rows: [Int32]
    }

    private let marks: KeyWatermarks
    private var rows: KeyedRows
    /// By key: the windows whose rows wait, by their ends.
    private var windows: [[Window]] = []
    /// The ends of these windows; some are due already by their key's watermark.
    private var timers = TimerHeap()
    private var watermarkSoFar = noWatermark
    private var tally = OperatorCounters()
    private var divertedRows: [DivertedRow] = []

    /// - Parameters:
    ///   - types: the input's columns.
    ///   - columns: how many of them, the first, are handed on.
    ///   - eventTime: the column of the rows' times, in microseconds since the epoch.
    ///   - end: the column of the ends of their windows.
    ///   - lateness: microseconds for which a window waits behind the watermark.
    ///   - givesOutLateRows: whether nothing comes out but the rows that are late.
    public init(
        types: [PhysicalType], columns: Int, eventTime: Int, end: Int, key: WatermarkKey, lateness: Int64 = 0,
        emission: Emission = .onClose, givesOutLateRows: Bool = false, nullEventTime: RowPolicy
    ) {
        self.types = types
        self.columns = columns
        self.eventTime = eventTime
        self.end = end
        self.lateness = lateness
        self.emission = emission
        self.givesOutLateRows = givesOutLateRows
        self.nullEventTime = nullEventTime
        marks = KeyWatermarks(types: types, key: key)
        rows = KeyedRows(types: types, keys: [])
    }

    public var outputTypes: [PhysicalType] { Array(types.prefix(columns)) }
    public var counters: OperatorCounters { tally }
    /// Rows of the last push that were late, or that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// Processes a batch, weights included; appends what comes out to `output`, each watermark step behind it.
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
            if weight != 0 { take(batch, row, time, end, weight, into: output) }
        }
        while let step = steps.step(of: batch) { raise(to: step, into: output) }
        compactIfNeeded()
    }

    /// Raises the source's watermark from outside.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        raise(to: watermark, into: output)
        compactIfNeeded()
    }

    private func hasPassed(_ end: Int64, _ lateness: Int64, _ watermark: Int64) -> Bool {
        watermark == endOfInput || saturatingAdd(end, lateness) <= watermark
    }

    /// Whether the rows of a window that ends then wait no longer.
    private func isDue(_ end: Int64, _ watermark: Int64) -> Bool {
        switch emission {
        case .onClose: hasPassed(end, lateness, watermark)
        case .changes: true
        case .afterEnd: hasPassed(end, 0, watermark)
        }
    }

    private mutating func take(
        _ batch: BatchView, _ row: Int, _ time: Int64, _ end: Int64, _ weight: Int64, into output: ColumnBatch
    ) {
        let key = marks.number(of: batch, row)
        let watermark = marks.watermark(of: key)
        if hasPassed(end, lateness, watermark) {
            // Its time is too early to raise anything.
            if givesOutLateRows { return hand(on: batch, row, weight, output) }
            return count(late: row, weight)
        }
        if !givesOutLateRows {
            if isDue(end, watermark) {
                hand(on: batch, row, weight, output)
            } else if weight > 0 {
                keep(batch, row, end, key, count: weight)
            } else if !takeBack(batch, row, end, key, count: weight.magnitude) {
                count(late: row, weight)
            }
        }
        guard marks.raise(key, by: time), windows.indices.contains(key) else { return }
        let raised = marks.watermark(of: key)
        let due = windows[key].prefix { isDue($0.end, raised) }
        if due.isEmpty { return }
        windows[key].removeFirst(due.count)
        give(Array(due), into: output)
    }

    private mutating func count(late row: Int, _ weight: Int64) {
        tally.lateRows &+= Int64(clamping: weight.magnitude)
        divertedRows.append(DivertedRow(row: row, reason: .late))
    }

    private mutating func hand(on batch: BatchView, _ row: Int, _ weight: Int64, _ output: ColumnBatch) {
        tally.rowsOut &+= 1
        output.reserve(1)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { list in
            list.initialize(repeating: Int32(truncatingIfNeeded: row))
            for column in 0..<columns {
                output.gather(
                    batch.columns[column], rows: UnsafeBufferPointer(list), into: column, copiesStrings: true)
            }
        }
        if weight != 1 { output.weights()[output.rowCount] = weight }
        output.rowCount += 1
    }

    private mutating func place(_ end: Int64, _ key: Int) -> Int {
        while windows.count <= key { windows.append([]) }
        let place = windows[key].firstIndex { $0.end >= end } ?? windows[key].count
        if place == windows[key].count || windows[key][place].end != end {
            windows[key].insert(Window(end: end, rows: []), at: place)
            timers.insert(end, key)
        }
        return place
    }

    private mutating func keep(_ batch: BatchView, _ row: Int, _ end: Int64, _ key: Int, count: Int64) {
        let place = place(end, key)
        for _ in 0..<count { windows[key][place].rows.append(rows.append(batch, row, end)) }
    }

    private mutating func takeBack(_ batch: BatchView, _ row: Int, _ end: Int64, _ key: Int, count: UInt64) -> Bool {
        let place = place(end, key)
        for _ in 0..<count {
            guard let found = windows[key][place].rows.lastIndex(where: { rows.isEqual($0, batch, row) }) else {
                return false
            }
            rows.drop(windows[key][place].rows.remove(at: found))
        }
        return true
    }

    private mutating func raise(to watermark: Int64, into output: ColumnBatch) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        marks.raiseFloor(by: watermark)
        let floor = marks.floor
        var due: [Window] = []
        while let next = timers.first, isDue(next.time, floor) {
            timers.removeFirst()
            // Its key's own watermark may have made it due before.
            guard let index = windows[next.group].firstIndex(where: { $0.end == next.time }) else { continue }
            due.append(windows[next.group].remove(at: index))
        }
        due.sort { ($0.end, $0.rows.first ?? 0) < ($1.end, $1.rows.first ?? 0) }
        give(due, into: output)
        output.appendStep(watermark == endOfInput ? endOfInput : saturatingSubtract(floor, lateness))
    }

    private mutating func give(_ due: [Window], into output: ColumnBatch) {
        for window in due where !window.rows.isEmpty {
            output.reserve(window.rows.count)
            rows.gather(window.rows, columns: columns, into: output)
            output.rowCount += window.rows.count
            tally.rowsOut &+= Int64(window.rows.count)
            for row in window.rows { rows.drop(row) }
        }
    }

    // MARK: State

    /// The rows that wait, in order of arrival.
    private var waiting: [Int32] { windows.flatMap { $0.flatMap(\.rows) }.sorted() }

    private mutating func compactIfNeeded() {
        guard rows.shouldCompact || marks.shouldForget else { return }
        rows.keep(waiting)
        marks.forget()
        rebuild()
    }

    /// Makes windows and timers anew from the rows.
    private mutating func rebuild() {
        windows = []
        timers = TimerHeap()
        for row in 0..<rows.count {
            let number = Int32(truncatingIfNeeded: row)
            let key = rows.withView { marks.number(of: $0, row) }
            let place = place(rows.time(number), key)
            windows[key][place].rows.append(number)
        }
    }

    /// Writes watermarks, counters and the rows that wait, in order of arrival.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        marks.encode(to: &writer)
        rows.encode(waiting, to: &writer)
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        clear()
        do throws(StateError) {
            watermarkSoFar = try reader.readInteger(Int64.self)
            tally = try OperatorCounters(from: &reader)
            try marks.restore(from: &reader)
            try rows.decode(from: &reader, time: end)
        } catch {
            clear()
            throw error
        }
        rebuild()
    }

    private mutating func clear() {
        rows.clear()
        marks.clear()
        rebuild()
        divertedRows = []
        watermarkSoFar = noWatermark
        tally = OperatorCounters()
    }
}
