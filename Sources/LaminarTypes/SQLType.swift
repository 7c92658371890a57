/// The type of a column or an expression.
///
/// Equality ignores nothing: `VARCHAR(3)` and `TEXT` differ, though they share a representation.
public indirect enum SQLType: Hashable, Sendable {
    case boolean
    case smallint
    case integer
    case bigint
    /// Unsigned 64-bit, as an input type only.
    case unsignedBigint
    case real
    case double
    /// `DECIMAL(precision, scale)`; `nil` is NUMERIC without parameters, whose values keep their own scale.
    case decimal(DecimalParameters?)
    case text
    /// `VARCHAR(length)`.
    case varchar(Int)
    /// `CHAR(length)`, blank-padded.
    case char(Int)
    case bytea
    case date
    case time
    /// Microseconds since 1970-01-01 00:00:00; the parameter is the number of fractional digits (0…6).
    case timestamp(Int)
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    case timestamptz(Int)
    case interval
    case uuid
    case json
    case jsonb
    case array(SQLType)
    case row([Field])
    case map(SQLType, SQLType)
    /// The type of NULL and of a quoted literal before its context decides.
    case unknown
}

/// Precision and scale of a DECIMAL.
public struct DecimalParameters: Hashable, Sendable {
    /// Digits in all, 1…38.
    public var precision: Int
    /// Digits behind the point, −38…38: a negative scale rounds to tens, hundreds …, one above the precision leaves
    /// digits directly behind the point zero.
    public var scale: Int

    public init(precision: Int, scale: Int) {
        self.precision = precision
        self.scale = scale
    }
}

/// A named, typed column of a relation or field of a row type.
public struct Field: Hashable, Sendable {
    public var name: String
    public var type: SQLType
    /// False where the planner has proved that no NULL can occur.
    public var isNullable: Bool

    public init(_ name: String, _ type: SQLType, isNullable: Bool = true) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
    }
}

/// How a value lies in a column: one physical layout may serve several SQL types.
///
/// Sizes are those of `stride`; booleans take a byte (Arrow's `bool8`), strings a 16-byte view.
public enum PhysicalType: UInt8, Hashable, Sendable, CaseIterable {
    case bool, int16, int32, int64, uint64, float, double, decimal, string, interval, uuid

    /// Bytes from one value to the next in a column.
    public var stride: Int {
        switch self {
        case .bool: 1
        case .int16: 2
        case .int32, .float: 4
        case .int64, .uint64, .double: 8
        case .string, .interval, .uuid: 16
        case .decimal: 32
        }
    }

    /// The alignment in bytes of a value in a column, a key or an accumulator.
    public var alignment: Int {
        switch self {
        case .string, .interval, .uuid: 8
        case .decimal: 16
        default: stride
        }
    }
}

extension SQLType {
    /// The layout of this type's values. Arrays, rows and maps lie in a string view over their encoding.
    public var physical: PhysicalType {
        switch self {
        case .boolean: .bool
        case .smallint: .int16
        case .integer, .date: .int32
        case .bigint, .time, .timestamp, .timestamptz: .int64
        case .unsignedBigint: .uint64
        case .real: .float
        case .double: .double
        case .decimal: .decimal
        case .text, .varchar, .char, .bytea, .json, .jsonb, .array, .row, .map, .unknown: .string
        case .interval: .interval
        case .uuid: .uuid
        }
    }

    public var isInteger: Bool {
        switch self {
        case .smallint, .integer, .bigint, .unsignedBigint: true
        default: false
        }
    }

    public var isFloatingPoint: Bool { self == .real || self == .double }

    public var isDecimal: Bool { if case .decimal = self { true } else { false } }

    public var isNumeric: Bool { isInteger || isFloatingPoint || isDecimal }

    /// TEXT, VARCHAR and CHAR.
    public var isText: Bool {
        switch self {
        case .text, .varchar, .char: true
        default: false
        }
    }

    public var isArray: Bool { if case .array = self { true } else { false } }

    /// The type of an array's elements.
    public var elementType: SQLType? { if case .array(let element) = self { element } else { nil } }

    /// Whether values lie encoded in a string: arrays, rows and maps.
    public var isNested: Bool {
        switch self {
        case .array, .row, .map: true
        default: false
        }
    }

    public var isTimestamp: Bool {
        switch self {
        case .timestamp, .timestamptz: true
        default: false
        }
    }
}

extension SQLType: CustomStringConvertible {
    /// PostgreSQL's name of the type, in lower case, as diagnostics and EXPLAIN show it.
    public var description: String {
        switch self {
        case .boolean: "boolean"
        case .smallint: "smallint"
        case .integer: "integer"
        case .bigint: "bigint"
        case .unsignedBigint: "bigint unsigned"
        case .real: "real"
        case .double: "double precision"
        case .decimal(nil): "numeric"
        case .decimal(let parameters?): "numeric(\(parameters.precision),\(parameters.scale))"
        case .text: "text"
        case .varchar(let length): "character varying(\(length))"
        case .char(let length): "character(\(length))"
        case .bytea: "bytea"
        case .date: "date"
        case .time: "time"
        case .timestamp(6): "timestamp"
        case .timestamp(let digits): "timestamp(\(digits))"
        case .timestamptz(6): "timestamptz"
        case .timestamptz(let digits): "timestamptz(\(digits))"
        case .interval: "interval"
        case .uuid: "uuid"
        case .json: "json"
        case .jsonb: "jsonb"
        case .array(let element): "\(element)[]"
        case .row(let fields): "row(\(fields.map { "\(quotedName($0.name)) \($0.type)" }.joined(separator: ", ")))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .unknown: "unknown"
        }
    }
}

/// A field's name as it stands in a type, in quotes where it is no plain word.
private func quotedName(_ name: String) -> String {
    let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
        byte &- 97 < 26 || byte == UInt8(ascii: "_") || index > 0 && byte &- 48 < 10
    }
    if isPlain && !name.isEmpty { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
