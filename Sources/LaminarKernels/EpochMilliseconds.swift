/// The microseconds of a BIGINT event time, which counts milliseconds since the epoch; held at the ends of what a
/// timestamp can be, so that no time of a row overflows.
@inlinable public func microsecondsOfMilliseconds(_ milliseconds: Int64) -> Int64 {
    let most = Int64.max / 1000
    return max(-most, min(most, milliseconds)) &* 1000
}

/// The milliseconds of a time in microseconds, rounded down.
@inlinable public func millisecondsOfMicroseconds(_ microseconds: Int64) -> Int64 {
    let quotient = microseconds / 1000
    return microseconds % 1000 < 0 ? quotient &- 1 : quotient
}
