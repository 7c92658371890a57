/// The exclusive end of the tumbling window that contains `time`.
/// - SeeAlso: `windowStart(_:_:_:)`.
@inlinable public func windowEnd(_ time: Int64, _ size: Int64, _ offset: Int64) -> Int64 {
    windowStart(time, size, offset) &+ size
}

/// The last microsecond of the tumbling window that contains `time`: its end minus one.
@inlinable public func windowTime(_ time: Int64, _ size: Int64, _ offset: Int64) -> Int64 {
    windowStart(time, size, offset) &+ size &- 1
}
