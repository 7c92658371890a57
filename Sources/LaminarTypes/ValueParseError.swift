/// Why a text is not a value of a type, or a value does not fit one.
public enum ValueParseReason: UInt8, Error, Sendable, BitwiseCopyable {
    case invalidText
    case outOfRange
    case invalidDatetime
    case datetimeOverflow
    case intervalOverflow
    case invalidZoneDisplacement
    case invalidParameter
    case tooLong

    /// The five-character SQLSTATE of PostgreSQL.
    public var sqlState: String {
        switch self {
        case .invalidText: "22P02"
        case .outOfRange: "22003"
        case .invalidDatetime: "22007"
        case .datetimeOverflow: "22008"
        case .intervalOverflow: "22015"
        case .invalidZoneDisplacement: "22009"
        case .invalidParameter: "22023"
        case .tooLong: "22001"
        }
    }
}

/// A text that is not a value of the type asked for, in PostgreSQL's words.
public struct ValueParseError: Error, Hashable, Sendable, CustomStringConvertible {
    public var reason: ValueParseReason
    public var text: String
    public var type: SQLType

    public init(_ reason: ValueParseReason, text: String, type: SQLType) {
        self.reason = reason
        self.text = text
        self.type = type
    }

    /// The five-character SQLSTATE of PostgreSQL.
    public var sqlState: String { reason.sqlState }

    public var description: String {
        switch reason {
        case .invalidText where type.isNested: "malformed \(nestedWord) literal: \"\(text)\""
        case .invalidText, .invalidDatetime: "invalid input syntax for type \(type): \"\(text)\""
        case .outOfRange: "value \"\(text)\" is out of range for type \(type)"
        case .datetimeOverflow: "date/time field value out of range: \"\(text)\""
        case .intervalOverflow: "interval field value out of range: \"\(text)\""
        case .invalidZoneDisplacement: "time zone displacement out of range: \"\(text)\""
        case .invalidParameter: "invalid parameter value: \"\(text)\""
        case .tooLong: "value too long for type \(type)"
        }
    }

    private var nestedWord: String {
        switch type {
        case .array: "array"
        case .map: "map"
        default: "record"
        }
    }
}
