import LaminarExpressions
import LaminarSyntax
import LaminarText
import LaminarTypes

/// Binds the select list of `SELECT ...` without tables and without folding, so that examples reach the kernels.
///
/// It knows the expressions that examples use; the binder proper folds constants and would hide the interpreter.
struct ExampleBinder {
    var diagnostics = Diagnostics()

    static func bind(_ sql: String) -> (expression: Expression?, diagnostics: Diagnostics) {
        var binder = ExampleBinder()
        let file = SourceFile(name: "example", text: "SELECT \(sql)")
        let statements = parseStatements(file, diagnostics: &binder.diagnostics)
        guard let statement = statements.first, case .query(let query) = statement.kind,
            case .select(let select) = query.body.kind, let item = select.items.first, !binder.diagnostics.hasErrors
        else { return (nil, binder.diagnostics) }
        var expression = binder.bind(item.expression)
        if let bound = expression, bound.type == .unknown { expression = binder.cast(bound, .text) }
        return (expression, binder.diagnostics)
    }

    private mutating func cast(_ expression: Expression, _ type: SQLType) -> Expression? {
        LaminarExpressions.cast(
            expression, to: type, context: .explicit, span: expression.span, diagnostics: &diagnostics)
    }

    private mutating func bindAll(_ list: [ExpressionSyntax]) -> [Expression]? {
        let bound = list.map { bind($0) }
        let result = bound.compactMap { $0 }
        return result.count == bound.count ? result : nil
    }

    mutating func bind(_ syntax: ExpressionSyntax) -> Expression? {
        let span = syntax.span
        switch syntax.kind {
        case .literal(.null): return .constant(.null, .unknown, span: span)
        case .literal(.boolean(let value)): return .constant(.boolean(value), .boolean, span: span)
        case .literal(.string(let text)): return .constant(.text(text), .unknown, span: span)
        case .literal(.integer(let digits)):
            if let value = Int32(digits) { return .constant(.integer(Int64(value)), .integer, span: span) }
            if let value = Int64(digits) { return .constant(.integer(value), .bigint, span: span) }
            return cast(.constant(.text(digits), .unknown, span: span), .decimal(nil))
        case .literal(.number(let text)): return cast(.constant(.text(text), .unknown, span: span), .decimal(nil))
        case .typedLiteral(let type, let text, let place):
            return type.example.flatMap { cast(.constant(.text(text), .unknown, span: place), $0) }
        case .interval(let literal):
            return cast(.constant(.text(literal.sourceText), .unknown, span: literal.textSpan), .interval)
        case .cast(let operand, let type, _):
            return bind(operand).flatMap { operand in type.example.flatMap { cast(operand, $0) } }
        case .unary(let operation, let operand):
            return bind(operand).flatMap {
                resolveOperator(symbol: operation.text, left: nil, right: $0, span: span, diagnostics: &diagnostics)
            }
        case .binary(let operation, let left, let right):
            guard let sides = bindAll([left, right]) else { return nil }
            return resolveOperator(
                symbol: operation.text, left: sides[0], right: sides[1], span: span, diagnostics: &diagnostics)
        case .not(let operand):
            return bind(operand).flatMap { cast($0, .boolean) }.map { negation(of: $0, span: span) }
        case .like(let like):
            let escape = like.escape.map { [$0] } ?? []
            guard let arguments = bindAll([like.operand, like.pattern] + escape) else { return nil }
            let name = like.form == .like ? "like" : like.form == .ilike ? "ilike" : "similar_to"
            let test = resolveFunction(name: name, arguments: arguments, span: span, diagnostics: &diagnostics)
            return like.isNegated ? test.map { negation(of: $0, span: span) } : test
        case .isDistinct(let left, let right, let isNegated):
            guard let sides = bindAll([left, right]) else { return nil }
            let test = resolveIsDistinct(left: sides[0], right: sides[1], span: span, diagnostics: &diagnostics)
            return isNegated ? test.map { negation(of: $0, span: span) } : test
        case .array(let elements):
            guard let bound = bindAll(elements) else { return nil }
            return arrayConstructor(bound, span: span, diagnostics: &diagnostics)
        case .row(let elements, _):
            guard let bound = bindAll(elements) else { return nil }
            return rowConstructor(bound, span: span, diagnostics: &diagnostics)
        case .call(let call):
            guard let arguments = bindAll(call.arguments.map(\.value)) else { return nil }
            if call.form == .bracketed { return mapConstructor(arguments, span: span, diagnostics: &diagnostics) }
            return resolveFunction(
                name: call.name.last.text, arguments: arguments, span: span, diagnostics: &diagnostics)
        default:
            diagnostics.unsupported("this expression in an example", at: span)
            return nil
        }
    }
}

extension TypeSyntax {
    /// The type, for the names that examples use.
    fileprivate var example: SQLType? { arrayDepth > 0 ? element.map { .array($0) } : element }

    private var element: SQLType? {
        switch name {
        case "boolean", "bool": .boolean
        case "smallint", "int2": .smallint
        case "integer", "int", "int4": .integer
        case "bigint", "int8": .bigint
        case "real", "float4": .real
        case "double precision", "float8": .double
        case "numeric", "decimal":
            parameters.count == 2
                ? .decimal(DecimalParameters(precision: parameters[0].value, scale: parameters[1].value))
                : .decimal(nil)
        case "text": .text
        case "varchar", "character varying": parameters.first.map { .varchar($0.value) } ?? .text
        case "char", "character": .char(parameters.first?.value ?? 1)
        case "bytea": .bytea
        case "date": .date
        case "time": .time
        case "timestamp": timeZone == .with ? .timestamptz(6) : .timestamp(parameters.first?.value ?? 6)
        case "timestamptz": .timestamptz(6)
        case "interval": .interval
        case "uuid": .uuid
        case "json": .json
        case "jsonb": .jsonb
        case "row": .row(fields.compactMap { field in field.type.example.map { Field(field.name.text, $0) } })
        default: nil
        }
    }
}
