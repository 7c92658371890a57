import LaminarBinding
import LaminarColumns
import LaminarCompiler
import LaminarExpressions
import LaminarInterpreter
import LaminarKernels
import LaminarPlan
import LaminarText
import LaminarTypes

/// What one executor made of an expression: per row a text, `nil` for NULL, or `!` and the SQLSTATE.
typealias Results = [String?]

/// An expression as our compiler sees it.
struct BoundExpression {
    var expression: Expression
    /// The columns of the sample table that it reads, by position.
    var inputs: [Int]
    var file: SourceFile

    enum Outcome {
        case bound(BoundExpression)
        /// What the compiler said: SQLSTATE and message.
        case refused(String, String)
    }

    /// Compiles `SELECT sql FROM sample` with everything that lowering, folding and rewriting do.
    static func compile(_ sql: String) -> Outcome {
        let text = """
            CREATE SOURCE sample (\(SampleTable.definition(hasNotNull: true)));
            CREATE STREAM results AS SELECT \(sql) AS x FROM sample;
            """
        let file = SourceFile(name: "random.sql", text: text)
        let compilation = LaminarCompiler.compile(
            file, options: CompilationOptions(binding: BindingOptions(exposesStreams: true)))
        guard let plan = compilation.plan else {
            let error = compilation.diagnostics.all.first { $0.severity == .error }
            return .refused(error?.sqlState ?? "?", error?.message ?? "no plan")
        }
        let inputs = (plan.sources.first?.fields ?? []).compactMap { SampleTable.positions[$0.name] }
        switch plan.sinks[0].input {
        case .source:
            return .bound(BoundExpression(expression: .input(0, plan.sinks[0].fields[0]), inputs: inputs, file: file))
        case .stage(let index):
            guard case .transform(_, let transform) = plan.stages[index].kind, transform.filter == nil else {
                return .refused("?", "not a projection")
            }
            var expression = transform.outputs[0]
            // Where only the type's name changes, the stage has it.
            expression.type = plan.stages[index].fields[0].type
            return .bound(BoundExpression(expression: expression, inputs: inputs, file: file))
        }
    }

    /// Evaluates it for all rows of a batch of the sample table with the interpreter.
    func interpreted(_ batch: ColumnBatch) -> Results {
        let types = inputs.map { SampleTable.columns[$0].type.type.physical }
        let program: CompiledExpressions
        do { program = try CompiledExpressions(outputs: [expression], inputs: types) } catch {
            return Array(repeating: "!\(error)", count: batch.rowCount)
        }
        var results: Results = []
        var arena = Arena()
        batch.withView { view in
            withUnsafeTemporaryAllocation(of: ColumnView.self, capacity: max(inputs.count, 1)) { columns in
                for (index, input) in inputs.enumerated() { columns[index] = view.columns[input] }
                guard let base = columns.baseAddress else { return }
                let rows = BatchView(columns: UnsafePointer(base), rowCount: view.rowCount)
                // A failing row stops a chunk; the next one begins behind it.
                while results.count < rows.rowCount {
                    let from = results.count
                    var fault = Fault()
                    _ = program.evaluate(
                        rows, from: from, count: rows.rowCount - from, arena: &arena, fault: &fault)
                    var end = rows.rowCount
                    var failure: String?
                    if fault.isRaised {
                        guard let found = program.firstFailure(
                            in: rows, from: from, count: rows.rowCount - from, arena: &arena)
                        else {
                            results.append("!no row fails alone")
                            continue
                        }
                        end = found.row
                        failure = "!" + found.code.sqlState
                        fault = Fault()
                        if end > from { _ = program.evaluate(rows, from: from, count: end - from, arena: &arena, fault: &fault) }
                    }
                    if end > from {
                        let column = program.output(0)
                        for row in 0..<end - from { results.append(column.shown(row, expression.type)) }
                    }
                    if let failure { results.append(failure) }
                }
            }
        }
        return results
    }
}

extension ColumnView {
    /// A cell as PostgreSQL's cast to text shows it; nil for NULL.
    func shown(_ row: Int, _ type: SQLType) -> String? {
        guard isValid(row) else { return nil }
        let shown = text(of: dynamicValue(row, type: type), type: type)
        // A cast to text drops the padding.
        if case .char = type { return String(shown.reversed().drop { $0 == " " }.reversed()) }
        return shown
    }
}
