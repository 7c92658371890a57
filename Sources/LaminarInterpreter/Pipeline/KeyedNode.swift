import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// Drives the operator that keeps the last row of each key.
final class KeyedNode: PipelineNode {
    private var keyed: ChangesByKey
    private let output: ColumnBatch
    private let span: Span

    init(_ stage: StagePlan, _ changes: KeyedChanges, inputs: [PhysicalType], policies: RowPolicies) {
        keyed = ChangesByKey(
            types: inputs, key: changes.key, input: changes.input == .upsert ? .upserts : .changes,
            policy: policies.evaluationError)
        output = ColumnBatch(types: inputs)
        span = stage.span
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { keyed.counters }
    override var diverted: [DivertedRow] { keyed.diverted }
    override func span(of error: PipelineError) -> Span { span }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try keyed.push(batch, into: output)
        } catch {
            forward(output)
            throw StageFailure(error: error, span: span)
        }
        forward(output)
    }

    override func encode(to writer: inout StateWriter) { keyed.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try keyed.restore(from: &reader) }
}
