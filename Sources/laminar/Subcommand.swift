/// One subcommand of `laminar`.
struct Subcommand: Sendable {
    let name: String
    /// One line for the list of subcommands.
    let summary: String
    /// What follows the name in a call, such as `FILE.sql [--stats]`.
    let usage: String
    /// The help behind the usage line: a line per option; ends with a newline.
    let details: String
    /// Does the work with the arguments behind the name; throws only for a wrong call.
    let run: @Sendable ([String]) throws(UsageError) -> ExitCode
}

/// What the process ends with.
enum ExitCode: Int32 {
    case success = 0
    /// The work failed: bad SQL, bad data, a full disk.
    case failure = 1
    /// The call was wrong: an unknown option, a missing argument, something that is not there yet.
    case wrongCall = 2
}

/// A call that cannot be carried out as it was written.
struct UsageError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
