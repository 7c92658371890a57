import LaminarBenchmarks
import LaminarRuntime

extension Subcommand {
    /// Measures queries over generated data.
    static let bench = Subcommand(
        name: "bench",
        summary: "measure a query over generated data",
        usage: "nexmark --query NAME --data DIR [OPTIONS] | push [OPTIONS] | running [OPTIONS] | encode [OPTIONS] | windows [OPTIONS] | joins [OPTIONS]",
        details: """
            nexmark: a query over what the Nexmark generator wrote.

              --query NAME     one of \(NexmarkQuery.allCases.map(\.rawValue).joined(separator: ", "))
              --data DIR       what the Nexmark generator wrote
              --input I        columns (default): decoded before; ndjson or csv: decoding is measured too
              --backend B      aot (default) or interpreter
              --reps K         repetitions, of which the fastest counts (default 3)
              --batch N        rows in a pushed batch (default 1024)
              --out FILE       also write the result as canonical CSV, in a run of its own

            The last line of the output is {"wall_s":…,"cpu_s":…,"rss_mb":…,"rows_out":…}.

            push: small portions of rows through the entries of compiled pipelines; results are checked. One line each.

              --query NAME     one of \(PushBenchmark.Query.allCases.map(\.rawValue).joined(separator: ", ")) (default: all)
              --entry E        one of \(PushBenchmark.Entry.allCases.map(\.rawValue).joined(separator: ", ")) (default: all)
              --batch N        rows at a time (default: 1, 64 and 1000)
              --rows N         rows in all (default 10000000)
              --reps K         repetitions, of which the fastest counts (default 3)

            running: COUNT and SUM by key without a window, every change given out. One line.

              --keys N         distinct keys (default 10000)
              --passes P       passes over all keys behind the one that makes them (default: a million rows, at least 2)
              --batch N        rows in a pushed batch (default 1024)
              --retract        over an input whose rows can be taken back; a last pass takes back
              --backend B      aot (default) or interpreter
              --reps K         repetitions, of which the fastest counts (default 3)

            encode: rows written as text, beside reading that text back, which is checked. One line each.

              --format F       ndjson or csv (default: both)
              --rows N         rows in all (default 2000000)
              --reps K         repetitions, of which the fastest counts (default 5)

            windows: aggregations by key over windows, over rows made in memory; results are checked. One line each.

              --query NAME     one of \(WindowBenchmark.Query.allCases.map(\.rawValue).joined(separator: ", ")) (default: tumbling)
              --keys N         how many keys there are (default 10000)
              --spread S       close (default): keys are numbers from 1000000 on; wide: anywhere in 64 bits
              --rows N         rows in all (default: 20 a key, 20000000 at least)
              --rows-per-key N rows of a key in a window, on average (default 100)
              --warm-up N      rows before those that are measured (default 0)
              --disorder S     seconds by which rows are out of order, at random, for disordered (default 0)
              --batch N        rows at a time (default 1024)
              --watermarks     raise the watermark from outside after each push
              --backend B      aot (default) or interpreter
              --reps K         repetitions, of which the fastest counts (default 3)

            joins: joins of two streams on a key and near times, over rows made in memory; results are checked. One line each.

              --query NAME     one of \(JoinBenchmark.Query.allCases.map(\.rawValue).joined(separator: ", ")) (default: interval)
              --rows N         rows of each stream (default 1000000)
              --keys N         how many keys there are (default 1000)
              --pairs N        pairs a row, on average, for interval (default 12)
              --batch N        rows at a time (default 1024)
              --backend B      aot (default) or interpreter
              --reps K         repetitions, of which the fastest counts (default 3)

            """
    ) { (arguments) throws(UsageError) in
        if arguments.first == "running" { return try measureRunning(Array(arguments.dropFirst())) }
        if arguments.first == "windows" { return try measureWindows(Array(arguments.dropFirst())) }
        if arguments.first == "joins" { return try measureJoins(Array(arguments.dropFirst())) }
        if arguments.first == "push" { return try measurePushes(Array(arguments.dropFirst())) }
        if arguments.first == "encode" { return try measureEncoders(Array(arguments.dropFirst())) }
        let options = try BenchOptions(arguments)
        do throws(BenchmarkError) {
            let benchmark = NexmarkBenchmark(
                directory: options.data, input: options.input, batchRows: options.batchRows,
                // 10,000 rows a second.
                clockStep: options.query.readsClock ? 100 : nil
            ) { () throws(BenchmarkError) in
                switch options.backend {
                case .aot: options.query.makeCompiledPipeline()
                case .interpreter: try options.query.makeInterpretedPipeline()
                }
            }
            let measurement = try benchmark.run(repetitions: options.repetitions, output: options.output)
            return StandardOutput.write(measurement.json + "\n") ? .success : .failure
        } catch {
            StandardError.write("laminar bench: error: \(error)\n")
            return .failure
        }
    }
}

/// The options of `laminar bench nexmark`.
struct BenchOptions {
    enum Backend: String, CaseIterable {
        case aot, interpreter
    }

    var query: NexmarkQuery
    var data: String
    var input = NexmarkBenchmark.Input.columns
    var backend = Backend.aot
    var repetitions = 3
    var batchRows = 1024
    var output: String?

    init(_ arguments: [String]) throws(UsageError) {
        var suite: String?
        var query: NexmarkQuery?
        var data: String?
        var reader = ArgumentReader(arguments)
        while let argument = try reader.next() {
            switch argument {
            case .operand(let operand):
                if suite != nil { throw UsageError("one benchmark is run at a time; '\(operand)' is one too many") }
                guard operand == "nexmark" else {
                    throw UsageError("there is no benchmark '\(operand)'; there are 'nexmark', 'push', 'running', 'encode', 'windows' and 'joins'")
                }
                suite = operand
            case .option("--query"):
                let name = try reader.value()
                query = NexmarkQuery(rawValue: name)
                if query == nil {
                    let names = NexmarkQuery.allCases.map(\.rawValue).joined(separator: ", ")
                    throw UsageError("there is no query '\(name)' yet; there are \(names)")
                }
            case .option("--data"): data = try reader.value()
            case .option("--input"):
                let name = try reader.value()
                guard let value = NexmarkBenchmark.Input(rawValue: name) else {
                    throw UsageError("there is no input '\(name)'; there are columns, ndjson and csv")
                }
                input = value
            case .option("--backend"):
                let name = try reader.value()
                if name == "jit" { throw UsageError("the backend 'jit' is not supported yet") }
                guard let value = Backend(rawValue: name) else {
                    throw UsageError("there is no backend '\(name)'; there are aot and interpreter")
                }
                backend = value
            case .option("--reps"): repetitions = try reader.integer(atLeast: 1)
            case .option("--batch"): batchRows = try reader.integer(atLeast: 1)
            case .option("--out"): output = try reader.value()
            case .option("--cores"): throw UsageError("the option '--cores' is not supported yet")
            case .option(let name): throw UsageError("there is no option '\(name)'")
            }
        }
        if suite == nil { throw UsageError("no benchmark is named; there are 'nexmark', 'push', 'running', 'encode', 'windows' and 'joins'") }
        guard let query else { throw UsageError("option '--query' is missing") }
        guard let data else { throw UsageError("option '--data' is missing") }
        self.query = query
        self.data = data
    }
}
