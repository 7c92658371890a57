import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// The tumbling windows over `time` of the given size and offset; nil after a report.
    mutating func windowAssignment(
        _ time: Expression, size: ExpressionSyntax, offset: ExpressionSyntax?, function: String, timeSpan: Span
    ) -> WindowAssignment? {
        guard time.type.isTimestamp else {
            if time.type == .bigint || time.type == .date {
                diagnostics.unsupported("\(function) over \(time.type)", at: timeSpan)
            } else {
                diagnostics.report(
                    .error, "42804", at: timeSpan, "\(function) needs a timestamp, not \(time.type)")
            }
            return nil
        }
        guard let sizeMicroseconds = bindInterval(size, what: "the window size") else { return nil }
        guard sizeMicroseconds > 0 else {
            diagnostics.report(
                .error, "22023", at: size.span, "the window size must be greater than zero",
                hint: "Write for example INTERVAL '1' MINUTE.")
            return nil
        }
        var offsetMicroseconds: Int64 = 0
        if let offset {
            guard let value = bindInterval(offset, what: "the window offset") else { return nil }
            offsetMicroseconds = value % sizeMicroseconds
            if offsetMicroseconds < 0 { offsetMicroseconds += sizeMicroseconds }
        }
        return WindowAssignment(
            time: time, window: TumblingWindow(size: sizeMicroseconds, offset: offsetMicroseconds))
    }

    /// A constant interval without months, in microseconds. TIME counts from midnight, as Calcite's offsets do.
    mutating func bindInterval(_ syntax: ExpressionSyntax, what: String) -> Int64? {
        guard let bound = bindExpression(syntax, Scope()) else { return nil }
        if case .constant(.time(let microseconds)) = fold(bound).node { return microseconds }
        guard
            let converted = cast(
                bound, to: .interval, context: .assignment, span: syntax.span, diagnostics: &diagnostics)
        else { return nil }
        guard case .constant(.interval(let interval)) = fold(converted).node else {
            diagnostics.report(.error, "42601", at: syntax.span, "\(what) must be a constant interval")
            return nil
        }
        guard interval.months == 0 else {
            diagnostics.report(
                .error, "22023", at: syntax.span, "\(what) must not have months or years",
                hint: "A month has no fixed length; use days.")
            return nil
        }
        let (days, overflow) = Int64(interval.days).multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, sumOverflow) = days.addingReportingOverflow(interval.microseconds)
        guard !overflow, !sumOverflow else {
            diagnostics.report(.error, "22008", at: syntax.span, "\(what) is out of range")
            return nil
        }
        return sum
    }

    /// The windows of a call `TUMBLE(ts, size [, offset])`, `TUMBLE_START(...)` or, with one argument, `TUMBLE(size)`
    /// over the input's event time.
    mutating func bindGroupWindow(_ call: CallSyntax, _ scope: Scope) -> WindowAssignment? {
        let name = call.name.last.text.uppercased()
        let arguments = call.arguments.map(\.value)
        switch arguments.count {
        case 1:
            guard let time = eventTime else {
                diagnostics.report(
                    .error, "42601", at: call.span, "\(name) with only a size needs an input with a watermark",
                    hint: "Write \(name)(ts, size), or declare WATERMARK FOR on the source.")
                return nil
            }
            return windowAssignment(time, size: arguments[0], offset: nil, function: name, timeSpan: call.span)
        case 2, 3:
            guard let time = bindExpression(arguments[0], scope) else { return nil }
            return windowAssignment(
                time, size: arguments[1], offset: arguments.count == 3 ? arguments[2] : nil, function: name,
                timeSpan: arguments[0].span)
        default:
            diagnostics.report(
                .error, "42883", at: call.span, "\(name) takes a time, a size and an optional offset")
            return nil
        }
    }
}

extension CallSyntax {
    /// Which bounds of which windows this call stands for, if it is a group window function.
    var windowFunction: WindowFunction? {
        switch name.last.text {
        case "tumble": .window
        case "tumble_start": .start
        case "tumble_end": .end
        case "tumble_rowtime", "tumble_time": .time
        default: nil
        }
    }

    /// The kinds of windows that are understood but cannot be run yet.
    var isUnsupportedWindowFunction: Bool {
        ["hop", "slide", "cumulate", "session"].contains { kind in
            name.last.text == kind || name.last.text.hasPrefix(kind + "_")
        }
    }
}

enum WindowFunction {
    case window, start, end, time
}
