import Glibc
import LaminarFiles
import LaminarRuntime

/// Runs the queries over the departures in a file and prints what they found.
///
/// - Parameter late: the file for departures that come when their hour has closed.
func run(_ path: String, late: String?) throws {
    let pipeline = FlightsPipeline()
    var carriers: [String: CarrierTotal] = [:]
    var hours = 0
    pipeline.onCarrierHours = { hour in
        hours += 1
        carriers[hour.carrier, default: CarrierTotal()].add(hour)
    }
    var worstHours: [FlightsPipeline.BadHour] = []
    pipeline.onBadHours = { hour in worstHours.append(hour) }
    var madeUp: [FlightsPipeline.MadeUpTime] = []
    pipeline.onMadeUpTime = { flight in madeUp.append(flight) }

    var days = DayTotals()
    pipeline.onAircraftDays = { day in days.add(day) }
    let lateDepartures = FlightsPipeline.interface.sinks.firstIndex { $0.name == "late_departures" }
    let lateFile = try lateDepartures.flatMap { sink in
        try late.map { path in
            try FileSink(FileSinkOptions(path: path, format: .ndjson), fedBy: FlightsPipeline.interface.sinks[sink])
        }
    }
    var lateError: FileError?
    if let lateFile {
        pipeline.onOutput = { sink, batch in
            guard sink == lateDepartures else { return }
            do throws(FileError) { try lateFile.write(batch) } catch { lateError = lateError ?? error }
        }
    }

    let source = try FileSource(
        FileSourceOptions(path: path, format: .ndjson), feeding: FlightsPipeline.interface.sources[0])
    let started = processorSeconds()
    let departures = try source.push(into: pipeline)
    try pipeline.finish()
    try lateFile?.close()
    if let lateError { throw lateError }
    let seconds = processorSeconds() - started

    print("carrier  flights  cancelled  mean delay  worst delay")
    for (carrier, total) in carriers.sorted(by: { $0.value.flights > $1.value.flights }) {
        let departed = total.flights - total.cancelled
        let mean = departed > 0 ? Double(total.delayMinutes) / Double(departed) : 0
        print(
            "\(left(carrier, 7))  \(right(total.flights, 7))  \(right(total.cancelled, 9))",
            " \(right(oneDecimal(mean), 6)) min  \(right(total.worstDelay, 7)) min")
    }
    print("\nthe worst hours of a carrier, by mean delay:")
    for hour in worstHours.sorted(by: { ($0.meanDelay ?? 0) > ($1.meanDelay ?? 0) }).prefix(5) {
        let time = text(of: .timestamp(hour.hour), type: .timestamp(6))
        print("  \(time)  \(hour.carrier)  \(right(oneDecimal(hour.meanDelay ?? 0), 6)) min over \(hour.flights) flights")
    }
    print("\nmore than an hour late at departure and on time at arrival, over 2,000 miles: \(madeUp.count) flights")
    if let best = madeUp.max(by: { ($0.minutesMadeUp ?? 0) < ($1.minutesMadeUp ?? 0) }) {
        print("  the best made up \(best.minutesMadeUp ?? 0) minutes: \(best.carrier) \(best.flight) \(best.origin)–\(best.dest)")
    }
    print("\n\(days.count) days of aircraft, by departures from New York:")
    for (departures, count) in days.byDepartures.sorted(by: { $0.key < $1.key }) {
        print("  \(right(departures, 2)): \(right(count, 5))")
    }
    if let busiest = days.busiest {
        let time = text(of: .timestamp(busiest.firstDeparture), type: .timestamp(6))
        print(
            "  the busiest: \(busiest.tailnum ?? "") from \(time), \(busiest.departures) departures,",
            "\(busiest.miles ?? 0) miles, \(busiest.delayMinutes ?? 0) minutes late in all")
    }
    print("\nlate rows, by query:")
    for stage in pipeline.status.stages where stage.counters.lateRows > 0 {
        print("  \(left(stage.name, 15)) \(right(stage.counters.lateRows, 5))")
    }
    if let lateFile { print("  \(lateFile.rowCount) departures in \(lateFile.options.path)") }
    print(
        "\n\(departures) departures, \(hours) carrier hours;",
        "\(oneDecimal(Double(departures) / max(seconds, 1e-9) / 1e6)) million a second",
        "(\(oneDecimal(seconds * 1e9 / Double(max(departures, 1)))) ns each, decoding included)")
}

private struct CarrierTotal {
    var flights: Int64 = 0
    var cancelled: Int64 = 0
    var delayMinutes: Int64 = 0
    var worstDelay: Int32 = 0

    mutating func add(_ hour: FlightsPipeline.CarrierHour) {
        flights += hour.flights
        cancelled += hour.cancelled
        delayMinutes += hour.delayMinutes ?? 0
        worstDelay = max(worstDelay, hour.worstDelay ?? 0)
    }
}

private struct DayTotals {
    var count = 0
    var byDepartures: [Int64: Int] = [:]
    var busiest: FlightsPipeline.AircraftDay?

    mutating func add(_ day: FlightsPipeline.AircraftDay) {
        count += 1
        byDepartures[day.departures, default: 0] += 1
        if day.departures > busiest?.departures ?? 0 { busiest = day }
    }
}

/// Processor time of this process.
private func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

private func oneDecimal(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
}

private func right(_ value: some CustomStringConvertible, _ width: Int) -> String {
    let text = value.description
    return String(repeating: " ", count: max(0, width - text.count)) + text
}

private func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
