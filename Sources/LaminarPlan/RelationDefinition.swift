public import LaminarExpressions
public import LaminarText
public import LaminarTypes

/// A source or table as CREATE SOURCE or CREATE TABLE declares it.
public struct SourceDefinition: Hashable, Sendable {
    public var name: String
    /// Columns that the data carries, in declared order.
    public var columns: [Field]
    /// Defaults by column, for records that lack the column.
    public var defaults: [Int: Expression]
    /// All columns as a query sees them: stored and generated, each over `columns`.
    public var visible: [GeneratedColumn]
    /// Positions in `visible`.
    public var primaryKey: [Int]
    public var watermark: WatermarkDefinition?
    public var timing = SourceTiming()
    /// What its rows may do, as far as the declaration says it.
    public var changes = ChangeInput.append
    /// Whether its rows are only inserted: by declaration, and by what the host knows of the input.
    public var isAppendOnly: Bool
    /// What COMMENT says of a column, by position in `columns`.
    public var comments: [Int: String] = [:]
    public var connector: ConnectorDefinition?
    public var span: Span

    public struct GeneratedColumn: Hashable, Sendable {
        public var field: Field
        /// Over `columns`; a plain input for a stored column.
        public var expression: Expression

        public init(field: Field, expression: Expression) {
            self.field = field
            self.expression = expression
        }
    }

    public init(
        name: String, columns: [Field], defaults: [Int: Expression] = [:], visible: [GeneratedColumn],
        primaryKey: [Int] = [], watermark: WatermarkDefinition? = nil, isAppendOnly: Bool = true,
        connector: ConnectorDefinition? = nil, span: Span = .none
    ) {
        self.name = name
        self.columns = columns
        self.defaults = defaults
        self.visible = visible
        self.primaryKey = primaryKey
        self.watermark = watermark
        self.isAppendOnly = isAppendOnly
        self.connector = connector
        self.span = span
    }
}

/// WATERMARK FOR column [AS expression].
public struct WatermarkDefinition: Hashable, Sendable {
    /// The event-time column, a position in `SourceDefinition.visible`.
    public var column: Int
    /// The event time over the stored columns.
    public var time: Expression
    /// What a row raises the watermark to, over the stored columns; nil when only the API and the end of input drive it.
    public var candidate: Expression?
    /// The constant `d` in microseconds where the candidate is `time - d`.
    public var delay: Int64?
    /// Whether it is processing time: WATERMARK FOR column AS PROCTIME().
    public var followsClock = false

    public init(column: Int, time: Expression, candidate: Expression?, delay: Int64?) {
        self.column = column
        self.time = time
        self.candidate = candidate
        self.delay = delay
    }
}

/// FROM or INTO a connector, with its options and format; options keep their spans for diagnostics.
public struct ConnectorDefinition: Hashable, Sendable {
    public var name: String
    public var options: [Option]
    public var format: String?
    public var span: Span

    public struct Option: Hashable, Sendable {
        public var key: String
        public var value: String
        public var span: Span

        public init(key: String, value: String, span: Span) {
            self.key = key
            self.value = value
            self.span = span
        }
    }

    public init(name: String, options: [Option], format: String?, span: Span) {
        self.name = name
        self.options = options
        self.format = format
        self.span = span
    }
}

/// A sink as CREATE SINK declares it, or another place where results come out.
public struct SinkDefinition: Hashable, Sendable {
    public var name: String
    public var kind: Kind

    public enum Kind: String, Hashable, Sendable {
        /// Declared with CREATE SINK, or named by INSERT INTO.
        case sink
        /// A stream or materialised view that hosts may subscribe to.
        case stream
        /// A bare query, whose result goes to the caller or to standard output.
        case query
    }

    public var connector: ConnectorDefinition?
    /// Positions of the columns by which the sink upserts; empty: none declared.
    public var primaryKey: [Int]
    /// What the sink takes, where its declaration says so.
    public var declaredChanges: ChangeOutput?
    /// What the sink is given.
    public var changes = ChangeOutput.append
    public var span: Span

    public init(
        name: String, kind: Kind, connector: ConnectorDefinition?, primaryKey: [Int] = [], span: Span
    ) {
        self.name = name
        self.kind = kind
        self.connector = connector
        self.primaryKey = primaryKey
        self.span = span
    }
}
