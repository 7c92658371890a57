import LaminarPlan
import LaminarTemplates

extension PipelineEmitter {
    mutating func host(_ outlets: [String]) -> SwiftDeclaration {
        var pushes: [SwiftStatement] = []
        var watermarks: [SwiftStatement] = []
        var ends: [SwiftStatement] = []
        for (index, names) in sourceNames.enumerated() {
            pushes.append(
                .switchCase(
                    .integer(Int128(index)),
                    .attempt(.call("push", SwiftArgument(names.member, .identifier("batch"))))))
            watermarks.append(
                .switchCase(
                    .integer(Int128(index)),
                    .attempt(.call("advanceWatermark", SwiftArgument(names.member, .identifier("watermark"))))))
            ends.append(
                .expression(
                    .attempt(.call("advanceWatermark", SwiftArgument(names.member, .identifier("endOfInput"))))))
        }
        for outlet in outlets { ends.append(.expression(.call(.member(.identifier(outlet), "finish"), []))) }
        var beginnings: [SwiftStatement] = []
        var encodings: [SwiftStatement] = []
        var restorations: [SwiftStatement] = []
        var counts: [SwiftStatement] = []
        var section = 0
        for (index, stage) in plan.stages.enumerated() {
            let names = stageNames[index]
            let state = SwiftExpression.identifier(names.member)
            switch stage.kind {
            case .feedback: beginnings.append(.expression(.call(names.begin)))
            case .values: beginnings.append(.expression(.call(names.run)))
            case .runningAggregate where stage.isGlobalGroup: beginnings.append(.expression(.call(names.begin)))
            default: break
            }
            switch stage.kind {
            case .values, .feedback: continue
            default: break
            }
            let (writer, reader) = (SwiftExpression.identifier("writer"), SwiftExpression.identifier("reader"))
            encodings += [
                .expression(.call(.member(writer, "beginSection"), [])),
                .expression(.call(.member(state, "encode"), [SwiftArgument("to", .inoutReference("writer"))])),
                .expression(.call(.member(writer, "endSection"), [])),
            ]
            restorations.append(
                .ifTrue(
                    .attempt(.call(.member(reader, "enterSection"), [SwiftArgument(nil, .integer(Int128(section)))])),
                    [
                        .expression(
                            .attempt(
                                .call(.member(state, "restore"), [SwiftArgument("from", .inoutReference("reader"))]))),
                        .expression(.attempt(.call(.member(reader, "leaveSection"), []))),
                    ]))
            section += 1
            if case .unionAll = stage.kind { continue }
            counts.append(
                .expression(
                    .call(
                        .member(.identifier("counters"), "addDrops"),
                        [SwiftArgument("of", .member(state, "counters"))])))
        }
        return template(
            "PipelineHost", EmbeddedTemplates.pipelineHost, [
                "var": counts.isEmpty ? "let" : "var", "sinkCount": String(plan.sinks.count), "Pipeline": pipelineName,
            ],
            [
                "ticks": ticks() + (plan.readsClock ? completion() : []), "nextTimer": nextTimer(), "pushes": pushes, "watermarks": watermarks, "ends": ends, "beginnings": beginnings + completion(),
                "encodings": encodings, "restorations": restorations, "counts": counts,
            ])
    }
}
