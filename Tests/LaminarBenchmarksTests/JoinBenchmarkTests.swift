import LaminarBenchmarks
import Testing

@Suite struct `Joins of made rows` {
    @Test(arguments: JoinBenchmark.Query.allCases, [true, false])
    func `give the expected pairs on both executors`(query: JoinBenchmark.Query, isCompiled: Bool) throws {
        // A wrong pair is an error of the benchmark itself.
        var benchmark = JoinBenchmark()
        benchmark.query = query
        benchmark.rows = 600
        benchmark.keys = 7
        benchmark.pairs = 3
        benchmark.batchRows = 50
        benchmark.isCompiled = isCompiled
        let result = try benchmark.run(repetitions: 1)
        #expect(result.rows == 1200)
        #expect(query == .interval ? result.rowsOut > 3000 : (500..<600).contains(result.rowsOut))
    }
}
