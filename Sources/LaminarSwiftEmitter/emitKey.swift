import LaminarPlan
import LaminarTypes

extension PipelineEmitter {
    /// The members of a key, named after its columns.
    func keyMembers(_ columns: [String]) -> [String] {
        var names = SwiftNames(reserved: SwiftNames.unusable.union(["words", "hasher"]))
        return columns.map { names.claim(SwiftNames.member($0)) }
    }

    /// Declares the type `Key` of a state table; the name by which it is known.
    ///
    /// - Parameter clause: the SQL that says what is equal, for the documentation.
    func declareKey(
        _ table: StateTablePlan, names: [String], clause: String, into declarations: inout [SwiftDeclaration]
    ) -> String {
        let types = table.keys.map { SwiftType.named($0.type.swiftName, isOptional: $0.isNullable) }
        if names.isEmpty {
            declarations.append(SwiftDeclaration(.alias("Key", .named("NoKey"))))
            return "NoKey"
        }
        if names.count == 1 {
            declarations.append(
                SwiftDeclaration(.alias("Key", types[0]), documentation: ["\(clause) `\(table.keys[0].name)`."]))
            return SwiftPrinter.flat(types[0])
        }
        func sum(_ member: String, _ count: Int) -> SwiftExpression {
            let parts = types.prefix(count).map { SwiftExpression.member(.type($0.metatype), member) }
            return parts.dropFirst().reduce(parts[0]) { .binary($0, "+", $1) }
        }
        func place(_ position: Int) -> SwiftExpression {
            let words = table.keys[position].word
            return words == 0 ? .identifier("words") : .binary(.identifier("words"), "+", .integer(Int128(words)))
        }
        let equals = names.indices.map { position in
            SwiftExpression.call(
                .member(.identifier(names[position]), "equals"), [SwiftArgument(nil, place(position))])
        }
        let members: [SwiftDeclaration] =
            zip(names, types).map { SwiftDeclaration(.variable($0, $1, nil)) } + [
                SwiftDeclaration(
                    .initializer(
                        zip(names, types).map { SwiftParameter(nil, $0, SwiftPrinter.flat($1)) },
                        body: names.map { .assign(.member(.identifier("self"), $0), .identifier($0)) })),
                SwiftDeclaration(
                    .initializer(
                        [SwiftParameter(nil, "words", "UnsafePointer<UInt64>")],
                        body: names.indices.map {
                            .assign(
                                .member(.identifier("self"), names[$0]),
                                .call(.type(types[$0].metatype), [SwiftArgument("words", place($0))]))
                        })),
                SwiftDeclaration(
                    .computed("elements", .array(.named("GroupTableLayout.KeyElement")), sum("elements", names.count)),
                    modifiers: ["static"]),
                SwiftDeclaration(
                    .computed("wordCount", .named("Int"), .integer(Int128(table.keyWords))), modifiers: ["static"]),
                SwiftDeclaration(
                    .function(
                        "combine", [SwiftParameter("into", "hasher", "inout KeyHasher")],
                        body: names.map {
                            .expression(
                                .call(
                                    .member(.identifier($0), "combine"),
                                    [SwiftArgument("into", .inoutReference("hasher"))]))
                        })),
                SwiftDeclaration(
                    .function(
                        "equals", [SwiftParameter("_", "words", "UnsafePointer<UInt64>")], returns: .named("Bool"),
                        body: [.result(equals.dropFirst().reduce(equals[0]) { .binary($0, "&&", $1) })])),
                SwiftDeclaration(
                    .function(
                        "store", [SwiftParameter("_", "words", "UnsafeMutablePointer<UInt64>")],
                        body: names.indices.map {
                            .expression(
                                .call(.member(.identifier(names[$0]), "store"), [SwiftArgument(nil, place($0))]))
                        })),
            ]
        declarations.append(
            SwiftDeclaration(
                .nominal(keyword: "struct", name: "Key", inherited: ["GroupKey"], members: members),
                documentation: [
                    clause + " " + table.keys.map { "`\($0.name)`" }.joined(separator: ", ") + "."
                ]))
        return "Key"
    }
}
