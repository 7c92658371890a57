package import LaminarText

/// NOT, which lowering uses as often as the operator is written.
package func negation(of expression: Expression, span: Span) -> Expression {
    .call(Kernel("not", [.bool], .bool), [expression], .boolean, span: span)
}

func countNulls(
    _ arguments: [Expression], isCountingNulls: Bool, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    let one = Expression.constant(.integer(1), .integer, span: span)
    let zero = Expression.constant(.integer(0), .integer, span: span)
    var sum: Expression?
    for argument in arguments {
        let isNull = Expression(.isNull(argument), .boolean, isNullable: false, span: span)
        let count = Expression(
            .conditional(isNull, isCountingNulls ? one : zero, isCountingNulls ? zero : one), .integer,
            isNullable: false, span: span)
        guard let old = sum else {
            sum = count
            continue
        }
        guard
            let next = resolveOperator(symbol: "+", left: old, right: count, span: span, diagnostics: &diagnostics)
        else { return nil }
        sum = next
    }
    return sum ?? zero
}
