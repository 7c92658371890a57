public import LaminarTypes

// TIMESTAMPTZ is held in UTC and the session's zone is UTC, so it converts as TIMESTAMP does.

/// Midnight of the day; 22008 past what a timestamp holds.
@inlinable public func castDateToTimestamp(_ a: Int32, _ fault: inout Fault, at site: Int) -> Int64 {
    if _slowPath(Chronology.isInfinite(date: a)) {
        return a > 0 ? Chronology.infiniteTimestamp : Chronology.negativeInfiniteTimestamp
    }
    let (result, overflow) = Int64(a).multipliedReportingOverflow(by: Chronology.microsecondsPerDay)
    if _slowPath(overflow) { fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site) }
    return result
}

@inlinable public func castTimestampToDate(_ a: Int64) -> Int32 {
    if _slowPath(Chronology.isInfinite(timestamp: a)) {
        return a > 0 ? Chronology.infiniteDate : Chronology.negativeInfiniteDate
    }
    return Int32(truncatingIfNeeded: Chronology.split(a).days)
}

/// Microseconds since midnight. An infinite timestamp is midnight here; lowering makes NULL of it.
@inlinable public func castTimestampToTime(_ a: Int64) -> Int64 {
    Chronology.isInfinite(timestamp: a) ? 0 : Chronology.split(a).microseconds
}

@inlinable public func castTimeToInterval(_ a: Int64) -> Interval { Interval(microseconds: a) }

/// The time of day of what is left without days and months; negative spans count back from midnight.
@inlinable public func castIntervalToTime(_ a: Interval) -> Int64 {
    let rest = a.microseconds % Chronology.microsecondsPerDay
    return rest < 0 ? rest &+ Chronology.microsecondsPerDay : rest
}

/// TIMESTAMP(digits) and TIMESTAMPTZ(digits).
public func roundTimestamp(_ a: Int64, _ digits: Int32) -> Int64 {
    DateTimeText.rounded(timestamp: a, digits: Int(digits))
}

/// TIME(digits).
public func roundTime(_ a: Int64, _ digits: Int32) -> Int64 { DateTimeText.rounded(time: a, digits: Int(digits)) }

/// `a::INTERVAL HOUR TO MINUTE` and `INTERVAL(digits)`: `qualifier` is the raw value of an ``IntervalQualifier``.
public func restrictInterval(_ a: Interval, _ qualifier: Int32, _ digits: Int32) -> Interval {
    a.restricted(to: IntervalQualifier(rawValue: UInt8(truncatingIfNeeded: qualifier)), secondDigits: Int(digits))
}
