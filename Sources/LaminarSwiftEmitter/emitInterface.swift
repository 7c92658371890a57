import LaminarPlan
import LaminarTypes

extension PipelineEmitter {
    func physicalTypes(_ fields: [Field]) -> SwiftExpression {
        .array(fields.map { .implicitMember(String(describing: $0.type.physical)) })
    }

    func sinkProperties(_ index: Int, _ outlet: String) -> [SwiftDeclaration] {
        let sink = plan.sinks[index]
        let names = sinkNames[index]
        let isUpdating = sink.changelog == .updating
        let (sequence, callback) = callbacks[index]
        let element = isUpdating ? "Change<\(names.row)>" : names.row
        let outletType = isUpdating ? "ChangeOutlet" : "ResultOutlet"
        let property = isUpdating ? "onChange" : "onRow"
        return [
            SwiftDeclaration(
                .accessor(
                    callback, .optional(.function([.named(element)], .named("Void"))),
                    .member(.identifier(outlet), property)),
                access: .public, documentation: ["Called with each \(isUpdating ? "change" : "row") of `\(sink.definition.name)`."]),
            SwiftDeclaration(
                .function(
                    sequence, [], returns: .generic("AsyncStream", [.named(element)]),
                    body: [.result(.call(.member(.identifier(outlet), isUpdating ? "changes" : "rows"), []))]),
                access: .public,
                documentation: [
                    "The \(isUpdating ? "changes" : "rows") of `\(sink.definition.name)` that come from now on, buffered without bound."
                ]),
            SwiftDeclaration(
                .constant(outlet, nil, .call(.type(.generic(outletType, [.named(names.row)])), [])), access: .private),
        ]
    }

    func interfaceDeclaration() -> SwiftDeclaration {
        func columns(_ fields: [Field]) -> SwiftExpression {
            .array(
                fields.map { field in
                    .call(
                        .implicitMember("init"),
                        [
                            SwiftArgument(nil, .string(field.name)), SwiftArgument(nil, .string(field.type.description)),
                            SwiftArgument(nil, .implicitMember(String(describing: field.type.physical))),
                        ] + (field.isNullable ? [] : [SwiftArgument("isNullable", .boolean(false))]))
                })
        }
        let sources = plan.sources.map { source in
            SwiftExpression.call(
                .implicitMember("init"),
                [
                    SwiftArgument("name", .string(source.definition.name)),
                    SwiftArgument("columns", columns(source.fields)),
                ] + (source.changelog == .updating ? [SwiftArgument("isUpdating", .boolean(true))] : [])
                    + (source.definition.timing.partitionsByFile
                        ? [SwiftArgument("hasPartitionPerFile", .boolean(true))] : []))
        }
        let sinks = plan.sinks.map { sink in
            SwiftExpression.call(
                .implicitMember("init"),
                [
                    SwiftArgument("name", .string(sink.definition.name)),
                    SwiftArgument("columns", columns(sink.fields)),
                ] + (sink.changelog == .updating ? [SwiftArgument("isUpdating", .boolean(true))] : []))
        }
        let tables = plan.stages.compactMap { stage -> SwiftExpression? in
            switch stage.kind {
            case .windowAggregate(_, let plan): .string("\(stage.name).\(plan.table.name)")
            case .join, .over, .keyed: .string("\(stage.name).rows")
            case .runningAggregate(_, let plan): .string("\(stage.name).\(plan.table.name)")
            default: nil
            }
        }
        return SwiftDeclaration(
            .constant(
                "interface", nil,
                .call(
                    "PipelineInterface", SwiftArgument("name", .string(plan.name)),
                    SwiftArgument("sources", .array(sources)), SwiftArgument("sinks", .array(sinks)),
                    SwiftArgument("stateTables", .array(tables)),
                    SwiftArgument("fingerprint", .identifier("stateFingerprint")))),
            access: .public, modifiers: ["static"],
            documentation: ["What the pipeline takes and gives."])
    }
}
