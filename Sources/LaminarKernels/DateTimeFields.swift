public import LaminarTypes

// Fields are the raw values of `DateTimeField`, constants in the calling program, so that the switches fold away.
// EXTRACT gives NUMERIC with PostgreSQL's scales, date_part the same as DOUBLE PRECISION.

/// A year as people count it: without a year zero.
@inlinable func civilYear(_ year: Int) -> Int { year > 0 ? year : year &- 1 }

/// The field of a day, where a date has it; 0 where not.
@inlinable func dateField(_ field: DateTimeField, _ days: Int) -> Int64 {
    let result: Int
    switch field {
    case .day: result = CivilCalendar.date(days: days).day
    case .month: result = CivilCalendar.date(days: days).month
    case .quarter: result = (CivilCalendar.date(days: days).month &- 1) / 3 &+ 1
    case .year: result = civilYear(CivilCalendar.date(days: days).year)
    case .decade:
        let year = CivilCalendar.date(days: days).year
        result = year >= 0 ? year / 10 : 0 &- (8 &- (year &- 1)) / 10
    case .century:
        let year = CivilCalendar.date(days: days).year
        result = year > 0 ? (year &+ 99) / 100 : 0 &- (99 &- (year &- 1)) / 100
    case .millennium:
        let year = CivilCalendar.date(days: days).year
        result = year > 0 ? (year &+ 999) / 1000 : 0 &- (999 &- (year &- 1)) / 1000
    case .week: result = CivilCalendar.isoWeek(days: days).week
    case .isoyear: result = civilYear(CivilCalendar.isoWeek(days: days).year)
    case .dow: result = CivilCalendar.dayOfWeek(days: days)
    case .isodow:
        let day = CivilCalendar.dayOfWeek(days: days)
        result = day == 0 ? 7 : day
    case .doy: result = CivilCalendar.dayOfYear(CivilCalendar.date(days: days))
    case .julian: result = CivilCalendar.julianDay(days: days)
    case .epoch: result = days &* 86_400
    default: result = 0
    }
    return Int64(result)
}

/// The value of an infinite date's or timestamp's field: infinite where the field grows with time. The others are NULL,
/// which a kernel cannot give: lowering sees to it.
@inlinable func infiniteField(_ field: DateTimeField, isNegative: Bool) -> Decimal {
    field.isMonotonic ? Decimal(kind: isNegative ? .negativeInfinity : .positiveInfinity) : .notANumber
}

@inlinable func invalidField(_ fault: inout Fault, at site: Int) {
    fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
}

/// `EXTRACT(field FROM date)`.
@inlinable public func extractFromDate(_ field: Int32, _ a: Int32, _ fault: inout Fault, at site: Int) -> Decimal {
    guard let field = DateTimeField(rawValue: field), field.isOfDate else {
        invalidField(&fault, at: site)
        return .zero
    }
    if _slowPath(Chronology.isInfinite(date: a)) { return infiniteField(field, isNegative: a < 0) }
    return Decimal(dateField(field, Int(a)))
}

/// The fields of a time of day; seconds and smaller with their fractions.
@inlinable func timeField(_ field: DateTimeField, _ microseconds: Int64) -> Decimal {
    switch field {
    case .microsecond: Decimal(microseconds % 60_000_000)
    case .millisecond: Decimal(unscaled: Int128(microseconds % 60_000_000), scale: 3)
    case .second: Decimal(unscaled: Int128(microseconds % 60_000_000), scale: 6)
    case .minute: Decimal(microseconds / 60_000_000 % 60)
    case .hour: Decimal(microseconds / 3_600_000_000)
    default: Decimal(unscaled: Int128(microseconds), scale: 6)
    }
}

/// `EXTRACT(field FROM time)`.
@inlinable public func extractFromTime(_ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int) -> Decimal {
    guard let field = DateTimeField(rawValue: field), field.isOfTime else {
        invalidField(&fault, at: site)
        return .zero
    }
    return timeField(field, a)
}

/// `EXTRACT(field FROM timestamp)`.
@inlinable public func extractFromTimestamp(
    _ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int
) -> Decimal {
    guard let field = DateTimeField(rawValue: field), field.isOfTimestamp else {
        invalidField(&fault, at: site)
        return .zero
    }
    if _slowPath(Chronology.isInfinite(timestamp: a)) { return infiniteField(field, isNegative: a < 0) }
    let (days, time) = Chronology.split(a)
    switch field {
    case .epoch: return Decimal(unscaled: Int128(a), scale: 6)
    case .julian: return julianField(days, time)
    case .microsecond, .millisecond, .second, .minute, .hour: return timeField(field, time)
    default: return Decimal(dateField(field, days))
    }
}

@usableFromInline func julianField(_ days: Int, _ time: Int64) -> Decimal {
    let fraction = Decimal(time).dividedReportingOverflow(by: Decimal(Chronology.microsecondsPerDay)).partialValue
    return Decimal(CivilCalendar.julianDay(days: days)).addingReportingOverflow(fraction).partialValue
}

/// `EXTRACT(field FROM timestamptz)` in UTC.
@inlinable public func extractFromTimestamptz(
    _ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int
) -> Decimal {
    switch DateTimeField(rawValue: field) {
    case .timezone, .timezoneHour, .timezoneMinute: .zero
    default: extractFromTimestamp(field, a, &fault, at: site)
    }
}

/// `EXTRACT(field FROM interval)`.
@inlinable public func extractFromInterval(
    _ field: Int32, _ a: Interval, _ fault: inout Fault, at site: Int
) -> Decimal {
    guard let field = DateTimeField(rawValue: field), field.isOfInterval else {
        invalidField(&fault, at: site)
        return .zero
    }
    let years = a.months / 12
    switch field {
    case .day: return Decimal(a.days)
    case .month: return Decimal(a.months % 12)
    case .quarter: return Decimal(a.months % 12 / 3 + 1)
    case .year: return Decimal(years)
    case .decade: return Decimal(years / 10)
    case .century: return Decimal(years / 100)
    case .millennium: return Decimal(years / 1000)
    case .epoch:
        // A year has 365.25 days here; four times as much keeps it whole.
        let quarterDays =
            1461 * Int128(years) + 120 * Int128(a.months % 12) + 4 * Int128(a.days)
        return Decimal(unscaled: quarterDays * 21_600_000_000 + Int128(a.microseconds), scale: 6)
    default: return timeField(field, a.microseconds)
    }
}

// MARK: date_part

/// `date_part(field, date)`.
@inlinable public func datePartOfDate(_ field: Int32, _ a: Int32, _ fault: inout Fault, at site: Int) -> Double {
    guard let known = DateTimeField(rawValue: field) else {
        invalidField(&fault, at: site)
        return 0
    }
    if Chronology.isInfinite(date: a) { return infiniteField(known, isNegative: a < 0).doubleValue }
    // A date counts as a timestamp at midnight here, and so has hours.
    return known.isOfDate ? Double(dateField(known, Int(a))) : 0
}

/// `date_part(field, time)`.
@inlinable public func datePartOfTime(_ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int) -> Double {
    extractFromTime(field, a, &fault, at: site).doubleValue
}

/// `date_part(field, timestamp)`.
@inlinable public func datePartOfTimestamp(
    _ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int
) -> Double {
    extractFromTimestamp(field, a, &fault, at: site).doubleValue
}

/// `date_part(field, timestamptz)` in UTC.
@inlinable public func datePartOfTimestamptz(
    _ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int
) -> Double {
    extractFromTimestamptz(field, a, &fault, at: site).doubleValue
}

/// `date_part(field, interval)`.
@inlinable public func datePartOfInterval(
    _ field: Int32, _ a: Interval, _ fault: inout Fault, at site: Int
) -> Double {
    if field == DateTimeField.epoch.rawValue {
        // PostgreSQL adds these up in doubles, whose last digit shows.
        var seconds = Double(a.microseconds) / 1_000_000
        seconds += 365.25 * 86_400 * Double(a.months / 12)
        seconds += 30 * 86_400 * Double(a.months % 12)
        return seconds + 86_400 * Double(a.days)
    }
    return extractFromInterval(field, a, &fault, at: site).doubleValue
}
