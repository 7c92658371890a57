public import LaminarText
public import LaminarTypes

/// A typed row expression: what every back end evaluates, with nothing left to decide.
///
/// The binder lowers SQL to these few nodes once: implicit casts are calls, NULL propagation is the strictness of
/// `call`, BETWEEN and IN are comparisons under AND and OR, CASE is nested `conditional`s. A back end is one exhaustive
/// `switch` over `Node`. Equality and hash ignore spans, so that equal subexpressions are found and computed once.
public struct Expression: Sendable {
    public indirect enum Node: Hashable, Sendable {
        /// A column of the input row, by position.
        case input(Int)
        case constant(Value)
        /// Calls a kernel; NULL if any argument is NULL.
        case call(Kernel, [Expression])
        /// Calls a function written in Swift, which may fail and whose result may be NULL.
        case invoke(UserFunction, [Expression])
        /// Three-valued AND, left to right; stops at the first FALSE.
        case and([Expression])
        /// Three-valued OR, left to right; stops at the first TRUE.
        case or([Expression])
        /// TRUE or FALSE, never NULL.
        case isNull(Expression)
        /// The second if the first is TRUE, else the third; the other branch is not evaluated.
        case conditional(Expression, Expression, Expression)
        /// The first argument that is not NULL; later ones are not evaluated.
        case coalesce([Expression])
        /// Whether two values differ, NULLs being equal; the kernel is the type's `equal`.
        case isDistinct(Kernel, Expression, Expression)
        /// Always fails with this code, because lowering has proved that it must.
        case fail(sqlState: String, message: String)
    }

    public var node: Node
    public var type: SQLType
    /// False where no NULL can come out.
    public var isNullable: Bool
    /// The SQL text it stands for; a run-time error names this place.
    public var span: Span

    public init(_ node: Node, _ type: SQLType, isNullable: Bool, span: Span) {
        self.node = node
        self.type = type
        self.isNullable = isNullable
        self.span = span
    }

    public static func input(_ column: Int, _ field: Field, span: Span = .none) -> Expression {
        Expression(.input(column), field.type, isNullable: field.isNullable, span: span)
    }

    public static func constant(_ value: Value, _ type: SQLType, span: Span = .none) -> Expression {
        var isNull = false
        if case .null = value { isNull = true }
        return Expression(.constant(value), type, isNullable: isNull, span: span)
    }
}

extension Expression: Hashable {
    public static func == (a: Expression, b: Expression) -> Bool { a.type == b.type && a.node == b.node }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(node)
    }
}

extension Expression {
    /// The direct operands, in order of evaluation.
    public var operands: [Expression] {
        switch node {
        case .input, .constant, .fail: []
        case .call(_, let arguments), .invoke(_, let arguments), .and(let arguments), .or(let arguments), .coalesce(let arguments): arguments
        case .isNull(let operand): [operand]
        case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
        case .isDistinct(_, let left, let right): [left, right]
        }
    }

    /// The same node over other operands; `transform` is applied to each in order.
    public func mapOperands(_ transform: (Expression) -> Expression) -> Expression {
        var copy = self
        switch node {
        case .input, .constant, .fail: break
        case .call(let kernel, let arguments): copy.node = .call(kernel, arguments.map(transform))
        case .invoke(let function, let arguments): copy.node = .invoke(function, arguments.map(transform))
        case .and(let arguments): copy.node = .and(arguments.map(transform))
        case .or(let arguments): copy.node = .or(arguments.map(transform))
        case .coalesce(let arguments): copy.node = .coalesce(arguments.map(transform))
        case .isNull(let operand): copy.node = .isNull(transform(operand))
        case .conditional(let condition, let then, let otherwise):
            copy.node = .conditional(transform(condition), transform(then), transform(otherwise))
        case .isDistinct(let kernel, let left, let right):
            copy.node = .isDistinct(kernel, transform(left), transform(right))
        }
        return copy
    }

    /// The input columns it reads.
    public var inputs: Set<Int> {
        if case .input(let column) = node { return [column] }
        return operands.reduce(into: []) { $0.formUnion($1.inputs) }
    }

    /// The expression with each input column replaced; used to fuse a projection into what reads it.
    public func substitutingInputs(_ replacement: (Int) -> Expression) -> Expression {
        if case .input(let column) = node {
            var result = replacement(column)
            if span != .none { result.span = span }
            return result
        }
        return mapOperands { $0.substitutingInputs(replacement) }
    }

    /// Whether any part of it can fail at run time.
    public var canFail: Bool {
        switch node {
        case .fail, .invoke: true
        case .call(let kernel, let arguments): kernel.canFail || arguments.contains { $0.canFail }
        default: operands.contains { $0.canFail }
        }
    }

    /// The fallible calls in order of evaluation; a call's position here (at most 63) is its fault site.
    public var faultSites: [Expression] {
        var sites: [Expression] = operands.flatMap(\.faultSites)
        switch node {
        case .call(let kernel, _) where kernel.canFail: sites.append(self)
        case .fail, .invoke: sites.append(self)
        default: break
        }
        return sites
    }
}
