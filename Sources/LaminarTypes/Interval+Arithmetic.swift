extension Interval: Hashable, Comparable {
    /// The length in microseconds with months of 30 days and days of 24 hours, by which intervals compare.
    @inlinable public var comparableMicroseconds: Int128 {
        let days = Int64(months) &* 30 &+ Int64(self.days)
        return Int128(days) &* Int128(Chronology.microsecondsPerDay) &+ Int128(microseconds)
    }

    @inlinable public static func == (a: Interval, b: Interval) -> Bool {
        a.comparableMicroseconds == b.comparableMicroseconds
    }

    @inlinable public static func < (a: Interval, b: Interval) -> Bool {
        a.comparableMicroseconds < b.comparableMicroseconds
    }

    @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(comparableMicroseconds) }
}

extension Interval {
    /// Field by field; `nil` when a field overflows.
    @inlinable public func adding(_ other: Interval) -> Interval? {
        let (months, a) = months.addingReportingOverflow(other.months)
        let (days, b) = days.addingReportingOverflow(other.days)
        let (microseconds, c) = microseconds.addingReportingOverflow(other.microseconds)
        return a || b || c ? nil : Interval(months: months, days: days, microseconds: microseconds)
    }

    @inlinable public func subtracting(_ other: Interval) -> Interval? {
        let (months, a) = months.subtractingReportingOverflow(other.months)
        let (days, b) = days.subtractingReportingOverflow(other.days)
        let (microseconds, c) = microseconds.subtractingReportingOverflow(other.microseconds)
        return a || b || c ? nil : Interval(months: months, days: days, microseconds: microseconds)
    }

    @inlinable public var negated: Interval? { Interval().subtracting(self) }

    /// Multiplied; fractions of months become days of 30 to the month, fractions of days become time.
    public func multiplied(by factor: Double) -> Interval? {
        scaled(months: Double(months) * factor, days: Double(days) * factor, microseconds: Double(microseconds) * factor) {
            $0 * factor
        }
    }

    /// Divided; the divisor must not be zero.
    public func divided(by divisor: Double) -> Interval? {
        scaled(
            months: Double(months) / divisor, days: Double(days) / divisor, microseconds: Double(microseconds) / divisor
        ) { $0 / divisor }
    }

    /// The cascade of `interval_mul` and `interval_div`.
    private func scaled(
        months: Double, days: Double, microseconds: Double, _ scale: (Double) -> Double
    ) -> Interval? {
        guard let wholeMonths = Int32(exactly: months.rounded(.towardZero)),
            let wholeDays = Int32(exactly: days.rounded(.towardZero))
        else { return nil }
        // Fractions of a month become days, those of a day seconds; rounded to microseconds as PostgreSQL's TSROUND.
        func roundedToMicroseconds(_ value: Double) -> Double { (value * 1_000_000).rounded(.toNearestOrEven) / 1_000_000 }
        let remainderOfMonths = roundedToMicroseconds((scale(Double(self.months)) - Double(wholeMonths)) * 30)
        var seconds = roundedToMicroseconds(
            (scale(Double(self.days)) - Double(wholeDays) + remainderOfMonths - remainderOfMonths.rounded(.towardZero))
                * 86_400)
        var extraDays = Int32(remainderOfMonths.rounded(.towardZero))
        // Rounding may have made up to two whole days of the fractions.
        if seconds.magnitude >= 86_400 {
            let whole = (seconds / 86_400).rounded(.towardZero)
            extraDays += Int32(whole)
            seconds -= whole * 86_400
        }
        let (resultDays, overflow) = wholeDays.addingReportingOverflow(extraDays)
        let time = (microseconds + seconds * 1_000_000).rounded(.toNearestOrEven)
        guard !overflow, let wholeMicroseconds = Int64(exactly: time) else { return nil }
        return Interval(months: wholeMonths, days: resultDays, microseconds: wholeMicroseconds)
    }

    /// 24-hour periods become days.
    public var justifyingHours: Interval? {
        let wholeDays = microseconds / Chronology.microsecondsPerDay
        var rest = microseconds % Chronology.microsecondsPerDay
        guard var days = Int32(exactly: Int64(days) + wholeDays) else { return nil }
        if days > 0 && rest < 0 {
            rest += Chronology.microsecondsPerDay
            days -= 1
        } else if days < 0 && rest > 0 {
            rest -= Chronology.microsecondsPerDay
            days += 1
        }
        return Interval(months: months, days: days, microseconds: rest)
    }

    /// 30-day periods become months.
    public var justifyingDays: Interval? {
        let wholeMonths = days / 30
        var rest = days % 30
        guard var months = Int32(exactly: Int64(months) + Int64(wholeMonths)) else { return nil }
        if months > 0 && rest < 0 {
            rest += 30
            months -= 1
        } else if months < 0 && rest > 0 {
            rest -= 30
            months += 1
        }
        return Interval(months: months, days: rest, microseconds: microseconds)
    }

    /// 24-hour periods become days, 30-day periods months, and all fields get one sign.
    public var justified: Interval? {
        var microseconds = microseconds
        var days = Int64(days)
        var months = Int64(months)
        let perDay = Chronology.microsecondsPerDay
        days += microseconds / perDay
        microseconds %= perDay
        months += days / 30
        days %= 30
        if months > 0 && (days < 0 || (days == 0 && microseconds < 0)) {
            days += 30
            months -= 1
        } else if months < 0 && (days > 0 || (days == 0 && microseconds > 0)) {
            days -= 30
            months += 1
        }
        if days > 0 && microseconds < 0 {
            microseconds += perDay
            days -= 1
        } else if days < 0 && microseconds > 0 {
            microseconds -= perDay
            days += 1
        }
        guard let wholeMonths = Int32(exactly: months), let wholeDays = Int32(exactly: days) else { return nil }
        return Interval(months: wholeMonths, days: wholeDays, microseconds: microseconds)
    }
}
