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
    /// Whether the watermark has parts, or depends on the clock or on other sources.
    private let isTimed: Bool
    /// The watermark of all rows so far, for those who watch, where no consumer reads the steps.
    private(set) var observed = noWatermark
    private var rowsIn: Int64 = 0
    private var steps: [WatermarkStep] = []
    private var arena = Arena()
    /// What carries a watermark that no row brought.
    private let carrier: ColumnBatch
    private var cutter: BatchCutter
    /// Called behind each piece of a batch that is handed on by itself.
    var onPieceProcessed: () -> Void = {}
    /// Where in the pushed batch the piece begins that is being handed on.
    private var firstRow = 0

    init(_ plan: SourcePlan, source: Int, cutsAtSteps: Bool, cutsAtRows: Bool) throws(UnsupportedPlan) {
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
        isTimed = !plan.definition.timing.isPlain
        carrier = ColumnBatch(types: inputs, capacity: 1)
        cutter = BatchCutter(types: inputs, cutsAtSteps: cutsAtSteps, cutsAtRows: cutsAtRows)
        super.init(name: plan.definition.name)
    }

    override var counters: OperatorCounters { OperatorCounters(rowsIn: rowsIn, rowsOut: rowsIn) }

    /// What the rows have raised the watermark to, by the account of the stages that read them without steps.
    var seen: Int64 { consumers.compactMap(\.node.rowsWatermark).max() ?? noWatermark }

    func push(_ batch: BatchView, _ tracker: inout WatermarkTracker) throws(StageFailure) {
        steps.removeAll(keepingCapacity: true)
        var failure: StageFailure?
        var rowCount = batch.rowCount
        switch candidate {
        case nil: break
        case .column(let column, let delay): raise(batch.columns[column], delay, 0, rowCount, &tracker)
        case .computed(let expressions):
            do throws(StageFailure) {
                try makeSteps(batch, expressions, &tracker)
            } catch {
                failure = error
                rowCount = error.error.row ?? 0
            }
        }
        rowsIn += Int64(rowCount)
        cutter.handOn(batch, rowCount, steps) { batch, firstRow in
            self.firstRow = firstRow
            forward(batch)
            onPieceProcessed()
        }
        firstRow = 0
        if let failure { throw failure }
    }

    /// Hands on a watermark that no row brought.
    func pass(_ watermark: Int64) {
        carrier.clear()
        carrier.appendStep(watermark)
        forward(carrier)
    }

    private func makeSteps(
        _ batch: BatchView, _ candidate: CompiledExpressions, _ tracker: inout WatermarkTracker
    ) throws(StageFailure) {
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
                raise(candidate.output(0), 0, from, failed.row, &tracker)
                fault = Fault()
                fault.raise(failed.code, at: failed.site)
                throw StageFailure(error: PipelineError(fault, row: failed.row), span: candidate.span(of: failed))
            }
            raise(candidate.output(0), 0, from, to, &tracker)
            from = to
        }
    }

    /// Counts in rows `from..<to`, the first of which stands first in `times`, each with its time minus `delay`.
    private func raise(
        _ times: ColumnView, _ delay: Int64, _ from: Int, _ to: Int, _ tracker: inout WatermarkTracker
    ) {
        let values = times.values.assumingMemoryBound(to: Int64.self)
        // Held at the least time, as operators that take the delay off themselves do.
        func candidate(_ row: Int) -> Int64 {
            let (difference, overflow) = values[row].subtractingReportingOverflow(delay)
            return overflow ? (delay > 0 ? .min : .max) : difference
        }
        if isTimed {
            let isSelective = tracker.isSelective
            for row in 0..<(to - from) where times.isValid(row) {
                let candidate = candidate(row)
                if isSelective, !tracker.admits(candidate) {
                    cutter.leaveOut(from + row)
                } else if tracker.observe(candidate) {
                    steps.append(WatermarkStep(row: from + row + 1, watermark: tracker.watermark))
                }
            }
            return
        }
        // In a local: a row's time raises it more often than not.
        var greatest = max(tracker.watermark, observed)
        for row in 0..<(to - from) where candidate(row) > greatest && times.isValid(row) {
            // Rows do not end an input.
            greatest = min(candidate(row), endOfInput - 1)
            if needsSteps, tracker.observe(greatest) {
                steps.append(WatermarkStep(row: from + row + 1, watermark: tracker.watermark))
            }
        }
        observed = max(observed, greatest)
    }

    override func sourceRow(of row: Int) -> (source: Int, row: Int)? { (source, firstRow + row) }

    /// Rows are counted from here on.
    func restart() {
        observed = noWatermark
        rowsIn = 0
    }
}

extension LaminarRuntime.SourceTiming {
    init(_ plan: SourcePlan) {
        let timing = plan.definition.timing
        self.init(
            partitions: timing.partitions, opensPartitions: timing.partitionsByFile, idleTimeout: timing.idleTimeout,
            maxFuture: timing.maxFuture, delay: plan.watermark?.delay ?? 0, followsClock: timing.followsClock,
            alignment: timing.alignment.map {
                SourceAlignment(group: $0.group, maxDrift: $0.maxDrift, policy: .init($0.policy))
            })
    }
}

extension LaminarRuntime.SourceAlignment.Policy {
    init(_ policy: LaminarPlan.SourceAlignment.Policy) {
        switch policy {
        case .pause: self = .pause
        case .warn: self = .warn
        case .drop: self = .drop
        }
    }
}
