import LaminarPlan
import LaminarTemplates

extension PipelineEmitter {
    func stamper(_ plan: StampPlan, _ input: StageInput) -> SwiftExpression {
        var arguments = [
            SwiftArgument("types", columnTypes(relation(input).fields[...])),
            SwiftArgument("columns", .array(plan.columns.map { .integer(Int128($0)) })),
            SwiftArgument("processingTime", .boolean(plan.processingTime)),
            SwiftArgument("watermark", .boolean(plan.watermark)),
        ]
        if let shape = plan.windows {
            arguments.append(SwiftArgument("windows", windows(shape)))
            if shape.kind == .session { arguments.append(SwiftArgument("gap", .integer(Int128(shape.size)))) }
        }
        return .call("RowStamper", arguments)
    }

    /// Stages that do something when the clock goes on.
    private var clockedStages: [StageNames] {
        plan.stages.indices.filter { plan.stages[$0].readsClock }.map { stageNames[$0] }
    }

    /// What is done before everything else of a call: the clock is read and what is due comes out.
    func ticks() -> [SwiftStatement] {
        let stages = clockedStages
        guard plan.readsClock else { return [] }
        let read = SwiftExpression.call(
            .member(.identifier("progress"), "read"), [SwiftArgument(nil, .identifier("clock"))])
        let settle: [SwiftStatement] = hasIdleness ? [.expression(.call(.identifier("settleSources"), []))] : []
        let timed: [SwiftStatement] =
            stages.isEmpty ? [.assign(.identifier("_"), read)] : [.constant("now", read)]
        return timed + settle
            + stages.map { .expression(.call($0.tick, SwiftArgument("at", .identifier("now")))) }
    }

    /// When the next of the stages has something to do.
    func nextTimer() -> [SwiftStatement] {
        var timers = clockedStages.map { SwiftExpression.member(.identifier($0.member), "nextTimer") }
        if hasIdleness { timers.append(.member(.identifier("progress"), "nextExpiry")) }
        if timers.isEmpty { return [.result(.none(.named("Int64")))] }
        if timers.count == 1 { return [.result(timers[0])] }
        let known = SwiftExpression.callWithClosure(.member(.array(timers), "compactMap"), [], .identifier("$0"))
        return [.result(.call(.member(known, "min"), []))]
    }

    private var hasIdleness: Bool { plan.sources.contains { $0.definition.timing.idleTimeout != nil } }

    /// The number of sources, or how the watermark of each is made.
    func sourceTimings() -> SwiftExpression {
        if plan.sources.allSatisfy({ $0.definition.timing.isPlain }) { return .integer(Int128(plan.sources.count)) }
        return .array(
            plan.sources.map { source in
                let timing = source.definition.timing
                var arguments: [SwiftArgument] = []
                func add(_ label: String, _ value: Int64?) {
                    if let value { arguments.append(SwiftArgument(label, .integer(Int128(value)))) }
                }
                add("partitions", timing.partitions == 1 ? nil : Int64(timing.partitions))
                add("idleTimeout", timing.idleTimeout)
                add("maxFuture", timing.maxFuture)
                if let delay = source.watermark?.delay, delay != 0, timing.maxFuture != nil { add("delay", delay) }
                return .call("SourceTiming", arguments)
            })
    }

    /// Notes that rows of a source have come, where its watermark depends on when.
    func arrival(_ source: Int) -> [SwiftStatement] {
        guard plan.sources[source].definition.timing.readsClock else { return [] }
        return [
            .expression(
                .call(
                    .member(.identifier("progress"), "arrive"), [SwiftArgument(nil, .integer(Int128(source)))]))
        ]
    }

    /// What hands on the watermarks that idle sources no longer hold back.
    func settling() -> SwiftDeclaration? {
        guard hasIdleness else { return nil }
        let cases = plan.sources.indices.map { index in
            SwiftStatement.switchCase(
                .integer(Int128(index)),
                .call("settle" + SwiftNames.type(plan.sources[index].definition.name), SwiftArgument("to", .identifier("watermark"))))
        }
        return template("SettleSources", EmbeddedTemplates.settleSources, [:], ["cases": cases])
    }

    /// The function that hands on the watermark of one source.
    func settlement(_ index: Int) -> SwiftDeclaration? {
        guard hasIdleness else { return nil }
        let flow = advances(.source(index), to: .identifier("watermark"))
        return template(
            "SettleSource", EmbeddedTemplates.settleSource,
            ["settle": "settle" + SwiftNames.type(plan.sources[index].definition.name)], ["advances": flow])
    }
}
