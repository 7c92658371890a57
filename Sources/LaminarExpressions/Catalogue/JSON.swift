import LaminarKernels
import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addJSON() {
        var family = FamilyBuilder(.json)
        family.addJSONParts()
        family.addJSONQuestions()
        family.addJSONConstruction()
        add(family)
    }
}

extension FamilyBuilder {
    fileprivate mutating func addJSONParts() {
        for type in [TypeName.jsonb, .json] {
            let name = type.name
            let result: SQLType = type == .json ? .json : .jsonb
            for key in [TypeName.text, .integer] {
                let isFirst = key == .text && type == .jsonb
                composed(
                    "->", [type, key], result,
                    isFirst ? "A member of an object by its key, or an element of an array counted from 0." : "",
                    isFirst
                        ? ["'{\"a\": {\"b\": 1}}'::jsonb -> 'a'": "{\"b\": 1}", "'[1, 2]'::jsonb -> -1": "2"] : [:]
                ) { arguments, span, _ in part("Member", arguments, result, span) }
                composed(
                    "->>", [type, key], .text, isFirst ? "The same as text; NULL for JSON's null." : "",
                    isFirst ? ["'{\"a\": \"x\"}'::jsonb ->> 'a'": "x", "'{\"a\": null}'::jsonb ->> 'a'": "NULL"] : [:]
                ) { arguments, span, _ in part("Member", arguments, .text, span) }
            }
            let isFirst = type == .jsonb
            for (symbol, goal) in [("#>", result), ("#>>", SQLType.text)] {
                composed(
                    symbol, [type, .array], goal, isFirst ? "The part at a path of keys and positions." : "",
                    isFirst
                        ? ["'{\"a\": [{\"b\": \"x\"}]}'::jsonb \(symbol) '{a,0,b}'": symbol == "#>" ? "\"x\"" : "x"] : [:]
                ) { arguments, span, diagnostics in
                    guard
                        let path = cast(
                            arguments[1], to: .array(.text), context: .implicit, span: span, diagnostics: &diagnostics)
                    else { return nil }
                    return part("Path", [arguments[0], path], goal, span)
                }
            }
            for (suffix, goal) in [("", result), ("_text", SQLType.text)] {
                composed(
                    "\(name)_extract_path\(suffix)", [type], variadic: .text, goal, "The part at a path.",
                    ["\(name)_extract_path\(suffix)('{\"a\": [7]}', 'a', '0')": "7"]
                ) { arguments, span, diagnostics in
                    guard
                        let path = arrayConstructor(
                            Array(arguments.dropFirst()), span: span, diagnostics: &diagnostics)
                    else { return nil }
                    return part("Path", [arguments[0], path], goal, span)
                }
            }
        }
    }

    fileprivate mutating func addJSONQuestions() {
        kernel(
            "@>", [.jsonb, .jsonb], .boolean, "jsonContains", [], "Whether the first value contains the second.",
            ["'{\"a\": 1, \"b\": 2}'::jsonb @> '{\"b\": 2}'": "true"])
        composed(
            "<@", [.jsonb, .jsonb], .boolean, "Whether the second value contains the first.",
            ["'[1]'::jsonb <@ '[1, 2]'": "true"]
        ) { arguments, span, _ in
            .call(
                Kernel("jsonContains", [.string, .string], .bool), [arguments[1], arguments[0]], .boolean, span: span)
        }
        kernel(
            "?", [.jsonb, .text], .boolean, "jsonHasKey", [], "Whether a text is a key of the object or a string in it.",
            ["'{\"a\": 1}'::jsonb ? 'a'": "true"])
        for (symbol, kernel) in [("?|", "jsonHasAnyKey"), ("?&", "jsonHasAllKeys")] {
            composed(
                symbol, [.jsonb, .array], .boolean,
                symbol == "?|" ? "Whether any of several keys is there." : "Whether all of several keys are there.",
                ["'{\"a\": 1}'::jsonb \(symbol) '{a,b}'": symbol == "?|" ? "true" : "false"]
            ) { arguments, span, diagnostics in
                guard
                    let keys = cast(
                        arguments[1], to: .array(.text), context: .implicit, span: span, diagnostics: &diagnostics)
                else { return nil }
                return .call(Kernel(kernel, [.string, .string], .bool), [arguments[0], keys], .boolean, span: span)
            }
        }
        for type in [TypeName.json, .jsonb] {
            kernel(
                "\(type.name)_typeof", [type], .text, "jsonTypeName", .allocates, "The kind of the value.",
                ["\(type.name)_typeof('-123.4')": "number"])
            kernel(
                "\(type.name)_array_length", [type], .integer, "jsonArrayLength", .canFail,
                "The number of elements of an array; 22023 of anything else.",
                ["\(type.name)_array_length('[1, 2, [3]]')": "3", "\(type.name)_array_length('{}')": "error 22023"])
        }
        kernel(
            "jsonb_pretty", [.jsonb], .text, "jsonPretty", .allocates, "The value over several lines.",
            ["jsonb_pretty('[1]')": "[\n    1\n]"])
    }

    fileprivate mutating func addJSONConstruction() {
        for (name, result) in [("to_jsonb", SQLType.jsonb), ("to_json", .json)] {
            composed(
                name, [.any], result, "A value of any type as JSON.",
                ["\(name)('a\"b'::text)": "\"a\\\"b\"", "\(name)(1.50)": "1.50"]
            ) { arguments, span, diagnostics in
                toJSON(arguments[0], result, span, &diagnostics).map {
                    var copy = $0
                    copy.type = result
                    return copy
                }
            }
        }
        composed(
            "array_to_json", [.array], .json, "An array as JSON.", ["array_to_json('{1,5}'::int[])": "[1,5]"]
        ) { arguments, span, diagnostics in toJSON(arguments[0], .json, span, &diagnostics) }
        for (name, result) in [("jsonb_build_array", SQLType.jsonb), ("json_build_array", .json)] {
            composed(
                name, [], variadic: .any, result, "Values of any types as a JSON array.",
                ["\(name)(1, 'a', NULL, true)": "[1, \"a\", null, true]"]
            ) { arguments, span, diagnostics in
                guard let items = jsonItems(arguments, result, keys: false, span, &diagnostics) else { return nil }
                return .call(
                    Kernel("jsonArrayOf", [.string], .string, allocates: true), [items], result, span: span)
            }
        }
        composed(
            "jsonb_build_object", [], variadic: .any, .jsonb, "Keys and values in turn as a JSON object.",
            ["jsonb_build_object('b', 1, 'a', NULL)": "{\"a\": null, \"b\": 1}"]
        ) { arguments, span, diagnostics in
            guard arguments.count.isMultiple(of: 2) else {
                diagnostics.report(
                    .error, "22023", at: span, "argument list must have even number of elements",
                    hint: "The arguments of jsonb_build_object() must consist of alternating keys and values.")
                return nil
            }
            guard let items = jsonItems(arguments, .jsonb, keys: true, span, &diagnostics) else { return nil }
            return .call(
                Kernel("jsonObjectOf", [.string], .string, canFail: true, allocates: true), [items], .jsonb,
                span: span)
        }
    }
}

/// A part of a JSON value by two kernels: whether it is there, and what it is.
private func part(_ name: String, _ arguments: [Expression], _ type: SQLType, _ span: Span) -> Expression {
    let suffix = type == .text ? "Text" : ""
    let types = arguments.map(\.type.physical)
    let exists = Expression.call(Kernel("has\(name)\(suffix)", types, .bool), arguments, .boolean, span: span)
    return ifTrue(
        exists,
        .call(Kernel("json\(name)\(suffix)", types, .string, allocates: true), arguments, type, span: span), span)
}

/// A value as JSON or JSONB; NULL stays NULL.
func toJSON(
    _ value: Expression, _ goal: SQLType, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    if value.type == .jsonb || value.type == goal { return value }
    if value.type == .json {
        return cast(value, to: .jsonb, context: .explicit, span: span, diagnostics: &diagnostics)
    }
    if value.type.isNested {
        let shape = Expression.constant(.bytes(JSONShape(value.type).encoded), .bytea, span: span)
        return .call(
            Kernel("nestedToJSON", [.string, .string, .bool], .string, allocates: true),
            [value, shape, .constant(.boolean(goal == .jsonb), .boolean, span: span)], goal, span: span)
    }
    guard let kind = ArrayValue.Kind(value.type) else {
        diagnostics.unsupported("\(value.type.bareName) as JSON", at: span)
        return nil
    }
    let packed = Expression.call(
        Kernel("arrayOf", [.int32, value.type.physical], .string, allocates: true),
        [.constant(.integer(Int64(kind.rawValue)), .integer, span: span), value], .array(kind.type), span: span)
    let kernel = goal == .json ? "elementToJSON" : "elementToJSONB"
    return .call(Kernel(kernel, [.string], .string, allocates: true), [packed], goal, span: span)
}

/// `json_agg` and its kin: an array of texts is gathered, then made one JSON value.
package struct JSONAggregate {
    /// What `array_agg` gathers.
    package var element: Expression
    private let isObject: Bool
    /// Whether PostgreSQL's json_agg puts each value on a line of its own.
    private let hasLines: Bool
    private let type: SQLType

    /// Nil where `name` is none, and after a report.
    package init?(_ name: String, _ arguments: [Expression], span: Span, diagnostics: inout Diagnostics) {
        isObject = name.hasSuffix("_object_agg")
        type = name.hasPrefix("jsonb") ? .jsonb : .json
        guard arguments.count == (isObject ? 2 : 1), let value = arguments.last else {
            diagnostics.report(
                .error, "42883", at: span,
                "function \(name)(\(arguments.map(\.type.bareName).joined(separator: ", "))) does not exist")
            return nil
        }
        guard var json = toJSON(value, type, span, &diagnostics) else { return nil }
        hasLines = type == .json && value.type.isNested
        json.type = .text
        if isObject {
            let null = Expression.constant(.text("null"), .text, span: span)
            if json.isNullable { json = Expression(.coalesce([json, null]), .text, isNullable: false, span: span) }
            guard let key = jsonKey(arguments[0], span, &diagnostics) else { return nil }
            json = .call(
                Kernel("jsonMemberText", [.string, .string, .bool], .string, allocates: true),
                [key, json, .constant(.boolean(type == .jsonb), .boolean, span: span)], .text, span: span)
        }
        element = json
    }

    package static func isOne(_ name: String) -> Bool {
        ["json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg"].contains(name)
    }

    /// The JSON value of what was gathered; NULL of no rows.
    package func result(of array: Expression) -> Expression {
        if !isObject {
            let kernel = hasLines ? "jsonArrayOfLines" : "jsonArrayOf"
            return .call(Kernel(kernel, [.string], .string, allocates: true), [array], type, span: array.span)
        }
        return .call(
            Kernel("jsonObjectOfMembers", [.string, .bool], .string, canFail: true, allocates: true),
            [array, .constant(.boolean(type == .jsonb), .boolean, span: array.span)], type, span: array.span)
    }
}

/// A value as the key of an object: as the string that stands for it in JSON, without its quotes.
private func jsonKey(_ value: Expression, _ span: Span, _ diagnostics: inout Diagnostics) -> Expression? {
    switch value.type {
    case .char:
        // With its blanks.
        var text = value
        text.type = .text
        return text
    case .timestamp, .timestamptz:
        guard let json = toJSON(value, .jsonb, span, &diagnostics) else { return nil }
        let path = Expression.constant(.bytes(ArrayValue(.text, []).encoded), .array(.text), span: span)
        return .call(
            Kernel("jsonPathText", [.string, .string], .string, allocates: true), [json, path], .text, span: span)
    default: return cast(value, to: .text, context: .explicit, span: span, diagnostics: &diagnostics)
    }
}

/// The arguments' texts as JSON or JSONB in an array of texts; with `keys` every other one is a key and goes as plain text.
private func jsonItems(
    _ arguments: [Expression], _ goal: SQLType, keys: Bool, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    var result = Expression.constant(.bytes(ArrayValue(.text, []).encoded), .array(.text), span: span)
    for (index, argument) in arguments.enumerated() {
        var text: Expression
        if keys, index.isMultiple(of: 2) {
            if argument.type.isNested || argument.type == .json || argument.type == .jsonb {
                diagnostics.report(
                    .error, "22023", at: span, "key value must be scalar, not array, composite, or json")
                return nil
            }
            guard let key = jsonKey(argument, span, &diagnostics) else { return nil }
            text = key
        } else {
            guard let json = toJSON(argument, goal, span, &diagnostics) else { return nil }
            text = json
            text.type = .text
            if text.isNullable {
                text = Expression(
                    .coalesce([text, .constant(.text("null"), .text, span: span)]), .text, isNullable: false,
                    span: span)
            }
        }
        guard let item = oneElement(text, of: .text, span: span, diagnostics: &diagnostics) else { return nil }
        result = index == 0 ? item : concatenatedArrays(result, item, .array(.text), span)
    }
    return result
}
