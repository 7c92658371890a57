import Glibc

/// The entry of `laminar`: finds the subcommand, runs it and turns its outcome into an exit code.
///
/// Exit codes are the same for every subcommand: 0 success, 1 the work failed, 2 the call was wrong.
@main
struct LaminarCommand {
    /// In the order in which help shows them.
    static let subcommands: [Subcommand] = [.run, .test, .bench]

    static func main() {
        exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    static func run(_ arguments: [String]) -> ExitCode {
        guard let name = arguments.first else {
            StandardError.write(help)
            return .wrongCall
        }
        if name == "help" || name == "--help" || name == "-h" {
            StandardOutput.write(help)
            return .success
        }
        guard let subcommand = subcommands.first(where: { $0.name == name }) else {
            StandardError.write("laminar: error: there is no subcommand '\(name)'\n\(help)")
            return .wrongCall
        }
        let rest = Array(arguments.dropFirst())
        if rest.contains("--help") || rest.contains("-h") {
            StandardOutput.write("usage: laminar \(name) \(subcommand.usage)\n\n\(subcommand.details)")
            return .success
        }
        do {
            return try subcommand.run(rest)
        } catch {
            StandardError.write(
                "laminar \(name): error: \(error.message)\nusage: laminar \(name) \(subcommand.usage)\n")
            return .wrongCall
        }
    }

    static var help: String {
        let width = subcommands.map(\.name.count).max() ?? 0
        let lines = subcommands.map { subcommand in
            let padding = String(repeating: " ", count: width - subcommand.name.count)
            return "  \(subcommand.name)\(padding)  \(subcommand.summary)\n"
        }
        return """
            usage: laminar SUBCOMMAND [OPTIONS]

            \(lines.joined())
            `laminar SUBCOMMAND --help` shows the options of one.

            """
    }
}
