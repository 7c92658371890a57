package import LaminarKernels
package import LaminarTypes

/// Why a JSON value or text is no array, row or map of a column's type.
package struct NestedFormatError: Error {
    package var sqlState: String
    package var message: String
    /// Where it is wrong, in bytes from the start of the value.
    package var offset: Int
}

/// Reads a JSON value, whose syntax has been checked, as an array, row or map into the place of a column.
///
/// An array's elements are those of a JSON array (arrays within it make more dimensions), a row's fields the members of an
/// object by their names (one that is missing is NULL, others are skipped), a map's entries the members of an object. A
/// string is the value's text form. Members and elements follow the rules of columns.
package func readNestedJSON(
    _ bytes: UnsafeBufferPointer<UInt8>, as type: SQLType, column: String, to destination: UnsafeMutableRawPointer,
    arena: inout Arena
) throws(NestedFormatError) {
    guard let node = JSONNode(Array(bytes)) else {
        // The walk over it knows no other rule than PostgreSQL's of zero bytes.
        throw NestedFormatError(
            sqlState: "22P05", message: "\\u0000 cannot be converted to text in column \"\(column)\"", offset: 0)
    }
    let value = try nestedValue(node, type, column)
    guard case .bytes(let encoded)? = encodedNested(value, type) else {
        throw NestedFormatError(
            sqlState: "22P02",
            message: "arrays within an array differ in length (column \"\(column)\")", offset: 0)
    }
    store(encoded, destination, &arena)
}

/// Reads the text form of an array, row or map into the place of a column.
package func readNestedText(
    _ text: UnsafeBufferPointer<UInt8>, as type: SQLType, to destination: UnsafeMutableRawPointer, arena: inout Arena
) -> ValueParseReason? {
    do throws(ValueParseError) {
        guard case .bytes(let encoded)? = encodedNested(try parse(String(decoding: text, as: UTF8.self), as: type), type)
        else { return .invalidText }
        store(encoded, destination, &arena)
        return nil
    } catch {
        return error.reason
    }
}

private func store(_ bytes: [UInt8], _ destination: UnsafeMutableRawPointer, _ arena: inout Arena) {
    let view = bytes.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { arena.copy(StringView($0, count: buffer.count)) } ?? StringView()
    }
    destination.storeBytes(of: view, as: StringView.self)
}

/// - Parameter path: the column's name, and below it those of fields and the numbers of elements.
private func nestedValue(_ node: JSONNode, _ type: SQLType, _ path: String) throws(NestedFormatError) -> Value {
    switch (type, node.kind) {
    case (_, .null): return .null
    case (.array(let element), .array(let nodes)):
        var values: [Value] = []
        for (index, node) in nodes.enumerated() {
            var inner = element
            if case .array = node.kind, element != .json, element != .jsonb { inner = type }
            values.append(try nestedValue(node, inner, "\(path)[\(index + 1)]"))
        }
        return .array(values)
    case (.row(let fields), .object):
        var values: [Value] = []
        for field in fields {
            values.append(try node.member(field.name).map { node throws(NestedFormatError) in
                try nestedValue(node, field.type, "\(path).\(field.name)")
            } ?? .null)
        }
        guard let row = CompositeValue(values, types: fields.map(\.type)) else {
            throw failure("22P02", "arrays within an array differ in length", node, path)
        }
        return .bytes(row.encoded)
    case (.map(let keyType, let valueType), .object(let members)):
        var entries: [(key: Value, value: Value)] = []
        for (key, node) in members {
            let place = "\(path)[\(shortened(key))]"
            let value = try nestedValue(node, valueType, place)
            guard let encoded = encodedNested(value, valueType) else {
                throw failure("22P02", "arrays within an array differ in length", node, place)
            }
            entries.append((try parsed(key, keyType, node, place), encoded))
        }
        return .bytes(MapValue(ArrayValue.Kind(field: keyType), ArrayValue.Kind(field: valueType), entries).encoded)
    default: return try scalarValue(node, type, path)
    }
}

private func scalarValue(_ node: JSONNode, _ type: SQLType, _ path: String) throws(NestedFormatError) -> Value {
    switch (type, node.kind) {
    case (.json, _): return .text(node.source)
    case (.jsonb, _): return .text(node.normalised)
    case (_, .string(let text)): return try parsed(text, type, node, path)
    case (.boolean, .boolean(let value)): return .boolean(value)
    case (_, .number) where type.isNumeric:
        guard type.isInteger, node.source.contains(where: { ".eE".contains($0) }) else {
            return try parsed(node.source, type, node, path)
        }
        // An integer may carry a zero fraction or an exponent.
        guard case .decimal(let number) = try parsed(node.source, .decimal(nil), node, path),
            let whole = number.rounded(toScale: 0), whole == number
        else { return try parsed(node.source, type, node, path) }
        return try parsed(whole.description, type, node, path)
    case (_, .number) where type.isTimestamp:
        guard case .integer(let milliseconds) = try parsed(node.source, .bigint, node, path),
            let time = timestamp(milliseconds: milliseconds)
        else { throw failure("22008", "date/time field value out of range: \"\(node.source)\"", node, path) }
        return .timestamp(time)
    default:
        let expected =
            switch type {
            case .array: "an array"
            case .row, .map: "an object"
            case .boolean: "a boolean"
            case _ where type.isNumeric: "a number"
            case _ where type.isTimestamp: "a string or epoch milliseconds"
            default: "a string"
            }
        let found =
            switch node.kind {
            case .array: "an array"
            case .object: "an object"
            default: "a \(node.typeName)"
            }
        throw NestedFormatError(
            sqlState: "22P02", message: "expected \(expected) for column \"\(path)\" but found \(found)",
            offset: node.text.startIndex)
    }
}

private func parsed(
    _ text: String, _ type: SQLType, _ node: JSONNode, _ path: String
) throws(NestedFormatError) -> Value {
    do throws(ValueParseError) {
        return try parse(text, as: type)
    } catch {
        throw failure(
            error.sqlState, ValueParseError(error.reason, text: shortened(text), type: type).description, node, path)
    }
}

private func failure(_ sqlState: String, _ message: String, _ node: JSONNode, _ path: String) -> NestedFormatError {
    NestedFormatError(
        sqlState: sqlState, message: "\(message) (column \"\(path)\")", offset: node.text.startIndex)
}
