import LaminarPlan
import LaminarTemplates
import LaminarTypes

extension PipelineEmitter {
    mutating func emitPipeline() -> SwiftDeclaration {
        var properties: [SwiftDeclaration] = []
        var bodies: [SwiftDeclaration] = []
        var setup: [SwiftStatement] = []
        var outlets: [String] = []
        var delivers: [String] = []
        for (index, sink) in plan.sinks.enumerated() {
            let label = SwiftNames.type(sink.definition.name)
            let outlet = members.claim(SwiftNames.member(sink.definition.name) + "Outlet")
            outlets.append(outlet)
            delivers.append(members.claim("deliver" + label))
            properties += sinkProperties(index, outlet)
        }
        properties += [
            outputCallback(),
            SwiftDeclaration(
                .variable("clock", nil, .member(.identifier("ProcessingClock"), "system")), access: .public,
                documentation: ["Where processing time is read."]),
            interfaceDeclaration(),
            SwiftDeclaration(
                .computed("interface", .named("PipelineInterface"), .member(.identifier("Self"), "interface")),
                access: .public),
            statusDeclaration(),
            SwiftDeclaration(
                .constant("stateFingerprint", nil, .string(plan.stateFingerprint)), access: .public,
                modifiers: ["static"],
                documentation: ["Identifies the layout of the state: a snapshot is read by pipelines of the same."]),
            SwiftDeclaration(
                .constant(
                    "stateLayout", .array(.named("String")),
                    .array(plan.stateLayout.description.split(separator: "\n").map { .string(String($0)) })),
                access: .private, modifiers: ["static"],
                documentation: ["What a snapshot consists of, and says of itself, so that later versions can read it."]),
            SwiftDeclaration(
                .alias("InterfaceVersion", .named("LaminarInterfaceVersion1")), access: .private,
                documentation: [
                    "If this does not compile, build again: the file was generated for another version of the runtime."
                ]),
        ]
        properties.append(
            SwiftDeclaration(
                .variable(
                    "progress", nil,
                    .call("PipelineProgress", SwiftArgument("sources", sourceTimings()))),
                access: .private, modifiers: [Self.unchecked]))
        properties.append(
            SwiftDeclaration(
                .variable(
                    "failures", nil,
                    .call("QueryFailures", SwiftArgument("sinks", .integer(Int128(plan.sinks.count))))),
                access: .private, modifiers: [Self.unchecked]))
        claimRowCells()
        properties += rejectionMembers()
        setup.append(.assign(.member(.identifier("self"), "policies"), .identifier("policies")))
        if hasRowFlow {
            setup.append(
                .assign(.identifier("handsOutBatches"), .member(.identifier("policies"), "divertsRows")))
        }
        for (index, source) in plan.sources.enumerated() {
            let rows = members.claim(sourceNames[index].member + "Rows")
            let push = members.claim("push" + SwiftNames.type(source.definition.name) + "Rows")
            properties.append(
                SwiftDeclaration(
                    .constant(
                        rows, nil,
                        .call(
                            "ColumnBatch",
                            SwiftArgument("types", physicalTypes(source.fields)))),
                    access: .private))
            var steps: String?
            if needsSteps(index) {
                let name = members.claim(sourceNames[index].member + "Watermark")
                steps = name
                properties.append(
                    SwiftDeclaration(
                        .variable(
                            name, nil,
                            .call(
                                .type(.generic("SourceWatermark", [.named(watermarkProgram(index))])),
                                [SwiftArgument("types", physicalTypes(source.fields))]
                                    + (plan.comesTogether(index)
                                        ? [SwiftArgument("cutsAtSteps", .boolean(true))] : [])
                                    + (plan.comesRowByRow(index)
                                        ? [SwiftArgument("cutsAtRows", .boolean(true))] : []))),
                        access: .private))
            }
            bodies.append(sourceEntry(index, rows: rows, push: push, steps: steps, delivers))
        }
        for (index, stage) in plan.stages.enumerated() {
            properties += stageProperties(index, stage, &setup)
            bodies.append(stageBody(index, stage, delivers))
        }
        bodies += timedHost()
        if let completion = batchCompletion() { bodies.append(completion) }
        for index in plan.sinks.indices {
            bodies.append(
                template(
                    "Sink", EmbeddedTemplates.sink,
                    ["deliver": delivers[index], "position": String(index), "outlet": outlets[index]]))
        }
        if hasRowFlow {
            properties += rowProperties(&setup)
            bodies += rowBodies(delivers, outlets)
        }
        let initializer = SwiftDeclaration(
            .initializer([SwiftParameter(nil, "policies", "RowPolicies = RowPolicies()")], body: setup), access: .public,
            documentation: [
                "A pipeline that has seen nothing.", "",
                "- Parameter policies: what becomes of rows that are late or cannot be evaluated; `onRejectedRow` gets those diverted.",
            ])
        return SwiftDeclaration(
            .nominal(
                keyword: "final class", name: pipelineName, inherited: ["RunnablePipeline"],
                members: properties + [initializer] + bodies + [host(outlets)]),
            access: .public, documentation: pipelineDocumentation())
    }

    /// For members none of whose accesses lasts while something is called that may reach them again: checking that at
    /// run time would cost as much as a row.
    static let unchecked = "@exclusivity(unchecked)"

    func pipelineDocumentation() -> [String] {
        ["The queries of `\(relativeName.split(separator: "/").last.map(String.init) ?? relativeName)`, running."]
            + [
                "",
                "One thread at a time owns it. Results come out before the call returns that caused them; do not push from a",
                "callback. After an error, restore a snapshot or start anew.",
            ]
    }
}
