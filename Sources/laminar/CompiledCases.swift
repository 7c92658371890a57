import Glibc
import LaminarCases
import LaminarSwiftEmitter
import LaminarText

/// Brings cases into a package of compiled pipelines and finds out which did not come so far.
struct CompiledCases {
    /// Cases of which there is no compiled pipeline through no fault of their SQL, by key.
    private(set) var lost: [String: CaseVerdict] = [:]

    /// Emits, writes and builds; cases whose Swift does not compile are taken out, and the rest is built again.
    init(_ entries: [CaseFile.Entry], in package: CasePackage) throws(CasePackage.Failure) {
        var members = emit(entries)
        while true {
            StandardError.write("building \(members.count) compiled cases in \(package.directory)\n")
            try package.write(members)
            let errors = try package.build()
            if errors.isEmpty { return }
            for (key, message) in errors { lost[key] = .notBuilt(message) }
            let count = members.count
            members.removeAll { errors[$0.key] != nil }
            if members.count == count { throw CasePackage.Failure(message: "the package of compiled cases does not build") }
        }
    }

    /// Emits each case in a child process, since a crash of the compiler must cost one case only.
    private mutating func emit(_ entries: [CaseFile.Entry]) -> [CasePackage.Member] {
        var members: [CasePackage.Member] = []
        var seen: Set<String> = []
        var worker: WorkerProcess?
        for entry in entries {
            guard let testCase = try? TestCase(json: JSONValue(parsing: entry.text)), seen.insert(testCase.key).inserted
            else { continue }
            if worker == nil {
                worker = WorkerProcess(executable: "/proc/self/exe", arguments: ["test", "--emitter"])
            }
            guard let process = worker, process.send(entry.text) else {
                lost[testCase.key] = .crashed("the process that emits could not be started")
                worker = nil
                continue
            }
            switch process.reply(withinMilliseconds: 10_000) {
            case .ended(let how):
                lost[testCase.key] = .crashed("while Swift was emitted, the process \(how)")
                worker = nil
            case .timedOut:
                lost[testCase.key] = .timedOut("no Swift within 10 s")
                worker = nil
            case .line(let line):
                guard let parts = (try? JSONValue(parsing: line))?.elements?.compactMap(\.string), parts.count == 3 else {
                    lost[testCase.key] = .crashed("the process that emits answered with something else")
                    continue
                }
                switch parts[0] {
                case "emitted":
                    members.append(CasePackage.Member(key: testCase.key, swift: parts[2], pipeline: parts[1]))
                case "unsupported": lost[testCase.key] = .unsupported(parts[1])
                // Errors of the SQL show when the case runs.
                default: break
                }
            }
        }
        return members
    }
}

/// Answers each case on standard input with the Swift of its pipeline, until the input ends.
func runCaseEmitter() {
    while let line = readLine(strippingNewline: true) {
        let reply: [String]
        do {
            let testCase = try TestCase(json: JSONValue(parsing: line))
            reply = emitted(testCase)
        } catch {
            reply = ["invalid", "\(error)", ""]
        }
        if !StandardOutput.write(JSONValue.array(reply.map(JSONValue.string)).text + "\n") { exit(1) }
    }
}

private func emitted(_ testCase: TestCase) -> [String] {
    let compilation = compileCase(testCase, name: testCase.key)
    guard let plan = compilation.plan else { return ["invalid", "", ""] }
    var diagnostics = Diagnostics()
    guard
        let swift = emitSwift(plan, file: compilation.file, name: compilation.file.name, diagnostics: &diagnostics)
    else { return ["unsupported", diagnostics.all.first { $0.severity == .error }?.message ?? "", ""] }
    guard let type = swift.firstMatch(of: /class (\w+)[^{]*RunnablePipeline/)?.1 else {
        return ["unsupported", "the generated file has no pipeline", ""]
    }
    return ["emitted", String(type), swift]
}
