/// The fields after an interval literal, `YEAR` … `SECOND` or a range such as `HOUR TO MINUTE`.
public struct IntervalQualifier: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let year = IntervalQualifier(rawValue: 1)
    public static let month = IntervalQualifier(rawValue: 2)
    public static let day = IntervalQualifier(rawValue: 4)
    public static let hour = IntervalQualifier(rawValue: 8)
    public static let minute = IntervalQualifier(rawValue: 16)
    public static let second = IntervalQualifier(rawValue: 32)
    /// No qualifier.
    public static let all: IntervalQualifier = [.year, .month, .day, .hour, .minute, .second]

    /// The fields from `first` to `last`: `HOUR TO SECOND` has the minute too.
    public static func range(_ first: IntervalQualifier, _ last: IntervalQualifier) -> IntervalQualifier {
        guard first.rawValue <= last.rawValue else { return first.union(last) }
        return IntervalQualifier(rawValue: (last.rawValue << 1 &- 1) & ~(first.rawValue &- 1))
    }

    /// The smallest field.
    var last: IntervalQualifier {
        rawValue == 0 ? .second : IntervalQualifier(rawValue: 1 << UInt8(7 - rawValue.leadingZeroBitCount))
    }
}

extension Interval {
    /// Parses PostgreSQL's input forms: `1 day 02:00:00`, `1 year 2 mons`, `@ 1 minute ago`, `1-2`, ISO 8601 `P1DT2H`,
    /// and plain numbers in the unit of the qualifier's last field (seconds without one).
    ///
    /// - Parameter secondDigits: the `p` of `SECOND(p)`: fractional digits kept.
    public init(
        text: UnsafeBufferPointer<UInt8>, qualifier: IntervalQualifier = .all, secondDigits: Int = 6
    ) throws(ValueParseReason) {
        var decoder = IntervalDecoder()
        let body = trimmed(text)
        if body.count > 0 && lowercased(body[0]) == UInt8(ascii: "p") {
            try decoder.decodeISO(body)
        } else {
            try decoder.decode(DateTimeScanner.tokens(text), qualifier)
        }
        guard let months = Int32(exactly: decoder.months), let days = Int32(exactly: decoder.days) else {
            throw .datetimeOverflow
        }
        self.init(months: months, days: days, microseconds: decoder.microseconds)
        self = restricted(to: qualifier, secondDigits: secondDigits)
    }

    /// Parses PostgreSQL's input forms; `nil` if the text is none.
    public init?(_ text: String, qualifier: IntervalQualifier = .all) {
        var text = text
        let parsed: Interval? = text.withUTF8 { bytes in
            do throws(ValueParseReason) { return try Interval(text: bytes, qualifier: qualifier) } catch { return nil }
        }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The value without the fields below the qualifier's last one.
    public func restricted(to qualifier: IntervalQualifier, secondDigits: Int = 6) -> Interval {
        var result = self
        switch qualifier.last {
        case .year: result = Interval(months: months / 12 * 12)
        case .month: result = Interval(months: months)
        case .day: result.microseconds = 0
        case .hour: result.microseconds -= microseconds % Chronology.microsecondsPerHour
        case .minute: result.microseconds -= microseconds % Chronology.microsecondsPerMinute
        default: break
        }
        result.microseconds = DateTimeText.rounded(time: result.microseconds, digits: secondDigits)
        return result
    }
}

/// Adds up the fields of an interval text, by the rules of PostgreSQL's `DecodeInterval`.
private struct IntervalDecoder {
    var months: Int64 = 0
    var days: Int64 = 0
    var microseconds: Int64 = 0

    enum Unit {
        case microsecond, millisecond, second, minute, hour, day, week, month, year, decade, century, millennium

        init?(_ bytes: [UInt8]) {
            switch String(decoding: bytes.prefix(10), as: UTF8.self) {
            case "us", "usec", "usecs", "useconds", "usecond", "microsecon", "microsecond": self = .microsecond
            case "ms", "msec", "msecs", "mseconds", "msecond", "millisecon": self = .millisecond
            case "s", "sec", "secs", "second", "seconds": self = .second
            case "m", "min", "mins", "minute", "minutes": self = .minute
            case "h", "hr", "hrs", "hour", "hours": self = .hour
            case "d", "day", "days": self = .day
            case "w", "week", "weeks": self = .week
            case "mon", "mons", "month", "months": self = .month
            case "y", "yr", "yrs", "year", "years": self = .year
            case "dec", "decs", "decade", "decades": self = .decade
            case "c", "cent", "century", "centuries": self = .century
            case "mil", "mils", "millennia", "millennium": self = .millennium
            default: return nil
            }
        }
    }

    /// Which fields have been given: a unit may come once.
    private var seen: Set<Unit> = []
    private var hasTime = false
    private var isEmpty = true

    private mutating func add(_ value: Int64, _ scale: Int64, to field: WritableKeyPath<IntervalDecoder, Int64>) -> Bool {
        let (product, overflow) = value.multipliedReportingOverflow(by: scale)
        let (sum, overflow2) = self[keyPath: field].addingReportingOverflow(product)
        self[keyPath: field] = sum
        return !(overflow || overflow2)
    }

    private mutating func addFraction(_ fraction: Double, microseconds scale: Double) -> Bool {
        guard fraction != 0 else { return true }
        let exact = fraction * scale
        var whole = Int64(exact)
        let rest = exact - Double(whole)
        if rest > 0.5 { whole += 1 } else if rest < -0.5 { whole -= 1 }
        return add(whole, 1, to: \.microseconds)
    }

    private mutating func addFraction(_ fraction: Double, days scale: Double) -> Bool {
        guard fraction != 0 else { return true }
        let exact = fraction * scale
        let whole = Int64(exact)
        return add(whole, 1, to: \.days) && addFraction(exact - Double(whole), microseconds: 86_400_000_000)
    }

    private mutating func addFraction(_ fraction: Double, years scale: Double) -> Bool {
        add(Int64((fraction * scale * 12).rounded(.toNearestOrEven)), 1, to: \.months)
    }

    /// One number with its unit; false on overflow.
    private mutating func add(_ value: Int64, _ fraction: Double, _ unit: Unit) -> Bool {
        isEmpty = false
        switch unit {
        case .microsecond: return add(value, 1, to: \.microseconds) && addFraction(fraction, microseconds: 1)
        case .millisecond: return add(value, 1000, to: \.microseconds) && addFraction(fraction, microseconds: 1000)
        case .second: return add(value, 1_000_000, to: \.microseconds) && addFraction(fraction, microseconds: 1_000_000)
        case .minute:
            return add(value, 60_000_000, to: \.microseconds) && addFraction(fraction, microseconds: 60_000_000)
        case .hour:
            return add(value, 3_600_000_000, to: \.microseconds) && addFraction(fraction, microseconds: 3_600_000_000)
        case .day: return add(value, 1, to: \.days) && addFraction(fraction, microseconds: 86_400_000_000)
        case .week: return add(value, 7, to: \.days) && addFraction(fraction, days: 7)
        case .month: return add(value, 1, to: \.months) && addFraction(fraction, days: 30)
        case .year: return add(value, 12, to: \.months) && addFraction(fraction, years: 1)
        case .decade: return add(value, 120, to: \.months) && addFraction(fraction, years: 10)
        case .century: return add(value, 1200, to: \.months) && addFraction(fraction, years: 100)
        case .millennium: return add(value, 12_000, to: \.months) && addFraction(fraction, years: 1000)
        }
    }

    private mutating func addClock(
        _ bytes: [UInt8], _ qualifier: IntervalQualifier, isNegative: Bool
    ) throws(ValueParseReason) {
        guard !hasTime, seen.isDisjoint(with: [.hour, .minute, .second]) else { throw .invalidDatetime }
        let clock = try clockFields(bytes, isMinuteToSecond: qualifier == [.minute, .second])
        let (hours, overflow) = clock.hours.multipliedReportingOverflow(by: 3_600_000_000)
        let (time, overflow2) = hours.addingReportingOverflow(
            (clock.minutes * 60 + clock.seconds) * 1_000_000 + clock.fraction)
        if overflow || overflow2 { throw .datetimeOverflow }
        microseconds = isNegative ? -time : time
        hasTime = true
        isEmpty = false
    }

    mutating func decode(
        _ tokens: [DateTimeScanner.Token], _ qualifier: IntervalQualifier
    ) throws(ValueParseReason) {
        var unit: Unit?
        var isBefore = false
        // Backwards, so that a unit is known before its number.
        for token in tokens.reversed() {
            var bytes = token.bytes
            switch token.kind {
            case .time:
                try addClock(bytes, qualifier, isNegative: false)
                unit = .day
                continue
            case .zone where bytes.contains(UInt8(ascii: ":")):
                let isNegative = bytes[0] == UInt8(ascii: "-")
                bytes.removeFirst()
                try addClock(bytes, qualifier, isNegative: isNegative)
                unit = .day
                continue
            case .zone, .date, .number:
                var (value, fraction) = (Int64(0), 0.0)
                var numberUnit = unit ?? Self.unit(of: qualifier)
                let isNegative = bytes[0] == UInt8(ascii: "-")
                var position = isNegative || bytes[0] == UInt8(ascii: "+") ? 1 : 0
                if position < bytes.count && isDigit(bytes[position]) {
                    let start = position
                    guard let scanned = scanInteger(bytes, &position) else {
                        // Nineteen digits may still be a bigint.
                        throw position - start >= 18 ? .datetimeOverflow : .invalidDatetime
                    }
                    value = scanned
                }
                if position < bytes.count && bytes[position] == UInt8(ascii: "-") {
                    // The standard's years-months.
                    position += 1
                    var extra: Int64 = 0
                    // As in PostgreSQL, the months may be missing.
                    if position < bytes.count {
                        guard let months = scanInteger(bytes, &position) else { throw .invalidDatetime }
                        extra = months
                    }
                    guard position == bytes.count else { throw .invalidDatetime }
                    guard extra < 12 else { throw .datetimeOverflow }
                    let (product, overflow) = value.multipliedReportingOverflow(by: 12)
                    let (sum, overflow2) = product.addingReportingOverflow(extra)
                    if overflow || overflow2 { throw .datetimeOverflow }
                    value = sum
                    numberUnit = .month
                } else if position < bytes.count {
                    guard bytes[position] == UInt8(ascii: "."), let parsed = Self.fraction(bytes[position...]) else {
                        throw .invalidDatetime
                    }
                    fraction = parsed
                }
                guard seen.insert(numberUnit).inserted,
                    !(hasTime && [Unit.hour, .minute, .second].contains(numberUnit))
                else { throw .invalidDatetime }
                guard add(isNegative ? -value : value, isNegative ? -fraction : fraction, numberUnit) else {
                    throw .datetimeOverflow
                }
                unit = numberUnit
                if numberUnit == .hour { unit = .day }
            case .word, .special:
                if bytes.elementsEqual("ago".utf8) {
                    isBefore = true
                } else if bytes.elementsEqual("at".utf8) || bytes.elementsEqual("on".utf8) {
                    continue
                } else {
                    guard let named = Unit(bytes) else { throw .invalidDatetime }
                    unit = named
                }
            }
        }
        if isEmpty { throw .invalidDatetime }
        if isBefore {
            // Sound: fields were checked against overflow; only the minimum has no opposite.
            let (negatedTime, overflow) = Int64(0).subtractingReportingOverflow(microseconds)
            if overflow { throw .datetimeOverflow }
            (months, days, microseconds) = (0 &- months, 0 &- days, negatedTime)
        }
    }

    private static func unit(of qualifier: IntervalQualifier) -> Unit {
        switch qualifier.last {
        case .year: .year
        case .month: .month
        case .day: .day
        case .hour: .hour
        case .minute: .minute
        default: .second
        }
    }

    /// The value of `.ddd`; `nil` if anything else is there.
    private static func fraction(_ bytes: ArraySlice<UInt8>) -> Double? {
        if bytes.count == 1 { return 0 }
        return bytes.dropFirst().allSatisfy { isDigit($0) } ? Double("0" + String(decoding: bytes, as: UTF8.self)) : nil
    }

    /// ISO 8601: `P[nY][nM][nW][nD][T[nH][nM][nS]]`, or `P0001-02-03T04:05:06`.
    mutating func decodeISO(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) {
        var isTime = false
        var isAlternative = false
        var alternativeField = 0
        var i = 1
        guard text.count > 1 else { throw .invalidDatetime }
        while i < text.count {
            if lowercased(text[i]) == UInt8(ascii: "t") {
                guard !isTime else { throw .invalidDatetime }
                isTime = true
                alternativeField = 0
                i += 1
                continue
            }
            let start = i
            if text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+") { i += 1 }
            while i < text.count && (isDigit(text[i]) || text[i] == UInt8(ascii: ".")) { i += 1 }
            guard i > start, let number = Double(String(decoding: text[start..<i], as: UTF8.self)),
                number.magnitude < 9e18
            else { throw .invalidDatetime }
            let value = Int64(number)
            let fraction = number - Double(value)
            let designator = i < text.count ? lowercased(text[i]) : 0
            var unit: Unit
            switch (designator, isTime) {
            case (UInt8(ascii: "y"), false): unit = .year
            case (UInt8(ascii: "m"), false): unit = .month
            case (UInt8(ascii: "w"), false): unit = .week
            case (UInt8(ascii: "d"), false): unit = .day
            case (UInt8(ascii: "h"), true): unit = .hour
            case (UInt8(ascii: "m"), true): unit = .minute
            case (UInt8(ascii: "s"), true): unit = .second
            case (UInt8(ascii: "-"), false), (UInt8(ascii: ":"), true), (UInt8(ascii: "t"), false), (0, _):
                if designator == 0 && !isAlternative && alternativeField == 0 { throw .invalidDatetime }
                isAlternative = true
                let units: [Unit] = isTime ? [.hour, .minute, .second] : [.year, .month, .day]
                guard alternativeField < 3 else { throw .invalidDatetime }
                unit = units[alternativeField]
                alternativeField += 1
                if designator == UInt8(ascii: "t") { i -= 1 }
            default: throw .invalidDatetime
            }
            i += 1
            guard add(value, fraction, unit) else { throw .datetimeOverflow }
        }
        if isEmpty { throw .invalidDatetime }
    }
}
