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
        let literal = Expression.constant(.text(text), .unknown, span: span)
        var attempt = diagnostics
        if let value = cast(literal, to: .decimal(nil), context: .explicit, span: span, diagnostics: &attempt) {
            return value
        }
        // A number beyond the 38 digits of NUMERIC, as 1e100, is still one that can be compared and computed with.
        return cast(literal, to: .double, context: .explicit, span: span, diagnostics: &diagnostics)
    }

    /// `INTERVAL '...' fields`: the fields say what a bare number counts and what the value is cut to.
    mutating func bindIntervalLiteral(_ literal: IntervalLiteralSyntax, _ span: Span) -> Expression? {
        interval(
            literal.text, fields: literal.fields, precision: literal.precision, textSpan: literal.textSpan, span)
    }

    /// A quoted interval under the fields of its type.
    mutating func interval(
        _ text: String, fields: IntervalFieldsSyntax?, precision: Int?, textSpan: Span, _ span: Span
    ) -> Expression? {
        var text = text
        var qualifier = IntervalQualifier.all
        if let fields {
            if let first = qualifierField(fields.from), let last = qualifierField(fields.to) {
                qualifier = .range(first, last)
            } else {
                // Units that PostgreSQL has no field for, such as WEEK and QUARTER, stand in the text.
                text = fields.from == .quarter ? quarters(text) : "\(text) \(fields.from.rawValue)"
            }
        }
        var bytes = text
        let parsed = bytes.withUTF8 { bytes -> Result<Interval, ValueParseReason> in
            do throws(ValueParseReason) {
                return .success(
                    try Interval(
                        text: bytes, qualifier: qualifier, secondDigits: fields?.precision ?? precision ?? 6))
            } catch {
                return .failure(error)
            }
        }
        switch parsed {
        case .success(let value): return .constant(.interval(value), .interval, span: span)
        case .failure(let reason):
            let error = ValueParseError(reason, text: text, type: .interval)
            diagnostics.report(.error, error.sqlState, at: textSpan, error.description)
            return nil
        }
    }

    private func qualifierField(_ unit: IntervalUnitSyntax) -> IntervalQualifier? {
        switch unit {
        case .year: .year
        case .month: .month
        case .day: .day
        case .hour: .hour
        case .minute: .minute
        case .second: .second
        default: nil
        }
    }

    private func quarters(_ text: String) -> String {
        guard let count = Int(text), count.magnitude < 1_000_000 else { return text }
        return "\(count * 3) months"
    }
}
