package import LaminarTypes

/// JSON stays as it was written; JSONB has one text for each value; `iso` is JSON with `Z` for UTC, as NDJSON has it.
package enum JSONForm {
    case text, binary, iso
}

/// What the JSON of an encoded value needs to know of its type: the names of rows' fields, to any depth.
package struct JSONShape: Sendable {
    /// The fields of a row, be it within arrays or the values of a map; none for other types.
    private var fields: [(name: String, shape: JSONShape)] = []

    package init() {}

    package init(_ type: SQLType) {
        switch type {
        case .array(let element): self = JSONShape(element)
        case .map(_, let value): self = JSONShape(value)
        case .row(let fields): self.fields = fields.map { ($0.name, JSONShape($0.type)) }
        default: break
        }
    }

    /// The shape as a constant of a plan: a row of names and shapes in turn.
    package var encoded: [UInt8] {
        CompositeValue(
            fields.flatMap { _ in [.text, .row] }, fields.flatMap { [.text($0.name), .bytes($0.shape.encoded)] }
        ).encoded
    }

    init(encoded bytes: [UInt8]) {
        guard let values = CompositeValue(encoded: bytes)?.values else { return }
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            guard case .text(let name) = values[index], case .bytes(let inner) = values[index + 1] else { return }
            fields.append((name, JSONShape(encoded: inner)))
        }
    }

    func field(_ index: Int) -> (name: String, shape: JSONShape) {
        index < fields.count ? fields[index] : ("f\(index + 1)", JSONShape())
    }
}

/// The JSON of an encoded array, row or map: an array, an object with a member for each field, an object with the keys as
/// texts.
package func nestedJSONText(_ bytes: [UInt8], _ form: JSONForm, _ shape: JSONShape = JSONShape()) -> String {
    func object(_ members: [String]) -> String {
        let text = "{" + members.joined(separator: ",") + "}"
        return form == .binary ? JSONNode(Array(text.utf8))?.normalised ?? text : text
    }
    if let row = CompositeValue(encoded: bytes) {
        return object(
            row.values.indices.map { index in
                let (name, shape) = shape.field(index)
                return jsonQuoted(name) + ":" + jsonText(row.values[index], row.kinds[index], form, shape: shape)
            })
    }
    if let map = MapValue(encoded: bytes) {
        return object(
            zip(map.keys, map.values).map { key, value in
                jsonQuoted(text(of: key, type: map.keyKind.type)) + ":"
                    + jsonText(value, map.valueKind, form, shape: shape)
            })
    }
    guard let array = ArrayValue(encoded: bytes) else { return "null" }
    func elements(_ value: Value) -> String {
        guard case .array(let values) = value else { return jsonText(value, array.kind, form, shape: shape) }
        return "[" + values.map(elements).joined(separator: form == .binary ? ", " : ",") + "]"
    }
    return elements(array.nested)
}
