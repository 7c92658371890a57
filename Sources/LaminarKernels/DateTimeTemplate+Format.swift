import LaminarTypes

/// `to_char(timestamp, template)`.
public func formatTimestamp(
    _ a: Int64, _ template: StringView, _ arena: inout Arena
) -> StringView {
    if Chronology.isInfinite(timestamp: a) { return StringView() }
    return arena.copy(template.withBytes { DateTimeTemplate($0) }.format(ClockFields(timestamp: a, hasZone: false)))
}

/// `to_char(timestamptz, template)`, in UTC.
public func formatTimestamptz(_ a: Int64, _ template: StringView, _ arena: inout Arena) -> StringView {
    if Chronology.isInfinite(timestamp: a) { return StringView() }
    return arena.copy(template.withBytes { DateTimeTemplate($0) }.format(ClockFields(timestamp: a, hasZone: true)))
}

/// `to_char(interval, template)`; 22007 for fields that only a date has.
public func formatInterval(
    _ a: Interval, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let template = template.withBytes { DateTimeTemplate($0) }
    if template.nodes.contains(where: \.needsDate) {
        fault.raise(EvaluationErrorCode.invalidDatetimeFormat, at: site)
        return StringView()
    }
    return arena.copy(template.format(ClockFields(interval: a)))
}

/// What a template shows.
private struct ClockFields {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    var fraction: Int
    /// Days since the epoch; those of an interval's fields taken as a date.
    var days: Int
    var isInterval = false
    var hasZone = false

    init(timestamp: Int64, hasZone: Bool) {
        let (days, time) = Chronology.split(timestamp)
        let date = CivilCalendar.date(days: days)
        (year, month, day) = (date.year, date.month, date.day)
        self.days = days
        self.hasZone = hasZone
        hour = Int(time / 3_600_000_000)
        minute = Int(time / 60_000_000 % 60)
        second = Int(time / 1_000_000 % 60)
        fraction = Int(time % 1_000_000)
    }

    init(interval: Interval) {
        year = Int(interval.months / 12)
        month = Int(interval.months % 12)
        day = Int(interval.days)
        hour = Int(interval.microseconds / 3_600_000_000)
        minute = Int(interval.microseconds / 60_000_000 % 60)
        second = Int(interval.microseconds / 1_000_000 % 60)
        fraction = Int(interval.microseconds % 1_000_000)
        isInterval = true
        // PostgreSQL's date2j takes months before January as those of the year before.
        let index = month - 1
        days =
            CivilCalendar.days(
                year: year + CivilCalendar.floorQuotient(index, 12), month: CivilCalendar.floorRemainder(index, 12) + 1,
                day: 1) + day - 1
    }

    /// The day of the year from 1; an interval's days in months of 30.
    var dayOfYear: Int {
        isInterval ? (year * 12 + month) * 30 + day : days - CivilCalendar.days(year: year, month: 1, day: 1) + 1
    }

    /// BC years count up from 1; an interval's year may be negative.
    func shown(_ year: Int) -> Int { isInterval ? year : year <= 0 ? 1 - year : year }
}

extension DateTimeTemplate.Node {
    fileprivate var needsDate: Bool {
        guard case .field(let field, _, _, _) = self else { return false }
        switch field {
        case .month, .mon, .day, .dy, .tz, .tzh, .tzm, .of, .d, .id, .ad, .bc, .adDotted, .bcDotted: return true
        default: return false
        }
    }
}

extension DateTimeTemplate {
    fileprivate func format(_ clock: ClockFields) -> String {
        var result = ""
        for node in nodes {
            switch node {
            case .space(let byte), .separator(let byte): result.unicodeScalars.append(Unicode.Scalar(byte))
            case .text(let bytes): result += String(decoding: bytes, as: UTF8.self)
            case .field(let field, let letterCase, let isFilled, let ordinal):
                var text = format(field, letterCase, isFilled: isFilled, clock)
                if let ordinal, field.isDigits { text += Self.ordinalSuffix(text, ordinal) }
                result += text
            }
        }
        return result
    }

    private static func ordinalSuffix(_ digits: String, _ letterCase: LetterCase) -> String {
        let tail = Array(digits.utf8.suffix(2))
        let isTeen = tail.count == 2 && tail[0] == UInt8(ascii: "1")
        let suffix =
            switch tail.last {
            case UInt8(ascii: "1") where !isTeen: "st"
            case UInt8(ascii: "2") where !isTeen: "nd"
            case UInt8(ascii: "3") where !isTeen: "rd"
            default: "th"
            }
        return cased(suffix, letterCase)
    }

    private func format(
        _ field: Field, _ letterCase: LetterCase, isFilled: Bool, _ clock: ClockFields
    ) -> String {
        // A negative number is one wider, where `sign` does not say otherwise.
        func number(_ value: Int, _ width: Int, sign: Int? = nil) -> String {
            let digits = String(value.magnitude)
            let isNegative = value < 0
            // A sign takes a place of its own.
            let wanted = isFilled ? width + ((sign ?? value) < 0 ? 1 : 0) - (isNegative ? 1 : 0) : 0
            return (isNegative ? "-" : "") + String(repeating: "0", count: max(0, wanted - digits.count)) + digits
        }
        func name(_ text: String, width: Int) -> String {
            let cased = Self.cased(text, letterCase)
            return isFilled ? cased + String(repeating: " ", count: max(0, width - cased.count)) : cased
        }
        let year = clock.shown(clock.year)
        let isoYear = clock.shown(CivilCalendar.isoWeek(days: clock.days).year)
        switch field {
        case .hh, .hh12: return number(clock.hour % 12 == 0 ? 12 : clock.hour % 12, 2, sign: clock.hour)
        case .hh24: return number(clock.hour, 2)
        case .mi: return number(clock.minute, 2)
        case .ss: return number(clock.second, 2)
        case .ms, .ff3: return number(clock.fraction / 1000, 3, sign: 0)
        case .us, .ff6: return number(clock.fraction, 6, sign: 0)
        case .ff1: return number(clock.fraction / 100_000, 1, sign: 0)
        case .ff2: return number(clock.fraction / 10_000, 2, sign: 0)
        case .ff4: return number(clock.fraction / 100, 4, sign: 0)
        case .ff5: return number(clock.fraction / 10, 5, sign: 0)
        case .ssss, .sssss: return String(clock.hour * 3600 + clock.minute * 60 + clock.second)
        case .am, .pm: return Self.cased(clock.hour % 24 >= 12 ? "PM" : "AM", letterCase == .lower ? .lower : .upper)
        case .amDotted, .pmDotted:
            return Self.cased(clock.hour % 24 >= 12 ? "P.M." : "A.M.", letterCase == .lower ? .lower : .upper)
        case .ad, .bc: return Self.cased(clock.year <= 0 ? "BC" : "AD", letterCase == .lower ? .lower : .upper)
        case .adDotted, .bcDotted:
            return Self.cased(clock.year <= 0 ? "B.C." : "A.D.", letterCase == .lower ? .lower : .upper)
        case .month: return clock.month == 0 ? "" : name(Self.months[clock.month - 1], width: 9)
        case .mon: return clock.month == 0 ? "" : Self.cased(String(Self.months[clock.month - 1].prefix(3)), letterCase)
        case .mm: return number(clock.month, 2)
        case .day: return name(Self.days[CivilCalendar.dayOfWeek(days: clock.days)], width: 9)
        case .dy: return Self.cased(String(Self.days[CivilCalendar.dayOfWeek(days: clock.days)].prefix(3)), letterCase)
        case .ddd: return number(clock.dayOfYear, 3, sign: 0)
        case .iddd:
            return number(clock.days - CivilCalendar.startOfISOYear(CivilCalendar.isoWeek(days: clock.days).year) + 1, 3,
                sign: 0)
        case .dd: return number(clock.day, 2, sign: 0)
        case .d: return String(CivilCalendar.dayOfWeek(days: clock.days) + 1)
        case .id:
            let day = CivilCalendar.dayOfWeek(days: clock.days)
            return String(day == 0 ? 7 : day)
        case .ww: return number((clock.dayOfYear - 1) / 7 + 1, 2, sign: 0)
        case .iw: return number(CivilCalendar.isoWeek(days: clock.days).week, 2)
        case .w: return String((clock.day - 1) / 7 + 1)
        case .q: return clock.month == 0 ? "" : String((clock.month - 1) / 3 + 1)
        case .cc:
            let century =
                clock.isInterval
                ? clock.year / 100 : clock.year > 0 ? (clock.year - 1) / 100 + 1 : clock.year / 100 - 1
            return number(century, 2)
        case .yyyyWithComma: return number(year / 1000, 1) + "," + String(String(1000 + abs(year % 1000)).dropFirst())
        case .yyyy: return number(year, 4)
        case .yyy: return number(year % 1000, 3)
        case .yy: return number(year % 100, 2)
        case .y: return number(year % 10, 1)
        case .iyyy: return number(isoYear, 4, sign: year)
        case .iyy: return number(isoYear % 1000, 3, sign: year)
        case .iy: return number(isoYear % 100, 2, sign: year)
        case .i: return number(isoYear % 10, 1, sign: year)
        case .j: return String(CivilCalendar.julianDay(days: clock.days))
        case .rm:
            guard clock.month != 0 else { return "" }
            return name(Self.romanMonths[(clock.month - 1 + 12) % 12], width: 4)
        case .tz: return clock.hasZone ? Self.cased("UTC", letterCase == .lower ? .lower : .upper) : ""
        case .tzh, .of: return "+00"
        case .tzm: return "00"
        }
    }
}
