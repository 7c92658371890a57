import LaminarText
import LaminarTypes

/// Forms that look like functions but follow rules of their own.
/// `if` and `ifnull` are Flink's.
private let specialForms: [String: ClosedRange<Int>] = [
    "coalesce": 1...Int.max, "nullif": 2...2, "greatest": 1...Int.max, "least": 1...Int.max, "if": 3...3,
    "ifnull": 2...2,
]

func isSpecialForm(_ name: String) -> Bool { specialForms[name] != nil }

/// The result of a special form: an expression, or nil after a report. Nil itself where `name` is none.
func resolveSpecialForm(
    name: String, arguments: [Expression], span: Span, diagnostics: inout Diagnostics
) -> (expression: Expression?, Void)? {
    guard let required = specialForms[name] else { return nil }
    guard required.contains(arguments.count) else {
        let expected = ["at least one argument", "two arguments", "three arguments"][required.lowerBound - 1]
        diagnostics.report(.error, "42883", at: span, "\(name) takes \(expected), not \(arguments.count)")
        return (nil, ())
    }
    if name == "nullif" {
        return (resolveNullIf(arguments[0], arguments[1], span: span, diagnostics: &diagnostics), ())
    }
    if name == "if" { return (resolveIf(arguments, span: span, diagnostics: &diagnostics), ()) }
    var operands = arguments
    guard let type = coerceToCommonType(&operands, context: name.uppercased(), diagnostics: &diagnostics) else {
        return (nil, ())
    }
    if operands.count == 1 { return (operands[0], ()) }
    if name == "coalesce" || name == "ifnull" {
        return (
            Expression(.coalesce(operands), type, isNullable: operands.allSatisfy(\.isNullable), span: span), ()
        )
    }
    var result = operands[0]
    for operand in operands.dropFirst() {
        guard
            let next = resolveExtremum(
                result, operand, symbol: name == "greatest" ? ">=" : "<=", type, span: span, diagnostics: &diagnostics)
        else { return (nil, ()) }
        result = next
    }
    return (result, ())
}

/// IF(condition, a, b): `b` also where the condition is NULL.
private func resolveIf(_ arguments: [Expression], span: Span, diagnostics: inout Diagnostics) -> Expression? {
    var values = Array(arguments[1...])
    guard
        let condition = cast(
            arguments[0], to: .boolean, context: .implicit, span: arguments[0].span, diagnostics: &diagnostics),
        let type = coerceToCommonType(&values, context: "IF", diagnostics: &diagnostics)
    else { return nil }
    return Expression(
        .conditional(condition, values[0], values[1]), type, isNullable: values.contains { $0.isNullable }, span: span)
}

/// NULLIF: NULL if the two are equal, else the first, in the first's own type, or the one in which numbers of unlike kinds
/// meet.
private func resolveNullIf(
    _ left: Expression, _ right: Expression, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard let condition = resolveOperator(symbol: "=", left: left, right: right, span: span, diagnostics: &diagnostics)
    else { return nil }
    var value = left
    if left.type == .unknown {
        guard let text = cast(left, to: .text, context: .implicit, span: left.span, diagnostics: &diagnostics) else {
            return nil
        }
        value = text
    } else if let type = typeOfNullIf(TypeName(left.type), TypeName(right.type)) {
        guard let number = cast(left, to: type, context: .implicit, span: left.span, diagnostics: &diagnostics) else {
            return nil
        }
        value = number
    }
    return Expression(
        .conditional(condition, .constant(.null, value.type, span: span), value), value.type, isNullable: true,
        span: span)
}

/// The type that the first operand of PostgreSQL's `=` gets, where that is not its own: integers compare with each other
/// as they are, but not with NUMERIC or DOUBLE PRECISION.
private func typeOfNullIf(_ left: TypeName, _ right: TypeName) -> SQLType? {
    let isInteger = [TypeName.smallint, .integer, .bigint].contains(left)
    if right == .double || right == .real, isInteger || left == .numeric { return .double }
    return isInteger && right == .numeric ? .decimal(nil) : nil
}

/// The larger or smaller of two; the other one where one is NULL.
private func resolveExtremum(
    _ left: Expression, _ right: Expression, symbol: String, _ type: SQLType, span: Span,
    diagnostics: inout Diagnostics
) -> Expression? {
    guard
        let keepsLeft = resolveOperator(
            symbol: symbol, left: left, right: right, span: span, diagnostics: &diagnostics)
    else { return nil }
    // The comparison is NULL if either is; then the first that is not NULL is the answer.
    let isNullable = left.isNullable && right.isNullable
    let chosen = Expression(
        .conditional(keepsLeft, left, right), type, isNullable: left.isNullable || right.isNullable, span: span)
    if !left.isNullable && !right.isNullable { return chosen }
    let isEitherNull = Expression(.isNull(keepsLeft), .boolean, isNullable: false, span: span)
    let other = Expression(.coalesce([left, right]), type, isNullable: isNullable, span: span)
    return Expression(.conditional(isEitherNull, other, chosen), type, isNullable: isNullable, span: span)
}
