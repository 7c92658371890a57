import Glibc
import Synchronization

/// The offsets of a named time zone, from the system's time zone database (`/usr/share/zoneinfo`, RFC 8536).
public final class TimeZoneRules: Sendable {
    /// Seconds since the epoch at which a new offset begins, rising.
    private let starts: [Int64]
    /// Seconds east of Greenwich from the start of the same index on.
    private let offsets: [Int]
    private let firstOffset: Int
    /// Transitions are listed up to here; what is later repeats every 400 years.
    private let end: Int64

    private static let secondsPer400Years: Int64 = 146_097 * 86_400
    private static let cache = Mutex<[String: TimeZoneRules?]>([:])

    /// The zone of a name such as `Europe/Berlin`, in any case; `nil` where the database has none. Loaded once.
    public static func named(_ name: String) -> TimeZoneRules? {
        let key = name.lowercased()
        return cache.withLock { cache in
            if let known = cache[key] { return known }
            // Names come from data: a bound keeps wrong ones from filling memory.
            if cache.count > 2000 { cache = [:] }
            let loaded = load(key)
            cache[key] = .some(loaded)
            return loaded
        }
    }

    /// Seconds east of Greenwich at a moment.
    public func offset(atUTC seconds: Int64) -> Int {
        let index = transition(after: folded(seconds))
        return index == 0 ? firstOffset : offsets[index - 1]
    }

    /// Seconds east of Greenwich where clocks show `seconds`.
    ///
    /// As PostgreSQL decides: a time that a clock change skips counts by the offset before it, a repeated one by the
    /// offset after it.
    public func offset(atLocal seconds: Int64) -> Int {
        let local = folded(seconds)
        let index = transition(after: local - 86_400)
        let before = index == 0 ? firstOffset : offsets[index - 1]
        guard index < starts.count else { return before }
        let after = offsets[index]
        let boundary = starts[index]
        let (byBefore, byAfter) = (local - Int64(before), local - Int64(after))
        if byBefore < boundary && byAfter < boundary { return before }
        if byBefore > boundary && byAfter >= boundary { return after }
        return byBefore > byAfter ? before : after
    }

    private func folded(_ seconds: Int64) -> Int64 {
        if seconds < end { return seconds }
        return seconds - ((seconds - end) / Self.secondsPer400Years + 1) * Self.secondsPer400Years
    }

    /// The index of the first transition after a moment.
    private func transition(after seconds: Int64) -> Int {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Reading the database

    private static func load(_ name: String) -> TimeZoneRules? {
        var path = "/usr/share/zoneinfo"
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 3 else { return nil }
        for part in parts {
            guard let first = part.utf8.first, isLetter(first), let entry = entry(matching: part, in: path) else {
                return nil
            }
            path += "/" + entry
        }
        guard let bytes = contents(path) else { return nil }
        return TimeZoneRules(bytes)
    }

    /// The directory's entry of that name in any case.
    private static func entry(matching name: Substring, in directory: String) -> String? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let found = withUnsafePointer(to: &entry.pointee.d_name) {
                // Sound: the system ends d_name with a zero.
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if found.lowercased() == name { return found }
        }
        return nil
    }

    private static func contents(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return count > 44 && count < bytes.count ? Array(bytes[..<count]) : nil
    }

    private init?(_ bytes: [UInt8]) {
        func number(_ at: Int, _ width: Int) -> Int64? {
            guard at >= 0, at + width <= bytes.count else { return nil }
            var value: Int64 = at < bytes.count && bytes[at] >= 0x80 ? -1 : 0
            for i in 0..<width { value = value << 8 | Int64(bytes[at + i]) }
            return value
        }
        func counts(_ at: Int) -> [Int]? {
            guard bytes.count >= at + 44, bytes[at..<(at + 4)].elementsEqual("TZif".utf8) else { return nil }
            let values = (0..<6).compactMap { number(at + 20 + 4 * $0, 4).map { Int($0) } }
            return values.count == 6 && values.allSatisfy { $0 >= 0 } ? values : nil
        }
        // The first block has 32-bit times; the second, which every database of today has, 64-bit ones.
        guard let first = counts(0), bytes[4] >= UInt8(ascii: "2") else { return nil }
        let header =
            44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
        guard let second = counts(header) else { return nil }
        let (times, types, letters) = (second[3], second[4], second[5])
        let timesAt = header + 44
        let indicesAt = timesAt + times * 8
        let typesAt = indicesAt + times
        func offset(_ type: Int) -> Int? { type < types ? number(typesAt + type * 6, 4).map { Int($0) } : nil }
        guard types > 0, let initial = offset(0) else { return nil }
        var starts: [Int64] = []
        var offsets: [Int] = []
        for i in 0..<times {
            guard let start = number(timesAt + i * 8, 8), let type = number(indicesAt + i, 1),
                let offset = offset(Int(type & 0xff))
            else { return nil }
            starts.append(start)
            offsets.append(offset)
        }
        let footerAt = typesAt + types * 6 + letters + second[2] * 12 + second[1] + second[0] + 1
        var end = Int64.max
        if footerAt < bytes.count, let close = bytes[footerAt...].firstIndex(of: 10), close > footerAt,
            let rule = RepeatingRule(Array(bytes[footerAt..<close]))
        {
            let lastYear = starts.last.map { CivilCalendar.date(days: Int($0 / 86_400)).year } ?? 1970
            for year in max(lastYear, 1900)...(max(lastYear, 1900) + 400) {
                for (start, offset) in rule.transitions(year: year) where start > starts.last ?? .min {
                    starts.append(start)
                    offsets.append(offset)
                }
            }
            if rule.hasSummerTime, let last = starts.last { end = last }
        }
        self.starts = starts
        self.offsets = offsets
        self.firstOffset = initial
        self.end = end
    }
}

/// The rule at the end of a zone's file, in the form of POSIX's TZ variable: `CET-1CEST,M3.5.0,M10.5.0/3`.
private struct RepeatingRule {
    struct Change {
        var month = 0
        var week = 0
        var weekday = 0
        /// Day of the year from zero where the rule counts so; with `skipsLeapDay` from one, never February 29.
        var yearDay: Int?
        var skipsLeapDay = false
        var time = 7200
    }

    var standard = 0
    var summer = 0
    var toSummer = Change()
    var toStandard = Change()
    var hasSummerTime = false

    init?(_ text: [UInt8]) {
        var position = 0
        func peek() -> UInt8 { position < text.count ? text[position] : 0 }
        func skipName() -> Bool {
            if peek() == UInt8(ascii: "<") {
                while position < text.count && peek() != UInt8(ascii: ">") { position += 1 }
                position += 1
                return position <= text.count
            }
            let start = position
            while isLetter(peek()) { position += 1 }
            return position - start >= 3
        }
        func seconds() -> Int? {
            var sign = 1
            if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") {
                sign = peek() == UInt8(ascii: "-") ? -1 : 1
                position += 1
            }
            guard let hours = scanInteger(text, &position), hours <= 168 else { return nil }
            var total = Int(hours) * 3600
            var unit = 60
            while peek() == UInt8(ascii: ":"), unit > 0 {
                position += 1
                guard let value = scanInteger(text, &position), value < 60 else { return nil }
                total += Int(value) * unit
                unit /= 60
            }
            return sign * total
        }
        func change() -> Change? {
            guard peek() == UInt8(ascii: ",") else { return nil }
            position += 1
            var result = Change()
            if peek() == UInt8(ascii: "M") {
                var fields: [Int] = []
                for _ in 0..<3 {
                    position += 1
                    guard let value = scanInteger(text, &position) else { return nil }
                    fields.append(Int(value))
                }
                guard (1...12).contains(fields[0]), (1...5).contains(fields[1]), (0...6).contains(fields[2]) else {
                    return nil
                }
                (result.month, result.week, result.weekday) = (fields[0], fields[1], fields[2])
            } else {
                result.skipsLeapDay = peek() == UInt8(ascii: "J")
                if result.skipsLeapDay { position += 1 }
                guard let day = scanInteger(text, &position), day <= 365 else { return nil }
                result.yearDay = Int(day)
            }
            if peek() == UInt8(ascii: "/") {
                position += 1
                guard let time = seconds() else { return nil }
                result.time = time
            }
            return result
        }
        guard skipName(), let west = seconds() else { return nil }
        standard = -west
        if position == text.count { return }
        guard skipName() else { return nil }
        summer = standard + 3600
        if peek() != UInt8(ascii: ",") {
            guard let west = seconds() else { return nil }
            summer = -west
        }
        guard let first = change(), let second = change(), position == text.count else { return nil }
        (toSummer, toStandard, hasSummerTime) = (first, second, true)
    }

    /// The year's changes in their order.
    func transitions(year: Int) -> [(Int64, Int)] {
        guard hasSummerTime else { return [] }
        let changes = [
            (moment(of: toSummer, year: year, offset: standard), summer),
            (moment(of: toStandard, year: year, offset: summer), standard),
        ]
        return changes.sorted { $0.0 < $1.0 }
    }

    private func moment(of change: Change, year: Int, offset: Int) -> Int64 {
        var day: Int
        if let yearDay = change.yearDay {
            day = CivilCalendar.days(year: year, month: 1, day: 1) + yearDay
            if change.skipsLeapDay { day -= CivilCalendar.isLeap(year) && yearDay >= 60 ? 0 : 1 }
        } else {
            let first = CivilCalendar.days(year: year, month: change.month, day: 1)
            day = first + CivilCalendar.floorRemainder(change.weekday - CivilCalendar.dayOfWeek(days: first), 7)
            day += (change.week - 1) * 7
            // Week 5 is the last one, which may be the fourth.
            while day >= first + CivilCalendar.dayCount(year: year, month: change.month) { day -= 7 }
        }
        return Int64(day) * 86_400 + Int64(change.time) - Int64(offset)
    }
}

/// A time zone as AT TIME ZONE and timestamps' texts name it.
public enum NamedTimeZone: Sendable {
    /// Seconds east of Greenwich.
    case fixed(Int)
    case rules(TimeZoneRules)

    /// `UTC`, an abbreviation, a name of the database, or a fixed offset, which counts west (`+03`, `UTC+3`).
    public init?(_ name: UnsafeBufferPointer<UInt8>) {
        let bytes = trimmed(name).map { lowercased($0) }
        if let offset = DateTimeText.zoneOffset(name) {
            self = .fixed(offset)
        } else if let rules = TimeZoneRules.named(String(decoding: bytes, as: UTF8.self)) {
            self = .rules(rules)
        } else {
            return nil
        }
    }

    /// Seconds east of Greenwich at a moment.
    public func offset(atUTC microseconds: Int64) -> Int {
        switch self {
        case .fixed(let offset): offset
        case .rules(let rules): rules.offset(atUTC: Self.seconds(microseconds))
        }
    }

    /// Seconds east of Greenwich where clocks show `microseconds`.
    public func offset(atLocal microseconds: Int64) -> Int {
        switch self {
        case .fixed(let offset): offset
        case .rules(let rules): rules.offset(atLocal: Self.seconds(microseconds))
        }
    }

    private static func seconds(_ microseconds: Int64) -> Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : -((999_999 - microseconds) / 1_000_000)
    }
}
