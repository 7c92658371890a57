import LaminarText
import LaminarTypes

/// The text form of any value.
private func asText(_ expression: Expression, _ diagnostics: inout Diagnostics) -> Expression? {
    cast(expression, to: .text, context: .explicit, span: expression.span, diagnostics: &diagnostics)
}

/// The text form that `concat` uses, which shows booleans as `t` and `f` and CHAR with its blanks.
private func asOutput(_ expression: Expression, _ diagnostics: inout Diagnostics) -> Expression? {
    if case .char = expression.type {
        var padded = expression
        padded.type = .text
        return padded
    }
    guard expression.type == .boolean else { return asText(expression, &diagnostics) }
    return .call(Kernel("booleanLetter", [.bool], .string), [expression], .text, span: expression.span)
}

private func concatenate(_ left: Expression, _ right: Expression, _ span: Span) -> Expression {
    .call(Kernel("concatenate", [.string, .string], .string, allocates: true), [left, right], .text, span: span)
}

/// `||` with something else than text on one side; NULL if either is.
func joined(_ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics) -> Expression? {
    guard let left = asText(arguments[0], &diagnostics), let right = asText(arguments[1], &diagnostics) else {
        return nil
    }
    return concatenate(left, right, span)
}

/// `concat` and `concat_ws`: a NULL adds nothing. With a separator, `arguments` starts with it.
func concatenation(
    _ arguments: [Expression], separator: Expression? = nil, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    let empty = Expression.constant(.text(""), .text, span: span)
    guard let separator else {
        var result: Expression?
        for argument in arguments {
            guard let text = asOutput(argument, &diagnostics) else { return nil }
            let piece =
                text.isNullable
                ? Expression(.coalesce([text, empty]), .text, isNullable: false, span: span) : text
            result = result.map { concatenate($0, piece, span) } ?? piece
        }
        return result ?? empty
    }
    // Every piece brings a separator in front of it; the first one is cut off at the end.
    var result: Expression?
    for argument in arguments.dropFirst() {
        guard let text = asOutput(argument, &diagnostics) else { return nil }
        var piece = concatenate(separator, text, span)
        if piece.isNullable { piece = Expression(.coalesce([piece, empty]), .text, isNullable: false, span: span) }
        result = result.map { concatenate($0, piece, span) } ?? piece
    }
    let length = Expression.call(Kernel("characterLength", [.string], .int32), [separator], .integer, span: span)
    let one = Expression.constant(.integer(1), .integer, span: span)
    guard let start = resolveOperator(symbol: "+", left: length, right: one, span: span, diagnostics: &diagnostics)
    else { return nil }
    return .call(Kernel("substring", [.string, .int32], .string), [result ?? empty, start], .text, span: span)
}

/// `format`: the template and the texts of the other arguments, those as one array.
func formatted(_ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics) -> Expression? {
    var texts: [Expression] = []
    for argument in arguments.dropFirst() {
        guard let text = asOutput(argument, &diagnostics) else { return nil }
        texts.append(text)
    }
    let none = Expression.constant(.bytes(ArrayValue(.text, []).encoded), .array(.text), span: span)
    guard let array = texts.isEmpty ? none : arrayConstructor(texts, span: span, diagnostics: &diagnostics) else {
        return nil
    }
    let kernel = Kernel("formatText", [.string, .string], .string, canFail: true, allocates: true)
    return .call(kernel, [arguments[0], array], .text, span: span)
}

/// `quote_literal` and `quote_nullable` of any value's text form.
func quotedLiteral(
    _ argument: Expression, isNullable: Bool, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    guard let text = asText(argument, &diagnostics) else { return nil }
    let literal = Expression.call(
        Kernel("quotedLiteral", [.string], .string, allocates: true), [text], .text, span: span)
    guard isNullable, literal.isNullable else { return literal }
    let null = Expression.constant(.text("NULL"), .text, span: span)
    return Expression(.coalesce([literal, null]), .text, isNullable: false, span: span)
}
