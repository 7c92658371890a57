public import LaminarTypes

// MARK: Timestamps and intervals

/// `timestamp + interval`: months first, at most to the month's last day, then days, then time; 22008 out of range.
@inlinable public func addInterval(_ a: Int64, _ b: Interval, _ fault: inout Fault, at site: Int) -> Int64 {
    if _fastPath(b.months == 0 && !Chronology.isInfinite(timestamp: a)) {
        let (days, overflow0) = Int64(b.days).multipliedReportingOverflow(by: Chronology.microsecondsPerDay)
        let (sum, overflow) = a.addingReportingOverflow(days)
        let (result, overflow2) = sum.addingReportingOverflow(b.microseconds)
        if _slowPath(overflow0 || overflow || overflow2 || !Chronology.isValidTimestamp(result)) {
            fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        }
        return result
    }
    return shift(a, months: Int64(b.months), days: Int64(b.days), Int128(b.microseconds), &fault, at: site)
}

/// `timestamp - interval`.
@inlinable public func subtractInterval(_ a: Int64, _ b: Interval, _ fault: inout Fault, at site: Int) -> Int64 {
    shift(a, months: 0 &- Int64(b.months), days: 0 &- Int64(b.days), 0 &- Int128(b.microseconds), &fault, at: site)
}

@usableFromInline func shift(
    _ a: Int64, months: Int64, days: Int64, _ microseconds: Int128, _ fault: inout Fault, at site: Int
) -> Int64 {
    if Chronology.isInfinite(timestamp: a) { return a }
    var (day, time) = Chronology.split(a)
    if months != 0 { day = shiftedMonths(day, Int(months)) }
    day += Int(days)
    let result = Int128(day) * Int128(Chronology.microsecondsPerDay) + Int128(time) + microseconds
    guard let shifted = Int64(exactly: result), Chronology.isValidTimestamp(shifted) else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return a
    }
    return shifted
}

/// The same day of another month, or its last day if it is shorter.
func shiftedMonths(_ days: Int, _ months: Int) -> Int {
    let date = CivilCalendar.date(days: days)
    let index = date.month - 1 + months
    let year = date.year + CivilCalendar.floorQuotient(index, 12)
    let month = CivilCalendar.floorRemainder(index, 12) + 1
    return CivilCalendar.days(
        year: year, month: month, day: min(date.day, CivilCalendar.dayCount(year: year, month: month)))
}

/// `timestamp - timestamp`: days and time; 22008 of infinities.
@inlinable public func subtractTimestamps(_ a: Int64, _ b: Int64, _ fault: inout Fault, at site: Int) -> Interval {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    if _slowPath(overflow || Chronology.isInfinite(timestamp: a) || Chronology.isInfinite(timestamp: b)) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return Interval()
    }
    return Interval(
        days: Int32(truncatingIfNeeded: difference / Chronology.microsecondsPerDay),
        microseconds: difference % Chronology.microsecondsPerDay)
}

/// `age(a, b)`: years, months, days and time between two timestamps, by the calendar.
public func age(_ a: Int64, _ b: Int64, _ fault: inout Fault, at site: Int) -> Interval {
    if Chronology.isInfinite(timestamp: a) || Chronology.isInfinite(timestamp: b) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return Interval()
    }
    let (later, earlier) = a >= b ? (a, b) : (b, a)
    let (laterDays, laterTime) = Chronology.split(later)
    let (earlierDays, earlierTime) = Chronology.split(earlier)
    let end = CivilCalendar.date(days: laterDays)
    let start = CivilCalendar.date(days: earlierDays)
    var time = laterTime - earlierTime
    var days = end.day - start.day
    var months = (end.year - start.year) * 12 + end.month - start.month
    if time < 0 {
        time += Chronology.microsecondsPerDay
        days -= 1
    }
    while days < 0 {
        // The days of a borrowed month are those of the earlier date's month.
        days += CivilCalendar.dayCount(year: start.year, month: start.month)
        months -= 1
    }
    let sign: Int64 = a >= b ? 1 : -1
    return Interval(
        months: Int32(truncatingIfNeeded: Int64(months) * sign), days: Int32(truncatingIfNeeded: Int64(days) * sign),
        microseconds: time * sign)
}

// MARK: Dates

/// `date + integer`; 22008 out of range.
@inlinable public func addDays(_ a: Int32, _ days: Int32, _ fault: inout Fault, at site: Int) -> Int32 {
    if _slowPath(Chronology.isInfinite(date: a)) { return a }
    let (result, overflow) = a.addingReportingOverflow(days)
    if _slowPath(overflow || !Chronology.isValidDate(result)) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
    }
    return result
}

/// `date - integer`; 22008 out of range.
@inlinable public func subtractDays(_ a: Int32, _ days: Int32, _ fault: inout Fault, at site: Int) -> Int32 {
    if _slowPath(Chronology.isInfinite(date: a)) { return a }
    let (result, overflow) = a.subtractingReportingOverflow(days)
    if _slowPath(overflow || !Chronology.isValidDate(result)) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
    }
    return result
}

/// `date - date` in days; 22008 of infinities.
@inlinable public func subtractDates(_ a: Int32, _ b: Int32, _ fault: inout Fault, at site: Int) -> Int32 {
    if _slowPath(Chronology.isInfinite(date: a) || Chronology.isInfinite(date: b)) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
    }
    return a &- b
}

/// `date + time`, a timestamp.
@inlinable public func addTimeToDate(_ a: Int32, _ time: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if _slowPath(Chronology.isInfinite(date: a)) { return castDateToTimestamp(a, &fault, at: site) }
    guard let result = Chronology.timestamp(days: Int(a), microseconds: time) else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return 0
    }
    return result
}

// MARK: Times of day

/// `time + interval`: the interval's time only, around midnight.
@inlinable public func addIntervalToTime(_ a: Int64, _ b: Interval) -> Int64 {
    windowRemainder(a &+ b.microseconds % Chronology.microsecondsPerDay)
}

/// `time - interval`.
@inlinable public func subtractIntervalFromTime(_ a: Int64, _ b: Interval) -> Int64 {
    windowRemainder(a &- b.microseconds % Chronology.microsecondsPerDay)
}

@inlinable func windowRemainder(_ time: Int64) -> Int64 {
    let rest = time % Chronology.microsecondsPerDay
    return rest < 0 ? rest &+ Chronology.microsecondsPerDay : rest
}

/// `time - time`.
@inlinable public func subtractTimes(_ a: Int64, _ b: Int64) -> Interval { Interval(microseconds: a &- b) }

// MARK: Intervals

/// `interval + interval`; 22008 when a field overflows.
@inlinable public func add(_ a: Interval, _ b: Interval, _ fault: inout Fault, at site: Int) -> Interval {
    unwrap(a.adding(b), &fault, at: site)
}

@inlinable public func subtract(_ a: Interval, _ b: Interval, _ fault: inout Fault, at site: Int) -> Interval {
    unwrap(a.subtracting(b), &fault, at: site)
}

@inlinable public func negate(_ a: Interval, _ fault: inout Fault, at site: Int) -> Interval {
    unwrap(a.negated, &fault, at: site)
}

/// `interval * double`: fractions of months become days, those of days time.
@inlinable public func multiply(_ a: Interval, _ b: Double, _ fault: inout Fault, at site: Int) -> Interval {
    unwrap(a.multiplied(by: b), &fault, at: site)
}

/// `interval / double`; 22012 by zero.
@inlinable public func divide(_ a: Interval, _ b: Double, _ fault: inout Fault, at site: Int) -> Interval {
    if _slowPath(b == 0) {
        fault.raise(EvaluationErrorCode.divisionByZero, at: site)
        return a
    }
    return unwrap(a.divided(by: b), &fault, at: site)
}

@inlinable public func justifyHours(_ a: Interval, _ fault: inout Fault, at site: Int) -> Interval {
    unwrap(a.justifyingHours, &fault, at: site)
}

@inlinable public func justifyDays(_ a: Interval, _ fault: inout Fault, at site: Int) -> Interval {
    unwrap(a.justifyingDays, &fault, at: site)
}

@inlinable public func justifyInterval(_ a: Interval, _ fault: inout Fault, at site: Int) -> Interval {
    unwrap(a.justified, &fault, at: site)
}

@inlinable func unwrap(_ value: Interval?, _ fault: inout Fault, at site: Int) -> Interval {
    guard let value else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return Interval()
    }
    return value
}

// MARK: Finiteness

@inlinable public func isFiniteDate(_ a: Int32) -> Bool { !Chronology.isInfinite(date: a) }
@inlinable public func isFiniteTimestamp(_ a: Int64) -> Bool { !Chronology.isInfinite(timestamp: a) }
/// Intervals have no infinity.
@inlinable public func isFiniteInterval(_ a: Interval) -> Bool { true }
