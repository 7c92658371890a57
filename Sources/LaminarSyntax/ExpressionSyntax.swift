public import LaminarText

/// An expression as written, operators already nested by PostgreSQL's precedence.
///
/// No tree is higher than `SyntaxLimits.height`, so that recursive walks need no check of their own.
public struct ExpressionSyntax: Sendable {
    public var kind: Kind
    public var span: Span

    public indirect enum Kind: Sendable {
        case literal(LiteralSyntax)
        /// `DATE '2024-01-01'`, `int4 '12'`: a string cast to a type, not INTERVAL.
        case typedLiteral(TypeSyntax, text: String, textSpan: Span)
        /// `INTERVAL '1' DAY`, `INTERVAL 30 MINUTES`, `30s`.
        case interval(IntervalLiteralSyntax)
        /// `c`, `t.c`, `s.t.c`, also a struct's `c.start`: the binder tells a qualifier from a column.
        case name(NameSyntax)
        /// `*` or `t.*` in a select list, in `count(*)` and in `ROW(t.*)`.
        case star(NameSyntax?)
        /// `(x).f`, `f(x).start`, `a[1].b`.
        case field(ExpressionSyntax, IdentifierSyntax)
        /// `(x).*`
        case fieldStar(ExpressionSyntax)
        /// `$1`
        case parameter(Int)
        case subscriptElement(ExpressionSyntax, index: ExpressionSyntax)
        case subscriptSlice(ExpressionSyntax, lower: ExpressionSyntax?, upper: ExpressionSyntax?)
        /// `+ - ~` and other prefix operators; NOT has a case of its own.
        case unary(OperatorSyntax, ExpressionSyntax)
        /// Arithmetic, comparison, string, JSON and regular expression operators.
        case binary(OperatorSyntax, ExpressionSyntax, ExpressionSyntax)
        /// Two or more operands, flattened: `a AND b AND c` is one node.
        case and([ExpressionSyntax])
        /// Two or more operands, flattened.
        case or([ExpressionSyntax])
        case not(ExpressionSyntax)
        case isNull(ExpressionSyntax, isNegated: Bool)
        /// `IS [NOT] TRUE | FALSE | UNKNOWN`; nil is UNKNOWN.
        case isTruth(ExpressionSyntax, Bool?, isNegated: Bool)
        /// `IS DISTINCT FROM`; negated: `IS NOT DISTINCT FROM`.
        case isDistinct(ExpressionSyntax, ExpressionSyntax, isNegated: Bool)
        case between(
            ExpressionSyntax, low: ExpressionSyntax, high: ExpressionSyntax, isSymmetric: Bool, isNegated: Bool)
        case inList(ExpressionSyntax, [ExpressionSyntax], isNegated: Bool)
        case inQuery(ExpressionSyntax, QuerySyntax, isNegated: Bool)
        case like(LikeSyntax)
        /// `x op ANY (array)`, `x op ALL (array)`; SOME is ANY.
        case quantifiedArray(ExpressionSyntax, OperatorSyntax, QuantifierSyntax, ExpressionSyntax)
        /// `x op ANY (SELECT ...)`.
        case quantifiedQuery(ExpressionSyntax, OperatorSyntax, QuantifierSyntax, QuerySyntax)
        case exists(QuerySyntax)
        /// A scalar (or row) subquery.
        case subquery(QuerySyntax)
        /// `ARRAY[...]`; inner brackets of `ARRAY[[1, 2], [3]]` are nested `array` nodes.
        case array([ExpressionSyntax])
        /// `ARRAY(SELECT ...)`
        case arrayQuery(QuerySyntax)
        /// `ROW(...)` or `(a, b)`; the latter has at least two elements and is not explicit.
        case row([ExpressionSyntax], isExplicit: Bool)
        case caseWhen(operand: ExpressionSyntax?, branches: [CaseBranchSyntax], otherwise: ExpressionSyntax?)
        case cast(ExpressionSyntax, TypeSyntax, CastFormSyntax)
        case call(CallSyntax)
        case collate(ExpressionSyntax, NameSyntax)
        /// `TABLE t [PARTITION BY k, ...]` as an argument of a table function.
        case table(NameSyntax, partitionBy: [ExpressionSyntax])
        /// `DEFAULT` in the VALUES of an INSERT.
        case defaultValue
        /// Stands where a syntax error was; an error has been reported.
        case invalid
    }
}

public enum LiteralSyntax: Sendable {
    case null
    case boolean(Bool)
    /// Decimal digits without sign, underscores or radix prefix; of any length.
    case integer(String)
    /// Digits with a point or an exponent: `1.5e3`, `.5`.
    case number(String)
    /// The content after unescaping, adjacent pieces joined.
    case string(String)
    /// `B'0101'` as the digits 0 and 1; `X'1F'` is turned into them too, as in PostgreSQL.
    case bits(String)
}

/// An INTERVAL literal; the binder turns it into months, days and microseconds.
public struct IntervalLiteralSyntax: Sendable {
    /// What stood between the quotes, or the number: `1`, `-5`, `1 day 2 hours`, `30s`.
    public var text: String
    public var textSpan: Span
    /// The unit words after it.
    public var fields: IntervalFieldsSyntax?
    /// `INTERVAL(p) '...'`
    public var precision: Int?

    /// The literal as text that `interval` input understands, for use as an option's value.
    public var sourceText: String { fields.map { "\(text) \($0.from.rawValue)" } ?? text }
}

/// An operator and where it stands; `!=` is written `<>`.
public struct OperatorSyntax: Sendable {
    public var text: String
    public var span: Span
}

public enum QuantifierSyntax: String, Sendable {
    case any, all
}

public enum CastFormSyntax: String, Sendable {
    /// `CAST(x AS t)`
    case cast
    /// `TRY_CAST(x AS t)`
    case tryCast
    /// `x::t`
    case colons
}

public struct LikeSyntax: Sendable {
    public enum Form: String, Sendable {
        case like, ilike, similarTo
    }

    public var form: Form
    public var operand: ExpressionSyntax
    public var pattern: ExpressionSyntax
    public var escape: ExpressionSyntax?
    public var isNegated: Bool
    /// The keywords, for messages.
    public var operatorSpan: Span
}

public struct CaseBranchSyntax: Sendable {
    public var condition: ExpressionSyntax
    public var result: ExpressionSyntax
}

/// A call of a scalar, aggregate, window or table function.
///
/// SQL's special forms become calls with PostgreSQL's argument order:
/// `EXTRACT(f FROM x)` is `extract('f', x)`; `SUBSTRING(x FROM a FOR b)` is `substring(x, a, b)`;
/// `SUBSTRING(x SIMILAR p ESCAPE e)` is `substring(x, p, e)`; `POSITION(a IN b)` is `position(b, a)`;
/// `TRIM(LEADING c FROM x)` is `ltrim(x, c)`, `TRAILING` `rtrim`, `BOTH` or none `btrim`;
/// `OVERLAY(x PLACING y FROM a FOR b)` is `overlay(x, y, a, b)`; `x AT TIME ZONE z` is `timezone(z, x)`;
/// `FLOOR(x TO DAY)` is `floor(x, 'day')`; `CURRENT_DATE` is `current_date()`.
public struct CallSyntax: Sendable {
    public enum Form: String, Sendable {
        /// `f(a, b)`
        case ordinary
        /// One of the special forms with keywords between the parentheses, or AT TIME ZONE.
        case special
        /// `CURRENT_DATE` and its like without parentheses.
        case keyword
        /// `MAP['a', 1]`
        case bracketed
    }

    public enum NullTreatment: String, Sendable {
        case respect, ignore
    }

    public var name: NameSyntax
    public var form: Form
    /// `count(*)` has one argument, a `star`.
    public var arguments: [ArgumentSyntax]
    /// The place of DISTINCT before the arguments.
    public var distinct: Span?
    /// ORDER BY between the parentheses.
    public var orderBy: [SortItemSyntax]
    /// `WITHIN GROUP (ORDER BY ...)`; empty if absent.
    public var withinGroup: [SortItemSyntax]
    /// `FILTER (WHERE ...)`
    public var filter: ExpressionSyntax?
    public var nullTreatment: NullTreatment?
    public var over: OverSyntax?
    public var span: Span
}

public struct ArgumentSyntax: Sendable {
    /// The name before `=>` or `:=`.
    public var name: IdentifierSyntax?
    public var value: ExpressionSyntax
    public var isVariadic: Bool
}

/// An ORDER BY element; `ORDER BY ALL` (DuckDB: every output column) is a `star`.
public struct SortItemSyntax: Sendable {
    public var expression: ExpressionSyntax
    public var isDescending: Bool
    /// `NULLS FIRST` (true) or `NULLS LAST` (false); nil when not written: last for ASC, first for DESC.
    public var nullsFirst: Bool?
    public var span: Span
}

public enum OverSyntax: Sendable {
    /// `OVER w`
    case named(IdentifierSyntax)
    case window(WindowSyntax)
}

/// `([base] PARTITION BY ... ORDER BY ... frame)`
public struct WindowSyntax: Sendable {
    public var base: IdentifierSyntax?
    public var partitionBy: [ExpressionSyntax]
    public var orderBy: [SortItemSyntax]
    public var frame: FrameSyntax?
    public var span: Span
}

public struct FrameSyntax: Sendable {
    public enum Unit: String, Sendable {
        case rows, range, groups
        /// RisingWave's `SESSION WITH GAP i`: `start` is `preceding(i)` and there is no end.
        case session
    }

    public enum Bound: Sendable {
        case unboundedPreceding
        case preceding(ExpressionSyntax)
        case currentRow
        case following(ExpressionSyntax)
        case unboundedFollowing
    }

    public enum Exclusion: String, Sendable {
        case currentRow, group, ties, noOthers
    }

    public var unit: Unit
    public var start: Bound
    /// Nil when not written: the current row.
    public var end: Bound?
    public var exclusion: Exclusion?
    public var span: Span
}
