/// The exclusive end of the tumbling window that contains `time`, held at the last timestamp.
/// - SeeAlso: `windowStart(_:_:_:)`.
@inlinable public func windowEnd(_ time: Int64, _ size: Int64, _ offset: Int64) -> Int64 {
    let (end, overflow) = windowStart(time, size, offset).addingReportingOverflow(size)
    return overflow ? .max : end
}

/// The last microsecond of the tumbling window that contains `time`: its end minus one.
@inlinable public func windowTime(_ time: Int64, _ size: Int64, _ offset: Int64) -> Int64 {
    windowEnd(time, size, offset) &- 1
}

/// The last microsecond of a window of which one bound is known: `length` behind its start, or 0 behind its end.
@inlinable public func windowLast(_ bound: Int64, _ length: Int64) -> Int64 {
    let (end, overflow) = bound.addingReportingOverflow(length)
    return (overflow ? .max : end) &- 1
}
