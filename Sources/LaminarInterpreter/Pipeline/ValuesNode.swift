import LaminarColumns
import LaminarExpressions
import LaminarKernels
import LaminarRuntime
import LaminarState
import LaminarText
import LaminarTypes

/// VALUES, or a SELECT without FROM: its rows come once, at the start, and its input has ended then.
final class ValuesNode: PipelineNode {
    private let rows: [CompiledExpressions]
    private let types: [PhysicalType]
    private var rowsOut: Int64 = 0

    init(_ name: String, _ rows: [[Expression]], types: [PhysicalType]) throws(UnsupportedPlan) {
        var compiled: [CompiledExpressions] = []
        for row in rows { compiled.append(try CompiledExpressions.make(filter: nil, outputs: row, inputs: [])) }
        self.rows = compiled
        self.types = types
        super.init(name: name)
    }

    override var counters: OperatorCounters { OperatorCounters(rowsOut: rowsOut) }

    override func begin() throws(StageFailure) {
        let output = ColumnBatch(types: types, capacity: rows.count)
        let none = ColumnBatch(types: [], capacity: 1)
        none.rowCount = 1
        var failure: StageFailure?
        for row in rows where failure == nil {
            none.withView { view in
                var fault = Fault()
                _ = row.evaluate(view, from: 0, count: 1, arena: &output.arena, fault: &fault)
                if fault.isRaised {
                    let failed = row.firstFailure(in: view, from: 0, count: 1, arena: &output.arena)
                    failure = StageFailure(error: PipelineError(fault), span: failed.map(row.span(of:)) ?? .none)
                    return
                }
                output.reserve(1)
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { first in
                    first.initialize(repeating: 0)
                    for column in types.indices {
                        output.gather(
                            row.output(column), rows: UnsafeBufferPointer(first), into: column, copiesStrings: true)
                    }
                }
                output.rowCount += 1
            }
        }
        if let failure { throw failure }
        rowsOut = Int64(output.rowCount)
        output.appendStep(endOfInput)
        forward(output)
    }
}
