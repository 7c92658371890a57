/// The proleptic Gregorian calendar, as PostgreSQL uses it: year 0 is 1 BC.
public enum CivilCalendar {
    public struct Date: Hashable, Sendable, BitwiseCopyable {
        /// Astronomical: 0 is 1 BC, −1 is 2 BC.
        public var year: Int
        public var month: Int
        public var day: Int

        @inlinable public init(year: Int, month: Int, day: Int) {
            self.year = year
            self.month = month
            self.day = day
        }
    }

    /// Days since 1970-01-01 of a date; month and day must be in range.
    /// - SeeAlso: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    @inlinable public static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year &- 1 : year
        let era = (shifted >= 0 ? shifted : shifted &- 399) / 400
        let yearOfEra = shifted &- era &* 400
        let monthFromMarch = month > 2 ? month &- 3 : month &+ 9
        let dayOfYear = (153 &* monthFromMarch &+ 2) / 5 &+ day &- 1
        let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
        return era &* 146_097 &+ dayOfEra &- 719_468
    }

    /// The date that lies `days` after 1970-01-01.
    @inlinable public static func date(days: Int) -> Date {
        let shifted = days &+ 719_468
        let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let monthFromMarch = (5 &* dayOfYear &+ 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch &+ 3 : monthFromMarch &- 9
        let year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
        return Date(year: year, month: month, day: dayOfYear &- (153 &* monthFromMarch &+ 2) / 5 &+ 1)
    }

    @inlinable public static func isLeap(_ year: Int) -> Bool {
        year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days of a month, 1…12.
    @inlinable public static func dayCount(year: Int, month: Int) -> Int {
        if month == 2 { return isLeap(year) ? 29 : 28 }
        return 30 &+ ((month &+ (month >> 3)) & 1)
    }

    /// 0 = Sunday … 6 = Saturday.
    @inlinable public static func dayOfWeek(days: Int) -> Int { floorRemainder(days &+ 4, 7) }

    /// 1…366.
    @inlinable public static func dayOfYear(_ date: Date) -> Int {
        days(year: date.year, month: date.month, day: date.day) &- days(year: date.year, month: 1, day: 1) &+ 1
    }

    /// The first day (a Monday) of week 1 of an ISO 8601 year: the week with its first Thursday.
    @inlinable public static func startOfISOYear(_ year: Int) -> Int {
        let fourth = days(year: year, month: 1, day: 4)
        return fourth &- floorRemainder(fourth &+ 3, 7)
    }

    /// The ISO 8601 week-numbering year and its week 1…53.
    @inlinable public static func isoWeek(days: Int) -> (year: Int, week: Int) {
        var year = date(days: days).year
        var start = startOfISOYear(year)
        if days < start {
            year &-= 1
            start = startOfISOYear(year)
        } else {
            let next = startOfISOYear(year &+ 1)
            if days >= next {
                year &+= 1
                start = next
            }
        }
        return (year, (days &- start) / 7 &+ 1)
    }

    /// The Julian day number that PostgreSQL's `julian` field shows at midnight.
    @inlinable public static func julianDay(days: Int) -> Int { days &+ 2_440_588 }

    @inlinable public static func floorQuotient(_ value: Int, _ divisor: Int) -> Int {
        let quotient = value / divisor
        return value % divisor != 0 && (value < 0) != (divisor < 0) ? quotient &- 1 : quotient
    }

    @inlinable public static func floorRemainder(_ value: Int, _ divisor: Int) -> Int {
        let remainder = value % divisor
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder &+ divisor : remainder
    }
}

/// Limits and units of dates and times.
public enum Chronology {
    @inlinable public static var microsecondsPerSecond: Int64 { 1_000_000 }
    @inlinable public static var microsecondsPerMinute: Int64 { 60_000_000 }
    @inlinable public static var microsecondsPerHour: Int64 { 3_600_000_000 }
    @inlinable public static var microsecondsPerDay: Int64 { 86_400_000_000 }
    @inlinable public static var daysPerMonth: Int64 { 30 }
    @inlinable public static var monthsPerYear: Int64 { 12 }

    /// DATE's and TIMESTAMP's `infinity` and `-infinity`.
    @inlinable public static var infiniteDate: Int32 { .max }
    @inlinable public static var negativeInfiniteDate: Int32 { .min }
    @inlinable public static var infiniteTimestamp: Int64 { .max }
    @inlinable public static var negativeInfiniteTimestamp: Int64 { .min }

    /// 4714-11-24 BC, the first day of PostgreSQL's dates and timestamps.
    @inlinable public static var firstDate: Int32 { -2_440_588 }
    /// One past 5874897-12-31.
    @inlinable public static var endOfDates: Int32 { 2_145_042_906 }
    @inlinable public static var firstTimestamp: Int64 { -210_866_803_200_000_000 }

    @inlinable public static func isValidDate(_ days: Int32) -> Bool { days >= firstDate && days < endOfDates }

    /// True for a timestamp from 4714-11-24 BC on (294247-01-10, where 64 bits end, is the last day), infinities apart.
    @inlinable public static func isValidTimestamp(_ microseconds: Int64) -> Bool {
        microseconds >= firstTimestamp && microseconds < .max
    }

    @inlinable public static func isInfinite(timestamp: Int64) -> Bool { timestamp == .max || timestamp == .min }
    @inlinable public static func isInfinite(date: Int32) -> Bool { date == .max || date == .min }

    /// Days since the epoch and microseconds since that day's midnight; floors before 1970.
    @inlinable public static func split(_ timestamp: Int64) -> (days: Int, microseconds: Int64) {
        var days = timestamp / microsecondsPerDay
        var rest = timestamp &- days &* microsecondsPerDay
        if rest < 0 {
            days &-= 1
            rest &+= microsecondsPerDay
        }
        return (Int(truncatingIfNeeded: days), rest)
    }

    /// The timestamp of a day and the microseconds since its midnight; `nil` out of PostgreSQL's range.
    @inlinable public static func timestamp(days: Int, microseconds: Int64) -> Int64? {
        let (base, overflow) = Int64(truncatingIfNeeded: days).multipliedReportingOverflow(by: microsecondsPerDay)
        let (result, overflow2) = base.addingReportingOverflow(microseconds)
        return overflow || overflow2 || !isValidTimestamp(result) ? nil : result
    }
}
