import LaminarExpressions
import LaminarPlan
import LaminarText
import LaminarTypes

/// What tumbling and running aggregations have in common.
struct AggregationShape {
    var filter: Expression?
    /// Event time in microseconds; nil for a running aggregation.
    var time: Expression?
    var keys: [Expression]
    var calls: [AggregateCall]
    var table: StateTablePlan
    var output: RowTransform
    /// Whether rows can be taken back.
    var retracts: Bool
    /// Whether accumulators are merged.
    var merges = false

    init(_ plan: WindowAggregatePlan, retracts: Bool) {
        filter = plan.filter
        time = plan.time
        keys = plan.keys
        calls = plan.calls
        table = plan.table
        output = plan.output
        self.retracts = retracts
        merges = plan.isMerged
    }

    init(_ plan: RunningAggregatePlan, retracts: Bool) {
        filter = plan.filter
        keys = plan.keys
        calls = plan.calls
        table = plan.table
        output = plan.output
        self.retracts = retracts
    }
}

extension AggregationShape {
    /// The calls that have an accumulator of their own.
    var ownCalls: [Int] { calls.indices.filter { table.accumulators[$0].owner == nil } }
}

extension PipelineEmitter {
    /// An aggregation as a `GroupProgram`: how to read, filter, key and fold a row, and how to emit a group.
    mutating func emitAggregate(
        _ stage: StagePlan, _ shape: AggregationShape, input: RelationNames, inputFields: [Field], names: StageNames
    ) {
        let resultNames = accumulatorNames(shape, stage)
        let keyNames = keyMembers(shape.table.keys.map(\.name))
        let reserved: Set<String> = [
            "outputTypes", "columns", "time", "passes", "key", "fold", "retract", "differ", "emit", "layout", "accumulatorStrings",
            "accumulatorBags", "distinctValues", "canRetract", "canMerge", "merge", "accumulatorBytes", "place", "places",
        ]
        var members = ProgramMembers(
            reserved: reserved, outer: self.members.taken, columns: resultNames + keyNames + stage.fields.map { SwiftNames.member($0.name) },
            file: file, relativeName: relativeName)
        let direct = zip(inputFields, input.fields).map { field, member in
            ExpressionEmitter.Input(
                expression: .index(.member(.identifier("columns"), member), .identifier("index")),
                isOptional: field.isNullable)
        }
        let rowScope = ProgramMembers.Scope(
            variable: "row", type: input.rowView, inputs: inputs(inputFields, input.fields, of: "row"))
        var callScope = rowScope
        callScope.argument = .call(.member(.identifier("columns"), "row"), [SwiftArgument(nil, .identifier("index"))])
        callScope.direct = direct

        var declarations: [SwiftDeclaration] = []
        let reads = [
            SwiftParameter("_", "columns", input.columns), SwiftParameter("_", "index", "Int"),
            SwiftParameter("_", "scratch", "inout Arena"), SwiftParameter("_", "fault", "inout Fault"),
        ]
        // In the order of evaluation, since it numbers the fault sites.
        let passes = shape.filter.map { members.condition($0, named: "keeps", in: callScope) }
        let time = shape.time.map { members.value($0, named: "eventTime", in: callScope).code }
        let keys = shape.keys.enumerated().map { position, key in
            members.value(key, named: SwiftNames.member(shape.table.keys[position].name) + "Key", in: callScope)
        }
        let keyType = declareKey(shape.table, names: keyNames, clause: "GROUP BY", into: &declarations)
        declarations.append(declareAccumulators(shape, resultNames))
        declarations += declareLayout(shape, stage)
        declarations.append(
            SwiftDeclaration(
                .function(
                    "columns", [SwiftParameter("of", "batch", "BatchView")], returns: .named(input.columns),
                    body: [.result(.call(input.columns, SwiftArgument(nil, .identifier("batch"))))])))
        if let time {
            declarations.append(
                SwiftDeclaration(
                    .function("time", reads, returns: .optional(.named("Int64")), body: [.result(time)])))
        }
        if let passes {
            declarations.append(
                SwiftDeclaration(.function("passes", reads, returns: .named("Bool"), body: [.result(passes)])))
        }
        let key: SwiftExpression =
            switch keys.count {
            case 0: .call("NoKey")
            case 1: keys[0].code
            default: .call("Key", zip(keyNames, keys).map { SwiftArgument($0, $1.code) })
            }
        declarations.append(
            SwiftDeclaration(.function("key", reads, returns: .named(keyType), body: [.result(key)])))

        let group = [
            SwiftParameter("_", "accumulators", "inout Accumulators"), SwiftParameter("_", "group", "Int"),
            SwiftParameter("_", "table", "UnsafeMutablePointer<GroupTable>"),
        ]
        let folds = steps(shape, resultNames, scope: rowScope, members: &members)
        declarations.append(
            SwiftDeclaration(.function("fold", group + reads, body: folds.map { $0.statement("add") }.withRow(folds))))
        if shape.retracts {
            declarations.append(
                SwiftDeclaration(
                    .function("retract", group + reads, body: folds.map { $0.statement("retract") }.withRow(folds))))
        }
        if shape.merges { declarations.append(merging(shape.ownCalls.map { resultNames[$0] })) }
        if let difference = difference(shape, resultNames) { declarations.append(difference) }
        let emission = emission(shape, stage, keyNames, resultNames, keyType, members: &members)
        declarations += emission
        finish(&members)
        members.append(placeDeclaration(stage))
        self.declarations.append(
            SwiftDeclaration(
                .nominal(
                    keyword: "struct", name: names.program, inherited: ["GroupProgram"],
                    members: declarations + members.functions),
                documentation: stageDocumentation(stage)))
        if !members.emitter.sites.isEmpty { stagesWithPlaces.insert(names.member) }
    }

    // MARK: State

    /// Aggregates take the name of the result column that shows them, else their function's.
    private func accumulatorNames(_ shape: AggregationShape, _ stage: StagePlan) -> [String] {
        let first = shape.keys.count + (shape.time == nil ? 0 : 3)
        var names = SwiftNames(reserved: SwiftNames.unusable)
        return shape.calls.enumerated().map { index, call in
            for (column, output) in shape.output.outputs.enumerated() where output.node == .input(first + index) {
                return names.claim(SwiftNames.member(stage.fields[column].name))
            }
            return names.claim(SwiftNames.member(call.function))
        }
    }

    private func declareAccumulators(_ shape: AggregationShape, _ names: [String]) -> SwiftDeclaration {
        SwiftDeclaration(
            .nominal(
                keyword: "struct", name: "Accumulators", inherited: ["BitwiseCopyable"],
                members: shape.ownCalls.map { index in
                    let (call, name) = (shape.calls[index], names[index])
                    return SwiftDeclaration(
                        .variable(name, nil, .call(.type(.named(typeName(of: call.kernel))), [])),
                        documentation: [
                            ProgramMembers.sqlText(
                                ProgramMembers.wholeSpan(call.span, operands: call.expressions, in: file), in: file)
                        ])
                }),
            documentation: ["What is kept of each group: \(shape.table.accumulatorBytes) bytes."])
    }

    private mutating func declareLayout(_ shape: AggregationShape, _ stage: StagePlan) -> [SwiftDeclaration] {
        var declarations = [outputTypes(stage.fields, modifiers: ["static"])]
        var strings: [SwiftExpression] = []
        for (call, accumulator) in zip(shape.calls, shape.table.accumulators) {
            for offset in call.kernel.stringOffsets { strings.append(.integer(Int128(accumulator.offset + offset))) }
        }
        if !strings.isEmpty {
            declarations.append(
                SwiftDeclaration(
                    .computed("accumulatorStrings", .array(.named("Int")), .array(strings)), modifiers: ["static"]))
        }
        let bags = shape.table.accumulators.compactMap { accumulator in
            accumulator.kernel.bagWords.map { words in
                SwiftExpression.call(
                    .member(.identifier("GroupTableLayout"), "Bag"),
                    [
                        SwiftArgument("offset", .integer(Int128(accumulator.offset))),
                        SwiftArgument("words", .integer(Int128(words))),
                    ])
            }
        }
        if !bags.isEmpty {
            declarations.append(
                SwiftDeclaration(
                    .computed(
                        "accumulatorBags", .array(.named("GroupTableLayout.Bag")), .array(bags)),
                    modifiers: ["static"]))
        }
        if !shape.table.distinct.isEmpty {
            let values = shape.table.distinct.map { table in
                SwiftExpression.member(.type(.named(table.type.swiftName)), "elements")
            }
            declarations.append(
                SwiftDeclaration(
                    .computed(
                        "distinctValues", .array(.array(.named("GroupTableLayout.KeyElement"))), .array(values)),
                    modifiers: ["static"]))
        }
        if shape.retracts {
            declarations.append(
                SwiftDeclaration(.computed("canRetract", .named("Bool"), .boolean(true)), modifiers: ["static"]))
        }
        if shape.merges {
            declarations.append(
                SwiftDeclaration(.computed("canMerge", .named("Bool"), .boolean(true)), modifiers: ["static"]))
        }
        return declarations
    }

    // MARK: Rows in

    /// What a row does to one accumulator; the same for adding and taking back.
    struct FoldStep {
        var accumulator: String
        var filter: SwiftExpression?
        /// nil: COUNT(*).
        var argument: ExpressionEmitter.Emitted?
        var distinct: Int?
        var local: String

        func statement(_ operation: String) -> SwiftStatement {
            let target = SwiftExpression.member(.member(.identifier("accumulators"), accumulator), operation)
            var result: SwiftStatement
            if let argument {
                let value: SwiftExpression =
                    argument.isOptional || distinct != nil ? .identifier(local) : argument.code
                result = .expression(
                    .call(target, [SwiftArgument(nil, value), SwiftArgument(nil, .inoutReference("table.pointee.arena"))]))
                if let distinct {
                    let check = SwiftExpression.call(
                        .member(
                            .member(.identifier("table"), "pointee"),
                            operation == "add" ? "addDistinct" : "retractDistinct"),
                        [
                            SwiftArgument(nil, .identifier(local)),
                            SwiftArgument("call", .integer(Int128(distinct))),
                            SwiftArgument("group", .identifier("group")),
                        ])
                    result = .ifTrue(check, [result])
                }
                if argument.isOptional {
                    result = .ifPresent(local, argument.code, [result])
                } else if distinct != nil {
                    result = .block([.constant(local, argument.code), result])
                }
            } else {
                result = .expression(.call(target, []))
            }
            if let filter { result = .ifTrue(filter, [result]) }
            return result
        }

        var readsRow: Bool { (filter?.mentionsRow ?? false) || (argument?.code.mentionsRow ?? false) }
    }

    private mutating func steps(
        _ shape: AggregationShape, _ names: [String], scope: ProgramMembers.Scope, members: inout ProgramMembers
    ) -> [FoldStep] {
        shape.ownCalls.map { index in
            let (call, name) = (shape.calls[index], names[index])
            let filter = call.filter.map {
                members.condition($0, named: "countsFor" + SwiftNames.type(name), in: scope)
            }
            let argument = call.argument.map { members.value($0, named: name, in: scope) }
            return FoldStep(
                accumulator: name, filter: filter, argument: argument,
                distinct: shape.table.distinct.firstIndex { $0.call == index }, local: "value")
        }
    }

    /// What one pane, or session, has counted is added to what another has.
    private func merging(_ names: [String]) -> SwiftDeclaration {
        let merges = names.map { name in
            SwiftStatement.expression(
                .call(
                    .member(.member(.identifier("accumulators"), name), "merge"),
                    [
                        SwiftArgument(nil, .member(.identifier("others"), name)),
                        SwiftArgument(nil, .inoutReference("arena")),
                    ]))
        }
        return SwiftDeclaration(
            .function(
                "merge",
                [
                    SwiftParameter("_", "accumulators", "inout Accumulators"),
                    SwiftParameter("_", "others", "Accumulators"), SwiftParameter("_", "arena", "inout Arena"),
                ], body: merges))
    }

    /// The accumulator that gives a call's result, or what another one keeps put into its form.
    private func readAccumulator(
        of index: Int, _ shape: AggregationShape, _ names: [String], in record: String = "accumulators"
    ) -> SwiftExpression {
        guard let owner = shape.table.accumulators[index].owner else {
            return .member(.identifier(record), names[index])
        }
        let total = SwiftExpression.member(.member(.identifier(record), names[owner]), "total")
        if shape.calls[index].kernel.isCount { return total }
        return .call(.type(.named(typeName(of: shape.calls[index].kernel))), [SwiftArgument("total", total)])
    }

    /// The function that says of two states of a group whether a count among its results differs; nil: there is none.
    private func difference(_ shape: AggregationShape, _ resultNames: [String]) -> SwiftDeclaration? {
        if shape.time != nil { return nil }
        let counts = shape.calls.indices.filter { index in
            shape.calls[index].kernel.isCount
                && shape.output.outputs.contains { $0.node == .input(shape.keys.count + index) }
        }
        func count(_ index: Int, _ record: String) -> SwiftExpression {
            .member(readAccumulator(of: index, shape, resultNames, in: record), "count")
        }
        let tests = counts.map { SwiftExpression.binary(count($0, "before"), "!=", count($0, "after")) }
        guard let first = tests.first else { return nil }
        return SwiftDeclaration(
            .function(
                "differ", [SwiftParameter("_", "before", "Accumulators"), SwiftParameter("_", "after", "Accumulators")],
                returns: .named("Bool"),
                body: [.result(tests.dropFirst().reduce(first) { .binary($0, "||", $1) })]), modifiers: ["static"])
    }

    // MARK: Groups out

    private mutating func emission(
        _ shape: AggregationShape, _ stage: StagePlan, _ keyNames: [String], _ resultNames: [String],
        _ keyType: String, members: inout ProgramMembers
    ) -> [SwiftDeclaration] {
        var used: Set<Int> = shape.output.filter?.inputs ?? []
        for output in shape.output.outputs { used.formUnion(output.inputs) }
        // What the output is over: keys, the window's bounds, results.
        var names = SwiftNames(reserved: ["batch", "key", "accumulators", "window", "fault", "row", "group"])
        var values: [(name: String, type: SwiftType, code: SwiftExpression, isOptional: Bool)] = []
        for (position, key) in shape.table.keys.enumerated() {
            let code: SwiftExpression =
                keyNames.count == 1 ? .identifier("key") : .member(.identifier("key"), keyNames[position])
            values.append((names.claim(keyNames[position]), .named(key.type.swiftName, isOptional: key.isNullable), code, key.isNullable))
        }
        if shape.time != nil {
            let bounds: [(String, SwiftExpression)] = [
                ("windowStart", .member(.identifier("window"), "start")),
                ("windowEnd", .member(.identifier("window"), "end")),
                ("windowTime", .binary(.member(.identifier("window"), "end"), "&-", .integer(1))),
            ]
            for (name, code) in bounds { values.append((names.claim(name), .named("Int64"), code, false)) }
        }
        for (index, call) in shape.calls.enumerated() {
            let accumulator = readAccumulator(of: index, shape, resultNames)
            let site = call.kernel.resultCanFail ? members.claimSite(call) : 0
            let code: SwiftExpression =
                call.kernel.isCount
                ? .member(accumulator, "count")
                : .call(
                    .member(accumulator, "result"),
                    (call.kernel.resultMakesString ? [SwiftArgument(nil, .inoutReference("batch.arena"))] : []) + [
                        SwiftArgument(nil, .inoutReference("fault")), SwiftArgument("at", .integer(Int128(site))),
                    ])
            let isOptional = !call.kernel.isCount
            values.append(
                (names.claim(resultNames[index]), .named(call.kernel.result.swiftName, isOptional: isOptional), code, isOptional))
        }
        let simple = shape.output.filter == nil && shape.output.outputs.allSatisfy { $0.operands.isEmpty }
        var declarations: [SwiftDeclaration] = []
        var body: [SwiftStatement] = []
        var inputs: [ExpressionEmitter.Input]
        if simple, Set(shape.output.outputs.map(\.node)).count == shape.output.outputs.count {
            inputs = values.map { ExpressionEmitter.Input(expression: $0.code, isOptional: $0.isOptional) }
        } else {
            let kept = values.indices.filter { used.contains($0) }
            declarations.append(
                SwiftDeclaration(
                    .nominal(
                        keyword: "struct", name: "Group", inherited: ["BitwiseCopyable"],
                        members: kept.map { SwiftDeclaration(.constant(values[$0].name, values[$0].type, nil)) }),
                    documentation: ["A group as the SELECT list sees it."]))
            if !kept.isEmpty {
                body.append(
                    .constant("group", .call("Group", kept.map { SwiftArgument(values[$0].name, values[$0].code) })))
            }
            inputs = values.map {
                ExpressionEmitter.Input(
                    expression: .member(.identifier("group"), $0.name), isOptional: $0.isOptional)
            }
        }
        let scope = ProgramMembers.Scope(
            variable: "group", type: "Group", inputs: inputs, direct: inputs)
        if let filter = shape.output.filter {
            body.append(.leaveUnless(members.condition(filter, named: "isWanted", in: scope, arena: "batch.arena")))
        }
        body.append(.constant("row", .member(.identifier("batch"), "rowCount")))
        for (column, output) in shape.output.outputs.enumerated() {
            let value = members.value(
                output, named: SwiftNames.member(stage.fields[column].name), in: scope, arena: "batch.arena")
            body.append(
                .expression(
                    .call(
                        .member(.identifier("batch"), "write"),
                        [
                            SwiftArgument(nil, value.code), SwiftArgument("column", .integer(Int128(column))),
                            SwiftArgument("row", .identifier("row")),
                        ])))
        }
        body.append(.assign(.member(.identifier("batch"), "rowCount"), .binary(.identifier("row"), "+", .integer(1))))
        declarations.append(
            SwiftDeclaration(
                .function(
                    "emit",
                    [
                        SwiftParameter("_", "key", keyType), SwiftParameter("_", "accumulators", "Accumulators"),
                        SwiftParameter("_", "window", "WindowBounds"), SwiftParameter("into", "batch", "ColumnBatch"),
                        SwiftParameter("_", "fault", "inout Fault"),
                    ], body: body)))
        return declarations
    }
}

extension Array where Element == SwiftStatement {
    /// The statements behind `let row = …`, where any of them needs it.
    fileprivate func withRow(_ steps: [PipelineEmitter.FoldStep]) -> [SwiftStatement] {
        if !steps.contains(where: \.readsRow) { return self }
        let row = SwiftStatement.constant(
            "row", .call(.member(.identifier("columns"), "row"), [SwiftArgument(nil, .identifier("index"))]))
        return [row] + self
    }
}

extension SwiftType {
    /// The type as a base of members: `Int64?` is written `Optional<Int64>` there.
    var metatype: SwiftType {
        if case .optional(let wrapped) = self { .generic("Optional", [wrapped]) } else { self }
    }
}

extension SwiftExpression {
    fileprivate var mentionsRow: Bool {
        switch self {
        case .identifier(let name): name == "row"
        case .member(let base, _): base.mentionsRow
        case .call(let callee, let arguments): callee.mentionsRow || arguments.contains { $0.value.mentionsRow }
        case .index(let base, let index): base.mentionsRow || index.mentionsRow
        default: false
        }
    }
}

