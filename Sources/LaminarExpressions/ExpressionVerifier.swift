package import LaminarTypes

/// Checks what every back end relies on; a violation is a mistake of ours, described in the result.
///
/// - Parameter inputs: The physical types of the input columns.
package func verify(_ expression: Expression, inputs: [PhysicalType]) -> String? {
    for operand in expression.operands {
        if let problem = verify(operand, inputs: inputs) { return problem }
    }
    let type = expression.type.physical
    func isBoolean(_ operand: Expression) -> Bool { operand.type.physical == .bool }
    switch expression.node {
    case .input(let column):
        guard inputs.indices.contains(column) else { return "input \(column) of \(inputs.count) columns" }
        if inputs[column] != type { return "input \(column) is \(inputs[column]), not \(type)" }
    case .constant(let value):
        if case .null = value, !expression.isNullable { return "a NULL constant that is not nullable" }
        if !value.fits(type) { return "constant \(value) is no \(type)" }
    case .call(let kernel, let arguments):
        if kernel.arguments != arguments.map(\.type.physical) {
            return "\(kernel) called with \(arguments.map(\.type.physical))"
        }
        if kernel.result != type { return "\(kernel) gives \(kernel.result), not \(type)" }
        if !expression.isNullable, arguments.contains(where: \.isNullable) { return "\(kernel) hides a NULL" }
    case .and(let operands), .or(let operands):
        if operands.isEmpty || !operands.allSatisfy(isBoolean) || type != .bool { return "AND or OR of no booleans" }
    case .isNull:
        if type != .bool { return "IS NULL of type \(type)" }
    case .conditional(let condition, let then, let otherwise):
        if !isBoolean(condition) { return "a condition of type \(condition.type)" }
        if then.type.physical != type || otherwise.type.physical != type {
            return "branches \(then.type) and \(otherwise.type) of a conditional of type \(expression.type)"
        }
        if !expression.isNullable, then.isNullable || otherwise.isNullable { return "a conditional hides a NULL" }
    case .coalesce(let operands):
        if operands.isEmpty || !operands.allSatisfy({ $0.type.physical == type }) {
            return "COALESCE of other types than \(expression.type)"
        }
        if !expression.isNullable, operands.allSatisfy(\.isNullable) { return "COALESCE hides a NULL" }
    case .isDistinct(let kernel, let left, let right):
        if kernel.arguments != [left.type.physical, right.type.physical] || kernel.result != .bool || kernel.canFail {
            return "\(kernel) cannot tell whether \(left.type) and \(right.type) are distinct"
        }
    case .invoke(let function, let arguments):
        if function.arguments.map(\.physical) != arguments.map(\.type.physical) || function.result.physical != type {
            return "\(function.signature) called with \(arguments.map(\.type.physical))"
        }
        if !expression.isNullable { return "\(function.signature) hides a NULL" }
    case .fail: break
    }
    return nil
}

extension Value {
    fileprivate func fits(_ type: PhysicalType) -> Bool {
        switch self {
        case .null: true
        case .boolean: type == .bool
        case .integer(let value):
            switch type {
            case .int16: Int16(exactly: value) != nil
            case .int32: Int32(exactly: value) != nil
            default: type == .int64
            }
        case .unsigned: type == .uint64
        case .real: type == .float
        case .double: type == .double
        case .decimal: type == .decimal
        case .text, .bytes, .array, .row: type == .string
        case .date: type == .int32
        case .time, .timestamp: type == .int64
        case .interval: type == .interval
        case .uuid: type == .uuid
        }
    }
}
