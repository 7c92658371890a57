/// The reference of functions and operators as Markdown, chapter by chapter in order of registration.
package func renderFunctionReference(_ catalogue: FunctionCatalogue) -> String {
    var text = """
        # Functions and operators

        Rendered from the catalogue in `Sources/LaminarExpressions/Catalogue`; the tests run every example.
        Meaning and overload resolution are PostgreSQL 15's. A call with a NULL argument is NULL unless the text says
        otherwise. `error 22003` stands for a failure with that SQLSTATE.

        Besides what is listed, SQL's own forms work: `AND`, `OR`, `NOT`, `CASE`, `COALESCE`, `NULLIF`, `GREATEST`, `LEAST`,
        `IS [NOT] NULL`, `IS [NOT] TRUE | FALSE | UNKNOWN`, `IS [NOT] DISTINCT FROM`, `[NOT] BETWEEN [SYMMETRIC]`,
        `[NOT] IN (...)`, `CAST(x AS t)` and `x::t`; the name of a type is a function that casts.

        """
    for family in SQLFunction.Family.allCases {
        let functions = catalogue.functions.filter { $0.family == family && $0.isRunnable }
        if functions.isEmpty { continue }
        text += "\n## \(family.rawValue)\n"
        var names: [String] = []
        for function in functions where !names.contains(function.name) { names.append(function.name) }
        for name in names { text += section(name, functions.filter { $0.name == name }) }
    }
    return text
}

extension SQLFunction {
    fileprivate var isRunnable: Bool {
        if case .unsupported = implementation { false } else { true }
    }

    /// The result's type, for the reference.
    fileprivate var resultName: String {
        switch result {
        case .fixed(let type): type.bareName
        case .argument(let index): index < arguments.count ? arguments[index].name : "any"
        }
    }
}

private func section(_ name: String, _ functions: [SQLFunction]) -> String {
    var text = "\n### `\(name)`\n\n"
    for summary in functions.map(\.summary) where !summary.isEmpty { text += "\(summary)\n" }
    text += "\n"
    for signature in functions.map({ "`\($0.signature) → \($0.resultName)`" }) { text += "- \(signature)\n" }
    let examples = functions.flatMap(\.examples)
    if !examples.isEmpty {
        text += "\n| example | result |\n|---|---|\n"
        for example in examples { text += "| `\(escaped(example.sql))` | `\(escaped(example.result))` |\n" }
    }
    return text
}

/// A bar would end the table's cell.
private func escaped(_ text: String) -> String {
    text.isEmpty ? " " : text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
}
