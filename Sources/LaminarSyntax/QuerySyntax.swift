public import LaminarText

/// A query with everything that may stand around its body.
public struct QuerySyntax: Sendable {
    public var with: WithSyntax?
    public var body: QueryBodySyntax
    public var orderBy: [SortItemSyntax]
    /// LIMIT or FETCH FIRST; nil also for `LIMIT ALL`.
    public var limit: ExpressionSyntax?
    public var offset: ExpressionSyntax?
    /// The place of `WITH TIES` in FETCH FIRST.
    public var withTies: Span?
    /// ALLOW LATENESS, LATE DATA TO, EMIT; only the outermost query of a statement has one.
    public var tail: TailSyntax?
    public var span: Span
}

public struct QueryBodySyntax: Sendable {
    public var kind: Kind
    public var span: Span

    public indirect enum Kind: Sendable {
        case select(SelectSyntax)
        /// `VALUES (1, 'a'), (2, 'b')`
        case values([[ExpressionSyntax]])
        /// `TABLE t`
        case table(NameSyntax)
        case setOperation(SetOperationSyntax)
        /// A query in parentheses, with its own ORDER BY and LIMIT.
        case nested(QuerySyntax)
        /// Stands where a syntax error was; an error has been reported.
        case invalid
    }
}

public struct WithSyntax: Sendable {
    public var isRecursive: Bool
    public var queries: [CommonTableSyntax]
    public var span: Span
}

/// `name (columns) AS [NOT MATERIALIZED] (query)`
public struct CommonTableSyntax: Sendable {
    public var name: IdentifierSyntax
    public var columns: [IdentifierSyntax]
    public var query: QuerySyntax
    public var span: Span
}

public struct SetOperationSyntax: Sendable {
    public enum Operation: String, Sendable {
        case union, intersect, except
    }

    public var operation: Operation
    public var operationSpan: Span
    public var isAll: Bool
    public var left: QueryBodySyntax
    public var right: QueryBodySyntax
}

public struct SelectSyntax: Sendable {
    public var distinct: DistinctSyntax?
    public var items: [SelectItemSyntax]
    /// The comma list after FROM; empty if there is no FROM.
    public var from: [TableSyntax]
    public var filter: ExpressionSyntax?
    public var groupBy: GroupBySyntax?
    public var having: ExpressionSyntax?
    public var windows: [NamedWindowSyntax]
    public var qualify: ExpressionSyntax?
}

public enum DistinctSyntax: Sendable {
    case distinct(Span)
    case on([ExpressionSyntax], Span)
}

/// One element of a select list; `*` and `t.*` are `star` expressions.
public struct SelectItemSyntax: Sendable {
    public var expression: ExpressionSyntax
    public var alias: IdentifierSyntax?
    public var span: Span
}

public struct GroupBySyntax: Sendable {
    /// The place of DISTINCT in `GROUP BY DISTINCT`.
    public var distinct: Span?
    public var items: [GroupingItemSyntax]
    public var span: Span
}

public struct GroupingItemSyntax: Sendable {
    public var kind: Kind
    public var span: Span

    public indirect enum Kind: Sendable {
        /// An expression, an ordinal or an output name; `(a, b)` is a row expression.
        case expression(ExpressionSyntax)
        /// `()`
        case empty
        /// Each element is one level; a row expression is a level of several keys.
        case rollup([ExpressionSyntax])
        case cube([ExpressionSyntax])
        case groupingSets([GroupingItemSyntax])
    }
}

/// `WINDOW name AS (...)`
public struct NamedWindowSyntax: Sendable {
    public var name: IdentifierSyntax
    public var window: WindowSyntax
    public var span: Span
}

/// An element of FROM.
public struct TableSyntax: Sendable {
    public var kind: Kind
    public var alias: TableAliasSyntax?
    public var span: Span

    public indirect enum Kind: Sendable {
        case named(NameSyntax)
        /// `name FOR SYSTEM_TIME AS OF time`
        case versioned(NameSyntax, asOf: ExpressionSyntax)
        case query(QuerySyntax, isLateral: Bool)
        case function(TableFunctionSyntax)
        case join(JoinSyntax)
        /// A join in parentheses, which may have an alias of its own.
        case nested(TableSyntax)
        /// Stands where a syntax error was; an error has been reported.
        case invalid
    }
}

/// `AS t (a, b)`; `AS t (a int, b text)` gives types too.
public struct TableAliasSyntax: Sendable {
    public var name: IdentifierSyntax
    public var columns: [IdentifierSyntax]
    /// As many as `columns` if types were written, else empty.
    public var types: [TypeSyntax]
    public var span: Span
}

/// `f(...)`, `TABLE(f(TABLE t, ...))`, `TUMBLE(t, ts, size)` in FROM.
///
/// Arguments that name a table are `table` expressions if written `TABLE t`, else plain names.
public struct TableFunctionSyntax: Sendable {
    public var call: CallSyntax
    public var isLateral: Bool
    /// Whether it stood inside `TABLE(...)`.
    public var isWrapped: Bool
    public var withOrdinality: Bool
}

public struct JoinSyntax: Sendable {
    public enum Kind: String, Sendable {
        case inner, left, right, full, cross, semi, anti
    }

    public enum Condition: Sendable {
        case none
        case natural
        case on(ExpressionSyntax)
        /// `USING (a, b) [AS alias]`
        case using([IdentifierSyntax], alias: IdentifierSyntax?)
    }

    public var kind: Kind
    public var left: TableSyntax
    public var right: TableSyntax
    public var condition: Condition
    public var asof: AsofSyntax?
    public var probe: TemporalProbeSyntax?
    /// The join's keywords, for messages.
    public var operatorSpan: Span
}

/// What makes a join an ASOF join.
public struct AsofSyntax: Sendable {
    public var matchCondition: ExpressionSyntax?
    public var tolerance: ExpressionSyntax?
    public var span: Span
}

/// `TEMPORAL PROBE JOIN r ON (k) TIMESTAMPS (l.ts, r.ts) RANGE FROM .. TO .. STEP .. | LIST (..) AS p`
public struct TemporalProbeSyntax: Sendable {
    public enum Offsets: Sendable {
        case range(from: ExpressionSyntax, to: ExpressionSyntax, step: ExpressionSyntax)
        case list([ExpressionSyntax])
    }

    /// The key columns in `ON (k, ...)`; the condition of the join is `none` then.
    public var keys: [ExpressionSyntax]
    public var leftTime: ExpressionSyntax
    public var rightTime: ExpressionSyntax
    public var offsets: Offsets
    public var alias: IdentifierSyntax
    public var span: Span
}

/// What may follow the outermost query of a statement.
public struct TailSyntax: Sendable {
    public var allowLateness: ExpressionSyntax?
    public var lateDataTo: NameSyntax?
    public var emit: EmitSyntax?
    public var span: Span
}

public struct EmitSyntax: Sendable {
    public enum Kind: Sendable {
        case onWindowClose
        /// `EMIT AFTER WATERMARK`, `EMIT ON WATERMARK`
        case afterWatermark
        case onUpdate
        case changes
        /// `EMIT EVERY i`, `EMIT PERIODICALLY i`
        case every(ExpressionSyntax)
        case final
    }

    public var kind: Kind
    public var span: Span
}
