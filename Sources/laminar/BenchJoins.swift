import LaminarBenchmarks

/// `laminar bench joins`.
func measureJoins(_ arguments: [String]) throws(UsageError) -> ExitCode {
    var benchmark = JoinBenchmark()
    var repetitions = 3
    var reader = ArgumentReader(arguments)
    while let argument = try reader.next() {
        switch argument {
        case .operand(let operand): throw UsageError("'\(operand)' is not an option of 'bench joins'")
        case .option("--query"): benchmark.query = try named(try reader.value(), "query")
        case .option("--rows"): benchmark.rows = try reader.integer(atLeast: 1)
        case .option("--keys"): benchmark.keys = try reader.integer(atLeast: 1)
        case .option("--pairs"): benchmark.pairs = try reader.integer(atLeast: 1)
        case .option("--batch"): benchmark.batchRows = try reader.integer(atLeast: 1)
        case .option("--reps"): repetitions = try reader.integer(atLeast: 1)
        case .option("--backend"):
            let backend: BenchOptions.Backend = try named(try reader.value(), "backend")
            benchmark.isCompiled = backend == .aot
        case .option(let name): throw UsageError("there is no option '\(name)'")
        }
    }
    do throws(BenchmarkError) {
        let result = try benchmark.run(repetitions: repetitions)
        func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        var line = "{\"query\":\"\(benchmark.query.rawValue)\",\"keys\":\(benchmark.keys),\"rows\":\(result.rows)"
        line += ",\"ns_per_row\":\(rounded(result.nanosecondsPerRow))"
        line += ",\"million_rows_per_s\":\(rounded(1e3 / result.nanosecondsPerRow)),\"rows_out\":\(result.rowsOut)}\n"
        return StandardOutput.write(line) ? .success : .failure
    } catch {
        StandardError.write("laminar bench: error: \(error)\n")
        return .failure
    }
}
