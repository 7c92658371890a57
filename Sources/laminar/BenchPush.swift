import LaminarBenchmarks

/// `laminar bench push`.
func measurePushes(_ arguments: [String]) throws(UsageError) -> ExitCode {
    var queries = PushBenchmark.Query.allCases
    var entries = PushBenchmark.Entry.allCases
    var portions = [1, 64, 1000]
    var rows = 10_000_000
    var repetitions = 3
    var reader = ArgumentReader(arguments)
    while let argument = try reader.next() {
        switch argument {
        case .operand(let operand): throw UsageError("'\(operand)' is not an option of 'bench push'")
        case .option("--query"):
            let name = try reader.value()
            guard let query = PushBenchmark.Query(rawValue: name) else {
                throw UsageError("there is no query '\(name)'; there are \(queries.map(\.rawValue).joined(separator: ", "))")
            }
            queries = [query]
        case .option("--entry"):
            let name = try reader.value()
            guard let entry = PushBenchmark.Entry(rawValue: name) else {
                throw UsageError("there is no entry '\(name)'; there are \(entries.map(\.rawValue).joined(separator: ", "))")
            }
            entries = [entry]
        case .option("--batch"): portions = [try reader.integer(atLeast: 1)]
        case .option("--rows"): rows = try reader.integer(atLeast: 1)
        case .option("--reps"): repetitions = try reader.integer(atLeast: 1)
        case .option(let name): throw UsageError("there is no option '\(name)'")
        }
    }
    do throws(BenchmarkError) {
        for query in queries {
            for entry in entries {
                // Rows that come one by one come in no portions.
                for portion in entry == .row ? [1] : portions {
                    let result = try PushBenchmark.run(
                        query, entry, portion: portion, rows: rows, repetitions: repetitions)
                    guard StandardOutput.write(line(query, entry, portion, result)) else { return .failure }
                }
            }
        }
        return .success
    } catch {
        StandardError.write("laminar bench: error: \(error)\n")
        return .failure
    }
}

private func line(
    _ query: PushBenchmark.Query, _ entry: PushBenchmark.Entry, _ portion: Int, _ result: PushBenchmark.Result
) -> String {
    func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
    var text = "{\"query\":\"\(query.rawValue)\",\"entry\":\"\(entry.rawValue)\",\"batch\":\(portion)"
    text += ",\"ns_per_row\":\(rounded(result.nanosecondsPerRow))"
    text += ",\"million_rows_per_s\":\(rounded(1e3 / result.nanosecondsPerRow)),\"rows_out\":\(result.rowsOut)"
    if let latency = result.latency {
        text += ",\"latency_p50_ns\":\(Int(latency.median)),\"latency_p99_ns\":\(Int(latency.percentile99))"
        text += ",\"latency_max_ns\":\(Int(latency.greatest))"
    }
    return text + "}\n"
}
