/// Cuts a date, time or interval text into fields, as PostgreSQL's `ParseDateTime`.
struct DateTimeScanner {
    enum Kind {
        /// Digits with at most one point.
        case number
        /// Letters.
        case word
        /// Digits (or a word) with separators: `1999-01-08`, `08-jan-1999`.
        case date
        /// Digits with colons.
        case time
        /// A sign and digits; may hold `:`, `.` and `-`.
        case zone
        /// A sign and letters.
        case special
    }

    struct Token {
        var kind: Kind
        /// In lower case.
        var bytes: [UInt8]
    }

    /// The fields of `text`; more than 25 are refused as in PostgreSQL.
    static func tokens(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> [Token] {
        var tokens: [Token] = []
        var i = 0
        func byte(_ index: Int) -> UInt8 { index < text.count ? lowercased(text[index]) : 0 }
        while i < text.count {
            let first = byte(i)
            if isSpace(first) {
                i += 1
                continue
            }
            let start = i
            var kind = Kind.number
            var skipped = 0
            if isDigit(first) {
                while isDigit(byte(i)) { i += 1 }
                let delimiter = byte(i)
                if delimiter == UInt8(ascii: ":") {
                    kind = .time
                    while isDigit(byte(i)) || byte(i) == UInt8(ascii: ":") || byte(i) == UInt8(ascii: ".") { i += 1 }
                } else if delimiter == UInt8(ascii: "-") || delimiter == UInt8(ascii: "/")
                    || delimiter == UInt8(ascii: ".")
                {
                    i += 1
                    if isDigit(byte(i)) {
                        kind = delimiter == UInt8(ascii: ".") ? .number : .date
                        while isDigit(byte(i)) { i += 1 }
                        if byte(i) == delimiter {
                            kind = .date
                            while isDigit(byte(i)) || byte(i) == delimiter { i += 1 }
                        }
                    } else {
                        kind = .date
                        while isDigit(byte(i)) || isLetter(byte(i)) || byte(i) == delimiter { i += 1 }
                    }
                }
            } else if first == UInt8(ascii: ".") {
                i += 1
                while isDigit(byte(i)) { i += 1 }
            } else if isLetter(first) {
                kind = .word
                while isLetter(byte(i)) { i += 1 }
                let next = byte(i)
                var isDate = next == UInt8(ascii: "-") || next == UInt8(ascii: "/") || next == UInt8(ascii: ".")
                if next == UInt8(ascii: "+") || isDigit(next) {
                    isDate = !DateTimeWord.isKnown((start..<i).map { byte($0) })
                }
                if isDate {
                    kind = .date
                    while i < text.count {
                        let c = byte(i)
                        guard isDigit(c) || isLetter(c) || "+-/_.:".utf8.contains(c) else { break }
                        i += 1
                    }
                }
            } else if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
                i += 1
                while isSpace(byte(i)) {
                    i += 1
                    skipped += 1
                }
                if isDigit(byte(i)) {
                    kind = .zone
                    while isDigit(byte(i)) || byte(i) == UInt8(ascii: ":") || byte(i) == UInt8(ascii: ".")
                        || byte(i) == UInt8(ascii: "-")
                    {
                        i += 1
                    }
                } else if isLetter(byte(i)) {
                    kind = .special
                    while isLetter(byte(i)) { i += 1 }
                } else {
                    throw .invalidDatetime
                }
            } else if first > 32 && first < 127 {
                // Other punctuation only separates.
                i += 1
                continue
            } else {
                throw .invalidDatetime
            }
            var bytes = (start..<i).map { byte($0) }
            if skipped > 0 { bytes.removeSubrange(1...skipped) }
            tokens.append(Token(kind: kind, bytes: bytes))
            if tokens.count > 25 { throw .invalidDatetime }
        }
        return tokens
    }
}

/// The digits from `position`, which moves behind them; `nil` without a digit or past 18 of them.
func scanInteger(_ bytes: [UInt8], _ position: inout Int) -> Int64? {
    let start = position
    var value: Int64 = 0
    while position < bytes.count && isDigit(bytes[position]) {
        if position - start >= 18 { return nil }
        value = value * 10 + Int64(bytes[position] - 48)
        position += 1
    }
    return position > start ? value : nil
}

/// Microseconds of the fraction `.ffffff…` at `position`, which moves behind it; halves to even.
func scanFractionalSecond(_ bytes: [UInt8], _ position: inout Int) -> Int64 {
    position += 1
    var value: Int64 = 0
    var digits = 0
    var next: UInt8 = 0
    var hasMore = false
    while position < bytes.count && isDigit(bytes[position]) {
        let digit = bytes[position] - 48
        if digits < 6 {
            value = value * 10 + Int64(digit)
        } else if digits == 6 {
            next = digit
        } else if digit != 0 {
            hasMore = true
        }
        digits += 1
        position += 1
    }
    while digits < 6 {
        value *= 10
        digits += 1
    }
    if next > 5 || (next == 5 && (hasMore || value & 1 == 1)) { value += 1 }
    return value
}

/// A word that dates and times may hold.
enum DateTimeWord {
    case month(Int)
    case weekday
    case anteMeridiem, postMeridiem
    case beforeChrist, annoDomini
    case epoch, infinity, negativeInfinity, allballs
    /// Seconds east of Greenwich.
    case zone(Int)
    case isoTime, julian
    case ignored
    case unit

    /// True for PostgreSQL's own words (not for names of zones), which may be followed by digits at once.
    static func isKnown(_ bytes: [UInt8]) -> Bool {
        guard let word = DateTimeWord(bytes) else { return false }
        if case .zone = word { return false }
        return true
    }

    init?(_ bytes: [UInt8]) {
        // PostgreSQL's tokens are cut at ten characters.
        switch String(decoding: bytes.prefix(10), as: UTF8.self) {
        case "jan", "january": self = .month(1)
        case "feb", "february": self = .month(2)
        case "mar", "march": self = .month(3)
        case "apr", "april": self = .month(4)
        case "may": self = .month(5)
        case "jun", "june": self = .month(6)
        case "jul", "july": self = .month(7)
        case "aug", "august": self = .month(8)
        case "sep", "sept", "september": self = .month(9)
        case "oct", "october": self = .month(10)
        case "nov", "november": self = .month(11)
        case "dec", "december": self = .month(12)
        case "sun", "sunday", "mon", "monday", "tue", "tues", "tuesday", "wed", "weds", "wednesday", "thu", "thur",
            "thurs", "thursday", "fri", "friday", "sat", "saturday":
            self = .weekday
        case "am": self = .anteMeridiem
        case "pm": self = .postMeridiem
        case "bc": self = .beforeChrist
        case "ad": self = .annoDomini
        case "epoch": self = .epoch
        case "infinity": self = .infinity
        case "-infinity": self = .negativeInfinity
        case "allballs": self = .allballs
        case "t": self = .isoTime
        case "j", "jd", "julian": self = .julian
        case "at", "on": self = .ignored
        case "d", "h", "m", "mm", "s", "y", "dow", "doy", "isodow", "isoyear": self = .unit
        case "z", "zulu", "utc", "gmt", "ut", "uct", "wet": self = .zone(0)
        case "cet", "met", "bst", "west": self = .zone(3600)
        case "cest", "eet", "mest": self = .zone(2 * 3600)
        case "eest", "msk": self = .zone(3 * 3600)
        case "jst", "kst": self = .zone(9 * 3600)
        case "est", "cdt": self = .zone(-5 * 3600)
        case "edt": self = .zone(-4 * 3600)
        case "cst", "mdt": self = .zone(-6 * 3600)
        case "mst", "pdt": self = .zone(-7 * 3600)
        case "pst", "akdt": self = .zone(-8 * 3600)
        case "akst": self = .zone(-9 * 3600)
        case "hst": self = .zone(-10 * 3600)
        default: return nil
        }
    }
}
