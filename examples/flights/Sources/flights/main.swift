// The queries are in flights.sql beside this file; the build plugin turns them into FlightsPipeline.
// usage: flights FILE.ndjson [LATE.ndjson]
import Glibc
import LaminarFiles
import LaminarRuntime

guard (2...3).contains(CommandLine.arguments.count) else {
    print("usage: flights FILE.ndjson [LATE.ndjson]")
    exit(2)
}
do {
    try run(CommandLine.arguments[1], late: CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : nil)
} catch {
    fflush(nil)
    let message = Array("flights: error: \(error)\n".utf8)
    _ = message.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(1)
}
