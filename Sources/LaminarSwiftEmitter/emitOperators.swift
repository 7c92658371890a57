import LaminarPlan
import LaminarTypes

extension PipelineEmitter {
    func stageProperties(
        _ index: Int, _ stage: StagePlan, _ setup: inout [SwiftStatement]
    ) -> [SwiftDeclaration] {
        let names = stageNames[index]
        let policies = SwiftArgument("policies", .identifier("policies"))
        let program = SwiftExpression.call(names.program)
        func operatorProperty(_ type: SwiftType, _ arguments: [SwiftArgument], rows: String?) -> [SwiftDeclaration] {
            var call = SwiftExpression.identifier("")
            if case .generic(let name, _) = type { call = .call(.identifier(name), arguments) }
            setup.append(.assign(.identifier(names.member), call))
            // What fills a batch of its own never calls out.
            var result = [
                SwiftDeclaration(
                    .variable(names.member, type, nil), access: .private, modifiers: rows == nil ? [] : [Self.unchecked])
            ]
            if let rows {
                result.append(
                    SwiftDeclaration(
                        .constant(
                            rows, nil,
                            .call(
                                "ColumnBatch",
                                SwiftArgument("types", .member(.identifier(names.program), "outputTypes")))),
                        access: .private))
            }
            return result
        }
        switch stage.kind {
        case .values: return []
        case .feedback:
            return [
                SwiftDeclaration(
                    .constant(
                        names.member, nil, .call("FeedbackRows", SwiftArgument("types", columnTypes(stage.fields[...])))),
                    access: .private)
            ]
        case .join(let leftInput, let rightInput, let join):
            guard let timing = join.timing else {
                var arguments = [SwiftArgument(nil, program)]
                if let left = join.leftTimeToLive {
                    arguments.append(SwiftArgument("leftTimeToLive", .integer(Int128(left))))
                }
                if let right = join.rightTimeToLive {
                    arguments.append(SwiftArgument("rightTimeToLive", .integer(Int128(right))))
                }
                if join.readsLatest { arguments.append(SwiftArgument("readsLatest", .boolean(true))) }
                let checked = [("checksLeft", leftInput), ("checksRight", rightInput)].filter { plan.readsChanges($0.1) }
                for (label, _) in checked { arguments.append(SwiftArgument(label, .boolean(true))) }
                if !checked.isEmpty {
                    arguments.append(SwiftArgument("policy", .member(.identifier("policies"), "evaluationError")))
                }
                return operatorProperty(.generic("RegularJoin", [.named(names.program)]), arguments, rows: names.rows)
            }
            return operatorProperty(
                .generic("TimedJoin", [.named(names.program)]),
                [
                    SwiftArgument(nil, program), SwiftArgument("timing", joinTiming(timing)),
                    SwiftArgument("nullEventTime", .member(.identifier("policies"), "nullEventTime")),
                    SwiftArgument("reportsWatermark", .boolean(stepReaders.stages[index])),
                ], rows: names.rows)
        case .transform:
            let transformer = SwiftType.generic("RowTransformer", [.named(names.program)])
            guard tellsOrigins(index) else {
                return operatorProperty(transformer, [SwiftArgument(nil, program), policies], rows: nil)
            }
            let origins = SwiftDeclaration(.constant(names.origins, nil, .call("RowOrigins")), access: .private)
            let argument = SwiftArgument("origins", .identifier(names.origins))
            return operatorProperty(transformer, [SwiftArgument(nil, program), policies, argument], rows: nil) + [origins]
        case .unionAll(let inputs):
            return [
                SwiftDeclaration(
                    .variable(
                        names.member, nil, .call("UnionOperator", SwiftArgument("inputs", .integer(Int128(inputs.count))))),
                    access: .private)
            ]
        case .windowAggregate(_, let plan):
            setup.append(layoutCheck(names, plan.table))
            let keepsSessions = plan.window.kind == .session && plan.isMerged
            var arguments = [
                SwiftArgument(nil, .call("CompiledAggregate", SwiftArgument(nil, program))),
                keepsSessions
                    ? SwiftArgument("gap", .integer(Int128(plan.window.size)))
                    : SwiftArgument("windows", windows(plan.window, isAssigned: plan.isAssigned)),
            ]
            if plan.lateness != 0 { arguments.append(SwiftArgument("lateness", .integer(Int128(plan.lateness)))) }
            if plan.emission != .onClose {
                let emission =
                    switch plan.emission {
                    case .onClose: "onClose"
                    case .onCloseOfUpdates: "onCloseOfUpdates"
                    case .changes: "changes"
                    case .afterWatermark: "afterWatermark"
                    }
                arguments.append(SwiftArgument("emission", .implicitMember(emission)))
            }
            switch plan.watermark {
            case .rows(let delay):
                arguments.append(
                    SwiftArgument(
                        "watermark",
                        .call(.implicitMember("rows"), [SwiftArgument("delay", .integer(Int128(delay)))])))
            case .steps: arguments.append(SwiftArgument("watermark", .implicitMember("steps")))
            }
            arguments.append(policies)
            if keepsSessions {
                return operatorProperty(
                    .generic("SessionAggregate", [.generic("CompiledAggregate", [.named(names.program)])]), arguments,
                    rows: names.rows)
            }
            arguments.append(SwiftArgument("reportsWatermark", .boolean(stepReaders.stages[index])))
            let delay = stage.outputDelay
            if delay != plan.lateness { arguments.append(SwiftArgument("outputDelay", .integer(Int128(delay)))) }
            return operatorProperty(
                .generic("WindowAggregate", [.generic("CompiledAggregate", [.named(names.program)])]), arguments,
                rows: names.rows)
        case .eventTime(let input, .sessions(let sessions)):
            var arguments = [
                SwiftArgument("types", columnTypes(relation(input).fields[...])),
                SwiftArgument("columns", .integer(Int128(sessions.columns))),
                SwiftArgument("time", .integer(Int128(sessions.time))),
                SwiftArgument("keys", .array(sessions.keys.map { .integer(Int128($0)) })),
            ]
            if let keyed = sessions.keyed { arguments.append(SwiftArgument("watermark", watermarkKey(keyed))) }
            arguments.append(SwiftArgument("gap", .integer(Int128(sessions.gap))))
            if sessions.lateness != 0 {
                arguments.append(SwiftArgument("lateness", .integer(Int128(sessions.lateness))))
            }
            arguments.append(SwiftArgument("closes", .boolean(sessions.closes)))
            if sessions.waitsForEnd { arguments.append(SwiftArgument("waitsForEnd", .boolean(true))) }
            if sessions.givesOutLateRows { arguments.append(SwiftArgument("givesOutLateRows", .boolean(true))) }
            arguments += [
                SwiftArgument("timeUnit", .integer(Int128(sessions.timeUnit))),
                SwiftArgument(
                    "nullEventTime",
                    sessions.hasWatermark
                        ? .member(.identifier("policies"), "nullEventTime") : .none(.named("RowPolicy"))),
            ]
            return columnOperator("SessionWindows", .call("SessionWindows", arguments), stage, names, &setup)
        case .eventTime(let input, .lateRows(let late)):
            var arguments = [
                SwiftArgument("types", columnTypes(relation(input).fields[...])),
                SwiftArgument("columns", .integer(Int128(late.columns))),
                SwiftArgument("time", .integer(Int128(late.time))),
                SwiftArgument("windows", windows(late.window, isAssigned: true)),
            ]
            if late.lateness != 0 { arguments.append(SwiftArgument("lateness", .integer(Int128(late.lateness)))) }
            return columnOperator("LateRows", .call("LateRows", arguments), stage, names, &setup)
        case .eventTime(let input, .stamp(let stamp)):
            return columnOperator("RowStamper", stamper(stamp, input), stage, names, &setup)
        case .eventTime(let input, .periodic(let periodic)):
            let call = SwiftExpression.call(
                "PeriodicChanges", SwiftArgument("types", columnTypes(relation(input).fields[...])),
                SwiftArgument("columns", .integer(Int128(periodic.columns))),
                SwiftArgument("keys", .array(periodic.keys.map { .integer(Int128($0)) })),
                SwiftArgument("interval", .integer(Int128(periodic.interval))),
                SwiftArgument("last", .integer(Int128(periodic.last))))
            return columnOperator("PeriodicChanges", call, stage, names, &setup)
        case .eventTime(let input, .keyedWindows(let windows)):
            var arguments = [
                SwiftArgument("types", columnTypes(relation(input).fields[...])),
                SwiftArgument("columns", .integer(Int128(windows.columns))),
                SwiftArgument("eventTime", .integer(Int128(windows.eventTime))),
                SwiftArgument("end", .integer(Int128(windows.end))),
                SwiftArgument("key", watermarkKey(windows.watermark)),
            ]
            if windows.lateness != 0 {
                arguments.append(SwiftArgument("lateness", .integer(Int128(windows.lateness))))
            }
            if windows.emission.isUpdating {
                let emission = windows.emission == .changes ? "changes" : "afterEnd"
                arguments.append(SwiftArgument("emission", .implicitMember(emission)))
            }
            if windows.givesOutLateRows { arguments.append(SwiftArgument("givesOutLateRows", .boolean(true))) }
            arguments.append(SwiftArgument("nullEventTime", .member(.identifier("policies"), "nullEventTime")))
            return columnOperator("WindowsByKey", .call("WindowsByKey", arguments), stage, names, &setup)
        case .eventTime(_, .order(let order)):
            var arguments = [
                SwiftArgument("types", columnTypes(stage.fields[...])),
                SwiftArgument("time", .integer(Int128(order.time))),
            ]
            if order.lateness != 0 { arguments.append(SwiftArgument("lateness", .integer(Int128(order.lateness)))) }
            if !order.ties.isEmpty {
                let ties = order.ties.map {
                    SwiftExpression.call(
                        .implicitMember("init"),
                        [
                            SwiftArgument("column", .integer(Int128($0.column))),
                            SwiftArgument("isDescending", .boolean($0.isDescending)),
                            SwiftArgument("nullsFirst", .boolean($0.nullsFirst)),
                        ])
                }
                arguments.append(SwiftArgument("ties", .array(ties)))
            }
            arguments.append(SwiftArgument("nullEventTime", .member(.identifier("policies"), "nullEventTime")))
            return columnOperator("EventTimeOrder", .call("EventTimeOrder", arguments), stage, names, &setup)
        case .eventTime(_, .consolidate):
            let call = SwiftExpression.call(
                "ConsolidatedChanges", SwiftArgument("types", columnTypes(stage.fields[...])))
            return columnOperator("ConsolidatedChanges", call, stage, names, &setup)
        case .eventTime(_, .expandRows(let expansion)):
            let call = SwiftExpression.call(
                "RowExpander",
                SwiftArgument("types", columnTypes(stage.fields.prefix(expansion.columns))),
                SwiftArgument("count", .integer(Int128(expansion.count))),
                SwiftArgument("keepsEmpty", .boolean(expansion.keepsEmpty)))
            return columnOperator("RowExpander", call, stage, names, &setup)
        case .eventTime(_, .expandWindows(let expansion)):
            let window = expansion.window
            let spelling = window.kind == .hop ? "slide" : "step"
            let lengths = [
                SwiftArgument("size", .integer(Int128(window.size))),
                SwiftArgument(spelling, .integer(Int128(window.step))),
                SwiftArgument("offset", .integer(Int128(window.offset))),
            ]
            let call = SwiftExpression.call(
                "WindowExpander",
                SwiftArgument(nil, .call(.implicitMember(window.kind == .hop ? "hopping" : "cumulating"), lengths)),
                SwiftArgument("types", columnTypes(stage.fields.prefix(expansion.columns))),
                SwiftArgument("time", .integer(Int128(expansion.time))),
                SwiftArgument("timeUnit", .integer(Int128(expansion.timeUnit))),
                SwiftArgument(
                    "nullEventTime",
                    expansion.hasWatermark
                        ? .member(.identifier("policies"), "nullEventTime") : .none(.named("RowPolicy"))))
            return columnOperator("WindowExpander", call, stage, names, &setup)
        case .keyed(let input, let changes):
            let call = SwiftExpression.call(
                "ChangesByKey", SwiftArgument("types", columnTypes(plan.fields(of: input)[...])),
                SwiftArgument("key", .array(changes.key.map { .integer(Int128($0)) })),
                SwiftArgument("input", .implicitMember(changes.input == .upsert ? "upserts" : "changes")),
                SwiftArgument("policy", .member(.identifier("policies"), "evaluationError")))
            return columnOperator("ChangesByKey", call, stage, names, &setup)
        case .over(let input, let over):
            return columnOperator(
                over.operatorType,
                overOperator(over, inputs: plan.fields(of: input), checksRetractions: plan.readsChanges(input)), stage,
                names, &setup)
        case .runningAggregate(let input, let aggregate):
            setup.append(layoutCheck(names, aggregate.table))
            var arguments = [
                SwiftArgument(nil, .call("CompiledAggregate", SwiftArgument(nil, program))), policies,
            ]
            if plan.readsChanges(input) { arguments.append(SwiftArgument("checksRetractions", .boolean(true))) }
            if let timeToLive = aggregate.timeToLive {
                arguments.append(SwiftArgument("timeToLive", .integer(Int128(timeToLive))))
            }
            return operatorProperty(
                .generic("RunningAggregate", [.generic("CompiledAggregate", [.named(names.program)])]), arguments,
                rows: names.rows)
        }
    }

    private func watermarkKey(_ watermark: KeyedWatermark) -> SwiftExpression {
        .call(
            "WatermarkKey", SwiftArgument("columns", .array(watermark.columns.map { .integer(Int128($0)) })),
            SwiftArgument("idle", .integer(Int128(watermark.idle))),
            SwiftArgument("delay", .integer(Int128(watermark.delay))))
    }

    /// An operator over columns, with the batch that it fills.
    func columnOperator(
        _ type: String, _ call: SwiftExpression, _ stage: StagePlan, _ names: StageNames,
        _ setup: inout [SwiftStatement]
    ) -> [SwiftDeclaration] {
        setup.append(.assign(.identifier(names.member), call))
        return [
            SwiftDeclaration(.variable(names.member, .named(type), nil), access: .private),
            SwiftDeclaration(
                .constant(
                    names.rows, nil, .call("ColumnBatch", SwiftArgument("types", columnTypes(stage.fields[...])))),
                access: .private),
        ]
    }

    func columnTypes(_ fields: ArraySlice<Field>) -> SwiftExpression {
        .array(fields.map { .implicitMember(String(describing: $0.type.physical)) })
    }

    func windows(_ shape: WindowShape, isAssigned: Bool) -> SwiftExpression {
        var arguments = [SwiftArgument("size", .integer(Int128(shape.size)))]
        let offset = SwiftArgument("offset", .integer(Int128(shape.offset)))
        let assigned = isAssigned ? [SwiftArgument("isAssigned", .boolean(true))] : []
        switch shape.kind {
        case .tumble:
            if shape.offset != 0 { arguments.append(offset) }
            return .call("TumblingWindows", arguments)
        case .hop:
            arguments.append(SwiftArgument("slide", .integer(Int128(shape.step))))
            return .call(.implicitMember("hopping"), arguments + [offset] + assigned)
        case .cumulate:
            arguments.append(SwiftArgument("step", .integer(Int128(shape.step))))
            return .call(.implicitMember("cumulating"), arguments + [offset] + assigned)
        case .session: return .implicitMember("sessions")
        }
    }

    /// The state's bytes are part of the plan: what Swift lays out must be what was planned.
    func layoutCheck(_ names: StageNames, _ table: StateTablePlan) -> SwiftStatement {
        .expression(
            .call(
                "requireLayout", SwiftArgument("of", .member(.identifier(names.program), "self")),
                SwiftArgument("keyWords", .integer(Int128(table.keyWords))),
                SwiftArgument("accumulatorBytes", .integer(Int128(table.calls == 0 ? 0 : table.accumulatorBytes)))))
    }
}

extension StateTablePlan {
    fileprivate var calls: Int { accumulators.count }
}
