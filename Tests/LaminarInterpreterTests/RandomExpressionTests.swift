import LaminarColumns
import LaminarExpressions
import LaminarTypes
import Testing

/// Random trees against a naive evaluation of one row at a time, which shares nothing with the interpreter.
@Suite struct RandomExpressionTests {
    @Test(arguments: 0..<60) func `random expressions give what a naive evaluation gives`(seed: Int) throws {
        var generator = ExpressionGenerator(seed: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1)
        let expression = generator.bigint(depth: 5)
        let filter = seed % 3 == 0 ? generator.boolean(depth: 3) : nil
        let rows = [5, 64, 130, 1100][seed % 4]
        var columns: [[Int64?]] = [[], [], []]
        for _ in 0..<rows { for column in columns.indices { columns[column].append(generator.cell()) } }

        var expected: [Int64?] = []
        var failure: EvaluationFailed?
        for row in 0..<rows where failure == nil {
            let cells = columns.map { $0[row].map { Value.integer($0) } ?? .null }
            var naive = NaiveEvaluation(cells: cells)
            do throws(NaiveEvaluation.Failure) {
                if let filter {
                    guard case .boolean(true) = try naive.evaluate(filter) else { continue }
                    naive.site = filter.faultSites.count
                }
                if case .integer(let number) = try naive.evaluate(expression) {
                    expected.append(number)
                } else {
                    expected.append(nil)
                }
            } catch {
                failure = EvaluationFailed(row: row, site: min(error.site, 63), sqlState: error.sqlState)
            }
        }

        let batch = bigintBatch(columns[0], columns[1], columns[2])
        let shown = describe(expression, columns: ["a", "b", "c"])
        for chunk in [1, 37, 1024] {
            do {
                let result = try LaminarInterpreterTests.evaluate(
                    filter: filter, expression, over: batch, chunk: chunk, as: Int64.self)
                #expect(failure == nil && result == expected, "seed \(seed), chunks of \(chunk): \(shown)")
            } catch let error as EvaluationFailed {
                #expect(error == failure, "seed \(seed), chunks of \(chunk): \(shown)")
            }
        }
        // Folding may turn a failure into none (FALSE AND x), never a value into another.
        if failure == nil {
            let folded = try LaminarInterpreterTests.evaluate(
                filter: filter.map(fold), fold(expression), over: batch, as: Int64.self)
            #expect(folded == expected, "seed \(seed), folded: \(shown)")
        }
    }
}

/// Makes expressions over three nullable BIGINT columns; small numbers, so that zeros and equal values are common.
private struct ExpressionGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % bound
    }

    mutating func cell() -> Int64? {
        switch next(12) {
        case 0, 1: nil
        case 2: next(40) == 0 ? Int64.max : 7
        default: Int64(next(9)) - 4
        }
    }

    mutating func bigint(depth: Int) -> Expression {
        if depth == 0 || next(6) == 0 {
            if next(4) == 0 { return integer(Int64(next(5)) - 2) }
            return column(next(3))
        }
        switch next(9) {
        case 0, 1: return infix(bigint(depth: depth - 1), "+", bigint(depth: depth - 1))
        case 2: return infix(bigint(depth: depth - 1), "-", bigint(depth: depth - 1))
        case 3: return infix(bigint(depth: depth - 1), "*", bigint(depth: depth - 1))
        case 4:
            // Mostly guarded, so that most trees do not fail at once.
            let divisor = column(next(3))
            let quotient = infix(bigint(depth: depth - 1), next(2) == 0 ? "/" : "%", divisor)
            if next(4) == 0 { return quotient }
            return Expression(
                .conditional(infix(divisor, "<>", integer(0)), quotient, bigint(depth: depth - 1)), .bigint,
                isNullable: true, span: .none)
        case 5, 6:
            return Expression(
                .conditional(boolean(depth: depth - 1), bigint(depth: depth - 1), bigint(depth: depth - 1)), .bigint,
                isNullable: true, span: .none)
        case 7:
            return Expression(
                .coalesce((0..<(2 + next(2))).map { _ in bigint(depth: depth - 1) }), .bigint, isNullable: true,
                span: .none)
        default: return column(next(3))
        }
    }

    mutating func boolean(depth: Int) -> Expression {
        if depth == 0 { return infix(column(next(3)), ["<", "=", ">="][next(3)], integer(Int64(next(5)) - 2)) }
        switch next(7) {
        case 0, 1: return infix(bigint(depth: depth - 1), ["<", "=", "<>", ">="][next(4)], bigint(depth: depth - 1))
        case 2:
            return Expression(
                .and((0..<(2 + next(2))).map { _ in boolean(depth: depth - 1) }), .boolean, isNullable: true,
                span: .none)
        case 3:
            return Expression(
                .or((0..<(2 + next(2))).map { _ in boolean(depth: depth - 1) }), .boolean, isNullable: true,
                span: .none)
        case 4: return Expression(.isNull(bigint(depth: depth - 1)), .boolean, isNullable: false, span: .none)
        case 5:
            return Expression(
                .isDistinct(
                    Kernel("equal", [.int64, .int64], .bool), bigint(depth: depth - 1), bigint(depth: depth - 1)),
                .boolean, isNullable: false, span: .none)
        default: return negation(of: boolean(depth: depth - 1), span: .none)
        }
    }
}

/// Evaluates a tree for one row as the documentation of `Expression.Node` says, counting fault sites as it goes.
private struct NaiveEvaluation {
    struct Failure: Error {
        var site: Int
        var sqlState: String
    }

    let cells: [Value]
    var site = 0

    mutating func skip(_ expression: Expression) { site += expression.faultSites.count }

    mutating func evaluate(_ expression: Expression) throws(Failure) -> Value {
        switch expression.node {
        case .input(let column): return cells[column]
        case .constant(let value): return value
        case .call(let kernel, let arguments):
            var values: [Value] = []
            for argument in arguments { values.append(try evaluate(argument)) }
            let own = site
            if kernel.canFail { site += 1 }
            if values.contains(where: \.isNull) { return .null }
            return try Self.call(kernel.name, values, site: own)
        case .and(let operands): return try connect(operands, decisive: false)
        case .or(let operands): return try connect(operands, decisive: true)
        case .isNull(let operand): return .boolean(try evaluate(operand).isNull)
        case .conditional(let condition, let then, let otherwise):
            if case .boolean(true) = try evaluate(condition) {
                let value = try evaluate(then)
                skip(otherwise)
                return value
            }
            skip(then)
            return try evaluate(otherwise)
        case .coalesce(let operands):
            var result = Value.null
            for operand in operands {
                if result.isNull { result = try evaluate(operand) } else { skip(operand) }
            }
            return result
        case .isDistinct(_, let left, let right):
            let (a, b) = (try evaluate(left), try evaluate(right))
            return .boolean(text(of: a, type: .bigint) != text(of: b, type: .bigint))
        case .fail(let state, _): throw Failure(site: site, sqlState: state)
        case .invoke: throw Failure(site: site, sqlState: "0A000")
        }
    }

    private mutating func connect(_ operands: [Expression], decisive: Bool) throws(Failure) -> Value {
        var result = Value.boolean(!decisive)
        var isDecided = false
        for operand in operands {
            if isDecided {
                skip(operand)
                continue
            }
            let value = try evaluate(operand)
            if case .boolean(decisive) = value {
                isDecided = true
                result = value
            } else if value.isNull {
                result = .null
            }
        }
        return result
    }

    private static func call(_ name: String, _ values: [Value], site: Int) throws(Failure) -> Value {
        if case .boolean(let value) = values[0] { return .boolean(!value) }
        guard case .integer(let a) = values[0], case .integer(let b) = values[1] else { return .null }
        func checked(_ result: (partialValue: Int64, overflow: Bool)) throws(Failure) -> Value {
            if result.overflow { throw Failure(site: site, sqlState: "22003") }
            return .integer(result.partialValue)
        }
        switch name {
        case "add": return try checked(a.addingReportingOverflow(b))
        case "subtract": return try checked(a.subtractingReportingOverflow(b))
        case "multiply": return try checked(a.multipliedReportingOverflow(by: b))
        case "divide", "remainder":
            if b == 0 { throw Failure(site: site, sqlState: "22012") }
            if name == "remainder" { return .integer(b == -1 ? 0 : a % b) }
            return try checked(a.dividedReportingOverflow(by: b))
        case "less": return .boolean(a < b)
        case "equal": return .boolean(a == b)
        case "notEqual": return .boolean(a != b)
        default: return .boolean(a >= b)
        }
    }
}
