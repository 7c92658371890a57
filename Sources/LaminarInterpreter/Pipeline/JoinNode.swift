import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarPlan
import LaminarRuntime
import LaminarState
import LaminarTypes

/// A join: the left input is port 0, the right one port 1.
final class JoinNode: PipelineNode {
    private var join: RegularJoin
    private let output: ColumnBatch
    private let condition: CompiledExpressions?
    private var scratch = Arena()

    init(_ name: String, _ plan: JoinPlan, left: [PhysicalType], right: [PhysicalType]) throws(UnsupportedPlan) {
        let keys = plan.keys.map { key in
            JoinKey(left: key.left, right: key.right, type: key.type, nullsAreEqual: key.nullsAreEqual)
        }
        join = RegularJoin(JoinKind(plan.kind), left: left, right: right, keys: keys)
        output = ColumnBatch(types: join.outputTypes)
        if let residual = plan.residual {
            condition = try CompiledExpressions.make(filter: residual, outputs: [], inputs: left + right)
        } else {
            condition = nil
        }
        super.init(name: name)
    }

    override var counters: OperatorCounters { join.counters }

    override func receive(_ batch: BatchView, port: Int) throws(StageFailure) {
        do throws(PipelineError) {
            try push(batch, port == 0 ? .left : .right)
        } catch {
            output.clear()
            let span = condition.flatMap { condition in
                error.site.map { site in
                    condition.span(of: CompiledExpressions.Failure(row: 0, site: site, code: .none))
                }
            }
            throw StageFailure(error: error, span: span ?? .none)
        }
        forward(output)
    }

    private func push(_ batch: BatchView, _ side: JoinSide) throws(PipelineError) {
        guard let condition else {
            try join.push(batch, side: side, into: output, condition: nil)
            return
        }
        try join.push(batch, side: side, into: output) { (pairs, passes) throws(PipelineError) in
            var fault = Fault()
            _ = condition.evaluate(pairs, from: 0, count: pairs.rowCount, arena: &self.scratch, fault: &fault)
            if fault.isRaised { throw PipelineError(fault) }
            let selection = condition.selection
            for row in 0..<pairs.rowCount {
                passes[row] = selection[row >> 6] >> UInt64(row & 63) & 1 != 0
            }
            self.scratch.reset()
        }
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
