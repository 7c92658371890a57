/// The text of a value in PostgreSQL's output format; booleans are `true` and `false`, timestamptz ends in `+00`.
///
/// NULL is an empty string, except inside arrays and rows; callers show it as they need.
public func text(of value: Value, type: SQLType) -> String {
    switch value {
    case .null: return ""
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value):
        // A date or timestamp held as a plain integer shows as what its type says.
        switch type {
        case .date: return makeString { $0.write(date: Int32(clamping: value)) }
        case .time: return makeString { $0.write(time: value) }
        case .timestamp: return makeString { $0.write(timestamp: value) }
        case .timestamptz: return makeString { $0.write(timestamp: value, isUTC: true) }
        default: return String(value)
        }
    case .unsigned(let value): return String(value)
    case .real(let value): return makeString { $0.write(value) }
    case .double(let value): return makeString { $0.write(value) }
    case .decimal(let value): return value.description
    case .text(let value): return value
    case .bytes(let value):
        // Arrays, rows and maps in plans and columns are bytes of their encoding.
        return nestedText(value, type) ?? ByteaText.format(value)
    case .date(let value): return makeString { $0.write(date: value) }
    case .time(let value): return makeString { $0.write(time: value) }
    case .timestamp(let value):
        var isUTC = false
        if case .timestamptz = type { isUTC = true }
        return makeString { $0.write(timestamp: value, isUTC: isUTC) }
    case .interval(let value): return value.description
    case .uuid(let high, let low): return makeString { $0.write(uuid: high, low) }
    case .array(let values):
        var elementType = SQLType.unknown
        if case .array(let element) = type { elementType = element }
        return "{" + values.map { arrayElement($0, elementType) }.joined(separator: ",") + "}"
    case .row(let values):
        var types: [SQLType] = []
        if case .row(let fields) = type { types = fields.map(\.type) }
        return rowText(values) { $0 < types.count ? types[$0] : .unknown }
    }
}

/// The value that `text` is in PostgreSQL's input format of `type`.
///
/// Arrays come as arrays of values, rows and maps as the bytes of their encoding. JSON text is taken as it is: its syntax is
/// checked by the cast.
public func parse(_ text: String, as type: SQLType) throws(ValueParseError) -> Value {
    var copy = text
    let result: Result<Value, ValueParseReason> = copy.withUTF8 { bytes in
        do throws(ValueParseReason) { return .success(try parseBytes(bytes, type)) } catch { return .failure(error) }
    }
    switch result {
    case .success(let value): return value
    case .failure(let reason): throw ValueParseError(reason, text: text, type: type)
    }
}

func parseBytes(_ text: UnsafeBufferPointer<UInt8>, _ type: SQLType) throws(ValueParseReason) -> Value {
    switch type {
    case .boolean: return .boolean(try BooleanText.parse(text))
    case .smallint: return .integer(Int64(try IntegerText.parse(text, as: Int16.self)))
    case .integer: return .integer(Int64(try IntegerText.parse(text, as: Int32.self)))
    case .bigint: return .integer(try IntegerText.parse(text, as: Int64.self))
    case .unsignedBigint: return .unsigned(try IntegerText.parse(text, as: UInt64.self))
    case .real: return .real(try FloatingPointText.float(text))
    case .double: return .double(try FloatingPointText.double(text))
    case .decimal(let parameters):
        let value = try Decimal(text: text)
        guard let parameters else { return .decimal(value) }
        guard let coerced = value.coerced(to: parameters) else { throw .outOfRange }
        return .decimal(coerced)
    case .text, .json, .jsonb, .unknown: return .text(String(decoding: text, as: UTF8.self))
    case .varchar, .char: return try coerced(.text(String(decoding: text, as: UTF8.self)), to: type)
    case .bytea: return .bytes(try ByteaText.parse(text))
    case .date: return .date(try DateTimeText.date(text))
    case .time: return .time(try DateTimeText.time(text))
    case .timestamp(let digits):
        return .timestamp(DateTimeText.rounded(timestamp: try DateTimeText.timestamp(text), digits: digits))
    case .timestamptz(let digits):
        return .timestamp(DateTimeText.rounded(timestamp: try DateTimeText.timestamptz(text), digits: digits))
    case .interval: return .interval(try Interval(text: text))
    case .uuid:
        let (high, low) = try UUIDText.parse(trimmed(text))
        return .uuid(high, low)
    case .array(let element):
        var parser = ArrayTextParser(text: text)
        return try parser.parse(element)
    case .row(let fields):
        var parser = RowTextParser(text: text)
        return .bytes(try parser.parse(fields).encoded)
    case .map(let key, let value):
        var parser = MapTextParser(text: text)
        return .bytes(try parser.parse(key, value).encoded)
    }
}

/// Brings a value to the length of `VARCHAR(n)`, `CHAR(n)` or to the digits of `DECIMAL(p, s)` and `TIMESTAMP(p)`.
///
/// Text that is too long is an error unless only blanks are cut off, as when PostgreSQL stores it.
package func coerced(_ value: Value, to type: SQLType) throws(ValueParseReason) -> Value {
    switch (value, type) {
    case (.text(let text), .varchar(let length)), (.text(let text), .char(let length)):
        var isPadded = false
        if case .char = type { isPadded = true }
        let scalars = text.unicodeScalars
        let count = scalars.count
        if count > length {
            let end = scalars.index(scalars.startIndex, offsetBy: length)
            guard scalars[end...].allSatisfy({ $0 == " " }) else { throw .tooLong }
            return .text(String(scalars[..<end]))
        }
        return .text(isPadded ? text + String(repeating: " ", count: length - count) : text)
    case (.decimal(let decimal), .decimal(let parameters?)):
        guard let result = decimal.coerced(to: parameters) else { throw .outOfRange }
        return .decimal(result)
    case (.timestamp(let time), .timestamp(let digits)), (.timestamp(let time), .timestamptz(let digits)):
        return .timestamp(DateTimeText.rounded(timestamp: time, digits: digits))
    default:
        return value
    }
}
