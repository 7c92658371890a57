/// A field of EXTRACT, `date_part` and `date_trunc`; the raw value is what kernels take.
public enum DateTimeField: Int32, Sendable, CaseIterable, BitwiseCopyable {
    case microsecond, millisecond, second, minute, hour, day, week, month, quarter, year, decade, century, millennium
    case julian, isoyear, dow, isodow, doy, epoch
    case timezone, timezoneHour, timezoneMinute

    /// The field that PostgreSQL means by `name`, which may be in any case.
    public init?(name: String) {
        switch name.lowercased() {
        case "microsecond", "microseconds", "us", "usec", "usecs", "usecond", "useconds": self = .microsecond
        case "millisecond", "milliseconds", "ms", "msec", "msecs", "msecond", "mseconds": self = .millisecond
        case "second", "seconds", "s", "sec", "secs": self = .second
        case "minute", "minutes", "min", "mins", "m": self = .minute
        case "hour", "hours", "h", "hr", "hrs": self = .hour
        case "day", "days", "d": self = .day
        case "week", "weeks", "w": self = .week
        case "month", "months", "mon", "mons": self = .month
        case "quarter", "qtr": self = .quarter
        case "year", "years", "y", "yr", "yrs": self = .year
        case "decade", "decades", "dec", "decs": self = .decade
        case "century", "centuries", "c", "cent": self = .century
        case "millennium", "millennia", "mil", "mils": self = .millennium
        case "julian", "j", "jd": self = .julian
        case "isoyear": self = .isoyear
        case "dow": self = .dow
        case "isodow": self = .isodow
        case "doy": self = .doy
        case "epoch": self = .epoch
        case "timezone": self = .timezone
        case "timezone_h", "timezone_hour": self = .timezoneHour
        case "timezone_m", "timezone_minute": self = .timezoneMinute
        default: return nil
        }
    }

    /// True where a date has the field; others are an error in PostgreSQL (0A000).
    public var isOfDate: Bool {
        switch self {
        case .microsecond, .millisecond, .second, .minute, .hour, .timezone, .timezoneHour, .timezoneMinute: false
        default: true
        }
    }

    /// True where a time of day has the field.
    public var isOfTime: Bool {
        switch self {
        case .microsecond, .millisecond, .second, .minute, .hour, .epoch: true
        default: false
        }
    }

    /// True where a timestamp without a zone has the field.
    public var isOfTimestamp: Bool {
        switch self {
        case .timezone, .timezoneHour, .timezoneMinute: false
        default: true
        }
    }

    /// True where an interval has the field.
    public var isOfInterval: Bool {
        switch self {
        case .week, .julian, .isoyear, .dow, .isodow, .doy, .timezone, .timezoneHour, .timezoneMinute: false
        default: true
        }
    }

    /// True where the field grows with time, so that infinity has it.
    public var isMonotonic: Bool {
        switch self {
        case .year, .decade, .century, .millennium, .julian, .isoyear, .epoch: true
        default: false
        }
    }

    /// True where `date_trunc` takes the field.
    public var isTruncatable: Bool { rawValue <= DateTimeField.millennium.rawValue }
}
