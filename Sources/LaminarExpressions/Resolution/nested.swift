package import LaminarText
import LaminarTypes

// MARK: Rows

/// A row of values; literals without a type are texts in it. Nil after a report.
///
/// - Parameter names: of the fields; PostgreSQL's `f1`, `f2` where there are none.
package func rowConstructor(
    _ values: [Expression], names: [String]? = nil, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard values.count <= CompositeValue.maximumFieldCount else {
        diagnostics.report(
            .error, "54011", at: span, "ROW expressions can have at most \(CompositeValue.maximumFieldCount) entries")
        return nil
    }
    var result = Expression.constant(.bytes(CompositeValue([], []).encoded), .row([]), span: span)
    var fields: [Field] = []
    for (index, value) in values.enumerated() {
        var value = value
        if value.type == .unknown {
            guard let text = cast(value, to: .text, context: .implicit, span: value.span, diagnostics: &diagnostics)
            else { return nil }
            value = text
        }
        if value.type == .array(.unknown) { value.type = .array(.text) }
        fields.append(Field(names?[index] ?? "f\(index + 1)", value.type))
        let element = packedField(value, span)
        let type = SQLType.row(fields)
        result = fold(
            .call(
                Kernel("rowWithField", [.string, .string], .string, allocates: true), [result, element], type, span: span))
        result.type = type
    }
    return result
}

/// A value of any type as an array of one element, never NULL itself.
private func packedField(_ value: Expression, _ span: Span) -> Expression {
    let kind = ArrayValue.Kind(field: value.type)
    let type = SQLType.array(value.type)
    func packed(_ constant: Value) -> Expression {
        .constant(.bytes(ArrayValue(kind, [constant]).encoded), type, span: span)
    }
    if let constant = fold(value).constantValue { return packed(constant) }
    let call = strictlyPacked(value, kind, span)
    return value.isNullable
        ? Expression(.coalesce([call, packed(.null)]), type, isNullable: false, span: span) : call
}

private func strictlyPacked(_ value: Expression, _ kind: ArrayValue.Kind, _ span: Span) -> Expression {
    .call(
        Kernel("arrayOf", [.int32, value.type.physical], .string, allocates: true),
        [.constant(.integer(Int64(kind.rawValue)), .integer, span: span), value], .array(value.type), span: span)
}

/// A field of a row by its position; NULL of a NULL row.
package func rowField(_ row: Expression, _ index: Int, span: Span) -> Expression {
    guard case .row(let fields) = row.type else { return row }
    let number = Expression.constant(
        .bytes(ArrayValue(.integer, [.integer(Int64(index + 1))]).encoded), .array(.integer), span: span)
    return elementValue(row, number, fields[index].type, span)
}

/// A field of a row by its name; nil after a report.
package func rowField(
    _ row: Expression, named name: String, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard case .row(let fields) = row.type else {
        diagnostics.report(
            .error, "42809", at: span,
            "column notation .\(name) applied to type \(row.type.bareName), which is not a composite type")
        return nil
    }
    guard let index = fields.firstIndex(where: { $0.name == name }) else {
        diagnostics.report(
            .error, "42703", at: span, "column \"\(name)\" not found in data type \(row.type)",
            hint: nearestName(to: name, among: fields.map(\.name)).map { "Did you mean \"\($0)\"?" })
        return nil
    }
    return rowField(row, index, span: span)
}

/// `IS NULL` of a row: all of its fields are; `IS NOT NULL`: none is, which is not the opposite.
package func rowIsNull(_ row: Expression, isNegated: Bool, span: Span) -> Expression {
    let test = Expression.call(
        Kernel(isNegated ? "hasNoNulls" : "hasOnlyNulls", [.string], .bool), [row], .boolean, span: span)
    let ofNull = Expression.constant(.boolean(!isNegated), .boolean, span: span)
    return Expression(.coalesce([test, ofNull]), .boolean, isNullable: false, span: span)
}

// MARK: Maps

/// `MAP[k, v, …]`: keys and values in turn, each in their common type. Nil after a report.
package func mapConstructor(
    _ items: [Expression], span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard !items.isEmpty, items.count.isMultiple(of: 2) else {
        diagnostics.report(
            .error, "42601", at: span, "MAP needs keys and values in turn",
            hint: "An empty map is written with its type: '{}'::MAP<TEXT, INT>.")
        return nil
    }
    var keys = items.indices.filter { $0.isMultiple(of: 2) }.map { items[$0] }
    var values = items.indices.filter { !$0.isMultiple(of: 2) }.map { items[$0] }
    guard let keyType = coerceToCommonType(&keys, context: "MAP", diagnostics: &diagnostics),
        let valueType = coerceToCommonType(&values, context: "MAP", diagnostics: &diagnostics)
    else { return nil }
    func gathered(_ items: [Expression], _ type: SQLType) -> Expression {
        let pieces = items.map { packedField($0, span) }
        return pieces.dropFirst().reduce(pieces[0]) { fold(concatenatedArrays($0, $1, .array(type), span)) }
    }
    return mapOf(gathered(keys, keyType), gathered(values, valueType), .map(keyType, valueType), span)
}

func mapOf(_ keys: Expression, _ values: Expression, _ type: SQLType, _ span: Span) -> Expression {
    fold(
        .call(
            Kernel("mapOf", [.string, .string], .string, canFail: true, allocates: true), [keys, values], type, span: span))
}

/// `map[key]`: NULL where there is no such key. Nil after a report.
package func mapSubscript(
    _ map: Expression, _ key: Expression, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard case .map(_, let valueType) = map.type, let packed = packedKey(map, key, span, &diagnostics) else { return nil }
    return elementValue(map, packed, valueType, span)
}

/// A key in its map's type as an array of one element; NULL of NULL.
func packedKey(
    _ map: Expression, _ key: Expression, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    guard case .map(let keyType, _) = map.type,
        let key = cast(key, to: keyType, context: .implicit, span: key.span, diagnostics: &diagnostics)
    else { return nil }
    return strictlyPacked(key, ArrayValue.Kind(field: keyType), span)
}

// MARK: Both

/// The value that an array, row or map has at subscripts, as two kernels: whether it is there, and what it is.
func elementValue(_ container: Expression, _ subscripts: Expression, _ type: SQLType, _ span: Span) -> Expression {
    let exists = Expression.call(
        Kernel("hasElement", [.string, .string], .bool), [container, subscripts], .boolean, span: span)
    let name: String =
        switch type.physical {
        case .bool: "elementAsBool"
        case .int16: "elementAsInt16"
        case .int32: "elementAsInt32"
        case .int64: "elementAsInt64"
        case .uint64: "elementAsUInt64"
        case .float: "elementAsFloat"
        case .double: "elementAsDouble"
        case .decimal: "elementAsDecimal"
        case .string: "elementAsString"
        case .interval: "elementAsInterval"
        case .uuid: "elementAsUUID"
        }
    let value = Expression.call(
        Kernel(name, [.string, .string], type.physical, allocates: type.physical == .string),
        [container, subscripts], type, span: span)
    return Expression(
        .conditional(exists, value, .constant(.null, type, span: span)), type, isNullable: true, span: span)
}

/// What arrays, rows and maps are ordered by: bytes that compare as they do. Other expressions as they are.
package func orderable(_ expression: Expression) -> Expression {
    guard expression.type.isNested else { return expression }
    return .call(
        Kernel("nestedOrderKey", [.string], .string, allocates: true), [expression], .bytea, span: expression.span)
}

/// A comparison of rows or maps in their common type.
func nestedComparison(
    _ kernel: String, _ symbol: String, _ arguments: [Expression], _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    var operands = arguments
    guard coerceToCommonType(&operands, context: "operator \(symbol)", diagnostics: &diagnostics) != nil else {
        return nil
    }
    return .call(Kernel(kernel, [.string, .string], .bool), operands, .boolean, span: span)
}

// MARK: Casts

/// Whether values of two types have the same bytes.
private func haveSameEncoding(_ a: SQLType, _ b: SQLType) -> Bool {
    switch (a, b) {
    case (.array(let x), .array(let y)): haveSameEncoding(x, y)
    case (.row(let x), .row(let y)): x.count == y.count && zip(x, y).allSatisfy { haveSameEncoding($0.type, $1.type) }
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
        haveSameEncoding(key, otherKey) && haveSameEncoding(value, otherValue)
    case (.varchar, .text), (.char, .text): true
    case (.decimal, .decimal(nil)): true
    case (.timestamp, .timestamp(6)), (.timestamptz, .timestamptz(6)): true
    default: a == b
    }
}

/// A cast from or to a row or a map, or between arrays of them, that exists; nil after a report.
func castOfNested(
    _ expression: Expression, to target: SQLType, context: CastContext, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    if haveSameEncoding(expression.type, target) {
        var result = expression
        result.type = target
        return result
    }
    guard target.isNested else {
        let text = Expression.call(
            Kernel("castArrayToText", [.string], .string, allocates: true), [expression], .text, span: span)
        return cast(text, to: target, context: .explicit, span: span, diagnostics: &diagnostics)
    }
    guard expression.type.isNested else {
        return .call(
            Kernel("castTextToNested", [.string, .string], .string, canFail: true, allocates: true),
            [expression, .constant(.text(target.description), .text, span: span)], target, span: span)
    }
    guard case .row(let fields) = expression.type, case .row(let goals) = target, fields.count == goals.count else {
        if case .row = expression.type, case .row = target {
            diagnostics.report(
                .error, "42846", at: span, "cannot cast type \(expression.type) to \(target)",
                hint: "The rows have different numbers of fields.")
        } else {
            diagnostics.unsupported(
                "the cast from \(expression.type) to \(target)", at: span,
                hint: "Give the value that type where it is made.")
        }
        return nil
    }
    var values: [Expression] = []
    for (index, goal) in goals.enumerated() {
        guard
            let value = cast(
                rowField(expression, index, span: span), to: goal.type, context: context, span: span,
                diagnostics: &diagnostics)
        else { return nil }
        values.append(value)
    }
    guard var row = rowConstructor(values, names: goals.map(\.name), span: span, diagnostics: &diagnostics) else {
        return nil
    }
    row.type = target
    guard expression.isNullable else { return row }
    return Expression(
        .conditional(
            Expression(.isNull(expression), .boolean, isNullable: false, span: span),
            .constant(.null, target, span: span), row), target, isNullable: true, span: span)
}
