public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Holds rows back until the watermark has passed their event time, and gives them out in its order, ties in an order of
/// their own and then by arrival: EMIT ON WINDOW CLOSE of a query without windows, ORDER BY into a sink.
///
/// A row is late if its time, with `lateness` added, lies before the watermark of the rows before it. Rows of negative
/// weight take back a row of the same content that has not come out; what comes out is never taken back.
public struct EventTimeOrder {
    public let lateness: Int64
    private let types: [PhysicalType]
    private let time: Int
    private let ties: [PartitionedOver.Order]
    private let nullEventTime: RowPolicy
    private var rows: KeyedRows
    /// The rows that wait, by time; a row that was taken back keeps its timer.
    private var timers = TimerHeap()
    private var isWaiting: [Bool] = []
    /// The rows that wait by the number of their content, in order of arrival; nil until a row is taken back.
    private var byContent: [[Int32]]?
    private var watermarkSoFar = noWatermark
    private var tally = OperatorCounters()
    private var divertedRows: [DivertedRow] = []

    /// - Parameters:
    ///   - types: the columns.
    ///   - time: the column of event times, in microseconds since the epoch.
    ///   - ties: the order of rows of one time, before their arrival decides.
    public init(
        types: [PhysicalType], time: Int, lateness: Int64 = 0, ties: [PartitionedOver.Order] = [],
        nullEventTime: RowPolicy
    ) {
        self.types = types
        self.time = time
        self.lateness = lateness
        self.ties = ties
        self.nullEventTime = nullEventTime
        rows = KeyedRows(types: types, keys: Array(types.indices))
    }

    public var outputTypes: [PhysicalType] { types }
    public var counters: OperatorCounters { tally }
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// Processes a batch; appends what comes out to `output`, each watermark step behind it.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        var steps = StepCursor()
        for row in 0..<batch.rowCount {
            while let step = steps.step(of: batch, before: row) { raise(to: step, into: output) }
            tally.rowsIn &+= 1
            guard let time = batch.columns[time].optional(row, as: Int64.self) else {
                let error = PipelineError.nullEventTime(row: row)
                if nullEventTime == .fail { throw error }
                tally.nullEventTimes &+= 1
                if nullEventTime == .divert {
                    divertedRows.append(DivertedRow(row: row, reason: .nullEventTime, error: error))
                }
                continue
            }
            let weight = batch.weights?[row] ?? 1
            if hasPassed(time) {
                tally.lateRows &+= 1
                divertedRows.append(DivertedRow(row: row, reason: .late))
            } else if weight > 0 {
                for _ in 0..<weight { hold(batch, row, time) }
            } else {
                for _ in 0..<(-weight) { remove(batch, row) }
            }
        }
        while let step = steps.step(of: batch) { raise(to: step, into: output) }
        compactIfNeeded()
    }

    /// Raises the watermark from outside.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        raise(to: watermark, into: output)
        compactIfNeeded()
    }

    /// Whether no row of this time may come any more.
    private func hasPassed(_ time: Int64) -> Bool {
        watermarkSoFar == endOfInput || saturatingAdd(time, lateness) < watermarkSoFar
    }

    private mutating func hold(_ batch: BatchView, _ row: Int, _ time: Int64) {
        let number = rows.append(batch, row, time)
        timers.insert(time, Int(number))
        isWaiting.append(true)
        if byContent != nil { index(number, group: rows.group(of: batch, row)) }
    }

    private mutating func remove(_ batch: BatchView, _ row: Int) {
        if byContent == nil {
            byContent = []
            for row in waiting { index(row, group: rows.regroup(Int(row))) }
        }
        let group = rows.group(of: batch, row)
        if group < (byContent?.count ?? 0), let content = byContent?[group] {
            // Equal decimals of other scales are one content, but not the same row.
            let position = content.lastIndex { isWaiting[Int($0)] && rows.isEqual($0, batch, row) }
            if let position {
                let number = content[position]
                byContent?[group].remove(at: position)
                isWaiting[Int(number)] = false
                rows.drop(number)
                return
            }
            byContent?[group].removeAll { !isWaiting[Int($0)] }
        }
        tally.lateRows &+= 1
        divertedRows.append(DivertedRow(row: row, reason: .late))
    }

    private mutating func index(_ row: Int32, group: Int) {
        while let count = byContent?.count, count <= group { byContent?.append([]) }
        byContent?[group].append(row)
    }

    private mutating func raise(to watermark: Int64, into output: ColumnBatch) {
        if watermark <= watermarkSoFar { return }
        watermarkSoFar = watermark
        var passed: [Int32] = []
        while let next = timers.first, hasPassed(next.time) {
            timers.removeFirst()
            guard isWaiting[next.group] else { continue }
            isWaiting[next.group] = false
            let row = Int32(truncatingIfNeeded: next.group)
            passed.append(row)
            rows.drop(row)
        }
        if !ties.isEmpty {
            passed.sort { a, b in
                let (first, second) = (rows.time(a), rows.time(b))
                if first != second { return first < second }
                let order = rows.compare(a, b, by: ties)
                return order == 0 ? a < b : order < 0
            }
        }
        if !passed.isEmpty {
            output.reserve(passed.count)
            rows.gather(passed, columns: types.count, into: output)
            output.rowCount += passed.count
            tally.rowsOut &+= Int64(passed.count)
        }
        output.appendStep(watermark == endOfInput ? endOfInput : saturatingSubtract(watermark, lateness))
    }

    private var waiting: [Int32] {
        isWaiting.indices.filter { isWaiting[$0] }.map { Int32(truncatingIfNeeded: $0) }
    }

    private mutating func compactIfNeeded() {
        guard rows.shouldCompact else { return }
        rows.keep(waiting)
        restart()
    }

    /// Gives every row that is kept a timer.
    private mutating func restart() {
        isWaiting = Array(repeating: true, count: rows.count)
        byContent = nil
        timers = TimerHeap()
        for row in isWaiting.indices { timers.insert(rows.time(Int32(truncatingIfNeeded: row)), row) }
    }

    /// Writes watermark, counters and the rows that wait, in order of arrival.
    public func encode(to writer: inout StateWriter) {
        writer.write(watermarkSoFar)
        tally.encode(to: &writer)
        rows.encode(waiting, to: &writer)
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        rows.clear()
        restart()
        divertedRows = []
        watermarkSoFar = noWatermark
        tally = OperatorCounters()
        let watermark = try reader.readInteger(Int64.self)
        let counters = try OperatorCounters(from: &reader)
        do {
            try rows.decode(from: &reader, time: time)
        } catch {
            rows.clear()
            throw error
        }
        watermarkSoFar = watermark
        tally = counters
        restart()
    }
}
