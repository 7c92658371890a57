// The queries are in flights.sql beside this file; the build plugin turns them into FlightsPipeline.
// usage: flights FILE.ndjson
import Glibc
import LaminarFiles
import LaminarRuntime

guard CommandLine.arguments.count == 2 else {
    print("usage: flights FILE.ndjson")
    exit(2)
}
do {
    try run(CommandLine.arguments[1])
} catch {
    fflush(nil)
    let message = Array("flights: error: \(error)\n".utf8)
    _ = message.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(1)
}
