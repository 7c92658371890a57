public import LaminarText
public import LaminarTypes

/// A scalar function that is written in Swift, as CREATE FUNCTION declares it.
///
/// Equal arguments give equal results: a call may be evaluated more or less often than it is written.
public struct UserFunction: Hashable, Sendable {
    /// The SQL name.
    public var name: String
    /// The Swift function; AS gives it where it differs.
    public var swiftName: String
    public var arguments: [SQLType]
    public var result: SQLType
    /// Whether a NULL argument makes the result NULL; else the function takes optionals.
    public var isStrict: Bool
    /// The declaration.
    public var span: Span

    public init(
        name: String, swiftName: String, arguments: [SQLType], result: SQLType, isStrict: Bool, span: Span
    ) {
        self.name = name
        self.swiftName = swiftName
        self.arguments = arguments
        self.result = result
        self.isStrict = isStrict
        self.span = span
    }

    /// `name(type, type)`
    public var signature: String { "\(name)(\(arguments.map(\.bareName).joined(separator: ", ")))" }

    public static func == (a: UserFunction, b: UserFunction) -> Bool {
        a.name == b.name && a.swiftName == b.swiftName && a.arguments == b.arguments && a.result == b.result
            && a.isStrict == b.isStrict
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// An aggregate that is written in Swift, as CREATE AGGREGATE declares it.
public struct UserAggregateFunction: Hashable, Sendable {
    public var name: String
    /// The Swift type.
    public var swiftName: String
    public var argument: SQLType
    public var result: SQLType
    /// Whether the type conforms to `RetractableAggregateFunction`.
    public var isRetractable: Bool
    public var span: Span

    public init(
        name: String, swiftName: String, argument: SQLType, result: SQLType, isRetractable: Bool, span: Span
    ) {
        self.name = name
        self.swiftName = swiftName
        self.argument = argument
        self.result = result
        self.isRetractable = isRetractable
        self.span = span
    }

    public var signature: String { "\(name)(\(argument.bareName))" }

    /// Its accumulator: the encoded state behind a string view, and a count.
    package var kernel: AggregateKernel {
        AggregateKernel(
            "\(Self.accumulator)<\(swiftName), \(LaminarExpressions.swiftName(argument.physical)), "
                + "\(LaminarExpressions.swiftName(result.physical))>",
            argument: argument.physical, result: result.physical, isResultNullable: true, size: 24, stringOffsets: [0],
            resultMakesString: result.physical == .string)
    }

    /// The generic accumulator of `LaminarKernels`.
    package static let accumulator = "UserAggregate"
}

extension AggregateKernel {
    /// Whether it is an aggregate written in Swift.
    package var isUserDefined: Bool { name.hasPrefix("\(UserAggregateFunction.accumulator)<") }
}

/// The call of a function written in Swift on typed arguments; nil after a report (42883).
package func resolveFunction(
    _ function: UserFunction, arguments: [Expression], span: Span, diagnostics: inout Diagnostics
) -> Expression? {
    guard
        let operands = coerced(
            arguments, to: function.arguments, of: function.name, signature: function.signature, span: span, &diagnostics)
    else { return nil }
    return Expression(.invoke(function, operands), function.result, isNullable: true, span: span)
}

/// The call of an aggregate written in Swift; nil after a report (42883).
package func resolveAggregate(
    _ function: UserAggregateFunction, arguments: [Expression], isDistinct: Bool, filter: Expression?, span: Span,
    diagnostics: inout Diagnostics
) -> AggregateCall? {
    guard
        let operands = coerced(
            arguments, to: [function.argument], of: function.name, signature: function.signature, span: span, &diagnostics)
    else { return nil }
    return AggregateCall(
        kernel: function.kernel, function: function.name, argument: operands[0], filter: filter, isDistinct: isDistinct,
        type: function.result, span: span)
}

private func coerced(
    _ arguments: [Expression], to types: [SQLType], of name: String, signature: String, span: Span,
    _ diagnostics: inout Diagnostics
) -> [Expression]? {
    let fits = arguments.count == types.count
        && zip(arguments, types).allSatisfy { castContext(from: TypeName($0.type), to: TypeName($1)) == .implicit }
    guard fits else {
        let shown = arguments.map(\.type.bareName).joined(separator: ", ")
        diagnostics.report(
            .error, "42883", at: span, "function \(name)(\(shown)) does not exist",
            hint: "No function matches the given argument types. There is \(signature).")
        return nil
    }
    var operands: [Expression] = []
    for (argument, type) in zip(arguments, types) {
        guard
            let operand = cast(
                argument, to: type, context: .implicit, span: argument.span, diagnostics: &diagnostics)
        else { return nil }
        operands.append(operand)
    }
    return operands
}
