import LaminarExpressions
import LaminarPlan

extension PipelineEmitter {
    mutating func emitValues(_ stage: StagePlan, _ rows: [[Expression]], names: StageNames) {
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
}
