import LaminarCases
import LaminarReference

/// The options of `laminar test`.
struct TestOptions {
    enum Backend: String, CaseIterable {
        case interpreter, aot
    }

    var backends: [Backend] = [.interpreter]
    var configurations: [CaseConfiguration] = []
    var seed = "0"
    /// Cases with one of these tags are skipped and counted.
    var skippedTags: [String] = []
    /// Only cases with all of these tags are looked at.
    var requiredTags: [String] = []
    var sample: Int?
    var results: String?
    var package: String?
    /// Where to write random cases instead of running any; how many of each family.
    var randomCases: String?
    var randomCount = 10
    /// Whether to hold the interpreter to the reference with random cases instead of running files.
    var isReferenceRun = false
    var family: RandomFamily?
    var function: String?
    var modifier: AggregateModifier?
    var windows = WindowChoice()
    /// Whether compiled cases go through the optimiser.
    var isOptimized = false
    var isVerbose = false
    /// Answers cases on standard input instead of reading files: the child of a run.
    var isWorker = false
    /// Answers cases on standard input with their Swift.
    var isEmitter = false
    var paths: [String] = []

    init(_ arguments: [String]) throws(UsageError) {
        var batchings: [CaseConfiguration.Batching] = []
        var restore = CaseConfiguration.Restore.never
        var reader = ArgumentReader(arguments)
        while let argument = try reader.next() {
            switch argument {
            case .operand(let path): paths.append(path)
            case .option("--backend"): backends = try Self.backends(try reader.value())
            case .option("--batch"):
                for part in try reader.value().split(separator: ",", omittingEmptySubsequences: false) {
                    guard let batching = CaseConfiguration.Batching(String(part)) else {
                        throw UsageError("option '--batch' needs a number from 1, 'all' or 'random', not '\(part)'")
                    }
                    batchings.append(batching)
                }
            case .option("--restore-at"):
                let text = try reader.value()
                guard let value = CaseConfiguration.Restore(text) else {
                    throw UsageError("option '--restore-at' needs a number of rows or 'random', not '\(text)'")
                }
                restore = value
            case .option("--seed"): seed = try reader.value()
            case .option("--skip"): skippedTags.append(try reader.value())
            case .option("--filter"): requiredTags.append(try reader.value())
            case .option("--sample"): sample = try reader.integer(atLeast: 1)
            case .option("--results"): results = try reader.value()
            case .option("--package"): package = try reader.value()
            case .option("--random"): randomCases = try reader.value()
            case .option("--cases"): randomCount = try reader.integer(atLeast: 1)
            case .option("--reference"): isReferenceRun = true
            case .option("--family"):
                family = try Self.choice(try reader.value(), of: RandomFamily.self, "family")
            case .option("--function"):
                let name = try reader.value()
                guard AggregateFunctions.names.contains(name) else {
                    throw UsageError(
                        "there is no function '\(name)' in random cases; there are \(AggregateFunctions.names.joined(separator: ", "))")
                }
                function = name
            case .option("--modifier"):
                modifier = try Self.choice(try reader.value(), of: AggregateModifier.self, "modifier")
            case .option("--window"):
                windows.window = try Self.choice(try reader.value(), of: RandomWindow.self, "window")
            case .option("--emit"):
                windows.emission = try Self.choice(try reader.value(), of: RandomEmission.self, "EMIT clause")
            case .option("--optimized"): isOptimized = true
            case .option("--verbose"): isVerbose = true
            case .option("--worker"): isWorker = true
            case .option("--emitter"): isEmitter = true
            case .option("--cores"), .option("--state"):
                throw UsageError("the options '--cores' and '--state' are not supported yet")
            case .option(let name): throw UsageError("there is no option '\(name)'")
            }
        }
        if randomCases != nil, !paths.isEmpty { throw UsageError("the option '--random' writes cases and runs none") }
        if isReferenceRun, !paths.isEmpty || randomCases != nil {
            throw UsageError("the option '--reference' runs random cases and no files")
        }
        if family != nil || function != nil || modifier != nil, !isReferenceRun {
            throw UsageError("the options '--family', '--function' and '--modifier' are for '--reference'")
        }
        if windows.window != nil || windows.emission != nil {
            guard isReferenceRun, function == nil else {
                throw UsageError("the options '--window' and '--emit' are for '--reference', without '--function'")
            }
            if family == nil { family = .windows }
            guard family == .windows || family == .sessions && windows.window == nil else {
                throw UsageError("the options '--window' and '--emit' are for '--family windows'")
            }
        }
        if paths.isEmpty, !isWorker, !isEmitter, randomCases == nil, !isReferenceRun { throw UsageError("no case file is named") }
        if package != nil || isOptimized, !backends.contains(.aot) {
            throw UsageError("the options '--package' and '--optimized' are for '--backend aot' and '--backend all'")
        }
        if isWorker {
            for path in paths {
                guard let configuration = CaseConfiguration(argument: path) else {
                    throw UsageError("'\(path)' is no configuration of a worker")
                }
                configurations.append(configuration)
            }
            return
        }
        if batchings.isEmpty { batchings = [.rows(1)] }
        configurations = batchings.map { CaseConfiguration(batching: $0, restore: restore, seed: seed) }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type, _ what: String
    ) throws(UsageError) -> Choice {
        guard let choice = Choice(rawValue: name) else {
            throw UsageError(
                "there is no \(what) '\(name)'; there are \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    private static func backends(_ text: String) throws(UsageError) -> [Backend] {
        switch text {
        case "all": return Backend.allCases
        case "jit": throw UsageError("the backend '\(text)' is not supported yet")
        default:
            guard let backend = Backend(rawValue: text) else {
                throw UsageError("there is no backend '\(text)'; there are 'interpreter', 'aot' and 'all'")
            }
            return [backend]
        }
    }
}
