/// Times that are in the same windows: a row of one is a row of the other.
public struct WindowPane: Sendable, Equatable, BitwiseCopyable {
    /// The first and the last time.
    public let lower: Int64
    public let upper: Int64
    /// The numbers of the first and the last window; the first is greater where the times are in none.
    public let first: Int64
    public let last: Int64

    @inlinable init(lower: Int64, upper: Int64, first: Int64, last: Int64) {
        self.lower = lower
        self.upper = upper
        self.first = first
        self.last = last
    }

    @inlinable public func contains(_ time: Int64) -> Bool { lower <= time && time <= upper }
}

extension TumblingWindows {
    /// Whether several windows are added up from panes.
    @inlinable public var sharesPanes: Bool { !isAssigned && length != nil }

    /// Whether windows grow from a common start.
    @inlinable public var cumulates: Bool { origin != nil }

    /// The pane of a time.
    ///
    /// Between two ends of hopping windows one window starts, unless the slide divides the size: so there are at most two
    /// panes a slide, however small their common divisor is.
    /// - SeeAlso: Krishnamurthy, Wu, Franklin, "On-the-fly sharing for streamed aggregation", SIGMOD 2006.
    @usableFromInline func pane(of time: Int64) -> WindowPane {
        let first = index(of: time)
        guard sharesPanes, let length else {
            return WindowPane(lower: start(of: first), upper: last(of: first), first: first, last: first)
        }
        if let origin {
            let longest = TumblingWindows(size: length, offset: origin)
            let end = longest.last(of: longest.index(of: time))
            return WindowPane(lower: start(of: first), upper: last(of: first), first: first, last: index(of: end))
        }
        // The window after the last one of the time starts in the pane of `time + length`.
        let next = index(ofExact: Int128(time) + Int128(length))
        let lower = max(exactStart(Int128(first)), exactStart(Int128(next)) - Int128(length))
        let upper = min(exactStart(Int128(first) + 1), exactStart(Int128(next) + 1) - Int128(length)) - 1
        return WindowPane(
            lower: Int64(clamping: lower), upper: Int64(clamping: upper), first: first, last: next - 1)
    }

    private func index(ofExact time: Int128) -> Int64 {
        if let time = Int64(exactly: time) { return index(of: time) }
        let shifted = time - Int128(offset)
        let quotient = shifted / Int128(size)
        return Int64(clamping: shifted % Int128(size) < 0 ? quotient - 1 : quotient)
    }

    /// Where in the pane of an end, counted from its start, a window starts; nil: at the start.
    @usableFromInline var startInPane: Int64? {
        guard sharesPanes, origin == nil, let length, length % size != 0 else { return nil }
        return size - length % size
    }
}
