public import LaminarExpressions
public import LaminarText
public import LaminarTypes

/// A typed relational plan: what a query means, before anything is decided about how it runs.
public struct LogicalPlan: Sendable {
    public indirect enum Operator: Hashable, Sendable {
        /// Rows of a source; its columns are the definition's visible ones.
        case source(SourceDefinition)
        /// Constant rows.
        case values([[Expression]])
        case filter(LogicalPlan, Expression)
        case project(LogicalPlan, [Expression])
        /// Appends `window_start`, `window_end` and `window_time` to each row, once for each window that it belongs to.
        case window(LogicalPlan, WindowAssignment)
        /// Columns: the keys, then the results of the calls.
        case aggregate(LogicalPlan, Aggregation)
        /// Appends a column for each call to each row.
        case over(LogicalPlan, Over)
        /// Each row as often as `count` (BIGINT, over its columns) says, numbered from 1 in a column behind them; one of no
        /// count not at all, or once without a number.
        case expand(LogicalPlan, count: Expression, keepsEmpty: Bool)
        case unionAll([LogicalPlan])
        /// The rows of the first plan, which reads what the step of the recursion with this number has given so far.
        case recursion(LogicalPlan, step: LogicalPlan, Int)
        /// What the step of a recursion gives, once the rows that led to it have been processed.
        case feedback(Int)
        /// Columns: the left's, then the right's (those of the left alone for semi and anti joins).
        case join(LogicalPlan, LogicalPlan, Join)
        /// The rows by key as a changelog: the last row of each key.
        case keyed(LogicalPlan, KeyedChanges)
        /// The rows in order of their event time, once the watermark has passed it; microseconds of lateness, and what
        /// orders rows of one time before their arrival does.
        case eventTimeOrder(LogicalPlan, lateness: Int64, ties: [SinkPlan.Presentation.Ordering])
        /// The rows of windows whose watermark is kept by key, all of a window at once when it closes.
        case keyedWindows(LogicalPlan, KeyedWindows)
        /// The changes of a result, held back and given out at intervals of processing time.
        case periodic(LogicalPlan, PeriodicEmission)
        /// The rows that an aggregation over these windows drops as late.
        case lateRows(LogicalPlan, Aggregation.Window)
    }

    public var node: Operator
    public var fields: [Field]
    public var properties: StreamProperties
    /// Which of its columns are window bounds, and of which windows.
    public var windowColumns: WindowColumns?
    /// The relation's name in the SQL, if it has one; generated names come from it.
    public var name: String?
    public var span: Span

    public init(
        _ node: Operator, fields: [Field], properties: StreamProperties, windowColumns: WindowColumns? = nil,
        name: String? = nil, span: Span
    ) {
        self.node = node
        self.fields = fields
        self.properties = properties
        self.windowColumns = windowColumns
        self.name = name
        self.span = span
    }

    public var inputs: [LogicalPlan] {
        switch node {
        case .source, .values, .feedback: []
        case .recursion(let rows, let step, _): [rows, step]
        case .filter(let input, _), .project(let input, _), .window(let input, _), .aggregate(let input, _),
            .eventTimeOrder(let input, _, _), .keyedWindows(let input, _), .lateRows(let input, _), .keyed(let input, _),
            .periodic(let input, _),
            .over(let input, _), .expand(let input, _, _):
            [input]
        case .unionAll(let inputs): inputs
        case .join(let left, let right, _): [left, right]
        }
    }
}

extension LogicalPlan: Hashable {
    /// Plans that compute the same are equal, whatever their names and places; equal plans share state.
    public static func == (a: LogicalPlan, b: LogicalPlan) -> Bool {
        a.fields.map(\.type) == b.fields.map(\.type) && a.node == b.node
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(node)
    }
}

/// Assigns each row to the windows that contain its time.
public struct WindowAssignment: Hashable, Sendable {
    /// In microseconds, over the input.
    public var time: Expression
    /// The type of the window's bounds, which is that of the column: TIMESTAMP, TIMESTAMPTZ, or BIGINT in milliseconds.
    public var boundType: SQLType
    public var window: WindowShape
    /// What sessions are kept apart by, over the input.
    public var partition: [Expression]
    /// Whether the time is an event time under a watermark.
    public var hasWatermark: Bool
    /// Whether sessions are given out once, when the watermark has passed them; else they change as rows come.
    public var closes: Bool
    /// Microseconds for which a session waits behind the watermark.
    public var lateness: Int64
    /// Whether sessions that change come out only once the watermark has reached their end.
    public var waitsForEnd = false
    /// Whether not the sessions come out but the rows that are late for theirs, with the input's columns alone.
    public var givesOutLateRows = false
    /// Set where keys have watermarks of their own, by which sessions close and rows are late.
    public var keyed: KeyedWatermark?
    /// Whether `*` leaves out `window_time`, as RisingWave's spelling of the window has only start and end.
    public var hidesTime = false

    /// - Parameter time: a TIMESTAMP, a TIMESTAMPTZ, or a BIGINT of milliseconds.
    public init(
        time: Expression, window: WindowShape, partition: [Expression] = [], hasWatermark: Bool, closes: Bool = false,
        lateness: Int64 = 0
    ) {
        self.time = time.asMicroseconds
        boundType = time.type
        self.window = window
        self.partition = partition
        self.hasWatermark = hasWatermark
        self.closes = closes
        self.lateness = lateness
    }

    /// Spellings of one window are equal, so that queries share its state.
    public static func == (a: WindowAssignment, b: WindowAssignment) -> Bool {
        a.time == b.time && a.boundType == b.boundType && a.window == b.window && a.partition == b.partition && a.hasWatermark == b.hasWatermark
            && a.closes == b.closes && a.lateness == b.lateness && a.givesOutLateRows == b.givesOutLateRows
            && a.waitsForEnd == b.waitsForEnd && a.keyed == b.keyed
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(time)
        hasher.combine(window)
    }
}

/// What `keyedWindows` knows of its rows.
public struct KeyedWindows: Hashable, Sendable {
    public var watermark: KeyedWatermark
    /// Over the input: the row's event time and the end of its window, in microseconds.
    public var eventTime: Expression
    public var end: Expression
    /// Microseconds for which a window waits behind the watermark.
    public var lateness: Int64
    /// When the rows come out: when their window has closed, at once, or when the watermark has reached its end.
    public var emission: WindowEmissionPlan
    /// Whether nothing comes out but the rows that are late.
    public var givesOutLateRows = false

    public init(
        watermark: KeyedWatermark, eventTime: Expression, end: Expression, lateness: Int64, emission: WindowEmissionPlan
    ) {
        self.watermark = watermark
        self.eventTime = eventTime
        self.end = end
        self.lateness = lateness
        self.emission = emission
    }
}

/// EMIT EVERY.
public struct PeriodicEmission: Hashable, Sendable {
    /// Microseconds.
    public var interval: Int64
    /// The columns that tell results apart.
    public var keys: [Int]
    /// The last time of the row's window, if it is in one that a watermark closes.
    public var last: Expression?

    public init(interval: Int64, keys: [Int], last: Expression?) {
        self.interval = interval
        self.keys = keys
        self.last = last
    }
}

/// Positions of window bounds among the columns of a plan.
public struct WindowColumns: Hashable, Sendable {
    public var window: WindowShape
    public var start: Int?
    public var end: Int?
    public var time: Int?
    /// The column whose time was windowed, while it is still there.
    public var eventTime: Int?
    /// Whether the windowed time is an event time under a watermark.
    public var hasWatermark: Bool
    /// Whether they are sessions that come out once the watermark has reached their end, and may change after that.
    public var waitsForEnd = false
    /// Whether `*` leaves out `window_time`.
    public var hidesTime = false
    /// Whether they are sessions whose rows come all at once, when the watermark of their key has closed them.
    public var closesByKey = false

    public init(
        window: WindowShape, start: Int?, end: Int?, time: Int?, eventTime: Int?, hasWatermark: Bool
    ) {
        self.window = window
        self.start = start
        self.end = end
        self.time = time
        self.eventTime = eventTime
        self.hasWatermark = hasWatermark
    }

    /// The same columns where each stands in the output of a projection; nil when neither bound is left.
    public func mapped(_ position: (Int) -> Int?) -> WindowColumns? {
        var copy = self
        copy.hidesTime = false
        copy.start = start.flatMap(position)
        copy.end = end.flatMap(position)
        copy.time = time.flatMap(position)
        copy.eventTime = eventTime.flatMap(position)
        return copy.start == nil && copy.end == nil ? nil : copy
    }
}

/// GROUP BY: keys and aggregate calls over the input row.
public struct Aggregation: Hashable, Sendable {
    public var keys: [Expression]
    public var calls: [AggregateCall]
    /// Set where groups are windows that close under a watermark; nil: a running, updating aggregation.
    public var window: Window?
    /// Microseconds of processing time that a group stays after its last row; nil: for ever.
    public var timeToLive: Int64?

    public struct Window: Hashable, Sendable {
        public var window: WindowShape
        /// Over the input: a time inside the row's window, of which there is one (TUMBLE), else the window's last time.
        public var time: Expression
        /// Microseconds.
        public var lateness: Int64
        public var emission: WindowEmissionPlan
        /// Positions among the keys that are window bounds.
        public var startKeys: [Int]
        public var endKeys: [Int]
        public var timeKeys: [Int]
        /// Whether rows have been judged, and held back as long as they must be, in front (`keyedWindows`, sessions by key).
        public var comesComplete = false

        public init(
            window: WindowShape, time: Expression, lateness: Int64, emission: WindowEmissionPlan,
            startKeys: [Int], endKeys: [Int], timeKeys: [Int]
        ) {
            self.window = window
            self.time = time
            self.lateness = lateness
            self.emission = emission
            self.startKeys = startKeys
            self.endKeys = endKeys
            self.timeKeys = timeKeys
        }
    }

    public init(keys: [Expression], calls: [AggregateCall], window: Window? = nil) {
        self.keys = keys
        self.calls = calls
        self.window = window
    }
}

/// How two relations are joined.
public struct Join: Hashable, Sendable {
    public var kind: Kind
    /// Equalities between a value of the left row and one of the right row, of one type.
    public var keys: [Key]
    /// What else must be TRUE, over the left columns and then the right ones.
    public var residual: Expression?
    /// Set where event times bound which rows can meet, so that nothing is ever taken back and rows leave with the
    /// watermark; nil: a join of changelogs.
    public var timing: Timing?
    /// Microseconds of processing time that rows of either side stay; nil: for ever.
    public var leftTimeToLive: Int64?
    public var rightTimeToLive: Int64?
    /// Whether a left row meets the right rows that there are when it comes, and is then forgotten (FOR SYSTEM_TIME AS
    /// OF a processing time).
    public var readsLatest = false

    /// How far apart the event times of two rows that meet can be.
    public struct Timing: Hashable, Sendable {
        /// In microseconds, over the left columns.
        public var left: Expression
        /// In microseconds, over the right columns.
        public var right: Expression
        /// What the right time less the left one is at least and at most, in microseconds; nil: no bound.
        public var lower: Int64?
        public var upper: Int64?
        /// Microseconds for which rows wait behind the watermark.
        public var lateness: Int64
        /// Whether the rows are those of equal windows, and come out when these close.
        public var waits: Bool
        /// The sides whose event time the result's watermark holds for.
        public var carriesLeft = false
        public var carriesRight = false

        public init(
            left: Expression, right: Expression, lower: Int64?, upper: Int64?, lateness: Int64 = 0, waits: Bool = false
        ) {
            self.left = left
            self.right = right
            self.lower = lower
            self.upper = upper
            self.lateness = lateness
            self.waits = waits
        }
    }

    public enum Kind: String, Hashable, Sendable {
        case inner, left, right, full, semi, anti

        /// Whether only left rows come out.
        public var isFiltering: Bool { self == .semi || self == .anti }
    }

    public struct Key: Hashable, Sendable {
        public var left: Expression
        public var right: Expression
        /// IS NOT DISTINCT FROM rather than `=`.
        public var nullsAreEqual: Bool

        public init(left: Expression, right: Expression, nullsAreEqual: Bool) {
            self.left = left
            self.right = right
            self.nullsAreEqual = nullsAreEqual
        }
    }

    public init(kind: Kind, keys: [Key], residual: Expression?) {
        self.kind = kind
        self.keys = keys
        self.residual = residual
    }
}

/// One query of a program and where its result goes.
public struct LogicalQuery: Hashable, Sendable {
    public var sink: SinkDefinition
    public var plan: LogicalPlan
    public var presentation: SinkPlan.Presentation
    /// The statement that asked for it.
    public var statement = Span.none

    public init(
        sink: SinkDefinition, plan: LogicalPlan, presentation: SinkPlan.Presentation = SinkPlan.Presentation()
    ) {
        self.sink = sink
        self.plan = plan
        self.presentation = presentation
    }
}

/// All of a file's sources and queries.
public struct LogicalProgram: Hashable, Sendable {
    /// The file's stem, from which generated types take their names.
    public var name: String
    /// Declared sources in order, used or not.
    public var sources: [SourceDefinition]
    public var queries: [LogicalQuery]
    /// What the file declares as written in Swift.
    public var functions: [UserFunction]
    public var aggregates: [UserAggregateFunction]

    public init(
        name: String, sources: [SourceDefinition], queries: [LogicalQuery], functions: [UserFunction] = [],
        aggregates: [UserAggregateFunction] = []
    ) {
        self.name = name
        self.sources = sources
        self.queries = queries
        self.functions = functions
        self.aggregates = aggregates
    }
}
