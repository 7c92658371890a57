import LaminarExpressions
import LaminarPlan
import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// Binds a statement's query with its tail, ORDER BY and LIMIT.
    ///
    /// Columns behind `visibleColumnCount` are hidden ones that ORDER BY needs.
    mutating func bindOutermostQuery(
        _ query: QuerySyntax
    ) -> (plan: LogicalPlan, presentation: SinkPlan.Presentation)? {
        guard bindTail(query.tail) else { return nil }
        guard let (bound, orderScope) = bindQueryBody(query, isOrdered: true) else { return nil }
        var plan = bound
        if emission.mode == .onWindowClose, !plan.closesWindows {
            guard let ordered = inEventTimeOrder(plan) else { return nil }
            plan = ordered
        }
        if case .every(let interval) = emission.mode {
            plan = emittingPeriodically(plan, interval)
        }
        if let name = emission.lateDataTo, !bindLateData(plan, to: name) { return nil }
        if emission.latenessMicroseconds != 0, !plan.waitsForWatermark {
            diagnostics.report(
                .error, "42P20", at: emission.span, "ALLOW LATENESS needs windows over a watermark",
                hint: "Group by windows of an event time, or leave ALLOW LATENESS away.")
            return nil
        }
        guard var (plan, presentation) = bindPresentation(query, plan, orderScope) else { return nil }
        if let ties = query.withTies {
            guard let first = limited(plan, presentation, ties: ties, span: ties) else { return nil }
            plan = first
            presentation.limit = nil
            presentation.offset = 0
        }
        return (plan, presentation)
    }

    /// Binds a query inside another.
    mutating func bindSubquery(_ query: QuerySyntax) -> LogicalPlan? {
        if let tail = query.tail {
            diagnostics.report(
                .error, "42601", at: tail.span, "EMIT and lateness belong to the outermost query of a statement")
            return nil
        }
        if query.limit != nil || query.offset != nil {
            guard let (plan, order) = bindQueryBody(query, isOrdered: true) else { return nil }
            let visible = visibleColumnCount
            guard let (plan, presentation) = bindPresentation(query, plan, order),
                let first = limited(plan, presentation, ties: query.withTies, span: query.span)
            else { return nil }
            return removingHiddenColumns(first, toCount: visible)
        }
        if case .select(let select) = query.body.kind, case .on = select.distinct {
            guard let (plan, _) = bindQueryBody(query, isOrdered: true) else { return nil }
            return removingHiddenColumns(plan, toCount: visibleColumnCount)
        }
        // Without LIMIT the order of a subquery's rows has no meaning, in PostgreSQL either.
        return bindQueryBody(query, isOrdered: false)?.plan
    }

    /// Binds a query inside another whose order matters: how many of its columns it shows, and its order.
    mutating func bindOrderedSubquery(
        _ query: QuerySyntax
    ) -> (plan: (plan: LogicalPlan, visible: Int), ordering: [SinkPlan.Presentation.Ordering])? {
        if query.limit != nil || query.offset != nil || query.tail != nil {
            return bindSubquery(query).map { (($0, $0.fields.count), []) }
        }
        guard let (plan, order) = bindQueryBody(query, isOrdered: true) else { return nil }
        let visible = visibleColumnCount
        guard let (plan, presentation) = bindPresentation(query, plan, order) else { return nil }
        return ((plan, visible), presentation.ordering)
    }

    /// LATE DATA TO: a query of its own over the rows that the windowed aggregation groups, or that the watermark settles;
    /// false after a report.
    private mutating func bindLateData(_ plan: LogicalPlan, to name: NameSyntax) -> Bool {
        let found = judges(in: plan)
        guard found.count == 1 else {
            let what =
                found.isEmpty ? "of a query that judges no row by a watermark" : "of joins or several aggregations"
            diagnostics.unsupported("LATE DATA TO \(what)", at: name.span)
            return false
        }
        let window = found[0].window
        var input = found[0].input
        if window.window.kind == .session { return bindLateSessions(input, to: name) }
        var properties = StreamProperties(changelog: input.properties.changelog)
        properties.stateBound = .stateless
        var node = LogicalPlan.Operator.lateRows(input, window)
        if case .keyedWindows(let rows, var windows) = input.node {
            // They are late by the watermark of their key.
            windows.givesOutLateRows = true
            node = .keyedWindows(rows, windows)
            properties = StreamProperties(changelog: rows.properties.changelog)
            properties.stateBound = .keyCardinality
            input = rows
        }
        let late = LogicalPlan(
            node, fields: input.fields, properties: properties, name: nil, span: name.span)
        // The rows as they were before they were given to windows.
        let bounds = [input.windowColumns?.start, input.windowColumns?.end, input.windowColumns?.time]
        let kept = input.fields.indices.filter { !bounds.contains($0) }
        let rows = projected(
            late, kept.map { .input($0, input.fields[$0], span: name.span) }, names: kept.map { input.fields[$0].name },
            span: name.span)
        return appendLateRows(rows, to: name)
    }

    /// The rows that are late for sessions: the sessions once more, of which only these come out.
    private mutating func bindLateSessions(_ input: LogicalPlan, to name: NameSyntax) -> Bool {
        guard case .window(let rows, var assignment) = input.node, rows.properties.changelog == .appendOnly else {
            diagnostics.unsupported(
                "LATE DATA TO of sessions that are filtered, projected or updated before they are grouped", at: name.span,
                hint: "Write WHERE below the sessions, in a subquery over the source.")
            return false
        }
        assignment.givesOutLateRows = true
        var properties = StreamProperties()
        properties.stateBound = .window(microseconds: assignment.window.size + assignment.lateness + (assignment.keyed?.idle ?? 0))
        let late = LogicalPlan(
            .window(rows, assignment), fields: rows.fields, properties: properties, name: nil, span: name.span)
        return appendLateRows(late, to: name)
    }

    private mutating func bindTail(_ tail: TailSyntax?) -> Bool {
        guard let tail else { return true }
        emission.lateDataTo = tail.lateDataTo
        emission.span = tail.span
        if let lateness = tail.allowLateness {
            guard let interval = bindInterval(lateness, what: "ALLOW LATENESS") else { return false }
            guard interval >= 0 else {
                diagnostics.report(
                    .error, "22023", at: lateness.span, "ALLOW LATENESS must not be negative")
                return false
            }
            emission.latenessMicroseconds = interval
        }
        switch tail.emit?.kind {
        case nil: break
        case .onWindowClose: emission.mode = .onWindowClose
        case .final:
            emission.mode = .onWindowClose
            emission.latenessMicroseconds = 0
        case .afterWatermark:
            // Without lateness a window fires exactly once, when the watermark reaches its end.
            emission.mode = emission.latenessMicroseconds == 0 ? .onWindowClose : .afterWatermark
        // An updating result always carries its new values; what they replace comes with them.
        case .changes, .onUpdate: emission.mode = .changes
        case .every(let syntax):
            guard let interval = bindLength(syntax, what: "the interval of EMIT EVERY") else { return false }
            emission.mode = .every(interval)
        }
        return true
    }

    /// The plan and, for ORDER BY, the names and expressions that a SELECT's rows can be ordered by.
    private mutating func bindQueryBody(
        _ query: QuerySyntax, isOrdered: Bool
    ) -> (plan: LogicalPlan, order: SelectOrdering?)? {
        guard let common = bindCommonTables(query.with) else { return nil }
        commonTables.append(common)
        defer { commonTables.removeLast() }
        if case .select(let select) = query.body.kind {
            return bindSelect(select, orderBy: isOrdered ? query.orderBy : [], span: query.body.span)
        }
        guard let plan = bindBody(query.body) else { return nil }
        visibleColumnCount = plan.fields.count
        return (plan, nil)
    }

    /// The queries of WITH by name; nil after a report.
    mutating func bindCommonTables(_ with: WithSyntax?) -> [String: LogicalPlan]? {
        var common: [String: LogicalPlan] = [:]
        guard let with else { return common }
        for table in with.queries {
            let isRecursive = with.isRecursive && table.query.mentions(table.name.text)
            commonTables.append(common)
            let bound = isRecursive ? bindRecursion(table) : bindSubquery(table.query)
            commonTables.removeLast()
            guard var plan = bound else { return nil }
            guard isRecursive || rename(&plan, table.columns, what: "WITH query \"\(table.name.text)\"") else {
                return nil
            }
            plan.name = table.name.text
            common[table.name.text] = plan
        }
        return common
    }

    mutating func bindBody(_ body: QueryBodySyntax) -> LogicalPlan? {
        switch body.kind {
        case .select(let select): return bindSelect(select, orderBy: [], span: body.span)?.plan
        case .values(let rows): return bindValues(rows, body.span)
        case .table(let name):
            return plan(named: name)
        case .nested(let query): return bindSubquery(query)
        case .setOperation(let operation): return bindSetOperation(operation, body.span)
        case .invalid: return nil
        }
    }

    private mutating func bindSetOperation(_ operation: SetOperationSyntax, _ span: Span) -> LogicalPlan? {
        let left = bindBody(operation.left)
        let right = bindBody(operation.right)
        guard var left, var right else { return nil }
        guard left.fields.count == right.fields.count else {
            diagnostics.report(
                .error, "42601", at: operation.right.span,
                "each \(operation.operation.rawValue.uppercased()) query must have the same number of columns")
            return nil
        }
        var leftColumns = left.fields.enumerated().map { unionColumn(left, $0.offset) }
        var rightColumns = right.fields.enumerated().map { unionColumn(right, $0.offset) }
        for index in leftColumns.indices {
            var pair = [leftColumns[index], rightColumns[index]]
            guard
                let type = coerceToCommonType(
                    &pair, context: operation.operation.rawValue.uppercased(), diagnostics: &diagnostics)
            else { return nil }
            // NULL and NULL, or two bare literals, meet as text.
            leftColumns[index] = type == .unknown ? asText(pair[0]) : pair[0]
            rightColumns[index] = type == .unknown ? asText(pair[1]) : pair[1]
        }
        let names = left.fields.map(\.name)
        left = coerced(left, leftColumns, names)
        right = coerced(right, rightColumns, names)
        if operation.operation != .union {
            return membership(
                left, right, isIntersection: operation.operation == .intersect, isAll: operation.isAll,
                operation.operationSpan)
        }
        var branches: [LogicalPlan] = []
        for side in [left, right] {
            // A chain of UNION ALL is one union of many inputs.
            if case .unionAll(let inner) = side.node { branches += inner } else { branches.append(side) }
        }
        let union = unionAll(branches, span: span)
        return operation.isAll ? union : distinct(union, span: span)
    }

    /// INTERSECT and EXCEPT: each distinct row with the number of times that either side has it, then the rows that the
    /// left has and the right has too, or has not; with ALL as often as both have it, or as the left has it more often.
    private mutating func membership(
        _ left: LogicalPlan, _ right: LogicalPlan, isIntersection: Bool, isAll: Bool, _ span: Span
    ) -> LogicalPlan? {
        let sides = [left, right].enumerated().map { index, plan in
            let columns = plan.fields.enumerated().map { Expression.input($0.offset, $0.element, span: span) }
            let side = Expression.constant(.boolean(index == 0), .boolean, span: span)
            return projected(plan, columns + [side], names: plan.fields.map(\.name) + ["side"], span: span)
        }
        let both = unionAll(sides, span: span)
        let width = left.fields.count
        let side = Expression.input(width, both.fields[width], span: span)
        guard let isRight = negated(side, span) else { return nil }
        let outer = aggregates
        aggregates = AggregateCollector()
        defer { aggregates = outer }
        for filter in [side, isRight] {
            guard
                let count = resolveAggregate(
                    name: "count", arguments: [], isDistinct: false, filter: filter, span: span,
                    diagnostics: &diagnostics)
            else { return nil }
            _ = aggregates?.column(of: count)
        }
        let keys = both.fields.prefix(width).enumerated().map { Expression.input($0.offset, $0.element, span: span) }
        let outerEmission = emission
        emission = Emission()
        defer { emission = outerEmission }
        guard let counted = aggregated(both, keys: keys, names: left.fields.map(\.name), span: span) else { return nil }
        if isAll {
            let counts = (0..<2).map { Expression.input(width + $0, counted.fields[width + $0], span: span) }
            let times =
                isIntersection
                ? resolveFunction(name: "least", arguments: counts, span: span, diagnostics: &diagnostics)
                : resolveOperator(
                    symbol: "-", left: counts[0], right: counts[1], span: span, diagnostics: &diagnostics)
            guard let times else { return nil }
            return removingHiddenColumns(expanded(counted, times, span: span), toCount: width)
        }
        let zero = Expression.constant(.integer(0), .bigint, span: span)
        let tests = [">", isIntersection ? ">" : "="].enumerated().compactMap { index, symbol in
            resolveOperator(
                symbol: symbol, left: .input(width + index, counted.fields[width + index], span: span), right: zero,
                span: span, diagnostics: &diagnostics)
        }
        guard tests.count == 2 else { return nil }
        let predicate = Expression(.and(tests), .boolean, isNullable: false, span: span)
        return removingHiddenColumns(filtered(counted, predicate), toCount: width)
    }

    /// A column of a union's side: a literal stays one, so that it can take the other side's type.
    func unionColumn(_ plan: LogicalPlan, _ index: Int) -> Expression {
        if plan.fields[index].type == .unknown, case .project(_, let expressions) = plan.node,
            case .constant = expressions[index].node
        {
            return expressions[index]
        }
        return .input(index, plan.fields[index], span: plan.span)
    }

    func asText(_ expression: Expression) -> Expression {
        var copy = expression
        copy.type = .text
        return copy
    }

    private func coerced(_ plan: LogicalPlan, _ columns: [Expression], _ names: [String]) -> LogicalPlan {
        let isSame = columns.enumerated().allSatisfy { $1.node == .input($0) && $1.type == plan.fields[$0].type }
        if isSame { return plan }
        return projected(plan, columns, names: names, span: plan.span)
    }

    private mutating func bindValues(_ rows: [[ExpressionSyntax]], _ span: Span) -> LogicalPlan? {
        let width = rows.first?.count ?? 0
        var bound: [[Expression]] = []
        for row in rows {
            guard row.count == width else {
                diagnostics.report(.error, "42601", at: row.first?.span ?? span, "VALUES lists must all be the same length")
                return nil
            }
            var expressions: [Expression] = []
            for item in row {
                guard let expression = bindExpression(item, Scope()) else { return nil }
                expressions.append(fold(expression))
            }
            bound.append(expressions)
        }
        for column in 0..<width {
            var cells = bound.map { $0[column] }
            guard let type = coerceToCommonType(&cells, context: "VALUES", diagnostics: &diagnostics) else { return nil }
            for row in bound.indices { bound[row][column] = type == .unknown ? asText(cells[row]) : fold(cells[row]) }
        }
        if bound.contains(where: { $0.contains(where: \.readsSubquery) }) { return rowsOfSubqueries(bound, span) }
        let fields = valueNames(width).enumerated().map { column, name in
            Field(name, bound[0][column].type, isNullable: bound.contains { $0[column].isNullable })
        }
        return LogicalPlan(
            .values(bound), fields: fields, properties: StreamProperties(stateBound: .constant), name: nil, span: span)
    }

    /// VALUES with subqueries: each row joined with its own.
    private mutating func rowsOfSubqueries(_ rows: [[Expression]], _ span: Span) -> LogicalPlan? {
        var branches: [LogicalPlan] = []
        for row in rows {
            guard let (plan, values) = rowOfSubqueries(row, span: span) else { return nil }
            branches.append(projected(plan, values, names: valueNames(row.count), span: span))
        }
        return branches.count == 1 ? branches[0] : unionAll(branches, span: span)
    }

    /// PostgreSQL counts the columns of VALUES from 1, DuckDB from 0.
    private func valueNames(_ count: Int) -> [String] {
        (0..<count).map { options.dialect == .duckdb ? "col\($0)" : "column\($0 + 1)" }
    }

    /// Gives a plan's columns the names of a column list; false after a report.
    mutating func rename(_ plan: inout LogicalPlan, _ columns: [IdentifierSyntax], what: String) -> Bool {
        guard columns.count <= plan.fields.count else {
            diagnostics.report(
                .error, "42P10", at: columns[plan.fields.count].span,
                "\(what) has \(plan.fields.count) columns available but \(columns.count) columns specified")
            return false
        }
        for (index, column) in columns.enumerated() { plan.fields[index].name = column.text }
        return true
    }

    /// The relation that a name in FROM stands for; nil after a report.
    mutating func plan(named name: NameSyntax) -> LogicalPlan? {
        let key = name.last.text
        if name.parts.count == 1 {
            for scope in commonTables.reversed() {
                if let plan = scope[key] { return plan }
            }
        }
        readRelations.insert(key)
        switch relations[key] {
        case .source(let definition): return relation(of: definition, span: name.span)
        case .view(let plan): return plan
        case .sink:
            diagnostics.report(
                .error, "42809", at: name.span, "\"\(key)\" is a sink, which cannot be read",
                hint: "Read the relation that feeds it.")
            return nil
        case .invalid: return nil
        case nil:
            reportMissingRelation(name)
            return nil
        }
    }
}

extension LogicalPlan {
    /// Whether something in it frees its state as a watermark passes.
    var waitsForWatermark: Bool {
        if case .aggregate(_, let aggregation) = node, aggregation.window != nil { return true }
        if case .window(_, let assignment) = node, assignment.window.kind == .session, assignment.hasWatermark {
            return true
        }
        if case .eventTimeOrder = node { return true }
        if case .over(_, let over) = node, over.settling != nil { return true }
        if case .join(_, _, let join) = node, join.timing != nil { return true }
        return inputs.contains(where: \.waitsForWatermark)
    }

    /// Whether an aggregation in it gives out windows as they close.
    var closesWindows: Bool {
        if case .aggregate(_, let aggregation) = node, let window = aggregation.window { return !window.emission.isUpdating }
        if case .window(_, let assignment) = node, assignment.closes { return true }
        if case .over(_, let over) = node, over.settling != nil { return true }
        if case .join(_, _, let join) = node, join.timing?.waits == true { return true }
        return inputs.contains(where: \.closesWindows)
    }
}
