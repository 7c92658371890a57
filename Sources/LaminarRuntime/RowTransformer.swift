public import LaminarColumns
public import LaminarKernels
public import LaminarState
public import LaminarTypes

/// What a query adds to `RowTransformer`: a filter and a projection over one input, fused into one loop per chunk.
public protocol TransformProgram {
    /// The columns that come out.
    var outputTypes: [PhysicalType] { get }
    /// The fallible calls of the filter. Failures at later sites count only for rows that pass, so that a loop may
    /// evaluate the projection of every row and drop what the filter rejects without a branch.
    var filterSites: Int { get }
    /// Whether some rows do not come out.
    var hasFilter: Bool { get }

    /// Appends what becomes of rows `from..<to` to `output`, which has room for `to - from` rows.
    ///
    /// Strings that are made lie in the output's arena; others are those of the input, which outlives the call.
    /// - Parameter positions: receives for each row of the chunk the output's row count behind it, if it may filter.
    func transform(
        _ batch: BatchView, _ from: Int, _ to: Int, into output: ColumnBatch,
        _ positions: UnsafeMutablePointer<Int>, _ fault: inout Fault)
}

/// Filters and projects batches, a chunk at a time, so that what comes out stays in the cache.
///
/// Weights and watermark steps go with their rows. A watermark behind a row that is filtered out stands behind the last
/// row that passed.
public struct RowTransformer<Program: TransformProgram>: ~Copyable {
    /// Rows for which output is collected before it is handed on.
    public static var chunkRows: Int { 1024 }

    public let program: Program
    public var policies: RowPolicies
    public private(set) var counters = OperatorCounters()
    private let output: ColumnBatch
    private let positions: UnsafeMutablePointer<Int>

    public init(_ program: Program, policies: RowPolicies = RowPolicies()) {
        self.program = program
        self.policies = policies
        output = ColumnBatch(types: program.outputTypes, capacity: Self.chunkRows)
        positions = .allocate(capacity: Self.chunkRows)
    }

    deinit { positions.deallocate() }

    /// Transforms a batch and hands on what comes of it, chunk by chunk.
    ///
    /// - Parameter divert: takes rows that failed, where the policy says so.
    public mutating func process(
        _ batch: BatchView, divert: (DivertedRow) -> Void = { _ in },
        deliver: (BatchView) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        var from = 0
        var step = 0
        repeat {
            let to = min(from + Self.chunkRows, batch.rowCount)
            output.clear()
            output.reserve(to - from)
            var fault = Fault()
            program.transform(batch, from, to, into: output, positions, &fault)
            if _slowPath(fault.isRaised) {
                output.clear()
                do throws(PipelineError) {
                    try transformRowByRow(batch, from, to, divert)
                } catch {
                    // The rows before the one that fails are results like any.
                    if let weights = batch.weights { copyWeights(weights + from, (error.row ?? from) - from) }
                    if output.rowCount > 0 { try output.withView(deliver) }
                    throw error
                }
            } else if !program.hasFilter, batch.weights != nil || !batch.steps.isEmpty {
                for row in 0..<(to - from) { positions[row] = row + 1 }
            }
            counters.rowsIn += Int64(to - from)
            counters.rowsOut += Int64(output.rowCount)
            if let weights = batch.weights { copyWeights(weights + from, to - from) }
            while step < batch.steps.count, batch.steps[step].row <= to {
                let row = batch.steps[step].row - from
                appendStep(batch.steps[step].watermark, behind: row == 0 ? 0 : positions[row - 1])
                step += 1
            }
            if output.rowCount > 0 || !output.steps.isEmpty { try output.withView(deliver) }
            from = to
        } while from < batch.rowCount
    }

    /// Finds out which rows fail: rarely needed, so each row is a chunk of its own.
    @inline(never) private mutating func transformRowByRow(
        _ batch: BatchView, _ from: Int, _ to: Int, _ divert: (DivertedRow) -> Void
    ) throws(PipelineError) {
        let sitesOfFilter: UInt64 = program.filterSites >= 64 ? ~0 : (1 << UInt64(program.filterSites)) - 1
        for row in from..<to {
            let before = output.rowCount
            var fault = Fault()
            program.transform(batch, row, row + 1, into: output, positions + (row - from), &fault)
            if output.rowCount == before { fault.sites &= sitesOfFilter }
            if fault.isRaised {
                output.rowCount = before
                let error = PipelineError(fault, row: row)
                switch policies.evaluationError {
                case .fail: throw error
                case .skip: counters.evaluationErrors += 1
                case .divert:
                    counters.evaluationErrors += 1
                    divert(DivertedRow(row: row, reason: .evaluationError, error: error))
                }
            }
            positions[row - from] = output.rowCount
        }
    }

    private func copyWeights(_ weights: UnsafePointer<Int64>, _ rows: Int) {
        let target = output.weights()
        var before = 0
        for row in 0..<rows where positions[row] > before {
            target[before] = weights[row]
            before = positions[row]
        }
    }

    /// As `ColumnBatch.appendStep`, behind an earlier row than the last.
    private func appendStep(_ watermark: Int64, behind row: Int) {
        if let last = output.steps.last {
            if watermark <= last.watermark { return }
            if last.row == row {
                output.steps[output.steps.count - 1].watermark = watermark
                return
            }
        }
        output.steps.append(WatermarkStep(row: row, watermark: watermark))
    }
}

extension RowTransformer {
    public func encode(to writer: inout StateWriter) { counters.encode(to: &writer) }

    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        counters = try OperatorCounters(from: &reader)
    }
}
