import LaminarColumns
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarTypes

/// Drives the operator that holds changes back until a batch has been processed.
final class ConsolidationNode: PipelineNode {
    private var changes: ConsolidatedChanges
    private let output: ColumnBatch

    init(_ stage: StagePlan, inputs: [PhysicalType]) {
        changes = ConsolidatedChanges(types: inputs)
        output = ColumnBatch(types: inputs)
        super.init(name: stage.name)
    }

    override var counters: OperatorCounters { changes.counters }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try changes.push(batch, into: output)
        } catch {
            throw StageFailure(error: error, span: .none)
        }
    }

    override func release() -> Bool {
        if !changes.release(into: output) { return false }
        forward(output)
        return true
    }

    override func encode(to writer: inout StateWriter) { changes.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try changes.restore(from: &reader) }
}
