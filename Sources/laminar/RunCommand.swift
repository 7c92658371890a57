import Glibc
import LaminarCompiler
import LaminarInterpreter
import LaminarPlan
import LaminarText

extension Subcommand {
    /// Compiles a SQL file and runs its queries until their input ends.
    static let run = Subcommand(
        name: "run",
        summary: "run the queries of a SQL file",
        usage: "FILE.sql [--set NAME=VALUE]... [--stats] [--strict-state] [--group-memory SIZE] [--duration TIME] [--backend interpreter]",
        details: """
              --set NAME=VALUE   a value for ${NAME} in the file; environment variables are there too
              --stats            what went through each source, stage and sink, on standard error at the end
              --strict-state     state that nothing bounds is an error
              --group-memory N   what STRING_AGG, ARRAY_AGG and their like may keep of a group (default 64MB)
              --duration TIME    stop after 500ms, 10s, 5m, 1h
              --backend B        interpreter (default)

            A bare query prints a table on a terminal and NDJSON elsewhere. SIGINT, SIGTERM and the end of --duration
            stop reading, write out what has come out of the queries and exit with 0; windows that are still open do not
            fire. A second signal ends the process at once.
            Sources are read in turn, a batch of at most 1,024 rows each; how rows of different sources interleave can
            decide which rows are late, and nothing else.

            """
    ) { (arguments) throws(UsageError) in
        let options = try RunOptions(arguments)
        StopSignal.install()
        do throws(RunFailure) {
            let file = try readSQLFile(options.path)
            return try RunSession(file, options).run()
        } catch {
            StandardError.write(error.text)
            return .failure
        }
    }
}

/// Why a run ends with exit code 1, as it is shown: whole lines.
struct RunFailure: Error {
    let text: String

    /// A failure of the world: `laminar run: error: message`.
    init(_ message: String, hint: String? = nil) {
        text = "laminar run: error: \(message)\n" + (hint.map { "    hint: \($0)\n" } ?? "")
    }

    /// Mistakes in the SQL text, with their places.
    init(_ diagnostics: Diagnostics, in file: SourceFile) { text = diagnostics.rendered(in: file) }

    /// A mistake in the SQL text, with its place.
    init(_ sqlState: String, at span: Span, in file: SourceFile, _ message: String, hint: String? = nil) {
        text = Diagnostic(.error, sqlState, at: span, message, hint: hint).rendered(in: file)
    }
}

private func readSQLFile(_ path: String) throws(RunFailure) -> SourceFile {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        throw RunFailure("could not open \(path): \(String(cString: strerror(errno)))")
    }
    defer { if path != "-" { close(descriptor) } }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 {
            if errno == EINTR, !StopSignal.isRequested { continue }
            throw RunFailure("could not read \(path): \(String(cString: strerror(errno)))")
        }
        if count == 0 { return SourceFile(name: path == "-" ? "standard input" : path, bytes: text) }
        text.append(contentsOf: buffer[..<count])
    }
}
