import LaminarTypes

// `UTC`, PostgreSQL's abbreviations, names of the system's time zone database, and fixed offsets. An offset in a zone's *name* counts west as POSIX does: '+03' is
// three hours behind UTC, though in a timestamp's text it is three hours ahead.

private func namedZone(_ name: StringView, _ fault: inout Fault, at site: Int) -> NamedTimeZone {
    guard let zone = name.withBytes({ NamedTimeZone($0) }) else {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return .fixed(0)
    }
    return zone
}

func shiftedBySeconds(_ a: Int64, _ seconds: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if Chronology.isInfinite(timestamp: a) { return a }
    let (result, overflow) = a.addingReportingOverflow(seconds &* 1_000_000)
    if overflow || !Chronology.isValidTimestamp(result) {
        fault.raise(EvaluationErrorCode.datetimeFieldOverflow, at: site)
    }
    return result
}

/// `timestamptz AT TIME ZONE zone`: the clock there. 22023 for a zone that is not known.
public func timestamptzAtZone(_ zone: StringView, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if Chronology.isInfinite(timestamp: a) { return a }
    let zone = namedZone(zone, &fault, at: site)
    return shiftedBySeconds(a, Int64(zone.offset(atUTC: a)), &fault, at: site)
}

/// `timestamp AT TIME ZONE zone`: the moment at which the clock there shows `a`. 22023 for a zone that is not known.
public func timestampAtZone(_ zone: StringView, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if Chronology.isInfinite(timestamp: a) { return a }
    let zone = namedZone(zone, &fault, at: site)
    return shiftedBySeconds(a, 0 - Int64(zone.offset(atLocal: a)), &fault, at: site)
}

/// `timestamptz AT TIME ZONE interval`, which counts east; 22023 for one with months or days.
public func timestamptzAtZone(_ zone: Interval, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if Chronology.isInfinite(timestamp: a) { return a }
    if zone.months != 0 || zone.days != 0 { fault.raise(EvaluationErrorCode.invalidParameterValue, at: site) }
    return shiftedBySeconds(a, zone.microseconds / 1_000_000, &fault, at: site)
}

/// `timestamp AT TIME ZONE interval`, which counts east; 22023 for one with months or days.
public func timestampAtZone(_ zone: Interval, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if Chronology.isInfinite(timestamp: a) { return a }
    if zone.months != 0 || zone.days != 0 { fault.raise(EvaluationErrorCode.invalidParameterValue, at: site) }
    return shiftedBySeconds(a, 0 - zone.microseconds / 1_000_000, &fault, at: site)
}

/// `date_trunc(field, timestamptz, zone)`: the start of the zone's day, month and so on; smaller fields keep the offset.
public func truncateTimestamptz(
    _ field: Int32, _ a: Int64, _ zone: StringView, _ fault: inout Fault, at site: Int
) -> Int64 {
    if Chronology.isInfinite(timestamp: a) { return a }
    let zone = namedZone(zone, &fault, at: site)
    let offset = zone.offset(atUTC: a)
    let local = shiftedBySeconds(a, Int64(offset), &fault, at: site)
    let start = truncateTimestamp(field, local, &fault, at: site)
    let isClockField = field <= DateTimeField.hour.rawValue
    return shiftedBySeconds(start, 0 - Int64(isClockField ? offset : zone.offset(atLocal: start)), &fault, at: site)
}
