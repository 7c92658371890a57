/// The exclusive end of the tumbling window that contains `time`.
/// - SeeAlso: `windowStart(_:_:_:)`.
@inlinable public func windowEnd(_ time: Int64, _ size: Int64, _ offset: Int64) -> Int64 {
    windowStart(time, size, offset) &+ size
}

/// The last microsecond of the tumbling window that contains `time`: its end minus one.
@inlinable public func windowTime(_ time: Int64, _ size: Int64, _ offset: Int64) -> Int64 {
    windowStart(time, size, offset) &+ size &- 1
}

/// The last microsecond of a window of which one bound is known: `length` behind its start, or 0 behind its end.
@inlinable public func windowLast(_ bound: Int64, _ length: Int64) -> Int64 { bound &+ length &- 1 }
