package import LaminarTypes

/// A type without its parameters, as signatures and the cast matrix see it.
package enum TypeName: UInt8, Hashable, Sendable, CaseIterable {
    case boolean, smallint, integer, bigint, unsignedBigint, real, double, numeric
    case text, varchar, char, bytea, date, time, timestamp, timestamptz, interval
    case uuid, json, jsonb, array, row, map, unknown
    /// In a signature only: takes any type as it is.
    case any
    /// In a signature only: an element of the signature's arrays; literals stay without a type.
    case element

    package init(_ type: SQLType) {
        switch type {
        case .boolean: self = .boolean
        case .smallint: self = .smallint
        case .integer: self = .integer
        case .bigint: self = .bigint
        case .unsignedBigint: self = .unsignedBigint
        case .real: self = .real
        case .double: self = .double
        case .decimal: self = .numeric
        case .text: self = .text
        case .varchar: self = .varchar
        case .char: self = .char
        case .bytea: self = .bytea
        case .date: self = .date
        case .time: self = .time
        case .timestamp: self = .timestamp
        case .timestamptz: self = .timestamptz
        case .interval: self = .interval
        case .uuid: self = .uuid
        case .json: self = .json
        case .jsonb: self = .jsonb
        case .array: self = .array
        case .row: self = .row
        case .map: self = .map
        case .unknown: self = .unknown
        }
    }

    /// The type with no parameters; nil for what has no such form (arrays, rows, maps, `any`).
    package var type: SQLType? {
        switch self {
        case .boolean: .boolean
        case .smallint: .smallint
        case .integer: .integer
        case .bigint: .bigint
        case .unsignedBigint: .unsignedBigint
        case .real: .real
        case .double: .double
        case .numeric: .decimal(nil)
        case .text, .varchar: .text
        case .char: .char(1)
        case .bytea: .bytea
        case .date: .date
        case .time: .time
        case .timestamp: .timestamp(6)
        case .timestamptz: .timestamptz(6)
        case .interval: .interval
        case .uuid: .uuid
        case .json: .json
        case .jsonb: .jsonb
        case .unknown: .unknown
        case .array, .row, .map, .any, .element: nil
        }
    }

    /// The type's name in SQL without parameters, as error messages about functions show it.
    package var name: String {
        switch self {
        case .smallint: "smallint"
        case .varchar: "character varying"
        case .char: "character"
        case .array: "anyarray"
        case .row: "record"
        case .map: "map"
        case .any: "any"
        case .element: "anyelement"
        default: type.map(String.init(describing:)) ?? "any"
        }
    }

    /// PostgreSQL's type categories, which decide between overloads.
    enum Category: UInt8, Sendable {
        case boolean, numeric, string, dateTime, timespan, user, array, composite, unknown
    }

    var category: Category {
        switch self {
        case .boolean: .boolean
        case .smallint, .integer, .bigint, .unsignedBigint, .real, .double, .numeric: .numeric
        case .text, .varchar, .char: .string
        case .date, .time, .timestamp, .timestamptz: .dateTime
        case .interval: .timespan
        case .bytea, .uuid, .json, .jsonb: .user
        case .array: .array
        case .row, .map: .composite
        case .unknown, .any, .element: .unknown
        }
    }

    /// Whether it is the type that overload resolution prefers within its category.
    var isPreferred: Bool {
        switch self {
        case .boolean, .double, .text, .timestamptz, .interval: true
        default: false
        }
    }
}

extension SQLType {
    /// The type's name without parameters, as PostgreSQL prints argument types.
    package var bareName: String {
        switch self {
        case .array(let element): "\(element.bareName)[]"
        case .row: "record"
        case .map: "map"
        default: TypeName(self).name
        }
    }
}
