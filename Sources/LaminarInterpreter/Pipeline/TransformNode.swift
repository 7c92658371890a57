import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Filter and projection, a chunk at a time.
///
/// A row that is filtered out still raises the watermark: its step moves behind the last row that passed.
final class TransformNode: PipelineNode {
    private let expressions: CompiledExpressions
    private let policy: RowPolicy
    private var tally = OperatorCounters()
    private let output: ColumnBatch
    /// The columns of a chunk of which all rows pass, which is handed on as it is.
    private let passedColumns: UnsafeMutablePointer<ColumnView>
    private let rowList: UnsafeMutablePointer<Int32>
    /// The rows of the chunk that is being handed on, counted from `chunkStart`; nil: all.
    private var selected: UnsafeBufferPointer<Int32>?
    private var chunkStart = 0
    private var divertedRows: [DivertedRow] = []
    private var steps: [WatermarkStep] = []

    init(
        _ name: String, _ transform: RowTransform, inputs: [PhysicalType], policy: RowPolicy
    ) throws(UnsupportedPlan) {
        expressions = try CompiledExpressions.make(
            filter: transform.filter, outputs: transform.outputs, inputs: inputs)
        self.policy = policy
        output = ColumnBatch(types: transform.outputs.map(\.type.physical), capacity: chunkRows)
        passedColumns = .allocate(capacity: max(transform.outputs.count, 1))
        for column in output.types.indices {
            passedColumns[column] = ColumnView(values: UnsafeRawPointer(output.rawValues(column)), validity: nil)
        }
        rowList = .allocate(capacity: chunkRows)
        super.init(name: name)
    }

    deinit {
        passedColumns.deallocate()
        rowList.deallocate()
    }

    override var counters: OperatorCounters { tally }
    override var diverted: [DivertedRow] { divertedRows }
    override func span(of error: PipelineError) -> Span {
        guard let site = error.site else { return .none }
        return expressions.span(of: CompiledExpressions.Failure(row: 0, site: site, code: .none))
    }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        if !divertedRows.isEmpty { divertedRows = [] }
        var from = 0
        var step = 0
        repeat {
            var to = min(from + chunkRows, batch.rowCount)
            output.clear()
            var fault = Fault()
            var count = evaluate(batch, from, to, &fault)
            var failure: CompiledExpressions.Failure?
            if fault.isRaised {
                failure = expressions.firstFailure(in: batch, from: from, count: to - from, arena: &output.arena)
                if let failure {
                    // The rows before it are results like any.
                    to = failure.row
                    fault = Fault()
                    count = evaluate(batch, from, to, &fault)
                }
            }
            handOn(batch, from, to, count, &step)
            from = to
            guard let failure else { continue }
            var failed = Fault()
            failed.raise(failure.code, at: failure.site)
            let error = PipelineError(failed, row: failure.row)
            if policy == .fail { throw StageFailure(error: error, span: expressions.span(of: failure)) }
            if policy == .divert {
                divertedRows.append(DivertedRow(row: failure.row, reason: .evaluationError, error: error))
            }
            tally.rowsIn += 1
            tally.evaluationErrors += 1
            from += 1
            // Steps behind a skipped last row would find no chunk to go with.
            if from == batch.rowCount { handOn(batch, from, from, 0, &step) }
        } while from < batch.rowCount
    }

    private func evaluate(_ batch: BatchView, _ from: Int, _ to: Int, _ fault: inout Fault) -> Int {
        if from == to { return 0 }
        return expressions.evaluate(batch, from: from, count: to - from, arena: &output.arena, fault: &fault)
    }

    /// Hands on the rows of `from..<to` that passed, `count` in number, with the steps that stand among them.
    private func handOn(_ batch: BatchView, _ from: Int, _ to: Int, _ count: Int, _ step: inout Int) {
        tally.rowsIn += Int64(to - from)
        tally.rowsOut += Int64(count)
        chunkStart = from
        let isWhole = count == to - from
        selected = nil
        if !isWhole, count > 0 {
            selected = UnsafeBufferPointer(
                start: rowList, count: listRows(expressions.selection, count: to - from, into: rowList))
        }
        moveSteps(batch.steps, from, to, count, &step)
        if count == 0 && steps.isEmpty { return }
        steps.withUnsafeBufferPointer { steps in
            if isWhole || count == 0 {
                for column in output.types.indices where count > 0 { passedColumns[column] = expressions.output(column) }
                let weights = isWhole ? batch.weights.map { $0 + from } : nil
                forward(BatchView(columns: passedColumns, rowCount: count, weights: weights, steps: steps))
                return
            }
            guard let selected else { return }
            output.reserve(count)
            for column in output.types.indices {
                output.gather(expressions.output(column), rows: selected, into: column, copiesStrings: false)
            }
            if let weights = batch.weights {
                let target = output.weights()
                for (index, row) in selected.enumerated() { target[index] = weights[from + Int(row)] }
            }
            output.rowCount = count
            output.withView { view in
                var view = view
                view.steps = steps
                forward(view)
            }
        }
    }

    /// Takes the steps behind rows up to `to`, each behind the rows that passed before it.
    private func moveSteps(
        _ all: UnsafeBufferPointer<WatermarkStep>, _ from: Int, _ to: Int, _ count: Int, _ step: inout Int
    ) {
        steps.removeAll(keepingCapacity: true)
        var passed = 0
        while step < all.count, all[step].row <= to {
            let row = all[step].row - from
            if let selected {
                while passed < selected.count, Int(selected[passed]) < row { passed += 1 }
            } else {
                passed = count == 0 ? 0 : row
            }
            if let last = steps.last, last.row == passed {
                steps[steps.count - 1].watermark = all[step].watermark
            } else {
                steps.append(WatermarkStep(row: passed, watermark: all[step].watermark))
            }
            step += 1
        }
    }

    override func sourceRow(of row: Int) -> (source: Int, row: Int)? {
        producers.first?.node.sourceRow(of: chunkStart + (selected.map { Int($0[row]) } ?? row))
    }

    override func encode(to writer: inout StateWriter) { tally.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try tally.restore(from: &reader) }
}
