import LaminarPlan

extension PipelineEmitter {
    /// Whether the source's rows must make watermark steps.
    func needsSteps(_ source: Int) -> Bool {
        plan.sources[source].watermark?.candidate != nil && stepReaders.sources[source]
    }

    func watermarkProgram(_ source: Int) -> String { sourceNames[source].row + "Watermark" }

    mutating func emitWatermark(_ index: Int) {
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
}
