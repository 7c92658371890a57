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
    let tick: String
    let release: String
    /// Where the rows of a transform come from, where a stage behind it asks.
    let origins: String
}

/// Turns one pipeline plan into the declarations of one Swift file.
struct PipelineEmitter {
    let plan: PipelinePlan
    let file: SourceFile
    /// The file's name as generated code shows it.
    let relativeName: String
    /// Which relations have a consumer that reads watermark steps.
    let stepReaders: (sources: [Bool], stages: [Bool])
    var diagnostics = Diagnostics()
    /// Program types, in the order of their stages.
    var declarations: [SwiftDeclaration] = []
    /// Stages whose program has a table of places.
    var stagesWithPlaces: Set<String> = []

    /// Transforms that cannot be applied to a row without columns.
    var stagesOfColumns: Set<Int> = []
    /// Transforms whose program has a function for one row.
    var rowResults: Set<Int> = []
    /// The members that hold one row of a relation in column memory.
    var rowCells: [StageInput: RowCellNames] = [:]

    var types = SwiftNames(reserved: SwiftNames.runtimeTypes)
    var sourceNames: [RelationNames] = []
    var stageRelations: [RelationNames] = []
    var stageNames: [StageNames] = []
    var sinkNames: [RelationNames] = []
    var pipelineName = ""
    /// The members by which a sink's rows are received: a function that gives a sequence, a callback.
    var callbacks: [(sequence: String, callback: String)] = []
    /// Properties and functions of the pipeline class.
    var members = SwiftNames(reserved: [
        "push", "advanceWatermark", "finish", "begin", "snapshot", "restore", "counters", "interface", "onOutput",
        "progress", "failures", "clock", "advanceClock", "nextTimer", "settleSources", "settle", "stopped", "stateFingerprint",
        "stateLayout", "init", "self", "Self",
        "takesRows", "handsOutBatches", "rowArena", "onRejectedRow", "pushed", "policies", "reject", "read", "status", "isPaused", "open",
    ])

    init(_ plan: PipelinePlan, file: SourceFile, relativeName: String) {
        self.plan = plan
        stepReaders = plan.stepReaders
        self.file = file
        self.relativeName = relativeName
    }

    mutating func emit() -> [SwiftDeclaration] {
        claimNames()
        emitPrograms()
        var rows: [SwiftDeclaration] = []
        for (source, names) in zip(plan.sources, sourceNames) { rows.append(emitSourceRow(source, names)) }
        for (sink, names) in zip(plan.sinks, sinkNames) {
            let row = comesByRow(sink.input) ? relation(sink.input).names.rowView : nil
            rows.append(emitResultRow(sink, names, from: row))
        }
        let pipeline = emitPipeline()
        var columns: [SwiftDeclaration] = []
        for (index, source) in plan.sources.enumerated() where isRead(.source(index)) {
            var row: [SwiftDeclaration] = []
            if comesByRow(.source(index)) {
                row = [emitRowOfStruct(index), emitRowWrite(source.fields, sourceNames[index])]
            }
            columns.append(emitColumns(source.fields, sourceNames[index], of: source.definition.name, rowMembers: row))
        }
        for (index, stage) in plan.stages.enumerated() where isRead(.stage(index)) {
            let row = comesByRow(.stage(index)) ? [emitRowWrite(stage.fields, stageRelations[index])] : []
            columns.append(emitColumns(stage.fields, stageRelations[index], of: stage.name, rowMembers: row))
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

    mutating func claimNames() {
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
                    send: members.claim("send" + upper), begin: members.claim("begin" + upper),
                    tick: members.claim("tick" + upper), release: members.claim("release" + upper),
                    origins: members.claim(SwiftNames.member(stage.name) + "Origins")))
        }
    }

    func relation(_ input: StageInput) -> (names: RelationNames, fields: [Field]) {
        switch input {
        case .source(let index): (sourceNames[index], plan.sources[index].fields)
        case .stage(let index): (stageRelations[index], plan.stages[index].fields)
        }
    }

    /// Whether a program reads columns of this relation.
    func isRead(_ relation: StageInput) -> Bool {
        if case .stage(let index) = relation, rowResults.contains(index) { return true }
        if comesByRow(relation) { return true }
        for stage in plan.stages {
            switch stage.kind {
            case .values, .feedback, .unionAll: continue
            case .transform(relation, _), .windowAggregate(relation, _), .runningAggregate(relation, _),
                .join(relation, _, _), .join(_, relation, _):
                return true
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

    func place(of stage: StagePlan) -> SwiftExpression {
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
}
