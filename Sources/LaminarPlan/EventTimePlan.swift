/// What an operator does that hands on its input's columns, most of them over event time.
public enum EventTimePlan: Hashable, Sendable {
    /// Each row as often as a column says, numbered behind its columns.
    case expandRows(ExpandRowsPlan)
    /// Each row once for each of its windows, with `window_start`, `window_end` and `window_time` behind its columns.
    case expandWindows(ExpandWindowsPlan)
    /// Each row with its session's `window_start`, `window_end` and `window_time` behind its columns.
    case sessions(SessionsPlan)
    /// The rows themselves, held back until the watermark has passed their event time, in its order.
    case order(EventTimeOrderPlan)
    /// The rows of windows whose watermark is kept by key, all of a window at once when it closes.
    case keyedWindows(KeyedWindowsPlan)
    /// The rows that a windowed aggregation over the same input drops as late.
    case lateRows(LateRowsPlan)
    /// Rows with the processing time or the watermark behind their columns.
    case stamp(StampPlan)
    /// Changes, held back and given out at intervals of processing time.
    case periodic(PeriodicPlan)
    /// Changes, held back until the batch that led to them has been processed.
    case consolidate
}

/// Puts processing time and the watermark behind the columns of each row.
public struct StampPlan: Hashable, Sendable {
    /// The input's columns that are handed on.
    public var columns: [Int]
    public var processingTime: Bool
    public var watermark: Bool
    /// The windows of processing time that follow, for which the clock is the watermark.
    public var windows: WindowShape?

    public init(columns: [Int], processingTime: Bool, watermark: Bool, windows: WindowShape?) {
        self.columns = columns
        self.processingTime = processingTime
        self.watermark = watermark
        self.windows = windows
    }
}

/// Gives changes out at intervals of processing time.
public struct PeriodicPlan: Hashable, Sendable {
    /// The input's columns that are handed on; those behind them only serve the operator.
    public var columns: Int
    /// The columns that tell results apart.
    public var keys: [Int]
    /// Microseconds.
    public var interval: Int64
    /// The column that holds the last time of the row's window.
    public var last: Int

    public init(columns: Int, keys: [Int], interval: Int64, last: Int) {
        self.columns = columns
        self.keys = keys
        self.interval = interval
        self.last = last
    }
}

/// Repeats each row.
public struct ExpandRowsPlan: Hashable, Sendable {
    /// The input's columns that are handed on; those behind them only serve the operator.
    public var columns: Int
    /// The BIGINT column that says how often.
    public var count: Int
    /// Whether a row of no count comes out once, without a number.
    public var keepsEmpty: Bool

    public init(columns: Int, count: Int, keepsEmpty: Bool) {
        self.columns = columns
        self.count = count
        self.keepsEmpty = keepsEmpty
    }
}

/// Gives each row to each of its hopping or cumulating windows.
public struct ExpandWindowsPlan: Hashable, Sendable {
    /// The input's columns that are handed on; those behind them only serve the operator.
    public var columns: Int
    /// The column that holds the time, in microseconds since the epoch.
    public var time: Int
    public var window: WindowShape
    /// Microseconds between a window's end and its `window_time`: what the type of the time can tell apart.
    public var timeUnit: Int64
    /// Whether the time is an event time under a watermark, which must not be NULL; else a row of no time is in no window.
    public var hasWatermark: Bool

    public init(columns: Int, time: Int, window: WindowShape, timeUnit: Int64, hasWatermark: Bool) {
        self.columns = columns
        self.time = time
        self.window = window
        self.timeUnit = timeUnit
        self.hasWatermark = hasWatermark
    }
}

/// Keeps rows until the watermark has passed their session.
public struct SessionsPlan: Hashable, Sendable {
    /// The input's columns that are handed on; those behind them only serve the operator.
    public var columns: Int
    /// The column that holds the time, in microseconds since the epoch.
    public var time: Int
    /// The columns that keep sessions apart.
    public var keys: [Int]
    /// Microseconds.
    public var gap: Int64
    /// Microseconds for which a session waits behind the watermark.
    public var lateness: Int64
    /// Whether a session comes out once, when the watermark has passed it; else its rows come out at once, and again,
    /// their old form taken back, where it grows.
    public var closes: Bool
    /// Whether sessions that change come out only once the watermark has reached their end.
    public var waitsForEnd = false
    /// Whether not the sessions come out but the rows that are late for theirs.
    public var givesOutLateRows = false
    /// Set where keys have watermarks of their own.
    public var keyed: KeyedWatermark?
    /// Whether rows that are taken back may shorten a session, which closes once the batch has been processed.
    public var takesRowsBack = false
    /// Microseconds between a session's end and its `window_time`.
    public var timeUnit: Int64
    /// Whether the time is an event time under a watermark, which must not be NULL; else a row of no time is in no session.
    public var hasWatermark: Bool

    public init(
        columns: Int, time: Int, keys: [Int], gap: Int64, lateness: Int64, closes: Bool, timeUnit: Int64,
        hasWatermark: Bool
    ) {
        self.columns = columns
        self.time = time
        self.keys = keys
        self.gap = gap
        self.lateness = lateness
        self.closes = closes
        self.timeUnit = timeUnit
        self.hasWatermark = hasWatermark
    }
}

/// Judges rows by the watermark of their key, and holds them back until it has come far enough.
public struct KeyedWindowsPlan: Hashable, Sendable {
    /// The input's columns that are handed on; those behind them only serve the operator.
    public var columns: Int
    /// The columns of the row's event time and of its window's end, in microseconds since the epoch.
    public var eventTime: Int
    public var end: Int
    public var watermark: KeyedWatermark
    /// Microseconds for which a window waits behind the watermark.
    public var lateness: Int64
    /// When the rows come out: when their window has closed, at once, or when the watermark has reached its end.
    public var emission: WindowEmissionPlan
    /// Whether nothing comes out but the rows that are late.
    public var givesOutLateRows: Bool

    public init(
        columns: Int, eventTime: Int, end: Int, watermark: KeyedWatermark, lateness: Int64, emission: WindowEmissionPlan,
        givesOutLateRows: Bool
    ) {
        self.columns = columns
        self.eventTime = eventTime
        self.end = end
        self.watermark = watermark
        self.lateness = lateness
        self.emission = emission
        self.givesOutLateRows = givesOutLateRows
    }
}

/// Holds rows back until the watermark has passed their event time.
public struct EventTimeOrderPlan: Hashable, Sendable {
    /// The column that holds the event time, in microseconds since the epoch.
    public var time: Int
    /// Microseconds for which a row waits behind the watermark.
    public var lateness: Int64
    /// What orders rows of one time, before their arrival does.
    public var ties: [SinkPlan.Presentation.Ordering]

    public init(time: Int, lateness: Int64, ties: [SinkPlan.Presentation.Ordering]) {
        self.time = time
        self.lateness = lateness
        self.ties = ties
    }
}

/// Gives out the rows whose window has closed before them.
public struct LateRowsPlan: Hashable, Sendable {
    /// The input's columns that are handed on; those behind them only serve the operator.
    public var columns: Int
    /// The column that holds a time in the row's window, in microseconds since the epoch.
    public var time: Int
    public var window: WindowShape
    /// Microseconds for which a window waits behind the watermark.
    public var lateness: Int64

    public init(columns: Int, time: Int, window: WindowShape, lateness: Int64) {
        self.columns = columns
        self.time = time
        self.window = window
        self.lateness = lateness
    }
}
