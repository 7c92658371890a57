import LaminarPlan
import LaminarTemplates

extension PipelineEmitter {
    /// The statements by which a batch goes from a relation to what reads it.
    func consumers(_ relation: StageInput, _ delivers: [String]) -> [SwiftStatement] {
        var result: [SwiftStatement] = []
        for (index, stage) in plan.stages.enumerated() {
            if case .unionAll(let inputs) = stage.kind {
                for (position, input) in inputs.enumerated() where input == relation {
                    result.append(
                        .expression(
                            .call(
                                stageNames[index].run, SwiftArgument(nil, .identifier("batch")),
                                SwiftArgument("from", .integer(Int128(position))))))
                }
            } else if case .join(let left, let right, _) = stage.kind {
                for (side, input) in [("left", left), ("right", right)] where input == relation {
                    result.append(
                        .expression(
                            .call(
                                stageNames[index].run, SwiftArgument(nil, .identifier("batch")),
                                SwiftArgument("from", .implicitMember(side)))))
                }
            } else if stage.inputs.contains(relation) {
                result.append(.expression(.call(stageNames[index].run, SwiftArgument(nil, .identifier("batch")))))
            }
        }
        for feedback in plan.feedbacks where feedback.input == relation {
            result.append(
                .expression(
                    .call(
                        .member(.identifier(stageNames[feedback.stage].member), "append"),
                        [SwiftArgument(nil, .identifier("batch"))])))
        }
        for (index, sink) in plan.sinks.enumerated() where sink.input == relation {
            result.append(.expression(.call(delivers[index], SwiftArgument(nil, .identifier("batch")))))
        }
        return result
    }

    /// The statements by which a watermark goes from a relation to the stages that read it.
    func advances(_ relation: StageInput, to watermark: SwiftExpression) -> [SwiftStatement] {
        var result: [SwiftStatement] = []
        for (index, stage) in plan.stages.enumerated() {
            if case .unionAll(let inputs) = stage.kind {
                for (position, input) in inputs.enumerated() where input == relation {
                    result.append(
                        .expression(
                            .call(
                                stageNames[index].advance, SwiftArgument("to", watermark),
                                SwiftArgument("from", .integer(Int128(position))))))
                }
            } else if case .join(let left, let right, _) = stage.kind {
                for (side, input) in [("left", left), ("right", right)] where input == relation {
                    result.append(
                        .expression(
                            .call(
                                stageNames[index].advance, SwiftArgument("to", watermark),
                                SwiftArgument("from", .implicitMember(side)))))
                }
            } else if stage.inputs.contains(relation), hasAdvance(index) {
                result.append(.expression(.call(stageNames[index].advance, SwiftArgument("to", watermark))))
            }
        }
        return result
    }

    /// The positions of the sinks that get rows through a relation, as an array literal.
    func sinksText(behind relation: StageInput) -> String {
        var reached: Set<StageInput> = [relation]
        for (index, stage) in plan.stages.enumerated() where stage.inputs.contains(where: reached.contains) {
            reached.insert(.stage(index))
        }
        let sinks = plan.sinks.indices.filter { reached.contains(plan.sinks[$0].input) }
        return "[\(sinks.map(String.init).joined(separator: ", "))]"
    }

    /// Whether a watermark that reaches the stage has an effect there or behind it.
    func hasAdvance(_ index: Int) -> Bool {
        switch plan.stages[index].kind {
        case .values, .feedback: false
        case .transform: !advances(.stage(index), to: .identifier("watermark")).isEmpty
        case .unionAll, .windowAggregate, .runningAggregate, .eventTime, .join, .over, .keyed: true
        }
    }

    func template(
        _ name: String, _ bytes: [UInt8], _ holes: [String: String], _ blocks: [String: [SwiftStatement]] = [:]
    ) -> SwiftDeclaration {
        SwiftDeclaration(
            .template(SwiftTemplate(name: name, bytes: bytes).filled(holes, blocks: blocks.mapValues(SwiftPrinter.lines))))
    }

    mutating func sourceEntry(
        _ index: Int, rows: String, push: String, steps: String?, _ delivers: [String]
    ) -> SwiftDeclaration {
        var flow = consumers(.source(index), delivers)
        if plan.comesRowByRow(index) { flow += completion() }
        let watermark = advances(.source(index), to: .identifier("watermark"))
        var holes = [
            "relation": plan.sources[index].definition.name, "Row": sourceNames[index].row, "rows": rows,
            "pushRows": push, "label": sourceNames[index].member, "position": String(index),
            "seen": seenWatermark(index).map { ", seen: " + SwiftPrinter.text($0) } ?? "",
        ]
        if let steps {
            holes["watermark"] = steps
            holes["index"] = String(plan.stages.count + index)
            holes["stage"] = SwiftPrinter.literal(plan.sources[index].definition.name)
            holes["sinks"] = sinksText(behind: .source(index))
            let program = watermarkProgram(index)
            holes["places"] = stagesWithPlaces.contains(program) ? "\(program).places" : "[]"
        }
        if comesByRow(.source(index)) {
            let type = SwiftNames.type(plan.sources[index].definition.name)
            holes["pass"] = members.claim("pass" + type)
            holes["pushAll"] = members.claim("pushAll" + type)
            holes["Columns"] = sourceNames[index].columns
            let entry = template(
                "RowSource", EmbeddedTemplates.rowSource, holes,
                ["consumers": flow, "advances": watermark, "rowConsumers": rowConsumers(.source(index), "row", delivers)])
            let asColumns = foldsAllRows(of: index)
            let several = template(
                asColumns ? "RowsAsColumns" : "RowsOneByOne",
                asColumns ? EmbeddedTemplates.rowsAsColumns : EmbeddedTemplates.rowsOneByOne,
                holes.filter { ["Row", "rows", "pushRows", "pushAll", "pass"].contains($0.key) })
            guard case .template(var body) = entry.kind, case .template(let more) = several.kind else { return entry }
            body.lines += [""] + more.lines
            return SwiftDeclaration(.template(body))
        }
        let entry = template(
            steps == nil ? "Source" : "SourceWithWatermark",
            steps == nil ? EmbeddedTemplates.source : EmbeddedTemplates.sourceWithWatermark, holes,
            ["consumers": flow, "advances": watermark, "arrival": arrival(index), "completion": completion()])
        guard case .template(var body) = entry.kind else { return entry }
        func append(_ name: String, _ bytes: [UInt8], _ used: Set<String>) {
            let more = template(name, bytes, holes.filter { used.contains($0.key) })
            if case .template(let lines) = more.kind { body.lines += [""] + lines.lines }
        }
        if plan.sources[index].changelog == .updating {
            append("SourceChanges", EmbeddedTemplates.sourceChanges, ["relation", "Row", "rows", "pushRows"])
        }
        let timing = plan.sources[index].definition.timing
        if timing.partitions > 1 || timing.partitionsByFile {
            append("SourcePartitions", EmbeddedTemplates.sourcePartitions, ["relation", "Row", "label", "position"])
        }
        return SwiftDeclaration(.template(body))
    }

    /// What every stage's template names.
    func stageHoles(_ index: Int, _ stage: StagePlan) -> [String: String] {
        let names = stageNames[index]
        let hasPlaces = stagesWithPlaces.contains(names.member)
        var isPushedRow = false
        if case .source? = stage.inputs.first { isPushedRow = true }
        return [
            "run": names.run, "stage": SwiftPrinter.literal(stage.name),
            "places": hasPlaces ? "\(names.program).places" : "[]", "index": String(index),
            "sinks": sinksText(behind: .stage(index)), "isPushedRow": String(isPushedRow),
        ]
    }

    func stageBody(_ index: Int, _ stage: StagePlan, _ delivers: [String]) -> SwiftDeclaration {
        let names = stageNames[index]
        let flow = consumers(.stage(index), delivers)
        var holes = stageHoles(index, stage)
        let isPushedRow = holes.removeValue(forKey: "isPushedRow")
        switch stage.kind {
        case .values:
            holes["Program"] = names.program
            return template(
                "ValuesStage", EmbeddedTemplates.valuesStage, holes,
                ["consumers": flow, "advances": advances(.stage(index), to: .identifier("endOfInput"))])
        case .feedback:
            let feedback = [
                "run": names.run, "begin": names.begin, "operator": names.member, "index": holes["index"] ?? "",
                "stage": holes["stage"] ?? "", "sinks": holes["sinks"] ?? "", "place": SwiftPrinter.text(place(of: stage)),
            ]
            return template(
                "FeedbackStage", EmbeddedTemplates.feedbackStage, feedback,
                ["consumers": flow, "advances": advances(.stage(index), to: .identifier("endOfInput"))])
        case .transform:
            holes["operator"] = names.member
            holes["isPushedRow"] = isPushedRow
            let onward = advances(.stage(index), to: .identifier("watermark"))
            if onward.isEmpty {
                return template("TransformStage", EmbeddedTemplates.transformStage, holes, ["consumers": flow])
            }
            holes["advance"] = names.advance
            return template(
                "TransformStageWithWatermark", EmbeddedTemplates.transformStageWithWatermark, holes,
                ["consumers": flow, "advances": onward])
        case .join:
            holes["operator"] = names.member
            holes["rows"] = names.rows
            holes["advance"] = names.advance
            holes["send"] = names.send
            holes["Program"] = names.program
            holes["isPushedRow"] = SwiftPrinter.text(self.isPushedRow(stage))
            holes["error"] = tracedBack("error", stage)
            return ticking(
                template(
                    "JoinStage", EmbeddedTemplates.joinStage, holes,
                    ["consumers": flow, "rejections": rejections(index, stage)]),
                index, stage, holes.merging(["place": "\(names.program).place"]) { $1 })
        case .unionAll:
            let onward = advances(.stage(index), to: .identifier("watermark"))
            let union = ["run": names.run, "operator": names.member, "advance": names.advance]
            return onward.isEmpty
                ? template("UnionToSinks", EmbeddedTemplates.unionToSinks, union, ["consumers": flow])
                : template("UnionStage", EmbeddedTemplates.unionStage, union, ["consumers": flow, "advances": onward])
        case .windowAggregate, .runningAggregate, .eventTime, .over, .keyed:
            holes["operator"] = names.member
            holes["isPushedRow"] = SwiftPrinter.text(self.isPushedRow(stage))
            holes["error"] = tracedBack("error", stage)
            holes["rows"] = names.rows
            holes["advance"] = names.advance
            holes["send"] = names.send
            holes["place"] =
                switch stage.kind {
                case .eventTime, .over, .keyed: SwiftPrinter.text(place(of: stage))
                default: "\(names.program).place"
                }
            let stageTemplate = template(
                "AggregateStage", EmbeddedTemplates.aggregateStage, holes,
                ["consumers": flow, "rejections": rejections(index, stage)])
            if stage.readsClock { return ticking(stageTemplate, index, stage, holes) }
            if stage.settlesBatches, case .template(var body) = stageTemplate.kind {
                holes["release"] = names.release
                let release = template("HeldRows", EmbeddedTemplates.heldRows, holes)
                if case .template(let lines) = release.kind { body.lines += [""] + lines.lines }
                return SwiftDeclaration(.template(body))
            }
            guard stage.isGlobalGroup, case .template(var body) = stageTemplate.kind else { return stageTemplate }
            holes["begin"] = names.begin
            let begin = template("GlobalGroup", EmbeddedTemplates.globalGroup, holes)
            if case .template(let lines) = begin.kind { body.lines += [""] + lines.lines }
            return SwiftDeclaration(.template(body))
        }
    }
}

extension PipelineEmitter {
    /// A stage with what it does when the clock goes on, if it does anything.
    fileprivate func ticking(
        _ body: SwiftDeclaration, _ index: Int, _ stage: StagePlan, _ holes: [String: String]
    ) -> SwiftDeclaration {
        guard stage.readsClock, case .template(var lines) = body.kind else { return body }
        var holes = holes
        holes["tick"] = stageNames[index].tick
        let tick = template("ClockedStage", EmbeddedTemplates.clockedStage, holes)
        if case .template(let more) = tick.kind { lines.lines += [""] + more.lines }
        return SwiftDeclaration(.template(lines))
    }
}

extension StagePlan {
    /// Whether it is an aggregation with one row from the start.
    var isGlobalGroup: Bool {
        if case .runningAggregate(_, let plan) = kind { plan.keys.isEmpty } else { false }
    }
}
