import LaminarBenchmarks

/// `laminar bench running`.
func measureRunning(_ arguments: [String]) throws(UsageError) -> ExitCode {
    var benchmark = RunningBenchmark(keys: 10_000, passes: 100, batchRows: 1024, retracts: false, isCompiled: true)
    var passes: Int?
    var repetitions = 3
    var reader = ArgumentReader(arguments)
    while let argument = try reader.next() {
        switch argument {
        case .operand(let operand): throw UsageError("'\(operand)' is not an option of 'bench running'")
        case .option("--keys"): benchmark.keys = try reader.integer(atLeast: 1)
        case .option("--passes"): passes = try reader.integer(atLeast: 1)
        case .option("--batch"): benchmark.batchRows = try reader.integer(atLeast: 1)
        case .option("--retract"): benchmark.retracts = true
        case .option("--reps"): repetitions = try reader.integer(atLeast: 1)
        case .option("--backend"):
            let name = try reader.value()
            guard name == "aot" || name == "interpreter" else {
                throw UsageError("there is no backend '\(name)'; there are aot and interpreter")
            }
            benchmark.isCompiled = name == "aot"
        case .option(let name): throw UsageError("there is no option '\(name)'")
        }
    }
    benchmark.passes = passes ?? max(2, 1_000_000 / benchmark.keys)
    do throws(BenchmarkError) {
        var best: RunningBenchmark.Result?
        for _ in 0..<repetitions {
            let result = try benchmark.run()
            guard var kept = best else {
                best = result
                continue
            }
            kept.inserting = min(kept.inserting, result.inserting)
            kept.updating = min(kept.updating, result.updating)
            kept.retracting = kept.retracting.map { min($0, result.retracting ?? $0) }
            best = kept
        }
        guard let best else { return .failure }
        func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        var text = "{\"keys\":\(benchmark.keys),\"batch\":\(benchmark.batchRows),\"insert_ns\":\(rounded(best.inserting))"
        text += ",\"update_ns\":\(rounded(best.updating))"
        if let retracting = best.retracting { text += ",\"retract_ns\":\(rounded(retracting))" }
        text += ",\"bytes_per_key\":\(rounded(best.bytesPerKey)),\"changes\":\(best.changes),\"checksum\":\(best.checksum)}\n"
        return StandardOutput.write(text) ? .success : .failure
    } catch {
        StandardError.write("laminar bench: error: \(error)\n")
        return .failure
    }
}
