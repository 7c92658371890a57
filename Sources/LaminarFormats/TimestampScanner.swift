import LaminarTypes

/// The last date seen at a place and its day number: neighbouring rows often share it.
package struct DatePrediction: BitwiseCopyable, Sendable {
    /// `YYYY-MM-` as eight bytes.
    fileprivate var yearAndMonth: UInt64 = 0
    /// `DD` as two bytes.
    fileprivate var day: UInt16 = 0
    /// Microseconds from the epoch to that day's midnight.
    fileprivate var midnight: Int64 = 0

    package init() {}
}

/// A timestamp `YYYY-MM-DD HH:MM:SS`, also with `T`, up to six fractional digits and `Z`, as microseconds.
///
/// Moves `p` behind it, or returns false and leaves the case to the general decoder: other forms, dates that do not
/// exist, fractions that must be rounded to `digits`. Whatever follows is the caller's to check. Thirty-two bytes behind
/// `p` must be readable.
package func scanTimestamp(
    _ p: inout UnsafeRawPointer, _ value: inout Int64, _ prediction: inout DatePrediction, digits: Int32
) -> Bool {
    let date = loadWord(p)
    let day = UInt16(littleEndian: p.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
    let time = loadWord(p, 11) ^ 0x3030_3a30_303a_3030
    let separator = p.load(fromByteOffset: 10, as: UInt8.self)
    if separator != 0x20 && separator != 0x54 { return false }
    // All bytes are digits (0…9 now) or the separators (0 now).
    let wrong = ((time &+ 0x7676_7676_7676_7676) | time) & 0x8080_8080_8080_8080
    if wrong | (time & 0x0000_ff00_00ff_0000) != 0 { return false }
    if date != prediction.yearAndMonth || day != prediction.day {
        if !predictDate(date, day, &prediction) { return false }
    }
    let hour = twoDigits(time, 0)
    let minute = twoDigits(time, 24)
    let second = twoDigits(time, 48)
    if hour > 23 || minute > 59 || second > 59 { return false }
    var microseconds = ((hour &* 60 &+ minute) &* 60 &+ second) &* 1_000_000
    var length = 19
    let next = p.load(fromByteOffset: 19, as: UInt8.self)
    if next == UInt8(ascii: ".") {
        var unit: Int64 = 100_000
        length = 20
        while true {
            let digit = p.load(fromByteOffset: length, as: UInt8.self) &- 48
            if digit > 9 { break }
            if length == 26 { return false }
            microseconds &+= Int64(digit) &* unit
            unit /= 10
            length &+= 1
        }
        if length == 20 || length > 20 &+ Int(digits) { return false }
    }
    if p.load(fromByteOffset: length, as: UInt8.self) == UInt8(ascii: "Z") { length &+= 1 }
    value = prediction.midnight &+ microseconds
    p += length
    return true
}

@inline(__always) private func twoDigits(_ word: UInt64, _ shift: UInt64) -> Int64 {
    Int64(truncatingIfNeeded: (word &>> shift & 0xf) &* 10 &+ (word &>> (shift &+ 8) & 0xf))
}

@inline(never) private func predictDate(
    _ date: UInt64, _ day: UInt16, _ prediction: inout DatePrediction
) -> Bool {
    let digits = date ^ 0x2d30_302d_3030_3030
    let dayDigits = UInt64(day) ^ 0x3030
    let all = ((digits &+ 0x7676_7676_7676_7676) | digits) | ((dayDigits &+ 0x7676) | dayDigits)
    if all & 0x8080_8080_8080_8080 != 0 || digits & 0xff00_00ff_0000_0000 != 0 { return false }
    let year = Int(twoDigits(digits, 0) &* 100 &+ twoDigits(digits, 16))
    let month = Int(twoDigits(digits, 40))
    let dayOfMonth = Int(twoDigits(dayDigits, 0))
    guard year > 0, month >= 1, month <= 12, dayOfMonth >= 1,
        dayOfMonth <= CivilCalendar.dayCount(year: year, month: month)
    else { return false }
    let days = CivilCalendar.days(year: year, month: month, day: dayOfMonth)
    prediction.yearAndMonth = date
    prediction.day = day
    prediction.midnight = Int64(days) &* Chronology.microsecondsPerDay
    return true
}
