/// Parses dates and times in PostgreSQL's input forms (`DateStyle = ISO, MDY`; no zone given: UTC).
public enum DateTimeText {
    /// Days since the epoch.
    public static func date(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Int32 {
        if text.count == 10, let days = isoDate(text) { return Int32(truncatingIfNeeded: days) }
        return try DateTimeDecoder(text).days()
    }

    /// Microseconds since midnight.
    public static func time(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Int64 {
        try DateTimeDecoder(text, isTimeOnly: true).microseconds
    }

    /// Microseconds since the epoch; a zone in the text is ignored, as PostgreSQL does.
    public static func timestamp(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Int64 {
        if let result = isoTimestamp(text, isZoned: false) { return result }
        return try DateTimeDecoder(text).timestamp(usesZone: false)
    }

    /// Microseconds since the epoch in UTC.
    public static func timestamptz(_ text: UnsafeBufferPointer<UInt8>) throws(ValueParseReason) -> Int64 {
        if let result = isoTimestamp(text, isZoned: true) { return result }
        return try DateTimeDecoder(text).timestamp(usesZone: true)
    }

    /// `digits` fractional digits (0…6), rounded half away from 2000-01-01 as PostgreSQL does.
    public static func rounded(timestamp: Int64, digits: Int) -> Int64 {
        if digits >= 6 || Chronology.isInfinite(timestamp: timestamp) { return timestamp }
        // PostgreSQL counts from 2000-01-01, which decides the direction of a half.
        let base: Int64 = 946_684_800_000_000
        let (relative, overflow) = timestamp.subtractingReportingOverflow(base)
        return overflow ? timestamp : rounded(time: relative, digits: digits) &+ base
    }

    /// `digits` fractional digits (0…6), rounded half away from zero.
    public static func rounded(time: Int64, digits: Int) -> Int64 {
        if digits >= 6 { return time }
        let unit = Int64(truncatingIfNeeded: Decimal.powerOfTen(6 - max(digits, 0)))
        return time >= 0 ? (time &+ unit / 2) / unit &* unit : 0 &- (unit / 2 &- time) / unit &* unit
    }

    /// Seconds east of Greenwich of a zone's name as AT TIME ZONE takes it: `UTC`, an abbreviation, or a fixed offset, which
    /// counts west (`+03`, `UTC+3`); `nil` for one that is not known.
    public static func zoneOffset(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        let bytes = trimmed(name).map { lowercased($0) }
        guard let split = bytes.firstIndex(where: { !isLetter($0) }) else {
            guard case .zone(let offset)? = DateTimeWord(bytes) else { return nil }
            return offset
        }
        // POSIX: letters and an offset, of which the letters are only a label.
        var offset = Array(bytes[split...])
        if isDigit(offset[0]) { offset.insert(UInt8(ascii: "+"), at: 0) }
        guard offset[0] == UInt8(ascii: "+") || offset[0] == UInt8(ascii: "-"), split == 0 || split >= 3 else {
            return nil
        }
        do throws(ValueParseReason) {
            return try -DateTimeDecoder.zone(offset)
        } catch {
            return nil
        }
    }

    /// `YYYY-MM-DD` at the start of `text`, of at least 10 bytes.
    private static func isoDate(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let century = twoDigits(text, 0), let yearOfCentury = twoDigits(text, 2),
            let month = twoDigits(text, 5), let day = twoDigits(text, 8)
        else { return nil }
        let year = century * 100 + yearOfCentury
        guard year > 0, month >= 1, month <= 12, day >= 1, day <= CivilCalendar.dayCount(year: year, month: month) else {
            return nil
        }
        return CivilCalendar.days(year: year, month: month, day: day)
    }

    @inline(__always) private static func twoDigits(_ text: UnsafeBufferPointer<UInt8>, _ i: Int) -> Int? {
        let high = text[i] &- 48
        let low = text[i + 1] &- 48
        return high < 10 && low < 10 ? Int(high) &* 10 &+ Int(low) : nil
    }

    /// The common form `YYYY-MM-DD[ T]HH:MM:SS[.ffffff][Z]` without allocating; `nil` leaves it to the general decoder.
    private static func isoTimestamp(_ text: UnsafeBufferPointer<UInt8>, isZoned: Bool) -> Int64? {
        guard text.count >= 19, text.count <= 27 else { return nil }
        guard text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), let days = isoDate(text), let hour = twoDigits(text, 11), hour < 24,
            let minute = twoDigits(text, 14), minute < 60, let second = twoDigits(text, 17), second < 60
        else { return nil }
        var end = text.count
        if text[end - 1] == UInt8(ascii: "Z") { end -= 1 }
        var fraction = 0
        if end > 19 {
            guard text[19] == UInt8(ascii: "."), end > 20, end <= 26 else { return nil }
            var i = 20
            while i < end {
                let digit = text[i] &- 48
                guard digit < 10 else { return nil }
                fraction = fraction &* 10 &+ Int(digit)
                i += 1
            }
            while i < 26 {
                fraction &*= 10
                i += 1
            }
        }
        let seconds = days &* 86_400 &+ hour &* 3600 &+ minute &* 60 &+ second
        return Int64(truncatingIfNeeded: seconds &* 1_000_000 &+ fraction)
    }
}
