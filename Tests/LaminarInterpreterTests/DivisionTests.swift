import LaminarExpressions
import LaminarTypes
import Testing

@Suite struct DivisionTests {
    @Test func `division by a constant is division`() throws {
        var dividends: [Int64] = [0, 1, -1, 2, -2, 122, 123, 124, -123, .max, .min, .max - 1, .min + 1]
        var state: UInt64 = 88_172_645_463_325_252
        for bits in 1..<64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            dividends.append(Int64(truncatingIfNeeded: state >> UInt64(64 - bits)))
            dividends.append(0 &- Int64(truncatingIfNeeded: state >> UInt64(64 - bits)))
        }
        let divisors: [Int64] = [1, 2, 3, 5, 7, 10, 123, 1000, 86_400_000_000, 1 << 32, 1 << 62, .max, .max - 1]
        let batch = bigintBatch(dividends.map { Optional($0) })
        for divisor in divisors + divisors.dropFirst().map({ 0 - $0 }) + [.min] {
            let quotients = try evaluate(infix(column(0), "/", integer(divisor)), over: batch, as: Int64.self)
            #expect(quotients == dividends.map { $0 / divisor }, "/ \(divisor)")
            let remainders = try evaluate(infix(column(0), "%", integer(divisor)), over: batch, as: Int64.self)
            #expect(remainders == dividends.map { $0 % divisor }, "% \(divisor)")
        }
    }

    @Test func `division by a constant that fails still fails`() {
        let batch = bigintBatch([1, .min])
        #expect(throws: EvaluationFailed(row: 0, site: 0, sqlState: "22012")) {
            try evaluate(infix(column(0), "/", integer(0)), over: batch, as: Int64.self)
        }
        #expect(throws: EvaluationFailed(row: 1, site: 0, sqlState: "22003")) {
            try evaluate(infix(column(0), "/", integer(-1)), over: batch, as: Int64.self)
        }
    }
}
