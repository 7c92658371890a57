import LaminarExpressions
import LaminarText
import LaminarTypes
import Testing

@Suite struct ResolutionTests {
    private func input(_ type: SQLType) -> Expression { .input(0, Field("c", type)) }
    private var literal: Expression { .constant(.text("1"), .unknown, span: Span(3, 6)) }

    /// `integer + bigint -> bigint`, with the argument types of the kernel that is called.
    private func resolved(_ left: Expression?, _ symbol: String, _ right: Expression) -> String {
        var diagnostics = Diagnostics()
        let result = resolveOperator(
            symbol: symbol, left: left, right: right, span: Span(0, 1), diagnostics: &diagnostics)
        guard let result else { return "\(diagnostics.all[0].sqlState) \(diagnostics.all[0].message)" }
        guard case .call(let kernel, _) = result.node else { return "\(result.type)" }
        return "\(kernel) -> \(result.type)"
    }

    private func resolved(_ name: String, _ arguments: [Expression]) -> String {
        var diagnostics = Diagnostics()
        let result = resolveFunction(
            name: name, arguments: arguments, span: Span(0, 1), diagnostics: &diagnostics)
        guard let result else {
            let error = diagnostics.all[0]
            return "\(error.sqlState) \(error.message)\(error.hint.map { " | \($0)" } ?? "")"
        }
        guard case .call(let kernel, _) = result.node else { return "\(result.type)" }
        return "\(kernel) -> \(result.type)"
    }

    @Test func `numbers meet in the smallest type that PostgreSQL gives them`() {
        #expect(resolved(input(.smallint), "+", input(.smallint)) == "add(int16,int16) -> smallint")
        #expect(resolved(input(.smallint), "+", input(.integer)) == "add(int32,int32) -> integer")
        #expect(resolved(input(.integer), "*", input(.bigint)) == "multiply(int64,int64) -> bigint")
        #expect(resolved(input(.integer), "/", input(.decimal(nil))) == "divide(decimal,decimal) -> numeric")
        #expect(resolved(input(.integer), "+", input(.real)) == "add(double,double) -> double precision")
        #expect(resolved(input(.real), "+", input(.real)) == "add(float,float) -> real")
        #expect(resolved(input(.real), "-", input(.decimal(nil))) == "subtract(double,double) -> double precision")
        #expect(resolved(input(.bigint), "<", input(.double)) == "less(double,double) -> boolean")
        #expect(resolved(nil, "-", input(.bigint)) == "negate(int64) -> bigint")
    }

    @Test func `a literal takes the type of what it meets`() {
        #expect(resolved(input(.bigint), "=", literal) == "equal(int64,int64) -> boolean")
        #expect(resolved(literal, "+", input(.decimal(nil))) == "add(decimal,decimal) -> numeric")
        #expect(resolved(input(.varchar(3)), "=", literal) == "equal(string,string) -> boolean")
        #expect(resolved(literal, "||", literal) == "concatenate(string,string) -> text")
        #expect(resolved("length", [literal]) == "characterLength(string) -> integer")
        #expect(resolved("abs", [literal]) == "absolute(double) -> double precision")
        let date = Expression.constant(.text("2024-02-30"), .unknown, span: Span(7, 19))
        #expect(resolved(input(.date), "<", date) == "22008 date/time field value out of range: \"2024-02-30\"")
    }

    @Test func `dates and intervals choose by both sides`() {
        #expect(resolved(input(.date), "-", input(.date)) == "subtractDates(int32,int32) -> integer")
        #expect(resolved(input(.date), "-", input(.integer)) == "subtractDays(int32,int32) -> date")
        #expect(resolved(input(.date), "+", input(.interval)) == "addInterval(int64,interval) -> timestamp")
        #expect(resolved(input(.interval), "+", input(.timestamptz(6))) == "addInterval(int64,interval) -> timestamptz")
        #expect(
            resolved(input(.timestamp(3)), "-", input(.timestamp(6))) == "subtractTimestamps(int64,int64) -> interval")
        #expect(resolved(input(.integer), "*", input(.interval)) == "multiply(interval,double) -> interval")
        #expect(resolved(input(.date), "<", input(.timestamp(6))) == "less(int64,int64) -> boolean")
    }

    @Test func `what does not exist is refused in PostgreSQL's words`() {
        #expect(resolved(input(.integer), "+", input(.text)) == "42883 operator does not exist: integer + text")
        #expect(resolved(input(.boolean), "+", input(.boolean)) == "42883 operator does not exist: boolean + boolean")
        #expect(resolved(nil, "-", input(.text)) == "42883 operator does not exist: - text")
        #expect(resolved(literal, "+", literal) == "42725 operator is not unique: unknown + unknown")
        #expect(
            resolved("datetrunc", [input(.integer)])
                == "42883 function datetrunc(integer) does not exist | Did you mean \"date_trunc\"?")
        #expect(
            resolved("upper", [input(.integer)])
                == "42883 function upper(integer) does not exist | No function matches the given argument types. There is upper(text)."
        )
        #expect(resolved("nullif", [input(.integer)]) == "42883 nullif takes two arguments, not 1")
    }

    @Test func `a type's name casts like a function`() {
        #expect(resolved("date", [input(.timestamp(6))]) == "castTimestampToDate(int64) -> date")
        #expect(resolved("float8", [input(.integer)]) == "castToDouble(int32) -> double precision")
    }

    @Test func `casts follow the context`() {
        func casting(_ source: SQLType, _ target: SQLType, _ context: CastContext) -> String {
            var diagnostics = Diagnostics()
            let result = cast(input(source), to: target, context: context, span: .none, diagnostics: &diagnostics)
            guard let result else { return diagnostics.all[0].sqlState }
            if case .call(let kernel, _) = result.node { return "\(kernel.name)" }
            return "same"
        }
        #expect(casting(.integer, .bigint, .implicit) == "castToBigint")
        #expect(casting(.bigint, .integer, .implicit) == "42804")
        #expect(casting(.bigint, .integer, .assignment) == "castToInteger")
        #expect(casting(.text, .integer, .assignment) == "42804")
        #expect(casting(.text, .integer, .explicit) == "castToInteger")
        #expect(casting(.boolean, .date, .explicit) == "42846")
        #expect(casting(.text, .varchar(5), .explicit) == "castToVarchar")
        #expect(casting(.text, .varchar(5), .assignment) == "assignToVarchar")
        #expect(casting(.varchar(5), .varchar(9), .assignment) == "same")
        #expect(casting(.timestamp(6), .timestamp(3), .implicit) == "roundTimestamp")
        #expect(casting(.timestamp(3), .timestamptz(3), .implicit) == "same")
        let parameters = DecimalParameters(precision: 5, scale: 2)
        #expect(casting(.decimal(nil), .decimal(parameters), .implicit) == "coerceNumeric")
        #expect(casting(.decimal(parameters), .decimal(nil), .implicit) == "same")
    }

    @Test func `a bad literal is reported at the literal`() throws {
        var diagnostics = Diagnostics()
        let bad = Expression.constant(.text("abc"), .unknown, span: Span(11, 16))
        #expect(cast(bad, to: .integer, context: .explicit, span: Span(5, 20), diagnostics: &diagnostics) == nil)
        let error = try #require(diagnostics.all.first)
        #expect(error.sqlState == "22P02" && error.span == Span(11, 16))
        #expect(error.message == "invalid input syntax for type integer: \"abc\"")
    }

    @Test func `branches meet in a common type`() {
        func common(_ types: [SQLType]) -> String {
            var diagnostics = Diagnostics()
            let expressions = types.map { $0 == .unknown ? literal : input($0) }
            let type = commonType(of: expressions, context: "CASE", diagnostics: &diagnostics)
            return type.map(String.init(describing:)) ?? diagnostics.all[0].message
        }
        let price = SQLType.decimal(DecimalParameters(precision: 10, scale: 2))
        #expect(common([.integer, .bigint]) == "bigint")
        #expect(common([.integer, price]) == "numeric")
        #expect(common([price, price]) == "numeric(10,2)")
        #expect(common([price, .unknown]) == "numeric(10,2)")
        #expect(common([.unknown, .unknown]) == "text")
        #expect(common([.date, .timestamptz(6)]) == "timestamptz")
        #expect(common([.varchar(3), .text]) == "text")
        #expect(common([.integer, .text]) == "CASE types integer and text cannot be matched")
    }

    @Test func `a call is NULL only where an argument can be`() {
        var diagnostics = Diagnostics()
        let known = Expression.input(0, Field("c", .integer, isNullable: false))
        let sum = resolveOperator(symbol: "+", left: known, right: known, span: .none, diagnostics: &diagnostics)
        #expect(sum?.isNullable == false)
        let other = resolveOperator(
            symbol: "+", left: known, right: input(.integer), span: .none, diagnostics: &diagnostics)
        #expect(other?.isNullable == true)
    }

    @Test func `aggregates choose their accumulator by type`() {
        func aggregate(_ name: String, _ type: SQLType?) -> String {
            var diagnostics = Diagnostics()
            let call = resolveAggregate(
                name: name, arguments: type.map { [input($0)] } ?? [], isDistinct: false, filter: nil, span: .none,
                diagnostics: &diagnostics)
            guard let call else { return "\(diagnostics.all[0].sqlState) \(diagnostics.all[0].message)" }
            return "\(call.kernel.name) -> \(call.type)"
        }
        #expect(aggregate("count", nil) == "CountOfRows -> bigint")
        #expect(aggregate("sum", .integer) == "SumOfInteger<Int32> -> bigint")
        #expect(aggregate("sum", .bigint) == "SumOfInteger<Int64> -> bigint")
        #expect(aggregate("avg", .smallint) == "AverageOfInteger<Int16> -> double precision")
        #expect(aggregate("avg", .decimal(nil)) == "AverageOfDecimal -> numeric")
        #expect(aggregate("max", .date) == "Maximum<Int32> -> date")
        #expect(aggregate("min", .text) == "MinimumOfString -> text")
        #expect(aggregate("sum", .text) == "42883 function sum(text) does not exist")
        #expect(aggregate("string_agg", .text) == "42883 function string_agg(text) does not exist")
    }
}
