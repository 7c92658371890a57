import LaminarTypes

// `UTC`, PostgreSQL's abbreviations and fixed offsets. An offset in a zone's *name* counts west as POSIX does: '+03' is
// three hours behind UTC, though in a timestamp's text it is three hours ahead.

/// Seconds east of Greenwich of a zone's name; `nil` for one that is not known.
func zoneOffset(_ name: StringView) -> Int64? { name.withBytes { DateTimeText.zoneOffset($0) }.map { Int64($0) } }

private func converted(
    _ a: Int64, _ zone: StringView, sign: Int64, _ fault: inout Fault, at site: Int
) -> Int64 {
    guard let offset = zoneOffset(zone) else {
        fault.raise(EvaluationErrorCode.invalidParameterValue, at: site)
        return a
    }
    return shiftedBySeconds(a, offset * sign, &fault, at: site)
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
    converted(a, zone, sign: 1, &fault, at: site)
}

/// `timestamp AT TIME ZONE zone`: the moment at which the clock there shows `a`. 22023 for a zone that is not known.
public func timestampAtZone(_ zone: StringView, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    converted(a, zone, sign: -1, &fault, at: site)
}

/// `timestamptz AT TIME ZONE interval`, which counts east; 22023 for one with months or days.
public func timestamptzAtZone(_ zone: Interval, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if zone.months != 0 || zone.days != 0 { fault.raise(EvaluationErrorCode.invalidParameterValue, at: site) }
    return shiftedBySeconds(a, zone.microseconds / 1_000_000, &fault, at: site)
}

/// `timestamp AT TIME ZONE interval`, which counts east; 22023 for one with months or days.
public func timestampAtZone(_ zone: Interval, _ a: Int64, _ fault: inout Fault, at site: Int) -> Int64 {
    if zone.months != 0 || zone.days != 0 { fault.raise(EvaluationErrorCode.invalidParameterValue, at: site) }
    return shiftedBySeconds(a, 0 - zone.microseconds / 1_000_000, &fault, at: site)
}
