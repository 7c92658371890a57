import Glibc

/// What one run of a query took, and the line that says so.
package struct Measurement: Sendable {
    package var wallSeconds: Double
    package var processorSeconds: Double
    package var rowsOut: Int

    package init(wallSeconds: Double, processorSeconds: Double, rowsOut: Int) {
        self.wallSeconds = wallSeconds
        self.processorSeconds = processorSeconds
        self.rowsOut = rowsOut
    }

    /// Runs `body`, which returns the number of rows that came out.
    package static func of<E: Error>(_ body: () throws(E) -> Int) throws(E) -> Measurement {
        let wall = seconds(CLOCK_MONOTONIC)
        let processor = seconds(CLOCK_PROCESS_CPUTIME_ID)
        let rows = try body()
        return Measurement(
            wallSeconds: seconds(CLOCK_MONOTONIC) - wall,
            processorSeconds: seconds(CLOCK_PROCESS_CPUTIME_ID) - processor, rowsOut: rows)
    }

    /// `{"wall_s":…,"cpu_s":…,"rss_mb":…,"rows_out":…}`; the memory is the most that the process has had.
    package var json: String {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return "{\"wall_s\":\(rounded(wallSeconds)),\"cpu_s\":\(rounded(processorSeconds)),"
            + "\"rss_mb\":\(usage.ru_maxrss / 1024),\"rows_out\":\(rowsOut)}"
    }

    private func rounded(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }
}

private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
