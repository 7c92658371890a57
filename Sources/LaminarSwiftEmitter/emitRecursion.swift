import LaminarPlan
import LaminarTemplates

extension PipelineEmitter {
    /// What each entry does once its rows have been processed.
    func recursionCall() -> [SwiftStatement] { plan.feedbacks.isEmpty ? [] : [.expression(.call("recur"))] }

    /// The function that brings what recursive queries give back into them.
    func recursion() -> SwiftDeclaration? {
        if plan.feedbacks.isEmpty { return nil }
        let rounds = plan.feedbacks.map { feedback in
            SwiftStatement.ifTrue(
                .call(stageNames[feedback.stage].run), [.assign(.identifier("goesOn"), .boolean(true))])
        }
        return template("RecursionHost", EmbeddedTemplates.recursionHost, [:], ["rounds": rounds])
    }
}
