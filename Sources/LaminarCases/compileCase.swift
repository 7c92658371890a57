import LaminarBinding
package import LaminarCompiler
package import LaminarPlan
package import LaminarText

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
    binding.changelogSources = testCase.updatedTables
    return compile(
        SourceFile(name: "\(name).sql", text: programText(of: testCase)),
        // A case is a program of its own: what looks like a variable in it is text.
        options: CompilationOptions(binding: binding, substitutions: nil, name: name))
}

/// A case whose program compiles.
package struct PlannedCase: Sendable {
    package var testCase: TestCase
    package var file: SourceFile
    package var plan: PipelinePlan

    package init(testCase: TestCase, file: SourceFile, plan: PipelinePlan) {
        self.testCase = testCase
        self.file = file
        self.plan = plan
    }
}

/// The plan of a case, or the first error in the order of the text.
package func planCase(_ testCase: TestCase, name: String = "test_case") throws(CaseError) -> PlannedCase {
    let compilation = compileCase(testCase, name: name)
    if let plan = compilation.plan { return PlannedCase(testCase: testCase, file: compilation.file, plan: plan) }
    let errors = compilation.diagnostics.all.filter { $0.severity == .error }
    guard let error = errors.min(by: { $0.span.lower < $1.span.lower }) else {
        throw CaseError("XX000", "the compiler gave neither a plan nor an error")
    }
    let place = compilation.file.location(of: error.span.lower)
    throw CaseError(error.sqlState, "\(place.line):\(place.column): \(error.message)")
}

extension TestCase {
    /// Tables whose rows are also deleted or updated: the rows say so, no declaration does.
    fileprivate var updatedTables: Set<String> {
        let updated = inputs.filter { $0.operation != .insert }.map(\.table)
        return Set(updated + updated.map { $0.lowercased() })
    }

    /// The name of the case in generated code: the same wherever the same SQL stands under the same id.
    package var key: String {
        let text = "\(id)\u{0}\(dialect)\u{0}\(updatedTables.sorted())\u{0}\(programText(of: self))"
        var generator = SeededGenerator(text)
        let digits = String(generator.next(), radix: 16)
        return "case_" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
