import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addMathematics() {
        var family = FamilyBuilder(.mathematics)
        family.addAbsoluteAndSign()
        family.addRounding()
        family.addLogarithms()
        family.addTrigonometry()
        family.addIntegerFunctions()
        add(family)
    }
}

extension FamilyBuilder {
    fileprivate mutating func addAbsoluteAndSign() {
        kernel(
            "abs", [.smallint], .smallint, "absolute", .canFail, "Absolute value.",
            ["abs(-5)": "5", "abs(-2.50)": "2.50"])
        kernel("abs", [.integer], .integer, "absolute", .canFail)
        kernel("abs", [.bigint], .bigint, "absolute", .canFail)
        kernel("abs", [.numeric], .decimal(nil), "absolute")
        kernel("abs", [.real], .real, "absolute")
        kernel("abs", [.double], .double, "absolute")
        kernel("@", [.smallint], .smallint, "absolute", .canFail, "Absolute value.", ["@ -5": "5"])
        kernel("@", [.integer], .integer, "absolute", .canFail)
        kernel("@", [.bigint], .bigint, "absolute", .canFail)
        kernel("@", [.numeric], .decimal(nil), "absolute")
        kernel("@", [.real], .real, "absolute")
        kernel("@", [.double], .double, "absolute")
        kernel("sign", [.double], .double, "sign", "-1, 0 or 1.", ["sign(-8.4)": "-1", "sign(0)": "0"])
        kernel("sign", [.numeric], .decimal(nil), "sign")
        composed(
            "scale", [.numeric], .integer, "Digits behind the point; NULL of NaN and infinities.",
            ["scale(8.4100)": "4", "scale('NaN'::numeric)": "NULL"]
        ) { arguments, span, diagnostics in
            ofFinite(arguments[0], "scale", span, &diagnostics)
        }
        composed(
            "min_scale", [.numeric], .integer, "Digits behind the point without trailing zeros.",
            ["min_scale(8.4100)": "2"]
        ) { arguments, span, diagnostics in
            ofFinite(arguments[0], "minimumScale", span, &diagnostics)
        }
        kernel(
            "trim_scale", [.numeric], .decimal(nil), "trimScale", "Without trailing zeros behind the point.",
            ["trim_scale(8.4100)": "8.41"])
    }

    fileprivate mutating func addRounding() {
        for name in ["ceil", "ceiling"] {
            kernel(
                name, [.double], .double, "roundedUp", "The nearest integer that is not smaller.",
                ["\(name)(-42.8)": "-42", "\(name)(1.2::float8)": "2"])
            kernel(name, [.numeric], .decimal(nil), "roundedUp", .canFail)
        }
        kernel(
            "floor", [.double], .double, "roundedDown", "The nearest integer that is not larger.",
            ["floor(-42.8)": "-43"])
        kernel("floor", [.numeric], .decimal(nil), "roundedDown", .canFail)
        let examples: KeyValuePairs<String, String> = [
            "round(42.4382, 2)": "42.44", "round(2.5)": "3", "round(2.5::float8)": "2", "round(1234.56, -1)": "1230",
        ]
        kernel(
            "round", [.double], .double, "rounded", "Rounded: NUMERIC away from zero, DOUBLE PRECISION to even.",
            examples)
        kernel("round", [.numeric], .decimal(nil), "rounded", .canFail)
        kernel("round", [.numeric, .integer], .decimal(nil), "rounded", .canFail)
        // PostgreSQL has no round(double, integer); users of every other engine expect it.
        kernel("round", [.double, .integer], .double, "rounded")
        kernel(
            "trunc", [.double], .double, "truncated", "Cut off towards zero.",
            ["trunc(42.8)": "42", "trunc(-42.4382, 2)": "-42.43"])
        kernel("trunc", [.numeric], .decimal(nil), "truncated")
        kernel("trunc", [.numeric, .integer], .decimal(nil), "truncated", .canFail)
        kernel("trunc", [.double, .integer], .double, "truncated")
        for name in ["round", "trunc"] {
            // With digits, integers are NUMERIC as in PostgreSQL, not DOUBLE PRECISION.
            for type: TypeName in [.smallint, .integer, .bigint] {
                kernel(
                    name, [type, .integer], .decimal(nil), name == "round" ? "rounded" : "truncated", .canFail,
                    over: [.decimal(nil), .integer])
            }
        }
    }

    fileprivate mutating func addLogarithms() {
        func both(
            _ family: inout FamilyBuilder, _ name: String, _ kernelName: String, _ summary: String,
            _ examples: KeyValuePairs<String, String>
        ) {
            family.kernel(name, [.double], .double, kernelName, .canFail, summary, examples)
            family.kernel(name, [.numeric], .decimal(nil), kernelName, .canFail)
        }
        both(
            &self, "sqrt", "squareRoot", "Square root; error 2201F of a negative number.",
            ["sqrt(2::float8)": "1.4142135623730951", "sqrt(-1::float8)": "error 2201F"])
        kernel("|/", [.double], .double, "squareRoot", .canFail, "Square root.", ["|/ 25::float8": "5"])
        kernel("cbrt", [.double], .double, "cubeRoot", "Cube root.", ["cbrt(64)": "4"])
        kernel("||/", [.double], .double, "cubeRoot", "Cube root.", ["||/ 8::float8": "2"])
        both(&self, "exp", "exponential", "e raised to the argument.", ["exp(0::float8)": "1"])
        both(
            &self, "ln", "naturalLogarithm", "Natural logarithm; error 2201E of zero and below.",
            ["ln(1::float8)": "0", "ln(0)": "error 2201E"])
        both(
            &self, "log", "commonLogarithm", "Logarithm to base 10; with two arguments the first is the base.",
            ["log(100::float8)": "2", "log(2.0, 64.0)": "6.0000000000000000"])
        kernel("log", [.numeric, .numeric], .decimal(nil), "logarithm", .canFail)
        both(&self, "log10", "commonLogarithm", "Logarithm to base 10.", ["log10(1000::float8)": "3"])
        kernel("log2", [.double], .double, "binaryLogarithm", .canFail, "Logarithm to base 2.", ["log2(8)": "3"])
        for name in ["power", "pow", "^"] {
            let example: KeyValuePairs<String, String> = name == "^" ? ["2 ^ 10": "1024"] : ["\(name)(2, 10)": "1024"]
            kernel(name, [.double, .double], .double, "power", .canFail, "The first raised to the second.", example)
            kernel(name, [.numeric, .numeric], .decimal(nil), "power", .canFail)
        }
    }

    fileprivate mutating func addTrigonometry() {
        let functions: [(String, String, Bool, String, String)] = [
            ("sin", "sine", true, "Sine, in radians.", "0"), ("cos", "cosine", true, "Cosine, in radians.", "1"),
            ("tan", "tangent", true, "Tangent, in radians.", "0"),
            ("cot", "cotangent", true, "Cotangent, in radians.", "Infinity"),
            ("asin", "arcSine", true, "Arc sine, in radians.", "0"),
            ("acos", "arcCosine", true, "Arc cosine, in radians.", "1.5707963267948966"),
            ("atan", "arcTangent", false, "Arc tangent, in radians.", "0"),
            ("sind", "sineOfDegrees", true, "Sine, in degrees.", "0"),
            ("cosd", "cosineOfDegrees", true, "Cosine, in degrees.", "1"),
            ("tand", "tangentOfDegrees", true, "Tangent, in degrees.", "0"),
            ("cotd", "cotangentOfDegrees", true, "Cotangent, in degrees.", "Infinity"),
            ("asind", "arcSineInDegrees", true, "Arc sine, in degrees.", "0"),
            ("acosd", "arcCosineInDegrees", true, "Arc cosine, in degrees.", "90"),
            ("atand", "arcTangentInDegrees", false, "Arc tangent, in degrees.", "0"),
            ("sinh", "hyperbolicSine", false, "Hyperbolic sine.", "0"),
            ("cosh", "hyperbolicCosine", false, "Hyperbolic cosine.", "1"),
            ("tanh", "hyperbolicTangent", false, "Hyperbolic tangent.", "0"),
            ("asinh", "areaHyperbolicSine", false, "Inverse hyperbolic sine.", "0"),
            ("acosh", "areaHyperbolicCosine", true, "Inverse hyperbolic cosine.", "error 22003"),
            ("atanh", "areaHyperbolicTangent", true, "Inverse hyperbolic tangent.", "0"),
        ]
        for (name, kernelName, canFail, summary, atZero) in functions {
            kernel(name, [.double], .double, kernelName, canFail ? .canFail : [], summary, ["\(name)(0)": atZero])
        }
        kernel(
            "atan2", [.double, .double], .double, "arcTangent2", "Arc tangent of y / x, in radians.",
            ["atan2(0, 1)": "0"])
        kernel(
            "atan2d", [.double, .double], .double, "arcTangent2InDegrees", "Arc tangent of y / x, in degrees.",
            ["atan2d(1, 0)": "90"])
        kernel("degrees", [.double], .double, "degrees", .canFail, "Radians as degrees.", ["degrees(pi())": "180"])
        kernel(
            "radians", [.double], .double, "radians", .canFail, "Degrees as radians.", ["radians(180)": "3.141592653589793"])
        composed(
            "pi", [], .double, "The ratio of a circle's circumference to its diameter.", ["pi()": "3.141592653589793"]
        ) {
            _, span, _ in .constant(.double(.pi), .double, span: span)
        }
    }

    fileprivate mutating func addIntegerFunctions() {
        let integers: [(TypeName, SQLType)] = [(.smallint, .smallint), (.integer, .integer), (.bigint, .bigint)]
        for (name, type) in integers {
            let isFirst = name == .smallint
            kernel(
                "mod", [name, name], type, "remainder", .canFail,
                isFirst ? "Remainder, with the sign of the dividend." : "", isFirst ? ["mod(-7, 3)": "-1"] : [:])
            kernel("&", [name, name], type, "bitAnd", isFirst ? "Bitwise AND." : "", isFirst ? ["91 & 15": "11"] : [:])
            kernel("|", [name, name], type, "bitOr", isFirst ? "Bitwise OR." : "", isFirst ? ["32 | 3": "35"] : [:])
            kernel(
                "#", [name, name], type, "bitXor", isFirst ? "Bitwise exclusive OR." : "",
                isFirst ? ["17 # 5": "20"] : [:])
            kernel("~", [name], type, "bitNot", isFirst ? "Bitwise NOT." : "", isFirst ? ["~ 1": "-2"] : [:])
            kernel(
                "<<", [name, .integer], type, "shiftLeft", isFirst ? "Shifted to the left." : "",
                isFirst ? ["1 << 4": "16"] : [:])
            kernel(
                ">>", [name, .integer], type, "shiftRight", isFirst ? "Shifted to the right." : "",
                isFirst ? ["8 >> 2": "2"] : [:])
            if isFirst { continue }
            let isInteger = name == .integer
            kernel(
                "gcd", [name, name], type, "greatestCommonDivisor", .canFail,
                isInteger ? "Greatest common divisor." : "", isInteger ? ["gcd(1071, 462)": "21"] : [:])
            kernel(
                "lcm", [name, name], type, "leastCommonMultiple", .canFail,
                isInteger ? "Least common multiple." : "", isInteger ? ["lcm(1071, 462)": "23562"] : [:])
        }
        kernel("mod", [.numeric, .numeric], .decimal(nil), "remainder", .canFail)
        kernel(
            "div", [.numeric, .numeric], .decimal(nil), "integerQuotient", .canFail,
            "Quotient, truncated towards zero.",
            ["div(9, 4)": "2"])
        kernel(
            "factorial", [.bigint], .decimal(nil), "factorial", .canFail, "Product of the integers from 1 on.",
            ["factorial(5)": "120"])
        kernel(
            "width_bucket", [.numeric, .numeric, .numeric, .integer], .integer, "widthBucket", .canFail,
            "The number of the bucket of equal width that the value falls into.",
            ["width_bucket(5.35, 0.024, 10.06, 5)": "3"])
        kernel("width_bucket", [.double, .double, .double, .integer], .integer, "widthBucket", .canFail)
    }
}

/// The kernel of a finite number; NULL of the others, which `x - x` tells from them by not being zero.
private func ofFinite(
    _ number: Expression, _ kernel: String, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    let zero = Expression.constant(.decimal(Decimal(unscaled: 0, scale: 0)), .decimal(nil), span: span)
    guard
        let rest = resolveOperator(symbol: "-", left: number, right: number, span: span, diagnostics: &diagnostics),
        let isFinite = resolveOperator(symbol: "=", left: rest, right: zero, span: span, diagnostics: &diagnostics)
    else { return nil }
    let digits = Expression.call(Kernel(kernel, [.decimal], .int32), [number], .integer, span: span)
    return Expression(
        .conditional(isFinite, digits, .constant(.null, .integer, span: span)), .integer, isNullable: true, span: span)
}
