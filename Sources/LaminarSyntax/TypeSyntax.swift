public import LaminarText

/// A type as written; the binder resolves it.
///
/// `T[]`, `T ARRAY` and `ARRAY<T>` all add to `arrayDepth`: for `ARRAY<INT>` the name is `int` and the depth 1.
public struct TypeSyntax: Sendable {
    public enum TimeZone: String, Sendable {
        case without, with, withLocal
    }

    /// The type's name in lower case, without modifiers: `int`, `double precision`, `character varying`, `timestamp`,
    /// `interval`, `row`, `struct`, `map`. Several words are joined by one space.
    public var name: String
    /// False when the name was quoted, so that `"char"` differs from `char`.
    public var isKeyword: Bool
    public var nameSpan: Span
    /// `(p, s)`, `(n)`, `(3)`; literal integers, which may be negative as in `numeric(3, -2)`.
    public var parameters: [TypeParameterSyntax] = []
    /// Only after TIME and TIMESTAMP, and nil when nothing was written.
    public var timeZone: TimeZone?
    /// Only for INTERVAL: `DAY TO SECOND(3)`.
    public var intervalFields: IntervalFieldsSyntax?
    /// The fields of ROW and STRUCT.
    public var fields: [TypeFieldSyntax] = []
    /// The arguments of MAP<k, v> and MULTISET<t>.
    public var arguments: [TypeSyntax] = []
    public var arrayDepth = 0
    public var span: Span
}

/// One number between a type's parentheses.
public struct TypeParameterSyntax: Sendable {
    public var value: Int
    public var span: Span
}

/// `name TYPE` inside `ROW<...>` or `STRUCT<...>`.
public struct TypeFieldSyntax: Sendable {
    public var name: IdentifierSyntax
    public var type: TypeSyntax
    public var isNotNull: Bool
    public var span: Span
}

/// `DAY`, `DAY TO SECOND`, `SECOND(3)` after INTERVAL.
public struct IntervalFieldsSyntax: Sendable {
    public var from: IntervalUnitSyntax
    /// Equal to `from` when there is no `TO`.
    public var to: IntervalUnitSyntax
    public var precision: Int?
    public var span: Span
}

/// The unit of an interval literal or of a rounding `FLOOR(x TO unit)`; plurals are the same unit.
public enum IntervalUnitSyntax: String, Sendable, CaseIterable {
    case millennium, century, decade, year, quarter, month, week, day, hour, minute, second
    case millisecond, microsecond, nanosecond
}
