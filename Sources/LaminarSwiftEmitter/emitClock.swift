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
            arguments.append(SwiftArgument("windows", windows(shape, isAssigned: true)))
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
        let settle: [SwiftStatement] = settlesSources ? [.expression(.call(.identifier("settleSources"), []))] : []
        let timed: [SwiftStatement] =
            stages.isEmpty ? [.assign(.identifier("_"), read)] : [.constant("now", read)]
        return timed + settle
            + stages.map { .expression(.call($0.tick, SwiftArgument("at", .identifier("now")))) }
    }

    /// When the next of the stages has something to do.
    func nextTimer() -> [SwiftStatement] {
        var timers = clockedStages.map { SwiftExpression.member(.identifier($0.member), "nextTimer") }
        if settlesSources { timers.append(.member(.identifier("progress"), "nextExpiry")) }
        if timers.isEmpty { return [.result(.none(.named("Int64")))] }
        if timers.count == 1 { return [.result(timers[0])] }
        let known = SwiftExpression.callWithClosure(.member(.array(timers), "compactMap"), [], .identifier("$0"))
        return [.result(.call(.member(known, "min"), []))]
    }

    private var timings: [SourceTiming] { plan.sources.map(\.definition.timing) }

    /// Whether the clock alone can raise a source's watermark.
    private var settlesSources: Bool { timings.contains { $0.idleTimeout != nil || $0.followsClock } }

    /// The number of sources, or how the watermark of each is made.
    func sourceTimings() -> SwiftExpression {
        if timings.allSatisfy(\.isPlain) { return .integer(Int128(plan.sources.count)) }
        return .array(
            plan.sources.map { source in
                let timing = source.definition.timing
                var arguments: [SwiftArgument] = []
                func add(_ label: String, _ value: Int64?) {
                    if let value { arguments.append(SwiftArgument(label, .integer(Int128(value)))) }
                }
                add("partitions", timing.partitions == 1 ? nil : Int64(timing.partitions))
                if timing.partitionsByFile { arguments.append(SwiftArgument("opensPartitions", .boolean(true))) }
                add("idleTimeout", timing.idleTimeout)
                add("maxFuture", timing.maxFuture)
                if let delay = source.watermark?.delay, delay != 0, timing.maxFuture != nil { add("delay", delay) }
                if timing.followsClock { arguments.append(SwiftArgument("followsClock", .boolean(true))) }
                if let alignment = timing.alignment {
                    arguments.append(
                        SwiftArgument(
                            "alignment",
                            .call(
                                "SourceAlignment", SwiftArgument("group", .string(alignment.group)),
                                SwiftArgument("maxDrift", .integer(Int128(alignment.maxDrift))),
                                SwiftArgument("policy", .implicitMember(alignment.policy.rawValue)))))
                }
                return .call("SourceTiming", arguments)
            })
    }

    /// Notes that rows of a source have come, where it depends on when, or on other sources, what they do.
    func arrival(_ source: Int) -> [SwiftStatement] {
        let timing = timings[source]
        guard timing.readsClock || timing.alignment != nil else { return [] }
        return [
            .expression(
                .attempt(
                    .call(
                        .member(.identifier("progress"), "arrive"), [SwiftArgument(nil, .integer(Int128(source)))])))
        ]
    }

    /// What a pipeline has more where partitions, the clock or other sources decide about a source's watermark.
    func timedHost() -> [SwiftDeclaration] {
        if timings.allSatisfy(\.isPlain) { return [] }
        var settlements: [SwiftDeclaration] = []
        var cases: [SwiftStatement] = []
        for (index, source) in plan.sources.enumerated() {
            let settle = "settle" + SwiftNames.type(source.definition.name)
            settlements.append(
                template(
                    "SettleSource", EmbeddedTemplates.settleSource, ["settle": settle],
                    ["advances": advances(.source(index), to: .identifier("watermark"))]))
            cases.append(
                .switchCase(
                    .integer(Int128(index)), .call(settle, SwiftArgument("to", .identifier("watermark")))))
        }
        return settlements + [template("TimedHost", EmbeddedTemplates.timedHost, [:], ["cases": cases, "completion": completion()])]
    }

    /// What the rows of a source have raised its watermark to, by the account of aggregations that read it off them.
    func seenWatermark(_ source: Int) -> SwiftExpression? {
        let readers = plan.stages.indices.filter { index in
            guard case .windowAggregate(.source(source), let aggregate) = plan.stages[index].kind else { return false }
            return aggregate.watermark != .steps
        }
        let seen = readers.map { SwiftExpression.member(.identifier(stageNames[$0].member), "watermark") }
        return seen.count > 1 ? .call("max", seen.map { SwiftArgument(nil, $0) }) : seen.first
    }

    /// How sources and stages stand.
    func statusDeclaration() -> SwiftDeclaration {
        let stages = zip(plan.stages, stageNames).enumerated().map { index, stage -> SwiftExpression in
            var arguments = [SwiftArgument(nil, .string(stage.0.name))]
            switch stage.0.kind {
            case .values, .feedback, .unionAll: break
            default: arguments.append(SwiftArgument(nil, .member(.identifier(stage.1.member), "counters")))
            }
            let sources = plan.watermarkSources[index]
            if sources.count > 1 {
                let among = SwiftExpression.array(sources.map { .integer(Int128($0)) })
                arguments.append(
                    SwiftArgument(
                        "waitsFor",
                        .call(.member(.identifier("progress"), "waited"), [SwiftArgument("among", among)])))
            }
            return .call("StageStatus", arguments)
        }
        let seen = plan.sources.indices.map { seenWatermark($0) ?? .identifier("noWatermark") }
        return SwiftDeclaration(
            .computed(
                "status", .named("PipelineStatus"),
                .call(
                    "PipelineStatus",
                    SwiftArgument(
                        "sources",
                        .call(
                            .member(.identifier("progress"), "status"),
                            [
                                SwiftArgument("of", .member(.identifier("Self"), "interface")),
                                SwiftArgument("seen", .array(seen)),
                            ])),
                    SwiftArgument("stages", .array(stages)))),
            access: .public,
            documentation: ["How sources and stages stand: watermarks, idleness, drops, who waits for whom."])
    }
}
