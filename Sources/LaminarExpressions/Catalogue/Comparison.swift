import LaminarTypes

extension FunctionCatalogue {
    mutating func addComparison() {
        var family = FamilyBuilder(.comparison)
        let symbols: [(String, String, String, KeyValuePairs<String, String>)] = [
            (
                "=", "equal", "Whether two values are equal; NaN equals NaN.",
                ["1 = 1.0": "true", "NULL = NULL": "NULL"]
            ),
            ("<>", "notEqual", "Whether two values differ.", ["'a' <> 'b'": "true"]),
            ("<", "less", "Whether the first precedes the second; NaN follows every number.", ["1 < 2": "true"]),
            ("<=", "lessOrEqual", "Whether the first precedes or equals the second.", ["2 <= 2": "true"]),
            (">", "greater", "Whether the first follows the second.", ["DATE '2024-02-01' > '2024-01-31'": "true"]),
            (">=", "greaterOrEqual", "Whether the first follows or equals the second.", ["'b' >= 'a'": "true"]),
        ]
        let types: [TypeName] = [
            .smallint, .integer, .bigint, .unsignedBigint, .numeric, .real, .double, .text, .char, .boolean, .date,
            .time, .timestamp, .timestamptz, .interval, .bytea, .uuid,
        ]
        for (symbol, kernel, summary, examples) in symbols {
            for type in types {
                var over: [SQLType]?
                // CHAR(n) compares without its trailing blanks, which is what its cast to text removes.
                if type == .char { over = [.text, .text] }
                family.kernel(
                    symbol, [type, type], .boolean, kernel, over: over, type == .smallint ? summary : "",
                    type == .smallint ? examples : [:])
            }
            if symbol == "=" || symbol == "<>" {
                family.kernel(symbol, [.jsonb, .jsonb], .boolean, "\(kernel)JSON")
            } else {
                family.unsupported(symbol, [.jsonb, .jsonb], .boolean)
            }
            family.kernel(symbol, [.real, .double], .boolean, kernel, over: [.double, .double])
            family.kernel(symbol, [.double, .real], .boolean, kernel, over: [.double, .double])
        }
        add(family)
    }

    mutating func addLogic() {
        var family = FamilyBuilder(.logic)
        family.kernel("not", [.boolean], .boolean, "not", [], "Logical negation.", ["NOT true": "false"])
        family.kernel(
            "booleq", [.boolean, .boolean], .boolean, "equal", "Whether two booleans are equal.",
            ["booleq(true, false)": "false"])
        family.kernel(
            "boolne", [.boolean, .boolean], .boolean, "notEqual", "Whether two booleans differ.",
            ["boolne(true, false)": "true"])
        family.composed(
            "num_nulls", [], variadic: .any, .integer, "How many arguments are NULL.", ["num_nulls(1, NULL, 'a')": "1"]
        ) { arguments, span, diagnostics in
            countNulls(arguments, isCountingNulls: true, span, &diagnostics)
        }
        family.composed(
            "num_nonnulls", [], variadic: .any, .integer, "How many arguments are not NULL.",
            ["num_nonnulls(1, NULL, 'a')": "2"]
        ) { arguments, span, diagnostics in
            countNulls(arguments, isCountingNulls: false, span, &diagnostics)
        }
        add(family)
    }
}
