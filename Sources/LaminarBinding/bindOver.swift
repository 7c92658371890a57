import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

/// Gathers the window function calls of one SELECT while its expressions are bound.
///
/// Each call stands in them as an input column at `firstColumn` plus its index until the plan has the call's own column.
struct OverCollector {
    static let firstColumn = 1 << 43

    /// Each with one call.
    var calls: [Over] = []
    /// Whether a window function's own argument or window is being bound, where another may not stand.
    var isInsideCall = false

    mutating func column(of call: Over) -> Int {
        if let index = calls.firstIndex(of: call) { return Self.firstColumn + index }
        calls.append(call)
        return Self.firstColumn + calls.count - 1
    }
}

extension Binder {
    /// `f(...) OVER (...)`
    mutating func bindOverCall(
        _ call: CallSyntax, _ over: OverSyntax, _ scope: Scope, _ span: Span
    ) -> Expression? {
        guard let collector = overCalls else {
            diagnostics.report(
                .error, "42P20", at: span,
                "window functions are not allowed in \(aggregates?.forbiddenClause ?? "this place")")
            return nil
        }
        if collector.isInsideCall {
            diagnostics.report(.error, "42P20", at: span, "window function calls cannot be nested")
            return nil
        }
        if aggregates?.isInsideCall == true {
            diagnostics.report(
                .error, "42803", at: span, "aggregate function calls cannot contain window function calls")
            return nil
        }
        if call.nullTreatment == .ignore {
            diagnostics.unsupported("IGNORE NULLS", at: span)
            return nil
        }
        if let item = call.orderBy.first ?? call.withinGroup.first {
            diagnostics.unsupported("ORDER BY inside a window function's arguments", at: item.span)
            return nil
        }
        if let distinct = call.distinct {
            diagnostics.unsupported("DISTINCT in a window function", at: distinct)
            return nil
        }
        overCalls?.isInsideCall = true
        defer { overCalls?.isInsideCall = false }
        guard let parts = resolveWindow(over), let bound = bindWindow(parts, scope) else { return nil }
        var json: JSONAggregate?
        guard var function = bindOverFunction(call, scope, span, json: &json) else { return nil }
        if let frame = parts.frame {
            guard let frame = bindFrame(frame, bound.order) else { return nil }
            function.frame = frame
        }
        let window = Over(partition: bound.partition, order: bound.order, calls: [function])
        let column = overCalls?.column(of: window) ?? 0
        let value = Expression(.input(column), function.type, isNullable: function.isNullable, span: span)
        return json?.result(of: value) ?? value
    }

    // MARK: Windows

    private struct WindowParts {
        var partition: [ExpressionSyntax]
        var order: [SortItemSyntax]
        var frame: FrameSyntax?
    }

    private mutating func resolveWindow(_ over: OverSyntax) -> WindowParts? {
        switch over {
        case .named(let name): return namedWindow(name, before: namedWindows.count)
        case .window(let window): return parts(of: window, before: namedWindows.count)
        }
    }

    private mutating func namedWindow(_ name: IdentifierSyntax, before end: Int) -> WindowParts? {
        guard let index = namedWindows.prefix(end).lastIndex(where: { $0.name.text == name.text }) else {
            diagnostics.report(.error, "42704", at: name.span, "window \"\(name.text)\" does not exist")
            return nil
        }
        return parts(of: namedWindows[index].window, before: index)
    }

    private mutating func parts(of window: WindowSyntax, before end: Int) -> WindowParts? {
        var parts = WindowParts(partition: window.partitionBy, order: window.orderBy, frame: window.frame)
        guard let base = window.base else { return parts }
        guard let inherited = namedWindow(base, before: end) else { return nil }
        func refuse(_ what: String) -> WindowParts? {
            diagnostics.report(.error, "42P20", at: window.span, "\(what) of window \"\(base.text)\"")
            return nil
        }
        if !parts.partition.isEmpty { return refuse("cannot override PARTITION BY clause") }
        if !parts.order.isEmpty, !inherited.order.isEmpty { return refuse("cannot override ORDER BY clause") }
        if inherited.frame != nil { return refuse("cannot copy the frame clause") }
        parts.partition = inherited.partition
        if parts.order.isEmpty { parts.order = inherited.order }
        return parts
    }

    private mutating func bindWindow(
        _ window: WindowParts, _ scope: Scope
    ) -> (partition: [Expression], order: [Over.Order])? {
        let partition = window.partition.map { bindExpression($0, scope).map { fold(typed($0)) } }
        let order = window.order.map { item in
            bindExpression(item.expression, scope).map {
                Over.Order(
                    orderable(fold(typed($0))), isDescending: item.isDescending, nullsFirst: item.nullsFirst ?? item.isDescending)
            }
        }
        guard !partition.contains(where: { $0 == nil }), !order.contains(where: { $0 == nil }) else { return nil }
        return (partition.compactMap { $0 }, order.compactMap { $0 })
    }

    /// A literal without a type as text.
    private func typed(_ expression: Expression) -> Expression {
        expression.type == .unknown ? asText(expression) : expression
    }

    // MARK: Functions

    /// - Parameter json: What the call's result is of what it gathers, if it is an aggregate that gives JSON.
    private mutating func bindOverFunction(
        _ call: CallSyntax, _ scope: Scope, _ span: Span, json: inout JSONAggregate?
    ) -> Over.Call? {
        let name = call.name.last.text
        if let ranking = Self.rankings[name] ?? Self.valueFunctions[name] {
            if let filter = call.filter {
                diagnostics.report(
                    .error, "0A000", at: filter.span, "FILTER is not implemented for non-aggregate window functions")
                return nil
            }
            guard let arguments = bindArguments(call, scope) else { return nil }
            return bindOverFunction(ranking, name, arguments.map(fold), span)
        }
        guard isAggregate(name) || userAggregates[name] != nil else {
            diagnostics.report(
                .error, "42809", at: span,
                "OVER specified, but \(name) is not a window function nor an aggregate function")
            return nil
        }
        var arguments: [Expression] = []
        if call.arguments.count == 1, case .star = call.arguments[0].value.kind {
            guard name == "count" else {
                diagnostics.report(.error, "42601", at: span, "\(name)(*) does not exist", hint: "Name a column.")
                return nil
            }
        } else {
            guard let bound = bindArguments(call, scope) else { return nil }
            arguments = bound.map(fold)
            if name == "count", arguments.isEmpty {
                diagnostics.report(
                    .error, "42809", at: span, "count(*) must be used to call a parameterless aggregate function")
                return nil
            }
        }
        if JSONAggregate.isOne(name) {
            guard let aggregate = JSONAggregate(name, arguments, span: span, diagnostics: &diagnostics) else { return nil }
            arguments = [fold(aggregate.element)]
            json = aggregate
        }
        var filter: Expression?
        if let syntax = call.filter {
            guard let bound = bindPredicate(syntax, scope, clause: "FILTER") else { return nil }
            filter = bound
            // COUNT(*) counts the rows for which the filter is TRUE.
            if arguments.isEmpty { arguments = [.constant(.boolean(true), .boolean, span: span)] }
        }
        let gathered = json == nil ? name : "array_agg"
        let resolved =
            if let function = userAggregates[name] {
                resolveAggregate(
                    function, arguments: arguments, isDistinct: false, filter: nil, span: span, diagnostics: &diagnostics)
            } else {
                resolveAggregate(
                    name: gathered, arguments: arguments, isDistinct: false, filter: nil, span: span,
                    diagnostics: &diagnostics)
            }
        guard var aggregate = resolved else { return nil }
        // Frames keep their rows, so that an estimate would save nothing.
        if aggregate.kernel.name.hasPrefix("Approximate"), let exact = aggregate.retractable { aggregate = exact }
        let isNullable = !aggregate.kernel.isCount
        guard var argument = aggregate.argument else {
            return Over.Call(.countOfRows, name: name, arguments: [], type: aggregate.type, isNullable: isNullable)
        }
        if let filter {
            argument = Expression(
                .conditional(filter, argument, .constant(.null, argument.type, span: span)), argument.type,
                isNullable: true, span: span)
        }
        return Over.Call(
            .aggregate, name: name, arguments: [argument], kernel: aggregate.kernel, type: aggregate.type,
            isNullable: isNullable)
    }

    /// Whether SQL has a window function of this name.
    func isWindowFunctionName(_ name: String) -> Bool {
        Self.rankings[name] != nil || Self.valueFunctions[name] != nil
    }

    private static let rankings: [String: Over.Function] = [
        "row_number": .rowNumber, "rank": .rank, "dense_rank": .denseRank, "percent_rank": .percentRank,
        "cume_dist": .cumulativeDistribution, "ntile": .bucket,
    ]

    private static let valueFunctions: [String: Over.Function] = [
        "lag": .lag, "lead": .lead, "first_value": .firstValue, "last_value": .lastValue, "nth_value": .nthValue,
    ]

    /// Whether SQL has a function of this name that only stands before OVER.
    static func isOnlyOver(_ name: String) -> Bool {
        rankings[name] != nil || name == "lag" || name == "lead" || name == "nth_value"
    }

    private mutating func bindOverFunction(
        _ function: Over.Function, _ name: String, _ arguments: [Expression], _ span: Span
    ) -> Over.Call? {
        let counts: ClosedRange<Int> =
            switch function {
            case .bucket, .firstValue, .lastValue: 1...1
            case .lag, .lead: 1...3
            case .nthValue: 2...2
            default: 0...0
            }
        guard counts.contains(arguments.count) else {
            let types = arguments.map(\.type.bareName).joined(separator: ", ")
            diagnostics.report(.error, "42883", at: span, "function \(name)(\(types)) does not exist")
            return nil
        }
        switch function {
        case .percentRank, .cumulativeDistribution:
            return Over.Call(function, name: name, arguments: [], type: .double, isNullable: false)
        case .bucket:
            guard let count = bigint(arguments[0]) else { return nil }
            return Over.Call(function, name: name, arguments: [count], type: .integer, isNullable: true)
        case .firstValue, .lastValue:
            let value = typed(arguments[0])
            return Over.Call(function, name: name, arguments: [value], type: value.type, isNullable: true)
        case .nthValue:
            guard let number = bigint(arguments[1]) else { return nil }
            let value = typed(arguments[0])
            return Over.Call(function, name: name, arguments: [value, number], type: value.type, isNullable: true)
        case .lag, .lead:
            var values = [arguments[0]]
            if arguments.count == 3 {
                values.append(arguments[2])
                guard coerceToCommonType(&values, context: name, diagnostics: &diagnostics) != nil else { return nil }
            }
            values = values.map { fold(typed($0)) }
            var all = [values[0]]
            if arguments.count > 1 {
                guard let distance = bigint(arguments[1]) else { return nil }
                all.append(distance)
            }
            if values.count > 1 { all.append(values[1]) }
            return Over.Call(function, name: name, arguments: all, type: values[0].type, isNullable: true)
        default: return Over.Call(function, name: name, arguments: [], type: .bigint, isNullable: false)
        }
    }

    private mutating func bigint(_ expression: Expression) -> Expression? {
        cast(
            expression, to: .bigint, context: .assignment, span: expression.span, diagnostics: &diagnostics
        ).map { fold($0) }
    }

    // MARK: Frames

    private mutating func bindFrame(_ frame: FrameSyntax, _ order: [Over.Order]) -> Over.Frame? {
        func refuse(_ message: String) -> Over.Frame? {
            diagnostics.report(.error, "42P20", at: frame.span, message)
            return nil
        }
        let end = frame.end ?? .currentRow
        switch (frame.start, end) {
        case (.unboundedFollowing, _): return refuse("frame start cannot be UNBOUNDED FOLLOWING")
        case (_, .unboundedPreceding): return refuse("frame end cannot be UNBOUNDED PRECEDING")
        case (.currentRow, .preceding): return refuse("frame starting from current row cannot have preceding rows")
        case (.following, .preceding), (.following, .currentRow):
            return refuse("frame starting from following row cannot have preceding rows")
        default: break
        }
        let unit: Over.Frame.Unit
        switch frame.unit {
        case .rows: unit = .rows
        case .range: unit = .range
        case .groups:
            unit = .groups
            if order.isEmpty { return refuse("GROUPS mode requires an ORDER BY clause") }
        case .session: return bindSessionFrame(frame, order)
        }
        var result = Over.Frame(unit: unit, start: .currentRow, end: .currentRow)
        result.exclusion = exclusion(frame)
        guard let start = bindFrameBound(frame.start, isStart: true, frame, order, &result) else { return nil }
        result.start = start
        guard let last = bindFrameBound(end, isStart: false, frame, order, &result) else { return nil }
        result.end = last
        return result
    }

    private func exclusion(_ frame: FrameSyntax) -> Over.Frame.Exclusion {
        switch frame.exclusion {
        case nil, .noOthers: .none
        case .currentRow: .currentRow
        case .group: .group
        case .ties: .ties
        }
    }

    /// SESSION WITH GAP: the rows around a row, in order, of which each lies less than the gap behind the one before it.
    private mutating func bindSessionFrame(_ frame: FrameSyntax, _ order: [Over.Order]) -> Over.Frame? {
        guard case .preceding(let syntax) = frame.start else { return nil }
        guard order.count == 1 else {
            diagnostics.report(
                .error, "42P20", at: frame.span, "SESSION WITH GAP requires exactly one ORDER BY column")
            return nil
        }
        guard let expression = bindExpression(syntax, Scope()) else { return nil }
        var gap = fold(expression)
        if gap.type == .unknown {
            // A quoted gap is of the type that counts distances of the order.
            let type = order[0].expression.type
            let isTime = type.isTimestamp || type == .date || type == .time
            guard
                let converted = cast(
                    gap, to: isTime ? .interval : type, context: .explicit, span: syntax.span, diagnostics: &diagnostics)
            else { return nil }
            gap = fold(converted)
        }
        guard case .constant(let value) = gap.node else {
            diagnostics.unsupported("a gap that is not constant", at: syntax.span)
            return nil
        }
        if case .null = value {
            diagnostics.report(.error, "22004", at: syntax.span, "the gap of a session must not be null")
            return nil
        }
        var result = Over.Frame(unit: .session, start: .currentRow, end: .currentRow)
        result.exclusion = exclusion(frame)
        guard let end = bindRangeBound(gap, isPreceding: false, frame, order, &result) else { return nil }
        result.end = .value(end)
        return result
    }

    private mutating func bindFrameBound(
        _ bound: FrameSyntax.Bound, isStart: Bool, _ frame: FrameSyntax, _ order: [Over.Order],
        _ result: inout Over.Frame
    ) -> Over.Frame.Bound? {
        switch bound {
        case .unboundedPreceding: return .unboundedPreceding
        case .currentRow: return .currentRow
        case .unboundedFollowing: return .unboundedFollowing
        case .preceding(let distance), .following(let distance):
            var isPreceding = false
            if case .preceding = bound { isPreceding = true }
            guard let expression = bindExpression(distance, Scope()) else { return nil }
            let edge = isStart ? "starting" : "ending"
            let folded = fold(expression)
            guard case .constant(let value) = folded.node else {
                diagnostics.unsupported("a frame's distance that is not constant", at: distance.span)
                return nil
            }
            if case .null = value {
                diagnostics.report(.error, "22004", at: distance.span, "frame \(edge) offset must not be null")
                return nil
            }
            if result.unit != .range {
                guard let converted = bigint(folded) else { return nil }
                guard case .constant(.integer(let count)) = converted.node else { return nil }
                guard count >= 0 else {
                    diagnostics.report(
                        .error, "22013", at: distance.span, "frame \(edge) offset must not be negative")
                    return nil
                }
                return isPreceding ? .preceding(count) : .following(count)
            }
            if isStart, case .interval(let interval) = value, interval.months == 0 {
                // What a day less or more makes no timestamp is caught where the bound is computed.
                let length = Int64(interval.days) &* 86_400_000_000 &+ interval.microseconds
                result.startDistance = isPreceding ? length : 0 &- length
            }
            return bindRangeBound(folded, isPreceding: isPreceding, frame, order, &result).map { .value($0) }
        }
    }

    /// The value at which a row's frame begins or ends, in the type of `rangeOrder`.
    private mutating func bindRangeBound(
        _ distance: Expression, isPreceding: Bool, _ frame: FrameSyntax, _ order: [Over.Order],
        _ result: inout Over.Frame
    ) -> Expression? {
        guard order.count == 1 else {
            diagnostics.report(
                .error, "42P20", at: frame.span,
                "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column")
            return nil
        }
        var isNegative = false
        if case .constant(let value) = distance.node {
            switch value {
            case .integer(let value): isNegative = value < 0
            case .decimal(let value): isNegative = value < Decimal(0)
            case .real(let value): isNegative = value < 0
            case .double(let value): isNegative = value < 0
            case .interval(let value): isNegative = value < Interval(months: 0, days: 0, microseconds: 0)
            default: break
            }
        }
        if isNegative {
            diagnostics.report(
                .error, "22013", at: distance.span,
                frame.unit == .session
                    ? "the gap of a session must not be negative"
                    : "invalid preceding or following size in window function")
            return nil
        }
        var value = result.rangeOrder ?? order[0].expression
        // In a wider type no bound overflows.
        let wider: SQLType? =
            switch value.type {
            case .smallint, .integer: .bigint
            case .bigint: .decimal(nil)
            default: nil
            }
        if result.rangeOrder == nil, let wider {
            guard
                let widened = cast(
                    value, to: wider, context: .implicit, span: value.span, diagnostics: &diagnostics)
            else { return nil }
            value = widened
        }
        let subtracts = isPreceding != order[0].isDescending
        guard
            let bound = resolveOperator(
                symbol: subtracts ? "-" : "+", left: value, right: distance, span: distance.span,
                diagnostics: &diagnostics)
        else { return nil }
        var pair = [value, bound]
        guard coerceToCommonType(&pair, context: "RANGE", diagnostics: &diagnostics) != nil else { return nil }
        if let known = result.rangeOrder, known != pair[0] {
            diagnostics.unsupported("RANGE bounds of different types", at: frame.span)
            return nil
        }
        result.rangeOrder = fold(pair[0])
        return fold(pair[1])
    }

    // MARK: Plans

    /// The plan with the columns of the SELECT's window functions behind its own, and the column of each call.
    ///
    /// - Parameter grouped: an expression in terms of the plan's columns; nil after a report.
    mutating func withOverColumns(
        _ input: LogicalPlan, span: Span, _ grouped: (inout Binder, Expression) -> Expression?
    ) -> (plan: LogicalPlan, columns: [Int])? {
        var windows: [(over: Over, calls: [Int])] = []
        for (index, call) in (overCalls?.calls ?? []).enumerated() {
            var isComplete = true
            let mapped = call.mapExpressions { expression in
                guard let result = grouped(&self, expression) else {
                    isComplete = false
                    return expression
                }
                return result
            }
            guard isComplete else { return nil }
            if let known = windows.firstIndex(where: {
                $0.over.partition == mapped.partition && $0.over.order == mapped.order
            }) {
                windows[known].over.calls += mapped.calls
                windows[known].calls.append(index)
            } else {
                windows.append((mapped, [index]))
            }
        }
        let inputs = windows.reduce(into: Set<Int>()) { $0.formUnion($1.over.inputs) }
        guard let (rows, placed) = attachingScalars(to: input, inputs, span: span, grouped) else { return nil }
        for index in windows.indices { windows[index].over = windows[index].over.mapExpressions(placed) }
        var plan = rows
        var columns = Array(repeating: 0, count: overCalls?.calls.count ?? 0)
        for window in windows {
            for (offset, call) in window.calls.enumerated() { columns[call] = plan.fields.count + offset }
            plan = over(plan, window.over, span: span)
        }
        return (plan, columns)
    }
}
