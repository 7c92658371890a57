import LaminarTypes

extension FunctionCatalogue {
    /// What programs ask a PostgreSQL server about itself; there is one database and one schema.
    mutating func addSystem() {
        var family = FamilyBuilder(.system)
        for (name, summary, text) in [
            ("current_database", "The name of the database.", "laminar"),
            ("current_schema", "The name of the schema.", "public"),
        ] {
            family.composed(name, [], .text, summary, ["\(name)()": text]) {
                _, span, _ in .constant(.text(text), .text, span: span)
            }
        }
        add(family)
    }
}
