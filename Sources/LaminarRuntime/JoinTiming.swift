/// How the times of two inputs bound a join, in microseconds.
public struct JoinTiming: Sendable, Equatable {
    /// The columns of the times.
    public var left: Int
    public var right: Int
    /// How far the right time may lie behind the left one (before it where negative), at least and at most; nil: no bound.
    /// An interval without a value in it matches nothing.
    public var lower: Int64?
    public var upper: Int64?
    /// For which rows wait behind the watermark.
    public var lateness: Int64
    /// Whether pairs come out when both watermarks have passed their times, which are equal: windows that close.
    public var waits: Bool
    /// The inputs whose time is an event time of what comes out, so that the watermark behind the join holds for it.
    public var carriesLeft: Bool
    public var carriesRight: Bool

    public init(
        left: Int, right: Int, lower: Int64?, upper: Int64?, lateness: Int64 = 0, waits: Bool = false,
        carriesLeft: Bool = false, carriesRight: Bool = false
    ) {
        self.left = left
        self.right = right
        self.lower = lower
        self.upper = upper
        self.lateness = lateness
        self.waits = waits
        self.carriesLeft = carriesLeft
        self.carriesRight = carriesRight
    }

    /// Whether no two times are so far apart, so that nothing waits for a time, and none is late.
    @inlinable var isEmpty: Bool {
        guard let lower, let upper else { return false }
        return lower > upper
    }

    /// The times of the other side that a row of a side can meet.
    @inlinable func range(of time: Int64, from side: JoinSide) -> (low: Int64, high: Int64) {
        let lower = lower.map { side == .left ? $0 : 0 &- $0 }
        let upper = upper.map { side == .left ? $0 : 0 &- $0 }
        let low = side == .left ? lower : upper
        let high = side == .left ? upper : lower
        return (low.map { saturatingAdd(time, $0) } ?? .min, high.map { saturatingAdd(time, $0) } ?? .max)
    }

    /// The time before which rows of a side meet nothing any more, by the other side's watermark.
    @inlinable func horizon(of side: JoinSide, otherWatermark watermark: Int64) -> Int64 {
        if watermark == noWatermark { return .min }
        if watermark == endOfInput { return .max }
        if side == .left { return upper.map { saturatingSubtract(watermark, $0) } ?? .min }
        return lower.map { saturatingAdd(watermark, $0) } ?? .min
    }

    /// The least time of each input that may still come out, by the inputs' watermarks; the least of those carried.
    @inlinable func outputWatermark(left: Int64, right: Int64) -> Int64 {
        func moved(_ watermark: Int64, _ distance: Int64?) -> Int64 {
            if watermark == endOfInput || watermark == noWatermark { return watermark }
            guard let distance else { return noWatermark }
            return min(saturatingAdd(watermark, distance), endOfInput - 1)
        }
        let ofLeft = min(left, moved(right, upper.map { 0 &- $0 }))
        let ofRight = min(right, moved(left, lower))
        switch (carriesLeft, carriesRight) {
        case (true, true): return min(ofLeft, ofRight)
        case (true, false): return ofLeft
        case (false, true): return ofRight
        case (false, false): return min(left, right)
        }
    }
}
