import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarTypes

/// A join: the left input is port 0, the right one port 1.
final class JoinNode: PipelineNode {
    private var join: RegularJoin<InterpretedJoin>
    private let output: ColumnBatch

    init(
        _ name: String, _ plan: JoinPlan, left: (types: [PhysicalType], isUpdating: Bool),
        right: (types: [PhysicalType], isUpdating: Bool)
    ) throws(UnsupportedPlan) {
        let program = try InterpretedJoin(plan, left: left, right: right)
        join = RegularJoin(program)
        output = ColumnBatch(types: program.outputTypes)
        super.init(name: name)
    }

    override var counters: OperatorCounters { join.counters }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try join.push(batch, from: port == 0 ? .left : .right, into: output)
        } catch {
            forward(output)
            let span = join.program.condition.flatMap { condition in
                error.site.map { site in
                    condition.span(of: CompiledExpressions.Failure(row: 0, site: site, code: .none))
                }
            }
            throw StageFailure(error: error, span: span ?? .none)
        }
        forward(output)
    }

    // A row that comes out may stem from either side's past; none is to blame for what fails behind.
    override func sourceRow(of row: Int) -> (source: Int, row: Int)? { nil }

    override func encode(to writer: inout StateWriter) { join.encode(to: &writer) }
    override func restore(from reader: inout StateReader) throws(StateError) { try join.restore(from: &reader) }
}

extension JoinKind {
    init(_ kind: Join.Kind) {
        switch kind {
        case .inner: self = .inner
        case .left: self = .left
        case .right: self = .right
        case .full: self = .full
        case .semi: self = .semi
        case .anti: self = .anti
        }
    }
}
