import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addDateTime() {
        var family = FamilyBuilder(.dateTime)
        family.addFields()
        family.addTruncation()
        family.addConstruction()
        add(family)
    }
}

extension FamilyBuilder {
    fileprivate mutating func addFields() {
        let extract: [(TypeName, String)] = [
            (.timestamp, "extractFromTimestamp"), (.timestamptz, "extractFromTimestamptz"), (.date, "extractFromDate"),
            (.time, "extractFromTime"), (.interval, "extractFromInterval"),
        ]
        for (type, kernelName) in extract {
            let isFirst = type == .timestamp
            composed(
                "extract", [.text, type], .decimal(nil),
                isFirst ? "EXTRACT(field FROM x), exactly." : "",
                isFirst
                    ? [
                        "EXTRACT(YEAR FROM TIMESTAMP '2001-02-16 20:38:40')": "2001",
                        "EXTRACT(SECOND FROM TIMESTAMP '2001-02-16 20:38:40.5')": "40.500000",
                        "EXTRACT(DAY FROM INTERVAL '40 days 1 minute')": "40",
                    ] : [:]
            ) { arguments, span, diagnostics in
                fieldCall(kernelName, arguments, .decimal(nil), span, &diagnostics)
            }
        }
        let part: [(TypeName, String)] = [
            (.timestamp, "datePartOfTimestamp"), (.timestamptz, "datePartOfTimestamptz"),
            (.time, "datePartOfTime"), (.interval, "datePartOfInterval"),
        ]
        for (type, kernelName) in part {
            let isFirst = type == .timestamp
            composed(
                "date_part", [.text, type], .double, isFirst ? "A field of a date or time, as DOUBLE PRECISION." : "",
                isFirst
                    ? [
                        "date_part('hour', TIMESTAMP '2001-02-16 20:38:40')": "20",
                        "date_part(lower('MINUTES'), TIMESTAMP '2001-02-16 20:38:40')": "38",
                        "date_part(lower('x'), TIMESTAMP '2001-02-16 20:38:40')": "error 22023",
                    ] : [:]
            ) { arguments, span, diagnostics in
                fieldCall(kernelName, arguments, .double, span, &diagnostics)
            }
        }
        composed("date_part", [.text, .date], .double) { arguments, span, diagnostics in
            guard
                let time = cast(
                    arguments[1], to: .timestamp(6), context: .implicit, span: span, diagnostics: &diagnostics)
            else { return nil }
            return fieldCall("datePartOfTimestamp", [arguments[0], time], .double, span, &diagnostics)
        }
    }

    fileprivate mutating func addTruncation() {
        for (name, type) in [(TypeName.timestamp, SQLType.timestamp(6)), (.timestamptz, .timestamptz(6))] {
            let isFirst = name == .timestamp
            composed(
                "date_trunc", [.text, name], type,
                isFirst ? "Truncated to a field: `hour`, `day`, `week`, `month` ..." : "",
                isFirst
                    ? [
                        "date_trunc('hour', TIMESTAMP '2001-02-16 20:38:40')": "2001-02-16 20:00:00",
                        "date_trunc('week', TIMESTAMP '2001-02-16 20:38:40')": "2001-02-12 00:00:00",
                    ] : [:]
            ) { arguments, span, diagnostics in
                fieldCall("truncateTimestamp", arguments, type, span, &diagnostics)
            }
            kernel(
                "date_bin", [.interval, name, name], type, "binTimestamp", .canFail,
                isFirst ? "The start of the bin of a given width, aligned to an origin." : "",
                isFirst
                    ? [
                        "date_bin('15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01')":
                            "2020-02-11 15:30:00"
                    ] : [:])
        }
        composed("date_trunc", [.text, .timestamptz, .text], .timestamptz(6)) { arguments, span, diagnostics in
            fieldCall("truncateTimestamptz", arguments, .timestamptz(6), span, &diagnostics)
        }
        composed("date_trunc", [.text, .interval], .interval) { arguments, span, diagnostics in
            fieldCall("truncateInterval", arguments, .interval, span, &diagnostics)
        }
        for name in [TypeName.timestamp, .timestamptz] {
            kernel(
                "age", [name, name], .interval, "age", .canFail,
                name == .timestamp ? "Years, months and days between." : "",
                name == .timestamp
                    ? ["age(TIMESTAMP '2001-04-10', TIMESTAMP '1957-06-13')": "43 years 9 mons 27 days"] : [:])
            kernel(
                "isfinite", [name], .boolean, "isFiniteTimestamp",
                name == .timestamp ? "Whether it is neither infinity." : "",
                name == .timestamp
                    ? ["isfinite(DATE '2001-02-16')": "true", "isfinite(TIMESTAMP 'infinity')": "false"] : [:])
            for zone in [TypeName.text, .interval] {
                let isFirst = name == .timestamp && zone == .text
                composed(
                    "timezone", [zone, name], name == .timestamp ? .timestamptz(6) : .timestamp(6),
                    isFirst ? "`x AT TIME ZONE zone`: UTC, an abbreviation, an offset or an interval." : "",
                    isFirst
                        ? [
                            "TIMESTAMP '2001-02-16 20:38:40' AT TIME ZONE 'UTC'": "2001-02-16 20:38:40+00",
                            "timezone(INTERVAL '2 hours', TIMESTAMPTZ '2001-02-16 20:38:40+00')": "2001-02-16 22:38:40",
                        ] : [:]
                ) { arguments, span, _ in
                    atZone(arguments[0], arguments[1], span)
                }
            }
        }
        kernel("isfinite", [.date], .boolean, "isFiniteDate")
        kernel("isfinite", [.interval], .boolean, "isFiniteInterval")
        kernel(
            "justify_hours", [.interval], .interval, "justifyHours", .canFail, "24 hours as a day.",
            ["justify_hours(INTERVAL '27 hours')": "1 day 03:00:00"])
        kernel(
            "justify_days", [.interval], .interval, "justifyDays", .canFail, "30 days as a month.",
            ["justify_days(INTERVAL '35 days')": "1 mon 5 days"])
        kernel(
            "justify_interval", [.interval], .interval, "justifyInterval", .canFail, "Both, with signs adjusted.",
            ["justify_interval(INTERVAL '1 month -1 hour')": "29 days 23:00:00"])
    }

    fileprivate mutating func addConstruction() {
        kernel(
            "make_date", [.integer, .integer, .integer], .date, "makeDate", .canFail, "A date of year, month and day.",
            ["make_date(2013, 7, 15)": "2013-07-15", "make_date(2013, 2, 30)": "error 22008"])
        kernel(
            "make_time", [.integer, .integer, .double], .time, "makeTime", .canFail,
            "A time of hour, minute and second.",
            ["make_time(8, 15, 23.5)": "08:15:23.5"])
        let fields: [TypeName] = [.integer, .integer, .integer, .integer, .integer, .double]
        kernel(
            "make_timestamp", fields, .timestamp(6), "makeTimestamp", .canFail, "A timestamp of its fields.",
            ["make_timestamp(2013, 7, 15, 8, 15, 23.5)": "2013-07-15 08:15:23.5"])
        kernel(
            "make_timestamptz", fields, .timestamptz(6), "makeTimestamp", .canFail, "A timestamp in UTC of its fields.",
            ["make_timestamptz(2013, 7, 15, 8, 15, 23.5)": "2013-07-15 08:15:23.5+00"])
        composed(
            "make_timestamptz", fields + [.text], .timestamptz(6), "With a zone, of its fields there.",
            [
                "make_timestamptz(2013, 7, 15, 8, 15, 23.5, 'Europe/Berlin')": "2013-07-15 06:15:23.5+00",
                "make_timestamptz(2013, 7, 15, 8, 15, 23.5, '+02')": "2013-07-15 06:15:23.5+00",
            ]
        ) { arguments, span, diagnostics in
            guard
                let local = resolveFunction(
                    name: "make_timestamp", arguments: Array(arguments.dropLast()), span: span, diagnostics: &diagnostics)
            else { return nil }
            let zone = arguments[arguments.count - 1]
            let time = resolveFunction(
                name: "timezone", arguments: [countedEast(zone, span), local], span: span, diagnostics: &diagnostics)
            guard let time, zone.isNullable else { return time }
            // Without a zone there is no time, so its fields are not looked at.
            let isKnown = negation(of: Expression(.isNull(zone), .boolean, isNullable: false, span: span), span: span)
            return ifTrue(isKnown, time, span)
        }
        // Every argument but the first may be left out.
        let parts: [TypeName] = [.integer, .integer, .integer, .integer, .integer, .integer, .double]
        for count in 0...parts.count {
            composed(
                "make_interval", Array(parts.prefix(count)), .interval,
                count == 0 ? "An interval of years, months, weeks, days, hours, minutes and seconds." : "",
                count == 0 ? ["make_interval(0, 0, 0, 10)": "10 days"] : [:]
            ) { arguments, span, _ in
                var all = arguments
                while all.count < 6 { all.append(.constant(.integer(0), .integer, span: span)) }
                if all.count < 7 { all.append(.constant(.double(0), .double, span: span)) }
                return .call(
                    Kernel("makeInterval", all.map(\.type.physical), .interval, canFail: true), all, .interval,
                    span: span)
            }
        }
        kernel(
            "to_timestamp", [.double], .timestamptz(6), "timestampFromEpoch", .canFail,
            "Seconds since 1970-01-01 00:00:00 UTC.",
            [
                "to_timestamp(1284352323)": "2010-09-13 04:32:03+00",
                "to_timestamp('05 Dec 2000', 'DD Mon YYYY')": "2000-12-05 00:00:00+00",
            ])
        kernel(
            "to_timestamp", [.text, .text], .timestamptz(6), "parseTimestamp", .canFail, "With a template, its text.")
        // Flink's form; PostgreSQL has none of one text.
        composed(
            "to_timestamp", [.text], .timestamp(3), "A timestamp's text to the millisecond, as in Flink.",
            ["to_timestamp('2020-10-10 00:00:01.2345'::text)": "2020-10-10 00:00:01.235"]
        ) { arguments, span, diagnostics in
            cast(arguments[0], to: .timestamp(3), context: .explicit, span: span, diagnostics: &diagnostics)
        }
        kernel(
            "to_date", [.text, .text], .date, "parseDate", .canFail, "A date from its text, by a template.",
            ["to_date('05 Dec 2000', 'DD Mon YYYY')": "2000-12-05"])
        composed(
            "from_unixtime", [.bigint], .text, "Seconds since 1970-01-01 as text, as in Flink.",
            ["from_unixtime(44)": "1970-01-01 00:00:44"]
        ) { arguments, span, diagnostics in
            guard
                let time = resolveFunction(
                    name: "to_timestamp", arguments: arguments, span: span, diagnostics: &diagnostics)
            else { return nil }
            let template = Expression.constant(.text("YYYY-MM-DD HH24:MI:SS"), .text, span: span)
            return resolveFunction(name: "to_char", arguments: [time, template], span: span, diagnostics: &diagnostics)
        }
        for (type, kernelName) in [(TypeName.timestamp, "formatTimestamp"), (.timestamptz, "formatTimestamptz")] {
            composed(
                "to_char", [type, .text], .text,
                type == .timestamp ? "A time's text, by a template; NULL of infinity." : "",
                type == .timestamp ? ["to_char(TIMESTAMP '2002-04-20 17:31:12', 'HH12:MI:SS')": "05:31:12"] : [:]
            ) { arguments, span, _ in
                ifFinite(
                    arguments[0],
                    .call(
                        Kernel(kernelName, [.int64, .string], .string, allocates: true), arguments, .text, span: span),
                    span)
            }
        }
        kernel("to_char", [.interval, .text], .text, "formatInterval", [.allocates, .canFail])
    }
}

/// A call of a kernel that takes a date-time field: the field's name must be a constant.
private func fieldCall(
    _ kernel: String, _ arguments: [Expression], _ type: SQLType, _ span: Span, _ diagnostics: inout Diagnostics
) -> Expression? {
    guard case .constant(.text(let name)) = arguments[0].node else {
        if let value = arguments[0].constantValue, value.isNull { return .constant(.null, type, span: span) }
        return chosenFieldCall(kernel, arguments, type, span)
    }
    guard let field = DateTimeField(name: name) else {
        diagnostics.report(
            .error, "22023", at: arguments[0].span,
            "unit \"\(name)\" not recognized for type \(arguments[1].type.bareName)")
        return nil
    }
    return call(kernel, of: field, arguments, type, span)
}

private func call(
    _ kernel: String, of field: DateTimeField, _ arguments: [Expression], _ type: SQLType, _ span: Span
) -> Expression {
    var operands = arguments
    operands[0] = .constant(.integer(Int64(field.rawValue)), .integer, span: arguments[0].span)
    let call = Expression.call(
        Kernel(kernel, operands.map(\.type.physical), type.physical, canFail: true), operands, type, span: span)
    // A field that repeats is NULL of infinity; one that grows with time is infinite too. Fields that the type does not
    // have are an error of infinity as well, and so are left to the kernel.
    guard !type.isTimestamp, !field.isMonotonic else { return call }
    if arguments[1].type.isTimestamp, field.isOfTimestamp { return ifFinite(arguments[1], call, span) }
    if arguments[1].type == .date, field.isOfDate {
        return ifTrue(
            .call(Kernel("isFiniteDate", [.int32], .bool), [arguments[1]], .boolean, span: span), call, span)
    }
    return call
}

/// A call whose field is known only at run time: a CASE over the names of all fields.
private func chosenFieldCall(_ kernel: String, _ arguments: [Expression], _ type: SQLType, _ span: Span) -> Expression {
    let name = Expression.call(
        Kernel("lower", [.string], .string, allocates: true), [arguments[0]], .text, span: arguments[0].span)
    var result = Expression(
        .fail(sqlState: "22023", message: "unit not recognized"), type, isNullable: true, span: span)
    for field in DateTimeField.allCases.reversed() {
        let names = ["\(field)", "\(field)s", "timezone_hour", "timezone_minute"]
        let tests = names.filter { DateTimeField(name: $0) == field }.map { text in
            Expression.call(
                Kernel("equal", [.string, .string], .bool), [name, .constant(.text(text), .text, span: span)],
                .boolean, span: span)
        }
        result = Expression(
            .conditional(
                Expression(.or(tests), .boolean, isNullable: name.isNullable, span: span),
                call(kernel, of: field, arguments, type, span), result), type, isNullable: true, span: span)
    }
    let isNull = Expression(.isNull(arguments[0]), .boolean, isNullable: false, span: span)
    return Expression(
        .conditional(isNull, .constant(.null, type, span: span), result), type, isNullable: true, span: span)
}

/// `time AT TIME ZONE zone`: a TIMESTAMPTZ as the clock there shows it, a TIMESTAMP as the moment when it does.
private func atZone(_ zone: Expression, _ time: Expression, _ span: Span) -> Expression {
    let isMoment = TypeName(time.type) == .timestamptz
    let type: SQLType = isMoment ? .timestamp(6) : .timestamptz(6)
    if case .constant(.text(let name)) = zone.node, ["utc", "gmt", "z"].contains(name.lowercased()) {
        // All timestamps are kept in UTC, so that only the type changes.
        var result = time
        result.type = type
        return result
    }
    let kernel = Kernel(
        isMoment ? "timestamptzAtZone" : "timestampAtZone", [zone.type.physical, .int64], .int64, canFail: true)
    return .call(kernel, [zone, time], type, span: span)
}

/// The zone as `timezone` takes it: offsets without letters count east in `make_timestamptz` and west there.
private func countedEast(_ zone: Expression, _ span: Span) -> Expression {
    func text(_ characters: String) -> Expression { .constant(.text(characters), .text, span: span) }
    func starts(with sign: String) -> Expression {
        .call(Kernel("startsWith", [.string, .string], .bool), [zone, text(sign)], .boolean, span: span)
    }
    let turned = Expression.call(
        Kernel("translate", [.string, .string, .string], .string, allocates: true), [zone, text("+-"), text("-+")], .text,
        span: span)
    func conditional(_ condition: Expression, _ otherwise: Expression) -> Expression {
        Expression(.conditional(condition, turned, otherwise), .text, isNullable: zone.isNullable, span: span)
    }
    return conditional(starts(with: "+"), conditional(starts(with: "-"), zone))
}
