import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addRowsAndMaps() {
        var family = FamilyBuilder(.rowsAndMaps)
        family.addNestedComparison()
        family.addRowFunctions()
        family.addMapFunctions()
        add(family)
    }
}

private let anyMap = SQLType.map(.unknown, .unknown)

extension FamilyBuilder {
    fileprivate mutating func addNestedComparison() {
        let operators: [(String, String, String, KeyValuePairs<String, String>)] = [
            (
                "=", "equalArrays", "Whether two rows have the same fields; NULL is equal to NULL.",
                ["'(1,)'::ROW<a INT, b TEXT> = '(1,)'::ROW<a INT, b TEXT>": "true"]
            ),
            ("<>", "notEqualArrays", "", [:]),
            (
                "<", "lessArrays", "Field by field; NULL is greater than all else.",
                ["'(1,b)'::ROW<a INT, b TEXT> < '(1,)'::ROW<a INT, b TEXT>": "true"]
            ),
            ("<=", "lessOrEqualArrays", "", [:]), (">", "greaterArrays", "", [:]),
            (">=", "greaterOrEqualArrays", "", [:]),
        ]
        for (symbol, kernel, summary, examples) in operators {
            composed(symbol, [.row, .row], .boolean, summary, examples) { arguments, span, diagnostics in
                nestedComparison(kernel, symbol, arguments, span, &diagnostics)
            }
        }
        for (symbol, kernel) in [("=", "equalArrays"), ("<>", "notEqualArrays")] {
            composed(
                symbol, [.map, .map], .boolean,
                symbol == "=" ? "Whether two maps have the same entries, in whatever order they were written." : "",
                symbol == "=" ? ["MAP['a', 1, 'b', 2] = MAP['b', 2, 'a', 1]": "true"] : [:]
            ) { arguments, span, diagnostics in
                nestedComparison(kernel, symbol, arguments, span, &diagnostics)
            }
        }
    }

    fileprivate mutating func addRowFunctions() {
        composed(
            "row_to_json", [.row], .json, "A row as a JSON object.",
            ["row_to_json(ROW(1, 'x'))": "{\"f1\":1,\"f2\":\"x\"}"]
        ) { arguments, span, diagnostics in toJSON(arguments[0], .json, span, &diagnostics) }
    }

    fileprivate mutating func addMapFunctions() {
        for name in ["map", "map_from_arrays"] {
            composed(
                name, [.array, .array], anyMap, "A map of an array of keys and one of values; of equal keys the last counts.",
                ["\(name)(ARRAY['b','a'], ARRAY[1,2])": "{a=2, b=1}", "\(name)(ARRAY['a'], ARRAY[1,2])": "error 22023"]
            ) { arguments, span, _ in
                let (keys, values) = (known(arguments[0]), known(arguments[1]))
                guard let key = keys.type.elementType, let value = values.type.elementType else { return nil }
                return mapOf(keys, values, .map(key, value), span)
            }
        }
        composed(
            "cardinality", [.map], .integer, "The number of entries.", ["cardinality(MAP['a', 1, 'b', 2])": "2"]
        ) { arguments, span, _ in
            .call(Kernel("mapCount", [.string], .int32), arguments, .integer, span: span)
        }
        composed(
            "map_keys", [.map], .array(.unknown), "The keys in their order.", ["map_keys(MAP['b', 1, 'a', 2])": "{a,b}"]
        ) { arguments, span, _ in
            guard case .map(let key, _) = arguments[0].type else { return nil }
            return .call(Kernel("mapKeys", [.string], .string, allocates: true), arguments, .array(key), span: span)
        }
        composed(
            "map_values", [.map], .array(.unknown), "The values in the order of their keys.",
            ["map_values(MAP['b', 1, 'a', NULL])": "{NULL,1}"]
        ) { arguments, span, diagnostics in
            guard case .map(_, let value) = arguments[0].type else { return nil }
            if value.isArray {
                diagnostics.unsupported("an array of \(value)", at: span)
                return nil
            }
            return .call(Kernel("mapValues", [.string], .string, allocates: true), arguments, .array(value), span: span)
        }
        composed(
            "map_entries", [.map], .array(.row([])), "The entries in the order of their keys, as rows of key and value.",
            ["map_entries(MAP['b', 1, 'a', 2])": "{\"(a,2)\",\"(b,1)\"}"]
        ) { arguments, span, _ in
            guard case .map(let key, let value) = arguments[0].type else { return nil }
            return .call(
                Kernel("mapEntries", [.string], .string, allocates: true), arguments,
                .array(.row([Field("key", key), Field("value", value)])), span: span)
        }
        composed(
            "map_contains", [.map, .any], .boolean, "Whether the map has a key.",
            ["map_contains(MAP['a', NULL::int], 'a')": "true", "map_contains(MAP['a', 1], 'b')": "false"]
        ) { arguments, span, diagnostics in
            guard let key = packedKey(arguments[0], arguments[1], span, &diagnostics) else { return nil }
            return .call(Kernel("mapHasKey", [.string, .string], .bool), [arguments[0], key], .boolean, span: span)
        }
        for name in ["element_at", "map_extract_value"] {
            composed(
                name, [.map, .any], .unknown, "The value of a key, as `map[key]`; NULL where there is none.",
                ["\(name)(MAP['a', 1], 'a')": "1", "\(name)(MAP['a', 1], 'b')": "NULL"]
            ) { arguments, span, diagnostics in
                mapSubscript(arguments[0], arguments[1], span: span, diagnostics: &diagnostics)
            }
        }
    }
}

private func known(_ array: Expression) -> Expression {
    var array = array
    if array.type == .array(.unknown) { array.type = .array(.text) }
    return array
}
