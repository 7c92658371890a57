import LaminarExpressions
import LaminarTypes

/// The value of an expression for one row, as the documentation of `Expression.Node` says: a walk over the tree.
func evaluate(_ expression: Expression, _ row: [Value]) throws(ReferenceError) -> Value {
    switch expression.node {
    case .input(let column):
        guard row.indices.contains(column) else { throw .unsupported("column \(column) of \(row.count)") }
        return row[column]
    case .constant(let value): return value
    case .call(let kernel, let operands):
        var arguments: [Value] = []
        for operand in operands { arguments.append(try evaluate(operand, row)) }
        if arguments.contains(where: \.isNull) { return .null }
        return try call(kernel, arguments, expression.type)
    case .invoke(let function, _): throw .unsupported("the function \(function.signature) in Swift")
    case .and(let operands):
        var result = Value.boolean(true)
        for operand in operands {
            let value = try evaluate(operand, row)
            if case .boolean(false) = value { return value }
            if value.isNull { result = .null }
        }
        return result
    case .or(let operands):
        var result = Value.boolean(false)
        for operand in operands {
            let value = try evaluate(operand, row)
            if case .boolean(true) = value { return value }
            if value.isNull { result = .null }
        }
        return result
    case .isNull(let operand): return .boolean(try evaluate(operand, row).isNull)
    case .conditional(let condition, let then, let otherwise):
        return try isTrue(condition, row) ? try evaluate(then, row) : try evaluate(otherwise, row)
    case .coalesce(let operands):
        for operand in operands {
            let value = try evaluate(operand, row)
            if !value.isNull { return value }
        }
        return .null
    case .isDistinct(_, let left, let right):
        let (a, b) = (try evaluate(left, row), try evaluate(right, row))
        return .boolean(!a.isSameKey(as: b))
    case .fail(let sqlState, let message): throw ReferenceError(sqlState, message)
    }
}

/// Whether a condition is TRUE, not FALSE or NULL.
func isTrue(_ condition: Expression, _ row: [Value]) throws(ReferenceError) -> Bool {
    if case .boolean(true) = try evaluate(condition, row) { return true }
    return false
}

func evaluate(_ expressions: [Expression], _ row: [Value]) throws(ReferenceError) -> [Value] {
    var values: [Value] = []
    for expression in expressions { values.append(try evaluate(expression, row)) }
    return values
}

extension Value {
    var isNull: Bool { if case .null = self { true } else { false } }
}

/// Whether rows are equal as keys: NULL equals NULL, 1.0 equals 1.00.
func areSame(_ a: [Value], _ b: [Value]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.isSameKey(as: $1) }
}
