public import LaminarExpressions
public import LaminarText
public import LaminarTypes

/// What a back end runs: sources, stages in topological order, sinks.
///
/// A stage is all work up to the next pipeline breaker as one loop: filters and projections between two breakers have
/// been folded into the expressions of the breaker that reads them and of the one that feeds them.
public struct PipelinePlan: Hashable, Sendable {
    /// The name from which generated types take theirs (the file's stem).
    public var name: String
    public var sources: [SourcePlan]
    public var stages: [StagePlan]
    public var sinks: [SinkPlan]
    /// What goes back into recursive queries.
    public var feedbacks: [Feedback]
    /// What the file declares as written in Swift.
    public var functions: [UserFunction]
    public var aggregates: [UserAggregateFunction]

    /// The rows of `input` are those of a `feedback` stage, which stands before it.
    public struct Feedback: Hashable, Sendable {
        public var input: StageInput
        public var stage: Int
    }

    public init(
        name: String, sources: [SourcePlan], stages: [StagePlan], sinks: [SinkPlan], feedbacks: [Feedback] = [],
        functions: [UserFunction] = [], aggregates: [UserAggregateFunction] = []
    ) {
        self.name = name
        self.sources = sources
        self.stages = stages
        self.sinks = sinks
        self.feedbacks = feedbacks
        self.functions = functions
        self.aggregates = aggregates
    }
}

/// A source with only the columns that some stage reads.
public struct SourcePlan: Hashable, Sendable {
    public var definition: SourceDefinition
    /// Positions in `definition.columns`, ascending; stages number their inputs by position in this list.
    public var columns: [Int]
    public var fields: [Field]
    /// How rows raise the watermark, over `fields`.
    public var watermark: WatermarkPlan?
    /// The changelog operations its rows may carry.
    public var changelog: ChangelogKind

    public init(
        definition: SourceDefinition, columns: [Int], fields: [Field], watermark: WatermarkPlan?,
        changelog: ChangelogKind
    ) {
        self.definition = definition
        self.columns = columns
        self.fields = fields
        self.watermark = watermark
        self.changelog = changelog
    }
}

/// How the rows of a source raise its watermark, over the source's used columns.
public struct WatermarkPlan: Hashable, Sendable {
    public var time: Expression
    /// nil: driven by the API and the end of input only.
    public var candidate: Expression?
    /// Microseconds, where the candidate is `time - delay`.
    public var delay: Int64?

    public init(time: Expression, candidate: Expression?, delay: Int64?) {
        self.time = time
        self.candidate = candidate
        self.delay = delay
    }
}

/// Where a stage or sink gets its rows.
public enum StageInput: Hashable, Sendable {
    case source(Int)
    case stage(Int)
}

/// One fused loop and the state it updates.
public struct StagePlan: Hashable, Sendable {
    /// A name from the SQL where there is one, unique in the plan, an identifier.
    public var name: String
    public var kind: Kind
    /// The rows that come out.
    public var fields: [Field]
    public var properties: StreamProperties
    public var span: Span

    public enum Kind: Hashable, Sendable {
        /// Constant rows, once, at the start; each row's expressions have no inputs.
        case values([[Expression]])
        /// What a stage behind this one gives (`PipelinePlan.feedbacks`), each time that a batch has been processed.
        case feedback
        /// Filter and project.
        case transform(StageInput, RowTransform)
        /// All rows of several inputs of equal column types; the watermark is the least of theirs.
        case unionAll([StageInput])
        case windowAggregate(StageInput, WindowAggregatePlan)
        case runningAggregate(StageInput, RunningAggregatePlan)
        /// An operator over the columns of its input, which it hands on with others behind them.
        case eventTime(StageInput, EventTimePlan)
        case join(StageInput, StageInput, JoinPlan)
        /// The last row of each key, as a changelog.
        case keyed(StageInput, KeyedChanges)
        /// Window functions: the input's rows with a column for each call behind.
        case over(StageInput, OverPlan)
    }

    public init(name: String, kind: Kind, fields: [Field], properties: StreamProperties, span: Span) {
        self.name = name
        self.kind = kind
        self.fields = fields
        self.properties = properties
        self.span = span
    }

    public var inputs: [StageInput] {
        switch kind {
        case .values, .feedback: []
        case .transform(let input, _), .windowAggregate(let input, _), .runningAggregate(let input, _),
            .eventTime(let input, _), .over(let input, _), .keyed(let input, _):
            [input]
        case .unionAll(let inputs): inputs
        case .join(let left, let right, _): [left, right]
        }
    }
}

/// A filter and the output columns, both over the same input row.
public struct RowTransform: Hashable, Sendable {
    /// Rows for which it is not TRUE are dropped.
    public var filter: Expression?
    public var outputs: [Expression]

    public init(filter: Expression?, outputs: [Expression]) {
        self.filter = filter
        self.outputs = outputs
    }
}

/// A windowed aggregation under a watermark: emits each window's groups once, when it closes.
public struct WindowAggregatePlan: Hashable, Sendable {
    /// Over the input row.
    public var filter: Expression?
    /// In microseconds, over the input row: the event time, or the last time of the window that the row has been given to.
    public var time: Expression
    public var keys: [Expression]
    public var calls: [AggregateCall]
    public var window: WindowShape
    /// Whether each row has been given to one window in front of the operator; else the operator adds up panes, or keeps
    /// sessions.
    public var isAssigned: Bool
    /// Microseconds for which a window waits behind the watermark.
    public var lateness: Int64
    public var emission: WindowEmissionPlan
    public var watermark: WatermarkMode
    public var table: StateTablePlan
    /// Over `keys ++ [window_start, window_end, window_time] ++ results of calls`.
    public var output: RowTransform

    /// How the operator learns of the watermark.
    public enum WatermarkMode: Hashable, Sendable {
        /// Each row, filtered out or not, raises it to its `time - delay`: free in the operator's range test.
        case rows(delay: Int64)
        /// By the steps that travel with the batch.
        case steps
    }

    public init(
        filter: Expression?, time: Expression, keys: [Expression], calls: [AggregateCall], window: WindowShape,
        isAssigned: Bool, lateness: Int64, emission: WindowEmissionPlan, watermark: WatermarkMode, table: StateTablePlan, output: RowTransform
    ) {
        self.filter = filter
        self.time = time
        self.keys = keys
        self.calls = calls
        self.window = window
        self.isAssigned = isAssigned
        self.lateness = lateness
        self.emission = emission
        self.watermark = watermark
        self.table = table
        self.output = output
    }
}

/// A running aggregation: an updating result per group.
public struct RunningAggregatePlan: Hashable, Sendable {
    public var filter: Expression?
    public var keys: [Expression]
    public var calls: [AggregateCall]
    public var table: StateTablePlan
    /// Over `keys ++ results of calls`.
    public var output: RowTransform
    /// Microseconds of processing time that a group stays after its last row; nil: for ever.
    public var timeToLive: Int64?

    public init(
        filter: Expression?, keys: [Expression], calls: [AggregateCall], table: StateTablePlan, output: RowTransform,
        timeToLive: Int64? = nil
    ) {
        self.timeToLive = timeToLive
        self.filter = filter
        self.keys = keys
        self.calls = calls
        self.table = table
        self.output = output
    }
}

/// A join of two changelogs by equal key columns and a further condition.
///
/// Its columns are all of the left input's and then all of the right's; of a semi or anti join the left's alone.
public struct JoinPlan: Hashable, Sendable {
    public var kind: Join.Kind
    public var keys: [Key]
    /// Over the left input's columns and then the right's.
    public var residual: Expression?
    /// The number of the left input's columns.
    public var leftWidth: Int
    /// Set where event times bound which rows can meet; nil: a join of changelogs.
    public var timing: Timing?
    /// Microseconds of processing time that rows of either side stay; nil: for ever.
    public var leftTimeToLive: Int64?
    public var rightTimeToLive: Int64?
    /// Whether a left row meets the right rows that there are when it comes, and is then forgotten.
    public var readsLatest = false

    public struct Timing: Hashable, Sendable {
        /// The inputs' columns of times in microseconds.
        public var left: Int
        public var right: Int
        /// What the right time less the left one is at least and at most, in microseconds; nil: no bound.
        public var lower: Int64?
        public var upper: Int64?
        public var lateness: Int64
        /// Whether what comes out waits for both watermarks to pass the times, which are equal.
        public var waits: Bool
        public var carriesLeft: Bool
        public var carriesRight: Bool
    }

    public struct Key: Hashable, Sendable {
        /// Columns of the inputs, of one physical type.
        public var left: Int
        public var right: Int
        public var type: PhysicalType
        public var nullsAreEqual: Bool

        public init(left: Int, right: Int, type: PhysicalType, nullsAreEqual: Bool) {
            self.left = left
            self.right = right
            self.type = type
            self.nullsAreEqual = nullsAreEqual
        }
    }

    public init(kind: Join.Kind, keys: [Key], residual: Expression?, leftWidth: Int, timing: Timing? = nil) {
        self.kind = kind
        self.keys = keys
        self.residual = residual
        self.leftWidth = leftWidth
        self.timing = timing
    }
}

/// Where results go.
public struct SinkPlan: Hashable, Sendable {
    public var definition: SinkDefinition
    public var input: StageInput
    public var fields: [Field]
    public var changelog: ChangelogKind
    /// ORDER BY, LIMIT and OFFSET of the outermost query; they order and cut the result once the input has ended.
    public var presentation: Presentation

    public struct Presentation: Hashable, Sendable {
        public var ordering: [Ordering]
        public var limit: Int64?
        public var offset: Int64

        public struct Ordering: Hashable, Sendable {
            /// Over the sink's columns, which may carry hidden ones at the end.
            public var column: Int
            public var isDescending: Bool
            public var nullsFirst: Bool

            public init(column: Int, isDescending: Bool, nullsFirst: Bool) {
                self.column = column
                self.isDescending = isDescending
                self.nullsFirst = nullsFirst
            }
        }

        /// Columns at the end of the sink's rows that only serve the ordering.
        public var hiddenColumns: Int

        public init(ordering: [Ordering] = [], limit: Int64? = nil, offset: Int64 = 0, hiddenColumns: Int = 0) {
            self.ordering = ordering
            self.limit = limit
            self.offset = offset
            self.hiddenColumns = hiddenColumns
        }

        public var isEmpty: Bool { ordering.isEmpty && limit == nil && offset == 0 }
    }

    public init(
        definition: SinkDefinition, input: StageInput, fields: [Field], changelog: ChangelogKind,
        presentation: Presentation = Presentation()
    ) {
        self.definition = definition
        self.input = input
        self.fields = fields
        self.changelog = changelog
        self.presentation = presentation
    }
}
