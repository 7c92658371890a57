import LaminarExpressions
import LaminarPlan
import LaminarTemplates
import LaminarTypes

extension PipelineEmitter {
    /// A filter and projection as a `TransformProgram`.
    ///
    /// - Parameter rowResult: the type of a row that comes out, if rows are to be transformed without columns.
    /// - Returns: whether they can be.
    mutating func emitTransform(
        _ stage: StagePlan, _ transform: RowTransform, input: RelationNames, inputFields: [Field], names: StageNames,
        recordsPositions: Bool, rowResult: String?
    ) -> Bool {
        let outputs = SwiftNames.members(of: stage.fields)
        var members = ProgramMembers(
            reserved: ["outputTypes", "filterSites", "hasFilter", "passedColumns", "recordsPositions", "transform", "result"], outer: self.members.taken,
            columns: outputs, file: file, relativeName: relativeName)
        let scope = ProgramMembers.Scope(
            variable: "row", type: input.rowView, inputs: inputs(inputFields, input.fields, of: "row"),
            fault: "failure")
        let passes = transform.filter.map { members.condition($0, named: "keeps", in: scope, arena: "arena") }
        let filterSites = members.emitter.sites.count
        var locals = SwiftNames(reserved: [
            "batch", "from", "to", "output", "positions", "fault", "failure", "columns", "count", "index", "row", "arena",
        ])
        var writers: [SwiftStatement] = []
        var stores: [SwiftStatement] = []
        var passed: [SwiftExpression] = []
        var results: [SwiftArgument] = []
        var written: [Expression] = []
        var fits = true
        for (column, expression) in transform.outputs.enumerated() {
            if transform.filter == nil, case .input(let source) = expression.node,
                inputFields[source].isNullable == stage.fields[column].isNullable
            {
                results.append(SwiftArgument(outputs[column], scope.inputs[source].expression))
                passed.append(
                    .call(
                        .implicitMember("init"),
                        [
                            SwiftArgument("output", .integer(Int128(column))),
                            SwiftArgument("input", .integer(Int128(source))),
                        ]))
                continue
            }
            written.append(expression)
            let value = members.value(expression, named: outputs[column], in: scope, arena: "arena")
            results.append(SwiftArgument(outputs[column], value.code))
            if value.isOptional, !stage.fields[column].isNullable { fits = false }
            let local = locals.claim(outputs[column])
            let writer = value.isOptional ? "NullableColumnWriter" : "ColumnWriter"
            writers.append(
                .constant(
                    local,
                    .call(
                        .type(.generic(writer, [.named(stage.fields[column].type.physical.swiftName)])),
                        [
                            SwiftArgument(nil, .identifier("output")),
                            SwiftArgument(nil, .integer(Int128(column))),
                        ])))
            stores.append(.assign(.index(.identifier(local), .identifier("count")), value.code))
        }
        let everything = [transform.filter].compactMap { $0 } + written
        let readsRow = everything.contains { !$0.inputs.isEmpty }
        var prologue: [SwiftStatement] = []
        var epilogue: [SwiftStatement] = []
        if readsRow { prologue.append(.constant("columns", .call(input.columns, SwiftArgument(nil, .identifier("batch"))))) }
        prologue += writers
        if everything.contains(where: \.allocates) {
            prologue.append(.variable("arena", nil, .call("Arena")))
            let swap = SwiftStatement.expression(
                .call("swap", SwiftArgument(nil, .inoutReference("arena")), SwiftArgument(nil, .inoutReference("output.arena"))))
            prologue.append(swap)
            epilogue.append(swap)
        }
        if everything.contains(where: \.canFail) {
            prologue.append(.variable("failure", nil, .identifier("fault")))
            epilogue.append(.assign(.identifier("fault"), .identifier("failure")))
        }
        let row: [SwiftStatement] =
            readsRow
            ? [.constant("row", .call(.member(.identifier("columns"), "row"), [SwiftArgument(nil, .identifier("index"))]))]
            : []
        let isCheap = transform.outputs.allSatisfy { !$0.allocates } && transform.outputs.reduce(0) { $0 + $1.calls } <= 16
        let template =
            transform.filter == nil
            ? stores.isEmpty
                ? SwiftTemplate(name: "PassRows", bytes: EmbeddedTemplates.passRows)
                : SwiftTemplate(name: "ProjectRows", bytes: EmbeddedTemplates.projectRows)
            : isCheap
                ? SwiftTemplate(name: "FilterRows", bytes: EmbeddedTemplates.filterRows)
                : SwiftTemplate(name: "FilterRowsFirst", bytes: EmbeddedTemplates.filterRowsFirst)
        var holes: [String: String] = [:]
        var blocks: [String: [SwiftStatement]] = [
            "prologue": prologue, "row": row, "stores": stores, "epilogue": epilogue,
        ]
        if let passes {
            holes["passes"] = SwiftPrinter.text(passes)
            let position = SwiftExpression.index(
                .identifier("positions"), .binary(.identifier("index"), "&-", .identifier("from")))
            blocks["positions"] = recordsPositions ? [.assign(position, .identifier("count"))] : []
        } else if stores.isEmpty {
            blocks = [:]
        } else {
            holes["index"] = readsRow ? "index" : "_"
        }
        let loop = template.filled(holes, blocks: blocks.mapValues { SwiftPrinter.lines($0) })
        var properties = [
            outputTypes(stage.fields),
            SwiftDeclaration(.computed("filterSites", .named("Int"), .integer(Int128(filterSites)))),
            SwiftDeclaration(.computed("hasFilter", .named("Bool"), .boolean(transform.filter != nil))),
        ]
        if !passed.isEmpty {
            properties.append(
                SwiftDeclaration(.computed("passedColumns", .array(.named("PassedColumn")), .array(passed))))
        }
        if recordsPositions {
            properties.append(SwiftDeclaration(.computed("recordsPositions", .named("Bool"), .boolean(true))))
        }
        if fits, let rowResult {
            properties.append(rowFunction(results, of: rowResult, input: input.rowView, passes: passes))
        }
        finish(&members)
        declarations.append(
            SwiftDeclaration(
                .nominal(
                    keyword: "struct", name: names.program, inherited: ["TransformProgram"],
                    members: properties + [SwiftDeclaration(.template(loop))] + members.functions),
                documentation: stageDocumentation(stage)))
        if !members.emitter.sites.isEmpty { stagesWithPlaces.insert(names.member) }
        return fits
    }

    /// The filter and projection of one row.
    private func rowFunction(
        _ results: [SwiftArgument], of result: String, input: String, passes: SwiftExpression?
    ) -> SwiftDeclaration {
        var body: [SwiftStatement] = []
        if let passes { body.append(.leaveUnless(passes, returning: .none(.named(result)))) }
        body.append(.result(.call(result, results)))
        return SwiftDeclaration(
            .function(
                "result",
                [
                    SwiftParameter("_", "row", input), SwiftParameter("_", "arena", "inout Arena"),
                    SwiftParameter("_", "failure", "inout Fault"),
                ], returns: .named(result, isOptional: passes != nil), body: body),
            modifiers: ["static"],
            documentation: [passes == nil ? "What becomes of one row." : "What becomes of one row; nil if it does not pass."])
    }

    func outputTypes(_ fields: [Field], modifiers: [String] = []) -> SwiftDeclaration {
        SwiftDeclaration(
            .computed(
                "outputTypes", .array(.named("PhysicalType")),
                .array(fields.map { .implicitMember(String(describing: $0.type.physical)) })),
            modifiers: modifiers)
    }

    func inputs(_ fields: [Field], _ members: [String], of variable: String) -> [ExpressionEmitter.Input] {
        zip(fields, members).map { field, member in
            ExpressionEmitter.Input(
                expression: .member(.identifier(variable), member), isOptional: field.isNullable)
        }
    }
}

extension Expression {
    /// Kernel calls in it, as a measure of cost.
    var calls: Int {
        var count = operands.reduce(0) { $0 + $1.calls }
        if case .call = node { count += 1 }
        return count
    }
}
