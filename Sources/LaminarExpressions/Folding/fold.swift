import LaminarTypes

/// The expression with calls of constants replaced by their results, and logic simplified.
///
/// A call that fails stays as it is: it is an error only if a row evaluates it. A strict call of a NULL is NULL.
package func fold(_ expression: Expression) -> Expression {
    let expression = expression.mapOperands(fold)
    switch expression.node {
    case .input, .constant, .fail: return expression
    case .call(let kernel, let arguments): return foldCall(kernel, arguments, expression)
    case .invoke(let function, let arguments):
        // The compiler cannot call it.
        let isNull = function.isStrict && arguments.contains { $0.constantValue?.isNull ?? false }
        return isNull ? .constant(.null, expression.type, span: expression.span) : expression
    case .and(let operands): return foldConnective(operands, expression, neutral: true)
    case .or(let operands): return foldConnective(operands, expression, neutral: false)
    case .isNull(let operand):
        if let constant = operand.constantValue { return boolean(constant.isNull, expression) }
        // What cannot be NULL is still evaluated where it may fail.
        return operand.isNullable || operand.canFail ? expression : boolean(false, expression)
    case .conditional(let condition, let then, let otherwise):
        guard let constant = condition.constantValue else { return expression }
        if case .boolean(true) = constant { return retyped(then, expression) }
        return retyped(otherwise, expression)
    case .coalesce(let operands): return foldCoalesce(operands, expression)
    case .isDistinct(let kernel, let left, let right):
        guard let x = left.constantValue, let y = right.constantValue else { return expression }
        if x.isNull || y.isNull { return boolean(x.isNull != y.isNull, expression) }
        guard case .boolean(let isEqual)? = FoldTable.standard.result(kernel, [x, y], .boolean) else {
            return expression
        }
        return boolean(!isEqual, expression)
    }
}

extension Expression {
    /// The value of a constant.
    package var constantValue: Value? {
        if case .constant(let value) = node { value } else { nil }
    }
}

extension Value {
    package var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

private func boolean(_ value: Bool, _ original: Expression) -> Expression {
    .constant(.boolean(value), .boolean, span: original.span)
}

/// A branch in place of the whole; types of one layout may differ in their parameters.
private func retyped(_ branch: Expression, _ original: Expression) -> Expression {
    var copy = branch
    copy.type = original.type
    return copy
}

private func foldCall(_ kernel: Kernel, _ arguments: [Expression], _ original: Expression) -> Expression {
    var values: [Value] = []
    var isConstant = true
    for argument in arguments {
        guard let value = argument.constantValue else {
            isConstant = false
            continue
        }
        if value.isNull { return .constant(.null, original.type, span: original.span) }
        values.append(value)
    }
    guard isConstant, let result = FoldTable.standard.result(kernel, values, original.type) else { return original }
    return .constant(result, original.type, span: original.span)
}

/// AND (neutral TRUE) and OR (neutral FALSE): neutral operands go, the other constant decides, nested ones join.
private func foldConnective(_ operands: [Expression], _ original: Expression, neutral: Bool) -> Expression {
    var kept: [Expression] = []
    for operand in operands {
        if case .boolean(let value)? = operand.constantValue {
            if value == neutral { continue }
            return boolean(value, original)
        }
        switch (operand.node, neutral) {
        case (.and(let inner), true), (.or(let inner), false): kept += inner
        default: kept.append(operand)
        }
    }
    if kept.isEmpty { return boolean(neutral, original) }
    if kept.count == 1 { return kept[0] }
    return Expression(
        neutral ? .and(kept) : .or(kept), .boolean, isNullable: kept.contains(where: \.isNullable),
        span: original.span)
}

private func foldCoalesce(_ operands: [Expression], _ original: Expression) -> Expression {
    var kept: [Expression] = []
    for operand in operands {
        if let value = operand.constantValue, value.isNull { continue }
        kept.append(operand)
        // Nothing behind what is never NULL is evaluated.
        if !operand.isNullable { break }
    }
    if kept.isEmpty { return .constant(.null, original.type, span: original.span) }
    if kept.count == 1 { return retyped(kept[0], original) }
    return Expression(
        .coalesce(kept), original.type, isNullable: kept.allSatisfy(\.isNullable), span: original.span)
}
