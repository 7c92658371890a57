import Glibc
import LaminarCases

extension Subcommand {
    /// Runs case files and says what passed.
    static let test = Subcommand(
        name: "test",
        summary: "run case files and compare what comes out with what they expect",
        usage: "[--backend interpreter|aot|all] [--batch N,...] [OPTIONS] PATH...",
        details: """
              --backend B      interpreter (default), aot (compiled Swift) or all
              --batch N,...    rows in a batch: a number (default 1), all or random; a list runs each
              --restore-at N   checkpoint, restart and restore after N rows; random: anywhere
              --seed S         decides what is random, and the sample (default 0)
              --skip TAG       skip cases with this tag; they are counted
              --filter TAG     look only at cases with this tag (several: with all of them)
              --sample N       only N cases of each file, chosen by the seed
              --results FILE   write a line of JSON per case and run
              --package DIR    keep the package that --backend aot builds, for a faster next time
              --optimized      build them as for production, which takes longer
              --random FILE    write random cases with the results that a naive evaluation of their plans gives, and run none
              --reference      hold the interpreter to a naive evaluation with random cases, and run no files
              --cases N        with --random and --reference: how many of each family (default 10)
              --family F, --function NAME, --modifier M  with --reference: only cases of this family, calls of this
                               aggregate function, with distinct, filter or ordered; all: of each function or modifier
              --window W, --emit E  with --reference: only cases of this kind of window, under this EMIT clause
              --verbose        print each case that did not pass, with its cause
              --worker, --emitter  answer cases on standard input; used by the command itself

            PATH is a file of cases, one JSON object per line; docs/testing.md describes it.

            """
    ) { (arguments) throws(UsageError) in
        let options = try TestOptions(arguments)
        signal(SIGPIPE, SIG_IGN)
        if options.isWorker {
            runCaseWorker(.interpreter, options.configurations)
            return .success
        }
        if options.isEmitter {
            runCaseEmitter()
            return .success
        }
        if options.isReferenceRun { return holdToReference(options) ? .success : .failure }
        if let path = options.randomCases {
            return writeRandomCases(path, count: options.randomCount, seed: options.seed) ? .success : .failure
        }
        do throws(TestRun.Failure) {
            var run = try TestRun(options)
            return try run.run()
        } catch {
            StandardError.write("laminar test: error: \(error.message)\n")
            return .failure
        }
    }
}

/// One call of `laminar test`.
struct TestRun {
    struct Failure: Error {
        var message: String
    }

    private let options: TestOptions
    private let files: [CaseFile]
    private var results: Int32?
    private var total = CaseTally()

    init(_ options: TestOptions) throws(Failure) {
        self.options = options
        var files: [CaseFile] = []
        for path in options.paths {
            do throws(CaseFile.ReadError) {
                var file = try CaseFile(path: path)
                file.entries.removeAll { entry in !options.requiredTags.allSatisfy(entry.features.contains) }
                if let sample = options.sample { file = file.sample(sample, seed: options.seed) }
                files.append(file)
            } catch {
                throw Failure(message: error.description)
            }
        }
        self.files = files
        // A misspelt tag or an empty file must not look like success.
        if files.allSatisfy(\.entries.isEmpty) { throw Failure(message: "there is no case to run") }
    }

    mutating func run() throws(Failure) -> ExitCode {
        if let path = options.results {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Failure(message: "\(path): \(String(cString: strerror(errno)))") }
            results = descriptor
        }
        for backend in options.backends {
            switch backend {
            case .interpreter:
                let supervisor = CaseSupervisor(
                    executable: "/proc/self/exe", arguments: ["test", "--worker"] + options.configurations.map(\.argument),
                    configurations: options.configurations.count)
                try run("interpreter") { entry in supervisor.run(entry) }
            case .aot:
                try runCompiled()
            }
        }
        if let results, close(results) != 0 {
            throw Failure(message: "\(options.results ?? ""): \(String(cString: strerror(errno)))")
        }
        print("\(total.passed) passed, \(total.allFailed) failed, \(total.skipped) skipped")
        return total.allFailed == 0 ? .success : .failure
    }

    private mutating func runCompiled() throws(Failure) {
        let laminar: String
        if let folder = CasePackage.laminarFolder() {
            laminar = folder
        } else {
            throw Failure(message: "compiled cases need the folder in which this program was built")
        }
        let directory: String
        if let folder = options.package {
            directory = folder
        } else {
            var template = Array("/tmp/laminar-cases-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Failure(message: String(cString: strerror(errno))) }
            directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let package = CasePackage(directory: directory, laminar: laminar, isOptimized: options.isOptimized)
        let entries = files.flatMap(\.entries).filter { entry in
            !options.skippedTags.contains(where: entry.features.contains)
        }
        let compiled: CompiledCases
        do throws(CasePackage.Failure) {
            compiled = try CompiledCases(entries, in: package)
        } catch {
            throw Failure(message: error.message)
        }
        let supervisor = CaseSupervisor(
            executable: package.executable, arguments: options.configurations.map(\.argument),
            configurations: options.configurations.count)
        let count = options.configurations.count
        try run("aot") { entry in
            guard let testCase = try? TestCase(json: JSONValue(parsing: entry.text)),
                let verdict = compiled.lost[testCase.key]
            else { return supervisor.run(entry) }
            return Array(repeating: CaseSupervisor.Outcome(lost: verdict, id: entry.id), count: count)
        }
        if options.package == nil { package.remove() }
    }

    /// Runs all cases on one executor; `outcomes` gives one per configuration.
    private mutating func run(
        _ executor: String, _ outcomes: (CaseFile.Entry) -> [CaseSupervisor.Outcome]
    ) throws(Failure) {
        for file in files {
            var tallies = Array(repeating: CaseTally(), count: options.configurations.count)
            for entry in file.entries {
                let outcomes =
                    options.skippedTags.first(where: entry.features.contains).map { tag in
                        skipped(entry, tag)
                    } ?? outcomes(entry)
                for (index, outcome) in outcomes.enumerated() {
                    tallies[index].count(outcome.verdict)
                    try report(outcome, entry, "\(executor), \(options.configurations[index])")
                }
            }
            for (tally, configuration) in zip(tallies, options.configurations) {
                print("\(file.name) [\(executor), \(configuration)]: \(tally)")
                total.add(tally)
            }
        }
    }

    private func skipped(_ entry: CaseFile.Entry, _ tag: String) -> [CaseSupervisor.Outcome] {
        let result = JSONValue.object([.init("id", .string(entry.id)), .init("skip", .string(tag))])
        let outcome = CaseSupervisor.Outcome(verdict: .skipped(tag: tag), result: result)
        return Array(repeating: outcome, count: options.configurations.count)
    }

    private func report(
        _ outcome: CaseSupervisor.Outcome, _ entry: CaseFile.Entry, _ executor: String
    ) throws(Failure) {
        if let results, !writeFully(Array((outcome.result.text + "\n").utf8), to: results) {
            throw Failure(message: "\(options.results ?? ""): \(String(cString: strerror(errno)))")
        }
        guard options.isVerbose, outcome.verdict != .passed else { return }
        let (word, cause) = outcome.verdict.parts
        print("  \(word) \(entry.id) [\(executor)]: \(cause)")
    }

    private func print(_ line: String) {
        StandardOutput.write(line + "\n")
    }
}
