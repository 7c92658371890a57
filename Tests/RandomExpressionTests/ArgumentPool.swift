import LaminarExpressions

/// What an argument of a function is drawn from, where any value of its type would nearly always be refused or would make
/// strings and numbers without bound.
enum ArgumentPool {
    /// Whole numbers near zero.
    case smallNumber
    /// One of these, always as a constant.
    case constant([String])
    /// One of these, mostly.
    case text([String])
    /// One of these numbers.
    case number([String])

    static func of(_ function: SQLFunction, _ index: Int) -> ArgumentPool? {
        switch (function.name, index) {
        case ("extract", 0): return .constant(timeOfDayUnits + dateUnits)
        case ("date_part", 0), ("date_trunc", 0): return .constant(dateUnits + timeOfDayUnits)
        case ("date_trunc", 2): return .constant(zones)
        case ("timezone", 0):
            // PostgreSQL counts the seconds of a huge interval modulo 2³².
            return function.arguments[0] == .text ? .constant(zones) : .number(zoneIntervals)
        case ("to_char", 1): return .constant(function.arguments[0] == .interval ? intervalTemplates : templates)
        case ("to_date", 1), ("to_timestamp", 1): return .constant(inputTemplates)
        case ("to_date", 0), ("to_timestamp", 0):
            return function.arguments.count == 2 ? .text(datesInText) : nil
        case ("encode", 1), ("decode", 1): return .text(["hex", "base64", "escape", "nothing"])
        case ("decode", 0): return .text(["616263", "YWJj", "a\\\\b\\000", "zz", ""])
        case ("convert_from", 1), ("convert_to", 1): return .text(["UTF8", "LATIN1", "utf-8"])
        case ("like", 1), ("ilike", 1), ("~~", 1), ("~~*", 1), ("!~~", 1), ("!~~*", 1): return .text(likePatterns)
        case ("like", 2), ("ilike", 2), ("similar_to", 2): return .constant(["\\", "!", "#", ""])
        case ("similar_to", 1): return .text(["a%", "(a|b)c", "_", "[a-c]+", "%x%", "a{2}", ""])
        case ("~", 1), ("!~", 1), ("~*", 1), ("!~*", 1): return function.arguments.count == 2 ? .text(patterns) : nil
        default: break
        }
        if function.name.hasPrefix("regexp_") {
            if index == 1 { return .text(patterns) }
            if function.name == "regexp_replace", index == 2 { return .text(["", "x", "<\\1>", "\\&!", "\\\\"]) }
            if function.arguments[index] == .text, index > 1 { return .constant(["", "i", "g", "n", "x", "s"]) }
            if function.arguments[index] == .integer { return .number(["1", "1", "2", "3", "0"]) }
        }
        let smallArguments: Set<String> = [
            "repeat", "lpad", "rpad", "left", "right", "substring", "substr", "overlay", "split_part", "get_byte", "set_byte",
            "get_bit", "set_bit", "array_length", "array_upper", "array_lower", "trim_array", "array_position", "round",
            "trunc", "factorial", "make_interval", "make_time", "chr",
        ]
        if smallArguments.contains(function.name), index > 0 || ["factorial", "make_time"].contains(function.name) {
            switch function.arguments[index] {
            case .integer, .bigint, .smallint: return .smallNumber
            default: break
            }
        }
        switch (function.name, index) {
        case ("make_date", 0), ("make_timestamp", 0), ("make_timestamptz", 0):
            return .number(["2024", "1970", "1", "0", "-44", "294276", "2023"])
        case ("make_date", 1), ("make_timestamp", 1), ("make_timestamptz", 1): return .number(["1", "2", "12", "13", "0"])
        case ("make_date", 2), ("make_timestamp", 2), ("make_timestamptz", 2): return .number(["1", "29", "31", "0", "15"])
        case ("make_timestamp", 3...4), ("make_timestamptz", 3...4): return .smallNumber
        case ("width_bucket", 3): return .number(["1", "5", "10", "0"])
        // Powers of numerics grow without bound, and PostgreSQL computes each digit.
        case ("power", 1), ("pow", 1), ("^", 1): return function.arguments[1] == .numeric ? .number(["2", "0.5", "-1", "3.0", "0"]) : nil
        case ("exp", 0): return function.arguments[0] == .numeric ? .number(["0", "1.0", "-2.5", "10.125", "-100.0"]) : nil
        case ("chr", 0): return .number(["65", "228", "26085", "128512", "1", "0", "-1", "1114111", "1114112"])
        case ("->", 1), ("->>", 1), ("?", 1):
            return function.arguments[1] == .text ? .text(["a", "b", "aa", "ä", "", "0"]) : .number(["0", "1", "2", "-1"])
        case ("#>", 1), ("#>>", 1), ("?|", 1), ("?&", 1):
            return .constant(["{a}", "{b,c}", "{b,c,1}", "{2,k}", "{}", "{a,NULL}"])
        default: break
        }
        if function.name.hasSuffix("_extract_path") || function.name.hasSuffix("_extract_path_text"), index > 0 {
            return .text(["a", "b", "c", "1", "k"])
        }
        return nil
    }

    private static let dateUnits = [
        "year", "month", "day", "week", "quarter", "decade", "century", "millennium", "dow", "isodow", "doy", "isoyear", "epoch",
        "julian",
    ]
    private static let timeOfDayUnits = ["hour", "minute", "second", "milliseconds", "microseconds"]
    private static let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "+02", "EST", "Nowhere/None"]
    private static let intervalTemplates = ["HH24:MI:SS.US", "HH12:MI AM", "DD", "MM"]
    private static let zoneIntervals = ["02:00:00", "-05:30:00", "00:00:00", "1 day", "-1 mons"]
    private static let templates = [
        "YYYY-MM-DD HH24:MI:SS.US", "DD Mon YYYY", "FMDay, FMDDth FMMonth", "HH12:MI AM", "IYYY-IW-ID", "Q DDD WW J", "YY,Y CC BC",
        "\"text\" SSSS MS", "Month|day|DY", "TZ OF", "RM rm",
    ]
    private static let inputTemplates = ["YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS", "DD Mon YYYY", "YYYYMMDD", "HH12:MI AM DD/MM/YY", "J"]
    private static let datesInText = [
        "2024-02-29", "2024-02-29 12:34:56", "29 Feb 2024", "20240229", "02:30 PM 01/12/99", "2451545", "nothing", "",
    ]
    private static let likePatterns = ["%", "_", "a%", "%b%", "%\\%%", "", "日%", "A_c", "%!_%", "a\\"]
    private static let patterns = [
        "a", "^a", "b$", "[a-c]+", "(a)(b)?", "a|b", "\\d+", "\\s", "[^x]*", "", ".", "x{2,3}", "(?:l+)o", "ä", "\\mw", "a*?b", "[[:alpha:]]+",
        "(", "\\w+\\s?", "^$",
    ]
}

/// Functions that random expressions do not call.
func isLeftOut(_ function: SQLFunction) -> Bool {
    // Their types are not PostgreSQL's, or their results are the server's own.
    function.arguments.contains { $0 == .unsignedBigint || $0 == .row || $0 == .map }
        || function.arguments.contains(.bigint) && function.arguments.contains(.interval)
        || ["current_database", "current_schema", "current_user", "version"].contains(function.name)
}
