import LaminarExpressions
import LaminarText
import LaminarTypes
import Testing

@Suite struct DescriptionTests {
    private func shown(_ expression: Expression?) -> String {
        expression.map { describe($0, columns: ["price", "name", "at"]) } ?? "nothing"
    }

    private func infix(_ left: Expression, _ symbol: String, _ right: Expression) -> Expression {
        var diagnostics = Diagnostics()
        guard
            let result = resolveOperator(
                symbol: symbol, left: left, right: right, span: .none, diagnostics: &diagnostics)
        else { preconditionFailure("no such operator") }
        return result
    }

    private let price = Expression.input(0, Field("price", .bigint))
    private let two = Expression.constant(.integer(2), .bigint)

    @Test func `parentheses stand where they change the meaning`() {
        #expect(shown(infix(infix(price, "+", two), "*", two)) == "(price + 2) * 2")
        #expect(shown(infix(price, "+", infix(two, "*", two))) == "price + 2 * 2")
        #expect(shown(infix(price, "-", infix(two, "-", two))) == "price - (2 - 2)")
        #expect(shown(infix(infix(price, "-", two), "-", two)) == "price - 2 - 2")
        #expect(shown(negation(of: infix(price, "=", two), span: .none)) == "NOT price = 2")
    }

    @Test func `literals are SQL`() {
        let name = Expression.input(1, Field("name", .text))
        #expect(shown(infix(name, "=", .constant(.text("it's"), .text))) == "name = 'it''s'")
        let at = Expression.input(2, Field("at", .timestamp(6)))
        #expect(
            shown(infix(at, ">=", .constant(.timestamp(0), .timestamp(6)))) == "at >= TIMESTAMP '1970-01-01 00:00:00'")
        #expect(
            shown(infix(at, "+", .constant(.interval(Interval(days: 1)), .interval))) == "at + INTERVAL '1 day'")
    }

    @Test func `calls have their SQL names`() {
        func call(_ name: String, _ arguments: Expression...) -> String {
            var diagnostics = Diagnostics()
            return shown(
                resolveFunction(name: name, arguments: arguments, span: .none, diagnostics: &diagnostics))
        }
        func literal(_ text: String) -> Expression { .constant(.text(text), .unknown) }
        let name = Expression.input(1, Field("name", .text))
        let at = Expression.input(2, Field("at", .timestamp(6)))
        #expect(call("floor", .input(0, Field("price", .double))) == "floor(price)")
        #expect(call("btrim", name, literal("x")) == "btrim(name, 'x')")
        #expect(call("extract", literal("year"), at) == "extract(year from at)")
        #expect(call("date_trunc", literal("hours"), at) == "date_trunc('hour', at)")
        var diagnostics = Diagnostics()
        let amount = SQLType.decimal(DecimalParameters(precision: 10, scale: 2))
        let coerced = cast(price, to: amount, context: .explicit, span: .none, diagnostics: &diagnostics)
        #expect(shown(coerced) == "price::numeric::numeric(10,2)")
    }

    @Test func `conditions read as CASE`() {
        let test = infix(price, ">", two)
        let inner = Expression(
            .conditional(test, two, .constant(.null, .bigint)), .bigint, isNullable: true, span: .none)
        let outer = Expression(.conditional(test, price, inner), .bigint, isNullable: true, span: .none)
        #expect(shown(outer) == "CASE WHEN price > 2 THEN price WHEN price > 2 THEN 2 END")
        let missing = Expression(.isNull(infix(price, "+", two)), .boolean, isNullable: false, span: .none)
        #expect(shown(missing) == "price + 2 IS NULL")
    }

    @Test func `a column beyond the names is shown by number`() {
        #expect(shown(.input(7, Field("c", .bigint))) == "#7")
    }
}
