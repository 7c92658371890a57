public import LaminarColumns
public import LaminarState
public import LaminarTypes

/// Keeps the last row of each key and gives out what changes: how rows that arrive by key become a changelog.
///
/// What comes out is always a changelog in which each key has at most one row: the old form with weight −1 right before
/// the new one with +1, nothing where a row equals the one that is there. A row is found in constant time; rows that are
/// gone are freed when they are most of what is kept.
public struct ChangesByKey {
    public enum Input: UInt8, Sendable {
        /// A row takes the place of the one with its key; of a row that is taken back only the key counts, and one that
        /// is not there is counted and changes nothing.
        case upserts
        /// Each row is taken back as it was before another of its key comes; what contradicts that fails.
        case changes
    }

    private let input: Input
    private let types: [PhysicalType]
    private let policy: RowPolicy
    private var rows: KeyedRows
    /// The row of each key by the key's number, -1 where there is none.
    private var current: [Int32] = []
    private var watermark = PassedWatermark()
    private var tally = OperatorCounters()
    private var divertedRows: [DivertedRow] = []

    /// - Parameters:
    ///   - types: the columns.
    ///   - key: the columns that identify a row; NULLs are equal.
    ///   - policy: for rows that contradict what is there.
    public init(types: [PhysicalType], key: [Int], input: Input, policy: RowPolicy = .fail) {
        self.types = types
        self.input = input
        self.policy = policy
        rows = KeyedRows(types: types, keys: key)
    }

    public var outputTypes: [PhysicalType] { types }
    public var counters: OperatorCounters { tally }
    /// Rows of the last push that a policy of `.divert` kept out, in order.
    public var diverted: [DivertedRow] { divertedRows }

    /// Takes a batch, weights included, and appends the changes to `output`, its watermark steps between them.
    public mutating func push(_ batch: BatchView, into output: ColumnBatch) throws(PipelineError) {
        divertedRows.removeAll(keepingCapacity: true)
        var steps = StepCursor()
        for row in 0..<batch.rowCount {
            while let step = steps.step(of: batch, before: row) { watermark.pass(step, behind: output.rowCount, output) }
            tally.rowsIn &+= 1
            let weight = batch.weights?[row] ?? 1
            if weight == 0 { continue }
            let group = rows.group(of: batch, row)
            while current.count <= group { current.append(-1) }
            if let error = weight > 0 ? insert(batch, row, group, output) : remove(batch, row, group, output) {
                if policy == .fail { throw error }
                tally.evaluationErrors &+= 1
                if policy == .divert {
                    divertedRows.append(DivertedRow(row: row, reason: .evaluationError, error: error))
                }
            }
        }
        compactIfNeeded()
        while let step = steps.step(of: batch) { watermark.pass(step, behind: output.rowCount, output) }
    }

    /// Hands a watermark on.
    public mutating func advance(to watermark: Int64, into output: ColumnBatch) throws(PipelineError) {
        self.watermark.pass(watermark, behind: output.rowCount, output)
    }

    private mutating func insert(
        _ batch: BatchView, _ row: Int, _ group: Int, _ output: ColumnBatch
    ) -> PipelineError? {
        let old = current[group]
        if old >= 0 {
            if input == .changes {
                return PipelineError(
                    sqlState: "23505", message: "a row with this key is there already and was not taken back", row: row)
            }
            if rows.isEqual(old, batch, row) { return nil }
            emit(old, weight: -1, output)
            rows.drop(old)
        }
        let new = rows.append(batch, row, 0)
        current[group] = new
        emit(new, weight: 1, output)
        return nil
    }

    private mutating func remove(
        _ batch: BatchView, _ row: Int, _ group: Int, _ output: ColumnBatch
    ) -> PipelineError? {
        let old = current[group]
        guard old >= 0, input == .upserts || rows.isEqual(old, batch, row) else {
            tally.unmatchedRetractions &+= 1
            if input == .upserts { return nil }
            return PipelineError(
                sqlState: "02000",
                message: old < 0
                    ? "a row is taken back that is not there" : "a row is taken back in a form that it does not have",
                row: row)
        }
        emit(old, weight: -1, output)
        rows.drop(old)
        current[group] = -1
        return nil
    }

    private mutating func emit(_ row: Int32, weight: Int64, _ output: ColumnBatch) {
        output.reserve(1)
        rows.gather([row], columns: types.count, into: output)
        output.weights()[output.rowCount] = weight
        output.rowCount += 1
        tally.rowsOut &+= 1
    }

    private mutating func compactIfNeeded() {
        guard rows.shouldCompact else { return }
        rows.keep(current.filter { $0 >= 0 }.sorted())
        regroup()
    }

    /// Numbers the keys of the rows that are kept anew.
    private mutating func regroup() {
        current = []
        for row in 0..<rows.count {
            let group = rows.regroup(row)
            while current.count <= group { current.append(-1) }
            current[group] = Int32(truncatingIfNeeded: row)
        }
    }

    /// Writes watermark, counters and the rows, in the order in which they came.
    public func encode(to writer: inout StateWriter) {
        watermark.encode(to: &writer)
        tally.encode(to: &writer)
        rows.encode(current.filter { $0 >= 0 }.sorted(), to: &writer)
    }

    /// Replaces all state by what `encode` wrote. After an error the operator is empty.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        rows.clear()
        current = []
        divertedRows = []
        self.watermark = PassedWatermark()
        tally = OperatorCounters()
        var watermark = PassedWatermark()
        try watermark.restore(from: &reader)
        let counters = try OperatorCounters(from: &reader)
        do {
            try rows.decode(from: &reader, time: nil)
        } catch {
            rows.clear()
            throw error
        }
        self.watermark = watermark
        tally = counters
        regroup()
    }
}
