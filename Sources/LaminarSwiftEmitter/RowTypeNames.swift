import LaminarTypes

/// The Swift types of the members of a public row struct, with the structs that stand for its columns of rows.
struct RowTypeNames {
    /// By column.
    private(set) var types: [String] = []
    /// By column: the static member that says the SQL type, for arrays, rows and maps.
    private(set) var constants: [String?] = []
    /// The structs of rows and the constants.
    private(set) var declarations: [SwiftDeclaration] = []

    /// - Parameter members: the members' names, by column.
    init(_ fields: [Field], _ members: [String]) {
        var names = SwiftNames(reserved: Self.reserved)
        var statics = SwiftNames(reserved: SwiftNames.unusable)
        var structs: [SwiftDeclaration] = []
        for (field, member) in zip(fields, members) {
            guard field.type.isNested else {
                types.append(field.type.rowType)
                constants.append(nil)
                continue
            }
            types.append(Self.swiftType(field.type, SwiftNames.type(field.name), &names, &structs))
            let constant = statics.claim(member + "Type")
            constants.append(constant)
            declarations.append(
                SwiftDeclaration(
                    .constant(constant, nil, .call("NestedType", SwiftArgument(nil, .string(field.type.description)))),
                    modifiers: ["static"]))
        }
        declarations = structs + declarations
    }

    /// Names that a struct of a row must not take from what stands beside it.
    private static let reserved: Set<String> = SwiftNames.unusable.union([
        "Any", "Bool", "Int", "Int16", "Int32", "Int64", "UInt8", "UInt64", "Float", "Double", "Decimal", "Interval", "UUIDBytes",
        "String", "StringView", "Optional", "SQLArray", "SQLMap", "NestedType", "NestedRow", "NestedFields", "ColumnBatch",
        "BatchView", "SourceRow", "ResultRow", "RejectedRow", "Rejected", "Sendable", "Hashable", "Row",
    ])

    /// - Parameter name: what a struct for the rows in it is called, if it is free.
    private static func swiftType(
        _ type: SQLType, _ name: String, _ names: inout SwiftNames, _ structs: inout [SwiftDeclaration]
    ) -> String {
        switch type {
        case .array(let element): return "SQLArray<\(swiftType(element, SwiftNames.rowType(name), &names, &structs))>"
        case .map(let key, let value):
            let keyType = swiftType(key, name + "Key", &names, &structs)
            return "SQLMap<\(keyType), \(swiftType(value, SwiftNames.rowType(name), &names, &structs))>"
        case .row(let fields):
            let name = names.claim(name)
            structs.append(rowStruct(name, fields))
            return name
        default: return type.rowType
        }
    }

    private static func rowStruct(_ name: String, _ fields: [Field]) -> SwiftDeclaration {
        let members = SwiftNames.members(of: fields)
        let nested = RowTypeNames(fields, members)
        func member(_ name: String) -> SwiftExpression {
            name == "fields" || SwiftNames.isReserved(name) ? .member(.identifier("self"), name) : .identifier(name)
        }
        let next = SwiftExpression.call(.member(.identifier("fields"), "next"), [])
        let read = SwiftDeclaration(
            .initializer(
                [SwiftParameter("_", "fields", "inout NestedFields")],
                body: members.map { .assign(.member(.identifier("self"), $0), next) }),
            access: .public, documentation: ["Reads the fields in order."])
        let write = SwiftDeclaration(
            .function(
                "write", [SwiftParameter("to", "fields", "inout NestedFields")],
                body: members.map { name in
                    .expression(
                        .call(.member(.identifier("fields"), "append"), [SwiftArgument(nil, member(name))]))
                }), access: .public, documentation: ["Writes the fields in order."])
        // Fields of fields need their structs, but not the types' constants, which the outermost column has.
        let structs = nested.declarations.filter { if case .nominal = $0.kind { true } else { false } }
        return SwiftDeclaration(
            .nominal(
                keyword: "struct", name: name, inherited: ["NestedRow"],
                members: rowMembers(fields, members, nested.types) + [memberwiseInitializer(fields, members, nested.types), read, write]
                    + structs),
            access: .public, documentation: ["A row of the type `\(SQLType.row(fields).description.uppercased())`."])
    }
}
