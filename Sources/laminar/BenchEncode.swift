import LaminarBenchmarks

/// `laminar bench encode`.
func measureEncoders(_ arguments: [String]) throws(UsageError) -> ExitCode {
    var formats = EncodeBenchmark.Format.allCases
    var rows = 2_000_000
    var repetitions = 5
    var reader = ArgumentReader(arguments)
    while let argument = try reader.next() {
        switch argument {
        case .operand(let operand): throw UsageError("'\(operand)' is not an option of 'bench encode'")
        case .option("--format"):
            let name = try reader.value()
            guard let format = EncodeBenchmark.Format(rawValue: name) else {
                throw UsageError("there is no format '\(name)'; there are ndjson and csv")
            }
            formats = [format]
        case .option("--rows"): rows = try reader.integer(atLeast: 1)
        case .option("--reps"): repetitions = try reader.integer(atLeast: 1)
        case .option(let name): throw UsageError("there is no option '\(name)'")
        }
    }
    do throws(BenchmarkError) {
        for format in formats {
            let result = try EncodeBenchmark.run(format, rows: rows, repetitions: repetitions)
            func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
            let line =
                "{\"format\":\"\(format.rawValue)\",\"encode_ns_per_row\":\(rounded(result.encodeNanosecondsPerRow)),"
                + "\"decode_ns_per_row\":\(rounded(result.decodeNanosecondsPerRow)),"
                + "\"bytes_per_row\":\(rounded(result.bytesPerRow))}\n"
            guard StandardOutput.write(line) else { return .failure }
        }
        return .success
    } catch {
        StandardError.write("laminar bench: error: \(error)\n")
        return .failure
    }
}
