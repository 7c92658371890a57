import LaminarTypes

/// `to_timestamp(text, template)`; 22007 for text that does not fit the template, 22008 for what no calendar has.
public func parseTimestamp(_ a: StringView, _ template: StringView, _ fault: inout Fault, at site: Int) -> Int64 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in
        var reader = TemplateReader(text: bytes)
        try reader.read(DateTimeTemplate.parsed(template))
        return try reader.timestamp()
    }
}

/// `to_date(text, template)`; errors as `to_timestamp`.
public func parseDate(_ a: StringView, _ template: StringView, _ fault: inout Fault, at site: Int) -> Int32 {
    readText(a, 0, &fault, at: site) { bytes throws(ValueParseReason) in
        var reader = TemplateReader(text: bytes)
        try reader.read(DateTimeTemplate.parsed(template))
        let days = try reader.days()
        guard let result = Int32(exactly: days), Chronology.isValidDate(result) else { throw .datetimeOverflow }
        return result
    }
}

/// Reads fields as PostgreSQL's `DCH_from_char` does.
private struct TemplateReader {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0
    /// Blanks skipped beyond what the template asked for.
    var extraSkip = 0

    var values: [Value: Int] = [:]
    var isTwelveHour = false
    var isAfternoon: Bool?
    var isBeforeChrist = false
    var zoneSign = 0

    enum Value { case year, century, month, day, dayOfYear, julian, isoYear, isoWeek, isoDay, isoDayOfYear, week, monthWeek
        case weekday, hour, minute, second, secondOfDay, millisecond, microsecond, zoneHour, zoneMinute
    }

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private mutating func skipBlanks() {
        while position < text.count && isSpace(text[position]) {
            position += 1
            extraSkip += 1
        }
    }

    private mutating func skipCharacter() {
        position += min(characterLength(startingWith: text[position]), text.count - position)
    }

    mutating func read(_ template: DateTimeTemplate) throws(ValueParseReason) {
        for (index, node) in template.nodes.enumerated() {
            if position >= text.count { break }
            var isField = false
            if case .field = node { isField = true }
            if !template.isFixed && (isField || index == 0) { skipBlanks() }
            switch node {
            case .space, .separator:
                if template.isFixed {
                    skipCharacter()
                } else {
                    extraSkip -= 1
                    if position < text.count
                        && (isSpace(text[position]) || DateTimeTemplate.isSeparator(text[position]))
                    {
                        position += 1
                        extraSkip += 1
                    }
                }
            case .text:
                if !template.isFixed && extraSkip > 0 {
                    extraSkip -= 1
                } else if position < text.count {
                    skipCharacter()
                }
            case .field(let field, _, let isFilled, let ordinal):
                let next = index + 1 < template.nodes.count ? template.nodes[index + 1] : nil
                var isNextDigit = false
                switch next {
                case .field(let field, _, _, _)?: isNextDigit = field.isDigits
                case .text(let bytes)?: isNextDigit = bytes.count == 1 && isDigit(bytes[0])
                default: break
                }
                try read(field, isOpen: !isFilled || ordinal != nil || !isNextDigit)
                if ordinal != nil { position = min(position + 2, text.count) }
                if !template.isFixed {
                    extraSkip = 0
                    skipBlanks()
                }
            }
        }
    }

    /// An integer of at most `width` digits where `isOpen` allows fewer, else of exactly as many; its length.
    private mutating func integer(
        _ value: Value, width: Int, isOpen: Bool, limit: Int? = nil
    ) throws(ValueParseReason) -> Int {
        while position < text.count && isSpace(text[position]) { position += 1 }
        let start = position
        var end = isOpen ? (limit.map { min(text.count, start + $0) } ?? text.count) : min(text.count, start + width)
        if !isOpen && end - start < width { throw .invalidDatetime }
        if isOpen && limit == nil { end = text.count }
        var isNegative = false
        if position < end && (text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+")) {
            isNegative = text[position] == UInt8(ascii: "-")
            position += 1
        }
        let firstDigit = position
        var number = 0
        while position < end && isDigit(text[position]) {
            number = number * 10 + Int(text[position] - 48)
            if number > Int(Int32.max) { throw .datetimeOverflow }
            position += 1
        }
        guard position > firstDigit else { throw .invalidDatetime }
        if !isOpen && position < end { throw .invalidDatetime }
        try set(value, isNegative ? -number : number)
        return position - start
    }

    private mutating func set(_ value: Value, _ number: Int) throws(ValueParseReason) {
        if let known = values[value], known != number { throw .invalidDatetime }
        values[value] = number
    }

    /// The index of the name that the text goes on with, in any case.
    private mutating func name(_ names: [String], length: Int? = nil) throws(ValueParseReason) -> Int {
        for (index, name) in names.enumerated() {
            let bytes = Array((length.map { String(name.prefix($0)) } ?? name).lowercased().utf8)
            guard position + bytes.count <= text.count else { continue }
            var k = 0
            while k < bytes.count && lowercased(text[position + k]) == bytes[k] { k += 1 }
            if k == bytes.count {
                position += k
                return index
            }
        }
        throw .invalidDatetime
    }

    private mutating func read(_ field: DateTimeTemplate.Field, isOpen: Bool) throws(ValueParseReason) {
        func scaled(_ value: Value, _ length: Int, digits: Int) {
            for _ in 0..<max(0, digits - length) { values[value] = (values[value] ?? 0) * 10 }
        }
        switch field {
        case .hh, .hh12:
            isTwelveHour = true
            _ = try integer(.hour, width: 2, isOpen: isOpen)
        case .hh24: _ = try integer(.hour, width: 2, isOpen: isOpen)
        case .mi: _ = try integer(.minute, width: 2, isOpen: isOpen)
        case .ss: _ = try integer(.second, width: 2, isOpen: isOpen)
        case .ssss, .sssss: _ = try integer(.secondOfDay, width: 5, isOpen: true)
        case .ms, .ff3:
            let length = try integer(.millisecond, width: 3, isOpen: isOpen)
            scaled(.millisecond, length, digits: 3)
        case .us, .ff1, .ff2, .ff4, .ff5, .ff6:
            let digits = Int(field.rawValue.dropFirst(2)) ?? 6
            let length = try integer(.microsecond, width: digits, isOpen: isOpen, limit: nil)
            if length > 6 { throw .datetimeOverflow }
            scaled(.microsecond, length, digits: 6)
        case .am, .pm: isAfternoon = try name(["AM", "PM"]) == 1
        case .amDotted, .pmDotted: isAfternoon = try name(["A.M.", "P.M."]) == 1
        case .ad, .bc: isBeforeChrist = try name(["AD", "BC"]) == 1
        case .adDotted, .bcDotted: isBeforeChrist = try name(["A.D.", "B.C."]) == 1
        case .month: try set(.month, try name(DateTimeTemplate.months) + 1)
        case .mon: try set(.month, try name(DateTimeTemplate.months, length: 3) + 1)
        case .mm: _ = try integer(.month, width: 2, isOpen: isOpen)
        case .rm:
            // Longer numerals first: VIII begins with V.
            let order = DateTimeTemplate.romanMonths.indices.sorted {
                DateTimeTemplate.romanMonths[$0].utf8.count > DateTimeTemplate.romanMonths[$1].utf8.count
            }
            try set(.month, order[try name(order.map { DateTimeTemplate.romanMonths[$0] })] + 1)
        case .day: _ = try name(DateTimeTemplate.days)
        case .dy: _ = try name(DateTimeTemplate.days, length: 3)
        case .ddd: _ = try integer(.dayOfYear, width: 3, isOpen: isOpen)
        case .iddd: _ = try integer(.isoDayOfYear, width: 3, isOpen: isOpen)
        case .dd: _ = try integer(.day, width: 2, isOpen: isOpen)
        case .d: _ = try integer(.weekday, width: 1, isOpen: isOpen)
        case .id: _ = try integer(.isoDay, width: 1, isOpen: isOpen)
        case .ww: _ = try integer(.week, width: 2, isOpen: isOpen)
        case .iw: _ = try integer(.isoWeek, width: 2, isOpen: isOpen)
        case .w: _ = try integer(.monthWeek, width: 1, isOpen: isOpen)
        case .q:
            // A quarter alone is no date; PostgreSQL reads past it.
            while position < text.count && isDigit(text[position]) { position += 1 }
        case .cc: _ = try integer(.century, width: 2, isOpen: isOpen)
        case .j: _ = try integer(.julian, width: 7, isOpen: true)
        case .yyyy: _ = try integer(.year, width: 4, isOpen: isOpen)
        case .iyyy: _ = try integer(.isoYear, width: 4, isOpen: isOpen)
        case .yyy, .yy, .y, .iyy, .iy, .i:
            let isISO = field == .iyy || field == .iy || field == .i
            let value: Value = isISO ? .isoYear : .year
            let length = try integer(value, width: field.rawValue.utf8.count, isOpen: isOpen)
            if length < 4 { values[value] = Self.completed(values[value] ?? 0) }
        case .yyyyWithComma:
            let start = position
            while position < text.count && isDigit(text[position]) { position += 1 }
            let thousands = Int(String(decoding: text[start..<position], as: UTF8.self))
            guard let thousands, thousands < 1000, position < text.count, text[position] == UInt8(ascii: ",") else {
                throw .invalidDatetime
            }
            position += 1
            let rest = position
            while position < text.count && position < rest + 3 && isDigit(text[position]) { position += 1 }
            guard let units = Int(String(decoding: text[rest..<position], as: UTF8.self)) else {
                throw .invalidDatetime
            }
            try set(.year, thousands * 1000 + units)
        case .tzh, .of:
            zoneSign = 1
            if position < text.count && (text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-")) {
                zoneSign = text[position] == UInt8(ascii: "-") ? -1 : 1
                position += 1
            } else if extraSkip > 0 && position > 0 && text[position - 1] == UInt8(ascii: "-") {
                zoneSign = -1
            }
            _ = try integer(.zoneHour, width: 2, isOpen: true, limit: 2)
            if field == .of && position + 1 < text.count && text[position] == UInt8(ascii: ":") {
                position += 1
                _ = try integer(.zoneMinute, width: 2, isOpen: true, limit: 2)
            }
        case .tzm:
            if zoneSign == 0 { zoneSign = 1 }
            _ = try integer(.zoneMinute, width: 2, isOpen: true, limit: 2)
        case .tz: throw .invalidDatetime
        }
    }

    /// The year nearest to 2020 with these last digits.
    private static func completed(_ year: Int) -> Int {
        if year < 70 { return year + 2000 }
        if year < 100 { return year + 1900 }
        if year < 520 { return year + 2000 }
        return year < 1000 ? year + 1000 : year
    }

    /// The year as calendars count it, with a year 0 in front of year 1.
    private var civilYear: Int {
        func signed(_ value: Int) -> Int { isBeforeChrist ? -value : value }
        // A century only completes a year of two digits; without one it gives its first year.
        guard let century = values[.century].map(signed) else {
            let year = signed(values[.year] ?? 0)
            return year < 0 ? year + 1 : year
        }
        guard let year = values[.year] else { return century >= 0 ? century * 100 - 99 : century * 100 + 1 }
        let rest = year % 100
        if rest == 0 { return century >= 0 ? century * 100 : century * 100 + 1 }
        return century >= 0 ? (century - 1) * 100 + rest : (century + 1) * 100 - rest + 1
    }

    func days() throws(ValueParseReason) -> Int {
        if let julian = values[.julian] { return julian - 2_440_588 }
        let year = civilYear
        if let isoYear = values[.isoYear] {
            let start = CivilCalendar.startOfISOYear(isoYear)
            if let day = values[.isoDayOfYear] { return start + day - 1 }
            guard let week = values[.isoWeek] else { return start }
            return start + (week - 1) * 7 + (values[.isoDay] ?? 1) - 1
        }
        if let day = values[.dayOfYear], values[.month] == nil {
            guard (1...(CivilCalendar.isLeap(year) ? 366 : 365)).contains(day) else { throw .datetimeOverflow }
            return CivilCalendar.days(year: year, month: 1, day: 1) + day - 1
        }
        if let week = values[.week] {
            guard (1...53).contains(week) else { throw .datetimeOverflow }
            return CivilCalendar.days(year: year, month: 1, day: 1) + (week - 1) * 7
        }
        let month = values[.month] ?? 1
        let day = values[.day] ?? values[.monthWeek].map { ($0 - 1) * 7 + 1 } ?? 1
        guard (1...12).contains(month), day >= 1, day <= CivilCalendar.dayCount(year: year, month: month) else {
            throw .datetimeOverflow
        }
        return CivilCalendar.days(year: year, month: month, day: day)
    }

    func timestamp() throws(ValueParseReason) -> Int64 {
        let days = try days()
        var (hour, minute, second) = (values[.hour] ?? 0, values[.minute] ?? 0, values[.second] ?? 0)
        if let seconds = values[.secondOfDay] { (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60) }
        if isTwelveHour {
            guard (1...12).contains(hour) else { throw .invalidDatetime }
            if isAfternoon == true && hour < 12 { hour += 12 }
            if isAfternoon == false && hour == 12 { hour = 0 }
        } else if isAfternoon == true && hour < 12 {
            hour += 12
        }
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second) else {
            throw .datetimeOverflow
        }
        let (zoneHour, zoneMinute) = (values[.zoneHour] ?? 0, zoneSign == 0 ? 0 : values[.zoneMinute] ?? 0)
        guard (0...15).contains(zoneHour), (0..<60).contains(zoneMinute) else { throw .invalidZoneDisplacement }
        let shift = zoneSign * (zoneHour * 60 + zoneMinute) * 60
        let seconds = hour * 3600 + minute * 60 + second - shift
        let fraction = (values[.millisecond] ?? 0) * 1000 + (values[.microsecond] ?? 0)
        guard fraction < 1_000_000,
            let result = Chronology.timestamp(days: days, microseconds: Int64(seconds * 1_000_000 + fraction))
        else { throw .datetimeOverflow }
        return result
    }
}
