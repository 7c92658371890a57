import LaminarColumns
import LaminarExpressions
import LaminarInterpreter
import LaminarKernels
import LaminarText
import LaminarTypes
import Testing

@Suite struct CatalogueExampleTests {
    @Test func `every example in the catalogue gives what it says`() {
        for function in FunctionCatalogue.standard.functions {
            for example in function.examples {
                #expect(resultText(of: example.sql) == example.result, "\(function.signature): \(example.sql)")
            }
        }
    }

    @Test func `folding an example gives the same result`() {
        for function in FunctionCatalogue.standard.functions {
            for example in function.examples {
                let bound = ExampleBinder.bind(example.sql)
                guard let expression = bound.expression else { continue }
                let folded = fold(expression)
                #expect(verify(folded, inputs: []) == nil, "\(example.sql)")
                guard case .constant(let value) = folded.node else { continue }
                var shown = text(of: value, type: folded.type)
                if case .null = value { shown = "NULL" }
                #expect(shown == example.result, "\(example.sql)")
            }
        }
    }

    @Test func `the first signature of every name has a sentence and an example`() {
        var seen: Set<String> = []
        for function in FunctionCatalogue.standard.functions where seen.insert(function.name).inserted {
            if case .unsupported = function.implementation { continue }
            #expect(!function.summary.isEmpty, "\(function.name)")
            #expect(!function.examples.isEmpty, "\(function.name)")
        }
    }

    @Test func `every kernel that a signature names has a vector form`() {
        for function in FunctionCatalogue.standard.functions {
            guard case .kernel(let name, let types, let canFail, let allocates) = function.implementation,
                case .fixed(let result) = function.result
            else { continue }
            let kernel = Kernel(
                name, types.map(\.physical), result.physical, canFail: canFail, allocates: allocates)
            let isKnown = canInterpret(kernel)
            #expect(isKnown, "\(function.signature): \(kernel)")
        }
    }

    @Test(arguments: TypeName.allCases) func `every cast that binds can be evaluated`(source: TypeName) throws {
        guard let type = source.type else { return }
        for target in TypeName.allCases where castContext(from: source, to: target) != nil {
            guard let goal = target.type else { continue }
            var diagnostics = Diagnostics()
            let result = cast(
                .input(0, Field("x", type)), to: goal, context: .explicit, span: .none, diagnostics: &diagnostics)
            guard let result else {
                #expect(diagnostics.all.first?.sqlState == "0A000", "\(source) to \(target)")
                continue
            }
            #expect(verify(result, inputs: [type.physical]) == nil)
            _ = try CompiledExpressions(outputs: [result], inputs: [type.physical])
        }
    }
}

/// The result of a SQL expression as the reference shows it: text, `NULL` or `error 22003`.
func resultText(of sql: String) -> String {
    let bound = ExampleBinder.bind(sql)
    guard let expression = bound.expression else {
        guard let error = bound.diagnostics.all.first(where: { $0.severity == .error }) else { return "nothing bound" }
        return "error \(error.sqlState)"
    }
    if let problem = verify(expression, inputs: []) { return "invalid: \(problem)" }
    do {
        let compiled = try CompiledExpressions(outputs: [expression], inputs: [])
        let row = ColumnBatch(types: [], capacity: 64)
        row.rowCount = 1
        var arena = Arena()
        var fault = Fault()
        return row.withView { view in
            _ = compiled.evaluate(view, from: 0, count: 1, arena: &arena, fault: &fault)
            if fault.isRaised { return "error \(fault.resolvedCode.sqlState)" }
            let column = compiled.output(0)
            guard column.isValid(0) else { return "NULL" }
            return text(of: value(column, expression.type), type: expression.type)
        }
    } catch {
        return "\(error)"
    }
}

/// The first cell of a column.
private func value(_ column: ColumnView, _ type: SQLType) -> Value {
    switch type.physical {
    case .bool: return .boolean(column.value(0))
    case .int16: return .integer(Int64(column.value(0, as: Int16.self)))
    case .int32:
        let number = column.value(0, as: Int32.self)
        return type == .date ? .date(number) : .integer(Int64(number))
    case .int64:
        let number = column.value(0, as: Int64.self)
        if type == .time { return .time(number) }
        return type.isTimestamp ? .timestamp(number) : .integer(number)
    case .uint64: return .unsigned(column.value(0))
    case .float: return .real(column.value(0))
    case .double: return .double(column.value(0))
    case .decimal: return .decimal(column.value(0))
    case .interval: return .interval(column.value(0))
    case .uuid: return .uuid(0, 0)
    case .string:
        let view = column.value(0, as: StringView.self)
        return type == .bytea || type.isNested ? .bytes(view.withBytes { Array($0) }) : .text(view.string)
    }
}
