import LaminarColumns
import LaminarExpressions
import LaminarInterpreter
import LaminarKernels
import LaminarTypes
import Testing

@Suite struct CompiledExpressionsTests {
    /// Sizes around the edges of validity words and chunks.
    static let sizes = [1, 63, 64, 65, 127, 1023, 1024, 1025, 2500]

    @Test(arguments: sizes) func `a sum is NULL where an operand is, at every chunk size`(rows: Int) throws {
        var (a, b, expected): ([Int64?], [Int64?], [Int64?]) = ([], [], [])
        for row in 0..<rows {
            let (isLeftNull, isRightNull) = (row % 7 == 3, row % 5 == 0)
            a.append(isLeftNull ? nil : Int64(row))
            b.append(isRightNull ? nil : Int64(row * 10))
            expected.append(isLeftNull || isRightNull ? nil : Int64(row * 11))
        }
        for chunk in [1, 7, 64, 100, 1024] {
            let result = try evaluate(
                infix(column(0), "+", column(1)), over: bigintBatch(a, b), chunk: chunk, as: Int64.self)
            #expect(result == expected, "chunks of \(chunk)")
        }
    }

    @Test(arguments: sizes) func `a filter keeps the rows in which it is true, not NULL`(rows: Int) throws {
        let a: [Int64?] = (0..<rows).map { $0 % 3 == 1 ? Int64?.none : Int64($0) }
        let filter = infix(column(0), ">=", integer(10))
        for chunk in [1, 33, 1024] {
            let result = try evaluate(
                filter: filter, infix(column(0), "*", integer(2)), over: bigintBatch(a), chunk: chunk, as: Int64.self)
            #expect(result == a.compactMap { $0 }.filter { $0 >= 10 }.map { $0 * 2 })
        }
    }

    @Test func `AND and OR follow three-valued logic`() throws {
        let values: [Bool?] = [true, false, nil]
        let left = values.flatMap { x in values.map { _ in x } }
        let right = values.flatMap { _ in values }
        let batch = booleanBatch(left, right)
        let operands = [column(0, .boolean), column(1, .boolean)]
        let and = Expression(.and(operands), .boolean, isNullable: true, span: .none)
        let or = Expression(.or(operands), .boolean, isNullable: true, span: .none)
        #expect(
            try evaluate(and, over: batch, as: Bool.self) == [true, false, nil, false, false, false, nil, false, nil])
        #expect(try evaluate(or, over: batch, as: Bool.self) == [true, true, true, true, false, nil, true, nil, nil])
        let not = negation(of: column(0, .boolean), span: .none)
        #expect(try evaluate(not, over: booleanBatch(values), as: Bool.self) == [false, true, nil])
    }

    @Test func `IS NULL and IS DISTINCT FROM are never NULL`() throws {
        let batch = bigintBatch([1, 1, nil, nil, 2], [1, 2, 1, nil, nil])
        let isNull = Expression(.isNull(column(0)), .boolean, isNullable: false, span: .none)
        #expect(try evaluate(isNull, over: batch, as: Bool.self) == [false, false, true, true, false])
        let equal = Kernel("equal", [.int64, .int64], .bool)
        let distinct = Expression(.isDistinct(equal, column(0), column(1)), .boolean, isNullable: false, span: .none)
        #expect(try evaluate(distinct, over: batch, as: Bool.self) == [false, true, true, false, true])
    }

    @Test func `CASE does not evaluate the branch it does not take`() throws {
        var x: [Int64?] = []
        for i in 0..<200 { x.append(i % 4 == 0 ? 0 : i % 9 == 5 ? nil : Int64(i)) }
        let divided = infix(integer(1000), "/", column(0))
        let guarded = Expression(
            .conditional(infix(column(0), "<>", integer(0)), divided, .constant(.null, .bigint)), .bigint,
            isNullable: true, span: .none)
        let result = try evaluate(guarded, over: bigintBatch(x), as: Int64.self)
        var expected: [Int64?] = []
        for value in x {
            if let value, value != 0 { expected.append(1000 / value) } else { expected.append(nil) }
        }
        #expect(result == expected)
        #expect(throws: EvaluationFailed(row: 0, site: 0, sqlState: "22012")) {
            try evaluate(divided, over: bigintBatch(x), as: Int64.self)
        }
    }

    @Test func `AND, OR and COALESCE stop at what decides them`() throws {
        let batch = bigintBatch([0, 5, nil, 200, 0], [1, 1, 1, nil, 7])
        let fails = infix(infix(integer(100), "/", column(0)), ">", integer(1))
        let isNotZero = infix(column(0), "<>", integer(0))
        let and = Expression(.and([isNotZero, fails]), .boolean, isNullable: true, span: .none)
        #expect(try evaluate(and, over: batch, as: Bool.self) == [false, true, nil, false, false])
        let isZero = infix(column(0), "=", integer(0))
        let or = Expression(.or([isZero, fails]), .boolean, isNullable: true, span: .none)
        #expect(try evaluate(or, over: batch, as: Bool.self) == [true, true, nil, false, true])
        let coalesce = Expression(
            .coalesce([column(1), infix(integer(400), "/", column(0))]), .bigint, isNullable: true, span: .none)
        #expect(try evaluate(coalesce, over: batch, as: Int64.self) == [1, 1, 1, 2, 7])
    }

    @Test func `a failure counts only in rows that pass the filter and are not NULL`() throws {
        let batch = bigintBatch([1, 0, nil, 4], [1, 1, 0, 0])
        let quotient = infix(column(0), "/", column(1))
        let filtered = try evaluate(
            filter: infix(column(1), "<>", integer(0)), quotient, over: batch, as: Int64.self)
        #expect(filtered == [1, 0])
        #expect(throws: EvaluationFailed(row: 3, site: 0, sqlState: "22012")) {
            try evaluate(quotient, over: batch, as: Int64.self)
        }
    }

    @Test func `a failure names the first row and its call, shared subexpressions apart`() throws {
        let large = Int64.max
        let batch = bigintBatch([1, 2, large, large], [1, 1, 1, 0])
        let sum = infix(column(0), "+", column(1))
        let never = infix(column(0), "<", integer(0))
        // Sites: 0 the sum in the branch that no row takes, 1 the second sum, 2 the product.
        let first = Expression(
            .conditional(never, sum, integer(0)), .bigint, isNullable: true, span: .none)
        let product = infix(sum, "*", integer(2))
        let both = infix(first, "+", product)
        #expect(both.faultSites.count == 4)
        #expect(throws: EvaluationFailed(row: 2, site: 1, sqlState: "22003")) {
            try evaluate(both, over: batch, as: Int64.self)
        }
    }

    @Test func `constants are spread over the rows`() throws {
        let batch = bigintBatch([1, 2, 3])
        #expect(try evaluate(integer(7), over: batch, as: Int64.self) == [7, 7, 7])
        #expect(try evaluate(.constant(.null, .bigint), over: batch, as: Int64.self) == [nil, nil, nil])
    }

    @Test func `a kernel without a vector form is named`() throws {
        let unknown = Expression(
            .call(Kernel("frobnicate", [.int64], .int64), [column(0)]), .bigint, isNullable: true, span: .none)
        #expect {
            try CompiledExpressions(outputs: [unknown], inputs: [.int64])
        } throws: { "\($0)".contains("frobnicate(int64)") }
    }

    @Test func `a failing expression fails only where it is evaluated`() throws {
        let fail = Expression(.fail(sqlState: "22003", message: "no"), .bigint, isNullable: false, span: .none)
        let guarded = Expression(
            .conditional(infix(column(0), ">", integer(0)), column(0), fail), .bigint, isNullable: true, span: .none)
        #expect(try evaluate(guarded, over: bigintBatch([1, 2]), as: Int64.self) == [1, 2])
        #expect(throws: EvaluationFailed(row: 1, site: 0, sqlState: "22003")) {
            try evaluate(guarded, over: bigintBatch([1, -2]), as: Int64.self)
        }
    }
}
