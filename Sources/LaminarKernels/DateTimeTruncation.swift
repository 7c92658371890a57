public import LaminarTypes

/// The start of the tumbling window that contains `time`: windows are aligned to `offset`, also before it.
///
/// - Parameter size: greater than zero, in the unit of `time`.
@inlinable public func windowStart(_ time: Int64, _ size: Int64, _ offset: Int64) -> Int64 {
    if _slowPath(size <= 0) { return time }
    let relative = time &- offset
    let rest = relative % size
    return time &- (rest < 0 ? rest &+ size : rest)
}

/// `date_trunc(field, timestamp)`; TIMESTAMPTZ alike, in UTC. 22023 for a field that it does not take.
@inlinable public func truncateTimestamp(_ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if _slowPath(Chronology.isInfinite(timestamp: a)) { return a }
    switch DateTimeField(rawValue: field) {
    case .microsecond: return a
    case .millisecond: return windowStart(a, 1000, 0)
    case .second: return windowStart(a, Chronology.microsecondsPerSecond, 0)
    case .minute: return windowStart(a, Chronology.microsecondsPerMinute, 0)
    case .hour: return windowStart(a, Chronology.microsecondsPerHour, 0)
    case .day: return windowStart(a, Chronology.microsecondsPerDay, 0)
    default: return truncateToDays(field, a, &fault, at: site)
    }
}

/// The fields that need the calendar.
@usableFromInline func truncateToDays(_ field: Int32, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    let days = Chronology.split(a).days
    let date = CivilCalendar.date(days: days)
    var year = date.year
    var month = 1
    let start: Int
    switch DateTimeField(rawValue: field) {
    case .week: start = days - CivilCalendar.floorRemainder(days + 3, 7)
    case .month, .quarter, .year, .decade, .century, .millennium:
        switch DateTimeField(rawValue: field) {
        case .month: month = date.month
        case .quarter: month = (date.month - 1) / 3 * 3 + 1
        case .decade: year = year > 0 ? year / 10 * 10 : -((8 - (year - 1)) / 10) * 10
        case .century: year = year > 0 ? (year + 99) / 100 * 100 - 99 : -((99 - (year - 1)) / 100) * 100 + 1
        case .millennium: year = year > 0 ? (year + 999) / 1000 * 1000 - 999 : -((999 - (year - 1)) / 1000) * 1000 + 1
        default: break
        }
        start = CivilCalendar.days(year: year, month: month, day: 1)
    default:
        invalidField(&fault, at: site)
        return a
    }
    guard let result = Chronology.timestamp(days: start, microseconds: 0) else {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return a
    }
    return result
}

/// `date_trunc(field, interval)`; 22023 for a field that it does not take.
public func truncateInterval(_ field: Int32, _ a: Interval, _ fault: inout Fault, at site: Int) -> Interval {
    func cut(months unit: Int32) -> Interval { Interval(months: a.months / unit * unit) }
    func cut(microseconds unit: Int64) -> Interval {
        Interval(months: a.months, days: a.days, microseconds: a.microseconds / unit * unit)
    }
    switch DateTimeField(rawValue: field) {
    case .microsecond: return a
    case .millisecond: return cut(microseconds: 1000)
    case .second: return cut(microseconds: Chronology.microsecondsPerSecond)
    case .minute: return cut(microseconds: Chronology.microsecondsPerMinute)
    case .hour: return cut(microseconds: Chronology.microsecondsPerHour)
    case .day: return Interval(months: a.months, days: a.days)
    case .month: return cut(months: 1)
    case .quarter: return cut(months: 3)
    case .year: return cut(months: 12)
    case .decade: return cut(months: 120)
    case .century: return cut(months: 1200)
    case .millennium: return cut(months: 12_000)
    default:
        invalidField(&fault, at: site)
        return a
    }
}

/// `date_bin(stride, source, origin)`: the start of the bin of `stride`, aligned to `origin`, that contains `source`.
///
/// 22008 for a stride that has months or is not positive, and where source and origin, or the start, are out of range.
@inlinable public func binTimestamp(
    _ stride: Interval, _ source: Int64, _ origin: Int64, _ fault: inout Fault, at site: Int
) -> Int64 {
    if Chronology.isInfinite(timestamp: source) { return source }
    let size = stride.comparableMicroseconds
    if _slowPath(
        stride.months != 0 || size <= 0 || size > Int128(Int64.max) || Chronology.isInfinite(timestamp: origin))
    {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return source
    }
    let width = Int64(truncatingIfNeeded: size)
    let (distance, isFar) = source.subtractingReportingOverflow(origin)
    let remainder = distance % width
    // Towards the past, also before the origin; only that can leave the timestamps.
    let (start, isBefore) = (origin &+ distance &- remainder).subtractingReportingOverflow(remainder < 0 ? width : 0)
    if _slowPath(isFar || isBefore || !Chronology.isValidTimestamp(start)) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
        return source
    }
    return start
}
