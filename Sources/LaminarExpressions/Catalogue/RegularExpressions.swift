import LaminarText
import LaminarTypes

extension FamilyBuilder {
    mutating func addRegularExpressions() {
        kernel(
            "similar_to", [.text, .text], .boolean, "similarTo", .canFail,
            "`a SIMILAR TO pattern [ESCAPE e]`: SQL's regular expressions, over the whole text.",
            ["'abc' SIMILAR TO '(a|b)%'": "true", "'abc' SIMILAR TO 'b'": "false"])
        kernel("similar_to", [.text, .text, .text], .boolean, "similarTo", .canFail)
        addMatchOperators()
        kernel(
            "regexp_like", [.text, .text], .boolean, "matchesRegularExpression", .canFail,
            "Whether a regular expression matches anywhere.",
            ["regexp_like('Hello World', 'world', 'i')": "true"])
        kernel("regexp_like", [.text, .text, .text], .boolean, "matchesRegularExpression", .canFail)
        addReplacements()
        kernel(
            "regexp_count", [.text, .text], .integer, "countRegularExpression", .canFail,
            "How often a regular expression matches.", ["regexp_count('123456789012', '\\d\\d\\d', 2)": "3"])
        kernel("regexp_count", [.text, .text, .integer], .integer, "countRegularExpression", .canFail)
        kernel("regexp_count", [.text, .text, .integer, .text], .integer, "countRegularExpression", .canFail)
        addSearches()
    }

    private mutating func addMatchOperators() {
        matching(
            "~", "matchesRegularExpression", "Whether a regular expression matches anywhere.",
            example: "'thomas' ~ 't.*ma'", opposite: "The opposite of `~`.")
        matching(
            "~*", "matchesRegularExpressionIgnoringCase", "The same without regard to case.",
            example: "'thomas' ~* 'T.*ma'", opposite: "The opposite of `~*`.")
    }

    private mutating func addReplacements() {
        let forms: [[TypeName]] = [
            [], [.text], [.integer], [.integer, .integer], [.integer, .integer, .text],
        ]
        for form in forms {
            kernel(
                "regexp_replace", [.text, .text, .text] + form, .text, "replaceRegularExpression",
                [.canFail, .allocates], form.isEmpty ? "The first match, or with `g` every one, replaced." : "",
                form.isEmpty
                    ? [
                        "regexp_replace('Thomas', '.[mN]a.', 'M')": "ThM",
                        "regexp_replace('foobarbaz', 'b(..)', 'X\\1Y', 'g')": "fooXarYXazY",
                    ] : [:])
        }
    }

    /// Functions whose further arguments have defaults.
    private mutating func addSearches() {
        let position: [(TypeName, Value)] = [
            (.integer, .integer(1)), (.integer, .integer(1)), (.integer, .integer(0)), (.text, .text("")),
            (.integer, .integer(0)),
        ]
        for count in 0...position.count {
            composed(
                "regexp_instr", [.text, .text] + position.prefix(count).map(\.0), .integer,
                count == 0 ? "Where the n-th match begins or ends; 0 if there is none." : "",
                count == 0 ? ["regexp_instr('ABCDEF', 'c(.)(..)', 1, 1, 0, 'i')": "3"] : [:]
            ) { arguments, span, _ in
                let all = filled(arguments, position, span)
                return .call(
                    Kernel("positionOfRegularExpression", all.map(\.type.physical), .int32, canFail: true), all,
                    .integer, span: span)
            }
        }
        let part: [(TypeName, Value)] = [
            (.integer, .integer(1)), (.integer, .integer(1)), (.text, .text("")), (.integer, .integer(0)),
        ]
        for count in 0...part.count {
            composed(
                "regexp_substr", [.text, .text] + part.prefix(count).map(\.0), .text,
                count == 0 ? "The n-th match, or a group of it; NULL if there is none." : "",
                count == 0
                    ? ["regexp_substr('ABCDEF', 'c(..)', 1, 1, 'i')": "CDE", "regexp_substr('abc', 'x')": "NULL"] : [:]
            ) { arguments, span, _ in
                let all = filled(arguments, part, span)
                let types = all.map(\.type.physical)
                let exists = Expression.call(
                    Kernel("hasRegularExpression", types, .bool, canFail: true), all, .boolean, span: span)
                let text = Expression.call(
                    Kernel("substringOfRegularExpression", types, .string, canFail: true), all, .text, span: span)
                return Expression(
                    .conditional(exists, text, .constant(.null, .text, span: span)), .text, isNullable: true,
                    span: span)
            }
        }
    }
}

/// The arguments with defaults for those left out.
private func filled(_ arguments: [Expression], _ defaults: [(TypeName, Value)], _ span: Span) -> [Expression] {
    var all = arguments
    for (type, value) in defaults.dropFirst(arguments.count - 2) {
        all.append(.constant(value, type.type ?? .text, span: span))
    }
    return all
}
