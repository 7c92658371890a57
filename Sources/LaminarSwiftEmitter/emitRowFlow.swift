import LaminarPlan
import LaminarTemplates
import LaminarTypes

/// The members that hold one row of a relation in column memory, for stages that read columns.
struct RowCellNames {
    /// A `RowCells`.
    let cells: String
    /// Pointers into it.
    let columns: String
}

/// How rows that are pushed one by one, or as an array of structs, go through the stages without columns in between.
extension PipelineEmitter {
    // MARK: What can

    /// Whether the rows of a relation go on one by one.
    ///
    /// All of a source's rows do or none: where one stage behind it needs columns, the others may as well have them.
    func comesByRow(_ relation: StageInput) -> Bool {
        guard let source = source(of: relation) else { return false }
        let timing = plan.sources[source].definition.timing
        if plan.sources[source].changelog == .updating || needsSteps(source) || plan.readsClock || !timing.isPlain
            || plan.holdsRowsBack
        {
            return false
        }
        let readers = stages(reading: .source(source))
        if readers.isEmpty, !plan.sinks.contains(where: { $0.input == .source(source) }) { return false }
        return readers.allSatisfy(takesRows) && reaches(relation, from: readers)
    }

    /// Whether a relation is the source itself or a transform behind it.
    private func reaches(_ relation: StageInput, from readers: [Int]) -> Bool {
        guard case .stage(let index) = relation else { return true }
        if case .transform = plan.stages[index].kind { return true }
        return false
    }

    /// Whether a stage, and what is behind it, can take rows without columns.
    func takesRows(stage index: Int) -> Bool {
        switch plan.stages[index].kind {
        case .transform(let input, _):
            !stagesOfColumns.contains(index) && !plan.isUpdating(input)
                && stages(reading: .stage(index)).allSatisfy(takesRows)
        case .windowAggregate(let input, let aggregate): aggregate.emission == .onClose && !plan.isUpdating(input)
        default: false
        }
    }

    /// Whether nothing but aggregations reads a source's rows, none of which come out by themselves.
    func foldsAllRows(of source: Int) -> Bool {
        let relation = StageInput.source(source)
        if plan.sinks.contains(where: { $0.input == relation }) { return false }
        return stages(reading: relation).allSatisfy { index in
            if case .windowAggregate = plan.stages[index].kind { true } else { false }
        }
    }

    private func stages(reading relation: StageInput) -> [Int] {
        plan.stages.indices.filter { plan.stages[$0].inputs.contains(relation) }
    }

    /// The source whose rows a relation is made of, one by one.
    private func source(of relation: StageInput) -> Int? {
        switch relation {
        case .source(let index): return index
        case .stage(let index):
            let inputs = plan.stages[index].inputs
            return inputs.count == 1 ? source(of: inputs[0]) : nil
        }
    }

    private var rowRelations: [StageInput] {
        (plan.sources.indices.map { .source($0) } + plan.stages.indices.map { .stage($0) }).filter(comesByRow)
    }

    var hasRowFlow: Bool { plan.sources.indices.contains { comesByRow(.source($0)) } }

    // MARK: Members

    mutating func claimRowCells() {
        for relation in rowRelations where !stages(reading: relation).isEmpty {
            let member = self.relation(relation).names.member
            rowCells[relation] = RowCellNames(
                cells: members.claim(member + "Cells"), columns: members.claim(member + "CellColumns"))
        }
    }

    /// `onOutput`; where rows may come one by one, whoever sets it gets columns.
    func outputCallback() -> SwiftDeclaration {
        let documentation = ["Called with each batch of results: the sink's position, and columns lent for the call."]
        guard hasRowFlow else {
            return SwiftDeclaration(
                .variable("onOutput", .named("(_ sink: Int, _ batch: BatchView) -> Void"), .closureIgnoring(2)),
                access: .public, documentation: documentation)
        }
        return SwiftDeclaration(
            .template(SwiftTemplate(name: "BatchCallback", bytes: EmbeddedTemplates.batchCallback).filled([:])))
    }

    func rowProperties(_ setup: inout [SwiftStatement]) -> [SwiftDeclaration] {
        var properties: [SwiftDeclaration] = [
            SwiftDeclaration(
                .variable("rowArena", nil, .call("Arena")), access: .private, modifiers: [Self.unchecked])
        ]
        for relation in rowRelations {
            guard let names = rowCells[relation] else { continue }
            let (row, fields) = self.relation(relation)
            properties.append(
                SwiftDeclaration(
                    .constant(names.cells, nil, .call("RowCells", SwiftArgument("types", physicalTypes(fields)))),
                    access: .private))
            guard readsCells(relation) else { continue }
            properties.append(
                SwiftDeclaration(.constant(names.columns, .named(row.columns), nil), access: .private))
            setup.append(
                .assign(
                    .identifier(names.columns),
                    .call(row.columns, SwiftArgument(nil, .member(.identifier(names.cells), "columns")))))
        }
        return properties
    }

    /// Whether an aggregation reads a relation's row as columns.
    private func readsCells(_ relation: StageInput) -> Bool {
        stages(reading: relation).contains { index in
            if case .windowAggregate = plan.stages[index].kind { true } else { false }
        }
    }

    func rowBodies(_ delivers: [String], _ outlets: [String]) -> [SwiftDeclaration] {
        var bodies = [template("RowHost", EmbeddedTemplates.rowHost, [:])]
        for relation in rowRelations {
            for index in stages(reading: relation) { bodies.append(rowBody(index, relation, delivers)) }
        }
        for (index, sink) in plan.sinks.enumerated() where comesByRow(sink.input) {
            bodies.append(
                template(
                    "SinkOfRows", EmbeddedTemplates.sinkOfRows,
                    [
                        "deliver": delivers[index], "outlet": outlets[index], "Row": sinkNames[index].row,
                        "RowView": relation(sink.input).names.rowView,
                    ]))
        }
        return bodies
    }

    private func rowBody(_ index: Int, _ input: StageInput, _ delivers: [String]) -> SwiftDeclaration {
        let stage = plan.stages[index]
        let names = stageNames[index]
        var holes = [
            "run": names.run, "RowView": relation(input).names.rowView, "operator": names.member,
            "cells": rowCells[input]?.cells ?? "", "source": String(source(of: input) ?? 0),
        ]
        if case .transform(_, let transform) = stage.kind {
            holes["Program"] = names.program
            let hasFilter = transform.filter != nil
            return template(
                hasFilter ? "FilterRow" : "ProjectRow",
                hasFilter ? EmbeddedTemplates.filterRow : EmbeddedTemplates.projectRow, holes,
                ["consumers": rowConsumers(.stage(index), "result", delivers)])
        }
        holes.merge(stageHoles(index, stage)) { old, _ in old }
        holes["rows"] = names.rows
        holes["send"] = names.send
        holes["place"] = "\(names.program).place"
        holes["columns"] = rowCells[input]?.columns ?? ""
        return template("AggregateRow", EmbeddedTemplates.aggregateRow, holes)
    }

    /// The statements by which one row goes from a relation to what reads it.
    func rowConsumers(_ relation: StageInput, _ row: String, _ delivers: [String]) -> [SwiftStatement] {
        var result: [SwiftStatement] = []
        for index in stages(reading: relation) {
            result.append(
                .expression(
                    .call(
                        stageNames[index].run, SwiftArgument(nil, .identifier(row)),
                        SwiftArgument("at", .identifier("position")))))
        }
        for (index, sink) in plan.sinks.enumerated() where sink.input == relation {
            result.append(.expression(.call(delivers[index], SwiftArgument(nil, .identifier(row)))))
        }
        return result
    }

    // MARK: Rows

    /// The function that makes a row of a source from its public struct.
    func emitRowOfStruct(_ index: Int) -> SwiftDeclaration {
        let source = plan.sources[index]
        let names = sourceNames[index]
        let members = SwiftNames.members(of: source.definition.columns)
        let types = RowTypeNames(source.definition.columns, members)
        let arguments = zip(source.columns, names.fields).map { position, member -> SwiftArgument in
            let field = source.definition.columns[position]
            let value = SwiftExpression.member(.identifier("row"), members[position])
            switch field.type.rowType {
            case "String", "[UInt8]":
                let copy = SwiftExpression.member(.identifier("arena"), "copy")
                let type = types.constants[position].map {
                    [SwiftArgument("as", .member(.identifier(names.row), $0))]
                } ?? []
                let isOptional = field.isNullable
                return SwiftArgument(
                    member,
                    isOptional
                        ? .callWithClosure(
                            .member(value, "map"), [], .call(copy, [SwiftArgument(nil, .identifier("$0"))] + type))
                        : .call(copy, [SwiftArgument(nil, value)] + type))
            default: return SwiftArgument(member, value)
            }
        }
        return SwiftDeclaration(
            .function(
                "row", [SwiftParameter("of", "row", names.row), SwiftParameter("_", "arena", "inout Arena")],
                returns: .named("Row"), body: [.result(.call("Row", arguments))]), modifiers: ["static"])
    }

    /// The function that lays a row into column memory.
    func emitRowWrite(_ fields: [Field], _ names: RelationNames) -> SwiftDeclaration {
        let writes = names.fields.enumerated().map { column, member in
            SwiftStatement.expression(
                .call(
                    .member(.identifier("cells"), "set"),
                    [
                        SwiftArgument(nil, .integer(Int128(column))),
                        SwiftArgument(
                            nil, member == "cells" ? .member(.identifier("self"), member) : .identifier(member)),
                    ]))
        }
        return SwiftDeclaration(
            .function("write", [SwiftParameter("to", "cells", "borrowing RowCells")], body: writes))
    }
}
