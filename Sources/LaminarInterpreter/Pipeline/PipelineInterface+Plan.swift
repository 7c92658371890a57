import LaminarPlan
import LaminarRuntime
import LaminarTypes

extension PipelineInterface {
    /// The interface of a pipeline that runs `plan`, whoever executes it.
    init(_ plan: PipelinePlan) {
        func columns(_ fields: [Field]) -> [Column] {
            fields.map { Column($0.name, "\($0.type)", $0.type.physical, isNullable: $0.isNullable) }
        }
        self.init(
            name: plan.name,
            sources: plan.sources.map {
                Source(
                    name: $0.definition.name, columns: columns($0.fields), isUpdating: $0.changelog == .updating,
                    hasPartitionPerFile: $0.definition.timing.partitionsByFile)
            },
            sinks: plan.sinks.map {
                Sink(name: $0.definition.name, columns: columns($0.fields), isUpdating: $0.changelog == .updating)
            },
            stateTables: plan.stages.compactMap { stage in
                switch stage.kind {
                case .values, .feedback, .transform, .unionAll, .eventTime: nil
                case .join, .over, .keyed: "\(stage.name).rows"
                case .windowAggregate(_, let aggregate): "\(stage.name).\(aggregate.table.name)"
                case .runningAggregate(_, let aggregate): "\(stage.name).\(aggregate.table.name)"
                }
            },
            fingerprint: plan.stateFingerprint)
    }
}
