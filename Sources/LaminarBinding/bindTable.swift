import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// The rows of a FROM clause and the names by which they are known; nil after a report.
    mutating func bindFrom(_ tables: [TableSyntax], span: Span) -> (plan: LogicalPlan, scope: Scope)? {
        guard let first = tables.first else {
            // SELECT without FROM has one row without columns.
            let row = LogicalPlan(
                .values([[]]), fields: [], properties: StreamProperties(stateBound: .constant), name: nil, span: span)
            return (row, Scope())
        }
        var bound = bindTable(first)
        for table in tables.dropFirst() {
            let next = bindTable(table, beside: bound?.scope)
            guard let left = bound, let next else {
                bound = nil
                continue
            }
            bound = bindCommaJoin(left, next, span: table.span)
        }
        return bound
    }

    /// A table to the right of others, whose columns it may name if it is lateral.
    mutating func bindTable(_ table: TableSyntax, beside left: Scope?) -> (plan: LogicalPlan, scope: Scope)? {
        guard let left, table.hasLateral else { return bindTable(table) }
        return inside(left) { $0.bindTable(table) }
    }

    mutating func bindTable(_ table: TableSyntax) -> (plan: LogicalPlan, scope: Scope)? {
        var plan: LogicalPlan
        var name: String?
        switch table.kind {
        case .named(let relation):
            guard let found = self.plan(named: relation) else { return nil }
            plan = found
            name = relation.last.text
        case .versioned(_, let time):
            diagnostics.unsupported(
                "FOR SYSTEM_TIME AS OF elsewhere than to the right of a JOIN", at: time.span,
                hint: "Write stream JOIN table FOR SYSTEM_TIME AS OF PROCTIME() ON ….")
            return nil
        case .query(let query, _):
            guard let found = bindSubquery(query) else { return nil }
            plan = found
        case .function(let function):
            guard let found = bindTableFunction(function, span: table.span) else { return nil }
            plan = found.plan
            name = found.name
        case .join(let join): return bindJoin(join, span: table.span)
        case .nested(let inner):
            guard let bound = bindTable(inner) else { return nil }
            guard table.alias != nil else { return bound }
            // Under an alias of its own a join is one relation of its visible columns.
            let columns = bound.scope.columns.filter { !$0.isHidden }
            plan = projected(
                bound.plan, columns.map(\.expression), names: columns.map(\.name), span: table.span)
        case .invalid: return nil
        }
        if let alias = table.alias {
            name = alias.name.text
            if let type = alias.types.first {
                diagnostics.unsupported("types in a table alias", at: type.span)
                return nil
            }
            guard rename(&plan, alias.columns, what: "table \"\(alias.name.text)\"") else { return nil }
            // PostgreSQL: a function with one scalar column takes the alias as the column's name too.
            if case .function = table.kind, alias.columns.isEmpty,
                plan.fields.count == 1 || plan.fields.count == 2 && plan.fields[1].name == "ordinality"
            {
                plan.fields[0].name = alias.name.text
            }
        }
        return (plan, Scope(plan, relation: name))
    }

    private mutating func bindTableFunction(
        _ function: TableFunctionSyntax, span: Span
    ) -> (plan: LogicalPlan, name: String?)? {
        let call = function.call
        let name = call.name.last.text
        if isTableFunction(name) {
            return bindRowFunction(call, withOrdinality: function.withOrdinality).map { ($0, name) }
        }
        guard let spelling = WindowSpelling(name) else {
            if !FunctionCatalogue.standard.overloads(of: name).isEmpty {
                return bindValueFunction(call, withOrdinality: function.withOrdinality).map { ($0, name) }
            }
            diagnostics.unsupported("table function \"\(name)\"", at: call.name.span)
            return nil
        }
        let functionName = name.uppercased()
        if function.withOrdinality {
            diagnostics.unsupported("WITH ORDINALITY of a window function", at: span)
            return nil
        }
        var arguments: [String: ExpressionSyntax] = [:]
        let stepName = spelling.kind == .hop ? "slide" : "step"
        let sizeName = spelling.kind == .session ? "gap" : "size"
        var positions = ["data", "timecol"] + spelling.lengths.map { $0 == .step ? stepName : sizeName }
        if spelling.kind != .session { positions.append("offset") }
        var given = call.arguments
        var partition: [ExpressionSyntax] = []
        // Calcite's spelling: SESSION(TABLE t, DESCRIPTOR(ts), DESCRIPTOR(key, ...), gap).
        if spelling.kind == .session, given.count == 4, let keys = given[2].value.descriptorColumns {
            partition = keys
            given.remove(at: 2)
        }
        for (index, argument) in given.enumerated() {
            let key = argument.name?.text ?? (index < positions.count ? positions[index] : "")
            guard positions.contains(key), arguments[key] == nil else {
                diagnostics.report(
                    .error, "42883", at: argument.value.span,
                    "\(functionName) takes a table, a time column, \(spelling.text)")
                return nil
            }
            arguments[key] = argument.value
        }
        guard let data = arguments["data"], let timeSyntax = arguments["timecol"], let size = arguments[sizeName],
            arguments[stepName] != nil || spelling.lengths.count == 1
        else {
            diagnostics.report(
                .error, "42883", at: call.span, "\(functionName) takes a table, a time column, \(spelling.text)",
                hint: "Write TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE) or TUMBLE(t, ts, INTERVAL '1 minute').")
            return nil
        }
        let relation: NameSyntax
        switch data.kind {
        case .table(let table, let partitionBy):
            if let key = partitionBy.first, spelling.kind != .session {
                diagnostics.report(
                    .error, "42601", at: key.span, "\(functionName) takes no PARTITION BY",
                    hint: "Its windows are the same for all rows; name the key in GROUP BY.")
                return nil
            }
            partition += partitionBy
            relation = table
        case .name(let table): relation = table
        default:
            diagnostics.report(.error, "42601", at: data.span, "the first argument of \(functionName) must be a table")
            return nil
        }
        guard let input = plan(named: relation) else { return nil }
        let scope = Scope(input, relation: relation.last.text)
        var column = timeSyntax
        if let columns = timeSyntax.descriptorColumns, columns.count == 1 { column = columns[0] }
        let outerEventTime = eventTime
        let outerProcessingTimes = processingTimes
        eventTime = input.properties.eventTime.map { .input($0, input.fields[$0], span: column.span) }
        processingTimes = input.properties.processingTimes
        defer {
            eventTime = outerEventTime
            processingTimes = outerProcessingTimes
        }
        guard let time = bindExpression(column, scope),
            var assignment = windowAssignment(
                spelling.kind, time,
                WindowLengths(size: size, step: arguments[stepName], offset: arguments["offset"]),
                function: functionName, timeSpan: column.span)
        else { return nil }
        for key in partition {
            guard let bound = bindExpression(key, scope) else { return nil }
            assignment.partition.append(bound)
        }
        // `TUMBLE(t, ts, size)` is RisingWave's spelling, which knows no window_time.
        if case .name = data.kind, column.span == timeSyntax.span { assignment.hidesTime = true }
        guard let plan = windowed(input, assignment, span: call.span) else { return nil }
        return (plan, relation.last.text)
    }

    /// `plan` with its rows assigned to windows; nil after a report.
    mutating func windowed(_ plan: LogicalPlan, _ assignment: WindowAssignment, span: Span) -> LogicalPlan? {
        var assignment = assignment
        if assignment.window.kind == .session {
            assignment.closes = assignment.hasWatermark && closesWindows
            assignment.lateness = emission.latenessMicroseconds
            if emission.mode == .afterWatermark {
                guard assignment.hasWatermark else {
                    diagnostics.report(
                        .error, "42P20", at: emission.span, "EMIT AFTER WATERMARK needs a watermark on the input",
                        hint: "Declare WATERMARK FOR the time column on the source.")
                    return nil
                }
                assignment.waitsForEnd = true
            }
            if emission.mode == .onWindowClose, !assignment.closes {
                diagnostics.report(
                    .error, "42P20", at: emission.span, "EMIT ON WINDOW CLOSE needs a watermark on the input",
                    hint: "Declare WATERMARK FOR the time column on the source.")
                return nil
            }
        }
        let time = assignment.time
        if assignment.window.kind == .session, assignment.hasWatermark, !time.isProcessingTime(of: plan.properties),
            let keyed = plan.properties.keyedWatermark
        {
            guard isKeyed(by: assignment.partition, keyed, plan, span: span) else { return nil }
            assignment.keyed = keyed
        }
        let width = plan.fields.count
        let bounds = ["window_start", "window_end", "window_time"].map {
            // A row without a time is in none of several windows.
            Field($0, assignment.boundType, isNullable: time.isNullable && assignment.window.kind == .tumble)
        }
        var columns = WindowColumns(
            window: assignment.window, start: width, end: width + 1, time: width + 2, eventTime: time.timeColumn,
            hasWatermark: assignment.window.kind == .session ? assignment.closes : assignment.hasWatermark)
        columns.hidesTime = assignment.hidesTime
        columns.waitsForEnd = assignment.waitsForEnd
        columns.closesByKey = assignment.closes && assignment.keyed != nil
        var properties = plan.properties
        // A row that is in several windows is told apart by them.
        if assignment.window.kind != .tumble { properties.key = properties.key.map { $0 + [width, width + 1] } }
        // The clock is the watermark of these rows.
        if time.isProcessingTime(of: plan.properties), assignment.window.kind != .tumble { properties.eventTime = nil }
        if assignment.window.kind == .session {
            properties = StreamProperties(
                changelog: assignment.closes ? .appendOnly : .updating,
                eventTime: assignment.closes ? width + 2 : nil,
                stateBound: assignment.hasWatermark
                    ? .window(microseconds: assignment.window.size + assignment.lateness + (assignment.keyed?.idle ?? 0))
                    : .unbounded)
            if !assignment.hasWatermark {
                diagnostics.report(
                    options.isStateStrict ? .error : .warning, "01L01", at: span,
                    "the rows of these sessions are never freed",
                    hint: "Declare a watermark on the source.")
            }
        }
        return LogicalPlan(
            .window(plan, assignment), fields: plan.fields + bounds, properties: properties, windowColumns: columns,
            name: nil, span: span)
    }
}

extension TableSyntax {
    /// Whether something in it may name columns of the tables to its left.
    fileprivate var hasLateral: Bool {
        switch kind {
        case .query(_, let isLateral): isLateral
        case .join(let join): join.left.hasLateral || join.right.hasLateral
        case .nested(let table): table.hasLateral
        case .function: true
        case .named, .versioned, .invalid: false
        }
    }
}

extension ExpressionSyntax {
    /// The columns of `DESCRIPTOR(a, ...)`; nil for any other expression.
    fileprivate var descriptorColumns: [ExpressionSyntax]? {
        guard case .call(let call) = kind, call.name.last.text == "descriptor" else { return nil }
        return call.arguments.map(\.value)
    }
}
