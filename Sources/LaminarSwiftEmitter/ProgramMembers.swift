import LaminarExpressions
import LaminarPlan
import LaminarText

/// The expression functions of one program: each expression of the SQL that is more than a column or a constant becomes
/// a one-line static function with its SQL as documentation.
struct ProgramMembers {
    /// What expressions are over: the name and type of the row parameter, and what each column reads as.
    struct Scope {
        var variable: String
        var type: String
        var inputs: [ExpressionEmitter.Input]
        /// What stands at the call for the row parameter; nil: a variable of its name.
        var argument: SwiftExpression?
        /// What a column that is used as it is reads as at the call; nil: as in `inputs`.
        var direct: [ExpressionEmitter.Input]?
        /// The `inout` variable at the call for failures.
        var fault = "fault"
    }

    private(set) var functions: [SwiftDeclaration] = []
    private(set) var emitter: ExpressionEmitter
    private var names: SwiftNames
    private let file: SourceFile
    private let relativeName: String

    /// - Parameters:
    ///   - reserved: names of the program's own members.
    ///   - outer: names of the members of the type around it.
    ///   - columns: what functions may come to be called.
    init(reserved: Set<String>, outer: Set<String>, columns: [String], file: SourceFile, relativeName: String) {
        // Whatever a member of the program is called, a kernel of that name is reached through its module.
        emitter = ExpressionEmitter(hidden: reserved.union(outer).union(columns))
        names = SwiftNames(reserved: reserved.union(SwiftNames.unusable))
        self.file = file
        self.relativeName = relativeName
    }

    /// The number of a fallible call that no expression stands for.
    mutating func claimSite(_ call: AggregateCall) -> Int {
        emitter.claimSite(call.span, operands: call.expressions)
    }

    mutating func append(_ declaration: SwiftDeclaration) { functions.append(declaration) }

    /// The code that gives an expression's value: the column or constant itself, or a call of a function made for it.
    ///
    /// - Parameters:
    ///   - name: what the function is called if it is needed.
    ///   - arena: the `inout` variable at the call for strings that are made.
    mutating func value(
        _ expression: Expression, named name: String, in scope: Scope, arena: String = "scratch"
    ) -> ExpressionEmitter.Emitted {
        let before = emitter.sites.count
        if case .input(let column) = expression.node, let direct = scope.direct {
            return ExpressionEmitter.Emitted(code: direct[column].expression, isOptional: direct[column].isOptional)
        }
        let emitted = emitter.emitSharing(expression, inputs: scope.inputs)
        if emitted.code.isAtom, emitter.sites.count == before { return emitted }
        let type = SwiftType.named(expression.type.physical.swiftName, isOptional: emitted.isOptional)
        return function(expression, emitted.code, emitted.isOptional, type, name, scope, arena)
    }

    /// As `value`, for a condition: NULL counts as FALSE.
    mutating func condition(
        _ expression: Expression, named name: String, in scope: Scope, arena: String = "scratch"
    ) -> SwiftExpression {
        if case .input(let column) = expression.node, let direct = scope.direct, !direct[column].isOptional {
            return direct[column].expression
        }
        let code = emitter.conditionSharing(expression, inputs: scope.inputs)
        if code.isAtom { return code }
        return function(expression, code, false, .named("Bool"), name, scope, arena).code
    }

    /// A condition as the body of a function that the caller declares: its variables are `arena` and `fault`.
    mutating func bodyOfCondition(_ expression: Expression, inputs: [ExpressionEmitter.Input]) -> SwiftExpression {
        emitter.condition(expression, inputs: inputs)
    }

    private mutating func function(
        _ expression: Expression, _ code: SwiftExpression, _ isOptional: Bool, _ type: SwiftType, _ name: String,
        _ scope: Scope, _ arena: String
    ) -> ExpressionEmitter.Emitted {
        let name = names.claim(name)
        var parameters: [SwiftParameter] = []
        var arguments: [SwiftArgument] = []
        if !expression.inputs.isEmpty {
            parameters.append(SwiftParameter("_", scope.variable, scope.type))
            arguments.append(SwiftArgument(nil, scope.argument ?? .identifier(scope.variable)))
        }
        if expression.allocates {
            parameters.append(SwiftParameter("_", "arena", "inout Arena"))
            arguments.append(SwiftArgument(nil, .inoutReference(arena)))
        }
        if expression.canFail {
            parameters.append(SwiftParameter("_", "fault", "inout Fault"))
            arguments.append(SwiftArgument(nil, .inoutReference(scope.fault)))
        }
        var body: [SwiftStatement] = [.result(code)]
        if case .sharing(let parts, let value, _) = code { body = parts.map { .part($0) } + [.result(value)] }
        functions.append(
            SwiftDeclaration(
                .function(name, parameters, returns: type, body: body), modifiers: ["static"],
                documentation: [
                    documentation(Self.wholeSpan(expression.span, operands: expression.operands, in: file))
                ], location: location(expression.span)))
        return ExpressionEmitter.Emitted(
            code: .call(.member(.identifier("Self"), name), arguments), isOptional: isOptional)
    }

    /// The SQL of a span on one line, cut where it is long.
    func documentation(_ span: Span) -> String { Self.sqlText(span, in: file) }

    func location(_ span: Span) -> SQLLocation? {
        span == .none ? nil : SQLLocation(file: relativeName, line: file.location(of: span.lower).line)
    }

    /// The whole text of an expression whose span may be its operator or function name alone: with its operands, and
    /// up to the parenthesis that closes what it opens.
    static func wholeSpan(_ span: Span, operands: [Expression], in file: SourceFile) -> Span {
        var whole = span
        for operand in operands {
            let inner = wholeSpan(operand.span, operands: operand.operands, in: file)
            // An operand that stands elsewhere came in through a view.
            if inner.lower <= whole.upper + 64, whole.lower <= inner.upper + 64 { whole = whole.union(inner) }
        }
        var depth = 0
        for byte in file.text[whole.lower..<min(whole.upper, file.text.count)] {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
        }
        if depth == 0, whole.upper < file.text.count, whole.upper > whole.lower,
            file.text[whole.upper] == UInt8(ascii: "(")
        {
            depth = 1
            whole.upper += 1
        }
        while depth > 0, whole.upper < file.text.count {
            if file.text[whole.upper] == UInt8(ascii: "(") { depth += 1 }
            if file.text[whole.upper] == UInt8(ascii: ")") { depth -= 1 }
            whole.upper += 1
        }
        return whole
    }

    /// `sqlText` as Markdown code.
    static func sqlText(_ span: Span, in file: SourceFile) -> String {
        let text = plainText(span, in: file)
        if text.isEmpty { return "Made by the planner." }
        return text.contains("`") ? text : "`\(text)`"
    }

    static func plainText(_ span: Span, in file: SourceFile) -> String {
        let words = file.string(span).split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
        var text = words.joined(separator: " ")
        if text.count > 90 { text = text.prefix(87) + "…" }
        return text
    }
}

extension Expression {
    /// Whether any call in it makes strings.
    var allocates: Bool {
        if case .call(let kernel, _) = node, kernel.allocates { return true }
        if case .invoke = node { return true }
        return operands.contains { $0.allocates }
    }
}
