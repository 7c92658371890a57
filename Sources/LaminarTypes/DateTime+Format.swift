extension DigitWriter {
    /// `YYYY-MM-DD`, with ` BC` behind years before 1, or `infinity`.
    public mutating func write(date days: Int32) {
        if days == Chronology.infiniteDate { return write("infinity") }
        if days == Chronology.negativeInfiniteDate { return write("-infinity") }
        let date = CivilCalendar.date(days: Int(days))
        writeDate(date)
        if date.year <= 0 { write(" BC") }
    }

    /// `HH:MM:SS` with as many fractional digits as needed.
    public mutating func write(time microseconds: Int64) {
        let seconds = microseconds / Chronology.microsecondsPerSecond
        write(UInt64(truncatingIfNeeded: seconds / 3600), width: 2)
        write(UInt8(ascii: ":"))
        write(UInt64(truncatingIfNeeded: seconds / 60 % 60), width: 2)
        write(UInt8(ascii: ":"))
        writeSeconds(seconds % 60, microseconds % Chronology.microsecondsPerSecond)
    }

    /// `YYYY-MM-DD HH:MM:SS[.ffffff]`, with `+00` where `isUTC`.
    public mutating func write(timestamp: Int64, isUTC: Bool = false) {
        if timestamp == Chronology.infiniteTimestamp { return write("infinity") }
        if timestamp == Chronology.negativeInfiniteTimestamp { return write("-infinity") }
        let (days, time) = Chronology.split(timestamp)
        let date = CivilCalendar.date(days: days)
        writeDate(date)
        write(UInt8(ascii: " "))
        write(time: time)
        if isUTC { write("+00") }
        if date.year <= 0 { write(" BC") }
    }

    /// PostgreSQL's `postgres` interval style: `1 year 2 mons 3 days 04:05:06.789`.
    public mutating func write(_ interval: Interval) {
        let start = count
        var followsNegative = false
        func writeField(_ value: Int64, _ unit: StaticString, _ writer: inout DigitWriter) {
            guard value != 0 else { return }
            if writer.count > start { writer.write(UInt8(ascii: " ")) }
            if value > 0 && followsNegative { writer.write(UInt8(ascii: "+")) }
            writer.write(value)
            writer.write(unit)
            if value != 1 { writer.write(UInt8(ascii: "s")) }
            followsNegative = value < 0
        }
        writeField(Int64(interval.months / 12), " year", &self)
        writeField(Int64(interval.months % 12), " mon", &self)
        writeField(Int64(interval.days), " day", &self)
        let time = interval.microseconds
        if time == 0 && count > start { return }
        if count > start { write(UInt8(ascii: " ")) }
        if time < 0 {
            write(UInt8(ascii: "-"))
        } else if followsNegative {
            write(UInt8(ascii: "+"))
        }
        let magnitude = time.magnitude
        let seconds = magnitude / 1_000_000
        write(seconds / 3600, width: 2)
        write(UInt8(ascii: ":"))
        write(seconds / 60 % 60, width: 2)
        write(UInt8(ascii: ":"))
        writeSeconds(Int64(seconds % 60), Int64(magnitude % 1_000_000))
    }

    private mutating func writeDate(_ date: CivilCalendar.Date) {
        write(UInt64(truncatingIfNeeded: date.year > 0 ? date.year : 1 - date.year), width: 4)
        write(UInt8(ascii: "-"))
        write(UInt64(truncatingIfNeeded: date.month), width: 2)
        write(UInt8(ascii: "-"))
        write(UInt64(truncatingIfNeeded: date.day), width: 2)
    }

    private mutating func writeSeconds(_ seconds: Int64, _ microseconds: Int64) {
        write(UInt64(truncatingIfNeeded: seconds), width: 2)
        guard microseconds != 0 else { return }
        write(UInt8(ascii: "."))
        var digits = microseconds
        var width = 6
        while digits % 10 == 0 {
            digits /= 10
            width -= 1
        }
        write(UInt64(truncatingIfNeeded: digits), width: width)
    }
}

extension Interval: CustomStringConvertible {
    public var description: String { makeString { $0.write(self) } }
}
