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
    /// Columns that come out as they came in, where every row does: they are lent on, not copied.
    var passedColumns: [PassedColumn] { get }
    /// Whether `transform` writes `positions`: where it filters, and rows have weights or watermark steps.
    var recordsPositions: Bool { get }

    /// Appends what becomes of rows `from..<to` to `output`, which has room for `to - from` rows.
    ///
    /// Strings that are made lie in the output's arena; others are those of the input, which outlives the call.
    /// - Parameter positions: receives for each row of the chunk the output's row count behind it.
    func transform(
        _ batch: BatchView, _ from: Int, _ to: Int, into output: ColumnBatch,
        _ positions: UnsafeMutablePointer<Int>, _ fault: inout Fault)
}

extension TransformProgram {
    public var passedColumns: [PassedColumn] { [] }
    public var recordsPositions: Bool { false }
}

/// An output column of a projection that is a column of its input.
public struct PassedColumn: Sendable, BitwiseCopyable {
    public var output: Int
    public var input: Int

    public init(output: Int, input: Int) {
        self.output = output
        self.input = input
    }
}

/// Filters and projects batches, a chunk at a time, so that what comes out stays in the cache.
///
/// Weights and watermark steps go with their rows. A watermark behind a row that is filtered out stands behind the last
/// row that passed.
public struct RowTransformer<Program: TransformProgram>: ~Copyable {
    /// Rows for which output is collected before it is handed on.
    @inlinable public static var chunkRows: Int { 1024 }

    public let program: Program
    public var policies: RowPolicies
    @usableFromInline var tally = OperatorCounters()
    @usableFromInline let output: ColumnBatch
    @usableFromInline let positions: UnsafeMutablePointer<Int>
    @usableFromInline let passed: UnsafeMutablePointer<PassedColumn>
    @usableFromInline let passedCount: Int
    /// The width of each output column's values, in bytes.
    @usableFromInline let strides: UnsafeMutablePointer<Int>
    /// The columns of a chunk as they are handed on.
    @usableFromInline let views: UnsafeMutablePointer<ColumnView>

    @usableFromInline let origins: RowOrigins?

    /// - Parameter origins: is told where rows come from as they are handed on, where their `positions` are recorded.
    public init(_ program: Program, policies: RowPolicies = RowPolicies(), origins: RowOrigins? = nil) {
        self.program = program
        self.origins = origins
        self.policies = policies
        let passed = program.passedColumns
        passedCount = passed.count
        self.passed = .allocate(capacity: max(passed.count, 1))
        for (index, column) in passed.enumerated() { (self.passed + index).initialize(to: column) }
        output = ColumnBatch(types: program.outputTypes, capacity: Self.chunkRows)
        positions = .allocate(capacity: Self.chunkRows)
        views = .allocate(capacity: max(output.types.count, 1))
        strides = .allocate(capacity: max(output.types.count, 1))
        for (index, type) in output.types.enumerated() { (strides + index).initialize(to: type.stride) }
    }

    deinit {
        passed.deallocate()
        strides.deallocate()
        positions.deallocate()
        views.deallocate()
    }

    public var counters: OperatorCounters { tally }

    /// Counts a row that was transformed without a batch.
    @inlinable public mutating func countRow(passes: Bool) {
        tally.rowsIn &+= 1
        tally.rowsOut &+= passes ? 1 : 0
    }

    /// Transforms a batch and hands on what comes of it, chunk by chunk.
    ///
    /// - Parameter divert: takes rows that failed, where the policy says so.
    @inlinable public mutating func process(
        _ batch: BatchView, divert: (DivertedRow) -> Void = { _ in },
        deliver: (BatchView) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        let tracks = !program.hasFilter || program.recordsPositions
        if batch.weights != nil, !tracks { throw PipelineError.retractionNotSupported(row: 0) }
        var from = 0
        var step = 0
        repeat {
            let to = min(from &+ Self.chunkRows, batch.rowCount)
            output.clear()
            output.reserve(to &- from)
            var fault = Fault()
            program.transform(batch, from, to, into: output, positions, &fault)
            var isWhole = !program.hasFilter
            if _slowPath(fault.isRaised) {
                output.clear()
                isWhole = false
                do throws(PipelineError) {
                    try transformRowByRow(batch, from, to, divert)
                } catch {
                    // The rows before the one that fails are results like any.
                    if let weights = batch.weights { copyWeights(weights + from, (error.row ?? from) &- from) }
                    if let origins {
                        origins.note(
                            first: from, count: (error.row ?? from) &- from, positions: UnsafePointer(positions))
                    }
                    if output.rowCount > 0 { try output.withView(deliver) }
                    throw error
                }
            }
            tally.rowsIn &+= Int64(to &- from)
            tally.rowsOut &+= Int64(output.rowCount)
            while step < batch.steps.count, batch.steps[step].row <= to {
                if tracks {
                    let row = batch.steps[step].row &- from
                    appendStep(batch.steps[step].watermark, behind: isWhole || row == 0 ? row : positions[row &- 1])
                }
                step &+= 1
            }
            if output.rowCount > 0 || !output.steps.isEmpty {
                if let origins {
                    origins.note(first: from, count: to &- from, positions: isWhole ? nil : UnsafePointer(positions))
                }
                if isWhole {
                    try handOn(batch, from, deliver)
                } else {
                    if let weights = batch.weights { copyWeights(weights + from, to &- from) }
                    try output.withView(deliver)
                }
            }
            from = to
        } while from < batch.rowCount
    }

    /// Lends on the whole chunk: computed columns from `output`, the others from the input itself.
    @inlinable func handOn(
        _ batch: BatchView, _ from: Int, _ deliver: (BatchView) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        let views = views
        let passed = passed
        let passedCount = passedCount
        let strides = strides
        let columnCount = output.columnCount
        try output.withView { (rows) throws(PipelineError) in
            var index = 0
            while index < columnCount {
                views[index] = rows.columns[index]
                index &+= 1
            }
            index = 0
            while index < passedCount {
                let column = passed[index]
                let input = batch.columns[column.input]
                // Sound: chunks start at multiples of 64 rows, so a validity bitmap starts at a whole word.
                views[column.output] = ColumnView(
                    values: input.values + from &* strides[column.output],
                    validity: input.validity.map { $0 + from / 64 })
                index &+= 1
            }
            try deliver(
                BatchView(
                    columns: UnsafePointer(views), rowCount: rows.rowCount, weights: batch.weights.map { $0 + from },
                    steps: rows.steps))
        }
    }

    /// Finds out which rows fail: rarely needed, so each row is a chunk of its own.
    @inlinable @inline(never) mutating func transformRowByRow(
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
                case .skip: tally.evaluationErrors += 1
                case .divert:
                    tally.evaluationErrors += 1
                    divert(DivertedRow(row: row, reason: .evaluationError, error: error))
                }
            } else if output.rowCount > before {
                for index in 0..<passedCount {
                    copy(batch.columns[passed[index].input], row, to: passed[index].output, before)
                }
            }
            positions[row - from] = output.rowCount
        }
    }

    @usableFromInline func copy(_ input: ColumnView, _ row: Int, to column: Int, _ target: Int) {
        let stride = output.types[column].stride
        if input.isValid(row) {
            (output.rawValues(column) + target * stride).copyMemory(
                from: input.values + row * stride, byteCount: stride)
        } else {
            output.setNull(column, target)
        }
    }

    @usableFromInline func copyWeights(_ weights: UnsafePointer<Int64>, _ rows: Int) {
        let target = output.weights()
        var before = 0
        for row in 0..<rows where positions[row] > before {
            target[before] = weights[row]
            before = positions[row]
        }
    }

    /// As `ColumnBatch.appendStep`, behind an earlier row than the last.
    @usableFromInline func appendStep(_ watermark: Int64, behind row: Int) {
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
    public func encode(to writer: inout StateWriter) { tally.encode(to: &writer) }

    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        tally = try OperatorCounters(from: &reader)
    }
}
