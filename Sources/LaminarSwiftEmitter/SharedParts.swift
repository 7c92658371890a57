import LaminarExpressions

extension ExpressionEmitter {
    /// As `emit`, with the parts that stand in the expression more than once computed once, in front of it.
    ///
    /// Lowering writes operands twice where SQL has them once (GREATEST, simple CASE, BETWEEN, parts of JSON). Written out,
    /// nested ones would grow exponentially, and Swift's type checker gives up.
    ///
    /// Large parts are computed in front of it too: the type checker takes exponential time for large expressions.
    mutating func emitSharing(_ expression: Expression, inputs: [Input]) -> Emitted {
        sharing(expression, inputs) { $0.emit(expression, inputs: inputs) }
    }

    /// As `emitSharing`, for what may not be evaluated: it stands within an expression, so that a large one becomes a closure.
    mutating func emitBranch(_ expression: Expression, inputs: [Input]) -> Emitted {
        let emitted = emitSharing(expression, inputs: inputs)
        if case .sharing = emitted.code { return emitted }
        guard expression.size >= Expression.largestSize else { return emitted }
        let type = SwiftType.named(expression.type.physical.swiftName, isOptional: emitted.isOptional)
        return Emitted(code: .sharing([], emitted.code, type), isOptional: emitted.isOptional)
    }

    /// As `condition`, in the same way.
    mutating func conditionSharing(_ expression: Expression, inputs: [Input]) -> SwiftExpression {
        sharing(expression, inputs) {
            Emitted(code: $0.condition(expression, inputs: inputs), isOptional: false)
        }.code
    }

    private mutating func sharing(
        _ expression: Expression, _ inputs: [Input], _ emitWhole: (inout ExpressionEmitter) -> Emitted
    ) -> Emitted {
        if expression.operands.isEmpty || shared[expression] != nil { return emitWhole(&self) }
        let found = SharedParts(of: expression, known: shared).parts
        if found.isEmpty { return emitWhole(&self) }
        let (outer, first) = (shared, nextSite)
        reserveSites(of: expression)
        var parts: [SwiftPart] = []
        for (part, offset) in found {
            nextSite = first + offset
            let emitted = emit(part, inputs: inputs)
            let type = SwiftType.named(part.type.physical.swiftName, isOptional: emitted.isOptional)
            let name = claimPartName()
            parts.append(SwiftPart(name: name, type: type, value: emitted.code))
            shared[part] = Emitted(code: .identifier(name), isOptional: emitted.isOptional)
        }
        nextSite = first
        let whole = emitWhole(&self)
        shared = outer
        let type = SwiftType.named(expression.type.physical.swiftName, isOptional: whole.isOptional)
        return Emitted(code: .sharing(parts, whole.code, type), isOptional: whole.isOptional)
    }
}

/// The parts of an expression that stand in it more than once, or are large, and are evaluated in any case, inner ones first.
///
/// What is first met in a branch that may not be taken stays there: its failure would be one of rows that never get so far.
private struct SharedParts {
    private struct Occurrence {
        var count = 0
        /// The number of fallible calls in front of the first occurrence.
        var offset: Int
        var isLazy: Bool
    }

    private var occurrences: [Expression: Occurrence] = [:]
    private var order: [Expression] = []
    private let known: [Expression: ExpressionEmitter.Emitted]

    init(of expression: Expression, known: [Expression: ExpressionEmitter.Emitted]) {
        self.known = known
        var offset = 0
        visit(expression, isLazy: false, &offset)
        // The whole is what is emitted.
        order.removeAll { $0 == expression }
    }

    var parts: [(Expression, offset: Int)] {
        order.compactMap { part in
            guard let occurrence = occurrences[part], !occurrence.isLazy,
                occurrence.count > 1 || part.size >= Expression.largestSize
            else { return nil }
            return (part, occurrence.offset)
        }
    }

    private mutating func visit(_ expression: Expression, isLazy: Bool, _ offset: inout Int) {
        guard expression.callsKernel else { return }
        if known[expression] != nil || occurrences[expression] != nil {
            // What stands in a part that is computed once stands there once.
            occurrences[expression]?.count += 1
            offset += expression.faultSites.count
            return
        }
        let start = offset
        for (index, operand) in expression.operands.enumerated() {
            visit(operand, isLazy: isLazy || (index > 0 && expression.isLazyBehindFirst), &offset)
        }
        switch expression.node {
        case .call(let kernel, _) where kernel.canFail: offset += 1
        case .fail, .invoke: offset += 1
        default: break
        }
        occurrences[expression] = Occurrence(count: 1, offset: start, isLazy: isLazy)
        order.append(expression)
    }
}

extension Expression {
    /// The calls that one Swift expression should have at most.
    fileprivate static var largestSize: Int { 10 }

    /// The calls in its Swift, what is large in it being computed apart.
    fileprivate var size: Int {
        if operands.isEmpty { return 0 }
        return operands.reduce(1) { total, operand in
            let size = operand.size
            return total + (size >= Self.largestSize ? 1 : size)
        }
    }

    /// Whether anything in it is worth being computed once.
    fileprivate var callsKernel: Bool {
        switch node {
        case .input, .constant: false
        case .call, .invoke, .fail: true
        default: operands.contains(where: \.callsKernel)
        }
    }

    /// Whether only the first operand is evaluated in any case.
    fileprivate var isLazyBehindFirst: Bool {
        switch node {
        case .and, .or, .conditional, .coalesce: true
        default: false
        }
    }
}
