import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addPatterns() {
        var family = FamilyBuilder(.patterns)
        family.kernel(
            "like", [.text, .text], .boolean, "like", .canFail,
            "`a LIKE pattern [ESCAPE e]`: `%` stands for any text, `_` for one character.",
            ["'abc' LIKE 'a%'": "true", "'abc' LIKE '_b'": "false", "'a%c' LIKE 'a#%c' ESCAPE '#'": "true"])
        family.kernel("like", [.text, .text, .text], .boolean, "like", .canFail)
        family.kernel(
            "ilike", [.text, .text], .boolean, "ilike", .canFail, "LIKE without regard to case.",
            ["'ABC' ILIKE 'a_c'": "true"])
        family.kernel("ilike", [.text, .text, .text], .boolean, "ilike", .canFail)
        family.matching("~~", "like", "LIKE.", example: "'abc' ~~ 'a%'", opposite: "NOT LIKE.")
        family.matching("~~*", "ilike", "ILIKE.", example: "'ABC' ~~* 'a%'", opposite: "NOT ILIKE.")
        family.addRegularExpressions()
        add(family)
    }
}

extension FamilyBuilder {
    /// An operator that matches a text against a pattern, and its opposite. CHAR is matched with its blanks.
    mutating func matching(_ symbol: String, _ kernel: String, _ summary: String, example: String, opposite: String) {
        for type in [TypeName.text, .char] {
            let isFirst = type == .text
            self.kernel(
                symbol, [type, .text], .boolean, kernel, .canFail, isFirst ? summary : "",
                isFirst ? [example: "true"] : [:])
            composed(
                "!\(symbol)", [type, .text], .boolean, isFirst ? opposite : "",
                isFirst ? ["'abc' !\(symbol) 'x'": "true"] : [:]
            ) { arguments, span, _ in
                negation(
                    of: .call(
                        Kernel(kernel, [.string, .string], .bool, canFail: true), arguments, .boolean, span: span),
                    span: span)
            }
        }
    }
}
