/// What an operator over event time does with the columns of its input.
public enum EventTimePlan: Hashable, Sendable {
    /// Each row once for each of its windows, with `window_start`, `window_end` and `window_time` behind its columns.
    case expandWindows(ExpandWindowsPlan)
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
