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
        family.kernel("~~", [.text, .text], .boolean, "like", .canFail, "LIKE.", ["'abc' ~~ 'a%'": "true"])
        family.kernel("~~*", [.text, .text], .boolean, "ilike", .canFail, "ILIKE.", ["'ABC' ~~* 'a%'": "true"])
        for (symbol, kernelName, summary) in [("!~~", "like", "NOT LIKE."), ("!~~*", "ilike", "NOT ILIKE.")] {
            family.composed(symbol, [.text, .text], .boolean, summary, ["'abc' \(symbol) 'x%'": "true"]) {
                arguments, span, _ in
                negation(
                    of: .call(
                        Kernel(kernelName, [.string, .string], .bool, canFail: true), arguments, .boolean, span: span),
                    span: span)
            }
        }
        family.addRegularExpressions()
        add(family)
    }
}
