import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText

/// A source: makes watermark steps from the rows that are pushed and hands both on.
///
/// A step stands behind the row that caused it, so that a row is judged by the rows before it, whatever the batch.
final class SourceNode: PipelineNode {
    /// What a row raises the watermark to.
    private enum Candidate {
        /// An event-time column minus microseconds: nothing to evaluate, nothing that fails.
        case column(Int, delay: Int64)
        case computed(CompiledExpressions)
    }

    let source: Int
    private let candidate: Candidate?
    /// The watermark as it is handed on, and as snapshots keep it: where no consumer reads the steps that rows cause,
    /// only what comes from outside, since the operators behind have their own account of the rows.
    var tracker: WatermarkTracker
    /// Whether the watermark has parts, or depends on the clock.
    private let isTimed: Bool
    let partitions: Int
    /// The watermark of all rows so far, for those who watch.
    private var observed = noWatermark
    private var rowsIn: Int64 = 0
    private var steps: [WatermarkStep] = []
    private var arena = Arena()
    /// What carries a watermark that no row brought, or a slice of a batch.
    private let slice: ColumnBatch
    /// Whether batches are cut behind each row that raises the watermark.
    ///
    /// Needed where rows come together again that have gone through several stages: the least watermark of a union
    /// rises when the last of them has had the batch, and rows that follow in the batch must be judged by it.
    var cutsAtSteps = false
    private var sliceStart = 0

    init(_ plan: SourcePlan, source: Int) throws(UnsupportedPlan) {
        self.source = source
        let inputs = plan.fields.map(\.type.physical)
        if let watermark = plan.watermark, let expression = watermark.candidate {
            if let delay = watermark.delay, case .input(let column) = watermark.time.node {
                candidate = .column(column, delay: delay)
            } else {
                candidate = .computed(
                    try CompiledExpressions.make(filter: nil, outputs: [expression], inputs: inputs))
            }
        } else {
            candidate = nil
        }
        tracker = WatermarkTracker(LaminarRuntime.SourceTiming(plan))
        partitions = plan.definition.timing.partitions
        isTimed = !plan.definition.timing.isPlain
        slice = ColumnBatch(types: inputs, capacity: 64)
        super.init(name: plan.definition.name)
    }

    override var counters: OperatorCounters { OperatorCounters(rowsIn: rowsIn, rowsOut: rowsIn) }

    /// The watermark of the rows so far.
    var watermark: Int64 { max(tracker.watermark, observed) }

    func push(_ batch: BatchView) throws(StageFailure) {
        steps.removeAll(keepingCapacity: true)
        var failure: StageFailure?
        var rowCount = batch.rowCount
        switch candidate {
        case nil: break
        case .column(let column, let delay): raise(batch.columns[column], delay, 0, rowCount)
        case .computed(let expressions):
            do throws(StageFailure) {
                try makeSteps(batch, expressions)
            } catch {
                failure = error
                rowCount = error.error.row ?? 0
            }
        }
        rowsIn += Int64(rowCount)
        if cutsAtSteps, !steps.isEmpty {
            handOnSlices(batch, rowCount)
        } else {
            steps.withUnsafeBufferPointer { steps in
                forward(
                    BatchView(columns: batch.columns, rowCount: rowCount, weights: batch.weights, steps: steps))
            }
        }
        if let failure { throw failure }
    }

    func advance(to watermark: Int64) {
        if tracker.advance(to: watermark) { pass(watermark) }
    }

    /// Hands on a watermark that no row brought.
    func pass(_ watermark: Int64) {
        slice.clear()
        slice.appendStep(watermark)
        forward(slice)
    }

    /// Hands on the rows up to each step with the step behind them, then those behind the last.
    private func handOnSlices(_ batch: BatchView, _ rowCount: Int) {
        for index in 0...steps.count {
            let end = index < steps.count ? steps[index].row : rowCount
            slice.clear()
            slice.reserve(end - sliceStart)
            let rows = (sliceStart..<end).map { Int32(truncatingIfNeeded: $0) }
            rows.withUnsafeBufferPointer { rows in
                for column in slice.types.indices {
                    slice.gather(batch.columns[column], rows: rows, into: column, copiesStrings: false)
                }
            }
            if let weights = batch.weights {
                let target = slice.weights()
                for row in sliceStart..<end { target[row - sliceStart] = weights[row] }
            }
            slice.rowCount = end - sliceStart
            if index < steps.count { slice.appendStep(steps[index].watermark) }
            forward(slice)
            sliceStart = end
        }
        sliceStart = 0
    }

    private func makeSteps(_ batch: BatchView, _ candidate: CompiledExpressions) throws(StageFailure) {
        var from = 0
        while from < batch.rowCount {
            let to = min(from + chunkRows, batch.rowCount)
            arena.reset()
            var fault = Fault()
            _ = candidate.evaluate(batch, from: from, count: to - from, arena: &arena, fault: &fault)
            if fault.isRaised, let failed = candidate.firstFailure(in: batch, from: from, count: to - from, arena: &arena)
            {
                var fault = Fault()
                _ = candidate.evaluate(batch, from: from, count: failed.row - from, arena: &arena, fault: &fault)
                raise(candidate.output(0), 0, from, failed.row)
                fault = Fault()
                fault.raise(failed.code, at: failed.site)
                throw StageFailure(error: PipelineError(fault, row: failed.row), span: candidate.span(of: failed))
            }
            raise(candidate.output(0), 0, from, to)
            from = to
        }
    }

    /// Counts in rows `from..<to`, the first of which stands first in `times`, each with its time minus `delay`.
    private func raise(_ times: ColumnView, _ delay: Int64, _ from: Int, _ to: Int) {
        let values = times.values.assumingMemoryBound(to: Int64.self)
        // Held at the least time, as operators that take the delay off themselves do.
        func candidate(_ row: Int) -> Int64 {
            let (difference, overflow) = values[row].subtractingReportingOverflow(delay)
            return overflow ? (delay > 0 ? .min : .max) : difference
        }
        if isTimed {
            for row in 0..<(to - from) where times.isValid(row) && tracker.observe(candidate(row)) {
                steps.append(WatermarkStep(row: from + row + 1, watermark: tracker.watermark))
            }
            return
        }
        // In a local: a row's time raises it more often than not.
        var greatest = watermark
        for row in 0..<(to - from) where candidate(row) > greatest && times.isValid(row) {
            // Rows do not end an input.
            greatest = min(candidate(row), endOfInput - 1)
            if needsSteps, tracker.observe(greatest) {
                steps.append(WatermarkStep(row: from + row + 1, watermark: tracker.watermark))
            }
        }
        observed = max(observed, greatest)
    }

    override func sourceRow(of row: Int) -> (source: Int, row: Int)? { (source, sliceStart + row) }

    /// A restored watermark; rows are counted from here on.
    func restore(_ tracker: WatermarkTracker) {
        self.tracker = tracker
        observed = noWatermark
        rowsIn = 0
    }
}

extension LaminarRuntime.SourceTiming {
    init(_ plan: SourcePlan) {
        let timing = plan.definition.timing
        self.init(
            partitions: timing.partitions, idleTimeout: timing.idleTimeout, maxFuture: timing.maxFuture,
            delay: plan.watermark?.delay ?? 0)
    }
}
