import LaminarExpressions
import LaminarText
import LaminarTypes

/// Turns row expressions into Swift: kernels by name, strictness by `strict`, everything lazy by Swift's own control flow.
///
/// One emitter serves one program: it numbers the fallible calls of all expressions it is given, in their order, which
/// is the order of `Expression.faultSites`.
struct ExpressionEmitter {
    /// What an input column reads as, and whether that is optional.
    struct Input: Hashable {
        var expression: SwiftExpression
        var isOptional: Bool
    }

    /// A call that can fail: its place, and the operands that its text includes.
    struct Site {
        var span: Span
        var operands: [Expression]
    }

    /// An emitted expression and what it needs.
    struct Emitted: Hashable {
        var code: SwiftExpression
        var isOptional: Bool
    }

    /// The SQL of the fallible calls in order: what a run-time error points at.
    private(set) var sites: [Site] = []
    /// The number of the next fallible call: that of `sites`, except while a part is emitted before what stands in front of
    /// it.
    var nextSite = 0
    /// Parts that a constant of the surrounding function holds.
    var shared: [Expression: Emitted] = [:]
    private var partCount = 0
    private(set) var diagnostics = Diagnostics()
    /// Kernels that a member of the surrounding type hides, and which are therefore called through their module.
    private let hidden: Set<String>

    init(hidden: Set<String> = []) { self.hidden = hidden }

    mutating func emit(_ expression: Expression, inputs: [Input]) -> Emitted {
        if !shared.isEmpty, let part = shared[expression] {
            nextSite += expression.faultSites.count
            return part
        }
        switch expression.node {
        case .input(let column):
            guard inputs.indices.contains(column) else {
                preconditionFailure("Expression reads column \(column) of \(inputs.count).")
            }
            return Emitted(code: inputs[column].expression, isOptional: inputs[column].isOptional)
        case .constant(let value): return constant(value, expression)
        case .call(let kernel, let arguments): return call(kernel, arguments, expression, inputs)
        case .invoke(let function, let arguments):
            var values = arguments.map { SwiftArgument(nil, emit($0, inputs: inputs).code) }
            let site = claimSite(expression.span, operands: expression.operands)
            values.append(SwiftArgument(nil, .inoutReference("arena")))
            values.append(SwiftArgument(nil, .inoutReference("fault")))
            values.append(SwiftArgument("at", .integer(Int128(site))))
            return Emitted(code: .call(function.wrapperName, values), isOptional: true)
        case .and(let operands): return logic("&&", "conjunction", operands, inputs)
        case .or(let operands): return logic("||", "disjunction", operands, inputs)
        case .isNull(let operand):
            let value = emit(operand, inputs: inputs)
            // What cannot be NULL is still evaluated, since it may fail.
            if !value.isOptional, !operand.canFail { return Emitted(code: .boolean(false), isOptional: false) }
            return Emitted(code: .binary(value.optional(operand), "==", .identifier("nil")), isOptional: false)
        case .conditional(let condition, let then, let otherwise):
            let test = self.condition(condition, inputs: inputs)
            let first = emitBranch(then, inputs: inputs)
            let second = emitBranch(otherwise, inputs: inputs)
            let isOptional = first.isOptional || second.isOptional
            return Emitted(code: .conditional(test, first.code, second.code), isOptional: isOptional)
        case .coalesce(let operands): return coalesce(operands, inputs)
        case .isDistinct(let kernel, let left, let right):
            let a = emit(left, inputs: inputs)
            let b = emit(right, inputs: inputs)
            if !a.isOptional, !b.isOptional {
                return Emitted(code: .not(kernelCall(kernel, [a.code, b.code], site: nil)), isOptional: false)
            }
            let test = kernelCall(kernel, [.identifier("$0"), .identifier("$1")], site: nil)
            return Emitted(
                code: .callWithClosure(
                    .identifier("isDistinct"), [SwiftArgument(nil, a.code), SwiftArgument(nil, b.code)], test),
                isOptional: false)
        case .fail(let sqlState, _):
            let site = claimSite(expression.span, operands: expression.operands)
            guard let type = swiftType(expression) else { return placeholder }
            return Emitted(
                code: .call(
                    .member(.identifier("fault"), "fail"),
                    [
                        SwiftArgument("sqlState", .string(sqlState)),
                        SwiftArgument("at", .integer(Int128(site))),
                        SwiftArgument("as", .member(.type(.named(type)), "self")),
                    ]),
                isOptional: true)
        }
    }

    /// An expression of type BOOLEAN as a Swift condition: NULL counts as FALSE.
    mutating func condition(_ expression: Expression, inputs: [Input]) -> SwiftExpression {
        // A conjunct after a NULL one is evaluated in three-valued logic; skipping it shows only if it can fail.
        if case .and(let operands) = expression.node, operands.count > 1,
            operands.dropFirst().allSatisfy({ !$0.canFail })
        {
            let parts = operands.map { condition($0, inputs: inputs) }
            return parts.dropFirst().reduce(parts[0]) { .binary($0, "&&", $1) }
        }
        let value = emit(expression, inputs: inputs)
        return value.isOptional ? .call("isTrue", SwiftArgument(nil, value.code)) : value.code
    }

    /// The number of the next fallible call; those past 63 share it.
    mutating func claimSite(_ span: Span, operands: [Expression]) -> Int {
        if nextSite == sites.count { sites.append(Site(span: span, operands: operands)) }
        nextSite += 1
        return min(nextSite - 1, 63)
    }

    /// Makes room for the fallible calls of an expression whose parts are emitted out of turn.
    mutating func reserveSites(of expression: Expression) {
        guard nextSite == sites.count else { return }
        sites += expression.faultSites.map { Site(span: $0.span, operands: $0.operands) }
    }

    mutating func claimPartName() -> String {
        partCount += 1
        return "part\(partCount)"
    }

    // MARK: Nodes

    private mutating func call(
        _ kernel: Kernel, _ arguments: [Expression], _ expression: Expression, _ inputs: [Input]
    ) -> Emitted {
        let values = arguments.map { emit($0, inputs: inputs) }
        let site = kernel.canFail ? claimSite(expression.span, operands: expression.operands) : nil
        if values.allSatisfy({ !$0.isOptional }) {
            let codes = literals(kernel, arguments, values.map(\.code))
            return Emitted(code: kernelCall(kernel, codes, site: site), isOptional: false)
        }
        if values.contains(where: { if case .none = $0.code { true } else { false } }),
            !arguments.contains(where: \.canFail), let type = swiftType(expression)
        {
            return Emitted(code: .none(.named(type)), isOptional: true)
        }
        // Only what may be NULL, or must be evaluated before strictness decides, passes through the closure's
        // parameters; columns and constants stand in the call itself.
        var passed: [SwiftArgument] = []
        var codes: [SwiftExpression] = []
        for value in values {
            if value.isOptional || !value.code.isAtom {
                codes.append(.identifier("$\(passed.count)"))
                passed.append(SwiftArgument(nil, value.code))
            } else {
                codes.append(value.code)
            }
        }
        if passed.count > Self.largestStrictArity {
            diagnostics.unsupported("a call with \(passed.count) arguments that may be NULL", at: expression.span)
            return placeholder
        }
        let body = kernelCall(kernel, literals(kernel, arguments, codes), site: site)
        return Emitted(code: .callWithClosure(.identifier("strict"), passed, body), isOptional: true)
    }

    /// The overloads of `strict` in the runtime.
    private static let largestStrictArity = 8

    private func kernelCall(_ kernel: Kernel, _ codes: [SwiftExpression], site: Int?) -> SwiftExpression {
        var arguments = codes.map { SwiftArgument(nil, $0) }
        if kernel.allocates { arguments.append(SwiftArgument(nil, .inoutReference("arena"))) }
        if let site {
            arguments.append(SwiftArgument(nil, .inoutReference("fault")))
            arguments.append(SwiftArgument("at", .integer(Int128(site))))
        }
        let callee: SwiftExpression =
            hidden.contains(kernel.name)
            ? .member(.identifier("LaminarRuntime"), kernel.name) : .identifier(kernel.name)
        return .call(callee, arguments)
    }

    private mutating func logic(
        _ operation: String, _ helper: String, _ operands: [Expression], _ inputs: [Input]
    ) -> Emitted {
        // Only the first is evaluated in any case.
        let values = operands.enumerated().map { index, operand in
            index == 0 ? emit(operand, inputs: inputs) : emitBranch(operand, inputs: inputs)
        }
        guard let first = values.first else { return Emitted(code: .boolean(helper == "conjunction"), isOptional: false) }
        if values.allSatisfy({ !$0.isOptional }) {
            return Emitted(
                code: values.dropFirst().reduce(first.code) { .binary($0, operation, $1.code) }, isOptional: false)
        }
        // The helpers take their second argument lazily; a chain nests to the left.
        let code = values.dropFirst().reduce(first.code) {
            .call(helper, SwiftArgument(nil, $0), SwiftArgument(nil, $1.code))
        }
        return Emitted(code: code, isOptional: true)
    }

    private mutating func coalesce(_ operands: [Expression], _ inputs: [Input]) -> Emitted {
        var values: [Emitted] = []
        for operand in operands {
            let value = values.isEmpty ? emit(operand, inputs: inputs) : emitBranch(operand, inputs: inputs)
            values.append(value)
            // Nothing behind the first operand that is never NULL is evaluated; its sites still count.
            if !value.isOptional { break }
        }
        for operand in operands.dropFirst(values.count) { _ = emit(operand, inputs: inputs) }
        guard let last = values.last else { return placeholder }
        let code = values.dropLast().reversed().reduce(last.code) { .binary($1.code, "??", $0) }
        return Emitted(code: code, isOptional: last.isOptional)
    }

    private mutating func constant(_ value: Value, _ expression: Expression) -> Emitted {
        guard let type = swiftType(expression) else { return placeholder }
        if case .null = value { return Emitted(code: .none(.named(type)), isOptional: true) }
        return Emitted(code: literal(value, expression.type.physical, expression.span), isOptional: false)
    }

    /// A constant that says its own type, unless it is that of Swift's bare literal.
    private mutating func literal(_ value: Value, _ physical: PhysicalType, _ span: Span) -> SwiftExpression {
        func typed(_ code: SwiftExpression) -> SwiftExpression {
            .call(.type(.named(physical.swiftName)), [SwiftArgument(nil, code)])
        }
        func bits(_ pattern: UInt64) -> SwiftExpression {
            .call(
                .member(.type(.named(physical.swiftName)), "init"),
                [SwiftArgument("bitPattern", .integer(Int128(pattern)))])
        }
        switch value {
        case .boolean(let value): return .boolean(value)
        case .integer(let value), .time(let value), .timestamp(let value): return typed(.integer(Int128(value)))
        case .unsigned(let value): return typed(.integer(Int128(value)))
        case .date(let value): return typed(.integer(Int128(value)))
        // Swift warns of a literal that is subnormal, and may take the minus before an infinity for that of another type.
        case .double(let value):
            if value.isSubnormal { return bits(UInt64(value.bitPattern)) }
            return value.isFinite ? .double(value) : typed(.double(value)).typedSpecial(value)
        case .real(let value):
            if value.isSubnormal { return bits(UInt64(value.bitPattern)) }
            let literal = typed(.double(Double(value)))
            return value.isFinite ? literal : literal.typedSpecial(Double(value))
        case .decimal(let value):
            if value.kind != .finite {
                let kind =
                    switch value.kind {
                    case .positiveInfinity: "positiveInfinity"
                    case .negativeInfinity: "negativeInfinity"
                    default: "notANumber"
                    }
                return .call("Decimal", SwiftArgument("kind", .implicitMember(kind)))
            }
            return .call(
                "Decimal", SwiftArgument("unscaled", .integer(value.unscaled)),
                SwiftArgument("scale", .integer(Int128(value.scale))))
        case .interval(let value):
            return .call(
                "Interval", SwiftArgument("months", .integer(Int128(value.months))),
                SwiftArgument("days", .integer(Int128(value.days))),
                SwiftArgument("microseconds", .integer(Int128(value.microseconds))))
        case .text(let value): return .call("text", SwiftArgument(nil, .string(value)))
        case .bytes(let value) where value.allSatisfy({ $0 < 0x80 }):
            return .call("text", SwiftArgument(nil, .string(String(decoding: value, as: UTF8.self))))
        case .null: return .identifier("nil")
        case .bytes(let value):
            // A character for each byte, which the runtime turns back once.
            let characters = String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
            return .call("bytes", SwiftArgument(nil, .string(characters)))
        case .uuid(let high, let low):
            return .call(
                "UUIDBytes", SwiftArgument("high", .integer(Int128(high))), SwiftArgument("low", .integer(Int128(low))))
        case .array, .row: diagnostics.unsupported("an array or row constant in compiled Swift", at: span)
        }
        return .integer(0)
    }

    /// Constants among operands of one type need no type of their own, where one operand already shows it.
    private func literals(
        _ kernel: Kernel, _ arguments: [Expression], _ codes: [SwiftExpression]
    ) -> [SwiftExpression] {
        guard Self.homogeneous.contains(kernel.name), Set(kernel.arguments).count == 1,
            arguments.contains(where: { if case .constant = $0.node { false } else { true } })
        else { return codes }
        return codes.map { code in
            if case .call(.type(.named), let inner) = code, inner.count == 1, case .integer = inner[0].value {
                return inner[0].value
            }
            return code
        }
    }

    /// Kernels whose operands are of one type.
    private static let homogeneous: Set<String> = [
        "add", "subtract", "multiply", "divide", "remainder", "equal", "notEqual", "less", "lessOrEqual", "greater",
        "greaterOrEqual", "greatest", "least", "bitAnd", "bitOr", "bitXor",
    ]

    // MARK: Helpers


    private mutating func swiftType(_ expression: Expression) -> String? { expression.type.physical.swiftName }

    private var placeholder: Emitted { Emitted(code: .integer(0), isOptional: false) }
}

extension ExpressionEmitter.Emitted {
    /// The code as an optional, so that it can be compared with nil.
    fileprivate func optional(_ expression: Expression) -> SwiftExpression {
        isOptional ? code : .call(.type(.named("Optional")), [SwiftArgument(nil, code)])
    }
}

extension SwiftExpression {
    /// A column or a constant: nothing that could fail or cost.
    var isAtom: Bool {
        switch self {
        case .integer, .double, .boolean, .string, .none, .identifier: true
        case .member(let base, _): base.isAtom
        case .call(.type(.named), let arguments): arguments.allSatisfy(\.value.isAtom)
        case .call(.identifier("text"), _), .call(.identifier("bytes"), _), .call(.identifier("Decimal"), _), .call(.identifier("Interval"), _),
            .call(.identifier("UUIDBytes"), _):
            true
        default: false
        }
    }

    fileprivate func typedSpecial(_ value: Double) -> SwiftExpression {
        guard case .call(let type, _) = self else { return self }
        if value.isNaN { return .member(type, "nan") }
        return .member(type, value < 0 ? "negativeInfinity" : "infinity")
    }
}

extension PhysicalType {
    /// The Swift type of a value of this layout in kernels and columns.
    var swiftName: String {
        switch self {
        case .bool: "Bool"
        case .int16: "Int16"
        case .int32: "Int32"
        case .int64: "Int64"
        case .uint64: "UInt64"
        case .float: "Float"
        case .double: "Double"
        case .decimal: "Decimal"
        case .string: "StringView"
        case .interval: "Interval"
        case .uuid: "UUIDBytes"
        }
    }
}
