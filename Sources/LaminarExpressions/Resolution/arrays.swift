package import LaminarText
import LaminarTypes

/// `ARRAY[...]`: elements in their common type; arrays within one make another dimension. Nil after a report.
package func arrayConstructor(
    _ elements: [Expression], span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    if elements.isEmpty { return .constant(.bytes(ArrayValue(.text, []).encoded), .array(.unknown), span: span) }
    var elements = elements
    guard let type = coerceToCommonType(&elements, context: "ARRAY", diagnostics: &diagnostics) else { return nil }
    var pieces: [Expression] = []
    for element in elements {
        if type.isArray {
            pieces.append(
                .call(
                    Kernel("arrayNested", [.string], .string, allocates: true), [element], type, span: span))
        } else {
            guard let piece = oneElement(element, of: type, span: span, diagnostics: &diagnostics) else { return nil }
            pieces.append(piece)
        }
    }
    let result = type.isArray ? type : .array(type)
    if let constant = joined(pieces.map(fold), result, span) { return constant }
    return pieces.dropFirst().reduce(pieces[0]) { concatenatedArrays($0, $1, result, span) }
}

/// Constant arrays as one constant; nil unless all are constant and fit together.
private func joined(_ pieces: [Expression], _ type: SQLType, _ span: Span) -> Expression? {
    var result: ArrayValue?
    for piece in pieces {
        guard case .bytes(let bytes)? = piece.constantValue, let array = ArrayValue(encoded: bytes) else { return nil }
        guard var joined = result else {
            result = array
            continue
        }
        guard !array.elements.isEmpty, joined.dimensions.dropFirst() == array.dimensions.dropFirst() else { return nil }
        joined.elements += array.elements
        joined.dimensions[0] += array.dimensions[0]
        result = joined
    }
    return result.map { .constant(.bytes($0.encoded), type, span: span) }
}

/// A value as an array of one element, which is never NULL itself; nil after a report.
func oneElement(
    _ value: Expression, of type: SQLType, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard let kind = ArrayValue.Kind(type) else {
        diagnostics.unsupported("an array of \(type)", at: span)
        return nil
    }
    let array = SQLType.array(type)
    if let constant = fold(value).constantValue {
        return .constant(.bytes(ArrayValue(kind, [constant]).encoded), array, span: span)
    }
    let call = Expression.call(
        Kernel("arrayOf", [.int32, type.physical], .string, allocates: true),
        [.constant(.integer(Int64(kind.rawValue)), .integer, span: span), value], array, span: span)
    guard value.isNullable else { return call }
    let null = Expression.constant(.bytes(ArrayValue(kind, [.null]).encoded), array, span: span)
    return Expression(.coalesce([call, null]), array, isNullable: false, span: span)
}

func concatenatedArrays(_ a: Expression, _ b: Expression, _ type: SQLType, _ span: Span) -> Expression {
    .call(
        Kernel("concatenateArrays", [.string, .string], .string, canFail: true, allocates: true), [a, b], type,
        span: span)
}

/// A cast from or to an array that exists; nil after a report.
func castOfArray(
    _ expression: Expression, to target: SQLType, context: CastContext, span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    let source = expression.type
    let isOfNested = source.elementType?.isNested == true || target.elementType?.isNested == true
    if isOfNested, source != .array(.unknown) {
        return castOfNested(expression, to: target, context: context, span: span, diagnostics: &diagnostics)
    }
    func kindConstant(_ kind: ArrayValue.Kind) -> Expression {
        .constant(.integer(Int64(kind.rawValue)), .integer, span: span)
    }
    guard case .array(let goal) = target else {
        let text = Expression.call(
            Kernel("castArrayToText", [.string], .string, allocates: true), [expression], .text, span: span)
        return cast(text, to: target, context: .explicit, span: span, diagnostics: &diagnostics)
    }
    guard let kind = ArrayValue.Kind(goal) else {
        diagnostics.unsupported("an array of \(goal)", at: span)
        return nil
    }
    guard case .array(let element) = source else {
        guard hasNoParameters(goal, &diagnostics, span) else { return nil }
        return .call(
            Kernel("castTextToArray", [.string, .int32], .string, canFail: true, allocates: true),
            [expression, kindConstant(kind)], target, span: span)
    }
    if element == .unknown, case .constant(.bytes(let bytes)) = expression.node, var array = ArrayValue(encoded: bytes) {
        // ARRAY[] takes any type.
        array.kind = kind
        return .constant(.bytes(array.encoded), target, span: span)
    }
    guard let needed = castContext(from: TypeName(element), to: TypeName(goal)), needed <= context else {
        diagnostics.report(
            .error, context == .explicit ? "42846" : "42804", at: span,
            "cannot cast type \(source.bareName) to \(target.bareName)")
        return nil
    }
    guard hasNoParameters(goal, &diagnostics, span) else { return nil }
    if ArrayValue.Kind(element) == kind {
        var result = expression
        result.type = target
        return result
    }
    // Quoted literals in a constructor meet the type of their cast with their own text.
    if case .bytes(let bytes)? = fold(expression).constantValue, element == .text, let array = ArrayValue(encoded: bytes)
    {
        var result = array
        result.kind = kind
        result.elements = []
        for value in array.elements {
            guard case .text(let text) = value else {
                result.elements.append(.null)
                continue
            }
            guard
                let item = literal(text, as: goal, context: context, span: span, diagnostics: &diagnostics),
                let constant = item.constantValue
            else { return nil }
            result.elements.append(constant)
        }
        return .constant(.bytes(result.encoded), target, span: span)
    }
    return .call(
        Kernel("castArray", [.string, .int32], .string, canFail: true, allocates: true),
        [expression, kindConstant(kind)], target, span: span)
}

/// Elements of VARCHAR(n), DECIMAL(p, s) and the like cannot be made by a cast yet.
private func hasNoParameters(_ element: SQLType, _ diagnostics: inout Diagnostics, _ span: Span) -> Bool {
    switch element {
    case .varchar, .char, .decimal(_?), .timestamp(0..<6), .timestamptz(0..<6):
        diagnostics.unsupported("a cast to an array of \(element)", at: span)
        return false
    default: return true
    }
}

/// The arrays among `arguments` (those at `arrays`) and elements (the others of `elements`) in one element type.
///
/// Nil after a report where they do not meet.
func unifiedArrays(
    _ arguments: [Expression], arrays: [Int], elements: [Int] = [], what: String, span: Span,
    diagnostics: inout Diagnostics
) -> (arguments: [Expression], element: SQLType)? {
    var chosen: SQLType?
    for index in arrays + elements {
        let type = arguments[index].type
        let candidate = arrays.contains(index) ? type.elementType ?? .unknown : type
        if candidate == .unknown { continue }
        guard let old = chosen else {
            chosen = candidate
            continue
        }
        if castContext(from: TypeName(candidate), to: TypeName(old)) == .implicit { continue }
        guard castContext(from: TypeName(old), to: TypeName(candidate)) == .implicit else {
            diagnostics.report(
                .error, "42883", at: span,
                "\(what) does not exist for \(arguments.map(\.type.bareName).joined(separator: ", "))",
                hint: "The elements have no common type. You might need to add explicit type casts.")
            return nil
        }
        chosen = candidate
    }
    let element = chosen ?? .text
    var result = arguments
    for index in arrays + elements {
        let goal = arrays.contains(index) ? SQLType.array(element) : element
        guard
            let argument = cast(
                arguments[index], to: goal, context: .implicit, span: arguments[index].span, diagnostics: &diagnostics)
        else { return nil }
        result[index] = argument
    }
    return (result, element)
}

/// `array[i][j]…`; NULL where there is no such element. Nil after a report.
package func arraySubscript(
    _ array: Expression, _ subscripts: [Expression], span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard case .array(let element) = array.type else {
        diagnostics.report(
            .error, "42804", at: span, "cannot subscript type \(array.type.bareName) because it is not an array")
        return nil
    }
    guard let indexes = packedIntegers(subscripts, span: span, diagnostics: &diagnostics) else { return nil }
    return elementValue(array, indexes, element, span)
}

/// `array[l1:u1][l2:u2]…`; a bound that is nil is the array's own. Nil after a report.
package func arraySlice(
    _ array: Expression, _ bounds: [(lower: Expression?, upper: Expression?)], span: Span,
    diagnostics: inout Diagnostics
) -> Expression? {
    guard array.type.isArray else {
        diagnostics.report(
            .error, "42804", at: span, "cannot subscript type \(array.type.bareName) because it is not an array")
        return nil
    }
    func bound(_ expression: Expression?, _ otherwise: Int32) -> Expression {
        expression ?? .constant(.integer(Int64(otherwise)), .integer, span: span)
    }
    guard
        let lower = packedIntegers(
            bounds.map { bound($0.lower, .min) }, span: span, diagnostics: &diagnostics),
        let upper = packedIntegers(bounds.map { bound($0.upper, .max) }, span: span, diagnostics: &diagnostics)
    else { return nil }
    return .call(
        Kernel("arraySlice", [.string, .string, .string], .string, allocates: true), [array, lower, upper], array.type,
        span: span)
}

/// Subscripts as an array of integers, NULL if one is.
private func packedIntegers(
    _ subscripts: [Expression], span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    var pieces: [Expression] = []
    for subscript_ in subscripts {
        guard
            let index = cast(
                subscript_, to: .integer, context: .assignment, span: subscript_.span, diagnostics: &diagnostics)
        else { return nil }
        if let constant = fold(index).constantValue {
            if constant.isNull { return .constant(.null, .array(.integer), span: span) }
            pieces.append(.constant(.bytes(ArrayValue(.integer, [constant]).encoded), .array(.integer), span: span))
        } else {
            // Strict on purpose: a NULL subscript gives NULL.
            pieces.append(
                .call(
                    Kernel("arrayOf", [.int32, .int32], .string, allocates: true),
                    [.constant(.integer(Int64(ArrayValue.Kind.integer.rawValue)), .integer, span: span), index],
                    .array(.integer), span: span))
        }
    }
    if let constant = joined(pieces, .array(.integer), span) { return constant }
    return pieces.dropFirst().reduce(pieces[0]) { concatenatedArrays($0, $1, .array(.integer), span) }
}

/// `x op ANY (array)` or ALL by the kernels; nil after a report. `compare` names constant arrays' comparisons.
package func quantifiedArray(
    _ left: Expression, symbol: String, isAll: Bool, _ array: Expression, span: Span, diagnostics: inout Diagnostics,
    compare: (Expression, inout Diagnostics) -> Expression?
) -> Expression? {
    var array = array
    if array.type == .unknown {
        let element: SQLType = left.type == .unknown ? .text : left.type
        guard
            let converted = cast(
                array, to: .array(element), context: .implicit, span: array.span, diagnostics: &diagnostics)
        else { return nil }
        array = converted
    }
    guard case .array(let element) = array.type else {
        diagnostics.report(.error, "42809", at: array.span, "op ANY/ALL (array) requires array on right side")
        return nil
    }
    if let constant = fold(array).constantValue {
        guard case .bytes(let bytes) = constant, let value = ArrayValue(encoded: bytes) else {
            return .constant(.null, .boolean, span: span)
        }
        if value.elements.isEmpty { return .constant(.boolean(isAll), .boolean, span: span) }
        if value.elements.count <= 64 {
            var tests: [Expression] = []
            for item in value.elements {
                guard let test = compare(.constant(item, element, span: array.span), &diagnostics) else { return nil }
                tests.append(test)
            }
            if tests.count == 1 { return tests[0] }
            return Expression(
                isAll ? .and(tests) : .or(tests), .boolean, isNullable: tests.contains(where: \.isNullable), span: span)
        }
    }
    guard let operation = ["=", "<>", "<", "<=", ">", ">="].firstIndex(of: symbol) else {
        diagnostics.unsupported("\(symbol) ANY or ALL over an array that is not constant", at: span)
        return nil
    }
    guard
        let (operands, type) = unifiedArrays(
            [array, left], arrays: [0], elements: [1], what: "operator \(symbol)", span: span,
            diagnostics: &diagnostics),
        let packed = oneElement(operands[1], of: type, span: span, diagnostics: &diagnostics)
    else { return nil }
    let code = Expression.call(
        Kernel("quantifiedComparison", [.string, .string, .int32], .int32),
        [packed, operands[0], .constant(.integer(Int64(operation + (isAll ? 8 : 0))), .integer, span: span)],
        .integer, span: span)
    func isCode(_ value: Int64) -> Expression {
        .call(
            Kernel("equal", [.int32, .int32], .bool), [code, .constant(.integer(value), .integer, span: span)],
            .boolean, span: span)
    }
    return Expression(
        .conditional(isCode(2), .constant(.null, .boolean, span: span), isCode(1)), .boolean, isNullable: true,
        span: span)
}
