import LaminarBenchmarks
import Testing

@Suite struct `Pushes of small portions` {
    @Test(arguments: PushBenchmark.Query.allCases, PushBenchmark.Entry.allCases)
    func `give the expected sums through every entry`(query: PushBenchmark.Query, entry: PushBenchmark.Entry) throws {
        // A wrong sum is an error of the benchmark itself.
        let result = try PushBenchmark.run(query, entry, portion: 64, rows: 150_001, repetitions: 1)
        #expect(query == .euros ? result.rowsOut == 150_001 : (15_000..<20_001).contains(result.rowsOut))
        #expect(result.latency == nil)
    }
}
