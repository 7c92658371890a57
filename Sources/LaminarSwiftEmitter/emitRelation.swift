import LaminarPlan
import LaminarText
import LaminarTypes

/// The public struct of a source's rows: every declared column, in order.
func emitSourceRow(_ source: SourcePlan, _ names: RelationNames) -> SwiftDeclaration {
    let fields = source.definition.columns
    let members = SwiftNames.members(of: fields)
    let types = RowTypeNames(fields, members)
    var writes: [SwiftStatement] = []
    for (column, position) in source.columns.enumerated() {
        let type = types.constants[position].map { [SwiftArgument("as", .member(.identifier("Self"), $0))] } ?? []
        writes.append(
            .expression(
                .call(
                    .member(.identifier("batch"), "write"),
                    [SwiftArgument(nil, .identifier(members[position]))] + type + [
                        SwiftArgument("column", .integer(Int128(column))), SwiftArgument("row", .identifier("row")),
                    ])))
    }
    let write = SwiftDeclaration(
        .function(
            "write", [SwiftParameter("to", "batch", "ColumnBatch"), SwiftParameter("at", "row", "Int")], body: writes),
        access: .public,
        documentation: [
            source.columns.count == fields.count
                ? "Writes the row into column memory." : "Writes the columns that the queries read."
        ])
    return SwiftDeclaration(
        .nominal(
            keyword: "struct", name: names.row, inherited: ["SourceRow", "Sendable"],
            members: rowMembers(fields, members, types.types, comments: source.definition.comments)
                + [memberwiseInitializer(fields, members, types.types), write, emitRejectedRow(source, types, row: names.row)]
                + types.declarations),
        access: .public, documentation: ["A row of `\(source.definition.name)`."])
}

/// The public struct of a sink's rows.
///
/// - Parameter row: the type of a row of the relation behind it, where rows come without columns.
func emitResultRow(_ sink: SinkPlan, _ names: RelationNames, from row: String?) -> SwiftDeclaration {
    let visible = Array(sink.fields.dropLast(sink.presentation.hiddenColumns))
    let members = Array(names.fields.prefix(visible.count))
    let types = RowTypeNames(visible, members)
    let read = SwiftDeclaration(
        .initializer(
            [SwiftParameter("_", "batch", "BatchView"), SwiftParameter("_", "row", "Int")],
            body: reads(of: visible, members, types.constants)),
        access: .public, documentation: ["Reads a row from column memory."])
    return SwiftDeclaration(
        .nominal(
            keyword: "struct", name: names.row, inherited: ["ResultRow", "Hashable"],
            members: rowMembers(visible, members, types.types) + [memberwiseInitializer(visible, members, types.types), read]
                + (row.map { [rowInitializer(visible, members, types.constants, from: $0)] } ?? []) + types.declarations),
        access: .public, documentation: ["A row of `\(sink.definition.name)`."])
}

/// Typed pointers into the columns of a relation, and one of its rows.
///
/// - Parameter rowMembers: what rows that come without columns need besides.
func emitColumns(
    _ fields: [Field], _ names: RelationNames, of relation: String, rowMembers extra: [SwiftDeclaration]
) -> SwiftDeclaration {
    var members: [SwiftDeclaration] = []
    var reads: [SwiftStatement] = []
    var row: [SwiftArgument] = []
    var rowMembers: [SwiftDeclaration] = []
    for (column, field) in fields.enumerated() {
        let name = names.fields[column]
        let value = field.type.physical.swiftName
        let reader = field.isNullable ? "NullableColumnReader" : "ColumnReader"
        members.append(SwiftDeclaration(.constant(name, .generic(reader, [.named(value)]), nil)))
        reads.append(
            .assign(
                name == "batch" ? .member(.identifier("self"), name) : .identifier(name),
                .call(reader, SwiftArgument(nil, .identifier("batch")), SwiftArgument(nil, .integer(Int128(column))))))
        let column: SwiftExpression = name == "index" ? .member(.identifier("self"), name) : .identifier(name)
        row.append(SwiftArgument(name, .index(column, .identifier("index"))))
        rowMembers.append(SwiftDeclaration(.constant(name, .named(value, isOptional: field.isNullable), nil)))
    }
    members.append(
        SwiftDeclaration(.initializer([SwiftParameter("_", "batch", "BatchView")], body: reads)))
    members.append(
        SwiftDeclaration(
            .function("row", [SwiftParameter("_", "index", "Int")], returns: .named("Row"),
                      body: [.result(.call("Row", row))])))
    let (ofRow, ofColumns) = (extra.filter { !$0.modifiers.contains("static") }, extra.filter { $0.modifiers.contains("static") })
    members += ofColumns
    members.append(
        SwiftDeclaration(
            .nominal(keyword: "struct", name: "Row", inherited: ["BitwiseCopyable"], members: rowMembers + ofRow)))
    return SwiftDeclaration(
        .nominal(keyword: "struct", name: names.columns, inherited: ["BitwiseCopyable"], members: members),
        documentation: ["The columns of `\(relation)` that are read, and one row of them."])
}

/// Assigns the members of a row struct from row `row` of `batch`.
///
/// - Parameters:
///   - constants: the static members that say the types of arrays, rows and maps, by column.
///   - owner: the type that has them.
func reads(
    of fields: [Field], _ members: [String], _ constants: [String?], of owner: String = "Self"
) -> [SwiftStatement] {
    fields.indices.map { column in
        let type = constants[column].map { [SwiftArgument("as", .member(.identifier(owner), $0))] } ?? []
        return .assign(
            ["batch", "row"].contains(members[column]) || SwiftNames.isReserved(members[column])
                ? .member(.identifier("self"), members[column]) : .identifier(members[column]),
            .call(
                .member(.identifier("batch"), fields[column].reader),
                [SwiftArgument("column", .integer(Int128(column))), SwiftArgument("row", .identifier("row"))] + type))
    }
}

/// - Parameter types: the members' Swift types, without `?`.
func rowMembers(
    _ fields: [Field], _ members: [String], _ types: [String], comments: [Int: String] = [:]
) -> [SwiftDeclaration] {
    fields.indices.map { index in
        let field = fields[index]
        // What COMMENT says comes first, as it says what the column means.
        let comment = comments[index].map { $0.split(whereSeparator: \.isNewline).map(String.init) } ?? []
        return SwiftDeclaration(
            .variable(members[index], .named(types[index], isOptional: field.isNullable), nil), access: .public,
            documentation: comment + (comment.isEmpty ? [] : [""]) + [field.documentation])
    }
}

func memberwiseInitializer(_ fields: [Field], _ members: [String], _ types: [String]) -> SwiftDeclaration {
    SwiftDeclaration(
        .initializer(
            fields.indices.map { index in
                SwiftParameter(nil, members[index], types[index] + (fields[index].isNullable ? "?" : ""))
            },
            body: members.map { member in
                .assign(.member(.identifier("self"), member), .identifier(member))
            }),
        access: .public)
}

/// Makes the public struct from a row that came without columns.
private func rowInitializer(
    _ fields: [Field], _ members: [String], _ constants: [String?], from row: String
) -> SwiftDeclaration {
    let body = fields.indices.map { index -> SwiftStatement in
        let (field, member) = (fields[index], members[index])
        let value = SwiftExpression.member(.identifier("row"), member)
        let read: SwiftExpression =
            switch field.type.rowType {
            case _ where constants[index] != nil:
                .call(
                    .member(field.isNullable ? .optionalChain(value) : value, "nested"),
                    [SwiftArgument("as", .member(.identifier("Self"), constants[index] ?? ""))])
            case "String": .member(field.isNullable ? .optionalChain(value) : value, "string")
            case "[UInt8]": .member(field.isNullable ? .optionalChain(value) : value, "bytes")
            default: value
            }
        let isHidden = member == "row" || SwiftNames.isReserved(member)
        return .assign(isHidden ? .member(.identifier("self"), member) : .identifier(member), read)
    }
    return SwiftDeclaration(.initializer([SwiftParameter("_", "row", row)], body: body))
}

extension SQLType {
    /// The type of a column in a public row struct; arrays, rows and maps have their own (see `RowTypeNames`).
    var rowType: String {
        switch self {
        case .text, .varchar, .char, .json, .jsonb, .unknown: "String"
        case .bytea, .array, .row, .map: "[UInt8]"
        default: physical.swiftName
        }
    }
}

extension Field {
    /// The function of `BatchView` that gives a value for a row struct.
    fileprivate var reader: String {
        switch type.rowType {
        case _ where type.isNested: isNullable ? "optionalNested" : "nested"
        case "String": isNullable ? "optionalString" : "string"
        case "[UInt8]": isNullable ? "optionalBytes" : "bytes"
        default: isNullable ? "optional" : "value"
        }
    }

    /// What a reader of the struct must know besides the Swift type: the SQL type, and units where Swift has none.
    var documentation: String {
        let unit =
            switch type {
            case .timestamp: ": microseconds since 1970-01-01 00:00:00"
            case .timestamptz: ": microseconds since 1970-01-01 00:00:00 UTC"
            case .date: ": days since 1970-01-01"
            case .time: ": microseconds since midnight"
            default: ""
            }
        return "`\(name) \(type.description.uppercased())\(isNullable ? "" : " NOT NULL")`\(unit)"
    }
}
