import LaminarCompiler
import LaminarPlan
import LaminarSyntax

/// The stages of a compilation that can be shown.
enum ExplainStage: String {
    case syntax, logical, rewritten, pipeline, swift
}

enum ExplainFormat: String {
    case text, dot, mermaid, json
}

/// A stage of a compilation as text; nil where the stage has no such format.
func explanation(of compilation: Compilation, stage: ExplainStage, format: ExplainFormat) -> String? {
    let graph: PlanGraph
    switch stage {
    case .syntax:
        guard format == .text else { return nil }
        return textForm(of: compilation.syntax)
    case .logical: graph = compilation.logical.graph
    case .rewritten: graph = compilation.rewritten.graph
    case .pipeline:
        guard let plan = compilation.plan else { return nil }
        graph = plan.graph
    case .swift: return nil
    }
    switch format {
    case .text: return graph.text
    case .dot: return graph.dot
    case .mermaid: return graph.mermaid
    case .json: return graph.json
    }
}
