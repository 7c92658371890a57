import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// The windows over `time` with lengths as written; nil after a report.
    mutating func windowAssignment(
        _ kind: WindowShape.Kind, _ time: Expression, _ lengths: WindowLengths, function: String, timeSpan: Span
    ) -> WindowAssignment? {
        guard time.type.isTimestamp || time.type == .bigint else {
            if time.type == .date {
                diagnostics.unsupported("\(function) over \(time.type)", at: timeSpan)
            } else {
                diagnostics.report(
                    .error, "42804", at: timeSpan, "\(function) needs a timestamp, not \(time.type)",
                    hint: "A time is a TIMESTAMP, a TIMESTAMPTZ, or a BIGINT that counts milliseconds since 1970.")
            }
            return nil
        }
        let sizeName = kind == .session ? "the gap" : "the window size"
        guard let size = bindLength(lengths.size, what: sizeName) else { return nil }
        var step = kind == .session ? 1 : size
        if let syntax = lengths.step {
            guard let value = bindLength(syntax, what: kind == .hop ? "the slide" : "the step") else { return nil }
            step = value
            if kind == .cumulate, size % step != 0 {
                diagnostics.report(
                    .error, "22023", at: syntax.span, "the step must divide the window size of CUMULATE")
                return nil
            }
            guard size / step <= 100_000 else {
                diagnostics.report(
                    .error, "54000", at: syntax.span, "a row would belong to \(size / step) windows",
                    hint: "Choose a larger \(kind == .hop ? "slide" : "step").")
                return nil
            }
        }
        var offset: Int64 = 0
        if let syntax = lengths.offset {
            guard let value = bindInterval(syntax, what: "the window offset") else { return nil }
            let distance = kind == .hop ? step : size
            offset = value % distance
            if offset < 0 { offset += distance }
        }
        if time.type == .bigint {
            for (length, syntax) in [(size, lengths.size), (step, lengths.step), (offset, lengths.offset)] {
                guard let syntax, length % 1000 != 0 else { continue }
                diagnostics.report(
                    .error, "22023", at: syntax.span, "windows over a bigint must be whole milliseconds",
                    hint: "A BIGINT event time counts milliseconds; use a TIMESTAMP for finer ones.")
                return nil
            }
        }
        var hasWatermark = false
        if case .input = time.node { hasWatermark = time.node == eventTime?.node }
        if isProcessingTime(time) { hasWatermark = true }
        return WindowAssignment(
            time: time, window: WindowShape(kind: kind, size: size, step: step, offset: offset),
            hasWatermark: hasWatermark)
    }

    /// A constant interval greater than zero.
    mutating func bindLength(_ syntax: ExpressionSyntax, what: String) -> Int64? {
        guard let length = bindInterval(syntax, what: what) else { return nil }
        guard length > 0 else {
            diagnostics.report(
                .error, "22023", at: syntax.span, "\(what) must be greater than zero",
                hint: "Write for example INTERVAL '1' MINUTE.")
            return nil
        }
        return length
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

    /// The windows of a call such as `TUMBLE(ts, size [, offset])` or `HOP_START(ts, slide, size)`; without the time, over
    /// the input's event time.
    mutating func bindGroupWindow(_ call: CallSyntax, _ scope: Scope) -> WindowAssignment? {
        let name = call.name.last.text.uppercased()
        let arguments = call.arguments.map(\.value)
        guard let spelling = call.windowSpelling else { return nil }
        let lengths = spelling.lengths.count
        switch arguments.count - lengths {
        case 0:
            guard let time = eventTime else {
                diagnostics.report(
                    .error, "42601", at: call.span, "\(name) without a time column needs an input with a watermark",
                    hint: "Write \(name)(ts, ...), or declare WATERMARK FOR on the source.")
                return nil
            }
            return windowAssignment(
                spelling.kind, time, WindowLengths(spelling, arguments[...]), function: name, timeSpan: call.span)
        case 1, spelling.kind == .session ? 1 : 2:
            guard let time = bindExpression(arguments[0], scope) else { return nil }
            return windowAssignment(
                spelling.kind, time, WindowLengths(spelling, arguments.dropFirst()), function: name,
                timeSpan: arguments[0].span)
        default:
            diagnostics.report(
                .error, "42883", at: call.span, "\(name) takes a time, \(spelling.text)")
            return nil
        }
    }

    /// The bounds of a group window as expressions over the rows that are grouped; nil after a report.
    ///
    /// Windows of which a row has several, and sessions, are columns that `windowed` appends to the grouped rows: they
    /// must have been named in GROUP BY, where `isKey` says that we are.
    mutating func groupWindowBounds(_ call: CallSyntax, _ scope: Scope, isKey: Bool = false) -> [Expression]? {
        guard let assignment = bindGroupWindow(call, scope) else { return nil }
        if assignment.window.kind == .tumble { return assignment.boundExpressions(span: call.span) }
        if let group = groupWindow, group.assignment == assignment {
            return group.bounds.map { bound in
                var copy = bound
                copy.span = call.span
                return copy
            }
        }
        guard isKey else {
            diagnostics.report(
                .error, "42803", at: call.span,
                "\(call.name.last.text.uppercased()) names windows that the query is not grouped by",
                hint: "Write the same \(assignment.window.kind.rawValue.uppercased())(...) in GROUP BY.")
            return nil
        }
        guard groupWindow == nil else {
            diagnostics.unsupported("a GROUP BY of two windows", at: call.span)
            return nil
        }
        let bounds = (0..<3).map { index in
            Expression(
                .input(groupedColumnCount + index), assignment.boundType, isNullable: false, span: call.span)
        }
        groupWindow = GroupWindow(assignment: assignment, bounds: bounds, span: call.span)
        return bounds
    }
}

/// The windows that a GROUP BY gives the rows to before they are grouped.
struct GroupWindow {
    var assignment: WindowAssignment
    /// Start, end and time: the columns behind those of the input.
    var bounds: [Expression]
    var span: Span
}

/// The lengths of a window call as they are written.
struct WindowLengths {
    var size: ExpressionSyntax
    var step: ExpressionSyntax?
    var offset: ExpressionSyntax?

    /// - Parameter arguments: at least as many as the spelling has lengths, and an offset.
    init(_ spelling: WindowSpelling, _ arguments: ArraySlice<ExpressionSyntax>) {
        let first = arguments.startIndex
        size = arguments[first + (spelling.lengths.firstIndex(of: .size) ?? 0)]
        step = spelling.lengths.firstIndex(of: .step).map { arguments[first + $0] }
        offset = arguments.count > spelling.lengths.count ? arguments[first + spelling.lengths.count] : nil
    }

    init(size: ExpressionSyntax, step: ExpressionSyntax?, offset: ExpressionSyntax?) {
        self.size = size
        self.step = step
        self.offset = offset
    }
}

/// Which windows a function makes, and in which order it takes their lengths.
struct WindowSpelling {
    enum Length { case size, step }

    var kind: WindowShape.Kind
    var lengths: [Length]

    init?(_ name: String) {
        switch name {
        case "tumble": (kind, lengths) = (.tumble, [.size])
        case "hop": (kind, lengths) = (.hop, [.step, .size])
        case "slide": (kind, lengths) = (.hop, [.size, .step])
        case "cumulate": (kind, lengths) = (.cumulate, [.step, .size])
        case "session": (kind, lengths) = (.session, [.size])
        default: return nil
        }
    }

    /// For messages.
    var text: String {
        switch kind {
        case .tumble: "a size and an optional offset"
        case .hop: lengths[0] == .step ? "a slide, a size and an optional offset" : "a size, a slide and an optional offset"
        case .cumulate: "a step, a size and an optional offset"
        case .session: "and a gap"
        }
    }
}

extension CallSyntax {
    private var windowName: (kind: String, part: String) {
        let parts = name.last.text.split(separator: "_", maxSplits: 1)
        return (parts.first.map(String.init) ?? "", parts.count > 1 ? String(parts[1]) : "")
    }

    /// The windows that this call stands for, if it is a group window function or one of its bounds.
    var windowSpelling: WindowSpelling? { WindowSpelling(windowName.kind) }

    /// Which bounds of its windows this call stands for, if it is a group window function.
    var windowFunction: WindowFunction? {
        guard windowSpelling != nil else { return nil }
        switch windowName.part {
        case "": return .window
        case "start": return .start
        case "end": return .end
        case "rowtime", "time": return .time
        default: return nil
        }
    }
}

enum WindowFunction {
    case window, start, end, time
}
