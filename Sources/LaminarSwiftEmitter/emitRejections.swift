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

    /// The statements by which a stage hands on the rows that it has kept out, where it can keep any.
    func rejections(_ index: Int, _ stage: StagePlan) -> [SwiftStatement] {
        let names = stageNames[index]
        let holes = stageHoles(index, stage)
        func isSource(_ input: StageInput) -> Bool {
            if case .source = input { true } else { false }
        }
        var isPushedRow = SwiftExpression.boolean(stage.inputs.first.map(isSource) ?? false)
        var place = SwiftExpression.member(.identifier(names.program), "place")
        switch stage.kind {
        case .windowAggregate, .runningAggregate: break
        case .eventTime(_, .sessions), .eventTime(_, .order), .eventTime(_, .expandWindows), .eventTime(_, .keyedWindows),
            .keyed:
            place = self.place(of: stage)
        case .over(_, let plan):
            if plan.settling == nil { return [] }
            place = self.place(of: stage)
        case .join(let left, let right, let plan):
            if plan.timing == nil { return [] }
            if isSource(left) != isSource(right) {
                isPushedRow = .binary(
                    .identifier("side"), "==", .implicitMember(isSource(left) ? "left" : "right"))
            }
        default: return []
        }
        let rows = SwiftExpression.member(.identifier(names.member), "diverted")
        return [
            .ifTrue(
                .call("_slowPath", SwiftArgument(nil, .not(.member(rows, "isEmpty")))),
                [
                    .expression(
                        .call(
                            "reject", SwiftArgument(nil, rows), SwiftArgument(nil, .identifier(holes["stage"] ?? "")),
                            SwiftArgument(nil, .identifier(holes["places"] ?? "")),
                            SwiftArgument("isPushedRow", isPushedRow), SwiftArgument("else", place)))
                ])
        ]
    }
}

/// The columns of a source that are read, of a row that a query has not taken.
func emitRejectedRow(_ source: SourcePlan) -> SwiftDeclaration {
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
                + reads(of: source.fields, members)))
    return SwiftDeclaration(
        .nominal(
            keyword: "struct", name: "Rejected", inherited: ["Sendable"],
            members: [rejection] + rowMembers(source.fields, members) + [initializer]),
        access: .public, documentation: ["A row that a query has not taken: the columns that the queries read."])
}
