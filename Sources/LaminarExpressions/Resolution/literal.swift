import LaminarKernels
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
    case .json, .jsonb:
        guard let node = JSONNode(Array(text.utf8)) else {
            diagnostics.report(.error, "22P02", at: span, "invalid input syntax for type json: \"\(text)\"")
            return nil
        }
        return .constant(.text(type == .json ? text : node.normalised), type, span: span)
    default: break
    }
    do {
        let value = try parse(text, as: type)
        guard let constant = encodedNested(value, type) else {
            diagnostics.report(.error, "22P02", at: span, "malformed array literal: \"\(text)\"")
            return nil
        }
        return .constant(constant, type, span: span)
    } catch {
        if type.isArray, (try? parse(text, as: .array(.text))) == nil {
            diagnostics.report(.error, "22P02", at: span, "malformed array literal: \"\(text)\"")
            return nil
        }
        diagnostics.report(.error, error.sqlState, at: span, error.description)
        return nil
    }
}
