import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addDateTimeArithmetic() {
        var family = FamilyBuilder(.dateTime)
        family.addDayArithmetic()
        family.addIntervalArithmetic()
        add(family)
    }
}

extension FamilyBuilder {
    /// `a + b` and `b + a`.
    private mutating func sum(
        _ left: TypeName, _ right: TypeName, _ result: SQLType, _ kernelName: String, _ summary: String,
        _ examples: KeyValuePairs<String, String>, traits: KernelTraits = .canFail, over kernelTypes: [SQLType]? = nil
    ) {
        kernel("+", [left, right], result, kernelName, traits, over: kernelTypes, summary, examples)
        composed("+", [right, left], result) { arguments, span, diagnostics in
            resolveOperator(symbol: "+", left: arguments[1], right: arguments[0], span: span, diagnostics: &diagnostics)
        }
    }

    fileprivate mutating func addDayArithmetic() {
        sum(.date, .integer, .date, "addDays", "Days later.", ["DATE '2001-09-28' + 7": "2001-10-05"])
        kernel(
            "-", [.date, .integer], .date, "subtractDays", .canFail, "Days earlier.",
            ["DATE '2001-10-01' - 7": "2001-09-24"])
        kernel(
            "-", [.date, .date], .integer, "subtractDates", .canFail, "Days between.",
            ["DATE '2001-10-01' - DATE '2001-09-28'": "3"])
        sum(
            .date, .time, .timestamp(6), "addTimeToDate", "A date's time of day.",
            ["DATE '2001-09-28' + TIME '03:00'": "2001-09-28 03:00:00"])
        sum(
            .date, .interval, .timestamp(6), "addInterval", "A date and an interval.",
            ["DATE '2001-09-28' + INTERVAL '1 hour'": "2001-09-28 01:00:00"], over: [.timestamp(6), .interval])
        kernel(
            "-", [.date, .interval], .timestamp(6), "subtractInterval", .canFail, over: [.timestamp(6), .interval],
            "A date less an interval.", ["DATE '2001-09-28' - INTERVAL '1 hour'": "2001-09-27 23:00:00"])
    }

    fileprivate mutating func addIntervalArithmetic() {
        for (name, type) in [(TypeName.timestamp, SQLType.timestamp(6)), (.timestamptz, .timestamptz(6))] {
            let isFirst = name == .timestamp
            sum(
                name, .interval, type, "addInterval",
                isFirst ? "A point in time and an interval; months are cut to the month's end." : "",
                isFirst ? ["TIMESTAMP '2001-01-31 01:00' + INTERVAL '1 month'": "2001-02-28 01:00:00"] : [:])
            kernel(
                "-", [name, .interval], type, "subtractInterval", .canFail,
                isFirst ? "A point in time less an interval." : "",
                isFirst ? ["TIMESTAMP '2001-09-28 23:00' - INTERVAL '23 hours'": "2001-09-28 00:00:00"] : [:])
            kernel(
                "-", [name, name], .interval, "subtractTimestamps", .canFail, isFirst ? "Days and time between." : "",
                isFirst ? ["TIMESTAMP '2001-09-29 03:00' - TIMESTAMP '2001-07-27 12:00'": "63 days 15:00:00"] : [:])
        }
        sum(
            .time, .interval, .time, "addIntervalToTime", "A time of day and an interval, around the clock.",
            ["TIME '23:00' + INTERVAL '3 hours'": "02:00:00"], traits: [])
        kernel(
            "-", [.time, .interval], .time, "subtractIntervalFromTime", "A time of day less an interval.",
            ["TIME '05:00' - INTERVAL '2 hours'": "03:00:00"])
        kernel(
            "-", [.time, .time], .interval, "subtractTimes", "Time between.",
            ["TIME '05:00' - TIME '03:00'": "02:00:00"])
        kernel(
            "+", [.interval, .interval], .interval, "add", .canFail, "Intervals added.",
            ["INTERVAL '1 day' + INTERVAL '1 hour'": "1 day 01:00:00"])
        kernel(
            "-", [.interval, .interval], .interval, "subtract", .canFail, "Intervals subtracted.",
            ["INTERVAL '1 day' - INTERVAL '1 hour'": "1 day -01:00:00"])
        kernel(
            "-", [.interval], .interval, "negate", .canFail, "An interval backwards.",
            ["- INTERVAL '23 hours'": "-23:00:00"])
        kernel(
            "*", [.interval, .double], .interval, "multiply", .canFail, "An interval several times.",
            ["INTERVAL '1 hour' * 3.5": "03:30:00", "2 * INTERVAL '1 day'": "2 days"])
        composed("*", [.double, .interval], .interval) { arguments, span, diagnostics in
            resolveOperator(symbol: "*", left: arguments[1], right: arguments[0], span: span, diagnostics: &diagnostics)
        }
        kernel(
            "/", [.interval, .double], .interval, "divide", .canFail, "An interval divided.",
            ["INTERVAL '1 hour' / 1.5": "00:40:00"])
        for symbol in ["+", "-"] {
            // An event time may be a BIGINT of epoch milliseconds.
            composed(
                symbol, [.bigint, .interval], .bigint,
                symbol == "+"
                    ? "A BIGINT of epoch milliseconds and an interval."
                    : "A BIGINT of epoch milliseconds less an interval.",
                ["60000::bigint \(symbol) INTERVAL '1 second'": symbol == "+" ? "61000" : "59000"]
            ) { arguments, span, diagnostics in
                shiftedMilliseconds(symbol, arguments[0], arguments[1], span, &diagnostics)
            }
        }
        composed("+", [.interval, .bigint], .bigint) { arguments, span, diagnostics in
            shiftedMilliseconds("+", arguments[1], arguments[0], span, &diagnostics)
        }
    }
}

/// Through a timestamp, so that months and days mean what they mean for timestamps.
private func shiftedMilliseconds(
    _ symbol: String, _ time: Expression, _ interval: Expression, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    let timestamp = Expression.call(
        Kernel("timestampOfMilliseconds", [.int64], .int64, canFail: true), [time], .timestamp(6), span: span)
    let moved = resolveOperator(
        symbol: symbol, left: timestamp, right: interval, span: span, diagnostics: &diagnostics)
    return moved.map { .call(Kernel("millisecondsOfMicroseconds", [.int64], .int64), [$0], .bigint, span: span) }
}
