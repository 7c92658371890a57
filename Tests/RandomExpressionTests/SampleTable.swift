import LaminarColumns
import LaminarTypes

/// The types that random expressions are over.
enum SampleType: String, CaseIterable, Hashable {
    case boolean, smallint, integer, bigint, real, double, numeric, price
    case text, varchar, char, bytea, date, time, timestamp, timestamptz, interval, uuid, json, jsonb
    case integers, texts, numerics, doubles, booleans, dates

    var sql: String {
        switch self {
        case .double: "double precision"
        case .price: "numeric(12,3)"
        case .varchar: "varchar(8)"
        case .char: "char(4)"
        case .integers: "integer[]"
        case .texts: "text[]"
        case .numerics: "numeric[]"
        case .doubles: "double precision[]"
        case .booleans: "boolean[]"
        case .dates: "date[]"
        default: rawValue
        }
    }

    var type: SQLType {
        switch self {
        case .boolean: .boolean
        case .smallint: .smallint
        case .integer: .integer
        case .bigint: .bigint
        case .real: .real
        case .double: .double
        case .numeric: .decimal(nil)
        case .price: .decimal(DecimalParameters(precision: 12, scale: 3))
        case .text: .text
        case .varchar: .varchar(8)
        case .char: .char(4)
        case .bytea: .bytea
        case .date: .date
        case .time: .time
        case .timestamp: .timestamp(6)
        case .timestamptz: .timestamptz(6)
        case .interval: .interval
        case .uuid: .uuid
        case .json: .json
        case .jsonb: .jsonb
        case .integers: .array(.integer)
        case .texts: .array(.text)
        case .numerics: .array(.decimal(nil))
        case .doubles: .array(.double)
        case .booleans: .array(.boolean)
        case .dates: .array(.date)
        }
    }

    /// The type of this type's elements.
    var element: SampleType? {
        switch self {
        case .integers: .integer
        case .texts: .text
        case .numerics: .numeric
        case .doubles: .double
        case .booleans: .boolean
        case .dates: .date
        default: nil
        }
    }

    static let arrays: [SampleType] = [.integers, .texts, .numerics, .doubles, .booleans, .dates]
}

/// A column of the sample table.
struct SampleColumn: Hashable {
    var name: String
    var type: SampleType
    var isNullable: Bool
    /// Small whole numbers only, for lengths, counts and positions.
    var isSmall = false
}

/// The table that random expressions are evaluated over: for each type a column with NULLs and one without, filled with
/// the values at the edges of the type.
struct SampleTable {
    static let columns: [SampleColumn] =
        SampleType.allCases.flatMap { type in
            [
                SampleColumn(name: "\(type.rawValue)_0", type: type, isNullable: true),
                SampleColumn(name: "\(type.rawValue)_1", type: type, isNullable: false),
            ]
        } + [
            SampleColumn(name: "small_0", type: .integer, isNullable: true, isSmall: true),
            SampleColumn(name: "small_1", type: .integer, isNullable: false, isSmall: true),
        ]

    static let positions = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.name, $0) })

    /// Cells in PostgreSQL's text form, nil for NULL: by row, then by column.
    let rows: [[String?]]

    init(rows count: Int, seed: UInt64) {
        var numbers = SplitMix(state: seed)
        rows = (0..<count).map { row in
            Self.columns.map { column in
                if column.isNullable, row == 0 || Int.random(in: 0..<8, using: &numbers) == 0 { return nil }
                let pool = column.isSmall ? Self.smallNumbers : Self.values(of: column.type)
                return pool[Int.random(in: 0..<pool.count, using: &numbers)]
            }
        }
    }

    /// Given rows, by column: with NULL, or the first value of the type, where no cell is given.
    init(cells: [[String: String?]]) {
        rows = cells.map { row in
            Self.columns.map { column in
                row[column.name] ?? (column.isNullable ? nil : Self.values(of: column.type)[0])
            }
        }
    }

    /// `name type, …` for CREATE SOURCE and CREATE TABLE.
    static func definition(hasNotNull: Bool) -> String {
        columns.map { "\($0.name) \($0.type.sql)\($0.isNullable || !hasNotNull ? "" : " NOT NULL")" }
            .joined(separator: ", ")
    }

    /// All columns as a batch of ours.
    func batch() throws -> ColumnBatch { try Self.batch(of: Self.columns.map(\.type.type), rows: rows) }

    static func batch(of types: [SQLType], rows: [[String?]]) throws -> ColumnBatch {
        let batch = ColumnBatch(types: types.map(\.physical), capacity: 64)
        for row in rows {
            let cells = try zip(row, types).map { text, type in try text.map { try value($0, type) } ?? .null }
            precondition(batch.append(cells), "A sample value does not fit its column.")
        }
        return batch
    }

    private static func value(_ text: String, _ type: SQLType) throws -> Value {
        let value = try parse(text, as: type)
        guard case .array(let element) = type, let kind = ArrayValue.Kind(element) else { return value }
        guard let array = ArrayValue(nested: value, kind: kind) else { throw ValueParseError(.invalidText, text: text, type: type) }
        return .bytes(array.encoded)
    }

    static let smallNumbers = ["0", "1", "2", "3", "5", "7", "12", "-1", "-2", "30"]

    /// Values at the edges of a type, and some in its middle.
    static func values(of type: SampleType) -> [String] { pools[type] ?? [] }

    private static let pools: [SampleType: [String]] = [
        .boolean: ["true", "false"],
        .smallint: ["0", "1", "-1", "2", "7", "-7", "100", "181", "32767", "-32768"],
        .integer: ["0", "1", "-1", "2", "3", "-17", "1000", "46341", "86400", "2147483647", "-2147483648"],
        .bigint: [
            "0", "1", "-1", "5", "-12", "1000000007", "3037000500", "4294967296", "9223372036854775807",
            "-9223372036854775808",
        ],
        .real: [
            "0", "-0", "1", "-1.5", "3.25", "0.1", "1e10", "16777217", "3.4028235e38", "1e-45", "NaN", "Infinity",
            "-Infinity",
        ],
        .double: [
            "0", "-0", "1", "0.1", "-2.5", "0.5", "7.25", "123456.789", "1e15", "1e16", "-1e18", "9223372036854775808",
            "1.7976931348623157e308", "5e-324", "NaN", "Infinity", "-Infinity",
        ],
        .numeric: [
            "0", "1", "-1", "0.5", "-0.005", "2.50", "100", "12345.6789", "-9876543210.123456789", "1e20",
            "99999999999999999999999999999999999999", "-99999999999999999999999999999999999999",
            "-0.00000000000000000000000000000000000001", "NaN", "Infinity", "-Infinity",
        ],
        .price: ["0", "1.5", "-0.001", "10.25", "999999999.999", "-999999999.999", "7", "NaN"],
        .text: [
            "", "a", "abc", "Hello World", "  pad ", "ÄÖü ß", "naïve café", "日本語", "😀x", "42", "-7", "3.14", "1e3",
            "true", "%a_", "a\\b", "it's", "x,y,,z", "2024-02-29", "2024-02-29 12:34:56.789+02", "1 day 02:00:00",
            "{1,2}", "{\"a\": 1}", "longer than the sixteen bytes of a view", "aAbB", "\u{7f}\t\n", "NaN", "null",
        ],
        .varchar: ["", "a", "abc", "ab  ", "ÄÖü", "12345678", "日本", "-3"],
        .char: ["", "a", "abc", "ab", "Äö", "1234", " x", "7"],
        .bytea: ["\\x", "\\x00", "\\x616263", "\\xdeadbeef00ff", "\\x0102030405060708090a0b0c0d0e0f101112", "\\xc3a4"],
        .date: [
            "1970-01-01", "2024-02-29", "1999-12-31", "0001-01-01", "0044-03-15 BC", "4713-11-24 BC", "294246-12-31",
            "5874897-12-31", "1969-12-31", "2000-01-01", "infinity", "-infinity",
        ],
        .time: ["00:00:00", "23:59:59.999999", "12:34:56.789", "24:00:00", "00:00:00.000001", "06:30:00"],
        .timestamp: [
            "1970-01-01 00:00:00", "2024-02-29 12:34:56.789012", "1969-12-31 23:59:59.999999", "2000-01-01 00:00:00",
            "0044-03-15 10:20:30 BC", "4713-11-24 00:00:00 BC", "294247-01-10 04:00:54.775806", "2023-12-31 23:59:59",
            "1999-06-15 06:07:08.5", "infinity", "-infinity",
        ],
        .timestamptz: [
            "1970-01-01 00:00:00+00", "2024-02-29 12:34:56.789012+00", "1969-12-31 23:59:59.999999+00",
            "2024-07-01 00:30:00+00", "0044-03-15 10:20:30+00 BC", "4713-11-24 00:00:00+00 BC",
            "294247-01-10 04:00:54.775806+00", "2023-03-26 01:30:00+00", "infinity", "-infinity",
        ],
        .interval: [
            "00:00:00", "1 mon", "-1 mons", "1 year 2 mons 3 days 04:05:06.789", "1 day", "25:00:00", "-00:00:00.000001",
            "178000000 years", "-178000000 years", "30 days", "1 mon -30 days", "-1 days +02:03:04", "2147483647 days",
            "2562047700:00:00", "15 days 12:00:00",
        ],
        .uuid: [
            "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        ],
        .json: [
            "{}", "[]", "null", "1", "\"x\"", "{\"a\": 1, \"b\": {\"c\": [1, 2.50, null]}, \"a\": 2}", "[1,\"two\",{\"k\":false}]",
            "  {\"ä\" : \"\\u00e4\\n\"}", "true", "-1.5e3",
        ],
        .jsonb: [
            "{}", "[]", "null", "1", "\"x\"", "{\"a\": 1, \"b\": {\"c\": [1, 2.50, null]}}", "[1, \"two\", {\"k\": false}]",
            "{\"ä\": \"ä\\n\"}", "true", "-1500", "{\"a\": \"1\", \"b\": 1, \"aa\": []}",
        ],
        .integers: ["{}", "{1,2,3}", "{NULL,5}", "{{1,2},{3,4}}", "{-2147483648,2147483647}", "{7}"],
        .texts: ["{}", "{a,b}", "{NULL,\"x y\"}", "{\"\",\"null\",\"a\\\"b\"}", "{{a,b},{c,d}}", "{日本,a}"],
        .numerics: ["{}", "{1,2.50}", "{NULL,NaN}", "{-0.005,1e20}"],
        .doubles: ["{}", "{1,2.5}", "{NULL,NaN,-0}", "{Infinity}"],
        .booleans: ["{}", "{t,f}", "{NULL,t}"],
        .dates: ["{}", "{2024-02-29,NULL}", "{1970-01-01,\"0044-03-15 BC\"}"],
    ]
}

/// SplitMix64: small, and the same everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
