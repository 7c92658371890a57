import LaminarExpressions
import LaminarPlan
import LaminarTemplates
import LaminarText
import LaminarTypes

/// The Swift names of one stage.
struct StageNames {
    /// The operator's property: `candles`.
    let member: String
    /// The batch of its results: `candlesRows`.
    let rows: String
    /// The type that holds its expressions: `CandlesProgram`.
    let program: String
    let run: String
    let advance: String
    let send: String
    let begin: String
}

/// Turns one pipeline plan into the declarations of one Swift file.
struct PipelineEmitter {
    let plan: PipelinePlan
    let file: SourceFile
    /// The file's name as generated code shows it.
    let relativeName: String
    var diagnostics = Diagnostics()
    /// Program types, in the order of their stages.
    var declarations: [SwiftDeclaration] = []
    /// Stages whose program has a table of places.
    var stagesWithPlaces: Set<String> = []

    private var types = SwiftNames(reserved: SwiftNames.runtimeTypes)
    private var sourceNames: [RelationNames] = []
    private var stageRelations: [RelationNames] = []
    private var stageNames: [StageNames] = []
    private var sinkNames: [RelationNames] = []
    private var pipelineName = ""
    /// The members by which a sink's rows are received: a function that gives a sequence, a callback.
    private var callbacks: [(sequence: String, callback: String)] = []
    /// Properties and functions of the pipeline class.
    private(set) var members = SwiftNames(reserved: [
        "push", "advanceWatermark", "finish", "begin", "snapshot", "restore", "counters", "interface", "onOutput",
        "progress", "failures", "stopped", "stateFingerprint", "init", "self", "Self",
    ])

    init(_ plan: PipelinePlan, file: SourceFile, relativeName: String) {
        self.plan = plan
        self.file = file
        self.relativeName = relativeName
    }

    mutating func emit() -> [SwiftDeclaration] {
        claimNames()
        var rows: [SwiftDeclaration] = []
        for (source, names) in zip(plan.sources, sourceNames) { rows.append(emitSourceRow(source, names)) }
        for (sink, names) in zip(plan.sinks, sinkNames) { rows.append(emitResultRow(sink, names)) }
        emitPrograms()
        let pipeline = emitPipeline()
        var columns: [SwiftDeclaration] = []
        for (index, source) in plan.sources.enumerated() where isRead(.source(index)) {
            columns.append(emitColumns(source.fields, sourceNames[index], of: source.definition.name))
        }
        for (index, stage) in plan.stages.enumerated() where isRead(.stage(index)) {
            columns.append(emitColumns(stage.fields, stageRelations[index], of: stage.name))
        }
        // Everything lies inside the pipeline's type, so that files of one module may name their relations alike.
        func within(_ declarations: [SwiftDeclaration]) -> [SwiftDeclaration] {
            if declarations.isEmpty { return [] }
            return [
                SwiftDeclaration(
                    .nominal(keyword: "extension", name: pipelineName, inherited: [], members: declarations))
            ]
        }
        return [pipeline] + within(rows) + within(columns + declarations)
    }

    // MARK: Names

    private mutating func claimNames() {
        pipelineName = types.claim(SwiftNames.type(plan.name) + "Pipeline")
        sourceNames = plan.sources.map {
            let names = types.claimRelation($0.definition.name, fields: $0.fields, suffix: "Row")
            return names
        }
        // A sink that shows a stage of its own name shares that name; the result's row type is the public one.
        sinkNames = plan.sinks.map { types.claimRelation($0.definition.name, fields: $0.fields, suffix: "Result") }
        for (sink, names) in zip(plan.sinks, sinkNames) {
            let stream = members.claim(names.member)
            callbacks.append((stream, members.claim("on" + SwiftNames.type(sink.definition.name), orWith: "Row")))
        }
        for stage in plan.stages {
            stageRelations.append(types.claimRelation(stage.name + "_stage", fields: stage.fields, suffix: ""))
            let member = members.claim(SwiftNames.member(stage.name) + "Stage")
            let upper = SwiftNames.type(stage.name)
            stageNames.append(
                StageNames(
                    member: member, rows: members.claim(SwiftNames.member(stage.name) + "Rows"), program: types.claim(upper + "Program"),
                    run: members.claim("run" + upper), advance: members.claim("advance" + upper),
                    send: members.claim("send" + upper), begin: members.claim("begin" + upper)))
        }
    }

    func relation(_ input: StageInput) -> (names: RelationNames, fields: [Field]) {
        switch input {
        case .source(let index): (sourceNames[index], plan.sources[index].fields)
        case .stage(let index): (stageRelations[index], plan.stages[index].fields)
        }
    }

    /// Whether a program reads columns of this relation.
    private func isRead(_ relation: StageInput) -> Bool {
        for stage in plan.stages {
            switch stage.kind {
            case .values, .unionAll: continue
            case .transform(relation, _), .windowAggregate(relation, _), .runningAggregate(relation, _): return true
            default: continue
            }
        }
        if case .source(let index) = relation { return needsSteps(index) }
        return false
    }

    func stageDocumentation(_ stage: StagePlan) -> [String] {
        ["`\(stage.name)`: \(ProgramMembers.sqlText(stage.span, in: file))"]
    }

    /// The place of what no single expression of a stage is to blame for.
    func placeDeclaration(_ stage: StagePlan) -> SwiftDeclaration {
        SwiftDeclaration(
            .computed("place", .named("SQLPlace"), place(of: stage)), modifiers: ["static"], documentation: ["The query itself, for errors that no call is to blame for."])
    }

    private func place(of stage: StagePlan) -> SwiftExpression {
        let location = file.location(of: stage.span.lower)
        return .call(
            "SQLPlace", SwiftArgument(nil, .string(relativeName)),
            SwiftArgument("line", .integer(Int128(location.line))),
            SwiftArgument("column", .integer(Int128(location.column))), SwiftArgument(nil, .string(stage.name)))
    }

    /// Takes over what the expressions of a program reported, and gives it its table of places.
    mutating func finish(_ members: inout ProgramMembers) {
        for diagnostic in members.emitter.diagnostics.all { diagnostics.report(diagnostic) }
        let sites = members.emitter.sites
        if sites.isEmpty { return }
        let places = sites.map { site -> SwiftExpression in
            let location = file.location(of: site.span.lower)
            let span = ProgramMembers.wholeSpan(site.span, operands: site.operands, in: file)
            return .call(
                "SQLPlace", SwiftArgument(nil, .string(relativeName)),
                SwiftArgument("line", .integer(Int128(location.line))),
                SwiftArgument("column", .integer(Int128(location.column))),
                SwiftArgument(nil, .string(ProgramMembers.plainText(span, in: file))))
        }
        members.append(
            SwiftDeclaration(
                .computed("places", .array(.named("SQLPlace")), .array(places)), modifiers: ["static"],
                documentation: ["The SQL of the calls that can fail, by fault site."]))
    }

    // MARK: Programs

    private mutating func emitPrograms() {
        for (index, stage) in plan.stages.enumerated() {
            let names = stageNames[index]
            switch stage.kind {
            case .values(let rows): emitValues(stage, rows, names: names)
            case .transform(let input, let transform):
                let (relation, fields) = relation(input)
                let recordsPositions = transform.filter != nil && (readsSteps(.stage(index)) || isUpdating(input))
                emitTransform(
                    stage, transform, input: relation, inputFields: fields, names: names,
                    recordsPositions: recordsPositions)
            case .unionAll, .eventTime, .over: break
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

    private func isUpdating(_ input: StageInput) -> Bool {
        switch input {
        case .source(let index): plan.sources[index].changelog == .updating
        case .stage(let index): plan.stages[index].properties.changelog == .updating
        }
    }

    private mutating func emitValues(_ stage: StagePlan, _ rows: [[Expression]], names: StageNames) {
        var members = ProgramMembers(
            reserved: ["outputTypes", "append"], outer: members.taken, columns: stage.fields.map { SwiftNames.member($0.name) }, file: file,
            relativeName: relativeName)
        let scope = ProgramMembers.Scope(variable: "row", type: "Never", inputs: [])
        var body: [SwiftStatement] = []
        for (row, expressions) in rows.enumerated() {
            body.append(.expression(.call(.member(.identifier("rows"), "reserve"), [SwiftArgument(nil, .integer(1))])))
            for (column, expression) in expressions.enumerated() {
                let value = members.value(
                    expression, named: SwiftNames.member(stage.fields[column].name), in: scope, arena: "rows.arena")
                body.append(
                    .expression(
                        .call(
                            .member(.identifier("rows"), "write"),
                            [
                                SwiftArgument(nil, value.code), SwiftArgument("column", .integer(Int128(column))),
                                SwiftArgument("row", .integer(Int128(row))),
                            ])))
            }
            body.append(
                .assign(.member(.identifier("rows"), "rowCount"), .integer(Int128(row + 1))))
        }
        finish(&members)
        declarations.append(
            SwiftDeclaration(
                .nominal(
                    keyword: "enum", name: names.program, inherited: [],
                    members: [
                        outputTypes(stage.fields, modifiers: ["static"]),
                        SwiftDeclaration(
                            .function(
                                "append",
                                [
                                    SwiftParameter("to", "rows", "ColumnBatch"),
                                    SwiftParameter("_", "fault", "inout Fault"),
                                ], body: body), modifiers: ["static"]),
                    ] + members.functions), documentation: stageDocumentation(stage)))
        if !members.emitter.sites.isEmpty { stagesWithPlaces.insert(names.member) }
    }

    // MARK: Watermarks of sources

    /// Whether a stage behind the source reads watermark steps that the source's rows must make.
    func needsSteps(_ source: Int) -> Bool {
        plan.sources[source].watermark?.candidate != nil && readsSteps(.source(source))
    }

    /// Whether anything that a relation feeds reads watermark steps.
    func readsSteps(_ relation: StageInput) -> Bool {
        plan.stages.indices.contains { index in
            let stage = plan.stages[index]
            guard stage.inputs.contains(relation) else { return false }
            switch stage.kind {
            case .windowAggregate(_, let plan):
                if case .steps = plan.watermark { return true }
                return false
            case .eventTime(_, .sessions(let plan)) where plan.hasWatermark: return true
            case .eventTime(_, .order), .eventTime(_, .lateRows): return true
            default: return readsSteps(.stage(index))
            }
        }
    }

    private func watermarkProgram(_ source: Int) -> String { sourceNames[source].row + "Watermark" }

    private mutating func emitWatermark(_ index: Int) {
        let source = plan.sources[index]
        guard let candidate = source.watermark?.candidate else { return }
        let names = sourceNames[index]
        var members = ProgramMembers(
            reserved: ["columns", "candidate"], outer: members.taken, columns: names.fields, file: file, relativeName: relativeName)
        var scope = ProgramMembers.Scope(
            variable: "row", type: names.rowView, inputs: inputs(source.fields, names.fields, of: "row"))
        scope.argument = .call(.member(.identifier("columns"), "row"), [SwiftArgument(nil, .identifier("index"))])
        scope.direct = zip(source.fields, names.fields).map { field, member in
            ExpressionEmitter.Input(
                expression: .index(.member(.identifier("columns"), member), .identifier("index")),
                isOptional: field.isNullable)
        }
        let value = members.value(candidate, named: "watermark", in: scope)
        finish(&members)
        if !members.emitter.sites.isEmpty { stagesWithPlaces.insert(watermarkProgram(index)) }
        declarations.append(
            SwiftDeclaration(
                .nominal(
                    keyword: "enum", name: watermarkProgram(index), inherited: ["WatermarkProgram"],
                    members: [
                        SwiftDeclaration(
                            .function(
                                "columns", [SwiftParameter("of", "batch", "BatchView")], returns: .named(names.columns),
                                body: [.result(.call(names.columns, SwiftArgument(nil, .identifier("batch"))))]),
                            modifiers: ["static"]),
                        SwiftDeclaration(
                            .function(
                                "candidate",
                                [
                                    SwiftParameter("_", "columns", names.columns), SwiftParameter("_", "index", "Int"),
                                    SwiftParameter("_", "scratch", "inout Arena"),
                                    SwiftParameter("_", "fault", "inout Fault"),
                                ], returns: .optional(.named("Int64")), body: [.result(value.code)]),
                            modifiers: ["static"]),
                    ] + members.functions),
                documentation: ["WATERMARK FOR of `\(source.definition.name)`: what each row raises it to."]))
    }

    // MARK: The pipeline

    private mutating func emitPipeline() -> SwiftDeclaration {
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
            SwiftDeclaration(
                .variable("onOutput", .named("(_ sink: Int, _ batch: BatchView) -> Void"), .closureIgnoring(2)),
                access: .public,
                documentation: ["Called with each batch of results: the sink's position, and columns lent for the call."]),
            interfaceDeclaration(),
            SwiftDeclaration(
                .computed("interface", .named("PipelineInterface"), .member(.identifier("Self"), "interface")),
                access: .public),
            SwiftDeclaration(
                .constant("stateFingerprint", nil, .string(plan.stateFingerprint)), access: .public,
                modifiers: ["static"],
                documentation: ["Identifies the layout of the state: a snapshot is read by pipelines of the same."]),
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
                    .call("PipelineProgress", SwiftArgument("sources", .integer(Int128(plan.sources.count))))),
                access: .private))
        properties.append(
            SwiftDeclaration(
                .variable(
                    "failures", nil,
                    .call("QueryFailures", SwiftArgument("sinks", .integer(Int128(plan.sinks.count))))),
                access: .private))
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
                                plan.comesTogether(index)
                                    ? [SwiftArgument("cuttingBatchesOf", physicalTypes(source.fields))] : [])),
                        access: .private))
            }
            bodies.append(sourceEntry(index, rows: rows, push: push, steps: steps, delivers))
        }
        for (index, stage) in plan.stages.enumerated() {
            properties += stageProperties(index, stage, &setup)
            bodies.append(stageBody(index, stage, delivers))
        }
        for index in plan.sinks.indices {
            bodies.append(
                template(
                    "Sink", EmbeddedTemplates.sink,
                    ["deliver": delivers[index], "position": String(index), "outlet": outlets[index]]))
        }
        let initializer = SwiftDeclaration(
            .initializer([SwiftParameter(nil, "policies", "RowPolicies = RowPolicies()")], body: setup), access: .public,
            documentation: [
                "A pipeline that has seen nothing.", "",
                "- Parameter policies: what becomes of rows that are late or cannot be evaluated.",
            ])
        return SwiftDeclaration(
            .nominal(
                keyword: "final class", name: pipelineName, inherited: ["RunnablePipeline"],
                members: properties + [initializer] + bodies + [host(outlets)]),
            access: .public, documentation: pipelineDocumentation())
    }

    private func pipelineDocumentation() -> [String] {
        ["The queries of `\(relativeName.split(separator: "/").last.map(String.init) ?? relativeName)`, running."]
            + [
                "",
                "One thread at a time owns it. Results come out before the call returns that caused them; do not push from a",
                "callback. After an error, restore a snapshot or start anew.",
            ]
    }

    private func physicalTypes(_ fields: [Field]) -> SwiftExpression {
        .array(fields.map { .implicitMember(String(describing: $0.type.physical)) })
    }

    private func sinkProperties(_ index: Int, _ outlet: String) -> [SwiftDeclaration] {
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
                .variable(outlet, nil, .call(.type(.generic(outletType, [.named(names.row)])), [])), access: .private),
        ]
    }

    private func interfaceDeclaration() -> SwiftDeclaration {
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
                ] + (source.changelog == .updating ? [SwiftArgument("isUpdating", .boolean(true))] : []))
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
            case .over: .string("\(stage.name).rows")
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

    private func stageProperties(
        _ index: Int, _ stage: StagePlan, _ setup: inout [SwiftStatement]
    ) -> [SwiftDeclaration] {
        let names = stageNames[index]
        let policies = SwiftArgument("policies", .identifier("policies"))
        let program = SwiftExpression.call(names.program)
        func operatorProperty(_ type: SwiftType, _ arguments: [SwiftArgument], rows: String?) -> [SwiftDeclaration] {
            var call = SwiftExpression.identifier("")
            if case .generic(let name, _) = type { call = .call(.identifier(name), arguments) }
            setup.append(.assign(.identifier(names.member), call))
            var result = [SwiftDeclaration(.variable(names.member, type, nil), access: .private)]
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
        case .values, .join: return []
        case .transform:
            return operatorProperty(
                .generic("RowTransformer", [.named(names.program)]), [SwiftArgument(nil, program), policies], rows: nil)
        case .unionAll(let inputs):
            return [
                SwiftDeclaration(
                    .variable(
                        names.member, nil, .call("UnionOperator", SwiftArgument("inputs", .integer(Int128(inputs.count))))),
                    access: .private)
            ]
        case .windowAggregate(_, let plan):
            setup.append(layoutCheck(names, plan.table))
            var arguments = [
                SwiftArgument(nil, .call("CompiledAggregate", SwiftArgument(nil, program))),
                SwiftArgument("windows", windows(plan.window)),
            ]
            if plan.lateness != 0 { arguments.append(SwiftArgument("lateness", .integer(Int128(plan.lateness)))) }
            if plan.emission != .onClose {
                let emission =
                    switch plan.emission {
                    case .onClose, .onCloseOfUpdates: "onClose"
                    case .changes: "changes"
                    case .afterWatermark: "afterWatermark"
                    }
                arguments += [SwiftArgument("emission", .implicitMember(emission)), policies]
                return operatorProperty(
                    .generic("WindowChanges", [.generic("CompiledAggregate", [.named(names.program)])]), arguments,
                    rows: names.rows)
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
            arguments.append(SwiftArgument("reportsWatermark", .boolean(readsSteps(.stage(index)))))
            let delay = stage.outputDelay
            if delay != plan.lateness { arguments.append(SwiftArgument("outputDelay", .integer(Int128(delay)))) }
            return operatorProperty(
                .generic("TumblingAggregate", [.generic("CompiledAggregate", [.named(names.program)])]), arguments,
                rows: names.rows)
        case .eventTime(let input, .sessions(let sessions)):
            var arguments = [
                SwiftArgument("types", columnTypes(relation(input).fields[...])),
                SwiftArgument("columns", .integer(Int128(sessions.columns))),
                SwiftArgument("time", .integer(Int128(sessions.time))),
                SwiftArgument("keys", .array(sessions.keys.map { .integer(Int128($0)) })),
                SwiftArgument("gap", .integer(Int128(sessions.gap))),
            ]
            if sessions.lateness != 0 {
                arguments.append(SwiftArgument("lateness", .integer(Int128(sessions.lateness))))
            }
            arguments += [
                SwiftArgument("closes", .boolean(sessions.closes)),
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
                SwiftArgument("windows", windows(late.window)),
            ]
            if late.lateness != 0 { arguments.append(SwiftArgument("lateness", .integer(Int128(late.lateness)))) }
            return columnOperator("LateRows", .call("LateRows", arguments), stage, names, &setup)
        case .eventTime(_, .order(let order)):
            var arguments = [
                SwiftArgument("types", columnTypes(stage.fields[...])),
                SwiftArgument("time", .integer(Int128(order.time))),
            ]
            if order.lateness != 0 { arguments.append(SwiftArgument("lateness", .integer(Int128(order.lateness)))) }
            arguments.append(SwiftArgument("nullEventTime", .member(.identifier("policies"), "nullEventTime")))
            return columnOperator("EventTimeOrder", .call("EventTimeOrder", arguments), stage, names, &setup)
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
        case .over(let input, let over):
            return columnOperator(
                "PartitionedOver", overOperator(over, inputs: plan.fields(of: input)), stage, names, &setup)
        case .runningAggregate(_, let plan):
            setup.append(layoutCheck(names, plan.table))
            return operatorProperty(
                .generic("RunningAggregate", [.generic("CompiledAggregate", [.named(names.program)])]),
                [SwiftArgument(nil, .call("CompiledAggregate", SwiftArgument(nil, program))), policies],
                rows: names.rows)
        }
    }

    /// An operator over columns, with the batch that it fills.
    private func columnOperator(
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

    private func windows(_ shape: WindowShape) -> SwiftExpression {
        var arguments = [SwiftArgument("size", .integer(Int128(shape.size)))]
        let offset = SwiftArgument("offset", .integer(Int128(shape.offset)))
        switch shape.kind {
        case .tumble:
            if shape.offset != 0 { arguments.append(offset) }
            return .call("TumblingWindows", arguments)
        case .hop:
            arguments.append(SwiftArgument("slide", .integer(Int128(shape.step))))
            return .call(.implicitMember("hopping"), arguments + [offset])
        case .cumulate:
            arguments.append(SwiftArgument("step", .integer(Int128(shape.step))))
            return .call(.implicitMember("cumulating"), arguments + [offset])
        case .session: return .implicitMember("sessions")
        }
    }

    /// The state's bytes are part of the plan: what Swift lays out must be what was planned.
    private func layoutCheck(_ names: StageNames, _ table: StateTablePlan) -> SwiftStatement {
        .expression(
            .call(
                "requireLayout", SwiftArgument("of", .member(.identifier(names.program), "self")),
                SwiftArgument("keyWords", .integer(Int128(table.keyWords))),
                SwiftArgument("accumulatorBytes", .integer(Int128(table.calls == 0 ? 0 : table.accumulatorBytes)))))
    }

    // MARK: Flow

    /// The statements by which a batch goes from a relation to what reads it.
    private func consumers(_ relation: StageInput, _ delivers: [String]) -> [SwiftStatement] {
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
            } else if stage.inputs.contains(relation) {
                result.append(.expression(.call(stageNames[index].run, SwiftArgument(nil, .identifier("batch")))))
            }
        }
        for (index, sink) in plan.sinks.enumerated() where sink.input == relation {
            result.append(.expression(.call(delivers[index], SwiftArgument(nil, .identifier("batch")))))
        }
        return result
    }

    /// The statements by which a watermark goes from a relation to the stages that read it.
    private func advances(_ relation: StageInput, to watermark: SwiftExpression) -> [SwiftStatement] {
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
            } else if stage.inputs.contains(relation), hasAdvance(index) {
                result.append(.expression(.call(stageNames[index].advance, SwiftArgument("to", watermark))))
            }
        }
        return result
    }

    /// The positions of the sinks that get rows through a relation, as an array literal.
    private func sinksText(behind relation: StageInput) -> String {
        var reached: Set<StageInput> = [relation]
        for (index, stage) in plan.stages.enumerated() where stage.inputs.contains(where: reached.contains) {
            reached.insert(.stage(index))
        }
        let sinks = plan.sinks.indices.filter { reached.contains(plan.sinks[$0].input) }
        return "[\(sinks.map(String.init).joined(separator: ", "))]"
    }

    /// Whether a watermark that reaches the stage has an effect there or behind it.
    private func hasAdvance(_ index: Int) -> Bool {
        switch plan.stages[index].kind {
        case .values: false
        case .transform: !advances(.stage(index), to: .identifier("watermark")).isEmpty
        case .unionAll, .windowAggregate, .runningAggregate, .eventTime, .join, .over: true
        }
    }

    private func template(
        _ name: String, _ bytes: [UInt8], _ holes: [String: String], _ blocks: [String: [SwiftStatement]] = [:]
    ) -> SwiftDeclaration {
        SwiftDeclaration(
            .template(SwiftTemplate(name: name, bytes: bytes).filled(holes, blocks: blocks.mapValues(SwiftPrinter.lines))))
    }

    private func sourceEntry(
        _ index: Int, rows: String, push: String, steps: String?, _ delivers: [String]
    ) -> SwiftDeclaration {
        let flow = consumers(.source(index), delivers)
        let watermark = advances(.source(index), to: .identifier("watermark"))
        var holes = [
            "relation": plan.sources[index].definition.name, "Row": sourceNames[index].row, "rows": rows,
            "pushRows": push, "label": sourceNames[index].member, "position": String(index),
        ]
        if let steps {
            holes["watermark"] = steps
            holes["index"] = String(plan.stages.count + index)
            holes["stage"] = SwiftPrinter.literal(plan.sources[index].definition.name)
            holes["sinks"] = sinksText(behind: .source(index))
            let program = watermarkProgram(index)
            holes["places"] = stagesWithPlaces.contains(program) ? "\(program).places" : "[]"
        }
        return template(
            steps == nil ? "Source" : "SourceWithWatermark",
            steps == nil ? EmbeddedTemplates.source : EmbeddedTemplates.sourceWithWatermark, holes,
            ["consumers": flow, "advances": watermark])
    }

    private func stageBody(_ index: Int, _ stage: StagePlan, _ delivers: [String]) -> SwiftDeclaration {
        let names = stageNames[index]
        let flow = consumers(.stage(index), delivers)
        let hasPlaces = stagesWithPlaces.contains(names.member)
        var holes = [
            "run": names.run, "stage": SwiftPrinter.literal(stage.name),
            "places": hasPlaces ? "\(names.program).places" : "[]", "index": String(index),
            "sinks": sinksText(behind: .stage(index)),
        ]
        var isPushedRow = false
        if case .source? = stage.inputs.first { isPushedRow = true }
        switch stage.kind {
        case .values:
            holes["Program"] = names.program
            return template(
                "ValuesStage", EmbeddedTemplates.valuesStage, holes,
                ["consumers": flow, "advances": advances(.stage(index), to: .identifier("endOfInput"))])
        case .transform:
            holes["operator"] = names.member
            holes["isPushedRow"] = String(isPushedRow)
            let onward = advances(.stage(index), to: .identifier("watermark"))
            if onward.isEmpty {
                return template("TransformStage", EmbeddedTemplates.transformStage, holes, ["consumers": flow])
            }
            holes["advance"] = names.advance
            return template(
                "TransformStageWithWatermark", EmbeddedTemplates.transformStageWithWatermark, holes,
                ["consumers": flow, "advances": onward])
        // Reported with the programs.
        case .join: return SwiftDeclaration(.constant("_", nil, nil))
        case .unionAll:
            let onward = advances(.stage(index), to: .identifier("watermark"))
            let union = ["run": names.run, "operator": names.member, "advance": names.advance]
            return onward.isEmpty
                ? template("UnionToSinks", EmbeddedTemplates.unionToSinks, union, ["consumers": flow])
                : template("UnionStage", EmbeddedTemplates.unionStage, union, ["consumers": flow, "advances": onward])
        case .windowAggregate, .runningAggregate, .eventTime, .over:
            holes["operator"] = names.member
            holes["isPushedRow"] = String(isPushedRow)
            holes["rows"] = names.rows
            holes["advance"] = names.advance
            holes["send"] = names.send
            holes["place"] =
                switch stage.kind {
                case .eventTime, .over: SwiftPrinter.text(place(of: stage))
                default: "\(names.program).place"
                }
            let stageTemplate = template("AggregateStage", EmbeddedTemplates.aggregateStage, holes, ["consumers": flow])
            guard stage.isGlobalGroup, case .template(var body) = stageTemplate.kind else { return stageTemplate }
            holes["begin"] = names.begin
            let begin = template("GlobalGroup", EmbeddedTemplates.globalGroup, holes)
            if case .template(let lines) = begin.kind { body.lines += [""] + lines.lines }
            return SwiftDeclaration(.template(body))
        }
    }

    private mutating func host(_ outlets: [String]) -> SwiftDeclaration {
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
        for (index, stage) in plan.stages.enumerated() {
            let names = stageNames[index]
            let state = SwiftExpression.identifier(names.member)
            switch stage.kind {
            case .values: beginnings.append(.expression(.call(names.run)))
            case .runningAggregate where stage.isGlobalGroup: beginnings.append(.expression(.call(names.begin)))
            default: break
            }
            if case .values = stage.kind { continue }
            encodings.append(
                .expression(.call(.member(state, "encode"), [SwiftArgument("to", .inoutReference("writer"))])))
            restorations.append(
                .expression(
                    .attempt(.call(.member(state, "restore"), [SwiftArgument("from", .inoutReference("reader"))]))))
            if case .unionAll = stage.kind { continue }
            counts.append(
                .expression(
                    .call(
                        .member(.identifier("counters"), "addDrops"),
                        [SwiftArgument("of", .member(state, "counters"))])))
        }
        return template(
            "PipelineHost", EmbeddedTemplates.pipelineHost, [
                "var": counts.isEmpty ? "let" : "var", "sinkCount": String(plan.sinks.count),
            ],
            [
                "pushes": pushes, "watermarks": watermarks, "ends": ends, "beginnings": beginnings,
                "encodings": encodings, "restorations": restorations, "counts": counts,
            ])
    }
}

extension StagePlan {
    /// Whether it is an aggregation with one row from the start.
    fileprivate var isGlobalGroup: Bool {
        if case .runningAggregate(_, let plan) = kind { plan.keys.isEmpty } else { false }
    }
}

extension StateTablePlan {
    fileprivate var calls: Int { accumulators.count }
}
