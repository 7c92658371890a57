package import LaminarText
import LaminarTypes

/// The call of a scalar function on typed arguments, by PostgreSQL's overload resolution, casts included.
///
/// `name` is in lower case. Special forms come as the parser names them (`extract('year', x)`, `btrim(x)`,
/// `coalesce(...)`). Reports 42883 (no such function), 42725 (ambiguous) or what a cast of a literal reports; then nil.
package func resolveFunction(
    name: String, arguments: [Expression], span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    let catalogue = FunctionCatalogue.standard
    if let special = resolveSpecialForm(name: name, arguments: arguments, span: span, diagnostics: &diagnostics) {
        return special.expression
    }
    let overloads = overloadsForArrays(catalogue.overloads(of: name), arguments)
    var types = arguments.map { TypeName($0.type) }
    // PostgreSQL rounds NUMERIC only to digits, so that is what a NULL without a type is.
    if name == "round" || name == "trunc", arguments.count == 2, arguments[0].type == .unknown,
        arguments[0].constantValue?.isNull == true
    {
        types[0] = .numeric
    }
    switch OverloadResolution(arguments: types, isOperator: false).choose(among: overloads) {
    case .found(let function):
        return call(function, arguments, span: span, diagnostics: &diagnostics)
    case .ambiguous:
        diagnostics.report(
            .error, "42725", at: span, "function \(signatureText(name, arguments)) is not unique",
            hint: "Could not choose a best candidate function. You might need to add explicit type casts.")
        return nil
    case .none:
        if arguments.count == 1, let target = castFunctionType(name) {
            return cast(arguments[0], to: target, context: .explicit, span: span, diagnostics: &diagnostics)
        }
        if overloads.isEmpty, plannedFunctions.contains(name) {
            diagnostics.unsupported("function \(name)", at: span)
            return nil
        }
        var hint: String?
        if overloads.isEmpty {
            hint = nearestName(
                to: name, among: catalogue.names.filter { $0.utf8.first.map(isLetter) ?? false }.sorted()
            )
            .map { "Did you mean \"\($0)\"?" }
        } else {
            let known = overloads.prefix(4).map(\.signature).joined(separator: ", ")
            hint =
                "No function matches the given argument types. There is \(known)\(overloads.count > 4 ? ", ..." : "")."
        }
        diagnostics.report(
            .error, "42883", at: span, "function \(signatureText(name, arguments)) does not exist", hint: hint)
        return nil
    }
}

/// The call of a prefix (`left` nil) or infix operator; like ``resolveFunction(name:arguments:span:diagnostics:)``.
///
/// LIKE is `~~`, ILIKE `~~*`, their negations `!~~` and `!~~*`.
package func resolveOperator(
    symbol: String, left: Expression?, right: Expression, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    let symbol = symbol == "!=" ? "<>" : symbol
    let arguments = left.map { [$0, right] } ?? [right]
    let overloads = overloadsForArrays(FunctionCatalogue.standard.overloads(of: symbol), arguments)
    let types = arguments.map { TypeName($0.type) }
    let text = left.map { "\($0.type.bareName) \(symbol) \(right.type.bareName)" } ?? "\(symbol) \(right.type.bareName)"
    switch OverloadResolution(arguments: types, isOperator: true).choose(among: overloads) {
    case .found(let function):
        return call(function, arguments, span: span, diagnostics: &diagnostics)
    case .ambiguous:
        diagnostics.report(
            .error, "42725", at: span, "operator is not unique: \(text)",
            hint: "Could not choose a best candidate operator. You might need to add explicit type casts.")
        return nil
    case .none:
        if left != nil, plannedOperators.contains(symbol) {
            diagnostics.unsupported("operator \(symbol)", at: span)
            return nil
        }
        diagnostics.report(
            .error, "42883", at: span, "operator does not exist: \(text)",
            hint: "No operator matches the given argument types. You might need to add explicit type casts.")
        return nil
    }
}

/// `left IS DISTINCT FROM right`, never NULL.
package func resolveIsDistinct(
    left: Expression, right: Expression, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    // The types meet as they do under `=`, whose kernel then compares what is not NULL.
    guard let equality = resolveOperator(symbol: "=", left: left, right: right, span: span, diagnostics: &diagnostics)
    else { return nil }
    guard case .call(let kernel, let operands) = equality.node, operands.count == 2 else {
        diagnostics.unsupported("IS DISTINCT FROM over \(left.type)", at: span)
        return nil
    }
    return Expression(.isDistinct(kernel, operands[0], operands[1]), .boolean, isNullable: false, span: span)
}

/// Whether some scalar function has this name (in lower case).
package func isScalarFunction(_ name: String) -> Bool {
    isSpecialForm(name) || !FunctionCatalogue.standard.overloads(of: name).isEmpty || plannedFunctions.contains(name)
}

/// The signatures that take arrays, where an argument is one and there are such; else all.
private func overloadsForArrays(_ overloads: [SQLFunction], _ arguments: [Expression]) -> [SQLFunction] {
    guard arguments.contains(where: { $0.type.isArray }) else { return overloads }
    let matching = overloads.filter { $0.arguments.contains(.array) }
    return matching.isEmpty ? overloads : matching
}

/// Casts the arguments to a signature and builds the call.
func call(
    _ function: SQLFunction, _ arguments: [Expression], span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    var operands: [Expression] = []
    for (index, argument) in arguments.enumerated() {
        let parameter = index < function.arguments.count ? function.arguments[index] : function.variadic ?? .any
        guard let operand = coerced(argument, to: parameter, diagnostics: &diagnostics) else { return nil }
        operands.append(operand)
    }
    switch function.implementation {
    case .unsupported:
        diagnostics.unsupported("function \(function.signature)", at: span)
        return nil
    case .composed(let build):
        return build(operands, span, &diagnostics).map { withSpan($0, span) }
    case .kernel(let name, let argumentTypes, let canFail, let allocates):
        for (index, type) in argumentTypes.enumerated() where TypeName(type) != TypeName(operands[index].type) {
            guard
                let operand = cast(
                    operands[index], to: type, context: .implicit, span: operands[index].span, diagnostics: &diagnostics
                )
            else { return nil }
            operands[index] = operand
        }
        let type: SQLType =
            switch function.result {
            case .fixed(let type): type
            case .argument(let index): operands[index].type
            }
        return Expression.call(
            Kernel(
                name, operands.map(\.type.physical), type.physical, canFail: canFail, allocates: allocates),
            operands, type, span: span)
    }
}

extension Expression {
    /// A strict call: NULL if an argument is.
    package static func call(_ kernel: Kernel, _ arguments: [Expression], _ type: SQLType, span: Span) -> Expression {
        Expression(.call(kernel, arguments), type, isNullable: arguments.contains(where: \.isNullable), span: span)
    }
}

/// The argument as the parameter's type; parameters of types such as VARCHAR(3) keep them.
private func coerced(_ argument: Expression, to parameter: TypeName, diagnostics: inout Diagnostics) -> Expression? {
    if TypeName(argument.type) == parameter { return argument }
    if parameter == .any {
        guard argument.type == .unknown else { return argument }
        return cast(argument, to: .text, context: .implicit, span: argument.span, diagnostics: &diagnostics)
    }
    if parameter == .char, TypeName(argument.type).category == .string || argument.type == .unknown {
        // CHAR of no given length takes a text as it is.
        var text = argument
        text.type = .char(1)
        return text
    }
    guard let type = parameter.type else { return argument }
    return cast(argument, to: type, context: .implicit, span: argument.span, diagnostics: &diagnostics)
}

private func withSpan(_ expression: Expression, _ span: Span) -> Expression {
    var copy = expression
    if case .input = copy.node { return copy }
    if copy.span == .none { copy.span = span }
    return copy
}

private func signatureText(_ name: String, _ arguments: [Expression]) -> String {
    "\(name)(\(arguments.map(\.type.bareName).joined(separator: ", ")))"
}

private func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 97 && byte | 0x20 <= 122 }

/// The type that a name used like a function casts to: `date('2024-01-01')`, `int4(x)`.
private func castFunctionType(_ name: String) -> SQLType? {
    switch name {
    case "bool", "boolean": .boolean
    case "int2", "smallint": .smallint
    case "int4", "int", "integer": .integer
    case "int8", "bigint": .bigint
    case "float4", "real": .real
    case "float8", "float", "double": .double
    case "numeric", "decimal": .decimal(nil)
    case "text", "varchar", "string": .text
    case "bytea": .bytea
    case "date": .date
    case "time": .time
    case "timestamp": .timestamp(6)
    case "timestamptz": .timestamptz(6)
    case "interval": .interval
    case "uuid": .uuid
    case "json": .json
    case "jsonb": .jsonb
    default: nil
    }
}
