public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// EMIT EVERY: holds the changes of a result back and gives out, at each multiple of the interval of processing time, what
/// differs from what was given out before; for each key what is taken back, then what is new, keys in order of their
/// first change.
///
/// What a window's last change leaves comes out when the watermark closes the window, and everything at the end of the
/// input, whatever the clock says. What is held back and when it is due are state.
public struct PeriodicChanges {
    private let types: [PhysicalType]
    private let interval: Int64
    private let last: Int
    private var rows: KeyedRows
    /// The net weight of each row of `rows`; zero: it has been dropped.
    private var weights: [Int64] = []
    /// The rows that are held back, by the number of their key.
    private var groups: [[Int32]] = []
    /// The keys that have such rows, in order of their first change.
    private var touched: [Int] = []
    private var isTouched: [Bool] = []
    /// No window of a row that is held back ends before it.
    private var earliest = Int64.max
    private var due: Int64?
    private var watermarkSoFar = noWatermark
    private var tally = OperatorCounters()

    /// - Parameters:
    ///   - types: the input's columns; the first `columns` of them are handed on.
    ///   - keys: the columns that tell results apart.
    ///   - interval: microseconds; greater than zero.
    ///   - last: the column that holds the last time of the row's window; the last time of all where there is none.
    public init(types: [PhysicalType], columns: Int, keys: [Int], interval: Int64, last: Int) {
        self.types = Array(types.prefix(columns))
        self.interval = interval
        self.last = last
        rows = KeyedRows(types: types, keys: keys)
    }

    public var outputTypes: [PhysicalType] { types }
    public var counters: OperatorCounters { tally }

    /// Takes changes; appends those of windows that close to `output`, each watermark step behind them.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        var step = 0
        for row in 0..<batch.rowCount {
            while step < batch.steps.count, batch.steps[step].row <= row {
                raise(to: batch.steps[step].watermark, into: output)
                step += 1
            }
            tally.rowsIn &+= 1
            hold(batch, row, batch.weights?[row] ?? 1)
        }
        forgetUnchanged()
        while step < batch.steps.count {
            raise(to: batch.steps[step].watermark, into: output)
            step += 1
        }
        // A session that a deletion made shorter may have ended before the watermark.
        if earliest < watermarkSoFar { emit(through: watermarkSoFar &- 1, into: output) }
    }

    /// Raises the watermark from outside.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        raise(to: watermark, into: output)
    }

    /// Gives out what is held back if the time for it has come.
    public mutating func tick(at now: Int64, into output: ColumnBatch) throws(PipelineError) {
        if let due, now < due { return }
        if due != nil { emit(through: .max, into: output) }
        let intervals = TumblingWindows(size: interval)
        due = intervals.end(of: intervals.index(of: now))
    }

    /// When held-back changes are due.
    public var nextTimer: Int64? { weights.isEmpty ? nil : due }

    private mutating func hold(_ batch: BatchView, _ row: Int, _ weight: Int64) {
        let group = rows.group(of: batch, row)
        while groups.count <= group {
            groups.append([])
            isTouched.append(false)
        }
        if !isTouched[group] {
            isTouched[group] = true
            touched.append(group)
        }
        if let position = groups[group].firstIndex(where: { rows.isEqual($0, batch, row) }) {
            let stored = Int(groups[group][position])
            weights[stored] &+= weight
            if weights[stored] == 0 {
                rows.drop(groups[group][position])
                groups[group].remove(at: position)
            }
            return
        }
        let end = batch.columns[last].value(row, as: Int64.self)
        groups[group].append(rows.append(batch, row, end))
        weights.append(weight)
        earliest = min(earliest, end)
    }

    private mutating func raise(to watermark: Int64, into output: ColumnBatch) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        if watermark == endOfInput {
            emit(through: .max, into: output)
        } else if earliest < watermark {
            emit(through: watermark &- 1, into: output)
        }
        output.appendStep(watermark)
    }

    /// Gives out the changes of windows whose last time is no later than `bound`.
    private mutating func emit(through bound: Int64, into output: ColumnBatch) {
        var written: [Int32] = []
        for group in touched {
            let leaving = groups[group].filter { rows.time($0) <= bound }
            if leaving.isEmpty { continue }
            written += leaving.filter { weights[Int($0)] < 0 } + leaving.filter { weights[Int($0)] > 0 }
            groups[group].removeAll { rows.time($0) <= bound }
        }
        write(written, to: output)
        for row in written {
            weights[Int(row)] = 0
            rows.drop(row)
        }
        if bound == .max { return clear() }
        forgetUnchanged()
        earliest = groups.joined().map { rows.time($0) }.min() ?? .max
    }

    /// Appends rows with their weights; a row that is only added comes as often as it was.
    private mutating func write(_ written: [Int32], to output: ColumnBatch) {
        if written.isEmpty { return }
        let takesBack = written.contains { weights[Int($0)] < 0 }
        let rows = takesBack ? written : written.flatMap { Array(repeating: $0, count: Int(weights[Int($0)])) }
        output.reserve(rows.count)
        let first = output.rowCount
        self.rows.gather(rows, columns: types.count, into: output)
        if takesBack || output.hasWeights {
            let target = output.weights() + first
            for (index, row) in rows.enumerated() { target[index] = takesBack ? weights[Int(row)] : 1 }
        }
        output.rowCount = first + rows.count
        tally.rowsOut &+= Int64(rows.count)
    }

    /// Lets go of keys that are again as they were given out.
    private mutating func forgetUnchanged() {
        guard touched.contains(where: { groups[$0].isEmpty }) else { return }
        for group in touched where groups[group].isEmpty { isTouched[group] = false }
        touched.removeAll { !isTouched[$0] }
        compactIfNeeded()
    }

    private mutating func clear() {
        rows.clear()
        weights = []
        groups = []
        touched = []
        isTouched = []
        earliest = .max
    }

    /// The rows that are held back, by key in order of the first change.
    private var held: [Int32] { touched.flatMap { groups[$0] } }

    private mutating func compactIfNeeded() {
        guard rows.shouldCompact else { return }
        let live = held
        let kept = live.map { weights[Int($0)] }
        rows.keep(live)
        weights = kept
        regroup()
    }

    /// Numbers the keys of the rows that are there anew.
    private mutating func regroup() {
        groups = []
        for row in 0..<rows.count {
            let group = rows.regroup(row)
            if group == groups.count { groups.append([]) }
            groups[group].append(Int32(truncatingIfNeeded: row))
        }
        touched = Array(groups.indices)
        isTouched = groups.map { _ in true }
    }

    /// Writes the timer, watermark, counters, and the rows that are held back with their weights.
    public func encode(to writer: inout StateWriter) {
        writer.write(due != nil)
        writer.write(due ?? 0)
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        let live = held
        rows.encode(live, to: &writer)
        for row in live { writer.write(weights[Int(row)]) }
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        clear()
        let isArmed = try reader.readBool()
        let time = try reader.readInteger(Int64.self)
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        do {
            try rows.decode(from: &reader, time: last)
            for _ in 0..<rows.count { weights.append(try reader.readInteger(Int64.self)) }
        } catch {
            clear()
            throw error
        }
        regroup()
        earliest = groups.joined().map { rows.time($0) }.min() ?? .max
        due = isArmed ? time : nil
        watermarkSoFar = watermark
        tally = counters
    }
}
