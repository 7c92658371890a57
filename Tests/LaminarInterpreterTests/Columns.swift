import LaminarColumns
import LaminarExpressions
import LaminarInterpreter
import LaminarKernels
import LaminarText
import LaminarTypes

/// A batch of one nullable BIGINT column.
func bigintBatch(_ values: [Int64?]...) -> ColumnBatch {
    let batch = ColumnBatch(types: values.map { _ in .int64 }, capacity: 64)
    let rows = values.first?.count ?? 0
    batch.reserve(rows)
    for (column, cells) in values.enumerated() {
        let target = batch.values(column, as: Int64.self)
        for (row, cell) in cells.enumerated() {
            if let cell { target[row] = cell } else { batch.setNull(column, row) }
        }
    }
    batch.rowCount = rows
    return batch
}

func booleanBatch(_ values: [Bool?]...) -> ColumnBatch {
    let batch = ColumnBatch(types: values.map { _ in .bool }, capacity: 64)
    for (column, cells) in values.enumerated() {
        for (row, cell) in cells.enumerated() {
            if let cell { batch.values(column, as: Bool.self)[row] = cell } else { batch.setNull(column, row) }
        }
    }
    batch.rowCount = values.first?.count ?? 0
    return batch
}

func column(_ index: Int, _ type: SQLType = .bigint) -> Expression {
    .input(index, Field("c\(index)", type))
}

func integer(_ value: Int64, _ type: SQLType = .bigint) -> Expression { .constant(.integer(value), type) }

func infix(_ left: Expression, _ symbol: String, _ right: Expression) -> Expression {
    var diagnostics = Diagnostics()
    guard
        let result = resolveOperator(
            symbol: symbol, left: left, right: right, span: .none, diagnostics: &diagnostics)
    else { preconditionFailure("no operator \(symbol): \(diagnostics.all)") }
    return result
}

struct EvaluationFailed: Error, Equatable {
    var row: Int
    var site: Int
    var sqlState: String
}

/// Evaluates outputs over a whole batch, in chunks of `chunk` rows; selected rows only, nil for NULL.
func evaluate<T: BitwiseCopyable>(
    filter: Expression? = nil, _ output: Expression, over batch: ColumnBatch, chunk: Int = 1024, as type: T.Type
) throws -> [T?] {
    let compiled = try CompiledExpressions(filter: filter, outputs: [output], inputs: batch.types)
    var result: [T?] = []
    var failure: EvaluationFailed?
    var arena = Arena()
    batch.withView { view in
        var from = 0
        while from < view.rowCount && failure == nil {
            let count = min(chunk, view.rowCount - from)
            var fault = Fault()
            let selected = compiled.evaluate(view, from: from, count: count, arena: &arena, fault: &fault)
            if fault.isRaised {
                let found = compiled.firstFailure(in: view, from: from, count: count, arena: &arena)
                failure = found.map { EvaluationFailed(row: $0.row, site: $0.site, sqlState: $0.code.sqlState) }
                break
            }
            if selected > 0 {
                let cells = compiled.output(0)
                for row in 0..<count where compiled.selection[row >> 6] >> UInt64(row & 63) & 1 != 0 {
                    result.append(cells.optional(row, as: T.self))
                }
            }
            from += count
        }
    }
    if let failure { throw failure }
    return result
}
