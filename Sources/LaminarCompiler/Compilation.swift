public import LaminarBinding
public import LaminarPlan
public import LaminarSyntax
public import LaminarText

/// The way of a query: each stage is a function from value to value.
///
/// ```
/// SourceFile ── parse ──▶ [StatementSyntax] ── bind ──▶ LogicalProgram ── rewrite ──▶ LogicalProgram
///            ── planPipelines ──▶ PipelinePlan ──▶ Swift source | interpreted
/// ```
public struct Compilation: Sendable {
    public let file: SourceFile
    public let syntax: [StatementSyntax]
    public let logical: LogicalProgram
    public let rewritten: LogicalProgram
    /// What a back end runs; nil when there are errors.
    public let plan: PipelinePlan?
    public let diagnostics: Diagnostics
}

public struct CompilationOptions: Sendable {
    public var binding: BindingOptions
    /// Values for `${NAME}` in the text; nil leaves the text as it is.
    public var substitutions: [String: String]?
    /// The name of generated types; nil: the file's stem.
    public var name: String?

    public init(
        binding: BindingOptions = BindingOptions(), substitutions: [String: String]? = [:], name: String? = nil
    ) {
        self.binding = binding
        self.substitutions = substitutions
        self.name = name
    }
}

/// Compiles a file up to its pipeline plan. A pure function of text and options; linear in the size of both.
public func compile(_ file: SourceFile, options: CompilationOptions = CompilationOptions()) -> Compilation {
    var diagnostics = Diagnostics()
    let syntax = parseStatements(file, substitutions: options.substitutions, diagnostics: &diagnostics)
    let logical = bind(
        syntax, name: options.name ?? stem(of: file.name), options: options.binding, diagnostics: &diagnostics)
    let rewritten = rewrite(logical)
    var plan: PipelinePlan?
    if !diagnostics.hasErrors {
        let planned = planPipelines(rewritten, diagnostics: &diagnostics)
        if !diagnostics.hasErrors { plan = planned }
    }
    return Compilation(
        file: file, syntax: syntax, logical: logical, rewritten: rewritten, plan: plan, diagnostics: diagnostics)
}

/// `Sources/Trades/trades.sql` → `trades`.
private func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name.isEmpty ? "query" : name }
    return String(name[..<dot])
}
