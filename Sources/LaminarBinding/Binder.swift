import LaminarExpressions
public import LaminarPlan
public import LaminarSyntax
public import LaminarText
import LaminarTypes

/// Gives names and types to a file's statements: syntax trees in, a logical program out.
///
/// Reports every mistake at its place and goes on, so that one run shows them all. The program holds only what bound.
public func bind(
    _ statements: [StatementSyntax], name: String, options: BindingOptions, diagnostics: inout Diagnostics
) -> LogicalProgram {
    var binder = Binder(options: options, diagnostics: diagnostics)
    for statement in statements { binder.bindStatement(statement) }
    binder.checkAlignmentGroups()
    diagnostics = binder.diagnostics
    return LogicalProgram(
        name: name, sources: binder.sources, queries: binder.queries,
        functions: binder.functions.values.sorted { $0.span.lower < $1.span.lower },
        aggregates: binder.userAggregates.values.sorted { $0.span.lower < $1.span.lower })
}

/// The state of binding one file. Each clause has a file of its own that extends this type.
struct Binder {
    let options: BindingOptions
    var diagnostics: Diagnostics
    var relations: [String: Relation] = [:]
    var sources: [SourceDefinition] = []
    var queries: [LogicalQuery] = []
    /// What the file declares as written in Swift, by name.
    var functions: [String: UserFunction] = [:]
    var userAggregates: [String: UserAggregateFunction] = [:]
    /// The relations that a declared name reads, directly or through others; the key of a query is its place.
    var readers: [Reader] = []
    /// Relations named since the statement began.
    var readRelations: Set<String> = []
    /// Microseconds of processing time after which state is freed that nothing else bounds; set by `SET 'state.ttl'`.
    var stateTimeToLive: Int64?
    /// Whether it has been said that state is kept for ever, which then is no news.
    var keepsStateForEver = false
    /// The ALLOW LATENESS and EMIT that apply to the statement being bound.
    var emission = Emission()
    /// WITH queries that are in scope, innermost last.
    var commonTables: [[String: LogicalPlan]] = []
    /// How many recursive queries there are so far; each is known by its number.
    var recursions = 0
    /// The event time of the rows that the SELECT being bound reads, if they have one.
    var eventTime: Expression?
    /// The columns of those rows that carry processing time.
    var processingTimes: Set<Int> = []
    /// The columns of the rows that the SELECT being bound groups.
    var groupedColumnCount = 0
    /// The windows of the GROUP BY of the SELECT being bound, where a row can have several.
    var groupWindow: GroupWindow?
    /// Columns of the outermost query that its reader sees; the rest only serve ORDER BY.
    var visibleColumnCount = 0
    /// Scalar subqueries of the whole file, by the index that stands in expressions for them.
    var scalarSubqueries: [ScalarSubquery] = []
    /// The scopes of the queries around the subquery being bound, outermost first.
    var outerScopes: [Scope] = []
    /// The aggregates of each enclosing query so far.
    var outerCollectors: [AggregateCollector?] = []
    /// Functions that give rows, met in the select list being bound, where they are allowed.
    var rowFunctions: RowFunctionCollector?
    /// Aggregate calls met in a SELECT, where they are allowed; each stands as an input beyond all columns.
    var aggregates: AggregateCollector?
    /// Window function calls met in a SELECT, where they are allowed.
    var overCalls: OverCollector?
    /// The WINDOW clause of the SELECT being bound.
    var namedWindows: [NamedWindowSyntax] = []

    init(options: BindingOptions, diagnostics: Diagnostics) {
        self.options = options
        self.diagnostics = diagnostics
    }
}

/// When the aggregations of a statement give out their results.
struct Emission {
    enum Mode: Equatable {
        /// By dialect and kind of statement.
        case byDefault
        case onWindowClose
        case changes
        /// With lateness; without, it is `onWindowClose`.
        case afterWatermark
        /// At each multiple of so many microseconds of processing time.
        case every(Int64)
    }

    var mode = Mode.byDefault
    /// Whether the default is CHANGES because the statement is a materialised view.
    var isMaterializedView = false
    var latenessMicroseconds: Int64 = 0
    var lateDataTo: NameSyntax?
    var span = Span.none
}
