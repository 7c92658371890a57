import LaminarExpressions
import LaminarPlan

extension PipelineEmitter {
    mutating func emitPrograms() {
        for (index, stage) in plan.stages.enumerated() {
            let names = stageNames[index]
            switch stage.kind {
            case .values(let rows): emitValues(stage, rows, names: names)
            case .transform(let input, let transform):
                let (relation, fields) = relation(input)
                let recordsPositions = transform.filter != nil && (readsSteps(.stage(index)) || isUpdating(input))
                let canTakeRows = emitTransform(
                    stage, transform, input: relation, inputFields: fields, names: names,
                    recordsPositions: recordsPositions,
                    rowResult: comesByRow(.stage(index)) ? stageRelations[index].rowView : nil)
                if !canTakeRows { stagesOfColumns.insert(index) } else if comesByRow(.stage(index)) { rowResults.insert(index) }
            case .unionAll, .eventTime, .over, .keyed: break
            case .join: diagnostics.unsupported("a join in compiled Swift", at: stage.span)
            case .windowAggregate(let input, let aggregate):
                let (relation, fields) = relation(input)
                let shape = AggregationShape(aggregate, retracts: isUpdating(input))
                emitAggregate(stage, shape, input: relation, inputFields: fields, names: names)
            case .runningAggregate(let input, let aggregate):
                let (relation, fields) = relation(input)
                let shape = AggregationShape(aggregate, retracts: isUpdating(input))
                emitAggregate(stage, shape, input: relation, inputFields: fields, names: names)
            }
        }
        for index in plan.sources.indices where needsSteps(index) { emitWatermark(index) }
    }

    func isUpdating(_ input: StageInput) -> Bool {
        switch input {
        case .source(let index): plan.sources[index].changelog == .updating
        case .stage(let index): plan.stages[index].properties.changelog == .updating
        }
    }
}
