import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Drives the operator that repeats rows, a chunk of rows at a time.
final class RowExpansionNode: PipelineNode {
    private var expander: RowExpander
    private let output: ColumnBatch
    private let span: Span

    init(_ stage: StagePlan, _ plan: ExpandRowsPlan, inputs: [PhysicalType]) {
        expander = RowExpander(
            types: Array(inputs.prefix(plan.columns)), count: plan.count, keepsEmpty: plan.keepsEmpty)
        output = ColumnBatch(types: expander.outputTypes)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { expander.counters }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try expander.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func sourceRow(of row: Int) -> (source: Int, row: Int)? {
        expander.inputRow(of: row).flatMap { producers.first?.node.sourceRow(of: $0) }
    }

    override func encode(to writer: inout StateWriter) { expander.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) {
        try expander.restore(from: &reader)
    }
}
