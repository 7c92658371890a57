// Functions of JSON and JSONB, which lie as texts: JSON as written, JSONB as PostgreSQL prints it. A function that gives
// NULL where a part is missing comes in two: one that says whether it is there, one for its value. Each parses its text
// once: the cost is linear in the text's length.

public import LaminarTypes

private func node(_ view: StringView) -> JSONNode? { JSONNode(view.withBytes { Array($0) }) }

private func copy(_ node: JSONNode?, _ arena: inout Arena) -> StringView {
    node.map { makeBytes(&arena, Array($0.text)) } ?? StringView()
}

private func copyPlain(_ node: JSONNode?, _ arena: inout Arena) -> StringView {
    node?.plainText.map { arena.copy($0) } ?? StringView()
}

// MARK: Making

/// A text as JSON: the same text; 22P02 where it is none.
public func castToJSON(_ a: StringView, _ fault: inout Fault, at site: Int) -> StringView {
    if node(a) == nil { fault.raise(.invalidTextRepresentation, at: site) }
    return a
}

/// A text as JSONB; 22P02 where it is no JSON.
public func castToJSONB(_ a: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView {
    guard let node = node(a) else {
        fault.raise(.invalidTextRepresentation, at: site)
        return a
    }
    return arena.copy(node.normalised)
}

/// The only element of an array as JSONB.
public func elementToJSONB(_ a: StringView, _ arena: inout Arena) -> StringView {
    let array = decodedArray(a)
    return arena.copy(jsonText(array.elements.first ?? .null, array.kind, .binary))
}

/// The only element of an array as JSON.
public func elementToJSON(_ a: StringView, _ arena: inout Arena) -> StringView {
    let array = decodedArray(a)
    return arena.copy(jsonText(array.elements.first ?? .null, array.kind, .text))
}

/// An array, row or map as JSON, which PostgreSQL writes without blanks, or as JSONB; `shape` says the names of fields (see `JSONShape`).
public func nestedToJSON(
    _ a: StringView, _ shape: StringView, _ isBinary: Bool, _ arena: inout Arena
) -> StringView {
    let shape = JSONShape(encoded: shape.withBytes { Array($0) })
    return arena.copy(nestedJSONText(a.withBytes { Array($0) }, isBinary ? .binary : .text, shape))
}

func jsonText(
    _ value: Value, _ kind: ArrayValue.Kind, _ form: JSONForm, shape: JSONShape = JSONShape()
) -> String {
    if kind.isNested, case .bytes(let bytes) = value { return nestedJSONText(bytes, form, shape) }
    let plain = text(of: value, type: kind.type)
    func normalised() -> String? { JSONNode(Array(plain.utf8)).map { form == .binary ? $0.normalised : plain } }
    switch value {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    // NaN and the infinities are strings in JSON.
    case .integer, .unsigned, .real, .double, .decimal: return normalised() ?? jsonQuoted(plain)
    case .timestamp(let time) where !Chronology.isInfinite(timestamp: time):
        let zone = kind == .timestamptz && form != .iso ? ":00" : ""
        // The zone's minutes stand before the era.
        let era = plain.hasSuffix(" BC") ? " BC" : ""
        let isZulu = kind == .timestamptz && form == .iso
        let parts = plain.dropLast(era.utf8.count + (isZulu ? 3 : 0)).split(separator: " ", maxSplits: 1)
        return jsonQuoted(parts.joined(separator: "T") + (isZulu ? "Z" : zone) + era)
    default:
        if kind == .json || kind == .jsonb { return normalised() ?? "null" }
        return jsonQuoted(plain)
    }
}

/// JSON texts in an array of texts as one JSON array.
public func jsonArrayOf(_ a: StringView, _ arena: inout Arena) -> StringView {
    arena.copy("[" + texts(a).joined(separator: ", ") + "]")
}

/// The same, with each value but the first on a line of its own, as PostgreSQL gathers arrays and rows.
public func jsonArrayOfLines(_ a: StringView, _ arena: inout Arena) -> StringView {
    arena.copy("[" + texts(a).joined(separator: ", \n ") + "]")
}

/// Keys and JSON texts in turn in an array of texts as a JSONB object.
public func jsonObjectOf(_ a: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView {
    let items = decodedArray(a).elements
    var members: [String] = []
    for index in stride(from: 0, to: items.count - 1, by: 2) {
        guard case .text(let key) = items[index], case .text(let value) = items[index + 1] else {
            fault.raise(.invalidParameterValue, at: site)
            return a
        }
        members.append("\(jsonQuoted(key)): \(value)")
    }
    let text = "{" + members.joined(separator: ", ") + "}"
    return arena.copy(JSONNode(Array(text.utf8))?.normalised ?? text)
}

/// A member of an object as text, from its key and its value's JSON; `isBinary` in JSONB's spacing.
public func jsonMemberText(
    _ key: StringView, _ value: StringView, _ isBinary: Bool, _ arena: inout Arena
) -> StringView {
    arena.copy(jsonQuoted(key.string) + (isBinary ? ": " : " : ") + value.string)
}

/// The object of members that `jsonMemberText` made, in an array of texts; 22023 where one is NULL, for its key was.
public func jsonObjectOfMembers(
    _ a: StringView, _ isBinary: Bool, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let elements = decodedArray(a).elements
    if elements.contains(where: isNull) { fault.raise(EvaluationErrorCode.invalidParameterValue, at: site) }
    let members = texts(a).joined(separator: ", ")
    if !isBinary { return arena.copy("{ \(members) }") }
    return arena.copy(JSONNode(Array("{\(members)}".utf8))?.normalised ?? "{}")
}

private func texts(_ a: StringView) -> [String] {
    decodedArray(a).elements.map { if case .text(let text) = $0 { text } else { "null" } }
}

// MARK: Parts

/// Whether `a -> key` has a value.
public func hasMember(_ a: StringView, _ key: StringView) -> Bool { node(a)?.member(key.string) != nil }
public func jsonMember(_ a: StringView, _ key: StringView, _ arena: inout Arena) -> StringView {
    copy(node(a)?.member(key.string), &arena)
}
/// Whether `a ->> key` has a value.
public func hasMemberText(_ a: StringView, _ key: StringView) -> Bool { node(a)?.member(key.string)?.plainText != nil }
public func jsonMemberText(_ a: StringView, _ key: StringView, _ arena: inout Arena) -> StringView {
    copyPlain(node(a)?.member(key.string), &arena)
}

/// Whether `a -> index` has a value.
public func hasMember(_ a: StringView, _ index: Int32) -> Bool { node(a)?.element(Int(index)) != nil }
public func jsonMember(_ a: StringView, _ index: Int32, _ arena: inout Arena) -> StringView {
    copy(node(a)?.element(Int(index)), &arena)
}
/// Whether `a ->> index` has a value.
public func hasMemberText(_ a: StringView, _ index: Int32) -> Bool { node(a)?.element(Int(index))?.plainText != nil }
public func jsonMemberText(_ a: StringView, _ index: Int32, _ arena: inout Arena) -> StringView {
    copyPlain(node(a)?.element(Int(index)), &arena)
}

/// Whether `a #> path` has a value.
public func hasPath(_ a: StringView, _ path: StringView) -> Bool { node(a)?.at(texts(path)) != nil }
public func jsonPath(_ a: StringView, _ path: StringView, _ arena: inout Arena) -> StringView {
    copy(node(a)?.at(texts(path)), &arena)
}
/// Whether `a #>> path` has a value.
public func hasPathText(_ a: StringView, _ path: StringView) -> Bool { node(a)?.at(texts(path))?.plainText != nil }
public func jsonPathText(_ a: StringView, _ path: StringView, _ arena: inout Arena) -> StringView {
    copyPlain(node(a)?.at(texts(path)), &arena)
}

// MARK: Questions

public func equalJSON(_ a: StringView, _ b: StringView) -> Bool {
    guard let x = node(a), let y = node(b) else { return a == b }
    return x.isEqual(to: y)
}

public func notEqualJSON(_ a: StringView, _ b: StringView) -> Bool { !equalJSON(a, b) }

/// `a @> b`.
public func jsonContains(_ a: StringView, _ b: StringView) -> Bool {
    guard let x = node(a), let y = node(b) else { return false }
    return x.contains(y)
}

/// `a ? key`.
public func jsonHasKey(_ a: StringView, _ key: StringView) -> Bool { node(a)?.hasKey(key.string) ?? false }

/// `a ?| keys`.
public func jsonHasAnyKey(_ a: StringView, _ keys: StringView) -> Bool {
    guard let node = node(a) else { return false }
    return texts(keys).contains { node.hasKey($0) }
}

/// `a ?& keys`.
public func jsonHasAllKeys(_ a: StringView, _ keys: StringView) -> Bool {
    guard let node = node(a) else { return false }
    // PostgreSQL passes over keys that are NULL.
    return decodedArray(keys).elements.allSatisfy { key in
        if case .text(let key) = key { node.hasKey(key) } else { true }
    }
}

public func jsonTypeName(_ a: StringView, _ arena: inout Arena) -> StringView {
    arena.copy(node(a)?.typeName ?? "null")
}

/// `jsonb_array_length(a)`; 22023 of what is no array.
public func jsonArrayLength(_ a: StringView, _ fault: inout Fault, at site: Int) -> Int32 {
    guard case .array(let elements)? = node(a)?.kind else {
        fault.raise(.invalidParameterValue, at: site)
        return 0
    }
    return Int32(truncatingIfNeeded: elements.count)
}

public func jsonPretty(_ a: StringView, _ arena: inout Arena) -> StringView { arena.copy(node(a)?.pretty() ?? "") }

/// JSONB's number as NUMERIC; 22023 of anything else.
public func castJSONToNumeric(_ a: StringView, _ fault: inout Fault, at site: Int) -> Decimal {
    let value = node(a)
    guard let decimal = value?.decimal else {
        fault.raise(value?.typeName == "number" ? .numericValueOutOfRange : .invalidParameterValue, at: site)
        return Decimal(unscaled: 0, scale: 0)
    }
    return decimal
}

/// JSONB's boolean; 22023 of anything else.
public func castJSONToBoolean(_ a: StringView, _ fault: inout Fault, at site: Int) -> Bool {
    guard case .boolean(let value)? = node(a)?.kind else {
        fault.raise(.invalidParameterValue, at: site)
        return false
    }
    return value
}
