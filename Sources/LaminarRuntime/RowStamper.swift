public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Puts what only the running pipeline knows behind the columns of each row: the processing time, and the watermark of the
/// rows before it.
///
/// Where windows over processing time follow, it also makes the clock their watermark: no row of an earlier processing time
/// can come, so its steps take the place of the input's.
public struct RowStamper {
    private let columns: [Int]
    private let processingTime: Bool
    private let watermark: Bool
    private let windows: TumblingWindows?
    private let gap: Int64?
    private let types: [PhysicalType]
    private var now = noWatermark
    private var watermarkSoFar = noWatermark
    private var tally = OperatorCounters()

    /// - Parameters:
    ///   - types: the input's columns.
    ///   - columns: which of them are handed on.
    ///   - processingTime: whether a column of the processing time follows.
    ///   - watermark: whether a column of the watermark follows, NULL before there is one.
    ///   - windows: the windows of processing time that follow, if any; `.sessions` with a `gap`.
    public init(
        types: [PhysicalType], columns: [Int], processingTime: Bool, watermark: Bool, windows: TumblingWindows? = nil,
        gap: Int64? = nil
    ) {
        self.columns = columns
        self.processingTime = processingTime
        self.watermark = watermark
        self.windows = windows
        self.gap = gap
        self.types = columns.map { types[$0] } + (processingTime ? [.int64] : []) + (watermark ? [.int64] : [])
    }

    /// The columns of the output.
    public var outputTypes: [PhysicalType] { types }
    public var counters: OperatorCounters { tally }

    /// Appends the rows of a batch to an empty `output`, which borrows the batch's strings.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        let count = batch.rowCount
        tally.rowsIn &+= Int64(count)
        tally.rowsOut &+= Int64(count)
        output.reserve(count)
        for (target, column) in columns.enumerated() {
            let input = batch.columns[column]
            output.rawValues(target).copyMemory(from: input.values, byteCount: count * types[target].stride)
            guard input.validity != nil else { continue }
            for row in 0..<count where !input.isValid(row) { output.setNull(target, row) }
        }
        var column = columns.count
        if processingTime {
            output.values(column, as: Int64.self).update(repeating: now, count: count)
            column += 1
        }
        var step = 0
        for row in 0...count {
            while step < batch.steps.count, row == count || batch.steps[step].row <= row {
                if windows == nil, batch.steps[step].watermark > watermarkSoFar {
                    output.rowCount = row
                    output.appendStep(batch.steps[step].watermark)
                }
                watermarkSoFar = max(watermarkSoFar, batch.steps[step].watermark)
                step += 1
            }
            guard watermark, row < count else { continue }
            if watermarkSoFar == noWatermark {
                output.setNull(column, row)
            } else {
                output.values(column, as: Int64.self)[row] = watermarkSoFar
            }
        }
        output.rowCount = count
        if let weights = batch.weights { output.weights().update(from: weights, count: count) }
    }

    /// Hands a watermark on; where the clock is the watermark, only the end of the input.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        watermarkSoFar = max(watermarkSoFar, watermark)
        if windows == nil || watermark == endOfInput { output.appendStep(watermark) }
    }

    /// Takes note of the time, which is a watermark for windows of processing time.
    public mutating func tick(at now: Int64, into output: ColumnBatch) throws(PipelineError) {
        if now <= self.now { return }
        self.now = now
        // Rows exactly a gap apart are one session, so one that ends now may still have a row.
        if windows != nil { output.appendStep(gap == nil ? now : now &- 1) }
    }

    /// When the clock next closes a window that may have rows.
    public var nextTimer: Int64? {
        guard let windows, now != noWatermark else { return nil }
        // A session may close at any time; ten looks a gap find it soon enough.
        if let gap { return saturatingAdd(now, max(gap / 10, 1000)) }
        return windows.end(of: windows.index(of: now))
    }

    public func encode(to writer: inout StateWriter) {
        tally.encode(to: &writer)
        writer.write(now)
        writer.write(watermarkSoFar)
    }

    /// Replaces all state by what `encode` wrote.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        tally = try OperatorCounters(from: &reader)
        now = try reader.readInteger(Int64.self)
        watermarkSoFar = try reader.readInteger(Int64.self)
    }
}
