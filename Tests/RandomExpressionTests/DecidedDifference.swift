import LaminarTypes

/// Where the specification decides otherwise than PostgreSQL, or where PostgreSQL 15 is no measure because it overflows
/// unnoticed: what the comparison leaves out, by rule. docs/testing.md lists these rules.
///
/// A rule sees the smallest operand that disagrees.
enum DecidedDifference {
    /// The rule that explains a disagreement; nil if none does.
    static func rule(of disagreement: Disagreement) -> String? {
        guard disagreement.kind == .postgreSQL else { return nil }
        let (sql, ours, theirs) = (disagreement.term.sql(), disagreement.ours, disagreement.theirs)
        if disagreement.row == nil, ours.hasPrefix("42883"), sql.contains("round('") || sql.contains("trunc('") {
            return "round and trunc of DOUBLE PRECISION take digits"
        }
        func isCall(_ names: String...) -> Bool { names.contains { sql.hasPrefix("\($0)(") } }
        if disagreement.row == nil, ours == "accepted" {
            if theirs == "42883" {
                if isCall("round", "trunc", "log2", "from_unixtime", "ends_with", "to_timestamp", "split") {
                    return "functions that PostgreSQL lacks"
                }
                if sql.contains(" + ") || sql.contains(" - ") { return "BIGINT and an interval make an event time" }
            }
            if theirs == "42883" || theirs == "42725" || theirs == "22P02", sql.contains("NULL") || sql.contains("('") {
                return "PostgreSQL has more types, so that a bare literal is ambiguous"
            }
            if theirs == "42804", sql.contains("NULL") { return "PostgreSQL has more types, so that a bare literal is ambiguous" }
            if theirs == "42725" { return "PostgreSQL has more types, so that a bare literal is ambiguous" }
            return nil
        }
        if theirs == "!0A000" { return "0A000 stands for what is not there yet" }
        if ours == "!22003", !theirs.hasPrefix("!") { return digits(theirs) > 38 || mentionsNumeric(sql) ? "numbers have 38 digits" : nil }
        if theirs == "!22003", mentionsNumeric(sql), ours.hasPrefix("!22") { return "numbers have 38 digits" }
        if digits(theirs) > 38, ours.first.map({ $0 == "-" || ("0"..."9").contains($0) }) == true { return "numbers have 38 digits" }
        if ours == "!22008" {
            // 294247-01-10 04:00:54.775807 and later.
            if theirs.contains("2942") { return "timestamps end in 294247" }
            if sql.contains("date") { return "dates past 294247 are no timestamps" }
            if isCall("make_interval", "justify_days", "justify_hours", "justify_interval", "age") || sql.contains(" - ") {
                return "PostgreSQL 15 overflows unnoticed"
            }
        }
        if isCall("width_bucket"), theirs.hasPrefix("-21474836") || Int(ours).map({ "\($0 + 1)" }) == theirs { return "PostgreSQL 15 overflows unnoticed" }
        if isCall("to_char"), sql.contains("V"), ours == "!22003" { return "PostgreSQL 15 overflows unnoticed" }
        if isCall("to_date", "to_timestamp") { return "texts that do not fit their template" }
        if isCall("sqrt", "ln", "log", "log10", "exp", "power", "pow") || sql.contains(" ^ "), ours.prefix(17) == theirs.prefix(17) {
            return "irrational numbers have 16 digits at least"
        }
        if isCall("round", "trunc"), sql.contains("('") { return "round and trunc of DOUBLE PRECISION take digits" }
        if theirs == "!22004", isCall("array_position") { return "a NULL position is NULL" }
        if sql.contains("->"), ours == "NULL" { return "a scalar in JSONB is not an array of one" }
        if isCall("convert_from", "convert_to"), ours == "!22023" { return "texts are UTF-8" }
        if theirs.hasPrefix("!"), ours == "NULL", !disagreement.term.operands.isEmpty || sql.contains("NULL") { return "a strict call of a constant NULL is NULL" }
        return nil
    }

    private static func mentionsNumeric(_ sql: String) -> Bool {
        ["numeric", "price", "jsonb", "EXTRACT", "factorial", "lcm"].contains { sql.contains($0) }
    }

    private static func digits(_ text: String) -> Int { text.utf8.count { $0 >= 48 && $0 <= 57 } }

    /// Whether two cells are the same value, or errors of the same class.
    static func isSame(_ ours: String?, _ theirs: String?, _ type: SQLType) -> Bool {
        if ours == theirs { return true }
        guard let ours, let theirs, ours.hasPrefix("!"), theirs.hasPrefix("!") else { return false }
        return ours.prefix(3) == theirs.prefix(3) && theirs != "!0A000"
    }
}
