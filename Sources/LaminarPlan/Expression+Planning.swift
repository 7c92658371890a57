import LaminarExpressions
import LaminarTypes

/// `a AND b`, flattened.
func conjunction(_ a: Expression, _ b: Expression) -> Expression {
    var operands: [Expression] = []
    for operand in [a, b] {
        if case .and(let inner) = operand.node { operands += inner } else { operands.append(operand) }
    }
    return Expression(
        .and(operands), .boolean, isNullable: a.isNullable || b.isNullable, span: a.span.union(b.span))
}

extension Expression {
    /// A key of a group with the zeros behind it that its type has: tables keep the keys of decimals without them.
    var atScaleOfItsType: Expression {
        guard case .decimal(let parameters?) = type, parameters.scale > 0 else { return self }
        let limits = [parameters.precision, parameters.scale].map {
            Expression.constant(.integer(Int64($0)), .integer, span: span)
        }
        return .call(
            Kernel("coerceNumeric", [.decimal, .int32, .int32], .decimal, canFail: true), [self] + limits, type,
            span: span)
    }

    /// Whether what a subquery gives for a while may be an error: two rows for one value, or a LIMIT below zero.
    var checksRowCount: Bool {
        if case .call(let kernel, _) = node, ["atMostOneRow", "limitCount", "offsetCount"].contains(kernel.name) {
            return true
        }
        return operands.contains(where: \.checksRowCount)
    }

    /// Nodes of the tree, counting shared subtrees as often as they stand in it.
    var nodeCount: Int { operands.reduce(1) { $0 + $1.nodeCount } }
}
