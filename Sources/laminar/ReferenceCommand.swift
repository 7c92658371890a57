import LaminarCases
import LaminarReference

/// Holds the interpreter to the reference with random cases; prints each that differs, shrunk. Whether all agree.
///
/// A case is a function of family, function, modifier and seed; seeds are numbers from `options.seed` on.
func holdToReference(_ options: TestOptions) -> Bool {
    let families = options.family.map { [$0] } ?? (options.function == nil ? RandomFamily.allCases : [.aggregates, .retraction])
    var differences = 0
    for family in families {
        var run = RandomRun(
            family, function: options.function, modifier: options.modifier, windows: options.windows
        ) { (planned) throws(CaseError) in
            try CaseExecutor.interpreter.makePipeline(planned)
        }
        let first = Int(options.seed)
        for number in 0..<options.randomCount {
            let seed = first.map { String($0 + number) } ?? "\(options.seed)-\(number)"
            // A case that ends the process is known by its text.
            if options.isVerbose { StandardError.write("\(run.name) seed \(seed)\n\(run.text(seed: seed))") }
            let before = run.failures.count
            run.run(seed: seed)
            if run.failures.count > before, let failure = run.failures.last {
                StandardOutput.write("\(run.name) \(failure)\n")
            }
        }
        StandardOutput.write("\(run.summary)\n")
        differences += run.failures.count
    }
    return differences == 0
}
