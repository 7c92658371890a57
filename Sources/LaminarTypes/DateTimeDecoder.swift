/// Makes a date and time of scanned fields, by the rules of PostgreSQL's `DecodeDateTime` with `DateStyle = ISO, MDY`.
struct DateTimeDecoder {
    enum Special { case epoch, infinity, negativeInfinity }

    struct FieldSet: OptionSet {
        let rawValue: Int
        static let year = FieldSet(rawValue: 1)
        static let month = FieldSet(rawValue: 2)
        static let day = FieldSet(rawValue: 4)
        static let time = FieldSet(rawValue: 8)
        static let zone = FieldSet(rawValue: 16)
        static let dayOfYear = FieldSet(rawValue: 32)
        static let date: FieldSet = [.year, .month, .day]
    }

    var special: Special?
    var year = 0
    var month = 0
    var day = 0
    /// Since midnight; up to 24:00:00.
    var microseconds: Int64 = 0
    /// Seconds east of Greenwich, where the text names a zone.
    var zoneOffset: Int?

    /// The zone that the text names, whose offset depends on the time.
    private var namedZone: NamedTimeZone?
    private var fields: FieldSet = []
    private var dayOfYear = 0
    private var hasTwoDigitYear = false
    private var hasTextMonth = false
    private var isBeforeChrist = false
    private var isAfternoon: Bool?
    private var hour: Int64 = 0

    /// What the previous word announced about the next field.
    private enum Prefix { case none, time, julian }
    private var prefix = Prefix.none

    var hasDate: Bool { fields.isSuperset(of: .date) || special != nil }
    var hasTime: Bool { fields.contains(.time) }

    init(_ text: UnsafeBufferPointer<UInt8>, isTimeOnly: Bool = false) throws(ValueParseReason) {
        let tokens = try DateTimeScanner.tokens(text)
        guard !tokens.isEmpty else { throw .invalidDatetime }
        for token in tokens {
            let added = try decode(token, isTimeOnly: isTimeOnly)
            if !fields.isDisjoint(with: added) { throw .invalidDatetime }
            fields.formUnion(added)
        }
        if prefix != .none { throw .invalidDatetime }
        if special == nil { try validate() }
        if isTimeOnly {
            guard hasTime, special == nil else { throw .invalidDatetime }
        } else {
            guard hasDate else { throw .invalidDatetime }
        }
    }

    private mutating func decode(
        _ token: DateTimeScanner.Token, isTimeOnly: Bool
    ) throws(ValueParseReason) -> FieldSet {
        switch token.kind {
        case .date:
            if prefix == .julian { throw .invalidDatetime }
            if fields.isSuperset(of: .date) || prefix == .time || (isTimeOnly && !isFullDate(token.bytes)) {
                if isLetter(token.bytes[0]) && prefix == .none {
                    return try decodeZoneName(token.bytes)
                }
                // A run-together time with a zone: hhmmss-zz.
                guard isDigit(token.bytes[0]), let dash = token.bytes.firstIndex(of: UInt8(ascii: "-")) else {
                    throw .invalidDatetime
                }
                prefix = .none
                zoneOffset = try Self.zone(Array(token.bytes[dash...]))
                let added = try decodeRunTogether(Array(token.bytes[..<dash]), fields.union(.date))
                return added.union(.zone)
            }
            return try decodeDate(token.bytes)
        case .time:
            if prefix == .julian { throw .invalidDatetime }
            prefix = .none
            try decodeTime(token.bytes)
            return .time
        case .zone:
            zoneOffset = try Self.zone(token.bytes)
            return .zone
        case .number:
            let bytes = token.bytes
            switch prefix {
            case .time:
                prefix = .none
                let added = try decodeRunTogether(bytes, fields.union(.date))
                guard added == .time else { throw .invalidDatetime }
                return added
            case .julian:
                prefix = .none
                return try decodeJulian(bytes)
            case .none: break
            }
            let point = bytes.firstIndex(of: UInt8(ascii: "."))
            if isTimeOnly {
                return try decodeRunTogether(bytes, fields.union(.date))
            }
            if point != nil && fields.isDisjoint(with: .date) { return try decodeDate(bytes) }
            if let point, point > 2 { return try decodeRunTogether(bytes, fields) }
            if bytes.count >= 6 && (fields.isDisjoint(with: .date) || !fields.contains(.time)) {
                return try decodeRunTogether(bytes, fields)
            }
            return try decodeNumber(bytes, fields)
        case .word, .special:
            return try decodeWord(token.bytes, isTimeOnly: isTimeOnly)
        }
    }

    private func isFullDate(_ bytes: [UInt8]) -> Bool {
        bytes.count { !isDigit($0) && !isLetter($0) } >= 2
    }

    private mutating func decodeWord(_ bytes: [UInt8], isTimeOnly: Bool) throws(ValueParseReason) -> FieldSet {
        guard prefix == .none else { throw .invalidDatetime }
        guard let word = DateTimeWord(bytes) else { return try decodeZoneName(bytes) }
        switch word {
        case .epoch:
            special = .epoch
            return [.date, .time, .zone]
        case .infinity:
            special = .infinity
            return [.date, .time, .zone]
        case .negativeInfinity:
            special = .negativeInfinity
            return [.date, .time, .zone]
        case .allballs:
            zoneOffset = 0
            return [.time, .zone]
        case .month(let number):
            var added = FieldSet.month
            if fields.contains(.month) && !hasTextMonth && !fields.contains(.day) && (1...31).contains(month) {
                day = month
                added = .day
            }
            hasTextMonth = true
            month = number
            return added
        case .zone(let seconds):
            zoneOffset = seconds
            return .zone
        case .anteMeridiem: isAfternoon = false
        case .postMeridiem: isAfternoon = true
        case .beforeChrist: isBeforeChrist = true
        case .annoDomini: isBeforeChrist = false
        case .weekday, .ignored: break
        case .isoTime:
            guard fields.isSuperset(of: .date) || isTimeOnly else { throw .invalidDatetime }
            prefix = .time
        case .julian: prefix = .julian
        case .unit: throw .invalidDatetime
        }
        return []
    }

    /// `UTC+3`, `America/New_York`.
    private mutating func decodeZoneName(_ bytes: [UInt8]) throws(ValueParseReason) -> FieldSet {
        guard let zone = bytes.withUnsafeBufferPointer({ NamedTimeZone($0) }) else { throw .invalidDatetime }
        namedZone = zone
        return .zone
    }

    private mutating func decodeJulian(_ bytes: [UInt8]) throws(ValueParseReason) -> FieldSet {
        var position = 0
        guard let julian = scanInteger(bytes, &position), position == bytes.count, julian <= 2_147_483_493 else {
            throw .invalidDatetime
        }
        let date = CivilCalendar.date(days: Int(julian) - 2_440_588)
        (year, month, day) = (date.year, date.month, date.day)
        isJulian = true
        return .date
    }

    private var isJulian = false

    /// A date with separators.
    private mutating func decodeDate(_ bytes: [UInt8]) throws(ValueParseReason) -> FieldSet {
        var parts: [[UInt8]] = []
        var i = 0
        while i < bytes.count {
            while i < bytes.count && !isDigit(bytes[i]) && !isLetter(bytes[i]) { i += 1 }
            if i == bytes.count { throw .invalidDatetime }
            let start = i
            if isDigit(bytes[i]) {
                while i < bytes.count && isDigit(bytes[i]) { i += 1 }
            } else {
                while i < bytes.count && isLetter(bytes[i]) { i += 1 }
            }
            parts.append(Array(bytes[start..<i]))
            if i < bytes.count && !isDigit(bytes[i]) && !isLetter(bytes[i]) { i += 1 }
        }
        var known = fields
        var added: FieldSet = []
        for part in parts where isLetter(part[0]) {
            guard case .month(let number)? = DateTimeWord(part), !known.contains(.month) else { throw .invalidDatetime }
            month = number
            hasTextMonth = true
            known.insert(.month)
            added.insert(.month)
        }
        for part in parts where isDigit(part[0]) {
            let field = try decodeNumber(part, known)
            if !known.isDisjoint(with: field) { throw .invalidDatetime }
            known.formUnion(field)
            added.formUnion(field)
        }
        guard known.isSuperset(of: .date) else { throw .invalidDatetime }
        return added
    }

    /// One number, whose meaning depends on what is known already.
    private mutating func decodeNumber(_ bytes: [UInt8], _ known: FieldSet) throws(ValueParseReason) -> FieldSet {
        var position = 0
        guard let wide = scanInteger(bytes, &position) else {
            throw bytes.isEmpty || !isDigit(bytes[0]) ? .invalidDatetime : .datetimeOverflow
        }
        guard let value = Int32(exactly: wide).map({ Int($0) }) else { throw .datetimeOverflow }
        if position < bytes.count {
            guard bytes[position] == UInt8(ascii: "."), position > 2 else { throw .invalidDatetime }
            return try decodeRunTogether(bytes, known.union(.date))
        }
        let length = bytes.count
        let date = known.intersection(.date)
        if length == 3 && date == .year && (1...366).contains(value) {
            dayOfYear = value
            return [.dayOfYear, .month, .day]
        }
        switch date {
        case []:
            if length >= 3 { return setYear(value, length) }
            month = value
            return .month
        case .year:
            month = value
            return .month
        case .month:
            if hasTextMonth && length >= 3 { return setYear(value, length) }
            day = value
            return .day
        case [.year, .month]:
            if hasTextMonth && length >= 3 && hasTwoDigitYear {
                day = year
                year = value
                hasTwoDigitYear = false
                return .day
            }
            day = value
            return .day
        case .day:
            month = value
            return .month
        case [.month, .day]:
            return setYear(value, length)
        case .date:
            return try decodeRunTogether(bytes, known)
        default:
            throw .invalidDatetime
        }
    }

    private mutating func setYear(_ value: Int, _ length: Int) -> FieldSet {
        year = value
        hasTwoDigitYear = length <= 2
        return .year
    }

    /// `yyyymmdd`, `yymmdd`, `hhmmss[.ffffff]` or `hhmm`.
    private mutating func decodeRunTogether(_ bytes: [UInt8], _ known: FieldSet) throws(ValueParseReason) -> FieldSet {
        var digits = bytes
        var fraction: Int64 = 0
        if let point = bytes.firstIndex(of: UInt8(ascii: ".")) {
            var position = point
            fraction = scanFractionalSecond(bytes, &position)
            digits = Array(bytes[..<point])
        } else if !known.isSuperset(of: .date), digits.count >= 6 {
            var position = 0
            guard let value = scanInteger(digits, &position), position == digits.count, value < 3_000_000_000_000 else {
                throw .datetimeOverflow
            }
            day = Int(value % 100)
            month = Int(value / 100 % 100)
            year = Int(value / 10_000)
            hasTwoDigitYear = digits.count == 6
            return .date
        }
        var position = 0
        guard !known.contains(.time), digits.count == 6 || digits.count == 4,
            let value = scanInteger(digits, &position), position == digits.count
        else { throw .invalidDatetime }
        if digits.count == 6 {
            try setTime(value / 10_000, value / 100 % 100, value % 100, fraction)
        } else {
            try setTime(value / 100, value % 100, 0, fraction)
        }
        return .time
    }

    /// `hh:mm[:ss[.ffffff]]`; `mm:ss.ffffff` is minutes and seconds.
    private mutating func decodeTime(_ bytes: [UInt8]) throws(ValueParseReason) {
        let parts = try clockFields(bytes)
        try setTime(parts.hours, parts.minutes, parts.seconds, parts.fraction)
    }

    private mutating func setTime(
        _ hours: Int64, _ minutes: Int64, _ seconds: Int64, _ fraction: Int64
    ) throws(ValueParseReason) {
        guard hours <= 24, minutes <= 59, seconds <= 60, fraction <= 1_000_000 else { throw .datetimeOverflow }
        hour = hours
        microseconds = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction
        guard microseconds <= Chronology.microsecondsPerDay else { throw .datetimeOverflow }
    }

    /// Seconds east of Greenwich of `±hh[:mm[:ss]]` or `±hhmm`.
    static func zone(_ bytes: [UInt8]) throws(ValueParseReason) -> Int {
        var position = 1
        guard bytes.count > 1, let first = scanInteger(bytes, &position) else { throw .invalidZoneDisplacement }
        var hours = first
        var minutes: Int64 = 0
        var seconds: Int64 = 0
        if position < bytes.count && bytes[position] == UInt8(ascii: ":") {
            position += 1
            guard let value = scanInteger(bytes, &position) else { throw .invalidDatetime }
            minutes = value
            if position < bytes.count && bytes[position] == UInt8(ascii: ":") {
                position += 1
                guard let value = scanInteger(bytes, &position) else { throw .invalidDatetime }
                seconds = value
            }
        } else if position == bytes.count && bytes.count > 3 {
            minutes = hours % 100
            hours /= 100
        }
        guard hours <= 15, minutes < 60, seconds < 60 else { throw .invalidZoneDisplacement }
        guard position == bytes.count else { throw .invalidDatetime }
        let offset = Int((hours * 60 + minutes) * 60 + seconds)
        return bytes[0] == UInt8(ascii: "-") ? -offset : offset
    }

    private mutating func validate() throws(ValueParseReason) {
        if fields.contains(.year) && !isJulian {
            if isBeforeChrist {
                if year <= 0 { throw .datetimeOverflow }
                year = 1 - year
            } else if hasTwoDigitYear {
                if year < 70 { year += 2000 } else if year < 100 { year += 1900 }
            } else if year <= 0 {
                throw .datetimeOverflow
            }
        }
        if fields.contains(.dayOfYear) {
            let date = CivilCalendar.date(days: CivilCalendar.days(year: year, month: 1, day: 1) + dayOfYear - 1)
            month = date.month
            day = date.day
        }
        if fields.contains(.month) && !(1...12).contains(month) { throw .datetimeOverflow }
        if fields.contains(.day) && !(1...31).contains(day) { throw .datetimeOverflow }
        if fields.isSuperset(of: .date) && day > CivilCalendar.dayCount(year: year, month: month) {
            throw .datetimeOverflow
        }
        if let isAfternoon {
            if hour > 12 { throw .datetimeOverflow }
            if !isAfternoon && hour == 12 { microseconds -= 12 * Chronology.microsecondsPerHour }
            if isAfternoon && hour != 12 { microseconds += 12 * Chronology.microsecondsPerHour }
        }
    }

    /// Days since the epoch.
    func days() throws(ValueParseReason) -> Int32 {
        switch special {
        case .epoch: return 0
        case .infinity: return Chronology.infiniteDate
        case .negativeInfinity: return Chronology.negativeInfiniteDate
        case nil: break
        }
        let days = CivilCalendar.days(year: year, month: month, day: day)
        guard let result = Int32(exactly: days), Chronology.isValidDate(result) else { throw .datetimeOverflow }
        return result
    }

    /// Microseconds since the epoch; the text's zone counts only where `usesZone`.
    func timestamp(usesZone: Bool) throws(ValueParseReason) -> Int64 {
        switch special {
        case .epoch: return 0
        case .infinity: return Chronology.infiniteTimestamp
        case .negativeInfinity: return Chronology.negativeInfiniteTimestamp
        case nil: break
        }
        let days = CivilCalendar.days(year: year, month: month, day: day)
        var offset = usesZone ? zoneOffset ?? 0 : 0
        if usesZone, let namedZone, let local = Chronology.timestamp(days: days, microseconds: microseconds) {
            offset = namedZone.offset(atLocal: local)
        }
        let shift = Int64(offset) * 1_000_000
        guard let result = Chronology.timestamp(days: days, microseconds: microseconds - shift) else {
            throw .datetimeOverflow
        }
        return result
    }
}

/// The fields of `hh:mm[:ss[.ffffff]]`; two fields with a fraction are minutes and seconds.
func clockFields(
    _ bytes: [UInt8], isMinuteToSecond: Bool = false
) throws(ValueParseReason) -> (hours: Int64, minutes: Int64, seconds: Int64, fraction: Int64) {
    var position = 0
    guard let first = scanInteger(bytes, &position) else { throw .datetimeOverflow }
    guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw .invalidDatetime }
    position += 1
    // `10:` is ten hours, as C's strtol takes an empty field for zero.
    let second = scanInteger(bytes, &position) ?? 0
    var result = (hours: first, minutes: second, seconds: Int64(0), fraction: Int64(0))
    if position < bytes.count {
        if bytes[position] == UInt8(ascii: ".") {
            result = (0, first, second, scanFractionalSecond(bytes, &position))
        } else if bytes[position] == UInt8(ascii: ":") {
            position += 1
            result.seconds = scanInteger(bytes, &position) ?? 0
            if position < bytes.count && bytes[position] == UInt8(ascii: ".") {
                result.fraction = scanFractionalSecond(bytes, &position)
            }
        }
    } else if isMinuteToSecond {
        result = (0, first, second, 0)
    }
    guard position == bytes.count else { throw .invalidDatetime }
    guard result.minutes <= 59, result.seconds <= 60 else { throw .datetimeOverflow }
    return result
}
