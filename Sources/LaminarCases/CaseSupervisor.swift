/// Runs cases in a child process, so that a trap or an endless loop costs one case and not the run.
package final class CaseSupervisor {
    /// What came of one case under one configuration.
    package struct Outcome: Sendable {
        package var verdict: CaseVerdict
        /// A line for `compare.py`: `{"id": …, "rows" | "changes" | "steps" | "error" | "skip": …}`.
        package var result: JSONValue

        package init(verdict: CaseVerdict, result: JSONValue) {
            self.verdict = verdict
            self.result = result
        }
    }

    private let executable: String
    private let arguments: [String]
    private let configurations: Int
    private let timeoutMilliseconds: Int
    private var worker: WorkerProcess?

    /// - Parameters:
    ///   - arguments: make `executable` call `runCaseWorker` with as many configurations as here.
    ///   - timeoutMilliseconds: how long a case may take under one configuration.
    package init(executable: String, arguments: [String], configurations: Int, timeoutMilliseconds: Int = 10_000) {
        self.executable = executable
        self.arguments = arguments
        self.configurations = configurations
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Runs one case; an outcome per configuration.
    package func run(_ entry: CaseFile.Entry) -> [Outcome] {
        var outcomes: [Outcome] = []
        func lost(_ verdict: CaseVerdict) -> [Outcome] {
            // The worker is gone, and with it the configurations that were still to come.
            worker = nil
            let outcome = Outcome(lost: verdict, id: entry.id)
            return outcomes + Array(repeating: outcome, count: configurations - outcomes.count)
        }
        if worker == nil { worker = WorkerProcess(executable: executable, arguments: arguments) }
        guard let worker else { return lost(.crashed("the worker process could not be started")) }
        if !worker.send(entry.text) { return lost(.crashed("the worker process no longer reads")) }
        while outcomes.count < configurations {
            switch worker.reply(withinMilliseconds: timeoutMilliseconds) {
            case .timedOut: return lost(.timedOut("no result within \(timeoutMilliseconds / 1000) s"))
            case .ended(let how): return lost(.crashed("the process \(how)"))
            case .line(let line):
                guard let outcome = Outcome(line: line) else {
                    return lost(.crashed("the process answered with something else: \(line.prefix(200))"))
                }
                outcomes.append(outcome)
            }
        }
        return outcomes
    }
}

extension CaseSupervisor.Outcome {
    /// Of a case that did not come to a result.
    package init(lost verdict: CaseVerdict, id: String) {
        var sqlState = "XX000"
        if case .unsupported = verdict { sqlState = "0A000" }
        self.init(
            verdict: verdict,
            result: .object([
                .init("id", .string(id)), .init("error", .string(verdict.parts.cause)),
                .init("sqlstate", .string(sqlState)),
            ]))
    }

    /// As `runCaseWorker` writes it.
    package var line: String {
        let (word, cause) = verdict.parts
        return JSONValue.array([.string(word), .string(cause), result]).text
    }

    package init?(line: String) {
        guard let parts = (try? JSONValue(parsing: line))?.elements, parts.count == 3,
            let word = parts[0].string, let cause = parts[1].string,
            let verdict = CaseVerdict(word: word, cause: cause)
        else { return nil }
        self.init(verdict: verdict, result: parts[2])
    }
}
