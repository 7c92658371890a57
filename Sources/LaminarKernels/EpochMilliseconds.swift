public import LaminarTypes

/// The microseconds of a BIGINT event time, which counts milliseconds since the epoch; held at the ends of what a
/// timestamp can be, so that no time of a row overflows.
@inlinable public func microsecondsOfMilliseconds(_ milliseconds: Int64) -> Int64 {
    let most = Int64.max / 1000
    return max(-most, min(most, milliseconds)) &* 1000
}

/// The microseconds of a BIGINT that counts milliseconds since the epoch; 22008 if it is no time that a timestamp can be.
@inlinable public func timestampOfMilliseconds(_ milliseconds: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    let microseconds = microsecondsOfMilliseconds(milliseconds)
    if _slowPath(microseconds / 1000 != milliseconds || !Chronology.isValidTimestamp(microseconds)) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
    }
    return microseconds
}

/// The milliseconds of a time in microseconds, rounded down.
@inlinable public func millisecondsOfMicroseconds(_ microseconds: Int64) -> Int64 {
    let quotient = microseconds / 1000
    return microseconds % 1000 < 0 ? quotient &- 1 : quotient
}
