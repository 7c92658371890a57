import LaminarText
import LaminarTypes

/// A quoted literal as a constant of the type that its context asks for; nil after a report at the literal.
func literal(
    _ text: String, as type: SQLType, context: CastContext, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    var text = text
    switch type {
    case .varchar(let length) where context == .explicit, .char(let length) where context == .explicit:
        // An explicit cast cuts off what is too long; storing it is an error.
        text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
    case .row, .map:
        diagnostics.unsupported("a literal of type \(type)", at: span)
        return nil
    default: break
    }
    do {
        return .constant(try parse(text, as: type), type, span: span)
    } catch {
        diagnostics.report(.error, error.sqlState, at: span, error.description)
        return nil
    }
}
