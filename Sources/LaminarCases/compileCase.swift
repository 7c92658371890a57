import LaminarBinding
package import LaminarCompiler
package import LaminarPlan
import LaminarText

/// Compiles the program of a case, in its dialect.
///
/// - Parameter name: what generated types are named after.
package func compileCase(_ testCase: TestCase, name: String = "test_case") -> Compilation {
    var binding = BindingOptions()
    binding.dialect =
        switch testCase.dialect {
        case .postgresql: .postgresql
        case .flink: .flink
        case .risingwave: .risingwave
        case .feldera: .feldera
        case .duckdb: .duckdb
        }
    // The rows say whether a table is updated; no declaration here does.
    let updated = testCase.inputs.filter { $0.operation != .insert }.map(\.table)
    binding.changelogSources = Set(updated + updated.map { $0.lowercased() })
    return compile(
        SourceFile(name: "\(name).sql", text: programText(of: testCase)),
        options: CompilationOptions(binding: binding, name: name))
}

/// The plan of a case, or the first error in the order of the text.
package func planCase(_ testCase: TestCase, name: String = "test_case") throws(CaseError) -> PipelinePlan {
    let compilation = compileCase(testCase, name: name)
    if let plan = compilation.plan { return plan }
    let errors = compilation.diagnostics.all.filter { $0.severity == .error }
    guard let error = errors.min(by: { $0.span.lower < $1.span.lower }) else {
        throw CaseError("XX000", "the compiler gave neither a plan nor an error")
    }
    let place = compilation.file.location(of: error.span.lower)
    throw CaseError(error.sqlState, "\(place.line):\(place.column): \(error.message)")
}
