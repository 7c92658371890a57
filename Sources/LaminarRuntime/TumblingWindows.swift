/// The tumbling windows `[n × size + offset, (n + 1) × size + offset)` of event time, numbered by `n`.
///
/// Windows are aligned to the epoch plus the offset, also before it. Times are microseconds; every Int64 has a window, and
/// bounds that do not fit are held at the ends of Int64.
public struct TumblingWindows: Sendable, Equatable, BitwiseCopyable {
    /// Greater than zero.
    public let size: Int64
    /// From zero up to, not including, `size`.
    public let offset: Int64

    /// - Parameters:
    ///   - size: the length of a window; greater than zero.
    ///   - offset: any shift; only its remainder by `size` matters.
    @inlinable public init(size: Int64, offset: Int64 = 0) {
        precondition(size > 0, "A window has a length.")
        self.size = size
        let remainder = offset % size
        self.offset = remainder < 0 ? remainder &+ size : remainder
    }

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

    public func bounds(of index: Int64) -> WindowBounds { WindowBounds(start: start(of: index), end: end(of: index)) }
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
