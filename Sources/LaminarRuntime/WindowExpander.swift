public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Gives each row to each of its windows: a row comes out once for each window that contains its time, its columns
/// followed by the window's start, end and last time. Weights are kept; watermarks pass unchanged.
///
/// Windows of a row come in order of their ends. A row whose time lies in a gap between windows comes out of none.
public struct WindowExpander {
    /// Which windows contain a time, in microseconds since the epoch.
    public enum Windows: Sendable, Equatable {
        /// `[n × slide + offset, n × slide + offset + size)`
        case hopping(size: Int64, slide: Int64, offset: Int64)
        /// From each `n × size + offset`, of one step, of two, and so on up to `size`.
        case cumulating(size: Int64, step: Int64, offset: Int64)
    }

    private let windows: Windows
    /// The starts of hopping windows, or of the longest cumulating ones.
    private let starts: TumblingWindows
    private let types: [PhysicalType]
    private let columns: Int
    private let time: Int
    private let timeUnit: Int64
    private let nullEventTime: RowPolicy?
    private var tally = OperatorCounters()
    private var divertedRows: [DivertedRow] = []
    /// The input's row of each row of the output.
    private var rows: [Int32] = []
    private var starting: [Int64] = []
    private var ending: [Int64] = []
    private var watermark = PassedWatermark()

    /// - Parameters:
    ///   - types: the columns that are handed on, which the input has first.
    ///   - time: the input's column of times.
    ///   - timeUnit: how far a window's last time lies before its end, in microseconds.
    ///   - nullEventTime: what becomes of a row without a time; nil: it is in no window, which is nothing to count.
    public init(
        _ windows: Windows, types: [PhysicalType], time: Int, timeUnit: Int64 = 1, nullEventTime: RowPolicy?
    ) {
        self.windows = windows
        self.types = types
        columns = types.count
        self.time = time
        self.timeUnit = timeUnit
        self.nullEventTime = nullEventTime
        switch windows {
        case .hopping(_, let slide, let offset): starts = TumblingWindows(size: slide, offset: offset)
        case .cumulating(let size, _, let offset): starts = TumblingWindows(size: size, offset: offset)
        }
    }

    /// The columns of the output.
    public var outputTypes: [PhysicalType] { types + [.int64, .int64, .int64] }
    public var counters: OperatorCounters { tally }
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// The input's row, counted in its batch, from which a row of the last push's output was made.
    public func inputRow(of row: Int) -> Int? { rows.indices.contains(row) ? Int(rows[row]) : nil }

    /// Appends the rows of a batch to `output`, once for each of their windows, with the batch's watermark steps.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        if !divertedRows.isEmpty { divertedRows.removeAll(keepingCapacity: true) }
        rows.removeAll(keepingCapacity: true)
        starting.removeAll(keepingCapacity: true)
        ending.removeAll(keepingCapacity: true)
        let first = output.rowCount
        var failure: PipelineError?
        let times = batch.columns[time]
        var steps = StepCursor()
        for row in 0..<batch.rowCount {
            while let step = steps.step(of: batch, before: row) {
                watermark.pass(step, behind: first + rows.count, output)
            }
            tally.rowsIn &+= 1
            if let time = times.optional(row, as: Int64.self) {
                assign(time, Int32(truncatingIfNeeded: row))
            } else if let nullEventTime {
                tally.nullEventTimes &+= 1
                let error = PipelineError.nullEventTime(row: row)
                if nullEventTime == .fail {
                    failure = error
                    break
                }
                if nullEventTime == .divert {
                    divertedRows.append(DivertedRow(row: row, reason: .nullEventTime, error: error))
                }
            }
        }
        if failure == nil {
            while let step = steps.step(of: batch) { watermark.pass(step, behind: first + rows.count, output) }
        }
        write(batch, output)
        if let failure { throw failure }
    }

    /// Hands a watermark on.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        self.watermark.pass(watermark, behind: output.rowCount, output)
    }

    /// Notes the windows of a row.
    private mutating func assign(_ time: Int64, _ row: Int32) {
        let last = starts.exactStart(Int128(starts.index(of: time)))
        switch windows {
        case .hopping(let size, let slide, _):
            // The first window that has not ended by the time: the last start less as many slides as fit into its reach.
            let reach = Int128(time) - last
            if reach >= Int128(size) { return }
            var start = last - (Int128(size) - 1 - reach) / Int128(slide) * Int128(slide)
            while start <= last {
                append(row, start, start + Int128(size))
                start += Int128(slide)
            }
        case .cumulating(let size, let step, _):
            var end = last + ((Int128(time) - last) / Int128(step) + 1) * Int128(step)
            while end <= last + Int128(size) {
                append(row, last, end)
                end += Int128(step)
            }
        }
    }

    private mutating func append(_ row: Int32, _ start: Int128, _ end: Int128) {
        rows.append(row)
        starting.append(Int64(clamping: start))
        ending.append(Int64(clamping: end))
    }

    private mutating func write(_ batch: BatchView, _ output: ColumnBatch) {
        let count = rows.count
        tally.rowsOut &+= Int64(count)
        output.reserve(count)
        let first = output.rowCount
        rows.withUnsafeBufferPointer { rows in
            for column in 0..<columns {
                output.gather(batch.columns[column], rows: rows, into: column, copiesStrings: true)
            }
        }
        let bounds = (columns..<columns + 3).map { output.values($0, as: Int64.self) + first }
        for index in 0..<count {
            bounds[0][index] = starting[index]
            bounds[1][index] = ending[index]
            bounds[2][index] = ending[index] &- timeUnit
        }
        if let weights = batch.weights {
            let target = output.weights() + first
            for (index, row) in rows.enumerated() { target[index] = weights[Int(row)] }
        }
        output.rowCount = first + count
    }

    /// Writes the counters and the watermark.
    public func encode(to writer: inout StateWriter) {
        tally.encode(to: &writer)
        watermark.encode(to: &writer)
    }

    /// Replaces all state by what `encode` wrote.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        tally = try OperatorCounters(from: &reader)
        try watermark.restore(from: &reader)
        divertedRows = []
        rows = []
    }
}
