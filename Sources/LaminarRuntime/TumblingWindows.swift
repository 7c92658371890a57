/// Windows that end one `size` after the other, numbered by `n`, which says in which pane
/// `[n × size + offset, (n + 1) × size + offset)` of event time a window's last time lies.
///
/// A tumbling window is its pane. Hopping and cumulating windows are longer or shorter than the pane in which they end, and
/// a row is in several of them. Either it comes once for each, with the window's last time as its own (`isAssigned`, see
/// `WindowExpander`), or its own time says in which windows it is: times that no window's start or end lies between are a
/// `WindowPane`. Sessions end anywhere: their panes are single microseconds.
///
/// Panes are aligned to the epoch plus the offset, also before it. Times are microseconds; every Int64 has a window, and
/// bounds that do not fit are held at the ends of Int64.
public struct TumblingWindows: Sendable, Equatable, BitwiseCopyable {
    /// From one window's end to the next; greater than zero.
    public let size: Int64
    /// From zero up to, not including, `size`.
    public let offset: Int64
    /// The length of each window; of the longest one where they cumulate; nil: that of the pane.
    @usableFromInline let length: Int64?
    /// Where the longest windows start, from zero up to their length, if windows cumulate.
    @usableFromInline let origin: Int64?
    /// Whether a row comes once for each of its windows.
    public let isAssigned: Bool

    /// - Parameters:
    ///   - size: the length of a window; greater than zero.
    ///   - offset: any shift; only its remainder by `size` matters.
    @inlinable public init(size: Int64, offset: Int64 = 0) {
        precondition(size > 0, "A window has a length.")
        self.size = size
        let remainder = offset % size
        self.offset = remainder < 0 ? remainder &+ size : remainder
        length = nil
        origin = nil
        isAssigned = true
    }

    private init(step: Int64, end: Int64, length: Int64, origin: Int64?, isAssigned: Bool) {
        self.isAssigned = isAssigned
        self.size = step
        let remainder = end % step
        offset = remainder < 0 ? remainder &+ step : remainder
        self.length = length
        self.origin = origin
    }

    /// Windows `[n × slide + offset, n × slide + offset + size)`.
    public static func hopping(
        size: Int64, slide: Int64, offset: Int64 = 0, isAssigned: Bool = false
    ) -> TumblingWindows {
        TumblingWindows(
            step: slide, end: saturatingAdd(size, offset % slide), length: size, origin: nil, isAssigned: isAssigned)
    }

    /// Windows from each `n × size + offset` of one step, of two, and so on up to `size`, which is a multiple of `step`.
    public static func cumulating(
        size: Int64, step: Int64, offset: Int64 = 0, isAssigned: Bool = false
    ) -> TumblingWindows {
        let remainder = offset % size
        return TumblingWindows(
            step: step, end: offset % step, length: size, origin: remainder < 0 ? remainder &+ size : remainder,
            isAssigned: isAssigned)
    }

    /// Windows that may end anywhere; where they start is known elsewhere.
    public static var sessions: TumblingWindows { TumblingWindows(size: 1) }

    /// The number of the window that contains `time`.
    @inlinable public func index(of time: Int64) -> Int64 {
        // Sound without overflow: |time / size| is at most 2^63 only for size 1, whose offset is 0 and remainder 0.
        var quotient = time / size
        var remainder = time % size
        if remainder < 0 {
            quotient &-= 1
            remainder &+= size
        }
        return remainder < offset ? quotient &- 1 : quotient
    }

    /// The first time of a window.
    @inlinable public func start(of index: Int64) -> Int64 { Int64(clamping: exactStart(Int128(index))) }

    /// The first time behind a window.
    @inlinable public func end(of index: Int64) -> Int64 { Int64(clamping: exactStart(Int128(index) + 1)) }

    /// The last time in a window.
    @inlinable public func last(of index: Int64) -> Int64 { Int64(clamping: exactStart(Int128(index) + 1) - 1) }

    @inlinable func exactStart(_ index: Int128) -> Int128 { index * Int128(size) + Int128(offset) }

    public func bounds(of index: Int64) -> WindowBounds {
        let end = end(of: index)
        guard let length else { return WindowBounds(start: start(of: index), end: end) }
        guard let origin else { return WindowBounds(start: saturatingSubtract(end, length), end: end) }
        let longest = TumblingWindows(size: length, offset: origin)
        return WindowBounds(start: longest.start(of: longest.index(of: saturatingSubtract(end, 1))), end: end)
    }
}

/// The sum, held at the ends of Int64.
@inlinable func saturatingAdd(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b < 0 ? .min : .max) : sum
}

/// The difference, held at the ends of Int64.
@inlinable func saturatingSubtract(_ a: Int64, _ b: Int64) -> Int64 {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    return overflow ? (b < 0 ? .max : .min) : difference
}
