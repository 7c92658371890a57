package import LaminarText
package import LaminarTypes

/// The expression as another type; nil after a report.
///
/// A quoted literal is converted here and now: 22P02, 22007, 22008 or 22003 at its place. 42846 where no such cast
/// exists, 42804 where it exists but not by itself in this context.
package func cast(
    _ expression: Expression, to target: SQLType, context: CastContext, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    if expression.type == target { return expression }
    if case .constant(.null) = expression.node, !(expression.type.isArray && target.isArray) {
        return checkedCast(expression, target, context, span, &diagnostics)
            ? .constant(.null, target, span: expression.span) : nil
    }
    if expression.type == .unknown, case .constant(.text(let text)) = expression.node {
        return literal(text, as: target, context: context, span: expression.span, diagnostics: &diagnostics)
    }
    guard checkedCast(expression, target, context, span, &diagnostics) else { return nil }
    let place = span == .none ? expression.span : span
    return applyCast(expression, to: target, context: context, span: place, diagnostics: &diagnostics)
}

/// Whether a cast exists in this context; reports why not.
private func checkedCast(
    _ expression: Expression, _ target: SQLType, _ context: CastContext, _ span: Span,
    _ diagnostics: inout Diagnostics
) -> Bool {
    let needed = castContext(from: TypeName(expression.type), to: TypeName(target))
    if let needed, needed <= context { return true }
    let place = expression.span == .none ? span : expression.span
    if needed != nil {
        diagnostics.report(
            .error, "42804", at: place,
            context == .assignment
                ? "expression is of type \(expression.type.bareName), but the column is of type \(target)"
                : "expression of type \(expression.type.bareName) cannot be used as \(target)",
            hint: "You will need to rewrite or cast the expression.")
    } else {
        diagnostics.report(
            .error, context == .explicit ? "42846" : "42804", at: span == .none ? place : span,
            "cannot cast type \(expression.type.bareName) to \(target.bareName)")
    }
    return false
}
