import LaminarExpressions
import LaminarPlan
import LaminarTypes

extension PipelineEmitter {
    /// A join as a `TypedJoinProgram`: its kind, the rows and keys of its sides, and what must hold beyond equal keys.
    mutating func emitJoin(
        _ stage: StagePlan, _ index: Int, _ join: JoinPlan, left: StageInput, right: StageInput, names: StageNames
    ) {
        let (leftNames, leftFields) = relation(left)
        let (rightNames, rightFields) = relation(right)
        var members = ProgramMembers(
            reserved: [
                "Key", "Left", "Right", "kind", "left", "right", "keyElements", "hasCondition", "meets", "select",
                "outputTypes", "place", "places",
            ], outer: self.members.taken, columns: [], file: file, relativeName: relativeName)
        var declarations: [SwiftDeclaration] = []
        let table = StateTablePlan(
            name: "rows",
            keys: join.keys.map { (name: leftFields[$0.left].name, type: $0.type, isNullable: $0.nullsAreEqual) },
            calls: [])
        let keyNames = keyMembers(table.keys.map(\.name))
        let keyType = declareKey(table, names: keyNames, clause: "ON", into: &declarations)
        declarations += [
            outputTypes(stage.fields, modifiers: ["static"]),
            SwiftDeclaration(
                .computed("kind", .named("JoinKind"), .implicitMember(join.kind.rawValue))),
            SwiftDeclaration(.computed("left", .named("Left"), .call("Left"))),
            SwiftDeclaration(.computed("right", .named("Right"), .call("Right"))),
        ]
        if let residual = join.residual {
            let code = members.bodyOfCondition(
                residual, inputs: inputs(leftFields, leftNames.fields, of: "left")
                    + inputs(rightFields, rightNames.fields, of: "right"))
            declarations.append(SwiftDeclaration(.computed("hasCondition", .named("Bool"), .boolean(true))))
            declarations.append(
                SwiftDeclaration(
                    .function(
                        "meets",
                        [
                            SwiftParameter("_", "left", leftNames.rowView),
                            SwiftParameter("_", "right", rightNames.rowView),
                            SwiftParameter("_", "arena", "inout Arena"), SwiftParameter("_", "fault", "inout Fault"),
                        ], returns: .named("Bool"), body: [.result(code)]),
                    documentation: [
                        members.documentation(
                            ProgramMembers.wholeSpan(residual.span, operands: residual.operands, in: file))
                    ], location: members.location(residual.span)))
        }
        let sides = [
            ("Left", left, leftNames, leftFields, join.keys.map(\.left)),
            ("Right", right, rightNames, rightFields, join.keys.map(\.right)),
        ]
        let read = plan.columnsRead(ofStage: index)
        for (side, input, names, fields, columns) in sides {
            let start = side == "Left" || join.kind == .semi || join.kind == .anti ? 0 : leftFields.count
            let given = fields.indices.filter { read.contains(start + $0) }
            let key = key(keyNames, table, columns: columns, of: names, fields)
            declarations.append(
                emitJoinInput(side, input, names, fields, given: given, key: key, keyType: keyType))
        }
        finish(&members)
        members.append(placeDeclaration(stage))
        self.declarations.append(
            SwiftDeclaration(
                .nominal(
                    keyword: "struct", name: names.program, inherited: ["TypedJoinProgram"],
                    members: declarations + members.functions),
                documentation: stageDocumentation(stage)))
        if !members.emitter.sites.isEmpty { stagesWithPlaces.insert(names.member) }
    }

    /// The body of a function that gives a row's key, or nil where a NULL in it meets nothing.
    private func key(
        _ keyNames: [String], _ table: StateTablePlan, columns: [Int], of names: RelationNames, _ fields: [Field]
    ) -> [SwiftStatement] {
        func value(_ position: Int) -> SwiftExpression {
            .member(.identifier("row"), names.fields[columns[position]])
        }
        if columns.isEmpty { return [.result(.call("NoKey"))] }
        if columns.count == 1 {
            if table.keys[0].isNullable { return [.result(.call(.implicitMember("some"), [SwiftArgument(nil, value(0))]))] }
            return [.result(value(0))]
        }
        var bindings: [(name: String, value: SwiftExpression)] = []
        let arguments = columns.indices.map { position in
            guard fields[columns[position]].isNullable, !table.keys[position].isNullable else {
                return SwiftArgument(keyNames[position], value(position))
            }
            let local = keyNames[position] == "row" ? "key" : keyNames[position]
            bindings.append((local, value(position)))
            return SwiftArgument(keyNames[position], .identifier(local))
        }
        return (bindings.isEmpty ? [] : [.noneUnlessPresent(bindings)]) + [.result(.call("Key", arguments))]
    }

    /// One side of a join: what is kept of its rows, and how they are keyed and given out.
    private func emitJoinInput(
        _ side: String, _ input: StageInput, _ names: RelationNames, _ fields: [Field], given: [Int],
        key: [SwiftStatement], keyType: String
    ) -> SwiftDeclaration {
        let row = SwiftParameter("_", "row", names.rowView)
        let column = { (name: String, variable: String) in SwiftExpression.member(.identifier(variable), name) }
        var declarations = [
            SwiftDeclaration(
                .computed(
                    "types", .array(.named("PhysicalType")),
                    .array(fields.map { .implicitMember(String(describing: $0.type.physical)) }))),
            SwiftDeclaration(.computed("columnCount", .named("Int"), .integer(Int128(fields.count)))),
        ]
        if plan.isUpdating(input) {
            declarations.append(SwiftDeclaration(.computed("isUpdating", .named("Bool"), .boolean(true))))
        }
        declarations += [
            SwiftDeclaration(
                .function(
                    "columns", [SwiftParameter("of", "batch", "BatchView")], returns: .named(names.columns),
                    body: [.result(.call(names.columns, SwiftArgument(nil, .identifier("batch"))))])),
            SwiftDeclaration(
                .function(
                    "row", [SwiftParameter("_", "columns", names.columns), SwiftParameter("_", "index", "Int")],
                    returns: .named(names.rowView),
                    body: [
                        .result(
                            .call(.member(.identifier("columns"), "row"), [SwiftArgument(nil, .identifier("index"))]))
                    ])),
            SwiftDeclaration(.function("key", [row], returns: .named(keyType, isOptional: true), body: key)),
        ]
        if fields.contains(where: { $0.type.physical == .string }) {
            let copies = zip(names.fields, fields).map { name, field -> SwiftArgument in
                let value = column(name, "row")
                guard field.type.physical == .string else { return SwiftArgument(name, value) }
                func copy(_ string: SwiftExpression) -> SwiftExpression {
                    .call(.member(.identifier("arena"), "copy"), [SwiftArgument(nil, string)])
                }
                return SwiftArgument(
                    name,
                    field.isNullable
                        ? .callWithClosure(.identifier("strict"), [SwiftArgument(nil, value)], copy(.identifier("$0")))
                        : copy(value))
            }
            declarations.append(
                SwiftDeclaration(
                    .function(
                        "owned", [row, SwiftParameter("_", "arena", "inout Arena")], returns: .named(names.rowView),
                        body: [.result(.call(names.rowView, copies))])))
        }
        if plan.isUpdating(input) {
            let tests = names.fields.map { name in
                SwiftExpression.call(
                    .member(column(name, "a"), "isSame"), [SwiftArgument("as", column(name, "b"))])
            }
            declarations.append(
                SwiftDeclaration(
                    .function(
                        "areSame",
                        [SwiftParameter("_", "a", names.rowView), SwiftParameter("_", "b", names.rowView)],
                        returns: .named("Bool"),
                        body: [.result(tests.dropFirst().reduce(tests.first ?? .boolean(true)) { .binary($0, "&&", $1) })])))
        }
        let writes = names.fields.enumerated().map { position, name in
            SwiftStatement.expression(
                .call(
                    .member(.identifier("batch"), "lend"),
                    [
                        SwiftArgument(nil, column(name, "row")),
                        SwiftArgument(
                            "column",
                            position == 0
                                ? .identifier("first")
                                : .binary(.identifier("first"), "&+", .integer(Int128(position)))),
                        SwiftArgument("row", .identifier("target")),
                    ]))
        }
        declarations.append(
            SwiftDeclaration(
                .function(
                    "write",
                    [
                        row, SwiftParameter("to", "batch", "ColumnBatch"), SwiftParameter("at", "target", "Int"),
                        SwiftParameter("from", "first", "Int"),
                    ], body: writes)))
        declarations += gifts(names, given)
        return SwiftDeclaration(
            .nominal(keyword: "struct", name: side, inherited: ["TypedJoinInput"], members: declarations),
            documentation: ["The \(side.lowercased()) side: \(sideDocumentation(input))"])
    }

    /// What of a side's rows comes out: only the columns that a consumer reads, column by column.
    private func gifts(_ names: RelationNames, _ given: [Int]) -> [SwiftDeclaration] {
        func column(_ position: Int) -> SwiftArgument {
            SwiftArgument(
                "column",
                position == 0
                    ? .identifier("first") : .binary(.identifier("first"), "&+", .integer(Int128(position))))
        }
        let lend = SwiftExpression.member(.identifier("batch"), "lend")
        let place = [
            SwiftParameter("to", "batch", "ColumnBatch"), SwiftParameter("at", "target", "Int"),
            SwiftParameter("from", "first", "Int"),
        ]
        let target = SwiftArgument("row", .identifier("target"))
        return [
            SwiftDeclaration(
                .function(
                    "give", [SwiftParameter("_", "row", names.rowView), SwiftParameter("times", "count", "Int")] + place,
                    body: given.map { position in
                        .expression(
                            .call(
                                lend,
                                [
                                    SwiftArgument(nil, .member(.identifier("row"), names.fields[position])),
                                    SwiftArgument("times", .identifier("count")), column(position), target,
                                ]))
                    })),
            SwiftDeclaration(
                .function(
                    "give",
                    [
                        SwiftParameter("_", "records", "UnsafeRawPointer"), SwiftParameter("_", "count", "Int"),
                        SwiftParameter("stride", "bytes", "Int"),
                    ] + place,
                    body: given.map { position in
                        .expression(
                            .callWithClosure(
                                lend, [SwiftArgument(nil, .identifier("count")), column(position), target],
                                .member(
                                    .call(
                                        .identifier("keptRow"),
                                        [
                                            SwiftArgument(
                                                nil,
                                                .binary(
                                                    .identifier("records"), "+",
                                                    .binary(.identifier("$0"), "&*", .identifier("bytes"))))
                                        ]), names.fields[position])))
                    })),
        ]
    }

    private func sideDocumentation(_ input: StageInput) -> String {
        switch input {
        case .source(let index): "`\(plan.sources[index].definition.name)`."
        case .stage(let index): ProgramMembers.sqlText(plan.stages[index].span, in: file)
        }
    }
}

extension PipelineEmitter {
    /// What bounds the times of a join.
    func joinTiming(_ timing: JoinPlan.Timing) -> SwiftExpression {
        func bound(_ value: Int64?) -> SwiftExpression { value.map { .integer(Int128($0)) } ?? .identifier("nil") }
        var arguments = [
            SwiftArgument("left", .integer(Int128(timing.left))),
            SwiftArgument("right", .integer(Int128(timing.right))),
            SwiftArgument("lower", bound(timing.lower)), SwiftArgument("upper", bound(timing.upper)),
        ]
        if timing.lateness != 0 { arguments.append(SwiftArgument("lateness", .integer(Int128(timing.lateness)))) }
        for (name, value) in [
            ("waits", timing.waits), ("carriesLeft", timing.carriesLeft), ("carriesRight", timing.carriesRight),
        ] where value {
            arguments.append(SwiftArgument(name, .boolean(true)))
        }
        return .call(.identifier("JoinTiming"), arguments)
    }
}
