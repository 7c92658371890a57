import LaminarExpressions
import LaminarText
import LaminarTypes
import Testing

@Suite struct FoldingTests {
    private let x = Expression.input(0, Field("x", .integer))
    private let flag = Expression.input(1, Field("flag", .boolean))
    private func constant(_ value: Int64) -> Expression { .constant(.integer(value), .integer) }
    private func boolean(_ value: Bool?) -> Expression {
        .constant(value.map { .boolean($0) } ?? .null, .boolean)
    }

    private func infix(_ left: Expression, _ symbol: String, _ right: Expression) -> Expression {
        var diagnostics = Diagnostics()
        guard
            let result = resolveOperator(
                symbol: symbol, left: left, right: right, span: .none, diagnostics: &diagnostics)
        else { preconditionFailure("no such operator") }
        return result
    }

    private func shown(_ expression: Expression) -> String {
        describe(fold(expression), columns: ["x", "flag", "big"])
    }

    @Test func `calls of constants become constants`() {
        #expect(shown(infix(constant(2), "+", infix(constant(3), "*", constant(4)))) == "14")
        let big = Expression.input(2, Field("big", .bigint))
        #expect(shown(infix(big, "=", infix(constant(2), "+", constant(3)))) == "big = 5")
    }

    @Test func `a call that fails stays for the row that evaluates it`() {
        #expect(shown(infix(constant(1), "/", constant(0))) == "1 / 0")
    }

    @Test func `a strict call of NULL is NULL`() {
        #expect(shown(infix(x, "+", .constant(.null, .integer))) == "NULL")
    }

    @Test func `AND and OR lose what does not matter`() {
        let test = infix(x, ">", constant(1))
        func and(_ operands: Expression...) -> Expression {
            Expression(.and(operands), .boolean, isNullable: true, span: .none)
        }
        func or(_ operands: Expression...) -> Expression {
            Expression(.or(operands), .boolean, isNullable: true, span: .none)
        }
        #expect(shown(and(boolean(true), test)) == "x > 1")
        #expect(shown(and(test, boolean(false))) == "false")
        #expect(shown(or(test, boolean(true))) == "true")
        #expect(shown(or(boolean(false), boolean(nil))) == "NULL")
        #expect(shown(and(test, and(flag, test))) == "x > 1 AND flag AND x > 1")
        #expect(shown(or(flag, and(flag, test))) == "flag OR flag AND x > 1")
        #expect(shown(and(flag, or(flag, test))) == "flag AND (flag OR x > 1)")
    }

    @Test func `conditions that are decided disappear`() {
        let choice = Expression(
            .conditional(infix(constant(1), "<", constant(2)), x, constant(0)), .integer, isNullable: true, span: .none)
        #expect(shown(choice) == "x")
        let coalesce = Expression(
            .coalesce([.constant(.null, .integer), constant(3), x]), .integer, isNullable: false, span: .none)
        #expect(shown(coalesce) == "3")
        let known = Expression.input(0, Field("x", .integer, isNullable: false))
        #expect(shown(Expression(.isNull(known), .boolean, isNullable: false, span: .none)) == "false")
    }
}
