import LaminarTypes

/// `to_char(timestamp, template)`.
public func formatTimestamp(
    _ a: Int64, _ template: StringView, _ arena: inout Arena
) -> StringView {
    if Chronology.isInfinite(timestamp: a) { return StringView() }
    return DateTimeTemplate.parsed(template).format(ClockFields(timestamp: a, hasZone: false), &arena)
}

/// `to_char(timestamptz, template)`, in UTC.
public func formatTimestamptz(_ a: Int64, _ template: StringView, _ arena: inout Arena) -> StringView {
    if Chronology.isInfinite(timestamp: a) { return StringView() }
    return DateTimeTemplate.parsed(template).format(ClockFields(timestamp: a, hasZone: true), &arena)
}

/// `to_char(interval, template)`; 22007 for fields that only a date has.
public func formatInterval(
    _ a: Interval, _ template: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let template = DateTimeTemplate.parsed(template)
    if template.needsDate {
        fault.raise(EvaluationErrorCode.invalidDatetimeFormat, at: site)
        return StringView()
    }
    return template.format(ClockFields(interval: a), &arena)
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

extension DateTimeTemplate {
    /// Bytes that no field is longer than: a number of 20 digits with its sign, comma and ordinal.
    private static let greatestField = 32

    fileprivate func format(_ clock: ClockFields, _ arena: inout Arena) -> StringView {
        let room = max(steps.count * Self.greatestField, 16)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
            guard let start = buffer.baseAddress else { return StringView() }
            var writer = ClockWriter(start: start, clock: clock)
            steps.withUnsafeBufferPointer { steps in
                for step in steps {
                    if let field = step.field { writer.write(field, step) } else { writer.append(step.byte) }
                }
            }
            // Sound: a view of more than 12 bytes is copied before they go.
            return arena.copy(StringView(start, count: writer.count))
        }
    }
}

/// Writes fields one behind the other.
private struct ClockWriter {
    let start: UnsafeMutablePointer<UInt8>
    let clock: ClockFields
    var count = 0

    mutating func append(_ byte: UInt8) {
        start[count] = byte
        count &+= 1
    }

    /// The first `length` letters of ASCII, as the field is spelt.
    private mutating func append(_ text: String, _ letterCase: DateTimeTemplate.LetterCase, length: Int = .max) {
        for byte in text.utf8.prefix(length) {
            let isLetter = (byte | 0x20) &- 97 < 26
            switch letterCase {
            case .lower: append(isLetter ? byte | 0x20 : byte)
            case .upper: append(isLetter ? byte & ~0x20 : byte)
            case .capital: append(byte)
            }
        }
    }

    /// A name, in blanks up to a width.
    private mutating func append(_ name: String, width: Int, _ step: DateTimeTemplate.Step) {
        append(name, step.letterCase)
        if step.isFilled { for _ in 0..<max(0, width - name.utf8.count) { append(UInt8(ascii: " ")) } }
    }

    /// Digits, with zeros before them up to a width.
    private mutating func append(digits value: UInt, width: Int) {
        var length = 1
        var rest = value / 10
        while rest > 0 {
            length &+= 1
            rest /= 10
        }
        let end = count &+ max(length, width)
        var place = end
        rest = value
        while place > count {
            place &-= 1
            start[place] = UInt8(truncatingIfNeeded: 48 &+ rest % 10)
            rest /= 10
        }
        count = end
    }

    /// A negative number is one wider, where `sign` does not say otherwise; a sign takes a place of its own.
    private mutating func append(_ value: Int, width: Int, sign: Int? = nil, _ step: DateTimeTemplate.Step) {
        let isNegative = value < 0
        if isNegative { append(UInt8(ascii: "-")) }
        let wanted = width + ((sign ?? value) < 0 ? 1 : 0) - (isNegative ? 1 : 0)
        append(digits: value.magnitude, width: step.isFilled ? wanted : 0)
    }

    private mutating func appendOrdinal(from first: Int, _ letterCase: DateTimeTemplate.LetterCase) {
        let isTeen = count - first >= 2 && start[count - 2] == UInt8(ascii: "1")
        let suffix =
            switch count > first ? start[count - 1] : 0 {
            case UInt8(ascii: "1") where !isTeen: "st"
            case UInt8(ascii: "2") where !isTeen: "nd"
            case UInt8(ascii: "3") where !isTeen: "rd"
            default: "th"
            }
        append(suffix, letterCase)
    }

    mutating func write(_ field: DateTimeTemplate.Field, _ step: DateTimeTemplate.Step) {
        let first = count
        writeField(field, step)
        if let ordinal = step.ordinal, field.isDigits { appendOrdinal(from: first, ordinal) }
    }

    private mutating func writeField(_ field: DateTimeTemplate.Field, _ step: DateTimeTemplate.Step) {
        let half: DateTimeTemplate.LetterCase = step.letterCase == .lower ? .lower : .upper
        var year: Int { clock.shown(clock.year) }
        var isoYear: Int { clock.shown(CivilCalendar.isoWeek(days: clock.days).year) }
        switch field {
        case .hh, .hh12: append(clock.hour % 12 == 0 ? 12 : clock.hour % 12, width: 2, sign: clock.hour, step)
        case .hh24: append(clock.hour, width: 2, step)
        case .mi: append(clock.minute, width: 2, step)
        case .ss: append(clock.second, width: 2, step)
        case .ms, .ff3: append(clock.fraction / 1000, width: 3, sign: 0, step)
        case .us, .ff6: append(clock.fraction, width: 6, sign: 0, step)
        case .ff1: append(clock.fraction / 100_000, width: 1, sign: 0, step)
        case .ff2: append(clock.fraction / 10_000, width: 2, sign: 0, step)
        case .ff4: append(clock.fraction / 100, width: 4, sign: 0, step)
        case .ff5: append(clock.fraction / 10, width: 5, sign: 0, step)
        case .ssss, .sssss: appendPlain(clock.hour * 3600 + clock.minute * 60 + clock.second)
        case .am, .pm: append(clock.hour % 24 >= 12 ? "PM" : "AM", half)
        case .amDotted, .pmDotted: append(clock.hour % 24 >= 12 ? "P.M." : "A.M.", half)
        case .ad, .bc: append(clock.year <= 0 ? "BC" : "AD", half)
        case .adDotted, .bcDotted: append(clock.year <= 0 ? "B.C." : "A.D.", half)
        case .month: if clock.month != 0 { append(DateTimeTemplate.months[clock.month - 1], width: 9, step) }
        case .mon: if clock.month != 0 { append(DateTimeTemplate.months[clock.month - 1], step.letterCase, length: 3) }
        case .mm: append(clock.month, width: 2, step)
        case .day: append(DateTimeTemplate.days[CivilCalendar.dayOfWeek(days: clock.days)], width: 9, step)
        case .dy: append(DateTimeTemplate.days[CivilCalendar.dayOfWeek(days: clock.days)], step.letterCase, length: 3)
        case .ddd: append(clock.dayOfYear, width: 3, sign: 0, step)
        case .iddd:
            let first = CivilCalendar.startOfISOYear(CivilCalendar.isoWeek(days: clock.days).year)
            append(clock.days - first + 1, width: 3, sign: 0, step)
        case .dd: append(clock.day, width: 2, sign: 0, step)
        case .d: appendPlain(CivilCalendar.dayOfWeek(days: clock.days) + 1)
        case .id:
            let day = CivilCalendar.dayOfWeek(days: clock.days)
            appendPlain(day == 0 ? 7 : day)
        case .ww: append((clock.dayOfYear - 1) / 7 + 1, width: 2, sign: 0, step)
        case .iw: append(CivilCalendar.isoWeek(days: clock.days).week, width: 2, step)
        case .w: appendPlain((clock.day - 1) / 7 + 1)
        case .q: if clock.month != 0 { appendPlain((clock.month - 1) / 3 + 1) }
        case .cc:
            let century =
                clock.isInterval
                ? clock.year / 100 : clock.year > 0 ? (clock.year - 1) / 100 + 1 : clock.year / 100 - 1
            append(century, width: 2, step)
        case .yyyyWithComma:
            append(year / 1000, width: 1, step)
            append(UInt8(ascii: ","))
            append(digits: (year % 1000).magnitude, width: 3)
        case .yyyy: append(year, width: 4, step)
        case .yyy: append(year % 1000, width: 3, step)
        case .yy: append(year % 100, width: 2, step)
        case .y: append(year % 10, width: 1, step)
        case .iyyy: append(isoYear, width: 4, sign: year, step)
        case .iyy: append(isoYear % 1000, width: 3, sign: year, step)
        case .iy: append(isoYear % 100, width: 2, sign: year, step)
        case .i: append(isoYear % 10, width: 1, sign: year, step)
        case .j: appendPlain(CivilCalendar.julianDay(days: clock.days))
        case .rm:
            if clock.month != 0 { append(DateTimeTemplate.romanMonths[(clock.month - 1 + 12) % 12], width: 4, step) }
        case .tz: if clock.hasZone { append("UTC", half) }
        case .tzh, .of: append("+00", .capital)
        case .tzm: append("00", .capital)
        }
    }

    private mutating func appendPlain(_ value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits: value.magnitude, width: 0)
    }
}
