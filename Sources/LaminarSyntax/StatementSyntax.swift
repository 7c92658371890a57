public import LaminarText

/// One statement of a file.
public struct StatementSyntax: Sendable {
    public var kind: Kind
    /// Without the semicolon.
    public var span: Span

    public indirect enum Kind: Sendable {
        /// CREATE SOURCE, TABLE, LOOKUP TABLE
        case createSource(CreateSourceSyntax)
        /// CREATE STREAM, VIEW, MATERIALIZED VIEW, CONTINUOUS QUERY
        case createView(CreateViewSyntax)
        case createSink(CreateSinkSyntax)
        /// CREATE FUNCTION, CREATE AGGREGATE
        case createFunction(CreateFunctionSyntax)
        case insert(InsertSyntax)
        case query(QuerySyntax)
        case drop(DropSyntax)
        case alter(AlterSyntax)
        case show(ShowSyntax)
        case describe(NameSyntax, isExtended: Bool)
        case explain(StatementSyntax, isAnalyze: Bool)
        case checkpoint
        /// `SET name = value`
        case set(SetSyntax)
        /// `RESTORE FROM CHECKPOINT id`; the id as written.
        case restore(checkpoint: String, Span)
        case subscribe(SubscribeSyntax)
        /// Stands where a syntax error was; an error has been reported.
        case invalid
    }
}

/// A setting for the queries that follow.
public struct SetSyntax: Sendable {
    /// As written, without quotes: `state.ttl`.
    public var name: String
    public var nameSpan: Span
    /// nil: DEFAULT.
    public var value: String?
    public var valueSpan: Span
}

/// A function or an aggregate that is written in Swift.
public struct CreateFunctionSyntax: Sendable {
    public struct Clause: Sendable {
        public enum Kind: Hashable, Sendable {
            case language(String)
            case immutable
            /// STABLE or VOLATILE.
            case changing
            case strict
            case calledOnNull
            case retractable
        }

        public var kind: Kind
        public var span: Span
    }

    public var isAggregate: Bool
    public var isOrReplace: Bool
    public var name: NameSyntax
    public var arguments: [TypeSyntax]
    public var result: TypeSyntax?
    public var clauses: [Clause]
    /// What stands behind AS.
    public var body: (text: String, span: Span)?
}

/// The kinds of objects that statements name.
public enum ObjectKindSyntax: String, Sendable {
    case source, table, lookupTable, stream, view, materializedView, continuousQuery, sink

    /// As in SQL and in messages: `materialized view`.
    public var words: String {
        switch self {
        case .lookupTable: "lookup table"
        case .materializedView: "materialized view"
        case .continuousQuery: "continuous query"
        default: rawValue
        }
    }
}

public struct CreateSourceSyntax: Sendable {
    /// `source`, `table` or `lookupTable`.
    public var kind: ObjectKindSyntax
    public var isOrReplace: Bool
    /// `TEMPORARY` before the kind.
    public var modifier: IdentifierSyntax?
    public var ifNotExists: Bool
    public var name: NameSyntax
    public var columns: TableElementsSyntax
    /// The place of APPEND ONLY.
    public var appendOnly: Span?
    public var connector: ConnectorSyntax?
    public var format: FormatSyntax?
    /// `WITH (...)`
    public var options: [OptionSyntax]
    /// `CREATE TABLE t AS query`
    public var query: QuerySyntax?
}

/// What stands between the parentheses of a CREATE SOURCE, TABLE or SINK.
public struct TableElementsSyntax: Sendable {
    public var columns: [ColumnSyntax] = []
    /// `PRIMARY KEY (...)` as a table constraint; a column's own is in the column.
    public var primaryKeys: [KeySyntax] = []
    public var uniqueKeys: [KeySyntax] = []
    public var watermarks: [WatermarkSyntax] = []
    /// The place of `*`: the remaining columns are inferred.
    public var wildcard: Span?
    /// CHECK, FOREIGN KEY and REFERENCES, of the table or of a column: for the binder to refuse or to enforce.
    public var otherConstraints: [ConstraintSyntax] = []
    public var span: Span
}

public struct ColumnSyntax: Sendable {
    public var name: IdentifierSyntax
    /// Nil for `c AS expression` and for a bare name in a sink's column list.
    public var type: TypeSyntax?
    /// The place of NOT NULL.
    public var notNull: Span?
    /// The place of PRIMARY KEY.
    public var primaryKey: Span?
    /// The place of UNIQUE.
    public var unique: Span?
    public var defaultValue: ExpressionSyntax?
    /// `c [TYPE] AS expression`, `GENERATED ALWAYS AS (expression)`
    public var generated: ExpressionSyntax?
    public var metadata: MetadataSyntax?
    /// Feldera's `LATENESS e`: a watermark of `c - e`.
    public var lateness: ExpressionSyntax?
    public var comment: String?
    public var span: Span
}

/// Flink's `METADATA [FROM 'key'] [VIRTUAL]`.
public struct MetadataSyntax: Sendable {
    /// Nil: the column's own name.
    public var key: String?
    public var isVirtual: Bool
    public var span: Span
}

public struct KeySyntax: Sendable {
    public var columns: [IdentifierSyntax]
    /// False after NOT ENFORCED.
    public var isEnforced: Bool
    public var span: Span
}

/// `WATERMARK FOR column [AS expression]`
public struct WatermarkSyntax: Sendable {
    public var column: NameSyntax
    /// Nil: driven by the API and by the end of input.
    public var expression: ExpressionSyntax?
    public var span: Span
}

public struct ConstraintSyntax: Sendable {
    public enum Kind: Sendable {
        case check(ExpressionSyntax)
        case references(NameSyntax, [IdentifierSyntax])
    }

    public var kind: Kind
    public var span: Span
}

/// `FROM KAFKA (...)`, `INTO KAFKA (...)`
public struct ConnectorSyntax: Sendable {
    public var name: IdentifierSyntax
    public var options: [OptionSyntax]
    public var span: Span
}

/// `FORMAT JSON [WITH (...)]`, `FORMAT PLAIN ENCODE JSON [(...)]`
public struct FormatSyntax: Sendable {
    public var name: IdentifierSyntax
    public var encoding: IdentifierSyntax?
    public var options: [OptionSyntax]
    public var span: Span
}

public struct CreateViewSyntax: Sendable {
    /// `stream`, `view`, `materializedView` or `continuousQuery`.
    public var kind: ObjectKindSyntax
    public var isOrReplace: Bool
    /// `LOCAL` (Feldera: not an output of the program) or `TEMPORARY` before the kind.
    public var modifier: IdentifierSyntax?
    public var ifNotExists: Bool
    public var name: NameSyntax
    /// `name (a, b) AS ...`
    public var columns: [IdentifierSyntax]
    public var options: [OptionSyntax]
    public var query: QuerySyntax
}

public struct CreateSinkSyntax: Sendable {
    public enum Input: Sendable {
        /// `FROM relation [WHERE condition]`
        case relation(NameSyntax, filter: ExpressionSyntax?)
        case query(QuerySyntax)
        /// Nothing: filled by `INSERT INTO`.
        case none
    }

    public var isOrReplace: Bool
    public var ifNotExists: Bool
    public var name: NameSyntax
    public var columns: TableElementsSyntax?
    public var input: Input
    public var connector: ConnectorSyntax?
    public var format: FormatSyntax?
    public var options: [OptionSyntax]
}

public struct InsertSyntax: Sendable {
    public var name: NameSyntax
    /// The place of Flink's OVERWRITE.
    public var overwrite: Span?
    /// Flink's `PARTITION (column = value, ...)`: values for columns that the query does not give.
    public var partition: [OptionSyntax]
    public var columns: [IdentifierSyntax]
    /// A query or VALUES.
    public var query: QuerySyntax
}

public struct DropSyntax: Sendable {
    public var kind: ObjectKindSyntax
    public var ifExists: Bool
    public var names: [NameSyntax]
    public var isCascade: Bool
}

public struct AlterSyntax: Sendable {
    public enum Action: Sendable {
        case addColumn(ColumnSyntax)
        case set([OptionSyntax])
    }

    public var kind: ObjectKindSyntax
    public var name: NameSyntax
    public var action: Action
}

public enum ShowSyntax: Sendable {
    case sources, tables, streams, views, materializedViews, sinks, queries, checkpointStatus
    /// `SHOW CREATE kind name`
    case create(ObjectKindSyntax, NameSyntax)
}

public struct SubscribeSyntax: Sendable {
    public var name: NameSyntax
    public var filter: ExpressionSyntax?
    /// `AS OF EPOCH n`
    public var epoch: ExpressionSyntax?
}
