import LaminarText
import LaminarTypes

/// A quoted literal as a constant of the type that its context asks for; nil after a report at the literal.
func literal(
    _ text: String, as type: SQLType, context: CastContext, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    var text = text
    switch type {
    case .unknown, .text: return .constant(.text(text), type, span: span)
    case .varchar(let length), .char(let length):
        // An explicit cast cuts off what is too long; storing it is an error.
        if context == .explicit { text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(length))) }
    default: break
    }
    switch (type, text) {
    case (.boolean, "true"): return .constant(.boolean(true), type, span: span)
    case (.boolean, "false"): return .constant(.boolean(false), type, span: span)
    case (.smallint, _), (.integer, _), (.bigint, _):
        guard let value = Int64(text) else {
            diagnostics.report(.error, "22P02", at: span, "invalid input syntax for type \(type): \"\(text)\"")
            return nil
        }
        return .constant(.integer(value), type, span: span)
    case (.varchar, _), (.char, _): return .constant(.text(text), type, span: span)
    default:
        diagnostics.unsupported("a literal of type \(type)", at: span)
        return nil
    }
}
