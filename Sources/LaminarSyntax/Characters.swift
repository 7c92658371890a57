/// Names for the bytes that SQL's lexical rules speak of.
extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let dollar = UInt8(ascii: "$")
    static let leftBrace = UInt8(ascii: "{")
    static let rightBrace = UInt8(ascii: "}")
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let underscore = UInt8(ascii: "_")
    static let backslash = UInt8(ascii: "\\")
    static let singleQuote = UInt8(ascii: "'")
    static let doubleQuote = UInt8(ascii: "\"")
    static let backtick = UInt8(ascii: "`")

    var isSpace: Bool { self == 32 || (self >= 9 && self <= 13) }
    var isDigit: Bool { self >= 48 && self <= 57 }
    var isLetter: Bool { (self | 0x20) >= 97 && (self | 0x20) <= 122 }
    /// Letters, underscore, and every byte of a scalar outside ASCII.
    var isIdentifierStart: Bool { isLetter || self == .underscore || self >= 0x80 }
    var isIdentifierPart: Bool { isIdentifierStart || isDigit || self == .dollar }
    var lowercased: UInt8 { self >= 65 && self <= 90 ? self + 32 : self }

    var isOperator: Bool {
        switch self {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "@"),
            UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "^"), UInt8(ascii: "&"), UInt8(ascii: "|"),
            UInt8(ascii: "?"):
            true
        default: false
        }
    }

    /// The value of a digit in a base up to 16; nil if it is none.
    var hexValue: Int? {
        switch self {
        case 48...57: Int(self) - 48
        case 65...70: Int(self) - 55
        case 97...102: Int(self) - 87
        default: nil
        }
    }
}
