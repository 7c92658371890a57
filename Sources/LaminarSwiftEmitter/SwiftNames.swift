/// Makes Swift names from SQL names: deterministic, without collisions in their scope.
struct SwiftNames {
    private(set) var taken: Set<String>

    init(reserved: Set<String> = []) { taken = reserved }

    /// `name`, or with the first number from 2 that makes it free.
    mutating func claim(_ name: String) -> String {
        var candidate = name
        var number = 2
        while !taken.insert(candidate).inserted {
            candidate = "\(name)\(number)"
            number += 1
        }
        return candidate
    }

    /// `claim`, but with `suffix` before numbers: `Trade`, then `TradeRow`, then `TradeRow2`.
    mutating func claim(_ name: String, orWith suffix: String) -> String {
        taken.contains(name) ? claim(name + suffix) : claim(name)
    }

    /// `window_start` → `windowStart`, `2nd` → `_2nd`, `päckchen` stays.
    static func member(_ name: String) -> String {
        let words = words(of: name)
        guard let first = words.first else { return "column" }
        let joined = lowerFirst(first) + words.dropFirst().map(upperFirst).joined()
        return startsWithDigit(joined) ? "_\(joined)" : joined
    }

    /// `window_start` → `WindowStart`.
    static func type(_ name: String) -> String {
        let joined = words(of: name).map(upperFirst).joined()
        if joined.isEmpty { return "Row" }
        return startsWithDigit(joined) ? "_\(joined)" : joined
    }

    /// The type of one row of a relation: `trades` → `Trade`, `entries` → `Entry`; other names stay.
    static func rowType(_ relation: String) -> String {
        let name = type(relation)
        if name.count > 4, name.hasSuffix("ies") { return name.dropLast(3) + "y" }
        for ending in ["sses", "xes", "ches", "shes"] where name.hasSuffix(ending) { return String(name.dropLast(2)) }
        if name.count > 2, name.hasSuffix("s"), !["ss", "us", "is"].contains(where: name.hasSuffix) {
            return String(name.dropLast())
        }
        return name
    }

    /// Keywords that are values where generated code uses them; no column is called so (see `unusable`).
    static func isValueKeyword(_ name: String) -> Bool { unusable.contains(name) }

    /// Names that a member cannot have even in backticks, or that read as something else.
    static let unusable: Set<String> = ["self", "Self", "init", "Type", "nil", "true", "false", "super"]

    static func isReserved(_ name: String) -> Bool { keywords.contains(name) }

    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in name {
            if character.isLetter || character.isNumber {
                word.append(character)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func upperFirst(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    private static func lowerFirst(_ word: String) -> String {
        // An identifier in capitals is one word; in `eventTime` only the first letter counts.
        word.allSatisfy { $0.isUppercase || $0.isNumber } ? word.lowercased()
            : word.prefix(1).lowercased() + word.dropFirst()
    }

    private static func startsWithDigit(_ name: String) -> Bool { name.first?.isNumber ?? false }

    /// Words that cannot be a name without backticks.
    private static let keywords: Set<String> = [
        "Any", "Self", "as", "associatedtype", "await", "break", "case", "catch", "class", "continue", "default",
        "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func",
        "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup",
        "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript",
        "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]
}
