import Glibc
import LaminarBinding
import LaminarCompiler
import LaminarPlan
import LaminarSwiftEmitter
import LaminarText

/// The command line of `laminar-compile`: arguments in, exit code out.
struct CompileCommand {
    /// The exit codes of every Laminar command.
    enum Outcome: Int32 {
        case success = 0
        case failure = 1
        case wrongCall = 2
    }

    static let usage = """
        usage: laminar-compile emit FILE.sql -o OUT.swift [--root DIR] [--module-doc TEXT] [--set NAME=VALUE]
                                    [--lock FILE] [--strict-state]
               laminar-compile emit FILE.sql... -o DIR [...]      one .swift file for each .sql file
               laminar-compile check FILE.sql... [--lock FILE] [--strict-state] [--set NAME=VALUE]
               laminar-compile lock FILE.sql... [--lock FILE] [--accept] [--set NAME=VALUE]
               laminar-compile explain FILE.sql [--stage syntax|logical|rewritten|pipeline|swift]
                                                [--format text|dot|mermaid|json] [--set NAME=VALUE]
               laminar-compile --version | --help

        """

    private var arguments: [String]
    private let lockName = "laminar.lock"

    init(_ arguments: [String]) { self.arguments = arguments }

    func run() -> Int32 {
        guard let subcommand = arguments.first else { return refuse("a subcommand is missing") }
        let rest = Array(arguments.dropFirst())
        switch subcommand {
        case "emit": return outcome { (options) in emit(options) }(rest, ["-o", "--root", "--module-doc", "--set", "--lock", "--strict-state"])
        case "check": return outcome { (options) in check(options) }(rest, ["--set", "--lock", "--strict-state"])
        case "explain": return outcome { (options) in explain(options) }(rest, ["--stage", "--format", "--set"])
        case "lock": return outcome { (options) in lock(options) }(rest, ["--set", "--lock", "--accept"])
        case "--version":
            print("laminar-compile \(compilerVersion)")
            return 0
        case "--help", "-h", "help":
            print(Self.usage, terminator: "")
            return 0
        default: return refuse("there is no subcommand \"\(subcommand)\"")
        }
    }

    // MARK: Subcommands

    private func emit(_ options: CompileOptions) -> Outcome {
        guard let output = options.value("-o") else { return wrong("emit needs -o OUT.swift") }
        let toDirectory = options.files.count > 1 || output.hasSuffix("/")
        if toDirectory, output.hasSuffix(".swift") { return wrong("several files need -o DIR, not one .swift file") }
        var result = Outcome.success
        for path in options.files {
            guard let compilation = checked(path, options), let plan = compilation.plan else {
                result = .failure
                continue
            }
            var diagnostics = Diagnostics()
            refusePresentations(of: plan, &diagnostics)
            let swift = emitSwift(
                plan, file: compilation.file, name: options.relativeName(path),
                documentation: options.values("--module-doc"), diagnostics: &diagnostics)
            printError(diagnostics.rendered(in: compilation.file))
            guard let swift else {
                result = .failure
                continue
            }
            let target = toDirectory ? "\(output)/\(plan.name).swift" : output
            do throws(FileError) {
                try writeGenerated(target, swift)
            } catch {
                printError("\(error.description)\n")
                result = .failure
            }
        }
        return result
    }

    private func check(_ options: CompileOptions) -> Outcome {
        var result = Outcome.success
        for path in options.files where checked(path, options) == nil { result = .failure }
        return result
    }

    private func explain(_ options: CompileOptions) -> Outcome {
        guard options.files.count == 1 else { return wrong("explain takes one file") }
        guard let stage = ExplainStage(rawValue: options.value("--stage") ?? "pipeline") else {
            return wrong("there is no stage \"\(options.value("--stage") ?? "")\"")
        }
        guard let format = ExplainFormat(rawValue: options.value("--format") ?? "text") else {
            return wrong("there is no format \"\(options.value("--format") ?? "")\"")
        }
        guard let compilation = compiled(options.files[0], options) else { return .failure }
        if stage == .swift {
            if format != .text { return wrong("the stage \"swift\" has the format \"text\" only") }
            guard let plan = compilation.plan else { return .failure }
            var diagnostics = Diagnostics()
            let swift = emitSwift(
                plan, file: compilation.file, name: options.relativeName(options.files[0]), diagnostics: &diagnostics)
            printError(diagnostics.rendered(in: compilation.file))
            guard let swift else { return .failure }
            print(swift, terminator: "")
            return .success
        }
        guard let text = explanation(of: compilation, stage: stage, format: format) else {
            return wrong("the stage \"\(stage.rawValue)\" has no format \"\(format.rawValue)\"")
        }
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
        return .success
    }

    /// Records the state of files, unless checkpoints could not be read any more.
    private func lock(_ options: CompileOptions) -> Outcome {
        let path = options.value("--lock") ?? lockFile(for: options.files[0], options) ?? folder(of: options.files[0]) + lockName
        var lock = StateLock()
        if fileExists(path) {
            guard let known = readLock(path) else { return .failure }
            lock = known
        }
        var result = Outcome.success
        for file in options.files {
            guard let compilation = compiled(file, options), let plan = compilation.plan else {
                result = .failure
                continue
            }
            let name = relativePath(of: file, to: folder(of: path))
            if !options.isSet("--accept") {
                var diagnostics = Diagnostics()
                lock.check(plan, as: name, hintName: file, &diagnostics)
                if diagnostics.hasErrors {
                    printError(diagnostics.rendered(in: compilation.file))
                    result = .failure
                    continue
                }
            }
            lock.layouts[name] = plan.stateLayout
        }
        if result != .success { return result }
        do throws(FileError) {
            try writeFile(path, Array(lock.text.utf8))
        } catch {
            printError("\(error.description)\n")
            return .failure
        }
        return .success
    }

    // MARK: Helpers

    /// Compiles a file, and holds its state against `laminar.lock` if there is one; nil if there are errors.
    private func checked(_ path: String, _ options: CompileOptions) -> Compilation? {
        guard let compilation = compiled(path, options) else { return nil }
        guard let lockPath = options.value("--lock") ?? lockFile(for: path, options), let plan = compilation.plan else {
            return compilation
        }
        guard let lock = readLock(lockPath) else { return nil }
        var diagnostics = Diagnostics()
        lock.check(plan, as: relativePath(of: path, to: folder(of: lockPath)), hintName: path, &diagnostics)
        printError(diagnostics.rendered(in: compilation.file))
        return diagnostics.hasErrors ? nil : compilation
    }

    /// The lock beside a file, else at the root.
    private func lockFile(for path: String, _ options: CompileOptions) -> String? {
        var folders = [folder(of: path)]
        if let root = options.value("--root") { folders.append(root.hasSuffix("/") ? root : root + "/") }
        return folders.map { $0 + lockName }.first(where: fileExists)
    }

    private func readLock(_ path: String) -> StateLock? {
        do throws(FileError) {
            if let lock = StateLock(String(decoding: try readFile(path), as: UTF8.self)) { return lock }
            printError("\(path):1:1: error: this is no lock of Laminar, or it was edited or merged by hand\n")
            printError("    hint: Restore it from version control, or write it anew with \"laminar-compile lock\".\n")
        } catch {
            printError("\(error.description)\n")
        }
        return nil
    }

    /// Typed results come as they are made; hosts that hold a whole result order and cut it themselves.
    private func refusePresentations(of plan: PipelinePlan, _ diagnostics: inout Diagnostics) {
        for sink in plan.sinks where !sink.presentation.isEmpty {
            diagnostics.unsupported(
                "ORDER BY, LIMIT or OFFSET of a result in compiled Swift", at: sink.definition.span,
                hint: "Order and cut the rows where they are received, or use \"laminar run\".")
        }
    }

    /// Reads and compiles a file and prints what is to be said about it; nil if there are errors.
    private func compiled(_ path: String, _ options: CompileOptions) -> Compilation? {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try readFile(path)
        } catch {
            printError("\(error.description)\n")
            return nil
        }
        // Streams are results too: a program receives them without a sink.
        let compilation = compile(
            SourceFile(name: path, bytes: bytes),
            options: CompilationOptions(
                binding: BindingOptions(exposesStreams: true, isStateStrict: options.isSet("--strict-state")),
                substitutions: options.substitutions))
        printError(compilation.diagnostics.rendered(in: compilation.file))
        return compilation.diagnostics.hasErrors ? nil : compilation
    }

    private func outcome(
        _ body: @escaping (CompileOptions) -> Outcome
    ) -> ([String], Set<String>) -> Int32 {
        { arguments, allowed in
            do throws(CompileOptions.Mistake) {
                return body(try CompileOptions(arguments, allowed: allowed)).rawValue
            } catch {
                return refuse(error.message)
            }
        }
    }

    private func wrong(_ message: String) -> Outcome {
        _ = refuse(message)
        return .wrongCall
    }

    private func refuse(_ message: String) -> Int32 {
        printError("laminar-compile: error: \(message)\n\(Self.usage)")
        return Outcome.wrongCall.rawValue
    }
}
