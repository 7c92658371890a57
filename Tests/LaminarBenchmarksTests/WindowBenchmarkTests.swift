import LaminarBenchmarks
import Testing

@Suite struct `Windows of made rows` {
    @Test(arguments: WindowBenchmark.Query.allCases, [true, false])
    func `give the expected results on both executors`(query: WindowBenchmark.Query, isCompiled: Bool) throws {
        // A wrong sum is an error of the benchmark itself.
        for spread in WindowBenchmark.Spread.allCases {
            var benchmark = WindowBenchmark()
            benchmark.query = query
            benchmark.keys = 50
            benchmark.rows = 20_000
            benchmark.spread = spread
            benchmark.disorderSeconds = query == .disordered ? 30 : 0
            benchmark.isCompiled = isCompiled
            let result = try benchmark.run(repetitions: 1)
            #expect(result.rows == 20_000)
            #expect(result.rowsOut >= 200)
        }
    }
}
