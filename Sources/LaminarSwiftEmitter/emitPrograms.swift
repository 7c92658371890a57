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
                let recordsPositions = transform.filter != nil && (stepReaders.stages[index] || plan.isUpdating(input))
                let canTakeRows = emitTransform(
                    stage, transform, input: relation, inputFields: fields, names: names,
                    recordsPositions: recordsPositions,
                    rowResult: comesByRow(.stage(index)) ? stageRelations[index].rowView : nil)
                if !canTakeRows { stagesOfColumns.insert(index) } else if comesByRow(.stage(index)) { rowResults.insert(index) }
            case .feedback, .unionAll, .eventTime, .over, .keyed: break
            case .join(let left, let right, let join):
                emitJoin(stage, index, join, left: left, right: right, names: names)
            case .windowAggregate(let input, let aggregate):
                let (relation, fields) = relation(input)
                let shape = AggregationShape(aggregate, retracts: plan.isUpdating(input))
                emitAggregate(stage, shape, input: relation, inputFields: fields, names: names)
            case .runningAggregate(let input, let aggregate):
                let (relation, fields) = relation(input)
                let shape = AggregationShape(aggregate, retracts: plan.isUpdating(input))
                emitAggregate(stage, shape, input: relation, inputFields: fields, names: names)
            }
        }
        for index in plan.sources.indices where needsSteps(index) { emitWatermark(index) }
    }
}
