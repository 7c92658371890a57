package import LaminarText
package import LaminarTypes

/// The type in which the branches of a UNION, CASE, COALESCE, VALUES or ARRAY meet, by PostgreSQL's rules.
///
/// - Parameter context: How the message names the construct, such as `CASE`. Reports 42804 when there is none.
/// - SeeAlso: PostgreSQL 15 documentation, section 10.5 "UNION, CASE, and Related Constructs".
package func commonType(
    of expressions: [Expression], context: String, diagnostics: inout Diagnostics
) -> SQLType? {
    guard let first = expressions.first else { return nil }
    if first.type != .unknown, expressions.allSatisfy({ $0.type == first.type }) { return first.type }
    var chosen = SQLType.unknown
    for expression in expressions where expression.type != .unknown {
        let (old, new) = (TypeName(chosen), TypeName(expression.type))
        if chosen == .unknown {
            chosen = expression.type
        } else if old == new {
            guard let merged = merged(chosen, expression.type) else {
                reportMismatch(context, chosen, expression, &diagnostics)
                return nil
            }
            chosen = merged
        } else if old.category != new.category {
            reportMismatch(context, chosen, expression, &diagnostics)
            return nil
        } else if !old.isPreferred, castContext(from: old, to: new) == .implicit,
            castContext(from: new, to: old) != .implicit
        {
            chosen = expression.type
        }
    }
    if chosen == .unknown { return .text }
    // Parameters survive only where all agree; the literals adapt.
    if chosen.isNested, expressions.allSatisfy({ $0.type == .unknown || TypeName($0.type) == TypeName(chosen) }) {
        return chosen
    }
    if expressions.allSatisfy({ $0.type == chosen || $0.type == .unknown }) { return chosen }
    let name = TypeName(chosen)
    for expression in expressions where castContext(from: TypeName(expression.type), to: name) != .implicit {
        diagnostics.report(
            .error, "42846", at: expression.span,
            "\(context) could not convert type \(expression.type.bareName) to \(chosen.bareName)")
        return nil
    }
    if case .char = chosen { return chosen }
    return name.type ?? chosen
}

/// Finds the common type and casts all to it.
package func coerceToCommonType(
    _ expressions: inout [Expression], context: String, diagnostics: inout Diagnostics
) -> SQLType? {
    guard let type = commonType(of: expressions, context: context, diagnostics: &diagnostics) else { return nil }
    for index in expressions.indices {
        guard
            let converted = cast(
                expressions[index], to: type, context: .implicit, span: expressions[index].span,
                diagnostics: &diagnostics)
        else { return nil }
        expressions[index] = converted
    }
    return type
}

/// Two types of one name, such as DECIMAL(5,2) and DECIMAL(10,4).
private func merged(_ a: SQLType, _ b: SQLType) -> SQLType? {
    if a == b { return a }
    switch (a, b) {
    case (.char(let x), .char(let y)): return .char(max(x, y))
    case (.array(let x), .array(let y)):
        if castContext(from: TypeName(y), to: TypeName(x)) == .implicit { return a }
        return castContext(from: TypeName(x), to: TypeName(y)) == .implicit ? b : nil
    case (.row(let x), .row(let y)):
        guard x.count == y.count else { return nil }
        var fields: [Field] = []
        for (x, y) in zip(x, y) {
            guard let type = mergedWithin(x.type, y.type) else { return nil }
            fields.append(Field(x.name, type))
        }
        return .row(fields)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
        guard let key = mergedWithin(key, otherKey), let value = mergedWithin(value, otherValue) else { return nil }
        return .map(key, value)
    case (.array, _), (.row, _), (.map, _): return nil
    default: return TypeName(a).type
    }
}

/// The type in which two fields of one place meet.
private func mergedWithin(_ a: SQLType, _ b: SQLType) -> SQLType? {
    let (x, y) = (TypeName(a), TypeName(b))
    if x == y { return merged(a, b) }
    if castContext(from: y, to: x) == .implicit { return a }
    return castContext(from: x, to: y) == .implicit ? b : nil
}

private func reportMismatch(
    _ context: String, _ type: SQLType, _ expression: Expression, _ diagnostics: inout Diagnostics
) {
    diagnostics.report(
        .error, "42804", at: expression.span,
        "\(context) types \(type.bareName) and \(expression.type.bareName) cannot be matched")
}
