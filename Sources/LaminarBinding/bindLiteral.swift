import LaminarExpressions
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    mutating func bindLiteral(_ literal: LiteralSyntax, _ span: Span) -> Expression? {
        switch literal {
        case .null: return .constant(.null, .unknown, span: span)
        case .boolean(let value): return .constant(.boolean(value), .boolean, span: span)
        case .string(let text): return .constant(.text(text), .unknown, span: span)
        case .integer(let digits):
            // PostgreSQL's rule: the first of integer, bigint and numeric that holds the digits.
            if let value = Int32(digits) { return .constant(.integer(Int64(value)), .integer, span: span) }
            if let value = Int64(digits) { return .constant(.integer(value), .bigint, span: span) }
            return numeric(digits, span)
        case .number(let text): return numeric(text, span)
        case .bits:
            diagnostics.unsupported("a bit string", at: span)
            return nil
        }
    }

    private mutating func numeric(_ text: String, _ span: Span) -> Expression? {
        cast(
            .constant(.text(text), .unknown, span: span), to: .decimal(nil), context: .explicit, span: span,
            diagnostics: &diagnostics)
    }

    /// `INTERVAL '...' fields`: the fields say what a bare number counts and what the text is cut to.
    mutating func bindIntervalLiteral(_ literal: IntervalLiteralSyntax, _ span: Span) -> Expression? {
        var text = literal.text
        if let fields = literal.fields {
            text = qualified(text, by: fields)
        }
        return cast(
            .constant(.text(text), .unknown, span: literal.textSpan), to: .interval, context: .explicit, span: span,
            diagnostics: &diagnostics)
    }

    private func qualified(_ text: String, by fields: IntervalFieldsSyntax) -> String {
        let trimmed = text.drop { $0 == " " }
        let isNumber = !trimmed.isEmpty && trimmed.allSatisfy { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
        // '1' DAY counts days; '1' DAY TO SECOND counts seconds, as in PostgreSQL. '1-2' is years and months.
        let isYearMonth = trimmed.dropFirst().contains("-")
        if isNumber, !isYearMonth { return "\(trimmed) \(fields.to.rawValue)" }
        // '1:30' MINUTE TO SECOND is minutes and seconds; without the fields it would be hours and minutes.
        let colons = trimmed.count { $0 == ":" }
        if fields.from == .minute, fields.to == .second, colons == 1 {
            return trimmed.hasPrefix("-") ? "-00:\(trimmed.dropFirst())" : "00:\(trimmed)"
        }
        return text
    }
}
