import LaminarBenchmarks

/// `laminar bench windows`.
func measureWindows(_ arguments: [String]) throws(UsageError) -> ExitCode {
    var benchmark = WindowBenchmark()
    var repetitions = 3
    var reader = ArgumentReader(arguments)
    while let argument = try reader.next() {
        switch argument {
        case .operand(let operand): throw UsageError("'\(operand)' is not an option of 'bench windows'")
        case .option("--query"): benchmark.query = try named(try reader.value(), "query")
        case .option("--spread"): benchmark.spread = try named(try reader.value(), "spread")
        case .option("--keys"): benchmark.keys = try reader.integer(atLeast: 1)
        case .option("--rows"): benchmark.rows = try reader.integer(atLeast: 1)
        case .option("--rows-per-key"): benchmark.rowsPerKey = try reader.integer(atLeast: 1)
        case .option("--warm-up"): benchmark.warmUpRows = try reader.integer(atLeast: 0)
        case .option("--disorder"): benchmark.disorderSeconds = try reader.integer(atLeast: 0)
        case .option("--batch"): benchmark.batchRows = try reader.integer(atLeast: 1)
        case .option("--watermarks"): benchmark.raisesWatermark = true
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
        var line = "{\"query\":\"\(benchmark.query.rawValue)\",\"keys\":\(benchmark.keys)"
        line += ",\"spread\":\"\(benchmark.spread.rawValue)\",\"rows\":\(result.rows)"
        line += ",\"ns_per_row\":\(rounded(result.nanosecondsPerRow))"
        line += ",\"million_rows_per_s\":\(rounded(1e3 / result.nanosecondsPerRow)),\"rows_out\":\(result.rowsOut)}\n"
        return StandardOutput.write(line) ? .success : .failure
    } catch {
        StandardError.write("laminar bench: error: \(error)\n")
        return .failure
    }
}

func named<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ what: String
) throws(UsageError) -> Choice {
    guard let choice = Choice(rawValue: name) else {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("there is no \(what) '\(name)'; there are \(names)")
    }
    return choice
}
