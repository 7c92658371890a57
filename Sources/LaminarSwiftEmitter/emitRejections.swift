import LaminarPlan
import LaminarTemplates
import LaminarTypes

/// How rows that policies keep out of queries reach the pipeline's host.
extension PipelineEmitter {
    /// The callbacks, and the function by which stages reach them.
    mutating func rejectionMembers() -> [SwiftDeclaration] {
        var callbacks: [SwiftDeclaration] = []
        var typed: [SwiftStatement] = []
        for (index, source) in plan.sources.enumerated() {
            let row = sourceNames[index].row
            let callback = members.claim("onRejected" + row)
            callbacks.append(
                SwiftDeclaration(
                    .variable(callback, .named("((\(row).Rejected) -> Void)?"), nil), access: .public,
                    documentation: [
                        "Called with each row of `\(source.definition.name)` that a policy of `.divert` has kept out of a query."
                    ]))
            let body = SwiftTemplate(name: "TypedRejection", bytes: EmbeddedTemplates.typedRejection)
                .filled(["source": String(index), "callback": callback, "Row": row])
            typed.append(.template(body))
        }
        return callbacks + [template("Rejections", EmbeddedTemplates.rejections, [:], ["typed": typed])]
    }

    /// Whether the rows of a stage's batch are those that were pushed, or can be traced back to them.
    func isPushedRow(_ stage: StagePlan) -> SwiftExpression {
        func isKnown(_ input: StageInput) -> Bool {
            switch input {
            case .source: true
            case .stage(let index): checksRetractions(stage) && tellsOrigins(index)
            }
        }
        if case .join(let left, let right, _) = stage.kind, isKnown(left) != isKnown(right) {
            return .binary(.identifier("side"), "==", .implicitMember(isKnown(left) ? "left" : "right"))
        }
        return .boolean(stage.inputs.first.map(isKnown) ?? false)
    }

    /// Whether a stage names rows of a source's changelog that take back what is not there, though it need not read the
    /// source itself.
    private func checksRetractions(_ stage: StagePlan) -> Bool {
        switch stage.kind {
        case .join(let left, let right, let join): join.timing == nil && (plan.readsChanges(left) || plan.readsChanges(right))
        case .over(let input, let over): over.settling == nil && plan.readsChanges(input)
        default: false
        }
    }

    /// Whether a stage makes its rows of those of a source's changelog, and another behind it names them.
    func tellsOrigins(_ index: Int) -> Bool {
        guard case .transform(.source(let source), _) = plan.stages[index].kind, plan.sources[source].changelog == .updating
        else { return false }
        return plan.stages.contains { $0.inputs.contains(.stage(index)) && checksRetractions($0) }
    }

    /// An error, or rows kept out, of a stage with rows of the pushed batch, where they can be traced back.
    func tracedBack(_ value: String, _ stage: StagePlan) -> String {
        func row(_ input: StageInput) -> String? {
            guard case .stage(let index) = input, checksRetractions(stage), tellsOrigins(index) else { return nil }
            return "\(stageNames[index].origins).inputRow(of: $0)"
        }
        let rows = stage.inputs.map(row)
        if rows.allSatisfy({ $0 == nil }) { return value }
        if rows.count == 1 { return "\(value).tracedBack { \(rows[0] ?? "$0") }" }
        return "\(value).tracedBack { side == .left ? \(rows[0] ?? "$0") : \(rows[1] ?? "$0") }"
    }

    /// The statements by which a stage hands on the rows that it has kept out, where it can keep any.
    func rejections(_ index: Int, _ stage: StagePlan) -> [SwiftStatement] {
        let names = stageNames[index]
        let holes = stageHoles(index, stage)
        let isPushedRow = isPushedRow(stage)
        var place = SwiftExpression.member(.identifier(names.program), "place")
        switch stage.kind {
        case .windowAggregate, .runningAggregate: break
        case .eventTime(_, .sessions), .eventTime(_, .order), .eventTime(_, .expandWindows), .eventTime(_, .keyedWindows),
            .keyed:
            place = self.place(of: stage)
        case .over(_, let over):
            if over.settling == nil, !checksRetractions(stage) { return [] }
            place = self.place(of: stage)
        case .join(_, _, let join):
            if join.timing == nil, !checksRetractions(stage) { return [] }
        default: return []
        }
        let rows = SwiftExpression.member(.identifier(names.member), "diverted")
        return [
            .ifTrue(
                .call("_slowPath", SwiftArgument(nil, .not(.member(rows, "isEmpty")))),
                [
                    .expression(
                        .call(
                            "reject", SwiftArgument(nil, .identifier(tracedBack(SwiftPrinter.text(rows), stage))),
                            SwiftArgument(nil, .identifier(holes["stage"] ?? "")),
                            SwiftArgument(nil, .identifier(holes["places"] ?? "")),
                            SwiftArgument("isPushedRow", isPushedRow), SwiftArgument("else", place)))
                ])
        ]
    }
}

/// The columns of a source that are read, of a row that a query has not taken.
///
/// - Parameters:
///   - types: those of the source's row, in whose struct this one stands.
///   - row: the name of that struct.
func emitRejectedRow(_ source: SourcePlan, _ types: RowTypeNames, row: String) -> SwiftDeclaration {
    var names = SwiftNames(reserved: SwiftNames.unusable.union(["rejection"]))
    let members = source.fields.map { names.claim(SwiftNames.member($0.name)) }
    let rejection = SwiftDeclaration(
        .variable("rejection", .named("RejectedRow"), nil), access: .public,
        documentation: ["Which query did not take it, and why."])
    let initializer = SwiftDeclaration(
        .initializer(
            [
                SwiftParameter("_", "rejection", "RejectedRow"), SwiftParameter("_", "batch", "BatchView"),
                SwiftParameter("_", "row", "Int"),
            ],
            body: [.assign(.member(.identifier("self"), "rejection"), .identifier("rejection"))]
                + reads(of: source.fields, members, source.columns.map { types.constants[$0] }, of: row)))
    return SwiftDeclaration(
        .nominal(
            keyword: "struct", name: "Rejected", inherited: ["Sendable"],
            members: [rejection] + rowMembers(source.fields, members, source.columns.map { types.types[$0] }) + [initializer]),
        access: .public, documentation: ["A row that a query has not taken: the columns that the queries read."])
}
