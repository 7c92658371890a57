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
    fflush(stdout)
    fputs("flights: error: \(error)\n", stderr)
    exit(1)
}
