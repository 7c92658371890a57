import LaminarPlan
import LaminarTemplates

extension PipelineEmitter {
    /// What each entry does once its rows have been processed.
    func completion() -> [SwiftStatement] { plan.holdsRowsBack ? [.expression(.call("completeBatch"))] : [] }

    /// The function that hands on what was held back, and brings what recursive queries give back into them.
    func batchCompletion() -> SwiftDeclaration? {
        if !plan.holdsRowsBack { return nil }
        let releases = plan.stages.indices.filter { plan.stages[$0].settlesBatches }.map { stageNames[$0].release }
        let rounds = (releases + plan.feedbacks.map { stageNames[$0.stage].run }).map { run in
            SwiftStatement.ifTrue(.call(run), [.assign(.identifier("goesOn"), .boolean(true))])
        }
        return template("BatchCompletion", EmbeddedTemplates.batchCompletion, [:], ["rounds": rounds])
    }
}
