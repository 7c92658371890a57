public import LaminarTypes

/// `make_date(year, month, day)`; a negative year is BC, year zero and what no calendar has are 22008.
public func makeDate(_ year: Int32, _ month: Int32, _ day: Int32, _ fault: inout Fault, at site: Int) -> Int32 {
    guard let days = civilDays(year, month, day), let result = Int32(exactly: days), Chronology.isValidDate(result)
    else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return 0
    }
    return result
}

private func civilDays(_ year: Int32, _ month: Int32, _ day: Int32) -> Int? {
    let astronomical = year < 0 ? Int(year) + 1 : Int(year)
    guard year != 0, (1...12).contains(month), day >= 1,
        Int(day) <= CivilCalendar.dayCount(year: astronomical, month: Int(month))
    else { return nil }
    return CivilCalendar.days(year: astronomical, month: Int(month), day: Int(day))
}

private func clockMicroseconds(_ hour: Int32, _ minute: Int32, _ second: Double) -> Int64? {
    // Rounded before it is judged.
    let microseconds = (second * 1_000_000).rounded(.toNearestOrEven)
    guard hour >= 0, minute >= 0, minute < 60, hour <= 24, microseconds >= 0, microseconds <= 60_000_000 else { return nil }
    let time = (Int64(hour) * 60 + Int64(minute)) * 60_000_000 + Int64(microseconds)
    return time <= Chronology.microsecondsPerDay ? time : nil
}

/// `make_time(hour, minute, second)`; 22008 out of range.
public func makeTime(_ hour: Int32, _ minute: Int32, _ second: Double, _ fault: inout Fault, at site: Int) -> Int64 {
    guard let result = clockMicroseconds(hour, minute, second) else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return 0
    }
    return result
}

/// `make_timestamp(…)`, and `make_timestamptz` in UTC; 22008 out of range.
public func makeTimestamp(
    _ year: Int32, _ month: Int32, _ day: Int32, _ hour: Int32, _ minute: Int32, _ second: Double,
    _ fault: inout Fault, at site: Int
) -> Int64 {
    guard let days = civilDays(year, month, day), let time = clockMicroseconds(hour, minute, second),
        let result = Chronology.timestamp(days: days, microseconds: time)
    else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return 0
    }
    return result
}

/// `make_interval(years, months, weeks, days, hours, mins, secs)`; 22008 out of range.
public func makeInterval(
    _ years: Int32, _ months: Int32, _ weeks: Int32, _ days: Int32, _ hours: Int32, _ minutes: Int32,
    _ seconds: Double, _ fault: inout Fault, at site: Int
) -> Interval {
    let time =
        (Double(hours) * 3600 + Double(minutes) * 60) * 1_000_000
        + (seconds * 1_000_000).rounded(.toNearestOrEven)
    guard let wholeMonths = Int32(exactly: Int64(years) * 12 + Int64(months)),
        let wholeDays = Int32(exactly: Int64(weeks) * 7 + Int64(days)), let wholeTime = Int64(exactly: time)
    else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return Interval()
    }
    return Interval(months: wholeMonths, days: wholeDays, microseconds: wholeTime)
}

/// `to_timestamp(seconds)`: seconds since the epoch; 22008 for NaN and out of range.
public func timestampFromEpoch(_ seconds: Double, _ fault: inout Fault, at site: Int) -> Int64 {
    if seconds == .infinity { return Chronology.infiniteTimestamp }
    if seconds == -.infinity { return Chronology.negativeInfiniteTimestamp }
    // PostgreSQL counts from 2000-01-01, which decides how the last microsecond rounds.
    let base = 946_684_800.0
    let microseconds = ((seconds - base) * 1_000_000).rounded(.toNearestOrEven)
    guard microseconds.magnitude < 9.3e18, let relative = Int64(exactly: microseconds) else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return 0
    }
    let (result, overflow) = relative.addingReportingOverflow(946_684_800_000_000)
    if overflow || !Chronology.isValidTimestamp(result) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
    }
    return result
}
