import LaminarTypes

extension FunctionCatalogue {
    mutating func addArithmetic() {
        var family = FamilyBuilder(.arithmetic)
        let numbers: [(TypeName, SQLType)] = [
            (.smallint, .smallint), (.integer, .integer), (.bigint, .bigint), (.numeric, .decimal(nil)),
            (.real, .real), (.double, .double),
        ]
        let symbols: [(String, String, String, KeyValuePairs<String, String>)] = [
            ("+", "add", "Sum; error 22003 on overflow.", ["1 + 2": "3", "2147483647 + 1": "error 22003"]),
            ("-", "subtract", "Difference.", ["1.50 - 1": "0.50"]),
            ("*", "multiply", "Product.", ["6 * 7": "42", "1.5 * 1.50": "2.250"]),
            (
                "/", "divide", "Quotient; integers truncate towards zero; error 22012 on division by zero.",
                ["-7 / 2": "-3", "1 / 0": "error 22012", "7.0 / 2": "3.5000000000000000"]
            ),
            (
                "%", "remainder", "Remainder, with the sign of the dividend.",
                ["-7 % 3": "-1", "7.5 % 2": "1.5", "1 % 0": "error 22012"]
            ),
        ]
        for (symbol, kernel, summary, examples) in symbols {
            for (name, type) in numbers {
                if symbol == "%" && (name == .real || name == .double) { continue }
                let isFirst = name == .smallint
                family.kernel(
                    symbol, [name, name], type, kernel, .canFail, isFirst ? summary : "", isFirst ? examples : [:])
            }
            if symbol == "%" { continue }
            family.kernel(symbol, [.real, .double], .double, kernel, .canFail, over: [.double, .double])
            family.kernel(symbol, [.double, .real], .double, kernel, .canFail, over: [.double, .double])
        }
        for (name, type) in numbers {
            let isFirst = name == .smallint
            // Only the minimum of an integer type has no negation.
            let canFail = name == .smallint || name == .integer || name == .bigint
            family.kernel(
                "-", [name], type, "negate", canFail ? [.canFail] : [], isFirst ? "Negation." : "",
                isFirst ? ["- 5": "-5"] : [:])
            family.composed("+", [name], type, isFirst ? "The number itself." : "", isFirst ? ["+ 5": "5"] : [:]) {
                arguments, _, _ in arguments[0]
            }
        }
        add(family)
    }
}
