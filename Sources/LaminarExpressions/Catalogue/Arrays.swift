import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addArrays() {
        var family = FamilyBuilder(.arrays)
        family.addArrayComparison()
        family.addArrayConcatenation()
        family.addArrayShape()
        family.addArraySearch()
        family.addArrayText()
        add(family)
    }
}

private let anyArray = SQLType.array(.unknown)

extension FamilyBuilder {
    fileprivate mutating func addArrayComparison() {
        let operators: [(String, String, String, KeyValuePairs<String, String>)] = [
            ("=", "equalArrays", "Whether two arrays have the same shape and elements.", ["ARRAY[1,2] = '{1,2}'": "true"]),
            ("<>", "notEqualArrays", "", [:]), ("<", "lessArrays", "", ["ARRAY[1,2] < ARRAY[1,3]": "true"]),
            ("<=", "lessOrEqualArrays", "", [:]), (">", "greaterArrays", "", [:]),
            (">=", "greaterOrEqualArrays", "", [:]),
            (
                "@>", "arrayContains", "Whether the first array has every element of the second.",
                ["ARRAY[1,4,3] @> ARRAY[3,1,3]": "true"]
            ),
            ("&&", "arraysOverlap", "Whether two arrays have an element in common.", ["ARRAY[1,4] && ARRAY[2,1]": "true"]),
        ]
        for (symbol, kernel, summary, examples) in operators {
            composed(symbol, [.array, .array], .boolean, summary, examples) { arguments, span, diagnostics in
                comparison(kernel, symbol, arguments, span, &diagnostics)
            }
        }
        composed(
            "<@", [.array, .array], .boolean, "Whether the second array has every element of the first.",
            ["ARRAY[2,4] <@ ARRAY[1,2,3]": "false"]
        ) { arguments, span, diagnostics in
            comparison("arrayContains", "<@", [arguments[1], arguments[0]], span, &diagnostics)
        }
    }

    fileprivate mutating func addArrayConcatenation() {
        for name in ["||", "array_cat"] {
            composed(
                name, [.array, .array], anyArray, "Two arrays as one; a NULL array adds nothing.",
                name == "||" ? ["ARRAY[1,2] || ARRAY[3]": "{1,2,3}", "ARRAY[1,2] || NULL": "{1,2}"]
                    : ["array_cat(ARRAY[1,2], NULL)": "{1,2}"]
            ) { arguments, span, diagnostics in
                guard
                    let (operands, element) = unifiedArrays(
                        arguments, arrays: [0, 1], what: "array_cat", span: span, diagnostics: &diagnostics)
                else { return nil }
                return concatenation(operands[0], operands[1], .array(element), span)
            }
        }
        for (name, arrayIndex) in [("||", 0), ("array_append", 0), ("||", 1), ("array_prepend", 1)] {
            composed(
                name, arrayIndex == 0 ? [.array, .element] : [.element, .array], anyArray,
                arrayIndex == 0 ? "The array with an element behind it." : "The array with an element before it.",
                name == "array_append"
                    ? ["array_append(ARRAY[1,2], 3)": "{1,2,3}", "array_append(NULL::int[], 1)": "{1}"]
                    : name == "array_prepend" ? ["array_prepend(NULL, ARRAY[1])": "{NULL,1}"] : [:]
            ) { arguments, span, diagnostics in
                let other = 1 - arrayIndex
                guard
                    let (operands, element) = unifiedArrays(
                        arguments, arrays: [arrayIndex], elements: [other], what: name, span: span,
                        diagnostics: &diagnostics),
                    let piece = oneElement(operands[other], of: element, span: span, diagnostics: &diagnostics)
                else { return nil }
                let (left, right) = arrayIndex == 0 ? (operands[0], piece) : (piece, operands[1])
                return concatenation(left, right, .array(element), span)
            }
        }
        composed(
            "trim_array", [.array, .integer], anyArray, "The array without its last elements.",
            ["trim_array(ARRAY[1,2,3,4], 2)": "{1,2}"]
        ) { arguments, span, _ in
            .call(
                Kernel("trimArray", [.string, .int32], .string, canFail: true, allocates: true), arguments,
                arguments[0].type, span: span)
        }
    }

    fileprivate mutating func addArrayShape() {
        for (name, isBound, summary, example) in [
            ("array_length", false, "The length of a dimension; NULL if there is none.", "array_length(ARRAY[1,2,3], 1)"),
            ("array_upper", false, "The last subscript of a dimension.", "array_upper(ARRAY[4,5,6], 1)"),
            ("array_lower", true, "The first subscript of a dimension: 1.", "array_lower(ARRAY[4,5,6], 1)"),
        ] {
            composed(name, [.array, .integer], .integer, summary, [example: isBound ? "1" : "3"]) {
                arguments, span, diagnostics in
                guard let array = array(arguments[0], span, &diagnostics) else { return nil }
                let exists = Expression.call(
                    Kernel("hasDimension", [.string, .int32], .bool), [array, arguments[1]], .boolean, span: span)
                let length = Expression.call(
                    Kernel("dimensionLength", [.string, .int32], .int32), [array, arguments[1]], .integer, span: span)
                return ifTrue(exists, isBound ? .constant(.integer(1), .integer, span: span) : length, span)
            }
        }
        composed(
            "cardinality", [.array], .integer, "The number of elements in all dimensions.",
            ["cardinality(ARRAY[[1,2],[3,4]])": "4"]
        ) { arguments, span, diagnostics in
            guard let array = array(arguments[0], span, &diagnostics) else { return nil }
            return .call(Kernel("elementCount", [.string], .int32), [array], .integer, span: span)
        }
        composed(
            "array_ndims", [.array], .integer, "The number of dimensions; NULL of an empty array.",
            ["array_ndims(ARRAY[[1,2],[3,4]])": "2", "array_ndims(ARRAY[]::int[])": "NULL"]
        ) { arguments, span, diagnostics in
            guard let array = array(arguments[0], span, &diagnostics) else { return nil }
            return ifTrue(
                hasDimensions(array, span),
                .call(Kernel("dimensionCount", [.string], .int32), [array], .integer, span: span), span)
        }
        composed(
            "array_dims", [.array], .text, "The bounds of the dimensions as text.",
            ["array_dims(ARRAY[[1,2,3],[4,5,6]])": "[1:2][1:3]"]
        ) { arguments, span, diagnostics in
            guard let array = array(arguments[0], span, &diagnostics) else { return nil }
            return ifTrue(
                hasDimensions(array, span),
                .call(
                    Kernel("arrayDimensions", [.string], .string, allocates: true), [array], .text, span: span), span)
        }
    }

    fileprivate mutating func addArraySearch() {
        composed(
            "array_remove", [.array, .element], anyArray, "The array without the elements equal to a value.",
            ["array_remove(ARRAY[1,2,3,2], 2)": "{1,3}"]
        ) { arguments, span, diagnostics in
            guard let (array, item) = arrayAndElement(arguments, "array_remove", span, &diagnostics) else { return nil }
            return .call(
                Kernel("arrayRemove", [.string, .string], .string, canFail: true, allocates: true), [array, item],
                array.type, span: span)
        }
        composed(
            "array_replace", [.array, .element, .element], anyArray, "The array with elements of one value changed.",
            ["array_replace(ARRAY[1,2,5,4], 5, 3)": "{1,2,3,4}"]
        ) { arguments, span, diagnostics in
            guard
                let (operands, element) = unifiedArrays(
                    arguments, arrays: [0], elements: [1, 2], what: "array_replace", span: span,
                    diagnostics: &diagnostics),
                let old = oneElement(operands[1], of: element, span: span, diagnostics: &diagnostics),
                let new = oneElement(operands[2], of: element, span: span, diagnostics: &diagnostics)
            else { return nil }
            return .call(
                Kernel("arrayReplace", [.string, .string, .string], .string, allocates: true),
                [operands[0], old, new], .array(element), span: span)
        }
        for hasStart in [false, true] {
            composed(
                "array_position", [.array, .element] + (hasStart ? [.integer] : []), .integer,
                hasStart ? "" : "Where an element first stands; NULL if nowhere.",
                hasStart
                    ? ["array_position(ARRAY['a','b','a'], 'a', 2)": "3"]
                    : ["array_position(ARRAY['sun','mon','tue'], 'mon')": "2", "array_position(ARRAY[1,NULL], NULL)": "2"]
            ) { arguments, span, diagnostics in
                guard
                    let (array, item) = arrayAndElement(
                        Array(arguments.prefix(2)), "array_position", span, &diagnostics)
                else { return nil }
                let start = hasStart ? arguments[2] : .constant(.integer(1), .integer, span: span)
                let position = Expression.call(
                    Kernel("arrayPosition", [.string, .string, .int32], .int32), [array, item, start], .integer,
                    span: span)
                let found = Expression.call(
                    Kernel("greater", [.int32, .int32], .bool),
                    [position, .constant(.integer(0), .integer, span: span)], .boolean, span: span)
                return ifTrue(found, position, span)
            }
        }
        composed(
            "array_positions", [.array, .element], .array(.integer), "Where an element stands, as an array.",
            ["array_positions(ARRAY['A','A','B','A'], 'A')": "{1,2,4}"]
        ) { arguments, span, diagnostics in
            guard let (array, item) = arrayAndElement(arguments, "array_positions", span, &diagnostics) else {
                return nil
            }
            return .call(
                Kernel("arrayPositions", [.string, .string], .string, allocates: true), [array, item],
                .array(.integer), span: span)
        }
    }

    fileprivate mutating func addArrayText() {
        for hasNull in [false, true] {
            composed(
                "array_to_string", [.array, .text] + (hasNull ? [.text] : []), .text,
                hasNull ? "" : "The elements joined by a separator; NULLs are left out or shown by a third argument.",
                hasNull
                    ? ["array_to_string(ARRAY[1,NULL,3], ',', '*')": "1,*,3"]
                    : ["array_to_string(ARRAY[1,NULL,3], ',')": "1,3"]
            ) { arguments, span, diagnostics in
                guard let array = array(arguments[0], span, &diagnostics) else { return nil }
                let plain = Expression.call(
                    Kernel("arrayToString", [.string, .string], .string, allocates: true), [array, arguments[1]],
                    .text, span: span)
                guard hasNull else { return plain }
                let full = Expression.call(
                    Kernel("arrayToString", [.string, .string, .string], .string, allocates: true),
                    [array, arguments[1], arguments[2]], .text, span: span)
                return arguments[2].isNullable
                    ? Expression(.coalesce([full, plain]), .text, isNullable: true, span: span) : full
            }
            composed(
                "string_to_array", [.text, .text] + (hasNull ? [.text] : []), .array(.text),
                hasNull ? "" : "The pieces between separators, or with a NULL separator the characters.",
                hasNull
                    ? ["string_to_array('xx~~yy~~zz', '~~', 'yy')": "{xx,NULL,zz}"]
                    : ["string_to_array('a,b', ',')": "{a,b}", "string_to_array('abc', NULL)": "{a,b,c}"]
            ) { arguments, span, diagnostics in
                stringToArray(arguments, span, &diagnostics)
            }
        }
        // Calcite's and Spark's name.
        composed(
            "split", [.text, .text], .array(.text), "The pieces between separators.", ["split('a,b', ',')": "{a,b}"]
        ) { arguments, span, diagnostics in
            stringToArray(arguments, span, &diagnostics)
        }
        addRegularExpressionArrays()
    }

    private mutating func addRegularExpressionArrays() {
        for hasFlags in [false, true] {
            let types: [TypeName] = [.text, .text] + (hasFlags ? [.text] : [])
            composed(
                "regexp_match", types, .array(.text), hasFlags ? "" : "The groups of the first match; NULL without one.",
                hasFlags
                    ? ["regexp_match('FOObar', '(foo)(x)?', 'i')": "{FOO,NULL}"]
                    : ["regexp_match('foobarbequebaz', '(bar)(beque)')": "{bar,beque}", "regexp_match('a', 'b')": "NULL"]
            ) { arguments, span, _ in
                let all = withFlags(arguments, span)
                let exists = Expression.call(
                    Kernel("hasRegularExpression", [.string, .string, .string], .bool, canFail: true), all, .boolean,
                    span: span)
                return ifTrue(exists, regularExpressionArray("groupsOfRegularExpression", all, span), span)
            }
            composed(
                "regexp_split_to_array", types, .array(.text), hasFlags ? "" : "The pieces between matches.",
                hasFlags ? [:] : ["regexp_split_to_array('hello world', '\\s+')": "{hello,world}"]
            ) { arguments, span, _ in
                regularExpressionArray("splitByRegularExpression", withFlags(arguments, span), span)
            }
        }
    }
}

private func withFlags(_ arguments: [Expression], _ span: Span) -> [Expression] {
    arguments.count > 2 ? arguments : arguments + [.constant(.text(""), .text, span: span)]
}

/// A call of a kernel over text, pattern and flags that makes an array.
func regularExpressionArray(_ kernel: String, _ arguments: [Expression], _ span: Span) -> Expression {
    .call(
        Kernel(kernel, [.string, .string, .string], .string, canFail: true, allocates: true), arguments, .array(.text),
        span: span)
}

private func array(_ expression: Expression, _ span: Span, _ diagnostics: inout Diagnostics) -> Expression? {
    expression.type == .unknown || expression.type == .array(.unknown)
        ? cast(expression, to: .array(.text), context: .implicit, span: span, diagnostics: &diagnostics) : expression
}

private func arrayAndElement(
    _ arguments: [Expression], _ what: String, _ span: Span, _ diagnostics: inout Diagnostics
) -> (array: Expression, element: Expression)? {
    guard
        let (operands, element) = unifiedArrays(
            arguments, arrays: [0], elements: [1], what: what, span: span, diagnostics: &diagnostics),
        let piece = oneElement(operands[1], of: element, span: span, diagnostics: &diagnostics)
    else { return nil }
    return (operands[0], piece)
}

private func comparison(
    _ kernel: String, _ symbol: String, _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    guard
        let (operands, _) = unifiedArrays(
            arguments, arrays: [0, 1], what: "operator \(symbol)", span: span, diagnostics: &diagnostics)
    else { return nil }
    return .call(Kernel(kernel, [.string, .string], .bool), operands, .boolean, span: span)
}

/// Two arrays as one; the other where one is NULL.
private func concatenation(_ a: Expression, _ b: Expression, _ type: SQLType, _ span: Span) -> Expression {
    let both = concatenatedArrays(a, b, type, span)
    guard both.isNullable else { return both }
    return Expression(.coalesce([both, a, b]), type, isNullable: a.isNullable && b.isNullable, span: span)
}

private func hasDimensions(_ array: Expression, _ span: Span) -> Expression {
    .call(
        Kernel("hasDimension", [.string, .int32], .bool), [array, .constant(.integer(1), .integer, span: span)],
        .boolean, span: span)
}

/// The value where the condition is TRUE, else NULL.
func ifTrue(_ condition: Expression, _ value: Expression, _ span: Span) -> Expression {
    Expression(
        .conditional(condition, value, .constant(.null, value.type, span: span)), value.type, isNullable: true,
        span: span)
}

private func stringToArray(
    _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    let type = SQLType.array(.text)
    let separated = Expression.call(
        Kernel("splitToArray", [.string, .string], .string, allocates: true), Array(arguments.prefix(2)), type,
        span: span)
    var pieces = separated
    if arguments[1].isNullable {
        let characters = Expression.call(
            Kernel("splitToCharacters", [.string], .string, allocates: true), [arguments[0]], type, span: span)
        pieces = Expression(
            .coalesce([separated, characters]), type, isNullable: arguments[0].isNullable, span: span)
    }
    guard arguments.count > 2 else { return pieces }
    // A NULL to look for matches no piece: pieces are never NULL.
    guard let old = oneElement(arguments[2], of: .text, span: span, diagnostics: &diagnostics) else { return nil }
    let null = Expression.constant(.bytes(ArrayValue(.text, [.null]).encoded), type, span: span)
    return .call(
        Kernel("arrayReplace", [.string, .string, .string], .string, allocates: true), [pieces, old, null], type,
        span: span)
}
